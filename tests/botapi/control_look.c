/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/control_look.c - control addresses that show people, bots, chats. */
#include "core/io/scan.h"
#include "tests/botapi/control.h"
#include "tests/botapi/events.h"
#include "tests/botapi/file.h"
#include "tests/botapi/hook.h"
#include "tests/botapi/profile.h"
#include "tests/botapi/updates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- people --------------------------------------------------------------------- */

static void person_full(struct world *w, const struct person *p, struct buf *out)
{
    person_json(p, out);
    out->len--;
    buf_adds(out, ",\"role\":");
    buf_add_json(out, p->role, strlen(p->role));
    buf_adds(out, ",\"phone\":");
    buf_add_json(out, p->phone, strlen(p->phone));
    buf_addf(out, ",\"channel\":\"%s\",\"deactivated\":%s",
             member_name(member_get(&w->channel, p->id)),
             p->deactivated ? "true" : "false");
    for (int i = 0; i < BOTS; i++) {
        const struct chat *c = chat_find(&w->bot[i], p->id);

        buf_addf(out, ",\"%s\":\"%s\"", w->bot[i].key,
                 c == NULL || !c->started ? (c && c->blocked ? "blocked" : "new")
                 : c->blocked             ? "blocked"
                                          : "started");
    }
    buf_addc(out, '}');
}

static int by_id(const void *a, const void *b)
{
    const struct person *x = *(struct person *const *)a,
                        *y = *(struct person *const *)b;

    return x->id < y->id ? -1 : x->id > y->id;
}

void ctl_people(struct ctl *c)
{
    struct person **all = calloc(c->w->people.n + 1, sizeof(struct person *)), *p;
    size_t n = 0;

    if (all == NULL) {
        ctl_refuse(c, 500, "no memory");
        return;
    }
    for (size_t i = 0; (p = map_next(&c->w->people, &i)) != NULL;)
        all[n++] = p;
    qsort(all, n, sizeof(struct person *), by_id);
    buf_adds(&c->out, "{\"people\":[");
    for (size_t i = 0; i < n && i < 1000; i++) {
        buf_adds(&c->out, i > 0 ? "," : "");
        person_full(c->w, all[i], &c->out);
    }
    buf_addf(&c->out, "],\"count\":%zu}", n);
    free(all);
}

static void set_if(struct ctl *c, const char *param, char **field)
{
    if (form_get(&c->form, param) != NULL)
        person_set(field, ctl_text(c, param));
}

/* Adds a person or changes one whose id is known. */
void ctl_person_add(struct ctl *c)
{
    int64_t id = form_int(&c->form, "id", 0);
    struct person *p = id != 0 ? person_find(c->w, id) : NULL;
    struct buf event = {0};

    if (p == NULL)
        p = person_add(c->w, id, "Гость");
    if (p == NULL) {
        ctl_refuse(c, 500, "no memory");
        return;
    }
    set_if(c, "first_name", &p->first_name);
    set_if(c, "last_name", &p->last_name);
    set_if(c, "username", &p->username);
    set_if(c, "language_code", &p->language);
    set_if(c, "phone", &p->phone);
    set_if(c, "role", &p->role);
    if (form_get(&c->form, "deactivated") != NULL)
        p->deactivated = form_true(&c->form, "deactivated");
    world_changed(c->w);
    buf_adds(&event, "{\"event\":\"people\"}");
    events_send(c->w->events, &event);
    buf_free(&event);
    person_full(c->w, p, &c->out);
}

/* from, count, started: a crowd for benchmarks, all of whom pressed Start. */
void ctl_people_many(struct ctl *c)
{
    int64_t from = form_int(&c->form, "from", 1000000000);
    int64_t count = form_int(&c->form, "count", 0);
    const char *started = ctl_text(c, "started");
    struct bot *b = started[0] != '\0' ? bot_by_key(c->w, started) : NULL;
    char name[40];

    if (count < 0 || count > 1000000)
        ctl_refuse(c, 400, "count: 0 to 1000000");
    for (int64_t id = from; c->why == NULL && id < from + count; id++) {
        struct person *p = person_find(c->w, id);

        snprintf(name, sizeof(name), "Человек %lld", (long long)id);
        if (p == NULL)
            p = person_add(c->w, id, name);
        if (p == NULL || (b != NULL && chat_of(c->w, b, p) == NULL))
            ctl_refuse(c, 500, "no memory");
        else if (b != NULL)
            chat_find(b, id)->started = true;
    }
}

/* ---- bots ----------------------------------------------------------------------- */

static void bot_full(struct world *w, const struct bot *b, struct buf *out)
{
    bot_json(b, out);
    out->len--;
    buf_addf(out, ",\"key\":\"%s\",\"channel\":\"%s\",\"settings\":", b->key,
             member_name(member_get(&w->channel, b->id)));
    profile_json(b, out);
    buf_adds(out, ",\"webhook\":");
    hook_info_json(b->hook, out);
    buf_addc(out, '}');
}

void ctl_bots(struct ctl *c)
{
    buf_adds(&c->out, "{\"bots\":[");
    for (int i = 0; i < BOTS; i++) {
        buf_adds(&c->out, i > 0 ? "," : "");
        bot_full(c->w, &c->w->bot[i], &c->out);
    }
    buf_adds(&c->out, "],\"channel\":");
    chat_json(&c->w->channel.chat, &c->out);
    c->out.len--;
    buf_addf(&c->out, ",\"by_request\":%s}}",
             c->w->channel.by_request ? "true" : "false");
}

/* ---- chats ---------------------------------------------------------------------- */

static void chat_head(struct world *w, struct chat *c, struct buf *out)
{
    buf_addf(out,
             "{\"bot\":\"%s\",\"started\":%s,\"blocked\":%s,\"keyboard\":%s,\"last\":",
             c->bot->key, c->started ? "true" : "false", c->blocked ? "true" : "false",
             c->keyboard != NULL ? c->keyboard : "null");
    if (c->n > 0)
        message_json_full(w, c->bot, c, c->ring[c->n - 1], out);
    else
        buf_adds(out, "null");
    buf_addc(out, '}');
}

void ctl_chats(struct ctl *c)
{
    struct person *p = ctl_person(c);

    if (p == NULL)
        return;
    buf_adds(&c->out, "{\"chats\":[");
    for (int i = 0; i < BOTS; i++) {
        struct chat *chat = chat_of(c->w, &c->w->bot[i], p);

        if (chat == NULL)
            continue;
        buf_adds(&c->out, i > 0 ? "," : "");
        chat_head(c->w, chat, &c->out);
    }
    buf_addf(&c->out, "],\"channel\":\"%s\"}",
             member_name(member_get(&c->w->channel, p->id)));
}

/* Messages of one chat above `since`; waits for one with wait=ms. */
struct messages_look {
    struct bot *bot; /* NULL: the channel */
    int64_t person, since;
    int limit;
    bool outgoing_only;
};

static bool messages_find(struct world *w, void *arg, struct buf *out)
{
    const struct messages_look *l = arg;
    const struct chat *c =
        l->bot != NULL ? chat_find(l->bot, l->person) : &w->channel.chat;
    const struct bot *eyes = l->bot != NULL ? l->bot : &w->bot[0];
    int n = 0, from = c != NULL && c->n > l->limit ? c->n - l->limit : 0;

    buf_adds(out, "{\"messages\":[");
    for (int i = from; c != NULL && i < c->n; i++) {
        const struct message *m = c->ring[i];

        if (m->id <= l->since || (l->outgoing_only && c->bot && m->from != c->bot->id))
            continue;
        buf_adds(out, n++ > 0 ? "," : "");
        message_json_full(w, eyes, c, m, out);
    }
    buf_addf(out, "],\"keyboard\":%s,\"started\":%s,\"blocked\":%s}",
             c != NULL && c->keyboard != NULL ? c->keyboard : "null",
             c != NULL && c->started ? "true" : "false",
             c != NULL && c->blocked ? "true" : "false");
    return n > 0;
}

void ctl_messages(struct ctl *c)
{
    struct messages_look l = {.since = form_int(&c->form, "since", 0),
                              .limit = (int)form_int(&c->form, "limit", 1000),
                              .outgoing_only = form_true(&c->form, "outgoing")};
    struct messages_look *kept;

    if (strcmp(ctl_text(c, "bot"), "channel") != 0) {
        const struct person *p = (l.bot = ctl_bot(c)) != NULL ? ctl_person(c) : NULL;

        if (p == NULL)
            return;
        l.person = p->id;
    }
    kept = malloc(sizeof(*kept));
    if (kept == NULL) {
        ctl_refuse(c, 500, "no memory");
        return;
    }
    *kept = l;
    c->held = true;
    events_wait(c->w->events, c->r, form_int(&c->form, "wait", 0), messages_find, kept);
}

/* The newest pictures of everybody's chats, for whoever wants to photograph one. */
#define PHOTOS_SHOWN 24

struct shown {
    const struct message *m;
    const struct person *p;
};

static int newest_first(const void *a, const void *b)
{
    const struct message *x = ((const struct shown *)a)->m;
    const struct message *y = ((const struct shown *)b)->m;

    return x->date > y->date ? -1 : x->date < y->date;
}

static void bot_photos(struct bot *b, struct shown *list, int *n)
{
    const struct chat *c;

    for (size_t i = 0; (c = map_next(&b->chats, &i)) != NULL;)
        for (int k = c->n - 1, own = 0; k >= 0 && own < PHOTOS_SHOWN; k--) {
            if (c->ring[k]->media != MEDIA_PHOTO)
                continue;
            own++;
            if (*n == 2 * PHOTOS_SHOWN) {
                qsort(list, (size_t)*n, sizeof(*list), newest_first);
                *n = PHOTOS_SHOWN;
            }
            list[(*n)++] = (struct shown){c->ring[k], c->person};
        }
}

void ctl_photos(struct ctl *c)
{
    struct shown list[2 * PHOTOS_SHOWN];
    int n = 0;

    for (int i = 0; i < BOTS; i++)
        bot_photos(&c->w->bot[i], list, &n);
    qsort(list, (size_t)n, sizeof(*list), newest_first);
    buf_adds(&c->out, "{\"photos\":[");
    for (int i = 0; i < n && i < PHOTOS_SHOWN; i++) {
        buf_addf(&c->out, "%s{\"file\":%lld,\"date\":%lld,\"person\":", i ? "," : "",
                 (long long)list[i].m->file, (long long)list[i].m->date);
        buf_add_json(&c->out, list[i].p->first_name, strlen(list[i].p->first_name));
        buf_addc(&c->out, '}');
    }
    buf_adds(&c->out, "]}");
}

/* Callback queries of a person, newest last. */
void ctl_callbacks(struct ctl *c)
{
    struct bot *b = ctl_bot(c);
    const struct person *p = b != NULL ? ctl_person(c) : NULL;
    int64_t first =
        b != NULL && b->callbacks > CALLBACKS_KEPT ? b->callbacks - CALLBACKS_KEPT : 0;
    const char *comma = "";

    if (p == NULL)
        return;
    buf_adds(&c->out, "{\"callbacks\":[");
    for (int64_t i = first; i < b->callbacks; i++) {
        const struct callback *q = &b->callback[i % CALLBACKS_KEPT];

        if (q->person != p->id)
            continue;
        buf_addf(&c->out,
                 "%s{\"id\":\"%lld\",\"message_id\":%lld,\"answered\":%s,"
                 "\"alert\":%s,\"data\":",
                 comma, (long long)q->id, (long long)q->message_id,
                 q->answered ? "true" : "false", q->alert ? "true" : "false");
        buf_add_json(&c->out, q->data, strlen(q->data));
        buf_adds(&c->out, ",\"text\":");
        buf_add_json(&c->out, q->text ? q->text : "", q->text ? strlen(q->text) : 0);
        buf_addc(&c->out, '}');
        comma = ",";
    }
    buf_adds(&c->out, "]}");
}

void ctl_events(struct ctl *c)
{
    c->held = true;
    events_stream(c->w->events, c->r);
}

/* ---- files ---------------------------------------------------------------------- */

void ctl_file(struct ctl *c)
{
    const struct file *f = file_by_number(c->w->files, form_int(&c->form, "n", 0));

    if (f == NULL) {
        ctl_refuse(c, 404, "no such file");
        return;
    }
    c->held = true;
    req_answer(c->r, &(struct answer){.code = 200,
                                      .type = f->type,
                                      .header = "Cache-Control: max-age=3600\r\n",
                                      .body = f->bytes,
                                      .n = f->n});
}

/* What a phone's camera would read off a picture: the body, or file number n. */
void ctl_decode(struct ctl *c)
{
    const struct file *f = file_by_number(c->w->files, form_int(&c->form, "n", 0));
    struct scan_result *found = calloc(1, sizeof(*found));
    enum status st = ST_BROKEN;

    if (found != NULL)
        st = f != NULL ? scan_photo(f->bytes, f->n, found)
                       : scan_photo(c->r->body, c->r->body_n, found);
    if (st != ST_OK)
        ctl_refuse(c, 500, "no memory");
    else if (found->found != SCAN_ONE)
        ctl_refuse(c, 404, found->found == SCAN_SEVERAL ? "several codes" : "no code");
    if (c->why == NULL) {
        buf_adds(&c->out, "{\"ok\":true,\"text\":");
        buf_add_json(&c->out, found->text, found->n);
        buf_addc(&c->out, '}');
    }
    free(found);
}
