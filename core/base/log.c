/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/log.h"

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/utf.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 16384
#define TEXT_MAX_BYTES 4096 /* of one field */
#define SECRETS_MAX 16
#define SECRET_MIN_BYTES 6
#define TOKEN_KEY_MIN 30
#define PHONE_MIN 10
#define PHONE_MAX 15
#define STARS "***"
#define EVENT_COLUMNS 24

static struct {
    const char *program;
    enum log_level least;
    bool json, colour;
    char *secrets[SECRETS_MAX];
    size_t n_secrets;
    bool blind; /* a secret could not be remembered: no text may leave any more */
} logger = {.program = "dvorik", .least = LOG_INFO};

static const struct {
    const char *name, *colour;
} levels[] = {
    [LOG_DEBUG] = {"debug", "\033[2m"},
    [LOG_INFO] = {"info", "\033[32m"},
    [LOG_WARN] = {"warn", "\033[33m"},
    [LOG_ERROR] = {"error", "\033[31m"},
};

void log_open(const char *program, enum log_level least, int json)
{
    logger.program = program;
    logger.least = least;
    logger.json = json;
    logger.colour = !json && isatty(STDERR_FILENO) && getenv("NO_COLOR") == NULL;
}

void log_secret(const char *value)
{
    if (value == NULL || strlen(value) < SECRET_MIN_BYTES)
        return;
    for (size_t i = 0; i < logger.n_secrets; i++)
        if (strcmp(logger.secrets[i], value) == 0)
            return;
    if (logger.n_secrets < SECRETS_MAX)
        logger.secrets[logger.n_secrets] = strdup(value);
    if (logger.n_secrets < SECRETS_MAX && logger.secrets[logger.n_secrets] != NULL)
        logger.n_secrets++;
    else
        logger.blind = true;
}

/* ---- redaction: each finder answers how many bytes at s are not to be shown ----- */

/* The longest, so that a secret that begins another does not uncover the other's tail.
 */
static size_t find_secret(const char *s)
{
    size_t longest = 0;

    for (size_t i = 0; i < logger.n_secrets; i++) {
        size_t n = strlen(logger.secrets[i]);

        if (n > longest && strncmp(s, logger.secrets[i], n) == 0)
            longest = n;
    }
    return longest;
}

static size_t digits(const char *s)
{
    return strspn(s, "0123456789");
}

/* "123456:AA…", also with the colon percent-encoded. */
static size_t find_token(const char *s)
{
    size_t n = digits(s), key;

    if (n == 0)
        return 0;
    if (s[n] == ':')
        n++;
    else if (strncasecmp(s + n, "%3a", 3) == 0)
        n += 3;
    else
        return 0;
    key = strspn(s + n, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                        "0123456789_-");
    return key >= TOKEN_KEY_MIN ? n + key : 0;
}

/* 10 to 15 digits, as one number or in groups as people write them: 7 (914) 123-45-67.
 */
static size_t find_number(const char *s)
{
    size_t end = 0, count = 0, i = strspn(s, "(");

    for (;;) {
        size_t group = digits(s + i);

        if (group == 0 || count + group > PHONE_MAX)
            break;
        count += group;
        i += group;
        end = i;
        i += strspn(s + i, " ()-.");
    }
    return count >= PHONE_MIN ? end : 0;
}

static size_t find_plus_phone(const char *s)
{
    size_t plus = *s == '+' ? 1 : strncasecmp(s, "%2b", 3) == 0 ? 3 : 0;
    size_t n = plus > 0 ? find_number(s + plus + strspn(s + plus, " ")) : 0;

    return n > 0 ? plus + strspn(s + plus, " ") + n : 0;
}

/* Bytes from the word "phone" to the number that belongs to it; 0: no number follows.
 */
static size_t phone_lead(const char *s)
{
    size_t i = 5;

    if (strncasecmp(s, "phone", 5) != 0)
        return 0;
    i += strspn(s + i, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_ \"'\\:=");
    return find_number(s + i) > 0 ? i : 0;
}

/* Writes at most about `max` bytes: what would be cut off need not be looked at. */
static void redact(struct buf *out, const char *s, size_t max, bool phone)
{
    size_t start = out->len, n;
    char before = '\0';

    if (logger.blind) {
        buf_adds(out, STARS);
        return;
    }
    while (*s != '\0' && !out->failed && out->len - start <= max) {
        bool fresh = !isdigit((unsigned char)before);

        n = find_secret(s);
        if (n == 0 && fresh)
            n = find_token(s);
        if (n == 0)
            n = find_plus_phone(s);
        if (n == 0 && phone && fresh)
            n = find_number(s);
        if (n > 0) {
            buf_adds(out, STARS);
        } else if ((n = phone_lead(s)) > 0) {
            buf_add(out, s, n);
            buf_adds(out, STARS);
            n += find_number(s + n);
        } else {
            buf_addc(out, *s);
            n = 1;
        }
        before = s[n - 1];
        s += n;
    }
}

void log_redact(struct buf *out, const char *text)
{
    buf_adds(out, ""); /* nothing becomes an empty text */
    if (text != NULL)
        redact(out, text, (size_t)-1, false);
}

/* ---- lines --------------------------------------------------------------------------
 */

static bool names_phone(const char *name)
{
    return strcasestr(name, "phone") != NULL;
}

/* Redacted first and cut afterwards: a cut secret would no longer be recognised. */
static void add_safe(struct buf *out, const char *text, bool phone)
{
    size_t n = TEXT_MAX_BYTES;

    redact(out, text, TEXT_MAX_BYTES, phone);
    if (out->failed || out->len <= n)
        return;
    while (n > 0 && ((unsigned char)out->s[n] & 0xC0) == 0x80)
        n--;
    out->s[n] = '\0';
    out->len = n;
    buf_adds(out, "…");
}

static bool plain_word(const char *s)
{
    static const char quoted[] = " \"=\\\x7F\xC2";

    if (*s == '\0')
        return false;
    for (; *s != '\0'; s++)
        if ((unsigned char)*s < 0x20 || strchr(quoted, *s) != NULL)
            return false;
    return true;
}

/* DEL, and C1 controls also when they come as UTF-8 (C2 80 … C2 9F); those below a
 * blank are escaped with the rest. */
static bool obeyed_by_terminals(const char *s)
{
    for (; *s != '\0'; s++)
        if (*s == '\x7F' || (s[0] == '\xC2' && (unsigned char)s[1] < 0xA0))
            return true;
    return false;
}

static void add_quoted(struct buf *line, const char *s, size_t n)
{
    if (!logger.json && n > 0 && obeyed_by_terminals(s))
        buf_adds(line, "\"(unprintable)\"");
    else
        buf_add_json(line, s, n);
}

static void add_value(struct buf *line, const struct log_field *f)
{
    bool phone = names_phone(f->name);
    struct buf safe = {0};

    if (f->text == NULL && !phone) {
        buf_addf(line, "%lld", (long long)f->number);
        return;
    }
    if (f->text == NULL)
        buf_adds(&safe, STARS);
    else
        add_safe(&safe, f->text, phone);
    if (!logger.json && !safe.failed && safe.s != NULL && plain_word(safe.s) &&
        utf_valid(safe.s, safe.len))
        buf_add(line, safe.s, safe.len);
    else
        add_quoted(line, safe.s, safe.len);
    buf_free(&safe);
}

static void add_field(struct buf *line, const struct log_field *f)
{
    if (logger.json) {
        buf_addc(line, ',');
        buf_add_json(line, f->name, strlen(f->name));
        buf_addc(line, ':');
    } else {
        buf_addf(line, " %s=", f->name);
    }
    add_value(line, f);
}

static void add_head(struct buf *line, enum log_level level, const char *event)
{
    struct log_field e = {"event", event, 0};
    int64_t now = clock_now();
    time_t second = (time_t)(now / SECOND);
    int ms = (int)(now % SECOND / MS);
    struct tm tm;
    char at[32];
    size_t start;

    gmtime_r(&second, &tm);
    if (logger.json) {
        strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%S", &tm);
        buf_addf(line, "{\"at\":\"%s.%03dZ\",\"level\":\"%s\",\"program\":\"%s\"", at,
                 ms, levels[level].name, logger.program);
        add_field(line, &e);
        return;
    }
    strftime(at, sizeof at, "%H:%M:%S", &tm);
    buf_addf(line, "%s.%03dZ %s%-5s%s %-9s ", at, ms,
             logger.colour ? levels[level].colour : "", levels[level].name,
             logger.colour ? "\033[0m" : "", logger.program);
    start = line->len;
    add_value(line, &e);
    while (!line->failed && line->len < start + EVENT_COLUMNS)
        buf_addc(line, ' ');
}

static void write_line(const struct buf *line)
{
    static const char lost[] = "{\"level\":\"error\",\"event\":\"log line lost\"}\n";
    const char *s = line->failed ? lost : line->s;
    size_t n = line->failed ? sizeof lost - 1 : line->len;

    while (write(STDERR_FILENO, s, n) < 0 && errno == EINTR)
        ;
}

static _Thread_local char request[65];

void log_request(const char *id)
{
    size_t n = id != NULL ? strnlen(id, sizeof request - 1) : 0;

    memcpy(request, n > 0 ? id : "", n);
    request[n] = '\0';
}

const char *log_request_id(void)
{
    return request;
}

void log_write(enum log_level level, const char *event, const struct log_field *fields,
               size_t n)
{
    static const struct log_field cut = {"cut", "yes", 0};
    struct buf line = {0};

    if (level < logger.least)
        return;
    add_head(&line, level, event);
    if (*request != '\0')
        add_field(&line, &LOG_TEXT("request", request));
    for (size_t i = 0; i < n; i++) {
        size_t whole = line.len;

        add_field(&line, &fields[i]);
        if (line.failed || line.len <= LINE_MAX_BYTES - 32)
            continue;
        line.s[whole] = '\0';
        line.len = whole;
        add_field(&line, &cut);
        break;
    }
    buf_adds(&line, logger.json ? "}\n" : "\n");
    write_line(&line);
    buf_free(&line);
}
