/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/stats_private.h - what the files of stats share; nobody else includes it. */
#ifndef API_STATS_PRIVATE_H
#define API_STATS_PRIVATE_H

#include "api/stats.h"
#include "core/stat.h"

#define STATS_DAYS_MAX 1100
#define STATS_DAYS 30 /* of who names no period */

/* Figures that are made of others. */
enum { STATS_CONVERSION = STAT_METRICS, STATS_AVERAGE, STATS_FIGURES };
const char *stats_figure_name(int figure); /* also of enum stat_metric */
/* false: there is none (nothing was issued; a store of one's own has no such figure). */
bool stats_figure(const int64_t value[STAT_METRICS], int figure, bool of_stores,
                  int64_t *out);

/* What is asked: a period, and whose. */
struct stats_asked {
    struct tz *tz;
    int32_t today, from, until; /* until itself is not meant */
    bool of_stores;             /* only some stores: their own, or the one they named */
    int64_t stores[STAT_STORES_MAX];
    int stores_n;
};

/* clang-format off */
#define STATS_FIELDS                                                                   \
    {"from", FIELD_DATE}, {"to", FIELD_DATE}, {"store_id", FIELD_ID}
/* clang-format on */

/* Of what query_read took. ST_REFUSED: problem() has been called. In any case
 * stats_asked_free. */
must_check enum status stats_ask(struct call *c, struct stats_asked *out);
void stats_asked_free(struct stats_asked *a);

struct stat_ask stats_ask_of(const struct call *c, const struct stats_asked *a,
                             enum stat_group group);

void stats_set_day(struct json *o, const char *name, int32_t day);
/* "from", "to" (itself meant), "timezone". */
void stats_set_period(struct json *o, int32_t from, int32_t until);
void stats_set_figures(struct json *o, const int64_t value[STAT_METRICS],
                       bool of_stores);

#endif
