/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Through all the programs: a card asks the channel and does not wait for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/house.h"
#include "tests/harness/stage.h"
#include "tests/harness/until.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct person ANNA = {"client", 5000000001, "Анна", "ru"};
static const struct person OLGA = {"auth", 6000000001, "Ольга", "ru"};

#define SOON_MS 20000
/* Whoever waits for that channel waits longer. Our own time is a few milliseconds; the
 * chat's pace of one message a second may stand in it when a test hurries. */
#define CARD_MS 10000

static char code[16];

static int opened(void **state)
{
    (void)state;
    stage_open_real(STAGE_WEBHOOK);
    hires(&OLGA, "cashier", stage.store[0]);
    subscribes(&ANNA);
    says(&ANNA, "/start");
    presses(&ANNA, "Согласен");
    presses(&ANNA, "Я подписался");
    told_like(&ANNA, "Ваша скидка: 10");
    snprintf(code, sizeof(code), "%s", last_code(&ANNA));
    says(&OLGA, "/shift");
    told_like(&OLGA, "смена с");
    return 0;
}

/* As if the last answer were of yesterday. */
static void known_since_yesterday(void)
{
    assert_int_equal(db_exec(stage.db, NULL,
                             "UPDATE customer SET subscribed = 1, subscribed_at = ?,"
                             " member_seen_at = NULL",
                             DB_TIME(clock_now() - DAY)),
                     ST_OK);
}

/* How long until the card is on the cashier's phone. */
static int64_t scans(void)
{
    int64_t begun = clock_mono_ms();

    says(&OLGA, code);
    told_like(&OLGA, "Скидка 10");
    printf("scan to card: %" PRId64 " ms\n", clock_mono_ms() - begun);
    return clock_mono_ms() - begun;
}

static bool is_one(void *sql)
{
    return counts(sql) == 1;
}

static void test_a_yes(void **state)
{
    (void)state;
    known_since_yesterday();
    scans();
    assert_true(until(
        is_one, "SELECT COUNT(*) FROM redemption_attempt WHERE member = 2", SOON_MS));
    presses(&OLGA, "Отмена");
    told_like(&OLGA, "отменили");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE member_seen_at IS NOT"
                            " NULL"),
                     1);
}

static void test_a_no(void **state)
{
    (void)state;
    unsubscribes(&ANNA);
    assert_true(
        until(is_one, "SELECT COUNT(*) FROM customer WHERE subscribed = 0", SOON_MS));
    known_since_yesterday(); /* that news never came */
    scans();
    told_like(&OLGA, "Подписки на канал уже нет");
    subscribes(&ANNA);
    assert_true(
        until(is_one, "SELECT COUNT(*) FROM customer WHERE subscribed = 1", SOON_MS));
    presses(&OLGA, "Проверить ещё");
    told_like(&OLGA, "Скидка 10");
    presses(&OLGA, "Отмена");
    told_like(&OLGA, "отменили");
}

/* Telegram says nothing for as long as we would listen: the till has long gone on. */
static void test_no_answer(void **state)
{
    int64_t took;

    (void)state;
    known_since_yesterday();
    botapi_tell(stage_house()->botapi, "faults",
                "kind=timeout_before&method=getChatMember");
    took = scans();
    assert_true(took < CARD_MS);
    presses(&OLGA, "Применить 10");
    told_like(&OLGA, "чек № 1");
    assert_int_equal(counts("SELECT unverified FROM redemption"), 1);
    told_like(&ANNA, "использована");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_yes),
        cmocka_unit_test(test_a_no),
        cmocka_unit_test(test_no_answer),
    };

    return cmocka_run_group_tests(tests, opened, stage_end);
}
