/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The audience becomes rows: each customer once, with the reason of who gets nothing;
 * at the instant it was frozen; whoever dies in between. */
#include "tests/store/broadcast_shop.h"

#include "core/segment/segment.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int opened(void **state)
{
    (void)state;
    broadcast_shop_open();
    return 0;
}

static int64_t first_id(void)
{
    return sql("SELECT MIN(id) FROM customer WHERE status <> 3");
}

/* The n-th of the crowd is made so. */
static void make(int64_t nth, const char *set)
{
    char text[300];

    snprintf(text, sizeof text, "UPDATE customer SET %s WHERE id = %lld", set,
             (long long)(first_id() + nth));
    shop_run(shop.db, text);
}

static void why_not(void)
{
    crowd(20);
    make(0, "status = 2");
    make(1, "marketing_ok = 0");
    make(2, "marketing_ok = 0, pd_ok = 0");
    make(3, "barred_at = '2026-09-01'");
    make(4, "status = 3, external_id = NULL");
}

static void test_who_gets_nothing_has_a_reason(void **state)
{
    struct broadcast_sums s;

    (void)state;
    why_not();
    s = sums(begun(&(struct broadcast){0}, 1));
    assert_int_equal(s.n[RECIPIENT_QUEUED], 15);
    assert_int_equal(s.n[RECIPIENT_SKIPPED], 4); /* the erased are in no audience */
    assert_int_equal(s.why[WHY_BLOCKED], 1);
    assert_int_equal(s.why[WHY_NO_CONSENT], 1);
    assert_int_equal(s.why[WHY_WITHDRAWN], 1);
    assert_int_equal(s.why[WHY_BARRED], 1);
    /* What is no advertising needs no consent to it. */
    s = sums(begun(&(struct broadcast){.purpose = MESSAGE_SERVICE}, 1));
    assert_int_equal(s.n[RECIPIENT_QUEUED], 17);
    assert_int_equal(s.why[WHY_BLOCKED] + s.why[WHY_WITHDRAWN], 2);
}

static void test_the_estimate_says_what_comes(void **state)
{
    struct moment m = moment_make(NOON, zone, false);
    struct fill_estimate e;
    struct broadcast_sums s;
    int64_t id;

    (void)state;
    crowd(2000);
    make(0, "status = 2");
    make(1, "marketing_ok = 0");
    id = draft(&(struct broadcast){.holdout_bp = 1000, .rate_per_s = 10}, 2);
    /* One who has had enough, and one who asked for fewer. */
    for (int i = 0; i < 3; i++)
        shop_run(
            shop.db,
            "INSERT INTO message (state, sender, recipient, customer_id, purpose,"
            " on_unsure, payload, created_at, sent_at) SELECT 3, 1, external_id, id,"
            " 2, 2, '{}', '2026-09-17', '2026-09-17' FROM customer ORDER BY id LIMIT"
            " 1 OFFSET 2");
    assert_int_equal(fill_estimate(shop.db, &m, id, &e), ST_OK);
    assert_int_equal(e.skipped[WHY_CAP], 1);
    assert_int_equal(verb(id, VERB_START), ST_OK);
    fill_all(NOON, id);
    s = sums(id);
    assert_int_equal(e.all, 2000);
    assert_int_equal(e.would + e.holdout + 3, 2000);
    assert_int_equal(s.n[RECIPIENT_QUEUED] + s.n[RECIPIENT_HOLDOUT],
                     e.would + e.holdout + 1);
    assert_in_range(e.holdout, 140, 260);
    assert_int_equal(e.seconds, (e.would + 9) / 10);
    assert_int_equal(e.stars_x10, 0);
}

/* ---- lots --------------------------------------------------------------------------- */

static void test_lots_are_even_and_the_same(void **state)
{
    int64_t id, n[4];

    (void)state;
    crowd(6000);
    id = begun(&(struct broadcast){.holdout_bp = 1000}, 3);
    for (int v = 1; v <= 3; v++) {
        char text[120];

        snprintf(
            text, sizeof text,
            "SELECT COUNT(*) FROM broadcast_recipient WHERE state = 1 AND variant ="
            " %d",
            v);
        n[v] = sql(text);
        assert_in_range(n[v], 1600, 2000);
    }
    assert_in_range(sums(id).n[RECIPIENT_HOLDOUT], 500, 700);
    /* Who is held out of one is not therefore held out of the next. */
    (void)begun(&(struct broadcast){.holdout_bp = 1000}, 3);
    assert_in_range(
        sql("SELECT COUNT(*) FROM broadcast_recipient a JOIN"
            " broadcast_recipient b USING (customer_id) WHERE a.broadcast_id"
            " < b.broadcast_id AND a.state = 8 AND b.state = 8"),
        20, 110);
}

/* ---- a filler that dies ------------------------------------------------------------- */

static bool dies_at(const char *point, int64_t id)
{
    pid_t pid = fork();
    int status;

    assert_true(pid >= 0);
    if (pid == 0) {
        struct db *db = db_open(shop.cfg);

        setenv("DVORIK_CRASH", point, 1);
        unsetenv("DVORIK_CRASH_ONCE");
        (void)fill_once(db, NOON, id);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status);
}

static void test_a_filler_that_dies_is_gone_on_with(void **state)
{
    int64_t id;

    (void)state;
    crowd(2 * FILL_PAGE + 100);
    id = draft(&(struct broadcast){0}, 2);
    assert_int_equal(verb(id, VERB_START), ST_OK);
    assert_int_equal(fill_once(shop.db, NOON, id), ST_OK);
    if (dies_at("broadcast.page_written", id)) {
        assert_int_equal(sums(id).n[RECIPIENT_QUEUED], FILL_PAGE);
    }
    fill_all(NOON, id);
    assert_int_equal(sums(id).n[RECIPIENT_QUEUED], 2 * FILL_PAGE + 100);
    assert_int_equal(fill_once(shop.db, NOON, id),
                     ST_NONE); /* once more does nothing */
    assert_int_equal(sums(id).n[RECIPIENT_QUEUED], 2 * FILL_PAGE + 100);
}

static void filler(struct db *db, int i, void *arg)
{
    enum status st;

    (void)i;
    while ((st = fill_once(db, NOON, *(int64_t *)arg)) == ST_OK || st == ST_AGAIN)
        ;
    assert_int_equal(st, ST_NONE);
}

static void test_many_fillers_are_one(void **state)
{
    int64_t id;

    (void)state;
    crowd(FILL_PAGE + 1);
    id = draft(&(struct broadcast){0}, 2);
    assert_int_equal(verb(id, VERB_START), ST_OK);
    shop_race(&shop, 4, filler, &id);
    assert_int_equal(sums(id).n[RECIPIENT_QUEUED], FILL_PAGE + 1);
}

/* Paused in the middle it stands; who came after the start is in no audience of it. */
static void test_pause_stops_filling(void **state)
{
    int64_t id;

    (void)state;
    crowd(FILL_PAGE + 500);
    id = draft(&(struct broadcast){0}, 1);
    assert_int_equal(verb(id, VERB_START), ST_OK);
    assert_int_equal(fill_once(shop.db, NOON, id), ST_OK);
    assert_int_equal(verb(id, VERB_PAUSE), ST_OK);
    assert_int_equal(fill_once(shop.db, NOON, id), ST_NONE);
    assert_int_equal(sums(id).n[RECIPIENT_QUEUED], FILL_PAGE);
    (void)shop_customer(&shop, 9000000001, "Поздняя", "");
    assert_int_equal(verb(id, VERB_RESUME), ST_OK);
    fill_all(NOON, id);
    assert_int_equal(sums(id).n[RECIPIENT_QUEUED], FILL_PAGE + 500);
}

static void test_cancelled_in_slices(void **state)
{
    int64_t id;

    (void)state;
    crowd(1000 + 700);
    id = begun(&(struct broadcast){.holdout_bp = 100}, 2);
    assert_int_equal(verb(id, VERB_CANCEL), ST_OK);
    assert_int_equal(fill_once(shop.db, NOON, id), ST_OK);
    assert_int_equal(sums(id).n[RECIPIENT_CANCELLED], 1000);
    fill_all(NOON, id);
    assert_int_equal(sums(id).n[RECIPIENT_QUEUED], 0);
    assert_int_equal(sql("SELECT COUNT(*) FROM message"), 0);
}

/* ---- where it is night -------------------------------------------------------------- */

static void test_two_zones(void **state)
{
    const int64_t evening = SHOP_NOW + 10 * HOUR; /* 20:00 in Vladivostok */
    const int64_t night = SHOP_NOW + 12 * HOUR;   /* 22:00; in Moscow 15:00 */
    char text[200];
    int64_t id;

    (void)state;
    crowd(10);
    snprintf(text, sizeof text, "UPDATE store SET tz = 'Europe/Moscow' WHERE id = %lld",
             (long long)shop.store[1]);
    shop_run(shop.db, text);
    snprintf(text, sizeof text, "home_store_id = %lld", (long long)shop.store[1]);
    for (int i = 0; i < 4; i++)
        make(i, text);
    id = draft(&(struct broadcast){0}, 1);
    assert_int_equal(verb(id, VERB_START), ST_OK);
    fill_all(night, id);
    /* Those of Vladivostok wait for nine in the morning there, which is midnight UTC less
     * an hour. */
    assert_int_equal(sql("SELECT COUNT(*) FROM broadcast_recipient WHERE due = "
                         "'2026-09-18 23:00:00'"),
                     6);
    assert_int_equal(send_all(night, id), 4);
    assert_int_equal(send_all(SHOP_NOW + 23 * HOUR - 1, id), 0);
    assert_int_equal(send_all(SHOP_NOW + 23 * HOUR, id), 6);
    /* Filled in the evening, looked at in the night: asked once more. */
    id = draft(&(struct broadcast){0}, 1);
    assert_int_equal(verb(id, VERB_START), ST_OK);
    fill_all(evening, id);
    assert_int_equal(send_all(night, id), 4);
    assert_int_equal(sums(id).n[RECIPIENT_QUEUED], 6);
    assert_int_equal(send_all(SHOP_NOW + 23 * HOUR, id), 6);
}

/* ---- the instant it is frozen at ---------------------------------------------------- */

static int64_t of_rule(const char *rule, int64_t now)
{
    struct made m = {.now = now, .staff_id = shop.owner.id};
    const char *text = "{\"ru\":{\"text\":\"С праздником\"}}";

    snprintf(m.d.b.name, sizeof m.d.b.name, "Праздник");
    m.d.b.purpose = MESSAGE_MARKETING;
    m.d.rule = rule;
    m.d.rule_n = strlen(rule);
    variants[0] = (struct broadcast_variant){
        .no = 1, .weight = 1, .content = json_parse(text, strlen(text))};
    m.d.variants = variants;
    m.d.variants_n = 1;
    assert_int_equal(db_tx(shop.db, add_work, &m), ST_OK);
    broadcast_variants_free(variants, 1);
    assert_int_equal(verb_at(shop.db, now, m.id, VERB_START), ST_OK);
    return m.id;
}

#define BIRTHDAY(op) "{\"root\":{\"f\":\"birthday\",\"op\":" op "},\"v\":1}"
#define FEB28 1772236800000000LL /* 2026-02-28 00:00:00 UTC, 10:00 there */
#define DEC30 1798588800000000LL /* 2026-12-30 00:00:00 UTC */

static void test_leap_day_and_new_year(void **state)
{
    int64_t id;

    (void)state;
    crowd(5);
    make(0, "birth_date = '1996-02-29'");
    make(1, "birth_date = '1996-02-28'");
    make(2, "birth_date = '1990-01-02'");
    make(3, "birth_date = '1990-12-31'");
    make(4, "birth_date = '1990-01-20'");
    id = of_rule(BIRTHDAY("\"is_today\""), FEB28);
    fill_all(FEB28 + 3 * DAY, id); /* filled days later: it means the day it began */
    assert_int_equal(sums(id).n[RECIPIENT_QUEUED], 2);
    id = of_rule(BIRTHDAY("\"within_days\",\"v\":[0,7]"), DEC30);
    fill_all(DEC30 + 20 * DAY, id);
    assert_int_equal(sums(id).n[RECIPIENT_QUEUED], 2);
    assert_int_equal(sql_of("SELECT COUNT(*) FROM broadcast_recipient r JOIN customer c"
                            " ON c.id = r.customer_id WHERE r.broadcast_id = %lld"
                            " AND c.birth_md IN (102, 1231)",
                            id),
                     2);
}

/* What its segment came to mean later does not change it. */
static void test_the_rule_is_frozen(void **state)
{
    int64_t id, segment;

    (void)state;
    crowd(10);
    shop_run(shop.db, "INSERT INTO segment (name, kind, rule, hash, created_at,"
                      " updated_at) VALUES ('все', 1, '" EVERYBODY
                      "', REPEAT('h', 32), '2026-09-18', '2026-09-18')");
    segment = sql("SELECT MAX(id) FROM segment");
    id = draft(&(struct broadcast){.segment_id = segment}, 1);
    assert_int_equal(verb(id, VERB_START), ST_OK);
    shop_run(shop.db, "UPDATE segment SET rule ="
                      " '{\"root\":{\"ids\":[1]},\"v\":1}'");
    fill_all(NOON, id);
    assert_int_equal(sums(id).n[RECIPIENT_QUEUED], 10);
}

/* What a broadcast brought is a message like any other to the rules. */
static void test_who_had_one_is_asked_for(void **state)
{
    int64_t id;

    (void)state;
    crowd(10);
    id = begun(&(struct broadcast){.holdout_bp = 3000}, 1);
    send_all(NOON, id);
    assert_in_range(sums(id).n[RECIPIENT_HOLDOUT], 1, 9);
    id = of_rule("{\"root\":{\"not_received\":{\"purpose\":\"marketing\",\"last\":"
                 "\"P3D\"}},\"v\":1}",
                 NOON + DAY);
    fill_all(NOON + DAY, id);
    assert_int_equal(sql_of("SELECT COUNT(*) FROM broadcast_recipient a JOIN"
                            " broadcast_recipient b USING (customer_id) WHERE"
                            " a.broadcast_id = %lld AND b.broadcast_id < a.broadcast_id"
                            " AND b.state <> 8",
                            id),
                     0);
    assert_in_range(sums(id).n[RECIPIENT_QUEUED], 1, 9);
}

/* What its rule named is gone in the middle of it: it stands still and says so. */
static void test_an_audience_that_cannot_be_read_stops_it(void **state)
{
    struct broadcast b;
    int64_t id;

    (void)state;
    crowd(10);
    id = draft(&(struct broadcast){0}, 1);
    assert_int_equal(verb(id, VERB_START), ST_OK);
    run_of("UPDATE broadcast SET rule = '{\"root\":{\"gone\":[]},\"v\":1}' WHERE id = "
           "%lld",
           id);
    assert_int_equal(fill_once(shop.db, NOON, id), ST_NONE);
    assert_int_equal(broadcast_load(shop.db, id, &b), ST_OK);
    assert_int_equal(b.state, BROADCAST_PAUSED);
    assert_int_equal(b.paused_why, PAUSE_ERROR);
    assert_int_equal(b.filled_at, 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_who_gets_nothing_has_a_reason),
        T(test_the_estimate_says_what_comes),
        T(test_lots_are_even_and_the_same),
        T(test_a_filler_that_dies_is_gone_on_with),
        T(test_many_fillers_are_one),
        T(test_pause_stops_filling),
        T(test_cancelled_in_slices),
        T(test_two_zones),
        T(test_leap_day_and_new_year),
        T(test_the_rule_is_frozen),
        T(test_who_had_one_is_asked_for),
        T(test_an_audience_that_cannot_be_read_stops_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
