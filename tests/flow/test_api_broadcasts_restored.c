/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * An owner says over the API that a restored database is the shop's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/harness/api.h"

#define PATH "/api/v1/broadcasts/confirm-restored"

static void runs(const char *sql)
{
    assert_int_equal(db_exec(api_place.db, NULL, sql), ST_OK);
}

static void held(int64_t as, bool is, const char *why)
{
    struct heard h = {0};
    const char *said;

    asks(&h, 200, &(struct ask){"GET", PATH, .as = as});
    assert_int_equal(json_bool_or(h.json, "held", !is), is);
    said = json_text(h.json, "why", NULL);
    if (why != NULL)
        assert_string_equal(said, why);
    else
        assert_null(said);
    heard_free(&h);
}

static void confirms(int64_t as, const char *body, bool was_held, int n)
{
    struct heard h = {0};

    asks(&h, 200, &(struct ask){"POST", PATH, body, .as = as});
    assert_int_equal(json_bool_or(h.json, "was_held", !was_held), was_held);
    assert_int_equal(json_int_or(h.json, "broadcasts", -1), n);
    heard_free(&h);
}

static int64_t state_of(void)
{
    assert_int_equal(db_one(api_place.db, "SELECT state FROM broadcast"), ST_OK);
    return db_int(api_place.db, 0);
}

static void stops(void)
{
    runs("REPLACE INTO broadcast_mark (id, n, checked_at, held_at, held_why)"
         " VALUES (1, 7, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), 2)");
    runs("DELETE FROM broadcast");
    runs("INSERT INTO broadcast (name, purpose, state, paused_why, rule, started_at,"
         " filled_at, created_at, updated_at) VALUES ('Осень', 2, 4, 4, '{}',"
         " '2026-09-17', '2026-09-17', '2026-09-17', '2026-09-17')");
}

static void an_owner_confirms(void **state)
{
    int64_t owner = api_staff(ROLE_OWNER),
            administrator = api_staff(ROLE_ADMINISTRATOR);

    (void)state;
    held(owner, false, NULL);
    confirms(owner, NULL, false, 0);
    stops();
    held(administrator, true, "strange");
    refuses(403, "forbidden", &(struct ask){"POST", PATH, "{}", .as = administrator});
    refuses(400, "validation_failed",
            &(struct ask){"POST", PATH, "{\"broadcasts\":\"all\"}", .as = owner});
    held(administrator, true, "strange");
    confirms(owner, "{}", true, 1);
    assert_int_equal(state_of(), 3);
    held(owner, false, NULL);
    confirms(owner, "{}", false, 0);
    stops();
    confirms(owner, "{\"broadcasts\":\"cancel\"}", true, 1);
    assert_int_equal(state_of(), 6);
    runs("UPDATE broadcast_mark SET checked_at = '2026-01-01'");
    held(owner, true, "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_owner_confirms),
    };

    return cmocka_run_group_tests(tests, api_open, api_close);
}
