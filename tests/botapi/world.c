/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/botapi/world.h"

#include "core/base/clock.h"
#include "tests/botapi/events.h"
#include "tests/botapi/fault.h"
#include "tests/botapi/file.h"
#include "tests/botapi/hook.h"
#include "tests/botapi/journal.h"
#include "tests/botapi/save.h"
#include "tests/botapi/profile.h"
#include "tests/botapi/updates.h"

#include <stdlib.h>
#include <string.h>

#define CHANNEL_ID (-1001987654321LL)
#define FILES_MAX (64u * 1024 * 1024)
#define FILES_MAX_FORGET (8u * 1024 * 1024)

int64_t world_now(const struct world *w)
{
    return loop_now(w->loop);
}

void person_set(char **field, const char *value)
{
    char *copy = strdup(value != NULL ? value : "");

    if (copy == NULL)
        return;
    free(*field);
    *field = copy;
}

/* ---- people -------------------------------------------------------------------------
 */

struct person *person_find(struct world *w, int64_t id)
{
    return map_get(&w->people, id);
}

static void person_free(struct person *p)
{
    if (p == NULL)
        return;
    free(p->first_name);
    free(p->last_name);
    free(p->username);
    free(p->language);
    free(p->phone);
    free(p->role);
    free(p);
}

struct person *person_add(struct world *w, int64_t id, const char *first_name)
{
    struct person *p = calloc(1, sizeof(*p));

    if (p == NULL)
        return NULL;
    while (id == 0 && person_find(w, w->next_person) != NULL)
        w->next_person++;
    p->id = id != 0 ? id : w->next_person++;
    person_set(&p->first_name, first_name);
    person_set(&p->last_name, "");
    person_set(&p->username, "");
    person_set(&p->language, "");
    person_set(&p->phone, "");
    person_set(&p->role, "");
    if (p->role == NULL || p->phone == NULL || p->first_name == NULL ||
        !map_put(&w->people, p->id, p)) {
        person_free(p);
        return NULL;
    }
    world_changed(w);
    return p;
}

static void json_member(struct buf *out, const char *name, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    buf_addf(out, ",\"%s\":", name);
    buf_add_json(out, value, strlen(value));
}

static void names_json(const struct person *p, struct buf *out)
{
    buf_adds(out, ",\"first_name\":");
    buf_add_json(out, p->first_name, strlen(p->first_name));
    json_member(out, "last_name", p->last_name);
    json_member(out, "username", p->username);
}

void person_json(const struct person *p, struct buf *out)
{
    buf_addf(out, "{\"id\":%lld,\"is_bot\":false", (long long)p->id);
    names_json(p, out);
    json_member(out, "language_code", p->language);
    buf_addc(out, '}');
}

/* The cast of ./run. Ids beyond 2^32 among small ones; a name that is markup, one that
 * looks empty, one that turns its neighbours around. */
void world_people_default(struct world *w)
{
    static const struct {
        int64_t id;
        const char *first, *last, *username, *language, *phone, *role;
    } cast[] = {
        {7012345678, "Мария", "Иванова", "masha_test", "ru", "79991234567",
         "Покупатель"},
        {5123456789, "Сергей", "Ким", "kim_s", "ru", "79021234567", "Покупатель"},
        {812345678, "Anna", "Petrova", "", "en", "15551234567", "Покупатель"},
        {6987654321, "<b>Боб</b> & \"Co\"", "=1+1", "", "ru", "", "Покупатель"},
        {4503599627370495, "Длинный", "Номер", "", "uk", "", "Покупатель"},
        {7340000001, "\xE3\x85\xA4", "", "", "", "", "Покупатель"},
        {7340000002, "\xE2\x80\xAEяицнаВ", "", "", "ru", "", "Покупатель"},
        {7200000001, "Ольга", "Смирнова", "olga_kassa", "ru", "79141112233", "Кассир"},
        {7200000002, "Игорь", "Ли", "", "ru", "79142223344", "Кассир"},
        {7100000100, "Пётр", "Хозяев", "petr_owner", "ru", "79140000001", "Владелец"},
    };

    for (size_t i = 0; i < sizeof(cast) / sizeof(cast[0]); i++) {
        struct person *p = person_find(w, cast[i].id);

        if (p == NULL)
            p = person_add(w, cast[i].id, cast[i].first);
        if (p == NULL)
            continue;
        person_set(&p->last_name, cast[i].last);
        person_set(&p->username, cast[i].username);
        person_set(&p->language, cast[i].language);
        person_set(&p->phone, cast[i].phone);
        person_set(&p->role, cast[i].role);
    }
}

/* ---- bots ---------------------------------------------------------------------------
 */

struct bot *bot_by_token(struct world *w, const char *token, size_t n)
{
    for (int i = 0; i < BOTS; i++)
        if (strlen(w->bot[i].token) == n && memcmp(w->bot[i].token, token, n) == 0)
            return &w->bot[i];
    return NULL;
}

struct bot *bot_by_key(struct world *w, const char *key)
{
    for (int i = 0; i < BOTS && key != NULL; i++) {
        struct bot *b = &w->bot[i];

        if (strcmp(b->key, key) == 0 || strcmp(b->username, key + (*key == '@')) == 0 ||
            strtoll(key, NULL, 10) == b->id)
            return b;
    }
    return NULL;
}

void bot_json(const struct bot *b, struct buf *out)
{
    buf_addf(out, "{\"id\":%lld,\"is_bot\":true,\"first_name\":", (long long)b->id);
    buf_add_json(out, b->name, strlen(b->name));
    json_member(out, "username", b->username);
    buf_addc(out, '}');
}

static bool bot_open(struct world *w, int i, const struct world_options *o)
{
    static const char *const keys[BOTS] = {"client", "auth"};
    struct bot *b = &w->bot[i];

    b->key = keys[i];
    b->token = strdup(o->token[i]);
    b->username = strdup(o->username[i]);
    b->name = strdup(o->name[i]);
    b->id = strtoll(o->token[i], NULL, 10);
    b->next_message = 1;
    b->updates = updates_new(w, b);
    b->hook = hook_new(w, b);
    return b->token != NULL && b->username != NULL && b->name != NULL &&
           b->updates != NULL && b->hook != NULL;
}

static void bot_clear(struct world *w, struct bot *b)
{
    struct chat *c;

    for (size_t i = 0; (c = map_next(&b->chats, &i)) != NULL;) {
        chat_empty(c);
        free(c);
    }
    map_free(&b->chats);
    profile_clear(b);
    for (int i = 0; i < CALLBACKS_KEPT; i++) {
        free(b->callback[i].data);
        free(b->callback[i].text);
        b->callback[i] = (struct callback){0};
    }
    if (b->updates != NULL)
        updates_clear(b->updates);
    b->sent = b->sent_in_second = b->second = b->peak = 0;
    (void)w;
}

/* ---- life ---------------------------------------------------------------------------
 */

static void channel_open(struct world *w, const struct world_options *o)
{
    struct channel *ch = &w->channel;

    ch->id = CHANNEL_ID;
    person_set(&ch->title, o->channel_title);
    person_set(&ch->username, o->channel_username);
    ch->next_message = 1;
    ch->chat = (struct chat){.id = ch->id, .channel = ch, .started = true};
    for (int i = 0; i < BOTS; i++)
        member_put(w, w->bot[i].id, MEMBER_ADMIN);
}

struct world *world_new(struct loop *loop, const struct world_options *o)
{
    struct world *w = calloc(1, sizeof(*w));
    bool ok;

    if (w == NULL)
        return NULL;
    w->loop = loop;
    w->history = o->history;
    w->forget = o->forget;
    w->anyone = o->anyone;
    w->scale = 1;
    w->state = o->state;
    w->next_person = 7400000001;
    w->files = files_new(o->state, o->forget ? FILES_MAX_FORGET : FILES_MAX);
    w->journal = journal_new(w);
    w->events = events_new(w);
    w->faults = faults_new();
    ok = w->files && w->journal && w->events && w->faults;
    for (int i = 0; ok && i < BOTS; i++)
        ok = bot_open(w, i, o);
    if (!ok) {
        world_free(w);
        return NULL;
    }
    channel_open(w, o);
    if (!o->empty)
        world_people_default(w);
    return w;
}

static void people_clear(struct world *w)
{
    struct person *p;

    for (size_t i = 0; (p = map_next(&w->people, &i)) != NULL;)
        person_free(p);
    map_free(&w->people);
}

static void world_clear(struct world *w)
{
    for (int i = 0; i < BOTS; i++)
        bot_clear(w, &w->bot[i]);
    chat_empty(&w->channel.chat);
    map_free(&w->channel.members);
    people_clear(w);
}

void world_reset(struct world *w)
{
    world_clear(w);
    files_clear(w->files);
    faults_clear(w->faults);
    w->scale = 1;
    w->channel.by_request = false;
    for (int i = 0; i < BOTS; i++)
        member_put(w, w->bot[i].id, MEMBER_ADMIN);
    world_people_default(w);
    world_changed(w);
}

void world_free(struct world *w)
{
    if (w == NULL)
        return;
    world_clear(w);
    for (int i = 0; i < BOTS; i++) {
        hook_free(w->bot[i].hook);
        w->bot[i].hook = NULL;
        updates_free(w->bot[i].updates);
        free(w->bot[i].token);
        free(w->bot[i].username);
        free(w->bot[i].name);
    }
    free(w->channel.title);
    free(w->channel.username);
    events_free(w->events);
    journal_free(w->journal);
    faults_free(w->faults);
    files_free(w->files);
    loop_cancel(&w->save_timer); /* clearing away is a change too */
    free(w);
}

/* ---- channel ------------------------------------------------------------------------
 */

static const char *const member_names[MEMBER_COUNT] = {
    [MEMBER_LEFT] = "left",
    [MEMBER_MEMBER] = "member",
    [MEMBER_ADMIN] = "administrator",
    [MEMBER_CREATOR] = "creator",
    [MEMBER_KICKED] = "kicked",
    [MEMBER_RESTRICTED_IN] = "restricted_in",
    [MEMBER_RESTRICTED_OUT] = "restricted_out",
    [MEMBER_ASKED] = "asked",
};

const char *member_name(enum member m)
{
    return member_names[m];
}

enum member member_get(const struct channel *ch, int64_t id)
{
    intptr_t v = (intptr_t)map_get(&ch->members, id);

    return v > 0 ? (enum member)(v - 1) : MEMBER_LEFT;
}

void member_put(struct world *w, int64_t id, enum member m)
{
    (void)map_put(&w->channel.members, id, (void *)((intptr_t)m + 1));
    world_changed(w);
}

static void user_json(const struct world *w, int64_t id, struct buf *out)
{
    const struct person *p = map_get(&w->people, id);

    for (int i = 0; i < BOTS; i++)
        if (w->bot[i].id == id) {
            bot_json(&w->bot[i], out);
            return;
        }
    if (p != NULL)
        person_json(p, out);
    else
        buf_addf(out, "{\"id\":%lld,\"is_bot\":false,\"first_name\":\"%lld\"}",
                 (long long)id, (long long)id);
}

void member_json(const struct world *w, int64_t id, enum member m, struct buf *out)
{
    static const char *const rights[MEMBER_COUNT] = {
        [MEMBER_ADMIN] =
            ",\"can_be_edited\":false,\"can_manage_chat\":true,"
            "\"can_change_info\":false,\"can_post_messages\":true,"
            "\"can_edit_messages\":true,\"can_delete_messages\":true,"
            "\"can_invite_users\":true,\"can_restrict_members\":false,"
            "\"can_promote_members\":false,\"can_manage_video_chats\":false,"
            "\"can_post_stories\":false,\"can_edit_stories\":false,"
            "\"can_delete_stories\":false,\"is_anonymous\":false",
        [MEMBER_CREATOR] = ",\"is_anonymous\":false",
        [MEMBER_KICKED] = ",\"until_date\":0",
        [MEMBER_RESTRICTED_IN] = ",\"is_member\":true,\"can_send_messages\":false,"
                                 "\"until_date\":0",
        [MEMBER_RESTRICTED_OUT] = ",\"is_member\":false,\"can_send_messages\":false,"
                                  "\"until_date\":0",
    };
    bool restricted = m == MEMBER_RESTRICTED_IN || m == MEMBER_RESTRICTED_OUT;

    buf_adds(out, "{\"user\":");
    user_json(w, id, out);
    if (m == MEMBER_ASKED) /* nobody is told of those who wait */
        m = MEMBER_LEFT;
    buf_addf(out, ",\"status\":\"%s\"%s}", restricted ? "restricted" : member_names[m],
             rights[m] != NULL ? rights[m] : "");
}
