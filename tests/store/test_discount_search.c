/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Lists of discounts and redemptions read what they show, and not the table: the server
 * itself counts the rows it touches among some thousands of them. */
#include "tests/store/many.h"

#include "core/loyalty/discount_search.h"
#include "core/loyalty/redemption_search.h"
#include "core/loyalty/track.h"

#include <stdlib.h>

#define PAGE 20
/* A page, what stands beside its rows, and what a filter passes over on the way to
 * them. A table read whole, or sorted whole, is far beyond. */
#define FEW 900

static void few(int64_t before, const char *what, int page)
{
    int64_t n = shop_rows_read(shop.db) - before;

    if (n > FEW)
        fail_msg("%s, page %d: %lld rows touched", what, page, (long long)n);
}

/* ---- discounts -------------------------------------------------------------------- */

struct look {
    const char *name;
    struct discount_filter f;
    enum discount_sort sort;
    bool descending;
    int at_least; /* rows on all pages together */
};

/* The first pages, and one deep inside. */
static void look_at(const struct look *l)
{
    struct discount_filter f = l->f;
    struct page p = {
        .sort = &discount_sorts[l->sort], .descending = l->descending, .limit = PAGE};
    struct discount_found found;
    int all = 0, pages = 0;

    f.now = SHOP_NOW;
    do {
        int64_t before = shop_rows_read(shop.db);
        enum status st = discount_search(shop.db, &f, &p);
        int rows_before = all;

        while (st == ST_OK && (st = discount_search_next(shop.db, &p, &found)) == ST_OK)
            all++;
        assert_int_equal(st, ST_NONE);
        few(before, l->name, pages);
        assert_int_equal(all - rows_before, p.rows);
        p.placed = true;
        p.place = p.last;
        pages++;
    } while (p.more && pages < 40);
    if (all < l->at_least)
        fail_msg("%s: %d rows", l->name, all);
}

static void test_each_list_reads_a_page(void **state)
{
    const struct look looks[] = {
        {"all", {0}, DISCOUNT_BY_CREATED, true, 40 * PAGE},
        {"all, oldest first", {0}, DISCOUNT_BY_CREATED, false, 40 * PAGE},
        {"by end", {0}, DISCOUNT_BY_END, false, 40 * PAGE},
        {"by id", {0}, DISCOUNT_BY_ID, true, 40 * PAGE},
        {"active", {.status = {1}, .status_n = 1}, DISCOUNT_BY_CREATED, true, 800},
        {"active by end", {.status = {1}, .status_n = 1}, DISCOUNT_BY_END, false, 800},
        {"used", {.status = {2}, .status_n = 1}, DISCOUNT_BY_CREATED, true, 800},
        {"revoked", {.status = {4}, .status_n = 1}, DISCOUNT_BY_CREATED, true, 100},
        {"expired", {.status = {3}, .status_n = 1}, DISCOUNT_BY_CREATED, true, 500},
        {"two states",
         {.status = {2, 4}, .status_n = 2},
         DISCOUNT_BY_CREATED,
         true,
         800},
        {"by hand", {.source = {3}, .source_n = 1}, DISCOUNT_BY_CREATED, true, 800},
        {"of the second store",
         {.store_id = shop.store[1]},
         DISCOUNT_BY_CREATED,
         true,
         125},
        {"of an issuer", {.issuer_id = shop.owner.id}, DISCOUNT_BY_CREATED, true, 800},
        {"of nobody", {.issuer_id = shop.manager.id}, DISCOUNT_BY_CREATED, true, 0},
        {"of one code", {.code = "0000000042"}, DISCOUNT_BY_CREATED, true, 1},
        {"issued then",
         {.issued_after = OLD + DAY, .issued_before = OLD + DAY + HOUR},
         DISCOUNT_BY_CREATED,
         true,
         60},
        {"ended long ago",
         {.expires_before = SHOP_NOW - HOUR},
         DISCOUNT_BY_END,
         false,
         100},
        {"good then", {.valid_on = SHOP_NOW}, DISCOUNT_BY_END, false, 800},
        {"good in a year",
         {.valid_on = SHOP_NOW + 365 * DAY},
         DISCOUNT_BY_END,
         false,
         0},
        {"redeemed at the first",
         {.redeemed_store_id = shop.store[0]},
         DISCOUNT_BY_REDEEMED,
         true,
         800},
        {"redeemed at the second",
         {.redeemed_store_id = shop.store[1]},
         DISCOUNT_BY_REDEEMED,
         true,
         110},
        {"a manager's", {.staff_id = shop.manager.id}, DISCOUNT_BY_CREATED, true, 800},
    };

    (void)state;
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
        look_at(&looks[i]);
}

/* ---- redemptions ------------------------------------------------------------------ */

struct sale_look {
    const char *name;
    struct redemption_filter f;
    int at_least;
    enum redemption_sort sort;
};

static void sale_look_at(const struct sale_look *l)
{
    struct page p = {
        .sort = &redemption_sorts[l->sort], .descending = true, .limit = PAGE};
    struct redemption r;
    int all = 0, pages = 0;

    do {
        int64_t before = shop_rows_read(shop.db);
        enum status st = redemption_search(shop.db, &l->f, &p);

        while (st == ST_OK && (st = redemption_search_next(shop.db, &p, &r)) == ST_OK)
            all++;
        assert_int_equal(st, ST_NONE);
        few(before, l->name, pages);
        p.placed = true;
        p.place = p.last;
    } while (p.more && ++pages < 40);
    if (all < l->at_least)
        fail_msg("%s: %d rows", l->name, all);
}

static void test_redemptions_read_a_page(void **state)
{
    const struct sale_look looks[] = {
        {"all", {0}, 40 * PAGE},
        {"of a store", {.store_id = shop.store[1]}, 110},
        {"of a cashier", {.by_id = shop.cashier[2].id}, 700},
        {"of nobody", {.by_id = shop.owner.id}, 0},
        {"of a customer", {.customer_id = others}, 30},
        {"of a discount", {.discount_id = ten.id + 7}, 1},
        {"undone", {.by_voided = true, .voided = true}, 50, REDEMPTION_BY_UNDO},
        {"live", {.by_voided = true}, 800},
        {"then", {.from = OLD + 2 * DAY, .until = OLD + 2 * DAY + HOUR}, 60},
        {"a manager's", {.staff_id = shop.manager.id}, 800},
    };

    (void)state;
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
        sale_look_at(&looks[i]);
}

struct attempt_look {
    const char *name;
    struct attempt_filter f;
    int at_least;
};

static void test_attempts_read_a_page(void **state)
{
    const struct attempt_look looks[] = {
        {"refused", {0}, 800},
        {"unknown", {.verdict = {VERDICT_UNKNOWN}, .verdict_n = 1}, 490},
        {"own", {.verdict = {VERDICT_OWN}, .verdict_n = 1}, 50},
        {"of a store", {.store_id = shop.store[1]}, 0},
        {"of a discount", {.discount_id = 100}, 3},
        {"a manager's", {.staff_id = shop.manager.id}, 800},
    };

    (void)state;
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
        struct page p = {.sort = &attempt_sorts[0], .descending = true, .limit = PAGE};
        struct attempt a;
        int all = 0, pages = 0;

        do {
            int64_t before = shop_rows_read(shop.db);
            enum status st = attempt_search(shop.db, &looks[i].f, &p);

            while (st == ST_OK && (st = attempt_search_next(shop.db, &p, &a)) == ST_OK)
                all++;
            assert_int_equal(st, ST_NONE);
            few(before, looks[i].name, pages);
            p.placed = true;
            p.place = p.last;
        } while (p.more && ++pages < 40);
        if (all < looks[i].at_least)
            fail_msg("%s: %d rows", looks[i].name, all);
    }
}

/* All that happened to one discount is found by that discount. */
static void test_a_track_reads_its_own(void **state)
{
    static struct track_event list[TRACK_MAX];
    int64_t before = shop_rows_read(shop.db);
    int n;

    (void)state;
    assert_int_equal(track_load(shop.db, ten.id + 6, list, &n), ST_OK);
    assert_true(n >= 5); /* issued, redeemed, undone, checked several times */
    few(before, "track", 0);
}

/* ---- sums --------------------------------------------------------------------------- */

static void test_sums_of_a_filter(void **state)
{
    const struct redemption_filter f = {.store_id = shop.store[1]};
    struct redemption_sums sums;

    (void)state;
    assert_int_equal(redemption_sum(shop.db, &f, &sums), ST_OK);
    assert_int_equal(sums.live + sums.voided, SOLD / 25);
    assert_int_equal(sums.amount, sums.live * 10000);
    assert_int_equal(sums.off, sums.live * 1000);
}

static void run_with(const char *text, int64_t a, int64_t b)
{
    assert_int_equal(db_exec(shop.db, NULL, text, DB_INT(a), DB_INT(b)), ST_OK);
}

/* A region's manager, of more stores than one names in a query: the sales of the last
 * one are theirs, too. */
static void test_a_manager_of_many_stores(void **state)
{
    const struct redemption_filter f = {.staff_id = shop.manager.id},
                                   of_one = {.store_id = shop.store[1]};
    const struct attempt_filter tries = {.staff_id = shop.manager.id};
    struct page p = {.sort = &redemption_sorts[0], .descending = true, .limit = PAGE};
    struct redemption_sums before, theirs, after;
    struct redemption r;
    int64_t last, total, refused, same;

    (void)state;
    assert_int_equal(redemption_sum(shop.db, &f, &before), ST_OK);
    assert_int_equal(redemption_sum(shop.db, &of_one, &theirs), ST_OK);
    assert_int_equal(attempt_total(shop.db, &tries, &refused), ST_OK);
    for (int i = 0; i < 40; i++) {
        run_with("INSERT INTO store (name, created_at)"
                 " SELECT CONCAT('Ряд ', ? + ?), '2026-01-01'",
                 i, 1);
        run_with("INSERT INTO staff_store (staff_id, store_id)"
                 " SELECT ?, id FROM store WHERE id > ? ORDER BY id DESC LIMIT 1",
                 shop.manager.id, 0);
    }
    last = shop_number(shop.db, "SELECT MAX(id) FROM store");
    run_with("UPDATE redemption SET store_id = ? WHERE store_id = ?", last,
             shop.store[1]);
    assert_int_equal(redemption_sum(shop.db, &f, &after), ST_OK);
    assert_int_equal(after.live, before.live + theirs.live);
    assert_int_equal(after.off, before.off + theirs.off);
    assert_int_equal(redemption_total(shop.db, &f, &total), ST_OK);
    assert_int_equal(total, after.live + after.voided);
    assert_int_equal(redemption_search(shop.db, &f, &p), ST_OK);
    assert_int_equal(redemption_search_next(shop.db, &p, &r), ST_OK);
    assert_int_equal(attempt_total(shop.db, &tries, &same), ST_OK);
    assert_int_equal(same, refused);
    run_with("UPDATE redemption SET store_id = ? WHERE store_id = ?", shop.store[1],
             last);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_list_reads_a_page),
        cmocka_unit_test(test_redemptions_read_a_page),
        cmocka_unit_test(test_attempts_read_a_page),
        cmocka_unit_test(test_a_track_reads_its_own),
        cmocka_unit_test(test_sums_of_a_filter),
        cmocka_unit_test(test_a_manager_of_many_stores),
    };

    return cmocka_run_group_tests_name("discount search", tests, open_many, close_shop);
}
