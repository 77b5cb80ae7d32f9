/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Rules of segments: what is read, what is refused and where, and that equal rules have
 * one text. */
#include "core/base/buf.h"
#include "core/segment/compile.h"
#include "core/segment/rule.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ROOT "/root" /* of pointers */

static struct rule *parsed(const char *root, bool personal, struct rule_faults *f)
{
    struct buf b = {0};
    struct rule *r;

    buf_addf(&b, "{\"v\":1,\"root\":%s}", root);
    assert_false(b.failed);
    r = rule_parse(b.s, b.len, personal, f);
    assert_true((r != NULL) == (f->n == 0));
    buf_free(&b);
    return r;
}

/* ---- what is wrong, and where ----------------------------------------------------- */

static const struct wrong {
    const char *root, *pointer, *code;
} wrongs[] = {
    {"5", "/root", "wrong_type"},
    {"null", "/root", "missing"},
    {"[]", "/root", "wrong_type"},
    {"{}", "/root", "missing"},
    {"{\"x\":1}", ROOT "/x", "unknown_key"},
    {"{\"all\":5}", ROOT "/all", "wrong_type"},
    {"{\"any\":[]}", ROOT "/any", "wrong_value"},
    {"{\"none\":[]}", ROOT "/none", "wrong_value"},
    {"{\"all\":[5]}", ROOT "/all/0", "wrong_type"},
    {"{\"all\":[],\"any\":[]}", ROOT "/any", "unknown_key"},
    {"{\"all\":[],\"f\":\"age\"}", ROOT "/f", "unknown_key"},
    {"{\"f\":5}", ROOT "/f", "wrong_type"},
    {"{\"f\":\"nope\",\"op\":\"eq\",\"v\":1}", ROOT "/f", "unknown_field"},
    {"{\"f\":\"c.id) OR (1\",\"op\":\"eq\",\"v\":1}", ROOT "/f", "unknown_field"},
    {"{\"f\":\"city\"}", ROOT "/op", "missing"},
    {"{\"f\":\"city\",\"op\":5,\"v\":\"x\"}", ROOT "/op", "wrong_type"},
    {"{\"f\":\"city\",\"op\":\"lt\",\"v\":\"x\"}", ROOT "/op", "unknown_operator"},
    {"{\"f\":\"city\",\"op\":\"= 1 OR\",\"v\":\"x\"}", ROOT "/op", "unknown_operator"},
    {"{\"f\":\"city\",\"op\":\"eq\"}", ROOT "/v", "missing"},
    {"{\"f\":\"city\",\"op\":\"eq\",\"v\":null}", ROOT "/v", "missing"},
    {"{\"f\":\"city\",\"op\":\"eq\",\"v\":5}", ROOT "/v", "wrong_type"},
    {"{\"f\":\"city\",\"op\":\"eq\",\"v\":\"\"}", ROOT "/v", "wrong_value"},
    {"{\"f\":\"city\",\"op\":\"eq\",\"v\":\"  \"}", ROOT "/v", "wrong_value"},
    {"{\"f\":\"city\",\"op\":\"eq\",\"v\":\"a\\u0000b\"}", ROOT "/v", "wrong_value"},
    {"{\"f\":\"city\",\"op\":\"eq\",\"v\":\"a\\u202eb\"}", ROOT "/v", "wrong_value"},
    {"{\"f\":\"city\",\"op\":\"eq\",\"v\":\"x\",\"w\":1}", ROOT "/w", "unknown_key"},
    {"{\"f\":\"city\",\"op\":\"in\",\"v\":\"x\"}", ROOT "/v", "wrong_type"},
    {"{\"f\":\"city\",\"op\":\"in\",\"v\":[]}", ROOT "/v", "wrong_value"},
    {"{\"f\":\"city\",\"op\":\"in\",\"v\":[\"a\",1]}", ROOT "/v/1", "wrong_type"},
    {"{\"f\":\"city\",\"op\":\"is_set\",\"v\":1}", ROOT "/v", "unknown_key"},
    {"{\"f\":\"subscribed\",\"op\":\"is\",\"v\":1}", ROOT "/v", "wrong_type"},
    {"{\"f\":\"subscribed\",\"op\":\"is\",\"v\":\"true\"}", ROOT "/v", "wrong_type"},
    {"{\"f\":\"locale\",\"op\":\"eq\",\"v\":\"de\"}", ROOT "/v", "wrong_value"},
    {"{\"f\":\"locale\",\"op\":\"eq\",\"v\":\"ru\\u0000\"}", ROOT "/v", "wrong_value"},
    {"{\"f\":\"home_store\",\"op\":\"eq\",\"v\":0}", ROOT "/v", "wrong_value"},
    {"{\"f\":\"purchases_count\",\"op\":\"eq\",\"v\":1.5}", ROOT "/v", "wrong_type"},
    {"{\"f\":\"purchases_count\",\"op\":\"eq\",\"v\":\"1\"}", ROOT "/v", "wrong_type"},
    {"{\"f\":\"purchases_total\",\"op\":\"eq\",\"v\":-1}", ROOT "/v", "wrong_value"},
    {"{\"f\":\"purchases_count\",\"op\":\"between\",\"v\":[1]}", ROOT "/v",
     "wrong_type"},
    {"{\"f\":\"purchases_count\",\"op\":\"between\",\"v\":[2,1]}", ROOT "/v",
     "wrong_value"},
    {"{\"f\":\"created\",\"op\":\"last\",\"v\":\"90D\"}", ROOT "/v", "wrong_value"},
    {"{\"f\":\"created\",\"op\":\"last\",\"v\":90}", ROOT "/v", "wrong_type"},
    {"{\"f\":\"created\",\"op\":\"before\",\"v\":\"2026-02-30\"}", ROOT "/v",
     "wrong_value"},
    {"{\"f\":\"created\",\"op\":\"before\",\"v\":\"2026-02-03T10:00:00\"}", ROOT "/v",
     "wrong_value"},
    {"{\"f\":\"created\",\"op\":\"before\",\"v\":\"1969-12-31\"}", ROOT "/v",
     "wrong_value"},
    {"{\"f\":\"created\",\"op\":\"before\",\"v\":\"9999-12-31\"}", ROOT "/v",
     "wrong_value"},
    {"{\"f\":\"birthday\",\"op\":\"month_in\",\"v\":[13]}", ROOT "/v/0", "wrong_value"},
    {"{\"f\":\"birthday\",\"op\":\"within_days\",\"v\":[-200,200]}", ROOT "/v",
     "wrong_value"},
    {"{\"f\":\"birthday\",\"op\":\"within_days\",\"v\":[0,367]}", ROOT "/v/1",
     "wrong_value"},
    {"{\"f\":\"age\",\"op\":\"gt\",\"v\":151}", ROOT "/v", "wrong_value"},
    {"{\"tags\":[]}", ROOT "/tags", "wrong_type"},
    {"{\"tags\":{}}", ROOT "/tags", "missing"},
    {"{\"tags\":{\"one\":[\"x\"]}}", ROOT "/tags/one", "unknown_key"},
    {"{\"tags\":{\"any\":[7]}}", ROOT "/tags/any/0", "wrong_type"},
    {"{\"agg\":{\"of\":\"purchases\"},\"op\":\"gt\",\"v\":1}", ROOT "/agg/fn",
     "missing"},
    {"{\"agg\":{\"of\":\"users\",\"fn\":\"count\"},\"op\":\"gt\",\"v\":1}",
     ROOT "/agg/of", "unknown_field"},
    {"{\"agg\":{\"of\":\"purchases\",\"fn\":\"sum\"},\"op\":\"gt\",\"v\":1}",
     ROOT "/agg/field", "missing"},
    {"{\"agg\":{\"of\":\"purchases\",\"fn\":\"sum\",\"field\":\"store\"},\"op\":\"gt\","
     "\"v\":1}",
     ROOT "/agg/field", "wrong_value"},
    {"{\"agg\":{\"of\":\"purchases\",\"fn\":\"count\",\"field\":\"total\"},\"op\":"
     "\"gt\","
     "\"v\":1}",
     ROOT "/agg/field", "unknown_key"},
    {"{\"agg\":{\"of\":\"purchases\",\"fn\":\"count\"},\"op\":\"is_set\"}", ROOT "/op",
     "unknown_operator"},
    {"{\"agg\":{\"of\":\"purchases\",\"fn\":\"count\",\"where\":[{\"f\":\"age\",\"op\":"
     "\"eq\",\"v\":1}]},\"op\":\"gt\",\"v\":1}",
     ROOT "/agg/where/0/f", "unknown_field"},
    {"{\"has\":{\"of\":\"purchases\",\"window\":{}}}", ROOT "/has/window", "missing"},
    {"{\"has\":{\"of\":\"purchases\",\"window\":{\"last\":\"P1S\"}}}",
     ROOT "/has/window/last", "wrong_value"},
    {"{\"has\":{\"of\":\"purchases\",\"times\":0}}", ROOT "/has/times", "wrong_value"},
    {"{\"segment\":\"7\"}", ROOT "/segment", "wrong_type"},
    {"{\"segment\":0}", ROOT "/segment", "wrong_value"},
    {"{\"received\":{\"purpose\":\"spam\"}}", ROOT "/received/purpose", "wrong_value"},
    {"{\"clicked\":{\"last\":\"P1D\"}}", ROOT "/clicked", "unknown_key"},
    {"{\"sample\":{\"bp\":10000,\"salt\":\"a\"}}", ROOT "/sample/bp", "wrong_value"},
    {"{\"sample\":{\"bp\":100}}", ROOT "/sample/salt", "missing"},
    {"{\"ids\":[]}", ROOT "/ids", "wrong_value"},
    {"{\"ids\":[0]}", ROOT "/ids/0", "wrong_value"},
    {"{\"all\":[{\"f\":\"city\",\"op\":\"eq\",\"v\":\"a\"},{\"a/b~c\":1}]}",
     ROOT "/all/1/a~1b~0c", "unknown_key"},
};

static void test_what_is_wrong_is_told_where_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        const struct wrong *w = &wrongs[i];
        struct rule_faults f;
        struct rule *r = parsed(w->root, true, &f);

        if (r != NULL)
            fail_msg("was read: %s", w->root);
        if (strcmp(f.fault[0].pointer, w->pointer) != 0 ||
            strcmp(fault_code(f.fault[0].code), w->code) != 0)
            fail_msg("%s: %s %s", w->root, f.fault[0].pointer,
                     fault_code(f.fault[0].code));
    }
}

static void test_the_whole_text_is_looked_at(void **state)
{
    static const struct {
        const char *text, *pointer, *code;
    } all[] = {
        {"", "", "malformed"},
        {"{", "", "malformed"},
        {"{\"v\":1,\"root\":{\"all\":[]}} x", "", "malformed"},
        {"[]", "", "wrong_type"},
        {"{\"root\":{\"all\":[]}}", "/v", "missing"},
        {"{\"v\":2,\"root\":{\"all\":[]}}", "/v", "wrong_value"},
        {"{\"v\":1}", "/root", "missing"},
        {"{\"v\":1,\"root\":{\"all\":[]},\"sql\":\"1\"}", "/sql", "unknown_key"},
    };
    struct rule_faults f;

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        assert_null(rule_parse(all[i].text, strlen(all[i].text), true, &f));
        assert_int_equal(f.n, 1);
        assert_string_equal(f.fault[0].pointer, all[i].pointer);
        assert_string_equal(fault_code(f.fault[0].code), all[i].code);
    }
}

static void test_all_faults_are_told_at_once(void **state)
{
    struct rule_faults f;

    (void)state;
    assert_null(
        parsed("{\"all\":[{\"f\":\"a\"},{\"f\":\"city\",\"op\":\"x\"},{\"any\":["
               "{\"tags\":{}}]}]}",
               true, &f));
    assert_int_equal(f.n, 3);
    assert_string_equal(f.fault[2].pointer, ROOT "/all/2/any/0/tags");
    assert_non_null(fault_words(f.fault[2].code).ru);
}

static void test_personal_data_is_for_who_may_see_it(void **state)
{
    struct rule_faults f;
    struct rule *r;
    const char *root = "{\"any\":[{\"f\":\"city\",\"op\":\"is_set\"},"
                       "{\"f\":\"birthday\",\"op\":\"is_today\"}]}";

    (void)state;
    assert_null(parsed(root, false, &f));
    assert_string_equal(f.fault[0].pointer, ROOT "/any/1/f");
    assert_int_equal(f.fault[0].code, FAULT_FORBIDDEN);
    r = parsed(root, true, &f);
    assert_true(rule_personal(r));
    rule_free(r);
    r = parsed("{\"f\":\"city\",\"op\":\"is_set\"}", false, &f);
    assert_false(rule_personal(r));
    rule_free(r);
}

/* ---- limits ----------------------------------------------------------------------- */

/* n times `one`, with commas, between head and tail. */
static struct rule *many(const char *head, const char *one, int n, const char *tail,
                         struct rule_faults *f)
{
    struct buf b = {0};
    struct rule *r;

    buf_adds(&b, head);
    for (int i = 0; i < n; i++)
        buf_addf(&b, i > 0 ? ",%s" : "%s", one);
    buf_adds(&b, tail);
    assert_false(b.failed);
    r = parsed(b.s, true, f);
    buf_free(&b);
    return r;
}

static void bounded(const char *head, const char *one, int most, const char *tail)
{
    struct rule_faults f;
    struct rule *r = many(head, one, most, tail, &f);

    if (r == NULL)
        fail_msg("%d of %s: %s", most, one, fault_code(f.fault[0].code));
    rule_free(r);
    assert_null(many(head, one, most + 1, tail, &f));
    assert_int_equal(f.fault[0].code, FAULT_TOO_LARGE);
}

static void test_there_is_an_end_to_everything(void **state)
{
    struct buf deep = {0}, text = {0};
    struct rule_faults f;
    struct rule *r;

    (void)state;
    bounded("{\"all\":[", "{\"f\":\"city\",\"op\":\"is_set\"}", RULE_LEAVES_MAX, "]}");
    bounded("{\"all\":[", "{\"has\":{\"of\":\"purchases\"}}", RULE_ROWS_MAX, "]}");
    bounded("{\"f\":\"home_store\",\"op\":\"in\",\"v\":[", "7", RULE_LIST_MAX, "]}");
    bounded("{\"ids\":[", "7", RULE_LIST_MAX, "]}");
    for (int groups = 6; groups <= 7; groups++) {
        buf_clear(&deep);
        for (int i = 0; i < groups; i++)
            buf_adds(&deep, "{\"any\":[");
        buf_adds(&deep, "{\"f\":\"city\",\"op\":\"is_set\"}");
        for (int i = 0; i < groups; i++)
            buf_adds(&deep, "]}");
        r = parsed(deep.s, true, &f);
        assert_true((r != NULL) == (groups == RULE_DEPTH_MAX));
        rule_free(r);
    }
    assert_int_equal(f.fault[0].code, FAULT_TOO_DEEP);
    buf_adds(&text, "{\"f\":\"city\",\"op\":\"eq\",\"v\":\"");
    for (int i = 0; i <= RULE_TEXT_MAX; i++)
        buf_adds(&text, "ы");
    buf_adds(&text, "\"}");
    assert_null(parsed(text.s, true, &f));
    assert_int_equal(f.fault[0].code, FAULT_WRONG_VALUE);
    buf_free(&deep);
    buf_free(&text);
}

static void test_a_rule_holds_so_many_values(void **state)
{
    struct buf b = {0}, one = {0};
    struct rule_faults f;
    struct rule *r;

    (void)state;
    buf_adds(&one, "{\"ids\":[1");
    for (int i = 2; i <= 125; i++)
        buf_addf(&one, ",%d", i);
    buf_adds(&one, "]}");
    buf_addf(&b, "{\"any\":[%s,%s,%s,%s]}", one.s, one.s, one.s, one.s);
    r = parsed(b.s, true, &f);
    assert_non_null(r);
    rule_free(r);
    buf_clear(&b);
    buf_addf(&b, "{\"any\":[%s,%s,%s,%s,{\"segment\":1}]}", one.s, one.s, one.s, one.s);
    assert_null(parsed(b.s, true, &f));
    assert_int_equal(f.fault[0].code, FAULT_TOO_LARGE);
    buf_free(&b);
    buf_free(&one);
}

static void test_a_text_too_long_is_not_even_read(void **state)
{
    static char text[RULE_BYTES_MAX + 2];
    struct rule_faults f;

    (void)state;
    memset(text, ' ', sizeof text);
    memcpy(text, "{\"v\":1,\"root\":{\"all\":[]}}", 25);
    rule_free(rule_parse(text, RULE_BYTES_MAX, true, &f));
    assert_int_equal(f.n, 0);
    assert_null(rule_parse(text, RULE_BYTES_MAX + 1, true, &f));
    assert_int_equal(f.fault[0].code, FAULT_TOO_LARGE);
}

/* ---- one text --------------------------------------------------------------------- */

static void test_equal_rules_have_one_text(void **state)
{
    static const struct {
        const char *said, *is;
    } all[] = {
        {"{\"v\":\" Артём \",\"op\":\"eq\",\"f\":\"city\"}",
         "{\"f\":\"city\",\"op\":\"eq\",\"v\":\"Артём\"}"},
        {"{\"f\":\"city\",\"op\":\"eq\",\"v\":\"\xd0\xb8\xcc\x86\xd0\xb5\xcc\x88\"}",
         "{\"f\":\"city\",\"op\":\"eq\",\"v\":\"йё\"}"},
        {"{\"f\":\"city\",\"op\":\"in\",\"v\":[\"b\",\"a\",\"b\"]}",
         "{\"f\":\"city\",\"op\":\"in\",\"v\":[\"a\",\"b\"]}"},
        {"{\"ids\":[30,4,4,100]}", "{\"ids\":[4,30,100]}"},
        {"{\"f\":\"created\",\"op\":\"last\",\"v\":\"P2W\"}",
         "{\"f\":\"created\",\"op\":\"last\",\"v\":\"P14D\"}"},
        {"{\"f\":\"created\",\"op\":\"after\",\"v\":\"2026-01-01T10:00:00.5+10:00\"}",
         "{\"f\":\"created\",\"op\":\"after\",\"v\":\"2026-01-01T00:00:00.500000Z\"}"},
        {"{\"op\":\"gt\",\"v\":1,\"agg\":{\"window\":{\"last\":\"P12M\",\"after\":"
         "\"2026-01-01\"},\"where\":[],\"of\":\"purchases\",\"fn\":\"count\"}}",
         "{\"agg\":{\"fn\":\"count\",\"of\":\"purchases\",\"window\":{\"after\":"
         "\"2026-01-01\",\"last\":\"P1Y\"}},\"op\":\"gt\",\"v\":1}"},
        {"{\"tags\":{\"none\":[\"z\"],\"any\":[\"y\",\"x\"]}}",
         "{\"tags\":{\"any\":[\"x\",\"y\"],\"none\":[\"z\"]}}"},
        {"{\"has\":{\"of\":\"messages\",\"times\":2,\"where\":[{\"f\":\"state\",\"op\":"
         "\"in\",\"v\":[\"sent\",\"queued\"]}]}}",
         "{\"has\":{\"of\":\"messages\",\"times\":2,\"where\":[{\"f\":\"state\",\"op\":"
         "\"in\",\"v\":[\"queued\",\"sent\"]}]}}"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct buf is = {0}, expected = {0};
        struct rule_faults f;
        struct rule *r = parsed(all[i].said, true, &f), *same;

        if (r == NULL)
            fail_msg("%s: %s", all[i].said, f.fault[0].pointer);
        rule_canonical(r, &is);
        buf_addf(&expected, "{\"root\":%s,\"v\":1}", all[i].is);
        assert_string_equal(is.s, expected.s);
        same = parsed(all[i].is, true, &f);
        assert_memory_equal(same->hash, r->hash, SHA256_BYTES);
        rule_free(same);
        rule_free(r);
        buf_free(&is);
        buf_free(&expected);
    }
}

/* ---- the registry ----------------------------------------------------------------- */

/* "?" stands for the moment only, and no text of ours has quotes that a value could
 * close. */
static void test_each_field_is_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < fields_n; i++) {
        const struct trait *f = &fields[i];
        bool set = (f->ops & OPS_SET) != 0;

        assert_ptr_equal(trait_find(f->name), f);
        assert_non_null(f->sql);
        assert_true(f->cost > 0);
        assert_true(f->label.ru != NULL && f->label.en != NULL);
        assert_true(f->ops != 0);
        assert_true(!set || (f->unknown != NULL && f->yes.ru != NULL));
        /* What excludes says in words that it takes the unknown in. */
        assert_true(f->unknown == NULL || (f->no.ru != NULL && f->no.en != NULL));
        assert_true((f->type == TRAIT_ENUM) == (f->choices != NULL));
        assert_true(f->type != TRAIT_BOOL || (f->yes.ru != NULL && f->no.ru != NULL));
    }
}

static void test_what_a_rule_weighs(void **state)
{
    struct rule_faults f;
    struct rule *light = parsed("{\"f\":\"city\",\"op\":\"is_set\"}", true, &f);
    struct rule *heavy =
        many("{\"all\":[", "{\"has\":{\"of\":\"messages\"}}", RULE_ROWS_MAX, "]}", &f);
    struct tz *tz = tz_open("Asia/Vladivostok");
    struct moment m = moment_make(1789689600000000LL, tz, false);
    static struct compiled c;

    (void)state;
    assert_true(compile_cost(light) < 5);
    assert_int_equal(compile_rule(light, &m, &c), ST_OK);
    compiled_free(&c);
    assert_true(compile_cost(heavy) > COMPILE_COST_MAX);
    assert_int_equal(compile_rule(heavy, &m, &c), ST_REFUSED);
    assert_int_equal(c.cost, compile_cost(heavy));
    compiled_free(&c);
    tz_close(tz);
    rule_free(light);
    rule_free(heavy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_wrong_is_told_where_it_is),
        cmocka_unit_test(test_the_whole_text_is_looked_at),
        cmocka_unit_test(test_all_faults_are_told_at_once),
        cmocka_unit_test(test_personal_data_is_for_who_may_see_it),
        cmocka_unit_test(test_there_is_an_end_to_everything),
        cmocka_unit_test(test_a_rule_holds_so_many_values),
        cmocka_unit_test(test_a_text_too_long_is_not_even_read),
        cmocka_unit_test(test_equal_rules_have_one_text),
        cmocka_unit_test(test_each_field_is_whole),
        cmocka_unit_test(test_what_a_rule_weighs),
    };

    return cmocka_run_group_tests_name("segment_rule", tests, NULL, NULL);
}
