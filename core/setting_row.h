/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/setting_row.h - settings as they were set: by whom, when, for which time; and what
 * they were before. Programs that obey them ask core/setting.h. */
#ifndef CORE_SETTING_ROW_H
#define CORE_SETTING_ROW_H

#include "core/page.h"
#include "core/setting.h"

struct setting_row {
    const struct setting *setting; /* NULL: of a program of another version */
    const char *stored;            /* its form in MySQL. Lent by db, as is … */
    const char *updated_by;
    int64_t version, updated_at;
};

/* All that were ever set, then ST_NONE. */
must_check enum status setting_rows(struct db *db);
must_check enum status setting_rows_next(struct db *db, struct setting_row *out);

/* ST_NONE: it was never set; out is zeroed. lock: held until the transaction ends. */
must_check enum status setting_row_load(struct db *db, const char *name, bool lock,
                                        struct setting_row *out);

/* Its former values and the present one, by version. */
extern const struct page_sort setting_history_sorts[1];
must_check enum status setting_history(struct db *db, const char *name, struct page *p);
must_check enum status setting_history_next(struct db *db, struct page *p,
                                            struct setting_row *out);
must_check enum status setting_history_total(struct db *db, const char *name,
                                             int64_t *total);

#endif
