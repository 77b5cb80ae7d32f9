/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/letter.h"

#include "core/audit.h"
#include "core/io/queue.h"
#include "core/loyalty/discount_act.h"

#include <stdio.h>

#define FRAME 1024 /* of the message around it: keyboard, names */

bool letter_fits(const char *body)
{
    struct buf escaped = {0};
    bool fits;

    buf_add_html(&escaped, body);
    fits = !escaped.failed && escaped.len + FRAME <= MESSAGE_PAYLOAD_MAX;
    buf_free(&escaped);
    return fits;
}

enum status letter_write(struct db *db, int64_t now, const struct letter_spec *spec,
                         int64_t *id)
{
    enum status st =
        db_exec(db, NULL,
                "INSERT INTO letter (customer_id, staff_id, purpose, body, made_at)"
                " VALUES (?, ?, ?, ?, ?)",
                DB_INT_OR_NULL(spec->customer_id != 0, spec->customer_id),
                DB_INT(spec->staff_id), DB_INT(spec->purpose), DB_TEXT(spec->body),
                DB_TIME(now));

    *id = st == ST_OK ? db_last_id(db) : 0;
    if (st != ST_OK || spec->customer_id == 0)
        return st;
    return audit_add(db, now,
                     &(struct audit_entry){.actor = ACTOR_STAFF,
                                           .actor_id = spec->staff_id,
                                           .action = "customer.letter",
                                           .entity_id = spec->customer_id});
}

enum status letter_load(struct db *db, int64_t id, struct letter *out)
{
    enum status st =
        db_one(db,
               "SELECT id, COALESCE(customer_id, 0), staff_id, purpose, body"
               " FROM letter WHERE id = ?",
               DB_INT(id));
    const char *body;
    size_t n;

    *out = (struct letter){0};
    if (st != ST_OK)
        return st;
    out->id = db_int(db, 0);
    out->customer_id = db_int(db, 1);
    out->staff_id = db_int(db, 2);
    out->purpose = (enum message_purpose)db_int(db, 3);
    body = db_text(db, 4, &n);
    buf_add(&out->body, body, n);
    return out->body.failed ? ST_BROKEN : ST_OK;
}

void letter_free(struct letter *l)
{
    buf_free(&l->body);
}

enum status letter_may(struct db *db, int64_t now, int64_t customer_id,
                       enum message_purpose purpose, const char **why)
{
    return purpose == MESSAGE_MARKETING ? discount_word_may(db, now, customer_id, why)
                                        : message_skips(db, customer_id, purpose, why);
}

enum status letter_put(struct db *db, int64_t now, int64_t letter_id,
                       int64_t customer_id, bool of_many)
{
    struct job_spec spec = {.kind = KIND_CORE_LETTER_WRITTEN,
                            .key = customer_id,
                            .batch = of_many ? letter_id : 0};
    char idk[60];
    enum status st;

    snprintf(idk, sizeof idk, "l:%lld:%lld", (long long)letter_id,
             (long long)customer_id);
    spec.idk = idk;
    spec.args = json_new_object();
    json_set_int(spec.args, "l", letter_id);
    json_set_int(spec.args, "c", customer_id);
    st = job_put(db, now, &spec);
    return st == ST_TAKEN ? ST_OK : st;
}
