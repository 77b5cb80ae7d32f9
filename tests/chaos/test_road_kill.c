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

static void logic_dies_at_each_point(void **state)
{
    static const char *const points[][2] = {
        {"logic.begun:1", "logic.on_board:1"},
        {"logic.claimed:2", "job.committed:1"},
        {"message.inserted:1", "turn.after:2"},
        {"logic.ran:2", "job.row_inserted:1"},
        {"db.before_commit:3", "logic.claimed:1"},
        {"db.after_commit:3", "logic.begun:1"},
        {"job.row_inserted:2", "logic.ran:1"},
        {"job.committed:1", "logic.committed:1"},
        {"job.handed_over:2", "message.inserted:1"},
        {"logic.committed:3", "job.handed_over:1"},
        {"logic.on_board:2", "db.after_commit:1"},
        {"turn.before:4", "db.before_commit:1"},
        {"turn.after:4", "turn.before:2"},
        {"issue.inserted:1", "redeem.updated:1"},
        {"logic.claimed:3", "redeem.inserted:1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof points / sizeof *points; i++)
        road_walk(WORKER, points[i][0], points[i][1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logic_dies_at_each_point),
    };

    return cmocka_run_group_tests(tests, road_open, road_close);
}
