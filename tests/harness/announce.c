/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/announce.h"

#include "core/base/clock.h"
#include "core/broadcast/broadcast.h"
#include "core/io/queue.h"
#include "core/setting.h"

#include <stdio.h>
#include <stdlib.h>

static const char rule[] = "{\"root\":{\"all\":[]},\"v\":1}";
static const char words[] =
    "{\"ru\":{\"text\":\"<b>{{first_name|Друг}}</b>, в пятницу скидка 15 % на всё. "
    "Ждём вас "
    "с 9 до 21!\",\"buttons\":[[{\"text\":\"Мои скидки\",\"do\":\"wallet\"}]]}}";

static void need(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "announce: %s\n", what);
    exit(1);
}

void announce_allow(struct db *db)
{
    static const char *const set[][2] = {{"quiet_from", "00:00"},
                                         {"quiet_to", "00:00"},
                                         {"marketing_weekly_cap", "100"}};

    for (size_t i = 0; i < sizeof set / sizeof *set; i++) {
        struct setting_change c = {
            .name = set[i][0], .value = set[i][1], .by = "bench"};
        const char *why = "";
        enum status st = setting_set(db, clock_now(), &c, &why);

        need(st == ST_OK || st == ST_NONE, set[i][0]);
    }
}

void announce_people(struct db *db, int64_t first, int n)
{
    int64_t now = clock_now();

    for (int i = 0; i < n; i++)
        need(db_exec(db, NULL,
                     "INSERT INTO customer (channel, external_id, first_name, pd_ok,"
                     " marketing_ok, last_seen_at, created_at)"
                     " VALUES (1, ?, 'Анна', 1, 1, ?, ?)",
                     DB_INT(first + i), DB_TIME(now), DB_TIME(now)) == ST_OK,
             "no customers");
}

static enum status start_work(struct db *db, void *arg)
{
    struct broadcast_variant v = {
        .no = 1, .weight = 1, .content = json_parse(words, sizeof words - 1)};
    struct broadcast_draft d = {.b = {.name = "bench",
                                      .purpose = MESSAGE_MARKETING,
                                      .quiet = true,
                                      .cap = true},
                                .rule = rule,
                                .rule_n = sizeof rule - 1,
                                .variants = &v,
                                .variants_n = 1};
    struct broadcast_act act = {0};
    const char *why = "";
    enum status st;

    need(v.content != NULL, "the words are no JSON");
    st = broadcast_add(db, clock_now(), 0, &d, &why, &act.id);
    if (st == ST_OK)
        st = broadcast_start(db, clock_now(), &act, &why);
    json_free(v.content);
    need(st != ST_BAD, why);
    *(int64_t *)arg = act.id;
    return st;
}

int64_t announce_start(struct db *db, const struct config *cfg)
{
    struct queue *q = queue_open(cfg);
    int64_t id = 0;

    need(q != NULL, "no memory");
    queue_bind(q, db);
    need(db_tx(db, start_work, &id) == ST_OK, "the broadcast does not start");
    queue_close(q);
    return id;
}
