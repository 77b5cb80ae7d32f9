/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What a broadcast would be: as somebody would see it, and how many would get it. */
#include "api/broadcasts_private.h"
#include "api/content.h"
#include "api/moment.h"
#include "api/segments.h"
#include "api/segments_private.h"
#include "core/base/clock.h"
#include "core/broadcast/fill.h"
#include "core/quiet.h"

#include <stdlib.h>

#define N BROADCASTS_N

/* ---- as a person would see it ----------------------------------------------------- */

static const char *const langs[] = {"ru", "en", NULL};

static struct content_whose whose(const struct call *c, const struct broadcast *b)
{
    const struct broadcast_offer *o = &b->offer;
    int64_t from = b->start_at > c->now ? b->start_at : c->now;

    return (struct content_whose){.customer_id = given_int(&c->body, "customer_id", 0),
                                  .lang = (int)given_int(&c->body, "lang", -1),
                                  .percent_bp = o->percent_bp,
                                  .until = o->percent_bp == 0 ? 0
                                           : o->days != 0     ? from + o->days * DAY
                                                              : o->until};
}

static struct json *preview_json(const struct call *c, const struct broadcast *b,
                                 const struct content_viewer *reader,
                                 const struct rendered *r)
{
    struct json *o = rendered_json(r);

    json_set_int(o, "broadcast_id", b->id);
    json_set_int(o, "variant", given_int(&c->body, "variant", 1));
    json_set_text(o, "lang", langs[reader->person.lang == 1]);
    json_set_text(o, "footer", *b->footer != '\0' ? b->footer : NULL);
    json_set_bool(o, "unsubscribe", b->purpose == MESSAGE_MARKETING);
    return o;
}

static enum status rendered_answer(struct call *c, const struct broadcast *b,
                                   const struct content *content)
{
    const struct content_whose who = whose(c, b);
    struct content_viewer *reader = calloc(1, sizeof *reader);
    struct rendered *r = calloc(1, sizeof *r);
    enum status st = reader != NULL && r != NULL ? ST_OK : ST_BROKEN;

    if (st == ST_OK)
        st = content_viewer_load(c, &who, reader);
    if (st == ST_NONE)
        st = problem(c, PROBLEM_NOT_FOUND, "%s",
                     tell(c, "Такого покупателя нет.", "There is no such customer."));
    if (st == ST_OK)
        st = content_render(content, &reader->person, NULL, r);
    if (st == ST_OK)
        answer_json(c, 200, preview_json(c, b, reader, r));
    if (r != NULL)
        rendered_free(r);
    free(r);
    free(reader);
    return st;
}

/* What was kept may not fit any more: a variable may be gone. */
static enum status kept_content(struct call *c, const struct broadcast *b, int variant,
                                struct content **out)
{
    struct broadcast_variant v[BROADCAST_VARIANTS];
    struct content_faults faults = {0};
    int n = 0;
    enum status st = broadcast_variants(c->db, b->id, v, &n);

    if (st != ST_OK)
        return st;
    if (variant > n)
        st = broadcast_no_variant(c, n);
    else if ((st = content_read(v[variant - 1].content, b->offer.percent_bp > 0, out,
                                &faults)) == ST_REFUSED) {
        content_faults_say(c, "/content", &faults);
        st = problem(c, PROBLEM_VALIDATION_FAILED, NULL);
    }
    broadcast_variants_free(v, n);
    return st;
}

/* POST /api/v1/broadcasts/{id}/preview */
enum status broadcast_preview_post(struct call *c)
{
    static const struct field body[] = {
        {"customer_id", FIELD_ID, .required = true},
        {"variant", FIELD_INT, .min = 1, .max = BROADCAST_VARIANTS},
        {"lang", FIELD_WORD, .words = langs},
    };
    struct content *content = NULL;
    struct broadcast b;
    enum status st = body_read(c, body, N(body));

    if (st == ST_OK)
        st = broadcast_load(c->db, c->id[0], &b);
    if (st == ST_OK)
        st = kept_content(c, &b, (int)given_int(&c->body, "variant", 1), &content);
    if (st == ST_OK)
        st = rendered_answer(c, &b, content);
    content_free(content);
    return st;
}

/* ---- how many --------------------------------------------------------------------- */

static enum status not_estimated(struct call *c, enum status st)
{
    if (st == ST_BAD)
        return problem(c, PROBLEM_CONFLICT, "%s",
                       tell(c,
                            "Не выбрано, кому она: нужен сегмент или правило, которое "
                            "читается.",
                            "Nobody is chosen: a segment or a rule that can be read "
                            "is needed."));
    if (st == ST_REFUSED)
        return problem(c, PROBLEM_SEGMENT_TOO_EXPENSIVE, NULL);
    return st;
}

enum status broadcast_estimated(struct call *c, const struct broadcast *b,
                                struct fill_estimate *out)
{
    struct segments_ask ask = segments_asked(c);
    struct segments_at at = {0};
    enum status st = broadcast_audience_checked(c, b);

    if (st != ST_OK)
        return st;
    st = segments_open(&ask, &at);
    if (st == ST_OK)
        st = not_estimated(c, fill_estimate(c->db, &at.moment, b->id, out));
    segments_close(&at);
    segments_done(&ask);
    return st;
}

static struct json *skipped_json(const struct fill_estimate *e)
{
    struct json *all = json_new_array();

    for (int w = WHY_NONE + 1; w < WHYS; w++) {
        struct json *o;

        if (e->skipped[w] == 0)
            continue;
        o = json_new_object();
        json_set_text(o, "why", recipient_why_name((enum recipient_why)w));
        json_set_int(o, "count", e->skipped[w]);
        json_push(all, o);
    }
    return all;
}

/* By the shop's clock, when it is planned for or else now. */
static enum status quiet_say(struct call *c, const struct broadcast *b,
                             struct buf *text, int64_t *until)
{
    struct tz *tz = tz_open(c->cfg->timezone);
    struct settings set;
    enum status st = tz != NULL ? setting_load(c->db, &set) : ST_BROKEN;

    *until = 0;
    if (st == ST_OK && b->quiet)
        *until = quiet_until(&set, tz, b->start_at > c->now ? b->start_at : c->now);
    if (*until != 0)
        broadcast_quiet_say(tz, *until, c->tongue == TONGUE_EN, text);
    tz_close(tz);
    return st;
}

static enum status estimate_answer(struct call *c, const struct broadcast *b,
                                   const struct fill_estimate *e)
{
    struct json *o;
    struct buf text = {0};
    int64_t begins = 0;
    enum status st = ST_OK;

    broadcast_estimate_say(e, c->tongue == TONGUE_EN, &text);
    if (e->would > 0)
        st = quiet_say(c, b, &text, &begins);
    if (st != ST_OK) {
        buf_free(&text);
        return st;
    }
    o = json_new_object();
    json_set_int(o, "broadcast_id", c->id[0]);
    json_set_int(o, "all", e->all);
    json_set_int(o, "would", e->would);
    json_set_int(o, "holdout", e->holdout);
    json_set(o, "skipped", skipped_json(e));
    json_set_int(o, "seconds", e->seconds);
    json_set_int(o, "stars", (e->stars_x10 + 9) / 10);
    moment_set(o, "begins_at", begins);
    json_set_text(o, "sentence", text.s);
    moment_set(o, "at", c->now);
    buf_free(&text);
    answer_json(c, 200, o);
    return ST_OK;
}

/* POST /api/v1/broadcasts/{id}/estimate */
enum status broadcast_estimate_post(struct call *c)
{
    struct fill_estimate *e = calloc(1, sizeof *e);
    struct broadcast b;
    enum status st = e != NULL ? body_read(c, NULL, 0) : ST_BROKEN;

    if (st == ST_OK)
        st = broadcast_load(c->db, c->id[0], &b);
    if (st == ST_OK)
        st = broadcast_estimated(c, &b, e);
    if (st == ST_OK)
        st = estimate_answer(c, &b, e);
    free(e);
    return st;
}
