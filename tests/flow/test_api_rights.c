/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Rights that end while a request of theirs is on its way: what is done, is done by
 * somebody who may at that moment. And who lives at the border of a manager's stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/staff/staff.h"
#include "tests/harness/api.h"
#include "tests/harness/until.h"
#include "tests/harness/waiting.h"

#include <stdio.h>
#include <string.h>

static const char *of(const char *what, int64_t id, const char *more)
{
    static char path[120];

    snprintf(path, sizeof path, "/api/v1/%s/%lld%s", what, (long long)id, more);
    return path;
}

static int64_t number(const char *sql, int64_t id)
{
    assert_int_equal(db_one(api_place.db, sql, DB_INT(id)), ST_OK);
    return db_int(api_place.db, 0);
}

/* ---- they wait for a row ---------------------------------------------------------- */

struct late {
    int64_t who, whom;
    struct ask ask; /* by who, of whom */
    int fd;
};

/* Asked in time, and dismissed before their turn came. */
static enum status dismiss_meanwhile(struct db *db, void *arg)
{
    struct late *l = arg;
    struct db *look = db_open(api_place.cfg);
    struct staff whom;
    enum status st = staff_dismiss(db, clock_now(), l->who, 0);

    if (st == ST_OK)
        st = staff_lock(db, l->whom, &whom);
    l->fd = asks_say(&l->ask);
    assert_true(until(somebody_waits, look, 10000));
    db_close(look);
    return st;
}

static void test_dismissed_while_they_wait(void **state)
{
    static const struct ask asks_late[] = {
        {"PATCH", "", .body = "{\"name\":\"Late\"}", .if_match = "*"},
        {"DELETE", "", .if_match = "*"},
        {"POST", "/pin"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof asks_late / sizeof *asks_late; i++) {
        struct late l = {.who = api_staff(ROLE_ADMINISTRATOR),
                         .whom = api_staff(ROLE_CASHIER),
                         .ask = asks_late[i]};
        struct heard h = {0};

        l.ask.path = of("staff", l.whom, asks_late[i].path);
        l.ask.as = l.who;
        api_token(l.who);
        assert_int_equal(db_tx(api_place.db, dismiss_meanwhile, &l), ST_OK);
        asks_hear(&h, l.fd, &l.ask);
        assert_int_equal(h.status, 401);
        assert_string_equal(heard_code(&h), "unauthenticated");
        assert_string_equal(heard_header(&h, "WWW-Authenticate"), "Bearer");
        heard_free(&h);
        assert_int_equal(number("SELECT COUNT(*) FROM staff WHERE id = ?"
                                " AND dismissed_at IS NULL AND name <> 'Late'",
                                l.whom),
                         1);
        assert_int_equal(
            number("SELECT COUNT(*) FROM staff_pin WHERE staff_id = ?", l.whom), 0);
    }
}

/* ---- two against each other ------------------------------------------------------- */

static void test_two_owners_do_not_lock_each_other_out(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++) {
        int64_t a = api_staff(ROLE_OWNER), b = api_staff(ROLE_OWNER);
        char path_a[120], path_b[120];
        struct ask out_a = {"PATCH", path_b, "{\"disabled\":true}", a, "*"};
        struct ask out_b = {"PATCH", path_a, "{\"disabled\":true}", b, "*"};
        struct heard h = {0};
        int fd[2], fine = 0;

        snprintf(path_a, sizeof path_a, "%s", of("admins", a, ""));
        snprintf(path_b, sizeof path_b, "%s", of("admins", b, ""));
        api_token(a);
        api_token(b);
        fd[0] = asks_say(&out_a);
        fd[1] = asks_say(&out_b);
        asks_hear(&h, fd[0], &out_a);
        fine += h.status == 200;
        asks_hear(&h, fd[1], &out_b);
        fine += h.status == 200;
        heard_free(&h);
        assert_int_equal(fine, 1);
        assert_int_equal(number("SELECT COUNT(*) FROM admin_account WHERE staff_id >= ?"
                                " AND disabled_at IS NOT NULL",
                                a),
                         1);
    }
}

/* ---- at the border ---------------------------------------------------------------- */

/* Both stores are theirs: they carry somebody over in one step. */
static void test_a_manager_moves_a_cashier(void **state)
{
    int64_t store[2] = {api_store("Moving A", "A"), api_store("Moving B", "B")};
    int64_t manager = api_staff(ROLE_MANAGER), cashier = api_staff(ROLE_CASHIER);
    struct heard h = {0};
    char body[60];

    (void)state;
    api_bind(manager, store[0]);
    api_bind(manager, store[1]);
    api_bind(cashier, store[0]);
    snprintf(body, sizeof body, "{\"stores\":[%lld]}", (long long)store[1]);
    asks(&h, 200, &(struct ask){"PATCH", of("staff", cashier, ""), body, manager, "*"});
    assert_int_equal(json_count(json_get(h.json, "stores")), 1);
    assert_int_equal(json_int_or(json_at(json_get(h.json, "stores"), 0), "", 0),
                     store[1]);
    heard_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dismissed_while_they_wait),
        cmocka_unit_test(test_two_owners_do_not_lock_each_other_out),
        cmocka_unit_test(test_a_manager_moves_a_cashier),
    };

    return cmocka_run_group_tests(tests, api_open, api_close);
}
