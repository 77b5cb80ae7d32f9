/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A request asked twice happens once: the key, the effect and the answer live and die
 * together, whoever races; old ones leave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/idempotency.h"
#include "tests/harness/shop.h"

#include <stdio.h>
#include <string.h>

static struct shop shop;

static int opened(void **state)
{
    (void)state;
    shop_open(&shop);
    return 0;
}

static int closed(void **state)
{
    (void)state;
    shop_close(&shop);
    return 0;
}

/* One request: its effect is a store of that name. */
struct request {
    struct idempotency_key key;
    const char *store;
    bool fails; /* after its effect */
    enum status seen;
    char said[32];
};

static enum status effect(struct db *db, const struct request *r)
{
    return db_exec(db, NULL, "INSERT INTO store (name, created_at) VALUES (?, ?)",
                   DB_TEXT(r->store), DB_TIME(SHOP_NOW));
}

static enum status serve(struct db *db, void *arg)
{
    struct request *r = arg;
    struct idempotency_answer a = {0};
    enum status st = r->seen = idempotency_begin(db, SHOP_NOW, &r->key, &a);

    if (st == ST_TAKEN) {
        snprintf(r->said, sizeof r->said, "%d %.*s %s", a.status, (int)a.n,
                 (const char *)a.text, a.etag);
        return ST_OK;
    }
    if (st == ST_OK)
        st = effect(db, r);
    if (st == ST_OK && r->fails)
        return ST_REFUSED;
    if (st != ST_OK)
        return st;
    return idempotency_end(db, &r->key,
                           &(struct idempotency_answer){.status = 201,
                                                        .type = "application/json",
                                                        .etag = "\"v1\"",
                                                        .location = "",
                                                        .text = "{}",
                                                        .n = 2});
}

static struct request request(const char *key, const char *body, const char *store)
{
    struct request r = {.key = {.staff_id = 1, .name = key}, .store = store};

    secret_sha256(body, strlen(body), r.key.body_hash);
    return r;
}

static void a_second_one_hears_the_first_answer(void **state)
{
    struct request r = request("a", "body", "А"), other = request("a", "else", "Б");

    (void)state;
    assert_int_equal(db_tx(shop.db, serve, &r), ST_OK);
    assert_int_equal(r.seen, ST_OK);
    assert_int_equal(db_tx(shop.db, serve, &r), ST_OK);
    assert_int_equal(r.seen, ST_TAKEN);
    assert_string_equal(r.said, "201 {} \"v1\"");
    assert_int_equal(db_tx(shop.db, serve, &other), ST_REFUSED);
    other.key.staff_id = 2;
    assert_int_equal(db_tx(shop.db, serve, &other), ST_OK);
    assert_int_equal(other.seen, ST_OK);
}

static void what_fails_leaves_no_key(void **state)
{
    struct request r = request("b", "body", "В");

    (void)state;
    r.fails = true;
    assert_int_equal(db_tx(shop.db, serve, &r), ST_REFUSED);
    assert_int_equal(
        shop_number(shop.db, "SELECT COUNT(*) FROM store WHERE name = 'В'"), 0);
    r.fails = false;
    assert_int_equal(db_tx(shop.db, serve, &r), ST_OK);
    assert_int_equal(r.seen, ST_OK);
}

static struct request racers[8];

static void race(struct db *db, int i, void *arg)
{
    (void)arg;
    racers[i] = request("c", "body", "Г");
    racers[i].seen = ST_BROKEN;
    assert_int_equal(db_tx(db, serve, &racers[i]), ST_OK);
}

static void of_many_at_once_one_acts(void **state)
{
    int acted = 0;

    (void)state;
    shop_race(&shop, 8, race, NULL);
    for (int i = 0; i < 8; i++) {
        acted += racers[i].seen == ST_OK;
        if (racers[i].seen != ST_OK)
            assert_string_equal(racers[i].said, "201 {} \"v1\"");
    }
    assert_int_equal(acted, 1);
}

static void keys_are_printable(void **state)
{
    char key[300];

    (void)state;
    memset(key, 'k', sizeof key);
    key[255] = '\0';
    assert_true(idempotency_key_fits(key));
    key[255] = 'k';
    key[256] = '\0';
    assert_false(idempotency_key_fits(key));
    assert_false(idempotency_key_fits(""));
    assert_false(idempotency_key_fits("a b"));
    assert_false(idempotency_key_fits("ключ"));
    assert_true(idempotency_key_fits("7f3e-{}\"'%"));
}

static void old_ones_leave(void **state)
{
    int n;

    (void)state;
    assert_int_equal(idempotency_forget(shop.db, SHOP_NOW, 100, &n), ST_OK);
    assert_int_equal(n, 0);
    assert_int_equal(idempotency_forget(shop.db, SHOP_NOW + 1, 2, &n), ST_OK);
    assert_int_equal(n, 2);
    assert_int_equal(idempotency_forget(shop.db, SHOP_NOW + 1, 100, &n), ST_OK);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM idempotency"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_one_hears_the_first_answer),
        cmocka_unit_test(what_fails_leaves_no_key),
        cmocka_unit_test(of_many_at_once_one_acts),
        cmocka_unit_test(keys_are_printable),
        cmocka_unit_test(old_ones_leave),
    };

    return cmocka_run_group_tests_name("idempotency", tests, opened, closed);
}
