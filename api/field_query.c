/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Fields of an address's query: a=1&b=two%20words&id=1&id=2. */
#include "api/field_private.h"

#include "core/base/utf.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define PAIRS_MAX 256
#define NAME_SHOWN 64

struct pair {
    const char *name, *value; /* decoded, in given.text */
    size_t n;
    bool whole; /* decoded without a fault */
};

struct pairs {
    struct pair list[PAIRS_MAX];
    size_t n;
};

/* ---- decoding -------------------------------------------------------------------- */

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* In place, which only gets shorter; false: a percent sign that encodes nothing, a NUL,
 * or what is no UTF-8 (the rest is kept as it is, to be shown). */
static bool decode(char *s, size_t *n)
{
    size_t to = 0;
    bool fine = true;

    for (size_t i = 0; i < *n; i++) {
        int high = s[i] == '%' && i + 2 < *n ? hex(s[i + 1]) : -1;
        int low = high >= 0 ? hex(s[i + 2]) : -1;

        if (s[i] == '%' && low < 0)
            fine = false;
        if (low >= 0) {
            s[to++] = (char)(high << 4 | low);
            i += 2;
        } else {
            s[to++] = s[i] == '+' ? ' ' : s[i];
        }
    }
    s[to] = '\0';
    *n = to;
    return fine && utf_valid(s, to) && memchr(s, '\0', to) == NULL;
}

static bool pairs_split(char *s, struct pairs *out)
{
    while (*s != '\0') {
        size_t n = strcspn(s, "&"), name_n = strcspn(s, "=&");
        char *next = s + n + (s[n] == '&');
        struct pair *p = &out->list[out->n];

        if (n > 0) {
            size_t value_n = name_n < n ? n - name_n - 1 : 0;
            char *value = name_n < n ? s + name_n + 1 : s + n;

            if (out->n == PAIRS_MAX)
                return false;
            value[value_n] = '\0';
            s[name_n] = '\0';
            p->whole = decode(s, &name_n);
            p->whole = decode(value, &value_n) && p->whole;
            *p = (struct pair){
                .name = s, .value = value, .n = value_n, .whole = p->whole};
            out->n++;
        }
        s = next;
    }
    return true;
}

/* ---- one parameter --------------------------------------------------------------- */

static bool number_of(const char *s, size_t n, int64_t *out)
{
    bool below = n > 0 && *s == '-';

    *out = 0;
    if (n == below || n > 20)
        return false;
    for (size_t i = below; i < n; i++)
        if (!isdigit((unsigned char)s[i]) || __builtin_mul_overflow(*out, 10, out) ||
            __builtin_sub_overflow(*out, s[i] - '0', out))
            return false;
    return below || !__builtin_sub_overflow(0, *out, out);
}

static void read_int(const struct spot *s, const struct pair *p)
{
    int64_t n;

    if (number_of(p->value, p->n, &n))
        spot_int(s, n);
    else
        spot_wrong_type(s);
}

static void read_text(const struct spot *s, const struct pair *p)
{
    spot_text(s, p->value, p->n);
}

static void read_bool(const struct spot *s, const struct pair *p)
{
    if (strcmp(p->value, "true") == 0 || strcmp(p->value, "1") == 0)
        s->v->number = 1;
    else if (strcmp(p->value, "false") != 0 && strcmp(p->value, "0") != 0)
        spot_wrong_type(s);
}

static void entry_read(const struct spot *s, const char *text, size_t n)
{
    size_t at = s->v->n;

    s->v->texts[at] = text;
    if (s->f->kind == FIELD_TEXTS && !spot_fits_text(s, text, n))
        return;
    if (s->f->kind == FIELD_WORDS && !spot_word(s, text, n, &s->v->ids[at]))
        return;
    if (s->f->kind == FIELD_IDS) {
        if (!number_of(text, n, &s->v->ids[at])) {
            spot_wrong_type(s);
            return;
        }
        if (!spot_id(s, s->v->ids[at]))
            return;
    }
    s->v->n++;
}

static bool is_list(enum field_kind kind)
{
    return kind == FIELD_IDS || kind == FIELD_WORDS || kind == FIELD_TEXTS;
}

static size_t entries_of(const struct field *f, const char *s)
{
    size_t n = 1;

    for (; f->kind != FIELD_TEXTS && *s != '\0'; s++)
        n += *s == ',';
    return n;
}

/* All its occurrences at once. */
static void list_read(const struct spot *s, const struct pairs *pairs)
{
    size_t n = 0;

    for (size_t i = 0; i < pairs->n; i++)
        if (strcmp(pairs->list[i].name, s->f->name) == 0)
            n += entries_of(s->f, pairs->list[i].value);
    if (!spot_room(s, n))
        return;
    for (size_t i = 0; i < pairs->n; i++) {
        const char *at = pairs->list[i].value;
        size_t k =
            strcmp(pairs->list[i].name, s->f->name) == 0 ? entries_of(s->f, at) : 0;

        for (; k > 0; k--) {
            size_t step = s->f->kind == FIELD_TEXTS ? strlen(at) : strcspn(at, ",");

            entry_read(s, at, step);
            at += step + (at[step] == ',');
        }
    }
    spot_once(s);
}

static void single_read(const struct spot *s, const struct pair *p)
{
    static void (*const read[])(const struct spot *, const struct pair *) = {
        [FIELD_TEXT] = read_text, [FIELD_PAGE] = read_text,  [FIELD_INT] = read_int,
        [FIELD_ID] = read_int,    [FIELD_BOOL] = read_bool,  [FIELD_TIME] = read_text,
        [FIELD_DATE] = read_text, [FIELD_CLOCK] = read_text, [FIELD_WORD] = read_text,
    };

    if (s->v->given) {
        call_fault(s->c, s->pointer, "repeated", "%s",
                   tell(s->c, "только один раз", "only once"));
        return;
    }
    read[s->f->kind](s, p);
}

static struct value *value_of(struct given *g, const char *name)
{
    for (size_t i = 0; i < g->n; i++)
        if (strcmp(g->values[i].field->name, name) == 0)
            return &g->values[i];
    return NULL;
}

static void pair_read(struct call *c, const struct pairs *pairs, const struct pair *p)
{
    struct value *v = value_of(&c->query, p->name);
    struct buf name = {0};
    struct spot s = {.c = c, .v = v, .f = v != NULL ? v->field : NULL};

    buf_addf(&name, "?%.*s", NAME_SHOWN, p->name);
    s.pointer = name.failed ? "?" : name.s;
    if (v == NULL)
        call_fault(c, s.pointer, "unknown", "%s",
                   tell(c, "такого параметра нет", "there is no such parameter"));
    else if (!p->whole)
        call_fault(c, s.pointer, "format", "%s",
                   tell(c, "это не UTF-8 в процентной записи",
                        "this is not percent-encoded UTF-8"));
    else if (!is_list(s.f->kind))
        single_read(&s, p);
    else if (!v->given)
        list_read(&s, pairs);
    if (v != NULL)
        v->given = true;
    buf_free(&name);
}

/* ---- all of them ----------------------------------------------------------------- */

static void missing(struct call *c)
{
    char name[NAME_SHOWN + 2] = "?";

    for (size_t i = 0; i < c->query.n; i++) {
        const struct field *f = c->query.values[i].field;
        struct spot s = {.c = c, .f = f, .pointer = name};

        if (c->query.values[i].given || !f->required)
            continue;
        memccpy(name + 1, f->name, '\0', NAME_SHOWN);
        spot_required(&s);
    }
}

enum status query_read(struct call *c, const struct field *fields, size_t n)
{
    struct pairs *pairs = calloc(1, sizeof *pairs);
    bool fine;

    given_free(&c->query);
    c->query.text = strdup(c->said.query != NULL ? c->said.query : "");
    if (pairs == NULL || c->query.text == NULL || !given_new(&c->query, fields, n)) {
        free(pairs);
        return ST_BROKEN;
    }
    fine = pairs_split(c->query.text, pairs);
    for (size_t i = 0; fine && i < pairs->n; i++)
        pair_read(c, pairs, &pairs->list[i]);
    free(pairs);
    if (!fine)
        return problem(c, PROBLEM_VALIDATION_FAILED, "%s",
                       tell(c, "Слишком много параметров.", "Too many parameters."));
    missing(c);
    if (c->answer.text.failed)
        return ST_BROKEN;
    return call_faults(c) > 0 ? problem(c, PROBLEM_VALIDATION_FAILED, NULL) : ST_OK;
}
