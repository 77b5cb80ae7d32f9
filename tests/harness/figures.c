/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/figures.h"

#include "core/base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- a random history ------------------------------------------------------------ */

struct teller {
    struct shop *shop;
    const struct figures_spec *spec;
    uint64_t state;
    int serial;
};

static int64_t roll(struct teller *t, int64_t sides)
{
    t->state = t->state * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)((t->state >> 33) % (uint64_t)sides);
}

static int64_t moment(struct teller *t)
{
    return t->spec->from + roll(t, (t->spec->until - t->spec->from) / SECOND) * SECOND;
}

static void must(enum status st)
{
    assert_int_equal(st, ST_OK);
}

static int64_t tell_discount(struct teller *t, int64_t customer)
{
    static const int states[] = {1, 1, 2, 3, 3, 4};
    int64_t made = moment(t);
    char key[40];

    snprintf(key, sizeof key, "fig:%d", ++t->serial);
    must(db_exec(
        t->shop->db, NULL,
        "INSERT INTO discount (customer_id, source, issue_key, percent_bp, code,"
        " token, valid_from, valid_until, uses_allowed, status, issued_by,"
        " store_id, created_at)"
        " VALUES (?, ?, ?, 1000, RIGHT(CONCAT('C000000000', ?), 10),"
        " RIGHT(CONCAT('T000000000000000000000', ?), 22), ?, ?, 5, ?, ?, ?, ?)",
        DB_INT(customer), DB_INT(1 + roll(t, 3)), DB_TEXT(key), DB_INT(t->serial),
        DB_INT(t->serial), DB_TIME(made), DB_TIME(made + DAY + roll(t, 20) * DAY),
        DB_INT(states[roll(t, 6)]),
        DB_INT_OR_NULL(roll(t, 3) == 0, t->shop->cashier[roll(t, 3)].id),
        DB_INT_OR_NULL(roll(t, 4) == 0, t->shop->store[roll(t, 2)]), DB_TIME(made)));
    return db_last_id(t->shop->db);
}

static void tell_redemption(struct teller *t, int64_t customer, int64_t discount,
                            int use)
{
    int64_t at = moment(t), off = roll(t, 50000), who = roll(t, 4);
    bool sum = roll(t, 3) > 0, undone = roll(t, 5) == 0;
    char key[40];

    snprintf(key, sizeof key, "fig:%d", ++t->serial);
    must(db_exec(
        t->shop->db, NULL,
        "INSERT INTO redemption (discount_id, customer_id, uses_allowed, use_no,"
        " op_key, staff_id, store_id, shift_id, receipt_no, amount,"
        " discount_amount, redeemed_at, voided_at, voided_by, void_reason)"
        " VALUES (?, ?, 5, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        DB_INT(discount), DB_INT(customer), DB_INT(use), DB_TEXT(key),
        DB_INT(t->shop->cashier[who].id), DB_INT(t->shop->store[roll(t, 2)]),
        DB_INT(t->shop->shift[who].id), DB_INT(t->serial),
        DB_INT_OR_NULL(sum, off + roll(t, 500000)), DB_INT_OR_NULL(sum, off),
        DB_TIME(at), DB_TIME_OR_NULL(undone ? at + roll(t, 20 * DAY) : 0),
        DB_INT_OR_NULL(undone, t->shop->manager.id), DB_INT_OR_NULL(undone, 1)));
}

static void tell_rest(struct teller *t, int64_t customer)
{
    static const char *const actions[] = {"customer.subscribe", "customer.unsubscribe",
                                          "consent.pd_revoke", "customer.erase",
                                          "customer.meet"};

    for (int64_t n = roll(t, 12); n > 0; n--) {
        int64_t at = moment(t);

        must(db_exec(t->shop->db, NULL,
                     "INSERT INTO message (state, sender, recipient, customer_id,"
                     " purpose, on_unsure, payload, created_at, sent_at)"
                     " VALUES (?, 1, 5, ?, 1, 1, '{}', ?, ?)",
                     DB_INT(1 + roll(t, 7)), DB_INT_OR_NULL(roll(t, 9) > 0, customer),
                     DB_TIME(at), DB_TIME(at)));
    }
    for (int64_t n = roll(t, 4); n > 0; n--)
        must(db_exec(t->shop->db, NULL,
                     "INSERT INTO audit (at, actor, actor_id, action, entity_id)"
                     " VALUES (?, 2, ?, ?, ?)",
                     DB_TIME(moment(t)), DB_INT(customer), DB_TEXT(actions[roll(t, 5)]),
                     DB_INT(customer)));
}

static void tell_customer(struct teller *t)
{
    int64_t id, at = moment(t);

    must(db_exec(t->shop->db, NULL,
                 "INSERT INTO customer (channel, external_id, last_seen_at, created_at,"
                 " left_out) VALUES (1, ?, ?, ?, ?)",
                 DB_INT(880000000 + ++t->serial), DB_TIME(at), DB_TIME(at),
                 DB_INT(roll(t, 8) == 0 ? 1 + roll(t, 2) : 0)));
    id = db_last_id(t->shop->db);
    for (int64_t n = roll(t, 5); n > 0; n--) {
        int64_t discount = tell_discount(t, id);

        for (int use = (int)roll(t, 3); use > 0; use--)
            tell_redemption(t, id, discount, use);
    }
    tell_rest(t, id);
}

static enum status tell(struct db *db, void *arg)
{
    struct teller *t = arg;

    (void)db;
    for (int i = 0; i < t->spec->customers; i++)
        tell_customer(t);
    return ST_OK;
}

void figures_fill(struct shop *s, const struct figures_spec *spec)
{
    struct teller t = {.shop = s, .spec = spec, .state = spec->seed * 977u + 1};

    must(db_tx(s->db, tell, &t));
}

/* ---- the page -------------------------------------------------------------------- */

#define PAGE "docs/statistics.md"
#define PAGE_MAX 65536
#define STATEMENTS_MAX 32

static struct statement {
    char *sql; /* with ? for the two moments */
    int metric[STAT_METRICS], n;
} statements[STATEMENTS_MAX];
static int statements_n;

static char *page_read(void)
{
    FILE *f = fopen(PAGE, "re");
    char *text = calloc(1, PAGE_MAX);

    assert_non_null(f);
    assert_non_null(text);
    assert_in_range(fread(text, 1, PAGE_MAX - 1, f), 1, PAGE_MAX - 2);
    fclose(f);
    return text;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* In the order in which the statement names them. */
static void metrics_find(struct statement *s)
{
    for (const char *at = s->sql; (at = strstr(at, " AS ")) != NULL;) {
        size_t n = 0;

        at += 4;
        while (is_word(at[n]))
            n++;
        for (int m = 0; m < STAT_METRICS; m++)
            if (strlen(stat_name((enum stat_metric)m)) == n &&
                memcmp(stat_name((enum stat_metric)m), at, n) == 0)
                s->metric[s->n++] = m;
    }
    assert_true(s->n > 0);
}

/* :from and :until become ?, blanks of the same length behind it. */
static void names_replace(char *sql, const char *name)
{
    char *at = strstr(sql, name);

    assert_non_null(at);
    memset(at, ' ', strlen(name));
    *at = '?';
    assert_null(strstr(sql, name)); /* each once, from before until */
}

static void statements_read(void)
{
    char *page = page_read(), *at = page;

    while ((at = strstr(at, "```sql\n")) != NULL) {
        char *end = strstr(at, ";\n```");

        assert_non_null(end);
        assert_in_range(statements_n, 0, STATEMENTS_MAX - 1);
        *end = '\0';
        statements[statements_n].sql = strdup(at + 7);
        names_replace(statements[statements_n].sql, ":from");
        names_replace(statements[statements_n].sql, ":until");
        metrics_find(&statements[statements_n++]);
        at = end + 1;
    }
    free(page);
    assert_true(statements_n > 0);
}

static struct stat_row *row_of(struct stat_rows *r, int64_t key)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->row[i].key == key)
            return &r->row[i];
    r->row = realloc(r->row, (r->n + 1) * sizeof *r->row);
    assert_non_null(r->row);
    r->row[r->n] = (struct stat_row){.key = key};
    return &r->row[r->n++];
}

static bool asked_store(const struct stat_ask *ask, int64_t store)
{
    for (int i = 0; i < ask->stores_n; i++)
        if (ask->stores[i] == store)
            return true;
    return ask->stores == NULL;
}

void figures_documented(struct db *db, const struct stat_ask *ask,
                        struct stat_rows *out)
{
    static const int columns[STAT_GROUPS] = {
        [STAT_BY_STORE] = 0, [STAT_BY_SOURCE] = 1, [STAT_BY_STAFF] = 2};
    bool plain = ask->group < STAT_BY_STORE;

    if (statements_n == 0)
        statements_read();
    *out = (struct stat_rows){0};
    for (int i = 0; i < statements_n; i++) {
        int64_t until = tz_instant(ask->tz, ask->until, 0, 0);
        enum status st = db_select(db, statements[i].sql,
                                   DB_TIME(tz_instant(ask->tz, ask->from, 0, 0)),
                                   DB_TIME(until > ask->now ? ask->now + 1 : until));

        while (st == ST_OK && (st = db_next(db)) == ST_OK) {
            struct stat_row *row;

            if (!asked_store(ask, db_int(db, 0)))
                continue;
            row = row_of(out, plain ? 0 : db_int(db, columns[ask->group]));
            for (int m = 0; m < statements[i].n; m++)
                row->value[statements[i].metric[m]] += db_int(db, 3 + m);
        }
        assert_int_equal(st, ST_NONE);
    }
}

/* ---- the comparison -------------------------------------------------------------- */

static void row_same(const struct stat_row *ours, const struct stat_row *theirs,
                     const struct stat_ask *ask)
{
    for (int m = 0; m < STAT_METRICS; m++)
        if (ours->value[m] != theirs->value[m])
            fail_msg("%s of group %d, key %lld: %lld, but by the page %lld",
                     stat_name((enum stat_metric)m), ask->group, (long long)ours->key,
                     (long long)ours->value[m], (long long)theirs->value[m]);
}

/* By store, source, person or altogether. */
static void group_agrees(struct db *db, const struct stat_ask *ask)
{
    struct stat_rows ours, theirs;

    assert_int_equal(stat_read(db, ask, &ours), ST_OK);
    figures_documented(db, ask, &theirs);
    for (size_t i = 0; i < theirs.n; i++)
        row_same(row_of(&ours, theirs.row[i].key), &theirs.row[i], ask);
    for (size_t i = 0; i < ours.n; i++)
        row_same(&ours.row[i], row_of(&theirs, ours.row[i].key), ask);
    stat_rows_free(&ours);
    stat_rows_free(&theirs);
}

/* Each day, week or month by itself, cut to the period. */
static void time_agrees(struct db *db, const struct stat_ask *ask)
{
    struct stat_rows ours, theirs;

    assert_int_equal(stat_read(db, ask, &ours), ST_OK);
    assert_true(ours.n > 0);
    for (size_t i = 0; i < ours.n; i++) {
        struct stat_ask one = *ask;

        one.group = STAT_BY_NOTHING;
        if (ours.row[i].key > one.from)
            one.from = (int32_t)ours.row[i].key;
        if (i + 1 < ours.n)
            one.until = (int32_t)ours.row[i + 1].key;
        figures_documented(db, &one, &theirs);
        row_same(&ours.row[i], row_of(&theirs, 0), ask);
        stat_rows_free(&theirs);
    }
    stat_rows_free(&ours);
}

void figures_agree(struct db *db, const struct tz *tz, int64_t now, int32_t from,
                   int32_t until)
{
    struct stat_ask ask = {.tz = tz, .now = now, .from = from, .until = until};
    int64_t store;

    assert_int_equal(db_one(db, "SELECT MIN(id) FROM store"), ST_OK);
    store = db_int(db, 0);
    for (int scoped = 0; scoped <= 1; scoped++) {
        ask.stores = scoped ? &store : NULL;
        ask.stores_n = scoped;
        for (int g = STAT_BY_NOTHING; g < STAT_GROUPS; g++) {
            ask.group = (enum stat_group)g;
            if (g == STAT_BY_DAY || g == STAT_BY_WEEK || g == STAT_BY_MONTH)
                time_agrees(db, &ask);
            else
                group_agrees(db, &ask);
        }
    }
}
