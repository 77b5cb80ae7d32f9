/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/customer_edit.h"

#include "core/audit.h"
#include "core/loyalty/phone.h"

#include <stdlib.h>
#include <string.h>

enum status customer_lock(struct db *db, int64_t id)
{
    return db_one(db, "SELECT id FROM customer WHERE id = ? AND status <> 3 FOR UPDATE",
                  DB_INT(id));
}

static enum status refuse(struct edit_refusal *why, enum edit_fault fault)
{
    why->fault = fault;
    return ST_REFUSED;
}

static enum status done(enum status st)
{
    return st == ST_NONE ? ST_OK : st; /* it was so already */
}

static enum status note(struct db *db, int64_t now, const struct customer_edit *e,
                        const char *action, struct audit_field field)
{
    return audit_add(db, now,
                     &(struct audit_entry){.actor = ACTOR_STAFF,
                                           .actor_id = e->staff_id,
                                           .action = action,
                                           .entity_id = e->id,
                                           .fields = &field,
                                           .n_fields = 1});
}

/* ---- each field ------------------------------------------------------------------- */

static enum status edit_name(struct db *db, int64_t now, const struct customer_edit *e,
                             struct edit_refusal *why)
{
    struct customer_change change = {.id = e->id, .staff_id = e->staff_id, .text = ""};
    char name[CONTACT_NAME_BYTES];

    if (e->name == NULL)
        return ST_OK;
    if (*e->name != '\0') {
        if (name_read(e->name, strlen(e->name), name) != NAME_FINE)
            return refuse(why, EDIT_NAME);
        change.text = name;
    }
    return done(customer_name_change(db, now, &change));
}

static enum status edit_phone(struct db *db, int64_t now, const struct customer_edit *e,
                              struct edit_refusal *why)
{
    struct customer_change change = {.id = e->id, .staff_id = e->staff_id, .text = ""};
    char phone[PHONE_BYTES];
    bool shared;

    if (e->phone == NULL)
        return ST_OK;
    if (*e->phone != '\0') {
        if (phone_read(e->phone, strlen(e->phone), phone) != ST_OK)
            return refuse(why, EDIT_PHONE);
        change.text = phone;
    }
    return done(customer_phone_change(db, now, &change, &shared));
}

static enum status edit_birth(struct db *db, int64_t now, const struct customer_edit *e,
                              struct edit_refusal *why)
{
    struct birthday_entry entry = {.customer_id = e->id,
                                   .born = e->birth,
                                   .today = e->today,
                                   .staff_id = e->staff_id,
                                   .reason = e->birth_reason};
    enum status st;

    if (!e->by_birth)
        return ST_OK;
    if (e->drop_birth)
        return done(customer_birthday_drop(db, now, &entry));
    st = birthday_limits_load(db, &entry.limits);
    if (st == ST_OK)
        st = customer_birthday_set(db, now, &entry, &why->birth);
    if (st == ST_REFUSED && why->birth == BIRTHDAY_SAME)
        return ST_OK;
    return st == ST_REFUSED ? refuse(why, EDIT_BIRTH) : st;
}

static enum status edit_language(struct db *db, int64_t now,
                                 const struct customer_edit *e)
{
    if (e->language == NULL)
        return ST_OK;
    return customer_language_change(db, now,
                                    &(struct customer_change){.id = e->id,
                                                              .staff_id = e->staff_id,
                                                              .text = e->language});
}

static enum status edit_notes(struct db *db, int64_t now, const struct customer_edit *e)
{
    int64_t changed;
    enum status st;

    if (e->notes == NULL)
        return ST_OK;
    st = db_exec(db, &changed, "UPDATE customer SET notes = ? WHERE id = ?",
                 DB_TEXT(e->notes), DB_INT(e->id));
    return st == ST_OK && changed > 0 ? note(db, now, e, "customer.notes",
                                             (struct audit_field){"notes", NULL, NULL})
                                      : st;
}

static enum status edit_store(struct db *db, int64_t now, const struct customer_edit *e,
                              struct edit_refusal *why)
{
    int64_t changed;
    enum status st;

    if (!e->by_store)
        return ST_OK;
    st = db_exec(db, &changed, "UPDATE customer SET home_store_id = ? WHERE id = ?",
                 DB_INT_OR_NULL(e->store_id != 0, e->store_id), DB_INT(e->id));
    if (st == ST_REFUSED)
        return refuse(why, EDIT_STORE);
    return st == ST_OK && changed > 0
               ? note(db, now, e, "customer.home_store",
                      (struct audit_field){"home_store_id", NULL, NULL})
               : st;
}

enum status customer_bar(struct db *db, int64_t now, int64_t id, int64_t staff_id,
                         bool barred)
{
    int64_t changed;
    enum status st =
        db_exec(db, &changed,
                "UPDATE customer SET barred_at = IF(?, ?, NULL)"
                " WHERE id = ? AND status <> 3 AND (barred_at IS NULL) = ?",
                DB_INT(barred), DB_TIME(now), DB_INT(id), DB_INT(barred));

    if (st == ST_OK && changed == 0)
        return ST_NONE;
    if (st != ST_OK)
        return st;
    return note(db, now, &(struct customer_edit){.id = id, .staff_id = staff_id},
                barred ? "customer.block" : "customer.unblock",
                (struct audit_field){"barred_at", NULL, NULL});
}

/* ---- tags ------------------------------------------------------------------------- */

static bool is_among(const int64_t *ids, size_t n, int64_t id)
{
    for (size_t i = 0; i < n; i++)
        if (ids[i] == id)
            return true;
    return false;
}

static enum status take_others(struct db *db, int64_t now,
                               const struct customer_edit *e, const int64_t *keep)
{
    struct tag *had = NULL;
    enum status st;
    int n = 0;

    had = calloc(CUSTOMER_TAGS_MAX, sizeof *had);
    st = had == NULL ? ST_BROKEN : tag_list(db, e->id, had, &n);
    for (int i = 0; i < n && st == ST_OK; i++)
        if (!is_among(keep, e->tags_n, had[i].id))
            st = tag_take(db, now,
                          &(struct tag_act){.customer_id = e->id,
                                            .staff_id = e->staff_id,
                                            .tag_id = had[i].id});
    free(had);
    return st;
}

static enum status edit_tags(struct db *db, int64_t now, const struct customer_edit *e,
                             struct edit_refusal *why)
{
    int64_t keep[CUSTOMER_TAGS_MAX];
    struct tag tag;
    bool fresh;
    enum status st = ST_OK;

    if (!e->by_tags)
        return ST_OK;
    if (e->tags_n > CUSTOMER_TAGS_MAX)
        return refuse(why, EDIT_TAGS);
    for (size_t i = 0; i < e->tags_n && st == ST_OK; i++) {
        st = tag_make(db, now, e->tags[i], e->staff_id, &tag, &fresh);
        keep[i] = tag.id;
    }
    if (st == ST_BAD)
        return refuse(why, EDIT_TAGS);
    if (st == ST_OK)
        st = take_others(db, now, e, keep);
    for (size_t i = 0; i < e->tags_n && st == ST_OK; i++)
        st = done(tag_give(db, now,
                           &(struct tag_act){.customer_id = e->id,
                                             .staff_id = e->staff_id,
                                             .tag_id = keep[i]}));
    return st == ST_REFUSED ? refuse(why, EDIT_TAGS) : st;
}

enum status customer_edit(struct db *db, int64_t now, const struct customer_edit *e,
                          struct edit_refusal *why)
{
    enum status st;

    *why = (struct edit_refusal){0};
    st = edit_name(db, now, e, why);
    if (st == ST_OK)
        st = edit_phone(db, now, e, why);
    if (st == ST_OK)
        st = edit_birth(db, now, e, why);
    if (st == ST_OK)
        st = edit_language(db, now, e);
    if (st == ST_OK)
        st = edit_notes(db, now, e);
    if (st == ST_OK)
        st = edit_store(db, now, e, why);
    if (st == ST_OK && e->by_barred)
        st = done(customer_bar(db, now, e->id, e->staff_id, e->barred));
    return st == ST_OK ? edit_tags(db, now, e, why) : st;
}
