/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/browser.h"

#include "core/base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

void browser_runs(const char *name)
{
    struct buf command = {0}, words = {0};
    char part[4096];
    size_t n;
    FILE *out;

    buf_addf(&command, "exec node tests/panel/%s 2>&1 </dev/null", name);
    out = popen(command.s, "r");
    assert_non_null(out);
    while ((n = fread(part, 1, sizeof part, out)) > 0)
        buf_add(&words, part, n);
    if (pclose(out) != 0)
        fail_msg("%s: %s", name, words.s != NULL ? words.s : "said nothing");
    buf_free(&command);
    buf_free(&words);
}
