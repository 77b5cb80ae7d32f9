/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/stat_private.h - what the files of stat share; nobody else includes it.
 *
 * stat_fact.c counts facts between two moments, stat_roll.c writes days down, stat.c
 * answers from both. */
#ifndef CORE_STAT_PRIVATE_H
#define CORE_STAT_PRIVATE_H

#include "core/base/buf.h"
#include "core/stat.h"

/* Numbers are stored. */
enum stat_cut { CUT_ALL = 1, CUT_STORE, CUT_SOURCE, CUT_STAFF, CUTS = CUT_STAFF };

/* What happened in one store, from one source, by one person; each 0: none. */
struct stat_cell {
    int64_t store, source, staff;
    int64_t value[STAT_METRICS];
};
struct stat_cells {
    struct stat_cell *cell; /* sorted by store, source, staff */
    size_t n, cap;
};
void stat_cells_free(struct stat_cells *c); /* as = {0} */

/* The cell of that place, made when there is none; NULL: no memory. */
struct stat_cell *stat_cell_at(struct stat_cells *c, int64_t store, int64_t source,
                               int64_t staff);
void stat_add(int64_t into[STAT_METRICS], const int64_t from[STAT_METRICS]);

/* Adds all facts from `from` until before `until`. */
must_check enum status stat_count(struct db *db, int64_t from, int64_t until,
                                  struct stat_cells *out);

/* The cells as that cut has them: what it does not tell apart is 0. */
must_check enum status stat_cut_of(const struct stat_cells *all, enum stat_cut cut,
                                   struct stat_cells *out);

/* Days that begin before it have lost messages. */
must_check enum status stat_gone_until(struct db *db, int64_t *until);

/* "new_customers, erased, …": all columns; each with that before it. */
void stat_columns(struct buf *out, const char *before, const char *after);
void stat_read_columns(const struct db *db, int col, int64_t value[STAT_METRICS]);

struct stat_bounds {
    int64_t from, until;
};
struct stat_bounds stat_day_bounds(const struct tz *tz, int32_t day);

/* The facts of one day, but for messages that are gone: those as they were written down.
 * kept: the whole day as it is written down; zeros when it is not. */
must_check enum status stat_day_count(struct db *db, const struct stat_bounds *b,
                                      int32_t day, struct stat_cells *out,
                                      int64_t kept[STAT_METRICS]);

#endif
