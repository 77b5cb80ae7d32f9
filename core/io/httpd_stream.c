/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Answers without an end. libmicrohttpd asks for bytes when the socket takes some; where
 * there are none its connection is put to sleep and costs nothing until more is sent:
 * hundreds of listeners that hear something now and then are no work in between. */
#include "core/io/httpd_private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define SOCKET_BYTES (32 * 1024) /* what the kernel keeps for a slow reader */
#define ENDING_MS 2000           /* for the last words, when the server stops */

struct http_stream *stream_new(struct http_req *r, const struct http_stream_options *o)
{
    struct http_stream *s = calloc(1, sizeof *s);
    int bytes = SOCKET_BYTES;

    if (s == NULL)
        return NULL;
    s->req = r;
    s->o = *o;
    s->moved_ms = loop_mono_ms(r->h->loop);
    /* Else what he does not read hides in the kernel for minutes; if it cannot be had,
     * it hides. */
    (void)setsockopt(r->fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    return s;
}

static size_t left(const struct http_stream *s)
{
    return s->pending.len - s->taken;
}

/* Nothing more comes, and its owner is told. */
static void finish(struct http_stream *s)
{
    s->ended = true;
    s->moved_ms = loop_mono_ms(s->req->h->loop);
    s->o.closed(s->o.arg);
}

ssize_t stream_take(struct http_stream *s, char *out, size_t room)
{
    size_t n = left(s) < room ? left(s) : room;

    if (s->req->h->stopping && !s->ended)
        finish(s); /* it began just before */
    if (s->dead)
        return -2;
    if (n == 0 && s->ended)
        return -1;
    s->asleep = n == 0;
    if (n == 0)
        return 0;
    memcpy(out, s->pending.s + s->taken, n);
    s->taken += n;
    s->moved_ms = loop_mono_ms(s->req->h->loop);
    if (left(s) == 0) {
        buf_clear(&s->pending);
        s->taken = 0;
    }
    return (ssize_t)n;
}

static void wake(struct http_stream *s)
{
    if (s->asleep)
        conn_wake(s->req);
    s->asleep = false;
}

static void drop(struct http_stream *s)
{
    s->dead = true;
    conn_drop(s->req);
    wake(s);
}

static void add(struct http_stream *s, const void *text, size_t n)
{
    if (s->taken > 0) {
        memmove(s->pending.s, s->pending.s + s->taken, left(s));
        s->pending.len -= s->taken;
        s->taken = 0;
    }
    if (s->pending.len == 0)
        s->moved_ms = loop_mono_ms(s->req->h->loop);
    buf_add(&s->pending, text, n);
}

enum status http_stream_send(struct http_stream *s, const void *text, size_t n)
{
    bool fits = !s->dead && left(s) + n <= s->o.most;

    if (fits)
        add(s, text, n);
    if (fits && !s->pending.failed) {
        wake(s);
        return ST_OK;
    }
    if (!s->dead)
        drop(s);
    return ST_REFUSED;
}

void http_stream_end(struct http_stream *s)
{
    s->ended = true;
    s->moved_ms = loop_mono_ms(s->req->h->loop);
    wake(s);
}

void stream_over(struct http_req *r)
{
    struct http_stream *s = r->stream;

    if (s == NULL)
        return;
    r->stream = NULL;
    if (!s->ended)
        s->o.closed(s->o.arg);
    buf_free(&s->pending);
    free(s);
}

void streams_tick(struct httpd *h, int64_t now_ms)
{
    struct http_req *ring = &h->rings[STREAMING];

    for (struct http_req *r = ring->next; r != ring; r = r->next) {
        struct http_stream *s = r->stream;
        int64_t patience = h->stopping ? ENDING_MS : s->o.stall_ms;

        if (!s->dead && left(s) > 0 && now_ms - s->moved_ms >= patience)
            drop(s);
    }
}

void streams_end(struct httpd *h)
{
    struct http_req *ring = &h->rings[STREAMING], *next;

    for (struct http_req *r = ring->next; r != ring; r = next) {
        struct http_stream *s = r->stream;

        next = r->next;
        if (!s->ended)
            finish(s);
        wake(s);
    }
}
