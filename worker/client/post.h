/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/client/post.h - a broadcast composed by sending a post, between its screens.
 *
 *   /post -> post_ask -> (the post) post_came -> card -> send -> numbers -> (typed) -> watch
 *                                                ^  |
 *                             buttons, for whom -+  +-> kept as a draft, or dropped
 *
 * The draft is a row of `broadcast` from the moment the post is there, so nothing but the
 * question of the next message is kept in the dialogue. */
#ifndef WORKER_CLIENT_POST_H
#define WORKER_CLIENT_POST_H

#include "core/broadcast/broadcast.h"
#include "worker/client/client.h"

struct post {
    struct broadcast b;
    struct broadcast_variant v[BROADCAST_VARIANTS];
    int n;
    int64_t chat, message; /* of the post */
};

/* The draft of that number in base 36. ST_NONE: there is none, or it is under way, or was
 * not made from a post; then the person has been told. post_free in any case. */
must_check enum status post_load(struct talk *t, const char *arg, struct post *out);
void post_free(struct post *p);
/* Told is enough: ST_NONE of post_load becomes ST_OK. */
enum status post_told(enum status st);
void post_arg(int64_t id, char out[14]);

/* Its buttons: [[{"text","url"}],…]; lent. NULL: none. */
const struct json *post_buttons(const struct post *p);
/* What it says with these ones, which are taken over. Yours. */
struct json *post_content(const struct post *p, struct json *buttons);

/* Keeps it with that content (NULL: as it is) and that rule (NULL: of b.segment_id); both
 * are borrowed. */
must_check enum status post_keep(struct talk *t, struct post *p, struct json *content,
                                 const struct buf *rule);
/* The canonical rule of everybody is added. */
must_check enum status post_everybody(struct buf *out);
/* "все гости", the segment's name. */
must_check enum status post_audience(struct talk *t, const struct post *p,
                                     struct buf *out);

/* The post as guests will see it, and its card below. */
must_check enum status post_show(struct talk *t, const struct post *p);

/* "42 с", "12 мин", "3 ч 5 мин" */
void post_lasts(int64_t seconds, enum lang lang, struct buf *out);

/* post_watch.c: the message about a broadcast under way. Adds what is to be said and the
 * buttons; *digest changes with it. */
must_check enum status post_progress_say(struct screen *sc, struct step *s,
                                         const struct broadcast *b, int64_t *digest);
/* Sends it, and has it renewed until the end. */
must_check enum status post_watch(struct talk *t, int64_t id);

#endif
