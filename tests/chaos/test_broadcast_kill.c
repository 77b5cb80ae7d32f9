/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A broadcast whose programs die: at each named point of its sending, and schedulers at
 * random while it is due. It starts once, everybody is accounted for, nobody gets two. */
#include "tests/harness/campaign.h"
#include "tests/harness/dose.h"
#include "tests/harness/doom.h"
#include "tests/harness/until.h"

#include "core/base/clock.h"
#include "core/broadcast/reword.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PEOPLE 40

static int begin(void **state)
{
    (void)state;
    setenv("DVORIK_UNPACED", "1", 1);
    campaign_open();
    return 0;
}

static int end(void **state)
{
    (void)state;
    campaign_close();
    setenv("DVORIK_UNPACED", "0", 1);
    return 0;
}

/* ---- points ----------------------------------------------------------------------- */

static const struct campaign_plan news = {.ru = "Новости", .en = "News"};

/* What was in hand may be unknown; what was answered and settled is not. */
static void each_at_most_once(int64_t id)
{
    struct campaign_heard h[PEOPLE] = {0};
    int accepted = 0;

    campaign_listen(h, PEOPLE);
    for (int i = 0; i < PEOPLE; i++) {
        assert_in_range(h[i].accepted, 0, 1);
        accepted += h[i].accepted;
    }
    assert_int_equal(campaign_count(id, RECIPIENT_SENT) +
                         campaign_count(id, RECIPIENT_UNKNOWN),
                     PEOPLE);
    assert_true(campaign_count(id, RECIPIENT_SENT) <= accepted);
    campaign_books(id);
}

static void test_dying_at_each_point_of_a_chunk(void **state)
{
    static const char *const points[] = {"bulk.claiming", "bulk.claimed", "bulk.asked",
                                         "bulk.answered", "bulk.settled", "bulk.ended"};
    int64_t id;

    (void)state;
    campaign_people(PEOPLE);
    campaign_scheduler(0);
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        doom_set(points[i]);
        campaign_worker(0);
        doom_lift();
        id = campaign_put(&news);
        campaign_start(id);
        campaign_finishes(id);
        if (!doom_struck())
            fail_msg("nobody died at %s", points[i]);
        each_at_most_once(id);
    }
}

static enum status reword_work(struct db *db, int64_t now,
                               const struct broadcast_act *act)
{
    static const char text[] = "{\"ru\":{\"text\":\"Да\"},\"en\":{\"text\":\"Yes\"}}";
    struct json *content = json_parse(text, sizeof text - 1);
    enum status st = broadcast_reword(db, now, act, 1, content);

    json_free(content);
    return st;
}

/* An edit that was made is made again, and counts once. */
static void test_dying_at_each_point_of_an_edit(void **state)
{
    static const char *const points[] = {"edit.answered", "edit.closed"};
    int64_t id;

    (void)state;
    campaign_people(PEOPLE);
    campaign_hire(1, 1);
    id = campaign_put(&news);
    campaign_start(id);
    campaign_finishes(id);
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        doom_set(points[i]);
        campaign_worker(0);
        doom_lift();
        campaign_does(reword_work, id);
        if (!campaign_comes("SELECT COALESCE(SUM(done), 0) FROM broadcast_edit"
                            " WHERE ended_at IS NOT NULL",
                            PEOPLE * ((int)i + 1), 20000))
            fail_msg("%s: %s", points[i], program_output(campaign.worker[0]));
        assert_true(doom_struck());
    }
    assert_int_equal(campaign_number("SELECT SUM(done) FROM broadcast_edit"),
                     PEOPLE * 2);
}

/* ---- schedulers ------------------------------------------------------------------- */

static enum status schedule_soon(struct db *db, int64_t now,
                                 const struct broadcast_act *act)
{
    const char *why;

    return broadcast_schedule(db, now, act, now + SECOND, &why);
}

static bool over(void *arg)
{
    return campaign_now(*(int64_t *)arg).state == BROADCAST_FINISHED;
}

static bool over_or_due(void *arg)
{
    int64_t *of = arg; /* broadcast, until when */

    return clock_mono_ms() >= of[1] || over(arg);
}

/* Whoever leads is killed in the middle of it, again and again; the other one goes on. */
static void test_schedulers_that_die_start_it_once(void **state)
{
    int64_t of[2] = {0, 0}, limit;
    int deaths = 0;

    (void)state;
    dose_seed();
    campaign_people(PEOPLE);
    campaign_hire(1, 2);
    of[0] = campaign_put(&news);
    campaign_does(schedule_soon, of[0]);
    limit = clock_mono_ms() + 90000;
    while (!over(of) && clock_mono_ms() < limit) {
        int i = dose_random(2);

        of[1] = clock_mono_ms() + 500 + dose_random(4000);
        (void)until(over_or_due, of, 20000);
        program_signal(campaign.scheduler[i], SIGKILL);
        campaign_scheduler(i);
        deaths++;
    }
    if (!over(of)) {
        campaign_dump(of[0]);
        fail_msg("it never started, after %d deaths", deaths);
    }
    printf("%d schedulers died\n", deaths);
    each_at_most_once(of[0]);
    assert_int_equal(campaign_number("SELECT COUNT(*) FROM audit WHERE action ="
                                     " 'broadcast.start'"),
                     1);
    assert_int_equal(campaign_count(of[0], RECIPIENT_SENT), PEOPLE);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_dying_at_each_point_of_a_chunk),
        CASE(test_dying_at_each_point_of_an_edit),
        CASE(test_schedulers_that_die_start_it_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
