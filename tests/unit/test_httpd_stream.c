/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Answers without an end: many listeners, slow ones, those that leave, the end. The
 * server is told what to send by ordinary requests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/io/httpd.h"
#include "tests/harness/until.h"
#include "tests/harness/web.h"
#include "tests/harness/wire.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define STREAMS 256
#define MOST (64 * 1024)

static struct {
    struct loop *loop;
    struct httpd *httpd;
    pthread_t thread;
    int stop_fd;
    struct listener {
        struct http_stream *stream;
    } of[STREAMS];
    int n, closed, drained;
} yard;

/* ---- the server ------------------------------------------------------------------ */

static void on_closed(void *arg)
{
    struct listener *l = arg;

    l->stream = NULL;
    yard.closed++;
}

static void listen_begin(struct http_req *req)
{
    struct listener *l = &yard.of[yard.n];
    struct http_stream_options o = {.type = "text/event-stream",
                                    .headers = {{"X-Test", "yes"}},
                                    .most = MOST,
                                    .stall_ms = 1500,
                                    .closed = on_closed,
                                    .arg = l};

    l->stream = http_answer_stream(req, &o);
    if (l->stream == NULL)
        return;
    yard.n++;
    if (http_stream_send(l->stream, "hello\n", 6) != ST_OK)
        abort();
}

/* To all that are there; answers how many took it. */
static int say(const char *text, size_t n)
{
    int took = 0;

    for (int i = 0; i < yard.n; i++)
        if (yard.of[i].stream != NULL)
            took += http_stream_send(yard.of[i].stream, text, n) == ST_OK;
    return took;
}

static void end_all(void)
{
    for (int i = 0; i < yard.n; i++) {
        if (yard.of[i].stream != NULL)
            http_stream_end(yard.of[i].stream);
        yard.of[i].stream = NULL;
    }
}

static void handle(void *arg, struct http_req *req)
{
    static char much[16384];
    const char *path = http_path(req), *body;
    char text[64];
    int took = 0;
    size_t n;

    (void)arg;
    if (strcmp(path, "/live") == 0) {
        listen_begin(req);
        return;
    }
    memset(much, 'x', sizeof much);
    much[sizeof much - 1] = '\n';
    body = http_body(req, &n);
    if (strcmp(path, "/say") == 0)
        took = say(body, n);
    else if (strcmp(path, "/flood") == 0)
        took = say(much, sizeof much);
    else if (strcmp(path, "/end") == 0)
        end_all();
    snprintf(text, sizeof text, "took %d, closed %d\n", took, yard.closed);
    http_answer(req,
                &(struct http_answer){.status = 200, .body = text, .n = strlen(text)});
}

static void drained(void *arg)
{
    (void)arg;
    __atomic_store_n(&yard.drained, 1, __ATOMIC_SEQ_CST);
    loop_stop(yard.loop);
}

static void stop_asked(void *arg, int fd, unsigned events)
{
    (void)arg, (void)events;
    loop_forget(yard.loop, fd);
    httpd_stop(yard.httpd, drained, NULL);
}

static void *yard_run(void *arg)
{
    loop_run(yard.loop);
    return arg;
}

static int yard_open(void **state)
{
    struct httpd_options o = {
        .listen = "127.0.0.1:0", .body_max = 65536, .handler = handle};

    (void)state;
    memset(&yard, 0, sizeof yard);
    yard.loop = loop_new();
    yard.httpd = httpd_open(yard.loop, &o, NULL);
    yard.stop_fd = eventfd(0, 0);
    if (yard.httpd == NULL ||
        loop_watch(yard.loop, yard.stop_fd, LOOP_READ, stop_asked, NULL) != ST_OK)
        return -1;
    return pthread_create(&yard.thread, NULL, yard_run, NULL);
}

static void yard_stop(void)
{
    uint64_t one = 1;

    assert_int_equal(write(yard.stop_fd, &one, sizeof one), sizeof one);
}

static int yard_close(void **state)
{
    (void)state;
    if (!__atomic_load_n(&yard.drained, __ATOMIC_SEQ_CST))
        yard_stop();
    pthread_join(yard.thread, NULL);
    httpd_close(yard.httpd);
    loop_free(yard.loop);
    close(yard.stop_fd);
    return 0;
}

/* ---- asking ---------------------------------------------------------------------- */

struct told {
    int took, closed;
};

static struct told tell(const char *path, const char *body)
{
    struct web_ask ask = {.port = httpd_port(yard.httpd),
                          .method = "POST",
                          .path = path,
                          .body = body,
                          .n = body != NULL ? strlen(body) : 0};
    struct buf out = {0};
    struct told t = {0, 0};

    assert_int_equal(web_ask(&ask, &out), 200);
    assert_int_equal(sscanf(web_body(&out), "took %d, closed %d", &t.took, &t.closed),
                     2);
    buf_free(&out);
    return t;
}

static int hear(void)
{
    int fd = wire_dial(httpd_port(yard.httpd));

    wire_say(fd, "GET /live HTTP/1.1\r\nHost: a\r\n\r\n");
    return fd;
}

struct wish {
    int closed;
};

static bool all_closed(void *arg)
{
    return tell("/count", NULL).closed >= ((struct wish *)arg)->closed;
}

/* ---- tests ----------------------------------------------------------------------- */

static void what_is_sent_is_heard_at_once(void **state)
{
    char text[4096];
    int fd = hear();
    int64_t from;

    (void)state;
    wire_hear_until(fd, text, sizeof text, "hello\n", 1);
    assert_int_equal(wire_status(text), 200);
    assert_non_null(strstr(text, "X-Test: yes"));
    assert_non_null(strstr(text, "text/event-stream"));
    from = clock_mono_ms();
    for (int i = 0; i < 20; i++) {
        assert_int_equal(tell("/say", "one more\n").took, 1);
        wire_hear_until(fd, text, sizeof text, "one more\n", 1);
    }
    assert_true(clock_mono_ms() - from < 4000);
    tell("/end", NULL);
    wire_hear_until(fd, text, sizeof text, "0\r\n\r\n", 1); /* the last chunk */
    /* … and the connection goes on with the next request. */
    wire_say(fd, "POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    wire_hear(fd, text, sizeof text);
    assert_non_null(strstr(text, "took 0, closed 0"));
    close(fd);
}

/* They cost nothing while nothing is sent. */
static void hundreds_listen(void **state)
{
    static int fd[200];
    struct rusage before, after;
    char text[4096];
    int64_t busy, until_ms;

    (void)state;
    for (int i = 0; i < 200; i++)
        fd[i] = hear();
    for (int i = 0; i < 200; i++)
        wire_hear_until(fd[i], text, sizeof text, "hello\n", 1);
    for (int k = 0; k < 5; k++) {
        assert_int_equal(tell("/say", "to all\n").took, 200);
        for (int i = 0; i < 200; i++)
            wire_hear_until(fd[i], text, sizeof text, "to all\n", 1);
    }
    getrusage(RUSAGE_SELF, &before);
    until_ms = clock_mono_ms() + 500;
    assert_false(until(all_closed, &(struct wish){1}, until_ms - clock_mono_ms()));
    getrusage(RUSAGE_SELF, &after);
    busy = (after.ru_utime.tv_sec - before.ru_utime.tv_sec) * 1000000 +
           after.ru_utime.tv_usec - before.ru_utime.tv_usec;
    assert_true(busy < 400000); /* a loop that spins would use all of two threads */
    for (int i = 0; i < 200; i++)
        close(fd[i]);
    tell("/say", "is anybody there?\n");
    tell("/say", "nobody\n");
    assert_true(until(all_closed, &(struct wish){200}, 5000));
}

/* He holds nobody up: others go on hearing, and he is dropped. */
static void a_slow_reader_is_dropped(void **state)
{
    static char text[400000];
    int small = 4096, slow = wire_dial(httpd_port(yard.httpd)), quick = hear();
    int n = 0;

    (void)state;
    setsockopt(slow, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    wire_say(slow, "GET /live HTTP/1.1\r\nHost: a\r\n\r\n");
    wire_hear_until(slow, text, sizeof text, "hello\n", 1);
    wire_hear_until(quick, text, sizeof text, "hello\n", 1);
    while (tell("/flood", NULL).took == 2 && n++ < 200)
        wire_hear_until(quick, text, sizeof text, "xxx\n", 1);
    assert_true(n > 1 && n < 200);
    wire_hear_until(quick, text, sizeof text, "xxx\n", 1);
    assert_true(until(all_closed, &(struct wish){1}, 3000));
    assert_int_equal(tell("/say", "still there\n").took, 1);
    wire_hear_until(quick, text, sizeof text, "still there\n", 1);
    close(slow);
    close(quick);
}

/* Less than the bound, but he takes nothing of it for long. */
static void who_stands_still_is_dropped(void **state)
{
    static char text[400000];
    int small = 4096, slow = wire_dial(httpd_port(yard.httpd));
    struct told t;
    int n = 0;

    (void)state;
    setsockopt(slow, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    wire_say(slow, "GET /live HTTP/1.1\r\nHost: a\r\n\r\n");
    wire_hear_until(slow, text, sizeof text, "hello\n", 1);
    do
        t = tell("/flood", NULL);
    while (++n < 8 && t.took == 1 && t.closed == 0);
    assert_true(until(all_closed, &(struct wish){1}, 6000));
    close(slow);
}

static bool is_drained(void *arg)
{
    (void)arg;
    return __atomic_load_n(&yard.drained, __ATOMIC_SEQ_CST) != 0;
}

/* Also those that read nothing. */
static void a_stop_ends_them(void **state)
{
    static char text[400000];
    int fd[20], small = 4096;

    (void)state;
    for (int i = 0; i < 20; i++) {
        fd[i] = wire_dial(httpd_port(yard.httpd));
        if (i == 0)
            setsockopt(fd[i], SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
        wire_say(fd[i], "GET /live HTTP/1.1\r\nHost: a\r\n\r\n");
        wire_hear_until(fd[i], text, sizeof text, "hello\n", 1);
    }
    for (int k = 0; k < 3; k++)
        tell("/flood", NULL);
    yard_stop();
    for (int i = 1; i < 20; i++) {
        assert_true(wire_hear_all(fd[i], text, sizeof text));
        assert_non_null(strstr(text, "0\r\n\r\n"));
        close(fd[i]);
    }
    assert_true(until(is_drained, NULL, 8000));
    assert_int_equal(yard.closed, 20);
    close(fd[0]);
}

/* Closed with listeners, without a word. */
static void a_server_may_be_closed_with_listeners(void **state)
{
    struct httpd_options o = {
        .listen = "127.0.0.1:0", .body_max = 65536, .handler = handle};
    int64_t until_ms = clock_mono_ms() + 5000;
    struct loop_timer stop = {0};
    int fd, late;

    (void)state;
    memset(&yard, 0, sizeof yard);
    yard.loop = loop_new();
    yard.httpd = httpd_open(yard.loop, &o, NULL);
    fd = hear();
    late = hear();
    while (yard.n < 2 && clock_mono_ms() < until_ms) {
        loop_after(yard.loop, &stop, 20, (loop_call *)loop_stop, yard.loop);
        loop_run(yard.loop);
    }
    assert_int_equal(yard.n, 2);
    httpd_close(yard.httpd);
    assert_int_equal(yard.closed, 2);
    loop_free(yard.loop);
    close(fd);
    close(late);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, yard_open, yard_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_sent_is_heard_at_once),
        TEST(hundreds_listen),
        TEST(a_slow_reader_is_dropped),
        TEST(who_stands_still_is_dropped),
        TEST(a_stop_ends_them),
        cmocka_unit_test(a_server_may_be_closed_with_listeners),
    };

    wire_many_descriptors();
    return cmocka_run_group_tests_name("httpd streams", tests, NULL, NULL);
}
