/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/query.c - answerCallbackQuery. */
#include "core/base/clock.h"
#include "tests/botapi/call.h"
#include "tests/botapi/events.h"
#include "tests/botapi/retry.h"

#include <stdlib.h>
#include <string.h>

static struct callback *query_find(struct bot *b, int64_t id)
{
    for (int i = 0; i < CALLBACKS_KEPT; i++)
        if (b->callback[i].id == id && id != 0)
            return &b->callback[i];
    return NULL;
}

static void toast(struct call *c, const struct callback *q)
{
    struct buf b = {0};

    events_wake(c->w->events);
    if (!events_heard(c->w->events))
        return;
    buf_addf(&b,
             "{\"event\":\"toast\",\"bot\":\"%s\",\"chat\":%lld,\"message_id\":%lld,"
             "\"alert\":%s,\"text\":",
             c->bot->key, (long long)q->person, (long long)q->message_id,
             q->alert ? "true" : "false");
    buf_add_json(&b, q->text, strlen(q->text));
    buf_addc(&b, '}');
    events_send(c->w->events, &b);
    buf_free(&b);
}

void answer_callback(struct call *c)
{
    const struct arg *id = form_get(&c->form, "callback_query_id");
    const struct arg *text = form_get(&c->form, "text");
    struct callback *q = query_find(c->bot, strtoll(id->s, NULL, 10));
    int64_t age_s = q != NULL ? (world_now(c->w) - q->at) / SECOND : 0;

    if (q == NULL || q->answered ||
        age_s * c->w->scale >= update_life_s(UPDATE_CALLBACK_QUERY)) {
        call_refuse(c, 400,
                    "Bad Request: query is too old and response timeout expired or "
                    "query ID is invalid");
        return;
    }
    q->answered = true;
    q->alert = form_true(&c->form, "show_alert");
    person_set(&q->text, text != NULL ? text->s : "");
    toast(c, q);
    call_true(c);
}
