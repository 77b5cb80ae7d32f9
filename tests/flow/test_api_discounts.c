/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Discounts read through the admin API: lists by every filter, cards with what happened,
 * statistics. */
#include "tests/flow/api_shop.h"

static int64_t owner, marketing, readonly, manager;
static int64_t lenin, garden;          /* stores; the manager is of the first */
static int64_t maria, ivan;            /* customers */
static struct discount fresh, welcome; /* Maria's */
static struct discount birthday;       /* Ivan's, of one store */
static struct discount over, revoked;  /* Ivan's */

static int opened(void **state)
{
    int st = api_open(state);
    int64_t now = clock_now();

    owner = api_staff(ROLE_OWNER);
    marketing = api_staff(ROLE_MARKETING);
    readonly = api_staff(ROLE_READONLY);
    manager = api_staff(ROLE_MANAGER);
    lenin = api_store("Ленина, 5", "Владивосток");
    garden = api_store("Садовая, 12", "Находка");
    api_bind(manager, lenin);
    maria = a_customer("Мария", "Кузнецова", true);
    ivan = a_customer("Иван", "Петров", false);
    welcome = a_discount(maria);
    fresh = a_discount_of((struct discount_spec){.customer_id = maria,
                                                 .source = SOURCE_MANUAL,
                                                 .staff_id = marketing,
                                                 .reason = "Извинение",
                                                 .percent_bp = 1500,
                                                 .valid_from = now - HOUR,
                                                 .valid_until = now + 5 * DAY});
    birthday = a_discount_of((struct discount_spec){.customer_id = ivan,
                                                    .source = SOURCE_BIRTHDAY,
                                                    .store_id = garden,
                                                    .valid_from = now + DAY,
                                                    .valid_until = now + 8 * DAY});
    over = a_discount_of((struct discount_spec){
        .customer_id = ivan, .valid_from = now - 9 * DAY, .valid_until = now - DAY});
    revoked = a_discount(ivan);
    assert_int_equal(db_exec(api_place.db, NULL,
                             "UPDATE discount SET status = 4 WHERE id = ?",
                             DB_INT(revoked.id)),
                     ST_OK);
    return st;
}

/* ---- the list --------------------------------------------------------------------- */

/* Exactly these discounts, in that order; up to a NULL. */
static void lists(int64_t as, const char *query, const struct discount *const *which)
{
    struct heard h = {0};
    struct buf path = {0};
    char want[400] = "";

    buf_addf(&path, DISCOUNTS "?%s", query);
    asks(&h, 200, &(struct ask){"GET", path.s, .as = as});
    for (int i = 0; which[i] != NULL; i++)
        snprintf(want + strlen(want), sizeof want - strlen(want), "%lld,",
                 (long long)which[i]->id);
    if (strcmp(ids_of(&h), want) != 0)
        fail_msg("?%s: %s, wanted %s", query, ids_of(&h), want);
    buf_free(&path);
    heard_free(&h);
}

#define THESE(...) ((const struct discount *const[]){__VA_ARGS__, NULL})
#define NONE ((const struct discount *const[]){NULL})

static void stamps(int64_t at, char out[STAMP_BYTES])
{
    stamp_print(at, out);
}

static void every_filter(void **state)
{
    char query[200], at[STAMP_BYTES];

    (void)state;
    lists(owner, "", THESE(&revoked, &over, &birthday, &fresh, &welcome));
    lists(owner, "sort=created_at",
          THESE(&welcome, &fresh, &birthday, &over, &revoked));
    lists(owner, "sort=valid_until&status=active", THESE(&fresh, &birthday, &welcome));
    lists(owner, "status=expired", THESE(&over)); /* its row does not say so yet */
    lists(owner, "status=revoked,expired", THESE(&revoked, &over));
    lists(owner, "status=active&source=birthday,manual", THESE(&birthday, &fresh));
    lists(owner, "source=birthday", THESE(&birthday));
    lists(owner, "status=used", NONE);
    snprintf(query, sizeof query, "customer_id=%lld", (long long)maria);
    lists(owner, query, THESE(&fresh, &welcome));
    snprintf(query, sizeof query, "issuer_id=%lld", (long long)marketing);
    lists(owner, query, THESE(&fresh));
    snprintf(query, sizeof query, "store_id=%lld", (long long)garden);
    lists(owner, query, THESE(&birthday));
    snprintf(query, sizeof query, "code=%.5s-%.5s", welcome.code, welcome.code + 5);
    lists(owner, query, THESE(&welcome));
    stamps(clock_now(), at);
    snprintf(query, sizeof query, "valid_on=%s", at); /* by what ends first */
    lists(owner, query, THESE(&fresh, &welcome, &revoked));
    snprintf(query, sizeof query, "expires_before=%s", at);
    lists(owner, query, THESE(&over));
    snprintf(query, sizeof query, "issued_before=%s&status=active", at);
    lists(owner, query, THESE(&birthday, &fresh, &welcome));
    snprintf(query, sizeof query, "issued_after=%s", at);
    lists(owner, query, NONE);
}

static void pages_hold_while_others_come(void **state)
{
    struct heard h = {0};
    struct buf path = {0};
    char seen[400] = "", want[400];
    const char *cursor = NULL;
    struct json *page = NULL;

    (void)state;
    asks(&h, 200, &(struct ask){"GET", DISCOUNTS, .as = owner});
    snprintf(want, sizeof want, "%.390s", ids_of(&h));
    do {
        buf_clear(&path);
        buf_addf(&path, DISCOUNTS "?limit=2&include_total=true%s%s",
                 cursor != NULL ? "&cursor=" : "", cursor != NULL ? cursor : "");
        asks(&h, 200, &(struct ask){"GET", path.s, .as = owner});
        snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%.200s", ids_of(&h));
        json_free(page);
        page = json_copy(json_get(h.json, "page"));
        cursor = json_text(page, "next", NULL);
        revoked = a_discount(ivan); /* sorts before all of them */
        assert_int_equal(db_exec(api_place.db, NULL,
                                 "UPDATE discount SET status = 4 WHERE id = ?",
                                 DB_INT(revoked.id)),
                         ST_OK);
    } while (cursor != NULL && strlen(seen) < 300);
    assert_string_equal(seen, want);
    /* A cursor is of its order, and the order that goes without saying is one. */
    asks(&h, 200, &(struct ask){"GET", DISCOUNTS "?limit=2", .as = owner});
    buf_clear(&path);
    buf_addf(&path, DISCOUNTS "?limit=2&sort=created_at&cursor=%s",
             text(&h, "page.next"));
    refuses(400, "validation_failed", &(struct ask){"GET", path.s, .as = owner});
    writes("DELETE FROM discount WHERE status = 4"
           " AND id > (SELECT m.id FROM (SELECT MIN(id) AS id FROM discount"
           " WHERE status = 4) m)");
    assert_int_equal(db_one(api_place.db, "SELECT id FROM discount WHERE status = 4"),
                     ST_OK);
    revoked.id = db_int(api_place.db, 0);
    json_free(page);
    buf_free(&path);
    heard_free(&h);
}

static void nonsense_is_told_and_injects_nothing(void **state)
{
    static const char *const wrong[] = {"?status=lost",
                                        "?status=active&status=active%27",
                                        "?customer_id=0",
                                        "?customer_id=1%20OR%201=1",
                                        "?code=%27%20OR%20%271%27=%271",
                                        "?code=AAAAA-AAAAA",
                                        "?valid_on=2026-11-20",
                                        "?valid_on=2026-11-20T00:00:00",
                                        "?issued_after=%27;DROP%20TABLE%20discount;--",
                                        "?sort=redeemed_at",
                                        "?sort=status",
                                        "?sort=-created_at;",
                                        "?redeemed_store_id=1&sort=id",
                                        "?limit=201",
                                        "?q=Мария",
                                        "?store_id=-1",
                                        "?source=manual%00"};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char path[200];

        snprintf(path, sizeof path, DISCOUNTS "%s", wrong[i]);
        refuses(400, "validation_failed", &(struct ask){"GET", path, .as = owner});
    }
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 5);
}

/* A code is money: who may not withdraw a discount sees its end only, and still finds it
 * by the whole of it. */
static void codes_are_for_few(void **state)
{
    struct heard h = {0};
    char want[20];

    (void)state;
    asks(&h, 200,
         &(struct ask){"GET", at_of(DISCOUNTS, welcome.id, ""), .as = readonly});
    snprintf(want, sizeof want, "*****-***%.2s", welcome.code + 8);
    assert_string_equal(text(&h, "code"), want);
    asks(&h, 200, &(struct ask){"GET", DISCOUNTS, .as = manager});
    assert_null(strstr(h.raw.s, welcome.token));
    assert_null(strstr(h.raw.s, welcome.code + 5));
    asks(&h, 200,
         &(struct ask){"GET", at_of(DISCOUNTS, welcome.id, ""), .as = marketing});
    snprintf(want, sizeof want, "%.5s-%.5s", welcome.code, welcome.code + 5);
    assert_string_equal(text(&h, "code"), want);
    assert_string_equal(text(&h, "customer"), "Мария К.");
    assert_null(strstr(h.raw.s, "Кузнецова"));
    heard_free(&h);
}

static void a_manager_sees_what_is_good_at_their_store(void **state)
{
    struct heard h = {0};

    (void)state;
    lists(manager, "status=active", THESE(&fresh, &welcome));
    asks(&h, 200, &(struct ask){"GET", DISCOUNTS "?include_total=true", .as = manager});
    assert_int_equal(number(&h, "page.total"), 4);
    refuses(404, "not_found",
            &(struct ask){"GET", at_of(DISCOUNTS, birthday.id, ""), .as = manager});
    refuses(404, "not_found", &(struct ask){"GET", DISCOUNTS "/999999", .as = owner});
    api_bind(manager, garden);
    lists(manager, "status=active", THESE(&birthday, &fresh, &welcome));
    writes("DELETE FROM staff_store WHERE store_id = (SELECT id FROM store"
           " WHERE name = 'Садовая, 12')");
    heard_free(&h);
}

/* ---- what happened ---------------------------------------------------------------- */

static int64_t redeemed_at(const struct discount *d, int64_t store, int64_t staff,
                           int64_t at, int64_t amount)
{
    static int no;
    int64_t shift;
    char key[40];

    assert_int_equal(db_exec(api_place.db, NULL,
                             "INSERT INTO shift (staff_id, store_id, opened_at,"
                             " closed_at) VALUES (?, ?, ?, ?)",
                             DB_INT(staff), DB_INT(store), DB_TIME(at),
                             DB_TIME(at + HOUR)),
                     ST_OK);
    shift = db_last_id(api_place.db);
    snprintf(key, sizeof key, "past:%d", ++no);
    assert_int_equal(
        db_exec(api_place.db, NULL,
                "INSERT INTO redemption (discount_id, customer_id, uses_allowed,"
                " use_no, op_key, staff_id, store_id, shift_id, receipt_no, amount,"
                " discount_amount, redeemed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?,"
                " ?, ?)",
                DB_INT(d->id), DB_INT(d->customer_id), DB_INT(d->uses_allowed),
                DB_INT(no % d->uses_allowed + 1), DB_TEXT(key), DB_INT(staff),
                DB_INT(store), DB_INT(shift), DB_INT(amount), DB_INT(amount / 10),
                DB_TIME(at)),
        ST_OK);
    return db_last_id(api_place.db);
}

static void by_where_it_was_redeemed(void **state)
{
    struct discount twice =
        a_discount_of((struct discount_spec){.customer_id = ivan, .uses = 2});
    struct heard h = {0};
    int64_t now = clock_now();
    char query[80];

    (void)state;
    redeemed_at(&welcome, lenin, manager, now - 3 * HOUR, 100000);
    redeemed_at(&twice, lenin, manager, now - 2 * HOUR, 100000);
    redeemed_at(&twice, lenin, manager, now - HOUR, 50000);
    snprintf(query, sizeof query, "redeemed_store_id=%lld", (long long)lenin);
    lists(owner, query, THESE(&twice, &welcome)); /* once, where it was used last */
    snprintf(query, sizeof query, "redeemed_store_id=%lld&sort=redeemed_at",
             (long long)lenin);
    lists(owner, query, THESE(&welcome, &twice));
    snprintf(query, sizeof query, "redeemed_store_id=%lld", (long long)garden);
    lists(owner, query, NONE);
    asks(&h, 200, &(struct ask){"GET", at_of(DISCOUNTS, welcome.id, ""), .as = owner});
    assert_int_equal(json_count(json_get(h.json, "history")), 2);
    assert_string_equal(
        json_text(json_at(json_get(h.json, "history"), 0), "kind", NULL), "redeemed");
    assert_string_equal(
        json_text(json_at(json_get(h.json, "history"), 1), "kind", NULL), "issued");
    assert_string_equal(heard_header(&h, "ETag"), "\"v1\"");
    heard_free(&h);
}

/* By source, what it is now; staff and test accounts are not counted. */
static void the_overview(void **state)
{
    struct heard h = {0};
    int64_t one = a_customer("Один", "Из", true);

    (void)state;
    assert_int_equal(db_exec(api_place.db, NULL,
                             "UPDATE customer SET left_out = 2 WHERE id = ?",
                             DB_INT(one)),
                     ST_OK);
    a_discount(one);
    asks(&h, 200, &(struct ask){"GET", DISCOUNTS "/stats/overview", .as = readonly});
    assert_int_equal(number(&h, "total.issued"), 6);
    assert_int_equal(number(&h, "total.active"), 4);
    assert_int_equal(number(&h, "total.expired"), 1);
    assert_int_equal(number(&h, "total.revoked"), 1);
    assert_int_equal(number(&h, "total.used"), 0);
    assert_int_equal(number(&h, "total.redemptions"), 3);
    assert_int_equal(number(&h, "total.purchase_amount"), 250000);
    assert_int_equal(number(&h, "total.discount_amount"), 25000);
    assert_int_equal(
        json_int_or(json_at(json_get(h.json, "by_source"), 1), "issued", -1), 1);
    assert_string_equal(
        json_text(json_at(json_get(h.json, "by_source"), 1), "source", NULL),
        "birthday");
    asks(&h, 200, &(struct ask){"GET", DISCOUNTS "/stats/overview", .as = manager});
    assert_int_equal(number(&h, "total.issued"), 5); /* not the one of the garden */
    refuses(400, "validation_failed",
            &(struct ask){"GET",
                          DISCOUNTS "/stats/overview?from=2026-01-02T00:00:00Z"
                                    "&to=2026-01-01T00:00:00Z",
                          .as = owner});
    refuses(400, "validation_failed",
            &(struct ask){"GET", DISCOUNTS "/stats/overview?from=2020-01-02T00:00:00Z",
                          .as = owner});
    asks(&h, 200,
         &(struct ask){"GET",
                       DISCOUNTS "/stats/overview?from=2020-01-01T00:00:00Z"
                                 "&to=2020-02-01T00:00:00Z",
                       .as = owner});
    assert_int_equal(number(&h, "total.issued"), 0);
    heard_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_filter),
        cmocka_unit_test(pages_hold_while_others_come),
        cmocka_unit_test(nonsense_is_told_and_injects_nothing),
        cmocka_unit_test(codes_are_for_few),
        cmocka_unit_test(a_manager_sees_what_is_good_at_their_store),
        cmocka_unit_test(by_where_it_was_redeemed),
        cmocka_unit_test(the_overview),
    };

    return cmocka_run_group_tests_name("api discounts", tests, opened, api_close);
}
