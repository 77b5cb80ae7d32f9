/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Bodies of different limits on one server: each request has its own, and of large ones
 * only so many are held at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/io/httpd.h"
#include "tests/harness/wire.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define MAX (4 * 1024 * 1024)
#define SMALL 1000
#define LARGE (2 * 1024 * 1024)

static struct {
    struct loop *loop;
    struct httpd *httpd;
    pthread_t thread;
    struct http_req *held[HTTP_LARGE];
    int n, stop_fd;
} server;

static void early(void *arg, struct http_req *req)
{
    size_t most = strcmp(http_path(req), "/large") == 0 ? MAX + 5 : SMALL;

    (void)arg;
    http_body_limit(req, most);
    if (strcmp(http_path(req), "/unread") == 0 && http_length(req) > SMALL)
        http_answer_empty(req, 413);
}

/* Answers large ones when all of them are there. */
static void handle(void *arg, struct http_req *req)
{
    char text[40];
    size_t n;

    (void)arg;
    (void)http_body(req, &n);
    if (n <= BUFSIZ) {
        snprintf(text, sizeof text, "took %zu", n);
        http_answer(
            req, &(struct http_answer){.status = 200, .body = text, .n = strlen(text)});
        return;
    }
    server.held[server.n++] = req;
    if (server.n < HTTP_LARGE)
        return;
    while (server.n > 0)
        http_answer_empty(server.held[--server.n], 200);
}

static void *serve(void *arg)
{
    (void)arg;
    loop_run(server.loop);
    return NULL;
}

static void drained(void *arg)
{
    (void)arg;
    loop_stop(server.loop);
}

static void stop_asked(void *arg, int fd, unsigned events)
{
    (void)arg;
    (void)events;
    loop_forget(server.loop, fd);
    httpd_stop(server.httpd, drained, NULL);
}

static int opened(void **state)
{
    struct httpd_options o = {
        .listen = "127.0.0.1:0", .body_max = MAX, .early = early, .handler = handle};

    (void)state;
    server.loop = loop_new();
    server.httpd = httpd_open(server.loop, &o, NULL);
    server.stop_fd = eventfd(0, 0);
    assert_non_null(server.httpd);
    assert_int_equal(
        loop_watch(server.loop, server.stop_fd, LOOP_READ, stop_asked, NULL), ST_OK);
    return pthread_create(&server.thread, NULL, serve, NULL);
}

static int closed(void **state)
{
    uint64_t one = 1;

    (void)state;
    assert_int_equal(write(server.stop_fd, &one, sizeof one), sizeof one);
    pthread_join(server.thread, NULL);
    httpd_close(server.httpd);
    loop_free(server.loop);
    return close(server.stop_fd);
}

/* ---- asking ----------------------------------------------------------------------- */

static int begin(const char *path, size_t n)
{
    int fd = wire_dial(httpd_port(server.httpd));
    char head[200];

    snprintf(head, sizeof head,
             "POST %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %zu"
             "\r\n\r\n",
             path, n);
    wire_say(fd, head);
    return fd;
}

static void body_say(int fd, size_t n)
{
    char *body = calloc(1, n);

    assert_non_null(body);
    wire_say_n(fd, body, n);
    free(body);
}

static int status_of(int fd)
{
    char answer[4096];

    assert_true(wire_hear_all(fd, answer, sizeof answer));
    close(fd);
    return wire_status(answer);
}

static int asked(const char *path, size_t n)
{
    int fd = begin(path, n);

    body_say(fd, n);
    return status_of(fd);
}

static void each_request_has_its_own_limit(void **state)
{
    int fd;

    (void)state;
    assert_int_equal(asked("/small", SMALL), 200);
    assert_int_equal(asked("/small", SMALL + 1), 413);
    assert_int_equal(asked("/large", SMALL + 1), 200);
    assert_int_equal(status_of(begin("/unread", SMALL + 1)), 413);
    assert_int_equal(status_of(begin("/large", MAX + 1)), 413); /* never more than it */
    fd = wire_dial(httpd_port(server.httpd));
    wire_say(fd, "POST /small HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                 "Transfer-Encoding: chunked\r\n\r\n3e9\r\n");
    body_say(fd, SMALL + 1);
    wire_say(fd, "\r\n0\r\n\r\n");
    assert_int_equal(status_of(fd), 413);
}

/* One more than are held at a time is refused, and only that one; afterwards there is
 * room again. */
static void so_many_large_ones_at_a_time(void **state)
{
    int fds[HTTP_LARGE + 1];

    (void)state;
    for (int round = 0; round < 3; round++) {
        int fine = 0, refused = 0;

        for (int i = 0; i <= HTTP_LARGE; i++) {
            fds[i] = begin("/large", LARGE);
            body_say(fds[i], LARGE - 1);
        }
        for (int i = 0; i <= HTTP_LARGE; i++)
            body_say(fds[i], 1);
        for (int i = 0; i <= HTTP_LARGE; i++) {
            int status = status_of(fds[i]);

            fine += status == 200;
            refused += status == 503;
        }
        assert_int_equal(fine, HTTP_LARGE);
        assert_int_equal(refused, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_request_has_its_own_limit),
        cmocka_unit_test(so_many_large_ones_at_a_time),
    };

    return cmocka_run_group_tests(tests, opened, closed);
}
