/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/control_act.c - control addresses by which people act. */
#include "tests/botapi/app.h"
#include "tests/botapi/control.h"
#include "tests/botapi/events.h"
#include "tests/botapi/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void acted(struct ctl *c, enum status st, const struct act *a)
{
    static const struct {
        enum status st;
        int code;
        const char *why;
    } refusals[] = {
        {ST_NONE, 404, "no such message or button"},
        {ST_REFUSED, 409, "this person has blocked the bot"},
        {ST_BROKEN, 500, "no memory"},
    };

    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
        if (refusals[i].st == st)
            ctl_refuse(c, refusals[i].code, refusals[i].why);
    buf_addf(&c->out, "{\"ok\":true,\"message_id\":%lld,\"update_id\":%lld",
             (long long)a->message_id, (long long)a->update_id);
    if (a->callback_id != 0)
        buf_addf(&c->out, ",\"callback_query_id\":\"%lld\"", (long long)a->callback_id);
    buf_addc(&c->out, '}');
}

void ctl_say(struct ctl *c)
{
    const struct arg *text = form_get(&c->form, "text");
    struct act a;

    if (!ctl_act(c, &a))
        return;
    if (text == NULL || text->kind != ARG_TEXT || text->n == 0)
        ctl_refuse(c, 400, "text is missing");
    else
        acted(c, act_say(&a, text->s, text->n, form_int(&c->form, "reply_to", 0)), &a);
}

void ctl_start(struct ctl *c)
{
    struct act a;

    if (ctl_act(c, &a))
        acted(c, act_start(&a, ctl_text(c, "payload")), &a);
}

/* https://t.me/<bot>?start=<payload>, tg://resolve?domain=<bot>&start=<payload> */
static bool link_read(struct ctl *c, const char *link, char payload[128], struct act *a)
{
    const char *p = strstr(link, "t.me/"), *start = strstr(link, "start=");
    char name[64];
    size_t n;

    p = p != NULL                 ? p + 5
        : strstr(link, "domain=") ? strstr(link, "domain=") + 7
                                  : NULL;
    if (p == NULL)
        return false;
    n = strcspn(p, "?&/#");
    if (n == 0 || n >= sizeof(name))
        return false;
    memcpy(name, p, n);
    name[n] = '\0';
    a->bot = bot_by_key(c->w, name);
    snprintf(payload, 128, "%.*s", start ? (int)strcspn(start + 6, "&#") : 0,
             start ? start + 6 : "");
    return a->bot != NULL;
}

void ctl_link(struct ctl *c)
{
    struct act a = {.w = c->w, .person = ctl_person(c)};
    char payload[128];

    if (a.person == NULL)
        return;
    if (!link_read(c, ctl_text(c, "link"), payload, &a)) {
        ctl_refuse(c, 400, "not a link to one of the bots");
        return;
    }
    acted(c, act_start(&a, payload), &a);
    c->out.len -= c->out.len > 0;
    buf_addf(&c->out, ",\"bot\":\"%s\"}", a.bot->key);
}

/* Button number row, col of a message, counted from 0: its data in the press. */
void ctl_press(struct ctl *c)
{
    const struct arg *data = form_get(&c->form, "data");
    const struct arg *text = form_get(&c->form, "text");
    struct press p = {.message_id = form_int(&c->form, "message_id", 0),
                      .text = text != NULL ? text->s : NULL,
                      .data = data != NULL ? data->s : NULL,
                      .forged = form_true(&c->form, "forged")};
    struct act a;

    if (!ctl_act(c, &a))
        return;
    if (p.text == NULL && p.data == NULL)
        ctl_refuse(c, 400, "text or data of the button is missing");
    else
        acted(c, act_press(&a, &p), &a);
}

/* The bytes of a raw body or of a multipart part, or a file of another chat by number.
 */
static int64_t sent_file(struct ctl *c, const char *part, const char **name)
{
    const struct arg *a = form_get(&c->form, part);
    int64_t number = form_int(&c->form, "file", 0);
    const char *bytes = c->r->body;
    size_t n = c->r->body_n;
    struct file *f;

    *name = ctl_text(c, "name");
    if (a != NULL && a->kind == ARG_FILE) {
        bytes = a->s;
        n = a->n;
        *name = a->filename;
    }
    if (number != 0)
        f = file_by_number(c->w->files, number);
    else
        f = n > 0 ? file_add(c->w->files, bytes, n) : NULL;
    if (f == NULL)
        ctl_refuse(c, 400, "no bytes: send them as the body or name a file");
    return f != NULL ? f->number : 0;
}

void ctl_photo(struct ctl *c)
{
    const char *name;
    struct act a;
    int64_t file = ctl_act(c, &a) ? sent_file(c, "photo", &name) : 0;
    const struct file *f = file != 0 ? file_by_number(c->w->files, file) : NULL;

    if (f == NULL)
        return;
    if (f->width == 0)
        ctl_refuse(c, 400, "not a picture; send it as a document");
    else
        acted(c, act_file(&a, MEDIA_PHOTO, file, NULL, ctl_text(c, "caption")), &a);
}

void ctl_document(struct ctl *c)
{
    const char *name;
    struct act a;
    int64_t file = ctl_act(c, &a) ? sent_file(c, "document", &name) : 0;

    if (file != 0)
        acted(c, act_file(&a, MEDIA_DOCUMENT, file, name, ctl_text(c, "caption")), &a);
}

void ctl_contact(struct ctl *c)
{
    const char *phone = ctl_text(c, "phone");
    struct act a;

    if (!ctl_act(c, &a))
        return;
    if (phone[0] == '\0')
        phone = a.person->phone;
    if (phone[0] == '\0')
        phone = "79990000000";
    acted(c, act_contact(&a, phone, form_int(&c->form, "of", a.person->id)), &a);
}

void ctl_block(struct ctl *c)
{
    struct act a;

    if (ctl_act(c, &a))
        act_block(&a, true);
}

void ctl_unblock(struct ctl *c)
{
    struct act a;

    if (ctl_act(c, &a))
        act_block(&a, false);
}

/* ---- Mini Apps ------------------------------------------------------------------ */

void ctl_app(struct ctl *c)
{
    const struct arg *text = form_get(&c->form, "text");
    const struct app_ask ask = {.text = text != NULL ? text->s : NULL,
                                .message_id = form_int(&c->form, "message_id", 0),
                                .menu = form_true(&c->form, "menu"),
                                .age_s = form_int(&c->form, "age", 0)};
    struct act a;
    enum status st;

    if (!ctl_act(c, &a))
        return;
    st = app_open(&a, &ask, &c->out);
    if (st == ST_NONE)
        ctl_refuse(c, 404, "no such message or button");
    else if (st != ST_OK)
        ctl_refuse(c, 500, "no memory");
}

/* ---- the channel ---------------------------------------------------------------- */

static void tell_member(struct ctl *c, int64_t id)
{
    struct buf b = {0};

    buf_addf(&b, "{\"event\":\"member\",\"person\":%lld,\"status\":\"%s\"}",
             (long long)id, member_name(member_get(&c->w->channel, id)));
    events_send(c->w->events, &b);
    buf_free(&b);
}

static void stand(struct ctl *c, enum member m)
{
    struct person *p = ctl_person(c);

    if (p == NULL)
        return;
    act_member(c->w, p->id, m);
    tell_member(c, p->id);
}

void ctl_join(struct ctl *c)
{
    struct person *p = ctl_person(c);

    if (p == NULL)
        return;
    if (act_join(c->w, p) != ST_OK)
        ctl_refuse(c, 409, "this person has been thrown out of the channel");
    tell_member(c, p->id);
}

/* Does an admin let people in one by one? */
void ctl_channel(struct ctl *c)
{
    struct buf b = {0};

    if (form_get(&c->form, "by_request") == NULL) {
        ctl_refuse(c, 400, "by_request is missing: true or false");
        return;
    }
    c->w->channel.by_request = form_true(&c->form, "by_request");
    world_changed(c->w);
    buf_adds(&b, "{\"event\":\"bots\"}");
    events_send(c->w->events, &b);
    buf_free(&b);
}

void ctl_leave(struct ctl *c)
{
    stand(c, MEMBER_LEFT);
}

/* The standing of a bot or a person, by its name. */
void ctl_rights(struct ctl *c)
{
    const char *status = ctl_text(c, "status");
    const struct bot *b = bot_by_key(c->w, ctl_text(c, "bot"));
    const struct person *p = b == NULL ? ctl_person(c) : NULL;
    int m = 0;

    while (m < MEMBER_COUNT && strcmp(member_name((enum member)m), status) != 0)
        m++;
    if (m == MEMBER_COUNT)
        ctl_refuse(c, 400,
                   "status: administrator, member, left, kicked, creator, "
                   "restricted_in, restricted_out, asked");
    if (c->why != NULL)
        return;
    act_member(c->w, b != NULL ? b->id : p->id, (enum member)m);
    tell_member(c, b != NULL ? b->id : p->id);
}
