/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Whoever guesses passwords over HTTP waits: by e-mail, and by where they are. */
#include "tests/flow/api_login.h"

static void test_guessing_is_slowed_down(void **state)
{
    struct heard h = {0};
    int wait;

    (void)state;
    sets_word(api_staff(ROLE_ADMINISTRATOR), "ira@shop.example");
    for (int i = 0; i < 5; i++)
        assert_int_equal(logs_in("ira@shop.example", "guess", NULL), 401);
    asks(&h, 429,
         &(struct ask){"POST", "/api/v1/auth/login",
                       .body = "{\"email\":\"ira@shop.example\",\"password\":"
                               "\"" WORD "\"}"});
    wait = (int)strtol(heard_header(&h, "Retry-After"), NULL, 10);
    assert_true(wait > 0 && wait <= 30);
    heard_free(&h);
    /* It is the e-mail that waits: whoever has none of it waits as long. */
    for (int i = 0; i < 5; i++)
        assert_int_equal(logs_in("ghost@shop.example", "guess", NULL), 401);
    assert_int_equal(logs_in("ghost@shop.example", "guess", NULL), 429);
    assert_int_equal(db_exec(api_place.db, NULL, "DELETE FROM login_guard"), ST_OK);
    assert_int_equal(logs_in("ira@shop.example", WORD, NULL), 200);
}

static int guesses_from(const char *address, int i)
{
    struct heard h = {0};
    char body[100], header[100];
    int status;

    snprintf(header, sizeof header, "X-Forwarded-For: %s\r\n", address);
    snprintf(body, sizeof body,
             "{\"email\":\"guest%d@shop.example\",\"password\":\"guess\"}", i);
    asks(&h, 0,
         &(struct ask){"POST", "/api/v1/auth/login", .body = body, .headers = header});
    status = h.status;
    heard_free(&h);
    return status;
}

/* Many e-mails from one place: it is the place that waits, and of IPv6 all of it. */
static void test_guessing_from_one_place(void **state)
{
    char address[40];

    (void)state;
    for (int i = 0; i < 20; i++) {
        snprintf(address, sizeof address, "2001:db8:0:1::%x", i + 1);
        assert_int_equal(guesses_from(address, i), 401);
    }
    assert_int_equal(guesses_from("2001:db8:0:1:ffff::", 20), 429);
    assert_int_equal(guesses_from("2001:db8:0:2::1", 20), 401);
    assert_int_equal(guesses_from("192.0.2.1", 21), 401);
    assert_int_equal(db_exec(api_place.db, NULL, "DELETE FROM login_guard"), ST_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_guessing_is_slowed_down),
        cmocka_unit_test(test_guessing_from_one_place),
    };

    return cmocka_run_group_tests(tests, api_open, api_close);
}
