/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Running jobs: turn, wait, renew, reap. */
#include "core/io/queue_private.h"

#include "core/base/clock.h"
#include "core/base/crash.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

REDIS_SCRIPT(turn, "core/io/queue/turn.lua");
REDIS_SCRIPT(reap, "core/io/queue/reap.lua");
REDIS_SCRIPT(renew, "core/io/queue/renew.lua");

/* ---- entries -------------------------------------------------------------------- */

static int64_t digits(const char *s, int n, int base)
{
    char copy[24] = {0};

    memcpy(copy, s, (size_t)n);
    return strtoll(copy, NULL, base);
}

enum status entry_read(const char *s, size_t n, struct job *out)
{
    const char *kind, *root;
    size_t kind_n;

    *out = (struct job){0};
    if (n < QUEUE_HEAD || ulid_parse(s, ULID_TEXT, out->id) != ST_OK)
        return ST_BAD;
    out->attempts = (int)digits(s + 26, 2, 16);
    out->crashes = (int)digits(s + 28, 1, 16);
    out->list = (int)digits(s + 29, 2, 10);
    out->put_at = digits(s + 31, 13, 10) * MS;
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

void queue_turn_keys(struct turn_keys *k, struct redis_cmd *c, enum kind_pool pool,
                     const char *wid)
{
    static const char *const fixed[] = {"w", "z", "own", "bell", "c", "d"};
    int n = 0;

    snprintf(k->key[n++], KEY_MAX, "%si:%s", queue_prefix(pool), wid);
    for (int i = 0; i < 6; i++)
        queue_key(k->key[n++], pool, fixed[i]);
    for (int i = 0; i < QUEUE_LISTS; i++)
        snprintf(k->key[n++], KEY_MAX, "%s%d", queue_prefix(pool), i);
    for (int i = 0; i < n; i++)
        redis_arg_text(c, k->key[i]);
}

/* ---- turn
 * ------------------------------------------------------------------------------------
 */

static const char outcome_letter[] = {
    [JOB_DONE] = 'A', [JOB_RETRY] = 'R', [JOB_BACK] = 'N', [JOB_BURY] = 'D'};

struct turn_text {
    struct turn_keys keys;
    char id[QUEUE_BATCH_MAX * 2][ULID_TEXT + 1];
};

static void turn_cmd(struct redis_cmd *c, struct turn_text *text,
                     const struct queue_turn *t)
{
    queue_turn_keys(&text->keys, c, t->pool, t->wid);
    redis_arg_text(c, t->wid);
    redis_arg_int(c, t->want);
    redis_arg_int(c, QUEUE_LEASE_MS);
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
            t->n_jobs++;
    }
}

enum status queue_turn(struct queue *q, struct queue_turn *t)
{
    struct turn_text *text = calloc(1, sizeof *text);
    struct redis_reply *reply = NULL;
    struct redis_cmd c = {0};
    enum status st = ST_BROKEN;

    t->n_jobs = t->fenced = 0;
    t->nap_ms = 1000;
    if (text == NULL || t->n_results > QUEUE_BATCH_MAX * 2 || t->want > QUEUE_BATCH_MAX)
        goto out;
    turn_cmd(&c, text, t);
    crash_point("turn.before");
    st = redis_eval(q->redis, &turn, TURN_KEYS, &c, &reply);
    crash_point("turn.after");
    if (st == ST_OK)
        turn_read(t, reply);
out:
    redis_free(reply);
    redis_cmd_free(&c);
    free(text);
    return st;
}

enum status queue_wait(struct queue *q, enum kind_pool pool, int wait_ms)
{
    char key[KEY_MAX], seconds[24];
    struct redis_reply *reply = NULL;
    struct redis_cmd c = {0};
    enum status st;

    if (wait_ms < 1)
        wait_ms = 1; /* 0 would be for ever */
    queue_key(key, pool, "bell");
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

enum status queue_ring(struct queue *q, enum kind_pool pool)
{
    char key[KEY_MAX];
    struct redis_reply *reply = NULL;
    enum status st;

    queue_key(key, pool, "bell");
    st = redis_do(q->redis, &reply, "RPUSH", key, "1", NULL);
    redis_free(reply);
    return st;
}

/* ---- leases --------------------------------------------------------------------- */

enum status queue_renew(struct queue *q, enum kind_pool pool, const char *const *wids,
                        int n, bool *gone)
{
    char key[KEY_MAX];
    struct redis_reply *reply = NULL;
    struct redis_cmd c = {0};
    enum status st;

    queue_key(key, pool, "w");
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

enum status queue_reap(struct queue *q, enum kind_pool pool, const char *wid,
                       bool force, const uint8_t *blame, int *moved)
{
    char who[ULID_TEXT + 1] = "";
    struct turn_keys keys;
    struct redis_reply *reply = NULL;
    struct redis_cmd c = {0};
    enum status st;
    int64_t n;

    if (blame != NULL)
        ulid_print(blame, who);
    queue_turn_keys(&keys, &c, pool, wid);
    redis_arg_text(&c, wid);
    redis_arg_int(&c, force);
    redis_arg_text(&c, who);
    redis_arg_int(&c, QUEUE_CRASHES_MAX);
    st = redis_eval(q->redis, &reap, TURN_KEYS, &c, &reply);
    n = redis_int(redis_item(reply, 0)) + redis_int(redis_item(reply, 1));
    if (moved != NULL)
        *moved = n > 0 ? (int)n : 0;
    redis_free(reply);
    redis_cmd_free(&c);
    return st == ST_OK && n <= 0 ? ST_NONE : st;
}
