/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/world.h - who and what there is: people, two bots, a channel, the chats
 * between them and the messages in those.
 *
 *   person --- chat --- bot        one private chat a pair; `started` once the person
 *      \                 |         pressed Start, `blocked` while the bot is blocked
 *       +--- channel ----+         members by status; bots are admins until told
 * otherwise
 *
 * A chat keeps its last messages in a ring of `world.history`; older ones are gone as
 * if somebody had deleted them. Message ids count per bot, as on Telegram they count
 * per account; in the channel per channel. The world owns everything it points to. */
#ifndef TESTS_BOTAPI_WORLD_H
#define TESTS_BOTAPI_WORLD_H

#include "core/base/status.h"
#include "core/io/loop.h"
#include "tests/botapi/map.h"
#include "tests/botapi/text.h"

#define BOTS 2

struct updates; /* updates.h */
struct hook;    /* hook.h */
struct files;   /* file.h */
struct file;
struct journal; /* journal.h */
struct events;  /* events.h */
struct faults;  /* fault.h */
struct server;
struct bot;

struct person {
    int64_t id;
    char *first_name, *last_name, *username, *language; /* "" when absent */
    char *phone;                                        /* digits, or "" */
    char *role; /* for the chat page: "Кассир" */
    bool deactivated;
};

enum media { MEDIA_NONE, MEDIA_PHOTO, MEDIA_DOCUMENT, MEDIA_OTHER, MEDIA_VIDEO };

struct message {
    int64_t id, date, edit_date; /* seconds */
    int64_t from;                /* person or bot; 0: the channel itself */
    char *text;                  /* or caption; never NULL */
    size_t text_n;
    char *entities; /* JSON array, or NULL */
    char *markup;   /* JSON, or NULL */
    bool markup_inline, protect, silent, caption_above;
    enum media media;
    int64_t file;    /* its number, of a photo, a video, a document */
    char *file_name; /* of a document, or NULL */
    char *other;     /* members as JSON for what else there is: contact …, or NULL */
    int64_t reply_to;
};

struct chat {
    int64_t id;            /* of the person, or of the channel */
    struct bot *bot;       /* NULL for the channel */
    struct person *person; /* NULL for the channel */
    struct channel *channel;
    bool started, blocked;
    struct message **ring; /* cap = world.history; oldest first */
    int n, cap;
    char *keyboard; /* the reply keyboard on the person's screen, JSON, or NULL */
};

enum member {
    MEMBER_LEFT,
    MEMBER_MEMBER,
    MEMBER_ADMIN,
    MEMBER_CREATOR,
    MEMBER_KICKED,
    MEMBER_RESTRICTED_IN,
    MEMBER_RESTRICTED_OUT,
    MEMBER_ASKED, /* wants to join a channel that lets people in one by one */
    MEMBER_COUNT
};

struct channel {
    int64_t id;
    char *title, *username;
    struct map members; /* id -> enum member + 1, as a pointer */
    struct chat chat;
    int64_t next_message;
    bool by_request; /* an admin lets people in */
};

struct callback {
    int64_t id;
    int64_t person, message_id, at; /* at: microseconds */
    bool answered, alert;
    char *data, *text;
};
#define CALLBACKS_KEPT 1024

struct bot {
    const char *key; /* "client", "auth" */
    int64_t id;
    char *token, *username, *name;
    struct map chats; /* person id -> struct chat */
    int64_t next_message;
    struct updates *updates;
    struct hook *hook;
    struct map profile; /* commands, descriptions …: profile.c */
    struct callback callback[CALLBACKS_KEPT];
    int64_t callbacks; /* how many there ever were; the last ones are in the ring */
    int64_t sent, sent_in_second, second, peak; /* messages accepted */
};

struct world {
    struct loop *loop;
    struct bot bot[BOTS];
    struct map people;
    struct channel channel;
    int history;
    bool forget;   /* keep counters only */
    bool anyone;   /* unknown positive ids are people who pressed Start */
    int64_t scale; /* waits and expiries run so many times faster; 1 */
    struct files *files;
    struct journal *journal;
    struct events *events;
    struct faults *faults;
    const char *state; /* path, or NULL */
    struct loop_timer save_timer;
    bool dirty;
    int64_t save_wait_ms; /* between saves of a world as large as this */
    int64_t next_person;
};

struct world_options {
    const char *token[BOTS], *username[BOTS], *name[BOTS], *state;
    const char *channel_title, *channel_username;
    int history;
    bool forget, anyone, empty;
};

/* NULL: no memory. Yours. */
struct world *world_new(struct loop *loop, const struct world_options *o);
void world_free(struct world *w);
void world_people_default(struct world *w); /* a demo shop's customers and staff */
void world_reset(struct world *w); /* as freshly started: people, chats, updates */

int64_t world_now(const struct world *w); /* microseconds */
void world_changed(struct world *w);      /* the state file is out of date */

/* ---- people -------------------------------------------------------------------------
 */

struct person *person_find(struct world *w, int64_t id);
/* id 0: a fresh one. NULL: no memory. */
struct person *person_add(struct world *w, int64_t id, const char *first_name);
void person_set(char **field, const char *value); /* keeps the old one without memory */
void person_json(const struct person *p, struct buf *out); /* User */

struct bot *bot_by_token(struct world *w, const char *token, size_t n);
struct bot *bot_by_key(struct world *w,
                       const char *key);             /* "client" or "@name" or id */
void bot_json(const struct bot *b, struct buf *out); /* User */

/* ---- chats --------------------------------------------------------------------------
 */

struct chat *chat_find(struct bot *b, int64_t person); /* NULL: none yet */
struct chat *chat_of(struct world *w, struct bot *b,
                     struct person *p);                /* made if new */
void chat_json(const struct chat *c, struct buf *out); /* Chat */

/* Takes m over; gives it an id if it has none. NULL: no memory, m is gone. */
struct message *chat_add(struct world *w, struct chat *c, struct message *m);
struct message *message_find(const struct chat *c, int64_t id);
void message_delete(struct world *w, struct chat *c, struct message *m);
void message_drop(struct message *m);
void chat_empty(struct chat *c);

/* Message as the Bot API shows it; reply keyboards are not part of it. b: in whose eyes
 * (file ids are per bot). */
void message_json(struct world *w, const struct bot *b, const struct chat *c,
                  const struct message *m, struct buf *out);
/* The same with everything that a page or a test wants to see besides. */
void message_json_full(struct world *w, const struct bot *b, const struct chat *c,
                       const struct message *m, struct buf *out);

/* ---- channel ------------------------------------------------------------------------
 */

const char *member_name(enum member m); /* "left" … */
enum member member_get(const struct channel *ch, int64_t id);
void member_put(struct world *w, int64_t id, enum member m);
void member_json(const struct world *w, int64_t id, enum member m, struct buf *out);

#endif
