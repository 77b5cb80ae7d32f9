/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/broadcast/reword.h"

#include "core/base/clock.h"
#include "core/broadcast/move.h"
#include "core/broadcast/link.h"
#include "core/io/kind.h"
#include "core/io/queue.h"

#include <stdio.h>
#include <string.h>

#define IN_HAND (30 * SECOND) /* so long at most is a message under way */

static enum status opened(struct db *db, const struct broadcast_act *act,
                          struct broadcast *b)
{
    enum status st = broadcast_lock(db, act->id, b);

    if (st == ST_OK && act->version != 0 && act->version != b->version)
        st = ST_REFUSED;
    return st == ST_OK && b->started_at == 0 ? ST_TAKEN : st;
}

/* Somebody is in hand, or may be at any moment: they still get the old words. */
static enum status busy(struct db *db, const struct broadcast *b, bool *yes)
{
    enum status st = db_one(db,
                            "SELECT 1 FROM broadcast_recipient"
                            " FORCE INDEX (ix_broadcast_recipient_due)"
                            " WHERE broadcast_id = ? AND state = 2 LIMIT 1",
                            DB_INT(b->id));

    *yes = st == ST_OK || b->state == BROADCAST_SENDING;
    return st == ST_NONE ? ST_OK : st;
}

static enum status touched(struct db *db, int64_t now, const struct broadcast *b)
{
    return db_exec(db, NULL,
                   "UPDATE broadcast SET version = version + 1, updated_at = ?"
                   " WHERE id = ?",
                   DB_TIME(now), DB_INT(b->id));
}

/* Each with a key of its own: a second edit is another one. */
static enum status job_of(struct db *db, int64_t now, const struct broadcast *b,
                          int variant, const char *does)
{
    struct job_spec spec = {
        .kind = KIND_SEND_BROADCAST_EDIT, .key = b->id, .batch = b->id};
    int64_t no = b->version + 1;
    char idk[60];
    bool waits = false;
    enum status st = busy(db, b, &waits);

    if (st != ST_OK)
        return st;
    snprintf(idk, sizeof idk, "bc:%lld:%s:%lld", (long long)b->id, does, (long long)no);
    if (waits)
        spec.due = now + IN_HAND;
    spec.idk = idk;
    spec.args = json_new_object();
    json_set_int(spec.args, "b", b->id);
    json_set_int(spec.args, "n", no);
    json_set_int(spec.args, "v", variant);
    json_set_text(spec.args, "do", does);
    json_set_int(spec.args, "after", 0);
    st = job_put(db, now, &spec);
    return st == ST_TAKEN ? ST_OK : st;
}

enum status broadcast_reword(struct db *db, int64_t now,
                             const struct broadcast_act *act, int variant,
                             struct json *content)
{
    struct broadcast b;
    const char *text = json_print(content);
    int64_t changed = 0;
    enum status st = text != NULL ? opened(db, act, &b) : ST_BROKEN;

    if (st == ST_OK)
        st = db_one(db,
                    "SELECT 1 FROM broadcast_variant WHERE broadcast_id = ? AND no = ?",
                    DB_INT(b.id), DB_INT(variant));
    if (st == ST_OK)
        st = db_exec(db, &changed,
                     "UPDATE broadcast_variant SET content = ?, template_id = NULL"
                     " WHERE broadcast_id = ? AND no = ?",
                     DB_TEXT(text), DB_INT(b.id), DB_INT(variant));
    if (st == ST_OK)
        st = links_put(db, b.id);
    if (st == ST_OK)
        st = touched(db, now, &b);
    if (st == ST_OK)
        st = broadcast_note(db, now, act->staff_id, "broadcast.reword", b.id);
    return st == ST_OK ? job_of(db, now, &b, variant, "edit") : st;
}

enum status broadcast_unsend(struct db *db, int64_t now,
                             const struct broadcast_act *act)
{
    struct broadcast b;
    enum status st = opened(db, act, &b);

    if (st == ST_OK && b.state == BROADCAST_SENDING)
        st = ST_TAKEN;
    if (st == ST_OK)
        st = touched(db, now, &b);
    if (st == ST_OK)
        st = broadcast_note(db, now, act->staff_id, "broadcast.unsend", b.id);
    return st == ST_OK ? job_of(db, now, &b, 0, "delete") : st;
}
