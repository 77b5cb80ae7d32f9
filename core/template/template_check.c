/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What may be the key, the name and the content of a template. */
#include "core/base/utf.h"
#include "core/template/media.h"
#include "core/template/own_text.h"
#include "core/template/post.h"
#include "core/template/template_private.h"

#include <stdio.h>
#include <string.h>

#define MEDIA_ROOM (CONTENT_LANGS * CONTENT_MEDIA_MAX)
#define OF_BOTS "bot." /* keys of texts, and of nothing else */

_Static_assert((int)TEMPLATE_TEXT == OWN_TEXT_TEMPLATE, "one number for both");

bool template_key_fits(const char *key, enum template_kind kind)
{
    size_t n = strlen(key);
    bool of_bots = strncmp(key, OF_BOTS, strlen(OF_BOTS)) == 0;

    return n > 0 && n <= TEMPLATE_KEY_MAX && key[0] >= 'a' && key[0] <= 'z' &&
           strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789._-") == n &&
           of_bots == (kind == TEMPLATE_TEXT);
}

bool template_name_clean(const char *s, char out[TEMPLATE_NAME_BYTES])
{
    size_t n = strlen(s), count = 0;
    struct buf b = {0};

    for (size_t i = 0; i < n; i++)
        count += ((unsigned char)s[i] & 0xC0) != 0x80;
    if (!utf_valid(s, n) || count > TEMPLATE_NAME_MAX)
        return false;
    utf_add_name(&b, s, n, TEMPLATE_NAME_MAX);
    snprintf(out, TEMPLATE_NAME_BYTES, "%s", b.s != NULL ? b.s : "");
    buf_free(&b);
    return out[0] != '\0';
}

static enum status media_checked(struct db *db, const struct content *c,
                                 struct content_faults *faults)
{
    static const struct words gone = {"Такой картинки или видео нет",
                                      "There is no such picture or video"};
    int64_t ids[MEDIA_ROOM];
    int n = 0;
    enum status st;

    content_media(c, ids, MEDIA_ROOM, &n);
    st = media_hold(db, ids, n, NULL);
    if (st != ST_NONE)
        return st;
    faults->n = 1;
    faults->fault[0] =
        (struct content_fault){.code = "unknown_media", .at = -1, .words = gone};
    return ST_REFUSED;
}

static enum status message_checked(struct db *db, const struct template_check *c,
                                   struct json **out, struct content_faults *faults)
{
    struct content *content = NULL;
    enum status st = content_read(c->content, c->of_discount, &content, faults);

    if (st == ST_OK)
        st = media_checked(db, content, faults);
    if (st == ST_OK)
        st = posts_check(db, content, faults);
    if (st == ST_OK)
        *out = content_json(content);
    if (st == ST_OK && *out == NULL)
        st = ST_BROKEN;
    content_free(content);
    return st;
}

enum status template_check(struct db *db, const struct template_check *c,
                           struct json **out, struct content_faults *faults)
{
    const struct own_text *t;

    *out = NULL;
    *faults = (struct content_faults){0};
    if (c->kind == TEMPLATE_MESSAGE)
        return message_checked(db, c, out, faults);
    t = own_text_find(c->key);
    if (t == NULL || t->fixed)
        return ST_NONE;
    return own_text_check(t, c->content, out, faults);
}
