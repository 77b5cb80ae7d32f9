/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Numbers for Prometheus: every line is read back by a strict reader, which is itself
 * shown what it must refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/metrics.h"
#include "tests/harness/exposition.h"
#include "worker/tally.h"

#include <stdio.h>
#include <string.h>

static struct exposition reading;

static struct exposition *read_back(struct metrics *m)
{
    exposition_free(&reading);
    assert_false(m->text.failed);
    if (!exposition_read(&reading, m->text.s))
        fail_msg("%s in\n%s", reading.why, m->text.s);
    buf_free(&m->text);
    return &reading;
}

/* ---- the writer ----------------------------------------------------------------- */

static void numbers_are_written_as_they_are(void **state)
{
    struct metrics m = {0};
    struct exposition *e;

    (void)state;
    metric_family(&m, METRIC_GAUGE, "a", "A gauge.");
    metric_int(&m, 0);
    metric_int(&m, INT64_MIN, METRIC_LABEL("x", "low"));
    metric_int(&m, INT64_MAX, METRIC_LABEL("x", "high"));
    metric_family(&m, METRIC_GAUGE, "s_seconds", "Seconds.");
    metric_us(&m, 1500000, METRIC_LABEL("of", "a"), METRIC_LABEL("by", "b"));
    metric_us(&m, -40, METRIC_LABEL("of", "c"));
    metric_us(&m, 3000000);
    metric_us(&m, INT64_MIN, METRIC_LABEL("of", "d"));
    assert_non_null(strstr(m.text.s, "a{x=\"low\"} -9223372036854775808\n"));
    assert_non_null(strstr(m.text.s, "s_seconds 3\n"));
    assert_non_null(strstr(m.text.s, "s_seconds{of=\"a\",by=\"b\"} 1.5\n"));
    assert_non_null(strstr(m.text.s, "s_seconds{of=\"c\"} -0.00004\n"));
    assert_non_null(strstr(m.text.s, "{of=\"d\"} -9223372036854.775808\n"));
    e = read_back(&m);
    assert_true(exposition_value(e, "a") == 0);
    assert_true(exposition_value(e, "a{x=\"high\"}") > 9.2e18);
}

static void whatever_stands_in_a_label_or_a_help_is_escaped(void **state)
{
    struct metrics m = {0};
    struct exposition *e;

    (void)state;
    metric_family(&m, METRIC_GAUGE, "a", "back\\slash, \"quotes\" and\nanother line");
    metric_int(&m, 1, METRIC_LABEL("x", "q\"b\\n\nz}"));
    metric_int(&m, 2, METRIC_LABEL("x", "a\xff\xc3 \xd0\xb4\xd0\xb2"));
    metric_int(&m, 3, METRIC_LABEL("x", NULL));
    assert_non_null(strstr(
        m.text.s,
        "# HELP a back\\\\slash, \"quotes\" and\\nanother line\n# TYPE a gauge"));
    e = read_back(&m);
    assert_true(exposition_value(e, "a{x=\"q\\\"b\\\\n\\nz}\"}") == 1);
    assert_true(exposition_value(e, "a{x=\"a\xEF\xBF\xBD\xEF\xBF\xBD "
                                    "\xd0\xb4\xd0\xb2\"}") == 2);
    assert_true(exposition_value(e, "a{x=\"\"}") == 3);
}

static void a_histogram_counts_each_once_and_sums_up(void **state)
{
    struct metric_hist h = {0}, more = {0};
    struct metrics m = {0};
    struct exposition *e;

    (void)state;
    metric_observe(&h, -5);                      /* a clock went back: 0 */
    metric_observe(&h, 100);                     /* on the edge: of the first step */
    metric_observe(&h, 101);                     /* of the second */
    metric_observe(&h, 60000000);                /* of the last */
    metric_observe(&more, INT64_C(86400000000)); /* of none: +Inf alone */
    metric_hist_add(&h, &more);
    assert_int_equal(metric_hist_count(&h), 5);
    metric_family(&m, METRIC_HISTOGRAM, "t_seconds", "Times.");
    metric_hist(&m, &h, METRIC_LABEL("kind", "a"));
    metric_hist(&m, &more);
    e = read_back(&m);
    assert_true(exposition_value(e, "t_seconds_bucket{kind=\"a\",le=\"0.0001\"}") == 2);
    assert_true(exposition_value(e, "t_seconds_bucket{kind=\"a\",le=\"0.00025\"}") ==
                3);
    assert_true(exposition_value(e, "t_seconds_bucket{kind=\"a\",le=\"30\"}") == 3);
    assert_true(exposition_value(e, "t_seconds_bucket{kind=\"a\",le=\"60\"}") == 4);
    assert_true(exposition_value(e, "t_seconds_bucket{kind=\"a\",le=\"+Inf\"}") == 5);
    assert_true(exposition_value(e, "t_seconds_count{kind=\"a\"}") == 5);
    assert_true(exposition_value(e, "t_seconds_count") == 1);
    assert_true(exposition_value(e, "t_seconds_sum") == 86400);
}

/* What Prometheus would refuse as a whole must not get so far. */
static void a_text_that_would_be_refused_fails(void **state)
{
    struct metric_hist h = {0};
    struct metrics m = {0};

    (void)state;
    metric_int(&m, 1); /* no family */
    assert_true(m.text.failed);
    buf_free(&m.text);
    m = (struct metrics){0};
    metric_family(&m, METRIC_GAUGE, "a", "A.");
    metric_family(&m, METRIC_GAUGE, "ab", "Another.");
    assert_false(m.text.failed);
    metric_family(&m, METRIC_GAUGE, "a", "A again.");
    assert_true(m.text.failed);
    buf_free(&m.text);
    m = (struct metrics){0};
    metric_family(&m, METRIC_GAUGE, "a", "A.");
    metric_hist(&m, &h); /* a gauge is no histogram */
    assert_true(m.text.failed);
    buf_free(&m.text);
}

/* ---- the reader ----------------------------------------------------------------- */

#define A "# HELP a A.\n# TYPE a gauge\n"
#define H "# HELP h H.\n# TYPE h histogram\n"

static void the_reader_refuses_what_is_wrong(void **state)
{
    static const char *const wrong[] = {
        A "a 1",                                /* the last line has no end */
        A "a 1\n" A "a{x=\"y\"} 2\n",           /* a family twice */
        A "a 1\na 2\n",                         /* a series twice */
        "# TYPE a gauge\na 1\n",                /* no help */
        "# HELP a A.\na 1\n",                   /* no type */
        A "b 1\n",                              /* outside of its family */
        A "a{1x=\"y\"} 1\n",                    /* no label's name */
        A "a{x=\"y} 1\n",                       /* a label without its end */
        A "a{x=\"\\t\"} 1\n",                   /* an escape that is none */
        A "a{x=\"y\",} 1\n",                    /* a comma too many */
        A "a one\n",                            /* no number */
        A "a 1 \n",                             /* a blank too many */
        "# HELP a A.\n# TYPE a thing\na 1\n",   /* no type */
        "# HELP a A.\n# TYPE a counter\na 1\n", /* a counter without _total */
        "# HELP a_total A.\n# TYPE a_total counter\na_total -1\n",
        H "h_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
        H "h_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n",
        H "h_bucket{le=\"+Inf\"} 2\nh_sum 1\nh_count 1\n",
    };
    struct exposition e;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (exposition_read(&e, wrong[i]))
            fail_msg("taken: %s", wrong[i]);
        exposition_free(&e);
    }
    assert_true(exposition_read(&e, A "a{x=\"y\",z=\"\"} 1.5\n"));
    exposition_free(&e);
}

/* ---- documents ------------------------------------------------------------------ */

/* An alarm about a number that is not there would be silent for ever; that those in the
 * book are shown, and those shown in the book, is tests/flow/test_*_metrics.c's. */
static void the_alarms_ask_for_what_is_in_the_book(void **state)
{
    static char book[100000], rules[20000];
    FILE *f = fopen("docs/operating.md", "re"),
         *g = fopen("deploy/prometheus/dvorik.rules.yml", "re");
    int n = 0;

    (void)state;
    assert_non_null(f);
    assert_non_null(g);
    book[fread(book, 1, sizeof book - 1, f)] = '\0';
    rules[fread(rules, 1, sizeof rules - 1, g)] = '\0';
    fclose(f);
    fclose(g);
    for (const char *s = rules; (s = strstr(s, "dvorik_queue_")) != NULL; s++, n++) {
        char name[80];

        snprintf(name, sizeof name, "| `%.*s` |",
                 (int)strspn(s, "abcdefghijklmnopqrstuvwxyz_"), s);
        if (strstr(book, name) == NULL)
            fail_msg("docs/operating.md says nothing of %s", name);
    }
    assert_true(n > 10);
}

/* ---- counting ------------------------------------------------------------------- */

/* What the dead had counted stays, once. */
static void counts_of_the_dead_are_kept(void **state)
{
    static struct board_counts a;
    static struct tally t;
    struct job j = {.kind = KIND_SEND_MESSAGE, .list = 20, .put_at = 1000};

    (void)state;
    memset(&a, 0, sizeof a);
    tally_begun(&a, &j, 3500);
    tally_ended(&a, j.kind, TALLY_DONE, 700);
    tally_ended(&a, (enum kind)9999, TALLY_RETRY, 1);
    tally_repeat(&a, j.kind);
    a.fenced = 2;
    tally_carry(&t, POOL_SEND, &a);
    tally_carry(&t, POOL_SEND, &a);
    assert_int_equal(t.gone[POOL_SEND].end[KIND_SEND_MESSAGE][TALLY_DONE], 2);
    assert_int_equal(t.gone[POOL_SEND].end[KIND_UNKNOWN][TALLY_RETRY], 2);
    assert_int_equal(t.gone[POOL_SEND].repeat[KIND_SEND_MESSAGE], 2);
    assert_int_equal(t.gone[POOL_SEND].fenced, 4);
    assert_int_equal(metric_hist_count(&t.gone[POOL_SEND].pickup[LANE_BULK]), 2);
    assert_int_equal(t.gone[POOL_SEND].pickup[LANE_BULK].sum_us, 5000);
    assert_int_equal(metric_hist_count(&t.gone[POOL_SEND].run[KIND_SEND_MESSAGE]), 2);
    assert_int_equal(t.gone[POOL_LOGIC].fenced, 0);
    tally_reaped(&t, TALLY_TIMEOUT, 3);
    tally_reaped(&t, TALLY_TIMEOUT, -1);
    assert_int_equal(t.reaped[TALLY_TIMEOUT], 3);
    assert_int_equal(t.deaths[TALLY_TIMEOUT], 2);
    for (int c = 0; c < TALLY_CAUSES; c++)
        assert_non_null(tally_cause_name((enum tally_cause)c));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_written_as_they_are),
        cmocka_unit_test(whatever_stands_in_a_label_or_a_help_is_escaped),
        cmocka_unit_test(a_histogram_counts_each_once_and_sums_up),
        cmocka_unit_test(a_text_that_would_be_refused_fails),
        cmocka_unit_test(the_reader_refuses_what_is_wrong),
        cmocka_unit_test(the_alarms_ask_for_what_is_in_the_book),
        cmocka_unit_test(counts_of_the_dead_are_kept),
    };
    int failed = cmocka_run_group_tests_name("metrics", tests, NULL, NULL);

    exposition_free(&reading);
    return failed;
}
