/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Which row is meant: words before patterns whatever their order, ids that are ids, rows
 * left unfinished. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/route.h"
#include "api/routes.h"

#include <string.h>

static enum status call(struct call *c)
{
    (void)c;
    return ST_OK;
}

#define ROW(method, path)                                                              \
    {                                                                                  \
        method, path, PERMISSION_ADMIN, .call = call, .perm = PERM_STORE_VIEW,         \
                                        .rate = RATE_READ                              \
    }

static const struct route list[] = {
    ROW("GET", "/api/v1/discounts/{id}"),
    ROW("PATCH", "/api/v1/discounts/{id}"),
    ROW("GET", "/api/v1/discounts/{key}/overview"),
    ROW("GET", "/api/v1/discounts/stats/overview"),
    ROW("GET", "/api/v1/discounts/{key}"),
    ROW("GET", "/api/v1/users/{id}/tags/{id}"),
    ROW("POST", "/api/v1/users/bulk"),
    ROW("GET", "/api/v1/users/{key}"),
};
#define N ((int)(sizeof list / sizeof *list))

static struct route_match at(const char *method, const char *path)
{
    struct route_match m;

    route_find(list, N, method, path, &m);
    return m;
}

static void a_word_wins_over_a_pattern(void **state)
{
    struct route_match m = at("GET", "/api/v1/discounts/stats/overview");

    (void)state;
    assert_ptr_equal(m.route, &list[3]);
    m = at("GET", "/api/v1/discounts/other/overview");
    assert_ptr_equal(m.route, &list[2]);
    assert_string_equal(m.key, "other");
    /* The address is the word's, even where its method is not: no pattern steps in. */
    m = at("GET", "/api/v1/users/bulk");
    assert_null(m.route);
    assert_string_equal(m.pattern, "/api/v1/users/bulk");
}

static void ids_are_whole_numbers_of_ours(void **state)
{
    struct route_match m = at("PATCH", "/api/v1/discounts/9223372036854775807");

    (void)state;
    assert_ptr_equal(m.route, &list[1]);
    assert_true(m.id[0] == INT64_MAX);
    m = at("GET", "/api/v1/users/7/tags/12");
    assert_ptr_equal(m.route, &list[5]);
    assert_int_equal(m.id[0], 7);
    assert_int_equal(m.id[1], 12);
    /* Beyond 64 bits it is no id; as a {key} it has no PATCH. */
    assert_null(at("PATCH", "/api/v1/discounts/9223372036854775808").route);
    assert_ptr_equal(at("GET", "/api/v1/discounts/9223372036854775808").route,
                     &list[4]);
    for (size_t i = 0; i < 6; i++) {
        static const char *const bad[] = {
            "/api/v1/users/0/tags/1",  "/api/v1/users/01/tags/1",
            "/api/v1/users/-1/tags/1", "/api/v1/users/1/tags/",
            "/api/v1/users/1/tags/1/", "/api/v1/users//tags/1"};
        assert_null(at("GET", bad[i]).pattern);
    }
}

static void keys_are_short_words(void **state)
{
    char path[128] = "/api/v1/users/";

    (void)state;
    memset(path + 14, 'k', 64);
    assert_non_null(at("GET", path).route);
    path[14 + 64] = 'k';
    assert_null(at("GET", path).pattern);
    assert_null(at("GET", "/api/v1/users/a b").pattern);
    assert_null(at("GET", "/api/v1/users/%2e").pattern);
    assert_null(at("GET", "/api/v1/users").pattern);
    assert_null(at("GET", "").pattern);
}

static void methods_of_an_address(void **state)
{
    struct buf allow = {0};

    (void)state;
    assert_ptr_equal(at("HEAD", "/api/v1/discounts/5").route, &list[0]);
    assert_null(at("DELETE", "/api/v1/discounts/5").route);
    route_allow(list, N, at("DELETE", "/api/v1/discounts/5").pattern, &allow);
    assert_string_equal(allow.s, "GET, HEAD, PATCH, OPTIONS");
    buf_free(&allow);
}

static void a_row_left_unfinished_is_found(void **state)
{
    static const struct route bad[] = {
        {"GET", "/api/v1/x", PERMISSION_ADMIN, .call = call, .rate = RATE_READ},
        {"GET", "/api/v1/x", PERMISSION_ADMIN, .perm = PERM_STORE_VIEW,
         .rate = RATE_READ},
        {"GET", "/api/v1/x", PERMISSION_ADMIN, .call = call, .perm = PERM_STORE_VIEW},
        {"GET", "/x", PERMISSION_ADMIN, .call = call, .perm = PERM_STORE_VIEW,
         .rate = RATE_READ},
        {"GET", "/api/v1/x", PERMISSION_LOGGED_IN, .call = call,
         .perm = PERM_STORE_VIEW, .rate = RATE_READ},
        {"GET", "/api/v1/x", .call = call, .perm = PERM_STORE_VIEW, .rate = RATE_READ},
        {"POST", "/api/v1/x", PERMISSION_ADMIN, .call = call, .perm = PERM_STORE_VIEW,
         .rate = RATE_WRITE, .key = KEY_MUST, .alone = true},
    };

    (void)state;
    assert_null(routes_unfinished(list, N));
    assert_null(routes_unfinished(routes, routes_n));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_ptr_equal(routes_unfinished(&bad[i], 1), &bad[i]);
}

/* Each real row is reached by an address made from its pattern, and only that row. */
static void every_row_can_be_reached(void **state)
{
    (void)state;
    for (int i = 0; i < routes_n; i++) {
        struct route_match m;
        struct buf path = {0};

        for (const char *s = routes[i].path; *s != '\0';) {
            if (strncmp(s, "{id}", 4) == 0)
                buf_adds(&path, "7"), s += 4;
            else if (strncmp(s, "{key}", 5) == 0)
                buf_adds(&path, "some_key"), s += 5;
            else
                buf_addc(&path, *s++);
        }
        route_find(routes, routes_n, routes[i].method, path.s, &m);
        assert_ptr_equal(m.route, &routes[i]);
        buf_free(&path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_wins_over_a_pattern),
        cmocka_unit_test(ids_are_whole_numbers_of_ours),
        cmocka_unit_test(keys_are_short_words),
        cmocka_unit_test(methods_of_an_address),
        cmocka_unit_test(a_row_left_unfinished_is_found),
        cmocka_unit_test(every_row_can_be_reached),
    };

    return cmocka_run_group_tests_name("api route", tests, NULL, NULL);
}
