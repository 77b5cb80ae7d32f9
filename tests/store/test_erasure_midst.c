/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Forgetting a customer in the midst of things: with her card open, in mid-redemption,
 * killed at every point, after days to think it over; and the export, which holds what
 * would go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/loyalty/export.h"
#include "tests/store/annabel.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- at the till ------------------------------------------------------------------- */

static struct card card;

static void opens_card(void)
{
    const struct redemption_ask ask = {
        .code = her.code, .staff = &shop.cashier[0], .shift = &shop.shift[0]};

    assert_int_equal(shop_check(shop.db, NOW, &ask, &card), ST_OK);
    assert_int_equal(card.verdict, VERDICT_VALID);
}

static enum status confirm(struct db *db, struct redeemed *out)
{
    const struct redemption_press press = {
        .nonce = card.nonce, .staff = &shop.cashier[0], .shift = &shop.shift[0]};

    return shop_confirm(db, NOW, &press, out);
}

static void test_erased_while_the_card_was_open(void **state)
{
    struct redeemed out;

    (void)state;
    opens_card();
    assert_int_equal(erase(), ST_OK);
    assert_int_equal(confirm(shop.db, &out), ST_OK);
    assert_int_not_equal(out.result, REDEEM_DONE);
    assert_int_equal(count("SELECT COUNT(*) FROM redemption"), 0);
}

/* The books keep what was redeemed, of nobody. */
static void test_the_books_stay(void **state)
{
    struct redeemed out;

    (void)state;
    opens_card();
    assert_int_equal(confirm(shop.db, &out), ST_OK);
    assert_int_equal(out.result, REDEEM_DONE);
    assert_int_equal(erase(), ST_OK);
    assert_int_equal(count("SELECT COUNT(*) FROM redemption WHERE voided_at IS NULL"),
                     1);
    assert_int_equal(count("SELECT status FROM discount"), DISCOUNT_USED);
    assert_int_equal(redemption_load(shop.db, out.redemption.id, &out.redemption),
                     ST_OK);
    assert_string_equal(out.redemption.customer, "");
}

static void racer(struct db *db, int i, void *arg)
{
    enum status *st = arg;
    struct redeemed out;
    int64_t ext;

    st[i] = i == 0 ? db_tx(db, erase_work, &ext) : confirm(db, &out);
    if (i > 0 && st[i] == ST_OK && out.result == REDEEM_DONE)
        st[i] = ST_TAKEN; /* spent */
}

/* Both at once: she is gone in any case, and it was redeemed before or not at all. */
static void test_erased_in_mid_redemption(void **state)
{
    enum status st[2] = {0};
    struct place where;

    (void)state;
    opens_card();
    shop_race(&shop, 2, racer, st);
    assert_int_equal(st[0], ST_OK);
    assert_int_equal(count("SELECT COUNT(*) FROM redemption"), st[1] == ST_TAKEN);
    assert_int_equal(count("SELECT COUNT(*) FROM discount WHERE status = 1"), 0);
    assert_int_equal(found("Аннабель", &where), 0);
}

/* ---- killed ------------------------------------------------------------------------ */

/* A process of its own erases and dies at that point. Was it killed there? */
static bool dies_at(const char *point)
{
    int status;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        struct db *db = db_open(shop.cfg);
        int64_t ext;

        setenv("DVORIK_CRASH", point, 1);
        _exit(db_tx(db, erase_work, &ext) == ST_OK ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status))
        assert_int_equal(WEXITSTATUS(status), 0);
    return WIFSIGNALED(status);
}

static void test_killed_at_every_point(void **state)
{
    int64_t rules = (int64_t)erasure_rules, tables = 0;
    struct place where;
    char point[40];

    (void)state;
    assert_true(dies_at("erasure.begun"));
    for (int i = 1; i <= rules; i++) {
        snprintf(point, sizeof point, "erasure.walked:%d", i);
        if (!dies_at(point))
            break; /* it went through: there are so many tables */
        tables++;
        assert_int_equal(count("SELECT COUNT(*) FROM customer WHERE status = 1"), 1);
        assert_int_equal(count("SELECT COUNT(*) FROM message WHERE state = 1"), 2);
        assert_int_equal(count("SELECT COUNT(*) FROM customer_gone"), 0);
        assert_int_equal(count("SELECT (SELECT COUNT(*) FROM support_line) + (SELECT"
                               " COUNT(*) FROM document) + (SELECT COUNT(*) FROM"
                               " job_dead) + (SELECT COUNT(*) FROM erasure_due)"),
                         5);
    }
    assert_true(tables > 10);
    assert_int_equal(count("SELECT COUNT(*) FROM customer WHERE status = 3"), 1);
    assert_int_equal(found("Аннабель", &where), 0);
}

/* ---- the export -------------------------------------------------------------------- */

static struct json *exported(void)
{
    struct buf out = {0};
    struct json *o;

    assert_int_equal(export_json(shop.db, NOW, anna.id, 1 << 20, &out), ST_OK);
    o = json_parse(out.s, out.len);
    assert_non_null(o);
    buf_free(&out);
    return o;
}

/* What is removed and not shown: secrets, copies of what is shown, bookkeeping. */
static bool may_be_hidden(const struct erasure_rule *r)
{
    static const char *const hidden[] = {
        "document.body",          "discount_shown.code",   "move_code.code_hash",
        "job_dead.body",          "discount.status",       "customer.phone_hash",
        "customer.profile_alone", "customer.profile_keys", "customer_word.word",
        "bulk_part.body",         "idempotency.answer",
    };
    char name[140];

    snprintf(name, sizeof name, "%s.%s", r->table, r->column);
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        if (strcmp(hidden[i], name) == 0)
            return true;
    return false;
}

static void test_what_goes_is_in_the_export(void **state)
{
    struct json *o = exported();
    char table[80];

    (void)state;
    for (size_t i = 0; i < erasure_rules; i++) {
        const struct erasure_rule *r = &erasure_table[i];
        const struct json *row;

        if (r->fate == ERASURE_KEEPS || may_be_hidden(r))
            continue;
        if (r->shown != ERASURE_SHOWN)
            fail_msg("%s.%s goes and is not shown", r->table, r->column);
        snprintf(table, sizeof table, "%s", r->table);
        row = json_get(o, table);
        if (!json_is_array(row))
            fail_msg("the export has no %s", r->table);
        if (strcmp(r->table, "redemption") == 0)
            continue; /* she has none */
        if (json_count(row) == 0)
            fail_msg("the export of %s is empty", r->table);
    }
    json_free(o);
}

static void test_the_export_holds_her_values(void **state)
{
    struct json *o = exported();
    const struct json *me = json_at(json_get(o, "customer"), 0);

    (void)state;
    assert_string_equal(json_text(me, "first_name", NULL), "Аннабель");
    assert_string_equal(json_text(me, "phone", NULL), "+79990000077");
    assert_string_equal(json_text(me, "birth_date", NULL), "1991-04-07");
    assert_int_equal(json_int_or(me, "external_id", 0), WHO);
    assert_string_equal(
        json_text(json_at(json_get(o, "support_line"), 0), "words", NULL),
        "Это Аннабель");
    assert_int_equal(json_count(json_get(o, "message")), 3);
    assert_string_equal(
        json_text(json_at(json_get(o, "message"), 0), "payload.params.text", NULL),
        "Привет, Аннабель");
    assert_string_equal(json_text(json_at(json_get(o, "discount"), 0), "code", NULL),
                        her.code);
    json_free(o);
}

/* More than a file can carry: the newest of it, and it says so. */
static void test_the_export_has_a_bound(void **state)
{
    struct buf out = {0};
    struct json *o;
    size_t i, n;

    (void)state;
    for (i = 0; i < 300; i++)
        EXEC("INSERT INTO message (state, sender, recipient, customer_id, purpose,"
             " on_unsure, payload, created_at, sent_at) VALUES (3, 1, ?, ?, 1, 1,"
             " '{\"text\":\"0123456789012345678901234567890123456789\"}', ?, ?)",
             DB_INT(WHO), DB_INT(anna.id), DB_TIME(NOW), DB_TIME(NOW));
    assert_int_equal(export_json(shop.db, NOW, anna.id, 30000, &out), ST_OK);
    assert_true(out.len <= 30000);
    o = json_parse(out.s, out.len);
    assert_non_null(o);
    n = json_count(json_get(o, "message"));
    assert_true(n > 50 && n < 300);
    assert_int_equal(json_int_or(o, "rows_at_most", 0), n);
    json_free(o);
    buf_free(&out);
}

/* ---- days to think it over --------------------------------------------------------- */

static enum status ask_work(struct db *db, void *arg)
{
    return erasure_ask(db, NOW, anna.id, 3 * DAY, arg);
}

static enum status call_off_work(struct db *db, void *arg)
{
    (void)arg;
    return erasure_call_off(db, NOW, anna.id);
}

static void test_the_days_before(void **state)
{
    int64_t due = 0, who[4];
    int n;

    (void)state;
    assert_int_equal(db_tx(shop.db, call_off_work, NULL), ST_OK); /* the fixture's */
    assert_int_equal(db_tx(shop.db, ask_work, &due), ST_OK);
    assert_int_equal(due, NOW + 3 * DAY);
    assert_int_equal(erasure_due(shop.db, due - 1, who, 4, &n), ST_OK);
    assert_int_equal(n, 0);
    assert_int_equal(erasure_due(shop.db, due, who, 4, &n), ST_OK);
    assert_int_equal(n, 1);
    assert_int_equal(who[0], anna.id);
    assert_int_equal(db_tx(shop.db, call_off_work, NULL), ST_OK);
    assert_int_equal(db_tx(shop.db, call_off_work, NULL), ST_NONE);
    assert_int_equal(erasure_due(shop.db, due, who, 4, &n), ST_OK);
    assert_int_equal(n, 0);
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_erased_while_the_card_was_open),
        A_TEST(test_the_books_stay),
        A_TEST(test_erased_in_mid_redemption),
        A_TEST(test_killed_at_every_point),
        A_TEST(test_what_goes_is_in_the_export),
        A_TEST(test_the_export_holds_her_values),
        A_TEST(test_the_export_has_a_bound),
        A_TEST(test_the_days_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
