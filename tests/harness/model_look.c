/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What Redis holds, in the model's form. */
#include "tests/harness/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

REDIS_SCRIPT(model, "tests/harness/model.lua");

bool model_read(const char *s, size_t n, struct model_job *out)
{
    struct queue_head h;
    const char *number;

    *out = (struct model_job){0};
    if (queue_head_read(s, n, &h) != ST_OK)
        return false;
    memcpy(out->id, h.id, sizeof out->id);
    out->attempts = h.attempts;
    out->crashes = h.crashes;
    out->list = h.list;
    out->stamp = h.stamp_ms;
    out->seq = h.number;
    number = strstr(s + QUEUE_HEAD, "\"n\":");
    out->number = number ? strtoll(number + 4, NULL, 10) : -1;
    return true;
}

static void row_look(struct model_row *row, const struct redis_reply *r, bool dead)
{
    row->n = 0;
    assert_true(redis_count(r) <= MODEL_MOST);
    for (size_t i = 0; i < redis_count(r); i++) {
        struct model_job *j = &row->job[row->n++];
        size_t n;
        const char *s = redis_text(redis_item(r, i), &n);

        assert_true(model_read(s + dead, n - dead, j));
        j->reason = dead ? s[0] : 0;
    }
}

static int by_seq(const void *a, const void *b)
{
    const struct model_job *x = a, *y = b;

    return (x->seq > y->seq) - (x->seq < y->seq);
}

static void workers_look(struct model *m, const struct redis_reply *r)
{
    for (int w = 0; w < MODEL_WORKERS; w++) {
        struct model_row *held = &m->worker[w].held;

        row_look(held, redis_item(redis_item(r, 3), (size_t)w), false);
        qsort(held->job, (size_t)held->n, sizeof *held->job, by_seq);
        m->worker[w].lease = redis_int(redis_item(redis_item(r, 4), (size_t)w));
    }
}

static void delayed_look(struct model *m, const struct redis_reply *r)
{
    m->delayed.n = 0;
    assert_true(redis_count(r) <= 2 * MODEL_MOST);
    for (size_t i = 0; i < redis_count(r); i += 2) {
        struct model_job *j = &m->delayed.job[m->delayed.n++];
        size_t n;
        const char *s = redis_text(redis_item(r, i), &n);

        assert_true(model_read(s, n, j));
        j->due = redis_int(redis_item(r, i + 1));
    }
}

/* own: list -> count:blocked until:wid. Only the time is a promise. */
static void blocked_look(struct model *m, const struct redis_reply *r)
{
    memset(m->blocked, 0, sizeof m->blocked);
    for (size_t i = 0; i + 1 < redis_count(r); i += 2) {
        int64_t list = redis_int(redis_item(r, i));
        const char *s = redis_text(redis_item(r, i + 1), NULL);

        assert_in_range(list, 0, MODEL_HOT - 1);
        assert_non_null(strchr(s, ':'));
        m->blocked[list] = strtoll(strchr(s, ':') + 1, NULL, 10);
    }
}

static void counters_look(struct model *m, const struct redis_reply *r)
{
    memset(m->count, 0, sizeof m->count);
    for (size_t i = 0; i + 1 < redis_count(r); i += 2)
        for (int c = 0; c < MODEL_COUNTERS; c++)
            if (strcmp(redis_text(redis_item(r, i), NULL), model_counter_name[c]) == 0)
                m->count[c] = redis_int(redis_item(r, i + 1));
}

static void gate_look(struct model *m, const struct redis_reply *r)
{
    memset(m->shut, 0, sizeof m->shut);
    m->level = m->level_until = 0;
    for (size_t i = 0; i + 1 < redis_count(r); i += 2) {
        const char *name = redis_text(redis_item(r, i), NULL);
        int64_t v = redis_int(redis_item(r, i + 1));

        if (strcmp(name, "level") == 0)
            m->level = v;
        else if (strcmp(name, "until") == 0)
            m->level_until = v;
        else
            m->shut[redis_int(redis_item(r, i))] = v;
    }
}

static void locks_look(struct model *m, const struct redis_reply *r)
{
    for (int i = 0; i < MODEL_LOCKS; i++) {
        size_t n = 0;
        const char *s = redis_text(redis_item(r, (size_t)i), &n);

        m->locked[i] = n > 0;
        assert_true(n == 0 || n == 16);
        memset(m->lock[i], 0, 16);
        memcpy(m->lock[i], s, n);
    }
}

static void look_keys(struct redis_cmd *c, char (*key)[KEY_MAX], struct queue_at at,
                      const struct model *m)
{
    static const char *const fixed[] = {"w", "z", "own", "bell", "c", "d", "gate"};
    char what[QUEUE_WID_MAX + 2];
    int n = 0;

    for (; n < 7; n++)
        queue_key(key[n], at, fixed[n]);
    for (int l = 0; l < QUEUE_LISTS; l++)
        queue_list_key(key[n++], at, l);
    for (int w = 0; w < MODEL_WORKERS; w++) {
        snprintf(what, sizeof what, "i:%s", m->worker[w].wid);
        queue_key(key[n++], at, what);
    }
    for (int i = 0; i < MODEL_LOCKS; i++) {
        snprintf(what, sizeof what, "k%d", i);
        queue_lock_key(key[n++], at, "test.note", what);
    }
    for (int i = 0; i < n; i++)
        redis_arg_text(c, key[i]);
}

#define LOOK_KEYS (7 + QUEUE_LISTS + MODEL_WORKERS + MODEL_LOCKS)

void model_look(struct queue *q, struct queue_at at, struct model *m)
{
    char key[LOOK_KEYS][KEY_MAX];
    struct redis_reply *r = NULL;
    struct redis_cmd c = {0};

    look_keys(&c, key, at, m);
    redis_arg_int(&c, MODEL_WORKERS);
    for (int w = 0; w < MODEL_WORKERS; w++)
        redis_arg_text(&c, m->worker[w].wid);
    assert_int_equal(redis_eval(queue_redis(q), &model, LOOK_KEYS, &c, &r), ST_OK);
    m->now = redis_int(redis_item(r, 0));
    m->bell = (int)redis_int(redis_item(r, 1));
    for (size_t l = 0; l < QUEUE_LISTS; l++)
        row_look(&m->list[l], redis_item(redis_item(r, 2), l), false);
    workers_look(m, r);
    delayed_look(m, redis_item(r, 5));
    blocked_look(m, redis_item(r, 6));
    counters_look(m, redis_item(r, 7));
    row_look(&m->dead, redis_item(r, 8), true);
    gate_look(m, redis_item(r, 9));
    locks_look(m, redis_item(r, 10));
    redis_free(r);
    redis_cmd_free(&c);
}
