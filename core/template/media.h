/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/template/media.h - pictures and videos that messages bring.
 *
 *   bytes --media_look--> what they are --media_add--> kept, each once (by sha256)
 *                                                        |
 *              sent as a file --media_file_put--> sent by its file_id ever after
 *                                                        | the messenger knows it no more
 *                                 media_file_drop <------+  (it is sent as a file again)
 *
 * What bytes are is seen from the bytes alone, never from what they are called: PNG, JPEG
 * and WebP are photos, MP4 is a video. What a message names is held (media_hold) by the
 * transaction that writes it, so that it is not taken away meanwhile.
 *
 * Functions that write run inside the caller's transaction and write the audit. */
#ifndef CORE_TEMPLATE_MEDIA_H
#define CORE_TEMPLATE_MEDIA_H

#include "core/base/buf.h"
#include "core/base/secret.h"
#include "core/io/db.h"
#include "core/message.h"
#include "core/page.h"

#define MEDIA_PHOTO_MAX (10 * 1000 * 1000) /* bytes; the messenger's own limit */
#define MEDIA_VIDEO_MAX (20 * 1024 * 1024) /* bytes */
#define MEDIA_MAX MEDIA_VIDEO_MAX
#define MEDIA_SIDES_MAX 10000 /* width and height together, of a photo */
#define MEDIA_RATIO_MAX 20    /* of its longer side to the other */
#define MEDIA_FILE_ID_BYTES 256

/* Numbers are stored. */
enum media_kind { MEDIA_PHOTO = 1, MEDIA_VIDEO };
const char *media_kind_name(enum media_kind k); /* "photo", "video". Lent, for ever */

struct media {
    int64_t id;
    enum media_kind kind;
    char mime[33];     /* "image/jpeg" */
    int64_t size;      /* bytes */
    int width, height; /* 0: not known */
    uint8_t sha256[SHA256_BYTES];
    int64_t made_by; /* staff; 0: nobody */
    int64_t created_at;
};

/* Pure: what they are. ST_BAD: nothing that could be sent, or cut off; ST_REFUSED: too
 * large. *why: "type", "broken", "size", "dimensions". Lent, for ever. */
must_check enum status media_look(const void *bytes, size_t n, struct media *out,
                                  const char **why);

/* ST_OK: kept, or there already (*made false). Otherwise as media_look. */
struct media_add {
    const void *bytes; /* borrowed */
    size_t n;
    int64_t staff_id;
    struct media out;
    bool made;
    const char *why;
};
must_check enum status media_add(struct db *db, int64_t now, struct media_add *a);

must_check enum status media_load(struct db *db, int64_t id, struct media *out);
/* Its bytes are added to out. ST_NONE: there is no such one. */
must_check enum status media_body(struct db *db, int64_t id, struct buf *out);

/* Those, until the transaction ends: nobody takes them away. ST_NONE: *missing (may be
 * NULL) is not there. */
must_check enum status media_hold(struct db *db, const int64_t *ids, int n,
                                  int64_t *missing);
/* ST_NONE: no such one; ST_TAKEN: a template, broadcast or automation brings it. */
must_check enum status media_remove(struct db *db, int64_t now, int64_t id,
                                    int64_t staff_id);
/* Does any template, broadcast or automation bring it? */
must_check enum status media_used(struct db *db, int64_t id, bool *used);

#define MEDIA_SORTS 2
extern const struct page_sort media_sorts[MEDIA_SORTS]; /* id, created_at */
struct media_filter {
    enum media_kind kind; /* 0: any */
};
must_check enum status media_search(struct db *db, const struct media_filter *f,
                                    struct page *p);
must_check enum status media_search_next(struct db *db, struct page *p,
                                         struct media *out);
must_check enum status media_total(struct db *db, const struct media_filter *f,
                                   int64_t *total);

/* ---- what the messenger calls it (media_file.c) ----------------------------------- */

/* ST_NONE: this bot has not sent it yet: send the bytes. */
must_check enum status media_file(struct db *db, int64_t id, enum message_sender bot,
                                  char out[MEDIA_FILE_ID_BYTES]);
/* After it was sent as a file. ST_BAD: a file_id that is none, or too long. ST_NONE: it is
 * gone. Needs no transaction. */
must_check enum status media_file_put(struct db *db, int64_t id,
                                      enum message_sender bot, const char *file_id);
/* The messenger refuses that one. Another that was put meanwhile stays. */
must_check enum status media_file_drop(struct db *db, int64_t id,
                                       enum message_sender bot, const char *file_id);

#endif
