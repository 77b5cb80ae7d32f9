/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Intake while Redis is full, forgetful, dead or frozen: nothing is called stored that
 * is not, nothing is stored twice, and it goes on by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/inbox.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static void a_redis_without_memory_stores_nothing(void **state)
{
    (void)state;
    cellar_config("maxmemory", "1");
    inbox_put_from(TG_CLIENT, 7, 1);
    inbox_put_from(TG_CLIENT, 8, 2);
    inbox_see_all();
    cellar_config("maxmemory", "0");
    assert_int_equal(inbox.seen[0], ST_DOWN);
    assert_int_equal(inbox.seen[1], ST_DOWN);
    assert_int_equal(cellar_updates(), 0);
    inbox_put_from(TG_CLIENT, 7, 1);
    inbox_see_all();
    assert_int_equal(inbox.seen[2], ST_OK);
}

static void a_redis_that_forgot_the_script_is_taught_again(void **state)
{
    struct redis_reply *r = NULL;

    (void)state;
    inbox_put_from(TG_CLIENT, 7, 1);
    inbox_see_all();
    assert_int_equal(redis_do(cellar.redis, &r, "SCRIPT", "FLUSH", NULL), ST_OK);
    redis_free(r);
    for (int i = 0; i < 20; i++) { /* the first may be told to come again */
        inbox_put_from(TG_CLIENT, 8, 1);
        inbox_see_all();
        if (inbox.seen[inbox.n_put - 1] == ST_OK)
            break;
        assert_int_equal(inbox.seen[inbox.n_put - 1], ST_DOWN);
    }
    assert_int_equal(inbox.seen[inbox.n_put - 1], ST_OK);
    assert_int_equal(cellar_updates(), 2);
}

static void a_redis_that_is_gone_is_told_at_once_and_comes_back(void **state)
{
    (void)state;
    inbox_put_from(TG_CLIENT, 7, 1);
    inbox_see_all();
    server_kill(cellar.server, SIGKILL);
    inbox_wait_up(false);
    int64_t from = clock_mono_ms();
    inbox_put_from(TG_CLIENT, 8, 1);
    inbox_see_all();
    assert_true(clock_mono_ms() - from < 1000);
    assert_true(inbox.seen[1] == ST_DOWN || inbox.seen[1] == ST_UNSURE);
    server_start(cellar.server);
    inbox_wait_up(true);
    inbox_put_from(TG_CLIENT, 7, 1); /* what it had acknowledged it still has */
    inbox_put_from(TG_CLIENT, 8, 1);
    inbox_see_all();
    assert_int_equal(inbox.seen[2], ST_TAKEN);
    assert_int_equal(inbox.seen[3], ST_OK);
    assert_int_equal(cellar_updates(), 2);
}

static void a_redis_that_is_frozen_is_given_up_and_doubles_nothing(void **state)
{
    (void)state;
    server_signal(cellar.server, SIGSTOP);
    int64_t from = clock_mono_ms();
    inbox_put_from(TG_CLIENT, 7, 1);
    inbox_see_all();
    int64_t took = clock_mono_ms() - from;
    server_signal(cellar.server, SIGCONT);
    assert_int_equal(inbox.seen[0], ST_UNSURE);
    assert_in_range(took, REDIS_DEADLINE_MS - 500, REDIS_DEADLINE_MS + 2000);
    inbox_wait_up(true);
    inbox_put_from(TG_CLIENT, 7, 1); /* Telegram sends it again */
    inbox_see_all();
    assert_true(inbox.seen[1] == ST_TAKEN || inbox.seen[1] == ST_OK);
    assert_int_equal(cellar_updates(), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, inbox_open, inbox_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_redis_without_memory_stores_nothing),
        TEST(a_redis_that_forgot_the_script_is_taught_again),
        TEST(a_redis_that_is_gone_is_told_at_once_and_comes_back),
        TEST(a_redis_that_is_frozen_is_given_up_and_doubles_nothing),
    };
    int failed = cmocka_run_group_tests_name("intake_loss", tests, NULL, NULL);

    cellar_close();
    return failed;
}
