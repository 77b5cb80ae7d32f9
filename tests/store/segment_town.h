/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/store/segment_town.h - a town of random customers, in the database and in memory
 * alike. Values come from small pools that rules draw from, too, so that borders are
 * met: a moment exactly a week ago, a microsecond before and after it. */
#ifndef TESTS_STORE_SEGMENT_TOWN_H
#define TESTS_STORE_SEGMENT_TOWN_H

#include "core/base/clock.h"
#include "core/segment/moment.h"
#include "tests/harness/shop.h"
#include "tests/harness/slow_rule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PEOPLE 40

struct town {
    struct shop shop;
    struct slow_world world;
    struct slow_person person[PEOPLE];
    struct tz *tz;
    struct moment moment;
    int64_t tag_id[SLOW_TAGS];
    int serial; /* of codes and keys */
};

/* ---- chance ----------------------------------------------------------------------- */

static uint64_t seed;

static inline uint64_t chance(uint64_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return below > 0 ? (seed >> 11) % below : 0;
}

#define PICK(pool) ((pool)[chance(sizeof(pool) / sizeof *(pool))])

static const char *const pool_texts[] = {
    "Анна", "анна", "Ёлка", "Елка",  "Bob",    "O'Neil",        "50%_!",
    "a_b",  "axb",  "a%b",  "\\x",   "!",      "'; DROP--",     "Владивосток",
    "влад", "100%", "_",    "Аннаб", "\"a\"]", "{\"f\":\"x\"}",
};
static const char *const pool_sources[] = {"", "Анна", "bob", "a_b", "50%_!", "Ёлка"};
static const char *const pool_names[] = {"",    "Анна", "анна", "ЕЛКА",  "Ёлка",
                                         "a%b", "AXB",  "\\x",  "O'Neil"};
static const int64_t pool_money[] = {0, 1, 99, 100, 5000, 9999, 10000, 123456};
static const int64_t pool_days[] = {0, 1, 2, 3, 7, 28, 30, 31, 90, 365, 366};
static const int pool_percents[] = {500, 1000, 2500};

/* A moment around now, often exactly so many days away, or where a day begins. */
static inline int64_t town_time(const struct town *t)
{
    int64_t at = t->moment.now - PICK(pool_days) * DAY;
    static const int64_t off[] = {0, 0, 1, -1, HOUR, -HOUR, 12 * HOUR, SECOND};

    if (chance(3) == 0)
        at = moment_day_start(&t->moment, t->moment.today - (int32_t)PICK(pool_days));
    if (chance(8) == 0)
        at = 2 * t->moment.now - at;
    return at + PICK(off);
}

/* ---- people ----------------------------------------------------------------------- */

static inline void town_birthday(const struct town *t, struct slow_person *p)
{
    static const int near[] = {0, 1, -1, 3, -3, 7, -7, 8, 59, -60};
    struct date d = cal_date(t->moment.today + PICK(near));
    static const int years[] = {1904, 1905, 1960, 1996, 2000, 2008, 2009};

    if (chance(4) == 0)
        return;
    if (chance(4) == 0)
        d = (struct date){1996, 2, 29};
    d.year = PICK(years);
    if (chance(4) == 0)
        d.month = 1 + (int)chance(12);
    if (d.day > cal_month_days(d.year, d.month))
        d.day = cal_month_days(d.year, d.month);
    p->year = d.year;
    p->month = d.month;
    p->day = d.day;
}

static inline void town_rows(const struct town *t, struct slow_person *p)
{
    p->discounts_n = (int)chance(4);
    for (int i = 0; i < p->discounts_n; i++)
        p->discount[i] = (struct slow_discount){.source = 1 + (int)chance(3),
                                                .percent = PICK(pool_percents),
                                                .status = 1 + (int)chance(4),
                                                .allowed = 9,
                                                .used = (int)chance(3),
                                                .store = (int)chance(SLOW_STORES + 1),
                                                .created = town_time(t),
                                                .until = town_time(t)};
    p->redemptions_n = p->discounts_n > 0 ? (int)chance(SLOW_ROWS) : 0;
    for (int i = 0; i < p->redemptions_n; i++) {
        struct slow_redemption *r = &p->redemption[i];

        *r = (struct slow_redemption){.discount = (int)chance((uint64_t)p->discounts_n),
                                      .store = 1 + (int)chance(SLOW_STORES),
                                      .amount = chance(4) == 0 ? -1 : PICK(pool_money),
                                      .at = town_time(t),
                                      .undone = chance(5) == 0};
        r->off = r->amount > 0 ? (int64_t)chance((uint64_t)r->amount) : 0;
    }
    p->messages_n = (int)chance(5);
    for (int i = 0; i < p->messages_n; i++) {
        struct slow_message *m = &p->message[i];

        *m = (struct slow_message){.purpose = 1 + (int)chance(3),
                                   .state = 1 + (int)chance(7),
                                   .created = town_time(t)};
        m->claimed = chance(2) == 0 ? town_time(t) : 0;
        m->sent = m->state == 3 ? town_time(t) : 0;
    }
}

static inline void town_person(const struct town *t, struct slow_person *p)
{
    *p = (struct slow_person){.status = 1 + (chance(6) == 0) + (chance(12) == 0),
                              .barred = chance(8) == 0,
                              .english = chance(2) == 0,
                              .subscribed = chance(2) == 0,
                              .marketing = chance(2) == 0,
                              .rare = chance(4) == 0,
                              .insider = chance(6) == 0,
                              .phone = chance(2) == 0,
                              .source = PICK(pool_sources),
                              .name = PICK(pool_names),
                              .username = chance(2) == 0 ? "user" : "",
                              .store = (int)chance(SLOW_STORES + 1),
                              .created = town_time(t),
                              .seen = town_time(t),
                              .bought = chance(3) == 0 ? 0 : town_time(t),
                              .subscribed_at = chance(3) == 0 ? 0 : town_time(t),
                              .purchases = (int64_t)chance(5),
                              .spent = PICK(pool_money),
                              .tags = (unsigned)chance(1U << SLOW_TAGS),
                              .listed = chance(3) == 0};
    town_birthday(t, p);
    town_rows(t, p);
}

/* ---- into the database ------------------------------------------------------------ */

static inline void must(enum status st, const char *what)
{
    if (st == ST_OK)
        return;
    fprintf(stderr, "town: %s: %s\n", what, status_name(st));
    abort();
}

static inline void put_discounts(struct town *t, struct slow_person *p, int64_t *ids)
{
    for (int i = 0; i < p->discounts_n; i++) {
        const struct slow_discount *d = &p->discount[i];
        char key[32], code[16], token[32];

        snprintf(key, sizeof key, "t:%d", ++t->serial);
        snprintf(code, sizeof code, "%010d", t->serial);
        snprintf(token, sizeof token, "%022d", t->serial);
        must(db_exec(t->shop.db, NULL,
                     "INSERT INTO discount (customer_id, source, issue_key, percent_bp,"
                     " code, token, valid_from, valid_until, uses_allowed, uses_count,"
                     " status, created_at, store_id)"
                     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                     DB_INT(p->id), DB_INT(d->source), DB_TEXT(key), DB_INT(d->percent),
                     DB_TEXT(code), DB_TEXT(token), DB_TIME(d->until - DAY),
                     DB_TIME(d->until), DB_INT(d->allowed), DB_INT(d->used),
                     DB_INT(d->status), DB_TIME(d->created),
                     d->store > 0 ? DB_INT(t->world.store_id[d->store - 1]) : DB_NULL),
             "discount");
        ids[i] = db_last_id(t->shop.db);
    }
}

static inline void put_redemptions(struct town *t, struct slow_person *p,
                                   const int64_t *ids)
{
    for (int i = 0; i < p->redemptions_n; i++) {
        const struct slow_redemption *r = &p->redemption[i];
        char key[32];

        snprintf(key, sizeof key, "t:%d", ++t->serial);
        must(db_exec(
                 t->shop.db, NULL,
                 "INSERT INTO redemption (discount_id, customer_id, uses_allowed,"
                 " use_no, op_key, staff_id, store_id, shift_id, receipt_no, amount,"
                 " discount_amount, redeemed_at, voided_at, voided_by, void_reason)"
                 " VALUES (?, ?, 9, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 DB_INT(ids[r->discount]), DB_INT(p->id), DB_INT(i + 1), DB_TEXT(key),
                 DB_INT(t->shop.cashier[0].id), DB_INT(t->world.store_id[r->store - 1]),
                 DB_INT(t->shop.shift[0].id), DB_INT(t->serial),
                 DB_INT_OR_NULL(r->amount >= 0, r->amount),
                 DB_INT_OR_NULL(r->amount >= 0, r->off), DB_TIME(r->at),
                 DB_TIME_OR_NULL(r->undone ? r->at : 0),
                 DB_INT_OR_NULL(r->undone, t->shop.cashier[0].id),
                 DB_INT_OR_NULL(r->undone, 1)),
             "redemption");
    }
}

static inline void put_messages(struct town *t, struct slow_person *p)
{
    for (int i = 0; i < p->messages_n; i++) {
        const struct slow_message *m = &p->message[i];

        must(db_exec(t->shop.db, NULL,
                     "INSERT INTO message (state, sender, recipient, customer_id,"
                     " purpose, on_unsure, payload, created_at, claimed_at, sent_at)"
                     " VALUES (?, 1, 1, ?, ?, 1, '{}', ?, ?, ?)",
                     DB_INT(m->state), DB_INT(p->id), DB_INT(m->purpose),
                     DB_TIME(m->created), DB_TIME_OR_NULL(m->claimed),
                     DB_TIME_OR_NULL(m->sent)),
             "message");
    }
}

static inline void put_belongings(struct town *t, const struct slow_person *p)
{
    for (int i = 0; i < SLOW_TAGS; i++)
        if ((p->tags & 1U << i) != 0)
            must(db_exec(t->shop.db, NULL,
                         "INSERT INTO customer_tag (tag_id, customer_id, at)"
                         " VALUES (?, ?, ?)",
                         DB_INT(t->tag_id[i]), DB_INT(p->id), DB_TIME(SHOP_NOW)),
                 "tag");
    if (p->listed)
        must(db_exec(t->shop.db, NULL,
                     "INSERT INTO segment_member (segment_id, customer_id, at)"
                     " VALUES (?, ?, ?)",
                     DB_INT(t->world.list_id), DB_INT(p->id), DB_TIME(SHOP_NOW)),
             "member");
}

static inline void put_person(struct town *t, struct slow_person *p)
{
    const struct date born = {p->year, p->month, p->day};
    int64_t ids[SLOW_ROWS];

    must(
        db_exec(
            t->shop.db, NULL,
            "INSERT INTO customer (channel, external_id, first_name, username, "
            "language,"
            " source, status, subscribed, subscribed_at, pd_ok, marketing_ok,"
            " marketing_rare, birth_date, last_seen_at, created_at, purchases,"
            " spent_total, last_purchase_at, home_store_id, barred_at, left_out, phone,"
            " phone_hash) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?,"
            " ?, ?, ?, ?, ?)",
            DB_INT(9000000000 + ++t->serial), DB_TEXT(p->name), DB_TEXT(p->username),
            DB_TEXT(p->english ? "en" : "ru"), DB_TEXT(p->source), DB_INT(p->status),
            DB_INT(p->subscribed), DB_TIME_OR_NULL(p->subscribed_at),
            DB_INT(p->marketing), DB_INT(p->rare),
            p->year != 0 ? DB_DATE(cal_day(born)) : DB_NULL, DB_TIME(p->seen),
            DB_TIME(p->created), DB_INT(p->purchases), DB_INT(p->spent),
            DB_TIME(p->bought),
            p->store > 0 ? DB_INT(t->world.store_id[p->store - 1]) : DB_NULL,
            DB_TIME_OR_NULL(p->barred ? SHOP_NOW : 0), DB_INT(p->insider),
            p->phone ? DB_TEXT("+79140000000") : DB_NULL,
            p->phone ? DB_BYTES("0123456789abcdef0123456789abcdef", 32) : DB_NULL),
        "customer");
    p->id = db_last_id(t->shop.db);
    put_discounts(t, p, ids);
    put_redemptions(t, p, ids);
    put_messages(t, p);
    put_belongings(t, p);
}

static inline enum status put_all(struct db *db, void *arg)
{
    static const char *const away[] = {
        "DELETE FROM segment_member", "DELETE FROM customer_tag",
        "DELETE FROM message",        "DELETE FROM redemption",
        "DELETE FROM discount",       "DELETE FROM customer",
    };
    struct town *t = arg;

    for (size_t i = 0; i < sizeof away / sizeof *away; i++)
        must(db_exec(db, NULL, away[i]), away[i]);
    for (int i = 0; i < PEOPLE; i++) {
        town_person(t, &t->person[i]);
        put_person(t, &t->person[i]);
    }
    return ST_OK;
}

/* ---- the town --------------------------------------------------------------------- */

static inline enum status town_found(struct db *db, void *arg)
{
    static const char *const cities[SLOW_STORES] = {"Владивосток", "Анна", ""};
    static const char *const tags[SLOW_TAGS] = {"VIP", "кофе", "50%", "Ёж"};
    struct town *t = arg;

    for (int i = 0; i < SLOW_STORES; i++) {
        char name[32];

        snprintf(name, sizeof name, "Лавка %d", i + 1);
        t->world.city[i] = cities[i];
        must(store_add(db, SHOP_NOW,
                       &(struct store_spec){.name = name, .city = cities[i]},
                       &t->world.store_id[i]),
             "store");
    }
    for (int i = 0; i < SLOW_TAGS; i++) {
        t->world.tag[i] = tags[i];
        must(db_exec(db, NULL, "INSERT INTO tag (name, made_at) VALUES (?, ?)",
                     DB_TEXT(tags[i]), DB_TIME(SHOP_NOW)),
             "tag");
        t->tag_id[i] = db_last_id(db);
    }
    return ST_OK;
}

/* Other people, and another day for them. */
static inline void town_anew(struct town *t, const char *zone, int64_t now, bool march)
{
    tz_close(t->tz);
    t->tz = tz_open(zone);
    t->world.zone = zone;
    t->world.now = now;
    t->world.leap_to_march = march;
    t->moment = moment_make(now, t->tz, march);
    must(db_tx(t->shop.db, put_all, t), "people");
}

#endif
