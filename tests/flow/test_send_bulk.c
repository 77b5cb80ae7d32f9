/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A broadcast waits in the send child for its pace, and never in all of its places: an
 * answer to a tap finds one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/io/queue.h"
#include "tests/harness/broadcast.h"
#include "tests/harness/sender.h"
#include "tests/harness/until.h"
#include "worker/send.h"

#define PEOPLE 200
#define AT_SEND ((struct queue_at){POOL_SEND, 0})
#define MOST (UNITS_MAX / 3 * 2)
#define WATCHED_MS 2000

/* What the child holds; the reconciler goes on bringing, as the scheduler has it. */
static int64_t held(void)
{
    struct census c;
    int64_t n;
    int brought;

    assert_int_equal(
        ledger_reconcile(yard.db, yard.queue, AT_SEND, clock_now(), &brought), ST_OK);
    assert_int_equal(queue_census(yard.queue, AT_SEND, &c), ST_OK);
    n = census_held(&c);
    census_free(&c);
    return n;
}

static bool is_full(void *unused)
{
    (void)unused;
    return held() == MOST;
}

static bool is_over(void *end)
{
    assert_true(held() <= MOST);
    return clock_mono_ms() >= *(int64_t *)end;
}

static void test_places_are_left(void **state)
{
    int64_t end, before, id;

    (void)state;
    botapi_tell(yard.api, "people/many", "from=5000000000&count=200&started=client");
    assert_int_equal(broadcast_fill(yard.db, clock_now(), PEOPLE), ST_OK);
    assert_true(until(is_full, NULL, SOON_MS));
    end = clock_mono_ms() + WATCHED_MS;
    assert_true(until(is_over, &end, SOON_MS));
    assert_int_equal(broadcast_sent(yard.db, &before), ST_OK);
    assert_true(before > 0 &&
                before < PEOPLE - UNITS_MAX); /* there was no lack of it */
    id = put_text("an answer", 0);
    assert_int_equal(message_ended(id).state, MESSAGE_SENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_places_are_left, yard_begin, yard_end),
    };

    return cmocka_run_group_tests(tests, yard_open, yard_close);
}
