/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The states of a broadcast: each arrow and each that there is not, what was asked twice,
 * and a second person. */
#include "core/setting.h"
#include "tests/store/broadcast_shop.h"

static int opened(void **state)
{
    (void)state;
    broadcast_shop_open();
    crowd(30);
    return 0;
}

/* ---- the table -------------------------------------------------------------------- */

static const enum broadcast_state legal[][2] = {
    {BROADCAST_DRAFT, BROADCAST_SCHEDULED},
    {BROADCAST_DRAFT, BROADCAST_CANCELLED},
    {BROADCAST_SCHEDULED, BROADCAST_DRAFT},
    {BROADCAST_SCHEDULED, BROADCAST_SENDING},
    {BROADCAST_SCHEDULED, BROADCAST_CANCELLED},
    {BROADCAST_SCHEDULED, BROADCAST_MISSED},
    {BROADCAST_SENDING, BROADCAST_PAUSED},
    {BROADCAST_SENDING, BROADCAST_FINISHED},
    {BROADCAST_SENDING, BROADCAST_CANCELLED},
    {BROADCAST_PAUSED, BROADCAST_SENDING},
    {BROADCAST_PAUSED, BROADCAST_CANCELLED},
    {BROADCAST_FINISHED, BROADCAST_SENDING},
};

static void test_arrows_are_those_that_are_drawn(void **state)
{
    (void)state;
    for (int from = -1; from <= BROADCAST_STATES; from++)
        for (int to = -1; to <= BROADCAST_STATES; to++) {
            bool drawn = false;

            for (size_t i = 0; i < sizeof legal / sizeof *legal; i++)
                drawn |= (int)legal[i][0] == from && (int)legal[i][1] == to;
            assert_int_equal(broadcast_may_move((enum broadcast_state)from,
                                                (enum broadcast_state)to),
                             drawn);
        }
}

/* What each verb answers in each state, and where it leads. */
#define NO ST_TAKEN
static const struct {
    enum verb verb;
    enum status says[BROADCAST_STATES]; /* from DRAFT on */
    enum broadcast_state to;
} verbs[] = {
    {VERB_SCHEDULE, {0, ST_OK, ST_OK, NO, NO, NO, NO, NO}, BROADCAST_SCHEDULED},
    {VERB_WITHDRAW, {0, ST_OK, ST_OK, NO, NO, NO, NO, NO}, BROADCAST_DRAFT},
    {VERB_START, {0, ST_OK, ST_OK, ST_OK, NO, NO, NO, NO}, BROADCAST_SENDING},
    {VERB_PAUSE, {0, NO, NO, ST_OK, ST_OK, NO, NO, NO}, BROADCAST_PAUSED},
    {VERB_RESUME, {0, NO, NO, ST_OK, ST_OK, NO, NO, NO}, BROADCAST_SENDING},
    {VERB_CANCEL, {0, ST_OK, ST_OK, ST_OK, ST_OK, NO, ST_OK, NO}, BROADCAST_CANCELLED},
};

static int64_t one_in(enum broadcast_state s)
{
    int64_t id =
        s == BROADCAST_SENDING || s == BROADCAST_PAUSED || s == BROADCAST_FINISHED
            ? begun(&(struct broadcast){0}, 1)
            : draft(&(struct broadcast){0}, 1);

    if (s == BROADCAST_SCHEDULED || s == BROADCAST_MISSED)
        assert_int_equal(verb(id, VERB_SCHEDULE), ST_OK);
    if (s == BROADCAST_PAUSED)
        assert_int_equal(verb(id, VERB_PAUSE), ST_OK);
    if (s == BROADCAST_CANCELLED)
        assert_int_equal(verb(id, VERB_CANCEL), ST_OK);
    if (s == BROADCAST_MISSED)
        run_of("UPDATE broadcast SET state = 7 WHERE id = %lld", id);
    if (s == BROADCAST_FINISHED) {
        send_all(NOON, id);
        assert_int_equal(verb(id, VERB_FINISH), ST_OK);
    }
    assert_int_equal(state_of(id), s);
    return id;
}

static void test_each_verb_in_each_state(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        for (int s = BROADCAST_DRAFT; s < BROADCAST_STATES; s++) {
            int64_t id = one_in((enum broadcast_state)s);
            enum status st = verb(id, verbs[i].verb);

            if (st != verbs[i].says[s])
                fail_msg("verb %d in %s: %s", verbs[i].verb,
                         broadcast_state_name((enum broadcast_state)s),
                         status_name(st));
            assert_int_equal(state_of(id), st == ST_OK ? (int)verbs[i].to : s);
            counts_are_rows_of(shop.db, id);
        }
}

static void test_versions_and_strangers(void **state)
{
    struct verb_call c = {.now = NOON, .at = NOON + HOUR, .verb = VERB_SCHEDULE};
    int64_t id = draft(&(struct broadcast){0}, 1);

    (void)state;
    c.act = (struct broadcast_act){.id = id, .version = 77};
    assert_int_equal(db_tx(shop.db, verb_work, &c), ST_REFUSED);
    c.act.version = 1;
    assert_int_equal(db_tx(shop.db, verb_work, &c), ST_OK);
    c.act = (struct broadcast_act){.id = id + 1000};
    for (int v = 0; v < VERBS; v++) {
        c.verb = (enum verb)v;
        assert_int_equal(db_tx(shop.db, verb_work, &c), ST_NONE);
    }
}

static void test_times_that_will_not_do(void **state)
{
    struct verb_call c = {.now = NOON, .verb = VERB_SCHEDULE};
    int64_t id = draft(&(struct broadcast){.not_after = NOON + HOUR}, 1);

    (void)state;
    c.act.id = id;
    c.at = NOON - 1;
    assert_int_equal(db_tx(shop.db, verb_work, &c), ST_BAD);
    assert_string_equal(c.why, "past");
    c.at = NOON + HOUR;
    assert_int_equal(db_tx(shop.db, verb_work, &c), ST_BAD);
    assert_string_equal(c.why, "not_after");
    c.at = NOON + HOUR - 1;
    assert_int_equal(db_tx(shop.db, verb_work, &c), ST_OK);
    c.act.id = draft(&(struct broadcast){0}, 0);
    assert_int_equal(db_tx(shop.db, verb_work, &c), ST_BAD);
    assert_string_equal(c.why, "empty");
    c.act.id = draft(&(struct broadcast){.test_bp = 1000,
                                         .metric = METRIC_CLICKS,
                                         .decide_at = NOON + HOUR},
                     2);
    c.at = NOON + HOUR; /* nobody can have pressed anything by then */
    assert_int_equal(db_tx(shop.db, verb_work, &c), ST_BAD);
    assert_string_equal(c.why, "test");
    c.at--;
    assert_int_equal(db_tx(shop.db, verb_work, &c), ST_OK);
}

/* ---- a second person -------------------------------------------------------------- */

static void second_above(int n)
{
    char value[20];
    const char *why;

    snprintf(value, sizeof value, "%d", n);
    assert_int_equal(
        setting_set(shop.db, NOON,
                    &(struct setting_change){"broadcast_second_above", value, "test"},
                    &why),
        ST_OK);
}

static void test_many_want_a_second_person(void **state)
{
    struct verb_call c = {.now = NOON, .at = NOON + HOUR, .verb = VERB_START};

    (void)state;
    second_above(29);
    c.act.id = draft(&(struct broadcast){0}, 1);
    assert_int_equal(db_tx(shop.db, verb_work, &c), ST_BAD);
    assert_string_equal(c.why, "approval");
    c.verb = VERB_SCHEDULE;
    assert_int_equal(db_tx(shop.db, verb_work, &c), ST_BAD);
    c.verb = VERB_APPROVE;
    c.act.staff_id = shop.owner.id; /* who made it */
    assert_int_equal(db_tx(shop.db, verb_work, &c), ST_BAD);
    c.act.staff_id = 0;
    assert_int_equal(db_tx(shop.db, verb_work, &c), ST_BAD);
    c.act.staff_id = shop.manager.id;
    assert_int_equal(db_tx(shop.db, verb_work, &c), ST_OK);
    assert_int_equal(db_tx(shop.db, verb_work, &c), ST_OK);
    c.verb = VERB_START;
    assert_int_equal(db_tx(shop.db, verb_work, &c), ST_OK);
    second_above(30); /* as many as there are: not more */
    c.act.id = draft(&(struct broadcast){0}, 1);
    assert_int_equal(db_tx(shop.db, verb_work, &c), ST_OK);
}

struct changing {
    struct broadcast_draft d;
    int64_t id, version, staff_id;
    const char *why;
};

static enum status change_work(struct db *db, void *arg)
{
    struct changing *c = arg;

    return broadcast_change(db, NOON, c->staff_id, c->id, c->version, &c->d, &c->why);
}

/* Who changed it last approves of it no more than who made it. */
static void test_what_was_changed_is_not_approved(void **state)
{
    struct changing c = {.d.rule = EVERYBODY, .d.rule_n = strlen(EVERYBODY)};
    struct verb_call v = {.now = NOON, .verb = VERB_APPROVE};
    struct broadcast b;

    (void)state;
    c.id = v.act.id = draft(&(struct broadcast){0}, 1);
    v.act.staff_id = shop.manager.id;
    assert_int_equal(db_tx(shop.db, verb_work, &v), ST_OK);
    assert_int_equal(broadcast_load(shop.db, c.id, &c.d.b), ST_OK);
    c.version = c.d.b.version;
    c.staff_id = shop.manager.id;
    assert_int_equal(db_tx(shop.db, change_work, &c), ST_OK);
    assert_int_equal(broadcast_load(shop.db, c.id, &b), ST_OK);
    assert_int_equal(b.approved_by, 0);
    assert_int_equal(db_tx(shop.db, verb_work, &v), ST_BAD);
    v.act.staff_id = shop.owner.id; /* who made it, though not the last to change it */
    assert_int_equal(db_tx(shop.db, verb_work, &v), ST_BAD);
    assert_int_equal(db_tx(shop.db, change_work, &c), ST_REFUSED); /* an old version */
    assert_int_equal(verb(c.id, VERB_START), ST_OK);
    c.version = 0;
    assert_int_equal(db_tx(shop.db, change_work, &c), ST_TAKEN);
}

#define T(name) cmocka_unit_test_setup_teardown(name, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arrows_are_those_that_are_drawn),
        T(test_each_verb_in_each_state),
        T(test_versions_and_strangers),
        T(test_times_that_will_not_do),
        T(test_many_want_a_second_person),
        T(test_what_was_changed_is_not_approved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
