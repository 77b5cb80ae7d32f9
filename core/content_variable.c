/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What may stand in a text for each person's own, and how it is written there. */
#include "core/content_private.h"

#include "core/base/money.h"
#include "core/base/utf.h"

#include <inttypes.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* In the order of content_variables. */
enum variable {
    FIRST_NAME,
    LAST_NAME,
    STORE,
    BRAND,
    PURCHASES,
    SPENT,
    DISCOUNT_PERCENT,
    DISCOUNT_CODE,
    DISCOUNT_UNTIL
};

const struct content_variable content_variables[] = {
    [FIRST_NAME] = {"first_name",
                    {"Имя покупателя", "The customer's first name"},
                    {"Мария", "Maria"},
                    {"друг", "friend"},
                    40,
                    false},
    [LAST_NAME] = {"last_name",
                   {"Фамилия покупателя", "The customer's last name"},
                   {"Ковалёва", "Smith"},
                   {"", ""},
                   40,
                   false},
    [STORE] = {"store",
               {"Домашний магазин покупателя", "The customer's home store"},
               {"на Ленина, 5", "5 Main Street"},
               {"наш магазин", "our store"},
               48,
               false},
    [BRAND] = {"brand",
               {"Название магазина", "The shop's name"},
               {"Мармеладный Дворик", "Marmalade Yard"},
               {"наш магазин", "our shop"},
               48,
               false},
    [PURCHASES] = {"purchases",
                   {"Сколько было покупок", "How many purchases there were"},
                   {"7", "7"},
                   {"0", "0"},
                   20,
                   false},
    [SPENT] = {"spent",
               {"Сумма покупок", "The sum of the purchases"},
               {"12 500 ₽", "12,500 ₽"},
               {"0 ₽", "0 ₽"},
               30,
               false},
    [DISCOUNT_PERCENT] = {"discount.percent",
                          {"Размер скидки", "The discount's percent"},
                          {"10 %", "10 %"},
                          {"", ""},
                          14,
                          true},
    [DISCOUNT_CODE] = {"discount.code",
                       {"Код скидки", "The discount's code"},
                       {"7K3F9-9QXAF", "7K3F9-9QXAF"},
                       {"", ""},
                       16,
                       true},
    [DISCOUNT_UNTIL] = {"discount.until",
                        {"До какого дня действует скидка", "The discount's last day"},
                        {"30 ноября", "30 November"},
                        {"", ""},
                        40,
                        true},
};
const int content_variables_n = COUNT(content_variables);

int content_variable_find(const char *name, size_t n)
{
    for (size_t i = 0; i < COUNT(content_variables); i++)
        if (strlen(content_variables[i].name) == n &&
            memcmp(content_variables[i].name, name, n) == 0)
            return (int)i;
    return -1;
}

/* ---- a value ------------------------------------------------------------------------ */

/* Nearly all names are letters of ours with single blanks between them: nothing to clean.
 * The lead bytes C3…CB and D0…D4 are Latin, Greek's neighbours and Cyrillic, all of
 * them visible. */
static bool clean_already(const char *s, size_t n, size_t max)
{
    const unsigned char *u = (const unsigned char *)s;
    size_t units = 0;

    if (n == 0 || u[0] == ' ' || u[n - 1] == ' ')
        return false;
    for (size_t i = 0; i < n; units++) {
        unsigned char c = u[i];

        if (c > ' ' && c < 0x7F)
            i++;
        else if (c == ' ' && u[i + 1] != ' ')
            i++;
        else if (((c >= 0xC3 && c <= 0xCB) || (c >= 0xD0 && c <= 0xD4)) &&
                 (u[i + 1] & 0xC0) == 0x80) /* a NUL stands behind the last one */
            i += 2;
        else
            return false;
    }
    return units <= max;
}

/* How many bytes of s fit into max units; a blank or a joiner is worth nothing at the
 * end. */
static size_t cut_at(const char *s, size_t n, size_t max)
{
    size_t i = 0, units = 0;

    while (i < n) {
        size_t step = utf_char_len(s + i, n - i);

        step = step == 0 ? 1 : step;
        units += step == 4 ? 2 : 1;
        if (units > max)
            break;
        i += step;
    }
    for (; i > 0 && s[i - 1] == ' '; i--)
        ;
    for (; i >= 3 && memcmp(s + i - 3, "\xE2\x80\x8D", 3) == 0; i -= 3)
        ;
    return i;
}

/* Cleaned and not longer than max units; what was cut off is told by "…". */
static void clean(struct buf *value, const char *s, size_t n, size_t max)
{
    buf_clear(value);
    utf_add_name(value, s, n, max + 1);
    if (value->failed || utf16_len(value->s, value->len) <= max)
        return;
    value->len = cut_at(value->s, value->len, max - 1);
    buf_adds(value, "…");
}

static void escaped_add(struct buf *out, const char *s, size_t n)
{
    size_t from = 0;

    for (size_t i = 0; i < n; i++) {
        const char *as = s[i] == '<'   ? "&lt;"
                         : s[i] == '>' ? "&gt;"
                         : s[i] == '&' ? "&amp;"
                         : s[i] == '"' ? "&quot;"
                                       : NULL;

        if (as == NULL)
            continue;
        buf_add(out, s + from, i - from);
        buf_adds(out, as);
        from = i + 1;
    }
    buf_add(out, s + from, n - from);
}

static bool text_value(struct buf *out, const char *s, size_t max, bool html,
                       struct buf *value)
{
    size_t n = strlen(s);

    if (!clean_already(s, n, max)) {
        clean(value, s, n, max);
        if (value->failed) {
            buf_free(out);
            out->failed = true;
            return true;
        }
        s = value->s;
        n = value->len;
    }
    if (html)
        escaped_add(out, s, n);
    else
        buf_add(out, s, n);
    return n > 0;
}

static const char *text_of(enum variable v, const struct content_person *who)
{
    const char *const texts[] = {
        [FIRST_NAME] = who->first_name, [LAST_NAME] = who->last_name,
        [STORE] = who->store,           [BRAND] = who->brand,
        [DISCOUNT_CODE] = who->code,    [DISCOUNT_UNTIL] = who->until,
    };

    return v < COUNT(texts) ? texts[v] : NULL;
}

bool content_value_add(struct buf *out, int variable, const struct content_person *who,
                       bool html, struct buf *value)
{
    const char *text = text_of((enum variable)variable, who);
    const char *lang = content_langs[who->lang == 1];

    if (text != NULL)
        return text_value(out, text, (size_t)content_variables[variable].max, html,
                          value);
    if (variable == PURCHASES && who->purchases > 0)
        buf_addf(out, "%" PRId64, who->purchases);
    else if (variable == SPENT && who->spent > 0)
        money_add(out, who->spent, lang);
    else if (variable == DISCOUNT_PERCENT && who->percent_bp > 0)
        percent_add(out, who->percent_bp, lang);
    else
        return false;
    return true;
}
