/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The kill matrix of the main road, send children, bots, and whole programs: however it
 * dies, one discount, one redemption, and both people hear of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/harness/road.h"

#include <signal.h>

static void send_dies_at_each_point(void **state)
{
    static const char *const points[][2] = {{"send.claimed:2", "send.on_board:1"},
                                            {"send.asked:2", "send.settled:1"},
                                            {"send.answered:2", "send.claimed:1"},
                                            {"send.settled:2", "send.answered:1"},
                                            {"send.on_board:2", "send.asked:1"},
                                            {"send.claimed:5", "send.claimed:2"},
                                            {"send.answered:5", "send.answered:2"},
                                            {"send.turn:4", "send.turn:2"},
                                            {"send.replied:1", NULL}};

    (void)state;
    for (size_t i = 0; i < sizeof points / sizeof *points; i++)
        road_walk(WORKER, points[i][0], points[i][1]);
}

static void bots_die_at_each_point(void **state)
{
    static const char *const points[][2] = {{"intake.gathered:1", "intake.stored:1"},
                                            {"intake.stored:2", "intake.gathered:1"},
                                            {"intake.stored:3", NULL}};

    (void)state;
    for (size_t i = 0; i < sizeof points / sizeof *points; i++)
        road_walk(BOTS, points[i][0], points[i][1]);
}

/* No named point: killed between any two steps. */
static void programs_killed_between_steps(void **state)
{
    char start[ROAD_START];

    (void)state;
    for (int i = 0; i < RESIDENTS; i++) {
        struct person olga = road_cashier(), anna = road_customer();
        struct house *h = stage_house();

        program_signal(h->program[i], SIGKILL);
        gets_a_discount(&anna, start);
        program_signal(h->program[i], SIGKILL);
        redeems(&olga, start);
        program_signal(h->program[i], SIGKILL);
        check_books(&anna, &olga);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(send_dies_at_each_point),
        cmocka_unit_test(bots_die_at_each_point),
        cmocka_unit_test(programs_killed_between_steps),
    };

    return cmocka_run_group_tests(tests, road_open, road_close);
}
