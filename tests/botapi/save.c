/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/botapi/save.h"

#include "core/base/clock.h"
#include "tests/botapi/hook.h"
#include "tests/botapi/profile.h"
#include "tests/botapi/updates.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SAVE_MS 300

static void text_member(struct buf *b, const char *name, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    buf_addf(b, ",\"%s\":", name);
    buf_add_json(b, value, strlen(value));
}

static void raw_member(struct buf *b, const char *name, const char *json)
{
    if (json != NULL)
        buf_addf(b, ",\"%s\":%s", name, json);
}

static void int_member(struct buf *b, const char *name, int64_t v)
{
    if (v != 0)
        buf_addf(b, ",\"%s\":%lld", name, (long long)v);
}

static void message_save(const struct message *m, struct buf *b)
{
    buf_addf(b, "{\"id\":%lld,\"date\":%lld,\"from\":%lld", (long long)m->id,
             (long long)m->date, (long long)m->from);
    int_member(b, "edited", m->edit_date);
    int_member(b, "media", m->media);
    int_member(b, "file", m->file);
    int_member(b, "reply", m->reply_to);
    int_member(b, "inline", m->markup_inline);
    int_member(b, "protect", m->protect);
    int_member(b, "silent", m->silent);
    int_member(b, "above", m->caption_above);
    buf_adds(b, ",\"text\":");
    buf_add_json(b, m->text, m->text_n);
    raw_member(b, "entities", m->entities);
    raw_member(b, "markup", m->markup);
    text_member(b, "name", m->file_name);
    text_member(b, "other", m->other);
    buf_addc(b, '}');
}

static void messages_save(const struct chat *c, struct buf *b)
{
    buf_adds(b, "\"messages\":[");
    for (int i = 0; i < c->n; i++) {
        buf_adds(b, i > 0 ? ",\n" : "");
        message_save(c->ring[i], b);
    }
    buf_addc(b, ']');
}

static void people_save(struct world *w, struct buf *b)
{
    const struct person *p;
    const char *comma = "";

    buf_adds(b, "\"people\":[");
    for (size_t i = 0; (p = map_next(&w->people, &i)) != NULL; comma = ",\n") {
        buf_addf(b, "%s{\"id\":%lld", comma, (long long)p->id);
        text_member(b, "first_name", p->first_name);
        text_member(b, "last_name", p->last_name);
        text_member(b, "username", p->username);
        text_member(b, "language", p->language);
        text_member(b, "phone", p->phone);
        text_member(b, "role", p->role);
        int_member(b, "deactivated", p->deactivated);
        text_member(b, "channel", member_name(member_get(&w->channel, p->id)));
        buf_addc(b, '}');
    }
    buf_adds(b, "],\n");
}

static void pending_save(const struct updates *u, struct buf *b)
{
    buf_adds(b, "\"pending\":[");
    for (const struct update *up = u->first; up != NULL; up = up->next) {
        buf_adds(b, up != u->first ? ",\n" : "");
        buf_add(b, up->json, up->n);
    }
    buf_addc(b, ']');
}

static void bot_save(struct world *w, const struct bot *bot, struct buf *b)
{
    const struct chat *c;
    const char *comma = "";

    buf_addf(b, "{\"next_message\":%lld,\"next_update\":%lld",
             (long long)bot->next_message, (long long)bot->updates->next_id);
    text_member(b, "channel", member_name(member_get(&w->channel, bot->id)));
    text_member(b, "webhook", hook_url(bot->hook));
    text_member(b, "secret", hook_secret(bot->hook));
    int_member(b, "max", hook_max(bot->hook));
    raw_member(b, "allowed", bot->updates->allowed_json);
    buf_adds(b, ",\"settings\":");
    profile_json(bot, b);
    buf_adds(b, ",\n\"chats\":[");
    for (size_t i = 0; (c = map_next(&bot->chats, &i)) != NULL; comma = ",\n") {
        buf_addf(b, "%s{\"id\":%lld", comma, (long long)c->id);
        int_member(b, "started", c->started);
        int_member(b, "blocked", c->blocked);
        raw_member(b, "keyboard", c->keyboard);
        buf_addc(b, ',');
        messages_save(c, b);
        buf_addc(b, '}');
    }
    buf_adds(b, "],\n");
    pending_save(bot->updates, b);
    buf_addc(b, '}');
}

static bool write_whole(const char *path, const struct buf *b)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    size_t done = 0;
    bool ok = fd >= 0;

    while (ok && done < b->len) {
        ssize_t n = write(fd, b->s + done, b->len - done);

        ok = n > 0;
        done += ok ? (size_t)n : 0;
    }
    ok = ok && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

enum status world_save(struct world *w)
{
    struct buf b = {0}, beside = {0};
    bool ok;

    w->dirty = false;
    if (w->state == NULL)
        return ST_OK;
    buf_adds(&b, "{\"v\":1,\n");
    people_save(w, &b);
    for (int i = 0; i < BOTS; i++) {
        buf_addf(&b, "\"%s\":", w->bot[i].key);
        bot_save(w, &w->bot[i], &b);
        buf_adds(&b, ",\n");
    }
    buf_addf(&b, "\"channel\":{\"next_message\":%lld,\"by_request\":%s,",
             (long long)w->channel.next_message,
             w->channel.by_request ? "true" : "false");
    messages_save(&w->channel.chat, &b);
    buf_adds(&b, "}}\n");
    buf_addf(&beside, "%s.new", w->state);
    ok = !b.failed && !beside.failed && write_whole(beside.s, &b) &&
         rename(beside.s, w->state) == 0;
    if (!ok)
        fprintf(stderr, "botapi: cannot write %s\n", w->state);
    buf_free(&b);
    buf_free(&beside);
    return ok ? ST_OK : ST_BROKEN;
}

/* A large world is written seldom: the next save waits twenty times what this one took.
 */
static void save_due(void *arg)
{
    struct world *w = arg;
    int64_t began = clock_mono_ms();

    if (world_save(w) != ST_OK)
        w->dirty = false; /* said on standard error; the next change tries again */
    w->save_wait_ms = (clock_mono_ms() - began) * 20;
}

void world_changed(struct world *w)
{
    if (w->state == NULL || w->dirty)
        return;
    w->dirty = true;
    loop_after(w->loop, &w->save_timer,
               w->save_wait_ms > SAVE_MS ? w->save_wait_ms : SAVE_MS, save_due, w);
}
