/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What became of those who were in hand. */
#include "core/base/clock.h"
#include "core/base/crash.h"
#include "core/broadcast/recipient_private.h"
#include "core/loyalty/customer.h"

#include <stdlib.h>
#include <string.h>

#define HUNDRED 100
#define REFUSED_MAX 20 /* of a hundred */
#define FIRST 10       /* in which an error of ours stops all of it */
#define SPEED_OVER (5 * SECOND)

/* A fate, and what is known of the row. */
struct settling {
    const struct recipient_fate *fate;
    enum recipient_state to;
    enum recipient_why why;
    int variant, attempts;
    int64_t message_id;
};

struct settle {
    int64_t now, broadcast_id;
    const uint8_t *job;
    struct settling row[CHUNK_MAX];
    int n;
    bool late;                  /* they were taken in hand long ago */
    enum broadcast_pause pause; /* out: it has to stop */
};

/* ---- who is in that hand ------------------------------------------------------------ */

static const struct recipient_fate *fate_of(const struct recipient_fate *fate, int n,
                                            int64_t customer_id)
{
    for (int i = 0; i < n; i++)
        if (fate[i].customer_id == customer_id)
            return &fate[i];
    return NULL;
}

/* Not accepted too often is an end, too; and what is cancelled does not wait again. */
static void judge(struct settling *s, bool cancelled)
{
    s->to = s->fate->to;
    s->why = s->fate->why;
    if (s->to != RECIPIENT_QUEUED)
        return;
    s->attempts += s->fate->attempt;
    if (s->attempts >= CHUNK_TRIES) {
        s->to = RECIPIENT_FAILED;
        s->why = WHY_TRIES;
    } else if (cancelled)
        s->to = RECIPIENT_CANCELLED;
}

static enum status in_hand(struct db *db, struct settle *s,
                           const struct recipient_fate *fate, int n, bool cancelled)
{
    struct many them = {0};
    struct db_arg arg;
    enum status st;

    for (int i = 0; i < n; i++) {
        many_begin(&them);
        many_int(&them, fate[i].customer_id);
        many_end(&them);
    }
    arg = many_arg(&them);
    st =
        them.json.failed
            ? ST_BROKEN
            : db_select(db,
                        "SELECT r.customer_id, COALESCE(r.variant, 0), r.attempts,"
                        " COALESCE(r.message_id, 0) FROM JSON_TABLE(?, '$[*]' COLUMNS"
                        " (c BIGINT PATH '$[0]')) f STRAIGHT_JOIN broadcast_recipient r"
                        " ON r.broadcast_id = ? AND r.customer_id = f.c"
                        " WHERE r.state = 2 AND r.job = ? ORDER BY r.customer_id",
                        arg, DB_INT(s->broadcast_id), DB_BYTES(s->job, 16));
    while (st == ST_OK && s->n < CHUNK_MAX && (st = db_next(db)) == ST_OK) {
        struct settling *row = &s->row[s->n++];

        *row = (struct settling){.fate = fate_of(fate, n, db_int(db, 0)),
                                 .variant = (int)db_int(db, 1),
                                 .attempts = (int)db_int(db, 2),
                                 .message_id = db_int(db, 3)};
        judge(row, cancelled);
    }
    many_free(&them);
    return st == ST_NONE ? ST_OK : st;
}

/* ---- too many refusals -------------------------------------------------------------- */

struct watch {
    int64_t ended;
    int hundred, refused;
    int64_t before_at, before_n, mark_at, mark_n;
};

static enum status watch_lock(struct db *db, int64_t id, struct watch *w)
{
    enum status st = db_one(db,
                            "SELECT ended, hundred, refused, before_at, before_n,"
                            " mark_at, mark_n FROM broadcast_watch"
                            " WHERE broadcast_id = ? FOR UPDATE",
                            DB_INT(id));

    if (st == ST_OK)
        *w = (struct watch){.ended = db_int(db, 0),
                            .hundred = (int)db_int(db, 1),
                            .refused = (int)db_int(db, 2),
                            .before_at = db_time(db, 3),
                            .before_n = db_int(db, 4),
                            .mark_at = db_time(db, 5),
                            .mark_n = db_int(db, 6)};
    return st;
}

/* In the order they come. Who blocked us says nothing about the message. */
static void watch_one(struct watch *w, struct settle *s, const struct settling *row)
{
    bool refused = row->to == RECIPIENT_FAILED && row->why != WHY_BLOCKED;

    if (row->to == RECIPIENT_QUEUED || row->to == RECIPIENT_CANCELLED)
        return;
    if (row->fate->bug && refused && w->ended < FIRST)
        s->pause = PAUSE_ERROR;
    w->ended++;
    w->hundred++;
    w->refused += refused;
    if (w->refused > REFUSED_MAX && s->pause == PAUSE_NONE)
        s->pause = PAUSE_REFUSALS;
    if (w->hundred == HUNDRED || w->refused > REFUSED_MAX)
        w->hundred = w->refused = 0;
}

static enum status watch_all(struct db *db, struct settle *s, struct watch *w)
{
    for (int i = 0; i < s->n; i++)
        watch_one(w, s, &s->row[i]);
    if (w->mark_at == 0 || s->now - w->mark_at >= SPEED_OVER) {
        w->before_at = w->mark_at;
        w->before_n = w->mark_n;
        w->mark_at = s->now;
        w->mark_n = w->ended;
    }
    return db_exec(db, NULL,
                   "UPDATE broadcast_watch SET ended = ?, hundred = ?, refused = ?,"
                   " before_at = ?, before_n = ?, mark_at = ?, mark_n = ?"
                   " WHERE broadcast_id = ?",
                   DB_INT(w->ended), DB_INT(w->hundred), DB_INT(w->refused),
                   DB_TIME_OR_NULL(w->before_at), DB_INT(w->before_n),
                   DB_TIME_OR_NULL(w->mark_at), DB_INT(w->mark_n),
                   DB_INT(s->broadcast_id));
}

static enum status stop(struct db *db, const struct settle *s)
{
    const struct broadcast_act act = {.id = s->broadcast_id};
    enum status st = broadcast_pause(db, s->now, &act, s->pause);

    return st == ST_TAKEN ? ST_OK : st; /* cancelled meanwhile */
}

/* ---- written down ------------------------------------------------------------------- */

#define ROWS                                                                           \
    "UPDATE JSON_TABLE(?, '$[*]' COLUMNS (c BIGINT PATH '$[0]', s INT PATH '$[1]',"    \
    " w INT PATH '$[2]', a INT PATH '$[3]', x BIGINT PATH '$[4]',"                     \
    " d VARCHAR(27) PATH '$[5]')) f STRAIGHT_JOIN broadcast_recipient r"               \
    " ON r.broadcast_id = ? AND r.customer_id = f.c SET r.why = f.w,"                  \
    " r.attempts = f.a, r.external_id = NULLIF(f.x, 0),"                               \
    " r.due = IF(f.s = 1, CAST(f.d AS DATETIME(6)), r.due),"                           \
    " r.ended_at = IF(f.s = 1, NULL, CAST(? AS DATETIME(6))),"                         \
    " r.job = IF(f.s = 1, NULL, r.job), r.state = f.s"                                 \
    " WHERE r.state = 2 AND r.job = ?"

static enum status rows_write(struct db *db, const struct settle *s)
{
    struct many rows = {0};
    struct db_arg arg;
    int64_t changed;
    enum status st;

    for (int i = 0; i < s->n; i++) {
        const struct settling *r = &s->row[i];
        int64_t due = r->fate->due > s->now ? r->fate->due : s->now;

        many_begin(&rows);
        many_int(&rows, r->fate->customer_id);
        many_int(&rows, r->to);
        many_int(&rows, r->why);
        many_int(&rows, r->attempts);
        many_int(&rows, r->to == RECIPIENT_SENT ? r->fate->external_id : 0);
        many_time(&rows, due);
        many_end(&rows);
    }
    arg = many_arg(&rows);
    st = rows.json.failed ? ST_BROKEN
                          : db_exec(db, &changed, ROWS, arg, DB_INT(s->broadcast_id),
                                    DB_TIME(s->now), DB_BYTES(s->job, 16));
    many_free(&rows);
    /* Somebody else settled one since it was looked at: look afresh. */
    return st == ST_OK && changed != s->n ? ST_AGAIN : st;
}

#define MESSAGES                                                                       \
    "UPDATE JSON_TABLE(?, '$[*]' COLUMNS (m BIGINT PATH '$[0]', s INT PATH '$[1]',"    \
    " x BIGINT PATH '$[2]', w VARCHAR(120) PATH '$[3]')) f STRAIGHT_JOIN message m"    \
    " ON m.id = f.m SET m.state = f.s, m.external_id = NULLIF(f.x, 0),"                \
    " m.why = NULLIF(f.w, ''), m.sent_at = IF(f.s = 3, CAST(? AS DATETIME(6)), NULL)"  \
    " WHERE m.state = 2"

static const char *words_of(const struct settling *r)
{
    if (r->to == RECIPIENT_CANCELLED)
        return "cancelled";
    if (r->fate->words[0] != '\0' || r->why == WHY_NONE)
        return r->fate->words;
    if (r->to == RECIPIENT_UNKNOWN)
        return "its answer was lost";
    return recipient_why_name(r->why);
}

static enum status messages_write(struct db *db, const struct settle *s)
{
    struct many rows = {0};
    struct db_arg arg;
    enum status st;

    for (int i = 0; i < s->n; i++) {
        const struct settling *r = &s->row[i];

        many_begin(&rows);
        many_int(&rows, r->message_id);
        many_int(&rows, r->to);
        many_int(&rows, r->to == RECIPIENT_SENT ? r->fate->external_id : 0);
        many_text(&rows, words_of(r));
        many_end(&rows);
    }
    arg = many_arg(&rows);
    st = rows.json.failed ? ST_BROKEN
                          : db_exec(db, NULL, MESSAGES, arg, DB_TIME(s->now));
    if (st == ST_OK && s->late)
        st = messages_late(db, s->now, arg);
    many_free(&rows);
    return st;
}

/* In the order of their numbers: others lock customers, too. */
static enum status unreachable(struct db *db, const struct settle *s)
{
    enum status st = ST_OK;

    for (int i = 0; i < s->n && st == ST_OK; i++) {
        if (!s->row[i].fate->unreachable || s->row[i].to != RECIPIENT_FAILED)
            continue;
        st = customer_unreachable(db, s->now, s->row[i].fate->customer_id, 0);
        if (st == ST_NONE)
            st = ST_OK;
    }
    return st;
}

static enum status counted(struct db *db, const struct settle *s)
{
    struct counts c = {0};

    for (int i = 0; i < s->n; i++) {
        counts_add(&c, s->row[i].variant, RECIPIENT_SENDING, 0, -1);
        counts_add(&c, s->row[i].variant, (int)s->row[i].to, (int)s->row[i].why, 1);
    }
    return counts_put(db, s->broadcast_id, &c);
}

static enum status written(struct db *db, struct settle *s)
{
    enum status st = rows_write(db, s);

    if (st == ST_OK)
        st = unreachable(db, s);
    if (st == ST_OK)
        st = messages_write(db, s);
    crash_point("broadcast.settling");
    return st;
}

/* All who settle for a broadcast meet at its watch: so it is held from as late as can be. */
static enum status watched(struct db *db, struct settle *s)
{
    struct watch w = {0};
    enum status st = watch_lock(db, s->broadcast_id, &w);

    if (st == ST_OK)
        st = watch_all(db, s, &w);
    if (st == ST_OK && s->pause != PAUSE_NONE)
        st = stop(db, s);
    return st == ST_OK ? counted(db, s) : st;
}

static enum status settle(struct db *db, struct settle *s,
                          const struct recipient_fate *fate, int n)
{
    struct broadcast b = {0};
    bool waits = false;
    enum status st = ST_OK;

    for (int i = 0; i < n; i++)
        waits |= fate[i].to == RECIPIENT_QUEUED;
    /* So that it is not cancelled while some of it goes back to wait. */
    if (waits)
        st = broadcast_share(db, s->broadcast_id, &b);
    if (st == ST_OK)
        st = in_hand(db, s, fate, n, b.state == BROADCAST_CANCELLED);
    if (st != ST_OK || s->n == 0)
        return st;
    st = written(db, s);
    return st == ST_OK ? watched(db, s) : st;
}

static bool legal(const struct recipient_fate *fate, int n)
{
    for (int i = 0; i < n; i++)
        if (fate[i].to != RECIPIENT_SENT && fate[i].to != RECIPIENT_FAILED &&
            fate[i].to != RECIPIENT_UNKNOWN && fate[i].to != RECIPIENT_QUEUED)
            return false;
    return n <= CHUNK_MAX;
}

enum status recipients_settle(struct db *db, int64_t now, int64_t broadcast_id,
                              const uint8_t *job, const struct recipient_fate *fate,
                              int n)
{
    struct settle *s;
    enum status st;

    if (!legal(fate, n))
        return ST_BAD;
    if (n == 0)
        return ST_OK;
    s = calloc(1, sizeof *s);
    if (s == NULL)
        return ST_BROKEN;
    s->now = now;
    s->broadcast_id = broadcast_id;
    s->job = job;
    st = settle(db, s, fate, n);
    free(s);
    return st;
}

/* ---- whose answers nobody will hear ------------------------------------------------- */

static enum status lost_find(struct db *db, int64_t broadcast_id, const uint8_t *job,
                             struct recipient_fate *out, int *n)
{
    enum status st =
        db_select(db,
                  "SELECT customer_id FROM broadcast_recipient"
                  " FORCE INDEX (ix_broadcast_recipient_due) WHERE broadcast_id = ?"
                  " AND state = 2 AND job = ? LIMIT ?",
                  DB_INT(broadcast_id), DB_BYTES(job, 16), DB_INT(CHUNK_MAX));

    *n = 0;
    while (st == ST_OK && *n < CHUNK_MAX && (st = db_next(db)) == ST_OK)
        out[(*n)++] = (struct recipient_fate){
            .customer_id = db_int(db, 0), .to = RECIPIENT_UNKNOWN, .why = WHY_LOST};
    return st == ST_NONE ? ST_OK : st;
}

enum status recipients_lost(struct db *db, int64_t now, int64_t broadcast_id,
                            const uint8_t *job, int *n)
{
    struct recipient_fate *fate = calloc(CHUNK_MAX, sizeof *fate);
    struct settle *s = calloc(1, sizeof *s);
    enum status st = fate != NULL && s != NULL ? ST_OK : ST_BROKEN;
    int found = CHUNK_MAX;

    *n = 0;
    while (st == ST_OK && found == CHUNK_MAX) {
        *s = (struct settle){
            .now = now, .broadcast_id = broadcast_id, .job = job, .late = true};
        st = lost_find(db, broadcast_id, job, fate, &found);
        if (st == ST_OK && found > 0)
            st = settle(db, s, fate, found);
        *n += s->n;
    }
    free(fate);
    free(s);
    return st;
}
