/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/stage_chat.h"

#include "core/base/buf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 400
static struct shown shown[SHOWN_MAX];
static int n_shown, turn;
static char *script; /* the whole conversation, for a person to read */
static size_t script_n;

static void script_add(const char *who, const char *mark, const char *text)
{
    size_t n = strlen(who) + strlen(mark) + strlen(text) + 8;

    script = realloc(script, script_n + n);
    script_n += (size_t)snprintf(script + script_n, n, "%s %s %s\n", who, mark, text);
}

void chat_act(const struct person *p, const char *what)
{
    turn++;
    script_add(p->name, ">", what);
}

void chat_fail(const struct person *p, const char *what, const char *words)
{
    fprintf(stderr, "%s\n", script != NULL ? script : "(silence)");
    fail_msg("%s %s: %s", p->name, what, words);
}

/* ---- what the bots did ---------------------------------------------------------- */

static struct shown *find(const char *bot, int64_t chat, int64_t message)
{
    int i;

    for (i = n_shown - 1; i >= 0; i--)
        if (strcmp(shown[i].bot, bot) == 0 && shown[i].chat == chat &&
            shown[i].message == message)
            return &shown[i];
    return NULL;
}

static void copy(char out[80], const struct json *o, const char *path)
{
    const char *s = json_text(o, path, NULL);

    snprintf(out, 80, "%s", s != NULL ? s : "");
}

static void take_buttons(struct shown *m, const struct json *params)
{
    const struct json *rows = json_get(params, "reply_markup.inline_keyboard");
    size_t r, c;

    m->buttons = 0;
    for (r = 0; r < json_count(rows); r++)
        for (c = 0; c < json_count(json_at(rows, r)) && m->buttons < BUTTONS_MAX; c++) {
            const struct json *b = json_at(json_at(rows, r), c);
            struct button *to = &m->button[m->buttons++];

            copy(to->label, b, "text");
            copy(to->data, b, "callback_data");
            copy(to->copy, b, "copy_text.text");
        }
}

/* The keyboard under the chat, as a message brings it or takes it away. */
static void take_keys(struct shown *m, const struct json *params)
{
    const struct json *rows = json_get(params, "reply_markup.keyboard");
    struct buf b = {0};
    size_t r, c;

    buf_adds(&b, "");
    for (r = 0; r < json_count(rows); r++)
        for (c = 0; c < json_count(json_at(rows, r)); c++) {
            buf_adds(&b, json_text(json_at(json_at(rows, r), c), "text", NULL));
            buf_addc(&b, '\n');
        }
    if (rows != NULL || json_bool_or(params, "reply_markup.remove_keyboard", false)) {
        free(m->keys);
        m->keys = strdup(b.s != NULL ? b.s : "");
    }
    buf_free(&b);
}

static struct shown *make(const struct chat_call *call, int64_t chat)
{
    struct shown *m;

    assert_true(n_shown < SHOWN_MAX);
    m = &shown[n_shown++];
    *m = (struct shown){.chat = chat, .message = call->message, .new = true};
    snprintf(m->bot, sizeof(m->bot), "%s", call->bot);
    return m;
}

static char *own(const char *s)
{
    return strdup(s != NULL ? s : "");
}

void chat_apply(const struct chat_call *call)
{
    const struct json *p = call->params;
    int64_t chat = json_int_or(p, "chat_id", 0);
    const char *text = json_text(p, "text", NULL);
    struct shown *m;
    char who[40];

    if (text == NULL)
        text = json_text(p, "caption", NULL);
    if (strcmp(call->method, "copyMessage") == 0) {
        snprintf(who, sizeof(who), "(post %" PRId64 ")",
                 json_int_or(p, "message_id", 0));
        text = who;
    }
    if (strncmp(call->method, "edit", 4) == 0)
        m = find(call->bot, chat, json_int_or(p, "message_id", 0));
    else
        m = make(call, chat);
    if (m == NULL)
        return;
    free(m->text);
    m->text = own(text);
    if (call->qr != NULL) {
        free(m->qr);
        m->qr = own(call->qr);
    }
    m->photo |= strcmp(call->method, "sendPhoto") == 0;
    if (m->turn != turn && strncmp(call->method, "edit", 4) == 0)
        m->new = false;
    m->turn = turn;
    json_free(m->as);
    m->as = call->shown != NULL ? json_copy(call->shown) : NULL;
    take_buttons(m, p);
    take_keys(m, p);
    snprintf(who, sizeof(who), "  %s@%" PRId64, call->bot, chat);
    script_add(who, m->new ? "<" : "~", m->text);
}

const struct json *chat_known(const char *bot, int64_t chat, int64_t message)
{
    struct shown *m = find(bot, chat, message);

    return m != NULL ? m->as : NULL;
}

/* ---- what a person sees --------------------------------------------------------- */

const struct shown *chat_newest(const struct person *p, const struct shown *before)
{
    ptrdiff_t i = before != NULL ? before - shown : n_shown;

    while (i-- > 0)
        if (shown[i].chat == p->id && strcmp(shown[i].bot, p->bot) == 0)
            return &shown[i];
    return NULL;
}

bool chat_is_now(const struct shown *m)
{
    return m->turn == turn;
}

bool chat_holds(const struct person *p, const char *words)
{
    const struct shown *m = NULL;

    while ((m = chat_newest(p, m)) != NULL)
        if (chat_is_now(m) && strstr(m->text, words) != NULL)
            return true;
    return false;
}

void chat_clear(void)
{
    int i;

    if (getenv("STAGE_PRINT") != NULL && script != NULL)
        fprintf(stderr, "%s\n", script); /* the conversation, for a person to judge */
    for (i = 0; i < n_shown; i++) {
        free(shown[i].text);
        free(shown[i].qr);
        free(shown[i].keys);
        json_free(shown[i].as);
    }
    n_shown = 0;
    free(script);
    script = NULL;
    script_n = 0;
}
