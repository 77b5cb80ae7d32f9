/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Handing jobs over to Redis: which list, under which key, in which script call. */
#include "core/io/queue_private.h"

#include "core/base/clock.h"
#include "core/io/lane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

REDIS_SCRIPT(enqueue, "core/io/queue/enqueue.lua");

void queue_key(char out[KEY_MAX], struct queue_at at, const char *what)
{
    snprintf(out, KEY_MAX, "dv:{s%d}:%c:%s", at.shard, at.pool == POOL_SEND ? 's' : 'a',
             what);
}

void queue_list_key(char out[KEY_MAX], struct queue_at at, int i)
{
    char what[8];

    snprintf(what, sizeof what, "%d", i);
    queue_key(out, at, what);
}

void queue_lock_key(char out[KEY_MAX], struct queue_at at, const char *kind,
                    const char *idk)
{
    char what[KEY_MAX - 16];

    snprintf(what, sizeof what, "l:%s:%s", kind, idk);
    queue_key(out, at, what);
}

int queue_lane(struct queue_at at, int list)
{
    return at.shard * 1000 + (int)at.pool * 100 + list;
}

struct queue_at queue_lane_at(int lane)
{
    return (struct queue_at){lane / 100 % 10 == POOL_SEND ? POOL_SEND : POOL_LOGIC,
                             lane / 1000};
}

/* Finaliser of splitmix64: neighbours in id are strangers in list. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

int queue_hot_list(int64_t key)
{
    return (int)(mix((uint64_t)key) % 16);
}

int queue_bulk_list(int64_t key)
{
    return 18 + (int)(mix((uint64_t)key) % 16);
}

/* By other bits than the list: all lists of each shard are used. */
int queue_shard_of(int64_t key, int shards)
{
    return (int)((mix((uint64_t)key) >> 8) % (uint64_t)shards);
}

/* ---- handing over ---------------------------------------------------------------- */

/* The lists a batch needs, each declared once. */
struct hand {
    struct queue_at at;
    char key[4][KEY_MAX];
    char list_key[QUEUE_LISTS][KEY_MAX], number[QUEUE_LISTS][4];
    int list[QUEUE_LISTS], n_lists,
        place[QUEUE_LISTS]; /* place: 1.. among them, or 0 */
    char head[HAND_MAX][QUEUE_HEAD];
    int n_locks;
};

static void hand_lists(struct hand *h, const struct job_row *rows, int n)
{
    for (int i = 0; i < n; i++) {
        int list = rows[i].list;

        if (h->place[list] != 0)
            continue;
        h->list[h->n_lists] = list;
        queue_list_key(h->list_key[h->n_lists], h->at, list);
        snprintf(h->number[h->n_lists], sizeof h->number[0], "%02d", list);
        h->place[list] = ++h->n_lists;
    }
}

static void hand_keys(struct redis_cmd *c, struct hand *h, const struct job_row *rows,
                      int n)
{
    static const char *const fixed[] = {"c", "z", "bell", "gate"};

    for (int i = 0; i < 4; i++) {
        queue_key(h->key[i], h->at, fixed[i]);
        redis_arg_text(c, h->key[i]);
    }
    for (int i = 0; i < h->n_lists; i++)
        redis_arg_text(c, h->list_key[i]);
    for (int i = 0; i < n; i++)
        if (rows[i].lock != NULL) {
            redis_arg_text(c, rows[i].lock);
            h->n_locks++;
        }
}

static void hand_limits(struct redis_cmd *c, struct hand *h, const struct queue *q)
{
    for (int i = 0; i < h->n_lists; i++) {
        enum kind_lane lane = lane_of_list(h->list[i]);
        const struct lane_policy *p = lane_policy(lane);

        redis_arg_text(c, h->number[i]);
        redis_arg_int(c, queue_list_most(q, h->list[i]));
        redis_arg_int(c, p->most_bytes);
        redis_arg_int(c, lane == LANE_HOT    ? LANE_NEVER
                         : lane == LANE_BULK ? LANE_NO_BULK
                                             : LANE_ONLY_HOT);
    }
}

static void hand_jobs(struct redis_cmd *c, struct hand *h, const struct job_row *rows,
                      int n)
{
    for (int i = 0, locks = 0; i < n; i++) {
        const struct job_row *r = &rows[i];

        struct queue_head head = {.list = r->list, .attempts = r->attempts};

        memcpy(head.id, r->id, sizeof head.id);
        queue_head_print(&head, h->head[i]);
        redis_arg_int(c, h->place[r->list]);
        redis_arg_int(c, r->due / MS);
        redis_arg(c, h->head[i], QUEUE_START);
        redis_arg_int(c, r->lock ? 4 + h->n_lists + ++locks : 0);
        redis_arg_int(c, r->lock_ms);
        redis_arg(c, r->body, r->body_n);
    }
}

/* answers: a letter for each row. */
static enum status hand_batch(struct queue *q, struct hand *h, enum queue_fit fit,
                              const struct job_row *rows, int n, char *answers)
{
    struct redis_reply *reply = NULL;
    struct redis_cmd c = {0};
    const char *text;
    enum status st;
    size_t len;

    hand_lists(h, rows, n);
    hand_keys(&c, h, rows, n);
    redis_arg_int(&c, n);
    redis_arg_text(&c, fit == QUEUE_SPILL ? "s" : fit == QUEUE_REFUSE ? "r" : "f");
    redis_arg_int(&c, h->n_lists);
    hand_limits(&c, h, q);
    hand_jobs(&c, h, rows, n);
    st = redis_eval(q->redis, &enqueue, 4 + h->n_lists + h->n_locks, &c, &reply);
    text = redis_text(reply, &len);
    if (st == ST_OK && (text == NULL || len != (size_t)n))
        st = ST_BROKEN;
    if (st == ST_OK && answers != NULL)
        memcpy(answers, text, len);
    redis_free(reply);
    redis_cmd_free(&c);
    return st;
}

enum status queue_hand(struct queue *q, struct queue_at at, enum queue_fit fit,
                       const struct job_rows *rows, char *answers)
{
    enum status st = ST_OK;

    for (int i = 0, n; i < rows->n && st == ST_OK; i += n) {
        struct hand *h = calloc(1, sizeof *h);

        if (h == NULL)
            return ST_BROKEN;
        n = rows->n - i < HAND_MAX ? rows->n - i : HAND_MAX;
        h->at = at;
        st = hand_batch(q, h, fit, rows->row + i, n, answers ? answers + i : NULL);
        free(h);
    }
    return st;
}

enum status queue_hand_over(struct queue *q, struct queue_at at,
                            const struct job_row *rows, int n)
{
    return queue_hand(q, at, QUEUE_FORCE, &(struct job_rows){rows, n}, NULL);
}
