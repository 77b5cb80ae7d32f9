/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Segments and their rules: listed, shown, kept. */
#include "api/moment.h"
#include "api/segments_private.h"
#include "core/setting.h"

#include <stdlib.h>
#include <string.h>

/* ---- refusals --------------------------------------------------------------------- */

enum status segments_no(struct segments_ask *a, enum segments_no why)
{
    a->no = why;
    return ST_REFUSED;
}

static struct json *faults_json(const struct segments_ask *a,
                                const struct rule_faults *faults)
{
    struct json *all = json_new_array();

    for (int i = 0; i < faults->n; i++) {
        struct words words = fault_words(faults->fault[i].code);
        struct json *o = json_new_object();

        json_set_text(o, "pointer", faults->fault[i].pointer);
        json_set_text(o, "code", fault_code(faults->fault[i].code));
        json_set_text(o, "detail", strcmp(a->lang, "en") == 0 ? words.en : words.ru);
        json_push(all, o);
    }
    return all;
}

enum status segments_faulty(struct segments_ask *a, const struct rule_faults *faults)
{
    json_free(a->faults);
    a->faults = faults_json(a, faults);
    return segments_no(a, SEGMENTS_NO_RULE);
}

void segments_done(struct segments_ask *a)
{
    json_free(a->faults);
    a->faults = NULL;
    buf_free(&a->sentence);
}

/* ---- rules ------------------------------------------------------------------------ */

enum status segments_open(struct segments_ask *a, struct segments_at *at)
{
    struct settings set;
    enum status st = setting_load(a->db, &set);

    *at = (struct segments_at){.tz = tz_open(a->timezone)};
    if (st != ST_OK || at->tz == NULL)
        return st != ST_OK ? st : ST_BROKEN;
    at->moment = moment_make(a->now, at->tz, set.birthday_leap == SETTING_MAR1);
    return ST_OK;
}

void segments_close(struct segments_at *at)
{
    tz_close(at->tz);
    at->tz = NULL;
}

enum status segments_rule_read(struct segments_ask *a, struct json *from, int64_t id,
                               struct rule **out)
{
    struct rule_faults faults;
    const char *text = json_print(from);
    enum status st;

    *out = NULL;
    if (text == NULL)
        return ST_BROKEN;
    *out = rule_parse(text, strlen(text), a->personal, &faults);
    if (*out == NULL)
        return faults.n > 0 ? segments_faulty(a, &faults) : ST_BROKEN;
    st = segment_resolve(a->db, *out, id, &faults);
    return st == ST_REFUSED ? segments_faulty(a, &faults) : st;
}

enum status segments_rule_kept(struct segments_ask *a, int64_t id, struct rule **out)
{
    struct rule_faults faults = {0};
    enum status st = segment_rule(a->db, id, out, &faults);

    if (st == ST_BAD)
        return segments_faulty(a, &faults);
    if (st == ST_OK && rule_personal(*out) && !a->personal) {
        rule_free(*out);
        *out = NULL;
        return segments_no(a, SEGMENTS_NO_PERSONAL);
    }
    return st;
}

enum status segments_sentence(struct segments_ask *a, const struct rule *r,
                              const struct moment *m, struct buf *out)
{
    struct rule_names *names = malloc(sizeof *names);
    enum status st = names == NULL ? ST_BROKEN : segment_names(a->db, r, names);

    if (st == ST_OK)
        sentence_add(out, r,
                     &(struct speech){.lang = a->lang, .moment = m, .names = names});
    free(names);
    return st == ST_OK && out->failed ? ST_BROKEN : st;
}

/* ---- one in JSON ------------------------------------------------------------------ */

static struct json *segment_json(const struct segment *s, bool count)
{
    struct json *o = json_new_object();

    json_set_int(o, "id", s->id);
    json_set_text(o, "kind", s->kind == SEGMENT_LIST ? "list" : "rule");
    json_set_text(o, "name", s->name);
    json_set_text(o, "description", s->description);
    if (count && s->counted_at != 0)
        json_set_int(o, "count", s->counted);
    else
        json_set_text(o, "count", NULL);
    moment_set(o, "counted_at", count ? s->counted_at : 0);
    if (s->made_by != 0)
        json_set_int(o, "made_by", s->made_by);
    else
        json_set_text(o, "made_by", NULL);
    moment_set(o, "created_at", s->created_at);
    moment_set(o, "updated_at", s->updated_at);
    json_set_int(o, "version", s->version);
    return o;
}

static enum status rule_set(struct segments_ask *a, int64_t id, struct json *o)
{
    struct buf text = {0};
    enum status st = segment_text(a->db, id, &text);

    if (st == ST_OK)
        json_set(o, "rule", text.failed ? NULL : json_parse(text.s, text.len));
    else if (st == ST_NONE)
        json_set_text(o, "rule", NULL);
    buf_free(&text);
    return st == ST_NONE ? ST_OK : st;
}

/* Its sentence, or what is wrong with it by now: a tag may be gone. */
static enum status words_set(struct segments_ask *a, const struct segment *s,
                             struct json *o, bool *personal)
{
    struct rule_faults faults = {0};
    struct segments_at at = {0};
    struct buf text = {0};
    struct rule *r = NULL;
    enum status st = segment_rule(a->db, s->id, &r, &faults);

    *personal = st == ST_BAD || (st == ST_OK && rule_personal(r));
    if (st == ST_OK)
        st = segments_open(a, &at);
    if (st == ST_OK && s->kind == SEGMENT_RULE)
        st = segments_sentence(a, r, &at.moment, &text);
    json_set_text(o, "sentence", text.s);
    json_set_bool(o, "personal", *personal);
    json_set(o, "faults", faults_json(a, &faults));
    segments_close(&at);
    buf_free(&text);
    rule_free(r);
    return st == ST_BAD ? ST_OK : st;
}

enum status segments_version(struct segments_ask *a, int64_t id, int64_t *version)
{
    struct segment s;
    enum status st = segment_load(a->db, id, &s);

    *version = st == ST_OK ? s.version : 0;
    return st;
}

static void hide_count(struct json *o)
{
    json_set_text(o, "count", NULL);
    json_set_text(o, "counted_at", NULL);
}

enum status segments_one(struct segments_ask *a, int64_t id, int64_t *version,
                         struct json **out)
{
    struct segment s;
    struct json *o;
    bool personal = true;
    enum status st = segment_load(a->db, id, &s);

    if (st != ST_OK)
        return st;
    o = segment_json(&s, true);
    st = rule_set(a, id, o);
    if (st == ST_OK)
        st = words_set(a, &s, o, &personal);
    if (personal && !a->personal)
        hide_count(o);
    *version = s.version;
    if (st == ST_OK)
        *out = o;
    else
        json_free(o);
    return st;
}

/* ---- a page of them --------------------------------------------------------------- */

const struct page_sort *segments_sorts(size_t *n)
{
    *n = SEGMENT_SORTS;
    return segment_sorts;
}

static struct segment_filter filter_of(const struct segments_filter *f)
{
    return (struct segment_filter){.q = f->q,
                                   .kind = f->rule   ? SEGMENT_RULE
                                           : f->list ? SEGMENT_LIST
                                                     : 0};
}

/* How many fit a rule by personal data tells something of them. */
static enum status count_shown(struct segments_ask *a, const struct segment *s,
                               bool *out)
{
    struct rule *r;
    enum status st;

    *out = a->personal || s->kind == SEGMENT_LIST || s->counted_at == 0;
    if (*out)
        return ST_OK;
    st = segments_rule_kept(a, s->id, &r);
    *out = st == ST_OK;
    rule_free(r);
    return st == ST_REFUSED || st == ST_NONE ? ST_OK : st;
}

enum status segments_page(struct segments_ask *a, const struct segments_filter *f,
                          struct page *p, struct json *items)
{
    const struct segment_filter filter = filter_of(f);
    struct segment *rows = calloc((size_t)p->limit + 1, sizeof *rows);
    int n = 0;
    enum status st = rows == NULL ? ST_BROKEN : segment_search(a->db, &filter, p);

    while (st == ST_OK && n < p->limit &&
           (st = segment_search_next(a->db, p, &rows[n])) == ST_OK)
        n++;
    if (st == ST_OK) /* the page is full: is there more? */
        st = segment_search_next(a->db, p, &rows[n]);
    st = st == ST_NONE ? ST_OK : st;
    for (int i = 0; st == ST_OK && i < n; i++) {
        bool shown;

        st = count_shown(a, &rows[i], &shown);
        json_push(items, segment_json(&rows[i], shown));
    }
    free(rows);
    return st;
}

enum status segments_total(struct segments_ask *a, const struct segments_filter *f,
                           int64_t *total)
{
    const struct segment_filter filter = filter_of(f);

    return segment_total(a->db, &filter, total);
}

/* ---- kept ------------------------------------------------------------------------- */

static enum status kept(struct segments_ask *a, enum status st)
{
    return st == ST_BAD ? segments_no(a, SEGMENTS_NO_NAME) : st;
}

enum status segments_make(struct segments_ask *a, const struct segments_draft *d,
                          int64_t *id)
{
    struct segment_draft draft = {.kind = d->list ? SEGMENT_LIST : SEGMENT_RULE,
                                  .name = d->name,
                                  .description = d->description,
                                  .staff_id = a->staff_id};
    struct rule *r = NULL;
    enum status st = d->rule != NULL ? segments_rule_read(a, d->rule, 0, &r) : ST_OK;

    if (st == ST_OK && d->list != (d->rule == NULL))
        st = segments_no(a, SEGMENTS_NO_KIND);
    draft.rule = r;
    if (st == ST_OK)
        st = kept(a, segment_add(a->db, a->now, &draft, id));
    rule_free(r);
    return st;
}

static enum status changed(struct segments_ask *a, enum status st)
{
    return st == ST_REFUSED ? segments_no(a, SEGMENTS_STALE) : kept(a, st);
}

enum status segments_change(struct segments_ask *a, int64_t id, int64_t version,
                            const struct segments_draft *d)
{
    struct segment_draft draft = {
        .name = d->name, .description = d->description, .staff_id = a->staff_id};
    struct segment s;
    struct rule *r = NULL;
    enum status st = segment_load(a->db, id, &s);

    if (st == ST_OK && d->rule != NULL && s.kind == SEGMENT_LIST)
        st = segments_no(a, SEGMENTS_NO_KIND);
    if (st == ST_OK && d->rule != NULL)
        st = segments_rule_read(a, d->rule, id, &r);
    draft.rule = r;
    if (st == ST_OK)
        st = changed(a, segment_change(a->db, a->now, id, version, &draft));
    rule_free(r);
    return st;
}

enum status segments_drop(struct segments_ask *a, int64_t id, int64_t version)
{
    int64_t is;
    enum status st = segment_remove(a->db, a->now, id, version, a->staff_id), was = st;

    if (st == ST_REFUSED)
        st = segments_version(a, id, &is);
    if (st == ST_OK && was == ST_REFUSED)
        st = segments_no(a, is != version ? SEGMENTS_STALE : SEGMENTS_NAMED);
    return st;
}

enum status segments_members(struct segments_ask *a, const struct segments_act *act,
                             int64_t *done)
{
    const struct segment_act core = {.id = act->id,
                                     .staff_id = a->staff_id,
                                     .customer = act->customers,
                                     .n = act->n};
    enum status st = act->take ? segment_take(a->db, a->now, &core, done)
                               : segment_put(a->db, a->now, &core, done);

    return st == ST_REFUSED ? segments_no(a, SEGMENTS_NO_KIND) : st;
}
