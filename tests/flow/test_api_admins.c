/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Who may use the panel, seen and changed over HTTP. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/staff/ownership.h"
#include "tests/harness/api.h"

#include <stdio.h>
#include <string.h>

#define ADMINS "/api/v1/admins"

static char path[120];

static const char *of(int64_t id, const char *more)
{
    snprintf(path, sizeof path, ADMINS "/%lld%s", (long long)id, more);
    return path;
}

static enum role role_of(int64_t id)
{
    struct staff s;

    assert_int_equal(staff_load(api_place.db, id, &s), ST_OK);
    return s.active ? s.role : ROLE_UNSET;
}

/* Does the session they had still hold? */
static bool is_in(int64_t id)
{
    struct heard h = {0};
    int status;

    asks(&h, 0, &(struct ask){"GET", "/api/v1/auth/me", .as = id});
    status = h.status;
    heard_free(&h);
    return status == 200;
}

static int64_t listed(const char *query, int64_t as)
{
    struct heard h = {0};
    char address[160];
    int64_t n;

    snprintf(address, sizeof address, ADMINS "?limit=200%s", query);
    asks(&h, 200, &(struct ask){"GET", address, .as = as});
    n = (int64_t)json_count(json_get(h.json, "items"));
    heard_free(&h);
    return n;
}

/* ---- the list --------------------------------------------------------------------- */

static void test_the_list(void **state)
{
    int64_t boss = api_staff(ROLE_OWNER), reader = api_staff(ROLE_READONLY);
    int64_t all, cashier = api_staff(ROLE_CASHIER);
    struct heard h = {0};

    (void)state;
    all = listed("", boss);
    assert_true(all >= 2);
    api_staff(ROLE_MARKETING);
    api_staff(ROLE_SELLER); /* not of the panel */
    assert_int_equal(listed("", boss), all + 1);
    assert_true(listed("&role=readonly", boss) >= 1);
    assert_int_equal(listed("&q=nobody-of-ours", boss), 0);
    asks(&h, 200, &(struct ask){"GET", of(reader, ""), .as = boss});
    assert_int_equal(json_int_or(h.json, "id", 0), reader);
    assert_string_equal(json_text(h.json, "role", NULL), "readonly");
    assert_false(json_bool_or(h.json, "has_password", true));
    refuses(404, "not_found", &(struct ask){"GET", of(cashier, ""), .as = boss});
    refuses(404, "not_found", &(struct ask){"GET", of(999999, ""), .as = boss});
    refuses(403, "forbidden", &(struct ask){"GET", ADMINS, .as = reader});
    refuses(403, "forbidden", &(struct ask){"GET", ADMINS, .as = cashier});
    refuses(401, "unauthenticated", &(struct ask){"GET", ADMINS});
    refuses(400, "validation_failed",
            &(struct ask){"GET", ADMINS "?role=cashier", .as = boss});
    heard_free(&h);
}

/* ---- inviting --------------------------------------------------------------------- */

static void test_everyone_of_the_panel_is_invited(void **state)
{
    int64_t boss = api_staff(ROLE_OWNER), deputy = api_staff(ROLE_ADMINISTRATOR);
    int64_t store = api_store("Ленина, 5", "Владивосток");
    struct heard h = {0};
    char body[100];

    (void)state;
    for (int r = ROLE_UNSET + 1; r < ROLE_COUNT; r++) {
        snprintf(body, sizeof body, "{\"role\":\"%s\",\"store_id\":%lld}",
                 role_name((enum role)r), (long long)store);
        asks(&h, role_may((enum role)r, PERM_PANEL) ? 201 : 400,
             &(struct ask){"POST", ADMINS, .body = body, .as = boss});
        if (h.status == 201)
            assert_non_null(strstr(json_text(h.json, "command", NULL), "/start i_"));
    }
    refuses(
        403, "forbidden",
        &(struct ask){"POST", ADMINS, .body = "{\"role\":\"owner\"}", .as = deputy});
    refuses(
        400, "validation_failed",
        &(struct ask){"POST", ADMINS, .body = "{\"role\":\"manager\"}", .as = boss});
    refuses(400, "validation_failed",
            &(struct ask){"POST", ADMINS, .as = boss,
                          .body = "{\"role\":\"manager\",\"store_id\":999999}"});
    /* A key that would be kept for nothing is not taken. */
    asks(&h, 400,
         &(struct ask){"POST", ADMINS, .body = "{\"role\":\"marketing\"}", .as = boss,
                       .key = "key-1"});
    assert_string_equal(
        json_text(json_at(json_get(h.json, "errors"), 0), "parameter", NULL),
        "Idempotency-Key");
    heard_free(&h);
}

/* ---- changing --------------------------------------------------------------------- */

static void test_another_role_ends_the_session(void **state)
{
    int64_t boss = api_staff(ROLE_OWNER), who = api_staff(ROLE_MARKETING);
    struct heard h = {0};
    char etag[40];

    (void)state;
    assert_true(is_in(who));
    asks(&h, 200, &(struct ask){"GET", of(who, ""), .as = boss});
    snprintf(etag, sizeof etag, "%s", heard_header(&h, "ETag"));
    asks(&h, 200,
         &(struct ask){"PATCH", of(who, ""), .body = "{\"role\":\"readonly\"}",
                       .as = boss, .if_match = etag});
    assert_string_equal(json_text(h.json, "role", NULL), "readonly");
    assert_int_equal(role_of(who), ROLE_READONLY);
    assert_false(is_in(who));
    /* Who saw what it was before does not overwrite it. */
    refuses(412, "version_mismatch",
            &(struct ask){"PATCH", of(who, ""), .body = "{\"role\":\"marketing\"}",
                          .as = boss, .if_match = etag});
    heard_free(&h);
}

static void test_switched_off_and_on(void **state)
{
    int64_t boss = api_staff(ROLE_OWNER), who = api_staff(ROLE_MARKETING);
    struct heard h = {0};

    (void)state;
    assert_true(is_in(who));
    asks(&h, 200,
         &(struct ask){"PATCH", of(who, ""), .body = "{\"disabled\":true}", .as = boss,
                       .if_match = "*"});
    assert_true(json_bool_or(h.json, "disabled", false));
    assert_false(is_in(who));
    assert_int_equal(role_of(who), ROLE_MARKETING); /* they go on working */
    asks(&h, 200,
         &(struct ask){"PATCH", of(who, ""), .body = "{\"disabled\":false}", .as = boss,
                       .if_match = "*"});
    api_log_out(who);
    assert_true(is_in(who));
    heard_free(&h);
}

/* The version that GET tells of who never logged in is the one a change takes, and a
 * change that says none is asked for it. */
static void test_who_never_logged_in_is_changed(void **state)
{
    int64_t boss = api_staff(ROLE_OWNER), who = api_staff(ROLE_MARKETING);
    const char *body = "{\"role\":\"readonly\"}";
    struct heard h = {0};
    char etag[40];

    (void)state;
    refuses(428, "version_required",
            &(struct ask){"PATCH", of(who, ""), .body = body, .as = boss});
    refuses(428, "version_required", &(struct ask){"DELETE", of(who, ""), .as = boss});
    assert_int_equal(role_of(who), ROLE_MARKETING);
    asks(&h, 200, &(struct ask){"GET", of(who, ""), .as = boss});
    snprintf(etag, sizeof etag, "%s", heard_header(&h, "ETag"));
    assert_string_equal(etag, "\"v1\"");
    assert_int_equal(json_int_or(h.json, "version", 0), 1);
    asks(&h, 200, &(struct ask){"GET", ADMINS "?limit=1&sort=-id", .as = boss});
    assert_int_equal(json_int_or(json_at(json_get(h.json, "items"), 0), "version", 0),
                     1);
    asks(&h, 200,
         &(struct ask){"PATCH", of(who, ""), .body = body, .as = boss,
                       .if_match = etag});
    assert_int_equal(role_of(who), ROLE_READONLY);
    heard_free(&h);
}

static void test_nobody_above_and_nobody_themselves(void **state)
{
    int64_t boss = api_staff(ROLE_OWNER), deputy = api_staff(ROLE_ADMINISTRATOR);
    int64_t other = api_staff(ROLE_ADMINISTRATOR);
    static const char *const bodies[] = {"{\"role\":\"readonly\"}",
                                         "{\"disabled\":true}"};
    const struct {
        int64_t by, who;
    } pairs[] = {{deputy, boss}, {deputy, other}, {deputy, deputy}, {boss, boss}};

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        for (int b = 0; b < 2; b++)
            refuses(403, "forbidden",
                    &(struct ask){"PATCH", of(pairs[i].who, ""), .body = bodies[b],
                                  .as = pairs[i].by, .if_match = "*"});
        refuses(403, "forbidden",
                &(struct ask){"DELETE", of(pairs[i].who, ""), .as = pairs[i].by,
                              .if_match = "*"});
    }
    refuses(403, "forbidden",
            &(struct ask){"PATCH", of(other, ""), .body = "{\"role\":\"owner\"}",
                          .as = boss, .if_match = "*"});
    assert_int_equal(role_of(boss), ROLE_OWNER);
    assert_int_equal(role_of(other), ROLE_ADMINISTRATOR);
}

static void test_dismissed(void **state)
{
    int64_t boss = api_staff(ROLE_OWNER), who = api_staff(ROLE_ADMINISTRATOR);
    struct heard h = {0};

    (void)state;
    assert_true(is_in(who));
    asks(&h, 204, &(struct ask){"DELETE", of(who, ""), .as = boss, .if_match = "*"});
    assert_int_equal(role_of(who), ROLE_UNSET);
    assert_false(is_in(who));
    refuses(404, "not_found", &(struct ask){"DELETE", of(who, ""), .as = boss});
    heard_free(&h);
}

/* ---- the shop changes hands ------------------------------------------------------- */

/* As they press in the staff's bot. */
struct yes {
    int64_t id;
    struct staff by;
    struct ownership out;
};

static enum status do_yes(struct db *db, void *arg)
{
    struct yes *y = arg;

    return ownership_answer(
        db, clock_now(),
        &(struct ownership_yes){.id = y->id, .by = &y->by, .yes = true}, &y->out);
}

static enum status says_yes(int64_t offer, int64_t who)
{
    struct yes y = {.id = offer};

    assert_int_equal(staff_load(api_place.db, who, &y.by), ST_OK);
    return db_tx(api_place.db, do_yes, &y);
}

static void test_handed_over(void **state)
{
    int64_t boss = api_staff(ROLE_OWNER), next = api_staff(ROLE_ADMINISTRATOR);
    int64_t other = api_staff(ROLE_ADMINISTRATOR), id;
    struct heard h = {0};

    (void)state;
    asks(&h, 204,
         &(struct ask){"POST", "/api/v1/auth/password",
                       .body = "{\"email\":\"boss@shop.example\","
                               "\"password\":\"a long enough word\"}",
                       .as = boss});
    refuses(403, "forbidden",
            &(struct ask){"POST", of(next, "/ownership"), .body = "{}", .as = next});
    refuses(401, "unauthenticated",
            &(struct ask){"POST", of(next, "/ownership"), .body = "{}", .as = boss});
    refuses(401, "unauthenticated",
            &(struct ask){"POST", of(next, "/ownership"),
                          .body = "{\"password\":\"guess\"}", .as = boss});
    assert_int_equal(role_of(boss), ROLE_OWNER);
    asks(&h, 202,
         &(struct ask){"POST", of(next, "/ownership"),
                       .body = "{\"password\":\"a long enough word\"}", .as = boss});
    id = json_int_or(h.json, "id", 0);
    assert_int_equal(json_int_or(h.json, "to.id", 0), next);
    assert_int_equal(role_of(next), ROLE_ADMINISTRATOR); /* nothing before their yes */
    refuses(409, "conflict",
            &(struct ask){"POST", of(other, "/ownership"),
                          .body = "{\"password\":\"a long enough word\"}", .as = boss});
    asks(&h, 200, &(struct ask){"GET", ADMINS "/ownership", .as = next});
    assert_string_equal(json_text(h.json, "state", NULL), "open");
    refuses(403, "forbidden", &(struct ask){"DELETE", ADMINS "/ownership", .as = next});
    assert_int_equal(says_yes(id, next), ST_OK);
    assert_int_equal(role_of(next), ROLE_OWNER);
    assert_int_equal(role_of(boss), ROLE_ADMINISTRATOR);
    assert_false(is_in(boss));
    refuses(401, "unauthenticated",
            &(struct ask){"GET", ADMINS "/ownership", .as = boss});
    heard_free(&h);
}

static void test_an_offer_withdrawn(void **state)
{
    int64_t boss = api_staff(ROLE_OWNER), next = api_staff(ROLE_ADMINISTRATOR);
    struct heard h = {0};

    (void)state;
    /* Logged in a moment ago, and without a password: that is proof enough. */
    asks(&h, 202,
         &(struct ask){"POST", of(next, "/ownership"), .body = "{}", .as = boss});
    asks(&h, 204, &(struct ask){"DELETE", ADMINS "/ownership", .as = boss});
    refuses(404, "not_found", &(struct ask){"DELETE", ADMINS "/ownership", .as = boss});
    refuses(404, "not_found", &(struct ask){"GET", ADMINS "/ownership", .as = boss});
    assert_int_equal(says_yes(json_int_or(h.json, "id", 0), next), ST_NONE);
    assert_int_equal(role_of(boss), ROLE_OWNER);
    heard_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_list),
        cmocka_unit_test(test_everyone_of_the_panel_is_invited),
        cmocka_unit_test(test_another_role_ends_the_session),
        cmocka_unit_test(test_switched_off_and_on),
        cmocka_unit_test(test_who_never_logged_in_is_changed),
        cmocka_unit_test(test_nobody_above_and_nobody_themselves),
        cmocka_unit_test(test_dismissed),
        cmocka_unit_test(test_handed_over),
        cmocka_unit_test(test_an_offer_withdrawn),
    };

    return cmocka_run_group_tests(tests, api_open, api_close);
}
