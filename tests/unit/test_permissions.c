/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The program's table of roles is the one that was written by hand, and the table of
 * routes asks for a permission that fits what it does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/routes.h"
#include "tests/harness/permissions.h"

#include <string.h>

static void every_cell_is_as_written(void **state)
{
    (void)state;
    permissions_read();
    for (int p = PERM_UNSET + 1; p < PERM_COUNT; p++)
        for (int r = ROLE_UNSET + 1; r < ROLE_COUNT; r++)
            if (role_scope((enum role)r, (enum perm)p) !=
                permissions_scope((enum role)r, (enum perm)p))
                fail_msg("%s of %s", perm_name((enum perm)p), role_name((enum role)r));
}

static bool only_looks(enum perm p)
{
    const char *name = perm_name(p);
    size_t n = strlen(name);

    return n > 5 && strcmp(name + n - 5, ".view") == 0;
}

/* Seeing is no right to change. */
static void seeing_changes_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < routes_n; i++)
        if (routes[i].perm != PERM_UNSET && only_looks(routes[i].perm) &&
            strcmp(routes[i].method, "GET") != 0)
            fail_msg("%s %s with %s", routes[i].method, routes[i].path,
                     perm_name(routes[i].perm));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_is_as_written),
        cmocka_unit_test(seeing_changes_nothing),
    };

    return cmocka_run_group_tests_name("permissions", tests, NULL, NULL);
}
