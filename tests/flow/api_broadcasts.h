/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/flow/api_broadcasts.h - broadcasts for the tests of the admin API, made through
 * it, and sent by the core's own functions as a worker would. */
#ifndef TESTS_FLOW_API_BROADCASTS_H
#define TESTS_FLOW_API_BROADCASTS_H

#include "core/broadcast/fill.h"
#include "core/broadcast/recipient.h"
#include "tests/flow/api_segments.h"

#include <stdlib.h>

#define BROADCASTS "/api/v1/broadcasts"
#define HELLO "{\"ru\":{\"text\":\"Привет, <b>{{first_name|друг}}</b>!\"}}"
#define SHOWN                                                                                  \
    "{\"ru\":{\"text\":\"Новинки\",\"buttons\":[[{\"text\":\"Каталог\",\"url\":" \
    "\"https://shop.example/new?x=1\"}],[{\"text\":\"Сайт\",\"url\":"                      \
    "\"https://shop.example/\"}]]}}"
#define TO_ALL "\"rule\":{\"v\":1,\"root\":" EVERYBODY "}"
#define SAYS(content) "\"variants\":[{\"content\":" content "}]"

/* "{"name":…, what is said}". Lent until the fourth call after. */
static inline const char *broadcast_body(const char *name, const char *members)
{
    static char body[4][6000];
    static int turn;
    char *b = body[turn++ % 4];
    int n = snprintf(b, 6000, "{\"name\":\"%s\",%s}", name, members);

    assert_true(n < 6000);
    return b;
}

static inline int64_t a_broadcast(int64_t by, const char *name, const char *members)
{
    struct heard h = {0};
    int64_t id;

    asks(&h, 201,
         &(struct ask){"POST", BROADCASTS, broadcast_body(name, members), .as = by});
    id = json_int_or(h.json, "id", 0);
    assert_true(id > 0);
    heard_free(&h);
    return id;
}

/* With a key of its own each time. */
static inline void acts(struct heard *h, int status, int64_t id, const char *what,
                        const char *body, int64_t by)
{
    static int turn;
    char key[32], more[60];

    snprintf(key, sizeof key, "act-%d", ++turn);
    snprintf(more, sizeof more, "/%s", what);
    asks(h, status,
         &(struct ask){"POST", at_of(BROADCASTS, id, more), body != NULL ? body : "{}",
                       .as = by, .key = key});
}

static inline const char *state_of(int64_t id, int64_t by)
{
    static char state[20];
    struct heard h = {0};

    asks(&h, 200, &(struct ask){"GET", at_of(BROADCASTS, id, ""), .as = by});
    snprintf(state, sizeof state, "%s", text(&h, "state"));
    heard_free(&h);
    return state;
}

/* ---- as a worker does -------------------------------------------------------------- */

struct sending {
    int64_t id;
    int64_t customer[CHUNK_MAX];
    int n;
    struct moment m;
    enum recipient_state to;
    enum recipient_why why;
};

static inline enum status fill_work(struct db *db, void *arg)
{
    struct sending *s = arg;
    enum status st = fill_page(db, &s->m, s->id);

    return st == ST_NONE ? ST_OK : st == ST_OK ? ST_REFUSED : st;
}

/* All its recipients are written. */
static inline void broadcast_filled(int64_t id)
{
    struct tz *tz = tz_open("Asia/Vladivostok");
    struct sending s = {.id = id, .m = moment_make(clock_now(), tz, false)};

    assert_int_equal(db_tx(api_place.db, fill_work, &s), ST_OK);
    tz_close(tz);
}

static inline enum status claim_and_settle(struct db *db, void *arg)
{
    static struct recipient room[CHUNK_MAX];
    struct sending *s = arg;
    uint8_t job[16] = "a hand of a test";
    int64_t now = clock_now();
    struct chunk c = {.broadcast_id = s->id,
                      .chain = -1,
                      .job = job,
                      .tz = s->m.tz,
                      .room = s->n,
                      .r = room};
    struct recipient_fate fate[CHUNK_MAX] = {0};
    enum status st = recipients_claim(db, now, &c, s->customer, s->n);

    for (int i = 0; st == ST_OK && i < c.n; i++)
        fate[i] = (struct recipient_fate){.customer_id = room[i].customer_id,
                                          .message_id = room[i].message_id,
                                          .variant = room[i].variant,
                                          .to = s->to,
                                          .why = s->why,
                                          .external_id = 1000 + i};
    return st == ST_OK && c.n > 0 ? recipients_settle(db, now, s->id, job, fate, c.n)
                                  : st;
}

/* Those customers are written to, and it ends so for them. */
static inline void sends(int64_t id, const int64_t *customers, int n,
                         enum recipient_state to, enum recipient_why why)
{
    struct tz *tz = tz_open("Asia/Vladivostok");
    struct sending s = {.id = id, .n = n, .to = to, .why = why, .m = {.tz = tz}};

    memcpy(s.customer, customers, (size_t)n * sizeof *customers);
    assert_int_equal(db_tx(api_place.db, claim_and_settle, &s), ST_OK);
    tz_close(tz);
}

/* Two of each: drafts, planned, being sent, paused, ended by hand. */
static inline void broadcasts_of_all_states(int64_t by)
{
    struct heard h = {0};
    char name[32];

    for (int i = 0; i < 10; i++) {
        int64_t id;

        snprintf(name, sizeof name, "Рассылка %d", i);
        id = a_broadcast(by, name,
                         i % 2 == 0 ? TO_ALL "," SAYS(SHOWN)
                                    : TO_ALL ",\"holdout_bp\":3000,"
                                             "\"offer\":{\"percent_bp\":500,"
                                             "\"days\":9}," SAYS(HELLO));
        if (i / 2 == 1)
            acts(&h, 200, id, "schedule", "{\"scheduled_at\":\"2099-01-01T00:00:00Z\"}",
                 by);
        if (i / 2 > 1) {
            acts(&h, 202, id, "send-now", NULL, by);
            broadcast_filled(id);
        }
        if (i / 2 == 3)
            acts(&h, 200, id, "pause", NULL, by);
        if (i / 2 == 4)
            acts(&h, 200, id, "cancel", NULL, by);
    }
    heard_free(&h);
}

#endif
