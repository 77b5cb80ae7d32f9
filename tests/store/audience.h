/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/store/audience.h - a shop, a moment in its calendar, and rules to find people by. */
#ifndef TESTS_STORE_AUDIENCE_H
#define TESTS_STORE_AUDIENCE_H

#include "core/base/clock.h"
#include "core/segment/audience.h"
#include "core/segment/compile.h"
#include "core/segment/segment.h"
#include "tests/harness/shop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct shop shop;
static struct tz *tz;
static struct moment moment;

static inline int opened(void **state)
{
    (void)state;
    shop_open(&shop);
    tz = tz_open("Asia/Vladivostok");
    moment = moment_make(SHOP_NOW, tz, false);
    return 0;
}

static inline int closed(void **state)
{
    (void)state;
    tz_close(tz);
    shop_close(&shop);
    return 0;
}

static inline struct rule *rule_of(const char *root)
{
    struct buf b = {0};
    struct rule_faults f;
    struct rule *r;

    buf_addf(&b, "{\"v\":1,\"root\":%s}", root);
    r = rule_parse(b.s, b.len, true, &f);
    if (r == NULL || segment_resolve(shop.db, r, 0, &f) != ST_OK)
        fail_msg("%s: %s %s", root, f.fault[0].pointer, fault_code(f.fault[0].code));
    buf_free(&b);
    return r;
}

static inline void people(int n)
{
    for (int i = 0; i < n; i++)
        shop_customer(&shop, 7000000800 + i, "Кто-то", "");
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, opened, closed)

#endif
