/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/consent_search.h"

#include <stdio.h>

#define FROM                                                                           \
    "consent e FORCE INDEX (ix_consent_story)"                                         \
    " LEFT JOIN consent_text t ON t.id = e.text_id"

const struct page_sort consent_sorts[CONSENT_SORTS] = {{"at", "e.at", PAGE_TIME}};

enum status consent_search(struct db *db, int64_t customer_id, struct page *p)
{
    struct page_query q = {0};

    page_and(&q, "e.customer_id = ?", DB_INT(customer_id));
    return page_select(db, p, &q, "e.id",
                       "e.purpose, e.granted, t.version, t.language, e.via,"
                       " e.staff_id, e.evidence",
                       FROM);
}

enum status consent_search_next(struct db *db, struct page *p, struct consent_row *out)
{
    enum status st = page_next(db, p);

    if (st != ST_OK)
        return st;
    *out = (struct consent_row){.at = db_time(db, 0),
                                .id = db_int(db, 1),
                                .purpose = (enum purpose)db_int(db, PAGE_COLUMNS),
                                .granted = db_int(db, PAGE_COLUMNS + 1) != 0,
                                .version = (int)db_int(db, PAGE_COLUMNS + 2),
                                .via = (enum channel)db_int(db, PAGE_COLUMNS + 4),
                                .staff_id = db_int(db, PAGE_COLUMNS + 5)};
    snprintf(out->language, sizeof out->language, "%s",
             db_is_null(db, PAGE_COLUMNS + 3) ? ""
                                              : db_text(db, PAGE_COLUMNS + 3, NULL));
    snprintf(out->evidence, sizeof out->evidence, "%s",
             db_text(db, PAGE_COLUMNS + 6, NULL));
    return ST_OK;
}

enum status consent_total(struct db *db, int64_t customer_id, int64_t *total)
{
    struct page_query q = {0};

    page_and(&q, "e.customer_id = ?", DB_INT(customer_id));
    return page_total(db, &q, "consent e", total);
}
