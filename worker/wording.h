/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/wording.h - what a message says (core/content.h), as Telegram wants to hear it.
 *
 *   content_render --rendered--> wording_make --worded--> tg_call --result--> wording_heard
 *                                     ^                                           |
 *                     pictures -------+ file_id, or bytes      file_ids <---------+
 *
 * words alone              sendMessage       no preview of links: what was written is what
 *                                            is seen
 * one picture or video     sendPhoto, sendVideo: the words are its caption
 * several                  sendMediaGroup: … of its first one; no buttons
 * a post                   copyMessage: as it is, with our buttons
 *
 * An advertisement ends with its footer (who advertises, the mark), and a last row of
 * buttons with the way out, v1:<screen>:off:<number>; an album, which has no buttons, ends
 * with words that say it. core/content.h keeps the room for both. The buttons of the bot
 * are v1:<screen>:<do>:<number>.
 *
 * An edit changes the words and buttons of what was sent; pictures stay. Of a post only
 * the buttons change.
 *
 * Pure; fast enough for thousands a second: the body is written straight, and the memory
 * of a worded is used again. */
#ifndef WORKER_WORDING_H
#define WORKER_WORDING_H

#include "core/content.h"
#include "core/io/telegram.h"
#include "worker/text.h"

/* A picture or video of a content, as this bot can send it. Borrowed. */
struct wording_picture {
    int64_t media;
    bool video;
    const char *file_id; /* NULL or "": not known yet: the bytes go along */
    const char *mime;
    const void *bytes;
    size_t n;
};

struct wording {
    int64_t chat;
    int64_t message;    /* that one is edited; 0: a new one */
    enum lang lang;     /* of the words of ours */
    const char *screen; /* of callback data: "bc" */
    int64_t number;     /* of the broadcast there */
    bool way_out;
    const char *footer; /* plain; NULL or "": none */
    bool silent, paid;
    const struct wording_picture *pictures; /* in any order */
    int pictures_n;
};

struct worded {
    const char *method;                     /* lent, for ever */
    struct buf body;                        /* the parameters, a JSON object */
    struct tg_file file[CONTENT_MEDIA_MAX]; /* what is uploaded with it; lent by the
                                               pictures */
    char field[CONTENT_MEDIA_MAX][16]; /* pointed to by file: never copy a worded */
    int place[CONTENT_MEDIA_MAX];      /* of that file among the media */
    int files;
    const struct wording_picture
        *picture[CONTENT_MEDIA_MAX]; /* all of them, in order */
    int pictures;
    struct buf tail;
};

/* out is used again and again, worded_free at the end. ST_BAD: a picture is not there
 * (neither file_id nor bytes), callback data that is too long, nothing to say, or a footer
 * under a post, where it cannot stand; ST_BROKEN: no memory. */
must_check enum status wording_make(const struct rendered *r, const struct wording *w,
                                    struct worded *out);
void worded_free(struct worded *w);

/* As the payload of a row of `message`: {"method","params"}, and with pictures "media"
 * (send_attach.h), by which their bytes are read when it is sent: here any byte may stand
 * for them. While the pictures are there. NULL: no memory. Yours. */
struct json *worded_payload(const struct worded *w);

/* The number of the message that was sent: of an album's first one. 0: none. */
int64_t wording_message(const struct json *result);
/* What Telegram calls the media at that place from now on; NULL: it does not say. Lent by
 * result. */
const char *wording_file_id(const struct json *result, int place);

#endif
