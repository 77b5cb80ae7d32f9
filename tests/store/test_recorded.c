/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Every recorded update, through both bots' steps: each ends well, strangers leave no
 * row, and no bot speaks where it was not spoken to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/harness/stage.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "tests/data/updates"

/* Ids repeat among the recordings: each gets its own, so that none is a redelivery. */
static struct json *load(const char *name, int64_t id)
{
    static char text[1 << 16];
    char path[400];
    struct json *o;
    size_t n;
    FILE *f;

    snprintf(path, sizeof(path), FOLDER "/%s", name);
    f = fopen(path, "r");
    assert_non_null(f);
    n = fread(text, 1, sizeof(text), f);
    fclose(f);
    o = json_parse(text, n);
    assert_non_null(o);
    if (json_int_or(o, "update_id", -1) >= 0)
        json_set_int(o, "update_id", id);
    return o;
}

static int each(void (*fn)(const char *name, int64_t id))
{
    DIR *d = opendir(FOLDER);
    struct dirent *e;
    int n = 0;

    assert_non_null(d);
    while ((e = readdir(d)) != NULL)
        if (strstr(e->d_name, ".json") != NULL)
            fn(e->d_name, 1000 + n++);
    closedir(d);
    return n;
}

static void to_client(const char *name, int64_t id)
{
    stage_update("client", load(name, id));
}

static void to_cashier(const char *name, int64_t id)
{
    stage_update("auth", load(name, id));
}

static void test_strangers_leave_no_row(void **state)
{
    (void)state;
    stage_open(0);
    shop_sets("client_bot_username", "foo_bot");
    assert_true(each(to_client) >= 110);
    assert_true(each(to_cashier) >= 110);
    assert_int_equal(counts("SELECT COUNT(*) FROM customer"), 0);
    assert_int_equal(counts("SELECT COUNT(*) FROM staff"), 0);
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 0);
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption_attempt"), 0);
    assert_int_equal(counts("SELECT COUNT(*) FROM job_open"), 0);
    /* In groups one line, where somebody called the bot by its name. */
    assert_int_equal(counts("SELECT COUNT(*) FROM message WHERE recipient < 0"), 1);
    stage_close();
}

static void one(const char *bot, const char *name)
{
    stage_update(bot, load(name, 5000));
}

static void test_the_channel_is_learned_from_its_owner_only(void **state)
{
    static const struct person MARIA = {"auth", 7012345678, "Мария", "ru"};

    (void)state;
    stage_open(0);
    shop_sets("channel_id", "");
    one("client", "synth_my_chat_member_made_channel_admin.json");
    assert_int_equal(counts("SELECT COUNT(*) FROM settings WHERE name = 'channel_id'"
                            " AND value <> ''"),
                     0);
    hires(&MARIA, "owner", 0);
    stage_update("client", load("synth_my_chat_member_made_channel_admin.json", 5001));
    assert_int_equal(counts("SELECT COUNT(*) FROM settings WHERE name = 'channel_id'"
                            " AND value = '-1001987654321'"),
                     1);
    stage_close();
}

static void test_news_of_the_channel(void **state)
{
    static const struct person MARIA = {"client", 7012345678, "Мария", "ru"};

    (void)state;
    stage_open(0);
    says(&MARIA, "/start");
    presses(&MARIA, "Согласен");
    one("client", "synth_chat_member_subscribed.json");
    assert_int_equal(counts("SELECT subscribed FROM customer"), 1);
    says(&MARIA, "/start");
    told_like(&MARIA, "Ваша скидка");
    stage_update("client", load("synth_chat_member_unsubscribed.json", 5001));
    assert_int_equal(counts("SELECT subscribed FROM customer"), 0);
    stage_update("client", load("synth_my_chat_member_blocked.json", 900000000));
    assert_int_equal(counts("SELECT status FROM customer"), 2);
    stage_update("client", load("synth_my_chat_member_unblocked.json", 900000001));
    assert_int_equal(counts("SELECT status FROM customer"), 1);
    stage_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strangers_leave_no_row),
        cmocka_unit_test(test_the_channel_is_learned_from_its_owner_only),
        cmocka_unit_test(test_news_of_the_channel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
