/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Whom a rule finds: how many, which, in chunks, and why. Hostile values are values; a rule
 * that takes too long is broken off. */
#include "core/base/clock.h"
#include "core/segment/audience.h"
#include "core/segment/compile.h"
#include "core/segment/explain.h"
#include "core/segment/segment.h"
#include "tests/harness/shop.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ROOT "/root" /* of pointers */

static struct shop shop;
static struct tz *tz;
static struct moment moment;
static struct compiled compiled;

static int opened(void **state)
{
    (void)state;
    shop_open(&shop);
    tz = tz_open("Asia/Vladivostok");
    moment = moment_make(SHOP_NOW, tz, false);
    return 0;
}

static int closed(void **state)
{
    (void)state;
    tz_close(tz);
    shop_close(&shop);
    return 0;
}

static struct rule *rule_of(const char *root)
{
    struct buf b = {0};
    struct rule_faults f;
    struct rule *r;

    buf_addf(&b, "{\"v\":1,\"root\":%s}", root);
    r = rule_parse(b.s, b.len, true, &f);
    if (r == NULL || segment_resolve(shop.db, r, 0, &f) != ST_OK)
        fail_msg("%s: %s %s", root, f.fault[0].pointer, fault_code(f.fault[0].code));
    buf_free(&b);
    return r;
}

static int64_t count(const char *root)
{
    struct rule *r = rule_of(root);
    struct audience_size size;

    assert_int_equal(audience_count(shop.db, r, &moment, &size), ST_OK);
    rule_free(r);
    return size.all;
}

static void sql(const char *text)
{
    assert_int_equal(db_exec(shop.db, NULL, text), ST_OK);
}

/* ---- how many, and which ---------------------------------------------------------- */

static void people(int n)
{
    for (int i = 0; i < n; i++)
        shop_customer(&shop, 7000000800 + i, "Кто-то", "");
}

static void test_who_may_be_told_is_counted_apart(void **state)
{
    struct rule *r = rule_of("{\"all\":[]}");
    struct audience_size size;

    (void)state;
    people(6);
    sql("UPDATE customer SET marketing_ok = 1 WHERE id <= 4");
    sql("UPDATE customer SET status = 2 WHERE id = 1");
    sql("UPDATE customer SET barred_at = '2026-01-01' WHERE id = 2");
    sql("UPDATE customer SET status = 3, external_id = NULL WHERE id = 3");
    assert_int_equal(audience_count(shop.db, r, &moment, &size), ST_OK);
    assert_int_equal(size.all, 5);
    assert_int_equal(size.marketing, 1);
    assert_int_equal(audience_has(shop.db, r, &moment, 1), ST_OK);
    assert_int_equal(audience_has(shop.db, r, &moment, 3), ST_NONE);
    assert_int_equal(audience_has(shop.db, r, &moment, 999), ST_NONE);
    rule_free(r);
}

static void test_walked_in_chunks(void **state)
{
    struct rule *r = rule_of("{\"ids\":[1,2,3,5,7,9,10,999]}");
    const int64_t expected[] = {1, 2, 3, 5, 7, 9, 10};
    int64_t id[3];
    struct audience_chunk c = {.id = id, .room = 3};
    int seen = 0;

    (void)state;
    people(10);
    do {
        assert_int_equal(audience_walk(shop.db, r, &moment, &c), ST_OK);
        for (int i = 0; i < c.n; i++)
            assert_int_equal(id[i], expected[seen++]);
    } while (c.n == c.room);
    assert_int_equal(seen, 7);
    assert_int_equal(audience_walk(shop.db, r, &moment, &c), ST_OK);
    assert_int_equal(c.n, 0);
    c.room = AUDIENCE_CHUNK_MAX + 1;
    assert_int_equal(audience_walk(shop.db, r, &moment, &c), ST_BAD);
    rule_free(r);
}

static void test_a_preview_shows_a_few(void **state)
{
    struct rule *r = rule_of("{\"none\":[{\"ids\":[4]}]}");
    struct audience_preview p;

    (void)state;
    people(12);
    for (int day = 0; day < 20; day++) {
        struct moment m = moment_make(SHOP_NOW + day * DAY, tz, false);

        assert_int_equal(audience_preview(shop.db, r, &m, 5, &p), ST_OK);
        assert_int_equal(p.size.all, 11);
        assert_int_equal(p.n, 5);
        assert_int_equal(p.cost, 1);
        for (int i = 0; i < p.n; i++) {
            assert_true(p.id[i] >= 1 && p.id[i] <= 12 && p.id[i] != 4);
            for (int k = 0; k < i; k++)
                assert_true(p.id[i] != p.id[k]);
        }
    }
    assert_int_equal(audience_preview(shop.db, r, &moment, 500, &p), ST_OK);
    assert_int_equal(p.n, 11);
    rule_free(r);
}

/* ---- too much --------------------------------------------------------------------- */

static void test_too_expensive_is_not_asked(void **state)
{
    struct buf b = {0};
    struct rule *r;
    struct audience_preview p;

    (void)state;
    buf_adds(&b, "{\"all\":[");
    for (int i = 0; i < 8; i++)
        buf_addf(&b, "%s{\"has\":{\"of\":\"messages\"}}", i > 0 ? "," : "");
    buf_adds(&b, "]}");
    r = rule_of(b.s);
    assert_int_equal(audience_preview(shop.db, r, &moment, 5, &p), ST_REFUSED);
    assert_true(p.cost > COMPILE_COST_MAX);
    rule_free(r);
    buf_free(&b);
}

/* Somebody holds the table, so that the answer does not come. */
static void test_what_takes_too_long_is_broken_off(void **state)
{
    static const char lock[] = "LOCK TABLES customer WRITE";
    struct db *other = db_open(shop.cfg);
    struct rule *r = rule_of("{\"all\":[]}");
    struct audience_preview p;
    const char *why;
    int64_t from = clock_mono_ms();

    (void)state;
    assert_int_equal(db_script(other, lock, sizeof lock - 1, &why), ST_OK);
    assert_int_equal(audience_preview(shop.db, r, &moment, 5, &p), ST_REFUSED);
    assert_in_range(clock_mono_ms() - from, 4000, 20000);
    db_close(other);
    assert_int_equal(audience_preview(shop.db, r, &moment, 5, &p), ST_OK);
    rule_free(r);
}

/* ---- hostile values --------------------------------------------------------------- */

static const char *const hostile[] = {"' OR 1=1 --",
                                      "' OR '1'='1",
                                      "\\' OR 1=1 #",
                                      "'); DROP TABLE customer; --",
                                      "\" OR \"\"=\"",
                                      "? OR ?",
                                      "?",
                                      "%",
                                      "%%",
                                      "_",
                                      "!",
                                      "!%",
                                      "!_",
                                      "!'",
                                      "\\%",
                                      "`id`",
                                      "/*",
                                      "*/ OR 1 /*",
                                      "/*!50000 OR 1*/",
                                      "#",
                                      "--",
                                      "NULL",
                                      "0x27",
                                      "c.id",
                                      "1) OR (1=1",
                                      "${jndi}",
                                      "%s%n",
                                      "🎁",
                                      "‘’",
                                      "ʼ OR 1=1",
                                      "𐀀"};
#define HOSTILE (sizeof hostile / sizeof *hostile)

static void one_is_found(const char *op, const char *value, bool list, int64_t expected)
{
    struct buf b = {0};

    buf_addf(&b, "{\"f\":\"name\",\"op\":\"%s\",\"v\":%s", op, list ? "[" : "");
    buf_add_json(&b, value, strlen(value));
    buf_adds(&b, list ? "]}" : "}");
    assert_false(b.failed);
    if (count(b.s) != expected)
        fail_msg("%s: %" PRId64 ", not %" PRId64, b.s, count(b.s), expected);
    buf_free(&b);
}

/* Each is somebody's name: it finds that one, and those in whose name it stands. */
static void test_hostile_texts_are_texts(void **state)
{
    (void)state;
    people((int)HOSTILE);
    for (size_t i = 0; i < HOSTILE; i++)
        assert_int_equal(db_exec(shop.db, NULL,
                                 "UPDATE customer SET first_name = ? WHERE id = ?",
                                 DB_TEXT(hostile[i]), DB_INT((int64_t)i + 1)),
                         ST_OK);
    for (size_t i = 0; i < HOSTILE; i++) {
        /* Of four-byte signs the collation knows one weight: both are one to it. */
        int64_t same = 0, inside = 0;

        assert_int_equal(db_one(shop.db,
                                "SELECT COUNT(*) FROM customer WHERE first_name = ?",
                                DB_TEXT(hostile[i])),
                         ST_OK);
        same = db_int(shop.db, 0);
        assert_true(same >= 1 && same <= 2);
        one_is_found("eq", hostile[i], false, same);
        one_is_found("in", hostile[i], true, same);
        one_is_found("neq", hostile[i], false, (int64_t)HOSTILE - same);
        assert_int_equal(
            db_one(shop.db,
                   "SELECT COUNT(*) FROM customer WHERE INSTR(first_name, ?) > 0",
                   DB_TEXT(hostile[i])),
            ST_OK);
        inside = db_int(shop.db, 0);
        assert_true(inside >= 1 && inside < (int64_t)HOSTILE);
        one_is_found("contains", hostile[i], false, inside);
    }
}

/* In every other place where a text of the caller's may stand. */
static void test_hostile_texts_anywhere(void **state)
{
    static const char *const places[] = {
        "{\"f\":\"source\",\"op\":\"starts\",\"v\":%s}",
        "{\"f\":\"source\",\"op\":\"ends\",\"v\":%s}",
        "{\"f\":\"city\",\"op\":\"not_in\",\"v\":[%s,\"x\"]}",
        "{\"sample\":{\"bp\":5000,\"salt\":%s}}",
        "{\"tags\":{\"any\":[%s],\"none\":[%s]}}",
    };

    (void)state;
    people(3);
    for (size_t i = 0; i < HOSTILE; i++)
        assert_int_equal(db_exec(shop.db, NULL,
                                 "INSERT INTO tag (name, made_at) VALUES (?, ?)"
                                 " ON DUPLICATE KEY UPDATE made_at = made_at",
                                 DB_TEXT(hostile[i]), DB_TIME(SHOP_NOW)),
                         ST_OK);
    for (size_t i = 0; i < HOSTILE; i++)
        for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
            struct buf text = {0}, root = {0};
            int64_t n;

            buf_add_json(&text, hostile[i], strlen(hostile[i]));
            for (const char *s = places[p]; *s != '\0'; s++)
                if (s[0] == '%' && s[1] == 's') {
                    buf_adds(&root, text.s);
                    s++;
                } else
                    buf_addc(&root, *s);
            n = count(root.s);
            assert_true(p == 2 ? n == 3 : p == 3 ? n <= 3 : n == 0);
            buf_free(&text);
            buf_free(&root);
        }
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM customer"), 3);
}

/* ---- how the database goes about it ------------------------------------------------ */

/* A thousand people with rows of their own. */
static void crowd(void)
{
    people(2);
    sql("INSERT INTO customer (channel, external_id, first_name, language, pd_ok,"
        " birth_date, last_seen_at, created_at)"
        " SELECT 1, 8000000000 + a.n + 10 * b.n + 100 * d.n, 'x', 'ru', 1,"
        " '1990-01-01' + INTERVAL (a.n + 10 * b.n + 100 * d.n) % 365 DAY,"
        " '2026-01-01', '2026-01-01'"
        " FROM (SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION "
        "SELECT 4"
        " UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) "
        "a,"
        " (SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4"
        " UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) "
        "b,"
        " (SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4"
        " UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) "
        "d");
    sql("INSERT INTO discount (customer_id, source, issue_key, percent_bp, code, token,"
        " valid_from, valid_until, created_at) SELECT id, 1, CONCAT('k', id), 1000,"
        " LPAD(id, 10, '0'), LPAD(id, 22, '0'), '2026-01-01', '2026-12-01', "
        "'2026-01-01'"
        " FROM customer");
    sql("INSERT INTO message (state, sender, recipient, customer_id, purpose, "
        "on_unsure,"
        " payload, created_at, sent_at) SELECT 3, 1, 1, id, 2, 1, '{}', '2026-01-01',"
        " '2026-01-01' FROM customer");
    sql("INSERT INTO tag (name, made_at) VALUES ('VIP', '2026-01-01'),"
        " ('кофе', '2026-01-01')");
    sql("INSERT INTO customer_tag (tag_id, customer_id, at) SELECT t.id, c.id,"
        " '2026-01-01' FROM tag t JOIN customer c");
    for (size_t i = 0; i < 4; i++) {
        static const char *const tables[] = {"customer", "discount", "message",
                                             "customer_tag"};
        char text[64];

        snprintf(text, sizeof text, "ANALYZE TABLE %s", tables[i]);
        assert_int_equal(db_one(shop.db, text), ST_OK);
    }
}

/* As a chunk is walked. Adds " table:type" for each table; MySQL has a column "partitions" before the type. */
static void plan(const char *root, struct buf *out)
{
    struct rule *r = rule_of(root);
    struct buf text = {0};
    enum status st;

    compiled.few = true;
    assert_int_equal(compile_rule(r, &moment, &compiled), ST_OK);
    buf_addf(&text,
             "EXPLAIN FORMAT=TRADITIONAL SELECT COUNT(*) FROM customer c WHERE c.status"
             " <> 3 AND (%s)",
             compiled.sql.s);
    st = db_select_args(shop.db, text.s, compiled.args, compiled.n);
    while (st == ST_OK && (st = db_next(shop.db)) == ST_OK) {
        const char *table = db_text(shop.db, 2, NULL),
                   *type = db_text(shop.db, 3, NULL);

        if (type == NULL || strlen(type) > 20)
            type = db_text(shop.db, 4, NULL);
        buf_addf(out, " %s:%s", table != NULL ? table : "-", type != NULL ? type : "-");
    }
    assert_int_equal(st, ST_NONE);
    compiled_free(&compiled);
    rule_free(r);
    buf_free(&text);
}

static void test_rows_are_found_by_their_customer(void **state)
{
    static const char *const roots[] = {
        "{\"has\":{\"of\":\"discounts\",\"window\":{\"last\":\"P30D\"}}}",
        "{\"agg\":{\"of\":\"discounts\",\"fn\":\"count\"},\"op\":\"gt\",\"v\":1}",
        "{\"agg\":{\"of\":\"messages\",\"fn\":\"days_since_last\"},\"op\":\"gt\",\"v\":"
        "9}",
        "{\"not_received\":{\"purpose\":\"marketing\",\"last\":\"P3D\"}}",
        "{\"tags\":{\"any\":[\"VIP\"],\"none\":[\"кофе\"]}}",
        "{\"any\":[{\"f\":\"subscribed\",\"op\":\"is\",\"v\":true},"
        "{\"has\":{\"of\":\"messages\"}}]}",
    };

    (void)state;
    crowd();
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        struct buf p = {0};

        plan(roots[i], &p);
        for (const char *t = "dmx"; *t != '\0'; t++) {
            char all[8];

            snprintf(all, sizeof all, " %c:ALL", *t);
            if (strstr(p.s, all) != NULL)
                fail_msg("%s: %s", roots[i], p.s);
        }
        buf_free(&p);
    }
}

static void test_birthdays_are_found_by_their_index(void **state)
{
    struct buf p = {0};

    (void)state;
    crowd();
    plan("{\"f\":\"birthday\",\"op\":\"within_days\",\"v\":[-1,1]}", &p);
    if (strstr(p.s, " c:range") == NULL)
        fail_msg("%s", p.s);
    buf_free(&p);
}

/* ---- why -------------------------------------------------------------------------- */

static const struct explain_line *line(const struct explain *e, const char *pointer)
{
    for (int i = 0; i < e->n; i++)
        if (strcmp(e->line[i].pointer, pointer) == 0)
            return &e->line[i];
    fail_msg("no line %s", pointer);
    return NULL;
}

static void test_why_somebody_is_in(void **state)
{
    struct rule *r = rule_of(
        "{\"all\":[{\"f\":\"subscribed\",\"op\":\"is\",\"v\":true},"
        "{\"f\":\"last_purchase\",\"op\":\"not_last\",\"v\":\"P90D\"},"
        "{\"any\":[{\"f\":\"purchases_total\",\"op\":\"gte\",\"v\":500000},"
        "{\"f\":\"age\",\"op\":\"gte\",\"v\":30}]},"
        "{\"none\":[{\"agg\":{\"of\":\"discounts\",\"fn\":\"count\"},\"op\":\"gt\","
        "\"v\":3}]}]}");
    const struct speech ru = {"ru", &moment, NULL};
    struct explain_ask ask = {.customer_id = 1, .personal = true, .speech = &ru};
    struct explain e;

    (void)state;
    people(1);
    sql("UPDATE customer SET subscribed = 1, birth_date = '1990-02-28',"
        " spent_total = 12300 WHERE id = 1");
    assert_int_equal(explain(shop.db, r, &ask, &e), ST_OK);
    assert_true(e.fits);
    assert_int_equal(e.n, 8);
    assert_int_equal(e.line[0].depth, 0);
    assert_string_equal(line(&e, ROOT "/all/0")->value.s, "да");
    assert_string_equal(line(&e, ROOT "/all/1")->value.s, "неизвестно");
    assert_true(line(&e, ROOT "/all/1")->fits);
    assert_false(line(&e, ROOT "/all/2/any/0")->fits);
    assert_non_null(strstr(line(&e, ROOT "/all/2/any/0")->value.s, "123"));
    assert_string_equal(line(&e, ROOT "/all/2/any/1")->value.s, "36");
    assert_string_equal(line(&e, ROOT "/all/2/any/1")->words.s,
                        "у кого возраст не меньше 30 лет");
    assert_int_equal(line(&e, ROOT "/all/2/any/1")->depth, 2);
    assert_false(line(&e, ROOT "/all/3/none/0")->fits);
    assert_string_equal(line(&e, ROOT "/all/3/none/0")->value.s, "0");
    explain_free(&e);

    ask.personal = false;
    sql("UPDATE customer SET subscribed = 0 WHERE id = 1");
    assert_int_equal(explain(shop.db, r, &ask, &e), ST_OK);
    assert_false(e.fits);
    assert_true(line(&e, ROOT "/all/2/any/1")->withheld);
    assert_int_equal(line(&e, ROOT "/all/2/any/1")->value.len, 0);
    explain_free(&e);
    ask.customer_id = 999;
    assert_int_equal(explain(shop.db, r, &ask, &e), ST_NONE);
    rule_free(r);
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_who_may_be_told_is_counted_apart),
        A_TEST(test_walked_in_chunks),
        A_TEST(test_a_preview_shows_a_few),
        A_TEST(test_too_expensive_is_not_asked),
        A_TEST(test_what_takes_too_long_is_broken_off),
        A_TEST(test_hostile_texts_are_texts),
        A_TEST(test_hostile_texts_anywhere),
        A_TEST(test_rows_are_found_by_their_customer),
        A_TEST(test_birthdays_are_found_by_their_index),
        A_TEST(test_why_somebody_is_in),
    };

    return cmocka_run_group_tests_name("audience", tests, NULL, NULL);
}
