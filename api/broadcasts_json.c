/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A broadcast in JSON: a line of the list, and the card. */
#include "api/broadcasts_private.h"
#include "api/etag.h"
#include "api/moment.h"
#include "api/users.h"

const char *const broadcast_state_words[BROADCAST_STATES] = {
    "draft", "scheduled", "sending", "paused", "finished", "cancelled", "missed"};
const char *const broadcast_purpose_words[] = {"marketing", "service", NULL};
_Static_assert(BROADCAST_STATES == 8, "a word for each, and a NULL");

/* ---- a line ----------------------------------------------------------------------- */

static void number_or_null(struct json *o, const char *key, int64_t v)
{
    user_set_id(o, key, v);
}

static void text_or_null(struct json *o, const char *key, const char *s)
{
    json_set_text(o, key, *s != '\0' ? s : NULL);
}

static void times_set(struct json *o, const struct broadcast *b)
{
    moment_set(o, "scheduled_at", b->start_at);
    moment_set(o, "not_after", b->not_after);
    moment_set(o, "started_at", b->started_at);
    moment_set(o, "filled_at", b->filled_at);
    moment_set(o, "finished_at", b->finished_at);
}

struct json *broadcast_json(const struct broadcast *b)
{
    struct json *o = json_new_object();

    json_set_int(o, "id", b->id);
    json_set_text(o, "name", b->name);
    json_set_text(o, "purpose",
                  b->purpose == MESSAGE_SERVICE ? "service" : "marketing");
    json_set_text(o, "state", broadcast_state_name(b->state));
    json_set_text(o, "paused_why",
                  b->paused_why != PAUSE_NONE ? broadcast_pause_name(b->paused_why)
                                              : NULL);
    number_or_null(o, "segment_id", b->segment_id);
    times_set(o, b);
    json_set_int(o, "holdout_bp", b->holdout_bp);
    number_or_null(o, "winner", b->winner);
    number_or_null(o, "approved_by", b->approved_by);
    moment_set(o, "approved_at", b->approved_at);
    number_or_null(o, "made_by", b->made_by);
    moment_set(o, "created_at", b->created_at);
    moment_set(o, "updated_at", b->updated_at);
    json_set_int(o, "version", b->version);
    return o;
}

/* ---- the card --------------------------------------------------------------------- */

static void offer_set(struct json *o, const struct broadcast_offer *f)
{
    struct json *offer;

    if (f->percent_bp == 0) {
        json_set_text(o, "offer", NULL);
        return;
    }
    offer = json_new_object();
    json_set_int(offer, "percent_bp", f->percent_bp);
    json_set_int(offer, "uses", f->uses != 0 ? f->uses : 1);
    number_or_null(offer, "days", f->days);
    moment_set(offer, "valid_until", f->days != 0 ? 0 : f->until);
    number_or_null(offer, "min_purchase", f->min_purchase);
    number_or_null(offer, "max_amount", f->max_amount);
    number_or_null(offer, "store_id", f->store_id);
    json_set(o, "offer", offer);
}

static void test_set(struct json *o, const struct broadcast *b)
{
    struct json *test;

    if (b->test_bp == 0) {
        json_set_text(o, "test", NULL);
        return;
    }
    test = json_new_object();
    json_set_int(test, "share_bp", b->test_bp);
    json_set_text(test, "metric", broadcast_metric_name(b->metric));
    moment_set(test, "decide_at", b->decide_at);
    json_set(o, "test", test);
}

static struct json *variant_json(const struct broadcast_variant *v)
{
    struct json *o = json_new_object();

    json_set_int(o, "no", v->no);
    json_set_int(o, "weight", v->weight);
    number_or_null(o, "template_id", v->template_id);
    json_set(o, "content", json_copy(v->content));
    return o;
}

static enum status variants_set(struct call *c, const struct broadcast *b,
                                struct json *o)
{
    struct broadcast_variant v[BROADCAST_VARIANTS];
    struct json *all;
    int n = 0;
    enum status st = broadcast_variants(c->db, b->id, v, &n);

    if (st != ST_OK)
        return st;
    all = json_new_array();
    for (int i = 0; i < n; i++)
        json_push(all, variant_json(&v[i]));
    json_set(o, "variants", all);
    broadcast_variants_free(v, n);
    return ST_OK;
}

struct json *broadcast_progress_json(const struct broadcast_progress *p)
{
    struct json *o = json_new_object();

    json_set_int(o, "all", p->all);
    json_set_int(o, "done", p->done);
    json_set_int(o, "left", p->left);
    json_set_int(o, "failed", p->failed);
    json_set_int(o, "per_minute", (int64_t)(p->per_s * 60 + 0.5));
    if (p->eta_s >= 0)
        json_set_int(o, "eta_s", p->eta_s);
    else
        json_set_text(o, "eta_s", NULL);
    return o;
}

static enum status progress_set(struct call *c, const struct broadcast *b,
                                struct json *o)
{
    struct broadcast_progress p;
    int64_t until = 0;
    enum status st;

    json_set_text(o, "progress", NULL);
    json_set_text(o, "waits_until", NULL);
    if (b->started_at == 0)
        return ST_OK;
    st = broadcast_progress(c->db, c->now, b->id, &p);
    if (st == ST_OK)
        json_set(o, "progress", broadcast_progress_json(&p));
    if (st == ST_OK && b->state == BROADCAST_SENDING && b->filled_at != 0)
        st = recipients_wait(c->db, c->now, b->id, &until);
    moment_set(o, "waits_until", until);
    return st;
}

static void rest_set(struct json *o, const struct broadcast *b)
{
    offer_set(o, &b->offer);
    test_set(o, b);
    json_set_bool(o, "quiet", b->quiet);
    json_set_bool(o, "cap", b->cap);
    json_set_bool(o, "paid", b->paid);
    number_or_null(o, "rate_per_s", b->rate_per_s);
    text_or_null(o, "footer", b->footer);
    moment_set(o, "frozen_at", b->frozen_at);
}

enum status broadcast_answer(struct call *c, int status, int64_t id)
{
    struct broadcast b;
    struct json *o;
    enum status st = broadcast_load(c->db, id, &b);

    if (st != ST_OK)
        return st;
    o = broadcast_json(&b);
    rest_set(o, &b);
    st = variants_set(c, &b, o);
    if (st == ST_OK)
        st = broadcast_rule_set(c, &b, o);
    if (st == ST_OK)
        st = progress_set(c, &b, o);
    if (st != ST_OK) {
        json_free(o);
        return st;
    }
    etag_answer(c, b.version);
    answer_json(c, status, o);
    return ST_OK;
}
