/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/find.c - entities Telegram finds by itself: commands, addresses,
 * mentions and hash tags. Plain rules of thumb, enough for what our bots say and hear.
 */
#include "core/base/utf.h"
#include "tests/botapi/text.h"

#include <string.h>

static bool word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || (c & 0x80);
}

static size_t name_len(const char *p, const char *end)
{
    const char *from = p;

    while (p < end && word_byte(*p) && !(*p & 0x80))
        p++;
    return (size_t)(p - from);
}

/* /command or /command@bot */
static size_t command_len(const char *p, const char *end)
{
    size_t n = name_len(p + 1, end), bot;

    if (n == 0 || n > 64)
        return 0;
    n++;
    if (p + n < end && p[n] == '@' && (bot = name_len(p + n + 1, end)) >= 3)
        n += 1 + bot;
    return n;
}

static size_t mention_len(const char *p, const char *end)
{
    size_t n = name_len(p + 1, end);

    return n >= 3 && n <= 32 ? n + 1 : 0;
}

static size_t hashtag_len(const char *p, const char *end)
{
    const char *q = p + 1;

    while (q < end && word_byte(*q))
        q++;
    return q > p + 1 ? (size_t)(q - p) : 0;
}

static size_t url_len(const char *p, const char *end)
{
    static const char *const starts[] = {"https://", "http://", "tg://", "t.me/"};
    const char *q = p;
    size_t n = 0;

    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]) && n == 0; i++)
        if ((size_t)(end - p) > strlen(starts[i]) &&
            memcmp(p, starts[i], strlen(starts[i])) == 0)
            n = strlen(starts[i]);
    if (n == 0)
        return 0;
    while (q < end && (unsigned char)*q > ' ' && strchr("<>\"", *q) == NULL)
        q++;
    while (q > p + n && strchr(".,;:!?)'", q[-1]) != NULL)
        q--;
    return (size_t)(q - p) > n ? (size_t)(q - p) : 0;
}

static bool taken(const struct text *t, int offset, int length)
{
    for (int i = 0; i < t->n; i++) {
        const struct entity *e = &t->e[i];
        bool closed = strcmp(e->type, "code") == 0 || strcmp(e->type, "pre") == 0 ||
                      strcmp(e->type, "text_link") == 0 || strcmp(e->type, "url") == 0;

        if (closed && e->offset < offset + length && offset < e->offset + e->length)
            return true;
    }
    return false;
}

static const struct finder {
    char first; /* '\0': a letter */
    const char *type;
    size_t (*len)(const char *p, const char *end);
} finders[] = {
    {'/', "bot_command", command_len},
    {'@', "mention", mention_len},
    {'#', "hashtag", hashtag_len},
    {'\0', "url", url_len},
};

static size_t find_at(struct text *t, const char *p, const char *end, int unit)
{
    for (size_t i = 0; i < sizeof(finders) / sizeof(finders[0]); i++) {
        const struct finder *f = &finders[i];
        size_t n = f->first == '\0' || f->first == *p ? f->len(p, end) : 0;
        int units = n > 0 ? (int)utf16_len(p, n) : 0;

        if (n > 0 && !taken(t, unit, units)) {
            text_add_entity(t, (struct entity){f->type, unit, units, NULL});
            return n;
        }
    }
    return 0;
}

void text_find(struct text *t)
{
    const char *p = t->s.s, *end = p + t->s.len;
    int unit = 0;

    if (p == NULL)
        return;
    while (p < end) {
        bool fresh = p == t->s.s || (!word_byte(p[-1]) && p[-1] != '/');
        size_t k = fresh ? find_at(t, p, end, unit) : 0;

        if (k == 0 && (k = utf_char_len(p, (size_t)(end - p))) == 0)
            k = 1;
        unit += (int)utf16_len(p, k);
        p += k;
    }
    text_sort(t);
}
