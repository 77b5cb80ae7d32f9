/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/store/broadcast_shop.h - a shop with customers who want to hear of it, and the
 * verbs of broadcasts as the worker runs them, a transaction each. */
#ifndef TESTS_STORE_BROADCAST_SHOP_H
#define TESTS_STORE_BROADCAST_SHOP_H

#include "core/base/clock.h"
#include "core/base/tz.h"
#include "core/broadcast/fill.h"
#include "core/broadcast/recipient.h"
#include "tests/harness/shop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#define NOON (SHOP_NOW + 2 * HOUR) /* in Vladivostok */
#define EVERYBODY "{\"root\":{\"all\":[]},\"v\":1}"

static struct shop shop;
static struct tz *zone;
static const struct broadcast_act nobody = {0};

static inline int64_t sql(const char *text)
{
    return shop_number(shop.db, text);
}

/* With a %lld for the broadcast. */
static inline int64_t sql_of(const char *text, int64_t id)
{
    char line[600];

    snprintf(line, sizeof line, text, (long long)id, (long long)id);
    return shop_number(shop.db, line);
}

static inline void run_of(const char *text, int64_t id)
{
    char line[600];

    snprintf(line, sizeof line, text, (long long)id);
    shop_run(shop.db, line);
}

static inline void broadcast_shop_open(void)
{
    shop_open(&shop);
    zone = tz_open("Asia/Vladivostok");
    assert_non_null(zone);
}

static inline int closed(void **state)
{
    (void)state;
    tz_close(zone);
    shop_close(&shop);
    return 0;
}

/* n of them who agreed to advertising, by the shortest way. */
static inline void crowd(int n)
{
    char text[700];

    snprintf(text, sizeof text,
             "INSERT INTO customer (channel, external_id, first_name, pd_ok,"
             " marketing_ok, last_seen_at, created_at) WITH RECURSIVE k AS (SELECT 1 AS"
             " i UNION ALL SELECT i + 1 FROM k WHERE i < 1000) SELECT 1, 8000000000 +"
             " a.i * 1000 + b.i, 'Гость', 1, 1, '2026-09-01', '2026-09-01'"
             " FROM k a JOIN k b WHERE (a.i - 1) * 1000 + b.i <= %d AND a.i <= %d",
             n, n / 1000 + 1);
    shop_run(shop.db, text);
}

/* ---- verbs ------------------------------------------------------------------------ */

struct made {
    struct broadcast_draft d;
    int64_t now, staff_id, id;
    const char *why;
};

static inline enum status add_work(struct db *db, void *arg)
{
    struct made *m = arg;

    return broadcast_add(db, m->now, m->staff_id, &m->d, &m->why, &m->id);
}

static struct broadcast_variant variants[BROADCAST_VARIANTS];

/* A draft for everybody with n variants; what is set in b is taken over. */
static inline int64_t draft(const struct broadcast *b, int n)
{
    struct made m = {.now = NOON, .staff_id = shop.owner.id, .d.b = *b};

    if (m.d.b.name[0] == '\0')
        snprintf(m.d.b.name, sizeof m.d.b.name, "К осени");
    if (m.d.b.purpose == 0)
        m.d.b.purpose = MESSAGE_MARKETING;
    if (m.d.b.segment_id == 0) {
        m.d.rule = EVERYBODY;
        m.d.rule_n = strlen(EVERYBODY);
    }
    for (int i = 0; i < n; i++) {
        const char *text = "{\"ru\":{\"text\":\"Здравствуйте\"}}";

        variants[i] = (struct broadcast_variant){
            .no = i + 1, .weight = 1, .content = json_parse(text, strlen(text))};
    }
    m.d.variants = variants;
    m.d.variants_n = n;
    assert_int_equal(db_tx(shop.db, add_work, &m), ST_OK);
    broadcast_variants_free(variants, n);
    return m.id;
}

enum verb {
    VERB_SCHEDULE,
    VERB_WITHDRAW,
    VERB_START,
    VERB_PAUSE,
    VERB_RESUME,
    VERB_CANCEL,
    VERB_APPROVE,
    VERB_FINISH,
    VERB_RETRY,
    VERBS
};
struct verb_call {
    struct broadcast_act act;
    enum verb verb;
    int64_t now, at, n;
    const char *why;
};

static inline enum status verb_work(struct db *db, void *arg)
{
    struct verb_call *c = arg;
    const struct broadcast_act *a = &c->act;

    switch (c->verb) {
    case VERB_SCHEDULE:
        return broadcast_schedule(db, c->now, a, c->at, &c->why);
    case VERB_WITHDRAW:
        return broadcast_withdraw(db, c->now, a);
    case VERB_START:
        return broadcast_start(db, c->now, a, &c->why);
    case VERB_PAUSE:
        return broadcast_pause(db, c->now, a, PAUSE_PERSON);
    case VERB_RESUME:
        return broadcast_resume(db, c->now, a);
    case VERB_CANCEL:
        return broadcast_cancel(db, c->now, a);
    case VERB_APPROVE:
        return broadcast_approve(db, c->now, a);
    case VERB_FINISH:
        return broadcast_finish(db, c->now, a->id);
    default:
        return broadcast_retry_unknown(db, c->now, a, &c->n);
    }
}

static inline enum status verb_at(struct db *db, int64_t now, int64_t id, enum verb v)
{
    struct verb_call c = {.act = {.id = id, .staff_id = shop.owner.id},
                          .verb = v,
                          .now = now,
                          .at = now + HOUR};

    return db_tx(db, verb_work, &c);
}

static inline enum status verb(int64_t id, enum verb v)
{
    return verb_at(shop.db, NOON, id, v);
}

struct filling {
    struct moment m;
    int64_t id;
};
static inline enum status fill_work(struct db *db, void *arg)
{
    struct filling *f = arg;
    enum status st = fill_page(db, &f->m, f->id);

    return st;
}

/* ST_OK: there is more. ST_NONE is no failure of the transaction's. */
static enum status fill_said;
static inline enum status fill_kept(struct db *db, void *arg)
{
    fill_said = fill_work(db, arg);
    return fill_said == ST_NONE ? ST_OK : fill_said;
}

static inline enum status fill_once(struct db *db, int64_t now, int64_t id)
{
    struct filling f = {.m = moment_make(now, zone, false), .id = id};
    enum status st = db_tx(db, fill_kept, &f);

    return st == ST_OK ? fill_said : st;
}

static inline void fill_all(int64_t now, int64_t id)
{
    enum status st;

    while ((st = fill_once(shop.db, now, id)) == ST_OK)
        ;
    assert_int_equal(st, ST_NONE);
}

/* Started and filled at noon. */
static inline int64_t begun(const struct broadcast *b, int n)
{
    int64_t id = draft(b, n);

    assert_int_equal(verb(id, VERB_START), ST_OK);
    fill_all(NOON, id);
    return id;
}

/* ---- chunks ----------------------------------------------------------------------- */

#define JOB(c) ((const uint8_t *)(c))

struct taking {
    struct chunk c;
    struct recipient who[CHUNK_MAX];
    int64_t customer[CHUNK_MAX];
    int64_t now;
    int named;
};

static inline enum status take_work(struct db *db, void *arg)
{
    struct taking *t = arg;

    return recipients_claim(db, t->now, &t->c, t->customer, t->named);
}

/* Looks and takes at most room of them. */
static inline enum status take(struct db *db, int64_t now, int64_t id, const char *job,
                               struct taking *t, int room)
{
    int64_t seen[CHUNK_MAX][2];
    struct recipients_look look = {
        .broadcast_id = id, .chain = -1, .room = room, .out = seen};
    enum status st = recipients_next(db, now, &look);

    if (st != ST_OK)
        return st;
    *t = (struct taking){.now = now,
                         .named = look.n,
                         .c = {.broadcast_id = id,
                               .job = JOB(job),
                               .chain = -1,
                               .tz = zone,
                               .room = room}};
    t->c.r = t->who;
    for (int i = 0; i < look.n; i++)
        t->customer[i] = seen[i][0];
    return db_tx(db, take_work, t);
}

struct settling_call {
    int64_t now, id;
    const char *job;
    struct recipient_fate fate[CHUNK_MAX];
    int n;
};

static inline enum status settle_work(struct db *db, void *arg)
{
    struct settling_call *s = arg;

    return recipients_settle(db, s->now, s->id, JOB(s->job), s->fate, s->n);
}

static inline enum status settle(struct db *db, struct settling_call *s)
{
    return db_tx(db, settle_work, s);
}

static inline void fates(struct settling_call *s, const struct taking *t,
                         enum recipient_state to, enum recipient_why why)
{
    s->n = t->c.n;
    for (int i = 0; i < t->c.n; i++)
        s->fate[i] = (struct recipient_fate){.customer_id = t->who[i].customer_id,
                                             .message_id = t->who[i].message_id,
                                             .variant = t->who[i].variant,
                                             .to = to,
                                             .why = why,
                                             .external_id = 1000 + i};
}

/* All that are due are sent. */
static inline int send_all(int64_t now, int64_t id)
{
    struct settling_call s = {.now = now, .id = id, .job = "send-all-is-here"};
    struct taking t;
    int sent = 0;

    for (;;) {
        assert_int_equal(take(shop.db, now, id, s.job, &t, CHUNK_MAX), ST_OK);
        if (t.named == 0)
            return sent;
        fates(&s, &t, RECIPIENT_SENT, WHY_NONE);
        assert_int_equal(settle(shop.db, &s), ST_OK);
        sent += t.c.n;
    }
}

/* ---- the books -------------------------------------------------------------------- */

static inline void counts_are_rows_of(struct db *db, int64_t id)
{
    struct broadcast_sums kept, real;

    for (int v = 0; v <= BROADCAST_VARIANTS; v++) {
        assert_int_equal(broadcast_sums(db, id, v, &kept), ST_OK);
        assert_int_equal(broadcast_recount(db, id, v, &real), ST_OK);
        for (int i = 0; i < RECIPIENT_STATES; i++)
            assert_int_equal(kept.n[i], real.n[i]);
        for (int i = 0; i < WHYS; i++)
            assert_int_equal(kept.why[i], real.why[i]);
    }
}

static inline struct broadcast_sums sums(int64_t id)
{
    struct broadcast_sums s;

    counts_are_rows_of(shop.db, id);
    assert_int_equal(broadcast_sums(shop.db, id, 0, &s), ST_OK);
    return s;
}

static inline enum broadcast_state state_of(int64_t id)
{
    struct broadcast b;

    assert_int_equal(broadcast_load(shop.db, id, &b), ST_OK);
    return b.state;
}

#endif
