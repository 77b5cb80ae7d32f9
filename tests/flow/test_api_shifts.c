/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Shifts and stores over HTTP: lists, reports, the file for a spreadsheet, closing; stores
 * made, changed, closed; and what a setting was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/loyalty/customer.h"
#include "core/loyalty/discount.h"
#include "core/staff/shift.h"
#include "tests/harness/api.h"

#include <stdio.h>
#include <string.h>

#define SHIFTS "/api/v1/shifts"
#define STORES "/api/v1/stores"

static int64_t owner, store[2], cashier;
static char path[200];

static int opened(void **state)
{
    int st = api_open(state);

    owner = api_staff(ROLE_OWNER);
    store[0] = api_store("Двор на Ленина", "Находка");
    store[1] = api_store("=Двор", "Находка");
    cashier = api_staff(ROLE_CASHIER);
    api_bind(cashier, store[0]);
    api_bind(cashier, store[1]);
    return st;
}

static const char *of(const char *base, int64_t id, const char *more)
{
    snprintf(path, sizeof path, "%s/%lld%s", base, (long long)id, more);
    return path;
}

static int64_t opens(int64_t id, int64_t at)
{
    struct staff who;
    struct shift s;

    assert_int_equal(staff_load(api_place.db, id, &who), ST_OK);
    assert_int_equal(shift_close_of(api_place.db, clock_now(), id), ST_OK);
    assert_int_equal(shift_open(api_place.db, clock_now(), &who, at, &s), ST_OK);
    return s.id;
}

static void runs(const char *sql, const struct db_arg *args, size_t n)
{
    assert_int_equal(db_exec_args(api_place.db, NULL, sql, args, n), ST_OK);
}

/* A receipt of that shift, as the till writes it; undone or not. */
static void receipt(int64_t shift, int64_t at, int no, bool undone)
{
    static int64_t last = 900;
    char code[24];
    int64_t customer, discount;

    snprintf(code, sizeof code, "T%09lld", (long long)++last);
    runs("INSERT INTO customer (channel, external_id, last_seen_at, created_at) VALUES"
         " (1, ?, NOW(6), NOW(6))",
         &DB_INT(last), 1);
    customer = db_last_id(api_place.db);
    runs(
        "INSERT INTO discount (customer_id, source, issue_key, percent_bp, code, token,"
        " valid_from, valid_until, created_at) VALUES (?, 1, ?, 1000, ?, ?, NOW(6),"
        " NOW(6) + INTERVAL 1 DAY, NOW(6))",
        (struct db_arg[]){DB_INT(customer), DB_TEXT(code), DB_TEXT(code),
                          DB_TEXT(code)},
        4);
    discount = db_last_id(api_place.db);
    runs("INSERT INTO redemption (discount_id, customer_id, uses_allowed, use_no, "
         "op_key,"
         " staff_id, store_id, shift_id, receipt_no, amount, discount_amount, "
         "redeemed_at)"
         " VALUES (?, ?, 1, 1, ?, ?, ?, ?, ?, 125050, 12505, NOW(6))",
         (struct db_arg[]){DB_INT(discount), DB_INT(customer), DB_TEXT(code),
                           DB_INT(cashier), DB_INT(at), DB_INT(shift), DB_INT(no)},
         7);
    if (undone)
        runs("UPDATE redemption SET voided_at = redeemed_at, voided_by = staff_id,"
             " void_reason = 1 WHERE op_key = ?",
             (struct db_arg[]){DB_TEXT(code)}, 1);
}

static int64_t listed(const char *address, int64_t as)
{
    struct heard h = {0};
    int64_t n;

    asks(&h, 200, &(struct ask){"GET", address, .as = as});
    n = (int64_t)json_count(json_get(h.json, "items"));
    heard_free(&h);
    return n;
}

/* ---- shifts ----------------------------------------------------------------------- */

static void test_reported(void **state)
{
    int64_t id = opens(cashier, store[0]), reader = api_staff(ROLE_READONLY);
    struct heard h = {0};

    (void)state;
    runs("INSERT INTO till (channel, external_id, store_id, held_by, held_since,"
         " created_at) VALUES (1, 7300000001, ?, ?, NOW(6), NOW(6))",
         (struct db_arg[]){DB_INT(store[0]), DB_INT(cashier)}, 2);
    receipt(id, store[0], 1, false);
    receipt(id, store[0], 2, false);
    receipt(id, store[0], 3, true);
    asks(&h, 200, &(struct ask){"GET", of(SHIFTS, id, ""), .as = reader});
    assert_true(json_bool_or(h.json, "open", false));
    assert_int_equal(json_int_or(h.json, "report.redeemed", 0), 2);
    assert_int_equal(json_int_or(h.json, "report.voided", 0), 1);
    assert_int_equal(json_int_or(h.json, "report.amount", 0), 250100);
    assert_int_equal(json_int_or(h.json, "report.discount", 0), 25010);
    assert_int_equal(json_int_or(h.json, "report.average", 0), 125050);
    assert_int_equal(json_int_or(h.json, "report.by_source.subscription", 0), 2);
    refuses(404, "not_found", &(struct ask){"GET", SHIFTS "/999999", .as = owner});
    refuses(403, "forbidden",
            &(struct ask){"POST", of(SHIFTS, id, "/close"), .as = reader});
    asks(&h, 200,
         &(struct ask){"POST", of(SHIFTS, id, "/close"), .as = owner, .key = "c"});
    assert_false(json_bool_or(h.json, "open", true));
    assert_int_equal(
        db_one(api_place.db, "SELECT 1 FROM till WHERE held_by IS NOT NULL"),
        ST_NONE); /* the shared phone is the next one's */
    asks(&h, 200,
         &(struct ask){"POST", of(SHIFTS, id, "/close"), .as = owner, .key = "c"});
    assert_string_equal(heard_header(&h, "Idempotency-Replayed"), "true");
    refuses(409, "conflict",
            &(struct ask){"POST", of(SHIFTS, id, "/close"), .as = owner});
    heard_free(&h);
}

static void test_listed(void **state)
{
    int64_t manager = api_staff(ROLE_MANAGER), here = opens(cashier, store[0]), there;
    char address[200];

    (void)state;
    api_bind(manager, store[0]);
    there = opens(cashier, store[1]); /* closes the other one */
    assert_int_equal(listed(SHIFTS "?open=true", owner), 1);
    assert_int_equal(listed(SHIFTS "?open=true", manager), 0);
    snprintf(address, sizeof address, SHIFTS "?store_id=%lld&staff_id=%lld",
             (long long)store[1], (long long)cashier);
    assert_int_equal(listed(address, owner), 1);
    assert_int_equal(listed(address, manager), 0);
    assert_int_equal(listed(SHIFTS "?from=2099-01-01T00:00:00%2B10:00", owner), 0);
    assert_int_equal(listed(SHIFTS "?to=2020-01-01T00:00:00Z", owner), 0);
    refuses(400, "validation_failed",
            &(struct ask){"GET", SHIFTS "?from=2026-01-01T00:00:00", .as = owner});
    refuses(400, "validation_failed",
            &(struct ask){"GET", SHIFTS "?staff_id=1%20OR%201=1", .as = owner});
    assert_int_equal(listed(of(STORES, store[1], "/shifts"), owner), 1);
    refuses(404, "not_found",
            &(struct ask){"GET", of(STORES, store[1], "/shifts"), .as = manager});
    assert_true(listed(of(STORES, store[0], "/shifts"), manager) >= 1);
    refuses(404, "not_found",
            &(struct ask){"GET", of(SHIFTS, there, ""), .as = manager});
    assert_int_not_equal(here, there);
}

/* A name that begins like a formula is a text in the file. */
static void test_a_file_for_a_spreadsheet(void **state)
{
    int64_t id = opens(cashier, store[1]);
    struct heard h = {0};

    (void)state;
    receipt(id, store[1], 1, false);
    asks(&h, 200,
         &(struct ask){"GET", of(SHIFTS, id, "/csv"), .as = owner, .lang = "ru"});
    assert_string_equal(heard_header(&h, "Content-Type"), "text/csv; charset=utf-8");
    assert_non_null(strstr(heard_header(&h, "Content-Disposition"), "shift-20"));
    assert_non_null(strstr(h.raw.s, "\xEF\xBB\xBFЧек;Время;Магазин;"));
    assert_non_null(strstr(h.raw.s, ";'=Двор;"));
    assert_non_null(strstr(h.raw.s, ";1250,50;125,05;"));
    heard_free(&h);
}

/* ---- stores ----------------------------------------------------------------------- */

static void test_a_store_is_made_and_changed(void **state)
{
    struct heard h = {0};
    char etag[40];
    int64_t id;
    const char *body =
        "{\"name\":\"Новый двор\",\"city\":\"Артём\",\"address\":\"Кирова, "
        "1\",\"hours\":"
        "\"пн-пт 9-20\",\"timezone\":\"Asia/Vladivostok\",\"geo\":{\"lat_e6\":43355000,"
        "\"lon_e6\":132188000}}";

    (void)state;
    asks(&h, 201,
         &(struct ask){"POST", STORES, .body = body, .as = owner, .key = "n1"});
    id = json_int_or(h.json, "id", 0);
    assert_string_equal(heard_header(&h, "Location"), of(STORES, id, ""));
    assert_int_equal(json_int_or(h.json, "geo.lon_e6", 0), 132188000);
    asks(&h, 201,
         &(struct ask){"POST", STORES, .body = body, .as = owner, .key = "n1"});
    assert_int_equal(json_int_or(h.json, "id", 0), id);
    refuses(409, "conflict", &(struct ask){"POST", STORES, .body = body, .as = owner});
    asks(&h, 200, &(struct ask){"GET", of(STORES, id, ""), .as = owner});
    snprintf(etag, sizeof etag, "%s", heard_header(&h, "ETag"));
    refuses(428, "version_required",
            &(struct ask){"PATCH", of(STORES, id, ""), .body = "{}", .as = owner});
    asks(&h, 200,
         &(struct ask){"PATCH", of(STORES, id, ""),
                       .body = "{\"hours\":\"\",\"geo\":null,\"timezone\":null,"
                               "\"training\":true}",
                       .as = owner, .if_match = etag});
    assert_string_equal(json_text(h.json, "hours", NULL), "");
    assert_null(json_text(h.json, "timezone", NULL));
    assert_false(json_is_object(json_get(h.json, "geo")));
    assert_true(json_bool_or(h.json, "training", false));
    assert_string_equal(json_text(h.json, "city", NULL), "Артём");
    refuses(412, "version_mismatch",
            &(struct ask){"PATCH", of(STORES, id, ""), .body = "{\"city\":\"X\"}",
                          .as = owner, .if_match = etag});
    heard_free(&h);
}

static void test_stores_that_cannot_be(void **state)
{
    static const char *const bodies[] = {
        "{}",
        "{\"name\":\"\"}",
        "{\"name\":\"Q\",\"hours\":\"пн-пт 9-25\"}",
        "{\"name\":\"Q\",\"timezone\":\"../../etc/passwd\"}",
        "{\"name\":\"Q\",\"timezone\":\"Mars/Olympus\"}",
        "{\"name\":\"Q\",\"geo\":{\"lat_e6\":1}}",
        "{\"name\":\"Q\",\"geo\":{\"lat_e6\":90000001,\"lon_e6\":0}}",
        "{\"name\":\"Q\",\"geo\":[1,2]}",
        "{\"name\":\"Q\",\"id\":7}",
        "{\"name\":\"Q\\u0007\"}"};
    int64_t before = listed(STORES "?limit=200", owner);

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        refuses(400, "validation_failed",
                &(struct ask){"POST", STORES, .body = bodies[i], .as = owner});
    assert_int_equal(listed(STORES "?limit=200", owner), before);
}

static void test_closed_and_opened_again(void **state)
{
    int64_t id = opens(cashier, store[0]);
    struct heard h = {0};

    (void)state;
    asks(&h, 409, &(struct ask){"DELETE", of(STORES, store[0], ""), .as = owner});
    assert_int_equal(json_int_or(h.json, "open_shifts", 0), 1);
    asks(&h, 200, &(struct ask){"POST", of(SHIFTS, id, "/close"), .as = owner});
    asks(&h, 204, &(struct ask){"DELETE", of(STORES, store[0], ""), .as = owner});
    asks(&h, 200, &(struct ask){"GET", of(STORES, store[0], ""), .as = owner});
    assert_false(json_bool_or(h.json, "open", true));
    asks(&h, 200,
         &(struct ask){"PATCH", of(STORES, store[0], ""), .body = "{\"open\":true}",
                       .as = owner, .if_match = heard_header(&h, "ETag")});
    assert_true(json_bool_or(h.json, "open", false));
    heard_free(&h);
}

/* ---- what a setting was ----------------------------------------------------------- */

static void sets(const char *value, const char *if_match)
{
    struct heard h = {0};
    char body[60];

    snprintf(body, sizeof body, "{\"value\":%s}", value);
    asks(&h, 200,
         &(struct ask){"PATCH", "/api/v1/settings/discount_percent_bp", .body = body,
                       .as = owner, .if_match = if_match});
    heard_free(&h);
}

static void test_history_of_a_setting(void **state)
{
    static const char at[] = "/api/v1/settings/discount_percent_bp/history";
    struct heard h = {0};
    char address[300], by[40];

    (void)state;
    asks(&h, 200, &(struct ask){"GET", at, .as = owner});
    assert_int_equal(json_count(json_get(h.json, "items")), 0);
    sets("1500", "\"v0\"");
    sets("500", "\"v1\"");
    sets("2000", "\"v2\"");
    snprintf(address, sizeof address, "%s?sort=-version&limit=2&include_total=true",
             at);
    asks(&h, 200, &(struct ask){"GET", address, .as = owner});
    assert_int_equal(json_int_or(h.json, "page.total", 0), 3);
    assert_int_equal(json_int_or(json_at(json_get(h.json, "items"), 0), "value", 0),
                     2000);
    assert_int_equal(json_int_or(json_at(json_get(h.json, "items"), 1), "version", 0),
                     2);
    snprintf(by, sizeof by, "owner:%lld", (long long)owner);
    assert_string_equal(
        json_text(json_at(json_get(h.json, "items"), 0), "updated_by", NULL), by);
    snprintf(address, sizeof address, "%s?sort=-version&limit=2&cursor=%s", at,
             json_text(h.json, "page.next", NULL));
    asks(&h, 200, &(struct ask){"GET", address, .as = owner});
    assert_int_equal(json_count(json_get(h.json, "items")), 1);
    refuses(404, "not_found",
            &(struct ask){"GET", "/api/v1/settings/nothing/history", .as = owner});
    asks(&h, 200,
         &(struct ask){"GET", "/api/v1/settings/discount_percent_bp", .as = owner});
    assert_non_null(strstr(json_text(h.json, "help_ru", NULL), "Скидка"));
    assert_non_null(strstr(json_text(h.json, "help_en", NULL), "Discount"));
    assert_int_equal(json_int_or(h.json, "default", 0), 1000);
    assert_int_equal(json_int_or(h.json, "max", 0), 10000);
    heard_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reported),
        cmocka_unit_test(test_listed),
        cmocka_unit_test(test_a_file_for_a_spreadsheet),
        cmocka_unit_test(test_a_store_is_made_and_changed),
        cmocka_unit_test(test_stores_that_cannot_be),
        cmocka_unit_test(test_closed_and_opened_again),
        cmocka_unit_test(test_history_of_a_setting),
    };

    return cmocka_run_group_tests(tests, opened, api_close);
}
