/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Who works here, over HTTP: lists, cards, changes that end rights at once, PINs,
 * invitations, and the table of roles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/staff/invite.h"
#include "core/staff/pin.h"
#include "core/staff/shift.h"
#include "tests/harness/api.h"

#include <stdio.h>
#include <string.h>

#define STAFF "/api/v1/staff"
#define INVITES STAFF "/invites"

static int64_t owner, store[2];
static char path[200];

static int opened(void **state)
{
    int st = api_open(state);

    owner = api_staff(ROLE_OWNER);
    store[0] = api_store("Двор на Ленина", "Находка");
    store[1] = api_store("Двор на Садовой", "Находка");
    return st;
}

static const char *of(int64_t id, const char *more)
{
    snprintf(path, sizeof path, STAFF "/%lld%s", (long long)id, more);
    return path;
}

static int64_t listed(const char *query, int64_t as)
{
    struct heard h = {0};
    char address[400];
    int64_t n;

    snprintf(address, sizeof address, "%s%slimit=200&include_total=true", query,
             strchr(query, '?') != NULL ? "&" : "?");
    asks(&h, 200, &(struct ask){"GET", address, .as = as});
    n = (int64_t)json_count(json_get(h.json, "items"));
    assert_int_equal(json_int_or(h.json, "page.total", -1), n);
    heard_free(&h);
    return n;
}

static int64_t hired(enum role role, int64_t at)
{
    int64_t id = api_staff(role);

    api_bind(id, at);
    return id;
}

static const char *etag_of(int64_t id)
{
    static char etag[40];
    struct heard h = {0};

    asks(&h, 200, &(struct ask){"GET", of(id, ""), .as = owner});
    snprintf(etag, sizeof etag, "%s", heard_header(&h, "ETag"));
    heard_free(&h);
    return etag;
}

/* PATCH with what they are now; the answer stays in h. */
static void changes(struct heard *h, int64_t id, const char *body)
{
    char etag[40];

    snprintf(etag, sizeof etag, "%s", etag_of(id));
    asks(h, 200,
         &(struct ask){"PATCH", of(id, ""), .body = body, .as = owner,
                       .if_match = etag});
}

static void opens_shift(int64_t id, int64_t at)
{
    struct staff who;
    struct shift s;

    assert_int_equal(staff_load(api_place.db, id, &who), ST_OK);
    assert_int_equal(shift_open(api_place.db, clock_now(), &who, at, &s), ST_OK);
}

/* ---- the list --------------------------------------------------------------------- */

static void test_filters(void **state)
{
    int64_t olga = hired(ROLE_CASHIER, store[0]), petr = hired(ROLE_SELLER, store[1]);
    int64_t manager = hired(ROLE_MANAGER, store[0]);
    struct heard h = {0};
    char query[120];

    (void)state;
    assert_int_equal(listed(STAFF, owner), 4);
    assert_int_equal(listed(STAFF "?role=cashier,seller", owner), 2);
    assert_int_equal(listed(STAFF "?role=cashier&role=manager", owner), 2);
    assert_int_equal(listed(STAFF "?status=dismissed", owner), 0);
    assert_int_equal(listed(STAFF "?on_shift=true", owner), 0);
    opens_shift(olga, store[0]);
    assert_int_equal(listed(STAFF "?on_shift=true", owner), 1);
    snprintf(query, sizeof query, STAFF "?store_id=%lld", (long long)store[0]);
    assert_int_equal(listed(query, owner), 2);
    assert_int_equal(listed(STAFF, manager), 2); /* olga and herself */
    asks(&h, 200, &(struct ask){"GET", of(olga, ""), .as = manager});
    assert_string_equal(json_text(h.json, "role", NULL), "cashier");
    assert_int_equal(json_int_or(h.json, "on_shift.store_id", 0), store[0]);
    assert_int_equal(json_int_or(json_at(json_get(h.json, "stores"), 0), "", 0),
                     store[0]);
    refuses(404, "not_found", &(struct ask){"GET", of(petr, ""), .as = manager});
    refuses(404, "not_found", &(struct ask){"GET", of(999999, ""), .as = owner});
    heard_free(&h);
}

static void test_pages_and_hostile_words(void **state)
{
    static const char *const hostile[] = {"?q='%20OR%201%3D1--%20", "?q=%25",
                                          "?q=%22%3B%20DROP%20TABLE%20staff%3B",
                                          "?q=%E2%80%AE"};
    static const char *const wrong[] = {
        "?role=god",   "?store_id=0", "?status=all",     "?has_pin=maybe",
        "?sort=role",  "?q=%00",      "?store_id=1'--",  "?unknown=1",
        "?on_shift=2", "?role=",      "?sort=-name%20;", "?limit=201"};
    struct heard h = {0};
    char cursor[2048], address[2200];

    (void)state;
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        snprintf(address, sizeof address, STAFF "%s", hostile[i]);
        assert_int_equal(listed(address, owner), 0);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        snprintf(address, sizeof address, STAFF "%s", wrong[i]);
        refuses(400, "validation_failed", &(struct ask){"GET", address, .as = owner});
    }
    for (int i = 0; i < 5; i++)
        api_staff(ROLE_READONLY);
    asks(&h, 200, &(struct ask){"GET", STAFF "?limit=3&sort=-created_at", .as = owner});
    snprintf(cursor, sizeof cursor, "%s", json_text(h.json, "page.next", NULL));
    api_staff(ROLE_READONLY); /* before the place */
    snprintf(address, sizeof address, STAFF "?limit=3&sort=-created_at&cursor=%s",
             cursor);
    asks(&h, 200, &(struct ask){"GET", address, .as = owner});
    assert_int_equal(json_count(json_get(h.json, "items")), 3);
    heard_free(&h);
}

/* ---- changes ---------------------------------------------------------------------- */

static bool works(int64_t id)
{
    struct staff s;

    assert_int_equal(staff_load(api_place.db, id, &s), ST_OK);
    return s.active;
}

static int64_t shifts_open(int64_t id)
{
    struct shift s;

    return shift_current(api_place.db, id, &s) == ST_OK ? s.store_id : 0;
}

static void test_changed(void **state)
{
    int64_t vera = hired(ROLE_MARKETING, store[0]);
    struct heard h = {0};
    char body[120];

    (void)state;
    changes(&h, vera, "{\"name\":\"Вера Павловна\",\"role\":\"readonly\"}");
    assert_string_equal(json_text(h.json, "name", NULL), "Вера Павловна");
    assert_string_equal(json_text(h.json, "role", NULL), "readonly");
    snprintf(body, sizeof body, "{\"stores\":[%lld]}", (long long)store[1]);
    changes(&h, vera, body);
    assert_int_equal(json_count(json_get(h.json, "stores")), 1);
    assert_int_equal(json_int_or(json_at(json_get(h.json, "stores"), 0), "", 0),
                     store[1]);
    changes(&h, vera, "{\"stores\":[]}");
    assert_int_equal(json_count(json_get(h.json, "stores")), 0);
    refuses(400, "validation_failed",
            &(struct ask){"PATCH", of(vera, ""), .body = "{\"stores\":[987654]}",
                          .as = owner, .if_match = "*"});
    refuses(400, "validation_failed",
            &(struct ask){"PATCH", of(vera, ""), .body = "{\"name\":\"\xe2\xa0\x80\"}",
                          .as = owner, .if_match = "*"});
    refuses(400, "validation_failed",
            &(struct ask){"PATCH", of(vera, ""), .body = "{\"role\":\"god\"}",
                          .as = owner, .if_match = "*"});
    refuses(403, "forbidden",
            &(struct ask){"PATCH", of(vera, ""), .body = "{\"role\":\"owner\"}",
                          .as = owner, .if_match = "*"});
    heard_free(&h);
}

/* Their session, their shift, their PIN: at that moment. */
static void test_let_go_and_back(void **state)
{
    int64_t lena = hired(ROLE_MANAGER, store[0]);
    struct heard h = {0};

    (void)state;
    asks(&h, 200, &(struct ask){"GET", "/api/v1/auth/me", .as = lena});
    opens_shift(lena, store[0]);
    assert_int_equal(shifts_open(lena), store[0]);
    asks(&h, 204,
         &(struct ask){"DELETE", of(lena, ""), .as = owner, .if_match = etag_of(lena)});
    assert_false(works(lena));
    assert_int_equal(shifts_open(lena), 0);
    refuses(401, "unauthenticated",
            &(struct ask){"GET", "/api/v1/auth/me", .as = lena});
    refuses(404, "not_found", &(struct ask){"DELETE", of(lena, ""), .as = owner});
    refuses(409, "conflict",
            &(struct ask){"PATCH", of(lena, ""), .body = "{\"role\":\"cashier\"}",
                          .as = owner, .if_match = "*"});
    changes(&h, lena, "{\"status\":\"active\",\"role\":\"cashier\"}");
    assert_true(works(lena));
    assert_string_equal(json_text(h.json, "role", NULL), "cashier");
    assert_int_equal(json_count(json_get(h.json, "stores")), 1);
    changes(&h, lena, "{\"status\":\"dismissed\"}");
    assert_string_equal(json_text(h.json, "status", NULL), "dismissed");
    heard_free(&h);
}

static void test_a_store_taken_away_ends_the_shift(void **state)
{
    int64_t olga = hired(ROLE_CASHIER, store[0]);
    struct heard h = {0};
    char body[60];

    (void)state;
    opens_shift(olga, store[0]);
    snprintf(body, sizeof body, "{\"stores\":[%lld]}", (long long)store[1]);
    changes(&h, olga, body);
    assert_int_equal(shifts_open(olga), 0);
    heard_free(&h);
}

static void test_two_who_saw_the_same(void **state)
{
    int64_t olga = hired(ROLE_CASHIER, store[0]);
    struct heard h = {0};
    char etag[40];

    (void)state;
    snprintf(etag, sizeof etag, "%s", etag_of(olga));
    refuses(428, "version_required",
            &(struct ask){"PATCH", of(olga, ""), .body = "{\"role\":\"seller\"}",
                          .as = owner});
    asks(&h, 200,
         &(struct ask){"PATCH", of(olga, ""), .body = "{\"name\":\"Оля\"}", .as = owner,
                       .if_match = etag, .key = "olga-1"});
    asks(&h, 200,
         &(struct ask){"PATCH", of(olga, ""), .body = "{\"name\":\"Оля\"}", .as = owner,
                       .if_match = etag, .key = "olga-1"});
    assert_string_equal(heard_header(&h, "Idempotency-Replayed"), "true");
    refuses(412, "version_mismatch",
            &(struct ask){"PATCH", of(olga, ""), .body = "{\"name\":\"Олечка\"}",
                          .as = owner, .if_match = etag});
    refuses(412, "version_mismatch",
            &(struct ask){"DELETE", of(olga, ""), .as = owner, .if_match = etag});
    assert_true(works(olga));
    heard_free(&h);
}

static void test_nobody_above(void **state)
{
    int64_t deputy = api_staff(ROLE_ADMINISTRATOR),
            manager = hired(ROLE_MANAGER, store[0]);
    int64_t far = hired(ROLE_CASHIER, store[1]), near = hired(ROLE_CASHIER, store[0]);
    const struct {
        int64_t by, who;
        int status;
    } pairs[] = {{deputy, owner, 403},
                 {deputy, deputy, 403},
                 {owner, owner, 403},
                 {manager, far, 404},
                 {manager, manager, 403}};
    struct heard h = {0};

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        asks(&h, pairs[i].status,
             &(struct ask){"PATCH", of(pairs[i].who, ""),
                           .body = "{\"role\":\"cashier\"}", .as = pairs[i].by,
                           .if_match = "*"});
        asks(&h, pairs[i].status,
             &(struct ask){"DELETE", of(pairs[i].who, ""), .as = pairs[i].by});
        asks(&h, pairs[i].status,
             &(struct ask){"POST", of(pairs[i].who, "/pin"), .as = pairs[i].by});
    }
    /* Hers she may change, but to nothing that is not below her. */
    asks(&h, 200,
         &(struct ask){"PATCH", of(near, ""), .body = "{\"role\":\"seller\"}",
                       .as = manager, .if_match = "*"});
    asks(&h, 403,
         &(struct ask){"PATCH", of(near, ""), .body = "{\"role\":\"manager\"}",
                       .as = manager, .if_match = "*"});
    heard_free(&h);
}

static void test_a_pin(void **state)
{
    int64_t olga = hired(ROLE_CASHIER, store[0]);
    struct pin_answer a;
    struct heard h = {0};

    (void)state;
    asks(&h, 201, &(struct ask){"POST", of(olga, "/pin"), .as = owner});
    assert_int_equal(
        pin_check(api_place.db, clock_now(), olga, json_text(h.json, "pin", NULL), &a),
        ST_OK);
    assert_int_equal(a.result, PIN_CHANGE);
    refuses(400, "validation_failed",
            &(struct ask){"POST", of(olga, "/pin"), .as = owner, .key = "k"});
    heard_free(&h);
}

/* ---- invitations ------------------------------------------------------------------ */

static enum invite_result uses(const char *command, int64_t who, struct staff *out)
{
    const struct contact c = {
        .channel = CHANNEL_MESSENGER, .external_id = who, .language = "ru"};
    const struct invite_press p = {
        .token = strstr(command, "i_") + 2, .n = INVITE_TOKEN, .who = &c};
    enum invite_result result;

    assert_int_equal(invite_use(api_place.db, clock_now(), &p, &result, out), ST_OK);
    return result;
}

static void test_invited(void **state)
{
    int64_t manager = hired(ROLE_MANAGER, store[0]), id;
    struct heard h = {0};
    struct staff out;
    char body[160], command[80], address[80];

    (void)state;
    snprintf(body, sizeof body,
             "{\"role\":\"cashier\",\"stores\":[%lld,%lld],\"ttl_hours\":72}",
             (long long)store[0], (long long)store[1]);
    asks(&h, 403,
         &(struct ask){"POST", INVITES, .body = body,
                       .as = manager}); /* one is not hers */
    asks(&h, 201, &(struct ask){"POST", INVITES, .body = body, .as = owner});
    assert_string_equal(json_text(h.json, "state", NULL), "open");
    assert_int_equal(json_count(json_get(h.json, "stores")), 2);
    snprintf(command, sizeof command, "%s", json_text(h.json, "command", NULL));
    assert_int_equal(uses(command, 7100000001, &out), INVITE_JOINED);
    assert_int_equal(listed(INVITES "?state=used", owner), 1);
    asks(&h, 200, &(struct ask){"GET", INVITES "?state=used", .as = owner});
    assert_true(json_int_or(json_at(json_get(h.json, "items"), 0), "used_by.id", 0) ==
                out.id);
    assert_null(strstr(h.raw.s, command + 9)); /* the link is told once */
    /* Taken back. */
    asks(&h, 201,
         &(struct ask){"POST", INVITES, .body = "{\"role\":\"marketing\"}",
                       .as = owner});
    id = json_int_or(h.json, "id", 0);
    snprintf(command, sizeof command, "%s", json_text(h.json, "command", NULL));
    snprintf(address, sizeof address, INVITES "/%lld", (long long)id);
    refuses(404, "not_found", &(struct ask){"DELETE", address, .as = manager});
    asks(&h, 204, &(struct ask){"DELETE", address, .as = owner});
    refuses(409, "conflict", &(struct ask){"DELETE", address, .as = owner});
    assert_int_equal(uses(command, 7100000002, &out), INVITE_EXPIRED);
    assert_int_equal(listed(INVITES "?state=revoked&role=marketing", owner), 1);
    assert_int_equal(listed(INVITES "?state=open", owner), 0);
    heard_free(&h);
}

static void test_invitations_that_cannot_be(void **state)
{
    static const char *const bodies[] = {
        "{}",
        "{\"role\":\"cashier\"}",
        "{\"role\":\"cashier\",\"stores\":[999999]}",
        "{\"shared_phone\":true}",
        "{\"shared_phone\":true,\"role\":\"cashier\",\"stores\":[1]}",
        "{\"shared_phone\":true,\"stores\":[1,2]}",
        "{\"role\":\"cashier\",\"stores\":[1,1]}",
        "{\"role\":\"cashier\",\"stores\":[1],\"ttl_hours\":0}",
        "{\"role\":\"cashier\",\"stores\":[1],\"ttl_hours\":721}",
        "{\"role\":\"cashier\",\"stores\":[1],\"token\":\"x\"}",
        "{\"role\":7,\"stores\":[1]}"};
    int64_t deputy = api_staff(ROLE_ADMINISTRATOR);

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        refuses(400, "validation_failed",
                &(struct ask){"POST", INVITES, .body = bodies[i], .as = owner});
    refuses(
        403, "forbidden",
        &(struct ask){"POST", INVITES, .body = "{\"role\":\"owner\"}", .as = deputy});
}

/* ---- the table -------------------------------------------------------------------- */

static void test_roles_are_the_table(void **state)
{
    int64_t reader = api_staff(ROLE_READONLY);
    struct heard h = {0};

    (void)state;
    asks(&h, 200, &(struct ask){"GET", "/api/v1/permissions", .as = reader});
    assert_int_equal(json_count(json_get(h.json, "items")), PERM_COUNT - 1);
    for (size_t i = 0; i < PERM_COUNT - 1; i++) {
        const struct json *p = json_at(json_get(h.json, "items"), i);

        assert_string_equal(json_text(p, "name", NULL), perm_name((enum perm)(i + 1)));
        /* Each has words of its own. */
        assert_string_not_equal(json_text(p, "title", NULL),
                                json_text(p, "name", NULL));
        assert_int_equal(strcmp(json_text(p, "yours", NULL), "none") != 0,
                         role_may(ROLE_READONLY, (enum perm)(i + 1)));
    }
    asks(&h, 200, &(struct ask){"GET", "/api/v1/roles", .as = reader});
    assert_int_equal(json_count(json_get(h.json, "items")), ROLE_COUNT - 1);
    for (int r = 1; r < ROLE_COUNT; r++) {
        const struct json *role = json_at(json_get(h.json, "items"), (size_t)r - 1);
        int n = 0;

        assert_string_equal(json_text(role, "name", NULL), role_name((enum role)r));
        for (int p = 1; p < PERM_COUNT; p++)
            n += role_may((enum role)r, (enum perm)p);
        assert_int_equal(json_count(json_get(role, "permissions")), n);
        assert_false(json_bool_or(role, "you_may_invite", true));
    }
    asks(&h, 200, &(struct ask){"GET", "/api/v1/roles/cashier", .as = owner});
    assert_true(json_bool_or(h.json, "you_may_invite", false));
    refuses(404, "not_found", &(struct ask){"GET", "/api/v1/roles/god", .as = owner});
    heard_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filters),
        cmocka_unit_test(test_pages_and_hostile_words),
        cmocka_unit_test(test_changed),
        cmocka_unit_test(test_let_go_and_back),
        cmocka_unit_test(test_a_store_taken_away_ends_the_shift),
        cmocka_unit_test(test_two_who_saw_the_same),
        cmocka_unit_test(test_nobody_above),
        cmocka_unit_test(test_a_pin),
        cmocka_unit_test(test_invited),
        cmocka_unit_test(test_invitations_that_cannot_be),
        cmocka_unit_test(test_roles_are_the_table),
    };

    return cmocka_run_group_tests(tests, opened, api_close);
}
