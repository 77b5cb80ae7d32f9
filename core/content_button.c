/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The buttons under a message: rows of {"text", "url"} or {"text", "do"}. */
#include "core/content_private.h"

#include <string.h>

#define BUTTON_BYTES 48 /* of JSON around its words */

static const char *const do_names[CONTENT_DOS] = {
    [CONTENT_DO_URL] = "url",       [CONTENT_DO_WALLET] = "wallet",
    [CONTENT_DO_STORES] = "stores", [CONTENT_DO_PROFILE] = "profile",
    [CONTENT_DO_MENU] = "menu",
};

const char *content_do_name(enum content_do d)
{
    return do_names[d];
}

/* The number of an address among the links; a new one is the next. */
static int link_of(struct content *c, const char *url)
{
    for (int i = 0; i < c->links; i++)
        if (strcmp(c->link[i], url) == 0)
            return i + 1;
    c->link[c->links++] = url;
    return c->links;
}

static void does_read(struct content_reader *r, const struct json *o,
                      struct content_button *b, struct json *to)
{
    size_t n = 0;
    const char *name = json_text(o, "do", &n);

    for (int d = CONTENT_DO_WALLET; name != NULL && d < CONTENT_DOS; d++)
        if (strlen(do_names[d]) == n && memcmp(do_names[d], name, n) == 0) {
            b->does = (enum content_do)d;
            json_set_text(to, "do", do_names[d]);
            return;
        }
    content_wrong_in(r, "do", name != NULL ? CONTENT_WRONG_VALUE : CONTENT_WRONG_TYPE);
}

static void url_read(struct content_reader *r, const struct json *o,
                     struct content_button *b, struct json *to)
{
    size_t n = 0;
    const char *url = json_text(o, "url", &n);

    if (url == NULL)
        content_wrong_in(r, "url", CONTENT_WRONG_TYPE);
    else if (n > CONTENT_URL_MAX)
        content_wrong_in(r, "url", CONTENT_TOO_LONG);
    else if (!content_url_fine(url, n))
        content_wrong_in(r, "url", CONTENT_BAD_URL);
    else {
        json_set_text_n(to, "url", url, n);
        r->bytes += n;
        b->does = CONTENT_DO_URL;
        b->url = json_text(to, "url", NULL);
        if (b->url == NULL)
            r->broken = true;
        else
            b->link = link_of(r->c, b->url);
    }
}

static void label_read(struct content_reader *r, const struct json *o,
                       struct content_button *b, struct json *to)
{
    size_t n = 0, was = content_step(r, "text");
    const char *text = json_text(o, "text", &n);
    struct content_size size = {0};
    int faults = r->faults->n;

    if (text == NULL)
        content_wrong(r, json_get(o, "text") == NULL ? CONTENT_MISSING
                                                     : CONTENT_WRONG_TYPE);
    else if (n > CONTENT_TEXT_MAX)
        content_wrong(r, CONTENT_TOO_LONG);
    else {
        json_set_text_n(to, "text", text, n);
        text = json_text(to, "text", NULL);
        r->broken |= text == NULL;
        if (text != NULL)
            content_cut(r, text, n, true, &b->label, &size);
        if (r->faults->n > faults)
            ;
        else if (!size.visible)
            content_wrong(r, CONTENT_EMPTY);
        else if (size.chars > CONTENT_BUTTON_TEXT_MAX)
            content_wrong(r, CONTENT_TOO_LONG);
        r->bytes += size.bytes;
    }
    content_back(r, was);
}

static void button_read(struct content_reader *r, const struct json *o,
                        struct json *row)
{
    static const char *const keys[] = {"do", "text", "url", NULL};
    struct content_side *side = r->side;
    struct content_button *b = &side->button[side->buttons];
    struct json *to = json_new_object();

    if (!json_is_object(o))
        content_wrong(r, CONTENT_WRONG_TYPE);
    else {
        *b = (struct content_button){.row = r->in_row};
        side->buttons++;
        content_only(r, o, keys);
        label_read(r, o, b, to);
        if (json_get(o, "do") != NULL && json_get(o, "url") != NULL)
            content_wrong_in(r, "do", CONTENT_WRONG_VALUE);
        else if (json_get(o, "do") != NULL)
            does_read(r, o, b, to);
        else if (json_get(o, "url") != NULL)
            url_read(r, o, b, to);
        else
            content_wrong_in(r, "url", CONTENT_MISSING);
        r->bytes += BUTTON_BYTES;
    }
    json_push(row, to);
}

static void row_read(struct content_reader *r, const struct json *row, struct json *to)
{
    struct json *mine = json_new_array();
    size_t n = json_count(row);

    if (!json_is_array(row))
        content_wrong(r, CONTENT_WRONG_TYPE);
    else if (n == 0)
        content_wrong(r, CONTENT_EMPTY);
    else if (n > CONTENT_ROW_MAX || (size_t)r->side->buttons + n > CONTENT_BUTTONS_MAX)
        content_wrong(r, CONTENT_TOO_MANY);
    else
        for (size_t i = 0; i < n; i++) {
            size_t was = content_index(r, i);

            button_read(r, json_at(row, i), mine);
            content_back(r, was);
        }
    json_push(to, mine);
}

void content_buttons(struct content_reader *r, const struct json *o, struct json *to)
{
    const struct json *rows = json_get(o, "buttons");
    struct json *mine = json_new_array();
    size_t was = content_step(r, "buttons"), n = json_count(rows);

    r->bytes = 0;
    if (!json_is_array(rows))
        content_wrong(r, CONTENT_WRONG_TYPE);
    else if (n > CONTENT_ROWS_MAX)
        content_wrong(r, CONTENT_TOO_MANY);
    else {
        for (size_t i = 0; i < n; i++) {
            size_t up = content_index(r, i);

            r->in_row = (int)i;
            row_read(r, json_at(rows, i), mine);
            content_back(r, up);
        }
        if (r->bytes > CONTENT_KEYBOARD_MAX)
            content_wrong(r, CONTENT_TOO_LONG);
        if (n > 0 && r->side->media_n > 1)
            content_wrong(r, CONTENT_UNDER_ALBUM);
    }
    content_back(r, was);
    if (n > 0)
        json_set(to, "buttons", mine);
    else
        json_free(mine);
}
