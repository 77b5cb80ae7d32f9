/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Staff, invitations, shifts: what their lists show, by index and never by reading a
 * whole table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/staff/invite_search.h"
#include "core/staff/report_search.h"
#include "core/staff/staff_search.h"
#include "core/staff/team.h"
#include "tests/harness/shop.h"

#include <stdio.h>
#include <string.h>

static struct shop shop;

static int open_shop(void **state)
{
    (void)state;
    shop_open(&shop);
    return 0;
}

static int close_shop(void **state)
{
    (void)state;
    shop_close(&shop);
    return 0;
}

/* ---- staff ------------------------------------------------------------------------ */

static int staff_found(struct staff_filter f)
{
    struct page p = {.sort = &staff_sorts[0], .limit = 200};
    struct staff_row row;
    int64_t total;
    int n = 0;
    enum status st;

    f.now = SHOP_NOW;
    st = staff_search(shop.db, &f, &p);
    while (st == ST_OK && (st = staff_search_next(shop.db, &p, f.now, &row)) == ST_OK)
        n++;
    assert_int_equal(st, ST_NONE);
    assert_int_equal(staff_total(shop.db, &f, &total), ST_OK);
    assert_int_equal(total, n);
    return n;
}

static void test_staff_by_filters(void **state)
{
    const int64_t cashiers[] = {ROLE_CASHIER};
    char digits[PIN_ONCE_DIGITS + 1];
    const int all = SHOP_CASHIERS + 2;

    (void)state;
    assert_int_equal(staff_found((struct staff_filter){0}), all);
    assert_int_equal(
        staff_found((struct staff_filter){.roles = cashiers, .n_roles = 1}),
        SHOP_CASHIERS);
    assert_int_equal(staff_found((struct staff_filter){.store_id = shop.store[0]}),
                     SHOP_CASHIERS + 1);
    assert_int_equal(staff_found((struct staff_filter){.seer = shop.manager.id}),
                     SHOP_CASHIERS + 1);
    assert_int_equal(staff_found((struct staff_filter){.seer = shop.owner.id}), 0);
    assert_int_equal(
        staff_found((struct staff_filter){.by_shift = true, .on_shift = true}),
        SHOP_CASHIERS);
    assert_int_equal(
        staff_found((struct staff_filter){.by_pin = true, .has_pin = true}), 0);
    assert_int_equal(
        pin_reset(shop.db, SHOP_NOW, shop.cashier[0].id, shop.owner.id, digits), ST_OK);
    assert_int_equal(
        staff_found((struct staff_filter){.by_pin = true, .has_pin = true}), 1);
    assert_int_equal(staff_found((struct staff_filter){.by_pin = true}), all - 1);
    assert_int_equal(staff_dismiss(shop.db, SHOP_NOW, shop.cashier[1].id, 0), ST_OK);
    assert_int_equal(
        staff_found((struct staff_filter){.by_active = true, .active = true}), all - 1);
    assert_int_equal(staff_found((struct staff_filter){.by_active = true}), 1);
    assert_int_equal(staff_found((struct staff_filter){.q = "% OR 1=1"}), 0);
}

/* A given name stays whatever the messenger says; a version grows with every change. */
static void test_versions_and_names(void **state)
{
    const struct team_act act = {.by = &shop.owner, .who = shop.cashier[0].id};
    const struct contact says = {.channel = CHANNEL_MESSENGER,
                                 .external_id = shop.cashier[0].external_id,
                                 .first_name = "xXx",
                                 .first_n = 3};
    struct staff_row row;
    struct staff out;
    int64_t version = 0;

    (void)state;
    assert_int_equal(team_rename(shop.db, SHOP_NOW, &act, "  Ольга П. "), ST_OK);
    assert_int_equal(staff_seen(shop.db, SHOP_NOW, &shop.cashier[0], &says), ST_OK);
    assert_int_equal(staff_row_load(shop.db, SHOP_NOW, act.who, false, &row), ST_OK);
    assert_string_equal(row.staff.name, "Ольга П.");
    assert_true(row.named);
    for (int i = 0; i < 4; i++) {
        char digits[PIN_ONCE_DIGITS + 1];

        version = row.version;
        assert_int_equal(i == 0 ? team_role(shop.db, SHOP_NOW, &act, ROLE_SELLER, &out)
                         : i == 1
                             ? team_bind(shop.db, SHOP_NOW, &act, shop.store[1], true)
                         : i == 2 ? team_pin_give(shop.db, SHOP_NOW, &act, digits)
                                  : team_dismiss(shop.db, SHOP_NOW, &act, &out),
                         ST_OK);
        assert_int_equal(staff_row_load(shop.db, SHOP_NOW, act.who, false, &row),
                         ST_OK);
        assert_true(row.version > version);
    }
    assert_int_equal(team_rename(shop.db, SHOP_NOW, &act, "Оля"), ST_NONE); /* gone */
    assert_int_equal(team_return(shop.db, SHOP_NOW, &act, &out), ST_OK);
    assert_true(out.active);
    assert_int_equal(out.role, ROLE_SELLER);
    assert_int_equal(team_rename(shop.db, SHOP_NOW, &act, "\u2800"), ST_BAD);
    assert_int_equal(
        team_return(shop.db, SHOP_NOW,
                    &(struct team_act){.by = &shop.manager, .who = shop.owner.id},
                    &out),
        ST_REFUSED);
}

/* ---- invitations ------------------------------------------------------------------ */

static char token[INVITE_TOKEN + 1];

static int64_t invites(const struct staff *by, enum role role, size_t n_stores)
{
    struct invite_more m = {
        .as = {.role = role}, .stores = shop.store, .n_stores = n_stores, .hours = 48};

    assert_int_equal(invite_make_more(shop.db, SHOP_NOW, by, &m, token), ST_OK);
    return m.id;
}

static int invites_found(const struct staff *by, struct invite_filter f)
{
    struct page p = {.sort = &invite_sorts[0], .limit = 200};
    struct invite_row row;
    int64_t total;
    int n = 0;
    enum status st;

    f.by = by;
    f.now = SHOP_NOW + 47 * HOUR;
    st = invite_search(shop.db, &f, &p);
    while (st == ST_OK && (st = invite_search_next(shop.db, &p, f.now, &row)) == ST_OK)
        n++;
    assert_int_equal(st, ST_NONE);
    assert_int_equal(invite_total(shop.db, &f, &total), ST_OK);
    assert_int_equal(total, n);
    return n;
}

static enum invite_result uses(int64_t who, struct staff *out)
{
    const struct contact c = {
        .channel = CHANNEL_MESSENGER, .external_id = who, .language = "ru"};
    const struct invite_press p = {.token = token, .n = INVITE_TOKEN, .who = &c};
    enum invite_result result;

    assert_int_equal(invite_use(shop.db, SHOP_NOW + HOUR, &p, &result, out), ST_OK);
    return result;
}

static void test_invitations(void **state)
{
    struct invite_more bad = {
        .as = {.role = ROLE_CASHIER}, .stores = shop.store, .n_stores = 2};
    struct invite_row row;
    struct staff out;
    int64_t used, open, revoked, stores[4];
    int n;

    (void)state;
    /* A manager of the first store hires for the first store alone. */
    assert_int_equal(invite_make_more(shop.db, SHOP_NOW, &shop.manager, &bad, token),
                     ST_REFUSED);
    used = invites(&shop.owner, ROLE_CASHIER, 2);
    assert_int_equal(uses(7000000001, &out), INVITE_JOINED);
    assert_int_equal(staff_stores(shop.db, out.id, stores, 4, &n), ST_OK);
    assert_int_equal(n, 2);
    revoked = invites(&shop.owner, ROLE_MARKETING, 0);
    assert_int_equal(invite_revoke(shop.db, SHOP_NOW, &shop.manager, revoked),
                     ST_REFUSED);
    assert_int_equal(invite_revoke(shop.db, SHOP_NOW, &shop.owner, revoked), ST_OK);
    assert_int_equal(invite_revoke(shop.db, SHOP_NOW, &shop.owner, revoked), ST_TAKEN);
    assert_int_equal(invite_revoke(shop.db, SHOP_NOW, &shop.owner, used), ST_TAKEN);
    assert_int_equal(uses(7000000002, &out), INVITE_EXPIRED);
    open = invites(&shop.manager, ROLE_CASHIER, 1);
    assert_int_equal(invites_found(&shop.owner, (struct invite_filter){0}), 3);
    for (int s = INVITE_IS_OPEN; s < INVITE_STATES; s++)
        assert_int_equal(
            invites_found(&shop.owner,
                          (struct invite_filter){.state = (enum invite_state)s}),
            s == INVITE_IS_EXPIRED ? 0 : 1);
    /* Of her store, and no other. */
    assert_int_equal(invites_found(&shop.manager, (struct invite_filter){0}), 2);
    assert_int_equal(invites_found(&shop.cashier[0], (struct invite_filter){0}), 0);
    assert_int_equal(
        invites_found(&shop.owner, (struct invite_filter){.store_id = shop.store[1]}),
        1);
    assert_int_equal(invite_row_load(shop.db, SHOP_NOW, &shop.owner, used, &row),
                     ST_OK);
    assert_int_equal(row.n_stores, 2);
    assert_int_equal(row.state, INVITE_IS_USED);
    assert_int_equal(
        invite_row_load(shop.db, SHOP_NOW + 48 * HOUR, &shop.owner, open, &row), ST_OK);
    assert_int_equal(row.state, INVITE_IS_EXPIRED);
    assert_int_equal(invite_row_load(shop.db, SHOP_NOW, &shop.manager, revoked, &row),
                     ST_NONE);
}

/* Who made it may hire there no more: it is worth nothing at any of its stores. */
static void test_a_store_its_maker_lost(void **state)
{
    const struct team_act act = {.by = &shop.owner, .who = shop.manager.id};
    struct staff out;

    (void)state;
    assert_int_equal(team_bind(shop.db, SHOP_NOW, &act, shop.store[1], true), ST_OK);
    invites(&shop.manager, ROLE_CASHIER, 2);
    assert_int_equal(team_bind(shop.db, SHOP_NOW, &act, shop.store[1], false), ST_OK);
    assert_int_equal(uses(7000000001, &out), INVITE_EXPIRED);
}

/* ---- shifts ----------------------------------------------------------------------- */

static int shifts_found(const struct staff *by, struct shift_filter f)
{
    struct page p = {.sort = &shift_sorts[0], .limit = 200, .descending = true};
    struct report_shift row;
    int64_t total;
    int n = 0;
    enum status st;

    f.by = by;
    st = shift_search(shop.db, &f, &p);
    while (st == ST_OK && (st = shift_search_next(shop.db, &p, &row)) == ST_OK)
        n++;
    assert_int_equal(st, ST_NONE);
    assert_int_equal(shift_total(shop.db, &f, &total), ST_OK);
    assert_int_equal(total, n);
    return n;
}

static void test_shifts(void **state)
{
    struct shift_filter open = {.by_open = true, .open = true};

    (void)state;
    assert_int_equal(shift_close_of(shop.db, SHOP_NOW + HOUR, shop.cashier[2].id),
                     ST_OK);
    assert_int_equal(shifts_found(&shop.owner, (struct shift_filter){0}),
                     SHOP_CASHIERS);
    assert_int_equal(shifts_found(&shop.owner, open), SHOP_CASHIERS - 1);
    assert_int_equal(shifts_found(&shop.manager, open), SHOP_CASHIERS - 1);
    assert_int_equal(shifts_found(&shop.cashier[0], open), 1);
    assert_int_equal(
        shifts_found(&shop.owner, (struct shift_filter){.store_id = shop.store[1]}), 0);
    assert_int_equal(
        shifts_found(&shop.owner,
                     (struct shift_filter){.staff_id = shop.cashier[2].id}),
        1);
    assert_int_equal(
        shifts_found(&shop.owner, (struct shift_filter){.from = SHOP_NOW + HOUR}), 0);
    assert_int_equal(
        shifts_found(&shop.owner, (struct shift_filter){.to = SHOP_NOW + HOUR}),
        SHOP_CASHIERS);
}

/* ---- how they are read ------------------------------------------------------------ */

/* Nothing of a page is found by reading the table of the list whole. */
static void reads_by_index(const char *table, const char *sql)
{
    char text[1200];
    bool seen = false;
    enum status st;

    snprintf(text, sizeof text, "EXPLAIN %s", sql);
    st = db_select(shop.db, text);
    while (st == ST_OK && (st = db_next(shop.db)) == ST_OK) {
        const char *of = db_text(shop.db, 2, NULL), *type;
        int column = 3;

        /* MySQL tells of partitions in between. */
        type = db_text(shop.db, column, NULL);
        if (type == NULL)
            type = db_text(shop.db, ++column, NULL);
        if (of == NULL || strcmp(of, table) != 0)
            continue;
        seen = true;
        if (type == NULL || strcmp(type, "ALL") == 0)
            fail_msg("%s is read whole: %s", table, sql);
    }
    assert_int_equal(st, ST_NONE);
    assert_true(seen);
}

/* Enough rows that reading them all is no bargain. */
static void crowd(void)
{
    for (int n = 0; n < 10; n++) /* doubled each time */
        assert_int_equal(
            db_exec(shop.db, NULL,
                    "INSERT INTO staff (channel, external_id, name, language, role,"
                    " created_at) SELECT 1, 8000000000 + id + 100000 * ?,"
                    " CONCAT('P', id, '-', ?), 'ru', 7, created_at + INTERVAL id SECOND"
                    " FROM staff",
                    DB_INT(n), DB_INT(n)),
            ST_OK);
    assert_int_equal(
        db_exec(
            shop.db, NULL,
            "INSERT INTO shift (staff_id, store_id, opened_at, closed_at) SELECT id,"
            " ?, '2026-02-01' + INTERVAL id MINUTE, '2026-02-01' + INTERVAL id + 8 "
            "MINUTE"
            " FROM staff",
            DB_INT(shop.store[0])),
        ST_OK);
    assert_int_equal(
        db_exec(shop.db, NULL,
                "INSERT INTO invite (token_hash, role, created_at, expires_at)"
                " SELECT UNHEX(SHA2(id, 256)), 7, created_at + INTERVAL id MINUTE,"
                " created_at + INTERVAL id + 24 MINUTE FROM staff"),
        ST_OK);
    assert_int_equal(db_exec(shop.db, NULL, "ANALYZE TABLE staff, shift, invite"),
                     ST_OK);
}

static void test_no_list_reads_a_whole_table(void **state)
{
    (void)state;
    crowd();
    reads_by_index("p",
                   "SELECT p.name, p.id FROM staff p LEFT JOIN shift h ON h.open_one"
                   " = p.id LEFT JOIN staff_pin k ON k.staff_id = p.id WHERE"
                   " p.dismissed_at IS NULL ORDER BY p.name, p.id LIMIT 51");
    reads_by_index("p", "SELECT p.created_at, p.id FROM staff p WHERE (p.created_at,"
                        " p.id) > ('2026-01-01', 5) ORDER BY p.created_at, p.id LIMIT"
                        " 51");
    reads_by_index("h", "SELECT h.opened_at, h.id FROM shift h WHERE h.opened_at >="
                        " '2026-02-02' ORDER BY h.opened_at DESC, h.id DESC LIMIT 51");
    reads_by_index("h", "SELECT h.opened_at, h.id FROM shift h WHERE h.open_one IS NOT"
                        " NULL ORDER BY h.opened_at, h.id LIMIT 51");
    reads_by_index("i",
                   "SELECT i.created_at, i.id FROM invite i WHERE i.used_at IS NULL"
                   " ORDER BY i.created_at DESC, i.id DESC LIMIT 51");
    reads_by_index("i", "SELECT i.expires_at, i.id FROM invite i WHERE i.expires_at >"
                        " '2026-01-05' ORDER BY i.expires_at, i.id LIMIT 51");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, open_shop, close_shop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_staff_by_filters), CASE(test_versions_and_names),
        CASE(test_invitations),      CASE(test_a_store_its_maker_lost),
        CASE(test_shifts),           CASE(test_no_list_reads_a_whole_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
