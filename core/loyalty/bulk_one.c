/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What a bulk action does to one customer. */
#include "core/loyalty/bulk.h"
#include "core/loyalty/customer_edit.h"
#include "core/loyalty/discount_act.h"
#include "core/loyalty/letter.h"

#include <stdio.h>

/* The act, the customer, and what came of it. */
struct one {
    const struct bulk_act *act;
    int64_t now, id;
    struct bulk_item *out;
};

static enum status fail(struct one *o, const char *why)
{
    o->out->fate = FATE_FAILED;
    snprintf(o->out->why, sizeof o->out->why, "%s", why);
    return ST_REFUSED; /* what was begun is undone */
}

static enum status fate(struct one *o, bool changed)
{
    o->out->fate = changed ? FATE_DONE : FATE_UNCHANGED;
    return ST_OK;
}

static enum status do_tags(struct db *db, struct one *o)
{
    const struct bulk_params *p = o->act->params;
    bool give = o->act->action == BULK_TAGS_ADD;
    int changed = 0;
    enum status st = ST_OK;

    for (size_t i = 0; i < p->tags_n && st == ST_OK; i++) {
        const struct tag_act act = {o->id, o->act->by->id, p->tags[i]};

        st = give ? tag_give(db, o->now, &act) : tag_take(db, o->now, &act);
        changed += st == ST_OK;
        st = st == ST_NONE ? ST_OK : st;
    }
    if (st == ST_REFUSED)
        return fail(o, "limit");
    return st == ST_OK ? fate(o, changed > 0) : st;
}

static const char *const grants[] = {
    [GRANT_NO_CUSTOMER] = "not_found", [GRANT_WITHDRAWN] = "no_consent",
    [GRANT_BARRED] = "blocked",        [GRANT_STORE] = "store",
    [GRANT_LIMIT] = "limit",
};

static enum status do_discount(struct db *db, struct one *o)
{
    const struct bulk_params *p = o->act->params;
    const struct discount_order order = {.by = o->act->by,
                                         .customer_id = o->id,
                                         .percent_bp = p->percent_bp,
                                         .uses = p->uses,
                                         .min_purchase = p->min_purchase,
                                         .max_amount = p->max_amount,
                                         .valid_from = p->valid_from,
                                         .valid_until = p->valid_until,
                                         .store_id = p->store_id,
                                         .reason = p->reason,
                                         .tell = p->tell,
                                         .batch = o->act->by->id,
                                         .day = o->act->day};
    struct granted granted;
    enum status st = discount_grant(db, o->now, &order, &granted);

    if (st == ST_REFUSED)
        return fail(o, "forbidden");
    if (st == ST_BAD)
        return fail(o, "range"); /* it was good when it was asked for */
    if (st == ST_OK && granted.result != GRANTED)
        return fail(o, grants[granted.result]);
    if (st == ST_OK)
        o->out->result = granted.discount.id;
    return st == ST_OK ? fate(o, true) : st;
}

static enum status do_bar(struct db *db, struct one *o)
{
    enum status st =
        customer_bar(db, o->now, o->id, o->act->by->id, o->act->action == BULK_BLOCK);

    return st == ST_OK || st == ST_NONE ? fate(o, st == ST_OK) : st;
}

static enum status do_notify(struct db *db, struct one *o)
{
    struct letter letter;
    const char *why = NULL;
    enum status st = letter_load(db, o->act->params->letter_id, &letter);

    if (st == ST_OK)
        st = letter_may(db, o->now, o->id, letter.purpose, &why);
    if (st == ST_OK && why != NULL)
        st = fail(o, why);
    if (st == ST_OK)
        st = letter_put(db, o->now, letter.id, o->id, true);
    letter_free(&letter);
    return st == ST_OK ? fate(o, true) : st;
}

static enum status do_nothing(struct db *db, struct one *o)
{
    (void)db;
    return fate(o, true); /* an export: its line is written by who reads the rows */
}

static enum status (*const deeds[BULK_ACTIONS])(struct db *db, struct one *o) = {
    [BULK_TAGS_ADD] = do_tags,     [BULK_TAGS_REMOVE] = do_tags,
    [BULK_DISCOUNT] = do_discount, [BULK_BLOCK] = do_bar,
    [BULK_UNBLOCK] = do_bar,       [BULK_NOTIFY] = do_notify,
    [BULK_EXPORT] = do_nothing,
};

static enum status work(struct db *db, void *arg)
{
    struct one *o = arg;
    enum status st = customer_lock(db, o->id);

    if (st == ST_NONE)
        return fail(o, "not_found");
    if (st == ST_OK)
        st = deeds[o->act->action](db, o);
    return st;
}

enum status bulk_one(struct db *db, int64_t now, const struct bulk_act *act,
                     int64_t customer_id, struct bulk_item *out)
{
    struct one one = {.act = act, .now = now, .id = customer_id, .out = out};
    enum status st;

    *out = (struct bulk_item){.customer_id = customer_id};
    st = db_tx(db, work, &one);
    return st == ST_REFUSED && out->fate == FATE_FAILED ? ST_OK : st;
}
