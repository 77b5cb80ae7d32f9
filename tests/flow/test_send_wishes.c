/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What the send child does not begin: a paused kind, a paused bot, a paused lane, and what
 * is too late. */
#include "core/base/clock.h"
#include "core/io/telegram_address.h"
#include "tests/harness/sender.h"
#include "tests/harness/until.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool is_parked(void *unused)
{
    (void)unused;
    return number("SELECT COUNT(*) FROM job_open WHERE parked <> 0") == 1;
}

/* It is put off, whatever says so, and sent once when the pause is over. */
static void put_off_and_sent_later(struct pauses p)
{
    int64_t id;

    sender_pauses(p);
    id = put_text("Привет", 0);
    assert_true(until(is_parked, NULL, SOON_MS));
    assert_count("sendMessage", 0, 0);
    assert_int_equal(message_now(id).state, MESSAGE_QUEUED);
    sender_pauses((struct pauses){0});
    assert_int_equal(message_ended(id).state, MESSAGE_SENT);
    assert_count("sendMessage", 1, 1);
}

static void test_a_paused_kind(void **state)
{
    (void)state;
    put_off_and_sent_later((struct pauses){.kinds = UINT64_C(1) << KIND_SEND_MESSAGE});
}

static void test_a_paused_bot(void **state)
{
    (void)state;
    put_off_and_sent_later((struct pauses){.bots = 1u << TG_CLIENT});
}

static void test_the_other_bot_goes_on(void **state)
{
    (void)state;
    sender_pauses((struct pauses){.bots = 1u << TG_AUTH});
    assert_int_equal(message_ended(put_text("Привет", 0)).state, MESSAGE_SENT);
    assert_count("sendMessage", 1, 1);
    sender_pauses((struct pauses){0});
}

/* Messages are hot: they stay on their list, and what is behind the pause is untouched. */
static void test_a_paused_lane(void **state)
{
    struct census c;
    int64_t id, waiting;
    bool heard = true;
    int times = 1;

    (void)state;
    sender_pauses((struct pauses){.lanes = 1u << LANE_HOT});
    id = put_text("Привет", 0);
    heard = until(is_called, &times, 1500);
    assert_false(heard);
    assert_int_equal(queue_census(yard.queue, (struct queue_at){POOL_SEND, 0}, &c),
                     ST_OK);
    waiting = census_waiting(&c);
    census_free(&c);
    assert_int_equal(waiting, 1);
    assert_false(is_parked(NULL));
    sender_pauses((struct pauses){0});
    assert_int_equal(message_ended(id).state, MESSAGE_SENT);
}

static enum status put_late(struct db *db, void *arg)
{
    struct job_spec spec = {.kind = KIND_SEND_MEMBER_CHECK,
                            .args = json_new_object(),
                            .not_after = clock_now() - SECOND};

    (void)arg;
    json_set_text(spec.args, "bot", "client");
    json_set_int(spec.args, "chat", -1001);
    json_set_int(spec.args, "user", yard.chat);
    return job_put(db, clock_now(), &spec);
}

static void test_what_is_too_late_is_not_asked(void **state)
{
    (void)state;
    assert_int_equal(db_tx(yard.db, put_late, NULL), ST_OK);
    assert_true(until(is_no_job, NULL, SOON_MS));
    assert_int_equal(number("SELECT COUNT(*) FROM job_hist WHERE outcome = 'expired'"),
                     1);
    assert_count("getChatMember", 0, 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, yard_begin, yard_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_paused_kind),
        CASE(test_a_paused_bot),
        CASE(test_the_other_bot_goes_on),
        CASE(test_a_paused_lane),
        CASE(test_what_is_too_late_is_not_asked),
    };

    return cmocka_run_group_tests(tests, yard_open, yard_close);
}
