/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * 20,000 requests that the description makes up: every operation, with values at and
 * beyond the bounds of its schemas, of wrong types, with what breaks SQL, HTML and logs.
 * No answer is a 5xx, each is as described, none hangs; the program lives and logs no
 * error. Under AddressSanitizer it leaks nothing, too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/openapi.h"
#include "tests/flow/api_broadcasts.h"
#include "tests/harness/api.h"
#include "tests/harness/dose.h"
#include "tests/harness/wild.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REQUESTS 20000
#define AT_ONCE 8

static struct json *description;
static int64_t admin;

/* ---- the place ------------------------------------------------------------------- */

/* What ids from 1 to 12 find: shops, staff, customers and their discounts, segments. */
static void place_fill(void)
{
    int64_t owner = api_staff(ROLE_OWNER);

    for (int i = 0; i < 8; i++) {
        char name[32];

        snprintf(name, sizeof name, "Сегмент %d", i);
        if (i % 2 == 0)
            a_segment(owner, name, i > 3 ? "{\"segment\":1}" : SUBSCRIBED);
        else
            a_list(owner, name);
    }
    for (int i = 0; i < 5; i++) {
        char name[32];
        int64_t customer;

        snprintf(name, sizeof name, "Двор %d", i);
        api_bind(api_staff(ROLE_CASHIER), api_store(name, "Находка"));
        customer = a_customer("Мария", name, i % 2 == 0);
        a_discount(customer);
        a_discount(customer);
    }
    broadcasts_of_all_states(owner);
}

static int opened(void **state)
{
    const char *why;
    int st;

    setenv("LOG_LEVEL", "warn", 1);
    st = api_open(state);
    description = openapi_make(&why);
    wild_open(description);
    place_fill();
    return st;
}

static int closed(void **state)
{
    json_free(description);
    return api_close(state);
}

/* ---- asking ---------------------------------------------------------------------- */

/* Some of what is asked logs the asker out, or takes their rights away. */
static void admin_renew(void)
{
    admin = api_staff(ROLE_OWNER);
}

static struct buf names; /* of all requests, and what they asked */

static void name_keep(const struct heard *h, const struct ask *ask)
{
    buf_addf(&names, "\"%s\": %s %.300s\n", heard_header(h, "X-Request-Id"),
             ask->method, ask->path);
}

/* The request that a line of the log belongs to; "" when it names none. */
static const char *asked_by(const char *line)
{
    static char name[80];
    const char *at = strstr(line, "\"request\":\"");

    if (at == NULL)
        return "";
    snprintf(name, sizeof name, "%.*s:", (int)strcspn(at + 10, ",}"), at + 10);
    at = strstr(names.s, name);
    return at != NULL ? at : "";
}

static void no_error_was_logged(void)
{
    const char *log = program_output(api_place.program);
    const char *at = strstr(log, "\"level\":\"error\""), *line = at;

    if (at == NULL)
        return;
    while (line > log && line[-1] != '\n')
        line--;
    at = asked_by(line);
    fail_msg("%.*s\n%.*s", (int)strcspn(line, "\n"), line, (int)strcspn(at, "\n"), at);
}

static void nothing_breaks(void **state)
{
    struct wild r[AT_ONCE] = {0};
    struct heard h = {0};
    int answered[6] = {0}, turned_away = 0;

    (void)state;
    dose_seed();
    admin_renew();
    for (int n = 0; n < REQUESTS; n += AT_ONCE) {
        for (int i = 0; i < AT_ONCE; i++) {
            wild_make(&r[i], admin);
            r[i].fd = asks_say(&r[i].ask);
        }
        for (int i = 0; i < AT_ONCE; i++) {
            asks_hear(&h, r[i].fd, &r[i].ask);
            if (h.status >= 500)
                fail_msg("%s %s %s: %s", r[i].ask.method, r[i].ask.path,
                         r[i].ask.body != NULL ? r[i].ask.body : "", h.raw.s);
            name_keep(&h, &r[i].ask);
            answered[h.status / 100]++;
            turned_away += h.status == 401 && r[i].ask.as != 0;
        }
        if (turned_away > 0) {
            turned_away = 0;
            api_log_out(admin);
            admin_renew();
        }
    }
    print_message("2xx %d, 4xx %d\n", answered[2], answered[4]);
    assert_true(answered[2] > REQUESTS / 50);
    assert_true(answered[4] > REQUESTS / 50);
    no_error_was_logged();
    for (int i = 0; i < AT_ONCE; i++)
        wild_free(&r[i]);
    heard_free(&h);
    buf_free(&names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_breaks),
    };

    return cmocka_run_group_tests_name("api fuzz", tests, opened, closed);
}
