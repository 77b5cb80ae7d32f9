/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Forgetting a customer: one table says what becomes of each column, and the schema itself
 * is asked whether it says so of all; nothing of the person is found afterwards in any
 * table; what is once for life stays so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/message.h"
#include "tests/store/annabel.h"

/* ---- the table and the schema ---------------------------------------------------- */

static bool has_rule(const char *table, const char *column)
{
    for (size_t i = 0; i < erasure_rules; i++)
        if (strcmp(erasure_table[i].table, table) == 0 &&
            (column == NULL || strcmp(erasure_table[i].column, column) == 0 ||
             erasure_table[i].fate == ERASURE_DELETES))
            return true;
    return false;
}

/* Each table that knows a customer, and each column of the customer's own row. */
static void test_no_table_is_forgotten(void **state)
{
    int seen = 0;

    (void)state;
    assert_int_equal(db_select(shop.db, COLUMNS " AND (column_name = 'customer_id'"
                                                " OR table_name = 'customer')"),
                     ST_OK);
    while (db_next(shop.db) == ST_OK) {
        seen++;
        if (!has_rule(db_text(shop.db, 0, NULL), db_text(shop.db, 1, NULL)))
            fail_msg("%s.%s is not in erasure_table", db_text(shop.db, 0, NULL),
                     db_text(shop.db, 1, NULL));
    }
    assert_true(seen > 40);
}

/* Names by which a column gives away that it holds somebody's own, and those of them
 * that are about others, each with its reason. */
static bool is_about_others(const char *table)
{
    static const char *const others[] = {
        "staff",          /* people who work here */
        "access_request", /* who wants to */
        "admin_account",  /* who has a key to the panel */
        "till",           /* a phone of the shop */
        "store",          /* its address */
        "consent_text",   /* what is agreed to */
        "audit",          /* ids and keyed hashes */
        "job_open",       /* on its way for a moment; its message is cancelled */
        "idempotency",    /* answers to the panel, for a day */
        "tag",            /* the shop's own words */
        "broadcast",      /* what it is called */
        "automation",
        "automation_plan",
        "media_part", /* a picture of the shop's */
        "template",   /* what it is called */
        "bulk_part",  /* an export by the shop, for a day */
        "settings",
        "settings_history",
        "bot_profile",
        "leader",
        "alarm",
        "job_pause",
        "schema_migrations",
        "suspicion",
        "gift_phone",
        "segment",
    };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(others[i], table) == 0)
            return true;
    return false;
}

static void test_no_personal_column_is_forgotten(void **state)
{
    (void)state;
    assert_int_equal(
        db_select(shop.db, COLUMNS
                  " AND (column_name LIKE '%name%' OR column_name LIKE"
                  " '%phone%' OR column_name LIKE 'birth%' OR column_name IN"
                  " ('external_id', 'recipient', 'payload', 'words', 'body',"
                  " 'address', 'email', 'note', 'void_note', 'reason', 'text'))"),
        ST_OK);
    while (db_next(shop.db) == ST_OK) {
        const char *table = db_text(shop.db, 0, NULL),
                   *column = db_text(shop.db, 1, NULL);

        if (strcmp(table, "message") == 0 && strcmp(column, "external_id") == 0)
            continue; /* the messenger's number of a message */
        if (strcmp(table, "redemption") == 0 && strcmp(column, "void_reason") == 0)
            continue;
        if (!has_rule(table, column) && !is_about_others(table))
            fail_msg("%s.%s looks personal and is not in erasure_table", table, column);
    }
}

static void test_every_rule_is_of_the_schema(void **state)
{
    (void)state;
    for (size_t i = 0; i < erasure_rules; i++) {
        const struct erasure_rule *r = &erasure_table[i];

        assert_non_null(erasure_scope(r->table));
        assert_true((r->fate == ERASURE_SETS) == (r->sets != NULL));
        for (size_t k = 0; k < i; k++)
            if (strcmp(erasure_table[k].table, r->table) == 0 &&
                strcmp(erasure_table[k].column, r->column) == 0)
                fail_msg("%s.%s has two rules", r->table, r->column);
        if (db_one(shop.db, COLUMNS " AND table_name = ? AND column_name = ?",
                   DB_TEXT(r->table), DB_TEXT(r->column)) != ST_OK)
            fail_msg("there is no %s.%s", r->table, r->column);
    }
}

/* Of what other tables lead to, no more is read than theirs: rows of others would be
 * locked as well. */
static void put_crowd(void)
{
    struct customer bella = shop_customer(&shop, WHO + 1, "Белла", "");
    struct discount d = shop_discount(&shop, bella.id, "test:other", 1);

    EXEC("INSERT INTO message (state, sender, recipient, purpose, on_unsure, payload,"
         " created_at, sent_at) SELECT 3, 2, a.ordinal_position, 1, 1, '{}', ?, ? FROM"
         " information_schema.columns a LIMIT 500",
         DB_TIME(NOW), DB_TIME(NOW));
    EXEC("INSERT INTO document (name, mime, body, created_at) SELECT 'a', 'b', 'c',"
         " created_at FROM message");
    EXEC("INSERT INTO customer (channel, external_id, last_seen_at, created_at)"
         " SELECT 1, id, created_at, created_at FROM message");
    EXEC("INSERT INTO support_thread (customer_id, opened_at, last_at) SELECT id,"
         " created_at, created_at FROM customer WHERE id > ?",
         DB_INT(anna.id));
    EXEC("INSERT IGNORE INTO support_copy (message_id, thread_id) SELECT m.id, t.id"
         " FROM message m JOIN support_thread t ON t.id = m.id");
    EXEC("INSERT IGNORE INTO discount_shown (message_id, discount_id, code, at)"
         " SELECT id, ?, ?, created_at FROM message",
         DB_INT(d.id), DB_TEXT(d.code));
    assert_int_equal(db_select(shop.db, "ANALYZE TABLE message, document, customer,"
                                        " support_thread, support_copy,"
                                        " discount_shown"),
                     ST_OK);
    while (db_next(shop.db) == ST_OK)
        ;
}

static void reads_by_key(const char *sql, const struct db_arg *args, size_t n)
{
    const char *type;
    int rows = 0;

    assert_int_equal(db_select_args(shop.db, sql, args, n), ST_OK);
    while (db_next(shop.db) == ST_OK) {
        rows++;
        for (int col = 3; col <= 4; col++) { /* MySQL has "partitions" before it */
            type = db_text(shop.db, col, NULL);
            if (type != NULL && strcmp(type, "ALL") == 0)
                fail_msg("%s: reads all of %s", sql, db_text(shop.db, 2, NULL));
        }
    }
    assert_true(rows > 0);
}

static void test_walks_along_indexes(void **state)
{
    static const char *const led_to[] = {"document", "discount_shown", "support_copy"};
    struct db_arg args[ERASURE_ARGS];
    char sql[500];

    (void)state;
    put_crowd();
    for (size_t i = 0; i < sizeof led_to / sizeof *led_to; i++) {
        const struct erasure_scope *s = erasure_scope(led_to[i]);

        snprintf(sql, sizeof sql, "EXPLAIN DELETE %s FROM %s WHERE %s",
                 s->from != NULL ? s->table : "", s->from != NULL ? s->from : s->table,
                 s->where);
        reads_by_key(sql, args, erasure_args(s, anna.id, WHO, args));
    }
}

/* ---- gone ------------------------------------------------------------------------ */

static void test_nothing_of_her_is_found(void **state)
{
    static const char *const words[] = {"Аннабель", "Аннабелева", "annabel",
                                        "5000000077", "+79990000077"};
    struct place where = {0};

    (void)state;
    for (size_t i = 0; i < 5; i++)
        assert_true(found(words[i], &where) > 0); /* it was there */
    assert_int_equal(erase(), ST_OK);
    for (size_t i = 0; i < 5; i++)
        if (found(words[i], &where) > 0)
            fail_msg("%s still stands in %s.%s", words[i], where.table, where.column);
    assert_int_equal(
        count("SELECT COUNT(*) FROM customer WHERE birth_date IS NOT NULL"), 0);
    assert_int_equal(count("SELECT status FROM customer"), 3);
}

static void test_twice_is_once(void **state)
{
    int64_t rows;

    (void)state;
    assert_int_equal(erase(), ST_OK);
    rows = count("SELECT COUNT(*) FROM audit WHERE action = 'customer.erase'");
    assert_int_equal(rows, 1);
    assert_int_equal(erase(), ST_NONE);
    assert_int_equal(
        count("SELECT COUNT(*) FROM audit WHERE action = 'customer.erase'"), 1);
}

/* The evidence stays: that she said yes, to which text, and that she took it back. */
static void test_evidence_stays(void **state)
{
    (void)state;
    assert_int_equal(erase(), ST_OK);
    assert_int_equal(
        count("SELECT COUNT(*) FROM consent c JOIN consent_text t ON t.id = c.text_id"
              " WHERE c.granted = 1 AND c.purpose = 1 AND t.version = 1"
              " AND LENGTH(t.body_sha256) = 32"),
        1);
    assert_int_equal(
        count("SELECT COUNT(*) FROM consent WHERE granted = 0 AND purpose = 1"
              " AND update_id = 9"),
        1);
}

/* ---- what waits is not sent -------------------------------------------------------- */

static void test_waiting_messages_are_cancelled(void **state)
{
    struct message m = {0};
    int64_t id = count("SELECT MIN(id) FROM message");

    (void)state;
    assert_int_equal(erase(), ST_OK);
    assert_int_equal(message_claim(shop.db, NOW, id, &m), ST_NONE);
    assert_int_equal(m.state, MESSAGE_CANCELLED);
    assert_string_equal(m.payload.s, "{}");
    message_free(&m);
    assert_int_equal(count("SELECT COUNT(*) FROM message WHERE state < 3"), 0);
    assert_int_equal(count("SELECT COUNT(*) FROM message WHERE sender = 2 AND state = 7"
                           " AND payload = '{}'"),
                     1); /* to staff */
}

/* ---- once for life ----------------------------------------------------------------- */

static enum status welcome_work(struct db *db, void *arg)
{
    struct discount d;

    return discount_welcome(db, NOW, *(int64_t *)arg, &d);
}

static void test_once_for_life_stays_true(void **state)
{
    struct customer again;

    (void)state;
    assert_int_equal(db_tx(shop.db, welcome_work, &anna.id), ST_OK);
    assert_int_equal(erase(), ST_OK);
    again = shop_customer(&shop, WHO, "Аннабель", "");
    assert_int_not_equal(again.id, anna.id);
    assert_int_equal(db_tx(shop.db, welcome_work, &again.id), ST_REFUSED);
    anna = again; /* and after a second time */
    assert_int_equal(erase(), ST_OK);
    again = shop_customer(&shop, WHO, "Аннабель", "");
    assert_int_equal(db_tx(shop.db, welcome_work, &again.id), ST_REFUSED);
    again = shop_customer(&shop, WHO + 1, "Белла", ""); /* somebody else */
    assert_int_equal(db_tx(shop.db, welcome_work, &again.id), ST_OK);
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_no_table_is_forgotten),
        A_TEST(test_no_personal_column_is_forgotten),
        A_TEST(test_every_rule_is_of_the_schema),
        A_TEST(test_walks_along_indexes),
        A_TEST(test_nothing_of_her_is_found),
        A_TEST(test_twice_is_once),
        A_TEST(test_evidence_stays),
        A_TEST(test_waiting_messages_are_cancelled),
        A_TEST(test_once_for_life_stays_true),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
