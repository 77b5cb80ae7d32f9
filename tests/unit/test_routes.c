/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The table of routes: complete, without doubles, and a row left unfinished is found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/routes.h"

#include <string.h>

static void run(struct api *api, struct http_req *req)
{
    (void)api;
    (void)req;
}

static void every_row_has_its_permission(void **state)
{
    (void)state;
    assert_true(routes_n >= 4);
    assert_null(routes_unfinished(routes, routes_n));
    for (int i = 0; i < routes_n; i++)
        for (int k = 0; k < i; k++)
            assert_false(strcmp(routes[i].path, routes[k].path) == 0 &&
                         strcmp(routes[i].method, routes[k].method) == 0);
}

static void an_unfinished_row_is_found(void **state)
{
    const struct route fine = {"GET", "/a", PERMISSION_ANYONE, run};
    const struct route bad[] = {
        {"GET", "/b", PERMISSION_UNSET, run},
        {"GET", "/b", PERMISSION_ANYONE, NULL},
        {"GET", "b", PERMISSION_ANYONE, run},
        {NULL, "/b", PERMISSION_ANYONE, run},
        {.method = "GET", .path = "/b", .run = run}, /* the permission forgotten */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const struct route list[] = {fine, bad[i]};
        assert_ptr_equal(routes_unfinished(list, 2), &list[1]);
    }
    assert_null(routes_unfinished(&fine, 1));
}

static void what_is_internal_is_for_who_has_the_key(void **state)
{
    (void)state;
    for (int i = 0; i < routes_n; i++)
        if (strncmp(routes[i].path, "/internal/", 10) == 0)
            assert_int_equal(routes[i].permission, PERMISSION_INTERNAL);
}

/* What changes something asks who it is; the till's page does so in its own form, and
 * who logs in is nobody yet. */
static void nothing_is_changed_by_anybody(void **state)
{
    int scanners = 0;

    (void)state;
    for (int i = 0; i < routes_n; i++) {
        if (strcmp(routes[i].method, "GET") != 0 &&
            strcmp(routes[i].path, "/till") != 0 &&
            strncmp(routes[i].path, "/api/v1/auth/login", 18) != 0)
            assert_int_not_equal(routes[i].permission, PERMISSION_ANYONE);
        if (routes[i].permission == PERMISSION_SCANNER) {
            assert_string_equal(routes[i].path, "/scan/code");
            scanners++;
        }
    }
    assert_int_equal(scanners, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_has_its_permission),
        cmocka_unit_test(an_unfinished_row_is_found),
        cmocka_unit_test(what_is_internal_is_for_who_has_the_key),
        cmocka_unit_test(nothing_is_changed_by_anybody),
    };

    return cmocka_run_group_tests_name("routes", tests, NULL, NULL);
}
