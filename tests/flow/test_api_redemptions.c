/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A till over HTTP: checked, redeemed, undone; and what the shop reads of it. */
#include "tests/flow/api_shop.h"

static int64_t owner, manager, stranger; /* the last one of the other store */
static int64_t lenin, garden;
static int64_t maria;

static int opened(void **state)
{
    int st = api_open(state);

    owner = api_staff(ROLE_OWNER);
    manager = api_staff(ROLE_MANAGER);
    stranger = api_staff(ROLE_MANAGER);
    lenin = api_store("Ленина, 5", "Владивосток");
    garden = api_store("Садовая, 12", "Находка");
    api_bind(manager, lenin);
    api_bind(stranger, garden);
    writes("UPDATE staff SET name = 'Ольга Иванова'");
    maria = a_customer("Мария", "Кузнецова", true);
    return st;
}

static const char *key_next(void)
{
    static char key[40];
    static int no;

    snprintf(key, sizeof key, "key-%d", ++no);
    return key;
}

static void sets(const char *name, const char *value)
{
    assert_int_equal(db_exec(api_place.db, NULL,
                             "REPLACE INTO settings (name, value, version, updated_at,"
                             " updated_by) VALUES (?, ?, 1, ?, 'test')",
                             DB_TEXT(name), DB_TEXT(value), DB_TIME(clock_now())),
                     ST_OK);
}

/* Checks a code at a store; h is the card. */
static const char *checks_at(struct heard *h, int64_t as, const char *code,
                             int64_t store, const char *more)
{
    char body[300];

    snprintf(body, sizeof body, "{\"code\":\"%s\",\"store_id\":%lld%s}", code,
             (long long)store, more);
    asks(h, 200,
         &(struct ask){"POST", REDEMPTIONS "/validate", .body = body, .as = as});
    return text(h, "verdict");
}

static const char *checks(struct heard *h, int64_t as, const struct discount *d)
{
    return checks_at(h, as, d->code, as == stranger ? garden : lenin, "");
}

static const char *press_of(const char *token, int64_t amount)
{
    static char body[200];

    if (amount > 0)
        snprintf(body, sizeof body, "{\"hold_token\":\"%s\",\"amount\":%lld}", token,
                 (long long)amount);
    else
        snprintf(body, sizeof body, "{\"hold_token\":\"%s\"}", token);
    return body;
}

/* Checked and redeemed; its id. */
static int64_t redeems(struct heard *h, int64_t as, const struct discount *d,
                       int64_t amount)
{
    char token[40];

    assert_string_equal(checks(h, as, d), "valid");
    snprintf(token, sizeof token, "%s", text(h, "hold_token"));
    asks(h, 201,
         &(struct ask){"POST", REDEMPTIONS, .body = press_of(token, amount), .as = as,
                       .key = key_next()});
    return number(h, "id");
}

/* ---- the road --------------------------------------------------------------------- */

static void checked_and_redeemed(void **state)
{
    struct discount d = a_discount(maria);
    struct heard h = {0};
    char token[40], link[80];
    int64_t id;

    (void)state;
    /* The picture's text says the same as the code. */
    snprintf(link, sizeof link, "https://t.me/till?start=q_%s", d.token);
    assert_string_equal(checks_at(&h, owner, link, lenin, ""), "valid");
    snprintf(token, sizeof token, "%s", text(&h, "hold_token"));
    assert_string_equal(text(&h, "customer"), "Мария К.");
    assert_int_equal(number(&h, "discount.value"), 1000);
    assert_int_equal(number(&h, "store_id"), lenin);
    assert_string_not_equal(text(&h, "hold_until"), "");
    asks(&h, 201,
         &(struct ask){"POST", REDEMPTIONS, .body = press_of(token, 150000),
                       .as = owner, .key = "press-1"});
    id = number(&h, "id");
    assert_string_equal(heard_header(&h, "Location"), at_of(REDEMPTIONS, id, ""));
    assert_int_equal(number(&h, "discount_amount"), 15000);
    assert_int_equal(number(&h, "receipt_no"), 1);
    /* The same key; then the same press with another key, as after a lost answer. */
    asks(&h, 201,
         &(struct ask){"POST", REDEMPTIONS, .body = press_of(token, 150000),
                       .as = owner, .key = "press-1"});
    assert_string_equal(heard_header(&h, "Idempotency-Replayed"), "true");
    asks(&h, 200,
         &(struct ask){"POST", REDEMPTIONS, .body = press_of(token, 150000),
                       .as = owner, .key = "press-2"});
    assert_int_equal(number(&h, "id"), id);
    assert_int_equal(number(&h, "amount"), 150000);
    refuses(400, "validation_failed",
            &(struct ask){"POST", REDEMPTIONS, .body = press_of(token, 0),
                          .as = owner}); /* without a key */
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), 1);
    assert_int_equal(
        counts("SELECT COUNT(*) FROM job_open WHERE kind = 'core.discount_redeemed'"),
        1);
    assert_string_equal(checks(&h, owner, &d), "already_redeemed");
    assert_string_equal(text(&h, "redeemed.by"), "Ольга");
    assert_string_equal(text(&h, "redeemed.store"), "Ленина, 5");
    asks(&h, 200, &(struct ask){"GET", at_of(DISCOUNTS, d.id, ""), .as = owner});
    assert_string_equal(text(&h, "status"), "used");
    heard_free(&h);
}

static void a_press_of_another_is_theirs(void **state)
{
    struct discount d = a_discount(maria);
    struct heard h = {0};
    char token[40];

    (void)state;
    checks(&h, owner, &d);
    snprintf(token, sizeof token, "%s", text(&h, "hold_token"));
    assert_string_equal(checks(&h, manager, &d), "held");
    assert_string_equal(text(&h, "held.by"), "Ольга");
    refuses(409, "hold_lost",
            &(struct ask){"POST", REDEMPTIONS, .body = press_of(token, 0),
                          .as = manager, .key = key_next()});
    assert_string_equal(checks_at(&h, manager, d.code, lenin, ",\"take\":true"),
                        "valid");
    /* It was taken over. */
    refuses(409, "hold_lost",
            &(struct ask){"POST", REDEMPTIONS, .body = press_of(token, 0), .as = owner,
                          .key = key_next()});
    snprintf(token, sizeof token, "%s", text(&h, "hold_token"));
    asks(&h, 201,
         &(struct ask){"POST", REDEMPTIONS, .body = press_of(token, 0), .as = manager,
                       .key = key_next()});
    heard_free(&h);
}

/* ---- why not ---------------------------------------------------------------------- */

static void held_then(struct heard *h, const char *change, int64_t id, int status,
                      const char *code)
{
    struct discount d = a_discount(maria);
    char token[40];

    assert_string_equal(checks(h, owner, &d), "valid");
    snprintf(token, sizeof token, "%s", text(h, "hold_token"));
    assert_int_equal(db_exec(api_place.db, NULL, change, DB_INT(id != 0 ? id : d.id)),
                     ST_OK);
    asks(h, status,
         &(struct ask){"POST", REDEMPTIONS, .body = press_of(token, 0), .as = owner,
                       .key = key_next()});
    assert_string_equal(heard_code(h), code);
}

/* What changed between the check and the press is told by its name. */
static void each_refusal_by_its_code(void **state)
{
    struct heard h = {0};

    (void)state;
    held_then(&h, "UPDATE discount SET status = 4 WHERE id = ?", 0, 409,
              "discount_revoked");
    held_then(&h,
              "UPDATE discount SET valid_until = '2020-01-02', valid_from ="
              " '2020-01-01' WHERE id = ?",
              0, 409, "discount_expired");
    assert_string_equal(text(&h, "valid_until"), "2020-01-02T00:00:00Z");
    held_then(&h,
              "UPDATE discount SET valid_from = '2098-01-01', valid_until ="
              " '2099-01-01' WHERE id = ?",
              0, 409, "not_yet_valid");
    held_then(&h, "UPDATE discount SET confirm_until = '2020-01-01' WHERE id = ?", 0,
              409, "hold_lost");
    held_then(&h,
              "UPDATE discount SET store_id = (SELECT MAX(id) FROM store) WHERE id = ?",
              0, 409, "wrong_store");
    assert_string_equal(text(&h, "only_store"), "Садовая, 12");
    held_then(&h, "UPDATE customer SET pd_ok = 0, marketing_ok = 0 WHERE id = ?", maria,
              409, "consent_missing");
    writes("UPDATE customer SET pd_ok = 1");
    refuses(409, "hold_lost",
            &(struct ask){"POST", REDEMPTIONS, .body = press_of("' OR 1=1 --", 0),
                          .as = owner, .key = key_next()});
    heard_free(&h);
}

static void verdicts_of_a_check(void **state)
{
    int64_t now = clock_now();
    struct discount over = a_discount_of((struct discount_spec){
        .customer_id = maria, .valid_from = now - 2 * DAY, .valid_until = now - DAY});
    struct discount ahead = a_discount_of((struct discount_spec){
        .customer_id = maria, .valid_from = now + DAY, .valid_until = now + 2 * DAY});
    struct discount there =
        a_discount_of((struct discount_spec){.customer_id = maria, .store_id = garden});
    struct discount own;
    struct heard h = {0};
    int64_t me = a_customer("Ольга", "", true);

    (void)state;
    assert_string_equal(checks(&h, owner, &over), "discount_expired");
    assert_string_equal(checks(&h, owner, &ahead), "not_yet_valid");
    assert_string_equal(checks(&h, owner, &there), "wrong_store");
    assert_string_equal(text(&h, "only_store"), "Садовая, 12");
    assert_string_equal(text(&h, "hold_token"), "");
    /* Staff do not redeem their own. */
    assert_int_equal(db_exec(api_place.db, NULL,
                             "UPDATE customer SET external_id = (SELECT external_id"
                             " FROM staff WHERE id = ?) WHERE id = ?",
                             DB_INT(owner), DB_INT(me)),
                     ST_OK);
    own = a_discount(me);
    assert_string_equal(checks(&h, owner, &own), "own_code");
    assert_string_equal(checks(&h, manager, &own), "valid");
    refuses(400, "validation_failed",
            &(struct ask){"POST", REDEMPTIONS "/validate",
                          .body = "{\"code\":\"AAAAA-AAAAA\"}", .as = owner});
    refuses(400, "validation_failed",
            &(struct ask){"POST", REDEMPTIONS "/validate", .body = "{}", .as = owner});
    heard_free(&h);
}

/* Whoever tries codes waits, and the owners hear of it. */
static void ten_unknown_codes(void **state)
{
    int64_t who = api_staff(ROLE_ADMINISTRATOR);
    struct heard h = {0};
    char code[CODE_SYMBOLS + 1];

    (void)state;
    for (int i = 0; i < 10; i++) {
        code_new(code);
        assert_string_equal(checks_at(&h, who, code, lenin, ""), "not_found");
    }
    code_new(code);
    assert_string_equal(checks_at(&h, who, code, lenin, ""), "rate_limited");
    assert_string_not_equal(text(&h, "locked_until"), "");
    assert_int_equal(
        counts("SELECT COUNT(*) FROM job_open WHERE kind = 'core.code_locked'"), 1);
    heard_free(&h);
}

static void a_shift_and_a_store(void **state)
{
    int64_t who = api_staff(ROLE_ADMINISTRATOR);
    struct discount d = a_discount(maria);
    struct heard h = {0};
    char body[100];

    (void)state;
    snprintf(body, sizeof body, "{\"code\":\"%s\"}", d.code);
    asks(&h, 200,
         &(struct ask){"POST", REDEMPTIONS "/validate", .body = body, .as = who});
    assert_string_equal(text(&h, "verdict"), "no_shift");
    refuses(409, "conflict",
            &(struct ask){"POST", REDEMPTIONS, .body = press_of("aaaaaaaaaa", 0),
                          .as = who, .key = key_next()});
    assert_string_equal(checks_at(&h, who, d.code, garden, ""), "valid");
    /* Their shift is there by now, and not elsewhere. */
    snprintf(body, sizeof body, "{\"code\":\"%s\",\"store_id\":%lld}", d.code,
             (long long)lenin);
    refuses(409, "conflict",
            &(struct ask){"POST", REDEMPTIONS "/validate", .body = body, .as = who});
    snprintf(body, sizeof body, "{\"code\":\"%s\",\"store_id\":%lld}", d.code,
             (long long)garden);
    refuses(403, "forbidden",
            &(struct ask){"POST", REDEMPTIONS "/validate", .body = body,
                          .as = api_staff(ROLE_MANAGER)}); /* bound to none */
    heard_free(&h);
}

/* ---- sums ------------------------------------------------------------------------- */

static void sums_as_the_shop_and_the_discount_ask(void **state)
{
    struct discount d = a_discount_of((struct discount_spec){
        .customer_id = maria, .min_purchase = 100000, .max_amount = 12000});
    struct discount plain = a_discount(maria);
    struct heard h = {0};
    char token[40];

    (void)state;
    assert_string_equal(checks(&h, owner, &d), "valid");
    assert_string_equal(text(&h, "amount_mode"), "required");
    snprintf(token, sizeof token, "%s", text(&h, "hold_token"));
    refuses(400, "validation_failed",
            &(struct ask){"POST", REDEMPTIONS, .body = press_of(token, 0), .as = owner,
                          .key = key_next()});
    asks(&h, 409,
         &(struct ask){"POST", REDEMPTIONS, .body = press_of(token, 99999), .as = owner,
                       .key = key_next()});
    assert_string_equal(heard_code(&h), "min_purchase_not_met");
    assert_int_equal(number(&h, "min_purchase"), 100000);
    refuses(400, "validation_failed",
            &(struct ask){"POST", REDEMPTIONS, .body = press_of(token, 99999999999),
                          .as = owner, .key = key_next()});
    asks(&h, 201,
         &(struct ask){"POST", REDEMPTIONS, .body = press_of(token, 200000),
                       .as = owner, .key = key_next()});
    assert_int_equal(number(&h, "discount_amount"), 12000); /* and not 20,000 */
    sets("amount_mode", "off");
    checks(&h, owner, &plain);
    assert_string_equal(text(&h, "amount_mode"), "off");
    snprintf(token, sizeof token, "%s", text(&h, "hold_token"));
    refuses(409, "feature_disabled",
            &(struct ask){"POST", REDEMPTIONS, .body = press_of(token, 5000),
                          .as = owner, .key = key_next()});
    writes("DELETE FROM settings WHERE name = 'amount_mode'");
    heard_free(&h);
}

/* Of several uses the last one says that the limit is reached. */
static void a_limit_of_uses(void **state)
{
    struct discount two =
        a_discount_of((struct discount_spec){.customer_id = maria, .uses = 2});
    struct heard h = {0};
    char token[40];

    (void)state;
    redeems(&h, owner, &two, 0);
    checks(&h, manager, &two);
    snprintf(token, sizeof token, "%s", text(&h, "hold_token"));
    checks_at(&h, owner, two.code, lenin, ",\"take\":true");
    asks(&h, 201,
         &(struct ask){"POST", REDEMPTIONS, .body = press_of(text(&h, "hold_token"), 0),
                       .as = owner, .key = key_next()});
    asks(&h, 409,
         &(struct ask){"POST", REDEMPTIONS, .body = press_of(token, 0), .as = manager,
                       .key = key_next()});
    assert_string_equal(heard_code(&h), "limit_reached");
    assert_string_equal(text(&h, "by"), "Ольга");
    assert_string_equal(text(&h, "store"), "Ленина, 5");
    assert_int_equal(number(&h, "receipt_no"),
                     counts("SELECT MAX(receipt_no) FROM redemption"));
    heard_free(&h);
}

/* Nothing counts in training. */
static void a_store_in_training(void **state)
{
    struct discount d = a_discount(maria);
    int64_t before = counts("SELECT COUNT(*) FROM redemption");
    struct heard h = {0};

    (void)state;
    writes("UPDATE store SET training = 1");
    redeems(&h, owner, &d, 0);
    assert_true(json_bool_or(h.json, "training", false));
    assert_string_equal(heard_header(&h, "Location"), "");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), before);
    asks(&h, 200, &(struct ask){"GET", at_of(DISCOUNTS, d.id, ""), .as = owner});
    assert_string_equal(text(&h, "status"), "active");
    writes("UPDATE store SET training = 0");
    heard_free(&h);
}

/* ---- undoing ---------------------------------------------------------------------- */

static void undone_and_good_again(void **state)
{
    struct discount d = a_discount(maria);
    struct heard h = {0};
    int64_t id = redeems(&h, owner, &d, 0);

    (void)state;
    refuses(403, "forbidden",
            &(struct ask){"POST", at_of(REDEMPTIONS, id, "/void"),
                          .body = "{\"reason\":\"return\"}", .as = stranger,
                          .key = key_next()});
    refuses(400, "validation_failed",
            &(struct ask){"POST", at_of(REDEMPTIONS, id, "/void"),
                          .body = "{\"reason\":\"mood\"}", .as = owner,
                          .key = key_next()});
    asks(&h, 200,
         &(struct ask){"POST", at_of(REDEMPTIONS, id, "/void"),
                       .body = "{\"reason\":\"other\",\"note\":\"Передумала\"}",
                       .as = manager, .key = "void-1"});
    assert_string_equal(text(&h, "void_reason"), "other");
    assert_string_equal(text(&h, "void_note"), "Передумала");
    assert_int_equal(number(&h, "voided_by"), manager);
    refuses(409, "conflict",
            &(struct ask){"POST", at_of(REDEMPTIONS, id, "/void"),
                          .body = "{\"reason\":\"other\"}", .as = owner,
                          .key = key_next()});
    refuses(404, "not_found",
            &(struct ask){"POST", REDEMPTIONS "/999999/void",
                          .body = "{\"reason\":\"other\"}", .as = owner,
                          .key = key_next()});
    assert_string_equal(checks(&h, owner, &d), "valid");
    asks(&h, 200, &(struct ask){"GET", at_of(REDEMPTIONS, id, ""), .as = owner});
    assert_string_equal(text(&h, "void_reason"), "other");
    heard_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checked_and_redeemed),
        cmocka_unit_test(a_press_of_another_is_theirs),
        cmocka_unit_test(each_refusal_by_its_code),
        cmocka_unit_test(verdicts_of_a_check),
        cmocka_unit_test(ten_unknown_codes),
        cmocka_unit_test(a_shift_and_a_store),
        cmocka_unit_test(sums_as_the_shop_and_the_discount_ask),
        cmocka_unit_test(a_limit_of_uses),
        cmocka_unit_test(a_store_in_training),
        cmocka_unit_test(undone_and_good_again),
    };

    return cmocka_run_group_tests_name("api redemptions", tests, opened, api_close);
}
