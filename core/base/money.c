/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/money.h"

#include "core/base/utf.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NARROW_BLANK "\xE2\x80\xAF" /* U+202F: keeps the number on one line */

static bool is_english(const char *lang)
{
    return lang != NULL && strcmp(lang, "en") == 0;
}

/* The amount is split, so that no product leaves 64 bits. */
int64_t money_percent(int64_t amount, int64_t bp)
{
    return amount / PERCENT_WHOLE * bp + amount % PERCENT_WHOLE * bp / PERCENT_WHOLE;
}

static void add_grouped(struct buf *out, uint64_t v, const char *between)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%" PRIu64, v);

    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            buf_adds(out, between);
        buf_addc(out, digits[i]);
    }
}

void money_add(struct buf *out, int64_t amount, const char *lang)
{
    bool english = is_english(lang);
    uint64_t minor = amount < 0 ? -(uint64_t)amount : (uint64_t)amount;

    if (amount < 0)
        buf_adds(out, "\xE2\x88\x92"); /* U+2212, the minus */
    add_grouped(out, minor / 100, english ? "," : NARROW_BLANK);
    if (minor % 100 > 0)
        buf_addf(out, "%c%02d", english ? '.' : ',', (int)(minor % 100));
    buf_adds(out, NARROW_BLANK "₽");
}

void percent_add(struct buf *out, int64_t bp, const char *lang)
{
    bool english = is_english(lang);
    int part = (int)(bp % 100);

    buf_addf(out, "%" PRId64, bp / 100);
    if (part > 0)
        buf_addf(out, "%c%0*d", english ? '.' : ',', part % 10 == 0 ? 1 : 2,
                 part % 10 == 0 ? part / 10 : part);
    buf_adds(out, english ? "%" : NARROW_BLANK "%");
}

/* ---- reading -------------------------------------------------------------------- */

#define GROUPS_MAX 8

/* Runs of digits and what stands between them: '.', ',' or ' ' for any blank. */
struct groups {
    const char *digits[GROUPS_MAX];
    size_t len[GROUPS_MAX];
    char before[GROUPS_MAX];
    int n;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* '.', ',', ' ', or '\0' for what is none of them; *step is its length in bytes. */
static char separator(const char *s, size_t n, size_t *step)
{
    uint32_t c;

    *step = utf_char_len(s, n);
    c = *step > 0 ? utf_code(s, *step) : 0;
    if (c == ' ' || c == 0xA0 || c == 0x2009 || c == 0x202F)
        return ' ';
    return c == '.' || c == ',' ? (char)c : '\0';
}

static bool split(const char *s, size_t n, struct groups *g)
{
    size_t i = 0, step = 0;

    for (;;) {
        size_t start = i;

        while (i < n && is_digit(s[i]))
            i++;
        if (i == start)
            return false;
        g->digits[g->n] = s + start;
        g->len[g->n] = i - start;
        g->n++;
        if (i == n)
            return true;
        if (g->n == GROUPS_MAX)
            return false;
        g->before[g->n] = separator(s + i, n - i, &step);
        if (g->before[g->n] == '\0')
            return false;
        i += step;
    }
}

/* The first `n` groups are one number with its thousands set apart by one same mark. */
static bool are_thousands(const struct groups *g, int n)
{
    if (n > 1 && (g->len[0] > 3 || g->digits[0][0] == '0'))
        return false;
    for (int i = 1; i < n; i++)
        if (g->len[i] != 3 || g->before[i] != g->before[1])
            return false;
    return true;
}

static bool add_digits(int64_t *v, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (__builtin_mul_overflow(*v, 10, v) ||
            __builtin_add_overflow(*v, s[i] - '0', v))
            return false;
    return true;
}

static bool is_blank(const char *s, size_t n, size_t *step)
{
    return (*s == '\n' || *s == '\r' || *s == '\t') ? (*step = 1, true)
                                                    : separator(s, n, step) == ' ';
}

static void trim(const char **s, size_t *n)
{
    size_t step;

    while (*n > 0 && is_blank(*s, *n, &step))
        *s += step, *n -= step;
    for (size_t back = 1; back <= 3 && back <= *n; back++)
        if (utf_char_len(*s + *n - back, back) == back &&
            is_blank(*s + *n - back, back, &step))
            *n -= back, back = 0;
}

/* "1250 ₽", "1250 руб.": what follows the number is our money or nothing. */
static void cut_currency(const char *s, size_t *n)
{
    static const char *const words[] = {"₽", "руб.", "руб", "Руб.", "Руб", "р.",
                                        "р",   "Р.",   "Р",   "rub.", "rub", "RUB"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t m = strlen(words[i]);

        if (*n > m && memcmp(s + *n - m, words[i], m) == 0) {
            *n -= m;
            return;
        }
    }
}

enum status money_read(const char *s, size_t n, int64_t max, int64_t *out)
{
    struct groups g = {0};
    int last, whole;
    int64_t v = 0;

    trim(&s, &n);
    cut_currency(s, &n);
    trim(&s, &n);
    if (!split(s, n, &g))
        return ST_BAD;
    last = g.n - 1;
    /* One or two digits behind a dot or comma are kopecks; three are thousands. */
    whole = last > 0 && g.before[last] != ' ' && g.len[last] <= 2 ? last : g.n;
    if (!are_thousands(&g, whole) ||
        (whole == last && whole > 1 && g.before[last] == g.before[1]))
        return ST_BAD;
    for (int i = 0; i < g.n; i++)
        if (!add_digits(&v, g.digits[i], g.len[i]))
            return ST_BAD;
    if (whole == g.n ? __builtin_mul_overflow(v, 100, &v)
                     : g.len[last] == 1 && __builtin_mul_overflow(v, 10, &v))
        return ST_BAD;
    if (v > max)
        return ST_BAD;
    *out = v;
    return ST_OK;
}
