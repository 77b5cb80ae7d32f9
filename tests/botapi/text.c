/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/botapi/text.h"

#include "core/base/utf.h"

#include <stdlib.h>
#include <string.h>

static const char *const entity_types[] = {
    "bold",          "italic",       "underline",
    "strikethrough", "spoiler",      "code",
    "pre",           "blockquote",   "expandable_blockquote",
    "text_link",     "text_mention", "custom_emoji",
    "date_time",     "mention",      "hashtag",
    "cashtag",       "bot_command",  "url",
    "email",         "phone_number",
};

const char *entity_type(const char *s, size_t n)
{
    for (size_t i = 0; i < sizeof(entity_types) / sizeof(entity_types[0]); i++)
        if (strlen(entity_types[i]) == n && memcmp(entity_types[i], s, n) == 0)
            return entity_types[i];
    return NULL;
}

void text_add_entity(struct text *t, struct entity e)
{
    if (t->n == ENTITIES_MAX || e.length <= 0 || e.type == NULL)
        free(e.extra);
    else
        t->e[t->n++] = e;
}

void text_free(struct text *t)
{
    for (int i = 0; i < t->n; i++)
        free(t->e[i].extra);
    t->n = 0;
    buf_free(&t->s);
}

size_t text_units(const struct text *t)
{
    return t->s.s != NULL ? utf16_len(t->s.s, t->s.len) : 0;
}

void text_entities_json(const struct text *t, struct buf *out)
{
    buf_addc(out, '[');
    for (int i = 0; i < t->n; i++)
        buf_addf(out, "%s{\"offset\":%d,\"length\":%d,\"type\":\"%s\"%s}", i ? "," : "",
                 t->e[i].offset, t->e[i].length, t->e[i].type,
                 t->e[i].extra ? t->e[i].extra : "");
    buf_addc(out, ']');
}

static int order(const void *a, const void *b)
{
    const struct entity *x = a, *y = b;

    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return x->length > y->length ? -1 : x->length < y->length;
}

void text_sort(struct text *t)
{
    qsort(t->e, (size_t)t->n, sizeof(t->e[0]), order);
}

/* ---- an explicit list ----------------------------------------------------------- */

/* Members of a MessageEntity beyond the three that all have, as they came. */
static char *extra_of(struct jv v)
{
    struct jv_walk w = jv_begin(v);
    struct buf b = {0};

    while (jv_step(&w)) {
        if (jv_equals(w.key, "type") || jv_equals(w.key, "offset") ||
            jv_equals(w.key, "length"))
            continue;
        buf_addc(&b, ',');
        buf_add(&b, w.key.s, w.key.n);
        buf_addc(&b, ':');
        jv_minify(w.value, &b);
    }
    return b.s;
}

/* Does unit u of the text begin a character (or end the text)? */
static bool unit_starts(const struct text *t, int u)
{
    size_t at = 0;
    int now = 0;

    while (at < t->s.len && now < u) {
        size_t k = utf_char_len(t->s.s + at, t->s.len - at);

        now += k == 4 ? 2 : 1;
        at += k > 0 ? k : 1;
    }
    return now == u;
}

bool text_given(struct text *t, const char *s, size_t n, struct jv entities,
                struct buf *why)
{
    struct jv_walk w = jv_begin(entities);
    int64_t units;

    buf_add(&t->s, s, n);
    units = (int64_t)text_units(t);
    while (jv_step(&w)) {
        int64_t offset = jv_int_or(w.value, "offset", -1);
        int64_t length = jv_int_or(w.value, "length", -1);
        char *name = jv_dup(w.value, "type");
        const char *type = name != NULL ? entity_type(name, strlen(name)) : NULL;

        free(name);
        if (type == NULL)
            return buf_adds(why, "unsupported entity type"), false;
        if (offset < 0 || length <= 0 || length > units || offset > units - length)
            return buf_addf(why, "entity %lld+%lld ends beyond the text of %lld units",
                            (long long)offset, (long long)length, (long long)units),
                   false;
        if (!unit_starts(t, (int)offset) || !unit_starts(t, (int)(offset + length)))
            return buf_adds(why, "entity cuts a character in two"), false;
        text_add_entity(
            t, (struct entity){type, (int)offset, (int)length, extra_of(w.value)});
    }
    text_sort(t);
    return true;
}

/* ---- cleaning ------------------------------------------------------------------- */

/* Units [at, at+n) are gone: entities behind move, those over it shrink. */
static void cut_units(struct text *t, int at, int n)
{
    for (int i = 0; i < t->n; i++) {
        struct entity *e = &t->e[i];
        int end = e->offset + e->length;

        if (e->offset > at)
            e->offset = e->offset >= at + n ? e->offset - n : at;
        if (end > at)
            end = end >= at + n ? end - n : at;
        e->length = end - e->offset;
    }
}

static void drop_empty(struct text *t)
{
    int n = 0;

    for (int i = 0; i < t->n; i++)
        if (t->e[i].length > 0)
            t->e[n++] = t->e[i];
        else
            free(t->e[i].extra);
    t->n = n;
}

/* Carriage returns and U+2028..202E leave no trace. */
static bool vanishes(const char *p, size_t k)
{
    const unsigned char *u = (const unsigned char *)p;

    return (k == 1 && *p == '\r') ||
           (k == 3 && u[0] == 0xE2 && u[1] == 0x80 && u[2] >= 0xA8 && u[2] <= 0xAE);
}

static bool blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t';
}

static void trim(struct text *t)
{
    size_t from = 0;

    while (t->s.len > 0 && blank(t->s.s[t->s.len - 1])) {
        t->s.len--;
        cut_units(t, (int)text_units(t), 1);
    }
    while (from < t->s.len && blank(t->s.s[from]))
        from++;
    cut_units(t, 0, (int)from);
    memmove(t->s.s, t->s.s + from, t->s.len - from);
    t->s.len -= from;
    t->s.s[t->s.len] = '\0';
}

void text_clean(struct text *t)
{
    size_t at = 0, to = 0;
    int unit = 0;

    if (t->s.s == NULL)
        return;
    while (at < t->s.len) {
        char *p = t->s.s + at;
        size_t k = utf_char_len(p, t->s.len - at);

        k = k > 0 ? k : 1;
        if (vanishes(p, k)) {
            cut_units(t, unit, 1);
        } else {
            if (k == 1 && (unsigned char)*p < 0x20 && *p != '\n')
                *p = ' ';
            memmove(t->s.s + to, p, k);
            to += k;
            unit += k == 4 ? 2 : 1;
        }
        at += k;
    }
    t->s.len = to;
    t->s.s[to] = '\0';
    trim(t);
    drop_empty(t);
}
