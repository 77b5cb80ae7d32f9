/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/send_patch.h - the payload of a message, mended after Telegram refused it.
 *
 * {"method":"sendPhoto","params":{…},"qr":"text shown as a code"}, a sendDocument or
 * sendPhoto with "document":id (core/document.h), an edit with "only_edit":true,
 * which is never sent as a new message, or one with "media" (send_attach.h). Pure. Each answers a payload of its own (yours),
 * or NULL when the message cannot be mended that way. */
#ifndef WORKER_SEND_PATCH_H
#define WORKER_SEND_PATCH_H

#include "core/io/telegram_verdict.h"

/* By what the verdict's action says. NULL also for actions that mend nothing. */
struct json *patch_payload(const struct json *payload, const struct tg_verdict *v);

/* A picture that cannot be sent. A code's: its words, and the code in them. One that
 * somebody took: as a file. NULL: it is none. */
struct json *patch_picture(const struct json *payload);

/* What should stand under a picture, where the picture went as words: in their place.
 * NULL: it is no such edit. */
struct json *patch_caption(const struct json *payload);

/* HTML as Telegram reads it, to the words in it. Adds to out. */
struct buf;
void patch_html_words(struct buf *out, const char *html, size_t n);

#endif
