/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/metrics.h - numbers in the text format of Prometheus (0.0.4).
 *
 *   struct metrics m = {0};
 *   metric_family(&m, METRIC_GAUGE, "dvorik_queue_depth", "Jobs that wait.");
 *   metric_int(&m, 7, METRIC_LABEL("pool", "logic"), METRIC_LABEL("lane", "hot"));
 *   if (!m.text.failed) answer(m.text.s, m.text.len);
 *   buf_free(&m.text);
 *
 * A family is one block: its name, type and help once, then its samples. One that was
 * opened before, or a sample without one, fails the text, as does running out of memory
 * (buf.h): Prometheus would refuse the whole of it. That no two samples of a family
 * carry the same labels is the caller's care. Label values may hold anything; bytes
 * that are not UTF-8 become U+FFFD.
 *
 * A histogram counts in fixed steps from 100 us to 60 s, the same for all, so that any
 * two can be added; it is plain numbers, for memory shared between processes. */
#ifndef CORE_BASE_METRICS_H
#define CORE_BASE_METRICS_H

#include "core/base/buf.h"

enum metric_type { METRIC_COUNTER = 1, METRIC_GAUGE, METRIC_HISTOGRAM };

struct metrics {
    struct buf text;
    const char *name; /* of the open family; borrowed until the next one */
    enum metric_type type;
};

struct metric_label {
    const char *name, *value; /* value NULL is "" */
};
#define METRIC_LABEL(name, value) ((struct metric_label){(name), (value)})

void metric_family(struct metrics *m, enum metric_type type, const char *name,
                   const char *help);

#define METRIC_LABELS_(...)                                                            \
    (const struct metric_label[])                                                      \
    {                                                                                  \
        {0}, ##__VA_ARGS__                                                             \
    }
#define METRIC_COUNT_(...)                                                             \
    (sizeof(METRIC_LABELS_(__VA_ARGS__)) / sizeof(struct metric_label) - 1)
/* A whole number; a number of microseconds, shown as seconds; a histogram. */
#define metric_int(m, v, ...)                                                          \
    metric_int_at((m), (v), METRIC_LABELS_(__VA_ARGS__) + 1, METRIC_COUNT_(__VA_ARGS__))
#define metric_us(m, v, ...)                                                           \
    metric_us_at((m), (v), METRIC_LABELS_(__VA_ARGS__) + 1, METRIC_COUNT_(__VA_ARGS__))
#define metric_hist(m, h, ...)                                                         \
    metric_hist_at((m), (h), METRIC_LABELS_(__VA_ARGS__) + 1,                          \
                   METRIC_COUNT_(__VA_ARGS__))

void metric_int_at(struct metrics *m, int64_t v, const struct metric_label *labels,
                   size_t n);
void metric_us_at(struct metrics *m, int64_t us, const struct metric_label *labels,
                  size_t n);

#define METRIC_STEPS 18 /* and one for what is longer still */
struct metric_hist {
    uint64_t n[METRIC_STEPS + 1]; /* in each step alone, not summed up */
    uint64_t sum_us;
};
void metric_observe(struct metric_hist *h, int64_t us); /* below 0 counts as 0 */
void metric_hist_add(struct metric_hist *sum, const struct metric_hist *h);
uint64_t metric_hist_count(const struct metric_hist *h);
void metric_hist_at(struct metrics *m, const struct metric_hist *h,
                    const struct metric_label *labels, size_t n);

/* What Content-Type says of such a text. */
#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

#endif
