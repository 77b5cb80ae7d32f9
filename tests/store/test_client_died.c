/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What could not be done is owned up to: a code for the person, the same for us. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/code.h"
#include "core/base/json.h"
#include "core/io/ledger.h"
#include "tests/harness/stage.h"

#include <stdlib.h>
#include <string.h>

#define ID "01JCZ0000000000000007F3AXY" /* its code is the end of it */

static const struct person ANNA = {"client", 8301, "Анна", "ru"};

static void bury(const char *body)
{
    struct job j = {.kind = KIND_BOT_UPDATE, .put_at = stage.now, .attempts = 4};
    struct ledger_run run = {.worker = "w", .why = "broken"};
    char raw[2000];

    memset(raw, ' ', QUEUE_HEAD);
    memcpy(raw + QUEUE_HEAD, body, strlen(body) + 1);
    j.raw = raw;
    j.raw_n = QUEUE_HEAD + strlen(body);
    j.body = json_parse(body, strlen(body));
    j.args = json_get(j.body, "a");
    assert_non_null(j.args);
    assert_int_equal(ulid_parse(ID, strlen(ID), j.id), ST_OK);
    for (int i = 0; i < 2; i++) /* whoever buries may die, and bury again */
        assert_int_equal(ledger_bury(stage.db, stage.now, &j, "tries", &run), ST_OK);
    json_free(j.body);
}

static void test_a_code_to_ask_with(void **state)
{
    (void)state;
    says(&ANNA, "/start");
    bury("{\"a\":{\"bot\":\"client\",\"id\":9,\"u\":{\"update_id\":9,\"message\":{"
         "\"message_id\":5,\"date\":1,\"chat\":{\"id\":8301,\"type\":\"private\"},"
         "\"from\":{\"id\":8301,\"first_name\":\"A\",\"language_code\":\"ru\"},"
         "\"text\":\"/discount\"}}}}");
    assert_int_equal(
        counts("SELECT COUNT(*) FROM job_open WHERE kind = 'bot.update_died'"), 1);
    says(&ANNA, "/help"); /* whatever is due runs now */
    told_like(&ANNA, "что-то сломалось");
    told_like(&ANNA, "7F3AXY");
    assert_int_equal(counts("SELECT COUNT(*) FROM job_dead"), 1);
}

/* News of a channel is nobody's press: nobody is told. */
static void test_nobody_waited(void **state)
{
    int64_t before;

    (void)state;
    says(&ANNA, "/start");
    before = counts("SELECT COUNT(*) FROM message");
    bury("{\"a\":{\"bot\":\"client\",\"id\":9,\"u\":{\"update_id\":9,\"channel_post\":{"
         "\"message_id\":5,\"date\":1,\"chat\":{\"id\":-1008301,\"type\":\"channel\"},"
         "\"text\":\"news\"}}}}");
    stage_job(KIND_SCHED_RETENTION, NULL);
    assert_int_equal(counts("SELECT COUNT(*) FROM message"), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_code_to_ask_with, stage_begin,
                                        stage_end),
        cmocka_unit_test_setup_teardown(test_nobody_waited, stage_begin, stage_end),
    };

    return cmocka_run_group_tests_name("client_died", tests, NULL, NULL);
}
