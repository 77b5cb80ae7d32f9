/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A content, for one person; and what can be asked about it. */
#include "core/content_private.h"

#include <string.h>

#define URL_ROOM (CONTENT_URL_MAX + 1)

struct json *content_json(const struct content *c)
{
    return json_copy(c->own);
}

bool content_has(const struct content *c, int lang)
{
    return lang >= 0 && lang < CONTENT_LANGS && c->side[lang].there;
}

static bool has(const int64_t *list, int n, int64_t v)
{
    for (int i = 0; i < n; i++)
        if (list[i] == v)
            return true;
    return false;
}

void content_media(const struct content *c, int64_t *out, int room, int *n)
{
    *n = 0;
    for (int i = 0; i < CONTENT_LANGS; i++)
        for (int k = 0; k < c->side[i].media_n && *n < room; k++)
            if (!has(out, *n, c->side[i].media[k]))
                out[(*n)++] = c->side[i].media[k];
}

int64_t content_post_chat(const struct content *c, int lang)
{
    return c->side[lang].there ? c->side[lang].post_chat : 0;
}

int content_links(const struct content *c, const char **out, int room)
{
    for (int i = 0; i < c->links && i < room; i++)
        out[i] = c->link[i];
    return c->links;
}

/* ---- for one person ----------------------------------------------------------------- */

struct render {
    const struct content_person *who;
    struct rendered *out;
    int lang;
};

static void pieces_add(struct render *r, const struct content_cut *cut, bool html,
                       struct buf *to)
{
    for (int i = 0; i < cut->n; i++) {
        const struct content_piece *p = &cut->piece[i];
        const struct words *other;

        if (p->variable < 0) {
            buf_add(to, p->s, p->n);
            continue;
        }
        other = &content_variables[p->variable].fallback;
        if (content_value_add(to, p->variable, r->who, html, &r->out->value))
            continue;
        if (p->s != NULL)
            buf_add(to, p->s, p->n);
        else
            buf_adds(to, r->lang == 1 ? other->en : other->ru);
    }
}

/* The label is built behind the addresses, which is a buf we have. It always fits, as it
 * was measured with the longest values. */
static bool label_add(struct render *r, const struct content_button *from,
                      struct rendered_button *to)
{
    struct buf *b = &r->out->urls;
    size_t was = b->len, n;

    pieces_add(r, &from->label, false, b);
    if (b->failed)
        return false;
    n = b->len - was;
    if (n >= sizeof(to->text))
        return false;
    memcpy(to->text, b->s + was, n);
    to->text[n] = '\0';
    b->len = was;
    return true;
}

/* What leads nowhere leads straight: at then is no place in the buf. */
static bool address_add(struct buf *b, const struct content_links *links, int link,
                        size_t *at)
{
    char url[URL_ROOM] = "";

    links->address(links->arg, link, url, sizeof(url));
    *at = url[0] != '\0' ? b->len : SIZE_MAX;
    if (url[0] != '\0')
        buf_add(b, url, strlen(url) + 1);
    return !b->failed;
}

/* The buf may move while it grows, so that the addresses are pointed to at the end. */
static bool buttons_add(struct render *r, const struct content_side *side,
                        const struct content_links *links)
{
    struct rendered *out = r->out;
    size_t at[CONTENT_BUTTONS_MAX];

    for (int i = 0; i < side->buttons; i++) {
        const struct content_button *from = &side->button[i];
        struct rendered_button *to = &out->button[i];

        to->does = from->does;
        to->row = from->row;
        to->url = from->url;
        at[i] = SIZE_MAX;
        if (!label_add(r, from, to))
            return false;
        if (from->link > 0 && links != NULL &&
            !address_add(&out->urls, links, from->link, &at[i]))
            return false;
    }
    for (int i = 0; i < side->buttons; i++)
        if (at[i] != SIZE_MAX)
            out->button[i].url = out->urls.s + at[i];
    out->buttons = side->buttons;
    return true;
}

enum status content_render(const struct content *c, const struct content_person *who,
                           const struct content_links *links, struct rendered *out)
{
    int wanted = who->lang == 1, lang = c->side[wanted].there ? wanted : !wanted;
    const struct content_side *side = &c->side[lang];
    struct content_person them = *who;
    struct render r = {&them, out, lang};

    them.lang = lang; /* numbers as the words around them */
    buf_clear(&out->text);
    buf_clear(&out->urls);
    out->media = side->media;
    out->media_n = side->media_n;
    out->post_chat = side->post_chat;
    out->post_message = side->post_message;
    out->buttons = 0;
    buf_add(&out->text, "", 0);
    pieces_add(&r, &side->text, true, &out->text);
    return !out->text.failed && buttons_add(&r, side, links) ? ST_OK : ST_BROKEN;
}

void rendered_free(struct rendered *r)
{
    buf_free(&r->text);
    buf_free(&r->urls);
    buf_free(&r->value);
    *r = (struct rendered){0};
}
