/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/talk.h"

#include "core/base/log.h"

#include <string.h>

/* ---- pure ----------------------------------------------------------------------- */

static bool is_word_char(char c, bool dots)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || c == '-' || (dots && c == '.');
}

bool talk_word(const char *s, size_t n, bool dots, char out[SCREEN_DATA_MAX + 1])
{
    size_t i;

    out[0] = '\0';
    if (n > SCREEN_DATA_MAX)
        return false;
    for (i = 0; i < n; i++)
        if (!is_word_char(s[i], dots))
            return false;
    if (n > 0)
        memcpy(out, s, n);
    out[n] = '\0';
    return true;
}

static bool is_route(const char *s, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (s[i] != ':' && (s[i] < 'a' || s[i] > 'z'))
            return false;
    return true;
}

/* v1:<screen>:<action>:<arg>, three colons, no empty screen or action. */
bool callback_read(const char *data, size_t n, struct callback *out)
{
    const char *end = data + n, *screen, *action, *arg;

    *out = (struct callback){0};
    if (data == NULL || n > SCREEN_DATA_MAX || n < 3 || memcmp(data, "v1:", 3) != 0)
        return false;
    screen = data + 3;
    action = memchr(screen, ':', (size_t)(end - screen));
    if (action == NULL || action == screen)
        return false;
    arg = memchr(action + 1, ':', (size_t)(end - action - 1));
    if (arg == NULL || arg == action + 1)
        return false;
    if (!is_route(screen, (size_t)(arg - screen)))
        return false;
    memcpy(out->route, screen, (size_t)(arg - screen));
    return talk_word(arg + 1, (size_t)(end - arg - 1), true, out->arg);
}

const struct talk_row *talk_find(const struct talk_table *table, const char *name)
{
    size_t i;

    for (i = 0; i < table->n; i++)
        if (strcmp(table->rows[i].name, name) == 0)
            return &table->rows[i];
    return NULL;
}

const struct talk_row *talk_find_prefix(const struct talk_table *table, const char *s,
                                        const char **rest)
{
    size_t i, n;

    for (i = 0; i < table->n; i++) {
        n = strlen(table->rows[i].name);
        if (strncmp(s, table->rows[i].name, n) == 0) {
            *rest = s + n;
            return &table->rows[i];
        }
    }
    return NULL;
}

int64_t talk_id(const char *arg, const char **rest)
{
    size_t n = strcspn(arg, ".");
    uint64_t v;

    if (rest != NULL)
        *rest = arg[n] == '.' ? arg + n + 1 : arg + n;
    if (n == 0 || base36_parse(arg, n, &v) != ST_OK || v == 0 || v > INT64_MAX)
        return 0;
    return (int64_t)v;
}

/* ---- for the screens ------------------------------------------------------------ */

static struct json *in_topic(const struct talk *t, struct json *payload)
{
    if (payload != NULL && t->topic != 0)
        json_set_int(json_get(payload, "params"), "message_thread_id", t->topic);
    return payload;
}

static enum status put(struct talk *t, struct screen *sc, const struct screen_place *at,
                       enum message_purpose purpose)
{
    struct json *payload = in_topic(t, screen_payload(sc, at));
    const char *text = payload != NULL ? json_print(payload) : NULL;
    struct message_spec spec = {
        .sender = t->book->sender,
        .recipient = t->user,
        /* Who took their consent back is answered as a stranger is. */
        .customer_id = t->known ? t->customer.id : 0,
        .purpose = purpose,
        .payload = text,
        .payload_n = text != NULL ? strlen(text) : 0,
        .root = t->s->job->root,
        .due = t->due,
        .batch = t->batch,
    };
    enum status st = ST_BROKEN;

    /* A microsecond apart, so that whoever sorts them by time keeps their order. */
    if (text != NULL)
        st = message_put(t->s->db, t->now + t->put++, &spec, &t->last);
    json_free(payload);
    screen_close(sc);
    if (st != ST_OK)
        t->last = 0;
    return st == ST_NONE ? ST_OK : st;
}

enum status talk_show(struct talk *t, struct screen *sc)
{
    struct screen_place at = {.chat = t->user};

    if (t->up != NULL && t->up->act == ACT_BUTTON && !t->edited) {
        at.message = t->up->message;
        at.on_photo = t->up->on_photo;
        t->edited = true;
    }
    return put(t, sc, &at, MESSAGE_SERVICE);
}

void talk_leave(struct talk *t)
{
    t->edited = true;
}

enum status talk_send(struct talk *t, struct screen *sc, enum message_purpose purpose)
{
    struct screen_place at = {.chat = t->user};

    return put(t, sc, &at, purpose);
}

enum status talk_caption(struct talk *t, struct screen *sc, int64_t message)
{
    struct screen_place at = {
        .chat = t->user, .message = message, .on_photo = true, .caption = true};

    return put(t, sc, &at, MESSAGE_SERVICE);
}

enum status talk_renew(struct talk *t, struct screen *sc, int64_t message)
{
    struct screen_place at = {.chat = t->user, .message = message, .only = true};

    return put(t, sc, &at, MESSAGE_SERVICE);
}

enum status talk_say(struct talk *t, enum text_key key)
{
    struct screen sc;

    screen_open(&sc, t->lang);
    screen_say(&sc, key);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

void talk_remember(struct talk *t, const char *at, const char *word)
{
    struct dialog d = {0};

    strncpy(d.at, at, sizeof(d.at) - 1);
    strncpy(d.word, word != NULL ? word : "", sizeof(d.word) - 1);
    t->dialog = d;
    dialog_keep(t->s, t->book->name, t->user, &d);
}

void talk_forget(struct talk *t)
{
    t->dialog = (struct dialog){0};
    dialog_keep(t->s, t->book->name, t->user, NULL);
}

struct contact talk_contact(const struct talk *t)
{
    const struct update *u = t->up;

    return (struct contact){
        .channel = CHANNEL_MESSENGER,
        .external_id = t->user,
        .first_name = u->first_name,
        .first_n = u->first_name_n,
        .last_name = u->last_name,
        .last_n = u->last_name_n,
        .username = u->username,
        .language = lang_code(t->lang),
        .update_id = u->id,
    };
}

/* ---- the tables ----------------------------------------------------------------- */

static bool row_whole(const struct talk_row *r)
{
    bool staff = r->need == NEED_STAFF || r->need == NEED_SHIFT;

    return r->name != NULL && r->name[0] != '\0' && r->run != NULL &&
           r->need != NEED_UNSET && staff == (r->perm != PERM_UNSET);
}

bool talk_table_whole(const struct talk_table *table)
{
    size_t i;

    for (i = 0; i < table->n; i++)
        if (!row_whole(&table->rows[i])) {
            log_error("talk_row_incomplete", LOG_TEXT("row", table->rows[i].name));
            return false;
        }
    return true;
}
