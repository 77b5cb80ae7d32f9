/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What a broadcast is to be, as a body says it. */
#include "api/broadcasts_private.h"
#include "api/content.h"
#include "core/base/utf.h"
#include "core/template/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N BROADCASTS_N
#define DAYS_MAX 3650
#define USES_MAX 100
#define SHARE_MAX 9000
#define RATE_MAX 1000
#define WEIGHT_MAX 100

/* ---- the table -------------------------------------------------------------------- */

static const char *const metrics[] = {"clicks", "redemptions", NULL};

static const struct field variant_fields[] = {
    {"weight", FIELD_INT, .min = 1, .max = WEIGHT_MAX},
    {"template_id", FIELD_ID},
    {"content", FIELD_JSON},
};
static const struct field offer_fields[] = {
    {"percent_bp", FIELD_INT, .required = true, .min = 1, .max = 10000},
    {"uses", FIELD_INT, .min = 1, .max = USES_MAX},
    {"days", FIELD_INT, .nullable = true, .min = 1, .max = DAYS_MAX},
    {"valid_until", FIELD_TIME, .nullable = true},
    {"min_purchase", FIELD_INT, .nullable = true, .min = 1, .max = INT64_MAX},
    {"max_amount", FIELD_INT, .nullable = true, .min = 1, .max = INT64_MAX},
    {"store_id", FIELD_ID, .nullable = true},
};
static const struct field test_fields[] = {
    {"share_bp", FIELD_INT, .required = true, .min = 1, .max = SHARE_MAX},
    {"metric", FIELD_WORD, .required = true, .words = metrics},
    {"decide_at", FIELD_TIME, .required = true},
};

/* clang-format off */
#define FIELDS_BUT_NAME                                                                \
    {"purpose", FIELD_WORD, .words = broadcast_purpose_words},                         \
    {"segment_id", FIELD_ID},                                                          \
    {"rule", FIELD_JSON},                                                              \
    {"variants", FIELD_OBJECTS, .fields = variant_fields, .n = N(variant_fields),      \
     .most = BROADCAST_VARIANTS},                                                      \
    {"offer", FIELD_OBJECT, .nullable = true, .fields = offer_fields,                  \
     .n = N(offer_fields)},                                                            \
    {"holdout_bp", FIELD_INT, .min = 0, .max = SHARE_MAX},                             \
    {"test", FIELD_OBJECT, .nullable = true, .fields = test_fields,                    \
     .n = N(test_fields)},                                                             \
    {"not_after", FIELD_TIME, .nullable = true},                                       \
    {"rate_per_s", FIELD_INT, .nullable = true, .min = 1, .max = RATE_MAX},            \
    {"paid", FIELD_BOOL},                                                              \
    {"quiet", FIELD_BOOL},                                                             \
    {"cap", FIELD_BOOL},                                                               \
    {"footer", FIELD_PAGE, .nullable = true, .min = 1, .max = BROADCAST_FOOTER_MAX}
/* clang-format on */

static const struct field fields_new[] = {
    {"name", FIELD_TEXT, .required = true, .min = 1, .max = BROADCAST_NAME_MAX},
    FIELDS_BUT_NAME,
};
static const struct field fields_change[] = {
    {"name", FIELD_TEXT, .min = 1, .max = BROADCAST_NAME_MAX},
    FIELDS_BUT_NAME,
};

/* ---- plain values ----------------------------------------------------------------- */

static void fault(struct call *c, const char *pointer, const char *code,
                  const struct words *w)
{
    call_fault(c, pointer, code, "%s", tell(c, w->ru, w->en));
}

/* Either a term or an end. */
static void offer_read(struct call *c, struct broadcast *b)
{
    static const struct words one = {"нужен days или valid_until, что-то одно",
                                     "days or valid_until is needed, one of them"};
    const struct given *o = given_value(&c->body, "offer")->object;

    if (given_value(&c->body, "offer")->null)
        b->offer = (struct broadcast_offer){0};
    if (o == NULL)
        return;
    b->offer = (struct broadcast_offer){
        .percent_bp = (int)given_int(o, "percent_bp", 0),
        .uses = (int)given_int(o, "uses", 1),
        .days = (int)given_int(o, "days", 0),
        .until = given_int(o, "valid_until", 0),
        .min_purchase = given_int(o, "min_purchase", 0),
        .max_amount = given_int(o, "max_amount", 0),
        .store_id = given_int(o, "store_id", 0),
    };
    if ((b->offer.days != 0) == given_has(o, "valid_until"))
        fault(c, "/offer/days", "required", &one);
}

static void test_read(struct call *c, struct broadcast *b)
{
    const struct value *v = given_value(&c->body, "test");

    if (v->null)
        b->test_bp = 0, b->metric = METRIC_NONE, b->decide_at = 0;
    if (v->object == NULL)
        return;
    b->test_bp = (int)given_int(v->object, "share_bp", 0);
    b->metric =
        METRIC_CLICKS + (enum broadcast_metric)given_int(v->object, "metric", 0);
    b->decide_at = given_int(v->object, "decide_at", 0);
}

/* What a null takes away. */
static int64_t number_read(const struct call *c, const char *name, int64_t was)
{
    return given_value(&c->body, name)->null ? 0 : given_int(&c->body, name, was);
}

static void purpose_read(struct call *c, struct broadcast *b)
{
    static const struct words always = {
        "реклама всегда ждёт конца тихих часов и знает меру",
        "advertising always keeps the quiet hours and the cap"};
    static const char *const names[] = {"quiet", "cap"};

    if (given_has(&c->body, "purpose"))
        b->purpose = given_int(&c->body, "purpose", 0) == 1 ? MESSAGE_SERVICE
                                                            : MESSAGE_MARKETING;
    b->quiet = given_bool(&c->body, "quiet", b->quiet);
    b->cap = given_bool(&c->body, "cap", b->cap);
    if (b->purpose != MESSAGE_MARKETING)
        return;
    for (size_t i = 0; i < N(names); i++)
        if (!given_bool(&c->body, names[i], true)) {
            char at[16];

            snprintf(at, sizeof at, "/%s", names[i]);
            fault(c, at, "range", &always);
        }
    b->quiet = b->cap = true;
}

static void plain_read(struct call *c, struct broadcast *b)
{
    const struct given *g = &c->body;
    const char *name = given_text(g, "name"), *footer = given_text(g, "footer");
    struct buf clean = {0};

    if (name != NULL) {
        utf_add_name(&clean, name, strlen(name), BROADCAST_NAME_MAX);
        snprintf(b->name, sizeof b->name, "%s", clean.s != NULL ? clean.s : "");
        buf_free(&clean);
    }
    if (footer != NULL || given_value(g, "footer")->null)
        snprintf(b->footer, sizeof b->footer, "%s", footer != NULL ? footer : "");
    b->holdout_bp = (int)given_int(g, "holdout_bp", b->holdout_bp);
    b->not_after = number_read(c, "not_after", b->not_after);
    b->rate_per_s = (int)number_read(c, "rate_per_s", b->rate_per_s);
    b->paid = given_bool(g, "paid", b->paid);
    purpose_read(c, b);
    offer_read(c, b);
    test_read(c, b);
}

/* ---- the audience ----------------------------------------------------------------- */

static enum status audience_read(struct call *c, const struct broadcast *was,
                                 struct broadcast_body *out)
{
    static const struct words one = {"либо rule, либо segment_id",
                                     "either rule or segment_id"};
    struct broadcast *b = &out->draft.b;
    struct json *rule = given_value(&c->body, "rule")->json;
    int64_t segment = given_int(&c->body, "segment_id", 0);
    enum status st = ST_OK;

    if (rule != NULL && segment != 0) {
        fault(c, "/rule", "too_many", &one);
        return ST_OK;
    }
    if (rule != NULL) {
        b->segment_id = 0;
        st = broadcast_rule_read(c, rule, &out->rule);
    } else if (segment != 0) {
        b->segment_id = segment;
        st = broadcast_segment_checked(c, segment);
    } else if (was != NULL && was->segment_id == 0) {
        st = broadcast_rule(c->db, was->id, &out->rule);
        st = st == ST_NONE ? ST_OK : st;
    }
    if (out->rule.len > 0) {
        out->draft.rule = out->rule.s;
        out->draft.rule_n = out->rule.len;
    }
    return st == ST_OK && out->rule.failed ? ST_BROKEN : st;
}

/* ---- what it says ----------------------------------------------------------------- */

/* Checked, and in its one form; its media are held. *out is NULL where faults were said. */
static enum status content_take(struct call *c, const struct content_from *from,
                                struct json **out)
{
    struct content *content = NULL;
    enum status st = content_from_body(c, from, &content);

    *out = content != NULL ? content_json(content) : NULL;
    if (st == ST_OK && content != NULL && *out == NULL)
        st = ST_BROKEN;
    content_free(content);
    return st;
}

/* The template as it is in force now is copied: what is changed in it later changes no
 * broadcast. */
static enum status template_take(struct call *c, const struct content_from *from,
                                 int64_t id, struct json **out)
{
    static const struct words none = {"такого действующего шаблона нет",
                                      "there is no such template in force"};
    struct json *active = NULL;
    struct content_from copy = *from;
    enum status st = template_active(c->db, id, &active);

    if (st == ST_NONE) {
        fault(c, from->at, "unknown_template", &none);
        return ST_OK;
    }
    copy.json = active;
    copy.named = true;
    if (st == ST_OK)
        st = content_take(c, &copy, out);
    json_free(active);
    return st;
}

static enum status variant_read(struct call *c, const struct given *g, int no,
                                struct broadcast_body *out)
{
    static const struct words one = {"нужен content или template_id, что-то одно",
                                     "content or template_id is needed, one of them"};
    struct broadcast_variant *v = &out->variant[no - 1];
    struct json *content = given_value(g, "content")->json;
    char at[40];
    struct content_from from = {
        .at = at, .json = content, .of_discount = out->draft.b.offer.percent_bp > 0};

    *v = (struct broadcast_variant){.no = no,
                                    .weight = (int)given_int(g, "weight", 1),
                                    .template_id = given_int(g, "template_id", 0)};
    snprintf(at, sizeof at, "/variants/%d/%s", no - 1,
             content != NULL ? "content" : "template_id");
    if ((content != NULL) == (v->template_id != 0)) {
        fault(c, at, "required", &one);
        return ST_OK;
    }
    return content != NULL ? content_take(c, &from, &v->content)
                           : template_take(c, &from, v->template_id, &v->content);
}

static enum status variants_read(struct call *c, const struct value *given,
                                 struct broadcast_body *out)
{
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < given->n; i++) {
        out->draft.variants_n = (int)i + 1;
        st = variant_read(c, &given->object[i], (int)i + 1, out);
    }
    out->draft.variants = out->variant;
    return st;
}

/* Without its offer a message cannot speak of one. */
static enum status variants_still_fit(struct call *c, const struct broadcast *was,
                                      struct broadcast_body *out)
{
    struct broadcast_variant v[BROADCAST_VARIANTS];
    int n = 0;
    enum status st;

    if (was == NULL || was->offer.percent_bp == 0 || out->draft.b.offer.percent_bp != 0)
        return ST_OK;
    st = broadcast_variants(c->db, was->id, v, &n);
    if (st != ST_OK)
        return st;
    for (int i = 0; st == ST_OK && i < n; i++) {
        char at[40];
        struct json *same = NULL;

        snprintf(at, sizeof at, "/variants/%d/content", i);
        st = content_take(c, &(struct content_from){.at = at, .json = v[i].content},
                          &same);
        json_free(same);
    }
    broadcast_variants_free(v, n);
    return st;
}

/* ---- all of it -------------------------------------------------------------------- */

static const struct broadcast blank = {
    .purpose = MESSAGE_MARKETING, .quiet = true, .cap = true};

enum status broadcast_body_read(struct call *c, const struct broadcast *was,
                                struct broadcast_body *out)
{
    const struct value *variants;
    enum status st = ST_OK;

    *out = (struct broadcast_body){.draft = {.b = was != NULL ? *was : blank}};
    if (was == NULL)
        st = body_read(c, fields_new, N(fields_new));
    else
        st = body_read(c, fields_change, N(fields_change));
    if (st != ST_OK)
        return st;
    plain_read(c, &out->draft.b);
    st = audience_read(c, was, out);
    variants = given_value(&c->body, "variants");
    if (st == ST_OK && variants->given)
        st = variants_read(c, variants, out);
    else if (st == ST_OK)
        st = variants_still_fit(c, was, out);
    if (st == ST_OK)
        st = broadcast_service_may(c, &out->draft.b);
    if (st == ST_OK && call_faults(c) > 0)
        st = problem(c, PROBLEM_VALIDATION_FAILED, NULL);
    return st;
}

void broadcast_body_free(struct broadcast_body *b)
{
    for (int i = 0; i < BROADCAST_VARIANTS; i++)
        json_free(b->variant[i].content);
    buf_free(&b->rule);
}
