/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What customers tell of themselves: the name, the phone, and how far they have got.
 * The birthday is in customer_birthday.c. */
#include "core/audit.h"
#include "core/loyalty/customer.h"
#include "core/loyalty/customer_word.h"
#include "core/loyalty/identity.h"
#include "core/loyalty/phone.h"

#include <stdio.h>
#include <string.h>

/* One change of one field, its values hashed. An empty text is none. */
static enum status note(struct db *db, int64_t now, const struct customer_change *who,
                        const char *action, struct audit_field field)
{
    if (field.was != NULL && field.was[0] == '\0')
        field.was = NULL;
    if (field.is != NULL && field.is[0] == '\0')
        field.is = NULL;
    return audit_add(db, now,
                     &(struct audit_entry){
                         .actor = who->staff_id != 0 ? ACTOR_STAFF : ACTOR_CUSTOMER,
                         .actor_id = who->staff_id != 0 ? who->staff_id : who->id,
                         .action = action,
                         .entity_id = who->id,
                         .fields = &field,
                         .n_fields = 1});
}

enum status customer_name_set(struct db *db, int64_t now, int64_t id, const char *name)
{
    return customer_name_change(db, now,
                                &(struct customer_change){.id = id, .text = name});
}

enum status customer_name_change(struct db *db, int64_t now,
                                 const struct customer_change *change)
{
    const char *name = change->text;
    int64_t id = change->id;
    struct customer c;
    enum status st = customer_load(db, id, &c);

    if (st == ST_OK && strcmp(c.name, name) == 0)
        st = ST_NONE;
    if (st == ST_OK)
        st = db_exec(db, NULL, "UPDATE customer SET name = ? WHERE id = ?",
                     DB_TEXT(name), DB_INT(id));
    if (st == ST_OK)
        st = customer_words_keep(db, id);
    if (st == ST_OK)
        st = note(db, now, change, "customer.name",
                  (struct audit_field){"name", c.name, name});
    return st;
}

/* ---- the phone ------------------------------------------------------------------ */

/* Gifts that were given before the phone was told count for it, too. The year ends the
 * key of a gift. */
static enum status claim_gifts(struct db *db, int64_t id,
                               const uint8_t hash[SHA256_BYTES])
{
    int64_t person;
    char like[40];
    enum status st = identity_person(db, id, &person);

    if (st != ST_OK)
        return st;
    snprintf(like, sizeof like, "bday:%lld:%%", (long long)person);
    return db_exec(db, NULL,
                   "INSERT IGNORE INTO gift_phone (phone_hash, year, customer_id)"
                   " SELECT ?, CAST(SUBSTRING_INDEX(issue_key, ':', -1) AS SIGNED), ?"
                   " FROM discount WHERE issue_key LIKE ?",
                   DB_BYTES(hash, SHA256_BYTES), DB_INT(person), DB_TEXT(like));
}

static enum status note_shared(struct db *db, int64_t now, int64_t id)
{
    return audit_add(db, now,
                     &(struct audit_entry){.actor = ACTOR_SYSTEM,
                                           .action = "customer.phone_shared",
                                           .entity_id = id});
}

/* Is there another one with that phone? Both are marked, for the owner to see. */
static enum status mark_shared(struct db *db, int64_t now, int64_t id,
                               const uint8_t hash[SHA256_BYTES], bool *shared)
{
    int64_t changed = 0;
    enum status st =
        db_one(db,
               "SELECT id FROM customer WHERE phone_hash = ? AND id <> ?"
               " AND phone IS NOT NULL AND status <> 3 ORDER BY id LIMIT 1",
               DB_BYTES(hash, SHA256_BYTES), DB_INT(id));

    *shared = st == ST_OK;
    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    st = db_exec(db, &changed,
                 "UPDATE customer SET phone_shared = 1 WHERE phone_hash = ?"
                 " AND phone IS NOT NULL AND status <> 3 AND phone_shared = 0",
                 DB_BYTES(hash, SHA256_BYTES));
    return st == ST_OK && changed > 0 ? note_shared(db, now, id) : st;
}

static enum status phone_give(struct db *db, int64_t now, const struct customer *was,
                              const char *phone, bool *shared)
{
    uint8_t hash[SHA256_BYTES];
    enum status st = phone_hash(db, phone, hash);

    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "UPDATE customer SET phone = ?, phone_hash = ?, phone_at = ?,"
                     " phone_shared = 0 WHERE id = ?",
                     DB_TEXT(phone), DB_BYTES(hash, sizeof hash), DB_TIME(now),
                     DB_INT(was->id));
    if (st == ST_OK)
        st = claim_gifts(db, was->id, hash);
    return st == ST_OK ? mark_shared(db, now, was->id, hash, shared) : st;
}

/* The hash stays: whoever takes the phone away and brings it back had the gift. */
static enum status phone_take(struct db *db, int64_t id)
{
    return db_exec(db, NULL,
                   "UPDATE customer SET phone = NULL, phone_at = NULL, phone_shared = 0"
                   " WHERE id = ?",
                   DB_INT(id));
}

enum status customer_phone_set(struct db *db, int64_t now, int64_t id,
                               const char *phone, bool *shared)
{
    return customer_phone_change(
        db, now, &(struct customer_change){.id = id, .text = phone}, shared);
}

enum status customer_phone_change(struct db *db, int64_t now,
                                  const struct customer_change *change, bool *shared)
{
    const char *phone = change->text;
    int64_t id = change->id;
    struct customer c;
    enum status st = customer_load(db, id, &c);

    *shared = st == ST_OK && c.phone_shared;
    if (st == ST_OK && strcmp(c.phone, phone) == 0)
        return ST_NONE;
    if (st == ST_OK)
        st = phone[0] != '\0' ? phone_give(db, now, &c, phone, shared)
                              : phone_take(db, id);
    if (st == ST_OK)
        st = note(db, now, change, "customer.phone",
                  (struct audit_field){"phone", c.phone, phone});
    return st;
}

/* ---- the language --------------------------------------------------------------- */

enum status customer_language(struct db *db, int64_t now, int64_t id,
                              const char *language)
{
    return customer_language_change(
        db, now, &(struct customer_change){.id = id, .text = language});
}

enum status customer_language_change(struct db *db, int64_t now,
                                     const struct customer_change *change)
{
    int64_t changed;
    enum status st;

    if (strcmp(change->text, "ru") != 0 && strcmp(change->text, "en") != 0)
        return ST_BAD;
    st = db_exec(db, &changed, "UPDATE customer SET language = ? WHERE id = ?",
                 DB_TEXT(change->text), DB_INT(change->id));
    if (st == ST_OK && changed > 0)
        st = note(db, now, change, "customer.language",
                  (struct audit_field){"language", NULL, NULL});
    return st;
}

/* ---- the walk ------------------------------------------------------------------- */

enum status customer_profile_keep(struct db *db, int64_t id, const struct profile *p)
{
    return db_exec(db, NULL,
                   "UPDATE customer SET profile_step = ?, profile_alone = ?,"
                   " profile_keys = ?, profile_at = ? WHERE id = ?",
                   DB_INT(p->step), DB_INT(p->alone), DB_INT(p->keys),
                   DB_TIME_OR_NULL(p->at), DB_INT(id));
}
