/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/broadcast/proof.h"

#include "core/io/kind.h"
#include "core/io/queue.h"
#include "core/loyalty/customer.h"

enum status proof_reaches(struct db *db, int64_t staff_id)
{
    struct customer c;
    struct staff s;
    int64_t at;
    enum status st = staff_load(db, staff_id, &s);

    if (st != ST_OK || !s.active)
        return st == ST_OK ? ST_NONE : st;
    st = customer_find(db, s.channel, s.external_id, &c);
    if (st == ST_OK && c.status == CUSTOMER_ACTIVE)
        return ST_OK;
    if (st != ST_OK && st != ST_NONE)
        return st;
    /* Before they agreed to anything there is no row of them, and yet they were answered. */
    return st == ST_OK ? ST_NONE : message_last(db, SENDER_CLIENT, s.external_id, &at);
}

enum status proof_put(struct db *db, int64_t now, const struct proof *p)
{
    struct job_spec spec = {.kind = KIND_CORE_BROADCAST_PROOF, .key = p->staff_id};

    spec.args = json_new_object();
    json_set_int(spec.args, "b", p->broadcast_id);
    json_set_int(spec.args, "v", p->variant);
    json_set_int(spec.args, "s", p->staff_id);
    return job_put(db, now, &spec);
}
