/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/botapi/updates.h"

#include "core/base/clock.h"
#include "tests/botapi/hook.h"
#include "tests/botapi/poll.h"

#include <stdlib.h>
#include <string.h>

#define DONE_KEPT 1000
#define DONE_BYTES_EACH 16384

struct updates *updates_new(struct world *w, struct bot *b)
{
    struct updates *u = calloc(1, sizeof(*u));

    if (u == NULL)
        return NULL;
    u->world = w;
    u->bot = b;
    u->done = calloc(DONE_KEPT, sizeof(struct update *));
    /* Grows by four a second, so that a stand-in without a state file does not repeat
     * numbers that the product remembers for a day. */
    u->next_id = (world_now(w) / SECOND - 1600000000) * 4 % 2000000000;
    updates_allow_default(u);
    return u->done != NULL ? u : NULL;
}

static void update_free(struct update *up)
{
    if (up == NULL)
        return;
    free(up->json);
    free(up);
}

static void line_forget(struct line *l)
{
    loop_cancel(&l->timer);
    map_take(&l->updates->lines, l->queue);
    free(l);
}

/* A line that nobody waits in is no line. */
void line_tidy(struct line *l)
{
    if (l->first == NULL && !l->in_flight && !l->ready)
        line_forget(l);
}

static void line_leave(struct update *up)
{
    struct line *l = up->line;
    struct update **at = &l->first, *before = NULL;

    while (*at != up) {
        before = *at;
        at = &(*at)->behind;
    }
    *at = up->behind;
    if (l->last == up)
        l->last = before;
    up->behind = NULL;
    up->line = NULL;
    line_tidy(l);
}

static void unlink_pending(struct updates *u, struct update *up)
{
    *(up->prev != NULL ? &up->prev->next : &u->first) = up->next;
    *(up->next != NULL ? &up->next->prev : &u->last) = up->prev;
    up->next = up->prev = NULL;
    u->pending--;
    line_leave(up);
    world_changed(u->world);
}

void updates_drop(struct updates *u)
{
    if (u->bot->hook != NULL)
        hook_abandon(u->bot->hook);
    while (u->first != NULL) {
        struct update *up = u->first;

        unlink_pending(u, up);
        update_free(up);
    }
}

void updates_clear(struct updates *u)
{
    updates_drop(u);
    for (int i = 0; i < DONE_KEPT; i++) {
        update_free(u->done[i]);
        u->done[i] = NULL;
    }
    u->done_n = u->done_at = 0;
    u->lost = u->delivered = u->skipped = 0;
}

void updates_free(struct updates *u)
{
    struct line *l;

    if (u == NULL)
        return;
    updates_clear(u);
    for (size_t i = 0; (l = map_next(&u->lines, &i)) != NULL;) {
        loop_cancel(&l->timer);
        free(l);
    }
    map_free(&u->lines);
    free(u->done);
    free(u->allowed_json);
    free(u);
}

/* ---- lines ---------------------------------------------------------------------- */

void line_ready(struct line *l)
{
    struct updates *u = l->updates;

    if (l->ready || l->in_flight || l->waiting || l->first == NULL)
        return;
    l->ready = true;
    l->next_ready = NULL;
    *(u->ready_last != NULL ? &u->ready_last->next_ready : &u->ready_first) = l;
    u->ready_last = l;
}

struct line *updates_ready(struct updates *u)
{
    while (u->ready_first != NULL) {
        struct line *l = u->ready_first;

        u->ready_first = l->next_ready;
        if (u->ready_first == NULL)
            u->ready_last = NULL;
        l->ready = false;
        if (l->first != NULL && !l->in_flight)
            return l;
        line_tidy(l);
    }
    return NULL;
}

static struct line *line_of(struct updates *u, int64_t queue)
{
    struct line *l = map_get(&u->lines, queue);

    if (l != NULL)
        return l;
    l = calloc(1, sizeof(*l));
    if (l == NULL)
        return NULL;
    *l = (struct line){.queue = queue, .updates = u};
    if (!map_put(&u->lines, queue, l)) {
        free(l);
        return NULL;
    }
    return l;
}

/* ---- coming and going ---------------------------------------------------------------
 */

static enum status enter(struct updates *u, struct update *up, int64_t queue)
{
    struct line *l = line_of(u, queue);

    if (l == NULL || up->json == NULL) {
        update_free(up);
        return ST_BROKEN;
    }
    up->line = l;
    *(l->last != NULL ? &l->last->behind : &l->first) = up;
    l->last = up;
    up->prev = u->last;
    *(u->last != NULL ? &u->last->next : &u->first) = up;
    u->last = up;
    u->pending++;
    line_ready(l);
    world_changed(u->world);
    hook_wake(u->bot->hook);
    poll_wake(u->world, u->bot);
    return ST_OK;
}

int64_t updates_put(struct updates *u, const struct update_spec *s)
{
    struct buf b = {0};
    struct update *up;
    int64_t id;

    if (!u->allowed[s->kind]) {
        u->skipped++;
        return 0;
    }
    up = calloc(1, sizeof(*up));
    if (up == NULL)
        return 0;
    id = u->next_id++;
    buf_addf(&b, "{\"update_id\":%lld,\"%s\":", (long long)id,
             s->kind == UPDATE_OTHER ? s->name : update_kind_name(s->kind));
    buf_add(&b, s->body->s, s->body->len);
    buf_addc(&b, '}');
    *up = (struct update){.id = id, .at = world_now(u->world), .kind = s->kind};
    up->json = b.s;
    up->n = b.len;
    return enter(u, up, update_queue(s->kind, s->chat, s->user)) == ST_OK ? id : 0;
}

/* Which kind a made-up update is, and whose line it stands in. */
static void look(struct jv update, struct update *up, int64_t *queue)
{
    struct jv_walk w = jv_begin(update);
    int64_t chat = 0, user = 0;

    up->kind = UPDATE_OTHER;
    while (jv_step(&w)) {
        struct jv from = jv_get(w.value, "from");

        if (jv_kind(w.value) != JV_OBJECT)
            continue;
        up->kind = update_kind_of(w.key.s + 1, (int)w.key.n - 2);
        user = jv_int_or(from, "id", 0);
        chat = jv_int_or(jv_get(w.value, "chat"), "id", user);
        break;
    }
    *queue = update_queue(up->kind, chat, user);
}

enum status updates_inject(struct updates *u, struct jv update, int64_t *id)
{
    struct update *up = calloc(1, sizeof(*up));
    struct buf b = {0};
    int64_t queue;

    if (up == NULL)
        return ST_BROKEN;
    look(update, up, &queue);
    up->at = world_now(u->world);
    if (!jv_int(jv_get(update, "update_id"), &up->id)) {
        up->id = u->next_id++;
        buf_addf(&b, "{\"update_id\":%lld%s", (long long)up->id,
                 jv_begin(update).p < jv_begin(update).end ? "," : "");
        buf_add(&b, update.s + 1, update.n - 1);
    } else {
        buf_add(&b, update.s, update.n);
    }
    up->json = b.s;
    up->n = b.len;
    *id = up->id;
    return enter(u, up, queue);
}

enum status updates_again(struct updates *u, int64_t id)
{
    struct update *up = u->first;
    struct jv v;

    while (up != NULL && up->id != id)
        up = up->next;
    for (int i = 0; up == NULL && i < DONE_KEPT; i++)
        if (u->done[i] != NULL && u->done[i]->id == id)
            up = u->done[i];
    if (up == NULL || !jv_parse(up->json, up->n, &v))
        return ST_NONE;
    return updates_inject(u, v, &id);
}

void updates_done(struct updates *u, struct update *up)
{
    unlink_pending(u, up);
    u->delivered++;
    if (u->world->forget || up->n > DONE_BYTES_EACH) {
        update_free(up);
        return;
    }
    update_free(u->done[u->done_at]);
    u->done[u->done_at] = up;
    u->done_at = (u->done_at + 1) % DONE_KEPT;
}

void updates_confirm(struct updates *u, int64_t offset)
{
    struct update *up = u->first, *next;

    for (; up != NULL; up = next) {
        next = up->next;
        if (up->id < offset)
            updates_done(u, up);
    }
}

void updates_expire(struct updates *u)
{
    int64_t now = world_now(u->world);
    struct update *up = u->first, *next;

    for (; up != NULL; up = next) {
        int64_t age_s = (now - up->at) / SECOND;

        next = up->next;
        if (age_s * u->world->scale < update_life_s(up->kind) ||
            (up->line->in_flight && up->line->first == up))
            continue;
        u->lost++;
        unlink_pending(u, up);
        update_free(up);
    }
}

/* ---- what the bot asked for ---------------------------------------------------------
 */

void updates_allow_default(struct updates *u)
{
    for (int k = 0; k < UPDATE_KINDS; k++)
        u->allowed[k] = k != UPDATE_CHAT_MEMBER;
    free(u->allowed_json);
    u->allowed_json = NULL;
}

void updates_allow(struct updates *u, struct jv list)
{
    struct jv_walk w = jv_begin(list);
    struct buf b = {0};
    bool any = false;

    if (jv_kind(list) != JV_ARRAY)
        return;
    memset(u->allowed, 0, sizeof(u->allowed));
    while (jv_step(&w)) {
        u->allowed[update_kind_of(w.value.s + 1, (int)w.value.n - 2)] = true;
        any = true;
    }
    if (!any) {
        updates_allow_default(u);
        return;
    }
    jv_minify(list, &b);
    free(u->allowed_json);
    u->allowed_json = b.s;
}
