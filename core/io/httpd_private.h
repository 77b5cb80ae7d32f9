/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/httpd_private.h - what the files of the server share: httpd.c speaks to
 * libmicrohttpd, httpd_phase.c keeps the deadlines, httpd_request.c holds the body and
 * answers about the request. Private to core/io/httpd*.c. */
#ifndef CORE_IO_HTTPD_PRIVATE_H
#define CORE_IO_HTTPD_PRIVATE_H

#include "core/base/buf.h"
#include "core/io/httpd.h"

#include <sys/types.h>

struct MHD_Connection;
struct MHD_Daemon;
struct MHD_Response;

#define BODY_KEPT 4096 /* a connection keeps that much memory for its next body */
#define BODY_LARGE (1024 * 1024)

enum phase { IDLE, READING, HELD, WRITING, STREAMING, PHASES };

/* An answer that goes on: what was sent and is not yet taken. */
struct http_stream {
    struct http_req *req;
    struct http_stream_options o;
    struct buf pending;
    size_t taken;     /* of pending */
    int64_t moved_ms; /* when he last took something, or began to owe us that */
    bool ended;       /* nothing more comes, and closed() is not called */
    bool dead;        /* he is dropped */
    bool asleep;      /* libmicrohttpd is told not to ask for more */
};

/* One a connection, as a connection has at most one request at a time. */
struct http_req {
    struct http_req *next, *prev; /* the ring of its phase, oldest first */
    struct httpd *h;
    struct MHD_Connection *mhd;
    int fd;
    enum phase phase;
    int64_t since; /* in this phase, milliseconds */
    const char *method, *path;
    char *query; /* ours; NULL: none */
    char name[HTTP_NAME_BYTES];
    int64_t begun_ms;
    char *body;
    size_t body_n, body_cap;
    size_t body_most;
    int64_t spare_ms; /* that its body may take longer */
    int64_t length;
    int refuse; /* answer this instead of asking anybody */
    bool begun, seen, whole, close;
    bool waits; /* for the handler's answer */
    bool gone;  /* … and the client has left meanwhile: nothing but this is valid */
    struct MHD_Response *answer;
    struct http_stream *stream; /* the answer is one; ours */
    int status;
};

struct httpd {
    struct loop *loop;
    struct MHD_Daemon *mhd;
    struct httpd_options o;
    int epoll_fd, listen_fd, port, connections;
    int large; /* bodies above BODY_LARGE that are held */
    bool run, stopping;
    bool more; /* of a body: what was read last was not all of it */
    struct http_req rings[PHASES];
    struct loop_timer again, tick;
    struct MHD_Response *empty;
    loop_call *stopped;
    void *stopped_arg;
};

/* ---- httpd_phase.c -------------------------------------------------------------- */
void phase_set(struct http_req *r, enum phase phase);
void phase_tick(
    void *arg); /* once a second while there are connections; arg is httpd */
void conn_drop(struct http_req *r);

/* ---- httpd_request.c ------------------------------------------------------------ */
/* Adds to the body, or remembers why not. false: enough was thrown away, cut it off. */
bool body_take(struct http_req *r, const char *p, size_t n);
void request_clear(struct http_req *r); /* ready for the next one of its connection */
void request_end(struct http_req *r);   /* its memory */
/* Refuses what is to be refused, else asks fn (may be NULL). */
void request_ask(struct http_req *r, http_handler *fn);

/* ---- httpd_stream.c ------------------------------------------------------------- */
struct http_stream *stream_new(struct http_req *r, const struct http_stream_options *o);
/* Up to room bytes of what is to go out. 0: nothing now, and it sleeps; -1: it is over;
 * -2: it broke. */
ssize_t stream_take(struct http_stream *s, char *out, size_t room);
void stream_over(struct http_req *r); /* its connection is done with it; NULL is fine */
void streams_tick(struct httpd *h, int64_t now_ms); /* drops those that stand still */
void streams_end(struct httpd *h);

/* ---- httpd.c -------------------------------------------------------------------- */
void conn_wake(struct http_req *r); /* libmicrohttpd may ask for more again */

#endif
