/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/customer.h"

#include "core/audit.h"
#include "core/base/buf.h"
#include "core/base/utf.h"
#include "core/loyalty/customer_row.h"
#include "core/loyalty/customer_word.h"
#include "core/loyalty/identity.h"
#include "core/stat.h"

#include <stdio.h>
#include <string.h>

void customer_read(const struct db *db, int col, struct customer *out)
{
    *out = (struct customer){
        .id = db_int(db, col),
        .channel = (enum channel)db_int(db, col + 1),
        .external_id = db_int(db, col + 2),
        .status = (enum customer_status)db_int(db, col + 8),
        .subscribed = db_int(db, col + 9) != 0,
        .pd_ok = db_int(db, col + 10) != 0,
        .marketing_ok = db_int(db, col + 11) != 0,
        .subscribed_at = db_time(db, col + 12),
        .has_birth = !db_is_null(db, col + 13),
        .birth_set_at = db_time(db, col + 14),
        .birth_changed_at = db_time(db, col + 15),
        .last_seen = db_time(db, col + 16),
        .created_at = db_time(db, col + 17),
        .marketing_rare = db_int(db, col + 25) != 0,
        .phone_shared = db_int(db, col + 20) != 0,
        .profile = {.step = (enum profile_step)db_int(db, col + 21),
                    .alone = db_int(db, col + 22) != 0,
                    .keys = db_int(db, col + 23) != 0,
                    .at = db_time(db, col + 24)},
    };
    snprintf(out->first_name, sizeof out->first_name, "%s", db_text(db, col + 3, NULL));
    snprintf(out->last_name, sizeof out->last_name, "%s", db_text(db, col + 4, NULL));
    snprintf(out->username, sizeof out->username, "%s", db_text(db, col + 5, NULL));
    snprintf(out->language, sizeof out->language, "%s", db_text(db, col + 6, NULL));
    snprintf(out->source, sizeof out->source, "%s", db_text(db, col + 7, NULL));
    snprintf(out->name, sizeof out->name, "%s", db_text(db, col + 18, NULL));
    if (!db_is_null(db, col + 19))
        snprintf(out->phone, sizeof out->phone, "%s", db_text(db, col + 19, NULL));
    if (out->has_birth)
        out->birth = cal_date(db_day(db, col + 13));
}

enum status customer_find(struct db *db, enum channel channel, int64_t external_id,
                          struct customer *out)
{
    enum status st =
        db_one(db,
               "SELECT " CUSTOMER_COLUMNS " FROM customer c WHERE c.channel = ?"
               " AND c.external_id = ?",
               DB_INT(channel), DB_INT(external_id));

    if (st == ST_OK)
        customer_read(db, 0, out);
    return st;
}

enum status customer_load(struct db *db, int64_t id, struct customer *out)
{
    enum status st = db_one(
        db, "SELECT " CUSTOMER_COLUMNS " FROM customer c WHERE c.id = ?", DB_INT(id));

    if (st == ST_OK)
        customer_read(db, 0, out);
    return st;
}

/* ---- meeting -------------------------------------------------------------------- */

/* What we would keep of a contact: cleaned, cut, never NULL. */
struct kept {
    struct buf first, last, username, source;
};

static void kept_free(struct kept *k)
{
    buf_free(&k->first);
    buf_free(&k->last);
    buf_free(&k->username);
    buf_free(&k->source);
}

static bool kept_make(struct kept *k, const struct contact *c)
{
    const char *username = c->username != NULL ? c->username : "";
    const char *source = c->source != NULL ? c->source : "";

    *k = (struct kept){0};
    if (c->first_name != NULL)
        utf_add_name(&k->first, c->first_name, c->first_n, CONTACT_NAME_MAX);
    if (c->last_name != NULL)
        utf_add_name(&k->last, c->last_name, c->last_n, CONTACT_NAME_MAX);
    utf_add_name(&k->username, username, strlen(username), CUSTOMER_USERNAME_BYTES - 1);
    utf_add_name(&k->source, source, strlen(source), CUSTOMER_SOURCE_BYTES - 1);
    return !(k->first.failed || k->last.failed || k->username.failed ||
             k->source.failed);
}

static const char *text_or_empty(const struct buf *b)
{
    return b->s != NULL ? b->s : "";
}

static const char *language_of(const char *s)
{
    return s != NULL && strcmp(s, "en") == 0 ? "en" : "ru";
}

static enum status customer_insert(struct db *db, int64_t now, const struct contact *c,
                                   const struct kept *k)
{
    int64_t person = 0;
    enum status st = identity_was(db, c->channel, c->external_id, &person);

    if (st != ST_OK && st != ST_NONE)
        return st;
    st =
        db_exec(db, NULL,
                "INSERT INTO customer (channel, external_id, first_name, last_name,"
                " username, language, source, status, reach_update_id, last_seen_at,"
                " created_at, person_id) VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?)",
                DB_INT(c->channel), DB_INT(c->external_id),
                DB_TEXT(text_or_empty(&k->first)), DB_TEXT(text_or_empty(&k->last)),
                DB_TEXT(text_or_empty(&k->username)), DB_TEXT(language_of(c->language)),
                DB_TEXT(text_or_empty(&k->source)), DB_INT(c->update_id), DB_TIME(now),
                DB_TIME(now), DB_INT_OR_NULL(person != 0, person));

    if (st != ST_OK)
        return st;
    person = db_last_id(db);
    st = audit_add(db, now,
                   &(struct audit_entry){.actor = ACTOR_CUSTOMER,
                                         .actor_id = person,
                                         .action = "customer.meet",
                                         .entity_id = person});
    if (st == ST_OK)
        st = stat_leave_out_staff(db, now, c->channel, c->external_id);
    if (st == ST_OK)
        st = stat_leave_out_again(db, now, person);
    return st == ST_OK ? customer_words_keep(db, person) : st;
}

static enum status customer_refresh(struct db *db, int64_t now, int64_t id,
                                    const struct contact *c, const struct kept *k)
{
    /* Writing to us proves that we are not blocked, unless the block is newer. */
    return db_exec(db, NULL,
                   "UPDATE customer SET first_name = ?, last_name = ?, username = ?,"
                   " source = IF(source = '', ?, source), last_seen_at = ?,"
                   " status = IF(status = 2 AND ? > reach_update_id, 1, status),"
                   " reach_update_id = GREATEST(reach_update_id, ?)"
                   " WHERE id = ? AND external_id = ?",
                   DB_TEXT(text_or_empty(&k->first)), DB_TEXT(text_or_empty(&k->last)),
                   DB_TEXT(text_or_empty(&k->username)),
                   DB_TEXT(text_or_empty(&k->source)), DB_TIME(now),
                   DB_INT(c->update_id), DB_INT(c->update_id), DB_INT(id),
                   DB_INT(c->external_id));
}

static bool called_anew(const struct customer *was, const struct kept *k)
{
    return strcmp(was->first_name, text_or_empty(&k->first)) != 0 ||
           strcmp(was->last_name, text_or_empty(&k->last)) != 0 ||
           strcmp(was->username, text_or_empty(&k->username)) != 0;
}

enum status customer_meet(struct db *db, int64_t now, const struct contact *c,
                          struct customer *out)
{
    struct kept kept;
    bool fresh = false;
    enum status st;

    if (c->external_id <= 0)
        return ST_REFUSED;
    if (!kept_make(&kept, c)) {
        kept_free(&kept);
        return ST_BROKEN;
    }
    st = customer_find(db, c->channel, c->external_id, out);
    if (st == ST_NONE) {
        st = customer_insert(db, now, c, &kept);
        fresh = st == ST_OK;
        if (st == ST_TAKEN)
            st = ST_AGAIN; /* made this very moment: begin again and refresh it */
    } else if (st == ST_OK)
        st = customer_refresh(db, now, out->id, c, &kept);
    if (st == ST_OK && !fresh && called_anew(out, &kept))
        st = customer_words_keep(db, out->id);
    kept_free(&kept);
    if (st == ST_OK)
        st = customer_find(db, c->channel, c->external_id, out);
    if (st == ST_NONE)
        st = ST_AGAIN; /* erased, or moved to another account, this very moment */
    if (st == ST_OK)
        out->fresh = fresh;
    return st;
}

/* ---- small changes -------------------------------------------------------------- */

static enum status customer_note(struct db *db, int64_t now, int64_t id,
                                 const char *action, enum actor actor)
{
    return audit_add(db, now,
                     &(struct audit_entry){.actor = actor,
                                           .actor_id = actor == ACTOR_CUSTOMER ? id : 0,
                                           .action = action,
                                           .entity_id = id});
}

enum status customer_unreachable(struct db *db, int64_t now, int64_t id,
                                 int64_t update_id)
{
    int64_t changed;
    enum status st =
        db_exec(db, &changed,
                "UPDATE customer SET status = 2, marketing_ok = 0,"
                " marketing_update_id = GREATEST(marketing_update_id, ?),"
                " reach_update_id = GREATEST(reach_update_id, ?)"
                " WHERE id = ? AND status <> 3 AND (? = 0 OR ? > reach_update_id)",
                DB_INT(update_id), DB_INT(update_id), DB_INT(id), DB_INT(update_id),
                DB_INT(update_id));

    if (st == ST_OK && changed == 0)
        st = ST_NONE;
    if (st == ST_OK)
        st = customer_note(db, now, id, "customer.unreachable", ACTOR_SYSTEM);
    return st;
}

enum status customer_reachable(struct db *db, int64_t now, int64_t id,
                               int64_t update_id)
{
    int64_t changed;
    enum status st = db_exec(db, &changed,
                             "UPDATE customer SET status = 1, reach_update_id = ?"
                             " WHERE id = ? AND status <> 3 AND ? > reach_update_id",
                             DB_INT(update_id), DB_INT(id), DB_INT(update_id));

    if (st == ST_OK && changed == 0)
        st = ST_NONE;
    if (st == ST_OK)
        st = customer_note(db, now, id, "customer.reachable", ACTOR_SYSTEM);
    return st;
}

enum status customer_subscribed(struct db *db, int64_t now, int64_t id, bool subscribed)
{
    int64_t changed;
    enum status st =
        db_exec(db, &changed,
                "UPDATE customer SET subscribed = ?, subscribed_at = ?"
                " WHERE id = ? AND subscribed <> ?",
                DB_INT(subscribed), DB_TIME(now), DB_INT(id), DB_INT(subscribed));

    if (st == ST_OK && changed == 0)
        st = ST_NONE;
    if (st == ST_OK)
        st = customer_note(db, now, id,
                           subscribed ? "customer.subscribe" : "customer.unsubscribe",
                           ACTOR_SYSTEM);
    return st;
}

void customer_short_name(const char *first, const char *last,
                         char out[CONTACT_NAME_BYTES + 8])
{
    const char *gap = *last ? NULL : strchr(first, ' ');
    size_t initial;

    /* "Мария Кузнецова" in one piece is as much as in two. */
    if (gap != NULL)
        last = gap + 1;
    initial = utf_char_len(last, strlen(last));
    if (initial > 0)
        snprintf(out, CONTACT_NAME_BYTES + 8, "%.*s%s%.*s.",
                 gap != NULL ? (int)(gap - first) : (int)strlen(first), first,
                 *first ? " " : "", (int)initial, last);
    else
        snprintf(out, CONTACT_NAME_BYTES + 8, "%s", first);
}
