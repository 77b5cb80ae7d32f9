/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/text.h"

#include <string.h>
#include <strings.h>

extern const char *const text_ru[TEXT_COUNT];
extern const char *const text_en[TEXT_COUNT];

static const struct {
    const char *code;
    const char *const *texts;
} langs[LANG_COUNT] = {
    [LANG_RU] = {"ru", text_ru},
    [LANG_EN] = {"en", text_en},
};

const char *lang_code(enum lang lang)
{
    return langs[lang].code;
}

enum lang lang_find(const char *code)
{
    return code != NULL && strcmp(code, "en") == 0 ? LANG_EN : LANG_RU;
}

/* The prefix before "-" or "_": "en-US" and "en_US" are both seen. */
static size_t prefix_len(const char *code)
{
    return strcspn(code, "-_");
}

enum lang lang_guess(const char *code)
{
    static const char *const russian[] = {"ru", "uk", "be", "kk"};
    size_t i, n;

    if (code == NULL || code[0] == '\0')
        return LANG_RU;
    n = prefix_len(code);
    for (i = 0; i < sizeof(russian) / sizeof(russian[0]); i++)
        if (n == 2 && strncasecmp(code, russian[i], 2) == 0)
            return LANG_RU;
    return LANG_EN;
}

/* What is said now: ours, or with the shop's own among them. */
static const char *const *spoken[LANG_COUNT] = {
    [LANG_RU] = text_ru, [LANG_EN] = text_en};

void text_say(const char *const *ru, const char *const *en)
{
    spoken[LANG_RU] = ru;
    spoken[LANG_EN] = en;
}

const char *text_get(enum lang lang, enum text_key key)
{
    return spoken[lang][key];
}

const char *text_standard(enum lang lang, enum text_key key)
{
    return langs[lang].texts[key];
}

/* Which of a plural's forms goes with n. Russian: one (1, 21), few (2-4, 22-24), many;
 * English: one, many. */
static int plural_form(enum lang lang, int64_t n)
{
    int64_t tens, ones;

    n = n < 0 ? -n : n;
    if (lang == LANG_EN)
        return n == 1 ? 0 : 1;
    tens = n % 100;
    ones = n % 10;
    if (tens >= 11 && tens <= 14)
        return 2;
    return ones == 1 ? 0 : ones >= 2 && ones <= 4 ? 1 : 2;
}

struct fill {
    struct buf *out;
    enum lang lang;
    const struct text_arg *args;
    size_t n;
    bool html;
};

static const struct text_arg *arg_find(const struct fill *f, const char *name, size_t n)
{
    size_t i;

    for (i = 0; i < f->n; i++)
        if (strlen(f->args[i].name) == n && memcmp(f->args[i].name, name, n) == 0)
            return &f->args[i];
    return NULL;
}

/* forms "купон|купона|купонов", the one for number; the last stands for missing ones.
 */
static void add_form(struct fill *f, const char *forms, size_t n, int64_t number)
{
    const char *end = forms + n, *bar;
    int i = plural_form(f->lang, number);

    while ((bar = memchr(forms, '|', (size_t)(end - forms))) != NULL && i-- > 0)
        forms = bar + 1;
    buf_add(f->out, forms, (size_t)((bar != NULL ? bar : end) - forms));
}

/* Without a format the words stay as they are, and a tap tells the reader's own time. */
static void add_time(struct fill *f, const struct text_arg *a)
{
    buf_addf(f->out, "<tg-time unix=\"%lld\">", (long long)a->time);
    buf_add_html(f->out, a->text);
    buf_adds(f->out, "</tg-time>");
}

/* What stands between braces: a name, or name:form|form|form. */
static void add_value(struct fill *f, const char *s, size_t n)
{
    const char *colon = memchr(s, ':', n);
    size_t name_n = colon != NULL ? (size_t)(colon - s) : n;
    const struct text_arg *a = arg_find(f, s, name_n);

    if (a == NULL) /* our own mistake; test_text.c finds it, a person sees a blank */
        return;
    if (colon != NULL)
        add_form(f, colon + 1, n - name_n - 1, a->number);
    else if (a->is_number)
        buf_addf(f->out, "%lld", (long long)a->number);
    else if (f->html && a->time > 0)
        add_time(f, a);
    else if (f->html)
        buf_add_html(f->out, a->text);
    else
        buf_adds(f->out, a->text);
}

static void fill(struct fill *f, const char *s)
{
    const char *open, *close;

    while ((open = strchr(s, '{')) != NULL && (close = strchr(open, '}')) != NULL) {
        buf_add(f->out, s, (size_t)(open - s));
        add_value(f, open + 1, (size_t)(close - open - 1));
        s = close + 1;
    }
    buf_adds(f->out, s);
}

void text_add_args(struct buf *out, enum lang lang, enum text_key key,
                   const struct text_arg *args, size_t n)
{
    struct fill f = {out, lang, args, n, true};

    fill(&f, text_get(lang, key));
}

void text_add_plain_args(struct buf *out, enum lang lang, enum text_key key,
                         const struct text_arg *args, size_t n)
{
    struct fill f = {out, lang, args, n, false};

    fill(&f, text_get(lang, key));
}
