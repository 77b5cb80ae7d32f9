/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * From the list to the end: taken in hand, settled, lost; each at most once, and nobody
 * who does not want it any more. */
#include "core/setting.h"
#include "tests/harness/until.h"
#include "tests/store/broadcast_shop.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define CROWD 300

static int opened(void **state)
{
    (void)state;
    broadcast_shop_open();
    crowd(CROWD);
    return 0;
}

static int64_t messages(int64_t id)
{
    return sql_of("SELECT COUNT(*) FROM message WHERE root = 'bc:%lld'", id);
}

static void test_everybody_gets_one(void **state)
{
    int64_t id = begun(&(struct broadcast){0}, 2);

    (void)state;
    assert_int_equal(sums(id).n[RECIPIENT_QUEUED], CROWD);
    assert_int_equal(verb(id, VERB_FINISH), ST_NONE);
    assert_int_equal(send_all(NOON, id), CROWD);
    assert_int_equal(sums(id).n[RECIPIENT_SENT], CROWD);
    assert_int_equal(verb(id, VERB_FINISH), ST_OK);
    assert_int_equal(state_of(id), BROADCAST_FINISHED);
    assert_int_equal(sql_of("SELECT COUNT(*) FROM message WHERE root = 'bc:%lld'"
                            " AND state = 3 AND purpose = 2 AND on_unsure = 2"
                            " AND attempts = 1 AND sent_at = claimed_at",
                            id),
                     CROWD);
    assert_int_equal(sql_of("SELECT COUNT(*) FROM broadcast_recipient r JOIN message m"
                            " ON m.id = r.message_id AND m.customer_id = r.customer_id"
                            " AND m.external_id = r.external_id"
                            " WHERE r.broadcast_id = %lld",
                            id),
                     CROWD);
}

/* ---- between the list and the hand ------------------------------------------------- */

static void test_what_changed_meanwhile_is_asked_again(void **state)
{
    int64_t id = begun(&(struct broadcast){.not_after = NOON + 2 * HOUR}, 1);
    int64_t base = sql("SELECT MIN(id) FROM customer");
    static const char *const sets[] = {
        "marketing_ok = 0", "status = 2", "barred_at = '2026-09-18'",
        "marketing_ok = 0, pd_ok = 0",
        "marketing_ok = 0, status = 3, external_id = NULL"};
    static const enum recipient_why whys[] = {WHY_NO_CONSENT, WHY_BLOCKED, WHY_BARRED,
                                              WHY_WITHDRAWN, WHY_ERASED};
    struct broadcast_sums s;

    (void)state;
    for (int i = 0; i < 5; i++) {
        char text[200];

        snprintf(text, sizeof text, "UPDATE customer SET %s WHERE id = %lld", sets[i],
                 (long long)(base + i));
        shop_run(shop.db, text);
    }
    assert_int_equal(send_all(NOON, id), CROWD - 5);
    s = sums(id);
    for (int i = 0; i < 5; i++)
        assert_int_equal(s.why[whys[i]], 1);
    assert_int_equal(messages(id), CROWD - 5);
}

static void cap(const char *name, const char *value)
{
    const char *why;

    assert_int_equal(
        setting_set(shop.db, NOON, &(struct setting_change){name, value, "test"}, &why),
        ST_OK);
}

/* Two a week; who asked for fewer gets one a month. */
static void test_enough_is_enough(void **state)
{
    int64_t id;

    (void)state;
    cap("marketing_weekly_cap", "2");
    cap("marketing_rare_cap", "1");
    shop_run(shop.db, "UPDATE customer SET marketing_rare = 1 ORDER BY id LIMIT 100");
    assert_int_equal(send_all(NOON, begun(&(struct broadcast){0}, 1)), CROWD);
    assert_int_equal(send_all(NOON, begun(&(struct broadcast){0}, 1)), CROWD - 100);
    id = begun(&(struct broadcast){0}, 1);
    assert_int_equal(send_all(NOON, id), 0);
    assert_int_equal(sums(id).why[WHY_CAP], CROWD);
    /* What is no advertising is not counted, and has no cap. */
    id = begun(&(struct broadcast){.purpose = MESSAGE_SERVICE}, 1);
    assert_int_equal(send_all(NOON, id), CROWD);
    id = draft(&(struct broadcast){0}, 1);
    assert_int_equal(verb_at(shop.db, NOON + 8 * DAY, id, VERB_START), ST_OK);
    fill_all(NOON + 8 * DAY, id);
    assert_int_equal(send_all(NOON + 8 * DAY, id), CROWD - 100);
}

static void test_too_late_for_the_rest(void **state)
{
    int64_t id = begun(&(struct broadcast){.not_after = NOON + HOUR}, 1);
    struct taking t;

    (void)state;
    assert_int_equal(take(shop.db, NOON + HOUR - 1, id, "late-chunk-of-it", &t, 50),
                     ST_OK);
    assert_int_equal(t.c.n, 50);
    assert_int_equal(take(shop.db, NOON + HOUR, id, "late-chunk-of-it", &t, 50), ST_OK);
    assert_int_equal(t.c.n, 0);
    assert_int_equal(sums(id).why[WHY_LATE], 50);
    assert_int_equal(messages(id), 50);
}

/* ---- not accepted, and lost --------------------------------------------------------- */

static void test_not_accepted_is_tried_again(void **state)
{
    struct settling_call s = {.now = NOON, .job = "hand-of-the-test"};
    int64_t id = s.id = begun(&(struct broadcast){0}, 1);
    struct taking t;

    (void)state;
    for (int i = 1; i <= CHUNK_TRIES; i++) {
        assert_int_equal(take(shop.db, s.now, id, s.job, &t, 1), ST_OK);
        assert_int_equal(t.c.n, 1);
        assert_int_equal(t.who[0].attempts, i - 1);
        fates(&s, &t, RECIPIENT_QUEUED, WHY_NONE);
        s.fate[0].attempt = true;
        s.fate[0].due = s.now - HOUR; /* the first again: but never before now */
        assert_int_equal(settle(shop.db, &s), ST_OK);
        run_of("UPDATE broadcast_recipient SET due = '2026-09-01' WHERE state = 1"
               " AND attempts > 0 AND broadcast_id = %lld",
               id);
    }
    assert_int_equal(sums(id).why[WHY_TRIES], 1);
    assert_int_equal(messages(id), 1); /* always the same one */
    assert_int_equal(sql("SELECT attempts FROM message"), CHUNK_TRIES);
    assert_int_equal(sql("SELECT state FROM message"), MESSAGE_FAILED);
    assert_int_equal(send_all(NOON, id), CROWD - 1);
}

/* A freeze of the pace is nobody's fault. */
static void test_waiting_uses_nothing_up(void **state)
{
    struct settling_call s = {.now = NOON, .job = "hand-of-the-test"};
    int64_t id = s.id = begun(&(struct broadcast){0}, 1);
    struct taking t;

    (void)state;
    assert_int_equal(take(shop.db, NOON, id, s.job, &t, 100), ST_OK);
    fates(&s, &t, RECIPIENT_QUEUED, WHY_NONE);
    for (int i = 0; i < s.n; i++)
        s.fate[i].due = NOON + MINUTE;
    assert_int_equal(settle(shop.db, &s), ST_OK);
    assert_int_equal(sql("SELECT COALESCE(SUM(attempts), 0) FROM broadcast_recipient"),
                     0);
    assert_int_equal(sql("SELECT COUNT(why) FROM message"), 0);
    assert_int_equal(send_all(NOON, id), CROWD - 100);
    assert_int_equal(take(shop.db, NOON, id, s.job, &t, 100), ST_OK);
    assert_int_equal(t.c.next_due, NOON + MINUTE);
    assert_int_equal(send_all(NOON + MINUTE, id), 100);
    assert_int_equal(messages(id), CROWD);
}

static enum status lost_work(struct db *db, void *arg)
{
    int n;

    return recipients_lost(db, NOON + HOUR, *(int64_t *)arg, JOB("hand-of-the-test"),
                           &n);
}

static void test_the_lost_are_unknown_and_stay_so(void **state)
{
    struct settling_call s = {.now = NOON, .job = "hand-of-the-test"};
    int64_t id = s.id = begun(&(struct broadcast){0}, 1);
    struct taking t;

    (void)state;
    assert_int_equal(take(shop.db, NOON, id, s.job, &t, 50), ST_OK);
    assert_int_equal(db_tx(shop.db, lost_work, &id), ST_OK);
    assert_int_equal(sums(id).n[RECIPIENT_UNKNOWN], 50);
    assert_int_equal(sql("SELECT COUNT(*) FROM message WHERE state = 6"), 50);
    assert_int_equal(sql("SELECT COUNT(*) FROM stat_late WHERE at = '2026-09-18"
                         " 02:00:00'"),
                     1);                     /* that day's figures are counted anew */
    fates(&s, &t, RECIPIENT_SENT, WHY_NONE); /* an answer after all: too late */
    assert_int_equal(settle(shop.db, &s), ST_OK);
    assert_int_equal(sums(id).n[RECIPIENT_UNKNOWN], 50);
    assert_int_equal(send_all(NOON, id), CROWD - 50);
    assert_int_equal(verb(id, VERB_RETRY), ST_TAKEN); /* it is under way */
    assert_int_equal(verb(id, VERB_FINISH), ST_OK);
    assert_int_equal(verb(id, VERB_RETRY), ST_OK); /* somebody wants it so */
    assert_int_equal(state_of(id), BROADCAST_SENDING);
    assert_int_equal(send_all(NOON, id), 50);
    assert_int_equal(verb(id, VERB_FINISH), ST_OK);
    assert_int_equal(messages(id), CROWD + 50);
    assert_int_equal(sql("SELECT COUNT(*) FROM message WHERE state = 6"), 50);
}

/* ---- two at the same -------------------------------------------------------------- */

struct rivals {
    int64_t id;
    int64_t customer[CHUNK_MAX];
    int won[4];
};

static char rival_job[4][17];

/* Those named are what this one takes, too. */
static struct taking *rival_new(const struct rivals *r, int i)
{
    struct taking *t = calloc(1, sizeof *t);

    assert_non_null(t);
    snprintf(rival_job[i], sizeof rival_job[i], "rival-number-%03d", i);
    t->now = NOON;
    t->named = 100;
    memcpy(t->customer, r->customer, sizeof t->customer);
    t->c = (struct chunk){.broadcast_id = r->id,
                          .job = JOB(rival_job[i]),
                          .chain = -1,
                          .tz = zone,
                          .room = CHUNK_MAX,
                          .r = t->who};
    return t;
}

static void rival(struct db *db, int i, void *arg)
{
    struct rivals *r = arg;
    struct taking *t = rival_new(r, i);

    assert_int_equal(db_tx(db, take_work, t), ST_OK);
    r->won[i] = t->c.n;
    free(t);
}

static void test_nobody_is_in_two_hands(void **state)
{
    struct rivals r = {.id = begun(&(struct broadcast){0}, 1)};
    int64_t seen[CHUNK_MAX][2];
    struct recipients_look look = {
        .broadcast_id = r.id, .chain = -1, .room = 100, .out = seen};

    (void)state;
    assert_int_equal(recipients_next(shop.db, NOON, &look), ST_OK);
    for (int i = 0; i < 100; i++)
        r.customer[i] = seen[i][0];
    shop_race(&shop, 4, rival, &r);
    assert_int_equal(r.won[0] + r.won[1] + r.won[2] + r.won[3], 100);
    assert_int_equal(sums(r.id).n[RECIPIENT_SENDING], 100);
    assert_int_equal(messages(r.id), 100);
}

/* Two broadcasts name the same people; neither commits before the other has chosen, if
 * it can. */
struct duel {
    struct rivals side[2];
    atomic_int chosen;
};

static bool both_have_chosen(void *arg)
{
    return atomic_load((atomic_int *)arg) >= 2;
}

struct duellist {
    struct duel *duel;
    struct taking *t;
};

static enum status duel_work(struct db *db, void *arg)
{
    struct duellist *d = arg;
    enum status st = take_work(db, d->t);

    if (st == ST_OK) {
        atomic_fetch_add(&d->duel->chosen, 1);
        (void)until(both_have_chosen, &d->duel->chosen, 700);
    }
    return st;
}

static void duellist(struct db *db, int i, void *arg)
{
    struct duel *duel = arg;
    struct duellist d = {duel, rival_new(&duel->side[i], i)};

    assert_int_equal(db_tx(db, duel_work, &d), ST_OK);
    duel->side[i].won[0] = d.t->c.n;
    free(d.t);
}

static void test_two_broadcasts_share_one_cap(void **state)
{
    struct duel duel = {.side = {{.id = begun(&(struct broadcast){0}, 1)},
                                 {.id = begun(&(struct broadcast){0}, 1)}}};
    int64_t seen[CHUNK_MAX][2];
    struct recipients_look look = {
        .broadcast_id = duel.side[0].id, .chain = -1, .room = 100, .out = seen};

    (void)state;
    cap("marketing_weekly_cap", "1");
    assert_int_equal(recipients_next(shop.db, NOON, &look), ST_OK);
    for (int i = 0; i < 100; i++)
        duel.side[0].customer[i] = duel.side[1].customer[i] = seen[i][0];
    shop_race(&shop, 2, duellist, &duel);
    assert_int_equal(duel.side[0].won[0] + duel.side[1].won[0], 100);
    assert_int_equal(sql("SELECT COUNT(*) FROM message"), 100);
    assert_int_equal(
        sums(duel.side[0].id).why[WHY_CAP] + sums(duel.side[1].id).why[WHY_CAP], 100);
}

/* Somebody is being erased while they are taken in hand, even of a broadcast without a
 * cap: their chat is not written down behind that. */
static enum status erase_work(struct db *db, void *arg)
{
    struct duel *duel = arg;
    enum status st = db_exec(db, NULL,
                             "UPDATE customer SET marketing_ok = 0, status = 3,"
                             " external_id = NULL WHERE id = ?",
                             DB_INT(duel->side[0].customer[0]));

    atomic_store(&duel->chosen, 1);
    (void)until(both_have_chosen, &duel->chosen, 700);
    return st;
}

static bool one_has_chosen(void *arg)
{
    return atomic_load((atomic_int *)arg) >= 1;
}

static void eraser_and_taker(struct db *db, int i, void *arg)
{
    struct duel *duel = arg;
    struct taking *t;

    if (i == 0) {
        assert_int_equal(db_tx(db, erase_work, duel), ST_OK);
        return;
    }
    t = rival_new(&duel->side[0], i);
    assert_true(until(one_has_chosen, &duel->chosen, 5000));
    assert_int_equal(db_tx(db, take_work, t), ST_OK);
    atomic_fetch_add(&duel->chosen, 1);
    duel->side[0].won[0] = t->c.n;
    free(t);
}

static void test_who_is_being_erased_is_waited_for(void **state)
{
    struct duel duel = {
        .side = {{.id = begun(&(struct broadcast){.purpose = MESSAGE_SERVICE}, 1)}}};
    int64_t seen[CHUNK_MAX][2];
    struct recipients_look look = {
        .broadcast_id = duel.side[0].id, .chain = -1, .room = 100, .out = seen};

    (void)state;
    assert_int_equal(recipients_next(shop.db, NOON, &look), ST_OK);
    for (int i = 0; i < 100; i++)
        duel.side[0].customer[i] = seen[i][0];
    shop_race(&shop, 2, eraser_and_taker, &duel);
    assert_int_equal(duel.side[0].won[0], 99);
    assert_int_equal(sums(duel.side[0].id).why[WHY_ERASED], 1);
    assert_int_equal(messages(duel.side[0].id), 99);
}

/* Each customer belongs to one chain. */
static void test_chains_share_nobody(void **state)
{
    int64_t id = begun(&(struct broadcast){0}, 1), sum = 0;
    static int64_t seen[2 * CROWD][2];
    struct recipients_look look = {.broadcast_id = id, .room = 2 * CROWD, .out = seen};

    (void)state;
    for (look.chain = 0; look.chain < BROADCAST_CHAINS; look.chain++) {
        assert_int_equal(recipients_next(shop.db, NOON, &look), ST_OK);
        assert_in_range(look.n, CROWD / 8, CROWD / 2);
        sum += look.n;
    }
    assert_int_equal(sum, CROWD);
}

/* ---- killed ----------------------------------------------------------------------- */

static bool dies_at(const char *point, int64_t id, const struct taking *in_hand)
{
    pid_t pid = fork();
    int status;

    assert_true(pid >= 0);
    if (pid == 0) {
        struct settling_call s = {.now = NOON, .id = id, .job = "hand-of-the-test"};
        struct db *db = db_open(shop.cfg);
        struct taking t;

        setenv("DVORIK_CRASH", point, 1);
        unsetenv("DVORIK_CRASH_ONCE");
        if (in_hand == NULL)
            (void)take(db, NOON, id, s.job, &t, 100);
        else {
            fates(&s, in_hand, RECIPIENT_SENT, WHY_NONE);
            (void)settle(db, &s);
        }
        (void)verb_at(db, NOON, id, VERB_RETRY);
        (void)verb_at(db, NOON, id, VERB_START);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status);
}

static void test_killed_anywhere_it_is_all_or_nothing(void **state)
{
    static const char *const points[] = {"broadcast.messages_put", "broadcast.claimed"};
    int64_t id = begun(&(struct broadcast){.offer = {.percent_bp = 500, .days = 5}}, 1);
    struct taking t;

    (void)state;
    for (int i = 0; i < 2; i++)
        if (dies_at(points[i], id, NULL)) {
            assert_int_equal(sums(id).n[RECIPIENT_QUEUED], CROWD);
            assert_int_equal(messages(id), 0);
            assert_int_equal(sums(id).issued, 0);
        }
    assert_int_equal(take(shop.db, NOON, id, "hand-of-the-test", &t, 100), ST_OK);
    if (dies_at("broadcast.settling", id, &t))
        assert_int_equal(sums(id).n[RECIPIENT_SENDING], 100);
    assert_int_equal(db_tx(shop.db, lost_work, &id), ST_OK);
    assert_int_equal(verb(id, VERB_PAUSE), ST_OK);
    if (dies_at("broadcast.retrying", id, NULL))
        assert_int_equal(sums(id).n[RECIPIENT_UNKNOWN], 100);
    assert_int_equal(sums(id).issued, 100);
}

static void test_killed_at_the_start_it_has_not_begun(void **state)
{
    int64_t id = draft(&(struct broadcast){0}, 1);

    (void)state;
    if (dies_at("broadcast.begun", id, NULL))
        assert_int_equal(state_of(id), BROADCAST_DRAFT);
}

#define T(name) cmocka_unit_test_setup_teardown(name, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_everybody_gets_one),
        T(test_what_changed_meanwhile_is_asked_again),
        T(test_enough_is_enough),
        T(test_too_late_for_the_rest),
        T(test_not_accepted_is_tried_again),
        T(test_waiting_uses_nothing_up),
        T(test_the_lost_are_unknown_and_stay_so),
        T(test_nobody_is_in_two_hands),
        T(test_two_broadcasts_share_one_cap),
        T(test_who_is_being_erased_is_waited_for),
        T(test_chains_share_nobody),
        T(test_killed_anywhere_it_is_all_or_nothing),
        T(test_killed_at_the_start_it_has_not_begun),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
