/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/botapi/control.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct route {
    const char *verb, *path;
    ctl_fn *fn;
} routes[] = {
    {"GET", "people", ctl_people},
    {"POST", "people", ctl_person_add},
    {"POST", "people/many", ctl_people_many},
    {"POST", "say", ctl_say},
    {"POST", "start", ctl_start},
    {"POST", "link", ctl_link},
    {"POST", "press", ctl_press},
    {"POST", "photo", ctl_photo},
    {"POST", "document", ctl_document},
    {"POST", "contact", ctl_contact},
    {"POST", "app", ctl_app},
    {"POST", "block", ctl_block},
    {"POST", "unblock", ctl_unblock},
    {"POST", "join", ctl_join},
    {"POST", "leave", ctl_leave},
    {"POST", "rights", ctl_rights},
    {"POST", "channel", ctl_channel},
    {"GET", "bots", ctl_bots},
    {"GET", "chats", ctl_chats},
    {"GET", "messages", ctl_messages},
    {"GET", "photos", ctl_photos},
    {"GET", "callbacks", ctl_callbacks},
    {"GET", "calls", ctl_calls},
    {"GET", "violations", ctl_violations},
    {"GET", "counts", ctl_counts},
    {"GET", "faults", ctl_faults},
    {"POST", "faults", ctl_fault_add},
    {"POST", "faults/clear", ctl_fault_clear},
    {"POST", "update", ctl_update},
    {"POST", "redeliver", ctl_redeliver},
    {"GET", "updates", ctl_updates},
    {"POST", "clock", ctl_clock},
    {"POST", "reset", ctl_reset},
    {"GET", "events", ctl_events},
    {"GET", "file", ctl_file},
    {"POST", "decode", ctl_decode},
};

void ctl_refuse(struct ctl *c, int code, const char *why)
{
    if (c->why != NULL)
        return;
    c->code = code;
    c->why = why;
}

const char *ctl_text(const struct ctl *c, const char *name)
{
    const struct arg *a = form_get(&c->form, name);

    return a != NULL && a->kind == ARG_TEXT ? a->s : "";
}

struct bot *ctl_bot(struct ctl *c)
{
    struct bot *b = bot_by_key(c->w, ctl_text(c, "bot"));

    if (b == NULL)
        ctl_refuse(c, 404, "no such bot: client or auth");
    return b;
}

struct person *ctl_person(struct ctl *c)
{
    const char *name = ctl_text(c, "person");
    struct person *p = person_find(c->w, form_int(&c->form, "person", 0));

    for (size_t i = 0; p == NULL && name[0] == '@' && i < c->w->people.cap; i++) {
        struct person *other = c->w->people.slot[i].value;

        if (other != NULL && strcasecmp(other->username, name + 1) == 0)
            p = other;
    }
    if (p == NULL)
        ctl_refuse(c, 404, "no such person");
    return p;
}

bool ctl_act(struct ctl *c, struct act *a)
{
    *a = (struct act){.w = c->w, .bot = ctl_bot(c)};
    a->person = a->bot != NULL ? ctl_person(c) : NULL;
    return a->person != NULL;
}

/* A picture as the whole body: its parameters stand in the query. */
static bool raw_body(const struct req *r)
{
    return strncasecmp(r->content_type, "image/", 6) == 0 ||
           strncasecmp(r->content_type, "application/octet-stream", 24) == 0;
}

static bool read_form(struct ctl *c)
{
    size_t n = c->r->body_n;
    bool ok;

    if (!raw_body(c->r))
        return form_read(c->r, &c->form);
    c->r->body_n = 0;
    ok = form_read(c->r, &c->form);
    c->r->body_n = n;
    return ok;
}

static void answer(struct ctl *c)
{
    if (c->why != NULL) {
        buf_clear(&c->out);
        buf_adds(&c->out, "{\"ok\":false,\"error\":");
        buf_add_json(&c->out, c->why, strlen(c->why));
        buf_addc(&c->out, '}');
    } else if (c->out.len == 0) {
        buf_adds(&c->out, "{\"ok\":true}");
    }
    req_json(c->r, c->code, &c->out);
}

void control_serve(struct world *w, struct req *r, const char *path)
{
    struct ctl c = {.w = w, .r = r, .code = 200};
    const struct route *found = NULL;

    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
        if (strcmp(routes[i].path, path) == 0 && strcmp(routes[i].verb, r->verb) == 0)
            found = &routes[i];
    if (found == NULL)
        ctl_refuse(&c, 404, "no such control address: see tests/botapi/README.md");
    else if (!read_form(&c))
        ctl_refuse(&c, 400, c.form.why);
    else
        found->fn(&c);
    if (!c.held)
        answer(&c);
    buf_free(&c.out);
}
