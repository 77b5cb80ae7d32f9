/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * How the database goes about a rule: along its indexes, and reads no table whole. */
#include "tests/store/audience.h"

static struct compiled compiled;

static void sql(const char *text)
{
    assert_int_equal(db_exec(shop.db, NULL, text), ST_OK);
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_rows_are_found_by_their_customer),
        A_TEST(test_birthdays_are_found_by_their_index),
    };

    return cmocka_run_group_tests_name("audience, its plans", tests, NULL, NULL);
}
