/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/templates_size.h"

#include "core/base/utf.h"
#include "core/template/own_text.h"

#include <string.h>

static const char *const langs[CONTENT_LANGS] = {"ru", "en"};

/* ---- counting --------------------------------------------------------------------- */

int64_t text_length(const char *html)
{
    int64_t n = 0;

    for (const char *s = html != NULL ? html : ""; *s != '\0';) {
        size_t run = strcspn(s, "<&");
        const char *end;

        n += (int64_t)utf16_len(s, run);
        s += run;
        if (*s == '\0')
            break;
        n += *s == '&'; /* an entity is one sign */
        end = strchr(s, *s == '&' ? ';' : '>');
        s = end != NULL ? end + 1 : s + strlen(s);
    }
    return n;
}

/* ---- at its longest --------------------------------------------------------------- */

#define WIDE 64 /* letters: at least as many as any variable of text takes */

static void wide_person(int lang, char letters[2 * WIDE + 1],
                        struct content_person *out)
{
    for (int i = 0; i < WIDE; i++)
        memcpy(letters + 2 * i, "Ш", 2);
    letters[2 * WIDE] = '\0';
    *out = (struct content_person){.lang = lang,
                                   .first_name = letters,
                                   .last_name = letters,
                                   .store = letters,
                                   .brand = letters,
                                   .purchases = INT64_MAX,
                                   .spent = INT64_MAX,
                                   .percent_bp = 9999,
                                   .code = "WWWWW-WWWWW",
                                   .until = letters};
}

enum status longest_set(const struct content *c, int lang, struct json *o)
{
    struct content_person who;
    struct rendered r = {0};
    char letters[2 * WIDE + 1];
    enum status st;

    wide_person(lang, letters, &who);
    st = content_render(c, &who, NULL, &r);
    if (st == ST_OK) {
        json_set_int(o, "longest", text_length(r.text.s));
        json_set_int(o, "limit",
                     (r.media_n > 0 ? CONTENT_CAPTION_MAX : CONTENT_TEXT_MAX) -
                         CONTENT_TAIL_MAX);
    }
    rendered_free(&r);
    return st;
}

/* ---- of a content ----------------------------------------------------------------- */

static enum status message_sizes(const struct template_check *check,
                                 const struct json *canonical, struct json *sizes)
{
    struct content_faults faults = {0};
    struct content *c = NULL;
    enum status st = content_read(canonical, check->of_discount, &c, &faults);

    for (int lang = 0; st == ST_OK && lang < CONTENT_LANGS; lang++) {
        struct json *o;

        if (!content_has(c, lang))
            continue;
        o = json_new_object();
        json_set_text(o, "lang", langs[lang]);
        st = longest_set(c, lang, o);
        json_push(sizes, o);
    }
    content_free(c);
    return st;
}

/* Its limit counts its places as they stand. */
static int64_t own_length(const struct json *content, int lang)
{
    size_t n;
    const char *s = json_text(json_get(content, langs[lang]), "text", &n);
    int64_t count = 0;

    for (size_t i = 0; s != NULL && i < n; i++)
        count += ((unsigned char)s[i] & 0xC0) != 0x80;
    return count;
}

static void own_size_set(const char *key, const struct json *content, int lang,
                         struct json *o)
{
    const struct own_text *t = own_text_find(key);

    json_set_text(o, "lang", langs[lang]);
    json_set_int(o, "longest", own_length(content, lang));
    json_set_int(o, "limit", t != NULL ? own_text_most(t) : 0);
}

enum status sizes_add(const struct template_check *check, const struct json *canonical,
                      struct json *sizes)
{
    if (check->kind == TEMPLATE_MESSAGE)
        return message_sizes(check, canonical, sizes);
    for (int lang = 0; lang < CONTENT_LANGS; lang++) {
        struct json *o;

        if (json_get(canonical, langs[lang]) == NULL)
            continue;
        o = json_new_object();
        own_size_set(check->key, canonical, lang, o);
        json_push(sizes, o);
    }
    return ST_OK;
}

struct json *own_text_shown(const char *key, const struct json *content, int lang)
{
    struct json *o = json_new_object();

    json_set_text(o, "text", json_text(json_get(content, langs[lang]), "text", NULL));
    json_set(o, "buttons", json_new_array());
    json_set(o, "media", json_new_array());
    json_set_text(o, "post", NULL);
    own_size_set(key, content, lang, o);
    json_set_int(o, "length", own_length(content, lang));
    return o;
}
