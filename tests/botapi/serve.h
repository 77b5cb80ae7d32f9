/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/serve.h - a small HTTP/1.1 server that may also behave badly.
 *
 * The product's core/io/httpd could not do what a stand-in has to: cut an answer in
 * half, reset a connection after the work was done, hold an answer back for ever.
 *
 *   request read -> serve_fn -> answered at once, or
 *                               req_hold, and answered, dropped or streamed later
 *
 * A request is one connection's current one; requests of a connection are answered in
 * order. Its texts are lent until serve_fn returns, also when it is held. When the
 * client goes away while a request is held, its `gone` is called once; after that the
 * pointer is dead. */
#ifndef TESTS_BOTAPI_SERVE_H
#define TESTS_BOTAPI_SERVE_H

#include "core/base/buf.h"
#include "core/io/loop.h"

#include <stdbool.h>
#include <stddef.h>

#define SERVE_BODY_MAX (64u * 1024 * 1024)
#define SERVE_HEAD_MAX (32u * 1024)

struct server;

struct req {
    char *verb, *path,
        *query;         /* path still percent-encoded; query without '?', or "" */
    char *content_type; /* "" when absent */
    char *body;         /* writable, a NUL behind it */
    size_t body_n;
    struct loop_timer timer; /* the holder's, cancelled when answered or gone */
    void (*gone)(struct req *r, void *arg);
    void *gone_arg;
};

typedef void serve_fn(void *arg, struct req *r);

struct server *serve_new(struct loop *loop, serve_fn *fn, void *arg); /* yours */
/* "127.0.0.1:0" -> the port it listens on; ST_BAD address, ST_TAKEN port in use. */
must_check enum status serve_listen(struct server *s, const char *address, int *port);
void serve_free(struct server *s); /* closes every connection; NULL is fine */

struct answer {
    int code;
    const char *type;   /* NULL: application/json */
    const char *header; /* whole extra lines with \r\n, or NULL */
    const char *body;
    size_t n;
};
void req_answer(struct req *r, const struct answer *a);
void req_json(struct req *r, int code, const struct buf *body); /* 500 if failed */

/* Not answered yet: somebody holds the pointer and hears when the client leaves. */
void req_hold(struct req *r, void (*gone)(struct req *r, void *arg), void *arg);

/* The ways to misbehave; each ends the request. */
void req_reset(struct req *r);                        /* RST, nothing sent */
void req_half(struct req *r, const struct answer *a); /* half the bytes, then FIN */

/* Server-sent events: the head now, then text as it comes, until gone. */
void req_stream(struct req *r);
void req_stream_send(struct req *r, const char *s, size_t n);

#endif
