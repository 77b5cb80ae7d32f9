/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/telegram.h - calls to the Bot API, on a loop.
 *
 * telegram.c is the only file that includes curl. HTTP/1.1 over at most TG_CONNECTIONS
 * kept alive; base URL and proxy are settings; no redirect is followed. A call answers
 * through `done`, exactly once, never from inside the asking function; what the answer
 * means is in its verdict (telegram_verdict.h).
 *
 * A request that was handed over whole is never sent again by this file or the library
 * below it: a connection lost then is TG_UNSURE, and the policy is the caller's.
 *
 * The token is part of every address: it reaches no log and no error text. */
#ifndef CORE_IO_TELEGRAM_H
#define CORE_IO_TELEGRAM_H

#include "core/io/loop.h"
#include "core/io/telegram_address.h"
#include "core/io/telegram_verdict.h"

#define TG_CONNECTIONS 128
#define TG_CONNECT_MS 5000
#define TG_CALL_MS 15000     /* the default of a call without a file */
#define TG_TRANSFER_MS 60000 /* … of an upload or a download */
#define TG_ANSWER_MAX (4 * 1024 * 1024)

struct tg;

/* cfg is borrowed: base, proxy and tokens are copied. NULL: no memory. Yours. */
struct tg *tg_open(struct loop *loop, const struct config *cfg);

/* Calls under way end here (TG_UNSURE if they were handed over, else TG_LATER). NULL is
 * fine; not from inside a done. */
void tg_close(struct tg *tg);

int tg_pending(const struct tg *tg);

struct tg_answer {
    struct tg_verdict verdict;
    const struct json *result; /* lent; NULL unless TG_SENT with a result */
    const char *bytes;         /* lent; what a download brought */
    size_t n;
    bool too_big; /* the answer was cut off at its limit */
};
typedef void tg_done(void *arg, const struct tg_answer *a);

/* A file to upload; the call's params become fields beside it. */
struct tg_file {
    const char *field, *name, *mime;
    const void *bytes;
    size_t n;
};

#define TG_FILES_MAX 10 /* in one call: an album */

/* Everything borrowed for the time of the asking function. */
struct tg_ask {
    enum tg_bot bot;
    const char *method;         /* of tg_download: the file_path */
    struct json *params;        /* an object, or NULL */
    const struct tg_file *file; /* NULL: none */
    int timeout_ms;             /* 0: the default; from asking to the last byte */
    tg_done *done;
    void *arg;
    const char *body; /* in the place of params: their JSON, ready to go out */
    size_t body_n;
    int files; /* how many behind `file`; 0: one, if there is any */
};

/* ST_OK: done will be called. ST_BAD (this bot has no token, an odd path), ST_DOWN (we
 * are closing) and ST_BROKEN (no memory): it will not, and nothing was sent. */
must_check enum status tg_call(struct tg *tg, const struct tg_ask *ask);

/* The bytes of a file that getFile named, at most max of them. */
must_check enum status tg_download(struct tg *tg, const struct tg_ask *ask, size_t max);

#endif
