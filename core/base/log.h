/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/log.h - one event, one line, on standard error.
 *
 *   log_info("redeemed", LOG_INT("discount", id), LOG_TEXT("store", name));
 *
 * JSON for machines ({"at":"2026-11-20T05:07:28.123Z","level":"info","program":"bots",
 * "event":"redeemed","discount":7,…}), aligned text for a terminal. A line is one
 * write(2), so programs may share a file; at most 16 KiB, of one text 4 KiB: what does
 * not fit is cut, and a line that lost fields says "cut". Colours only on a terminal.
 * log_open and log_secret come first, before any thread; log_write is safe in all.
 *
 * Redaction is the log's own duty: whatever was named a secret by log_secret(),
 * whatever looks like a bot token (digits, colon, 30 or more key characters) and
 * whatever looks like a phone number (10 to 15 digits behind a +, or behind "phone")
 * leaves as "***". */
#ifndef CORE_BASE_LOG_H
#define CORE_BASE_LOG_H

#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log_field {
    const char *name;
    const char *text; /* NULL: the number below */
    int64_t number;
};

/* A function, as the compiler is right to wonder about `array ? array : ""`. */
static inline const char *log_or_empty(const char *text)
{
    return text != NULL ? text : "";
}

/* NULL is an empty text. A name with "phone" in it hides its number, whatever its
 * shape. */
#define LOG_TEXT(name, text) ((struct log_field){(name), log_or_empty(text), 0})
#define LOG_INT(name, number) ((struct log_field){(name), NULL, (number)})

/* program: "bots", "worker" … on every line. json: false writes for a person. */
void log_open(const char *program, enum log_level least, int json);

/* Never print this value. Shorter than 6 bytes are ignored, as they would eat ordinary
 * words. Copied. Up to 16 of them: when one more comes, or there is no memory for it,
 * every text leaves as "***" from then on. */
void log_secret(const char *value);

/* What this thread works on: each of its lines carries it as "request" until it is
 * another one or NULL. At most 64 bytes are kept. */
void log_request(const char *id);
const char *log_request_id(void); /* "": none. Lent until it is another one */

void log_write(enum log_level level, const char *event, const struct log_field *fields,
               size_t n);

#define LOG_FIELDS_(...)                                                               \
    (const struct log_field[])                                                         \
    {                                                                                  \
        {0}, ##__VA_ARGS__                                                             \
    }
#define LOG_(level, event, ...)                                                        \
    log_write((level), (event), LOG_FIELDS_(__VA_ARGS__) + 1,                          \
              sizeof(LOG_FIELDS_(__VA_ARGS__)) / sizeof(struct log_field) - 1)
#define log_debug(event, ...) LOG_(LOG_DEBUG, event, ##__VA_ARGS__)
#define log_info(event, ...) LOG_(LOG_INFO, event, ##__VA_ARGS__)
#define log_warn(event, ...) LOG_(LOG_WARN, event, ##__VA_ARGS__)
#define log_error(event, ...) LOG_(LOG_ERROR, event, ##__VA_ARGS__)

/* What log_write would make of a text: for tests and for messages that leave by
 * another door. Adds to out. */
struct buf;
void log_redact(struct buf *out, const char *text);

#endif
