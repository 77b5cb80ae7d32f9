/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * JSON from outside becomes a content, or a list of what is wrong with it. */
#include "core/content_private.h"

#include <stdlib.h>
#include <string.h>

const char *const content_langs[CONTENT_LANGS] = {"ru", "en"};

/* ---- one language ------------------------------------------------------------------- */

static void text_limits(struct content_reader *r, const struct content_size *size)
{
    bool caption = r->side->media_n > 0;
    size_t max = (caption ? CONTENT_CAPTION_MAX : CONTENT_TEXT_MAX) - CONTENT_TAIL_MAX;

    if (size->units > max || size->bytes > CONTENT_BYTES_MAX)
        content_wrong(r, CONTENT_TOO_LONG);
    else if (!size->visible && !caption)
        content_wrong(r, CONTENT_EMPTY);
}

static void text_read(struct content_reader *r, const struct json *o, struct json *to)
{
    size_t n = 0, was = content_step(r, "text");
    const char *text = json_text(o, "text", &n);
    struct content_size size = {0};
    int faults = r->faults->n;

    if (text != NULL && n == 0 && r->side->media_n > 0)
        ;
    else if (text == NULL)
        content_wrong(r, CONTENT_WRONG_TYPE);
    else if (n > CONTENT_BYTES_MAX)
        content_wrong(r, CONTENT_TOO_LONG);
    else {
        json_set_text_n(to, "text", text, n);
        text = json_text(to, "text", NULL);
        r->broken |= text == NULL;
        if (text != NULL)
            content_cut(r, text, n, false, &r->side->text, &size);
        if (r->faults->n == faults)
            text_limits(r, &size);
    }
    content_back(r, was);
}

static void media_read(struct content_reader *r, const struct json *o, struct json *to)
{
    const struct json *list = json_get(o, "media");
    struct json *mine = json_new_array();
    size_t was = content_step(r, "media"), n = json_count(list);

    if (!json_is_array(list))
        content_wrong(r, CONTENT_WRONG_TYPE);
    else if (n > CONTENT_MEDIA_MAX)
        content_wrong(r, CONTENT_TOO_MANY);
    else
        for (size_t i = 0; i < n; i++) {
            size_t up = content_index(r, i);
            int64_t id = 0;

            if (!json_int(json_at(list, i), "", &id))
                content_wrong(r, CONTENT_WRONG_TYPE);
            else if (id <= 0)
                content_wrong(r, CONTENT_WRONG_VALUE);
            r->side->media[r->side->media_n++] = id;
            json_push_int(mine, id);
            content_back(r, up);
        }
    content_back(r, was);
    if (n > 0)
        json_set(to, "media", mine);
    else
        json_free(mine);
}

static int64_t number_read(struct content_reader *r, const struct json *o,
                           const char *key)
{
    int64_t v = 0;

    if (json_get(o, key) == NULL)
        content_wrong_in(r, key, CONTENT_MISSING);
    else if (!json_int(o, key, &v))
        content_wrong_in(r, key, CONTENT_WRONG_TYPE);
    else if (v == 0)
        content_wrong_in(r, key, CONTENT_WRONG_VALUE);
    return v;
}

/* A post of the shop's own, copied: it brings its words and pictures along. */
static void post_read(struct content_reader *r, const struct json *o, struct json *to)
{
    static const char *const keys[] = {"chat", "message", NULL};
    const struct json *post = json_get(o, "post");
    struct json *mine = json_new_object();
    size_t was;

    for (int i = 0; i < 2; i++) {
        const char *other = i == 0 ? "media" : "text";

        if (json_get(o, other) != NULL)
            content_wrong_in(r, other, CONTENT_WRONG_VALUE);
    }
    was = content_step(r, "post");
    if (!json_is_object(post))
        content_wrong(r, CONTENT_WRONG_TYPE);
    else {
        content_only(r, post, keys);
        r->side->post_chat = number_read(r, post, "chat");
        r->side->post_message = number_read(r, post, "message");
        if (r->side->post_message < 0)
            content_wrong_in(r, "message", CONTENT_WRONG_VALUE);
    }
    content_back(r, was);
    json_set_int(mine, "chat", r->side->post_chat);
    json_set_int(mine, "message", r->side->post_message);
    json_set(to, "post", mine);
}

static void side_read(struct content_reader *r, const struct json *o, struct json *to)
{
    static const char *const keys[] = {"buttons", "media", "post", "text", NULL};
    int faults = r->faults->n;

    content_only(r, o, keys);
    if (json_get(o, "post") != NULL)
        post_read(r, o, to);
    else {
        if (json_get(o, "media") != NULL)
            media_read(r, o, to);
        if (json_get(o, "text") != NULL)
            text_read(r, o, to);
    }
    if (json_get(o, "buttons") != NULL)
        content_buttons(r, o, to);
    if (r->faults->n == faults && r->side->post_message == 0 && r->side->media_n == 0 &&
        json_get(o, "text") == NULL)
        content_wrong_in(r, "text", CONTENT_EMPTY);
    r->side->there = true;
}

/* ---- the whole ---------------------------------------------------------------------- */

static void sides_read(struct content_reader *r, const struct json *from)
{
    static const char *const keys[] = {"ru", "en", NULL};
    bool any = false;

    content_only(r, from, keys);
    for (int i = 0; i < CONTENT_LANGS; i++) {
        const struct json *o = json_get(from, content_langs[i]);
        struct json *to;
        size_t was;

        if (o == NULL)
            continue;
        any = true;
        was = content_step(r, content_langs[i]);
        to = json_new_object();
        json_set(r->c->own, content_langs[i], to);
        r->side = &r->c->side[i];
        if (to == NULL)
            r->broken = true;
        else if (json_is_object(o))
            side_read(r, o, to);
        else
            content_wrong(r, CONTENT_WRONG_TYPE);
        content_back(r, was);
    }
    if (!any && r->faults->n == 0)
        content_wrong(r, CONTENT_EMPTY);
}

/* The builders of JSON say at the end whether they had memory. */
static void length_check(struct content_reader *r)
{
    const char *text = json_print(r->c->own);

    if (text == NULL)
        r->broken = true;
    else if (strlen(text) > CONTENT_JSON_MAX && r->faults->n == 0)
        content_wrong(r, CONTENT_TOO_LONG);
}

enum status content_read(const struct json *from, bool of_discount,
                         struct content **out, struct content_faults *faults)
{
    struct content_reader r = {.faults = faults, .of_discount = of_discount};

    *out = NULL;
    faults->n = 0;
    r.c = calloc(1, sizeof(*r.c));
    if (r.c == NULL || (r.c->own = json_new_object()) == NULL) {
        content_free(r.c);
        return ST_BROKEN;
    }
    if (json_is_object(from))
        sides_read(&r, from);
    else
        content_wrong(&r, CONTENT_WRONG_TYPE);
    length_check(&r);
    if (!r.broken && faults->n == 0) {
        *out = r.c;
        return ST_OK;
    }
    content_free(r.c);
    return r.broken ? ST_BROKEN : ST_REFUSED;
}

void content_free(struct content *c)
{
    if (c == NULL)
        return;
    for (int i = 0; i < CONTENT_LANGS; i++) {
        content_cut_free(&c->side[i].text);
        for (int k = 0; k < c->side[i].buttons; k++)
            content_cut_free(&c->side[i].button[k].label);
    }
    json_free(c->own);
    free(c);
}
