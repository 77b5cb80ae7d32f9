/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The HTTP server, spoken to by raw sockets: smuggling, drips, sizes, pipelines, crowds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/io/httpd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define BODY_MAX 65536
#define WAIT_MS 20000

/* ---- the server, in a thread with its loop -------------------------------------- */

static struct place {
    struct loop *loop;
    struct httpd *httpd;
    pthread_t thread;
    int stop_fd, drained;
    struct http_req *held[64];
    int n_held, handled; /* handled: __atomic */
    struct loop_timer later;
} place;

static void refuse_early(void *arg, struct http_req *req)
{
    (void)arg;
    if (strcmp(http_path(req), "/refused") == 0)
        http_answer_empty(req, 401);
}

static void answer_held(void *arg)
{
    struct place *p = arg;

    for (int i = 0; i < p->n_held; i++)
        http_answer_empty(p->held[i], 204);
    p->n_held = 0;
}

static void handle(void *arg, struct http_req *req)
{
    struct place *p = arg;
    char text[128];
    size_t n;

    http_body(req, &n);
    __atomic_add_fetch(&p->handled, 1, __ATOMIC_SEQ_CST);
    if (strcmp(http_path(req), "/later") == 0 && p->n_held < 64) {
        p->held[p->n_held++] = req;
        loop_after(p->loop, &p->later, 30, answer_held, p);
        return;
    }
    if (strcmp(http_path(req), "/empty") == 0) {
        http_answer_empty(req, 200);
        return;
    }
    snprintf(text, sizeof(text), "%s %s %zu", http_method(req), http_path(req), n);
    http_answer(req, &(struct http_answer){.status = 200,
                                           .type = "text/plain",
                                           .body = text,
                                           .n = strlen(text),
                                           .headers = {{"X-Test", "yes"}}});
}

static void drained(void *arg)
{
    struct place *p = arg;

    __atomic_store_n(&p->drained, 1, __ATOMIC_SEQ_CST);
    loop_stop(p->loop);
}

static void stop_asked(void *arg, int fd, unsigned events)
{
    struct place *p = arg;

    (void)events;
    loop_forget(p->loop, fd);
    httpd_stop(p->httpd, drained, p);
}

static void *place_run(void *arg)
{
    struct place *p = arg;

    loop_run(p->loop);
    return NULL;
}

static int place_open(void **state)
{
    struct httpd_options o = {.listen = "127.0.0.1:0",
                              .body_max = BODY_MAX,
                              .early = refuse_early,
                              .handler = handle,
                              .arg = &place};

    *state = &place;
    memset(&place, 0, sizeof(place));
    place.loop = loop_new();
    place.httpd = httpd_open(place.loop, &o, NULL);
    place.stop_fd = eventfd(0, 0);
    if (!place.httpd || loop_watch(place.loop, place.stop_fd, LOOP_READ, stop_asked,
                                   &place) != ST_OK)
        return -1;
    return pthread_create(&place.thread, NULL, place_run, &place);
}

static int place_close(void **state)
{
    uint64_t one = 1;

    (void)state;
    if (write(place.stop_fd, &one, sizeof(one)) != sizeof(one))
        return -1;
    pthread_join(place.thread, NULL);
    httpd_close(place.httpd);
    loop_free(place.loop);
    close(place.stop_fd);
    return 0;
}

/* ---- a client that sends bytes -------------------------------------------------- */

static int dial(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)httpd_port(place.httpd)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval wait = {.tv_sec = WAIT_MS / 1000};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
    return fd;
}

static void say_n(int fd, const char *s, size_t n)
{
    assert_int_equal(send(fd, s, n, MSG_NOSIGNAL), n);
}

static void say(int fd, const char *s)
{
    say_n(fd, s, strlen(s));
}

/* All until the other side closes; false: it did not. */
static bool hear_all(int fd, char *out, size_t room)
{
    size_t n = 0;
    ssize_t got = 1;

    while (n + 1 < room && (got = recv(fd, out + n, room - 1 - n, 0)) > 0)
        n += (size_t)got;
    out[n] = '\0';
    return got == 0 || (got < 0 && n > 0);
}

/* Until the text holds `count` times `what`. */
static void hear_until(int fd, char *out, size_t room, const char *what, int count)
{
    size_t n = 0;
    ssize_t got;

    out[0] = '\0';
    for (;;) {
        int found = 0;
        for (const char *p = out; (p = strstr(p, what)) != NULL; p++)
            found++;
        if (found >= count)
            return;
        got = recv(fd, out + n, room - 1 - n, 0);
        if (got <= 0)
            fail_msg("wanted %d of \"%s\", heard \"%s\"", count, what, out);
        n += (size_t)got;
        out[n] = '\0';
    }
}

static int status_of(const char *answer)
{
    return strncmp(answer, "HTTP/1.1 ", 9) == 0 ? atoi(answer + 9) : 0;
}

static bool is_closed(int fd)
{
    char c;

    return recv(fd, &c, 1, 0) <= 0;
}

/* ---- what two servers could read differently ------------------------------------ */

#define POST "POST /x HTTP/1.1\r\nHost: a\r\n"

static const struct smuggle {
    const char *name, *bytes;
    int status; /* 0: 400 */
} smuggles[] = {
    {"two equal lengths", POST "Content-Length: 1\r\nContent-Length: 1\r\n\r\na"},
    {"two lengths", POST "Content-Length: 1\r\nContent-Length: 0\r\n\r\na"},
    {"a list of lengths", POST "Content-Length: 1, 1\r\n\r\na"},
    {"a signed length", POST "Content-Length: +1\r\n\r\na"},
    {"a negative length", POST "Content-Length: -1\r\n\r\na"},
    {"a length with a tail", POST "Content-Length: 1x\r\n\r\na"},
    {"a hexadecimal length", POST "Content-Length: 0x1\r\n\r\na"},
    {"an empty length", POST "Content-Length:\r\n\r\na"},
    {"a length beyond 64 bits",
     POST "Content-Length: 18446744073709551617\r\n\r\na", 413},
    {"length and chunks",
     POST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"chunks and length",
     POST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"},
    {"another encoding", POST "Transfer-Encoding: gzip\r\n\r\na"},
    {"identity", POST "Transfer-Encoding: identity\r\n\r\n"},
    {"nearly chunked", POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
    {"chunked with a blank in front",
     POST "Transfer-Encoding: \x0b"
          "chunked\r\n\r\n0\r\n\r\n"},
    {"a list of encodings", POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
    {"chunked twice", POST "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"},
    {"two encodings",
     POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n"},
    {"an empty encoding", POST "Transfer-Encoding:\r\n\r\n"},
    {"a blank before the colon", POST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"},
    {"a blank before the length's colon", POST "Content-Length : 1\r\n\r\na"},
    {"no host", "GET /x HTTP/1.1\r\n\r\n"},
    {"an empty host", "GET /x HTTP/1.1\r\nHost:\r\n\r\n"},
    {"two hosts", "GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
    {"a host with a path", "GET /x HTTP/1.1\r\nHost: a/b\r\n\r\n"},
    {"a host with a user", "GET /x HTTP/1.1\r\nHost: a@b\r\n\r\n"},
    {"a host with a blank", "GET /x HTTP/1.1\r\nHost: a b\r\n\r\n"},
    {"chunks in HTTP/1.0",
     "POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"a NUL in the path", "GET /x%00y HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"a control byte in a header", "GET /x HTTP/1.1\r\nHost: a\r\nX: a\x01z\r\n\r\n"},
    {"a control byte in the path", "GET /x\x01 HTTP/1.1\r\nHost: a\r\n\r\n"},
};

/* Behind each stands a request that must never be taken for one of its own. */
static void what_could_smuggle_is_400_and_closed(void **state)
{
    char answer[8192], bytes[1024];

    (void)state;
    for (size_t i = 0; i < sizeof(smuggles) / sizeof(smuggles[0]); i++) {
        const struct smuggle *s = &smuggles[i];
        int fd = dial();

        place.handled = 0;
        snprintf(bytes, sizeof(bytes), "%sGET /second HTTP/1.1\r\nHost: a\r\n\r\n",
                 s->bytes);
        say(fd, bytes);
        if (!hear_all(fd, answer, sizeof(answer)))
            fail_msg("%s: the connection stays open: %s", s->name, answer);
        if (status_of(answer) != (s->status ? s->status : 400))
            fail_msg("%s: %s", s->name, answer);
        if (strstr(answer, "second") || place.handled)
            fail_msg("%s: the second request was run: %s", s->name, answer);
        close(fd);
    }
}

static const char *const broken_chunks[] = {
    "x\r\na\r\n0\r\n\r\n", "-1\r\na\r\n0\r\n\r\n", "ffffffffffffffffff\r\na\r\n0\r\n\r\n",
    "1\r\nab\r\n0\r\n\r\n", "1;\x01\r\na\r\n0\r\nX\r\n\r\n"};

static void a_broken_chunk_runs_nothing_behind_it(void **state)
{
    char answer[8192], bytes[1024];

    (void)state;
    for (size_t i = 0; i < sizeof(broken_chunks) / sizeof(broken_chunks[0]); i++) {
        int fd = dial();

        place.handled = 0;
        snprintf(bytes, sizeof(bytes),
                 POST "Transfer-Encoding: chunked\r\n\r\n%s"
                      "GET /second HTTP/1.1\r\nHost: a\r\n\r\n",
                 broken_chunks[i]);
        say(fd, bytes);
        assert_true(hear_all(fd, answer, sizeof(answer)));
        if (strstr(answer, "second") || place.handled)
            fail_msg("%s: %s", broken_chunks[i], answer);
        close(fd);
    }
}

/* ---- what is fine ---------------------------------------------------------------- */

static void requests_in_one_breath_are_answered_in_order(void **state)
{
    char answer[8192];
    int fd = dial();

    (void)state;
    say(fd, "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
            "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nxyz"
            "POST /later HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
            "GET /d HTTP/1.1\r\nHost: [::1]:80\r\n\r\n");
    hear_until(fd, answer, sizeof(answer), "HTTP/1.1 ", 4);
    assert_non_null(strstr(answer, "GET /a 0"));
    assert_true(strstr(answer, "POST /b 3") > strstr(answer, "GET /a 0"));
    assert_true(strstr(answer, "204 No Content") > strstr(answer, "POST /b 3"));
    assert_non_null(strstr(answer, "X-Test: yes"));
    close(fd);
}

static void chunks_become_one_body(void **state)
{
    char answer[4096];
    int fd = dial();

    (void)state;
    say(fd, POST "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n");
    hear_until(fd, answer, sizeof(answer), "POST /x 7", 1);
    say(fd, POST "Content-Length: 0\r\n\r\n");
    hear_until(fd, answer, sizeof(answer), "POST /x 0", 1);
    close(fd);
}

static void a_body_of_the_limit_is_taken_one_more_byte_is_413(void **state)
{
    static char body[BODY_MAX + 1];
    char head[200], answer[4096];
    int fd = dial();

    (void)state;
    memset(body, 'a', sizeof(body));
    snprintf(head, sizeof(head), POST "Content-Length: %d\r\n\r\n", BODY_MAX);
    say(fd, head);
    say_n(fd, body, BODY_MAX);
    hear_until(fd, answer, sizeof(answer), "POST /x 65536", 1);
    snprintf(head, sizeof(head), POST "Content-Length: %d\r\n\r\n", BODY_MAX + 1);
    say(fd, head); /* and not a byte of it */
    assert_true(hear_all(fd, answer, sizeof(answer)));
    assert_int_equal(status_of(answer), 413);
    close(fd);
}

static void chunks_beyond_the_limit_are_413(void **state)
{
    static char body[0x8000];
    char answer[4096];
    int fd = dial();

    (void)state;
    memset(body, 'a', sizeof(body));
    place.handled = 0;
    say(fd, POST "Transfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 3; i++) {
        say(fd, "8000\r\n");
        say_n(fd, body, sizeof(body));
        say(fd, "\r\n");
    }
    say(fd, "0\r\n\r\n");
    assert_true(hear_all(fd, answer, sizeof(answer)));
    assert_int_equal(status_of(answer), 413);
    assert_int_equal(place.handled, 0);
    close(fd);
}

static void who_is_refused_early_sends_no_body(void **state)
{
    char answer[4096];
    int fd = dial();

    (void)state;
    place.handled = 0;
    say(fd, "POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n");
    assert_true(hear_all(fd, answer, sizeof(answer)));
    assert_int_equal(status_of(answer), 401);
    assert_int_equal(place.handled, 0);
    close(fd);
}

static void a_client_that_left_is_answered_into_the_void(void **state)
{
    char answer[4096];

    (void)state;
    for (int i = 0; i < 20; i++) {
        int fd = dial();
        say(fd, "GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
        close(fd);
    }
    int fd = dial();
    say(fd, "GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
    hear_until(fd, answer, sizeof(answer), "204", 1);
    close(fd);
}

static void a_head_too_long_is_refused(void **state)
{
    static char line[65536];
    char answer[4096];
    int fd = dial();

    (void)state;
    say(fd, "GET /x HTTP/1.1\r\nHost: a\r\nX: ");
    memset(line, 'a', sizeof(line) - 1);
    send(fd, line, sizeof(line) - 1, MSG_NOSIGNAL);
    assert_true(hear_all(fd, answer, sizeof(answer)));
    if (answer[0])
        assert_int_equal(status_of(answer), 431);
    close(fd);
}

/* ---- the slow ones --------------------------------------------------------------- */

/* Sends a byte every 200 ms until the connection is closed; answers after how long. */
static int64_t drip(const char *head, const char *bytes)
{
    int64_t from = clock_mono_ms(), now;
    int fd = dial();

    say(fd, head);
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
        {"G", "E", 0, 0},                                      /* the request line */
        {"GET /x HTTP/1.1\r\nHost: a\r\n", "X: y\r\n", 0, 0},  /* headers */
        {POST "Content-Length: 60000\r\n\r\n", "a", 0, 0},     /* body */
        {"GET /x HTTP/1.1\r\nHost: a\r\n\r\nG", "E", 0, 0},    /* a second request */
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
    struct rlimit files;
    char answer[4096];

    (void)state;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    for (int i = 0; i < 500; i++) {
        slow[i] = dial();
        say(slow[i], i % 2 ? "GET /x HTTP/1.1\r\nHos" : POST "Content-Length: 5\r\n\r\nab");
    }
    int fd = dial();
    int64_t from = clock_mono_ms();
    for (int i = 0; i < 100; i++) {
        say(fd, "GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
        hear_until(fd, answer, sizeof(answer), "GET /x 0", 1);
    }
    assert_true(clock_mono_ms() - from < 2000);
    assert_true(httpd_connections(place.httpd) > 500);
    close(fd);
    for (int i = 0; i < 500; i++)
        close(slow[i]);
}

/* ---- stopping -------------------------------------------------------------------- */

static void stopping_finishes_what_is_under_way(void **state)
{
    uint64_t one = 1;
    char answer[4096];
    int idle = dial(), silent = dial(), busy = dial(), half = dial(), fd;

    (void)state;
    say(idle, "GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
    hear_until(idle, answer, sizeof(answer), "GET /x 0", 1);
    say(half, POST "Content-Length: 4\r\n\r\nab");
    say(busy, "GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
    while (__atomic_load_n(&place.handled, __ATOMIC_SEQ_CST) < 2)
        usleep(1000);
    assert_int_equal(write(place.stop_fd, &one, sizeof(one)), sizeof(one));
    assert_true(is_closed(idle));
    assert_true(is_closed(silent));
    hear_until(busy, answer, sizeof(answer), "\r\n\r\n", 1);
    assert_int_equal(status_of(answer), 204);
    assert_true(is_closed(busy));
    assert_false(__atomic_load_n(&place.drained, __ATOMIC_SEQ_CST));
    say(half, "cd");
    hear_until(half, answer, sizeof(answer), "POST /x 4", 1);
    assert_true(is_closed(half));
    pthread_join(place.thread, NULL);
    assert_true(place.drained);
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)httpd_port(place.httpd)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), -1);
    close(fd);
    close(idle);
    close(silent);
    close(busy);
    close(half);
    httpd_close(place.httpd);
    loop_free(place.loop);
    close(place.stop_fd);
}

static void an_address_that_is_none_is_refused(void **state)
{
    static const char *const wrong[] = {"", "8080", "127.0.0.1", "127.0.0.1:",
                                        "127.0.0.1:99999999", "127.0.0.1:http",
                                        "no.such.host.invalid:80"};
    struct loop *loop = loop_new();
    const char *why = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct httpd_options o = {.listen = wrong[i], .handler = handle};
        assert_null(httpd_open(loop, &o, &why));
        assert_non_null(why);
    }
    loop_free(loop);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, place_open, place_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_could_smuggle_is_400_and_closed),
        TEST(a_broken_chunk_runs_nothing_behind_it),
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
        cmocka_unit_test(an_address_that_is_none_is_refused),
    };

    return cmocka_run_group_tests_name("httpd", tests, NULL, NULL);
}
