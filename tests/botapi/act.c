/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/botapi/act.h"

#include "core/base/clock.h"
#include "tests/botapi/events.h"
#include "tests/botapi/updates.h"

#include <stdlib.h>
#include <string.h>

/* The chat, opened by whoever speaks first: Telegram shows nothing but Start before. */
static struct chat *open_chat(struct act *a)
{
    struct chat *c = chat_of(a->w, a->bot, a->person);

    if (c != NULL && !c->blocked)
        c->started = true;
    return c;
}

static enum status tell(struct act *a, struct chat *c, struct message *m)
{
    struct buf body = {0};

    m->from = a->person->id;
    m->date = world_now(a->w) / SECOND;
    m = chat_add(a->w, c, m);
    if (m == NULL)
        return ST_BROKEN;
    a->message_id = m->id;
    message_json(a->w, a->bot, c, m, &body);
    a->update_id =
        updates_put(a->bot->updates,
                    &(struct update_spec){UPDATE_MESSAGE, NULL, &body, c->id, c->id});
    buf_free(&body);
    events_message(a->w, a->bot, c, m, "message");
    return ST_OK;
}

static enum status speak(struct act *a, struct message *m)
{
    struct chat *c = open_chat(a);

    if (m == NULL || c == NULL || c->blocked) {
        message_drop(m);
        return c != NULL && c->blocked ? ST_REFUSED : ST_BROKEN;
    }
    if (m->text == NULL)
        person_set(&m->text, "");
    return tell(a, c, m);
}

static void take_words(struct message *m, const char *s, size_t n)
{
    struct text t = {0};
    struct buf entities = {0};

    buf_add(&t.s, s, n);
    text_find(&t);
    if (t.n > 0)
        text_entities_json(&t, &entities);
    m->entities = entities.s;
    m->text = t.s.s;
    m->text_n = t.s.len;
    t.s = (struct buf){0};
    text_free(&t);
}

enum status act_say(struct act *a, const char *text, size_t n, int64_t reply_to)
{
    struct message *m = calloc(1, sizeof(*m));

    if (m == NULL)
        return ST_BROKEN;
    take_words(m, text, n);
    m->reply_to = reply_to;
    return speak(a, m);
}

enum status act_start(struct act *a, const char *payload)
{
    struct buf b = {0};
    enum status st;

    buf_addf(&b, payload[0] != '\0' ? "/start %s" : "/start%s", payload);
    st = b.failed ? ST_BROKEN : act_say(a, b.s, b.len, 0);
    buf_free(&b);
    return st;
}

enum status act_file(struct act *a, enum media media, int64_t file, const char *name,
                     const char *caption)
{
    struct message *m = calloc(1, sizeof(*m));

    if (m == NULL)
        return ST_BROKEN;
    take_words(m, caption, strlen(caption));
    m->media = media;
    m->file = file;
    if (name != NULL)
        person_set(&m->file_name, name);
    return speak(a, m);
}

enum status act_contact(struct act *a, const char *phone, int64_t of)
{
    struct message *m = calloc(1, sizeof(*m));
    const struct person *p = of == a->person->id ? a->person : person_find(a->w, of);
    const char *name = p != NULL ? p->first_name : "Контакт";
    struct buf b = {0};

    if (m == NULL)
        return ST_BROKEN;
    buf_adds(&b, "\"contact\":{\"phone_number\":");
    buf_add_json(&b, phone, strlen(phone));
    buf_adds(&b, ",\"first_name\":");
    buf_add_json(&b, name, strlen(name));
    if (of != 0)
        buf_addf(&b, ",\"user_id\":%lld", (long long)of);
    buf_addc(&b, '}');
    m->media = MEDIA_OTHER;
    m->other = b.s;
    return speak(a, m);
}

/* ---- buttons -------------------------------------------------------------------- */

/* The data of the button that p means; yours. */
static char *button_data(const struct message *m, const struct press *p)
{
    struct jv markup;
    struct jv_walk row, b;

    if (m->markup == NULL || !m->markup_inline ||
        !jv_parse(m->markup, strlen(m->markup), &markup))
        return NULL;
    row = jv_begin(jv_get(markup, "inline_keyboard"));
    while (jv_step(&row))
        for (b = jv_begin(row.value); jv_step(&b);) {
            struct jv data = jv_get(b.value, "callback_data");

            if (data.s == NULL)
                continue;
            if (p->text != NULL ? jv_equals(jv_get(b.value, "text"), p->text)
                                : jv_equals(data, p->data))
                return jv_dup(b.value, "callback_data");
        }
    return NULL;
}

static struct message *pressed_message(struct chat *c, const struct press *p,
                                       char **data)
{
    for (int i = c->n - 1; i >= 0; i--) {
        if (p->message_id != 0 && c->ring[i]->id != p->message_id)
            continue;
        *data = button_data(c->ring[i], p);
        if (*data != NULL)
            return c->ring[i];
    }
    return NULL;
}

/* Remembers the query so that its answer can be judged; takes data over. */
static void query_keep(struct act *a, int64_t message_id, char *data)
{
    struct bot *b = a->bot;
    struct callback *q = &b->callback[b->callbacks % CALLBACKS_KEPT];

    free(q->data);
    free(q->text);
    b->callbacks++;
    *q = (struct callback){.person = a->person->id,
                           .message_id = message_id,
                           .at = world_now(a->w),
                           .data = data};
    /* Long as real ones are, and never one of an earlier life. */
    q->id = world_now(a->w) * 1000 + b->callbacks % 1000;
    a->callback_id = q->id;
}

static void query_json(struct act *a, struct chat *c, const struct message *m,
                       int64_t message_id, const char *data, struct buf *out)
{
    buf_addf(out, "{\"id\":\"%lld\",\"from\":", (long long)a->callback_id);
    person_json(a->person, out);
    buf_adds(out, ",\"message\":");
    if (m != NULL) {
        message_json(a->w, a->bot, c, m, out);
    } else {
        buf_adds(out, "{\"chat\":");
        chat_json(c, out);
        buf_addf(out, ",\"message_id\":%lld,\"date\":0}", (long long)message_id);
    }
    buf_addf(out, ",\"chat_instance\":\"%lld\",\"data\":",
             (long long)(c->id * 31 + a->bot->id));
    buf_add_json(out, data, strlen(data));
    buf_addc(out, '}');
}

enum status act_press(struct act *a, const struct press *p)
{
    struct chat *c = chat_of(a->w, a->bot, a->person);
    struct message *m = NULL;
    struct buf body = {0};
    char *data = NULL;

    if (c == NULL)
        return ST_BROKEN;
    if (c->blocked)
        return ST_REFUSED;
    if (p->forged) {
        data = strdup(p->data != NULL ? p->data : "");
        m = message_find(c, p->message_id);
    } else {
        m = pressed_message(c, p, &data);
        if (m == NULL)
            return ST_NONE;
    }
    if (data == NULL)
        return ST_BROKEN;
    a->message_id = m != NULL ? m->id : p->message_id;
    query_keep(a, a->message_id, data);
    query_json(a, c, m, a->message_id, data, &body);
    a->update_id = updates_put(a->bot->updates,
                               &(struct update_spec){UPDATE_CALLBACK_QUERY, NULL, &body,
                                                     c->id, a->person->id});
    buf_free(&body);
    return ST_OK;
}

/* ---- standing ------------------------------------------------------------------- */

static void standing_json(struct world *w, const struct chat *c, int64_t who,
                          const enum member change[2], struct buf *out)
{
    const struct person *from = c->person;

    for (size_t i = 0; from == NULL && i < w->people.cap;)
        from = map_next(&w->people, &i);
    if (person_find(w, who) != NULL)
        from = person_find(w, who);
    buf_adds(out, "{\"chat\":");
    chat_json(c, out);
    buf_adds(out, ",\"from\":");
    if (from != NULL)
        person_json(from, out);
    else
        buf_adds(out, "{\"id\":1,\"is_bot\":false,\"first_name\":\"Admin\"}");
    buf_addf(out,
             ",\"date\":%lld,\"old_chat_member\":", (long long)(world_now(w) / SECOND));
    member_json(w, who, change[0], out);
    buf_adds(out, ",\"new_chat_member\":");
    member_json(w, who, change[1], out);
    buf_addc(out, '}');
}

void act_block(struct act *a, bool block)
{
    struct chat *c = chat_of(a->w, a->bot, a->person);
    enum member change[2] = {block ? MEMBER_MEMBER : MEMBER_KICKED,
                             block ? MEMBER_KICKED : MEMBER_MEMBER};
    struct buf body = {0};

    if (c == NULL || c->blocked == block)
        return;
    c->blocked = block;
    c->started = c->started || !block;
    standing_json(a->w, c, a->bot->id, change, &body);
    a->update_id = updates_put(a->bot->updates,
                               &(struct update_spec){UPDATE_MY_CHAT_MEMBER, NULL, &body,
                                                     c->id, a->person->id});
    buf_free(&body);
    world_changed(a->w);
}

void act_member(struct world *w, int64_t id, enum member m)
{
    enum member change[2] = {member_get(&w->channel, id), m};
    struct buf body = {0};

    if (change[0] == m)
        return;
    member_put(w, id, m);
    if (change[0] == MEMBER_ASKED && m == MEMBER_LEFT)
        return; /* a request given up or declined: nobody was in, nobody is out */
    standing_json(w, &w->channel.chat, id, change, &body);
    for (int i = 0; i < BOTS; i++) {
        struct bot *b = &w->bot[i];
        bool mine = b->id == id;
        enum member standing = member_get(&w->channel, b->id);

        if (!mine && standing != MEMBER_ADMIN && standing != MEMBER_CREATOR)
            continue;
        updates_put(b->updates, &(struct update_spec){mine ? UPDATE_MY_CHAT_MEMBER
                                                           : UPDATE_CHAT_MEMBER,
                                                      NULL, &body, w->channel.id, id});
    }
    buf_free(&body);
}

/* ---- who is let in one by one --------------------------------------------------- */

static void request_json(struct world *w, const struct person *p, struct buf *out)
{
    buf_adds(out, "{\"chat\":");
    chat_json(&w->channel.chat, out);
    buf_adds(out, ",\"from\":");
    person_json(p, out);
    buf_addf(out, ",\"user_chat_id\":%lld,\"date\":%lld}", (long long)p->id,
             (long long)(world_now(w) / SECOND));
}

/* Told to who may let people in. */
static void act_ask(struct world *w, const struct person *p)
{
    struct buf body = {0};

    member_put(w, p->id, MEMBER_ASKED);
    request_json(w, p, &body);
    for (int i = 0; i < BOTS; i++) {
        enum member standing = member_get(&w->channel, w->bot[i].id);

        if (standing == MEMBER_ADMIN || standing == MEMBER_CREATOR)
            updates_put(w->bot[i].updates,
                        &(struct update_spec){UPDATE_CHAT_JOIN_REQUEST, NULL, &body,
                                              w->channel.id, p->id});
    }
    buf_free(&body);
}

enum status act_join(struct world *w, const struct person *p)
{
    enum member now = member_get(&w->channel, p->id);

    if (now == MEMBER_KICKED)
        return ST_REFUSED;
    if (!w->channel.by_request)
        act_member(w, p->id,
                   now == MEMBER_RESTRICTED_OUT ? MEMBER_RESTRICTED_IN : MEMBER_MEMBER);
    else if (now == MEMBER_LEFT || now == MEMBER_RESTRICTED_OUT)
        act_ask(w, p);
    return ST_OK;
}
