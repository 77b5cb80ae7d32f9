/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/telegram_address.h - where the Bot API is and as whom we speak to it.
 *
 * Every address holds a token, so this is also the file that takes tokens out of texts.
 */
#ifndef CORE_IO_TELEGRAM_ADDRESS_H
#define CORE_IO_TELEGRAM_ADDRESS_H

#include "core/base/buf.h"
#include "core/base/config.h"

enum tg_bot { TG_CLIENT, TG_AUTH, TG_BOTS };

const char *tg_bot_name(enum tg_bot bot); /* "client", "auth": in keys and job args */
bool tg_bot_find(const char *name, enum tg_bot *out);

struct tg_address {
    char *base, *proxy, *token[TG_BOTS]; /* proxy and tokens may be NULL */
};

/* Copies what cfg says. false: no memory; free it either way. */
bool tg_address_read(struct tg_address *a, const struct config *cfg);
void tg_address_free(struct tg_address *a);

/* <base>/bot<token>/<method> and <base>/file/bot<token>/<path>. ST_BAD: this bot has no
 * token, or the tail could leave its place. */
must_check enum status tg_address_method(const struct tg_address *a, enum tg_bot bot,
                                         const char *method, struct buf *out);
must_check enum status tg_address_file(const struct tg_address *a, enum tg_bot bot,
                                       const char *path, struct buf *out);

/* Overwrites every token that stands in the text. */
void tg_address_scrub(const struct tg_address *a, char *text);

#endif
