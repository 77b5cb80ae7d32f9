/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A broadcast through the real programs, what Telegram refuses of it, and what is
 * put right afterwards. */
#include "core/base/clock.h"
#include "core/broadcast/reword.h"
#include "core/io/pace.h"
#include "core/io/qr.h"
#include "core/template/media.h"
#include "tests/harness/campaign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SOON_MS 20000

static int begin(void **state)
{
    (void)state;
    setenv("DVORIK_UNPACED", "0", 1);
    campaign_open();
    return 0;
}

static int end(void **state)
{
    (void)state;
    campaign_close();
    return 0;
}

/* ---- what Telegram says ----------------------------------------------------------- */

/* Nothing leaves while it lasts; then all do, at half the pace. */
static void test_a_429_is_obeyed_whole(void **state)
{
    struct pace_state pace;
    struct redis *r = redis_open(campaign.cfg->redis_url);
    int64_t id = campaign_long(80);
    int before;

    (void)state;
    botapi_tell(campaign.api, "faults", "kind=429&method=sendMessage&retry_after=3");
    before = campaign_calls();
    do {
        campaign_passes(20);
        assert_int_equal(pace_state(r, "client", &pace), ST_OK);
    } while (pace.frozen_ms[PACE_BROADCAST] == 0);
    before = campaign_calls();
    campaign_passes(2000);
    assert_in_range(campaign_calls() - before, 0, 4); /* that were under way with it */
    campaign_finishes(id);
    campaign_everybody_once(80);
    assert_int_equal(campaign_count(id, RECIPIENT_SENT), 80);
    assert_int_equal(pace_state(r, "client", &pace), ST_OK);
    assert_in_range(pace.share, 450, 600);
    redis_close(r);
    campaign_books(id);
}

static void test_who_blocked_us_is_marked(void **state)
{
    struct campaign_plan plan = {.ru = "Новости", .en = "News"};
    char form[60];
    int64_t id;

    (void)state;
    campaign_people(20);
    snprintf(form, sizeof form, "person=%" PRId64 "&bot=client", CAMPAIGN_FIRST + 7);
    botapi_tell(campaign.api, "block", form);
    campaign_hire(1, 1);
    id = campaign_put(&plan);
    campaign_start(id);
    campaign_finishes(id);
    assert_int_equal(campaign_count(id, RECIPIENT_SENT), 19);
    assert_int_equal(campaign_count(id, RECIPIENT_FAILED), 1);
    assert_int_equal(campaign_number("SELECT COUNT(*) FROM customer WHERE status = 1"),
                     19);
    campaign_books(id);
    id = campaign_put(&plan); /* the next one does not even try */
    campaign_start(id);
    campaign_finishes(id);
    assert_int_equal(campaign_count(id, RECIPIENT_SKIPPED), 1);
    assert_int_equal(
        botapi_count(campaign.api, "sendMessage", CAMPAIGN_FIRST + 7).calls, 1);
}

/* An error of ours among the first: nobody else gets it. */
static void test_our_own_error_stops_it(void **state)
{
    struct campaign_plan plan = {.ru = "Новости", .en = "News"};
    int64_t id;

    (void)state;
    campaign_people(300);
    botapi_tell(campaign.api, "faults",
                "kind=error&method=sendMessage&count=-1&code=400&description="
                "Bad+Request:+BUTTON_DATA_INVALID");
    campaign_hire(1, 1);
    id = campaign_put(&plan);
    campaign_start(id);
    assert_true(campaign_is(id, BROADCAST_PAUSED, SOON_MS));
    assert_int_equal(campaign_now(id).paused_why, PAUSE_ERROR);
    assert_true(campaign_rests(id));
    assert_true(campaign_calls() < 60);
    campaign_books(id);
}

/* ---- afterwards ------------------------------------------------------------------- */

static enum status reword_work(struct db *db, int64_t now,
                               const struct broadcast_act *act)
{
    static const char text[] = "{\"ru\":{\"text\":\"Исправлено\"},"
                               "\"en\":{\"text\":\"Put right\"}}";
    struct json *content = json_parse(text, sizeof text - 1);
    enum status st = broadcast_reword(db, now, act, 1, content);

    json_free(content);
    return st;
}

static void edited(const char *sql, int64_t n)
{
    if (campaign_comes(sql, n, SOON_MS))
        return;
    fprintf(stderr, "%s: %d\n", sql, (int)campaign_number(sql));
    fail_msg("%s", program_output(campaign.worker[0]));
}

/* More than a page of them: the second begins where the first ended. */
static void test_what_was_sent_is_put_right_and_taken_back(void **state)
{
    struct campaign_plan plan = {.ru = "Ощибка", .en = "Misteak"};
    int64_t id;

    (void)state;
    campaign_people(70);
    campaign_hire(1, 1);
    id = campaign_put(&plan);
    campaign_start(id);
    campaign_finishes(id);
    campaign_does(reword_work, id);
    edited("SELECT SUM(done) FROM broadcast_edit WHERE ended_at IS NOT NULL", 70);
    campaign_told(0, "Исправлено");
    campaign_told(69, "Put right");
    assert_int_equal(botapi_count(campaign.api, "editMessageText", 0).accepted, 70);
    campaign_does(broadcast_unsend, id);
    edited(
        "SELECT SUM(done) FROM broadcast_edit WHERE does = 2 AND ended_at IS NOT NULL",
        70);
    assert_int_equal(botapi_count(campaign.api, "deleteMessage", 0).accepted, 70);
}

/* ---- pictures --------------------------------------------------------------------- */

static enum status picture_work(struct db *db, void *arg)
{
    struct media_add *a = arg;

    return media_add(db, clock_now(), a);
}

static int64_t picture(void)
{
    struct buf png = {0};
    struct media_add a = {0};

    assert_int_equal(qr_png("a picture", 9, &png), ST_OK);
    a.bytes = png.s;
    a.n = png.len;
    assert_int_equal(db_tx(campaign.db, picture_work, &a), ST_OK);
    buf_free(&png);
    return a.out.id;
}

/* It goes up once; the others, and the next broadcast, name it. One that Telegram knows
 * no more goes up again. */
static void test_a_picture_goes_up_once(void **state)
{
    char more[60];
    struct campaign_plan plan = {.ru = "Новости", .en = "News", .more = more};
    int64_t id;

    (void)state;
    campaign_people(30);
    snprintf(more, sizeof more, "\"media\":[%" PRId64 "]", picture());
    campaign_hire(1, 1);
    for (int i = 1; i <= 2; i++) {
        id = campaign_put(&plan);
        campaign_start(id);
        campaign_finishes(id);
        assert_int_equal(campaign_count(id, RECIPIENT_SENT), 30);
        assert_int_equal(botapi_count(campaign.api, "sendPhoto", 0).accepted, 30 * i);
        assert_int_equal(campaign_number("SELECT COUNT(*) FROM media_file"), 1);
        campaign_books(id);
    }
    assert_int_equal(
        db_exec(campaign.db, NULL, "UPDATE media_file SET file_id = 'AgACstale'"),
        ST_OK);
    botapi_tell(campaign.api, "faults",
                "kind=error&method=sendPhoto&code=400&description="
                "Bad+Request:+wrong+file+identifier/HTTP+URL+specified");
    id = campaign_put(&plan);
    campaign_start(id);
    campaign_finishes(id);
    assert_int_equal(campaign_count(id, RECIPIENT_SENT), 30);
    assert_int_equal(campaign_number("SELECT COUNT(*) FROM media_file WHERE file_id <>"
                                     " 'AgACstale'"),
                     1);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_429_is_obeyed_whole),
        CASE(test_who_blocked_us_is_marked),
        CASE(test_our_own_error_stops_it),
        CASE(test_a_picture_goes_up_once),
        CASE(test_what_was_sent_is_put_right_and_taken_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
