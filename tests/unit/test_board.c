/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "worker/board.h"
#include "worker/child.h"
#include "worker/kinds.h"

#include <string.h>

static struct job_result some(uint8_t mark, enum job_outcome o)
{
    struct job_result r = {.outcome = o, .wait_ms = mark};

    memset(r.id, mark, sizeof r.id);
    return r;
}

static void results_come_back_as_they_were(void **state)
{
    struct board_slot *s = board_new();
    struct job_result in = some(7, JOB_RETRY), out[BOARD_RESULTS];

    (void)state;
    assert_non_null(s);
    assert_int_equal(board_results(s, out), 0);
    board_add(s, &in);
    assert_int_equal(board_results(s, out), 1);
    assert_memory_equal(&out[0], &in, sizeof in);
    board_clear(s);
    assert_int_equal(board_results(s, out), 0);
}

/* A child killed in the middle of writing, or one that scribbles over the board. */
static void a_damaged_result_is_left_out(void **state)
{
    struct board_slot *s = board_new();
    struct job_result in = some(7, JOB_DONE), out[BOARD_RESULTS];

    (void)state;
    for (int i = 0; i < 3; i++)
        board_add(s, &in);
    s->results[1].result.id[3] ^= 1;
    assert_int_equal(board_results(s, out), 2);
    s->n_results = 4000000000u; /* zeros behind the three are no results */
    assert_int_equal(board_results(s, out), 2);
}

static void an_outcome_nobody_knows_is_left_out(void **state)
{
    struct board_slot *s = board_new();
    struct job_result in = some(7, JOB_BURY + 1), out[BOARD_RESULTS];

    (void)state;
    board_add(s, &in);
    assert_int_equal(board_results(s, out), 0);
}

static void a_full_board_takes_no_more(void **state)
{
    struct board_slot *s = board_new();
    struct job_result in = some(1, JOB_DONE), out[BOARD_RESULTS];

    (void)state;
    for (int i = 0; i < BOARD_RESULTS + 5; i++)
        board_add(s, &in);
    assert_int_equal(board_results(s, out), BOARD_RESULTS);
}

static struct ledger_proof proof_of(uint8_t mark)
{
    struct ledger_proof p = {.kind = KIND_BOT_UPDATE};

    memset(p.id, mark, sizeof p.id);
    return p;
}

/* Of what was being committed only that is asked of which no result tells. */
static void a_commit_is_told_until_its_results_are_there(void **state)
{
    struct board_slot *s = board_new();
    const struct ledger_proof three[] = {proof_of(1), proof_of(2), proof_of(3)};
    struct job_result two = some(2, JOB_DONE);
    struct job next = {.kind = KIND_BOT_UPDATE};
    struct ledger_proof out[BOARD_COMMIT];

    (void)state;
    assert_int_equal(board_committing(s, out), 0);
    board_commit(s, three, 3);
    assert_int_equal(board_committing(s, out), 3);
    board_add(s, &two);
    assert_int_equal(board_committing(s, out), 2);
    assert_memory_equal(out[1].id, three[2].id, 16);
    board_begin(s, &next, 1000); /* all of them were told */
    assert_int_equal(board_committing(s, out), 0);
    board_commit(s, three, 3);
    board_clear(s);
    assert_int_equal(board_committing(s, out), 0);
    s->n_commit = 4000000000u; /* a child that scribbles */
    assert_in_range(board_committing(s, out), 0, BOARD_COMMIT);
}

/* Only the job that is meant hears it, whoever is quicker. */
static void a_wish_reaches_the_job_it_is_for_and_no_other(void **state)
{
    struct board_slot *s = board_new();
    struct job a = {.kind = KIND_BOT_UPDATE, .root = "u:client:1"}, b = a;

    (void)state;
    memset(a.id, 1, sizeof a.id);
    memset(b.id, 2, sizeof b.id);
    assert_int_equal(board_stop(s), BOARD_GO_ON);
    assert_false(board_ask(s, a.id, BOARD_LATE)); /* nothing runs */
    board_begin(s, &a, 1000);
    assert_string_equal(s->current.root, "u:client:1");
    assert_false(board_ask(s, b.id, BOARD_CANCELLED));
    assert_int_equal(board_stop(s), BOARD_GO_ON);
    assert_true(board_ask(s, a.id, BOARD_LATE));
    assert_int_equal(board_stop(s), BOARD_LATE);
    assert_true(board_ask(s, a.id, BOARD_CANCELLED)); /* a person's word weighs more */
    assert_int_equal(board_stop(s), BOARD_CANCELLED);
    board_end(s);
    assert_false(board_ask(s, a.id, BOARD_LATE));
    board_begin(s, &b, 1000);
    assert_int_equal(board_stop(s), BOARD_GO_ON);
    board_end(s);
    board_begin(s, &a, 1000); /* once more: what was said to its first run is past */
    assert_int_equal(board_stop(s), BOARD_GO_ON);
}

static void backoff_grows_to_its_cap_and_no_further(void **state)
{
    int64_t most = 0;

    (void)state;
    for (int attempts = 0; attempts < 70; attempts++)
        for (int i = 0; i < 50; i++) {
            int64_t ms = backoff_ms(attempts, 500, 30000);

            assert_in_range(ms, 1, 30000);
            if (attempts == 0)
                assert_in_range(ms, 1, 500);
            most = ms > most ? ms : most;
        }
    assert_true(most > 20000);
}

static void each_logic_kind_has_a_step_and_each_name_is_found(void **state)
{
    (void)state;
    assert_null(kind_without_step());
    for (int k = KIND_UNKNOWN + 1; k < KIND_COUNT; k++) {
        const struct kind_policy *p = kind_policy(k);

        assert_int_equal(kind_find(p->name, strlen(p->name)), k);
        if (p->alias != NULL)
            assert_int_equal(kind_find(p->alias, strlen(p->alias)), k);
        assert_true(p->tries > 0 && p->timeout_s > 0 && p->class != 0 && p->pool != 0 &&
                    p->lane != 0);
        assert_true((kind_step(k) != NULL) == (p->pool == POOL_LOGIC));
    }
    assert_int_equal(kind_find("no.such_kind", 12), KIND_UNKNOWN);
    assert_null(kind_step((enum kind)9999));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_come_back_as_they_were),
        cmocka_unit_test(a_damaged_result_is_left_out),
        cmocka_unit_test(an_outcome_nobody_knows_is_left_out),
        cmocka_unit_test(a_full_board_takes_no_more),
        cmocka_unit_test(a_commit_is_told_until_its_results_are_there),
        cmocka_unit_test(a_wish_reaches_the_job_it_is_for_and_no_other),
        cmocka_unit_test(backoff_grows_to_its_cap_and_no_further),
        cmocka_unit_test(each_logic_kind_has_a_step_and_each_name_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
