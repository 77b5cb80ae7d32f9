/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The bots introduce themselves to Telegram: at the start, and again when the shop has
 * another name; not when nothing is new. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/json.h"
#include "tests/harness/house.h"
#include "tests/harness/stage.h"

#include <string.h>

#define SOON_MS 20000
#define CALLS_A_BOT 16 /* tests/unit/test_bot_setup.c counts them */

static const struct person ANNA = {"client", 5000000101, "Анна", "ru"};

/* Does what Telegram shows of the bots hold these words? */
static bool shown(void *words)
{
    struct json *bots = botapi_ask(stage_house()->botapi, "bots", NULL);
    bool found = strstr(json_print(bots), words) != NULL;

    json_free(bots);
    return found;
}

static bool all_done(void *arg)
{
    (void)arg;
    return counts("SELECT COUNT(*) FROM job_open WHERE kind IN ('send.bot_call', "
                  "'bot.names_known')") == 0;
}

static void is_shown(const char *words)
{
    struct house *h = stage_house();

    assert_true(house_until(h, shown, (void *)(uintptr_t)words, SOON_MS));
    assert_true(house_until(h, all_done, NULL, SOON_MS));
}

static int64_t told(void)
{
    return counts("SELECT COUNT(*) FROM job_hist WHERE kind = 'send.bot_call' AND "
                  "outcome = 'done'");
}

static int64_t looks(void)
{
    return counts("SELECT COUNT(*) FROM job_hist WHERE kind = 'bot.names_known'");
}

static bool looked_again(void *before)
{
    return looks() > *(const int64_t *)before;
}

static void test_at_the_start_and_when_the_name_changes(void **state)
{
    struct house *h = stage_house();
    int64_t before;

    (void)state;
    is_shown("У Дома: скидки и подарки для своих");
    is_shown("commands|all_private_chats|ru");
    is_shown("Main menu");
    assert_int_equal(told(), 2 * CALLS_A_BOT);
    before = looks();
    house_restart(h, WORKER);
    assert_true(house_until(h, looked_again, &before, SOON_MS));
    assert_true(house_until(h, all_done, NULL, SOON_MS));
    assert_int_equal(told(), 2 * CALLS_A_BOT);
    shop_sets("brand_name", "Сладкий двор");
    house_restart(h, WORKER);
    is_shown("Сладкий двор: рабочее место кассира");
    assert_int_equal(told(), 4 * CALLS_A_BOT);
    says(&ANNA, "/start"); /* and they talk as before */
    presses(&ANNA, "Согласен");
    told_like(&ANNA, "Подпишитесь");
    assert_int_equal(botapi_violations(h->botapi), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_at_the_start_and_when_the_name_changes,
                                        stage_begin_real, stage_end),
    };

    return cmocka_run_group_tests_name("introduce", tests, NULL, NULL);
}
