/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * How long a connection may stay in each of its phases. libmicrohttpd counts from the
 * last byte, which somebody who drips pushes ahead of himself; we count from the first.
 */
#include "core/io/httpd_private.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#define TICK_MS 1000
#define READING_MS 10000 /* a request from its first byte to its last */
/* Longer than nginx keeps its upstream connections (60 s): whoever closes first loses
 * the request that is just being sent, and that must not be us. */
#define IDLE_MS 75000
#define WRITING_MS 75000

static const int64_t phase_ms[PHASES] = {[IDLE] = IDLE_MS,
                                         [READING] = READING_MS,
                                         [HELD] = INT64_MAX,
                                         [WRITING] = WRITING_MS,
                                         [STREAMING] = INT64_MAX};

void phase_set(struct http_req *r, enum phase phase)
{
    struct http_req *ring = &r->h->rings[phase];

    if (r->next) {
        r->prev->next = r->next;
        r->next->prev = r->prev;
    }
    r->phase = phase;
    r->since = loop_mono_ms(r->h->loop);
    r->prev = ring->prev;
    r->next = ring;
    ring->prev->next = r;
    ring->prev = r;
}

/* libmicrohttpd offers no way to drop a connection; its end of file does. */
void conn_drop(struct http_req *r)
{
    shutdown(r->fd, SHUT_RDWR);
}

/* libmicrohttpd does not tell when the first bytes of a further request are there, the
 * kernel does: somebody who drips a request line is not idle. */
static bool conn_heard_since(const struct http_req *r, int64_t now_ms)
{
    struct tcp_info info = {0};
    socklen_t n = sizeof(info);

    if (getsockopt(r->fd, IPPROTO_TCP, TCP_INFO, &info, &n) != 0)
        return false;
    return now_ms - (int64_t)info.tcpi_last_data_recv > r->since + 50;
}

void phase_tick(void *arg)
{
    struct httpd *h = arg;
    int64_t now = loop_mono_ms(h->loop);
    struct http_req *r, *next;

    for (r = h->rings[IDLE].next; r != &h->rings[IDLE]; r = next) {
        next = r->next;
        if (conn_heard_since(r, now))
            phase_set(r, READING);
    }
    for (int p = 0; p < PHASES; p++) {
        struct http_req *ring = &h->rings[p];
        for (r = ring->next; r != ring && now - r->since >= phase_ms[p]; r = r->next)
            if (now - r->since - phase_ms[p] >= r->spare_ms)
                conn_drop(r);
    }
    streams_tick(h, now);
    if (h->connections > 0)
        loop_after(h->loop, &h->tick, TICK_MS, phase_tick, h);
}
