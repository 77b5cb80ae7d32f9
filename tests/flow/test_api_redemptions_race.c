/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * One discount, twenty who redeem it at once: ten over HTTP, ten through the core as the
 * cashiers' bot does. One of them has it; and the lists and sums of what happened. */
#include "tests/flow/api_shop.h"

#include <pthread.h>
#include <stdatomic.h>

#define PEOPLE 10
#define ROUNDS 6

static int64_t store, other, customer;
static int64_t admins[PEOPLE];
static struct staff cashiers[PEOPLE];
static struct shift shifts[PEOPLE];

static enum status hire(struct db *db, void *arg)
{
    int i = (int)(intptr_t)arg;
    enum status st = staff_load(db, api_staff(ROLE_CASHIER), &cashiers[i]);

    if (st == ST_OK)
        st = db_exec(db, NULL,
                     "INSERT INTO staff_store (staff_id, store_id) VALUES (?, ?)",
                     DB_INT(cashiers[i].id), DB_INT(store));
    return st == ST_OK ? shift_open(db, clock_now(), &cashiers[i], store, &shifts[i])
                       : st;
}

static int opened(void **state)
{
    int st = api_open(state);

    store = api_store("Ленина, 5", "Владивосток");
    other = api_store("Садовая, 12", "Находка");
    customer = a_customer("Мария", "Кузнецова", true);
    for (int i = 0; i < PEOPLE; i++) {
        admins[i] = api_staff(ROLE_OWNER);
        api_token(admins[i]);
        assert_int_equal(db_tx(api_place.db, hire, (void *)(intptr_t)i), ST_OK);
    }
    return st;
}

/* ---- the bot's side --------------------------------------------------------------- */

static atomic_int done, broken;
static struct discount prize;
static pthread_barrier_t start;

struct press {
    int i;
    int64_t now;
    struct card card;
    struct redeemed out;
};

static enum status check_work(struct db *db, void *arg)
{
    struct press *p = arg;
    const struct redemption_ask ask = {.code = prize.code,
                                       .staff = &cashiers[p->i],
                                       .shift = &shifts[p->i],
                                       .take = true};

    return redemption_check(db, p->now, &ask, &p->card);
}

static enum status press_work(struct db *db, void *arg)
{
    struct press *p = arg;
    const struct redemption_press with = {
        .nonce = p->card.nonce, .staff = &cashiers[p->i], .shift = &shifts[p->i]};

    return redemption_confirm(db, p->now, &with, &p->out);
}

static void *bot(void *arg)
{
    struct press p = {.i = (int)(intptr_t)arg};
    struct db *db = db_open(api_place.cfg);

    pthread_barrier_wait(&start);
    for (int k = 0; k < 8; k++) {
        p.now = clock_now();
        if (db_tx(db, check_work, &p) != ST_OK)
            broken++;
        else if (p.card.verdict != VERDICT_VALID)
            continue;
        else if (db_tx(db, press_work, &p) != ST_OK)
            broken++;
        else
            done += p.out.result == REDEEM_DONE;
    }
    db_close(db);
    return NULL;
}

/* ---- the other side --------------------------------------------------------------- */

static void all_check(char token[PEOPLE][40], char body[100])
{
    struct heard h = {0};
    int fd[PEOPLE];

    snprintf(body, 100, "{\"code\":\"%s\",\"store_id\":%lld,\"take\":true}", prize.code,
             (long long)store);
    for (int i = 0; i < PEOPLE; i++)
        fd[i] = asks_say(&(struct ask){"POST", REDEMPTIONS "/validate", .body = body,
                                       .as = admins[i]});
    for (int i = 0; i < PEOPLE; i++) {
        asks_hear(&h, fd[i],
                  &(struct ask){"POST", REDEMPTIONS "/validate", .as = admins[i]});
        assert_int_equal(h.status, 200);
        snprintf(token[i], 40, "%s", text(&h, "hold_token"));
    }
    heard_free(&h);
}

static void all_press(char token[PEOPLE][40], int round)
{
    struct heard h = {0};
    char body[80], key[40];
    int fd[PEOPLE];

    for (int i = 0; i < PEOPLE; i++) {
        snprintf(body, sizeof body, "{\"hold_token\":\"%s\"}",
                 *token[i] != '\0' ? token[i] : "none");
        snprintf(key, sizeof key, "race-%lld-%d-%d", (long long)prize.id, round, i);
        fd[i] = asks_say(&(struct ask){"POST", REDEMPTIONS, .body = body,
                                       .as = admins[i], .key = key});
    }
    for (int i = 0; i < PEOPLE; i++) {
        asks_hear(&h, fd[i], &(struct ask){"POST", REDEMPTIONS, .as = admins[i]});
        if (h.status != 201 && h.status != 409)
            fail_msg("%d: %s", h.status, h.raw.s);
        done += h.status == 201;
    }
    heard_free(&h);
}

static void twenty_redeem_one(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        char token[PEOPLE][40], body[100];
        pthread_t thread[PEOPLE];

        prize = a_discount(customer);
        done = broken = 0;
        assert_int_equal(pthread_barrier_init(&start, NULL, PEOPLE + 1), 0);
        for (int i = 0; i < PEOPLE; i++)
            assert_int_equal(pthread_create(&thread[i], NULL, bot, (void *)(intptr_t)i),
                             0);
        if (round % 2 == 1)
            all_check(token, body); /* they hold it, and the bots take it over */
        pthread_barrier_wait(&start);
        if (round % 2 == 0)
            all_check(token, body);
        all_press(token, 1);
        all_check(token, body);
        all_press(token, 2);
        for (int i = 0; i < PEOPLE; i++)
            pthread_join(thread[i], NULL);
        pthread_barrier_destroy(&start);
        assert_int_equal(broken, 0);
        assert_int_equal(done, 1);
    }
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), ROUNDS);
    assert_int_equal(counts("SELECT COUNT(*) FROM discount WHERE status = 2"), ROUNDS);
    assert_int_equal(
        counts("SELECT COUNT(*) FROM job_open WHERE kind = 'core.discount_redeemed'"),
        ROUNDS);
}

/* ---- what is read of it ----------------------------------------------------------- */

static int64_t listed(const char *query, int64_t as)
{
    struct heard h = {0};
    char path[200];
    int64_t n;

    snprintf(path, sizeof path, REDEMPTIONS "?limit=200&%s", query);
    asks(&h, 200, &(struct ask){"GET", path, .as = as});
    n = (int64_t)json_count(json_get(h.json, "items"));
    heard_free(&h);
    return n;
}

static void lists_and_sums(void **state)
{
    int64_t manager = api_staff(ROLE_MANAGER), alien = api_staff(ROLE_MANAGER);
    struct heard h = {0};
    char query[200], cursor[2048], path[2300];

    (void)state;
    api_bind(manager, store);
    api_bind(alien, other);
    writes("UPDATE redemption SET amount = 50000, discount_amount = 5000");
    writes("UPDATE redemption SET voided_at = redeemed_at, voided_by = staff_id,"
           " void_reason = 4 WHERE id = (SELECT m.id FROM (SELECT MIN(id) AS id FROM"
           " redemption) m)");
    assert_int_equal(listed("", admins[0]), ROUNDS);
    assert_int_equal(listed("", manager), ROUNDS);
    assert_int_equal(listed("", alien), 0);
    assert_int_equal(listed("voided=true", admins[0]), 1);
    refuses(400, "validation_failed",
            &(struct ask){"GET", REDEMPTIONS "?sort=-voided_at", .as = admins[0]});
    assert_int_equal(listed("voided=false", manager), ROUNDS - 1);
    snprintf(query, sizeof query, "discount_id=%lld", (long long)prize.id);
    assert_int_equal(listed(query, admins[0]), 1);
    snprintf(query, sizeof query, "customer_id=%lld&store_id=%lld", (long long)customer,
             (long long)store);
    assert_int_equal(listed(query, admins[0]), ROUNDS);
    snprintf(query, sizeof query, "store_id=%lld", (long long)other);
    assert_int_equal(listed(query, admins[0]), 0);
    assert_int_equal(listed("to=2020-01-01T00:00:00Z", admins[0]), 0);
    assert_int_equal(listed("from=2020-01-01T00:00:00%2B03:00", admins[0]), ROUNDS);
    asks(&h, 200, &(struct ask){"GET", REDEMPTIONS "?limit=4", .as = admins[0]});
    snprintf(cursor, sizeof cursor, "%s", text(&h, "page.next"));
    snprintf(path, sizeof path, REDEMPTIONS "?limit=4&cursor=%s", cursor);
    asks(&h, 200, &(struct ask){"GET", path, .as = admins[0]});
    assert_int_equal(json_count(json_get(h.json, "items")), ROUNDS - 4);
    assert_int_equal(json_int_or(json_at(json_get(h.json, "items"), 1), "id", 0),
                     counts("SELECT MIN(id) FROM redemption"));
    refuses(404, "not_found",
            &(struct ask){
                "GET",
                at_of(REDEMPTIONS,
                      json_int_or(json_at(json_get(h.json, "items"), 0), "id", 0), ""),
                .as = alien});
    heard_free(&h);
}

static void sums_of_a_time(void **state)
{
    struct heard h = {0};
    char path[200], from[STAMP_BYTES], to[STAMP_BYTES];

    (void)state;
    stamp_print(clock_now() - DAY, from);
    stamp_print(clock_now() + DAY, to);
    snprintf(path, sizeof path, REDEMPTIONS "/sums?from=%s&to=%s", from, to);
    asks(&h, 200, &(struct ask){"GET", path, .as = admins[0]});
    assert_int_equal(number(&h, "redemptions"), ROUNDS - 1);
    assert_int_equal(number(&h, "voided"), 1);
    assert_int_equal(number(&h, "purchase_amount"), 50000 * (ROUNDS - 1));
    assert_int_equal(number(&h, "discount_amount"), 5000 * (ROUNDS - 1));
    refuses(400, "validation_failed",
            &(struct ask){"GET", REDEMPTIONS "/sums", .as = admins[0]});
    heard_free(&h);
}

/* Refused and unknown ones; what was valid only when it is asked for. */
static void the_log_of_attempts(void **state)
{
    struct heard h = {0};
    char code[CODE_SYMBOLS + 1], body[100], path[100];

    (void)state;
    code_new(code);
    snprintf(body, sizeof body, "{\"code\":\"%s\"}", code);
    asks(&h, 200,
         &(struct ask){"POST", REDEMPTIONS "/validate", .body = body, .as = admins[3]});
    asks(&h, 200,
         &(struct ask){"GET", "/api/v1/redemption-attempts?limit=1", .as = admins[0]});
    assert_string_equal(
        json_text(json_at(json_get(h.json, "items"), 0), "verdict", NULL), "not_found");
    assert_string_equal(json_text(json_at(json_get(h.json, "items"), 0), "code", NULL),
                        code);
    assert_int_equal(json_int_or(json_at(json_get(h.json, "items"), 0), "staff_id", 0),
                     admins[3]);
    asks(&h, 200,
         &(struct ask){"GET",
                       "/api/v1/redemption-attempts?limit=200&verdict=valid,held",
                       .as = admins[0]});
    assert_true(json_count(json_get(h.json, "items")) >= ROUNDS);
    snprintf(path, sizeof path,
             "/api/v1/redemption-attempts?verdict=not_found&staff_id=%lld",
             (long long)admins[3]);
    asks(&h, 200, &(struct ask){"GET", path, .as = admins[0]});
    assert_int_equal(json_count(json_get(h.json, "items")), 1);
    snprintf(path, sizeof path,
             "/api/v1/redemption-attempts?include_total=true&store_id=%lld",
             (long long)other);
    asks(&h, 200, &(struct ask){"GET", path, .as = admins[0]});
    assert_int_equal(number(&h, "page.total"), 0);
    refuses(400, "validation_failed",
            &(struct ask){"GET", "/api/v1/redemption-attempts?verdict=1%20OR%201=1",
                          .as = admins[0]});
    heard_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twenty_redeem_one),
        cmocka_unit_test(lists_and_sums),
        cmocka_unit_test(sums_of_a_time),
        cmocka_unit_test(the_log_of_attempts),
    };

    return cmocka_run_group_tests_name("api redemptions race", tests, opened,
                                       api_close);
}
