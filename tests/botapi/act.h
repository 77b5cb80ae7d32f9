/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/act.h - what people do: they talk, press, send, block, join.
 *
 * Each act changes the world and tells the bots by an update. ST_NONE: no such message
 * or button; ST_REFUSED: the person has blocked this bot; ST_BROKEN: no memory. */
#ifndef TESTS_BOTAPI_ACT_H
#define TESTS_BOTAPI_ACT_H

#include "tests/botapi/world.h"

struct act {
    struct world *w;
    struct bot *bot;
    struct person *person;
    /* out */
    int64_t message_id, update_id, callback_id;
};

must_check enum status act_say(struct act *a, const char *text, size_t n,
                               int64_t reply_to);
/* "/start payload", as following t.me/<bot>?start=<payload> does. */
must_check enum status act_start(struct act *a, const char *payload);
/* media MEDIA_PHOTO or MEDIA_DOCUMENT; name may be NULL. */
must_check enum status act_file(struct act *a, enum media media, int64_t file,
                                const char *name, const char *caption);
/* The person's own card; of: somebody else's id, a phone-book entry has 0. */
must_check enum status act_contact(struct act *a, const char *phone, int64_t of);

/* A button of a message: by its data when text is NULL, else by its text. ST_NONE: the
 * message has no such button; forged presses data nobody offered, on any message id. */
struct press {
    int64_t message_id; /* 0: the newest message that has such a button */
    const char *text, *data;
    bool forged;
};
must_check enum status act_press(struct act *a, const struct press *p);

void act_block(struct act *a, bool block);
/* The person's (or a bot's) standing in the channel. */
void act_member(struct world *w, int64_t id, enum member m);
/* They press Join: in at once, or a request that an admin has yet to answer. A kicked
 * one stays out: ST_REFUSED. */
must_check enum status act_join(struct world *w, const struct person *p);

#endif
