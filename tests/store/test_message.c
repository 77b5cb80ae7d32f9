/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/message.h"
#include "core/base/clock.h"
#include "tests/harness/shop.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define PAYLOAD "{\"text\":\"Привет\"}"

static struct shop shop;
static struct customer ann;

static int open_shop(void **state)
{
    (void)state;
    shop_open(&shop);
    ann = shop_customer(&shop, 7000000901, "Ann", "");
    return 0;
}

static int close_shop(void **state)
{
    (void)state;
    shop_close(&shop);
    return 0;
}

static struct message_spec spec(enum message_purpose purpose)
{
    return (struct message_spec){.sender = SENDER_CLIENT,
                                 .recipient = ann.external_id,
                                 .customer_id = ann.id,
                                 .purpose = purpose,
                                 .payload = PAYLOAD,
                                 .payload_n = strlen(PAYLOAD),
                                 .root = "u:client:1"};
}

struct putting {
    struct message_spec spec;
    int64_t id;
};

static enum status do_put(struct db *db, void *arg)
{
    struct putting *p = arg;
    enum status st = message_put(db, SHOP_NOW, &p->spec, &p->id);

    /* As the worker's runner: nothing to do is done. */
    return st == ST_NONE ? ST_OK : st;
}

static int64_t put(enum message_purpose purpose)
{
    struct putting p = {spec(purpose), 0};

    assert_int_equal(db_tx(shop.db, do_put, &p), ST_OK);
    assert_true(p.id > 0);
    return p.id;
}

static struct message row(int64_t id)
{
    struct message m;

    assert_int_equal(message_load(shop.db, id, &m), ST_OK);
    buf_free(&m.payload);
    return m;
}

static enum status claim(int64_t id, struct message *m)
{
    enum status st = message_claim(shop.db, SHOP_NOW, id, m);

    message_free(m);
    return st;
}

static enum status settle(int64_t id, enum message_state to)
{
    return message_settle(shop.db, SHOP_NOW + SECOND,
                          &(struct message_fate){
                              .id = id, .to = to, .external_id = 77, .why = "because"});
}

static int64_t jobs(void)
{
    return shop_number(shop.db,
                       "SELECT COUNT(*) FROM job_open WHERE kind = 'send.message'");
}

/* ---- the road ------------------------------------------------------------------- */

static void test_put_claimed_sent(void **state)
{
    int64_t id = put(MESSAGE_SERVICE);
    struct message m;

    (void)state;
    assert_int_equal(jobs(), 1);
    assert_int_equal(message_claim(shop.db, SHOP_NOW, id, &m), ST_OK);
    assert_string_equal(m.payload.s, PAYLOAD);
    assert_int_equal(m.recipient, ann.external_id);
    assert_string_equal(m.root, "u:client:1");
    assert_int_equal(m.attempts, 1);
    assert_int_equal(m.state, MESSAGE_SENDING);
    message_free(&m);
    assert_int_equal(settle(id, MESSAGE_SENT), ST_OK);
    m = row(id);
    assert_int_equal(m.state, MESSAGE_SENT);
    assert_int_equal(m.external_id, 77);
    assert_int_equal(m.sent_at, SHOP_NOW + SECOND);
    /* Delivered again: it is done. */
    assert_int_equal(claim(id, &m), ST_NONE);
    assert_int_equal(m.state, MESSAGE_SENT);
    assert_int_equal(settle(id, MESSAGE_FAILED), ST_NONE);
    assert_int_equal(row(id).state, MESSAGE_SENT);
}

static void test_later_and_again(void **state)
{
    int64_t id = put(MESSAGE_SERVICE);
    struct message m;

    (void)state;
    assert_int_equal(claim(id, &m), ST_OK);
    assert_int_equal(settle(id, MESSAGE_QUEUED), ST_OK);
    assert_int_equal(row(id).state, MESSAGE_QUEUED);
    assert_int_equal(claim(id, &m), ST_OK);
    assert_int_equal(m.attempts, 2);
    assert_int_equal(settle(id, MESSAGE_FAILED), ST_OK);
    m = row(id);
    assert_string_equal(m.why, "because");
    assert_int_equal(m.external_id, 0);
}

static void test_no_arrow_no_move(void **state)
{
    int64_t id = put(MESSAGE_SERVICE);
    struct message m;

    (void)state;
    assert_int_equal(settle(id, MESSAGE_SENT), ST_NONE); /* nobody is sending it */
    assert_int_equal(row(id).state, MESSAGE_QUEUED);
    assert_int_equal(claim(id, &m), ST_OK);
    assert_int_equal(settle(id, MESSAGE_SKIPPED), ST_BAD);
    assert_int_equal(settle(id, MESSAGE_CANCELLED), ST_BAD);
    assert_int_equal(settle(id, MESSAGE_SENDING), ST_BAD);
    assert_int_equal(settle(id, MESSAGE_STATES), ST_BAD);
    assert_int_equal(row(id).state, MESSAGE_SENDING);
    assert_int_equal(claim(id + 100, &m), ST_NONE);
    assert_int_equal(m.state, 0);
}

/* ---- its sender died ------------------------------------------------------------ */

static void test_found_sending_a_receipt_goes_again(void **state)
{
    int64_t id = put(MESSAGE_RECEIPT);
    struct message m;

    (void)state;
    assert_int_equal(claim(id, &m), ST_OK);
    assert_int_equal(claim(id, &m), ST_OK);
    assert_int_equal(m.attempts, 2);
    assert_int_equal(settle(id, MESSAGE_SENT), ST_OK);
}

static enum status marketing(int64_t update_id, bool yes)
{
    struct consent_act act = {.customer_id = ann.id,
                              .purpose = PURPOSE_MARKETING,
                              .text_id = shop.marketing.id,
                              .update_id = update_id,
                              .via = CHANNEL_MESSENGER};

    return yes ? consent_grant(shop.db, SHOP_NOW, &act)
               : consent_revoke(shop.db, SHOP_NOW, &act);
}

/* A database that lets us claim but never settle must not become a flood. */
static void test_a_receipt_does_not_go_for_ever(void **state)
{
    int64_t id = put(MESSAGE_RECEIPT);
    struct message m;

    (void)state;
    for (int i = 0; i <= MESSAGE_RESENDS_MAX; i++)
        assert_int_equal(claim(id, &m), ST_OK);
    assert_int_equal(claim(id, &m), ST_NONE);
    assert_int_equal(row(id).state, MESSAGE_UNKNOWN);
}

static void test_found_sending_marketing_does_not(void **state)
{
    struct message m;
    int64_t id;

    (void)state;
    assert_int_equal(marketing(2, true), ST_OK);
    id = put(MESSAGE_MARKETING);
    assert_int_equal(claim(id, &m), ST_OK);
    assert_int_equal(claim(id, &m), ST_NONE);
    assert_int_equal(m.state, MESSAGE_UNKNOWN);
    assert_int_equal(row(id).state, MESSAGE_UNKNOWN);
    assert_true(row(id).why[0] != '\0');
    assert_int_equal(settle(id, MESSAGE_SENT), ST_NONE);
}

/* ---- not allowed ---------------------------------------------------------------- */

static void test_marketing_needs_consent(void **state)
{
    int64_t id = put(MESSAGE_MARKETING);

    (void)state;
    assert_int_equal(row(id).state, MESSAGE_SKIPPED);
    assert_string_equal(row(id).why, "no_consent");
    assert_int_equal(jobs(), 0);
}

static void test_consent_gone_before_it_was_sent(void **state)
{
    struct message m;
    int64_t id;

    (void)state;
    assert_int_equal(marketing(2, true), ST_OK);
    id = put(MESSAGE_MARKETING);
    assert_int_equal(marketing(3, false), ST_OK);
    assert_int_equal(claim(id, &m), ST_NONE);
    assert_int_equal(row(id).state, MESSAGE_SKIPPED);
    assert_string_equal(row(id).why, "no_consent");
}

/* The shop blocked them while it waited for the morning. */
static void test_barred_before_it_was_sent(void **state)
{
    struct message m;
    int64_t id;

    (void)state;
    assert_int_equal(marketing(2, true), ST_OK);
    id = put(MESSAGE_MARKETING);
    assert_int_equal(
        db_exec(shop.db, NULL, "UPDATE customer SET barred_at = ?", DB_TIME(SHOP_NOW)),
        ST_OK);
    assert_int_equal(claim(id, &m), ST_NONE);
    assert_int_equal(row(id).state, MESSAGE_SKIPPED);
    assert_string_equal(row(id).why, "no_consent");
}

static void test_nothing_to_who_blocked_us(void **state)
{
    struct message m;
    int64_t before = put(MESSAGE_SERVICE);

    (void)state;
    assert_int_equal(customer_unreachable(shop.db, SHOP_NOW, ann.id, 0), ST_OK);
    assert_int_equal(claim(before, &m), ST_NONE);
    assert_int_equal(row(before).state, MESSAGE_SKIPPED);
    assert_int_equal(row(put(MESSAGE_RECEIPT)).state, MESSAGE_SKIPPED);
}

static void test_strangers_get_service_only(void **state)
{
    struct putting p = {spec(MESSAGE_SERVICE), 0};

    (void)state;
    p.spec.customer_id = 0;
    assert_int_equal(db_tx(shop.db, do_put, &p), ST_OK);
    assert_int_equal(row(p.id).state, MESSAGE_QUEUED);
    p.spec.purpose = MESSAGE_MARKETING;
    assert_int_equal(db_tx(shop.db, do_put, &p), ST_BAD);
}

static void test_bad_payloads(void **state)
{
    struct putting p = {spec(MESSAGE_SERVICE), 0};
    char *big = malloc(MESSAGE_PAYLOAD_MAX + 1);

    (void)state;
    assert_non_null(big);
    memset(big, 'a', MESSAGE_PAYLOAD_MAX + 1);
    big[0] = '"';
    big[MESSAGE_PAYLOAD_MAX] = '"';
    p.spec.payload = big;
    p.spec.payload_n = MESSAGE_PAYLOAD_MAX + 1;
    assert_int_equal(db_tx(shop.db, do_put, &p), ST_BAD);
    big[MESSAGE_PAYLOAD_MAX - 1] = '"';
    p.spec.payload_n = MESSAGE_PAYLOAD_MAX;
    assert_int_equal(db_tx(shop.db, do_put, &p), ST_OK);
    free(big);
    p.spec.payload = "{\"text\":";
    p.spec.payload_n = 8;
    assert_int_equal(db_tx(shop.db, do_put, &p), ST_BAD);
    p.spec.payload_n = 0;
    assert_int_equal(db_tx(shop.db, do_put, &p), ST_BAD);
    assert_int_equal(jobs(), 1);
}

static void test_cancelled_while_it_waits(void **state)
{
    int64_t id = put(MESSAGE_SERVICE), late = put(MESSAGE_SERVICE);
    struct message m;

    (void)state;
    assert_int_equal(message_cancel(shop.db, SHOP_NOW, id, "not wanted"), ST_OK);
    assert_int_equal(claim(id, &m), ST_NONE);
    assert_int_equal(m.state, MESSAGE_CANCELLED);
    assert_int_equal(claim(late, &m), ST_OK);
    assert_int_equal(message_cancel(shop.db, SHOP_NOW, late, "too late"), ST_NONE);
}

static void test_why_is_cut_between_letters(void **state)
{
    int64_t id = put(MESSAGE_SERVICE);
    char why[400];
    struct message m;

    (void)state;
    why[0] = 'x';
    for (int i = 0; i < 100; i++)
        memcpy(why + 1 + 2 * i, "я", 2);
    why[201] = '\0';
    assert_int_equal(claim(id, &m), ST_OK);
    assert_int_equal(message_settle(shop.db, SHOP_NOW,
                                    &(struct message_fate){
                                        .id = id, .to = MESSAGE_FAILED, .why = why}),
                     ST_OK);
    assert_int_equal(strlen(row(id).why), 119);
}

static atomic_int claimed, bad;

static void claim_race(struct db *db, int i, void *arg)
{
    struct message m;
    enum status st;

    (void)i;
    do {
        st = message_claim(db, SHOP_NOW, *(int64_t *)arg, &m);
        message_free(&m);
    } while (st == ST_AGAIN);
    if (st == ST_OK)
        claimed++;
    else if (st != ST_NONE)
        bad++;
}

static void test_marketing_is_claimed_once(void **state)
{
    int64_t id;

    (void)state;
    assert_int_equal(marketing(2, true), ST_OK);
    id = put(MESSAGE_MARKETING);
    claimed = bad = 0;
    shop_race_behind(&shop, "SELECT id FROM message FOR UPDATE", 16, claim_race, &id);
    assert_int_equal(bad, 0);
    assert_int_equal(claimed, 1);
    assert_int_equal(row(id).attempts, 1);
}

static void test_forgotten_when_final_and_old(void **state)
{
    int64_t sent = put(MESSAGE_SERVICE), waiting = put(MESSAGE_SERVICE);
    struct message m;
    int n;

    (void)state;
    assert_int_equal(claim(sent, &m), ST_OK);
    assert_int_equal(settle(sent, MESSAGE_SENT), ST_OK);
    assert_int_equal(message_forget(shop.db, SHOP_NOW, 10, &n), ST_OK);
    assert_int_equal(n, 0);
    assert_int_equal(message_forget(shop.db, SHOP_NOW + 1, 10, &n), ST_OK);
    assert_int_equal(n, 1);
    assert_int_equal(message_load(shop.db, sent, &m), ST_NONE);
    assert_int_equal(row(waiting).state, MESSAGE_QUEUED);
}

/* ---- the table ------------------------------------------------------------------ */

static void test_the_arrows(void **state)
{
    static const char *const drawn[] = {
        "queued>sending", "queued>skipped", "queued>cancelled", "sending>queued",
        "sending>sent",   "sending>failed", "sending>unknown"};
    int found = 0;

    (void)state;
    for (int f = 0; f <= MESSAGE_STATES; f++)
        for (int t = 0; t <= MESSAGE_STATES; t++) {
            char name[40];

            if (!message_may_move((enum message_state)f, (enum message_state)t))
                continue;
            snprintf(name, sizeof name, "%s>%s",
                     message_state_name((enum message_state)f),
                     message_state_name((enum message_state)t));
            assert_false(message_final((enum message_state)f));
            for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++)
                found += strcmp(drawn[i], name) == 0;
            found += 100;
        }
    assert_int_equal(found, 707);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, open_shop, close_shop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_put_claimed_sent),
        TEST(test_later_and_again),
        TEST(test_no_arrow_no_move),
        TEST(test_found_sending_a_receipt_goes_again),
        TEST(test_a_receipt_does_not_go_for_ever),
        TEST(test_found_sending_marketing_does_not),
        TEST(test_marketing_needs_consent),
        TEST(test_consent_gone_before_it_was_sent),
        TEST(test_barred_before_it_was_sent),
        TEST(test_nothing_to_who_blocked_us),
        TEST(test_strangers_get_service_only),
        TEST(test_bad_payloads),
        TEST(test_cancelled_while_it_waits),
        TEST(test_why_is_cut_between_letters),
        TEST(test_marketing_is_claimed_once),
        TEST(test_forgotten_when_final_and_old),
        TEST(test_the_arrows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
