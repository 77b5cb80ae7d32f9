/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/introduction.h - what each bot was told last of itself, as a digest. */
#ifndef CORE_IO_INTRODUCTION_H
#define CORE_IO_INTRODUCTION_H

#include "core/base/secret.h"
#include "core/io/db.h"

/* ST_OK: it is new, and kept; the caller tells it in this transaction. ST_NONE: that bot
 * was told exactly this. bot: at most 16 ASCII characters. */
must_check enum status introduction_keep(struct db *db, int64_t now, const char *bot,
                                         const uint8_t digest[SHA256_BYTES]);

#endif
