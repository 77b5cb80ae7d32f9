/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A segment as one of the filters of customers: held against SQL of our own, in every
 * order, alone and with others; and as the target of a bulk message. */
#include "core/base/clock.h"
#include "core/loyalty/bulk.h"
#include "core/loyalty/customer_search.h"
#include "core/loyalty/letter.h"
#include "core/loyalty/tag.h"
#include "core/segment/segment.h"
#include "tests/harness/shop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static struct shop shop;
static struct tz *tz;
static struct moment moment;
static int64_t rich, bound, listed, empty;

static int64_t sql(const char *text)
{
    return shop_number(shop.db, text);
}

static void populate(void)
{
    shop_run(shop.db,
             "INSERT INTO customer (channel, external_id, first_name, last_name,"
             " username, status, subscribed, pd_ok, marketing_ok, last_seen_at,"
             " created_at, purchases, spent_total) SELECT 1, 8000000000 + i,"
             " ELT(1 + i % 2, 'Мария', 'Пётр'), '', '', IF(i % 50 = 1, 3, 1), i % 2, 1,"
             " i % 4 <> 0, '2026-01-01' + INTERVAL i MINUTE,"
             " '2026-01-01' + INTERVAL i MINUTE, i % 4, i FROM (SELECT a.d + 10 * b.d +"
             " 100 * c.d + 1000 * e.d AS i FROM"
#define DIGITS                                                                         \
    " (SELECT 0 AS d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 "     \
    "UNION"                                                                            \
    " SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) "
             DIGITS "a," DIGITS "b," DIGITS "c," DIGITS
             "e) n WHERE i < 8000 ORDER BY i");
}

static int64_t segment(const char *name, enum segment_kind kind, const char *rule)
{
    struct rule_faults faults = {0};
    struct rule *r = NULL;
    int64_t id = 0;

    if (rule != NULL) {
        r = rule_parse(rule, strlen(rule), true, &faults);
        assert_non_null(r);
        assert_int_equal(segment_resolve(shop.db, r, 0, &faults), ST_OK);
    }
    assert_int_equal(
        segment_add(shop.db, SHOP_NOW,
                    &(struct segment_draft){.kind = kind, .name = name, .rule = r},
                    &id),
        ST_OK);
    rule_free(r);
    return id;
}

static int opened(void **state)
{
    (void)state;
    shop_open(&shop);
    tz = tz_open("Asia/Vladivostok");
    moment = moment_make(SHOP_NOW, tz, false);
    populate();
    shop_run(shop.db, "INSERT INTO customer_word (customer_id, word)"
                      " SELECT id, first_name FROM customer");
    rich = segment(
        "Щедрые", SEGMENT_RULE,
        "{\"v\":1,\"root\":{\"f\":\"purchases_total\",\"op\":\"gt\",\"v\":7900}}");
    bound =
        segment("Подписаны", SEGMENT_RULE,
                "{\"v\":1,\"root\":{\"f\":\"subscribed\",\"op\":\"is\",\"v\":true}}");
    listed = segment("Свои", SEGMENT_LIST, NULL);
    empty = segment("Никто", SEGMENT_LIST, NULL);
    shop_run(shop.db, "INSERT INTO segment_member (segment_id, customer_id, at)"
                      " SELECT (SELECT id FROM segment WHERE name = 'Свои'), id, NOW(6)"
                      " FROM customer WHERE id % 400 = 5");
    return 0;
}

static int closed(void **state)
{
    (void)state;
    tz_close(tz);
    shop_close(&shop);
    return 0;
}

/* ---- found -------------------------------------------------------------------------- */

static void walk(const struct customer_filter *f, int sort, int64_t *n, int64_t *sum)
{
    struct page p = {
        .sort = &customer_sorts[sort], .descending = sort % 2, .limit = 90};
    struct customer_row row;
    enum status st;
    int pages = 0;

    *n = *sum = 0;
    do {
        st = customer_search(shop.db, f, &p);
        while (st == ST_OK && (st = customer_search_next(shop.db, &p, &row)) == ST_OK) {
            *sum += row.customer.id;
            (*n)++;
        }
        assert_int_equal(st, ST_NONE);
        p.placed = true;
        p.place = p.last;
    } while (p.more && ++pages < 1000);
}

static void same(struct customer_filter f, int64_t id, const char *where)
{
    char text[300];
    int64_t n, sum, wanted, total, found_n, found_sum;
    bool whole;

    f.segment_id = id;
    f.moment = &moment;
    f.now = SHOP_NOW;
    snprintf(text, sizeof text,
             "SELECT COUNT(*) FROM customer c WHERE c.status <> 3"
             " AND %s",
             where);
    wanted = n = sql(text);
    snprintf(text, sizeof text,
             "SELECT CAST(COALESCE(SUM(id), 0) AS SIGNED) FROM"
             " customer c WHERE c.status <> 3 AND %s",
             where);
    sum = sql(text);
    for (int sort = 0; sort < CUSTOMER_SORTS - 1; sort++) { /* no birthdays here */
        walk(&f, sort, &found_n, &found_sum);
        if (found_n != n || found_sum != sum)
            fail_msg("%s by %s: %lld of %lld", where, customer_sorts[sort].name,
                     (long long)found_n, (long long)n);
    }
    assert_int_equal(customer_total(shop.db, &f, &total, &whole), ST_OK);
    if (whole)
        assert_int_equal(total, wanted);
    else
        assert_true(total <= wanted);
}

static void with_and_without_others(void **state)
{
    static const char *const vip[] = {"nobody"};

    (void)state;
    same((struct customer_filter){0}, rich, "spent_total > 7900");
    same((struct customer_filter){0}, bound, "subscribed = 1");
    same((struct customer_filter){0}, listed, "id % 400 = 5");
    same((struct customer_filter){0}, empty, "1 = 0");
    same((struct customer_filter){.q = "Мария"}, rich,
         "spent_total > 7900 AND first_name = 'Мария'");
    same((struct customer_filter){.by_subscribed = true}, bound, "1 = 0");
    same((struct customer_filter){.by_total = true, .total_min = 7950}, bound,
         "subscribed = 1 AND spent_total >= 7950");
    same((struct customer_filter){.upto_id = 3000}, listed,
         "id % 400 = 5 AND id <= 3000");
    same((struct customer_filter){.tags = vip, .tags_n = 1}, rich, "1 = 0");
    same((struct customer_filter){0}, 999999,
         "1 = 0"); /* there is none of that number */
}

static void one_of_them(void **state)
{
    struct customer_filter f = {.segment_id = listed, .moment = &moment};

    (void)state;
    assert_int_equal(customer_fits(shop.db, &f,
                                   sql("SELECT MIN(customer_id) FROM"
                                       " segment_member")),
                     ST_OK);
    assert_int_equal(customer_fits(shop.db, &f,
                                   sql("SELECT MIN(id) FROM customer WHERE"
                                       " id % 400 = 7")),
                     ST_NONE);
}

/* As many values as a rule may hold: more than any list of filters has. */
static void a_rule_of_many_values(void **state)
{
    struct buf rule = {0};
    int64_t id;

    (void)state;
    buf_adds(&rule, "{\"v\":1,\"root\":{\"ids\":[");
    for (int i = 0; i < 190; i++)
        buf_addf(&rule, "%s%d", i > 0 ? "," : "", 3 * i + 1);
    buf_adds(&rule, "]}}");
    id = segment("Номера", SEGMENT_RULE, rule.s);
    same((struct customer_filter){.by_total = true, .total_min = 0}, id,
         "id < 570 AND id % 3 = 1");
    buf_free(&rule);
}

/* ---- acted on ------------------------------------------------------------------------ */

struct turn {
    int64_t id;
};

static enum status turn_work(struct db *db, void *arg)
{
    const struct turn *t = arg;
    enum status st = db_exec(db, NULL,
                             "DELETE FROM job_open WHERE kind LIKE"
                             " 'core.bulk%'");

    if (st == ST_OK)
        st = bulk_slice(db, &moment, t->id);
    return st == ST_NONE ? ST_OK : st;
}

static void a_message_to_a_segment(void **state)
{
    struct customer_filter f = {.segment_id = rich, .moment = &moment, .now = SHOP_NOW};
    struct bulk_params params = {0};
    struct bulk_task task;

    (void)state;
    assert_int_equal(letter_write(shop.db, SHOP_NOW,
                                  &(struct letter_spec){.staff_id = shop.owner.id,
                                                        .purpose = MESSAGE_SERVICE,
                                                        .body = "Ждём вас!"},
                                  &params.letter_id),
                     ST_OK);
    assert_int_equal(bulk_open(shop.db, SHOP_NOW,
                               &(struct bulk_spec){.staff_id = shop.owner.id,
                                                   .action = BULK_NOTIFY,
                                                   .params = &params,
                                                   .filter = &f},
                               &task),
                     ST_OK);
    for (int i = 0; i < 10 && task.state == BULK_RUNNING; i++) {
        assert_int_equal(db_tx(shop.db, turn_work, &(struct turn){task.id}), ST_OK);
        assert_int_equal(bulk_load(shop.db, task.id, &task), ST_OK);
    }
    assert_int_equal(task.state, BULK_DONE);
    assert_int_equal(task.done, sql("SELECT COUNT(*) FROM customer WHERE status <> 3"
                                    " AND spent_total > 7900"));
    assert_true(task.done > 50);
    assert_int_equal(sql("SELECT COUNT(*) FROM job_open WHERE kind ="
                         " 'core.letter_written'"),
                     task.done);
}

/* Somebody removes it, or a tag that its rule names, when half of them had their turn: the
 * rest is not done, and it does not look as if it were. */
static void what_is_gone_midway_is_no_end(void **state)
{
    int64_t id = segment("Все", SEGMENT_RULE, "{\"v\":1,\"root\":{\"all\":[]}}");
    struct customer_filter f = {.segment_id = id, .moment = &moment, .now = SHOP_NOW};
    struct bulk_params params = {.tags_n = 1};
    struct bulk_task task;
    struct tag tag;
    bool fresh;

    (void)state;
    assert_int_equal(tag_make(shop.db, SHOP_NOW, "все", shop.owner.id, &tag, &fresh),
                     ST_OK);
    params.tags[0] = tag.id;
    assert_int_equal(bulk_open(shop.db, SHOP_NOW,
                               &(struct bulk_spec){.staff_id = shop.owner.id,
                                                   .action = BULK_TAGS_ADD,
                                                   .params = &params,
                                                   .filter = &f},
                               &task),
                     ST_OK);
    assert_int_equal(db_tx(shop.db, turn_work, &(struct turn){task.id}), ST_OK);
    assert_int_equal(
        db_exec(shop.db, NULL, "DELETE FROM segment WHERE id = ?", DB_INT(id)), ST_OK);
    assert_int_equal(db_tx(shop.db, turn_work, &(struct turn){task.id}), ST_OK);
    assert_int_equal(bulk_load(shop.db, task.id, &task), ST_OK);
    assert_int_equal(task.state, BULK_STOPPED);
    assert_int_equal(task.done, BULK_SLICE);
    assert_true(task.expected > task.done);
    assert_int_equal(sql("SELECT COUNT(*) FROM job_open WHERE kind LIKE 'core.bulk%'"),
                     0);
    assert_int_equal(sql("SELECT COUNT(*) FROM audit WHERE action = 'bulk.stop'"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_and_without_others),
        cmocka_unit_test(one_of_them),
        cmocka_unit_test(a_rule_of_many_values),
        cmocka_unit_test(a_message_to_a_segment),
        cmocka_unit_test(what_is_gone_midway_is_no_end),
    };

    return cmocka_run_group_tests(tests, opened, closed);
}
