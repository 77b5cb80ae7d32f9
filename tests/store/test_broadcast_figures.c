/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What came of it: clicks, discounts, the winner of a test, how far it is; and how much of
 * the tables is read to know. */
#include "tests/store/broadcast_shop.h"

#define CROWD 400

static int opened(void **state)
{
    (void)state;
    broadcast_shop_open();
    crowd(CROWD);
    return 0;
}

#define OFFER                                                                          \
    {                                                                                  \
        .percent_bp = 1500, .days = 10                                                 \
    }

/* ---- discounts -------------------------------------------------------------------- */

static enum status take_and_fail(struct db *db, void *arg)
{
    struct taking *t = arg;
    enum status st = recipients_claim(db, t->now, &t->c, t->customer, t->named);

    return st == ST_OK ? ST_BROKEN : st;
}

static void test_one_discount_for_each(void **state)
{
    int64_t id = begun(&(struct broadcast){.offer = OFFER}, 1), seen[50][2];
    struct recipients_look look = {
        .broadcast_id = id, .chain = -1, .room = 50, .out = seen};
    struct taking t = {.now = NOON,
                       .named = 50,
                       .c = {.broadcast_id = id,
                             .job = JOB("rolled-back-here"),
                             .chain = -1,
                             .tz = zone,
                             .room = 50,
                             .r = t.who}};
    struct broadcast_sums s;

    (void)state;
    assert_int_equal(recipients_next(shop.db, NOON, &look), ST_OK);
    for (int i = 0; i < 50; i++)
        t.customer[i] = seen[i][0];
    assert_int_equal(db_tx(shop.db, take_and_fail, &t), ST_BROKEN);
    assert_int_equal(sql("SELECT COUNT(*) FROM discount"), 0);
    assert_int_equal(db_tx(shop.db, take_work, &t), ST_OK);
    assert_int_equal(t.c.n, 50);
    assert_int_equal(t.who[0].percent_bp, 1500);
    assert_int_equal(t.who[0].until, NOON + 10 * DAY);
    assert_int_equal(strlen(t.who[0].code), 10);
    send_all(NOON, id);
    s = sums(id);
    assert_int_equal(s.issued, CROWD);
    assert_int_equal(sql("SELECT COUNT(DISTINCT customer_id) FROM discount WHERE"
                         " source = 4"),
                     CROWD);
    assert_int_equal(sql("SELECT COUNT(*) FROM broadcast_recipient r JOIN discount d"
                         " ON d.id = r.discount_id AND d.customer_id = r.customer_id"),
                     CROWD);
}

/* A message that is sent once more brings the discount they have. */
static void test_once_more_brings_the_same_discount(void **state)
{
    struct settling_call s = {.now = NOON, .job = "hand-of-the-test"};
    int64_t id = s.id = begun(&(struct broadcast){.offer = OFFER}, 1), first;
    struct taking t;

    (void)state;
    assert_int_equal(take(shop.db, NOON, id, s.job, &t, 1), ST_OK);
    first = t.who[0].discount_id;
    fates(&s, &t, RECIPIENT_UNKNOWN, WHY_LOST);
    assert_int_equal(settle(shop.db, &s), ST_OK);
    send_all(NOON, id);
    assert_int_equal(verb(id, VERB_FINISH), ST_OK);
    assert_int_equal(verb(id, VERB_RETRY), ST_OK);
    assert_int_equal(take(shop.db, NOON, id, s.job, &t, 1), ST_OK);
    assert_int_equal(t.who[0].discount_id, first);
    assert_int_equal(strlen(t.who[0].code), 10);
    assert_int_equal(sql("SELECT COUNT(*) FROM discount"), CROWD);
}

static void test_an_offer_that_is_over_is_not_sent(void **state)
{
    int64_t id = begun(
        &(struct broadcast){.offer = {.percent_bp = 500, .until = NOON + HOUR}}, 1);

    (void)state;
    assert_int_equal(send_all(NOON + HOUR, id), 0);
    assert_int_equal(sums(id).why[WHY_LATE], CROWD);
    assert_int_equal(sql("SELECT COUNT(*) FROM message"), 0);
}

/* ---- what they do ------------------------------------------------------------------- */

static enum status click(int64_t id, int64_t customer_id, int link)
{
    return link >= 0 ? broadcast_clicked(shop.db, NOON, id, customer_id, link)
                     : broadcast_left(shop.db, NOON, id, customer_id);
}

/* The nth of who got that variant. */
static int64_t nth_of(int64_t id, int variant, int nth)
{
    char text[300];

    snprintf(text, sizeof text,
             "SELECT customer_id FROM broadcast_recipient WHERE broadcast_id = %lld AND"
             " variant = %d AND state = 3 ORDER BY customer_id LIMIT 1 OFFSET %d",
             (long long)id, variant, nth);
    return sql(text);
}

static void test_clicks_are_people(void **state)
{
    int64_t id = begun(&(struct broadcast){.holdout_bp = 1000}, 2), ann, held;
    struct broadcast_sums one, two;

    (void)state;
    send_all(NOON, id);
    ann = nth_of(id, 1, 0);
    held = sql("SELECT MIN(customer_id) FROM broadcast_recipient WHERE state = 8");
    assert_int_equal(click(id, ann, 101), ST_OK);
    assert_int_equal(click(id, ann, 101), ST_OK);
    assert_int_equal(click(id, ann, 0), ST_OK);
    assert_int_equal(click(id, nth_of(id, 1, 1), 101), ST_OK);
    assert_int_equal(click(id, nth_of(id, 2, 0), -1), ST_OK);
    assert_int_equal(click(id, held, 101), ST_NONE);
    assert_int_equal(click(id, 999999, 101), ST_NONE);
    assert_int_equal(click(id + 1, ann, 101), ST_NONE);
    assert_int_equal(broadcast_sums(shop.db, id, 1, &one), ST_OK);
    assert_int_equal(broadcast_sums(shop.db, id, 2, &two), ST_OK);
    assert_int_equal(one.clicked, 2);
    assert_int_equal(one.left, 0);
    assert_int_equal(two.clicked, 0);
    assert_int_equal(two.left, 1);
    assert_int_equal(sums(id).clicked, 2);
    assert_int_equal(one.n[RECIPIENT_HOLDOUT], 0);
    assert_int_equal(one.n[RECIPIENT_SENT] + two.n[RECIPIENT_SENT],
                     sums(id).n[RECIPIENT_SENT]);
    assert_int_equal(sql("SELECT n FROM broadcast_click WHERE link = 101 ORDER BY"
                         " customer_id LIMIT 1"),
                     2);
}

static void redeem(int64_t id, int64_t customer_id, int64_t amount)
{
    static int receipt = 1000;
    char text[600];

    receipt++;
    snprintf(text, sizeof text,
             "INSERT INTO redemption (discount_id, customer_id, uses_allowed, use_no,"
             " op_key, staff_id, store_id, shift_id, receipt_no, amount,"
             " discount_amount, redeemed_at) SELECT id, customer_id, uses_allowed, 1,"
             " 'test:%d', %lld, %lld, %lld, %d, %lld, %lld, '2026-09-18 05:00:00' FROM"
             " discount WHERE issue_key = 'bc:%lld:%lld'",
             receipt, (long long)shop.cashier[0].id, (long long)shop.store[0],
             (long long)shop.shift[0].id, receipt, (long long)amount,
             (long long)(amount * 15 / 100), (long long)id, (long long)customer_id);
    shop_run(shop.db, text);
}

static void test_money_is_of_what_was_redeemed(void **state)
{
    int64_t id = begun(&(struct broadcast){.offer = OFFER}, 1);
    struct broadcast_sums s;

    (void)state;
    send_all(NOON, id);
    redeem(id, nth_of(id, 1, 0), 100000);
    redeem(id, nth_of(id, 1, 1), 20000);
    redeem(id, nth_of(id, 1, 2), 70000);
    shop_run(shop.db,
             "UPDATE redemption SET voided_at = '2026-09-18 06:00:00', voided_by"
             " = staff_id, void_reason = 1 WHERE amount = 70000");
    s = sums(id);
    assert_int_equal(s.redeemed, 2);
    assert_int_equal(s.off, 18000);
    assert_int_equal(s.revenue, 102000);
    /* Of another broadcast nothing. */
    id = begun(&(struct broadcast){.offer = OFFER, .purpose = MESSAGE_SERVICE}, 1);
    assert_int_equal(sums(id).issued + sums(id).redeemed, 0);
}

/* ---- the winner --------------------------------------------------------------------- */

static enum status check_work(struct db *db, void *arg)
{
    int64_t after = 0;

    return broadcast_check(db, *(int64_t *)arg, &after);
}

static int winner_at(int64_t id, int64_t now)
{
    struct broadcast b;

    assert_int_equal(db_tx(shop.db, check_work, &now), ST_OK);
    assert_int_equal(broadcast_load(shop.db, id, &b), ST_OK);
    return b.winner;
}

static struct broadcast test_of(enum broadcast_metric m)
{
    return (struct broadcast){
        .test_bp = 3000, .metric = m, .decide_at = NOON + 3 * HOUR, .offer = OFFER};
}

static void test_the_others_get_the_winner(void **state)
{
    struct broadcast b = test_of(METRIC_CLICKS);
    int64_t id = begun(&b, 3), tested, at = b.decide_at;

    (void)state;
    tested = send_all(NOON, id);
    assert_in_range(tested, 80, 160);
    assert_int_equal(sums(id).n[RECIPIENT_QUEUED], CROWD - tested);
    assert_int_equal(verb(id, VERB_FINISH), ST_NONE);
    for (int i = 0; i < 4; i++)
        assert_int_equal(click(id, nth_of(id, 3, i), 301), ST_OK);
    assert_int_equal(click(id, nth_of(id, 1, 0), 101), ST_OK);
    assert_int_equal(winner_at(id, at - 1), 0);
    assert_int_equal(send_all(at - 1, id), 0);
    /* Looked at before anybody has decided: they wait. */
    assert_int_equal(send_all(at, id), 0);
    assert_int_equal(winner_at(id, at), 3);
    assert_int_equal(click(id, nth_of(id, 1, 1), 101), ST_OK);
    assert_int_equal(winner_at(id, at + MINUTE), 3);
    assert_int_equal(send_all(at + MINUTE, id), CROWD - tested);
    assert_int_equal(sql("SELECT COUNT(*) FROM broadcast_recipient WHERE variant IS"
                         " NULL"),
                     0);
    assert_int_equal(sums(id).n[RECIPIENT_SENT], CROWD);
    assert_int_equal(verb(id, VERB_FINISH), ST_OK);
    assert_int_equal(sql("SELECT COUNT(*) FROM audit WHERE action ="
                         " 'broadcast.decide'"),
                     1);
}

/* Per message that arrived, not by heads. */
static void test_the_winner_is_the_better_rate(void **state)
{
    struct broadcast b = test_of(METRIC_REDEMPTIONS);
    int64_t id = begun(&b, 2), at = b.decide_at;

    (void)state;
    send_all(NOON, id);
    /* Of the first only three arrived, and two of them came; of the second three came. */
    run_of("UPDATE broadcast_count SET n = 3 WHERE broadcast_id = %lld AND variant = 1"
           " AND state = 3",
           id);
    for (int i = 0; i < 3; i++) {
        redeem(id, nth_of(id, 2, i), 10000);
        if (i < 2)
            redeem(id, nth_of(id, 1, i), 10000);
    }
    assert_int_equal(winner_at(id, at), 1);
}

static void test_of_equals_the_first(void **state)
{
    struct broadcast b = test_of(METRIC_CLICKS);
    int64_t id = begun(&b, 3), at = b.decide_at;

    (void)state;
    send_all(NOON, id);
    assert_int_equal(winner_at(id, at), 1); /* nobody pressed anything */
}

/* ---- how far ------------------------------------------------------------------------ */

static void test_progress(void **state)
{
    struct settling_call s = {.job = "hand-of-the-test"};
    int64_t id = s.id = begun(&(struct broadcast){0}, 1);
    struct broadcast_progress p;
    struct taking t;

    (void)state;
    assert_int_equal(broadcast_progress(shop.db, NOON, id, &p), ST_OK);
    assert_int_equal(p.all, CROWD);
    assert_int_equal(p.left, CROWD);
    assert_int_equal(p.eta_s, -1);
    for (int i = 0; i < 4; i++) { /* fifty each five seconds */
        s.now = NOON + i * 5 * SECOND;
        assert_int_equal(take(shop.db, s.now, id, s.job, &t, 50), ST_OK);
        fates(&s, &t, RECIPIENT_SENT, WHY_NONE);
        assert_int_equal(settle(shop.db, &s), ST_OK);
    }
    assert_int_equal(broadcast_progress(shop.db, s.now + 5 * SECOND, id, &p), ST_OK);
    assert_int_equal(p.done, 200);
    assert_in_range((int)(p.per_s * 10), 40, 110);
    assert_in_range(p.eta_s, 18, 51);
    assert_int_equal(broadcast_progress(shop.db, s.now + MINUTE, id, &p), ST_OK);
    assert_int_equal(p.eta_s, -1); /* it stands */
}

/* ---- looking ------------------------------------------------------------------------ */

static int rows_of(const struct recipient_filter *f)
{
    struct page p = {.sort = &recipient_sorts[0], .limit = 30};
    struct recipient_row row;
    int64_t last = 0;
    enum status st;
    int n = 0;

    do {
        st = recipient_search(shop.db, f, &p);
        while (st == ST_OK &&
               (st = recipient_search_next(shop.db, &p, &row)) == ST_OK) {
            assert_true(row.customer_id > last);
            last = row.customer_id;
            assert_string_equal(row.name, "Гость");
            n++;
        }
        assert_int_equal(st, ST_NONE);
        p.placed = true;
        p.place = p.last;
    } while (p.more);
    return n;
}

static void test_recipients_by_page(void **state)
{
    struct recipient_filter f = {.why = -1};
    struct page p = {.sort = &recipient_sorts[0], .limit = 1};
    struct recipient_row row;
    int64_t ann;

    (void)state;
    f.broadcast_id = begun(&(struct broadcast){0}, 2);
    send_all(NOON, f.broadcast_id);
    ann = nth_of(f.broadcast_id, 1, 0);
    assert_int_equal(click(f.broadcast_id, ann, 101), ST_OK);
    assert_int_equal(click(f.broadcast_id, ann, -1), ST_OK);
    assert_int_equal(rows_of(&f), CROWD);
    f.variant = 1;
    assert_in_range(rows_of(&f), CROWD / 3, 2 * CROWD / 3);
    assert_int_equal(recipient_search(shop.db, &f, &p), ST_OK);
    assert_int_equal(recipient_search_next(shop.db, &p, &row), ST_OK);
    assert_int_equal(row.customer_id, ann);
    assert_int_equal(row.state, RECIPIENT_SENT);
    assert_int_equal(row.clicked_at, NOON);
    assert_int_equal(row.left_at, NOON);
    f.states = 1U << RECIPIENT_SKIPPED | 1U << RECIPIENT_FAILED;
    assert_int_equal(rows_of(&f), 0);
}

static void test_broadcasts_by_page(void **state)
{
    const struct broadcast_filter all = {0}, drafts = {.states = 1U << BROADCAST_DRAFT},
                                  named = {.q = "осен"}, later = {.from = NOON + DAY};
    const struct broadcast_filter *const filters[] = {&all, &drafts, &named, &later};
    const int64_t want[] = {3, 2, 2, 0};
    struct broadcast b = {.name = "Весна"};
    int64_t total;

    (void)state;
    (void)draft(&b, 1);
    (void)draft(&(struct broadcast){0}, 1);
    (void)begun(&(struct broadcast){0}, 1);
    for (int i = 0; i < 4; i++)
        for (int s = 0; s < BROADCAST_SORTS; s++) {
            struct page p = {.sort = &broadcast_sorts[s], .limit = 10};
            int n = 0;

            assert_int_equal(broadcast_search(shop.db, filters[i], &p), ST_OK);
            while (broadcast_search_next(shop.db, &p, &b) == ST_OK)
                n++;
            assert_int_equal(n, want[i]);
            assert_int_equal(broadcast_total(shop.db, filters[i], &total), ST_OK);
            assert_int_equal(total, want[i]);
        }
}

#define T(name) cmocka_unit_test_setup_teardown(name, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_one_discount_for_each),
        T(test_once_more_brings_the_same_discount),
        T(test_an_offer_that_is_over_is_not_sent),
        T(test_clicks_are_people),
        T(test_money_is_of_what_was_redeemed),
        T(test_the_others_get_the_winner),
        T(test_the_winner_is_the_better_rate),
        T(test_of_equals_the_first),
        T(test_progress),
        T(test_recipients_by_page),
        T(test_broadcasts_by_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
