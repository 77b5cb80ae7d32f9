/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/slow_rule.h"

#include "tests/harness/slow_private.h"

#include <stdio.h>
#include <string.h>

#define NEVER INT64_MIN

/* ---- rows ------------------------------------------------------------------------- */

struct rows {
    int n;
    row_thing *thing;
    int64_t at[SLOW_ROWS]; /* NEVER: is not there */
};

static int64_t sent_at(const struct slow_message *m)
{
    return m->sent != 0 ? m->sent : m->claimed != 0 ? m->claimed : m->created;
}

static struct rows rows_of(const struct slow_person *p, const char *of)
{
    struct rows r = {.n = p->redemptions_n, .thing = redeemed_thing};

    if (strcmp(of, "discounts") == 0)
        r = (struct rows){.n = p->discounts_n, .thing = discount_thing};
    else if (strcmp(of, "messages") == 0)
        r = (struct rows){.n = p->messages_n, .thing = message_thing};
    for (int i = 0; i < r.n; i++) {
        if (r.thing == discount_thing)
            r.at[i] = p->discount[i].created;
        else if (r.thing == message_thing)
            r.at[i] = sent_at(&p->message[i]);
        else
            r.at[i] = p->redemption[i].undone ? NEVER : p->redemption[i].at;
    }
    return r;
}

/* Those that count: their `at` becomes NEVER else. */
static struct rows rows_kept(const struct slow_world *w, const struct slow_person *p,
                             const struct json *in)
{
    struct rows r = rows_of(p, json_text(in, "of", NULL));
    const struct json *where = json_get(in, "where");

    for (int i = 0; i < r.n; i++) {
        if (r.at[i] != NEVER && !slow_window_holds(w, json_get(in, "window"), r.at[i]))
            r.at[i] = NEVER;
        for (size_t k = 0; k < json_count(where) && r.at[i] != NEVER; k++) {
            const struct json *c = json_at(where, k);
            const char *f = json_text(c, "f", NULL);

            if (!thing_op(w, c, r.thing(w, p, i, f), thing_is_time(f)))
                r.at[i] = NEVER;
        }
    }
    return r;
}

static int distinct(const struct slow_world *w, const struct slow_person *p,
                    const struct rows *r, const char *f)
{
    int n = 0;

    for (int i = 0; i < r->n; i++) {
        struct thing a = r->thing(w, p, i, f);
        bool fresh = r->at[i] != NEVER && a.known;

        for (int k = 0; k < i && fresh; k++) {
            struct thing b = r->thing(w, p, k, f);

            fresh = r->at[k] == NEVER || !b.known || a.n != b.n ||
                    (a.text != NULL && strcmp(a.text, b.text) != 0);
        }
        n += fresh;
    }
    return n;
}

static struct thing agg_thing(const struct slow_world *w, const struct slow_person *p,
                              const struct json *in)
{
    const char *fn = json_text(in, "fn", NULL), *f = json_text(in, "field", NULL);
    struct rows r = rows_kept(w, p, in);
    int64_t count = 0, known = 0, sum = 0, min = INT64_MAX, max = INT64_MIN, last = 0;

    for (int i = 0; i < r.n; i++) {
        struct thing t = f != NULL ? r.thing(w, p, i, f) : (struct thing){0};

        if (r.at[i] == NEVER)
            continue;
        count++;
        last = r.at[i] > last ? r.at[i] : last;
        if (!t.known)
            continue;
        known++;
        sum += t.n;
        min = t.n < min ? t.n : min;
        max = t.n > max ? t.n : max;
    }
    if (strcmp(fn, "count") == 0)
        return thing_number(count);
    if (strcmp(fn, "sum") == 0)
        return thing_number(sum);
    if (strcmp(fn, "distinct") == 0)
        return thing_number(distinct(w, p, &r, f));
    if (strcmp(fn, "days_since_last") == 0)
        return count == 0
                   ? (struct thing){0}
                   : thing_number(slow_local_day(w, w->now) - slow_local_day(w, last));
    if (known == 0)
        return (struct thing){0};
    return thing_number(strcmp(fn, "avg") == 0   ? sum / known
                        : strcmp(fn, "min") == 0 ? min
                                                 : max);
}

static bool has_fits(const struct slow_world *w, const struct slow_person *p,
                     const struct json *in)
{
    struct rows r = rows_kept(w, p, in);
    int64_t n = 0;

    for (int i = 0; i < r.n; i++)
        n += r.at[i] != NEVER;
    return n >= json_int_or(in, "times", 1);
}

static bool received(const struct slow_world *w, const struct slow_person *p,
                     const struct json *in)
{
    for (int i = 0; i < p->messages_n; i++) {
        const struct slow_message *m = &p->message[i];

        if (strcmp(slow_purposes[m->purpose], json_text(in, "purpose", NULL)) == 0 &&
            (m->state == 3 || m->state == 6) && slow_window_holds(w, in, sent_at(m)))
            return true;
    }
    return false;
}

/* ---- the others ------------------------------------------------------------------- */

static bool tagged(const struct slow_world *w, const struct slow_person *p,
                   const struct json *name)
{
    for (int i = 0; i < SLOW_TAGS; i++)
        if ((p->tags & 1U << i) != 0 && slow_same(w->tag[i], json_text(name, "", NULL)))
            return true;
    return false;
}

static bool tags_fit(const struct slow_world *w, const struct slow_person *p,
                     const struct json *in)
{
    const struct json *any = json_get(in, "any"), *all = json_get(in, "all");
    const struct json *none = json_get(in, "none");
    bool fits = any == NULL;

    for (size_t i = 0; i < json_count(any); i++)
        fits = fits || tagged(w, p, json_at(any, i));
    for (size_t i = 0; i < json_count(all); i++)
        fits = fits && tagged(w, p, json_at(all, i));
    for (size_t i = 0; i < json_count(none); i++)
        fits = fits && !tagged(w, p, json_at(none, i));
    return fits;
}

static uint32_t crc32_of(const char *s)
{
    uint32_t c = ~0U;

    for (; *s != '\0'; s++) {
        c ^= (unsigned char)*s;
        for (int k = 0; k < 8; k++)
            c = c >> 1 ^ (c & 1 ? 0xedb88320U : 0);
    }
    return ~c;
}

static bool sampled(const struct slow_person *p, const struct json *in)
{
    char key[256];

    snprintf(key, sizeof key, "%s:%lld", json_text(in, "salt", NULL), (long long)p->id);
    return crc32_of(key) % 10000 < (uint32_t)json_int_or(in, "bp", 0);
}

static bool fits(const struct slow_world *w, const struct slow_person *p,
                 const struct json *o);

static bool any_fits(const struct slow_world *w, const struct slow_person *p,
                     const struct json *list, bool wanted)
{
    for (size_t i = 0; i < json_count(list); i++)
        if (fits(w, p, json_at(list, i)) == wanted)
            return true;
    return false;
}

static bool segment_fits(const struct slow_world *w, const struct slow_person *p,
                         int64_t id)
{
    return id == w->list_id ? p->listed : slow_fits(w, p, w->rule);
}

static bool fits(const struct slow_world *w, const struct slow_person *p,
                 const struct json *o)
{
    if (json_get(o, "all") != NULL)
        return !any_fits(w, p, json_get(o, "all"), false);
    if (json_get(o, "any") != NULL)
        return any_fits(w, p, json_get(o, "any"), true);
    if (json_get(o, "none") != NULL)
        return !any_fits(w, p, json_get(o, "none"), true);
    if (json_get(o, "f") != NULL)
        return slow_field_fits(w, p, o);
    if (json_get(o, "tags") != NULL)
        return tags_fit(w, p, json_get(o, "tags"));
    if (json_get(o, "agg") != NULL)
        return thing_op(w, o, agg_thing(w, p, json_get(o, "agg")), false);
    if (json_get(o, "has") != NULL)
        return has_fits(w, p, json_get(o, "has"));
    if (json_get(o, "received") != NULL)
        return received(w, p, json_get(o, "received"));
    if (json_get(o, "not_received") != NULL)
        return !received(w, p, json_get(o, "not_received"));
    if (json_get(o, "sample") != NULL)
        return sampled(p, json_get(o, "sample"));
    if (json_get(o, "segment") != NULL)
        return segment_fits(w, p, json_int_or(o, "segment", 0));
    return thing_listed(thing_number(p->id), json_get(o, "ids"));
}

bool slow_fits(const struct slow_world *w, const struct slow_person *p,
               const struct json *rule)
{
    return p->status != 3 && fits(w, p, json_get(rule, "root"));
}
