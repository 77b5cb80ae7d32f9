/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/httpd.h - an HTTP/1.1 server on our loop; the only pair that knows
 * libmicrohttpd.
 *
 *          first byte          headers in: early()          body in: handler()
 *   IDLE ------------> READING ------------------> READING ------------------> HELD
 *    ^  75 s             10 s, absolute, however it drips                        |
 *    +--------------- WRITING <------------------- http_answer() ----------------+
 *                       75 s
 *
 * early() sees a request whose body is not read yet and may answer at once (401, 413):
 * the body stays unread and the connection closes. handler() sees the whole request and
 * answers now or later; until it does the connection is held, also when the client has
 * gone, so a held request stays valid until http_answer(), which is called exactly
 * once.
 *
 * Refused with 400 and closed before anybody sees them, as a proxy in front might read
 * them differently: more than one Content-Length or Host, Content-Length together with
 * Transfer-Encoding, any Transfer-Encoding but "chunked", a Host that is none, control
 * bytes. A body beyond body_max is 413.
 *
 * Texts are lent until http_answer(). */
#ifndef CORE_IO_HTTPD_H
#define CORE_IO_HTTPD_H

#include "core/io/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct httpd;
struct http_req;

typedef void http_handler(void *arg, struct http_req *req);
/* A request was answered with that status; it is still what it was. */
typedef void http_answered(void *arg, struct http_req *req, int status);

struct httpd_options {
    const char *listen;  /* "127.0.0.1:8080", "[::1]:0"; port 0: the system's choice */
    size_t body_max;     /* of any request; early() may allow less of one */
    int connections_max; /* 0: 4096; further ones wait in the listen queue */
    http_handler *early; /* may be NULL */
    http_handler *handler;
    http_answered *refused;  /* answers what is refused before anybody sees it (above);
                                NULL: an empty answer */
    http_answered *answered; /* may be NULL; not told of connections that just broke */
    void *arg;
};

/* Listens at once. NULL: *why (may be NULL) says why, lent until the next call. Yours.
 * Its work is done in a hook of the loop, so the answers of a turn leave together. */
struct httpd *httpd_open(struct loop *loop, const struct httpd_options *o,
                         const char **why);
int httpd_port(const struct httpd *h);
int httpd_connections(const struct httpd *h);

/* Accepts no more, finishes what is under way, then calls done (once, from the loop).
 * Streams end with what was sent to them, at once. */
void httpd_stop(struct httpd *h, loop_call *done, void *arg);
/* Leaves at once. Held requests are gone with it: whoever would answer one is closed
 * before. NULL is fine. */
void httpd_close(struct httpd *h);

const char *http_method(const struct http_req *req);
const char *http_path(const struct http_req *req);
const char *http_header(const struct http_req *req, const char *name); /* or NULL */
const char *http_body(const struct http_req *req, size_t *n); /* NUL-terminated */
/* What stands behind the "?" of the address, as it came; "" when there is nothing. */
const char *http_query(const struct http_req *req);
/* The other end of the connection, as "127.0.0.1" or "::1"; "" when it has gone. */
#define HTTP_PEER_BYTES 46
void http_peer(const struct http_req *req, char out[HTTP_PEER_BYTES]);
/* The client has left: the answer will be heard by nobody. */
bool http_gone(const struct http_req *req);
int64_t http_took_ms(const struct http_req *req); /* since its first line came */

/* A name of its own, at most 64 printable bytes, which its answer tells in
 * X-Request-Id. "" before. */
#define HTTP_NAME_BYTES 65
void http_set_name(struct http_req *req, const char *name);
const char *http_name(const struct http_req *req);

/* From early(): this request's body is at most so long (never above body_max). One that may
 * be longer than a MiB has more time to come: a second for each 64 KiB announced; of
 * those HTTP_LARGE are taken in at a time, a further one is 503. */
#define HTTP_LARGE 8
void http_body_limit(struct http_req *req, size_t most);

/* As announced by Content-Length; -1: chunked, -2: neither, so there is no body. */
int64_t http_length(const struct http_req *req);

#define HTTP_HEADERS_MAX 14
struct http_answer {
    int status;
    const char *type; /* Content-Type, or NULL */
    const void *body; /* copied, unless … */
    size_t n;
    bool lent;                                /* … it stands for ever */
    const char *headers[HTTP_HEADERS_MAX][2]; /* up to the first NULL */
};
void http_answer(struct http_req *req, const struct http_answer *a);
void http_answer_empty(struct http_req *req, int status);

/* ---- answers without an end (httpd_stream.c) --------------------------------------
 *
 *   http_answer_stream            http_stream_end         what was sent is out
 *   ------------------> STREAMING ----------------> ENDING ------------------> IDLE
 *                          | the client leaves, or reads too slowly
 *                          +------------------------------------> closed()
 *
 * Nobody waits for a reader: what he has not read yet is kept up to `most` bytes, and he
 * is dropped when it grows beyond, or when he takes nothing of it for `stall_ms`. */
struct http_stream;
typedef void http_closed(void *arg);

struct http_stream_options {
    const char *type;
    const char *headers[HTTP_HEADERS_MAX][2]; /* up to the first NULL */
    size_t most;
    int64_t stall_ms;
    http_closed *closed; /* from the loop, once; not after http_stream_end */
    void *arg;
};
/* Instead of http_answer(), with status 200. NULL: it was answered otherwise (the client
 * has left, no memory). Lent until closed() or http_stream_end(). */
struct http_stream *http_answer_stream(struct http_req *req,
                                       const struct http_stream_options *o);
/* Copied. ST_REFUSED: too slow; he is being dropped, and closed() follows. */
must_check enum status http_stream_send(struct http_stream *s, const void *text,
                                        size_t n);
/* What was sent goes out, then it is over. */
void http_stream_end(struct http_stream *s);

/* application/problem+json of RFC 9457; type may be NULL ("about:blank"). */
void http_answer_problem(struct http_req *req, int status, const char *title,
                         const char *detail);

#endif
