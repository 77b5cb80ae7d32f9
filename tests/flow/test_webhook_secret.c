/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The webhook's secret is replaced while updates come: what Telegram still sends with the
 * old one is taken, until it stands there no longer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/harness/door.h"

#include <stdlib.h>

#define NEW_CLIENT "the-next-secret-of-the-client-bot"
#define NEW_AUTH "the-next-secret-of-the-cashier-bot"

static void restart(void)
{
    assert_int_equal(program_end(door.bots), 0);
    door_start();
}

static int posts(const char *path, const char *secret)
{
    return post(&(struct post){path, secret, NULL, UPDATE(9)});
}

static void a_replaced_secret_is_good_beside_the_new_one(void **state)
{
    const char *client = door.cfg->telegram_webhook_secret;
    const char *auth = door.cfg->telegram_auth_webhook_secret;

    (void)state;
    setenv("TELEGRAM_WEBHOOK_SECRET", NEW_CLIENT, 1);
    setenv("TELEGRAM_WEBHOOK_SECRET_OLD", client, 1);
    setenv("TELEGRAM_AUTH_WEBHOOK_SECRET", NEW_AUTH, 1);
    setenv("TELEGRAM_AUTH_WEBHOOK_SECRET_OLD", auth, 1);
    restart();
    assert_int_equal(posts("/telegram/client", client), 200);
    assert_int_equal(posts("/telegram/client", NEW_CLIENT), 200);
    assert_int_equal(posts("/telegram/auth", auth), 200);
    assert_int_equal(posts("/telegram/auth", NEW_AUTH), 200);
    assert_int_equal(posts("/telegram/client", auth), 401);
    assert_int_equal(posts("/telegram/auth", client), 401);
    assert_int_equal(posts("/telegram/client", ""), 401);
    unsetenv("TELEGRAM_WEBHOOK_SECRET_OLD");
    unsetenv("TELEGRAM_AUTH_WEBHOOK_SECRET_OLD");
    restart();
    assert_int_equal(posts("/telegram/client", client), 401);
    assert_int_equal(posts("/telegram/client", ""), 401);
    assert_int_equal(posts("/telegram/client", NEW_CLIENT), 200);
    door_export();
    restart();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_replaced_secret_is_good_beside_the_new_one,
                               door_empty),
    };

    return cmocka_run_group_tests_name("webhook secret", tests, door_open, door_close);
}
