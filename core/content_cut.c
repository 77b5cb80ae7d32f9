/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A text, read once: its tags checked, its variables found, cut into pieces that only have
 * to be put one behind the other for each person. */
#include "core/content_private.h"

#include "core/base/utf.h"

#include <stdlib.h>
#include <string.h>

#define OPEN_MAX 16
#define ESCAPED_MAX 6 /* bytes of one unit of a value: &quot; */

struct cutter {
    struct content_reader *r;
    const char *s;
    size_t n, i, run;  /* where it stands, and where the piece under way begins */
    bool plain, wrong; /* wrong: the markup's first fault was told */
    struct content_cut *out;
    struct content_size *size;
    struct buf bare; /* what is seen whatever the values are */
    const struct tag *open[OPEN_MAX];
    int depth, tags;
};

/* ---- tags --------------------------------------------------------------------------- */

enum { STYLE = 1, LINK = 2, VERBATIM = 4, QUOTE = 8 };

/* within: what it must not stand in; the messenger knows no such thing. */
static const struct tag {
    const char *name;
    unsigned is, not_within;
} tags[] = {
    {"b", STYLE, VERBATIM},
    {"i", STYLE, VERBATIM},
    {"u", STYLE, VERBATIM},
    {"s", STYLE, VERBATIM},
    {"tg-spoiler", STYLE, VERBATIM},
    {"a", LINK, LINK | VERBATIM},
    {"code", VERBATIM, STYLE | LINK | VERBATIM},
    {"pre", VERBATIM, STYLE | LINK | VERBATIM},
    {"blockquote", QUOTE, QUOTE | LINK | VERBATIM},
};

static const struct tag *tag_find(const char *s, size_t n)
{
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (strlen(tags[i].name) == n && memcmp(tags[i].name, s, n) == 0)
            return &tags[i];
    return NULL;
}

static bool starts(const struct cutter *c, size_t i, const char *with)
{
    size_t k = strlen(with);

    return c->n - i >= k && memcmp(c->s + i, with, k) == 0;
}

static int here(const struct cutter *c, size_t i)
{
    return (int)utf16_len(c->s, i);
}

static void html_wrong(struct cutter *c, size_t at)
{
    if (!c->wrong)
        content_wrong_at(c->r, CONTENT_BAD_HTML, here(c, at));
    c->wrong = true;
}

/* One of the four entities at i: its length, and what it stands for; 0: none. */
static size_t entity_at(const struct cutter *c, size_t i, char *is)
{
    static const struct {
        const char *as;
        char is;
    } entities[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}};

    for (size_t k = 0; k < sizeof entities / sizeof *entities; k++)
        if (starts(c, i, entities[k].as)) {
            *is = entities[k].is;
            return strlen(entities[k].as);
        }
    return 0;
}

/* The address of a link from i up to its quote. */
static bool href_fine(struct cutter *c, size_t i, size_t end)
{
    struct buf url = {0};
    bool fine = true;

    while (fine && i < end) {
        char is = c->s[i];
        size_t k = is == '&' ? entity_at(c, i, &is) : 1;

        fine = k > 0;
        buf_addc(&url, is);
        i += k;
    }
    c->r->broken |= url.failed;
    fine = fine && !url.failed && content_url_fine(url.s != NULL ? url.s : "", url.len);
    buf_free(&url);
    return fine;
}

/* Behind the tag's name: '>', or the one attribute there is. *to is behind the '>'. */
static bool tag_ends(struct cutter *c, const struct tag *tag, size_t i, size_t *to)
{
    const char *quote;
    size_t end;

    if (tag->is != LINK) {
        *to = i + 1;
        return starts(c, i, ">");
    }
    if (!starts(c, i, " href=\""))
        return false;
    i += strlen(" href=\"");
    quote = memchr(c->s + i, '"', c->n - i);
    if (quote == NULL)
        return false;
    end = (size_t)(quote - c->s);
    *to = end + 2;
    if (!starts(c, end, "\">"))
        return false;
    if (!href_fine(c, i, end))
        content_wrong_at(c->r, CONTENT_BAD_URL, here(c, i));
    return true;
}

static bool may_open(const struct cutter *c, const struct tag *tag)
{
    for (int i = 0; i < c->depth; i++)
        if ((c->open[i]->is & tag->not_within) != 0)
            return false;
    return c->depth < OPEN_MAX;
}

/* A '<': false: it begins no tag that may stand here. */
static bool tag_take(struct cutter *c)
{
    bool closes = starts(c, c->i, "</");
    size_t from = c->i + (closes ? 2 : 1), to = from;
    const struct tag *tag;

    while (to < c->n && c->s[to] != '>' && c->s[to] != ' ')
        to++;
    tag = tag_find(c->s + from, to - from);
    if (tag == NULL)
        return false;
    if (closes) {
        if (!starts(c, to, ">") || c->depth == 0 || c->open[c->depth - 1] != tag)
            return false;
        c->depth--;
        c->i = to + 1;
        return true;
    }
    if (!may_open(c, tag) || !tag_ends(c, tag, to, &to))
        return false;
    c->open[c->depth++] = tag;
    if (++c->tags == CONTENT_TAGS_MAX + 1)
        content_wrong_at(c->r, CONTENT_TOO_MANY, here(c, c->i));
    c->i = to;
    return true;
}

/* ---- pieces ------------------------------------------------------------------------- */

static void piece_add(struct cutter *c, struct content_piece p)
{
    struct content_cut *out = c->out;

    if (p.variable < 0 && p.n == 0)
        return;
    if (out->n == out->cap) {
        int cap = out->cap > 0 ? out->cap * 2 : 4;
        struct content_piece *more =
            reallocarray(out->piece, (size_t)cap, sizeof(*more));

        if (more == NULL) {
            c->r->broken = true;
            return;
        }
        out->piece = more;
        out->cap = cap;
    }
    out->piece[out->n++] = p;
}

static void run_end(struct cutter *c)
{
    piece_add(c, (struct content_piece){c->s + c->run, c->i - c->run, -1});
    c->size->bytes += c->i - c->run;
}

void content_cut_free(struct content_cut *c)
{
    free(c->piece);
    *c = (struct content_cut){0};
}

/* ---- variables ---------------------------------------------------------------------- */

static bool fallback_fine(const char *s, size_t n)
{
    for (size_t i = 0, step; i < n; i += step) {
        step = utf_char_len(s + i, n - i);
        if (step == 0 || strchr("<>&{}\n", s[i]) != NULL ||
            !content_character_fine(utf_code(s + i, step)))
            return false;
    }
    return utf16_len(s, n) <= CONTENT_FALLBACK_MAX;
}

static void blanks_off(const char **s, size_t *n)
{
    for (; *n > 0 && **s == ' '; (*s)++, (*n)--)
        ;
    for (; *n > 0 && (*s)[*n - 1] == ' '; (*n)--)
        ;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static void variable_count(struct cutter *c, const struct content_piece *p)
{
    const struct content_variable *v = &content_variables[p->variable];
    const struct words *other = &v->fallback;
    size_t units = (size_t)v->max, bytes = units * ESCAPED_MAX;

    if (p->s != NULL) {
        units = larger(units, utf16_len(p->s, p->n));
        bytes = larger(bytes, p->n);
        buf_add(&c->bare, p->s, p->n);
    } else if (v->of_discount)
        buf_addc(&c->bare, '%'); /* the message brings one */
    else if (other->ru[0] != '\0' && other->en[0] != '\0')
        buf_adds(&c->bare, other->ru);
    c->size->units += units;
    c->size->chars += units;
    c->size->bytes += bytes;
}

/* {{name}}, {{name|fallback}}; what is no such thing is a fault, and passed over. */
static void variable_take(struct cutter *c)
{
    const char *s = c->s + c->i + 2, *bar;
    const char *end = memmem(s, c->n - c->i - 2, "}}", 2);
    struct content_piece p = {NULL, 0, -1};
    enum content_fault_code wrong = CONTENT_BAD_VARIABLE;
    size_t n;

    run_end(c);
    if (end == NULL) {
        content_wrong_at(c->r, wrong, here(c, c->i));
        c->i = c->run = c->n;
        return;
    }
    bar = memchr(s, '|', (size_t)(end - s));
    n = (size_t)((bar != NULL ? bar : end) - s);
    if (bar != NULL) {
        p.s = bar + 1;
        p.n = (size_t)(end - p.s);
    }
    blanks_off(&s, &n);
    p.variable = content_variable_find(s, n);
    if (p.variable < 0 && n > 0)
        wrong = CONTENT_UNKNOWN_VARIABLE;
    else if (p.variable >= 0 && content_variables[p.variable].of_discount &&
             !c->r->of_discount)
        wrong = CONTENT_NO_DISCOUNT;
    else if (p.variable >= 0 && fallback_fine(p.s, p.n))
        wrong = CONTENT_FAULT_CODES;
    if (wrong == CONTENT_FAULT_CODES) {
        piece_add(c, p);
        variable_count(c, &p);
    } else
        content_wrong_at(c->r, wrong, here(c, c->i));
    c->i = c->run = (size_t)(end + 2 - c->s);
}

/* ---- the whole ---------------------------------------------------------------------- */

bool content_character_fine(uint32_t code)
{
    return code >= ' ' && !(code >= 0x7F && code <= 0x9F) &&
           !(code >= 0x202A && code <= 0x202E) && !(code >= 0x2066 && code <= 0x2069);
}

static void character_count(struct cutter *c, const char *s, size_t n)
{
    c->size->chars++;
    c->size->units += n == 4 ? 2 : 1;
    buf_add(&c->bare, s, n);
}

/* One character of the text itself. */
static void character_take(struct cutter *c)
{
    const char *s = c->s + c->i;
    size_t step = utf_char_len(s, c->n - c->i);

    if (step == 0 ||
        (!content_character_fine(utf_code(s, step)) && (c->plain || *s != '\n')))
        content_wrong_at(c->r, CONTENT_BAD_CHARACTER, here(c, c->i));
    step = step == 0 ? 1 : step;
    character_count(c, s, step);
    c->i += step;
}

static void html_take(struct cutter *c)
{
    char is = '&';
    size_t k = c->s[c->i] == '&' ? entity_at(c, c->i, &is) : 0;

    if (c->s[c->i] == '<' && tag_take(c))
        return;
    if (k > 0) {
        character_count(c, &is, 1);
        c->i += k;
        return;
    }
    html_wrong(c, c->i);
    character_take(c);
}

static bool visible(struct cutter *c)
{
    struct buf one = {0};
    bool seen;

    utf_add_name(&one, c->bare.s != NULL ? c->bare.s : "", c->bare.len, 1);
    c->r->broken |= one.failed || c->bare.failed;
    seen = one.len > 0;
    buf_free(&one);
    return seen;
}

void content_cut(struct content_reader *r, const char *s, size_t n, bool plain,
                 struct content_cut *out, struct content_size *size)
{
    struct cutter c = {
        .r = r, .s = s, .n = n, .plain = plain, .out = out, .size = size};

    *size = (struct content_size){0};
    while (c.i < c.n && r->faults->n < CONTENT_FAULTS_MAX)
        if (starts(&c, c.i, "{{"))
            variable_take(&c);
        else if (!plain && (s[c.i] == '<' || s[c.i] == '&'))
            html_take(&c);
        else
            character_take(&c);
    run_end(&c);
    if (c.depth > 0)
        html_wrong(&c, c.n);
    size->visible = visible(&c);
    buf_free(&c.bare);
}
