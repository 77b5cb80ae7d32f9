/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A database is dumped in the midst of a broadcast and restored somewhere else, with a Redis
 * of its own: the real programs start on the copy, and nothing of the broadcast leaves
 * before somebody says that it is the shop's. */
#include "tests/harness/campaign.h"
#include "tests/harness/until.h"
#include "tests/harness/world.h"

#include "core/base/clock.h"
#include "core/broadcast/restored.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SOON_MS 20000
#define PEOPLE 120
#define QUIET_MS 3000 /* so long is listened whether anything leaves */

static char dump[80];
static bool can; /* is there a program that dumps? */

static int begin(void **state)
{
    (void)state;
    can = system("mariadb-dump --version >/dev/null 2>&1") == 0 &&
          system("mariadb --version >/dev/null 2>&1") == 0;
    snprintf(dump, sizeof dump, "/tmp/dvorik-copy-%d.sql", (int)getpid());
    setenv("DVORIK_UNPACED", "0", 1);
    campaign_open();
    return 0;
}

static int end(void **state)
{
    (void)state;
    campaign_close();
    remove(dump);
    return 0;
}

/* ---- the copy ------------------------------------------------------------------------ */

static void does(const char *what, const struct config *cfg, const char *way)
{
    char command[400];

    snprintf(
        command, sizeof command,
        "%s --socket='%s' --user='%s' --default-character-set=utf8mb4 '%s' %s '%s'",
        what, cfg->database_socket, cfg->database_user, cfg->database_name, way, dump);
    assert_int_equal(system(command), 0);
}

static void dumped(void)
{
    does("mariadb-dump --single-transaction", campaign.cfg, ">");
}

static void shop_is_closed(void)
{
    assert_int_equal(program_end(campaign.worker[0]), 0);
    assert_int_equal(program_end(campaign.scheduler[0]), 0);
    campaign.worker[0] = campaign.scheduler[0] = NULL;
}

/* From here on the campaign is the copy. */
static void restored(void)
{
    struct config *copy = world_config_empty();

    does("mariadb", copy, "<");
    copy->telegram_api_base = campaign.cfg->telegram_api_base;
    queue_close(campaign.queue);
    db_close(campaign.db);
    campaign.cfg = copy;
    campaign.db = db_open(copy);
    campaign.queue = queue_open(copy);
    queue_bind(campaign.queue, campaign.db);
    world_export(copy);
    setenv("WORKER_PROCESSES", "2", 1);
    campaign_hire(1, 1);
}

/* ---- words --------------------------------------------------------------------------- */

static int sent(void)
{
    return botapi_count(campaign.api, "sendMessage", 0).accepted;
}

static bool more_than(void *arg)
{
    return sent() > *(const int *)arg;
}

static bool nothing_leaves(void)
{
    int now = sent();

    return !until(more_than, &now, QUIET_MS);
}

static int told(const char *verb, const char *option)
{
    struct program *p = program_start("dvorik", "broadcasts", verb, option, NULL);
    int status = program_wait(p, SOON_MS);

    if (status < 0)
        fail_msg("%s", program_output(p));
    program_end(p);
    return status;
}

static enum status soon_work(struct db *db, void *arg)
{
    const struct broadcast_act act = {.id = *(const int64_t *)arg};
    int64_t now = clock_now();
    const char *why;

    return broadcast_schedule(db, now, &act, now + 3 * SECOND, &why);
}

static enum status answer_work(struct db *db, void *arg)
{
    static const char words[] = "{\"method\":\"sendMessage\",\"params\":{\"chat_id\":"
                                "820000000000,\"text\":\"Ваш чек\"}}";
    const struct message_spec spec = {.sender = SENDER_CLIENT,
                                      .recipient = CAMPAIGN_FIRST,
                                      .customer_id = *(const int64_t *)arg,
                                      .purpose = MESSAGE_RECEIPT,
                                      .payload = words,
                                      .payload_n = sizeof words - 1};
    int64_t id;

    return message_put(db, clock_now(), &spec, &id);
}

/* One under way, one that is about to begin; dumped when some have it, and on for a
 * while. */
static void in_the_midst(int64_t *running, int64_t *planned)
{
    int some = 15, more = 40;

    campaign_people(PEOPLE);
    campaign_hire(1, 1);
    *running = campaign_put(&(struct campaign_plan){.ru = "Осень"});
    *planned = campaign_put(&(struct campaign_plan){.ru = "Зима"});
    campaign_start(*running);
    assert_true(until(more_than, &some, SOON_MS));
    assert_int_equal(db_tx(campaign.db, soon_work, planned), ST_OK);
    dumped();
    assert_true(until(more_than, &more, SOON_MS));
    shop_is_closed();
}

static void stands_still(int64_t running, int64_t planned)
{
    assert_true(
        campaign_comes("SELECT held_at IS NOT NULL FROM broadcast_mark", 1, SOON_MS));
    assert_true(campaign_is(running, BROADCAST_PAUSED, SOON_MS));
    assert_int_equal(campaign_now(running).paused_why, PAUSE_RESTORED);
    assert_true(nothing_leaves());
    assert_int_equal(campaign_now(planned).state, BROADCAST_SCHEDULED);
    assert_int_equal(told("status", NULL), 1);
}

/* ---- tests --------------------------------------------------------------------------- */

static void test_nothing_leaves_until_confirmed(void **state)
{
    int64_t running, planned, first;
    int before;

    (void)state;
    if (!can)
        skip();
    in_the_midst(&running, &planned);
    restored();
    stands_still(running, planned);
    /* Nobody at a till waits for it. */
    first = campaign_customer(0);
    before = botapi_count(campaign.api, "sendMessage", CAMPAIGN_FIRST).accepted;
    assert_int_equal(db_tx(campaign.db, answer_work, &first), ST_OK);
    assert_true(campaign_comes("SELECT COUNT(*) FROM message WHERE purpose = 3"
                               " AND state = 3",
                               1, SOON_MS));
    assert_int_equal(botapi_count(campaign.api, "sendMessage", CAMPAIGN_FIRST).accepted,
                     before + 1);
    assert_true(nothing_leaves());
    assert_int_equal(told("confirm", NULL), 0);
    assert_int_equal(told("status", NULL), 0);
    assert_true(campaign_ends(running, SOON_MS));
    campaign_books(running);
    assert_int_equal(campaign_count(running, RECIPIENT_SENT) +
                         campaign_count(running, RECIPIENT_UNKNOWN),
                     PEOPLE);
    /* And so may others again: the clock's look, or somebody's hand. */
    if (campaign_now(planned).state == BROADCAST_SCHEDULED)
        campaign_start(planned);
    assert_true(campaign_ends(planned, SOON_MS));
}

static void test_or_it_is_ended(void **state)
{
    int64_t running, planned;

    (void)state;
    if (!can)
        skip();
    in_the_midst(&running, &planned);
    restored();
    stands_still(running, planned);
    assert_int_equal(told("confirm", "--cancel"), 0);
    assert_true(campaign_is(running, BROADCAST_CANCELLED, SOON_MS));
    assert_int_equal(campaign_count(running, RECIPIENT_SENDING), 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_nothing_leaves_until_confirmed),
        CASE(test_or_it_is_ended),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
