/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What happened to one customer: of all tables in one order, each event once, whichever
 * way it is read and whatever shares its moment; and a page deep in a long story reads no
 * more rows than the first one. */
#include "core/base/clock.h"
#include "core/loyalty/consent_search.h"
#include "core/loyalty/timeline.h"
#include "tests/harness/shop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT 20

static struct shop shop;
static int64_t who;

#define DIGIT                                                                          \
    "(SELECT 0 AS d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION" \
    " SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)"
#define THOUSANDS                                                                      \
    "(SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS i FROM " DIGIT " a, " DIGIT    \
    " b, " DIGIT " c, " DIGIT " e) n"

static void run(const char *sql)
{
    if (db_exec(shop.db, NULL, sql, DB_INT(who)) != ST_OK)
        fail_msg("%s", sql);
}

/* 3000 messages, three of each minute; 500 discounts, two of each hour; 400 changes. */
static int opened(void **state)
{
    (void)state;
    shop_open(&shop);
    who = shop_customer(&shop, 7000000001, "Анна", "").id;
    shop_customer(&shop, 7000000002, "Белла", "");
    run("INSERT INTO message (state, sender, recipient, customer_id, purpose, "
        "on_unsure,"
        " payload, created_at) SELECT 1, 1, 5, ? + (i % 3 = 2), 1, 1, '{}',"
        " '2026-05-01' + INTERVAL i DIV 4 MINUTE FROM " THOUSANDS " WHERE i < 4500");
    run("INSERT INTO discount (customer_id, source, issue_key, percent_bp, code, token,"
        " valid_from, valid_until, created_at) SELECT ?, 3, CONCAT('t:', i), 1000,"
        " LPAD(i, 10, '0'), LPAD(i, 22, '0'), '2026-01-01', '2026-12-01',"
        " '2026-05-01' + INTERVAL i DIV 2 HOUR FROM " THOUSANDS " WHERE i < 500");
    run("INSERT INTO audit (at, actor, actor_id, action, entity_id) SELECT"
        " '2026-05-01' + INTERVAL i HOUR, 3, 1, IF(i % 2, 'customer.tag',"
        " 'discount.issue'), ? FROM " THOUSANDS " WHERE i < 800");
    assert_int_equal(db_select(shop.db, "ANALYZE TABLE message, discount, audit"),
                     ST_OK);
    while (db_next(shop.db) == ST_OK)
        continue;
    return 0;
}

static int closed(void **state)
{
    (void)state;
    shop_close(&shop);
    return 0;
}

struct seen {
    int n;
    int64_t sum, most_read; /* of the keys; of a page */
};

static void page(struct page *p, unsigned kinds, struct seen *seen)
{
    struct timeline_event e;
    int64_t before = shop_rows_read(shop.db), key, last_at = 0, last_key = 0;
    enum status st = timeline_search(shop.db, who, kinds, p);

    assert_int_equal(st, ST_OK);
    for (int i = 0; (st = timeline_next(shop.db, p, &e)) == ST_OK; i++) {
        key = e.id * 16 + (int64_t)e.kind;
        if (i > 0 && !p->backwards)
            assert_true(e.at < last_at || (e.at == last_at && key < last_key));
        if (i > 0 && p->backwards)
            assert_true(e.at > last_at || (e.at == last_at && key > last_key));
        last_at = e.at;
        last_key = key;
        seen->n++;
        seen->sum += key;
    }
    assert_int_equal(st, ST_NONE);
    before = shop_rows_read(shop.db) - before;
    seen->most_read = before > seen->most_read ? before : seen->most_read;
}

static struct seen walk(struct page *p, unsigned kinds)
{
    struct seen seen = {0};

    p->descending = true;
    p->limit = LIMIT;
    p->sort = timeline_sorts;
    do {
        page(p, kinds, &seen);
        p->placed = true;
        p->place = p->last;
    } while (p->more && seen.n < 10000);
    return seen;
}

static void each_event_once_both_ways(void **state)
{
    struct page p = {0};
    struct seen down = walk(&p, 0), up;
    int64_t all = shop_number(
        shop.db, "SELECT (SELECT COUNT(*) FROM message WHERE customer_id = 1) +"
                 " (SELECT COUNT(*) FROM discount) + (SELECT COUNT(*) FROM consent"
                 " WHERE customer_id = 1) + (SELECT COUNT(*) FROM audit WHERE entity_id"
                 " = 1 AND action LIKE 'customer.%')");

    (void)state;
    assert_int_equal(who, 1);
    assert_int_equal(down.n, all);
    /* From behind the last one: its own place is not among them. */
    p.backwards = true;
    p.place.number = 0;
    p.place.id = 0;
    up = walk(&p, 0);
    assert_int_equal(up.n, all);
    assert_true(up.sum == down.sum);
    /* The audit has no index by time: all changes of one customer are looked through. */
    if (down.most_read >= 1500)
        fail_msg("%lld rows", (long long)down.most_read);
}

static void a_deep_page_reads_no_more(void **state)
{
    struct page p = {0};
    struct seen of = walk(&p, 1U << TIMELINE_MESSAGE | 1U << TIMELINE_ISSUED);

    (void)state;
    assert_true(of.n > 3000);
    if (of.most_read >= 8 * LIMIT)
        fail_msg("%lld rows", (long long)of.most_read);
}

static void consents_page_by_page(void **state)
{
    struct page p = {.sort = consent_sorts, .descending = true, .limit = LIMIT};
    struct consent_row row;
    enum status st;
    int64_t n = 0, total = 0, before = 0, most = 0;

    (void)state;
    run("INSERT INTO consent (customer_id, purpose, granted, text_id, via, at) SELECT "
        "?,"
        " 2, i % 2, (SELECT MIN(id) FROM consent_text), 1, '2026-05-01' + INTERVAL i "
        "DIV"
        " 3 MINUTE FROM " THOUSANDS " WHERE i < 1000");
    do {
        before = shop_rows_read(shop.db);
        st = consent_search(shop.db, who, &p);
        while (st == ST_OK && (st = consent_search_next(shop.db, &p, &row)) == ST_OK)
            n++;
        assert_int_equal(st, ST_NONE);
        before = shop_rows_read(shop.db) - before;
        most = before > most ? before : most;
        p.placed = true;
        p.place = p.last;
    } while (p.more && n < 5000);
    assert_int_equal(consent_total(shop.db, who, &total), ST_OK);
    assert_int_equal(n, total);
    if (most >= 8 * LIMIT)
        fail_msg("%lld rows", (long long)most);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_event_once_both_ways),
        cmocka_unit_test(a_deep_page_reads_no_more),
        cmocka_unit_test(consents_page_by_page),
    };

    return cmocka_run_group_tests_name("timeline", tests, opened, closed);
}
