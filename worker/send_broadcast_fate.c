/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/send_broadcast.h"

#include "core/base/clock.h"

#include <string.h>

#define BACKOFF_BASE_MS 2000
#define BACKOFF_CAP_MS 600000
#define HALT_MS 60000

static struct recipient_fate fate_of(const struct letter *l, enum recipient_state to,
                                     enum recipient_why why)
{
    return (struct recipient_fate){.customer_id = l->customer_id,
                                   .message_id = l->message_id,
                                   .variant = l->variant,
                                   .to = to,
                                   .why = why};
}

struct recipient_fate letter_back(const struct letter *l, int64_t due)
{
    struct recipient_fate f = fate_of(l, RECIPIENT_QUEUED, WHY_NONE);

    f.due = due;
    return f;
}

/* An album's answer is a list: it goes by its first. */
static struct recipient_fate sent(const struct letter *l, const struct tg_answer *a)
{
    struct recipient_fate f = fate_of(l, RECIPIENT_SENT, WHY_NONE);
    const struct json *m = json_is_array(a->result) ? json_at(a->result, 0) : a->result;

    f.external_id = json_int_or(m, "message_id", 0);
    return f;
}

static struct recipient_fate never(const struct letter *l, const struct tg_verdict *v)
{
    bool gone = v->class == TG_CLASS_UNREACHABLE;
    struct recipient_fate f =
        fate_of(l, RECIPIENT_FAILED, gone ? WHY_BLOCKED : WHY_REFUSED);

    f.unreachable = gone && v->action != TG_ACT_MARK_BLOCKED_SOFT;
    f.bug = v->class == TG_CLASS_BUG || v->class == TG_CLASS_MEDIA;
    return f;
}

/* What only needs time is tried again. Anything else wants the message changed, and that
 * would be another message than the one that was approved: it is refused, as ours. */
static struct recipient_fate later(const struct letter *l, const struct tg_verdict *v,
                                   int64_t now)
{
    struct recipient_fate f = letter_back(l, now);
    int64_t wait = backoff_ms(l->attempts, BACKOFF_BASE_MS, BACKOFF_CAP_MS);

    if (v->action == TG_ACT_REUPLOAD) { /* the next one brings the picture's bytes */
        f.attempt = true;
        return f;
    }
    if (v->action != TG_ACT_RETRY_BACKOFF) {
        f = never(l, v);
        f.bug = true;
        return f;
    }
    f.attempt = v->code != 0; /* who did not come to the door was not turned away */
    if (wait < v->wait_s * 1000)
        wait = v->wait_s * 1000;
    f.due = now + wait * MS;
    return f;
}

/* Not in the middle of a character: 10xxxxxx continues one. */
static void words_cut(const char *from, char *out, size_t room)
{
    size_t n = strnlen(from, room - 1);

    while (n > 0 && from[n] != '\0' && ((unsigned char)from[n] & 0xC0) == 0x80)
        n--;
    memcpy(out, from, n);
    out[n] = '\0';
}

struct recipient_fate letter_fate(const struct letter *l, const struct tg_answer *a,
                                  int64_t now, int64_t frozen_ms)
{
    const struct tg_verdict *v = &a->verdict;
    struct recipient_fate f;

    if (v->fate == TG_SENT)
        return sent(l, a);
    if (frozen_ms > 0)
        f = letter_back(l, now + frozen_ms * MS);
    else if (v->fate == TG_NEVER)
        f = never(l, v);
    else if (v->fate == TG_LATER)
        f = later(l, v, now);
    else if (v->fate == TG_HALT)
        f = letter_back(l, now + HALT_MS * MS);
    else
        f = fate_of(l, RECIPIENT_UNKNOWN, WHY_LOST);
    words_cut(v->description, f.words, sizeof f.words);
    return f;
}
