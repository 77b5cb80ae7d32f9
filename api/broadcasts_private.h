/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/broadcasts_private.h - what api/broadcasts*.c share. */
#ifndef API_BROADCASTS_PRIVATE_H
#define API_BROADCASTS_PRIVATE_H

#include "api/broadcasts.h"
#include "core/base/tz.h"
#include "core/broadcast/broadcast.h"
#include "core/broadcast/recipient.h"
#include "core/segment/rule.h"

#define BROADCASTS_N(table) (sizeof(table) / sizeof *(table))

/* ---- JSON (broadcasts_json.c) ------------------------------------------------------ */

extern const char *const broadcast_state_words[BROADCAST_STATES];
extern const char *const broadcast_purpose_words[];

/* A line of the list. */
struct json *broadcast_json(const struct broadcast *b);
/* The card as the answer, with its ETag. */
enum status broadcast_answer(struct call *c, int status, int64_t id);

/* ---- who it goes to (broadcasts_rule.c) -------------------------------------------- */

/* A rule from outside becomes its canonical text. ST_REFUSED: problem() has been called. */
enum status broadcast_rule_read(struct call *c, struct json *from, struct buf *out);
/* ST_REFUSED: the segment asks for what the caller may not see; ST_OK also for one that
 * is not there: the core says so. */
enum status broadcast_segment_checked(struct call *c, int64_t segment_id);
/* The same for the audience of a kept one. */
enum status broadcast_audience_checked(struct call *c, const struct broadcast *b);
/* Its rule (NULL: none that can be read) and sentence (null), in the card. */
enum status broadcast_rule_set(struct call *c, const struct broadcast *b,
                               struct json *o);

/* ---- bodies (broadcasts_body.c) ---------------------------------------------------- */

/* What broadcast_add and broadcast_change take, with all that it points to. */
struct broadcast_body {
    struct broadcast_draft draft; /* out */
    struct broadcast_variant variant[BROADCAST_VARIANTS];
    struct buf rule;
};
/* was: the row that is changed, locked; NULL: a new one. ST_REFUSED: problem() has been
 * called. broadcast_body_free in any case. */
enum status broadcast_body_read(struct call *c, const struct broadcast *was,
                                struct broadcast_body *out);
void broadcast_body_free(struct broadcast_body *b);

/* One of purpose service goes to who wants no advertising, too: whoever makes, changes or
 * sends it must be allowed to say that it is none. */
enum status broadcast_service_may(struct call *c, const struct broadcast *b);
/* Locks the one of the address; refused when another version was seen. `needed`: they
 * have to say which. */
enum status broadcast_seen(struct call *c, bool needed, struct broadcast *out);

/* Why the core said no (broadcasts_refused.c): ST_BAD with a reason, ST_TAKEN: another
 * state. Others are answered as they are. */
enum status broadcast_refused(struct call *c, enum status st, const char *why);
/* `variant` of the body is none of its n. */
enum status broadcast_no_variant(struct call *c, int n);

/* ---- looking ----------------------------------------------------------------------- */

struct fill_estimate;
/* What it would be now. ST_REFUSED: problem() has been called: too heavy a rule, or one
 * that cannot be read, or that the caller may not ask. */
enum status broadcast_estimated(struct call *c, const struct broadcast *b,
                                struct fill_estimate *out);
/* "Получат ~1 840 из 2 310: 320 без согласия. Займёт ~2 мин." Pure. */
void broadcast_estimate_say(const struct fill_estimate *e, bool english,
                            struct buf *out);
/* " Тихие часы: начнёт уходить в 09:00." Pure. */
void broadcast_quiet_say(const struct tz *tz, int64_t until, bool english,
                         struct buf *out);

#endif
