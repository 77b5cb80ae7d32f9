/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Drafts: what will not do, copies, what is thrown away; and how much is read of tables
 * that are long. */
#include "core/broadcast/recipient_private.h"
#include "tests/store/broadcast_shop.h"

#include <stdlib.h>

static int opened(void **state)
{
    (void)state;
    broadcast_shop_open();
    return 0;
}

static const char *refused(const struct broadcast *b, const char *rule, int n)
{
    struct made m = {.now = NOON, .staff_id = shop.owner.id, .d.b = *b, .why = ""};
    const char *text = "{\"ru\":{\"text\":\"Здравствуйте\"}}";
    enum status st;

    if (m.d.b.name[0] == '\0')
        snprintf(m.d.b.name, sizeof m.d.b.name, "К осени");
    else if (m.d.b.name[0] == '-')
        m.d.b.name[0] = '\0';
    if (m.d.b.purpose == 0)
        m.d.b.purpose = MESSAGE_MARKETING;
    m.d.rule = rule;
    m.d.rule_n = rule != NULL ? strlen(rule) : 0;
    for (int i = 0; i < n; i++)
        variants[i] = (struct broadcast_variant){
            .no = i + 1, .weight = 1, .content = json_parse(text, strlen(text))};
    m.d.variants = variants;
    m.d.variants_n = n;
    st = db_tx(shop.db, add_work, &m);
    broadcast_variants_free(variants, n);
    if (st == ST_NONE)
        return "none";
    assert_int_equal(st, m.why != NULL ? ST_BAD : ST_OK);
    return m.why != NULL ? m.why : "";
}

#define LETTERS_64 "абвгдежзийклмнопабвгдежзийклмнопабвгдежзийклмнопабвгдежзийклмноп"

static const struct {
    struct broadcast b;
    const char *rule, *why;
    int variants;
} cases[] = {
    {{0}, EVERYBODY, "", 1},
    {{0}, EVERYBODY, "", 0}, /* words may come later */
    {{.name = "-"}, EVERYBODY, "name", 1},
    {{.name = LETTERS_64}, EVERYBODY, "", 1},
    {{.purpose = MESSAGE_RECEIPT}, EVERYBODY, "purpose", 1},
    {{0}, NULL, "audience", 1},
    {{.segment_id = 4711}, NULL, "none", 1},
    {{0},
     "{\"root\":{\"f\":\"shoe_size\",\"op\":\"eq\",\"v\":1},\"v\":1}",
     "audience",
     1},
    {{0}, "{\"root\":{\"segment\":4711},\"v\":1}", "audience", 1},
    {{.holdout_bp = 9001}, EVERYBODY, "holdout", 1},
    {{.holdout_bp = -1}, EVERYBODY, "holdout", 1},
    {{.not_after = NOON}, EVERYBODY, "not_after", 1},
    {{.rate_per_s = 1001}, EVERYBODY, "rate", 1},
    {{.offer = {.percent_bp = 10001, .days = 1}}, EVERYBODY, "offer", 1},
    {{.offer = {.percent_bp = 100}}, EVERYBODY, "offer", 1},
    {{.offer = {.percent_bp = 100, .days = 1, .until = NOON + DAY}},
     EVERYBODY,
     "offer",
     1},
    {{.offer = {.percent_bp = 100, .until = NOON}}, EVERYBODY, "offer", 1},
    {{.offer = {.percent_bp = 100, .days = 1, .store_id = 4711}},
     EVERYBODY,
     "store",
     1},
    {{.metric = METRIC_REDEMPTIONS}, EVERYBODY, "metric", 1},
    {{.test_bp = 1000, .metric = METRIC_CLICKS, .decide_at = NOON + DAY},
     EVERYBODY,
     "",
     2},
    {{.test_bp = 1000, .metric = METRIC_CLICKS, .decide_at = NOON + DAY},
     EVERYBODY,
     "test",
     1},
    {{.test_bp = 1000, .decide_at = NOON + DAY}, EVERYBODY, "test", 2},
    {{.test_bp = 1000, .metric = METRIC_CLICKS, .decide_at = NOON},
     EVERYBODY,
     "test",
     2},
    {{.test_bp = 1000,
      .metric = METRIC_CLICKS,
      .decide_at = NOON + DAY,
      .not_after = NOON + HOUR},
     EVERYBODY,
     "test",
     2},
};

static void test_what_will_not_do(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *why = refused(&cases[i].b, cases[i].rule, cases[i].variants);

        if (strcmp(why, cases[i].why) != 0)
            fail_msg("case %zu: \"%s\", not \"%s\"", i, why, cases[i].why);
    }
    variants[0].weight = 1;
}

/* Advertising obeys the night and the cap, whatever was asked for. */
static void test_advertising_always_obeys(void **state)
{
    int64_t id = draft(&(struct broadcast){.quiet = false, .cap = false}, 1);
    struct broadcast b;

    (void)state;
    assert_int_equal(broadcast_load(shop.db, id, &b), ST_OK);
    assert_true(b.quiet && b.cap);
    id = draft(&(struct broadcast){.purpose = MESSAGE_SERVICE}, 1);
    assert_int_equal(broadcast_load(shop.db, id, &b), ST_OK);
    assert_false(b.quiet || b.cap);
}

struct other {
    int64_t id, version, copy;
};

static enum status copy_work(struct db *db, void *arg)
{
    struct other *o = arg;

    return broadcast_copy(db, NOON, shop.owner.id, o->id, &o->copy);
}

static enum status remove_work(struct db *db, void *arg)
{
    struct other *o = arg;

    return broadcast_remove(db, NOON, shop.owner.id, o->id, o->version);
}

static void test_copied_and_thrown_away(void **state)
{
    struct broadcast_variant v[BROADCAST_VARIANTS];
    struct broadcast_offer offer = {
        .percent_bp = 700, .uses = 2, .days = 3, .store_id = 1};
    struct other o = {0}, none = {.id = 4711};
    struct broadcast b;
    int n;

    (void)state;
    crowd(3);
    o.id =
        begun(&(struct broadcast){.offer = offer, .footer = "Реклама. ООО «Двор»"}, 2);
    assert_int_equal(db_tx(shop.db, remove_work, &o), ST_TAKEN);
    assert_int_equal(db_tx(shop.db, copy_work, &o), ST_OK);
    assert_int_equal(broadcast_load(shop.db, o.copy, &b), ST_OK);
    assert_int_equal(b.state, BROADCAST_DRAFT);
    assert_int_equal(b.offer.percent_bp, 700);
    assert_int_equal(b.offer.uses, 2);
    assert_string_equal(b.footer, "Реклама. ООО «Двор»");
    assert_int_equal(b.frozen_at + b.start_at + b.fill_upto, 0);
    assert_int_equal(broadcast_variants(shop.db, o.copy, v, &n), ST_OK);
    assert_int_equal(n, 2);
    broadcast_variants_free(v, n);
    o.id = o.copy;
    o.version = 9;
    assert_int_equal(db_tx(shop.db, remove_work, &o), ST_REFUSED);
    o.version = 1;
    assert_int_equal(db_tx(shop.db, remove_work, &o), ST_OK);
    assert_int_equal(broadcast_load(shop.db, o.id, &b), ST_NONE);
    assert_int_equal(db_tx(shop.db, copy_work, &none), ST_NONE);
    assert_int_equal(db_tx(shop.db, remove_work, &none), ST_NONE);
}

/* ---- long tables ------------------------------------------------------------------- */

#define LONG 12000

static int64_t read_by(enum status (*work)(struct db *db, void *arg), void *arg)
{
    int64_t before = shop_rows_read(shop.db);

    assert_int_equal(db_tx(shop.db, work, arg), ST_OK);
    return shop_rows_read(shop.db) - before;
}

static enum status next_work(struct db *db, void *arg)
{
    return recipients_next(db, NOON, arg);
}

static enum status page_work(struct db *db, void *arg)
{
    struct recipient_filter f = {.broadcast_id = *(int64_t *)arg, .why = -1};
    struct page p = {.sort = &recipient_sorts[0], .limit = 50};
    struct recipient_row row;
    enum status st = recipient_search(db, &f, &p);

    while (st == ST_OK)
        st = recipient_search_next(db, &p, &row);
    return st == ST_NONE && p.rows == 50 ? ST_OK : ST_BROKEN;
}

/* EXPLAIN names the key, and nothing is sorted. */
static void test_next_is_along_its_index(void **state)
{
    int64_t id;

    (void)state;
    crowd(LONG);
    id = begun(&(struct broadcast){0}, 1);
    assert_int_equal(db_select(shop.db, "EXPLAIN " RECIPIENTS_NEXT, DB_INT(id),
                               DB_TIME(NOON), DB_INT(0), DB_INT(4), DB_INT(0),
                               DB_INT(128)),
                     ST_OK);
    for (int i = 0; i < 2; i++) {
        bool seen = false;

        assert_int_equal(db_next(shop.db), ST_OK);
        for (int col = 0; col < 12; col++) {
            const char *text = db_text(shop.db, col, NULL);

            if (text == NULL)
                continue;
            assert_null(strstr(text, "filesort"));
            assert_string_not_equal(text, "ALL");
            seen |=
                strcmp(text, i == 0 ? "ix_broadcast_recipient_due" : "PRIMARY") == 0;
        }
        assert_true(seen);
    }
    while (db_next(shop.db) == ST_OK)
        ;
}

static void test_little_is_read_of_long_tables(void **state)
{
    struct settling_call *s = calloc(1, sizeof *s);
    struct taking *t = calloc(1, sizeof *t);
    int64_t seen[CHUNK_MAX][2], id;
    struct recipients_look look = {.chain = 1, .room = 100, .out = seen};

    (void)state;
    assert_true(s != NULL && t != NULL);
    crowd(LONG);
    (void)begun(&(struct broadcast){0}, 1);
    id = look.broadcast_id = begun(&(struct broadcast){0}, 1);
    shop_run(shop.db, "ANALYZE TABLE customer, broadcast_recipient, message");
    assert_in_range(read_by(next_work, &look), 100, 1200);
    assert_int_equal(take(shop.db, NOON, id, "hand-of-the-test", t, 100), ST_OK);
    fates(s, t, RECIPIENT_SENT, WHY_NONE);
    *s = (struct settling_call){.now = NOON, .id = id, .job = "hand-of-the-test"};
    fates(s, t, RECIPIENT_SENT, WHY_NONE);
    assert_in_range(read_by(settle_work, s), 100, 1500);
    look.chain = 2;
    assert_int_equal(recipients_next(shop.db, NOON, &look), ST_OK);
    t->named = t->c.room = 100;
    for (int i = 0; i < 100; i++)
        t->customer[i] = seen[i][0];
    assert_in_range(read_by(take_work, t), 100, 2500);
    assert_in_range(read_by(page_work, &id), 50, 600);
    free(s);
    free(t);
}

#define T(name) cmocka_unit_test_setup_teardown(name, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_what_will_not_do),
        T(test_advertising_always_obeys),
        T(test_copied_and_thrown_away),
        T(test_next_is_along_its_index),
        T(test_little_is_read_of_long_tables),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
