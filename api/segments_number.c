/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * How many customers a segment has, which, and why. */
#include "api/moment.h"
#include "api/segments_private.h"
#include "core/segment/audience.h"
#include "core/segment/compile.h"
#include "core/segment/explain.h"

#include <string.h>

/* Too heavy, with what helps to make it lighter. */
static enum status too_heavy(struct segments_ask *a, const struct rule *r,
                             const struct moment *m)
{
    enum status st = segments_sentence(a, r, m, &a->sentence);

    a->cost = compile_cost(r);
    a->cost_max = COMPILE_COST_MAX;
    return st == ST_OK ? segments_no(a, SEGMENTS_TOO_HEAVY) : st;
}

/* ---- how many --------------------------------------------------------------------- */

static struct json *count_json(int64_t id, int64_t count, int64_t at)
{
    struct json *o = json_new_object();

    json_set_int(o, "segment_id", id);
    json_set_int(o, "count", count);
    moment_set(o, "counted_at", at);
    return o;
}

static bool recent(const struct segments_ask *a, const struct segment *s,
                   const struct segments_count *what)
{
    return !what->reachable && s->counted_at != 0 && what->max_age > 0 &&
           a->now - s->counted_at <= what->max_age * 1000000;
}

static enum status recounted(struct segments_ask *a, const struct rule *r, int64_t id,
                             struct audience_size *out)
{
    struct segments_at at;
    enum status st = segments_open(a, &at);

    if (st == ST_OK) {
        st = segment_recount(a->db, &at.moment, id, out);
        if (st == ST_REFUSED)
            st = too_heavy(a, r, &at.moment);
    }
    segments_close(&at);
    return st;
}

enum status segments_count(struct segments_ask *a, const struct segments_count *what,
                           struct json **out)
{
    struct audience_size size = {0};
    struct segment s;
    struct rule *r = NULL;
    bool cached;
    enum status st = segment_load(a->db, what->id, &s);

    if (st == ST_OK)
        st = segments_rule_kept(a, what->id, &r);
    cached = st == ST_OK && recent(a, &s, what);
    if (st == ST_OK && !cached)
        st = recounted(a, r, what->id, &size);
    rule_free(r);
    if (st != ST_OK)
        return st;
    *out = count_json(what->id,
                      cached            ? s.counted
                      : what->reachable ? size.marketing
                                        : size.all,
                      cached ? s.counted_at : a->now);
    json_set_bool(*out, "reachable", what->reachable);
    json_set_bool(*out, "cached", cached);
    return ST_OK;
}

/* ---- a look at a rule ------------------------------------------------------------- */

static struct json *preview_json(struct segments_ask *a, const struct rule *r,
                                 const struct audience_preview *p)
{
    struct buf text = {0};
    struct json *o = json_new_object();

    rule_canonical(r, &text);
    json_set_int(o, "count", p->size.all);
    json_set_int(o, "reachable", p->size.marketing);
    moment_set(o, "counted_at", a->now);
    json_set_text(o, "sentence", a->sentence.s);
    json_set_int(o, "cost", p->cost);
    json_set_int(o, "cost_max", COMPILE_COST_MAX);
    json_set(o, "rule", text.failed ? NULL : json_parse(text.s, text.len));
    buf_free(&text);
    return o;
}

static enum status previewed(struct segments_ask *a, const struct rule *r,
                             const struct moment *m, struct segments_preview *p,
                             struct json **out)
{
    struct audience_preview found;
    enum status st = audience_preview(a->db, r, m, p->most, &found);

    if (st == ST_REFUSED)
        return too_heavy(a, r, m);
    if (st == ST_OK)
        st = segments_sentence(a, r, m, &a->sentence);
    if (st != ST_OK)
        return st;
    p->n = found.n < SEGMENTS_SAMPLE_MAX ? found.n : SEGMENTS_SAMPLE_MAX;
    memcpy(p->sample, found.id, (size_t)p->n * sizeof *p->sample);
    *out = preview_json(a, r, &found);
    return ST_OK;
}

enum status segments_preview(struct segments_ask *a, struct segments_preview *p,
                             struct json **out)
{
    struct segments_at at = {0};
    struct rule *r = NULL;
    enum status st = p->rule != NULL ? segments_rule_read(a, p->rule, 0, &r)
                                     : segments_rule_kept(a, p->id, &r);

    /* One of a segment that it names may be personal, too. */
    if (st == ST_OK && rule_personal(r) && !a->personal)
        st = segments_no(a, SEGMENTS_NO_PERSONAL);
    if (st == ST_OK)
        st = segments_open(a, &at);
    if (st == ST_OK)
        st = previewed(a, r, &at.moment, p, out);
    segments_close(&at);
    rule_free(r);
    return st;
}

/* ---- which ------------------------------------------------------------------------ */

enum status segments_walk(struct segments_ask *a, struct segments_walk *w)
{
    struct audience_chunk chunk = {
        .after_id = w->after_id, .id = w->customers, .room = w->room};
    struct segments_at at = {0};
    struct rule *r = NULL;
    enum status st = segments_rule_kept(a, w->id, &r);

    if (st == ST_OK)
        st = segments_open(a, &at);
    if (st == ST_OK) {
        st = audience_walk(a->db, r, &at.moment, &chunk);
        if (st == ST_REFUSED)
            st = too_heavy(a, r, &at.moment);
    }
    w->n = chunk.n;
    segments_close(&at);
    rule_free(r);
    return st;
}

/* ---- why -------------------------------------------------------------------------- */

static struct json *line_json(const struct explain_line *l)
{
    struct json *o = json_new_object();

    json_set_text(o, "pointer", l->pointer);
    json_set_int(o, "depth", l->depth);
    json_set_text(o, "node", node_key(l->kind));
    json_set_bool(o, "fits", l->fits);
    json_set_text(o, "words", l->words.s != NULL ? l->words.s : "");
    json_set_text(o, "value", l->value.s);
    return o;
}

static struct json *lines_json(const struct explain *e)
{
    struct json *all = json_new_array();

    for (int i = 0; i < e->n; i++)
        json_push(all, line_json(&e->line[i]));
    return all;
}

static enum status explained(struct segments_ask *a, const struct rule *r,
                             const struct moment *m, int64_t customer_id,
                             struct explain *out)
{
    struct rule_names names;
    const struct speech speech = {.lang = a->lang, .moment = m, .names = &names};
    enum status st = segment_names(a->db, r, &names);

    if (st == ST_OK)
        st = explain(a->db, r,
                     &(struct explain_ask){.customer_id = customer_id,
                                           .personal = a->personal,
                                           .speech = &speech},
                     out);
    return st == ST_REFUSED ? too_heavy(a, r, m) : st;
}

enum status segments_explain(struct segments_ask *a, int64_t id, int64_t customer_id,
                             struct json **out)
{
    struct segments_at at = {0};
    struct explain why = {0};
    struct rule *r = NULL;
    enum status st = segments_rule_kept(a, id, &r);

    if (st == ST_OK)
        st = segments_open(a, &at);
    if (st == ST_OK)
        st = explained(a, r, &at.moment, customer_id, &why);
    if (st == ST_OK) {
        *out = json_new_object();
        json_set_int(*out, "segment_id", id);
        json_set_int(*out, "customer_id", customer_id);
        json_set_bool(*out, "fits", why.fits);
        json_set(*out, "lines", lines_json(&why));
    }
    explain_free(&why);
    segments_close(&at);
    rule_free(r);
    return st;
}
