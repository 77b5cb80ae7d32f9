/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The scanner of peek.h: one pass, no memory, false as soon as it is not sure. */
#include "bots/peek.h"

#include "bots/peek_kinds.h"
#include "core/base/utf.h"

#include <string.h>

struct scan {
    const char *p, *end;
};

/* A string's text as it stands, without its quotes. */
struct piece {
    const char *s;
    size_t n;
    bool escaped;
};

static void blanks(struct scan *c)
{
    while (c->p < c->end &&
           (*c->p == ' ' || *c->p == '\n' || *c->p == '\t' || *c->p == '\r'))
        c->p++;
}

static bool take(struct scan *c, char want)
{
    blanks(c);
    if (c->p == c->end || *c->p != want)
        return false;
    c->p++;
    return true;
}

static bool hex4(struct scan *c)
{
    if (c->end - c->p < 4)
        return false;
    for (int i = 0; i < 4; i++, c->p++) {
        char h = *c->p;
        if (!((h >= '0' && h <= '9') || (h >= 'a' && h <= 'f') ||
              (h >= 'A' && h <= 'F')))
            return false;
    }
    return true;
}

static bool escape(struct scan *c)
{
    char kind;

    if (++c->p == c->end)
        return false;
    kind = *c->p++;
    if (kind == 'u')
        return hex4(c);
    return kind && strchr("\"\\/bfnrt", kind) != NULL;
}

/* What ends a run of plain text: quote, backslash, control, byte beyond ASCII. Eight
 * bytes at a time: subtracting sets the top bit of a byte that was below, xor finds
 * equals. */
#define EACH(b) (UINT64_C(0x0101010101010101) * (b))
#define BELOW(w, b) (((w)-EACH(b)) & ~(w)&EACH(0x80))
#define EQUAL(w, b) BELOW((w) ^ EACH(b), 1)

static const char *plain_end(const char *p, const char *end)
{
    uint64_t w;

    while (end - p >= 8) {
        memcpy(&w, p, 8);
        if ((w & EACH(0x80)) | BELOW(w, 0x20) | EQUAL(w, '"') | EQUAL(w, '\\'))
            break;
        p += 8;
    }
    while (p < end && (unsigned char)*p >= 0x20 && (unsigned char)*p < 0x80 &&
           *p != '"' && *p != '\\')
        p++;
    return p;
}

/* A run of characters beyond ASCII; those of two bytes, as Cyrillic ones, the quick
 * way. */
static bool beyond_ascii(struct scan *c)
{
    while (c->p < c->end && (unsigned char)*c->p >= 0x80) {
        unsigned char lead = (unsigned char)*c->p;
        size_t n = 2;

        if (lead < 0xc2 || lead > 0xdf || c->end - c->p < 2 ||
            ((unsigned char)c->p[1] & 0xc0) != 0x80)
            n = utf_char_len(c->p, (size_t)(c->end - c->p));
        if (n == 0)
            return false;
        c->p += n;
    }
    return true;
}

static bool string(struct scan *c, struct piece *out)
{
    if (!take(c, '"'))
        return false;
    out->s = c->p;
    out->escaped = false;
    for (;;) {
        c->p = plain_end(c->p, c->end);
        if (c->p == c->end || (unsigned char)*c->p < 0x20)
            return false;
        if (*c->p == '"')
            break;
        if (*c->p == '\\') {
            out->escaped = true;
            if (!escape(c))
                return false;
            continue;
        }
        if (!beyond_ascii(c))
            return false;
    }
    out->n = (size_t)(c->p++ - out->s);
    return true;
}

static size_t digits(struct scan *c)
{
    const char *from = c->p;

    while (c->p < c->end && *c->p >= '0' && *c->p <= '9')
        c->p++;
    return (size_t)(c->p - from);
}

/* Numbers beyond what 64 bits or a double hold are left to the parser. */
static bool number(struct scan *c)
{
    const char *from;
    size_t n;

    if (c->p < c->end && *c->p == '-')
        c->p++;
    from = c->p;
    n = digits(c);
    if (n == 0 || n > 18 || (n > 1 && *from == '0'))
        return false;
    if (c->p < c->end && *c->p == '.') {
        c->p++;
        n = digits(c);
        if (n == 0 || n > 18)
            return false;
    }
    return c->p == c->end || (*c->p != 'e' && *c->p != 'E');
}

static bool literal(struct scan *c, const char *word)
{
    size_t n = strlen(word);

    if ((size_t)(c->end - c->p) < n || memcmp(c->p, word, n) != 0)
        return false;
    c->p += n;
    return true;
}

static bool value(struct scan *c, int depth);

static bool array(struct scan *c, int depth)
{
    if (take(c, ']'))
        return true;
    do {
        if (!value(c, depth))
            return false;
    } while (take(c, ','));
    return take(c, ']');
}

static bool object(struct scan *c, int depth)
{
    struct piece name;

    if (take(c, '}'))
        return true;
    do {
        if (!string(c, &name) || !take(c, ':') || !value(c, depth))
            return false;
    } while (take(c, ','));
    return take(c, '}');
}

/* depth: of the container this value stands in. */
static bool value(struct scan *c, int depth)
{
    struct piece ignored;

    blanks(c);
    if (c->p == c->end)
        return false;
    switch (*c->p) {
    case '"':
        return string(c, &ignored);
    case '{':
        c->p++;
        return depth < PEEK_DEPTH_MAX && object(c, depth + 1);
    case '[':
        c->p++;
        return depth < PEEK_DEPTH_MAX && array(c, depth + 1);
    case 't':
        return literal(c, "true");
    case 'f':
        return literal(c, "false");
    case 'n':
        return literal(c, "null");
    default:
        return number(c);
    }
}

/* A whole number written plainly; anything else makes us unsure. */
static bool integer(struct scan *c, int64_t *out)
{
    const char *from;
    bool minus;
    int64_t v = 0;

    blanks(c);
    from = c->p;
    minus = c->p < c->end && *c->p == '-';
    if (!number(c))
        return false;
    for (const char *p = from + minus; p < c->p; p++) {
        if (*p == '.')
            return false;
        v = v * 10 + (*p - '0');
    }
    *out = minus ? -v : v;
    return !(minus && v == 0);
}

static bool is(const struct piece *name, const char *word)
{
    return name->n == strlen(word) && memcmp(name->s, word, name->n) == 0;
}

static int find(const struct piece *name, const char *const *list, int n)
{
    for (int i = 0; i < n; i++)
        if (name->s[0] == list[i][0] && is(name, list[i]))
            return i;
    return -1;
}

/* ---- the three levels that are looked into -------------------------------------- */

/* {"id": …} of a person or chat */
static bool person(struct scan *c, bool *have, int64_t *id)
{
    struct piece name;

    if (!take(c, '{'))
        return false;
    if (take(c, '}'))
        return true;
    do {
        if (!string(c, &name) || name.escaped || !take(c, ':'))
            return false;
        if (!is(&name, "id")) {
            if (!value(c, 3))
                return false;
            continue;
        }
        if (*have || !integer(c, id))
            return false;
        *have = true;
    } while (take(c, ','));
    return take(c, '}');
}

static bool kind(struct scan *c, int64_t *sender)
{
    bool have[PEEK_PERSONS] = {0}, seen[PEEK_PERSONS] = {0};
    int64_t id[PEEK_PERSONS];
    struct piece name;
    int who;

    if (!take(c, '{'))
        return false;
    do {
        if (!string(c, &name) || name.escaped || !take(c, ':'))
            return false;
        who = find(&name, peek_persons, PEEK_PERSONS);
        if (who < 0 ? !value(c, 2) : seen[who] || !person(c, &have[who], &id[who]))
            return false;
        if (who >= 0)
            seen[who] = true;
    } while (take(c, ','));
    for (int i = PEEK_PERSONS - 1; i >= 0; i--)
        if (have[i])
            *sender = id[i];
    return take(c, '}');
}

bool peek_scan(const char *s, size_t n, struct peek *out)
{
    struct scan c = {s, s + n};
    struct piece name;
    bool have_id = false, have_kind = false;

    *out = (struct peek){0};
    if (!take(&c, '{'))
        return false;
    do {
        bool fine;

        if (!string(&c, &name) || name.escaped || !take(&c, ':'))
            return false;
        if (is(&name, "update_id")) {
            fine = !have_id && integer(&c, &out->update_id);
            have_id = true;
        } else if (find(&name, peek_kinds, peek_kinds_n) >= 0) {
            fine = !have_kind && kind(&c, &out->sender);
            have_kind = true;
        } else {
            fine = value(&c, 1);
        }
        if (!fine)
            return false;
    } while (take(&c, ','));
    if (!take(&c, '}') || !have_id)
        return false;
    blanks(&c);
    return c.p == c.end;
}
