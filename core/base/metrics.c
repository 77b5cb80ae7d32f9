/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/metrics.h"

#include "core/base/utf.h"

#include <stdio.h>
#include <string.h>

/* ---- text ----------------------------------------------------------------------- */

static const char *const type_name[] = {[METRIC_COUNTER] = "counter",
                                        [METRIC_GAUGE] = "gauge",
                                        [METRIC_HISTOGRAM] = "histogram"};

/* The format knows three escapes, and in help texts only two of them. */
static void add_escaped(struct buf *b, const char *s, bool quoted)
{
    for (size_t left = strlen(s), n; left > 0; s += n, left -= n) {
        n = utf_char_len(s, left);
        if (*s == '\n')
            buf_adds(b, "\\n");
        else if (*s == '\\')
            buf_adds(b, "\\\\");
        else if (*s == '"' && quoted)
            buf_adds(b, "\\\"");
        else if (n > 0)
            buf_add(b, s, n);
        else
            buf_adds(b, "\xEF\xBF\xBD");
        n = n > 0 ? n : 1;
    }
}

static bool opened_before(const struct metrics *m, const char *name)
{
    char line[160];
    int n = snprintf(line, sizeof line, "# TYPE %s ", name);

    return n < 0 || (size_t)n >= sizeof line ||
           (m->text.s != NULL && strstr(m->text.s, line) != NULL);
}

void metric_family(struct metrics *m, enum metric_type type, const char *name,
                   const char *help)
{
    if (opened_before(m, name))
        m->text.failed = true;
    m->name = name;
    m->type = type;
    buf_addf(&m->text, "# HELP %s ", name);
    add_escaped(&m->text, help, false);
    buf_addf(&m->text, "\n# TYPE %s %s\n", name, type_name[type]);
}

/* The series: name, suffix and labels, `le` last where there is one. */
static void add_series(struct metrics *m, const char *suffix,
                       const struct metric_label *labels, size_t n)
{
    struct buf *b = &m->text;

    if (m->name == NULL) {
        b->failed = true;
        return;
    }
    buf_adds(b, m->name);
    buf_adds(b, suffix);
    for (size_t i = 0; i < n; i++) {
        buf_adds(b, i == 0 ? "{" : ",");
        buf_adds(b, labels[i].name);
        buf_adds(b, "=\"");
        add_escaped(b, labels[i].value != NULL ? labels[i].value : "", true);
        buf_addc(b, '"');
    }
    buf_adds(b, n > 0 ? "} " : " ");
}

static void add_seconds(struct buf *b, int64_t us)
{
    uint64_t v = us < 0 ? -(uint64_t)us : (uint64_t)us;

    buf_addf(b, "%s%llu", us < 0 ? "-" : "", (unsigned long long)(v / 1000000));
    if (v % 1000000 != 0) {
        char digits[8];
        size_t n =
            (size_t)snprintf(digits, sizeof digits, "%06u", (unsigned)(v % 1000000));

        while (n > 0 && digits[n - 1] == '0')
            n--;
        buf_addc(b, '.');
        buf_add(b, digits, n);
    }
}

void metric_int_at(struct metrics *m, int64_t v, const struct metric_label *labels,
                   size_t n)
{
    add_series(m, "", labels, n);
    buf_addf(&m->text, "%lld\n", (long long)v);
}

void metric_us_at(struct metrics *m, int64_t us, const struct metric_label *labels,
                  size_t n)
{
    add_series(m, "", labels, n);
    add_seconds(&m->text, us);
    buf_addc(&m->text, '\n');
}

/* ---- histograms ----------------------------------------------------------------- */

/* A step holds what took at most so many microseconds. */
static const int64_t steps[METRIC_STEPS] = {
    100,    250,    500,    1000,    2500,    5000,    10000,    25000,    50000,
    100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000, 30000000, 60000000};

void metric_observe(struct metric_hist *h, int64_t us)
{
    int i = 0;

    if (us < 0)
        us = 0;
    while (i < METRIC_STEPS && us > steps[i])
        i++;
    h->n[i]++;
    h->sum_us += (uint64_t)us;
}

void metric_hist_add(struct metric_hist *sum, const struct metric_hist *h)
{
    for (int i = 0; i <= METRIC_STEPS; i++)
        sum->n[i] += h->n[i];
    sum->sum_us += h->sum_us;
}

uint64_t metric_hist_count(const struct metric_hist *h)
{
    uint64_t n = 0;

    for (int i = 0; i <= METRIC_STEPS; i++)
        n += h->n[i];
    return n;
}

#define HIST_LABELS_MAX 7

/* The label `le` of step i: "0.0025", "+Inf". */
static void step_name(int i, char out[24])
{
    struct buf b = {0};

    if (i < METRIC_STEPS)
        add_seconds(&b, steps[i]);
    snprintf(out, 24, "%s", i < METRIC_STEPS && !b.failed ? b.s : "+Inf");
    buf_free(&b);
}

void metric_hist_at(struct metrics *m, const struct metric_hist *h,
                    const struct metric_label *labels, size_t n)
{
    struct metric_label all[HIST_LABELS_MAX + 1];
    unsigned long long below = 0;
    char le[24];

    if (m->type != METRIC_HISTOGRAM || n > HIST_LABELS_MAX) {
        m->text.failed = true;
        return;
    }
    if (n > 0)
        memcpy(all, labels, n * sizeof *labels);
    all[n] = METRIC_LABEL("le", le);
    for (int i = 0; i <= METRIC_STEPS; i++) {
        below += h->n[i];
        step_name(i, le);
        add_series(m, "_bucket", all, n + 1);
        buf_addf(&m->text, "%llu\n", below);
    }
    add_series(m, "_sum", labels, n);
    add_seconds(&m->text, (int64_t)h->sum_us);
    buf_addc(&m->text, '\n');
    add_series(m, "_count", labels, n);
    buf_addf(&m->text, "%llu\n", below);
}
