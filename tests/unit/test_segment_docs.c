/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * docs/segments.md shows the registry as it is: a line for each field, and no line of a
 * field there is not. SEGMENT_PRINT=1 prints the lines. */
#include "core/base/buf.h"
#include "core/segment/compile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void ops_add(struct buf *b, unsigned ops)
{
    const char *comma = "";

    for (int i = 0; i < OPS; i++)
        if ((ops & OP_BIT(i)) != 0) {
            buf_addf(b, "%s%s", comma, op_name((enum op)i));
            comma = ", ";
        }
}

/* | `purchases.total` | money | gt, … | personal, may be unknown | 1 | сумма | */
static void line_add(struct buf *b, const char *of, const struct trait *f)
{
    buf_addf(b, "| `%s%s%s` | %s", of, of[0] != '\0' ? "." : "", f->name,
             trait_type_name(f->type));
    for (const struct choice *c = f->choices; c != NULL && c->name != NULL; c++)
        buf_addf(b, "%s%s", c == f->choices ? ": " : ", ", c->name);
    buf_adds(b, " | ");
    ops_add(b, f->ops);
    buf_addf(b, " |%s%s%s | %d | %s |\n", f->personal ? " personal" : "",
             f->personal && f->unknown != NULL ? "," : "",
             f->unknown != NULL ? " may be unknown" : "", f->cost, f->label.ru);
}

static void lines(struct buf *b)
{
    for (size_t i = 0; i < fields_n; i++)
        line_add(b, "", &fields[i]);
    for (size_t r = 0; r < relations_n; r++)
        for (size_t i = 0; i < relations[r].fields_n; i++)
            line_add(b, relations[r].name, &relations[r].fields[i]);
}

static char *page(void)
{
    static char text[65536];
    FILE *f = fopen("docs/segments.md", "re");
    size_t n;

    assert_non_null(f);
    n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    return text;
}

static int count(const char *text, const char *what)
{
    int n = 0;

    for (const char *s = text; (s = strstr(s, what)) != NULL; s++)
        n++;
    return n;
}

static void test_the_page_shows_each_field(void **state)
{
    struct buf b = {0};
    const char *text = page();
    int expected;

    (void)state;
    lines(&b);
    assert_false(b.failed);
    if (getenv("SEGMENT_PRINT") != NULL)
        fputs(b.s, stdout);
    expected = count(b.s, "\n| `") + 1;
    for (char *line = b.s, *end; *line != '\0'; line = end + 1) {
        end = strchr(line, '\n');
        *end = '\0';
        if (strstr(text, line) == NULL)
            fail_msg("docs/segments.md lacks: %s", line);
    }
    /* Nodes have a table of their own: they begin with a brace. */
    assert_int_equal(count(text, "\n| `") - count(text, "\n| `{"), expected);
    buf_free(&b);
}

static void test_the_page_knows_the_limits(void **state)
{
    const char *text = page();
    struct buf b = {0};

    (void)state;
    buf_addf(&b,
             "%d KB, %d groups deep, %d leaves, %d of them agg or has, %d values, lists"
             " of %d, texts of %d characters, a weight of %d",
             RULE_BYTES_MAX / 1024, RULE_DEPTH_MAX, RULE_LEAVES_MAX, RULE_ROWS_MAX,
             RULE_VALUES_MAX, RULE_LIST_MAX, RULE_TEXT_MAX, COMPILE_COST_MAX);
    if (strstr(text, b.s) == NULL)
        fail_msg("docs/segments.md lacks: %s", b.s);
    for (int i = 0; i < FAULT_CODES; i++)
        if (strstr(text, fault_code((enum rule_fault_code)i)) == NULL)
            fail_msg("docs/segments.md lacks %s", fault_code((enum rule_fault_code)i));
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_page_shows_each_field),
        cmocka_unit_test(test_the_page_knows_the_limits),
    };

    return cmocka_run_group_tests_name("segment_docs", tests, NULL, NULL);
}
