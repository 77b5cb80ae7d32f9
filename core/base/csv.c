/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/csv.h"

#include <inttypes.h>
#include <string.h>

void csv_open(struct csv *c, const char *lang)
{
    *c = (struct csv){.point = strcmp(lang, "ru") != 0};
    buf_adds(&c->out, "\xEF\xBB\xBF");
}

static void field(struct csv *c)
{
    if (c->begun)
        buf_addc(&c->out, ';');
    c->begun = true;
}

void csv_row(struct csv *c)
{
    buf_adds(&c->out, "\r\n");
    c->begun = false;
}

/* ＝ ＋ － ＠ are taken for = + - @ by some programs. */
static bool is_formula(const char *s)
{
    static const char *const wide[] = {"\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D",
                                       "\xEF\xBC\xA0"};

    if (s[0] != '\0' && strchr("=+-@\t\r\n", s[0]) != NULL)
        return true;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (strncmp(s, wide[i], strlen(wide[i])) == 0)
            return true;
    return false;
}

static bool needs_quotes(const char *s)
{
    return strpbrk(s, ";\"\r\n\t,") != NULL || s[0] == ' ' ||
           (s[0] != '\0' && s[strlen(s) - 1] == ' ');
}

void csv_text(struct csv *c, const char *s)
{
    bool quotes;

    field(c);
    if (s == NULL || s[0] == '\0')
        return;
    quotes = needs_quotes(s);
    if (quotes)
        buf_addc(&c->out, '"');
    if (is_formula(s))
        buf_addc(&c->out, '\'');
    for (; *s != '\0'; s++) {
        if (*s == '"')
            buf_addc(&c->out, '"');
        buf_addc(&c->out, *s);
    }
    if (quotes)
        buf_addc(&c->out, '"');
}

void csv_int(struct csv *c, int64_t v)
{
    field(c);
    buf_addf(&c->out, "%" PRId64, v);
}

void csv_money(struct csv *c, int64_t kopecks)
{
    field(c);
    if (kopecks < 0)
        return;
    buf_addf(&c->out, "%" PRId64 "%c%02d", kopecks / 100, c->point ? '.' : ',',
             (int)(kopecks % 100));
}

void csv_columns(struct csv *c, const char *all)
{
    buf_adds(&c->out, all);
    csv_row(c);
}
