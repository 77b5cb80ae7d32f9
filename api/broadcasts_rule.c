/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Who a broadcast goes to: a rule of its own, or a segment's. */
#include "api/broadcasts_private.h"
#include "api/segments.h"
#include "api/segments_private.h"

#include <string.h>

/* ---- from outside ----------------------------------------------------------------- */

static enum status personal_checked(struct segments_ask *a, const struct rule *r)
{
    /* One of a segment that it names may be personal, too. */
    return rule_personal(r) && !a->personal ? segments_no(a, SEGMENTS_NO_PERSONAL)
                                            : ST_OK;
}

enum status broadcast_rule_read(struct call *c, struct json *from, struct buf *out)
{
    struct segments_ask ask = segments_asked(c);
    struct rule *r = NULL;
    enum status st = segments_rule_read(&ask, from, 0, &r);

    if (st == ST_OK)
        st = personal_checked(&ask, r);
    if (st == ST_OK) {
        rule_canonical(r, out);
        st = out->failed ? ST_BROKEN : ST_OK;
    }
    rule_free(r);
    return segments_end(c, &ask, st);
}

enum status broadcast_segment_checked(struct call *c, int64_t segment_id)
{
    struct segments_ask ask = segments_asked(c);
    struct rule *r = NULL;
    enum status st = segments_rule_kept(&ask, segment_id, &r);

    rule_free(r);
    if (st == ST_NONE)
        st = ST_OK;
    return segments_end(c, &ask, st);
}

/* ---- kept ------------------------------------------------------------------------- */

enum status broadcast_audience_checked(struct call *c, const struct broadcast *b)
{
    struct segments_ask ask = segments_asked(c);
    struct rule *r = NULL;
    enum status st = ask.personal ? ST_NONE : broadcast_audience(c->db, b, &r);

    if (st == ST_OK)
        st = personal_checked(&ask, r);
    else if (st == ST_BAD)
        st = segments_no(&ask, SEGMENTS_NO_PERSONAL); /* nobody knows */
    rule_free(r);
    return segments_end(c, &ask, st == ST_NONE ? ST_OK : st);
}

enum status broadcast_rule_set(struct call *c, const struct broadcast *b,
                               struct json *o)
{
    struct segments_ask ask = segments_asked(c);
    struct segments_at at = {0};
    struct buf text = {0}, sentence = {0};
    struct rule *r = NULL;
    enum status st = broadcast_rule(c->db, b->id, &text);

    json_set_text(o, "rule", NULL);
    if (st == ST_OK)
        json_set(o, "rule", json_parse(text.s, text.len));
    if (st == ST_OK || st == ST_NONE)
        st = broadcast_audience(c->db, b, &r);
    if (st == ST_OK)
        st = segments_open(&ask, &at);
    if (st == ST_OK)
        st = segments_sentence(&ask, r, &at.moment, &sentence);
    json_set_text(o, "sentence", sentence.s);
    segments_close(&at);
    segments_done(&ask);
    rule_free(r);
    buf_free(&text);
    buf_free(&sentence);
    return st == ST_NONE || st == ST_BAD ? ST_OK : st;
}
