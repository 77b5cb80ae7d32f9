/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/till_private.h"

#include <string.h>

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* s[0..n) decoded into out; false: it does not fit, holds a NUL or half an escape. */
static bool decode(const char *s, size_t n, char *out, size_t room)
{
    size_t len = 0;

    for (size_t i = 0; i < n; i++) {
        int c = s[i] == '+' ? ' ' : (unsigned char)s[i];

        if (s[i] == '%') {
            if (i + 2 >= n || hex(s[i + 1]) < 0 || hex(s[i + 2]) < 0)
                return false;
            c = hex(s[i + 1]) * 16 + hex(s[i + 2]);
            i += 2;
        }
        if (c == 0 || len + 1 >= room)
            return false;
        out[len++] = (char)c;
    }
    out[len] = '\0';
    return true;
}

static enum till_do act_find(const char *word)
{
    static const char *const words[] = {
        [TILL_LOOK] = "look",   [TILL_ENTER] = "enter", [TILL_OPEN] = "open",
        [TILL_CHECK] = "check", [TILL_SUM] = "sum",     [TILL_PRESS] = "press",
        [TILL_CANCEL] = "no",   [TILL_LEAVE] = "leave",
    };

    for (int i = TILL_LOOK; i <= TILL_LEAVE; i++)
        if (strcmp(words[i], word) == 0)
            return (enum till_do)i;
    return 0;
}

static void field_take(struct till_form *f, const char *name, const char *value,
                       size_t n)
{
    const struct {
        const char *name;
        char *at;
        size_t room;
    } fields[] = {
        {"number", f->number, sizeof(f->number)}, {"pin", f->pin, sizeof(f->pin)},
        {"store", f->store, sizeof(f->store)},    {"sum", f->sum, sizeof(f->sum)},
        {"nonce", f->nonce, sizeof(f->nonce)},    {"code", f->code, sizeof(f->code)},
    };
    char word[TILL_FIELD];

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        if (strcmp(fields[i].name, name) == 0) {
            if (!decode(value, n, fields[i].at, fields[i].room))
                fields[i].at[0] = '\0';
            return;
        }
    if (!decode(value, n, word, sizeof(word)))
        return;
    if (strcmp(name, "do") == 0)
        f->act = act_find(word);
    else if (strcmp(name, "take") == 0)
        f->take = strcmp(word, "1") == 0;
}

bool till_form_read(const char *body, size_t n, struct till_form *out)
{
    const char *end = body + n;

    *out = (struct till_form){0};
    while (body < end) {
        const char *amp = memchr(body, '&', (size_t)(end - body));
        const char *stop = amp != NULL ? amp : end;
        const char *eq = memchr(body, '=', (size_t)(stop - body));
        char name[TILL_FIELD];

        if (eq != NULL && decode(body, (size_t)(eq - body), name, sizeof(name)))
            field_take(out, name, eq + 1, (size_t)(stop - eq - 1));
        body = stop + 1;
    }
    return out->act != 0;
}
