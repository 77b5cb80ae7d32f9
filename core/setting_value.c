/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The kinds of settings: how each is read from a person, and where its value goes.
 * Stored forms are canonical, so parsing a stored form gives it back unchanged. */
#include "core/setting.h"

#include "core/base/utf.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local char why_text[160];

static enum status refuse(const char **why, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static enum status refuse(const char **why, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(why_text, sizeof why_text, fmt, ap);
    va_end(ap);
    *why = why_text;
    return ST_BAD;
}

/* A whole number with nothing around it. */
static bool read_number(const char *s, int64_t *out)
{
    char *end;

    if (!isdigit((unsigned char)*s) && *s != '-')
        return false;
    errno = 0;
    *out = strtoll(s, &end, 10);
    return errno == 0 && end != s && *end == '\0';
}

static enum status in_bounds(const struct setting *s, int64_t v, const char **why)
{
    if (v < s->min || v > s->max)
        return refuse(why, "%s is from %lld to %lld", s->name, (long long)s->min,
                      (long long)s->max);
    return ST_OK;
}

/* ---- one function a kind: from a person's hand to the stored form -----------------
 */

static enum status parse_text(const struct setting *s, const char *v, struct buf *out,
                              const char **why)
{
    size_t n = strlen(v), letters = 0, step;

    for (size_t i = 0; i < n; i += step, letters++) {
        step = utf_char_len(v + i, n - i);
        if (step == 0)
            return refuse(why, "%s is not UTF-8 text", s->name);
        if ((unsigned char)v[i] < 0x20 &&
            !(s->kind == SETTING_IS_PAGE && (v[i] == '\n' || v[i] == '\t')))
            return refuse(why, "%s holds a control character or a line break", s->name);
    }
    if (letters < (size_t)s->min || letters > (size_t)s->max)
        return refuse(why, "%s is %lld to %lld letters long", s->name,
                      (long long)s->min, (long long)s->max);
    if (n >= s->room)
        return refuse(why, "%s is longer than %zu bytes", s->name, s->room - 1);
    buf_add(out, v, n);
    return ST_OK;
}

static enum status parse_int(const struct setting *s, const char *v, struct buf *out,
                             const char **why)
{
    int64_t n;
    enum status st;

    if (!read_number(v, &n))
        return refuse(why, "%s is a whole number", s->name);
    st = in_bounds(s, n, why);
    if (st == ST_OK)
        buf_addf(out, "%lld", (long long)n);
    return st;
}

/* "10%", "10 %", "7,5 %" are percents; a bare number is basis points as stored. */
static enum status parse_percent(const struct setting *s, const char *v,
                                 struct buf *out, const char **why)
{
    int64_t whole = 0, part = 0;
    int digits = 0, places = 0;

    if (strchr(v, '%') == NULL)
        return parse_int(s, v, out, why);
    for (; isdigit((unsigned char)*v) && digits < 4; v++, digits++)
        whole = whole * 10 + (*v - '0');
    if ((*v == ',' || *v == '.') && isdigit((unsigned char)v[1]))
        for (v++; isdigit((unsigned char)*v) && places < 2; v++, places++)
            part = part * 10 + (*v - '0');
    if (places == 1)
        part *= 10;
    while (*v == ' ')
        v++;
    if (digits == 0 || strcmp(v, "%") != 0)
        return refuse(why, "%s is a percent like 10 %% or 7.5 %%", s->name);
    if (in_bounds(s, whole * 100 + part, why) != ST_OK)
        return refuse(why, "%s is from %lld %% to %lld %%", s->name,
                      (long long)s->min / 100, (long long)s->max / 100);
    buf_addf(out, "%lld", (long long)(whole * 100 + part));
    return ST_OK;
}

/* Minutes since midnight, or -1. */
static int64_t read_time(const char *v)
{
    int hour, minute, used = 0;

    if (strlen(v) > 5 || !isdigit((unsigned char)*v) ||
        sscanf(v, "%2d:%2d%n", &hour, &minute, &used) != 2 || v[used] != '\0' ||
        !isdigit((unsigned char)v[used - 2]) || hour > 23 || minute > 59 || minute < 0)
        return -1;
    return hour * 60 + minute;
}

static enum status parse_time(const struct setting *s, const char *v, struct buf *out,
                              const char **why)
{
    int64_t at = read_time(v);

    if (at < 0)
        return refuse(why, "%s is a time of day like 09:00", s->name);
    buf_addf(out, "%02d:%02d", (int)(at / 60), (int)(at % 60));
    return ST_OK;
}

static enum status parse_bool(const struct setting *s, const char *v, struct buf *out,
                              const char **why)
{
    static const struct {
        const char *word, *stored;
    } words[] = {{"1", "1"}, {"yes", "1"}, {"true", "1"},  {"on", "1"},  {"да", "1"},
                 {"0", "0"}, {"no", "0"},  {"false", "0"}, {"off", "0"}, {"нет", "0"}};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i].word, v) != 0)
            continue;
        buf_adds(out, words[i].stored);
        return ST_OK;
    }
    return refuse(why, "%s is yes or no", s->name);
}

static enum status parse_choice(const struct setting *s, const char *v, struct buf *out,
                                const char **why)
{
    for (int i = 0; i <= s->max; i++) {
        if (strcmp(s->words[i], v) != 0)
            continue;
        buf_adds(out, v);
        return ST_OK;
    }
    return refuse(why, "%s is one of: %s %s%s%s", s->name, s->words[0], s->words[1],
                  s->words[2] != NULL ? " " : "",
                  s->words[2] != NULL ? s->words[2] : "");
}

static bool is_username(const char *v)
{
    size_t n = strlen(v);

    return n >= 4 && n <= 32 && isalpha((unsigned char)*v) &&
           strspn(v,
                  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
               n;
}

static enum status parse_username(const struct setting *s, const char *v,
                                  struct buf *out, const char **why)
{
    if (*v == '@')
        v++;
    if (*v != '\0' && !is_username(v))
        return refuse(why, "%s is a user name: 4 to 32 of A-Z, 0-9 and _", s->name);
    buf_adds(out, v);
    return ST_OK;
}

static enum status parse_channel(const struct setting *s, const char *v,
                                 struct buf *out, const char **why)
{
    int64_t id;

    if (*v != '\0' && !(*v == '@' && is_username(v + 1)) &&
        !(read_number(v, &id) && id < 0 && strlen(v) < 20))
        return refuse(why, "%s is a channel: -100 and digits, or @name", s->name);
    buf_adds(out, v);
    return ST_OK;
}

/* -100…, and behind a slash the number of a topic. */
static enum status parse_group(const struct setting *s, const char *v, struct buf *out,
                               const char **why)
{
    const char *slash = strchr(v, '/');
    size_t n = slash != NULL ? (size_t)(slash - v) : strlen(v);
    int64_t id = 0, topic = 1;
    char chat[24] = "";

    if (n < sizeof chat)
        memcpy(chat, v, n);
    if (*v != '\0' &&
        !(read_number(chat, &id) && id < 0 &&
          (slash == NULL || (read_number(slash + 1, &topic) && topic > 0))))
        return refuse(why, "%s is a group: -100 and digits, and perhaps /topic",
                      s->name);
    buf_adds(out, v);
    return ST_OK;
}

static enum status parse_url(const struct setting *s, const char *v, struct buf *out,
                             const char **why)
{
    if (*v != '\0' && (strncmp(v, "https://", 8) != 0 || v[8] == '\0' ||
                       strpbrk(v, " \"<>\\") != NULL))
        return refuse(why, "%s is an address that begins with https://", s->name);
    return parse_text(s, v, out, why);
}

/* ---- the table of kinds -----------------------------------------------------------
 */

typedef enum status parse_fn(const struct setting *s, const char *v, struct buf *out,
                             const char **why);

static const struct {
    const char *name;
    parse_fn *parse;
} kinds[] = {
    [SETTING_IS_TEXT] = {"text", parse_text},
    [SETTING_IS_PAGE] = {"text of several lines", parse_text},
    [SETTING_IS_INT] = {"number", parse_int},
    [SETTING_IS_DAYS] = {"days", parse_int},
    [SETTING_IS_PERCENT] = {"percent", parse_percent},
    [SETTING_IS_TIME] = {"time of day", parse_time},
    [SETTING_IS_BOOL] = {"yes or no", parse_bool},
    [SETTING_IS_CHOICE] = {"choice", parse_choice},
    [SETTING_IS_CHANNEL] = {"channel", parse_channel},
    [SETTING_IS_GROUP] = {"group", parse_group},
    [SETTING_IS_USERNAME] = {"user name", parse_username},
    [SETTING_IS_URL] = {"address", parse_url},
};

const char *setting_kind_name(enum setting_kind kind)
{
    return kinds[kind].name;
}

enum status setting_parse(const struct setting *s, const char *value, struct buf *out,
                          const char **why)
{
    enum status st = kinds[s->kind].parse(s, value, out, why);

    *why = st == ST_OK && out->failed ? "no memory" : *why;
    return st == ST_OK && out->failed ? ST_BROKEN : st;
}

/* ---- into the struct --------------------------------------------------------------
 */

static int64_t number_of(const struct setting *s, const char *stored)
{
    if (s->kind == SETTING_IS_TIME)
        return read_time(stored);
    if (s->kind == SETTING_IS_CHOICE) {
        int64_t i = 0;

        while (strcmp(s->words[i], stored) != 0)
            i++;
        return i;
    }
    return strtoll(stored, NULL, 10);
}

static void put(const struct setting *s, const char *stored, struct settings *out)
{
    void *at = (char *)out + s->at;
    int64_t n;

    switch (s->kind) {
    case SETTING_IS_BOOL:
        *(bool *)at = *stored == '1';
        break;
    case SETTING_IS_CHOICE:
        *(int *)at = (int)number_of(s, stored);
        break;
    case SETTING_IS_INT:
    case SETTING_IS_DAYS:
    case SETTING_IS_PERCENT:
    case SETTING_IS_TIME:
        n = number_of(s, stored);
        memcpy(at, &n, sizeof n);
        break;
    default:
        memcpy(at, stored, strlen(stored) + 1); /* parsing saw to the room */
        break;
    }
}

enum status setting_put(const struct setting *s, const char *stored,
                        struct settings *out)
{
    struct buf same = {0};
    const char *why = "";
    enum status st = setting_parse(s, stored, &same, &why);

    if (st == ST_OK)
        put(s, same.len > 0 ? same.s : "", out);
    buf_free(&same);
    return st;
}

bool setting_is_number(enum setting_kind kind)
{
    return kind >= SETTING_IS_INT && kind <= SETTING_IS_CHOICE;
}

int64_t setting_number(const struct setting *s, const struct settings *from)
{
    const void *at = (const char *)from + s->at;
    int64_t n;

    if (s->kind == SETTING_IS_BOOL)
        return *(const bool *)at;
    if (s->kind == SETTING_IS_CHOICE)
        return *(const int *)at;
    memcpy(&n, at, sizeof n);
    return n;
}

void setting_defaults(struct settings *out)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < setting_count; i++)
        put(&setting_table[i], setting_table[i].standard, out);
}
