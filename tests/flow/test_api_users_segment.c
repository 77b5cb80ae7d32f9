/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Customers of a segment: in the list, with other filters, and as whom a bulk action is
 * for. What the search finds is in tests/store/test_customer_segment.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/flow/api_segments.h"
#include "tests/flow/api_users.h"

static int64_t owner, marketing, readonly, manager;
static int64_t everybody, mays, list;

static int opened(void **state)
{
    int st = api_open(state);
    char ids[100];
    int64_t ann;

    owner = api_staff(ROLE_OWNER);
    marketing = api_staff(ROLE_MARKETING);
    readonly = api_staff(ROLE_READONLY);
    manager = api_staff(ROLE_MANAGER);
    ann = guest("Анна", "Первая");
    guest("Анна", "Вторая");
    guest("Борис", "Третий");
    everybody = a_segment(owner, "Все", EVERYBODY);
    mays = a_segment(owner, "Майские", OF_MAY);
    list = a_list(owner, "Свои");
    snprintf(ids, sizeof ids, "%lld", (long long)ann);
    assert_int_equal(members(owner, "POST", list, ids), 1);
    return st;
}

static int64_t found(int64_t as, int64_t segment, const char *more)
{
    struct heard h = {0};
    char path[200];
    int64_t n;

    snprintf(path, sizeof path, "/api/v1/users?segment_id=%lld&include_total=true%s",
             (long long)segment, more);
    asks(&h, 200, &(struct ask){"GET", path, .as = as});
    n = (int64_t)json_count(json_get(h.json, "items"));
    heard_free(&h);
    return n;
}

static void listed(void **state)
{
    (void)state;
    assert_int_equal(found(owner, everybody, ""), 3);
    assert_int_equal(found(marketing, everybody, "&q=%D0%90%D0%BD%D0%BD%D0%B0"), 2);
    assert_int_equal(found(owner, everybody, "&sort=-created_at&limit=2"), 2);
    assert_int_equal(found(owner, list, ""), 1);
    assert_int_equal(found(owner, mays, ""), 0);
    assert_int_equal(found(owner, 987654, ""), 0);
}

static void only_who_may(void **state)
{
    char path[80];

    (void)state;
    snprintf(path, sizeof path, "/api/v1/users?segment_id=%lld", (long long)everybody);
    refuses(403, "forbidden", &(struct ask){"GET", path, .as = manager});
    assert_int_equal(found(readonly, everybody, ""), 3);
    snprintf(path, sizeof path, "/api/v1/users?segment_id=%lld", (long long)mays);
    refuses(403, "forbidden", &(struct ask){"GET", path, .as = readonly});
    refuses(400, "validation_failed",
            &(struct ask){"GET", "/api/v1/users?segment_id=0", .as = owner});
    refuses(400, "validation_failed",
            &(struct ask){"GET", "/api/v1/users?segment_id=1%20OR%201", .as = owner});
}

static void acted_on(void **state)
{
    static const char form[] =
        "{\"target\":{\"filter\":{\"segment_id\":%lld}},\"action\":\"notify\","
        "\"params\":"
        "{\"text\":\"Ждём вас\",\"purpose\":\"service\"},\"dry_run\":%s}";
    struct heard h = {0};
    char body[300];

    (void)state;
    snprintf(body, sizeof body, form, (long long)list, "true");
    asks(&h, 200,
         &(struct ask){"POST", "/api/v1/users/bulk", body, .as = marketing,
                       .key = "b1"});
    assert_int_equal(json_int_or(h.json, "expected", -1), 1);
    snprintf(body, sizeof body, form, (long long)everybody, "false");
    asks(&h, 202,
         &(struct ask){"POST", "/api/v1/users/bulk", body, .as = marketing,
                       .key = "b2"});
    assert_int_equal(json_int_or(h.json, "expected", -1), 3);
    heard_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listed),
        cmocka_unit_test(only_who_may),
        cmocka_unit_test(acted_on),
    };

    return cmocka_run_group_tests(tests, opened, api_close);
}
