/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/receipt_csv.h - the receipts of a shift as a file for a spreadsheet
 * (core/base/csv.h), the same from the bot and from the API. */
#ifndef CORE_LOYALTY_RECEIPT_CSV_H
#define CORE_LOYALTY_RECEIPT_CSV_H

#include "core/base/csv.h"
#include "core/base/tz.h"
#include "core/staff/report.h"

struct receipt_csv {
    const struct shift *shift;
    const struct tz *tz; /* times are written in it */
    const char *lang;    /* "ru", else English */
};
#define RECEIPT_CSV_NAME 40
/* Opens out and fills it; yours to free, also on failure. name: "shift-20261112-0931.csv",
 * as files sort. */
must_check enum status receipt_csv(struct db *db, const struct receipt_csv *ask,
                                   struct csv *out, char name[RECEIPT_CSV_NAME]);

#endif
