/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Customers found: each filter against what SQL says of all of them, pages that follow one
 * another, and how many rows a search reads when nearly nobody fits. */
#include "core/base/clock.h"
#include "core/loyalty/customer_search.h"
#include "core/loyalty/customer_word.h"
#include "core/loyalty/tag.h"
#include "tests/harness/shop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MANY 20000

static struct shop shop;
static int64_t rare_tag, common_tag;

static int64_t sql(const char *text)
{
    return shop_number(shop.db, text);
}

static void run(const char *text)
{
    shop_run(shop.db, text);
}

#define DIGIT                                                                          \
    "(SELECT 0 AS d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION" \
    " SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)"

/* Of i: the first name of three, a birthday of 365, a phone of ten thousand ends … */
static void populate(void)
{
    run("INSERT INTO customer (channel, external_id, first_name, last_name, username,"
        " source, status, subscribed, pd_ok, marketing_ok, birth_date, last_seen_at,"
        " created_at, phone, phone_hash, purchases, spent_total, last_purchase_at,"
        " home_store_id, barred_at) SELECT 1, 8000000000 + i,"
        " ELT(1 + i % 3, 'Мария', 'Пётр', 'Ann-Marie'), CONCAT('Ф', i), CONCAT('u', i),"
        " IF(i % 1000 = 7, 'flyer', 'street'), IF(i % 50 = 1, 2, IF(i % 99 = 0, 3, 1)),"
        " i % 2, 1, i % 3 = 0, '1990-01-01' + INTERVAL i % 365 DAY,"
        " '2026-01-01' + INTERVAL i MINUTE, '2026-01-01' + INTERVAL i MINUTE,"
        " CONCAT('+7999', LPAD(i, 7, '0')), UNHEX(SHA2(i, 256)), i % 4, i % 5000,"
        " IF(i % 4 = 0, '1970-01-01', '2026-02-01' + INTERVAL i % 977 HOUR),"
        " IF(i % 10 = 0, (SELECT MIN(id) FROM store), NULL),"
        " IF(i % 400 = 3, '2026-03-01', NULL)"
        " FROM (SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d AS i"
        " FROM " DIGIT " a, " DIGIT " b, " DIGIT " c, " DIGIT " e, " DIGIT " f) n"
        " WHERE i < 20000 ORDER BY i");
    run("INSERT INTO customer_word (customer_id, word) SELECT id, ELT(n, first_name,"
        " last_name, username) FROM customer, (SELECT 1 AS n UNION SELECT 2 UNION"
        " SELECT 3) t");
    run("INSERT INTO tag (name, made_at) VALUES ('vip', '2026-01-01'),"
        " ('обычный', '2026-01-01')");
    rare_tag = sql("SELECT id FROM tag WHERE name = 'vip'");
    common_tag = sql("SELECT id FROM tag WHERE name <> 'vip'");
    run("INSERT INTO customer_tag SELECT IF(id % 3000 = 5, (SELECT MIN(id) FROM tag),"
        " (SELECT MAX(id) FROM tag)), id, '2026-01-01' FROM customer"
        " WHERE id % 3000 = 5 OR id % 2 = 0");
    run("INSERT INTO discount (customer_id, source, issue_key, percent_bp, code, token,"
        " valid_from, valid_until, created_at) SELECT id, 3, CONCAT('t:', id), 1000,"
        " LPAD(id, 10, '0'), LPAD(id, 22, '0'), '2026-01-01',"
        " IF(id % 2, '2026-12-01', '2026-02-01'), '2026-01-01' FROM customer"
        " WHERE id % 7 = 0");
    assert_int_equal(db_select(shop.db,
                               "ANALYZE TABLE customer, customer_word, customer_tag,"
                               " discount"),
                     ST_OK);
    while (db_next(shop.db) == ST_OK)
        continue;
}

static int opened(void **state)
{
    (void)state;
    shop_open(&shop);
    populate();
    return 0;
}

static int closed(void **state)
{
    (void)state;
    shop_close(&shop);
    return 0;
}

/* ---- a walk over all pages -------------------------------------------------------- */

struct walk {
    int64_t n, sum; /* rows, and of their numbers */
    int pages, cut;
    int64_t most_read; /* rows the server read for one page */
    bool ordered;
};

static int64_t key_of(const struct page *p, const struct customer_row *r)
{
    const char *name = p->sort->name;

    if (strcmp(name, "id") == 0)
        return r->customer.id;
    if (strcmp(name, "created_at") == 0)
        return r->customer.created_at;
    if (strcmp(name, "last_purchase_at") == 0)
        return r->last_purchase;
    if (strcmp(name, "birthday") == 0)
        return r->customer.birth.month * 100 + r->customer.birth.day;
    return r->spent_total;
}

static void one_page(const struct customer_filter *f, struct page *p, struct walk *w)
{
    struct customer_row row;
    int64_t before = shop_rows_read(shop.db), last = 0, key;
    enum status st = customer_search(shop.db, f, p);

    assert_int_equal(st, ST_OK);
    while ((st = customer_search_next(shop.db, p, &row)) == ST_OK) {
        key = key_of(p, &row);
        if (p->rows > 1 && (p->descending ? key > last : key < last))
            w->ordered = false;
        last = key;
        w->n++;
        w->sum += row.customer.id;
    }
    assert_int_equal(st, ST_NONE);
    w->pages++;
    w->cut += p->cut;
    before = shop_rows_read(shop.db) - before;
    w->most_read = before > w->most_read ? before : w->most_read;
}

static struct walk walk_all(const struct customer_filter *f, int sort, bool descending)
{
    struct walk w = {.ordered = true};
    struct page p = {
        .sort = &customer_sorts[sort], .descending = descending, .limit = 200};

    do {
        one_page(f, &p, &w);
        p.placed = true;
        p.place = p.last;
    } while (p.more && w.pages < 2000);
    assert_false(p.more);
    return w;
}

/* In every order the pages hold exactly those whom the condition names. */
static void same(const struct customer_filter *f, const char *where)
{
    static int asked;
    char text[600];
    int64_t n, sum;

    snprintf(text, sizeof text, "SELECT COUNT(*) FROM customer c WHERE %s", where);
    n = sql(text);
    snprintf(text, sizeof text,
             "SELECT CAST(COALESCE(SUM(id), 0) AS SIGNED) FROM customer c WHERE %s",
             where);
    sum = sql(text);
    for (int i = 0; i < CUSTOMER_SORTS; i++) {
        bool down = (asked++ + i) % 2 == 0;
        struct walk w = walk_all(f, i, down);

        if (w.n != n || w.sum != sum || !w.ordered)
            fail_msg("%s by %s%s: %lld of %lld", where, down ? "-" : "",
                     customer_sorts[i].name, (long long)w.n, (long long)n);
        /* A walk looks at so many, each with a probe or two; never at the table. */
        if (w.most_read > 3 * CUSTOMER_WALK + 6 * CUSTOMER_GATHER)
            fail_msg("%s by %s%s reads %lld rows", where, down ? "-" : "",
                     customer_sorts[i].name, (long long)w.most_read);
    }
}

#define THERE "c.status <> 3 AND "

static void filters_find_whom_they_name(void **state)
{
    static const char *const vip[] = {"VIP"}, *const both[] = {"vip", "обычный"},
                             *const none[] = {"nobody"};
    const int64_t store = shop.store[0];
    const int64_t at = SHOP_NOW;

    (void)state;
    same(&(struct customer_filter){.q = "мария ф12"},
         THERE "first_name = 'Мария' AND last_name LIKE 'Ф12%'");
    same(&(struct customer_filter){.q = "ПЕТР"}, THERE "first_name = 'Пётр'");
    same(&(struct customer_filter){.q = "@u2999"}, THERE "username LIKE 'u2999%'");
    same(&(struct customer_filter){.q = "1234"},
         THERE "(phone LIKE '%1234' OR id = 1234)");
    same(&(struct customer_filter){.q = "8 999 001-23-45", .phone_whole = true},
         THERE "phone = '+79990012345'");
    same(&(struct customer_filter){.q = "8 999 001-23-45"}, THERE "phone LIKE '%2345'");
    same(&(struct customer_filter){.q = "77"}, THERE "id = 77");
    same(&(struct customer_filter){.q = "%"}, "1 = 0");
    same(&(struct customer_filter){.q = "_"}, "1 = 0");
    same(&(struct customer_filter){.tags = vip, .tags_n = 1}, THERE "id % 3000 = 5");
    same(&(struct customer_filter){.tags = both, .tags_n = 2},
         THERE "(id % 3000 = 5 OR id % 2 = 0)");
    same(&(struct customer_filter){.tags = none, .tags_n = 1}, "1 = 0");
    same(&(struct customer_filter){.tags_none = both, .tags_none_n = 2},
         THERE "NOT (id % 3000 = 5 OR id % 2 = 0)");
    same(&(struct customer_filter){.stores = &store, .stores_n = 1},
         THERE "home_store_id = (SELECT MIN(id) FROM store)");
    same(&(struct customer_filter){.source = "flyer"}, THERE "source = 'flyer'");
    same(&(struct customer_filter){.birthday_from = 517, .birthday_to = 519},
         THERE "birth_md BETWEEN 517 AND 519");
    same(&(struct customer_filter){.birthday_from = 1230, .birthday_to = 102},
         THERE "(birth_md >= 1230 OR birth_md <= 102)");
    same(&(struct customer_filter){.by_discount = true, .discount = true, .now = at},
         THERE "id % 14 = 7");
}

static void and_the_common_ones(void **state)
{
    const int64_t day = 24 * HOUR, jan = 1767225600000000LL; /* 2026-01-01 */

    (void)state;
    same(&(struct customer_filter){0}, "c.status <> 3");
    same(&(struct customer_filter){.states = 1U << STATE_BLOCKED},
         THERE "barred_at IS NOT NULL");
    same(&(struct customer_filter){.states = 1U << STATE_ERASED}, "c.status = 3");
    same(&(struct customer_filter){.states =
                                       1U << STATE_UNREACHABLE | 1U << STATE_ACTIVE},
         THERE "barred_at IS NULL");
    same(&(struct customer_filter){.by_subscribed = true,
                                   .by_marketing = true,
                                   .marketing = true},
         THERE "subscribed = 0 AND marketing_ok = 1");
    same(&(struct customer_filter){.created_after = jan + day,
                                   .created_before = jan + 2 * day},
         THERE "created_at >= '2026-01-02' AND created_at < '2026-01-03'");
    same(&(struct customer_filter){.bought_before = jan + 32 * day},
         THERE "last_purchase_at > '1970-01-01' AND last_purchase_at < '2026-02-02'");
    same(&(struct customer_filter){.bought_after = jan + 60 * day},
         THERE "last_purchase_at >= '2026-03-02'");
    same(&(struct customer_filter){.by_total = true, .total_min = 4990},
         THERE "spent_total >= 4990");
    /* Common each by itself, and nobody is both. */
    same(
        &(struct customer_filter){.q = "Мария",
                                  .by_total = true,
                                  .total_min = 1,
                                  .by_subscribed = true,
                                  .subscribed = true,
                                  .states = 1U << STATE_ACTIVE,
                                  .upto_id = 20000},
        "c.status = 1 AND barred_at IS NULL AND first_name = 'Мария' AND subscribed = 1"
        " AND spent_total >= 1 AND id <= 20000");
}

/* ---- bounds ----------------------------------------------------------------------- */

static void a_page_of_rare_ones_is_cut(void **state)
{
    /* Half of all and a third of all, but of these none: nothing is rare by itself. */
    const struct customer_filter f = {
        .by_subscribed = true, .by_marketing = true, .source = "street", .upto_id = 1};
    struct page p = {.sort = &customer_sorts[1], .descending = true, .limit = 50};
    struct walk w = {0};

    (void)state;
    one_page(&f, &p, &w);
    assert_true(p.cut);
    assert_true(p.more);
    assert_int_equal(p.rows, 0);
    w = walk_all(&f, 1, true);
    assert_in_range(w.pages, MANY / CUSTOMER_WALK, MANY / CUSTOMER_WALK + 2);
}

/* In the order of the filter itself nothing is looked at in vain. */
static void its_own_order_is_never_cut(void **state)
{
    const int64_t jan = 1767225600000000LL;
    const struct {
        struct customer_filter f;
        int sort;
    } own[] = {
        {{.created_after = jan + DAY, .created_before = jan + 8 * DAY}, 1},
        {{.bought_before = jan + 50 * DAY}, 2},
        {{.bought_after = jan + 40 * DAY}, 2},
        {{.by_total = true, .total_min = 1000}, 3},
        {{.birthday_from = 501, .birthday_to = 731}, 4},
        {{.birthday_from = 1101, .birthday_to = 131}, 4},
    };

    (void)state;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        for (int down = 0; down < 2; down++) {
            struct walk w = walk_all(&own[i].f, own[i].sort, down == 1);

            assert_true(w.n > CUSTOMER_GATHER); /* common enough to be walked */
            assert_int_equal(w.cut, 0);
            assert_true(w.ordered);
        }
}

static void totals(void **state)
{
    static const char *const vip[] = {"vip"};
    int64_t n;
    bool whole;

    (void)state;
    assert_int_equal(customer_total(shop.db,
                                    &(struct customer_filter){.tags = vip, .tags_n = 1},
                                    &n, &whole),
                     ST_OK);
    assert_true(whole);
    assert_int_equal(n, sql("SELECT COUNT(*) FROM customer WHERE id % 3000 = 5"
                            " AND status <> 3"));
    assert_int_equal(customer_total(shop.db, &(struct customer_filter){0}, &n, &whole),
                     ST_OK);
    assert_false(whole);
    assert_int_equal(n, PAGE_TOTAL_MAX + 1);
}

static void backwards_is_the_same(void **state)
{
    const struct customer_filter f = {.by_subscribed = true, .subscribed = true};
    struct page p = {.sort = &customer_sorts[3], .descending = true, .limit = 50};
    struct page_place first;
    struct walk w = {0};

    (void)state;
    one_page(&f, &p, &w);
    first = p.first;
    p.placed = true;
    p.place = p.last;
    one_page(&f, &p, &w);
    p.place = p.first;
    p.backwards = true;
    one_page(&f, &p, &w);
    assert_int_equal(p.last.id, first.id);
    assert_int_equal(p.rows, 50);
}

/* ---- who may, and words ----------------------------------------------------------- */

static void a_manager_finds_their_own(void **state)
{
    int64_t other = shop.store[1];
    struct customer_row row;
    int64_t stranger = sql("SELECT MIN(id) FROM customer WHERE home_store_id IS NULL");
    int64_t own = sql("SELECT MIN(id) FROM customer WHERE home_store_id IS NOT NULL");

    (void)state;
    same(&(struct customer_filter){.staff_id = shop.manager.id},
         THERE "home_store_id = (SELECT MIN(id) FROM store)");
    same(&(struct customer_filter){.staff_id = shop.manager.id,
                                   .stores = &other,
                                   .stores_n = 1},
         "1 = 0");
    assert_int_equal(customer_row_load(shop.db, stranger, shop.manager.id, &row),
                     ST_NONE);
    assert_int_equal(customer_row_load(shop.db, own, shop.manager.id, &row), ST_OK);
    assert_int_equal(customer_row_load(shop.db, stranger, 0, &row), ST_OK);
}

/* A region's manager: more stores than one names in a query. */
static void a_manager_of_many_stores(void **state)
{
    static const int64_t steps[] = {35, 60};
    const struct customer_filter f = {.staff_id = shop.manager.id};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        run("INSERT INTO store (name, created_at) SELECT CONCAT('Ряд ', a.d, b.d),"
            " '2026-01-01' FROM " DIGIT " a, " DIGIT " b");
        assert_int_equal(db_exec(shop.db, NULL,
                                 "INSERT INTO staff_store (staff_id, store_id)"
                                 " SELECT ?, id FROM store WHERE name LIKE 'Ряд%'"
                                 " ORDER BY id DESC LIMIT ?",
                                 DB_INT(shop.manager.id), DB_INT(steps[i])),
                         ST_OK);
        same(&f, THERE "home_store_id = (SELECT MIN(id) FROM store)");
        run("DELETE FROM staff_store WHERE store_id IN (SELECT id FROM store WHERE"
            " name LIKE 'Ряд%')");
        run("DELETE FROM store WHERE name LIKE 'Ряд%'");
    }
}

static void words_follow_names(void **state)
{
    struct customer c = shop_customer(&shop, 7000000777, "Жанна", "д'Арк-Орлеан");
    char text[120];

    (void)state;
    run("UPDATE customer SET birth_date = '1990-06-01' WHERE external_id = 7000000777");
    same(&(struct customer_filter){.q = "арк жан"}, "external_id = 7000000777");
    same(&(struct customer_filter){.q = "орле"}, "external_id = 7000000777");
    assert_int_equal(customer_name_set(shop.db, SHOP_NOW, c.id, "Иоанна"), ST_OK);
    same(&(struct customer_filter){.q = "иоАн"}, "external_id = 7000000777");
    assert_int_equal(customer_meet(shop.db, SHOP_NOW,
                                   &(struct contact){.channel = CHANNEL_MESSENGER,
                                                     .external_id = 7000000777,
                                                     .first_name = "Дева",
                                                     .first_n = strlen("Дева"),
                                                     .update_id = 2},
                                   &c),
                     ST_OK);
    same(&(struct customer_filter){.q = "дева"}, "external_id = 7000000777");
    same(&(struct customer_filter){.q = "арк"}, "1 = 0");
    snprintf(text, sizeof text,
             "SELECT COUNT(*) FROM customer_word WHERE customer_id = %lld",
             (long long)c.id);
    assert_int_equal(sql(text), 2);
}

/* Nothing of it is a pattern, an end of a text or a word of SQL. */
static void hostile_words(void **state)
{
    static const char *const corpus[] = {
        "' OR 1=1 -- ",
        "\\",
        "\\%",
        "%'; DROP TABLE customer; --",
        "((((",
        "\xF0\x9F\x98\x80",
        "a\\",
        "Ф%",
        "0x41",
        "NULL",
        "*",
        "+7(999)",
        "----",
        "\xE2\x80\x8B",
    };
    struct page p = {.sort = &customer_sorts[0], .limit = 50};
    struct walk w = {0};

    (void)state;
    for (size_t i = 0; i < sizeof corpus / sizeof *corpus; i++)
        one_page(&(struct customer_filter){.q = corpus[i],
                                           .source = corpus[i],
                                           .tags_none = &corpus[i],
                                           .tags_none_n = 1},
                 &p, &w);
    assert_int_equal(w.n, 0);
    assert_true(sql("SELECT COUNT(*) FROM customer") >= MANY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filters_find_whom_they_name),
        cmocka_unit_test(and_the_common_ones),
        cmocka_unit_test(a_page_of_rare_ones_is_cut),
        cmocka_unit_test(its_own_order_is_never_cut),
        cmocka_unit_test(totals),
        cmocka_unit_test(backwards_is_the_same),
        cmocka_unit_test(a_manager_finds_their_own),
        cmocka_unit_test(a_manager_of_many_stores),
        cmocka_unit_test(words_follow_names),
        cmocka_unit_test(hostile_words),
    };

    return cmocka_run_group_tests_name("customer search", tests, opened, closed);
}
