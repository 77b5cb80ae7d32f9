/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The pipeline: answers in order, transactions whole or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/harness/inbox.h"

#include <stdio.h>
#include <string.h>

static char heard[64]; /* a letter an answer, in their order */

static void hear(void *arg, enum status st, const struct redis_reply *r)
{
    size_t n = strlen(heard);

    (void)r;
    snprintf(heard + n, sizeof(heard) - n, "%c%c", *(const char *)arg,
             st == ST_OK ? '+' : '-');
}

static void ask(const char *name, const char *verb, const char *key, const char *value,
                bool broken)
{
    struct redis_cmd c = {0};

    redis_arg_text(&c, verb);
    if (key)
        redis_arg_text(&c, key);
    if (value)
        redis_arg_text(&c, value);
    c.failed = broken; /* as if there had been no memory for it */
    redis_pipe_call(inbox.pipe, &c, REDIS_DEADLINE_MS, hear, (void *)(uintptr_t)name);
    redis_cmd_free(&c);
}

static int begin(void **state)
{
    heard[0] = '\0';
    return inbox_open(state);
}

/* Until Redis has answered something put behind all that was asked. */
static void answers(void)
{
    inbox_put_from(TG_CLIENT, 900 + inbox.n_put, 1);
    inbox_see_all();
}

static void answers_come_in_the_order_of_the_questions(void **state)
{
    (void)state;
    ask("a", "INCR", "n", NULL, false);
    ask("b", "NONSENSE", NULL, NULL, false);
    ask("c", "INCR", "n", NULL, false);
    answers();
    assert_string_equal(heard, "a+b-c+");
    assert_int_equal(cellar_ask("GET", "n", NULL, NULL), 2);
}

static void a_transaction_with_a_refused_command_does_nothing(void **state)
{
    (void)state;
    ask("m", "MULTI", NULL, NULL, false);
    ask("a", "INCR", "n", NULL, false);
    ask("b", "NONSENSE", NULL, NULL, false);
    ask("e", "EXEC", NULL, NULL, false);
    answers();
    assert_string_equal(heard, "m+a+b-e-");
    assert_int_equal(cellar_ask("EXISTS", "n", NULL, NULL), 0);
}

/* One command of a transaction could not be put together: without it the rest would be
 * another transaction. */
static void a_transaction_that_lacks_a_command_does_nothing(void **state)
{
    (void)state;
    ask("m", "MULTI", NULL, NULL, false);
    ask("a", "INCR", "n", NULL, false);
    ask("b", "INCR", "n", NULL, true);
    ask("e", "EXEC", NULL, NULL, false);
    inbox_wait_up(false);
    inbox_wait_up(true);
    assert_string_equal(heard, "m-a-e-b-");
    assert_int_equal(cellar_ask("EXISTS", "n", NULL, NULL), 0);
    ask("c", "INCR", "n", NULL, false);
    answers();
    assert_int_equal(cellar_ask("GET", "n", NULL, NULL), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(answers_come_in_the_order_of_the_questions,
                                        begin, inbox_close),
        cmocka_unit_test_setup_teardown(
            a_transaction_with_a_refused_command_does_nothing, begin, inbox_close),
        cmocka_unit_test_setup_teardown(a_transaction_that_lacks_a_command_does_nothing,
                                        begin, inbox_close),
    };
    int failed = cmocka_run_group_tests_name("redis_pipe", tests, NULL, NULL);

    cellar_close();
    return failed;
}
