/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "migrations/migrate.h"

#include "core/base/clock.h"
#include "core/base/secret.h"

#include <stdarg.h>
#include <string.h>

#define LOCK_WAIT_S 20  /* for another migrator to finish */
#define PATIENCE_S 7200 /* a statement over a big table takes its time */

enum state { ABSENT, STARTED, APPLIED, LEAVING };

struct record {
    enum state state;
    bool changed; /* its text is not the one that was applied */
};

#define KNOWN_MAX 512
struct ledger {
    struct record at[KNOWN_MAX];
    int last;      /* highest number applied or begun; 0: none */
    int unknown;   /* a number that this program has not; 0: none */
    char name[65]; /* its name */
    bool there;    /* table schema_migrations exists */
};

static _Thread_local char why_text[512];

static enum status refuse(const char **why, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static enum status refuse(const char **why, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(why_text, sizeof why_text, fmt, ap);
    va_end(ap);
    *why = why_text;
    return ST_REFUSED;
}

static void say(FILE *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void say(FILE *out, const char *fmt, ...)
{
    va_list ap;

    if (out == NULL)
        return;
    va_start(ap, fmt);
    vfprintf(out, fmt, ap);
    va_end(ap);
    fflush(out);
}

/* ---- what the database has ------------------------------------------------------ */

static void checksum(const struct migration *m, uint8_t out[SHA256_BYTES])
{
    uint8_t both[2 * SHA256_BYTES];

    secret_sha256(m->up, (size_t)(m->up_end - m->up), both);
    secret_sha256(m->down, (size_t)(m->down_end - m->down), both + SHA256_BYTES);
    secret_sha256(both, sizeof both, out);
}

static void ledger_add(struct ledger *l, const struct migrations *m, struct db *db)
{
    int number = (int)db_int(db, 0);
    const char *state = db_text(db, 2, NULL), *sum;
    uint8_t ours[SHA256_BYTES];
    struct record *r;
    size_t n;

    if (number < 1 || number > m->n) {
        l->unknown = number;
        snprintf(l->name, sizeof l->name, "%s", db_text(db, 1, NULL));
        return;
    }
    r = &l->at[number];
    r->state = strcmp(state, "applied") == 0   ? APPLIED
               : strcmp(state, "started") == 0 ? STARTED
                                               : LEAVING;
    checksum(&m->list[number - 1], ours);
    sum = db_text(db, 3, &n);
    r->changed = n != sizeof ours || memcmp(sum, ours, n) != 0;
    if (number > l->last)
        l->last = number;
}

static enum status ledger_read(struct db *db, const struct migrations *m,
                               struct ledger *l)
{
    enum status st;

    memset(l, 0, sizeof *l);
    if (m->n >= KNOWN_MAX)
        return ST_BROKEN;
    st = db_one(db, "SELECT COUNT(*) FROM information_schema.tables"
                    " WHERE table_schema = DATABASE()"
                    " AND table_name = 'schema_migrations'");
    if (st != ST_OK)
        return st;
    l->there = db_int(db, 0) == 1;
    if (!l->there)
        return ST_OK;
    st = db_select(db, "SELECT number, name, state, checksum FROM schema_migrations"
                       " ORDER BY number");
    while (st == ST_OK && (st = db_next(db)) == ST_OK)
        ledger_add(l, m, db);
    return st == ST_NONE ? ST_OK : st;
}

/* ---- is it sound? --------------------------------------------------------------- */

static enum status refuse_half(const struct migration *m, int number, enum state s,
                               const char **why)
{
    return refuse(
        why,
        "migration %s was %s and did not finish, so part of it may be in the "
        "database. Look what is there, finish it by hand or undo it by hand (or "
        "restore a backup), then run: dvorik migrate settle %d applied|absent",
        m->name, s == STARTED ? "begun" : "being taken back", number);
}

static enum status ledger_check(const struct ledger *l, const struct migrations *m,
                                const char **why)
{
    if (l->unknown != 0)
        return refuse(why,
                      "the database is newer than this program: it has migration %s. "
                      "Start the newer dvorik, or take the migration back with it: "
                      "dvorik migrate down 1",
                      l->name);
    for (int i = 1; i <= l->last; i++) {
        const struct migration *one = &m->list[i - 1];

        if (l->at[i].state == ABSENT)
            return refuse(why,
                          "migration %s is missing from the database although %s is "
                          "there. Restore a backup; see: dvorik migrate status",
                          one->name, m->list[l->last - 1].name);
        if (l->at[i].state != APPLIED)
            return refuse_half(one, i, l->at[i].state, why);
        if (l->at[i].changed)
            return refuse(
                why,
                "migration %s was changed after it was applied. Put its files "
                "back as they were, and the change into a new one: dvorik "
                "migrate new NAME",
                one->name);
    }
    return ST_OK;
}

static enum status open_ledger(struct db *db, const struct migrations *m,
                               struct ledger *l, const char **why)
{
    enum status st = ledger_read(db, m, l);

    *why = st == ST_DOWN ? "the database cannot be reached"
                         : "the table schema_migrations cannot be read";
    return st == ST_OK ? ledger_check(l, m, why) : st;
}

enum status migrate_check_list(struct db *db, const struct migrations *m,
                               const char **why)
{
    struct ledger l = {0};
    enum status st = open_ledger(db, m, &l, why);

    if (st == ST_OK && l.last < m->n)
        return refuse(why,
                      "the database is older than this program: it has %d of %d "
                      "migrations. Run: dvorik migrate up",
                      l.last, m->n);
    return st;
}

enum status migrate_check(struct db *db, const char **why)
{
    return migrate_check_list(db, &migrations_all, why);
}

/* ---- one at a time -------------------------------------------------------------- */

/* The lock's name is the server's, so the schema is in it. (MySQL 9 has no MD5.) */
#define LOCK_NAME "CONCAT('dvorik.', LEFT(SHA2(DATABASE(), 256), 40))"

static enum status lock(struct db *db, const char **why)
{
    enum status st;

    db_patience(db, PATIENCE_S);
    *why = "the database cannot be reached";
    st = db_one(db, "SELECT GET_LOCK(" LOCK_NAME ", ?)", DB_INT(LOCK_WAIT_S));
    if (st == ST_OK && db_int(db, 0) != 1)
        return refuse(why,
                      "another dvorik migrate is running; wait for it and try again");
    return st;
}

static void unlock(struct db *db)
{
    db_patience(db, 0); /* closes the connection, and the lock is its own */
}

/* The lock goes with its connection: a new one must not go on without it. */
static enum status still_locked(struct db *db, const char **why)
{
    enum status st = db_one(db, "SELECT IS_USED_LOCK(" LOCK_NAME ") = CONNECTION_ID()");

    *why = "the connection to the database was lost; run it again";
    return st == ST_OK && db_int(db, 0) != 1 ? ST_DOWN : st;
}

/* ---- up and down ---------------------------------------------------------------- */

static enum status table_make(struct db *db, const char **why)
{
    *why = "the table schema_migrations cannot be made";
    return db_exec(
        db, NULL,
        "CREATE TABLE IF NOT EXISTS schema_migrations ("
        " number INT NOT NULL,"
        " name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,"
        " checksum BINARY(32) NOT NULL,"
        " state ENUM ('started', 'applied', 'leaving')"
        " CHARACTER SET ascii COLLATE ascii_bin NOT NULL,"
        " at DATETIME(6) NOT NULL,"
        " PRIMARY KEY (number)"
        ") ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci");
}

static enum status set_state(struct db *db, int number, const char *state)
{
    return db_exec(db, NULL, "UPDATE schema_migrations SET state = ? WHERE number = ?",
                   DB_TEXT(state), DB_INT(number));
}

static enum status forget(struct db *db, int number)
{
    return db_exec(db, NULL, "DELETE FROM schema_migrations WHERE number = ?",
                   DB_INT(number));
}

static enum status run(struct db *db, const struct migration *m, bool up, FILE *out,
                       const char **why)
{
    const char *text = up ? m->up : m->down, *end = up ? m->up_end : m->down_end;
    enum status st = db_script(db, text, (size_t)(end - text), why);

    if (st == ST_OK)
        say(out, "%s %s\n", up ? "applied" : "took back", m->name);
    else
        return refuse(why,
                      "migration %s failed %s: %s. Look at it with: dvorik migrate "
                      "status",
                      m->name, up ? "on its way up" : "on its way down", *why);
    return st;
}

static enum status one_up(struct db *db, const struct migrations *m, int number,
                          int64_t now, FILE *out, const char **why)
{
    const struct migration *one = &m->list[number - 1];
    uint8_t sum[SHA256_BYTES];
    enum status st = still_locked(db, why);

    checksum(one, sum);
    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "INSERT INTO schema_migrations (number, name, checksum, state, at)"
                     " VALUES (?, ?, ?, 'started', ?)",
                     DB_INT(number), DB_TEXT(one->name), DB_BYTES(sum, sizeof sum),
                     DB_TIME(now));
    if (st == ST_OK)
        st = run(db, one, true, out, why);
    if (st == ST_OK)
        st = set_state(db, number, "applied");
    return st;
}

enum status migrate_up(struct db *db, const struct migrations *m, int64_t now,
                       FILE *out, const char **why)
{
    struct ledger l = {0};
    enum status st = lock(db, why);

    if (st == ST_OK)
        st = open_ledger(db, m, &l, why);
    if (st == ST_OK && !l.there)
        st = table_make(db, why);
    for (int i = l.last + 1; st == ST_OK && i <= m->n; i++)
        st = one_up(db, m, i, now, out, why);
    if (st == ST_OK && l.last == m->n)
        say(out, "nothing to do: %d of %d applied\n", l.last, m->n);
    unlock(db);
    return st;
}

static enum status one_down(struct db *db, const struct migrations *m, int number,
                            FILE *out, const char **why)
{
    enum status st = still_locked(db, why);

    if (st == ST_OK)
        st = set_state(db, number, "leaving");
    if (st == ST_OK)
        st = run(db, &m->list[number - 1], false, out, why);
    if (st == ST_OK)
        st = forget(db, number);
    return st;
}

enum status migrate_down(struct db *db, const struct migrations *m, int count,
                         FILE *out, const char **why)
{
    struct ledger l = {0};
    enum status st = lock(db, why);

    if (st == ST_OK)
        st = open_ledger(db, m, &l, why);
    for (int i = l.last; st == ST_OK && i > l.last - count && i > 0; i--)
        st = one_down(db, m, i, out, why);
    unlock(db);
    return st;
}

enum status migrate_settle(struct db *db, const struct migrations *m, int number,
                           bool applied, const char **why)
{
    struct ledger l = {0};
    enum status st = lock(db, why);

    *why = "the table schema_migrations cannot be read";
    if (st == ST_OK)
        st = ledger_read(db, m, &l);
    if (st == ST_OK && (number < 1 || number > m->n || l.at[number].state == ABSENT ||
                        l.at[number].state == APPLIED))
        st = refuse(why, "migration %d is not half done; see: dvorik migrate status",
                    number);
    if (st == ST_OK)
        st = applied ? set_state(db, number, "applied") : forget(db, number);
    unlock(db);
    return st;
}

enum status migrate_status(struct db *db, const struct migrations *m, FILE *out,
                           const char **why)
{
    static const char *const words[] = {[ABSENT] = "missing",
                                        [STARTED] = "BEGUN, NOT FINISHED",
                                        [APPLIED] = "applied",
                                        [LEAVING] = "LEAVING, NOT FINISHED"};
    struct ledger l = {0};
    enum status st = ledger_read(db, m, &l);

    *why = st == ST_DOWN ? "the database cannot be reached"
                         : "the table schema_migrations cannot be read";
    if (st != ST_OK)
        return st;
    for (int i = 1; i <= m->n; i++)
        say(out, "%-32s %s%s\n", m->list[i - 1].name, words[l.at[i].state],
            l.at[i].changed ? ", ITS TEXT CHANGED SINCE" : "");
    if (l.unknown != 0)
        say(out, "%-32s applied by a newer program\n", l.name);
    return migrate_check_list(db, m, why);
}
