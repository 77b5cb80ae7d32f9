/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The admin API when there are many, slow, gone or greedy callers, and when it stops. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/harness/api.h"
#include "tests/harness/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PERCENT "/api/v1/settings/discount_percent_bp"

static int64_t owner, marketing;

static int opened(void **state)
{
    int st = api_open(state);

    owner = api_staff(ROLE_OWNER);
    marketing = api_staff(ROLE_MARKETING);
    return st;
}

/* A body that drips: the deadline is of the whole request, and others go on. */
static void a_slow_body_holds_nobody_up(void **state)
{
    struct heard h = {0};
    int fd = wire_dial(api_place.port);

    (void)state;
    wire_say(fd, "PATCH " PERCENT " HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n"
                 "Authorization: Bearer x\r\n\r\n{\"va");
    for (int i = 0; i < 8; i++)
        asks(&h, 200, &(struct ask){"GET", PERCENT, .as = owner});
    assert_true(wire_closed(fd));
    close(fd);
    heard_free(&h);
}

/* More than hands and waiting list hold: the rest is told to come back, none hangs. */
static void a_crowd_is_answered(void **state)
{
    enum { N = 250 };
    const struct ask ask = {"GET", "/api/v1/settings", .as = owner};
    int *fd = calloc(N, sizeof *fd), fine = 0, later = 0;

    (void)state;
    for (int i = 0; i < N; i++)
        fd[i] = asks_say(&ask);
    for (int i = 0; i < N; i++) {
        struct heard h = {0};

        asks_hear(&h, fd[i], &ask);
        fine += h.status == 200;
        later += h.status == 503 && *heard_header(&h, "Retry-After") == '1';
        heard_free(&h);
    }
    assert_int_equal(fine + later, N);
    assert_true(fine >= 100);
    free(fd);
}

static void clients_that_leave(void **state)
{
    const struct ask ask = {"GET", "/api/v1/settings", .as = owner};
    struct heard h = {0};

    (void)state;
    for (int i = 0; i < 60; i++)
        close(asks_say(&ask));
    asks(&h, 200, &ask);
    heard_free(&h);
}

/* ---- its end, and its limits ----------------------------------------------------- */

static void a_stop_answers_what_was_taken(void **state)
{
    const struct ask ask = {"GET", "/api/v1/settings", .as = owner};
    struct heard h = {0};
    int fd[8];

    (void)state;
    for (int i = 0; i < 8; i++)
        fd[i] = asks_say(&ask);
    asks(&h, 200, &ask); /* so they have been taken */
    program_signal(api_place.program, 15);
    for (int i = 0; i < 8; i++) {
        asks_hear(&h, fd[i], &ask);
        assert_int_equal(h.status, 200);
    }
    /* A second signal would not let it come to its end. */
    assert_int_equal(program_wait(api_place.program, 10000), 0);
    api_restart();
    heard_free(&h);
}

static void too_often(void **state)
{
    const struct ask ask = {"GET", PERCENT, .as = owner};
    struct ask far = {"GET", PERCENT, .as = marketing};
    struct heard h = {0};
    int allowed = 0;

    (void)state;
    setenv("API_RATE", "5", 1); /* of 200 at once ten, of an address fifteen */
    api_restart();
    asks(&h, 200, &ask);
    assert_string_equal(heard_header(&h, "RateLimit-Limit"), "10");
    assert_string_equal(heard_header(&h, "RateLimit-Remaining"), "9");
    for (allowed = 1; allowed < 40; allowed++) {
        asks(&h, 0, &ask);
        if (h.status != 200)
            break;
    }
    assert_int_equal(h.status, 429);
    assert_string_equal(heard_code(&h), "rate_limited");
    assert_true(strtol(heard_header(&h, "Retry-After"), NULL, 10) >= 1);
    assert_true(allowed >= 10 && allowed <= 12);
    /* Behind a trusted proxy (the test itself) each caller counts alone … */
    far.headers = "X-Forwarded-For: 203.0.113.7\r\n";
    asks(&h, 200, &far);
    for (int i = 0; i < 40 && h.status == 200; i++)
        asks(&h, 0, &far);
    assert_int_equal(h.status, 429);
    far.as = api_staff(ROLE_OWNER);
    far.headers = "X-Forwarded-For: 203.0.113.8\r\n";
    asks(&h, 200, &far);
    setenv("API_RATE", "0", 1);
    api_restart();
    heard_free(&h);
}

/* Where nobody is trusted the header changes nothing. */
static void a_proxy_nobody_trusts(void **state)
{
    struct heard h = {0};
    int n = 0;

    (void)state;
    setenv("API_RATE", "5", 1);
    setenv("TRUSTED_PROXIES", "198.51.100.1", 1);
    api_restart();
    do {
        char headers[64];

        snprintf(headers, sizeof headers, "X-Forwarded-For: 203.0.113.%d\r\n", n);
        asks(&h, 0, &(struct ask){"GET", PERCENT, .headers = headers});
    } while (h.status == 401 && ++n < 60);
    assert_int_equal(h.status, 429);
    assert_true(n >= 15 && n <= 18);
    setenv("API_RATE", "0", 1);
    unsetenv("TRUSTED_PROXIES");
    api_restart();
    heard_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slow_body_holds_nobody_up),
        cmocka_unit_test(a_crowd_is_answered),
        cmocka_unit_test(clients_that_leave),
        cmocka_unit_test(a_stop_answers_what_was_taken),
        cmocka_unit_test(too_often),
        cmocka_unit_test(a_proxy_nobody_trusts),
    };

    return cmocka_run_group_tests_name("api crowd", tests, opened, api_close);
}
