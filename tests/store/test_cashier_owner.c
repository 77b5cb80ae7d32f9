/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The shop changes hands in the staff's bot: who is to have it says yes or no, and both
 * hear of it. Read as transcripts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/till_people.h"

#include "core/base/clock.h"
#include "core/staff/ownership.h"
#include "core/staff/team.h"

#include <stdio.h>
#include <string.h>

PERSON LENA = {"auth", 6000000020, "Лена", "ru"}; /* manager of the first store */
PERSON MAX = {"auth", 6000000022, "Max", "en"};   /* marketing */

static int staffed(void **state)
{
    opened(state);
    hires(&LENA, "manager", stage.store[0]);
    hires(&MAX, "marketing", 0);
    says(&BOSS, "/start");
    says(&LENA, "/start");
    says(&MAX, "/start");
    return 0;
}

static struct staff the(const struct person *p)
{
    struct staff s;

    assert_int_equal(staff_find(stage.db, CHANNEL_MESSENGER, p->id, &s), ST_OK);
    return s;
}

struct offering {
    struct staff by, to;
    struct ownership out;
};

static enum status do_offer(struct db *db, void *arg)
{
    struct offering *o = arg;

    return ownership_offer(db, stage.now, &o->by, o->to.id, &o->out);
}

/* As the API does it. */
static void offers(const struct person *to)
{
    struct offering o = {.by = the(&BOSS), .to = the(to)};

    assert_int_equal(db_tx(stage.db, do_offer, &o), ST_OK);
    says(&JANE, "/start"); /* somebody else's act: what was put runs */
}

static void test_accepted(void **state)
{
    (void)state;
    offers(&LENA);
    told_like(&LENA, "передаёт вам «");
    told_like(&LENA, "администратором");
    told_like(&BOSS, "новый владелец — <b>Лена</b>");
    assert_true(sees_button(&BOSS, "Отозвать"));
    presses(&LENA, "Принять магазин");
    told_like(&LENA, "теперь владелец — вы");
    told_like(&BOSS, "Передано");
    assert_int_equal(the(&LENA).role, ROLE_OWNER);
    assert_int_equal(the(&BOSS).role, ROLE_ADMINISTRATOR);
    forges(&BOSS, "v1:o:yes:1"); /* theirs no more, and never was */
    told_like(&BOSS, "уже не действует");
    stage_wait_until(stage.now + DAY + MINUTE); /* nothing more is heard of it */
    says(&JANE, "/start");
    not_told(&BOSS, "без ответа");
}

static void test_declined(void **state)
{
    (void)state;
    offers(&MAX);
    told_like(&MAX, "hands “");
    presses(&MAX, "No, thanks");
    told_like(&MAX, "declined");
    told_like(&BOSS, "не берёт");
    assert_int_equal(the(&BOSS).role, ROLE_OWNER);
    forges(&MAX, "v1:o:yes:1"); /* from the message above */
    told_like(&MAX, "declined");
    assert_int_equal(the(&MAX).role, ROLE_MARKETING);
}

static void test_withdrawn(void **state)
{
    (void)state;
    offers(&LENA);
    presses(&BOSS, "Отозвать");
    told_like(&BOSS, "отозвано");
    told_like(&LENA, "отозвано");
    forges(&LENA, "v1:o:yes:1"); /* from the message above */
    told_like(&LENA, "уже не действует");
    assert_int_equal(the(&LENA).role, ROLE_MANAGER);
}

static void test_nobody_answers(void **state)
{
    (void)state;
    offers(&LENA);
    stage_wait_until(stage.now + OWNERSHIP_LIFE_HOURS * HOUR + MINUTE);
    says(&JANE, "/start");
    told_like(&BOSS, "без ответа");
    told_like(&LENA, "без ответа");
    presses(&LENA, "Принять");
    told_like(&LENA, "уже не действует");
    assert_int_equal(the(&BOSS).role, ROLE_OWNER);
}

static void test_not_for_others(void **state)
{
    (void)state;
    offers(&LENA);
    forges(&OLGA, "v1:o:yes:1");
    told_like(&OLGA, "уже не действует");
    forges(&OLGA, "v1:o:back:1");
    told_like(&OLGA, "уже не действует");
    forges(&BOSS, "v1:o:yes:1");
    told_like(&BOSS, "уже не действует");
    forges(&LENA, "v1:o:yes:zzzzzzzzzzzzzzzzzzzz");
    told_like(&LENA, "уже не действует");
    assert_int_equal(the(&BOSS).role, ROLE_OWNER);
    assert_int_equal(the(&OLGA).role, ROLE_CASHIER);
    presses(&LENA, "Принять");
    assert_int_equal(the(&LENA).role, ROLE_OWNER);
}

#define T(test) cmocka_unit_test_setup_teardown(test, staffed, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_accepted),       T(test_declined),       T(test_withdrawn),
        T(test_nobody_answers), T(test_not_for_others),
    };
    int failed;

    how = 0;
    failed = cmocka_run_group_tests_name("once", tests, NULL, NULL);
    how = STAGE_TWICE;
    return failed + cmocka_run_group_tests_name("twice", tests, NULL, NULL);
}
