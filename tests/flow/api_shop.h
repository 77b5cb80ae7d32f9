/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/flow/api_shop.h - customers and discounts for the tests of the admin API, put
 * straight into its database. */
#ifndef TESTS_FLOW_API_SHOP_H
#define TESTS_FLOW_API_SHOP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/stamp.h"
#include "core/loyalty/redemption.h"
#include "tests/harness/api.h"

#include <stdio.h>
#include <string.h>

#define DISCOUNTS "/api/v1/discounts"
#define REDEMPTIONS "/api/v1/redemptions"

static inline int64_t counts(const char *sql)
{
    assert_int_equal(db_one(api_place.db, sql), ST_OK);
    return db_int(api_place.db, 0);
}

static inline void writes(const char *sql)
{
    assert_int_equal(db_exec(api_place.db, NULL, sql), ST_OK);
}

/* Somebody who agreed to the processing of data; marketing: and to messages. */
static inline int64_t a_customer(const char *first, const char *last, bool marketing)
{
    static int64_t external = 5000000000;

    assert_int_equal(db_exec(api_place.db, NULL,
                             "INSERT INTO customer (channel, external_id, first_name,"
                             " last_name, pd_ok, marketing_ok, last_seen_at,"
                             " created_at) VALUES (1, ?, ?, ?, 1, ?, ?, ?)",
                             DB_INT(++external), DB_TEXT(first), DB_TEXT(last),
                             DB_INT(marketing), DB_TIME(clock_now()),
                             DB_TIME(clock_now())),
                     ST_OK);
    return db_last_id(api_place.db);
}

struct issue {
    struct discount_spec spec;
    struct discount out;
    int64_t now;
};

static inline enum status issue_work(struct db *db, void *arg)
{
    struct issue *i = arg;

    return discount_issue(db, i->now, &i->spec, &i->out);
}

/* 10 %, of 30 days from an hour ago, unless the spec says otherwise. */
static inline struct discount a_discount_of(struct discount_spec spec)
{
    static int no;
    char key[40];
    struct issue i = {.spec = spec, .now = clock_now()};

    snprintf(key, sizeof key, "test:%d", ++no);
    i.spec.issue_key = key;
    if (i.spec.percent_bp == 0)
        i.spec.percent_bp = 1000;
    if (i.spec.source == 0)
        i.spec.source = SOURCE_SUBSCRIPTION;
    if (i.spec.valid_until == 0) {
        i.spec.valid_from = i.now - HOUR;
        i.spec.valid_until = i.now + 30 * DAY;
    }
    assert_int_equal(db_tx(api_place.db, issue_work, &i), ST_OK);
    return i.out;
}

static inline struct discount a_discount(int64_t customer_id)
{
    return a_discount_of((struct discount_spec){.customer_id = customer_id});
}

static inline const char *at_of(const char *base, int64_t id, const char *more)
{
    static char path[4][200];
    static int turn;
    char *p = path[turn++ % 4];

    snprintf(p, 200, "%s/%lld%s", base, (long long)id, more);
    return p;
}

/* An answer's number or text, by path. */
static inline int64_t number(const struct heard *h, const char *path)
{
    return json_int_or(h->json, path, -1);
}

static inline const char *text(const struct heard *h, const char *path)
{
    const char *s = json_text(h->json, path, NULL);

    return s != NULL ? s : "";
}

/* The ids of a list's items, each with a comma. Lent until the next call. */
static inline const char *ids_of(const struct heard *h)
{
    static char all[4000];
    const struct json *items = json_get(h->json, "items");
    size_t n = 0;

    all[0] = '\0';
    for (size_t i = 0; i < json_count(items) && n < sizeof all - 24; i++)
        n += (size_t)snprintf(all + n, sizeof all - n, "%lld,",
                              (long long)json_int_or(json_at(items, i), "id", -1));
    return all;
}

#endif
