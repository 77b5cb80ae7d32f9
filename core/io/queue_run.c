/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Running jobs: turn, renew, reap. */
#include "core/io/queue_private.h"

#include "core/base/clock.h"
#include "core/base/crash.h"
#include "core/base/log.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

REDIS_SCRIPT(turn, "core/io/queue/turn.lua");
REDIS_SCRIPT(reap, "core/io/queue/reap.lua");
REDIS_SCRIPT(unlock, "core/io/queue/unlock.lua");
REDIS_SCRIPT(renew, "core/io/queue/renew.lua");

/* ---- who we are ----------------------------------------------------------------- */

/* Field 22 of /proc/self/stat, clock ticks since boot: with the pid it names one
 * process. */
static long long start_time(void)
{
    char line[1024];
    FILE *f = fopen("/proc/self/stat", "re");
    char *p = NULL;
    long long ticks = 0;

    if (f != NULL && fgets(line, sizeof line, f) != NULL)
        p = strrchr(line, ')');
    for (int field = 2; p != NULL && field < 22; field++)
        p = strchr(p + 1, ' ');
    if (p != NULL)
        ticks = strtoll(p + 1, NULL, 10);
    if (f != NULL)
        fclose(f);
    return ticks;
}

static void boot_id(char out[9])
{
    FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");

    if (f == NULL || fgets(out, 9, f) == NULL)
        snprintf(out, 9, "noboot00");
    if (f != NULL)
        fclose(f);
}

void queue_wid(char out[QUEUE_WID_MAX], int slot)
{
    char boot[9], host[33] = {0};

    boot_id(boot);
    if (gethostname(host, sizeof host - 1) != 0 || host[0] == '\0')
        snprintf(host, sizeof host, "host");
    for (char *p = host; *p != '\0'; p++)
        if (!isalnum((unsigned char)*p))
            *p = '-';
    snprintf(out, QUEUE_WID_MAX, "%s.%s.%d.%d.%lld", boot, host, slot, (int)getpid(),
             start_time());
}

static void keys_print(struct turn_keys *k, struct queue_at at, const char *wid)
{
    static const char *const fixed[] = {"w", "z", "own", "bell", "c", "d"};
    char what[QUEUE_WID_MAX + 2];
    int n = 0;

    k->at = at;
    k->calm_at = 0;
    snprintf(k->wid, sizeof k->wid, "%s", wid);
    snprintf(what, sizeof what, "i:%s", wid);
    queue_key(k->key[n++], at, what);
    for (int i = 0; i < 6; i++)
        queue_key(k->key[n++], at, fixed[i]);
    for (int i = 0; i < QUEUE_LISTS; i++)
        queue_list_key(k->key[n++], at, i);
}

static struct turn_keys *keys_of(struct queue *q, struct queue_at at, const char *wid)
{
    struct turn_keys *k = &q->turn;

    if (k->at.pool != at.pool || k->at.shard != at.shard || strcmp(k->wid, wid) != 0)
        keys_print(k, at, wid);
    return k;
}

static void keys_add(struct redis_cmd *c, const struct turn_keys *k, int from, int n)
{
    for (int i = from; i < from + n; i++)
        redis_arg_text(c, k->key[i]);
}

/* ---- turn
 * ------------------------------------------------------------------------------------
 */

static const char outcome_letter[] = {
    [JOB_DONE] = 'A', [JOB_RETRY] = 'R', [JOB_BACK] = 'N', [JOB_BURY] = 'D'};

static const char *lanes_text(unsigned off, char out[8])
{
    static const char letter[] = {
        [LANE_HOT] = 'H', [LANE_NORMAL] = 'N', [LANE_LOW] = 'L', [LANE_BULK] = 'B'};
    int n = 0;

    for (int l = LANE_HOT; l <= LANE_BULK; l++)
        if (off & (1u << l))
            out[n++] = letter[l];
    out[n] = '\0';
    return out;
}

/* off: where the letters of the lanes that are off may be written. */
static void turn_args(struct redis_cmd *c, char off[8], const struct queue_turn *t)
{
    redis_arg_int(c, t->want);
    redis_arg_int(c, QUEUE_LEASE_MS);
    redis_arg_int(c, QUEUE_LEASE_WEAR_MS);
    redis_arg_text(c, lanes_text(t->lanes_off, off));
    redis_arg_int(c, t->n_results);
    for (int i = 0; i < t->n_results; i++) {
        const struct job_result *r = &t->results[i];

        redis_arg(c, r->id, sizeof r->id);
        redis_arg(c, &outcome_letter[r->outcome], 1);
        redis_arg_int(c, r->wait_ms);
    }
}

/* May this turn leave hot and bulk lists, and what is due, unlooked at? */
static bool turn_is_short(struct queue *q, const struct queue_turn *t)
{
    const struct turn_keys *k = keys_of(q, t->at, t->wid);

    if (!t->may_be_short || t->wait_ms > 0 || t->want < 1 || k->calm_at == 0 ||
        clock_mono_ms() - k->calm_at > q->calm_ms)
        return false;
    for (int i = 0; i < t->n_results; i++)
        if (t->results[i].outcome != JOB_DONE && t->results[i].outcome != JOB_BURY)
            return false;
    return true;
}

/* A turn's call: its command, and what it names. */
struct turn_call {
    struct redis_cmd cmd;
    int n_keys;
    char off[8];
};

static void turn_cmd(struct turn_call *c, const struct turn_keys *k,
                     const struct queue_turn *t, bool is_short)
{
    c->n_keys = is_short ? TURN_SHORT_KEYS : TURN_KEYS;
    keys_add(&c->cmd, k, 0, is_short ? TURN_FIXED : TURN_KEYS);
    if (is_short)
        keys_add(&c->cmd, k, TURN_FIXED + 16, 2);
    turn_args(&c->cmd, c->off, t);
}

static void turn_read(struct queue_turn *t, const struct redis_reply *reply)
{
    t->fenced = (int)redis_int(redis_item(reply, 0));
    t->nap_ms = (int)redis_int(redis_item(reply, 1));
    for (size_t i = 3; i < redis_count(reply) && t->n_jobs < t->want; i++) {
        size_t n;
        const char *s = redis_text(redis_item(reply, i), &n);

        /* An entry nobody can read stays in our hash, and its lease is never settled:
         * it comes back with the reaper and ends as poison. */
        if (s != NULL && entry_read(s, n, &t->jobs[t->n_jobs]) == ST_OK)
            t->jobs[t->n_jobs++].shard = t->at.shard;
    }
}

static enum status turn_ask(struct queue *q, const struct queue_turn *t,
                            struct turn_call *c, struct redis_reply **reply)
{
    char key[KEY_MAX];
    struct redis_bell bell = {.key = key, .ms = t->wait_ms, .stop = t->stop};

    if (t->wait_ms <= 0)
        return redis_eval(q->redis, &turn, c->n_keys, &c->cmd, reply);
    queue_key(key, t->at, "bell");
    return redis_eval_bell(q->redis, &bell, &turn, c->n_keys, &c->cmd, reply);
}

static enum status turn_once(struct queue *q, struct queue_turn *t, bool is_short)
{
    struct turn_keys *k = keys_of(q, t->at, t->wid);
    struct redis_reply *reply = NULL;
    struct turn_call c = {0};
    int64_t from = clock_mono_ms();
    enum status st;

    turn_cmd(&c, k, t, is_short);
    crash_point("turn.before");
    st = turn_ask(q, t, &c, &reply);
    crash_point("turn.after");
    if (st == ST_OK) {
        turn_read(t, reply);
        t->anew = t->anew || q->connections[t->at.shard] != redis_connections();
        q->connections[t->at.shard] = redis_connections();
        if (!is_short)
            k->calm_at = redis_int(redis_item(reply, 2)) == 1 ? from : 0;
    }
    redis_free(reply);
    redis_cmd_free(&c.cmd);
    return st;
}

/* The short one found nothing: is there anything at all? Its results are settled. */
static enum status turn_whole(struct queue *q, struct queue_turn *t)
{
    struct queue_turn rest = *t;
    enum status st;

    rest.n_results = 0;
    st = turn_once(q, &rest, false);
    t->n_jobs = rest.n_jobs;
    t->nap_ms = rest.nap_ms;
    t->anew = rest.anew;
    t->was_short = false;
    return st;
}

enum status queue_turn(struct queue *q, struct queue_turn *t)
{
    enum status st;

    t->n_jobs = t->fenced = 0;
    t->nap_ms = 1000;
    t->anew = false;
    if (t->n_results > QUEUE_BATCH_MAX * 2 || t->want > QUEUE_BATCH_MAX)
        return ST_BROKEN;
    t->was_short = turn_is_short(q, t);
    st = turn_once(q, t, t->was_short);
    return st == ST_OK && t->was_short && t->n_jobs == 0 ? turn_whole(q, t) : st;
}

void queue_unlock(struct queue *q, const struct job *j)
{
    struct queue_at at = {kind_policy(j->kind)->pool, j->shard};
    const char *once = json_text(j->body, "once", NULL);
    struct redis_reply *reply = NULL;
    struct redis_cmd c = {0};
    char key[KEY_MAX];

    if (once == NULL)
        return;
    queue_lock_key(key, at, kind_policy(j->kind)->name, once);
    redis_arg_text(&c, key);
    redis_arg(&c, j->id, sizeof j->id);
    if (redis_eval(q->redis, &unlock, 1, &c, &reply) != ST_OK)
        log_debug("a lock is left to lapse", LOG_TEXT("lock", key));
    redis_free(reply);
    redis_cmd_free(&c);
}

enum status queue_ring(struct queue *q, struct queue_at at)
{
    char key[KEY_MAX];
    struct redis_reply *reply = NULL;
    enum status st;

    queue_key(key, at, "bell");
    st = redis_do(q->redis, &reply, "RPUSH", key, "1", NULL);
    redis_free(reply);
    return st;
}

/* ---- leases --------------------------------------------------------------------- */

enum status queue_renew(struct queue *q, struct queue_at at, const char *const *wids,
                        int n, bool *gone)
{
    char key[KEY_MAX];
    struct redis_reply *reply = NULL;
    struct redis_cmd c = {0};
    enum status st;

    queue_key(key, at, "w");
    redis_arg_text(&c, key);
    redis_arg_int(&c, QUEUE_LEASE_MS);
    for (int i = 0; i < n; i++)
        redis_arg_text(&c, wids[i]);
    st = redis_eval(q->redis, &renew, 1, &c, &reply);
    for (int i = 0; st == ST_OK && i < n; i++)
        gone[i] = redis_int(redis_item(reply, (size_t)i)) != 0;
    redis_free(reply);
    redis_cmd_free(&c);
    return st;
}

struct reaping {
    const char *wid;
    bool force;
    const uint8_t *blame; /* NULL: nobody */
    const char *as;       /* a letter: what the blamed one dies of, should it */
};

static enum status reap_one(struct queue *q, struct queue_at at,
                            const struct reaping *what, int *moved)
{
    struct redis_reply *reply = NULL;
    struct redis_cmd c = {0};
    enum status st;
    int64_t n;

    keys_add(&c, keys_of(q, at, what->wid), 0, TURN_KEYS);
    redis_arg_text(&c, what->wid);
    redis_arg_int(&c, what->force);
    redis_arg(&c, what->blame, what->blame ? 16 : 0);
    redis_arg_int(&c, QUEUE_CRASHES_MAX);
    redis_arg_text(&c, what->as);
    st = redis_eval(q->redis, &reap, TURN_KEYS, &c, &reply);
    n = redis_int(redis_item(reply, 0)) + redis_int(redis_item(reply, 1));
    if (moved != NULL)
        *moved = n > 0 ? (int)n : 0;
    redis_free(reply);
    redis_cmd_free(&c);
    return st == ST_OK && n <= 0 ? ST_NONE : st;
}

enum status queue_reap(struct queue *q, struct queue_at at, const char *wid, bool force,
                       const uint8_t *blame, int *moved)
{
    return reap_one(q, at, &(struct reaping){wid, force, blame, "p"}, moved);
}

enum status queue_reap_late(struct queue *q, struct queue_at at, const char *wid,
                            const uint8_t *blame, int *moved)
{
    return reap_one(q, at, &(struct reaping){wid, true, blame, "l"}, moved);
}
