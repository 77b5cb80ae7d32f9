/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The HTTP server, spoken to by raw sockets: sizes, pipelines, drips, crowds, its end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/place.h"
#include "tests/harness/until.h"
#include "tests/harness/wire.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define WAIT_MS 20000
#define POST "POST /x HTTP/1.1\r\nHost: a\r\n"

/* ---- what is fine --------------------------------------------------------------- */

static void requests_in_one_breath_are_answered_in_order(void **state)
{
    char answer[8192];
    int fd = wire_dial(httpd_port(place.httpd));

    (void)state;
    wire_say(fd, "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
                 "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nxyz"
                 "POST /later HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
                 "GET /d HTTP/1.1\r\nHost: [::1]:80\r\n\r\n");
    wire_hear_until(fd, answer, sizeof(answer), "HTTP/1.1 ", 4);
    assert_non_null(strstr(answer, "GET /a 0"));
    assert_true(strstr(answer, "POST /b 3") > strstr(answer, "GET /a 0"));
    assert_true(strstr(answer, "204 No Content") > strstr(answer, "POST /b 3"));
    assert_non_null(strstr(answer, "X-Test: yes"));
    close(fd);
}

static void chunks_become_one_body(void **state)
{
    char answer[4096];
    int fd = wire_dial(httpd_port(place.httpd));

    (void)state;
    wire_say(
        fd, POST
        "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n");
    wire_hear_until(fd, answer, sizeof(answer), "POST /x 7", 1);
    wire_say(fd, POST "Content-Length: 0\r\n\r\n");
    wire_hear_until(fd, answer, sizeof(answer), "POST /x 0", 1);
    close(fd);
}

static void a_body_of_the_limit_is_taken_one_more_byte_is_413(void **state)
{
    static char body[PLACE_BODY_MAX + 1];
    char head[200], answer[4096];
    int fd = wire_dial(httpd_port(place.httpd));

    (void)state;
    memset(body, 'a', sizeof(body));
    snprintf(head, sizeof(head), POST "Content-Length: %d\r\n\r\n", PLACE_BODY_MAX);
    wire_say(fd, head);
    wire_say_n(fd, body, PLACE_BODY_MAX);
    wire_hear_until(fd, answer, sizeof(answer), "POST /x 65536", 1);
    snprintf(head, sizeof(head), POST "Content-Length: %d\r\n\r\n", PLACE_BODY_MAX + 1);
    wire_say(fd, head); /* and not a byte of it */
    assert_true(wire_hear_all(fd, answer, sizeof(answer)));
    assert_int_equal(wire_status(answer), 413);
    close(fd);
}

static void chunks_beyond_the_limit_are_413(void **state)
{
    static char body[0x8000];
    char answer[4096];
    int fd = wire_dial(httpd_port(place.httpd));

    (void)state;
    memset(body, 'a', sizeof(body));
    place_forget();
    wire_say(fd, POST "Transfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 3; i++) {
        wire_say(fd, "8000\r\n");
        wire_say_n(fd, body, sizeof(body));
        wire_say(fd, "\r\n");
    }
    wire_say(fd, "0\r\n\r\n");
    assert_true(wire_hear_all(fd, answer, sizeof(answer)));
    assert_int_equal(wire_status(answer), 413);
    assert_int_equal(place_handled(), 0);
    close(fd);
}

static void who_is_refused_early_sends_no_body(void **state)
{
    char answer[4096];
    int fd = wire_dial(httpd_port(place.httpd));

    (void)state;
    place_forget();
    wire_say(fd, "POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n");
    assert_true(wire_hear_all(fd, answer, sizeof(answer)));
    assert_int_equal(wire_status(answer), 401);
    assert_int_equal(place_handled(), 0);
    close(fd);
}

static void leave(int fd, bool abruptly)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};

    if (abruptly) /* a reset: the server hears of it while it holds the request */
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    close(fd);
}

static bool all_handled(void *arg)
{
    return place_handled() >= *(int *)arg;
}

static void a_client_that_left_is_answered_into_the_void(void **state)
{
    int fds[20], twenty = 20;
    char answer[4096];

    (void)state;
    for (int i = 0; i < 20; i++) {
        fds[i] = wire_dial(httpd_port(place.httpd));
        wire_say(fds[i], i % 3 ? "GET /later HTTP/1.1\r\nHost: a\r\n\r\n"
                               : "POST /later HTTP/1.1\r\nHost: a\r\nContent-Length: 3"
                                 "\r\n\r\nabcGET /x HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    assert_true(until(all_handled, &twenty, WAIT_MS));
    for (int i = 0; i < 20; i++)
        leave(fds[i], i % 2);
    int fd = wire_dial(httpd_port(place.httpd));
    wire_say(fd, "GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
    wire_hear_until(fd, answer, sizeof(answer), "204", 1);
    wire_say(fd, "GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
    wire_hear_until(fd, answer, sizeof(answer), "GET /x 0", 1);
    close(fd);
}

static struct loop *closing_loop;

static void hold(void *arg, struct http_req *req)
{
    (void)arg;
    (void)req;
    loop_stop(closing_loop);
}

/* What is held or half read when the server is closed is gone with it (a leak, or
 * worse, shows under the sanitizers). */
static void a_server_may_be_closed_at_any_time(void **state)
{
    struct httpd_options o = {
        .listen = "127.0.0.1:0", .body_max = PLACE_BODY_MAX, .handler = hold};
    struct httpd *h;
    int held, half, left;

    (void)state;
    closing_loop = loop_new();
    h = httpd_open(closing_loop, &o, NULL);
    left = wire_dial(httpd_port(h));
    wire_say(left, "GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
    loop_run(closing_loop);
    leave(left, true);
    half = wire_dial(httpd_port(h));
    wire_say(half, POST "Content-Length: 4\r\n\r\nab");
    held = wire_dial(httpd_port(h));
    wire_say(held, POST "Content-Length: 4\r\n\r\nabcd");
    loop_run(closing_loop);
    httpd_close(h);
    loop_free(closing_loop);
    assert_true(wire_closed(held));
    assert_true(wire_closed(half));
    close(held);
    close(half);
}

static void a_head_too_long_is_refused(void **state)
{
    static char line[65536];
    char answer[4096];
    int fd = wire_dial(httpd_port(place.httpd));

    (void)state;
    wire_say(fd, "GET /x HTTP/1.1\r\nHost: a\r\nX: ");
    memset(line, 'a', sizeof(line) - 1);
    send(fd, line, sizeof(line) - 1, MSG_NOSIGNAL);
    assert_true(wire_hear_all(fd, answer, sizeof(answer)));
    if (answer[0])
        assert_int_equal(wire_status(answer), 431);
    close(fd);
}

/* ---- the slow ones -------------------------------------------------------------- */

/* Sends a byte every 200 ms until the connection is closed; answers after how long. */
static int64_t drip(const char *head, const char *bytes)
{
    int64_t from = clock_mono_ms(), now;
    int fd = wire_dial(httpd_port(place.httpd));

    wire_say(fd, head);
    for (size_t i = 0;; i = (i + 1) % strlen(bytes)) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        char heard[4096];

        if (poll(&p, 1, 200) > 0 && recv(fd, heard, sizeof(heard), 0) <= 0)
            break;
        if (send(fd, bytes + i, 1, MSG_NOSIGNAL) != 1)
            break;
        now = clock_mono_ms();
        if (now - from > WAIT_MS)
            break;
    }
    close(fd);
    return clock_mono_ms() - from;
}

struct dripper {
    const char *head, *bytes;
    int64_t took;
    pthread_t thread;
};

static void *drip_run(void *arg)
{
    struct dripper *d = arg;

    d->took = drip(d->head, d->bytes);
    return NULL;
}

/* All at once, so that the test takes eleven seconds and not forty. */
static void whoever_drips_is_cut_off_after_ten_seconds(void **state)
{
    struct dripper all[] = {
        {"G", "E", 0, 0},                                     /* the request line */
        {"GET /x HTTP/1.1\r\nHost: a\r\n", "X: y\r\n", 0, 0}, /* headers */
        {POST "Content-Length: 60000\r\n\r\n", "a", 0, 0},    /* body */
        {"GET /x HTTP/1.1\r\nHost: a\r\n\r\nG", "E", 0, 0},   /* a second request */
        {POST "Transfer-Encoding: chunked\r\n\r\n", "1\r\na\r\n", 0, 0},
    };
    size_t n = sizeof(all) / sizeof(all[0]);

    (void)state;
    for (size_t i = 0; i < n; i++)
        assert_int_equal(pthread_create(&all[i].thread, NULL, drip_run, &all[i]), 0);
    for (size_t i = 0; i < n; i++)
        pthread_join(all[i].thread, NULL);
    for (size_t i = 0; i < n; i++)
        if (all[i].took < 8000 || all[i].took > 15000)
            fail_msg("drip %zu was cut off after %lld ms", i, (long long)all[i].took);
}

static void five_hundred_slow_ones_keep_nobody_waiting(void **state)
{
    static int slow[500];
    char answer[4096];

    (void)state;
    wire_many_descriptors();
    for (int i = 0; i < 500; i++) {
        slow[i] = wire_dial(httpd_port(place.httpd));
        wire_say(slow[i],
                 i % 2 ? "GET /x HTTP/1.1\r\nHos" : POST "Content-Length: 5\r\n\r\nab");
    }
    int fd = wire_dial(httpd_port(place.httpd));
    int64_t from = clock_mono_ms();
    for (int i = 0; i < 100; i++) {
        wire_say(fd, "GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
        wire_hear_until(fd, answer, sizeof(answer), "GET /x 0", 1);
    }
    assert_true(clock_mono_ms() - from < 2000);
    assert_true(httpd_connections(place.httpd) > 500);
    close(fd);
    for (int i = 0; i < 500; i++)
        close(slow[i]);
}

/* ---- stopping ------------------------------------------------------------------- */

static bool two_handled(void *arg)
{
    (void)arg;
    return place_handled() >= 2;
}

static void stopping_finishes_what_is_under_way(void **state)
{
    char answer[4096];
    int idle = wire_dial(httpd_port(place.httpd)),
        silent = wire_dial(httpd_port(place.httpd)),
        busy = wire_dial(httpd_port(place.httpd)),
        half = wire_dial(httpd_port(place.httpd));

    (void)state;
    wire_say(idle, "GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
    wire_hear_until(idle, answer, sizeof(answer), "GET /x 0", 1);
    wire_say(half, POST "Content-Length: 4\r\n\r\nab");
    wire_say(busy, "GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_true(until(two_handled, NULL, 20000));
    place_stop();
    assert_true(wire_closed(idle));
    assert_true(wire_closed(silent));
    wire_hear_until(busy, answer, sizeof(answer), "\r\n\r\n", 1);
    assert_int_equal(wire_status(answer), 204);
    assert_true(wire_closed(busy));
    assert_false(place_drained());
    wire_say(half, "cd");
    wire_hear_until(half, answer, sizeof(answer), "POST /x 4", 1);
    assert_true(wire_closed(half));
    pthread_join(place.thread, NULL);
    assert_true(place_drained());
    assert_int_equal(wire_try(httpd_port(place.httpd)), -1);
    close(idle);
    close(silent);
    close(busy);
    close(half);
    place_free();
}

static void never(void *arg, struct http_req *req)
{
    (void)arg;
    (void)req;
}

static void an_address_that_is_none_is_refused(void **state)
{
    static const char *const wrong[] = {"",
                                        "8080",
                                        "127.0.0.1",
                                        "127.0.0.1:",
                                        "127.0.0.1:99999999",
                                        "127.0.0.1:http",
                                        "no.such.host.invalid:80"};
    struct loop *loop = loop_new();
    const char *why = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct httpd_options o = {.listen = wrong[i], .handler = never};
        assert_null(httpd_open(loop, &o, &why));
        assert_non_null(why);
    }
    loop_free(loop);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, place_open, place_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(requests_in_one_breath_are_answered_in_order),
        TEST(chunks_become_one_body),
        TEST(a_body_of_the_limit_is_taken_one_more_byte_is_413),
        TEST(chunks_beyond_the_limit_are_413),
        TEST(who_is_refused_early_sends_no_body),
        TEST(a_client_that_left_is_answered_into_the_void),
        TEST(a_head_too_long_is_refused),
        TEST(whoever_drips_is_cut_off_after_ten_seconds),
        TEST(five_hundred_slow_ones_keep_nobody_waiting),
        cmocka_unit_test_setup(stopping_finishes_what_is_under_way, place_open),
        cmocka_unit_test(a_server_may_be_closed_at_any_time),
        cmocka_unit_test(an_address_that_is_none_is_refused),
    };

    return cmocka_run_group_tests_name("httpd", tests, NULL, NULL);
}
