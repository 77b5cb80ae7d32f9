/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The audit page by page: each filter alone and with others reads about as many rows as
 * it shows, however many there are; pages both ways; sealed blocks walked in steps. */
#include "core/audit_search.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "tests/harness/shop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROWS 20480
#define READ_MOST 900 /* for a page of ten: names of people, too */

static struct shop shop;

static enum status first_rows(struct db *db, void *arg)
{
    static const char *const actions[] = {"discount.issue", "customer.edit",
                                          "setting.set", "redemption.confirm",
                                          "shift.open"};
    enum status st = ST_OK;

    (void)arg;
    for (int i = 0; st == ST_OK && i < 20; i++) {
        struct audit_entry e = {.actor = (enum actor)(1 + i % 4),
                                .actor_id = i % 7,
                                .action = actions[i % 5],
                                .entity_id = i};

        st = audit_add(db, SHOP_NOW + i * SECOND, &e);
    }
    return st;
}

/* Doubled until there are many; then a rare one of each. */
static int fill(void **state)
{
    int64_t n = 20, more;

    (void)state;
    shop_open(&shop);
    assert_int_equal(db_exec(shop.db, NULL, "DELETE FROM audit"), ST_OK);
    assert_int_equal(db_tx(shop.db, first_rows, NULL), ST_OK);
    while (n < ROWS) {
        assert_int_equal(
            db_exec(shop.db, &more,
                    "INSERT INTO audit (at, actor, actor_id, action, entity_id)"
                    " SELECT at + INTERVAL ? SECOND, actor, actor_id, action,"
                    " entity_id + ? FROM audit",
                    DB_INT(n), DB_INT(n)),
            ST_OK);
        n += more;
    }
    log_request("the-request-of-one");
    assert_int_equal(audit_add(shop.db, SHOP_NOW - DAY,
                               &(struct audit_entry){.actor = ACTOR_API,
                                                     .actor_id = shop.owner.id,
                                                     .action = "store.add",
                                                     .entity_id = 999999}),
                     ST_OK);
    log_request(NULL);
    assert_int_equal(db_select(shop.db, "ANALYZE TABLE audit"), ST_OK);
    while (db_next(shop.db) == ST_OK)
        continue;
    return 0;
}

static int drop(void **state)
{
    (void)state;
    shop_close(&shop);
    return 0;
}

static int page_read(const struct audit_filter *f, struct page *p)
{
    struct audit_row row;
    int64_t last = 0;
    enum status st = audit_search(shop.db, f, p);

    assert_int_equal(st, ST_OK);
    while ((st = audit_search_next(shop.db, p, &row)) == ST_OK) {
        assert_true(last == 0 || (p->backwards ? row.at >= last : row.at <= last));
        last = row.at;
    }
    assert_int_equal(st, ST_NONE);
    return p->rows;
}

static struct page newest(void)
{
    return (struct page){.sort = &audit_sorts[0], .descending = true, .limit = 10};
}

/* The first page, one far behind it, and the way back. */
static void costs_little(const char *name, const struct audit_filter *f, int wanted)
{
    struct page p = newest();
    int64_t before;

    for (int i = 0; i < 3; i++) {
        before = shop_rows_read(shop.db);
        if (page_read(f, &p) != (i == 0 ? wanted : p.rows))
            fail_msg("%s: %d rows, wanted %d", name, p.rows, wanted);
        if (shop_rows_read(shop.db) - before > READ_MOST)
            fail_msg("%s: page %d read %lld rows", name, i,
                     (long long)(shop_rows_read(shop.db) - before));
        p.placed = true;
        p.backwards = i == 1;
        p.place = p.last;
        if (i == 0 && p.rows > 0)
            p.place.number -= 3 * HOUR;
    }
}

static void no_filter_reads_the_whole_table(void **state)
{
    static const int64_t api[] = {ACTOR_API}, two[] = {ACTOR_SYSTEM, ACTOR_STAFF};
    const struct {
        const char *name;
        struct audit_filter f;
        int n;
    } cases[] = {
        {"all", {0}, 10},
        {"a rare actor", {.actors = api, .n_actors = 1}, 1},
        {"two actors", {.actors = two, .n_actors = 2}, 10},
        {"somebody", {.by_actor_id = true, .actor_id = 5}, 10},
        {"nobody", {.by_actor_id = true, .actor_id = 77777}, 0},
        {"an action", {.action = "setting.set"}, 10},
        {"a rare action", {.action = "store.add"}, 1},
        {"an entity", {.entity = "redemption"}, 10},
        {"a rare entity", {.entity = "store"}, 1},
        {"one thing", {.by_entity_id = true, .entity_id = 19000}, 1},
        {"one customer",
         {.entity = "customer", .by_entity_id = true, .entity_id = 6001},
         1},
        {"a request", {.request_id = "the-request-of-one"}, 1},
        {"an hour", {.from = SHOP_NOW + HOUR, .to = SHOP_NOW + 2 * HOUR}, 10},
        {"before all", {.to = SHOP_NOW - 2 * DAY}, 0},
        {"one's own", {.own = shop.owner.id}, 10},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct audit_filter f = cases[i].f;

        if (f.own != 0)
            f.own = 6; /* a member of staff with a long history */
        costs_little(cases[i].name, &f, cases[i].n);
    }
}

static void every_row_comes_once(void **state)
{
    struct audit_filter f = {.to = SHOP_NOW + 200 * SECOND};
    struct page p = newest();
    int seen = 0;

    (void)state;
    do {
        seen += page_read(&f, &p);
        p.placed = true;
        p.place = p.last;
    } while (p.more);
    assert_int_equal(seen, 201); /* 200 seconds, and the one of the day before */
}

/* ---- blocks ---------------------------------------------------------------------- */

static enum status do_seal(struct db *db, void *arg)
{
    return audit_seal(db, SHOP_NOW + DAY, 1000, arg);
}

static void blocks_are_walked_in_steps(void **state)
{
    struct audit_walk w = {.block = 1, .most = 2500};
    struct audit_block last;
    int64_t unsealed, rows = 0;
    int n, steps = 0;

    (void)state;
    while (db_tx(shop.db, do_seal, &n) == ST_OK)
        continue;
    assert_int_equal(audit_last(shop.db, &last), ST_OK);
    assert_int_equal(last.id, 21);
    assert_int_equal(audit_unsealed(shop.db, &unsealed), ST_OK);
    assert_int_equal(unsealed, 0);
    while (!w.over) {
        assert_int_equal(audit_walk(shop.db, &w), ST_OK);
        assert_true(w.rows <= 3000);
        rows += w.rows;
        steps++;
    }
    assert_int_equal(rows, ROWS + 1);
    assert_true(steps >= 7);
}

static enum status walk_from(int64_t block, struct audit_walk *w)
{
    *w = (struct audit_walk){.block = block, .most = INT64_MAX};
    return audit_walk(shop.db, w);
}

/* What stands in one column cannot be moved to the next one unseen. */
static void a_moved_word_is_found(void **state)
{
    struct audit_walk w;

    (void)state;
    assert_int_equal(db_exec(shop.db, NULL,
                             "UPDATE audit SET fields = request_id, request_id = ''"
                             " WHERE request_id <> ''"),
                     ST_OK);
    assert_int_equal(walk_from(1, &w), ST_REFUSED);
    assert_int_equal(w.broken.id, 21);
    assert_int_equal(db_exec(shop.db, NULL,
                             "UPDATE audit SET request_id = fields, fields = ''"
                             " WHERE fields <> ''"),
                     ST_OK);
    assert_int_equal(walk_from(1, &w), ST_OK);
}

/* Its neighbours are whole, but cannot prove it: nothing to hold them against. */
static void a_seal_taken_out_is_found(void **state)
{
    struct audit_walk w;

    (void)state;
    assert_int_equal(db_exec(shop.db, NULL, "DELETE FROM audit_seal WHERE id = 7"),
                     ST_OK);
    assert_int_equal(walk_from(1, &w), ST_REFUSED);
    assert_int_equal(w.broken.id, 7);
    assert_int_equal(w.broken.to, 0);
    assert_int_equal(walk_from(w.block, &w), ST_REFUSED);
    assert_int_equal(w.broken.id, 8);
    assert_int_equal(walk_from(w.block, &w), ST_OK);
    assert_int_equal(w.blocks, 13);
    assert_true(w.over);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_filter_reads_the_whole_table),
        cmocka_unit_test(every_row_comes_once),
        cmocka_unit_test(blocks_are_walked_in_steps),
        cmocka_unit_test(a_moved_word_is_found),
        cmocka_unit_test(a_seal_taken_out_is_found),
    };

    return cmocka_run_group_tests_name("audit search", tests, fill, drop);
}
