/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A broadcast of a running installation, over the API: tried on oneself, sent, pressed,
 * read. A test says what it is, looks as customers will see it, brings its picture though
 * nobody has sent it before, and leaves no trace in any figure. */
#include "core/base/clock.h"
#include "core/io/qr.h"
#include "core/template/media.h"
#include "tests/harness/api.h"
#include "tests/harness/house.h"
#include "tests/harness/stage.h"
#include "tests/harness/stage_chat.h"
#include "tests/harness/until.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define BROADCASTS "/api/v1/broadcasts"

static const struct person OLGA = {"client", 5000000071, "Ольга", "ru"};
static const struct person ANNA = {"client", 5000000072, "Анна", "ru"};
static int64_t olga; /* staff */

static int opened(void **state)
{
    (void)state;
    stage_open_real(0);
    api_beside(stage_house()->cfg, stage.db, stage_house()->api_port);
    hires(&OLGA, "marketing", 0);
    olga = counts("SELECT id FROM staff WHERE external_id = 5000000071");
    shop_sets("quiet_from", "00:00"); /* at whatever hour the tests run */
    shop_sets("quiet_to", "00:00");
    for (int i = 0; i < 2; i++) {
        const struct person *p = i == 0 ? &OLGA : &ANNA;

        says(p, "/start");
        presses(p, "Согласен");
        told_like(p, "");
    }
    comes_to(2, "SELECT COUNT(*) FROM customer");
    assert_int_equal(
        db_exec(stage.db, NULL,
                "UPDATE customer SET marketing_ok = 1 WHERE external_id = 5000000072"),
        ST_OK);
    return 0;
}

static int closed(void **state)
{
    api_leave();
    return stage_end(state);
}

static enum status picture_work(struct db *db, void *arg)
{
    struct media_add *a = arg;

    return media_add(db, clock_now(), a);
}

static int64_t a_picture(void)
{
    struct buf png = {0};
    struct media_add a = {.staff_id = olga};

    assert_int_equal(qr_png("a picture", 9, &png), ST_OK);
    a.bytes = png.s;
    a.n = png.len;
    assert_int_equal(db_tx(stage.db, picture_work, &a), ST_OK);
    buf_free(&png);
    return a.out.id;
}

static int64_t a_broadcast(const char *content)
{
    struct heard h = {0};
    char body[2000];
    int64_t id;

    snprintf(body, sizeof body,
             "{\"name\":\"Новинки\",\"rule\":{\"v\":1,\"root\":{\"all\":[]}},"
             "\"offer\":{\"percent_bp\":700,\"days\":5},"
             "\"footer\":\"Реклама. ООО «Двор»\","
             "\"variants\":[{\"content\":%s}]}",
             content);
    asks(&h, 201, &(struct ask){"POST", BROADCASTS, body, .as = olga});
    id = json_int_or(h.json, "id", 0);
    heard_free(&h);
    return id;
}

static void acts(int64_t id, const char *what, const char *body, int status)
{
    static int turn;
    struct heard h = {0};
    char path[100], key[20];

    snprintf(path, sizeof path, BROADCASTS "/%lld/%s", (long long)id, what);
    snprintf(key, sizeof key, "day-%d", ++turn);
    asks(&h, status, &(struct ask){"POST", path, body, .as = olga, .key = key});
    heard_free(&h);
}

static bool holds(void *arg)
{
    told_like(&OLGA, "");
    return chat_holds(&OLGA, arg);
}

static void tried_on_oneself(void **state)
{
    char content[600];
    int64_t id;

    (void)state;
    snprintf(content, sizeof content,
             "{\"ru\":{\"text\":\"{{first_name|Друг}}, скидка {{discount.percent}} по "
             "коду {{discount.code}}\",\"media\":[%lld],\"buttons\":[[{\"text\":"
             "\"Каталог\",\"url\":\"https://shop.example/new\"}]]}}",
             (long long)a_picture());
    id = a_broadcast(content);
    acts(id, "test", "{}", 202);
    assert_true(until(holds, "Проба", 20000));
    assert_true(until(holds, "Ольга, скидка 7", 20000));
    assert_true(chat_holds(&OLGA, "7K3QM-4TB9D"));
    assert_true(chat_holds(&OLGA, "ООО «Двор»"));
    assert_true(sees_button(&OLGA, "Каталог"));
    assert_true(sees_button(&OLGA, "Не присылать"));
    assert_int_equal(counts("SELECT COUNT(*) FROM message WHERE purpose = 2"), 0);
    assert_int_equal(counts("SELECT COUNT(*) FROM broadcast_recipient"), 0);
    assert_int_equal(counts("SELECT COUNT(*) FROM discount WHERE percent_bp = 700"), 0);
    assert_int_equal(counts("SELECT COUNT(*) FROM broadcast WHERE state = 1"), 1);
}

static void sent_and_read(void **state)
{
    int64_t id = a_broadcast("{\"ru\":{\"text\":\"{{first_name|Друг}}, новинки! Скидка "
                             "{{discount.percent}}\",\"buttons\":[[{\"text\":\"Мои "
                             "скидки\",\"do\":\"wallet\"}]]}}");
    struct heard h = {0};
    char path[100];

    (void)state;
    acts(id, "send-now", "{\"expect\":1}", 202);
    comes_to(1, "SELECT COUNT(*) FROM broadcast_recipient WHERE state = 3");
    told_like(&ANNA, "Анна, новинки! Скидка 7");
    presses(&ANNA, "Мои скидки");
    comes_to(1, "SELECT COUNT(*) FROM broadcast_click");
    comes_to(1, "SELECT COUNT(*) FROM broadcast WHERE state = 5");
    snprintf(path, sizeof path, BROADCASTS "/%lld/stats", (long long)id);
    asks(&h, 200, &(struct ask){"GET", path, .as = olga});
    assert_string_equal(json_text(h.json, "state", NULL), "finished");
    assert_int_equal(json_int_or(h.json, "total.by_state.sent", -1), 1);
    assert_int_equal(json_int_or(h.json, "total.by_state.skipped", -1), 1);
    assert_int_equal(json_int_or(h.json, "total.clicked", -1), 1);
    assert_int_equal(json_int_or(h.json, "total.issued", -1), 1);
    acts(id, "edit",
         "{\"variant\":1,\"content\":{\"ru\":{\"text\":\"Исправлено: скидка "
         "{{discount.percent}}\"}}}",
         202);
    comes_to(1, "SELECT COUNT(*) FROM broadcast_edit WHERE done = 1 AND ended_at IS NOT"
                " NULL");
    asks(&h, 200, &(struct ask){"GET", path, .as = olga});
    assert_int_equal(json_int_or(json_at(json_get(h.json, "edits"), 0), "done", -1), 1);
    heard_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tried_on_oneself),
        cmocka_unit_test(sent_and_read),
    };

    return cmocka_run_group_tests_name("a broadcast's day", tests, opened, closed);
}
