/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/db_row.h"

#include "core/base/clock.h"
#include "core/base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CACHE 128   /* prepared statements a connection */
#define HOLD_MS 100 /* between two attempts to connect */
#define ANSWER_S 30 /* at most, between a statement and its answer */

struct stmt {
    uint64_t hash;
    char *sql;
    MYSQL_STMT *handle;
    uint64_t used;
    bool afresh; /* is not executed twice: DB_AFRESH */
};

struct db {
    const struct config *cfg;
    MYSQL *my; /* NULL: not connected */
    int64_t hold_until;
    unsigned answer_s; /* longest wait for an answer */
    int lock_s;        /* … for a row of another; 0: as the session begins */
    struct stmt cache[CACHE];
    uint64_t uses;
    struct db_rows rows;
    MYSQL_BIND *binds;
    MYSQL_TIME *times;
    size_t cap_binds;
    int64_t last_id;
    struct db_tx tx;
    char why[400];
};

struct db *db_open(const struct config *cfg)
{
    struct db *db = calloc(1, sizeof *db);

    db_link_library();
    if (db != NULL) {
        db->cfg = cfg;
        db->answer_s = ANSWER_S;
    }
    return db;
}

void db_patience(struct db *db, int seconds)
{
    db_drop(db);
    db->answer_s = (unsigned)(seconds > 0 ? seconds : ANSWER_S);
}

void db_lock_wait(struct db *db, int seconds)
{
    db_drop(db);
    db->lock_s = seconds;
}

struct db_tx *db_tx_of(struct db *db)
{
    return &db->tx;
}

struct db_rows *db_rows_of(const struct db *db)
{
    return &((struct db *)db)->rows;
}

/* ---- closing -------------------------------------------------------------------- */

static void stmt_forget(struct stmt *s)
{
    if (s->handle != NULL)
        mysql_stmt_close(s->handle);
    free(s->sql);
    *s = (struct stmt){0};
}

void db_drop(struct db *db)
{
    db_rows_end(&db->rows);
    if (db->my != NULL)
        mysql_close(db->my);
    db->my = NULL;
    /* After it, so that nothing more is sent to a server that may be gone. */
    for (int i = 0; i < CACHE; i++)
        stmt_forget(&db->cache[i]);
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    db_drop(db);
    db_rows_free(&db->rows);
    free(db->binds);
    free(db->times);
    free(db);
}

/* ---- failures ------------------------------------------------------------------- */

/* A table that is missing fails each call: a line a second is enough to be seen. */
static bool may_speak_again(void)
{
    static int64_t last_ms;
    static int64_t kept_back;
    int64_t now = clock_mono_ms();

    if (last_ms != 0 && now - last_ms < 1000) {
        kept_back++;
        return false;
    }
    if (kept_back > 0)
        log_error("db.failed", LOG_INT("more_of_the_kind", kept_back));
    last_ms = now;
    kept_back = 0;
    return true;
}

/* The SQL text is ours and safe to log; a message may quote a value and is logged only
 * where it cannot. */
static void complain(const struct db_fault *f, unsigned err, const char *text,
                     const char *sql)
{
    const char *said = f->plain ? text : "";

    if (f->st == ST_BROKEN || f->st == ST_BAD) {
        if (may_speak_again())
            log_error("db.failed", LOG_INT("errno", err), LOG_TEXT("why", said),
                      LOG_TEXT("sql", sql));
    } else if ((f->lost || f->st == ST_DOWN) && db_link_may_speak()) {
        log_warn("db.trouble", LOG_INT("errno", err), LOG_TEXT("why", said),
                 LOG_TEXT("status", status_name(f->st)));
    }
}

static enum status failed(struct db *db, unsigned err, const char *text,
                          const char *sql, enum db_where where)
{
    bool full = strstr(text, "No space left") != NULL ||
                strstr(text, "rror 28") != NULL || strstr(text, "rrcode: 28") != NULL;
    struct db_fault f = db_fault(err, full, where);

    complain(&f, err, text, sql);
    if (db->tx.depth > 0 && (f.lost || f.st == ST_AGAIN || f.st == ST_DOWN))
        db->tx.doom = f.st;
    if (f.lost)
        db_drop(db);
    return f.st;
}

static enum status my_failed(struct db *db, const char *sql, enum db_where where)
{
    char text[256];

    snprintf(text, sizeof text, "%s", mysql_error(db->my));
    return failed(db, mysql_errno(db->my), text, sql, where);
}

/* ---- connecting ----------------------------------------------------------------- */

static enum status lock_wait_set(struct db *db)
{
    char sql[64];

    if (db->lock_s == 0)
        return ST_OK;
    snprintf(sql, sizeof sql, "SET SESSION innodb_lock_wait_timeout = %d", db->lock_s);
    if (mysql_real_query(db->my, sql, strlen(sql)) != 0)
        return my_failed(db, sql, DB_HARMLESS);
    return ST_OK;
}

static enum status connect_now(struct db *db)
{
    enum status st;

    if (clock_mono_ms() < db->hold_until)
        return ST_DOWN;
    st = db_link_open(db->cfg, db->answer_s, &db->my);
    if (st != ST_OK)
        db->hold_until = clock_mono_ms() + HOLD_MS;
    return st == ST_OK ? lock_wait_set(db) : st;
}

/* A connection fit for the next statement. */
static enum status ready(struct db *db)
{
    db_rows_end(&db->rows);
    if (db->tx.depth > 0)
        return db->my != NULL ? ST_OK : ST_AGAIN;
    if (db->my != NULL && db_link_farewell(db->my))
        db_drop(db);
    return db->my != NULL ? ST_OK : connect_now(db);
}

enum status db_plain(struct db *db, const char *sql, enum db_where where)
{
    enum status st = ready(db);

    if (st != ST_OK)
        return st;
    if (mysql_real_query(db->my, sql, strlen(sql)) != 0)
        return my_failed(db, sql, where);
    return ST_OK;
}

enum status db_ping(struct db *db)
{
    enum status st = ready(db);

    if (st != ST_OK || db->tx.depth > 0)
        return st;
    if (mysql_ping(db->my) != 0) {
        db_drop(db);
        return ST_DOWN;
    }
    return ST_OK;
}

/* ---- statements ----------------------------------------------------------------- */

static uint64_t sql_hash(const char *s)
{
    uint64_t h = 1469598103934665603u;

    for (; *s != '\0'; s++)
        h = (h ^ (unsigned char)*s) * 1099511628211u;
    return h;
}

/* The prepared statement of that text, or the place where it shall go: the one that
 * was not used for the longest time. */
static struct stmt *stmt_place(struct db *db, const char *sql, uint64_t hash)
{
    struct stmt *oldest = &db->cache[0];

    for (int i = 0; i < CACHE; i++) {
        struct stmt *s = &db->cache[i];

        if (s->handle != NULL && s->hash == hash && strcmp(s->sql, sql) == 0) {
            if (s->afresh)
                stmt_forget(s);
            return s;
        }
        if (s->used < oldest->used)
            oldest = s;
    }
    stmt_forget(oldest);
    return oldest;
}

static enum status stmt_failed(struct db *db, struct stmt *s, enum db_where where)
{
    char text[256], sql[1024];
    unsigned err = mysql_stmt_errno(s->handle);
    enum status st;

    snprintf(text, sizeof text, "%s", mysql_stmt_error(s->handle));
    snprintf(sql, sizeof sql, "%s", s->sql);
    st = failed(db, err, text, sql, where);
    if (st != ST_TAKEN && st != ST_REFUSED && st != ST_BAD)
        stmt_forget(s);
    return st;
}

/* Nothing happens by preparing, so a connection lost here may be replaced at once. */
static enum status stmt_get(struct db *db, const char *sql, struct stmt **out)
{
    uint64_t hash = sql_hash(sql);
    struct stmt *s = stmt_place(db, sql, hash);

    s->used = ++db->uses;
    *out = s;
    if (s->handle != NULL)
        return ST_OK;
    s->hash = hash;
    s->afresh = strstr(sql, DB_AFRESH) != NULL;
    s->sql = strdup(sql);
    s->handle = mysql_stmt_init(db->my);
    if (s->sql == NULL || s->handle == NULL) {
        stmt_forget(s);
        return ST_BROKEN;
    }
    if (mysql_stmt_prepare(s->handle, sql, strlen(sql)) != 0)
        return stmt_failed(db, s, db->tx.depth > 0 ? DB_INSIDE : DB_HARMLESS);
    return ST_OK;
}

static void bind_wall(MYSQL_TIME *t, struct db_wall w,
                      enum enum_mysql_timestamp_type type)
{
    *t = (MYSQL_TIME){.year = (unsigned)w.year,
                      .month = (unsigned)w.month,
                      .day = (unsigned)w.day,
                      .hour = (unsigned)w.hour,
                      .minute = (unsigned)w.minute,
                      .second = (unsigned)w.second,
                      .second_part = (unsigned long)w.us,
                      .time_type = type};
}

static void bind_one(MYSQL_BIND *b, MYSQL_TIME *t, const struct db_arg *a)
{
    static const enum enum_field_types types[] = {
        [DB_KIND_NULL] = MYSQL_TYPE_NULL,     [DB_KIND_INT] = MYSQL_TYPE_LONGLONG,
        [DB_KIND_TEXT] = MYSQL_TYPE_STRING,   [DB_KIND_BYTES] = MYSQL_TYPE_BLOB,
        [DB_KIND_TIME] = MYSQL_TYPE_DATETIME, [DB_KIND_DATE] = MYSQL_TYPE_DATE};

    *b = (MYSQL_BIND){.buffer_type = types[a->kind]};
    b->buffer = (void *)a->bytes;
    b->buffer_length = a->n;
    if (a->kind == DB_KIND_INT)
        b->buffer = (void *)&a->number;
    if (a->kind == DB_KIND_TIME)
        bind_wall(t, db_wall(a->number), MYSQL_TIMESTAMP_DATETIME);
    if (a->kind == DB_KIND_DATE)
        bind_wall(t, db_wall(a->number * DAY), MYSQL_TIMESTAMP_DATE);
    if (a->kind == DB_KIND_TIME || a->kind == DB_KIND_DATE)
        b->buffer = t;
    if (a->kind == DB_KIND_BYTES && a->bytes == NULL)
        b->buffer = (void *)"";
}

static bool binds_grow(struct db *db, size_t n)
{
    MYSQL_BIND *b;
    MYSQL_TIME *t;

    if (n <= db->cap_binds)
        return true;
    b = realloc(db->binds, n * sizeof *b);
    db->binds = b != NULL ? b : db->binds;
    t = realloc(db->times, n * sizeof *t);
    db->times = t != NULL ? t : db->times;
    if (b == NULL || t == NULL)
        return false;
    db->cap_binds = n;
    return true;
}

static enum status stmt_run(struct db *db, struct stmt *s, const struct db_arg *args,
                            size_t n, enum db_where where)
{
    if (mysql_stmt_param_count(s->handle) != n || !binds_grow(db, n)) {
        log_error("db.values", LOG_INT("given", (int64_t)n), LOG_TEXT("sql", s->sql));
        return ST_BROKEN;
    }
    for (size_t i = 0; i < n; i++)
        bind_one(&db->binds[i], &db->times[i], &args[i]);
    if (n > 0 && mysql_stmt_bind_param(s->handle, db->binds) != 0)
        return stmt_failed(db, s, where);
    if (mysql_stmt_execute(s->handle) != 0)
        return stmt_failed(db, s, where);
    /* All rows at once: the connection is free again, whatever becomes of them. */
    if (mysql_stmt_field_count(s->handle) > 0 &&
        mysql_stmt_store_result(s->handle) != 0)
        return stmt_failed(db, s, where);
    return ST_OK;
}

/* Outside a transaction a statement is one of its own, and is repeated as db_tx would.
 */
static enum status run(struct db *db, const char *sql, const struct db_arg *args,
                       size_t n, enum db_where where, struct stmt **out)
{
    bool alone = db->tx.depth == 0;
    enum status st = ST_AGAIN;

    if (db->tx.doom != ST_OK)
        return db->tx.doom;
    for (int i = 0; st == ST_AGAIN && i < (alone ? DB_TRIES : 1); i++) {
        if (i > 0)
            db_pause(i);
        st = ready(db);
        if (st == ST_OK && !alone && where == DB_ALONE)
            st = db_tx_writing(db);
        if (st == ST_OK)
            st = stmt_get(db, sql, out);
        if (st == ST_OK)
            st = stmt_run(db, *out, args, n, alone ? where : DB_INSIDE);
    }
    return st;
}

enum status db_exec_args(struct db *db, int64_t *changed, const char *sql,
                         const struct db_arg *args, size_t n)
{
    struct stmt *s = NULL;
    enum status st = run(db, sql, args, n, DB_ALONE, &s);

    if (st != ST_OK)
        return st;
    if (changed != NULL)
        *changed = (int64_t)mysql_stmt_affected_rows(s->handle);
    db->last_id = (int64_t)mysql_stmt_insert_id(s->handle);
    if (mysql_stmt_field_count(s->handle) > 0)
        mysql_stmt_free_result(s->handle);
    return ST_OK;
}

int64_t db_last_id(const struct db *db)
{
    return db->last_id;
}

/* ---- reading -------------------------------------------------------------------- */

enum status db_select_args(struct db *db, const char *sql, const struct db_arg *args,
                           size_t n)
{
    struct stmt *s = NULL;
    enum status st = run(db, sql, args, n, DB_HARMLESS, &s);

    return st != ST_OK ? st : db_rows_begin(&db->rows, s->handle);
}

enum status db_one_args(struct db *db, const char *sql, const struct db_arg *args,
                        size_t n)
{
    enum status st = db_select_args(db, sql, args, n);

    if (st == ST_OK && mysql_stmt_num_rows(db->rows.open) > 1) {
        log_error("db.many", LOG_TEXT("sql", sql));
        db_rows_end(&db->rows);
        return ST_BROKEN;
    }
    return st == ST_OK ? db_next(db) : st;
}

/* ---- scripts -------------------------------------------------------------------- */

enum status db_script(struct db *db, const char *sql, size_t n, const char **why)
{
    enum status st = ready(db);
    int done = 0, more = 0;

    *why = "the database cannot be reached";
    if (st != ST_OK)
        return st;
    if (mysql_set_server_option(db->my, MYSQL_OPTION_MULTI_STATEMENTS_ON) != 0 ||
        mysql_real_query(db->my, sql, n) != 0)
        more = 1;
    while (more == 0) {
        MYSQL_RES *res = mysql_store_result(db->my);

        if (res != NULL)
            mysql_free_result(res);
        done++;
        more = mysql_next_result(db->my);
    }
    if (more > 0) {
        snprintf(db->why, sizeof db->why, "statement %d: error %u: %s", done + 1,
                 mysql_errno(db->my), mysql_error(db->my));
        *why = db->why;
        st = my_failed(db, "script", DB_ALONE);
    }
    if (db->my != NULL &&
        mysql_set_server_option(db->my, MYSQL_OPTION_MULTI_STATEMENTS_OFF) != 0)
        db_drop(db);
    return st;
}
