/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Whom a broadcast is for. */
#include "core/broadcast/target.h"
#include "core/segment/audience.h"
#include "core/segment/segment.h"
#include "core/setting.h"

enum status broadcast_rule(struct db *db, int64_t id, struct buf *out)
{
    enum status st = db_one(db, "SELECT rule FROM broadcast WHERE id = ?", DB_INT(id));
    const char *text;
    size_t n;

    if (st != ST_OK)
        return st;
    text = db_text(db, 0, &n);
    if (text == NULL)
        return ST_NONE;
    buf_add(out, text, n);
    return out->failed ? ST_BROKEN : ST_OK;
}

/* What it names may have gone since it was kept. */
static enum status own_rule(struct db *db, const struct buf *text, struct rule **out)
{
    struct rule_faults faults = {0};
    enum status st;

    *out = rule_parse(text->s, text->len, true, &faults);
    if (*out == NULL)
        return faults.n > 0 ? ST_BAD : ST_BROKEN;
    st = segment_resolve(db, *out, 0, &faults);
    if (st != ST_OK) {
        rule_free(*out);
        *out = NULL;
    }
    return st == ST_REFUSED ? ST_BAD : st;
}

enum status broadcast_audience(struct db *db, const struct broadcast *b,
                               struct rule **out)
{
    struct buf text = {0};
    enum status st = broadcast_rule(db, b->id, &text);

    *out = NULL;
    if (st == ST_OK)
        st = own_rule(db, &text, out);
    else if (st == ST_NONE)
        st = b->segment_id != 0 ? segment_rule(db, b->segment_id, out, NULL) : ST_BAD;
    buf_free(&text);
    return st;
}

enum status broadcast_freeze(struct db *db, const struct broadcast *b, struct buf *out)
{
    struct rule *rule;
    enum status st = broadcast_audience(db, b, &rule);

    if (st != ST_OK)
        return st;
    rule_frozen(rule, out);
    rule_free(rule);
    return out->failed ? ST_BROKEN : ST_OK;
}

/* ---- a second person ---------------------------------------------------------------- */

/* By the days of UTC: whether they are many does not hang on a few hours. */
static enum status size_of(struct db *db, int64_t now, const struct broadcast *b,
                           int64_t *all)
{
    struct tz *utc = tz_open("UTC");
    struct audience_size size = {0};
    struct rule *rule = NULL;
    enum status st = utc == NULL ? ST_BROKEN : broadcast_audience(db, b, &rule);

    if (st == ST_OK) {
        const struct moment m = moment_make(now, utc, false);

        st = audience_count(db, rule, &m, &size);
    }
    *all = b->purpose == MESSAGE_MARKETING ? size.marketing : size.all;
    rule_free(rule);
    tz_close(utc);
    return st;
}

enum status broadcast_approved(struct db *db, int64_t now, const struct broadcast *b)
{
    int64_t above = 0, all = 0;
    enum status st = setting_int(db, "broadcast_second_above", &above);

    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    if (above == 0 || b->approved_by != 0)
        return ST_OK;
    st = size_of(db, now, b, &all);
    return st == ST_OK && all > above ? ST_REFUSED : st;
}
