/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A client that is generated from the description compiles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/openapi.h"
#include "tests/harness/browser.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void a_generated_client_compiles(void **state)
{
    const char *folder = getenv("TMPDIR");
    char name[300];
    size_t n;
    const char *text = openapi_text(&n);
    int fd;

    (void)state;
    assert_non_null(text);
    snprintf(name, sizeof name, "%s/openapi.XXXXXX", folder != NULL ? folder : "/tmp");
    fd = mkstemp(name);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, n), n);
    close(fd);
    setenv("PANEL_DESCRIPTION", name, 1);
    browser_runs("client.mjs");
    unlink(name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_generated_client_compiles),
    };

    return cmocka_run_group_tests_name("openapi client", tests, NULL, NULL);
}
