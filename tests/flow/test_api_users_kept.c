/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Answers that are kept for an Idempotency-Key hold names: they go with whom they speak
 * of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/flow/api_users.h"

static int64_t owner;

static int opened(void **state)
{
    int st = api_open(state);

    owner = api_staff(ROLE_OWNER);
    return st;
}

static int64_t kept(const char *name)
{
    assert_int_equal(
        db_one(api_place.db,
               "SELECT COUNT(*) FROM idempotency WHERE INSTR(CONVERT(answer"
               " USING utf8mb4), ?) > 0",
               DB_TEXT(name)),
        ST_OK);
    return db_int(api_place.db, 0);
}

static void does(const char *method, const char *path, const char *body,
                 const char *key)
{
    struct heard h = {0};

    asks(&h, 0,
         &(struct ask){method, path, body, .as = owner, .key = key, .if_match = "*"});
    if (h.status < 200 || h.status > 299)
        fail_msg("%s: %.*s", path, (int)h.raw.len, h.raw.s);
    heard_free(&h);
}

static void gives(int64_t customer, const char *key)
{
    char body[200];

    snprintf(body, sizeof body,
             "{\"customer_id\":%lld,\"value\":500,\"ttl_days\":7,\"reason\":\"x\"}",
             (long long)customer);
    does("POST", "/api/v1/discounts", body, key);
}

static void they_go_with_the_customer(void **state)
{
    int64_t zoe = guest("Зоюшка", "Долгополова"), bob = guest("Бориска", "Иной");
    char path[80];

    (void)state;
    snprintf(path, sizeof path, "/api/v1/users/%lld", (long long)zoe);
    does("PATCH", path, "{\"notes\":\"любит чай\"}", "k1");
    gives(zoe, "k2");
    gives(bob, "k3");
    assert_int_equal(kept("Зоюшка"), 2);
    snprintf(path, sizeof path, "/api/v1/users/%lld/erase", (long long)zoe);
    does("POST", path, "{\"confirm\":true}", "k4");
    assert_int_equal(kept("Зоюшка"), 0);
    assert_int_equal(kept("Бориска"), 1);
    does("POST", path, "{\"confirm\":true}", "k4"); /* that one is answered as before */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_go_with_the_customer),
    };

    return cmocka_run_group_tests(tests, opened, api_close);
}
