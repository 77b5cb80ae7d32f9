/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What a rule may be made of, for who builds one with clicks: the registry of
 * core/segment/trait.h, the forms and bounds of docs/segments.md. */
#include "api/segments_private.h"
#include "core/segment/compile.h"

static void words_set(struct json *o, const char *name, struct words w)
{
    struct json *both;

    if (w.ru == NULL) {
        json_set_text(o, name, NULL);
        return;
    }
    both = json_new_object();
    json_set_text(both, "ru", w.ru);
    json_set_text(both, "en", w.en);
    json_set(o, name, both);
}

static struct json *ops_json(unsigned ops)
{
    struct json *all = json_new_array();

    for (int op = 0; op < OPS; op++)
        if (ops & OP_BIT((unsigned)op))
            json_push_text(all, op_name((enum op)op));
    return all;
}

static struct json *choices_json(const struct choice *c)
{
    struct json *all = json_new_array();

    for (; c != NULL && c->name != NULL; c++) {
        struct json *o = json_new_object();

        json_set_text(o, "name", c->name);
        words_set(o, "label", c->words);
        json_push(all, o);
    }
    return all;
}

/* What rule_parse takes. */
#define AGE_SAID 150
#define DAYS_SAID 366

static const struct bound {
    const char *name;
    int64_t n;
} bounds[TRAIT_TYPES][4] = {
    [TRAIT_TEXT] = {{"max_length", RULE_TEXT_MAX}},
    [TRAIT_NUMBER] = {{"min", -RULE_NUMBER_MAX}, {"max", RULE_NUMBER_MAX}},
    [TRAIT_MONEY] = {{"min", 0}, {"max", RULE_NUMBER_MAX}},
    [TRAIT_AGE] = {{"min", 0}, {"max", AGE_SAID}},
    [TRAIT_BIRTHDAY] = {{"days", DAYS_SAID}, {"max", AGE_SAID}},
};

static void bounds_set(struct json *o, enum trait_type t)
{
    struct json *b = json_new_object();

    for (const struct bound *one = bounds[t]; one->name != NULL; one++)
        json_set_int(b, one->name, one->n);
    json_set(o, "bounds", b);
}

static const char *unit_name(enum unit u)
{
    static const char *const names[UNITS] = {[UNIT_TIMES] = "times",
                                             [UNIT_YEARS] = "years",
                                             [UNIT_DAYS] = "days",
                                             [UNIT_PERCENT] = "basis_points"};

    return (unsigned)u < UNITS ? names[u] : NULL;
}

static struct json *field_json(const struct trait *f)
{
    struct json *o = json_new_object();

    json_set_text(o, "name", f->name);
    json_set_text(o, "type", trait_type_name(f->type));
    json_set(o, "operators", ops_json(f->ops));
    words_set(o, "label", f->label);
    words_set(o, "yes", f->yes);
    words_set(o, "no", f->no);
    json_set_bool(o, "may_be_unknown", f->unknown != NULL);
    json_set_bool(o, "personal", f->personal);
    json_set_text(o, "unit",
                  f->type == TRAIT_MONEY ? "minor_units" : unit_name(f->unit));
    bounds_set(o, f->type);
    json_set(o, "choices", choices_json(f->choices));
    json_set_int(o, "cost", f->cost);
    return o;
}

static struct json *fields_json(const struct trait *list, size_t n)
{
    struct json *all = json_new_array();

    for (size_t i = 0; i < n; i++)
        json_push(all, field_json(&list[i]));
    return all;
}

static struct json *relation_json(const struct relation *r)
{
    struct json *o = json_new_object();

    json_set_text(o, "name", r->name);
    words_set(o, "did", r->did);
    words_set(o, "did_not", r->did_not);
    words_set(o, "among", r->among);
    json_set_int(o, "cost", r->cost);
    json_set(o, "fields", fields_json(r->fields, r->fields_n));
    return o;
}

static struct json *relations_json(void)
{
    struct json *all = json_new_array();

    for (size_t i = 0; i < relations_n; i++)
        json_push(all, relation_json(&relations[i]));
    return all;
}

static struct json *operators_json(void)
{
    static const char *const takes[] = {[TAKES_NOTHING] = "nothing",
                                        [TAKES_ONE] = "one",
                                        [TAKES_LIST] = "list",
                                        [TAKES_PAIR] = "pair",
                                        [TAKES_SPAN] = "duration"};
    struct json *all = json_new_array();

    for (int op = 0; op < OPS; op++) {
        struct json *o = json_new_object();

        json_set_text(o, "name", op_name((enum op)op));
        json_set_text(o, "takes", takes[op_takes((enum op)op)]);
        json_push(all, o);
    }
    return all;
}

static struct json *names_json(int n, const char *name(int))
{
    struct json *all = json_new_array();

    for (int i = 0; i < n; i++)
        json_push_text(all, name(i));
    return all;
}

static const char *node_name(int k)
{
    return k == NODE_NOT_RECEIVED ? "not_received" : node_key((enum node_kind)k);
}

static const char *function_name(int fn)
{
    return agg_name((enum agg_fn)fn);
}

static struct json *limits_json(void)
{
    static const struct {
        const char *name;
        int64_t n;
    } all[] = {
        {"bytes", RULE_BYTES_MAX},
        {"depth", RULE_DEPTH_MAX},
        {"leaves", RULE_LEAVES_MAX},
        {"row_leaves", RULE_ROWS_MAX},
        {"values", RULE_VALUES_MAX},
        {"list", RULE_LIST_MAX},
        {"text_length", RULE_TEXT_MAX},
        {"number", RULE_NUMBER_MAX},
        {"cost", COMPILE_COST_MAX},
        {"references", SEGMENT_DEPTH_MAX},
        {"name_length", SEGMENT_NAME_MAX},
        {"description_length", SEGMENT_WORDS_MAX},
        {"members_of_a_call", SEGMENT_MEMBERS_MAX},
    };
    struct json *o = json_new_object();

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        json_set_int(o, all[i].name, all[i].n);
    return o;
}

struct json *segments_fields(void)
{
    struct json *o = json_new_object();

    json_set(o, "fields", fields_json(fields, fields_n));
    json_set(o, "relations", relations_json());
    json_set(o, "operators", operators_json());
    json_set(o, "functions", names_json(AGGS, function_name));
    json_set(o, "nodes", names_json(NODE_KINDS, node_name));
    json_set(o, "purposes", choices_json(message_purposes));
    json_set(o, "limits", limits_json());
    return o;
}
