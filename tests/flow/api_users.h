/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/flow/api_users.h - customers for the tests of /api/v1/users. */
#ifndef TESTS_FLOW_API_USERS_H
#define TESTS_FLOW_API_USERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/loyalty/consent.h"
#include "core/loyalty/customer.h"
#include "core/setting.h"
#include "tests/harness/api.h"

#include <stdio.h>
#include <string.h>

struct guest_ask {
    const char *first, *last;
    int64_t id;
};

static inline enum status guest_make(struct db *db, void *arg)
{
    static int64_t external_id = 7300000000;
    struct guest_ask *g = arg;
    const struct contact c = {.channel = CHANNEL_MESSENGER,
                              .external_id = ++external_id,
                              .first_name = g->first,
                              .first_n = strlen(g->first),
                              .last_name = g->last,
                              .last_n = strlen(g->last),
                              .language = "ru",
                              .update_id = external_id};
    struct consent_text text;
    struct customer out;
    enum status st = consent_text_sync(db, clock_now());

    if (st == ST_OK)
        st = consent_text_current(db, PURPOSE_PD, "ru", &text, NULL);
    if (st == ST_OK)
        st = customer_meet(db, clock_now(), &c, &out);
    if (st == ST_OK)
        st = consent_grant(db, clock_now(),
                           &(struct consent_act){.customer_id = out.id,
                                                 .purpose = PURPOSE_PD,
                                                 .text_id = text.id,
                                                 .update_id = external_id,
                                                 .via = CHANNEL_MESSENGER});
    g->id = out.id;
    return st;
}

/* Somebody new who agreed to the processing of data. */
static inline int64_t guest(const char *first, const char *last)
{
    struct guest_ask g = {.first = first, .last = last};

    assert_int_equal(db_tx(api_place.db, guest_make, &g), ST_OK);
    return g.id;
}

/* Columns of their row, as SQL sets them. */
static inline void guest_sql(int64_t id, const char *set)
{
    char sql[600];

    snprintf(sql, sizeof sql, "UPDATE customer SET %s WHERE id = ?", set);
    assert_int_equal(db_exec(api_place.db, NULL, sql, DB_INT(id)), ST_OK);
}

/* One number of the database. */
static inline int64_t number_of(const char *sql)
{
    if (db_one(api_place.db, sql) != ST_OK)
        fail_msg("%s", sql);
    return db_int(api_place.db, 0);
}

#endif
