/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/support.h"

#include "core/audit.h"
#include "core/base/utf.h"
#include "core/loyalty/customer.h"

#include <stdio.h>
#include <string.h>

#define COLUMNS                                                                        \
    "t.id, t.customer_id, t.redemption_id, t.closed_at,"                               \
    " IF(c.name <> '', c.name, c.first_name), c.language,"                             \
    " b.customer_id"
#define TABLES                                                                         \
    " FROM support_thread t JOIN customer c ON c.id = t.customer_id"                   \
    " LEFT JOIN support_block b ON b.customer_id = t.customer_id"

static enum status take(const struct db *db, enum status st, struct support_thread *out)
{
    if (st != ST_OK)
        return st;
    *out = (struct support_thread){.id = db_int(db, 0),
                                   .customer_id = db_int(db, 1),
                                   .redemption_id = db_int(db, 2),
                                   .open = db_is_null(db, 3),
                                   .blocked = !db_is_null(db, 6)};
    snprintf(out->name, sizeof out->name, "%s", db_text(db, 4, NULL));
    snprintf(out->language, sizeof out->language, "%s", db_text(db, 5, NULL));
    return ST_OK;
}

enum status support_load(struct db *db, int64_t id, struct support_thread *out)
{
    return take(db, db_one(db, "SELECT " COLUMNS TABLES " WHERE t.id = ?", DB_INT(id)),
                out);
}

static enum status open_of(struct db *db, int64_t customer_id,
                           struct support_thread *out)
{
    return take(db,
                db_one(db, "SELECT " COLUMNS TABLES " WHERE t.open_one = ?",
                       DB_INT(customer_id)),
                out);
}

/* ---- writing -------------------------------------------------------------------- */

static bool said(const struct support_words *w)
{
    size_t at = 0, n = 0, len;

    for (; at < w->n && n <= SUPPORT_WORDS_MAX; n++) {
        len = utf_char_len(w->words + at, w->n - at);
        at += len > 0 ? len : 1;
    }
    return n <= SUPPORT_WORDS_MAX && (n > 0 || w->photo);
}

/* The row stays theirs until we are through: an erasure waits. most: who has stopped the
 * bot may write (they came back), but is not reached. */
static enum status may(struct db *db, int64_t customer_id, enum customer_status most)
{
    enum status st = db_one(db,
                            "SELECT pd_ok, status FROM customer WHERE id = ?"
                            " FOR UPDATE",
                            DB_INT(customer_id));

    if (st == ST_NONE)
        return ST_REFUSED;
    if (st == ST_OK && (db_int(db, 0) == 0 || db_int(db, 1) > (int)most))
        return ST_REFUSED;
    return st;
}

static enum status is_blocked(struct db *db, int64_t customer_id)
{
    enum status st = db_one(db, "SELECT 1 FROM support_block WHERE customer_id = ?",
                            DB_INT(customer_id));

    return st == ST_OK ? ST_REFUSED : st == ST_NONE ? ST_OK : st;
}

/* What the newest words are about is what staff have to look at. */
static enum status about(struct db *db, int64_t redemption_id,
                         struct support_thread *out)
{
    if (redemption_id == 0 || redemption_id == out->redemption_id)
        return ST_OK;
    out->redemption_id = redemption_id;
    return db_exec(db, NULL, "UPDATE support_thread SET redemption_id = ? WHERE id = ?",
                   DB_INT(redemption_id), DB_INT(out->id));
}

static enum status thread_open(struct db *db, int64_t now,
                               const struct support_words *w,
                               struct support_thread *out)
{
    enum status st = open_of(db, w->customer_id, out);

    if (st != ST_NONE)
        return st == ST_OK ? about(db, w->redemption_id, out) : st;
    st = db_exec(db, NULL,
                 "INSERT INTO support_thread (customer_id, redemption_id, opened_at,"
                 " last_at) VALUES (?, ?, ?, ?)",
                 DB_INT(w->customer_id),
                 DB_INT_OR_NULL(w->redemption_id != 0, w->redemption_id), DB_TIME(now),
                 DB_TIME(now));
    if (st != ST_OK)
        return st == ST_TAKEN ? ST_AGAIN : st;
    return support_load(db, db_last_id(db), out);
}

static enum status line_add(struct db *db, int64_t now, const struct support_thread *t,
                            int64_t staff_id, const struct support_words *w)
{
    enum status st = db_exec(
        db, NULL,
        "INSERT INTO support_line (thread_id, customer_id, staff_id, photo, words, at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        DB_INT(t->id), DB_INT(t->customer_id), DB_INT_OR_NULL(staff_id != 0, staff_id),
        DB_INT(w->photo), DB_TEXT_N(w->n > 0 ? w->words : "", w->n), DB_TIME(now));

    if (st == ST_OK)
        st = db_exec(db, NULL, "UPDATE support_thread SET last_at = ? WHERE id = ?",
                     DB_TIME(now), DB_INT(t->id));
    return st;
}

enum status support_write(struct db *db, int64_t now, const struct support_words *w,
                          struct support_thread *out)
{
    enum status st = said(w) ? may(db, w->customer_id, CUSTOMER_BLOCKED) : ST_BAD;

    if (st == ST_OK)
        st = is_blocked(db, w->customer_id);
    if (st == ST_OK)
        st = thread_open(db, now, w, out);
    return st == ST_OK ? line_add(db, now, out, 0, w) : st;
}

/* Another one may have been opened since: then they have two sides of one talk, and the
 * answer goes where the question was asked. */
static enum status reopen(struct db *db, const struct support_thread *t)
{
    struct support_thread other;
    enum status st = t->open ? ST_OK : open_of(db, t->customer_id, &other);

    if (st != ST_NONE)
        return st;
    return db_exec(db, NULL,
                   "UPDATE support_thread SET closed_at = NULL, closed_by = NULL"
                   " WHERE id = ?",
                   DB_INT(t->id));
}

enum status support_answer(struct db *db, int64_t now, int64_t thread_id,
                           int64_t staff_id, const struct support_words *w,
                           struct support_thread *out)
{
    enum status st = said(w) ? support_load(db, thread_id, out) : ST_BAD;

    if (st == ST_OK)
        st = may(db, out->customer_id, CUSTOMER_ACTIVE);
    if (st == ST_OK)
        st = reopen(db, out);
    return st == ST_OK ? line_add(db, now, out, staff_id, w) : st;
}

/* ---- closing, blocking ---------------------------------------------------------- */

static enum status note(struct db *db, int64_t now, const char *action, int64_t entity,
                        int64_t staff_id)
{
    return audit_add(db, now,
                     &(struct audit_entry){.actor = ACTOR_STAFF,
                                           .actor_id = staff_id,
                                           .action = action,
                                           .entity_id = entity});
}

enum status support_close(struct db *db, int64_t now, int64_t thread_id,
                          int64_t staff_id)
{
    int64_t changed;
    enum status st = db_exec(db, &changed,
                             "UPDATE support_thread SET closed_at = ?, closed_by = ?"
                             " WHERE id = ? AND closed_at IS NULL",
                             DB_TIME(now), DB_INT(staff_id), DB_INT(thread_id));

    if (st == ST_OK && changed == 0)
        return ST_NONE;
    return st == ST_OK ? note(db, now, "support.close", thread_id, staff_id) : st;
}

enum status support_block(struct db *db, int64_t now, int64_t customer_id,
                          int64_t staff_id, bool block)
{
    int64_t changed;
    enum status st =
        block ? db_exec(db, &changed,
                        "INSERT IGNORE INTO support_block (customer_id, staff_id, at)"
                        " VALUES (?, ?, ?)",
                        DB_INT(customer_id), DB_INT(staff_id), DB_TIME(now))
              : db_exec(db, &changed, "DELETE FROM support_block WHERE customer_id = ?",
                        DB_INT(customer_id));

    if (st == ST_OK && changed == 0)
        return ST_NONE;
    return st == ST_OK ? note(db, now, block ? "support.block" : "support.unblock",
                              customer_id, staff_id)
                       : st;
}

/* ---- where a reply belongs ------------------------------------------------------- */

enum status support_tie(struct db *db, int64_t message, int64_t thread_id)
{
    return db_exec(db, NULL,
                   "INSERT INTO support_copy (message_id, thread_id) VALUES (?, ?)",
                   DB_INT(message), DB_INT(thread_id));
}

enum status support_find(struct db *db, enum message_sender sender, int64_t chat,
                         int64_t external_id, int64_t *thread_id)
{
    enum status st = db_one(db,
                            "SELECT s.thread_id FROM message m"
                            " JOIN support_copy s ON s.message_id = m.id"
                            " WHERE m.recipient = ? AND m.sender = ?"
                            " AND m.external_id = ? ORDER BY m.id DESC LIMIT 1",
                            DB_INT(chat), DB_INT(sender), DB_INT(external_id));

    if (st == ST_OK)
        *thread_id = db_int(db, 0);
    return st;
}

enum status support_count(struct db *db, int64_t customer_id, int64_t *n)
{
    enum status st =
        db_one(db, "SELECT COUNT(*) FROM support_line WHERE customer_id = ?",
               DB_INT(customer_id));

    *n = st == ST_OK ? db_int(db, 0) : 0;
    return st;
}

enum status support_forget(struct db *db, int64_t before, int limit, int *n)
{
    int64_t lines = 0, threads = 0;
    enum status st =
        db_exec(db, &lines, "DELETE FROM support_line WHERE at < ? LIMIT ?",
                DB_TIME(before), DB_INT(limit));

    if (st == ST_OK)
        st = db_exec(db, &threads,
                     "DELETE FROM support_thread WHERE last_at < ?"
                     " AND NOT EXISTS (SELECT 1 FROM support_line l"
                     " WHERE l.thread_id = support_thread.id) LIMIT ?",
                     DB_TIME(before), DB_INT(limit));
    *n = (int)(lines + threads);
    return st;
}
