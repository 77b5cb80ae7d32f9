/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A message to be tried again much later waits in its row, parked: it is not lost, and
 * nobody counts it as such. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/sender.h"
#include "tests/harness/until.h"

#include <stdio.h>

#define TRIED 15 /* so often: the next wait is up to ten minutes */
#define AT_SEND ((struct queue_at){POOL_SEND, 0})

static void reconcile(void)
{
    int n;

    assert_int_equal(ledger_reconcile(yard.db, yard.queue, AT_SEND, clock_now(), &n),
                     ST_OK);
}

static bool tried_again(void *arg)
{
    (void)arg;
    reconcile();
    return number("SELECT COUNT(*) FROM job_open WHERE attempts = 15") == 0;
}

/* A message that has failed so often already. */
static int64_t put_old(void)
{
    char payload[160];
    int64_t id;

    snprintf(
        payload, sizeof payload,
        "{\"method\":\"sendMessage\",\"params\":{\"chat_id\":%lld,\"text\":\"x\"}}",
        (long long)yard.chat);
    id = put_message((struct message_spec){.due = clock_now() + HOUR}, payload);
    assert_int_equal(db_exec(yard.db, NULL,
                             "UPDATE job_open SET attempts = ?, run_at = ?",
                             DB_INT(TRIED), DB_TIME(clock_now() - SECOND)),
                     ST_OK);
    return id;
}

static int64_t reconciled(void)
{
    struct census c;
    int64_t n;

    assert_int_equal(queue_census(yard.queue, AT_SEND, &c), ST_OK);
    n = census_count(&c, "reconciled");
    census_free(&c);
    return n;
}

/* Of a hundred waits one is short enough to be waited out in the child: then anew. */
static void test_a_long_wait_is_waited_in_the_row(void **state)
{
    int64_t id = 0, parked = 0;

    (void)state;
    for (int i = 0; i < 4 && parked == 0; i++) {
        fault("kind=500&count=1");
        id = put_old();
        assert_true(until(tried_again, NULL, SOON_MS));
        parked =
            number("SELECT COUNT(*) FROM job_open WHERE parked = 1 AND attempts = 16"
                   " AND run_at > UTC_TIMESTAMP(6)");
        if (parked == 0)
            message_ended(id);
    }
    assert_int_equal(parked, 1);
    assert_int_equal(message_now(id).state, MESSAGE_QUEUED);
    assert_int_equal(db_exec(yard.db, NULL, "UPDATE job_open SET run_at = ?",
                             DB_TIME(clock_now() - MINUTE)),
                     ST_OK);
    assert_int_equal(message_ended(id).state, MESSAGE_SENT);
    assert_int_equal(reconciled(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_long_wait_is_waited_in_the_row,
                                        yard_begin, yard_end),
    };

    return cmocka_run_group_tests_name("send: retry", tests, yard_open, yard_close);
}
