/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A till that somebody has walked away from asks for the number and PIN again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/setting.h"
#include "core/staff/pin.h"
#include "tests/harness/api.h"
#include "tests/harness/web.h"
#include "tests/harness/wrongclock.h"

#include <stdio.h>
#include <string.h>

#define IDLE_S (30 * 60)

static struct wrongclock fake;
static char cookie[64]; /* "Cookie: till=…\r\n" */

static int opened(void **state)
{
    int st;

    wrongclock_open(&fake);
    wrongclock_set(&fake);
    st = api_open(state);
    wrongclock_lift();
    return st;
}

static int closed(void **state)
{
    int st = api_close(state);

    wrongclock_close(&fake);
    return st;
}

static enum status prepare(struct db *db, void *arg)
{
    const char *why;
    const struct setting_change page = {
        .name = "till_page", .value = "yes", .by = "test"};
    enum status st = setting_set(db, clock_now(), &page, &why);

    return st == ST_OK ? pin_set(db, clock_now(), *(const int64_t *)arg, "2580") : st;
}

/* Whether the page asks who it is. body NULL: it is only looked at. */
static bool asks_who(const char *body)
{
    struct buf page = {0};
    const char *at;
    bool asked;

    assert_int_equal(web_ask(&(struct web_ask){.port = api_place.port,
                                               .method = body ? "POST" : "GET",
                                               .path = "/till",
                                               .headers = cookie,
                                               .body = body,
                                               .n = body ? strlen(body) : 0},
                             &page),
                     200);
    at = strstr(page.s, "Set-Cookie: till=");
    if (at != NULL)
        snprintf(cookie, sizeof cookie, "Cookie: %.27s\r\n", at + 12);
    asked = strstr(web_body(&page), "name=\"pin\"") != NULL;
    buf_free(&page);
    return asked;
}

static void test_left_alone(void **state)
{
    int64_t olga = api_staff(ROLE_CASHIER);
    char enter[60];

    (void)state;
    api_bind(olga, api_store("У Дома", "Владивосток"));
    assert_int_equal(db_tx(api_place.db, prepare, &olga), ST_OK);
    snprintf(enter, sizeof enter, "do=enter&number=%lld&pin=2580", (long long)olga);
    assert_true(asks_who(NULL));
    snprintf(cookie, sizeof cookie,
             "Content-Type: application/x-www-form-urlencoded\r\n");
    assert_false(asks_who(enter));
    assert_non_null(strstr(cookie, "till="));
    wrongclock_jump(&fake, IDLE_S - 60);
    assert_false(asks_who(NULL)); /* … and was used once more at that moment */
    wrongclock_jump(&fake, 2 * IDLE_S - 120);
    assert_false(asks_who(NULL));
    wrongclock_jump(&fake, 3 * IDLE_S);
    assert_true(asks_who(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_left_alone)};

    return cmocka_run_group_tests_name("till left alone", tests, opened, closed);
}
