/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The kill matrix of the main road, logic children: however it dies, one discount, one
 * redemption, and both people hear of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/harness/road.h"

#include <signal.h>

static void logic_dies_at_each_point(void **state)
{
    static const char *const points[] = {
        "logic.begun:1",      "logic.claimed:2",    "message.inserted:1",
        "logic.ran:2",        "db.before_commit:3", "db.after_commit:3",
        "job.row_inserted:2", "job.committed:1",    "job.handed_over:2",
        "logic.committed:3",  "logic.on_board:2",   "turn.before:4",
        "turn.after:4",       "issue.inserted:1",   "redeem.updated:1",
        "redeem.inserted:1",
    };

    (void)state;
    for (size_t i = 0; i < sizeof points / sizeof *points; i++)
        road_walk(WORKER, points[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logic_dies_at_each_point),
    };

    return cmocka_run_group_tests(tests, road_open, road_close);
}
