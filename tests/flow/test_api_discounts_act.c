/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Discounts issued, revoked, extended and sent once more through the admin API. */
#include "tests/flow/api_shop.h"

static int64_t owner, marketing, manager, seller, readonly;
static int64_t lenin, garden;
static int64_t maria; /* takes messages */

static int opened(void **state)
{
    int st = api_open(state);

    owner = api_staff(ROLE_OWNER);
    marketing = api_staff(ROLE_MARKETING);
    manager = api_staff(ROLE_MANAGER);
    seller = api_staff(ROLE_SELLER);
    readonly = api_staff(ROLE_READONLY);
    lenin = api_store("Ленина, 5", "Владивосток");
    garden = api_store("Садовая, 12", "Находка");
    api_bind(manager, lenin);
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

/* The body of an order for that customer; more: further members, or "". */
static const char *order(int64_t customer, const char *more)
{
    static char body[600];

    snprintf(body, sizeof body,
             "{\"customer_id\":%lld,\"value\":1500,\"ttl_days\":30%s%s}",
             (long long)customer, *more != '\0' ? "," : "", more);
    return body;
}

static int64_t jobs(const char *kind)
{
    assert_int_equal(db_one(api_place.db,
                            "SELECT COUNT(*) FROM job_open WHERE kind = ?",
                            DB_TEXT(kind)),
                     ST_OK);
    return db_int(api_place.db, 0);
}

static int64_t audited(const char *action, int64_t id)
{
    assert_int_equal(
        db_one(api_place.db,
               "SELECT COUNT(*) FROM audit WHERE action = ? AND entity_id = ?",
               DB_TEXT(action), DB_INT(id)),
        ST_OK);
    return db_int(api_place.db, 0);
}

static int64_t issues(int64_t as, int64_t customer, const char *more, struct heard *h)
{
    asks(h, 201,
         &(struct ask){"POST", DISCOUNTS, .body = order(customer, more), .as = as,
                       .key = key_next()});
    return number(h, "id");
}

/* ---- issuing ---------------------------------------------------------------------- */

static void issued_and_told(void **state)
{
    struct heard h = {0};
    int64_t told = jobs("core.discount_granted"), id;

    (void)state;
    id = issues(marketing, maria,
                "\"min_purchase\":100000,\"max_amount\":50000,"
                "\"uses_allowed\":2,\"reason\":\"Извинение за задержку\"",
                &h);
    assert_string_equal(heard_header(&h, "Location"), at_of(DISCOUNTS, id, ""));
    assert_string_equal(heard_header(&h, "ETag"), "\"v1\"");
    assert_string_equal(text(&h, "status"), "active");
    assert_string_equal(text(&h, "source"), "manual");
    assert_string_equal(text(&h, "reason"), "Извинение за задержку");
    assert_int_equal(number(&h, "min_purchase"), 100000);
    assert_int_equal(number(&h, "max_amount"), 50000);
    assert_int_equal(number(&h, "uses_allowed"), 2);
    assert_int_equal(number(&h, "issuer_id"), marketing);
    assert_string_equal(text(&h, "message.state"), "queued");
    assert_int_equal(jobs("core.discount_granted"), told + 1);
    assert_int_equal(audited("discount.issue", id), 1);
    /* Who wants no message gets the discount all the same. */
    id = issues(marketing, maria, "\"notify\":false", &h);
    assert_string_equal(text(&h, "message.state"), "not_sent");
    assert_string_equal(text(&h, "message.why"), "not_asked");
    assert_int_equal(jobs("core.discount_granted"), told + 1);
    heard_free(&h);
}

/* Consent is nobody's to overrule, and the answer says so. */
static void not_told_who_said_no(void **state)
{
    static const struct {
        const char *change, *why;
    } people[] = {
        {"UPDATE customer SET marketing_ok = 0 WHERE id = ?", "no_consent"},
        {"UPDATE customer SET status = 2 WHERE id = ?", "blocked"},
    };
    int64_t told = jobs("core.discount_granted");
    struct heard h = {0};

    (void)state;
    for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
        int64_t who = a_customer("Пётр", "Орлов", true), id;

        assert_int_equal(db_exec(api_place.db, NULL, people[i].change, DB_INT(who)),
                         ST_OK);
        id = issues(owner, who, "", &h);
        assert_string_equal(text(&h, "message.state"), "not_sent");
        assert_string_equal(text(&h, "message.why"), people[i].why);
        asks(&h, 409,
             &(struct ask){"POST", at_of(DISCOUNTS, id, "/resend"), .body = "{}",
                           .as = owner, .key = key_next()});
        assert_string_equal(heard_code(&h), "consent_missing");
        assert_string_equal(text(&h, "why"), people[i].why);
    }
    assert_int_equal(jobs("core.discount_granted"), told);
    heard_free(&h);
}

static void to_nobody_who_cannot_use_it(void **state)
{
    static const struct {
        const char *change, *code;
        int status;
    } people[] = {
        {"UPDATE customer SET marketing_ok = 0, pd_ok = 0 WHERE id = ?",
         "consent_missing", 409},
        {"UPDATE customer SET barred_at = created_at WHERE id = ?", "conflict", 409},
        {"UPDATE customer SET status = 3, external_id = NULL WHERE id = ?", "not_found",
         404},
    };

    (void)state;
    for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
        int64_t who = a_customer("Пётр", "Орлов", true);

        assert_int_equal(db_exec(api_place.db, NULL, people[i].change, DB_INT(who)),
                         ST_OK);
        refuses(people[i].status, people[i].code,
                &(struct ask){"POST", DISCOUNTS, .body = order(who, ""), .as = owner,
                              .key = key_next()});
    }
    refuses(404, "not_found",
            &(struct ask){"POST", DISCOUNTS, .body = order(999999, ""), .as = owner,
                          .key = key_next()});
}

static void nonsense_changes_nothing(void **state)
{
    static const char *const wrong[] = {
        "{}",
        "{\"customer_id\":1,\"value\":1500}",
        "{\"customer_id\":1,\"value\":0,\"ttl_days\":1}",
        "{\"customer_id\":1,\"value\":10001,\"ttl_days\":1}",
        "{\"customer_id\":1,\"value\":15.5,\"ttl_days\":1}",
        "{\"customer_id\":\"1\",\"value\":1500,\"ttl_days\":1}",
        "{\"customer_id\":1,\"value\":1500,\"ttl_days\":0}",
        "{\"customer_id\":1,\"value\":1500,\"ttl_days\":99999}",
        "{\"customer_id\":1,\"value\":1500,\"ttl_days\":1,\"uses_allowed\":101}",
        "{\"customer_id\":1,\"value\":1500,\"ttl_days\":1,\"min_purchase\":-1}",
        "{\"customer_id\":1,\"value\":1500,\"ttl_days\":1,\"benefit\":\"amount\"}",
        "{\"customer_id\":1,\"value\":1500,\"ttl_days\":1,\"percent\":10}",
        "{\"customer_id\":1,\"value\":1500,\"valid_until\":\"2020-01-01T00:00:00Z\"}",
        "{\"customer_id\":1,\"value\":1500,\"valid_until\":\"2999-01-01T00:00:00Z\"}",
        "{\"customer_id\":1,\"value\":1500,\"valid_until\":\"2027-01-01T00:00:00\"}",
        "{\"customer_id\":1,\"value\":1500,\"ttl_days\":1,"
        "\"valid_until\":\"2027-01-01T00:00:00Z\"}",
        "{\"customer_id\":1,\"value\":1500,\"ttl_days\":1,"
        "\"valid_from\":\"1999-01-01T00:00:00Z\"}",
    };
    int64_t before = counts("SELECT COUNT(*) FROM discount");

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        refuses(400, "validation_failed",
                &(struct ask){"POST", DISCOUNTS, .body = wrong[i], .as = owner,
                              .key = key_next()});
    /* Without a key it would be issued twice. */
    refuses(400, "validation_failed",
            &(struct ask){"POST", DISCOUNTS, .body = order(maria, ""), .as = owner});
    refuses(403, "forbidden",
            &(struct ask){"POST", DISCOUNTS, .body = order(maria, ""), .as = readonly,
                          .key = key_next()});
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), before);
}

static void a_key_issues_once(void **state)
{
    const struct ask ask = {"POST", DISCOUNTS, .body = order(maria, ""), .as = owner,
                            .key = "one-and-only"};
    int64_t before = counts("SELECT COUNT(*) FROM discount"), id = 0;
    struct heard h = {0};
    int fd[8];

    (void)state;
    for (int i = 0; i < 8; i++)
        fd[i] = asks_say(&ask);
    for (int i = 0; i < 8; i++) {
        asks_hear(&h, fd[i], &ask);
        if (h.status == 409) {
            assert_string_equal(heard_code(&h), "in_progress");
            continue;
        }
        assert_int_equal(h.status, 201);
        assert_true(id == 0 || id == number(&h, "id"));
        id = number(&h, "id");
    }
    asks(&h, 201, &ask);
    assert_string_equal(heard_header(&h, "Idempotency-Replayed"), "true");
    assert_int_equal(number(&h, "id"), id);
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), before + 1);
    refuses(422, "idempotency_key_reused",
            &(struct ask){"POST", DISCOUNTS, .body = order(maria, "\"notify\":false"),
                          .as = owner, .key = "one-and-only"});
    heard_free(&h);
}

/* ---- limits and stores ------------------------------------------------------------ */

static void sets(const char *name, const char *value)
{
    assert_int_equal(db_exec(api_place.db, NULL,
                             "REPLACE INTO settings (name, value, version, updated_at,"
                             " updated_by) VALUES (?, ?, 1, ?, 'test')",
                             DB_TEXT(name), DB_TEXT(value), DB_TIME(clock_now())),
                     ST_OK);
}

/* So many a day, and not one more however many ask at once. */
static void a_limit_a_day(void **state)
{
    int64_t who = api_staff(ROLE_MARKETING);
    struct heard h = {0};
    struct ask ask[6];
    int fd[6], made = 0, refused = 0;
    char key[6][20];

    (void)state;
    sets("issue_daily_marketing", "3");
    for (int i = 0; i < 6; i++) {
        snprintf(key[i], sizeof key[i], "limit-%d", i);
        ask[i] = (struct ask){"POST", DISCOUNTS, .body = order(maria, ""), .as = who,
                              .key = key[i]};
        fd[i] = asks_say(&ask[i]);
    }
    for (int i = 0; i < 6; i++) {
        asks_hear(&h, fd[i], &ask[i]);
        made += h.status == 201;
        refused += h.status == 409 && strcmp(heard_code(&h), "limit_reached") == 0;
        if (h.status == 409)
            assert_int_equal(number(&h, "limit"), 3);
    }
    assert_int_equal(made, 3);
    assert_int_equal(refused, 3);
    issues(owner, maria, "", &h); /* who is not counted */
    sets("issue_daily_marketing", "0");
    refuses(409, "limit_reached",
            &(struct ask){"POST", DISCOUNTS, .body = order(maria, ""), .as = marketing,
                          .key = key_next()});
    writes("DELETE FROM settings WHERE name = 'issue_daily_marketing'");
    heard_free(&h);
}

static void a_manager_issues_for_their_store(void **state)
{
    struct heard h = {0};
    char more[60];
    int64_t id = issues(manager, maria, "", &h);

    (void)state;
    assert_int_equal(number(&h, "store_id"), lenin);
    snprintf(more, sizeof more, "\"store_id\":%lld", (long long)garden);
    refuses(409, "wrong_store",
            &(struct ask){"POST", DISCOUNTS, .body = order(maria, more), .as = manager,
                          .key = key_next()});
    refuses(409, "wrong_store",
            &(struct ask){"POST", DISCOUNTS,
                          .body = order(maria, "\"store_id\":999999"), .as = owner,
                          .key = key_next()});
    refuses(403, "forbidden",
            &(struct ask){"POST", at_of(DISCOUNTS, id, "/revoke"), .body = "{}",
                          .as = manager});
    refuses(403, "forbidden",
            &(struct ask){"POST", DISCOUNTS, .body = order(maria, ""), .as = seller,
                          .key = key_next()}); /* not of the panel */
    heard_free(&h);
}

/* ---- revoking --------------------------------------------------------------------- */

static void revoked_once(void **state)
{
    struct heard h = {0};
    int64_t id = issues(owner, maria, "", &h), told = jobs("core.discount_changed");

    (void)state;
    refuses(412, "version_mismatch",
            &(struct ask){"POST", at_of(DISCOUNTS, id, "/revoke"), .body = "{}",
                          .as = owner, .if_match = "\"v9\""});
    asks(&h, 200,
         &(struct ask){"POST", at_of(DISCOUNTS, id, "/revoke"),
                       .body = "{\"reason\":\"Ошибка <b>наша</b>\"}", .as = marketing,
                       .if_match = "\"v1\""});
    assert_string_equal(text(&h, "status"), "revoked");
    assert_string_equal(heard_header(&h, "ETag"), "\"v2\"");
    assert_int_equal(jobs("core.discount_changed"), told + 1);
    assert_int_equal(audited("discount.revoke", id), 1);
    refuses(409, "discount_revoked",
            &(struct ask){"POST", at_of(DISCOUNTS, id, "/revoke"), .body = "{}",
                          .as = owner});
    refuses(409, "discount_revoked",
            &(struct ask){"POST", at_of(DISCOUNTS, id, "/extend"),
                          .body = "{\"days\":3}", .as = owner, .key = key_next()});
    refuses(
        404, "not_found",
        &(struct ask){"POST", DISCOUNTS "/999999/revoke", .body = "{}", .as = owner});
    asks(&h, 200, &(struct ask){"GET", at_of(DISCOUNTS, id, ""), .as = owner});
    assert_string_equal(
        json_text(json_at(json_get(h.json, "history"), 1), "kind", NULL), "revoked");
    assert_string_equal(
        json_text(json_at(json_get(h.json, "history"), 1), "reason", NULL),
        "Ошибка <b>наша</b>");
    assert_int_equal(
        json_int_or(json_at(json_get(h.json, "history"), 1), "staff_id", 0), marketing);
    heard_free(&h);
}

/* Two who saw the same version: one of them changes it. */
static void two_with_one_version(void **state)
{
    struct heard h = {0};
    int64_t id = issues(owner, maria, "", &h);
    struct ask ask[2] = {
        {"POST", at_of(DISCOUNTS, id, "/extend"), .body = "{\"days\":1}", .as = owner,
         .if_match = "\"v1\"", .key = "twin-a"},
        {"POST", at_of(DISCOUNTS, id, "/extend"), .body = "{\"days\":1}",
         .as = marketing, .if_match = "\"v1\"", .key = "twin-b"}};
    int fd[2], done = 0, late = 0;

    (void)state;
    for (int i = 0; i < 2; i++)
        fd[i] = asks_say(&ask[i]);
    for (int i = 0; i < 2; i++) {
        asks_hear(&h, fd[i], &ask[i]);
        done += h.status == 200;
        late += h.status == 412;
    }
    assert_int_equal(done, 1);
    assert_int_equal(late, 1);
    assert_int_equal(audited("discount.extend", id), 1);
    heard_free(&h);
}

/* ---- extending, sending again ----------------------------------------------------- */

static void extended(void **state)
{
    int64_t now = clock_now();
    struct discount over = a_discount_of((struct discount_spec){
        .customer_id = maria, .valid_from = now - 9 * DAY, .valid_until = now - DAY});
    struct heard h = {0};
    int64_t until;

    (void)state;
    asks(&h, 200,
         &(struct ask){"POST", at_of(DISCOUNTS, over.id, "/extend"),
                       .body = "{\"days\":7,\"reason\":\"Болела\"}", .as = marketing,
                       .key = "extend-1"});
    assert_string_equal(text(&h, "status"), "active"); /* from now, not from then */
    assert_int_equal(
        stamp_read(text(&h, "valid_until"), strlen(text(&h, "valid_until")), &until),
        ST_OK);
    assert_true(until >= now + 7 * DAY && until < now + 8 * DAY);
    asks(&h, 200,
         &(struct ask){"POST", at_of(DISCOUNTS, over.id, "/extend"),
                       .body = "{\"days\":7,\"reason\":\"Болела\"}", .as = marketing,
                       .key = "extend-1"});
    assert_string_equal(heard_header(&h, "Idempotency-Replayed"), "true");
    assert_int_equal(audited("discount.extend", over.id), 1);
    refuses(400, "validation_failed",
            &(struct ask){"POST", at_of(DISCOUNTS, over.id, "/extend"),
                          .body = "{\"valid_until\":\"2020-01-01T00:00:00Z\"}",
                          .as = owner, .key = key_next()});
    refuses(400, "validation_failed",
            &(struct ask){"POST", at_of(DISCOUNTS, over.id, "/extend"), .body = "{}",
                          .as = owner, .key = key_next()});
    refuses(400, "validation_failed",
            &(struct ask){"POST", at_of(DISCOUNTS, over.id, "/extend"),
                          .body = "{\"days\":1}", .as = owner});
    asks(&h, 200, &(struct ask){"GET", at_of(DISCOUNTS, over.id, ""), .as = owner});
    assert_string_equal(
        json_text(json_at(json_get(h.json, "history"), 1), "kind", NULL), "extended");
    assert_non_null(
        json_text(json_at(json_get(h.json, "history"), 1), "valid_until", NULL));
    heard_free(&h);
}

/* One that was given once more is not made good beside the one that took its place. */
static void one_that_was_replaced_is_over(void **state)
{
    int64_t now = clock_now();
    struct discount over = a_discount_of((struct discount_spec){
        .customer_id = maria, .valid_from = now - 9 * DAY, .valid_until = now - DAY});

    (void)state;
    assert_int_equal(db_exec(api_place.db, NULL,
                             "UPDATE discount SET issue_key = CONCAT('again:', ?)"
                             " WHERE id = ?",
                             DB_INT(over.id), DB_INT(a_discount(maria).id)),
                     ST_OK);
    refuses(409, "discount_expired",
            &(struct ask){"POST", at_of(DISCOUNTS, over.id, "/extend"),
                          .body = "{\"days\":1}", .as = owner, .key = key_next()});
}

static void sent_once_more(void **state)
{
    struct heard h = {0};
    int64_t id = issues(owner, maria, "\"notify\":false", &h);
    int64_t told = jobs("core.discount_granted");

    (void)state;
    asks(&h, 200,
         &(struct ask){"POST", at_of(DISCOUNTS, id, "/resend"), .body = "{}",
                       .as = marketing, .key = "again-1"});
    assert_string_equal(text(&h, "message.state"), "queued");
    assert_int_equal(jobs("core.discount_granted"), told + 1);
    asks(&h, 200,
         &(struct ask){"POST", at_of(DISCOUNTS, id, "/resend"), .body = "{}",
                       .as = marketing, .key = "again-1"});
    assert_int_equal(jobs("core.discount_granted"), told + 1);
    assert_int_equal(audited("discount.resend", id), 1);
    asks(&h, 200,
         &(struct ask){"POST", at_of(DISCOUNTS, id, "/revoke"), .body = "{}",
                       .as = owner});
    refuses(409, "discount_revoked",
            &(struct ask){"POST", at_of(DISCOUNTS, id, "/resend"), .body = "{}",
                          .as = owner, .key = key_next()});
    heard_free(&h);
}

/* One of another store is not there for them, whatever version they guess. */
static void sent_where_they_work(void **state)
{
    struct heard h = {0};
    char more[60];
    int64_t id;

    (void)state;
    snprintf(more, sizeof more, "\"store_id\":%lld", (long long)garden);
    id = issues(owner, maria, more, &h);
    refuses(404, "not_found",
            &(struct ask){"POST", at_of(DISCOUNTS, id, "/resend"), .body = "{}",
                          .as = manager, .if_match = "\"v9\"", .key = key_next()});
    heard_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(issued_and_told),
        cmocka_unit_test(not_told_who_said_no),
        cmocka_unit_test(to_nobody_who_cannot_use_it),
        cmocka_unit_test(nonsense_changes_nothing),
        cmocka_unit_test(a_key_issues_once),
        cmocka_unit_test(a_limit_a_day),
        cmocka_unit_test(a_manager_issues_for_their_store),
        cmocka_unit_test(revoked_once),
        cmocka_unit_test(two_with_one_version),
        cmocka_unit_test(extended),
        cmocka_unit_test(one_that_was_replaced_is_over),
        cmocka_unit_test(sent_once_more),
        cmocka_unit_test(sent_where_they_work),
    };

    return cmocka_run_group_tests_name("api discounts act", tests, opened, api_close);
}
