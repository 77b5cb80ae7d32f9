/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/audit.h"
#include "core/base/clock.h"
#include "tests/harness/shop.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <string.h>
#include <cmocka.h>

static struct shop shop;

static int open_shop(void **state)
{
    (void)state;
    shop_open(&shop);
    assert_int_equal(db_exec(shop.db, NULL, "DELETE FROM audit"), ST_OK);
    return 0;
}

static int close_shop(void **state)
{
    (void)state;
    shop_close(&shop);
    return 0;
}

static enum status note(const char *action, const struct audit_field *fields, size_t n)
{
    return audit_add(shop.db, SHOP_NOW,
                     &(struct audit_entry){.actor = ACTOR_STAFF,
                                           .actor_id = 7,
                                           .action = action,
                                           .entity_id = 42,
                                           .fields = fields,
                                           .n_fields = n});
}

static void last_fields(char out[1001])
{
    assert_int_equal(
        db_one(shop.db, "SELECT fields FROM audit ORDER BY id DESC LIMIT 1"), ST_OK);
    strncpy(out, db_text(shop.db, 0, NULL), 1000);
    out[1000] = '\0';
}

static void test_names_and_hashes(void **state)
{
    struct audit_field phone = {"phone", NULL, "+79990001122"};
    struct audit_field two[] = {{"role", NULL, NULL}, {"name", "Мария", "Мария"}};
    char first[1001], again[1001], out[1001];

    (void)state;
    assert_int_equal(note("customer.edit", &phone, 1), ST_OK);
    last_fields(first);
    assert_int_equal(strlen(first), strlen("phone:->") + 16);
    assert_null(strstr(first, "7999"));
    assert_int_equal(note("customer.edit", &phone, 1), ST_OK);
    last_fields(again);
    assert_string_equal(first, again); /* comparable */
    phone.name = "email";
    assert_int_equal(note("customer.edit", &phone, 1), ST_OK);
    last_fields(again);
    assert_string_not_equal(first + 8, again + 8); /* but not across fields */
    assert_int_equal(note("customer.edit", two, 2), ST_OK);
    last_fields(out);
    assert_int_equal(strncmp(out, "role,name:", 10), 0);
    assert_memory_equal(out + 10, out + 27, 16);
}

static void test_forms(void **state)
{
    struct audit_field many[AUDIT_FIELDS_MAX + 1] = {{0}};

    (void)state;
    for (int i = 0; i <= AUDIT_FIELDS_MAX; i++)
        many[i].name = "f";
    assert_int_equal(note("customer.edit", many, AUDIT_FIELDS_MAX), ST_OK);
    assert_int_equal(note("customer.edit", many, AUDIT_FIELDS_MAX + 1), ST_BAD);
    assert_int_equal(note("Мария.edit", NULL, 0), ST_BAD);
    assert_int_equal(note("edit", NULL, 0), ST_BAD);
    assert_int_equal(note("", NULL, 0), ST_BAD);
}

/* Everything the domain writes, with names and dates that could be recognised. */
static void test_no_personal_values(void **state)
{
    struct customer c =
        shop_customer(&shop, 7999123456, "Бартоломей", "Редкофамильный");
    struct birthday_entry e = {.customer_id = c.id,
                               .born = {1987, 11, 23},
                               .today = (int32_t)(SHOP_NOW / DAY),
                               .limits = {14, 110, 365, 0}};
    static const char *const secrets[] = {"Бартоломей", "Редкофамильный", "1987",
                                          "7999123456", "11-23"};
    enum birthday_fault fault;

    (void)state;
    shop_discount(&shop, c.id, "k", 1);
    assert_int_equal(customer_birthday_set(shop.db, SHOP_NOW, &e, &fault), ST_OK);
    assert_int_equal(customer_unreachable(shop.db, SHOP_NOW, c.id, 0), ST_OK);
    assert_true(shop_number(shop.db, "SELECT COUNT(*) FROM audit") >= 5);
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        assert_int_equal(
            db_one(shop.db,
                   "SELECT COUNT(*) FROM audit WHERE CONVERT(CONCAT_WS(' ', action,"
                   " actor_id, entity_id, fields) USING utf8mb4)"
                   " LIKE CONCAT('%', ?, '%')",
                   DB_TEXT(secrets[i])),
            ST_OK);
        assert_int_equal(db_int(shop.db, 0), 0);
    }
}

/* ---- seals ---------------------------------------------------------------------- */

static int seal(int64_t now, int max)
{
    int n;
    enum status st = audit_seal(shop.db, now, max, &n);

    assert_true(st == ST_OK || st == ST_NONE);
    assert_int_equal(st == ST_NONE, n == 0);
    return n;
}

static void test_blocks(void **state)
{
    int64_t from = 0;

    (void)state;
    for (int i = 0; i < 10; i++)
        assert_int_equal(note("customer.edit", NULL, 0), ST_OK);
    assert_int_equal(seal(SHOP_NOW + AUDIT_SETTLE, 100), 0); /* not old enough yet */
    assert_int_equal(seal(SHOP_NOW + AUDIT_SETTLE + 1, 4), 4);
    assert_int_equal(seal(SHOP_NOW + AUDIT_SETTLE + 1, 4), 4);
    assert_int_equal(seal(SHOP_NOW + AUDIT_SETTLE + 1, 4), 2);
    assert_int_equal(seal(SHOP_NOW + AUDIT_SETTLE + 1, 4), 0);
    assert_int_equal(audit_verify(shop.db, &from), ST_OK);
}

static void sealed_ten(void)
{
    for (int i = 0; i < 10; i++)
        assert_int_equal(note("customer.edit", NULL, 0), ST_OK);
    assert_int_equal(seal(SHOP_NOW + DAY, 5), 5);
    assert_int_equal(seal(SHOP_NOW + DAY, 5), 5);
}

static void test_a_changed_row_is_found(void **state)
{
    int64_t from = 0, third;

    (void)state;
    sealed_ten();
    third = shop_number(shop.db, "SELECT MIN(id) + 2 FROM audit");
    assert_int_equal(db_exec(shop.db, NULL,
                             "UPDATE audit SET actor_id = 8 WHERE id = ?",
                             DB_INT(third)),
                     ST_OK);
    assert_int_equal(audit_verify(shop.db, &from), ST_REFUSED);
    assert_true(from <= third);
}

static void test_a_removed_row_is_found(void **state)
{
    int64_t from = 0, last;

    (void)state;
    sealed_ten();
    last = shop_number(shop.db, "SELECT MAX(id) FROM audit");
    assert_int_equal(
        db_exec(shop.db, NULL, "DELETE FROM audit WHERE id = ?", DB_INT(last)), ST_OK);
    assert_int_equal(audit_verify(shop.db, &from), ST_REFUSED);
    assert_int_equal(from, last - 4);
}

static void test_a_removed_seal_is_found(void **state)
{
    int64_t from = 0;

    (void)state;
    sealed_ten();
    assert_int_equal(db_exec(shop.db, NULL,
                             "UPDATE audit_seal SET hash = REVERSE(hash)"
                             " WHERE id = 1"),
                     ST_OK);
    assert_int_equal(audit_verify(shop.db, &from), ST_REFUSED);
}

/* An id that was rolled back leaves a gap: nothing may be slipped into it later. */
static void test_a_row_in_a_gap_is_found(void **state)
{
    int64_t from = 0, sixth;

    (void)state;
    for (int i = 0; i < 11; i++)
        assert_int_equal(note("customer.edit", NULL, 0), ST_OK);
    sixth = shop_number(shop.db, "SELECT MIN(id) + 5 FROM audit");
    assert_int_equal(
        db_exec(shop.db, NULL, "DELETE FROM audit WHERE id = ?", DB_INT(sixth)), ST_OK);
    assert_int_equal(seal(SHOP_NOW + DAY, 5), 5);
    assert_int_equal(seal(SHOP_NOW + DAY, 5), 5);
    assert_int_equal(audit_verify(shop.db, &from), ST_OK);
    assert_int_equal(db_exec(shop.db, NULL,
                             "INSERT INTO audit (id, at, actor, action, entity_id)"
                             " VALUES (?, ?, 1, 'customer.edit', 1)",
                             DB_INT(sixth), DB_TIME(SHOP_NOW)),
                     ST_OK);
    assert_int_equal(audit_verify(shop.db, &from), ST_REFUSED);
    assert_int_equal(db_exec(shop.db, NULL,
                             "UPDATE audit_seal SET from_id = from_id + 1"
                             " WHERE id = 2"),
                     ST_OK);
    assert_int_equal(audit_verify(shop.db, &from), ST_REFUSED);
}

static atomic_int total;

static enum status do_seal(struct db *db, void *arg)
{
    return audit_seal(db, SHOP_NOW + DAY, 3, arg);
}

static void seal_race(struct db *db, int i, void *arg)
{
    (void)i;
    (void)arg;
    for (int k = 0; k < 20; k++) {
        int n = 0;

        if (db_tx(db, do_seal, &n) == ST_OK)
            total += n;
    }
}

static void test_two_schedulers_seal_each_row_once(void **state)
{
    int64_t from = 0;

    (void)state;
    for (int i = 0; i < 30; i++)
        assert_int_equal(note("customer.edit", NULL, 0), ST_OK);
    total = 0;
    shop_race(&shop, 4, seal_race, NULL);
    assert_int_equal(total, 30);
    assert_int_equal(audit_verify(shop.db, &from), ST_OK);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, open_shop, close_shop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_names_and_hashes),
        TEST(test_forms),
        TEST(test_no_personal_values),
        TEST(test_blocks),
        TEST(test_a_changed_row_is_found),
        TEST(test_a_removed_row_is_found),
        TEST(test_a_removed_seal_is_found),
        TEST(test_a_row_in_a_gap_is_found),
        TEST(test_two_schedulers_seal_each_row_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
