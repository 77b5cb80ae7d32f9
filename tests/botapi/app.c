/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/botapi/app.h"

#include "core/base/clock.h"
#include "core/base/secret.h"
#include "tests/botapi/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool app_address_fine(struct jv url)
{
    static const char *const starts[] = {"https://",
                                         "http://127.0.0.1:", "http://localhost:"};
    struct buf b = {0};
    bool fine = false;

    jv_text(url, &b);
    for (size_t i = 0; i < 3 && b.s != NULL; i++)
        fine = fine || (strncmp(b.s, starts[i], strlen(starts[i])) == 0 &&
                        b.len > strlen(starts[i]) && b.len <= 2048 &&
                        strpbrk(b.s, " \n\"<>#") == NULL);
    buf_free(&b);
    return fine;
}

/* ---- which button --------------------------------------------------------------- */

/* The address of the button asked for; yours, NULL: there is none. */
static char *address_in(struct jv rows, const char *text)
{
    struct jv_walk row = jv_begin(rows), b;

    while (jv_step(&row))
        for (b = jv_begin(row.value); jv_step(&b);) {
            struct jv app = jv_get(b.value, "web_app");

            if (app.s != NULL &&
                (text == NULL || jv_equals(jv_get(b.value, "text"), text)))
                return jv_dup(app, "url");
        }
    return NULL;
}

static char *address_under(const struct message *m, const struct app_ask *ask)
{
    struct jv markup;

    if (m->markup == NULL || !m->markup_inline ||
        !jv_parse(m->markup, strlen(m->markup), &markup))
        return NULL;
    return address_in(jv_get(markup, "inline_keyboard"), ask->text);
}

static char *address_in_menu(const struct act *a)
{
    char key[64];
    const char *json;
    struct jv v;

    snprintf(key, sizeof(key), "menu_button|%lld", (long long)a->person->id);
    json = profile_get(a->bot, key);
    if (json == NULL)
        json = profile_get(a->bot, "menu_button|0");
    if (json == NULL || !jv_parse(json, strlen(json), &v) ||
        !jv_equals(jv_get(v, "type"), "web_app"))
        return NULL;
    return jv_dup(jv_get(v, "web_app"), "url");
}

static char *address_on_keyboard(const struct chat *c, const struct app_ask *ask)
{
    struct jv v;

    if (c->keyboard == NULL || !jv_parse(c->keyboard, strlen(c->keyboard), &v))
        return NULL;
    return address_in(jv_get(v, "keyboard"), ask->text);
}

/* *bare: such a button hands over no initData. */
static char *address_of(struct act *a, const struct app_ask *ask, bool *bare)
{
    const struct chat *c = chat_of(a->w, a->bot, a->person);
    char *url = NULL;

    *bare = false;
    if (c == NULL || ask->menu)
        return ask->menu ? address_in_menu(a) : NULL;
    for (int i = c->n - 1; url == NULL && i >= 0; i--)
        if (ask->message_id == 0 || c->ring[i]->id == ask->message_id)
            url = address_under(c->ring[i], ask);
    if (url == NULL && ask->message_id == 0) {
        url = address_on_keyboard(c, ask);
        *bare = url != NULL;
    }
    return url;
}

/* ---- initData ------------------------------------------------------------------- */

static void hex_add(struct buf *out, const uint8_t hash[SHA256_BYTES])
{
    for (int i = 0; i < SHA256_BYTES; i++)
        buf_addf(out, "%02x", hash[i]);
}

/* 86 characters as Telegram's own signature has them; whoever holds the token does not
 * look at it. */
static void signature_make(char out[87])
{
    char token[23];

    for (int at = 0; at < 86; at += 22) {
        secret_token22(token);
        snprintf(out + at, (size_t)(87 - at), "%s", token);
    }
}

static void user_json(const struct person *p, struct buf *out)
{
    person_json(p, out);
    out->len -= out->len > 0;
    buf_adds(out, ",\"allows_write_to_pm\":true}");
}

struct field {
    const char *key, *value;
};

/* fields in order of their keys; what is signed has a line for each. */
static enum status hash_of(const char *token, const struct field *f, size_t n,
                           uint8_t hash[SHA256_BYTES])
{
    uint8_t key[SHA256_BYTES];
    struct buf text = {0};
    enum status st = ST_BROKEN;

    for (size_t i = 0; i < n; i++)
        buf_addf(&text, "%s%s=%s", i > 0 ? "\n" : "", f[i].key, f[i].value);
    if (!text.failed)
        st = secret_hmac_sha256("WebAppData", 10, token, strlen(token), key);
    if (st == ST_OK)
        st = secret_hmac_sha256(key, sizeof(key), text.s, text.len, hash);
    buf_free(&text);
    return st;
}

static enum status init_data(const struct act *a, int64_t age_s, struct buf *out)
{
    char date[24], query[24] = "AAF", signature[87];
    uint8_t hash[SHA256_BYTES];
    struct buf user = {0};
    enum status st;

    snprintf(date, sizeof(date), "%lld", (long long)(world_now(a->w) / SECOND - age_s));
    secret_token22(query);
    signature_make(signature);
    user_json(a->person, &user);
    const struct field f[] = {{"auth_date", date},
                              {"query_id", query},
                              {"signature", signature},
                              {"user", user.s != NULL ? user.s : ""}};
    st = user.failed ? ST_BROKEN : hash_of(a->bot->token, f, 4, hash);
    for (size_t i = 0; st == ST_OK && i < 4; i++) {
        buf_addf(out, "%s%s=", i > 0 ? "&" : "", f[i].key);
        buf_add_url(out, f[i].value);
    }
    buf_adds(out, "&hash=");
    if (st == ST_OK)
        hex_add(out, hash);
    buf_free(&user);
    return out->failed ? ST_BROKEN : st;
}

enum status app_open(struct act *a, const struct app_ask *ask, struct buf *out)
{
    struct buf data = {0};
    enum status st = ST_OK;
    bool bare;
    char *url = address_of(a, ask, &bare);

    if (url == NULL)
        return ST_NONE;
    if (!bare)
        st = init_data(a, ask->age_s, &data);
    buf_adds(out, "{\"ok\":true,\"url\":");
    buf_add_json(out, url, strlen(url));
    buf_adds(out, ",\"init_data\":");
    buf_add_json(out, data.s != NULL ? data.s : "", data.len);
    buf_addc(out, '}');
    buf_free(&data);
    free(url);
    return st;
}
