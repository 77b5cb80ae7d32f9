/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Before a request leaves: is the job still ours? A send child that was stopped for longer
 * than its lease, and reaped, sends nothing more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/queue_yard.h"
#include "worker/send.h"

struct desk {
    struct yard *yard;
    struct child child;
    struct send send;
    struct unit unit;
};

static int open_desk(void **state)
{
    struct desk *d = calloc(1, sizeof *d);

    open_yard((void **)&d->yard);
    d->child = (struct child){.cfg = d->yard->cfg, .slot = board_new()};
    d->child.slot->at = AT_SEND;
    snprintf(d->child.slot->wid, QUEUE_WID_MAX, "%s", d->yard->wid[0]);
    d->send =
        (struct send){.child = &d->child, .queue = d->yard->queue, .loop = loop_new()};
    d->unit = (struct unit){.send = &d->send, .place = UNIT_WAITING};
    assert_int_equal(put(d->yard, KIND_SEND_MESSAGE, 42, 1), ST_OK);
    assert_int_equal(lease(d->yard, POOL_SEND, 0, 1), 1);
    *state = d;
    return 0;
}

static int close_desk(void **state)
{
    struct desk *d = *state;

    loop_cancel(&d->unit.timer);
    loop_free(d->send.loop);
    close_yard((void **)&d->yard);
    free(d);
    return 0;
}

static void never(struct unit *u)
{
    (void)u;
    fail_msg("it is not tried again here");
}

static void stopped_for(struct desk *d, int64_t ms)
{
    d->child.slot->lease_ms = clock_mono_ms() - ms;
}

static void who_has_its_lease_sends(void **state)
{
    struct desk *d = *state;

    stopped_for(d, 0);
    assert_true(unit_fresh(&d->unit, never));
    stopped_for(d, 2 * QUEUE_LEASE_MS); /* and nobody came: it is renewed */
    assert_true(unit_fresh(&d->unit, never));
    assert_true(clock_mono_ms() - d->child.slot->lease_ms < QUEUE_LEASE_MS);
}

static void a_zombie_does_not(void **state)
{
    struct desk *d = *state;
    int moved;

    stopped_for(d, 2 * QUEUE_LEASE_MS);
    assert_int_equal(
        queue_reap(d->yard->queue, AT_SEND, d->yard->wid[0], true, NULL, &moved),
        ST_OK);
    assert_false(unit_fresh(&d->unit, never));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_has_its_lease_sends),
        TEST(a_zombie_does_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
