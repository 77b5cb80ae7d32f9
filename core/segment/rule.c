/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/segment/rule.h"

#include "core/segment/rule_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- faults ----------------------------------------------------------------------- */

static const struct {
    const char *code;
    struct words words;
} said[FAULT_CODES] = {
    [FAULT_MALFORMED] = {"malformed", {"это не JSON", "this is not JSON"}},
    [FAULT_TOO_LARGE] = {"too_large", {"слишком много или длинно", "too much or long"}},
    [FAULT_TOO_DEEP] = {"too_deep", {"слишком глубоко вложено", "nested too deep"}},
    [FAULT_UNKNOWN_KEY] = {"unknown_key", {"лишнее имя", "an unknown member"}},
    [FAULT_UNKNOWN_FIELD] = {"unknown_field", {"такого поля нет", "no such field"}},
    [FAULT_UNKNOWN_OPERATOR] = {"unknown_operator",
                                {"у этого поля нет такого сравнения",
                                 "this field has no such operator"}},
    [FAULT_MISSING] = {"missing", {"этого не хватает", "this is missing"}},
    [FAULT_WRONG_TYPE] = {"wrong_type",
                          {"значение не того вида", "a value of another kind"}},
    [FAULT_WRONG_VALUE] = {"wrong_value",
                           {"такого значения быть не может", "no possible value"}},
    [FAULT_FORBIDDEN] = {"forbidden",
                         {"у вас нет права на персональные данные",
                          "you may not use personal data"}},
    [FAULT_UNKNOWN_TAG] = {"unknown_tag", {"такой метки нет", "no such tag"}},
    [FAULT_UNKNOWN_STORE] = {"unknown_store", {"такого магазина нет", "no such store"}},
    [FAULT_UNKNOWN_SEGMENT] = {"unknown_segment",
                               {"такого сегмента нет", "no such segment"}},
    [FAULT_CIRCULAR] =
        {"circular",
         {"сегменты ссылаются друг на друга по кругу или слишком глубоко",
          "segments refer to one another in a circle or too deep"}},
};

const char *fault_code(enum rule_fault_code c)
{
    return (unsigned)c < FAULT_CODES ? said[c].code : "";
}

struct words fault_words(enum rule_fault_code c)
{
    return (unsigned)c < FAULT_CODES ? said[c].words : (struct words){"", ""};
}

void fault_add(struct rule_faults *f, const char *pointer, enum rule_fault_code c)
{
    struct rule_fault *at = &f->fault[f->n];

    if (f->n == FAULTS_MAX)
        return;
    snprintf(at->pointer, sizeof at->pointer, "%s", pointer);
    at->code = c;
    f->n++;
}

/* ---- names ------------------------------------------------------------------------ */

const char *node_key(enum node_kind k)
{
    static const char *const keys[NODE_KINDS] = {
        [NODE_ALL] = "all",           [NODE_ANY] = "any",
        [NODE_NONE] = "none",         [NODE_FIELD] = "f",
        [NODE_TAGS] = "tags",         [NODE_AGG] = "agg",
        [NODE_HAS] = "has",           [NODE_SEGMENT] = "segment",
        [NODE_RECEIVED] = "received", [NODE_NOT_RECEIVED] = "not_received",
        [NODE_SAMPLE] = "sample",     [NODE_IDS] = "ids",
    };

    return (unsigned)k < NODE_KINDS ? keys[k] : "";
}

const char *agg_name(enum agg_fn fn)
{
    static const char *const names[AGGS] = {
        [AGG_COUNT] = "count",       [AGG_SUM] = "sum", [AGG_AVG] = "avg",
        [AGG_MIN] = "min",           [AGG_MAX] = "max", [AGG_DAYS] = "days_since_last",
        [AGG_DISTINCT] = "distinct",
    };

    return (unsigned)fn < AGGS ? names[fn] : "";
}

bool node_is_group(const struct node *n)
{
    return n->kind == NODE_ALL || n->kind == NODE_ANY || n->kind == NODE_NONE;
}

void node_child_pointer(const struct node *parent, int index, const char *pointer,
                        char out[POINTER_BYTES])
{
    char at[POINTER_BYTES];

    snprintf(at, sizeof at, "%.*s/%s%s/%d", POINTER_BYTES - 48, pointer,
             node_key(parent->kind), node_is_group(parent) ? "" : "/where", index);
    snprintf(out, POINTER_BYTES, "%s", at);
}

/* ---- a rule ----------------------------------------------------------------------- */

static struct rule *rule_new(size_t text)
{
    struct rule *r = calloc(1, sizeof *r);

    if (r == NULL)
        return NULL;
    r->text = malloc(text);
    r->text_cap = text;
    if (r->text == NULL) {
        free(r);
        return NULL;
    }
    return r;
}

void rule_free(struct rule *r)
{
    if (r == NULL)
        return;
    for (int i = 0; i < r->nodes_n; i++)
        rule_free(r->nodes[i].other);
    free(r->text);
    free(r);
}

static bool read_all(struct reader *r, const struct json *o)
{
    static const char *const keys[] = {"root", "v", NULL};
    size_t was;
    bool fine;

    if (!json_is_object(o)) {
        reader_fault(r, FAULT_WRONG_TYPE);
        return false;
    }
    if (!reader_only(r, o, keys))
        return false;
    if (json_int_or(o, "v", 0) != 1) {
        reader_fault_at(r, "v",
                        json_get(o, "v") == NULL ? FAULT_MISSING : FAULT_WRONG_VALUE);
        return false;
    }
    if (json_get(o, "root") == NULL) {
        reader_fault_at(r, "root", FAULT_MISSING);
        return false;
    }
    was = reader_step(r, "root");
    fine = node_read(r, json_get(o, "root"), &r->rule->root);
    reader_back(r, was);
    return fine;
}

/* Two rules of one canonical text are one rule. */
static bool hash_it(struct rule *r)
{
    struct buf b = {0};
    bool fine;

    rule_canonical(r, &b);
    fine = !b.failed;
    if (fine)
        secret_sha256(b.s, b.len, r->hash);
    buf_free(&b);
    return fine;
}

struct rule *rule_parse(const char *json, size_t n, bool personal,
                        struct rule_faults *faults)
{
    struct reader r = {.faults = faults, .personal = personal};
    struct json *o;

    *faults = (struct rule_faults){0};
    if (n > RULE_BYTES_MAX) {
        reader_fault(&r, FAULT_TOO_LARGE);
        return NULL;
    }
    o = json_parse(json, n);
    if (o == NULL) {
        reader_fault(&r, FAULT_MALFORMED);
        return NULL;
    }
    r.rule = rule_new(n + 1);
    if (r.rule != NULL && (!read_all(&r, o) || faults->n > 0 || !hash_it(r.rule))) {
        rule_free(r.rule);
        r.rule = NULL;
    }
    json_free(o);
    return r.rule;
}

bool rule_personal(const struct rule *r)
{
    for (int i = 0; i < r->nodes_n; i++) {
        const struct node *n = &r->nodes[i];

        if (n->field != NULL && n->field->personal)
            return true;
        if (n->other != NULL && rule_personal(n->other))
            return true;
    }
    return false;
}

/* ---- time ------------------------------------------------------------------------- */

int64_t value_time(const struct rule_value *v, const struct moment *m)
{
    return v->kind == VALUE_DAY ? moment_day_start(m, (int32_t)v->n) : v->n;
}

void window_bounds(const struct window *w, const struct moment *m, int64_t *first,
                   int64_t *last)
{
    *first = MOMENT_FIRST;
    *last = MOMENT_LAST;
    if (w->by_last) {
        *first = moment_shift(m, &w->last, false);
        *last = m->now;
    }
    if (w->by_after && value_time(&w->after, m) > *first)
        *first = value_time(&w->after, m);
    if (w->by_before && value_time(&w->before, m) - 1 < *last)
        *last = value_time(&w->before, m) - 1;
}
