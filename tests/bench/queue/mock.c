/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A Bot API that takes its time: every call is answered after "ms", and the numbers in
 * callback_query_id are counted. */
#include "tests/bench/queue/bench.h"

#include "core/io/httpd.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct mock {
    struct loop *loop;
    int64_t ms, count, distinct, under_way, most_under_way;
    uint32_t room;
    unsigned char *seen;
};

struct call {
    struct mock *mock;
    struct http_req *req;
    struct loop_timer timer;
};

static void on_due(void *arg)
{
    static const char ok[] = "{\"ok\":true,\"result\":true}";
    struct http_answer a = {
        .status = 200, .type = "application/json", .body = ok, .n = sizeof ok - 1};
    struct call *c = arg;

    c->mock->under_way--;
    http_answer(c->req, &a);
    free(c);
}

static void count(struct mock *m, const char *body)
{
    static const char key[] = "callback_query_id\":";
    const char *at = body ? strstr(body, key) : NULL;
    uint64_t n;

    if (at == NULL)
        return;
    for (at += sizeof key - 1; *at == '"' || *at == ' ';)
        at++;
    n = strtoull(at, NULL, 10);
    m->count++;
    if (n < m->room && !m->seen[n]) {
        m->seen[n] = 1;
        m->distinct++;
    }
}

static void on_call(void *arg, struct http_req *req)
{
    struct mock *m = arg;
    struct call *c = calloc(1, sizeof *c);
    size_t n;

    bench_need(c != NULL, "no memory");
    *c = (struct call){.mock = m, .req = req};
    count(m, http_body(req, &n));
    if (++m->under_way > m->most_under_way)
        m->most_under_way = m->under_way;
    loop_after(m->loop, &c->timer, m->ms, on_due, c);
}

static void on_stop(void *arg)
{
    struct mock *m = arg;

    loop_stop(m->loop);
}

int bench_mock(struct bench *b)
{
    struct mock m = {.loop = loop_new(),
                     .ms = bench_number(b, "ms", 30),
                     .room = (uint32_t)bench_number(b, "room", 1000000)};
    struct httpd_options o = {
        .listen = "127.0.0.1:0", .body_max = 1 << 16, .handler = on_call, .arg = &m};
    const char *why = "no memory";
    struct httpd *h = m.loop ? httpd_open(m.loop, &o, &why) : NULL;

    m.seen = calloc(1, m.room);
    bench_need(h != NULL && m.seen != NULL, why);
    bench_need(loop_on_signal(m.loop, SIGTERM, on_stop, &m) == ST_OK &&
                   loop_on_signal(m.loop, SIGINT, on_stop, &m) == ST_OK,
               "no signals");
    printf("{\"port\":%d}\n", httpd_port(h));
    fflush(stdout);
    loop_run(m.loop);
    printf("{\"count\":%lld,\"distinct\":%lld,\"most\":%lld}\n", (long long)m.count,
           (long long)m.distinct, (long long)m.most_under_way);
    httpd_close(h);
    loop_free(m.loop);
    free(m.seen);
    return 0;
}
