/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Running jobs: turn, wait, renew, reap. */
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

/* ---- entries -------------------------------------------------------------------- */

/* -1: something else stands among them. */
static int64_t digits(const char *s, int n, int base)
{
    static const char symbols[] = "0123456789abcdef";
    int64_t v = 0;

    for (int i = 0; i < n; i++) {
        const char *d = memchr(symbols, s[i], (size_t)base);

        if (d == NULL)
            return -1;
        v = v * base + (d - symbols);
    }
    return v;
}

enum status entry_read(const char *s, size_t n, struct job *out)
{
    const char *kind, *root;
    size_t kind_n;
    int64_t exp;

    *out = (struct job){0};
    if (n < QUEUE_HEAD || ulid_parse(s, ULID_TEXT, out->id) != ST_OK)
        return ST_BAD;
    out->attempts = (int)digits(s + 26, 2, 16);
    out->crashes = (int)digits(s + 28, 1, 16);
    out->list = (int)digits(s + 29, 2, 10);
    out->put_at = digits(s + 31, 13, 10) * MS;
    if (out->attempts < 0 || out->crashes < 0 || out->list < 0 ||
        out->list >= QUEUE_LISTS || out->put_at < 0)
        return ST_BAD;
    out->raw = malloc(n + 1);
    if (out->raw == NULL)
        return ST_BROKEN;
    memcpy(out->raw, s, n);
    out->raw[n] = '\0';
    out->raw_n = n;
    out->body = json_parse(s + QUEUE_HEAD, n - QUEUE_HEAD);
    out->args = json_get(out->body, "a");
    kind = json_text(out->body, "k", &kind_n);
    if (kind != NULL && out->args != NULL && json_int_or(out->body, "v", 0) == 1)
        out->kind = kind_find(kind, kind_n);
    exp = json_int_or(out->body, "exp", 0);
    out->not_after = exp > 0 && exp < INT64_MAX / MS ? exp * MS : 0;
    out->locked = json_text(out->body, "once", NULL) != NULL;
    root = json_text(out->body, "root", NULL);
    snprintf(out->root, sizeof out->root, "%s", root ? root : "");
    return ST_OK;
}

void job_free(struct job *j)
{
    json_free(j->body);
    free(j->raw);
    *j = (struct job){0};
}

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
    snprintf(k->wid, sizeof k->wid, "%s", wid);
    snprintf(what, sizeof what, "i:%s", wid);
    queue_key(k->key[n++], at, what);
    for (int i = 0; i < 6; i++)
        queue_key(k->key[n++], at, fixed[i]);
    for (int i = 0; i < QUEUE_LISTS; i++)
        queue_list_key(k->key[n++], at, i);
}

static void keys_add(struct queue *q, struct redis_cmd *c, struct queue_at at,
                     const char *wid)
{
    struct turn_keys *k = &q->turn;

    if (k->at.pool != at.pool || k->at.shard != at.shard || strcmp(k->wid, wid) != 0)
        keys_print(k, at, wid);
    for (int i = 0; i < TURN_KEYS; i++)
        redis_arg_text(c, k->key[i]);
}

/* ---- turn
 * ------------------------------------------------------------------------------------
 */

static const char outcome_letter[] = {
    [JOB_DONE] = 'A', [JOB_RETRY] = 'R', [JOB_BACK] = 'N', [JOB_BURY] = 'D'};

struct turn_text {
    char off[8];
    char id[QUEUE_BATCH_MAX * 2][ULID_TEXT + 1];
};

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

static void turn_cmd(struct queue *q, struct redis_cmd *c, struct turn_text *text,
                     const struct queue_turn *t)
{
    keys_add(q, c, t->at, t->wid);
    redis_arg_text(c, t->wid);
    redis_arg_int(c, t->want);
    redis_arg_int(c, QUEUE_LEASE_MS);
    redis_arg_int(c, QUEUE_LEASE_WEAR_MS);
    redis_arg_text(c, lanes_text(t->lanes_off, text->off));
    redis_arg_int(c, t->n_results);
    for (int i = 0; i < t->n_results; i++) {
        const struct job_result *r = &t->results[i];

        ulid_print(r->id, text->id[i]);
        redis_arg_text(c, text->id[i]);
        redis_arg(c, &outcome_letter[r->outcome], 1);
        redis_arg_int(c, r->wait_ms);
    }
}

static void turn_read(struct queue_turn *t, const struct redis_reply *reply)
{
    t->fenced = (int)redis_int(redis_item(reply, 0));
    t->nap_ms = (int)redis_int(redis_item(reply, 1));
    for (size_t i = 2; i < redis_count(reply) && t->n_jobs < t->want; i++) {
        size_t n;
        const char *s = redis_text(redis_item(reply, i), &n);

        /* An entry nobody can read stays in our hash, and its lease is never settled:
         * it comes back with the reaper and ends as poison. */
        if (s != NULL && entry_read(s, n, &t->jobs[t->n_jobs]) == ST_OK)
            t->jobs[t->n_jobs++].shard = t->at.shard;
    }
}

enum status queue_turn(struct queue *q, struct queue_turn *t)
{
    struct turn_text text;
    struct redis_reply *reply = NULL;
    struct redis_cmd c = {0};
    enum status st;

    t->n_jobs = t->fenced = 0;
    t->nap_ms = 1000;
    t->anew = false;
    if (t->n_results > QUEUE_BATCH_MAX * 2 || t->want > QUEUE_BATCH_MAX)
        return ST_BROKEN;
    turn_cmd(q, &c, &text, t);
    crash_point("turn.before");
    st = redis_eval(q->redis, &turn, TURN_KEYS, &c, &reply);
    crash_point("turn.after");
    if (st == ST_OK) {
        turn_read(t, reply);
        t->anew = q->connections[t->at.shard] != redis_connections();
        q->connections[t->at.shard] = redis_connections();
    }
    redis_free(reply);
    redis_cmd_free(&c);
    return st;
}

void queue_unlock(struct queue *q, const struct job *j)
{
    struct queue_at at = {kind_policy(j->kind)->pool, j->shard};
    const char *once = json_text(j->body, "once", NULL);
    struct redis_reply *reply = NULL;
    struct redis_cmd c = {0};
    char key[KEY_MAX], id[ULID_TEXT + 1];

    if (once == NULL)
        return;
    queue_lock_key(key, at, kind_policy(j->kind)->name, once);
    ulid_print(j->id, id);
    redis_arg_text(&c, key);
    redis_arg_text(&c, id);
    if (redis_eval(q->redis, &unlock, 1, &c, &reply) != ST_OK)
        log_debug("a lock is left to lapse", LOG_TEXT("lock", key));
    redis_free(reply);
    redis_cmd_free(&c);
}

enum status queue_wait(struct queue *q, struct queue_at at, int wait_ms)
{
    char key[KEY_MAX], seconds[24];
    struct redis_reply *reply = NULL;
    struct redis_cmd c = {0};
    enum status st;

    if (wait_ms < 1)
        wait_ms = 1; /* 0 would be for ever */
    queue_key(key, at, "bell");
    snprintf(seconds, sizeof seconds, "%d.%03d", wait_ms / 1000, wait_ms % 1000);
    redis_arg_text(&c, "BLPOP");
    redis_arg_text(&c, key);
    redis_arg_text(&c, seconds);
    /* The client's patience must exceed the server's, or every quiet wait is a loss. */
    st = redis_call(q->redis, &c, wait_ms + REDIS_DEADLINE_MS, &reply);
    if (st == ST_OK && redis_is_nil(reply))
        st = ST_NONE;
    redis_free(reply);
    redis_cmd_free(&c);
    return st;
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
    char who[ULID_TEXT + 1] = "";
    struct redis_reply *reply = NULL;
    struct redis_cmd c = {0};
    enum status st;
    int64_t n;

    if (what->blame != NULL)
        ulid_print(what->blame, who);
    keys_add(q, &c, at, what->wid);
    redis_arg_text(&c, what->wid);
    redis_arg_int(&c, what->force);
    redis_arg_text(&c, who);
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
