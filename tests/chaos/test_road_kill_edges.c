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
    static const char *const points[] = {
        "send.claimed:2",  "send.asked:2",   "send.answered:2", "send.settled:2",
        "send.on_board:2", "send.claimed:5", "send.answered:5",
    };

    (void)state;
    for (size_t i = 0; i < sizeof points / sizeof *points; i++)
        road_walk(WORKER, points[i]);
}

static void bots_die_at_each_point(void **state)
{
    static const char *const points[] = {"intake.gathered:1", "intake.stored:2",
                                         "intake.stored:4"};

    (void)state;
    for (size_t i = 0; i < sizeof points / sizeof *points; i++)
        road_walk(BOTS, points[i]);
}

/* No named point: killed between any two steps. */
static void programs_killed_between_steps(void **state)
{
    struct walker cashier = road_cashier();
    char link[256];

    (void)state;
    for (int i = 0; i < RESIDENTS; i++) {
        struct walker anna = road_customer();

        program_signal(house.program[i], SIGKILL);
        gets_a_discount(&anna, link);
        program_signal(house.program[i], SIGKILL);
        is_redeemed(&cashier, link);
        program_signal(house.program[i], SIGKILL);
        check_books(anna.id, "kill -9");
        waits_for(&anna, "спользован");
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
