/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/flow/api_segments.h - segments for the tests of the admin API, made through it. */
#ifndef TESTS_FLOW_API_SEGMENTS_H
#define TESTS_FLOW_API_SEGMENTS_H

#include "tests/flow/api_shop.h"

#define SEGMENTS "/api/v1/segments"
#define SUBSCRIBED "{\"f\":\"subscribed\",\"op\":\"is\",\"v\":true}"
#define EVERYBODY "{\"all\":[]}"
#define OF_MAY "{\"f\":\"birthday\",\"op\":\"month_in\",\"v\":[5]}"

/* The body that has that rule. Lent until the call after next. */
static inline const char *rule_body(const char *name, const char *root)
{
    static char body[2][4000];
    static int turn;
    char *b = body[turn++ % 2];

    if (name != NULL)
        snprintf(b, 4000, "{\"name\":\"%s\",\"rule\":{\"v\":1,\"root\":%s}}", name,
                 root);
    else
        snprintf(b, 4000, "{\"rule\":{\"v\":1,\"root\":%s}}", root);
    return b;
}

static inline int64_t a_segment(int64_t by, const char *name, const char *root)
{
    struct heard h = {0};
    int64_t id;

    asks(&h, 201, &(struct ask){"POST", SEGMENTS, rule_body(name, root), .as = by});
    id = json_int_or(h.json, "id", 0);
    assert_true(id > 0);
    heard_free(&h);
    return id;
}

static inline int64_t a_list(int64_t by, const char *name)
{
    struct heard h = {0};
    char body[200];
    int64_t id;

    snprintf(body, sizeof body, "{\"name\":\"%s\",\"kind\":\"list\"}", name);
    asks(&h, 201, &(struct ask){"POST", SEGMENTS, body, .as = by});
    id = json_int_or(h.json, "id", 0);
    heard_free(&h);
    return id;
}

/* customer_ids, and what the call changed. */
static inline int64_t members(int64_t by, const char *method, int64_t id,
                              const char *ids)
{
    struct heard h = {0};
    char body[200];
    int64_t n;

    snprintf(body, sizeof body, "{\"customer_ids\":[%s]}", ids);
    asks(&h, 200,
         &(struct ask){method, at_of(SEGMENTS, id, "/members"), body, .as = by});
    n = json_int_or(h.json, "changed", -1);
    heard_free(&h);
    return n;
}

static inline int64_t count_of(int64_t by, int64_t id, const char *query)
{
    struct heard h = {0};
    char more[60];
    int64_t n;

    snprintf(more, sizeof more, "/count%s", query);
    asks(&h, 200, &(struct ask){"GET", at_of(SEGMENTS, id, more), .as = by});
    n = json_int_or(h.json, "count", -1);
    heard_free(&h);
    return n;
}

#endif
