/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The values of a rule: each of the type its field has, or a fault. */
#include "core/segment/rule_private.h"

#include "core/base/clock.h"
#include "core/base/stamp.h"
#include "core/base/utf.h"

#include <stdlib.h>
#include <string.h>

#define DAYS_MAX 366
#define DAY_MIN 365   /* 1971-01-01 */
#define DAY_MAX 84005 /* 2199-12-31 */
#define AGE_MAX 150

struct rule_value *value_new(struct reader *r, enum value_kind kind)
{
    struct rule_value *v = &r->rule->values[r->rule->values_n];

    if (r->rule->values_n == RULE_VALUES_MAX) {
        reader_fault(r, FAULT_TOO_LARGE);
        return NULL;
    }
    r->rule->values_n++;
    *v = (struct rule_value){.kind = kind};
    return v;
}

/* ---- texts ------------------------------------------------------------------------ */

/* What some keyboards write as a letter and a mark after it. */
static const struct {
    const char *two, *one;
} composed[] = {
    {"\xd0\xb8\xcc\x86", "\xd0\xb9"},
    {"\xd0\x98\xcc\x86", "\xd0\x99"}, /* й Й */
    {"\xd0\xb5\xcc\x88", "\xd1\x91"},
    {"\xd0\x95\xcc\x88", "\xd0\x81"}, /* ё Ё */
};

static const char *composed_at(const char *s, size_t n)
{
    for (size_t i = 0; i < sizeof composed / sizeof *composed; i++)
        if (n >= 4 && memcmp(s, composed[i].two, 4) == 0)
            return composed[i].one;
    return NULL;
}

static bool control_at(const char *s, size_t len)
{
    uint32_t c = utf_code(s, len);

    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x2069) || c == 0xfeff;
}

/* Copies without blanks around it. -1: nothing is left, it is too long, or it holds what
 * nobody can see. */
static int64_t text_copy(struct rule *rule, const char *s, size_t n, size_t max)
{
    char *to = rule->text + rule->text_n;
    size_t len = 0, count = 0;

    while (n > 0 && s[0] == ' ')
        s++, n--;
    while (n > 0 && s[n - 1] == ' ')
        n--;
    for (size_t i = 0; i < n; count++) {
        const char *one = composed_at(s + i, n - i);
        size_t k = utf_char_len(s + i, n - i);

        if (k == 0 || control_at(s + i, k) || rule->text_n + len + k > rule->text_cap)
            return -1;
        memcpy(to + len, one != NULL ? one : s + i, one != NULL ? 2 : k);
        len += one != NULL ? 2 : k;
        i += one != NULL ? 4 : k;
    }
    if (count == 0 || count > max)
        return -1;
    rule->text_n += len;
    return (int64_t)len;
}

static bool text_value(struct reader *r, const struct json *v, size_t max)
{
    size_t n, from = r->rule->text_n;
    const char *s = json_text(v, "", &n);
    struct rule_value *out;
    int64_t len;

    if (s == NULL) {
        reader_fault(r, FAULT_WRONG_TYPE);
        return false;
    }
    len = text_copy(r->rule, s, n, max);
    if (len < 0) {
        reader_fault(r, FAULT_WRONG_VALUE);
        return false;
    }
    out = value_new(r, VALUE_TEXT);
    if (out == NULL)
        return false;
    out->text = r->rule->text + from;
    out->len = (size_t)len;
    return true;
}

bool text_read(struct reader *r, const struct json *o, const char *key, size_t max)
{
    size_t was = reader_step(r, key);
    const struct json *v = json_get(o, key);
    bool fine = v != NULL && text_value(r, v, max);

    if (v == NULL)
        reader_fault(r, FAULT_MISSING);
    reader_back(r, was);
    return fine;
}

/* ---- numbers ---------------------------------------------------------------------- */

static bool int_value(struct reader *r, const struct json *v, int64_t lo, int64_t hi)
{
    struct rule_value *out;
    int64_t n;

    if (!json_int(v, "", &n)) {
        reader_fault(r, FAULT_WRONG_TYPE);
        return false;
    }
    if (n < lo || n > hi) {
        reader_fault(r, FAULT_WRONG_VALUE);
        return false;
    }
    out = value_new(r, VALUE_INT);
    if (out != NULL)
        out->n = n;
    return out != NULL;
}

bool int_read(struct reader *r, const struct json *o, const char *key, int64_t lo,
              int64_t hi)
{
    size_t was = reader_step(r, key);
    const struct json *v = json_get(o, key);
    bool fine = v != NULL && int_value(r, v, lo, hi);

    if (v == NULL)
        reader_fault(r, FAULT_MISSING);
    reader_back(r, was);
    return fine;
}

/* ---- times ------------------------------------------------------------------------ */

static bool time_value(struct reader *r, const struct json *v, struct rule_value *out)
{
    size_t n;
    const char *s = json_text(v, "", &n);
    int32_t day;

    if (s == NULL) {
        reader_fault(r, FAULT_WRONG_TYPE);
        return false;
    }
    if (stamp_read_day(s, n, &day) == ST_OK && day >= DAY_MIN && day <= DAY_MAX) {
        *out = (struct rule_value){.kind = VALUE_DAY, .n = day};
        return true;
    }
    *out = (struct rule_value){.kind = VALUE_TIME};
    if (stamp_read(s, n, &out->n) == ST_OK && out->n >= DAY_MIN * DAY &&
        out->n <= DAY_MAX * DAY)
        return true;
    reader_fault(r, FAULT_WRONG_VALUE);
    return false;
}

bool time_of(struct reader *r, const struct json *o, const char *key,
             struct rule_value *v)
{
    size_t was = reader_step(r, key);
    bool fine = time_value(r, json_get(o, key), v);

    reader_back(r, was);
    return fine;
}

bool span_of(struct reader *r, const struct json *o, const char *key, struct span *out)
{
    size_t was = reader_step(r, key), n;
    const struct json *v = json_get(o, key);
    const char *s = json_text(v, "", &n);
    bool fine = s != NULL && span_read(s, n, out) == ST_OK;

    if (!fine)
        reader_fault(r, v == NULL   ? FAULT_MISSING
                        : s == NULL ? FAULT_WRONG_TYPE
                                    : FAULT_WRONG_VALUE);
    reader_back(r, was);
    return fine;
}

/* ---- by the type of a field ------------------------------------------------------- */

static bool bool_value(struct reader *r, const struct json *v)
{
    bool is = json_bool_or(v, "", false);
    struct rule_value *out;

    if (is != json_bool_or(v, "", true)) {
        reader_fault(r, FAULT_WRONG_TYPE);
        return false;
    }
    out = value_new(r, VALUE_INT);
    if (out != NULL)
        out->n = is;
    return out != NULL;
}

static bool choice_value(struct reader *r, const struct trait *f, const struct json *v)
{
    size_t n;
    const char *s = json_text(v, "", &n);
    const struct choice *c = s != NULL && strlen(s) == n ? choice_find(f, s) : NULL;
    struct rule_value *out;

    if (c == NULL) {
        reader_fault(r, s == NULL ? FAULT_WRONG_TYPE : FAULT_WRONG_VALUE);
        return false;
    }
    out = value_new(r, VALUE_INT);
    if (out != NULL)
        out->n = c->value;
    return out != NULL;
}

static bool moment_value(struct reader *r, const struct json *v)
{
    struct rule_value *out = value_new(r, VALUE_TIME);

    return out != NULL && time_value(r, v, out);
}

static bool number_value(struct reader *r, const struct node *n, const struct json *v)
{
    enum trait_type t = n->field != NULL ? n->field->type : TRAIT_NUMBER;

    if (n->kind == NODE_AGG && n->fn != AGG_COUNT && n->fn != AGG_DISTINCT &&
        n->fn != AGG_DAYS && t == TRAIT_MONEY)
        return int_value(r, v, 0, RULE_NUMBER_MAX);
    if (n->kind == NODE_AGG)
        return int_value(r, v, -RULE_NUMBER_MAX, RULE_NUMBER_MAX);
    if (t == TRAIT_BIRTHDAY && n->op == OP_MONTH_IN)
        return int_value(r, v, 1, 12);
    if (t == TRAIT_BIRTHDAY && n->op == OP_WITHIN_DAYS)
        return int_value(r, v, -DAYS_MAX, DAYS_MAX);
    if (t == TRAIT_BIRTHDAY || t == TRAIT_AGE)
        return int_value(r, v, 0, AGE_MAX);
    if (t == TRAIT_MONEY)
        return int_value(r, v, 0, RULE_NUMBER_MAX);
    return int_value(r, v, t == TRAIT_ID ? 1 : -RULE_NUMBER_MAX, RULE_NUMBER_MAX);
}

static bool one_value(struct reader *r, const struct node *n, const struct json *v)
{
    enum trait_type t = n->kind == NODE_FIELD ? n->field->type : TRAIT_NUMBER;

    switch (t) {
    case TRAIT_BOOL:
        return bool_value(r, v);
    case TRAIT_ENUM:
        return choice_value(r, n->field, v);
    case TRAIT_TEXT:
        return text_value(r, v, RULE_TEXT_MAX);
    case TRAIT_TIME:
        return moment_value(r, v);
    default:
        return number_value(r, n, v);
    }
}

/* ---- lists ------------------------------------------------------------------------ */

static int value_order(const void *a, const void *b)
{
    const struct rule_value *x = a, *y = b;
    size_t n = x->len < y->len ? x->len : y->len;
    int c = n > 0 ? memcmp(x->text, y->text, n) : 0;

    if (c != 0 || x->len != y->len)
        return c != 0 ? c : x->len < y->len ? -1 : 1;
    return x->n < y->n ? -1 : x->n > y->n;
}

/* A list is a set: in order, each once. Answers how many are left of the last n. */
static int set_of(struct rule *rule, int n)
{
    struct rule_value *v = rule->values + rule->values_n - n;
    int kept = 1;

    if (n == 0)
        return 0;
    qsort(v, (size_t)n, sizeof *v, value_order);
    for (int i = 1; i < n; i++)
        if (value_order(&v[i], &v[kept - 1]) != 0)
            v[kept++] = v[i];
    rule->values_n -= n - kept;
    return kept;
}

typedef bool one_of_list(struct reader *r, const struct node *n, const struct json *v);

static bool list_of(struct reader *r, const struct node *node, const struct json *list,
                    one_of_list *one, int *n)
{
    size_t count = json_count(list);

    *n = 0;
    if (!json_is_array(list)) {
        reader_fault(r, FAULT_WRONG_TYPE);
        return false;
    }
    if (count == 0 || count > RULE_LIST_MAX) {
        reader_fault(r, count == 0 ? FAULT_WRONG_VALUE : FAULT_TOO_LARGE);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        size_t was = reader_index(r, i);
        bool fine = one(r, node, json_at(list, i));

        reader_back(r, was);
        if (!fine)
            return false;
    }
    *n = set_of(r->rule, (int)count);
    return true;
}

static bool tag_one(struct reader *r, const struct node *n, const struct json *v)
{
    (void)n;
    return text_value(r, v, 40);
}

static bool id_one(struct reader *r, const struct node *n, const struct json *v)
{
    (void)n;
    return int_value(r, v, 1, INT64_MAX);
}

static bool list_read(struct reader *r, const struct json *o, const char *key,
                      one_of_list *one, int *n)
{
    size_t was = reader_step(r, key);
    bool fine = list_of(r, NULL, json_get(o, key), one, n);

    reader_back(r, was);
    return fine;
}

bool texts_read(struct reader *r, const struct json *o, const char *key, int *n)
{
    return list_read(r, o, key, tag_one, n);
}

bool ids_read(struct reader *r, const struct json *o, const char *key, int *n)
{
    return list_read(r, o, key, id_one, n);
}

/* [a, b], the first not behind the second. */
static bool pair_of(struct reader *r, const struct node *node, const struct json *v)
{
    const struct rule_value *two = r->rule->values + r->rule->values_n;

    if (!json_is_array(v) || json_count(v) != 2) {
        reader_fault(r, FAULT_WRONG_TYPE);
        return false;
    }
    for (size_t i = 0; i < 2; i++) {
        size_t was = reader_index(r, i);
        bool fine = one_value(r, node, json_at(v, i));

        reader_back(r, was);
        if (!fine)
            return false;
    }
    if ((two[0].kind == two[1].kind && two[0].n > two[1].n) ||
        (node->op == OP_WITHIN_DAYS && two[1].n - two[0].n >= DAYS_MAX)) {
        reader_fault(r, FAULT_WRONG_VALUE);
        return false;
    }
    return true;
}

static bool span_value(struct reader *r, const struct json *o)
{
    struct rule_value *v = value_new(r, VALUE_SPAN);

    return v != NULL && span_of(r, o, "v", &v->span);
}

bool values_read(struct reader *r, struct node *n, const struct json *o)
{
    enum op_takes takes = op_takes(n->op);
    const struct json *v = json_get(o, "v");
    int from = r->rule->values_n, list;
    size_t was;
    bool fine = false;

    n->values = r->rule->values + from;
    if (takes == TAKES_NOTHING && v == NULL)
        return true;
    if (takes == TAKES_NOTHING || v == NULL) {
        reader_fault_at(r, "v", v == NULL ? FAULT_MISSING : FAULT_UNKNOWN_KEY);
        return false;
    }
    was = takes == TAKES_SPAN ? strlen(r->at) : reader_step(r, "v");
    if (takes == TAKES_ONE)
        fine = one_value(r, n, v);
    else if (takes == TAKES_LIST)
        fine = list_of(r, n, v, one_value, &list);
    else if (takes == TAKES_PAIR)
        fine = pair_of(r, n, v);
    else
        fine = span_value(r, o);
    reader_back(r, was);
    n->values_n = r->rule->values_n - from;
    return fine;
}
