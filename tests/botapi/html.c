/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/html.c - Telegram's HTML: a dozen tags, four named entities, and an
 * error for everything else that begins with '<'. */
#include "core/base/utf.h"
#include "tests/botapi/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define OPEN_MAX 32

struct attrs {
    struct buf href, class, emoji, unix_time, format;
    bool expandable;
};

struct open_tag {
    char name[16];
    const char *type;
    char *extra;
    int from; /* unit */
};

struct reader {
    const char *s, *p, *end;
    struct text *t;
    struct buf *why;
    int unit;
    struct open_tag open[OPEN_MAX];
    int n;
};

static const struct tag {
    const char *name, *type;
} tags[] = {
    {"b", "bold"},
    {"strong", "bold"},
    {"i", "italic"},
    {"em", "italic"},
    {"u", "underline"},
    {"ins", "underline"},
    {"s", "strikethrough"},
    {"strike", "strikethrough"},
    {"del", "strikethrough"},
    {"tg-spoiler", "spoiler"},
    {"span", "spoiler"},
    {"a", "text_link"},
    {"code", "code"},
    {"pre", "pre"},
    {"blockquote", "blockquote"},
    {"tg-emoji", "custom_emoji"},
    {"tg-time", "date_time"},
};

static int at(const struct reader *r, const char *p)
{
    return (int)(p - r->s);
}

static void put(struct reader *r, const char *s, size_t n)
{
    buf_add(&r->t->s, s, n);
    r->unit += (int)utf16_len(s, n);
}

/* ---- &lt; ----------------------------------------------------------------------- */

static size_t utf8_put(char out[4], unsigned long c)
{
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

    for (size_t i = n; i > 1; i--, c >>= 6)
        out[i - 1] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(n == 1 ? c : (0xF00UL >> n & 0xFF) | c);
    return n;
}

/* What stands for one character at p ('&'), as UTF-8 into out; bytes it took, 0: it is
 * no entity and the '&' stands for itself. */
static size_t reference(const char *p, const char *end, char out[4], size_t *n)
{
    static const struct {
        const char *name;
        char c;
    } named[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}};
    const char *semi = memchr(p, ';', (size_t)(end - p));
    char digits[12], *stop;
    unsigned long c;
    size_t k;

    if (semi == NULL || semi - p > 10)
        return 0;
    k = (size_t)(semi - p - 1);
    for (size_t i = 0; i < 4; i++)
        if (strlen(named[i].name) == k && memcmp(p + 1, named[i].name, k) == 0)
            return *n = 1, out[0] = named[i].c, k + 2;
    if (k < 2 || p[1] != '#')
        return 0;
    memcpy(digits, p + 2, k - 1);
    digits[k - 1] = '\0';
    c = digits[0] == 'x' ? strtoul(digits + 1, &stop, 16) : strtoul(digits, &stop, 10);
    if (*stop != '\0' || c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        return 0;
    *n = utf8_put(out, c);
    return k + 2;
}

static void add_decoded(struct buf *out, const char *p, const char *end)
{
    while (p < end) {
        char c[4];
        size_t n = 1, k = *p == '&' ? reference(p, end, c, &n) : 0;

        buf_add(out, k > 0 ? c : p, k > 0 ? n : 1);
        p += k > 0 ? k : 1;
    }
}

/* ---- <tag attribute="value"> ---------------------------------------------------- */

static bool attribute_end(char c)
{
    return c == '>' || c == ' ' || c == '\t' || c == '\n';
}

static struct buf *attr_slot(struct attrs *a, const char *tag, const char *name,
                             size_t n)
{
    static struct buf ignored;
    const struct {
        const char *tag, *name;
        struct buf *slot;
    } slots[] = {
        {"a", "href", &a->href},
        {"code", "class", &a->class},
        {"span", "class", &a->class},
        {"tg-emoji", "emoji-id", &a->emoji},
        {"tg-time", "unix", &a->unix_time},
        {"tg-time", "format", &a->format},
    };

    for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++)
        if (strcmp(slots[i].tag, tag) == 0 && strlen(slots[i].name) == n &&
            strncasecmp(slots[i].name, name, n) == 0)
            return slots[i].slot;
    buf_free(&ignored);
    return &ignored;
}

/* The value behind '=', p on its first byte; NULL: the tag never ends. */
static const char *attr_value(struct reader *r, const char *p, struct buf *out)
{
    const char *from = p;

    if (p < r->end && (*p == '"' || *p == '\'')) {
        char quote = *p++;

        from = p;
        while (p < r->end && *p != quote)
            p++;
        if (p == r->end)
            return NULL;
        add_decoded(out, from, p);
        return p + 1;
    }
    while (p < r->end && !attribute_end(*p))
        p++;
    add_decoded(out, from, p);
    return p < r->end ? p : NULL;
}

/* Attributes from p up to '>', which it leaves r->p behind. */
static bool read_attrs(struct reader *r, const char *tag, const char *p,
                       struct attrs *a)
{
    const char *begin = r->p, *name;
    size_t n;

    for (;;) {
        while (p < r->end && (*p == ' ' || *p == '\t' || *p == '\n'))
            p++;
        if (p >= r->end)
            break;
        if (*p == '>')
            return r->p = p + 1, true;
        for (name = p; p < r->end && *p != '=' && !attribute_end(*p); p++)
            ;
        n = (size_t)(p - name);
        if (n == 0)
            return buf_addf(r->why,
                            "Empty attribute name in the tag \"%s\" at byte offset "
                            "%d",
                            tag, at(r, begin)),
                   false;
        if (strcmp(tag, "blockquote") == 0 && n == 10 &&
            strncasecmp(name, "expandable", n) == 0)
            a->expandable = true;
        if (p < r->end && *p == '=' &&
            (p = attr_value(r, p + 1, attr_slot(a, tag, name, n))) == NULL)
            break;
    }
    buf_addf(r->why, "Unclosed start tag at byte offset %d", at(r, begin));
    return false;
}

static const struct tag *tag_find(const char *name)
{
    for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
        if (strcmp(tags[i].name, name) == 0)
            return &tags[i];
    return NULL;
}

/* Lower-case name of at most 15 bytes at p; where it ends. */
static const char *tag_name(const struct reader *r, const char *p, char out[16])
{
    size_t n = 0;

    while (p < r->end && !attribute_end(*p)) {
        if (n < 15)
            out[n++] = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
        p++;
    }
    out[n] = '\0';
    return p;
}

static void member(struct buf *b, const char *name, const struct buf *value,
                   bool number)
{
    if (value->len == 0)
        return;
    buf_addf(b, ",\"%s\":", name);
    if (number)
        buf_adds(b, value->s);
    else
        buf_add_json(b, value->s, value->len);
}

static bool open_fill(struct reader *r, struct open_tag *o, const struct attrs *a)
{
    struct buf extra = {0};

    if (strcmp(o->name, "span") == 0 &&
        (a->class.s == NULL || strcmp(a->class.s, "tg-spoiler") != 0))
        return buf_addf(r->why,
                        "Tag \"span\" must have class \"tg-spoiler\" at byte "
                        "offset %d",
                        at(r, r->p)),
               false;
    if (strcmp(o->name, "tg-emoji") == 0 && a->emoji.len == 0)
        return buf_adds(r->why, "Custom emoji identifier must be specified"), false;
    if (strcmp(o->name, "tg-time") == 0 &&
        (a->unix_time.len == 0 ||
         strspn(a->unix_time.s, "0123456789") != a->unix_time.len))
        return buf_adds(r->why, "Invalid date specified"), false;
    if (a->expandable)
        o->type = "expandable_blockquote";
    member(&extra, "url", &a->href, false);
    member(&extra, "custom_emoji_id", &a->emoji, false);
    member(&extra, "unix_time", &a->unix_time, true);
    member(&extra, "date_time_format", &a->format, false);
    if (strcmp(o->name, "code") == 0 && a->class.len > 9 &&
        memcmp(a->class.s, "language-", 9) == 0) {
        buf_adds(&extra, ",\"language\":");
        buf_add_json(&extra, a->class.s + 9, a->class.len - 9);
    }
    o->extra = extra.s;
    return true;
}

static bool tag_open(struct reader *r)
{
    struct attrs a = {0};
    struct open_tag *o = &r->open[r->n];
    const char *begin = r->p, *p;
    const struct tag *tag;
    bool ok;

    if (r->n == OPEN_MAX)
        return buf_adds(r->why, "Too many nested tags"), false;
    *o = (struct open_tag){.from = r->unit};
    p = tag_name(r, r->p + 1, o->name);
    tag = tag_find(o->name);
    if (p >= r->end)
        return buf_addf(r->why, "Unclosed start tag at byte offset %d", at(r, begin)),
               false;
    if (tag == NULL)
        return buf_addf(r->why, "Unsupported start tag \"%s\" at byte offset %d",
                        o->name, at(r, begin)),
               false;
    o->type = tag->type;
    ok = read_attrs(r, o->name, p, &a) && open_fill(r, o, &a);
    r->n += ok;
    buf_free(&a.href);
    buf_free(&a.class);
    buf_free(&a.emoji);
    buf_free(&a.unix_time);
    buf_free(&a.format);
    return ok;
}

/* A link without href points where its text says. */
static void link_from_text(struct reader *r, struct open_tag *o)
{
    struct buf extra = {0};
    size_t skip = 0;
    int unit = 0;

    while (unit < o->from && skip < r->t->s.len) {
        size_t k = utf_char_len(r->t->s.s + skip, r->t->s.len - skip);

        unit += k == 4 ? 2 : 1;
        skip += k > 0 ? k : 1;
    }
    buf_adds(&extra, ",\"url\":");
    buf_add_json(&extra, r->t->s.s + skip, r->t->s.len - skip);
    o->extra = extra.s;
}

/* <pre><code class="language-c"> is one entity, pre, with a language. */
static bool inside_pre(struct reader *r, const struct open_tag *o)
{
    struct open_tag *outer = r->n > 0 ? &r->open[r->n - 1] : NULL;

    if (strcmp(o->name, "code") != 0 || outer == NULL ||
        strcmp(outer->name, "pre") != 0 || outer->from != o->from)
        return false;
    free(outer->extra);
    outer->extra = o->extra;
    return true;
}

static bool tag_close(struct reader *r)
{
    const char *begin = r->p;
    char name[16];
    const char *p = tag_name(r, r->p + 2, name);
    struct open_tag *o;

    while (p < r->end && *p != '>')
        p++;
    if (p >= r->end)
        return buf_addf(r->why, "Unclosed end tag at byte offset %d", at(r, begin)),
               false;
    if (r->n == 0)
        return buf_addf(r->why, "Unexpected end tag at byte offset %d", at(r, begin)),
               false;
    o = &r->open[r->n - 1];
    if (name[0] != '\0' && strcmp(name, o->name) != 0)
        return buf_addf(r->why,
                        "Unmatched end tag at byte offset %d, expected \"</%s>\", "
                        "found \"</%s>\"",
                        at(r, begin), o->name, name),
               false;
    r->p = p + 1;
    r->n--;
    if (inside_pre(r, o))
        return true;
    if (strcmp(o->name, "a") == 0 && o->extra == NULL && r->unit > o->from)
        link_from_text(r, o);
    if (strcmp(o->type, "code") == 0) {
        free(o->extra);
        o->extra = NULL;
    }
    text_add_entity(r->t,
                    (struct entity){o->type, o->from, r->unit - o->from, o->extra});
    return true;
}

static bool read_all(struct reader *r)
{
    while (r->p < r->end) {
        if (*r->p == '&') {
            char c[4];
            size_t n = 1, k = reference(r->p, r->end, c, &n);

            put(r, k > 0 ? c : r->p, k > 0 ? n : 1);
            r->p += k > 0 ? k : 1;
        } else if (*r->p != '<') {
            const char *run = r->p;

            while (r->p < r->end && *r->p != '<' && *r->p != '&')
                r->p++;
            put(r, run, (size_t)(r->p - run));
        } else if (r->p + 1 < r->end && r->p[1] == '/') {
            if (!tag_close(r))
                return false;
        } else if (!tag_open(r)) {
            return false;
        }
    }
    if (r->n > 0)
        buf_addf(r->why, "Can't find end tag corresponding to start tag \"%s\"",
                 r->open[r->n - 1].name);
    return r->n == 0;
}

bool text_html(struct text *t, const char *s, size_t n, struct buf *why)
{
    struct reader *r = calloc(1, sizeof(*r));
    bool ok;

    if (r == NULL)
        return buf_adds(why, "no memory"), false;
    *r = (struct reader){.s = s, .p = s, .end = s + n, .t = t, .why = why};
    buf_add(&t->s, "", 0);
    ok = read_all(r);
    for (int i = 0; i < r->n; i++)
        free(r->open[i].extra);
    free(r);
    text_sort(t);
    return ok;
}
