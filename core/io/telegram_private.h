/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/telegram_private.h - what telegram.c (the course of a call) and
 * telegram_request.c (what is asked) share; the one includer of libcurl. */
#ifndef CORE_IO_TELEGRAM_PRIVATE_H
#define CORE_IO_TELEGRAM_PRIVATE_H

#include "core/base/buf.h"
#include "core/io/telegram.h"

#include <curl/curl.h>

/* One file of a multipart body: body[at..end) is still to be read. */
struct call_part {
    struct call *call;
    size_t at, end;
};

/* `body` is what leaves: the JSON text, or the files of a multipart body. */
struct call {
    struct tg *tg;
    struct call *next;
    CURL *easy;
    curl_mime *mime;
    char *body;
    size_t body_n, body_at; /* body_at: how much of it was read */
    struct call_part part[TG_FILES_MAX];
    struct buf in;
    size_t in_max;
    bool download, too_big;
    char error[CURL_ERROR_SIZE];
    tg_done *done;
    void *arg;
};

struct tg {
    struct loop *loop;
    struct loop_timer timer;
    CURLM *multi;
    CURLSH *share;
    struct curl_slist *json_headers, *mime_headers;
    struct tg_address address;
    bool closing;
    struct call *busy, *idle;
    int n_busy, n_idle;
};

/* All of the request: method, address, body, options. max: bytes of a download; 0 calls a
 * method. false: no memory, or an address or a file that cannot be. */
must_check bool request_make(struct call *c, const struct tg_ask *ask, const char *url,
                             size_t max);

/* The headers that all requests share; false: no memory. */
must_check bool request_headers(struct tg *tg);

#endif
