/* SPDX-License-Identifier: LicenseRef-Proprietary */
#define _GNU_SOURCE /* accept4 */
#include "tests/botapi/serve.h"

#include "tests/botapi/head.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A reader of events that takes nothing for so long is let go. */
#define STREAM_BACKLOG_MAX (8u * 1024 * 1024)
#define KEEP_BUFFER (256u * 1024)

struct conn {
    struct req req; /* first: a req is its conn */
    struct server *server;
    struct conn *next, *prev;
    int fd;
    struct buf in, out;
    size_t sent;      /* of out */
    size_t used;      /* bytes of in that the current request takes */
    char borrowed;    /* the byte behind the body, where a NUL stands meanwhile */
    unsigned watched; /* what the loop watches fd for */
    bool busy, held, answered, streaming, keep_alive, closing, continued, doomed;
};

struct server {
    struct loop *loop;
    serve_fn *fn;
    void *arg;
    int fd;
    struct conn *conns;
};

static void conn_ready(void *arg, int fd, unsigned events);

static void conn_free(struct conn *c)
{
    loop_cancel(&c->req.timer);
    if (c->held && c->req.gone != NULL) {
        c->held = false;
        c->req.gone(&c->req, c->req.gone_arg);
    }
    loop_forget(c->server->loop, c->fd);
    close(c->fd);
    if (c->next != NULL)
        c->next->prev = c->prev;
    if (c->prev != NULL)
        c->prev->next = c->next;
    else
        c->server->conns = c->next;
    buf_free(&c->in);
    buf_free(&c->out);
    free(c);
}

static bool conn_watch(struct conn *c, unsigned events)
{
    if (c->watched == events)
        return true;
    c->watched = events;
    return loop_watch(c->server->loop, c->fd, events, conn_ready, c) == ST_OK;
}

/* Writes what there is; false: the connection is no good. */
static bool flush(struct conn *c)
{
    while (c->sent < c->out.len) {
        ssize_t n = send(c->fd, c->out.s + c->sent, c->out.len - c->sent, MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return (errno == EAGAIN || errno == EWOULDBLOCK) &&
                   conn_watch(c, LOOP_READ | LOOP_WRITE);
        c->sent += (size_t)n;
    }
    c->sent = 0;
    buf_clear(&c->out);
    if (c->out.cap > KEEP_BUFFER)
        buf_free(&c->out);
    return !c->closing && conn_watch(c, LOOP_READ);
}

static void give_back(struct conn *c)
{
    if (c->borrowed != '\0')
        c->in.s[c->used] = c->borrowed;
    c->borrowed = '\0';
}

static void request_done(struct conn *c)
{
    give_back(c);
    loop_cancel(&c->req.timer);
    c->busy = c->held = c->answered = c->continued = false;
    c->req.gone = NULL;
    if (c->used < c->in.len)
        memmove(c->in.s, c->in.s + c->used, c->in.len - c->used);
    c->in.len -= c->used;
    c->used = 0;
    if (c->in.len == 0 && c->in.cap > KEEP_BUFFER)
        buf_free(&c->in);
    if (!c->keep_alive)
        c->closing = true;
}

static void refuse(struct conn *c, int code, const char *why)
{
    c->busy = true;
    c->keep_alive = false;
    req_answer(&c->req,
               &(struct answer){
                   .code = code, .type = "text/plain", .body = why, .n = strlen(why)});
}

/* One step through what has arrived: true when a request was taken. */
static bool take_request(struct conn *c)
{
    struct head h;
    enum head_fate fate;

    if (c->busy || c->closing || c->in.len == 0)
        return false;
    fate = head_read(c->in.s, c->in.len, &h);
    if (fate == HEAD_MORE && c->in.len > SERVE_HEAD_MAX)
        fate = HEAD_BAD;
    if (fate == HEAD_BAD)
        return refuse(c, 400, "bad request\n"), true;
    if (fate == HEAD_MORE)
        return false;
    if (h.chunked)
        return refuse(c, 411, "a length is needed\n"), true;
    if (h.length > SERVE_BODY_MAX)
        return refuse(c, 413, "too large\n"), true;
    c->used = h.size + (size_t)h.length;
    if (c->in.len < c->used) {
        if (h.expects_continue && !c->continued)
            buf_adds(&c->out, "HTTP/1.1 100 Continue\r\n\r\n");
        c->continued = true;
        c->used = 0;
        return false;
    }
    return c->keep_alive = h.keep_alive, c->busy = true;
}

static void serve_request(struct conn *c)
{
    struct req *r = &c->req;

    head_split(c->in.s, r);
    r->body = c->in.s + c->used - r->body_n;
    if (c->used < c->in.len) {
        c->borrowed = c->in.s[c->used];
        c->in.s[c->used] = '\0';
    }
    c->server->fn(c->server->arg, r);
    give_back(c);
}

static void conn_turn(struct conn *c)
{
    while (!c->doomed && take_request(c)) {
        if (!c->answered)
            serve_request(c);
        if (c->answered)
            request_done(c);
        if (c->held)
            break;
    }
    if (c->in.failed || c->out.failed || c->doomed || !flush(c))
        conn_free(c);
}

static void conn_ready(void *arg, int fd, unsigned events)
{
    struct conn *c = arg;
    char chunk[65536];
    ssize_t n;

    if (events & LOOP_READ) {
        n = recv(fd, chunk, sizeof chunk, 0);
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
            conn_free(c);
            return;
        }
        if (n > 0)
            buf_add(&c->in, chunk, (size_t)n);
    }
    conn_turn(c);
}

static void accept_ready(void *arg, int fd, unsigned events)
{
    struct server *s = arg;
    int one = 1, peer;

    (void)events;
    while ((peer = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct conn *c = calloc(1, sizeof(*c));

        if (c == NULL || loop_watch(s->loop, peer, LOOP_READ, conn_ready, c) != ST_OK) {
            free(c);
            close(peer);
            return;
        }
        setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        c->server = s;
        c->fd = peer;
        c->watched = LOOP_READ;
        c->next = s->conns;
        if (s->conns != NULL)
            s->conns->prev = c;
        s->conns = c;
    }
}

/* ---- answering ----------------------------------------------------------------------
 */

static struct conn *conn_of(struct req *r)
{
    return (struct conn *)r;
}

static void put_answer(struct conn *c, const struct answer *a)
{
    buf_addf(&c->out, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n",
             a->code, head_reason(a->code), a->type ? a->type : "application/json",
             a->n);
    if (a->header != NULL)
        buf_adds(&c->out, a->header);
    buf_adds(&c->out, c->keep_alive ? "\r\n" : "Connection: close\r\n\r\n");
    buf_add(&c->out, a->body, a->n);
}

/* Inside serve_fn the request's bytes must stay until it returns; a held one has nobody
 * above it, so its bytes leave now and what the client sent meanwhile is read. */
static void finish(struct conn *c)
{
    c->answered = true;
    if (!c->held)
        return;
    request_done(c);
    conn_turn(c);
}

void req_answer(struct req *r, const struct answer *a)
{
    struct conn *c = conn_of(r);

    put_answer(c, a);
    finish(c);
}

void req_json(struct req *r, int code, const struct buf *body)
{
    static const char broken[] = "{\"ok\":false,\"error_code\":500,"
                                 "\"description\":\"Internal Server Error\"}";

    if (body->failed)
        req_answer(r, &(struct answer){500, NULL, NULL, broken, sizeof(broken) - 1});
    else
        req_answer(r, &(struct answer){code, NULL, NULL, body->s, body->len});
}

void req_hold(struct req *r, void (*gone)(struct req *, void *), void *arg)
{
    conn_of(r)->held = true;
    r->gone = gone;
    r->gone_arg = arg;
}

/* A doomed connection is freed by conn_turn; a held one has nobody else to do it. */
static void doom(struct conn *c)
{
    bool held = c->held;

    c->held = false;
    c->doomed = true;
    if (held)
        conn_free(c);
}

void req_reset(struct req *r)
{
    struct conn *c = conn_of(r);
    struct linger hard = {.l_onoff = 1, .l_linger = 0};

    setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    doom(c);
}

void req_half(struct req *r, const struct answer *a)
{
    struct conn *c = conn_of(r);
    size_t from = c->out.len;

    put_answer(c, a);
    c->out.len = from + (c->out.len - from - a->n) + a->n / 2;
    c->keep_alive = false;
    finish(c);
}

void req_stream(struct req *r)
{
    struct conn *c = conn_of(r);

    c->streaming = true;
    buf_adds(&c->out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                      "Cache-Control: no-store\r\nConnection: close\r\n\r\n");
}

void req_stream_send(struct req *r, const char *s, size_t n)
{
    struct conn *c = conn_of(r);

    if (c->out.len - c->sent > STREAM_BACKLOG_MAX)
        shutdown(c->fd, SHUT_RDWR); /* the loop hears of it and frees the connection */
    else
        buf_add(&c->out, s, n);
    /* The bytes leave from the loop: freeing here would surprise the sender's walk. */
    if (!conn_watch(c, LOOP_READ | LOOP_WRITE))
        shutdown(c->fd, SHUT_RDWR);
}

/* ---- life ---------------------------------------------------------------------------
 */

struct server *serve_new(struct loop *loop, serve_fn *fn, void *arg)
{
    struct server *s = calloc(1, sizeof(*s));

    if (s != NULL)
        *s = (struct server){.loop = loop, .fn = fn, .arg = arg, .fd = -1};
    return s;
}

static bool address_read(const char *text, struct sockaddr_in *out)
{
    const char *colon = strrchr(text, ':');
    char host[64], *end;
    unsigned long port;

    if (colon == NULL || (size_t)(colon - text) >= sizeof(host) || colon[1] == '\0')
        return false;
    memcpy(host, text, (size_t)(colon - text));
    host[colon - text] = '\0';
    port = strtoul(colon + 1, &end, 10);
    *out =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    return *end == '\0' && port <= 65535 &&
           inet_pton(AF_INET, host, &out->sin_addr) == 1;
}

enum status serve_listen(struct server *s, const char *address, int *port)
{
    struct sockaddr_in a;
    socklen_t n = sizeof(a);
    int one = 1;

    if (!address_read(address, &a))
        return ST_BAD;
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s->fd < 0)
        return ST_BROKEN;
    setsockopt(s->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(s->fd, (struct sockaddr *)&a, sizeof(a)) != 0 || listen(s->fd, 1024) != 0)
        return ST_TAKEN;
    if (getsockname(s->fd, (struct sockaddr *)&a, &n) != 0)
        return ST_BROKEN;
    *port = ntohs(a.sin_port);
    return loop_watch(s->loop, s->fd, LOOP_READ, accept_ready, s);
}

void serve_free(struct server *s)
{
    if (s == NULL)
        return;
    while (s->conns != NULL)
        conn_free(s->conns);
    if (s->fd >= 0) {
        loop_forget(s->loop, s->fd);
        close(s->fd);
    }
    free(s);
}
