/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What POST /api/v1/users/bulk is told. */
#include "api/users.h"
#include "api/users_bulk.h"
#include "core/base/clock.h"
#include "core/loyalty/discount_act.h"
#include "core/loyalty/letter.h"
#include "core/loyalty/tag.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N(table) (sizeof(table) / sizeof *(table))
#define DAYS_MAX 3650

/* In the order of enum bulk_action, from 1 on. */
static const char *const actions[] = {"add_tags", "remove_tags", "issue_discount",
                                      "block",    "unblock",     "notify",
                                      "export",   NULL};
static const char *const purposes[] = {"service", "marketing", NULL};

static const struct field filter_fields[] = {USER_FILTER_FIELDS};
static const struct field target_fields[] = {
    {"ids", FIELD_IDS, .most = BULK_IDS_MAX},
    {"filter", FIELD_OBJECT, .fields = filter_fields, .n = N(filter_fields)},
};
static const struct field param_fields[] = {
    {"tags", FIELD_TEXTS, .min = 1, .max = TAG_NAME_MAX, .most = CUSTOMER_LIST_MAX},
    {"value", FIELD_INT, .min = 1, .max = 10000},
    {"min_purchase", FIELD_INT, .min = 1, .max = 1000000000000000LL},
    {"max_amount", FIELD_INT, .min = 1, .max = 1000000000000000LL},
    {"valid_until", FIELD_TIME},
    {"ttl_days", FIELD_INT, .min = 1, .max = DAYS_MAX},
    {"uses_allowed", FIELD_INT, .min = 1, .max = 100},
    {"store_id", FIELD_ID},
    {"reason", FIELD_TEXT, .min = 1, .max = DISCOUNT_REASON_MAX},
    {"notify", FIELD_BOOL},
    {"text", FIELD_PAGE, .min = 1, .max = LETTER_MAX},
    {"purpose", FIELD_WORD, .words = purposes},
};
static const struct field fields[] = {
    {"target", FIELD_OBJECT, .required = true, .fields = target_fields,
     .n = N(target_fields)},
    {"action", FIELD_WORD, .required = true, .words = actions},
    {"params", FIELD_OBJECT, .fields = param_fields, .n = N(param_fields)},
    {"dry_run", FIELD_BOOL},
};

/* Which action takes which particulars, and which of them it cannot do without. */
#define A(a) (1U << (a))
#define TAGS (A(BULK_TAGS_ADD) | A(BULK_TAGS_REMOVE))
static const struct {
    const char *name;
    unsigned of, needed;
} belongs[] = {
    {"tags", TAGS, TAGS},
    {"value", A(BULK_DISCOUNT), A(BULK_DISCOUNT)},
    {"min_purchase", A(BULK_DISCOUNT), 0},
    {"max_amount", A(BULK_DISCOUNT), 0},
    {"valid_until", A(BULK_DISCOUNT), 0},
    {"ttl_days", A(BULK_DISCOUNT), 0},
    {"uses_allowed", A(BULK_DISCOUNT), 0},
    {"store_id", A(BULK_DISCOUNT), 0},
    {"reason", A(BULK_DISCOUNT), 0},
    {"notify", A(BULK_DISCOUNT), 0},
    {"text", A(BULK_NOTIFY), A(BULK_NOTIFY)},
    {"purpose", A(BULK_NOTIFY), A(BULK_NOTIFY)},
};

static void params_check(struct call *c, const struct given *params,
                         enum bulk_action action)
{
    char pointer[64];

    for (size_t i = 0; i < N(belongs); i++) {
        bool has = params != NULL && given_has(params, belongs[i].name);

        snprintf(pointer, sizeof pointer, "/params/%s", belongs[i].name);
        if (has && !(belongs[i].of & A(action)))
            call_fault(c, pointer, "unknown", "%s",
                       tell(c, "не для этого действия", "not of this action"));
        if (!has && belongs[i].needed & A(action))
            call_fault(c, pointer, "required", "%s",
                       tell(c, "нужно для этого действия", "this action needs it"));
    }
}

/* ---- particulars ------------------------------------------------------------------ */

static void term_read(struct call *c, const struct given *g, struct bulk_params *out)
{
    bool until = given_has(g, "valid_until"), days = given_has(g, "ttl_days");

    out->valid_from = c->now;
    out->valid_until = until ? given_int(g, "valid_until", 0)
                             : c->now + given_int(g, "ttl_days", 0) * DAY;
    if (until == days)
        call_fault(c, "/params/valid_until", until ? "too_many" : "required", "%s",
                   tell(c, "нужно одно из двух: valid_until или ttl_days",
                        "one of the two is needed: valid_until or ttl_days"));
    else if (out->valid_until <= c->now || out->valid_until > c->now + DAYS_MAX * DAY)
        call_fault(c, "/params/valid_until", "range", "%s",
                   tell(c, "позже, чем сейчас, и не дальше десяти лет",
                        "later than now, and within ten years"));
}

static void discount_read(struct call *c, const struct given *g,
                          struct bulk_params *out)
{
    out->percent_bp = (int)given_int(g, "value", 0);
    out->uses = (int)given_int(g, "uses_allowed", 1);
    out->min_purchase = given_int(g, "min_purchase", 0);
    out->max_amount = given_int(g, "max_amount", 0);
    out->store_id = given_int(g, "store_id", 0);
    out->reason = given_text(g, "reason");
    out->tell = given_bool(g, "notify", false);
    term_read(c, g, out);
}

/* Tags that are taken away need not be there; those that are given are made. */
static enum status tags_read(struct call *c, const struct given *g,
                             struct bulk_said *out)
{
    const struct value *names = given_value(g, "tags");
    bool make = out->action == BULK_TAGS_ADD, fresh;
    struct tag tag;
    enum status st = ST_OK;

    for (size_t i = 0; i < names->n && st == ST_OK; i++) {
        st = make ? tag_make(c->db, c->now, names->texts[i], c->who.staff.id, &tag,
                             &fresh)
                  : tag_find(c->db, names->texts[i], &tag);
        if (st == ST_OK)
            out->params.tags[out->params.tags_n++] = tag.id;
        if (st == ST_NONE)
            st = ST_OK;
    }
    if (st != ST_BAD)
        return st;
    call_fault(c, "/params/tags", "format", "%s",
               tell(c, "до 40 знаков, без пробелов по краям и подряд",
                    "up to 40 characters, no blanks around them or in a row"));
    return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
}

static enum status letter_read(struct call *c, const struct given *g,
                               struct bulk_said *out)
{
    bool marketing = given_int(g, "purpose", 0) == 1;

    return letter_write(c->db, c->now,
                        &(struct letter_spec){.staff_id = c->who.staff.id,
                                              .purpose = marketing ? MESSAGE_MARKETING
                                                                   : MESSAGE_SERVICE,
                                              .body = given_text(g, "text")},
                        &out->params.letter_id);
}

static enum status params_read(struct call *c, const struct given *g,
                               struct bulk_said *out)
{
    if (out->action == BULK_DISCOUNT)
        discount_read(c, g, &out->params);
    if (out->action == BULK_NOTIFY && call_faults(c) == 0 &&
        !letter_fits(given_text(g, "text")))
        call_fault(c, "/params/text", "too_long", "%s",
                   tell(c, "со знаками разметки текст слишком длинный",
                        "with its signs escaped the text is too long"));
    if (call_faults(c) > 0)
        return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
    if (A(out->action) & TAGS)
        return tags_read(c, g, out);
    return out->action == BULK_NOTIFY ? letter_read(c, g, out) : ST_OK;
}

/* ---- to whom ---------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* Each once, and in one order: two who act on the same customers wait for each other
 * instead of meeting. */
static size_t each_once(int64_t *ids, size_t n)
{
    size_t kept = 0;

    if (n > 0)
        qsort(ids, n, sizeof *ids, by_number);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || ids[i] != ids[kept - 1])
            ids[kept++] = ids[i];
    return kept;
}

static void target_read(struct call *c, struct bulk_said *out)
{
    const struct given *target = given_value(&c->body, "target")->object;
    const struct value *ids = given_value(target, "ids");
    const struct value *filter = given_value(target, "filter");

    if (ids->given == filter->given)
        call_fault(c, "/target", ids->given ? "too_many" : "required", "%s",
                   tell(c, "нужно одно из двух: ids или filter",
                        "one of the two is needed: ids or filter"));
    out->ids = ids->ids;
    out->n = ids->given ? each_once(ids->ids, ids->n) : 0;
    if (ids->given && ids->n == 0)
        call_fault(c, "/target/ids", "too_few", "%s",
                   tell(c, "хотя бы один", "one at least"));
    out->by_filter = filter->given;
    if (filter->given)
        users_filter(c, filter->object, "/target/filter/", &out->filter);
}

enum status bulk_said(struct call *c, struct bulk_said *out)
{
    const struct given *params;
    enum status st;

    *out = (struct bulk_said){0};
    st = body_read(c, fields, N(fields));
    if (st != ST_OK)
        return st;
    *out = (struct bulk_said){.dry = given_bool(&c->body, "dry_run", false)};
    out->action = (enum bulk_action)(given_int(&c->body, "action", 0) + 1);
    params = given_value(&c->body, "params")->object;
    if (!bulk_may(&c->who.staff, out->action))
        return problem(c, PROBLEM_FORBIDDEN, NULL);
    params_check(c, params, out->action);
    target_read(c, out);
    st = params_read(c, params, out);
    if (st == ST_OK && out->by_filter)
        st = users_segment(
            c, given_value(given_value(&c->body, "target")->object, "filter")->object,
            &out->segment, &out->filter);
    return st;
}

void bulk_said_free(struct bulk_said *s)
{
    users_segment_close(&s->segment);
}
