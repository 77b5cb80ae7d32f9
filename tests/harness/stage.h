/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/stage.h - conversations read as transcripts.
 *
 *   says(&ANNA, "/start");
 *   told_like(&ANNA, "Здравствуйте");
 *   presses(&ANNA, "Согласен");
 *
 * A stage is an installation (schema, Redis, settings, two stores) and one of two
 * casts:
 *
 *   stage_open(0)     the steps of the worker in this process: an update runs in its
 *                     transaction and everything that follows from it runs at once.
 *                     Quick, and time is ours (stage_wait_until).
 *   stage_open_real() every program against the stand-in Bot API, over the network.
 *
 * Each person has one chat with one bot; each is shown what a phone would show:
 * messages sent, edited in place, their buttons. A told_like that fails prints the
 * whole chat. */
#ifndef TESTS_HARNESS_STAGE_H
#define TESTS_HARNESS_STAGE_H

#include "core/io/queue.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct person {
    const char *bot; /* "client" or "auth" */
    int64_t id;
    const char *name, *lang; /* first name, language_code (may be NULL) */
};

#define STAGE_STORES 2
struct stage {
    struct db *db;
    int64_t store[STAGE_STORES]; /* «Ленина, 5», «Садовая, 12» */
    int64_t now;                 /* of the steps' cast */
};
extern struct stage stage;

#define STAGE_TWICE 1   /* every update is delivered a second time, of both casts */
#define STAGE_WEBHOOK 2 /* of the real one: updates come by webhook, not by polling */
#define STAGE_DEATHS 4  /* of the real one: programs may die, and are started again */
void stage_open(int how);
void stage_open_real(int how);
void stage_close(void);
/* The same for cmocka's setup and teardown, where nothing is to be prepared. */
int stage_begin(void **state);
int stage_begin_real(void **state);
int stage_end(void **state);

/* ---- what people do ------------------------------------------------------------- */

void says(const struct person *p, const char *text);
/* The newest button whose label holds these words. */
void presses(const struct person *p, const char *label);
void presses_twice(const struct person *p,
                   const char *label); /* two updates, at once */
/* Data that no button has, or a button of a message long gone. */
void forges(const struct person *p, const char *data);
/* The same, under the newest message that holds these words. */
void forges_under(const struct person *p, const char *words, const char *data);
void sends_photo(const struct person *p, const void *jpeg, size_t n);
void sends_voice(const struct person *p);
/* Their own contact by the key under the chat, or that of somebody with another id (0:
 * a bare card). */
void shares_contact(const struct person *p, const char *phone);
void shares_contact_of(const struct person *p, const char *phone, int64_t whose);
void subscribes(const struct person *p); /* to the channel */
void unsubscribes(const struct person *p);
void blocks(const struct person *p);
void unblocks(const struct person *p);
/* An admin of the channel, or they themselves, change what they are there, and the bots
 * hear of it: "member", "left", "kicked", "restricted_in" (still in), "restricted_out". */
void stands(const struct person *p, const char *status);
void channel_hidden(bool hidden); /* getChatMember is refused */

/* ---- what they see -------------------------------------------------------------- */

/* Among what is new or edited since their last act. */
void told_like(const struct person *p, const char *words);
void not_told(const struct person *p,
              const char *words); /* … and nothing of the kind */
void told_nothing(const struct person *p);
void told_times(const struct person *p, int n); /* new messages since the last act */
/* Their newest code, "XXXXX-XXXXX", and the text of their newest QR picture. Lent until
 * the next call. */
const char *last_code(const struct person *p);
const char *last_link(const struct person *p);
bool sees_button(const struct person *p, const char *label);
/* Is a keyboard under the chat, with such a key? Of the steps' cast. */
bool sees_key(const struct person *p, const char *label);

/* ---- the shop ------------------------------------------------------------------- */

void shop_sets(const char *name, const char *value); /* a setting */
void hires(const struct person *p, const char *role, int64_t store);
/* "/start i_<token>" of a fresh invite. Lent until the next call. */
const char *invites(const char *role, int64_t store);
int64_t counts(const char *sql); /* the number a query answers */
/* The query answers n, or will in a moment: what a chat shows, a row may learn later. */
void comes_to(int64_t n, const char *sql);
/* Of the steps' cast: puts the state of the dialogue into Redis as it stands; runs a
 * job. */
void spoils_state(const struct person *p, const char *json);
void stage_job(enum kind kind, struct json *args);
void stage_update(const char *bot, struct json *update); /* as it came; takes it over */
void stage_wait_until(int64_t now);                      /* of the steps' cast */

struct house *stage_house(void); /* of the real cast: to kill somebody in it */

#endif
