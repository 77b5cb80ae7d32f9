/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What an error number asks for, in each place it can come from; and dates as parts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/clock.h"
#include "core/io/db_private.h"

static void each_number_has_its_meaning(void **state)
{
    static const struct {
        unsigned err;
        enum status st; /* inside a transaction */
    } all[] = {
        {1062, ST_TAKEN},   {1451, ST_REFUSED}, {1452, ST_REFUSED}, {3819, ST_REFUSED},
        {4025, ST_REFUSED}, {1213, ST_AGAIN},   {1205, ST_AGAIN},   {3572, ST_AGAIN},
        {2006, ST_AGAIN},   {2013, ST_AGAIN},   {1927, ST_AGAIN},   {1053, ST_AGAIN},
        {1040, ST_DOWN},    {1021, ST_DOWN},    {1114, ST_DOWN},    {1290, ST_DOWN},
        {1406, ST_BAD},     {1366, ST_BAD},     {1267, ST_BAD},     {1064, ST_BROKEN},
        {1146, ST_BROKEN},  {9999, ST_BROKEN},  {0, ST_BROKEN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (db_fault(all[i].err, false, DB_INSIDE).st != all[i].st)
            fail_msg("%u is %s", all[i].err,
                     status_name(db_fault(all[i].err, false, DB_INSIDE).st));
}

static void a_lost_connection_means_what_was_under_way(void **state)
{
    static const unsigned lost[] = {2006, 2013, 1927, 1053, 3169, 4031, 2027};

    (void)state;
    for (size_t i = 0; i < sizeof lost / sizeof *lost; i++) {
        assert_int_equal(db_fault(lost[i], false, DB_HARMLESS).st, ST_AGAIN);
        assert_int_equal(db_fault(lost[i], false, DB_INSIDE).st, ST_AGAIN);
        assert_int_equal(db_fault(lost[i], false, DB_ALONE).st, ST_UNSURE);
        assert_int_equal(db_fault(lost[i], false, DB_COMMITTING).st, ST_UNSURE);
        assert_true(db_fault(lost[i], false, DB_ALONE).lost);
    }
    /* Any other failure of a commit is unsure too, but for a lost race. */
    assert_int_equal(db_fault(1180, false, DB_COMMITTING).st, ST_UNSURE);
    assert_int_equal(db_fault(1021, false, DB_COMMITTING).st, ST_UNSURE);
    assert_int_equal(db_fault(1213, false, DB_COMMITTING).st, ST_AGAIN);
    assert_false(db_fault(1213, false, DB_COMMITTING).lost);
}

static void a_full_disk_is_down(void **state)
{
    (void)state;
    assert_int_equal(db_fault(1030, true, DB_INSIDE).st, ST_DOWN);
    assert_int_equal(db_fault(1030, false, DB_INSIDE).st, ST_BROKEN);
    assert_int_equal(db_fault(1026, true, DB_ALONE).st, ST_DOWN);
}

/* Their messages quote the value. */
static void messages_with_values_are_not_logged(void **state)
{
    static const unsigned quoting[] = {1062, 1366, 1292, 9999};

    (void)state;
    for (size_t i = 0; i < sizeof quoting / sizeof *quoting; i++)
        assert_false(db_fault(quoting[i], false, DB_INSIDE).plain);
    assert_true(db_fault(1064, false, DB_INSIDE).plain);
}

static void instants_and_their_parts(void **state)
{
    static const int64_t all[] = {0,
                                  1,
                                  -1,
                                  DAY - 1,
                                  -DAY,
                                  -DAY - 1,
                                  1795151248123456,
                                  -62135596800000000 /* year 1 */,
                                  253402300799999999};
    struct db_wall w = db_wall(-1);

    (void)state;
    assert_true(w.year == 1969 && w.month == 12 && w.day == 31 && w.hour == 23 &&
                w.minute == 59 && w.second == 59 && w.us == 999999);
    w = db_wall(1795151248123456);
    assert_true(w.year == 2026 && w.month == 11 && w.day == 20 && w.hour == 5 &&
                w.minute == 7 && w.second == 28 && w.us == 123456);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        assert_true(db_instant(db_wall(all[i])) == all[i]);
}

static void values_know_their_kind(void **state)
{
    (void)state;
    assert_int_equal(DB_TEXT(NULL).kind, DB_KIND_NULL);
    assert_int_equal(DB_TEXT("ab").n, 2);
    assert_int_equal(DB_TEXT_N("a\0b", 3).n, 3);
    assert_int_equal(DB_INT_OR_NULL(false, 3).kind, DB_KIND_NULL);
    assert_int_equal(DB_INT_OR_NULL(true, 3).number, 3);
    assert_int_equal(DB_TIME_OR_NULL(0).kind, DB_KIND_NULL);
    assert_int_equal(DB_TIME_OR_NULL(7).kind, DB_KIND_TIME);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_number_has_its_meaning),
        cmocka_unit_test(a_lost_connection_means_what_was_under_way),
        cmocka_unit_test(a_full_disk_is_down),
        cmocka_unit_test(messages_with_values_are_not_logged),
        cmocka_unit_test(instants_and_their_parts),
        cmocka_unit_test(values_know_their_kind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
