/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/about.c - getMe, and what a bot says about itself. */
#include "core/base/utf.h"
#include "tests/botapi/app.h"
#include "tests/botapi/call.h"
#include "tests/botapi/events.h"
#include "tests/botapi/file.h"
#include "tests/botapi/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void get_me(struct call *c)
{
    bot_json(c->bot, &c->result);
    c->result.len--;
    buf_adds(&c->result,
             ",\"can_join_groups\":false,\"can_read_all_group_messages\":false,"
             "\"supports_inline_queries\":false,\"can_connect_to_business\":false,"
             "\"has_main_web_app\":false}");
}

void get_file(struct call *c)
{
    const struct arg *a = form_get(&c->form, "file_id");
    const struct file *f = file_by_id(c->w->files, c->bot->id, a->s, a->n);
    char size = a->n > 0 ? a->s[a->n - 1] : 'y';

    if (f == NULL)
        call_refuse(c, 400,
                    "Bad Request: wrong file_id or the file is temporarily "
                    "unavailable");
    else if (f->n > 20u * 1024 * 1024)
        call_refuse(c, 400, "Bad Request: file is too big");
    if (!call_ok(c))
        return;
    buf_adds(&c->result, "{\"file_id\":");
    buf_add_json(&c->result, a->s, a->n);
    buf_adds(&c->result, ",\"file_unique_id\":\"");
    file_unique(f, size, &c->result);
    buf_addf(&c->result, "\",\"file_size\":%zu,\"file_path\":\"%s/file_%lld.%s\"}",
             f->n, size == 'd' ? "documents" : "photos", (long long)f->number,
             file_suffix(f));
}

/* ---- name, descriptions --------------------------------------------------------- */

static const struct about {
    const char *set, *get, *member;
} abouts[] = {
    {"setMyName", "getMyName", "name"},
    {"setMyDescription", "getMyDescription", "description"},
    {"setMyShortDescription", "getMyShortDescription", "short_description"},
};

static const struct about *about_of(const char *method)
{
    for (size_t i = 0; i < sizeof(abouts) / sizeof(abouts[0]); i++)
        if (strcmp(method, abouts[i].set) == 0 || strcmp(method, abouts[i].get) == 0)
            return &abouts[i];
    return &abouts[0];
}

static void key_of(struct call *c, const char *what, char *out, size_t n)
{
    const struct arg *lang = form_get(&c->form, "language_code");

    snprintf(out, n, "%s|%s", what, lang != NULL ? lang->s : "");
    if (lang != NULL && lang->n != 0 && lang->n != 2)
        call_violate(c, "Bad Request: invalid language code specified");
}

void set_about(struct call *c)
{
    const struct about *what = about_of(c->method);
    const struct arg *a = form_get(&c->form, what->member);
    struct buf json = {0};
    char key[80];

    key_of(c, what->member, key, sizeof(key));
    if (!call_ok(c))
        return;
    buf_addf(&json, "{\"%s\":", what->member);
    buf_add_json(&json, a != NULL ? a->s : "", a != NULL ? a->n : 0);
    buf_addc(&json, '}');
    profile_put(c->bot, key, a != NULL && a->n > 0 ? json.s : NULL);
    world_changed(c->w);
    buf_free(&json);
    call_true(c);
}

void get_about(struct call *c)
{
    const struct about *what = about_of(c->method);
    const char *value;
    char key[80];

    key_of(c, what->member, key, sizeof(key));
    value = profile_get(c->bot, key);
    if (!call_ok(c))
        return;
    if (value != NULL) {
        buf_adds(&c->result, value);
        return;
    }
    buf_addf(&c->result, "{\"%s\":", what->member);
    buf_add_json(&c->result, c->bot->name, what == abouts ? strlen(c->bot->name) : 0);
    buf_addc(&c->result, '}');
}

/* ---- commands ------------------------------------------------------------------- */

static bool commands_fine(struct call *c, struct jv list)
{
    struct jv_walk w = jv_begin(list);

    while (jv_step(&w)) {
        char *name = jv_dup(w.value, "command"), *text = jv_dup(w.value, "description");
        size_t n = name != NULL ? strlen(name) : 0;

        if (n < 1 || n > 32 ||
            strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != n)
            call_violate(c, "Bad Request: BOT_COMMAND_INVALID");
        if (text == NULL || utf16_len(text, strlen(text)) < 1 ||
            utf16_len(text, strlen(text)) > 256)
            call_violate(c, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID");
        free(name);
        free(text);
    }
    return call_ok(c);
}

/* "commands|<scope type><chat>|<language>" */
static void commands_key(struct call *c, char *out, size_t n)
{
    struct jv scope = form_json(&c->form, "scope");
    char *type = jv_dup(scope, "type");
    char what[64];

    snprintf(what, sizeof(what), "commands|%s",
             type != NULL && *type ? type : "default");
    if (jv_int_or(scope, "chat_id", 0) != 0)
        snprintf(what + strlen(what), sizeof(what) - strlen(what), ":%lld",
                 (long long)jv_int_or(scope, "chat_id", 0));
    free(type);
    key_of(c, what, out, n);
}

static void tell_pages(struct call *c)
{
    struct buf b = {0};

    world_changed(c->w);
    buf_addf(&b, "{\"event\":\"bots\",\"bot\":\"%s\"}", c->bot->key);
    events_send(c->w->events, &b);
    buf_free(&b);
}

void set_commands(struct call *c)
{
    struct jv list = form_json(&c->form, "commands");
    struct buf b = {0};
    char key[128];

    commands_key(c, key, sizeof(key));
    if (!call_ok(c) || !commands_fine(c, list))
        return;
    jv_minify(list, &b);
    profile_put(c->bot, key, b.s);
    buf_free(&b);
    tell_pages(c);
    call_true(c);
}

void get_commands(struct call *c)
{
    char key[128];
    const char *value;

    commands_key(c, key, sizeof(key));
    value = profile_get(c->bot, key);
    if (call_ok(c))
        buf_adds(&c->result, value != NULL ? value : "[]");
}

void delete_commands(struct call *c)
{
    char key[128];

    commands_key(c, key, sizeof(key));
    if (!call_ok(c))
        return;
    profile_put(c->bot, key, NULL);
    tell_pages(c);
    call_true(c);
}

/* ---- menu button ---------------------------------------------------------------- */

static void button_key(struct call *c, char *out, size_t n)
{
    snprintf(out, n, "menu_button|%lld", (long long)form_int(&c->form, "chat_id", 0));
}

static void menu_button_check(struct call *c, struct jv v)
{
    struct jv type = jv_get(v, "type");

    if (jv_equals(type, "web_app")) {
        if (!app_address_fine(jv_get(jv_get(v, "web_app"), "url")) ||
            jv_kind(jv_get(v, "text")) != JV_STRING)
            call_violate(c, "Bad Request: menu button Web App URL is invalid: Only "
                            "HTTPS links are allowed");
    } else if (v.s != NULL && !jv_equals(type, "commands") &&
               !jv_equals(type, "default")) {
        call_violate(c, "Bad Request: can't parse menu button: unsupported type");
    }
}

void set_menu_button(struct call *c)
{
    struct jv v = form_json(&c->form, "menu_button");
    struct buf b = {0};
    char key[64];

    button_key(c, key, sizeof(key));
    menu_button_check(c, v);
    if (!call_ok(c))
        return;
    if (v.s != NULL)
        jv_minify(v, &b);
    profile_put(c->bot, key, b.s);
    buf_free(&b);
    tell_pages(c);
    call_true(c);
}

void get_menu_button(struct call *c)
{
    const char *value;
    char key[64];

    button_key(c, key, sizeof(key));
    value = profile_get(c->bot, key);
    if (value == NULL)
        value = profile_get(c->bot, "menu_button|0");
    buf_adds(&c->result, value != NULL ? value : "{\"type\":\"commands\"}");
}
