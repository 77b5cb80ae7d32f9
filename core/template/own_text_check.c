/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * May that be said instead of a standard text? The same places, no markup where there was
 * none, no longer than its kind allows. */
#include "core/template/own_text.h"

#include "core/base/utf.h"

#include <stdio.h>
#include <string.h>

#define PLACES_MAX 16
#define SPARE 60 /* characters, beside twice the standard */

static const char *const langs[CONTENT_LANGS] = {"ru", "en"};

/* Of the messenger, less what one message is put together from; a button's are those that
 * fit two in a row of a phone. */
static const int kind_most[] = {[OWN_TEXT_SENTENCE] = 2048,
                                [OWN_TEXT_CAPTION] = 600,
                                [OWN_TEXT_ALERT] = 200,
                                [OWN_TEXT_BUTTON] = 20};

struct fault {
    const char *code;
    struct words words;
};
static const struct fault fault_type = {
    "wrong_type", {"Нужен объект с полем text", "An object with a text belongs here"}};
static const struct fault fault_unknown = {
    "unknown_member", {"Такого поля здесь нет", "No such field here"}};
static const struct fault fault_missing = {
    "missing",
    {"Нужен текст хотя бы на одном языке", "A text in one language at least"}};
static const struct fault fault_empty = {
    "empty", {"Пустой текст никто не увидит", "Nobody would see an empty text"}};
static const struct fault fault_long = {
    "too_long", {"Слишком длинно для этого места", "Too long for its place"}};
static const struct fault fault_character = {
    "bad_character",
    {"Такой знак или перенос строки здесь не годится",
     "Such a character or line break will not do here"}};
static const struct fault fault_html = {
    "bad_html",
    {"Разметка: только <b>, <i>, <u>, <s>, <code>, закрытые по порядку, и &lt; &gt; "
     "&amp; вместо < > &; в простом тексте разметки нет",
     "Markup: only <b>, <i>, <u>, <s>, <code>, closed in order, and &lt; &gt; &amp; "
     "for "
     "< > &; a plain text has none"}};
static const struct fault fault_places = {
    "placeholders",
    {"Места в фигурных скобках должны быть те же, что в обычном тексте",
     "The places in braces must be those of the standard text"}};

static void wrong(struct content_faults *out, const char *lang, const char *member,
                  const struct fault *f)
{
    struct content_fault *to = &out->fault[out->n];

    if (out->n == CONTENT_FAULTS_MAX)
        return;
    out->n++;
    *to = (struct content_fault){.code = f->code, .at = -1, .words = f->words};
    if (*lang != '\0')
        snprintf(to->pointer, sizeof to->pointer, "/%s%s%s", lang,
                 *member != '\0' ? "/" : "", member);
}

/* ---- places ------------------------------------------------------------------------- */

struct place {
    const char *s;
    size_t n;
};
struct places {
    struct place at[PLACES_MAX];
    int n;
};

static bool place_is(const struct place *p, const char *s, size_t n)
{
    return p->n == n && memcmp(p->s, s, n) == 0;
}

static bool place_in(const struct places *all, const struct place *p)
{
    for (int i = 0; i < all->n; i++)
        if (place_is(&all->at[i], p->s, p->n))
            return true;
    return false;
}

static bool place_add(struct places *out, struct place p)
{
    if (place_in(out, &p))
        return true;
    if (p.n == 0 || out->n == PLACES_MAX)
        return false;
    out->at[out->n++] = p;
    return true;
}

/* "name:one|few|many": as many forms as the language has. */
static bool forms_fit(const char *s, size_t n, int lang)
{
    int bars = 0;

    for (size_t i = 0; i < n; i++)
        bars += s[i] == '|';
    return bars == (lang == 0 ? 2 : 1);
}

/* Each name once; false: braces that are no place. */
static bool places_of(const char *s, int lang, struct places *out)
{
    *out = (struct places){0};
    for (s += strcspn(s, "{}"); *s != '\0'; s += strcspn(s, "{}")) {
        size_t n = strcspn(s + 1, "{}");
        const char *in = s + 1, *colon = memchr(in, ':', n);

        if (*s != '{' || in[n] != '}')
            return false;
        if (colon != NULL && !forms_fit(colon, (size_t)(in + n - colon), lang))
            return false;
        if (!place_add(out,
                       (struct place){in, colon != NULL ? (size_t)(colon - in) : n}))
            return false;
        s = in + n + 1;
    }
    return true;
}

static bool places_same(const char *standard, const char *s, int lang)
{
    struct places want, have;

    if (!places_of(standard, lang, &want) || !places_of(s, lang, &have) ||
        want.n != have.n)
        return false;
    for (int i = 0; i < want.n; i++)
        if (!place_in(&have, &want.at[i]))
            return false;
    return true;
}

/* ---- markup ------------------------------------------------------------------------- */

static bool is_marked(const struct own_text *t)
{
    return t->kind <= OWN_TEXT_CAPTION &&
           (strpbrk(t->words.ru, "<&") != NULL || strpbrk(t->words.en, "<&") != NULL);
}

static size_t starts_with(const char *s, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strncmp(s, *list, strlen(*list)) == 0)
            return strlen(*list);
    return 0;
}

#define OPEN_MAX 8

static bool html_fine(const char *s)
{
    static const char *const entities[] = {"&lt;", "&gt;", "&amp;", "&quot;", NULL};
    static const char *const tags[] = {"b>", "i>", "u>", "s>", "code>", NULL};
    struct place open[OPEN_MAX];
    int depth = 0;

    for (size_t n; *s != '\0'; s += n) {
        bool closes = s[0] == '<' && s[1] == '/';

        n = 1;
        if (*s == '>')
            return false;
        if (*s == '&' && (n = starts_with(s, entities)) == 0)
            return false;
        if (*s != '<')
            continue;
        s += closes ? 2 : 1;
        if ((n = starts_with(s, tags)) == 0)
            return false;
        if (closes && (depth == 0 || !place_is(&open[--depth], s, n)))
            return false;
        if (!closes && depth == OPEN_MAX)
            return false;
        if (!closes)
            open[depth++] = (struct place){s, n};
    }
    return depth == 0;
}

/* ---- the whole ---------------------------------------------------------------------- */

static int characters(const char *s)
{
    int n = 0;

    for (; *s != '\0'; s++)
        n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

int own_text_most(const struct own_text *t)
{
    int ru = characters(t->words.ru), en = characters(t->words.en);
    int standard = ru > en ? ru : en, kind = kind_most[t->kind];
    int most = 2 * standard + SPARE;

    if (standard >= kind)
        return standard;
    return most < kind ? most : kind;
}

/* Nothing that is not seen, or turns what is seen around; lines only in messages. */
static bool characters_fine(const char *s, size_t n, bool lines)
{
    size_t step;

    for (; n > 0; s += step, n -= step) {
        uint32_t code;

        step = utf_char_len(s, n);
        if (step == 0)
            return false;
        code = utf_code(s, step);
        if ((code < ' ' && !(lines && code == '\n')) ||
            (code >= 0x7F && code <= 0x9F) || (code >= 0x202A && code <= 0x202E) ||
            (code >= 0x2066 && code <= 0x2069))
            return false;
    }
    return true;
}

static const struct fault *text_fault(const struct own_text *t, int lang, const char *s,
                                      size_t n)
{
    if (!characters_fine(s, n, t->kind <= OWN_TEXT_CAPTION))
        return &fault_character;
    if (strspn(s, " \n") == n)
        return &fault_empty;
    if (characters(s) > own_text_most(t))
        return &fault_long;
    if (!places_same(lang == 0 ? t->words.ru : t->words.en, s, lang))
        return &fault_places;
    if (is_marked(t) ? !html_fine(s) : strpbrk(s, "<>&") != NULL)
        return &fault_html;
    return NULL;
}

struct members {
    struct content_faults *faults;
    const char *lang; /* "": of the whole */
};

static void member_known(void *arg, const char *key, struct json *v)
{
    struct members *m = arg;

    (void)v;
    if (*m->lang != '\0' && strcmp(key, "text") != 0)
        wrong(m->faults, m->lang, "", &fault_unknown);
    if (*m->lang == '\0' && strcmp(key, langs[0]) != 0 && strcmp(key, langs[1]) != 0)
        wrong(m->faults, "", "", &fault_unknown);
}

static void side_check(const struct own_text *t, int lang, const struct json *side,
                       struct json *to, struct content_faults *faults)
{
    struct members m = {faults, langs[lang]};
    struct json *own = json_new_object();
    const struct fault *f = NULL;
    size_t n = 0;
    const char *s = json_text(side, "text", &n);

    json_each(side, member_known, &m);
    if (s == NULL)
        f = &fault_type;
    else
        f = text_fault(t, lang, s, n);
    if (f != NULL)
        wrong(faults, langs[lang], "text", f);
    json_set_text(own, "text", s);
    json_set(to, langs[lang], own);
}

enum status own_text_check(const struct own_text *t, const struct json *from,
                           struct json **out, struct content_faults *faults)
{
    struct members m = {faults, ""};
    struct json *own = json_new_object();
    int sides = 0;

    *out = NULL;
    if (json_is_object(from))
        json_each(from, member_known, &m);
    for (int lang = 0; lang < CONTENT_LANGS; lang++) {
        const struct json *side = json_get(from, langs[lang]);

        if (side == NULL)
            continue;
        sides++;
        if (json_is_object(side))
            side_check(t, lang, side, own, faults);
        else
            wrong(faults, langs[lang], "", &fault_type);
    }
    if (sides == 0)
        wrong(faults, "", "", json_is_object(from) ? &fault_missing : &fault_type);
    if (faults->n > 0 || own == NULL) {
        json_free(own);
        return faults->n > 0 ? ST_REFUSED : ST_BROKEN;
    }
    *out = own;
    return ST_OK;
}
