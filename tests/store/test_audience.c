/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Whom a rule finds: how many, which, in chunks, and why. Hostile values are values; a rule
 * that takes too long is broken off. */
#include "tests/store/audience.h"

#include "core/segment/explain.h"

#include <inttypes.h>

#define ROOT "/root" /* of pointers */

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
        A_TEST(test_why_somebody_is_in),
    };

    return cmocka_run_group_tests_name("audience", tests, NULL, NULL);
}
