/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/send_attach.h - a payload of `message` and the file it brings along:
 *
 *   {"method","params"}                               none
 *   {… "qr":"text"}                                   a QR picture, drawn now
 *   {… "document":5}                                  that row (core/document.h)
 *   {… "media":[{"id","place","field","name","mime","file_id"}]}
 *                 pictures and videos of core/template/media.h; where there is a file_id it
 *                 stands in params, and what is uploaded is what has none
 *
 * What it brings is read when it is sent: a message that waits holds no megabytes. */
#ifndef WORKER_SEND_ATTACH_H
#define WORKER_SEND_ATTACH_H

#include "core/message.h"
#include "worker/send.h"

/* As tg_call. ST_BAD also when what it brings is not there any more. */
must_check enum status attached_call(struct send *s, const struct json *payload,
                                     struct tg_ask *ask);

/* What Telegram calls the media from now on, by its answer: [{"id","file_id"}]. NULL: it
 * brought none. Yours. */
struct json *attached_learnt(const struct json *payload, const struct json *result);
/* Keeps that. ST_OK also when one of them is gone meanwhile. */
must_check enum status attached_keep(struct db *db, enum message_sender bot,
                                     const struct json *learnt);

#endif
