/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The send child's questions: membership, acknowledgements, files. */
#include "core/base/clock.h"
#include "core/io/qr.h"
#include "tests/harness/sender.h"
#include "tests/harness/until.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- tests: questions ----------------------------------------------------------- */

static enum status job_put_work(struct db *db, void *arg)
{
    struct job_spec spec = *(struct job_spec *)arg;

    spec.args = json_copy(spec.args);
    return job_put(db, clock_now(), &spec);
}

static void ask_durable(enum kind kind, const char *args)
{
    struct job_spec spec = {.kind = kind, .key = yard.chat};

    spec.args = json_parse(args, strlen(args));
    assert_non_null(spec.args);
    assert_int_equal(db_tx(yard.db, job_put_work, &spec), ST_OK);
    json_free(spec.args);
}

/* The job that answers, once it is there. Yours. */
static bool is_answered(void *arg)
{
    return db_one(yard.db, "SELECT body FROM job_open WHERE kind = ?", DB_TEXT(arg)) ==
           ST_OK;
}

static struct json *answer_of(const char *kind)
{
    size_t n;
    const char *body;
    struct json *v;

    assert_true(until(is_answered, (void *)(uintptr_t)kind, SOON_MS));
    assert_true(is_answered((void *)(uintptr_t)kind));
    body = db_text(yard.db, 0, &n);
    v = json_parse(body, n);
    assert_non_null(v);
    assert_int_equal(
        db_exec(yard.db, NULL, "DELETE FROM job_open WHERE kind = ?", DB_TEXT(kind)),
        ST_OK);
    return v;
}

static void check_member(const char *state, const char *why)
{
    char args[160];
    struct json *v;

    snprintf(args, sizeof(args),
             "{\"bot\":\"client\",\"chat\":\"@exmpl_shop\",\"user\":%" PRId64
             ",\"at\":1}",
             yard.chat);
    ask_durable(KIND_SEND_MEMBER_CHECK, args);
    v = answer_of("bot.member_known");
    assert_string_equal(json_text(v, "a.state", NULL), state);
    assert_int_equal(json_int_or(v, "a.user", 0), yard.chat);
    if (why != NULL)
        assert_string_equal(json_text(v, "a.why", NULL), why);
    json_free(v);
}

static void test_member_check(void **state)
{
    char form[64];

    (void)state;
    check_member("left", NULL);
    snprintf(form, sizeof(form), "person=%" PRId64, yard.chat);
    botapi_tell(yard.api, "join", form);
    check_member("member", NULL);
    botapi_tell(yard.api, "rights", "bot=client&status=left");
    check_member("unknown", "rights");
    botapi_tell(yard.api, "rights", "bot=client&status=administrator");
}

/* A person waits: the answer is there long before the call would time out. */
static void test_member_check_has_a_deadline(void **state)
{
    int64_t from = clock_mono_ms();

    (void)state;
    botapi_tell(yard.api, "faults", "kind=timeout_before&method=getChatMember");
    check_member("unknown", NULL);
    assert_in_range(clock_mono_ms() - from, 1400, 6000);
}

static void test_callback_is_acknowledged(void **state)
{
    struct job_spec spec = {.kind = KIND_SEND_CALLBACK_ACK, .key = yard.chat};
    struct json *v;
    char payload[512], form[160];
    int64_t from = clock_mono_ms();

    (void)state;
    snprintf(payload, sizeof(payload),
             "{\"method\":\"sendMessage\",\"params\":{\"chat_id\":%" PRId64
             ",\"text\":\"m\",\"reply_markup\":{\"inline_keyboard\":[[{\"text\":\"b\","
             "\"callback_data\":\"v1:m:open:\"}]]}}}",
             yard.chat);
    message_ended(put_message((struct message_spec){0}, payload));
    snprintf(form, sizeof(form), "person=%" PRId64 "&bot=client&text=b", yard.chat);
    v = botapi_act(yard.api, "press", form);
    spec.args = json_new_object();
    json_set_text(spec.args, "bot", "client");
    json_set_text(spec.args, "q", json_text(v, "callback_query_id", NULL));
    json_set_text(spec.args, "text", "done");
    json_free(v);
    assert_int_equal(job_put_now(yard.queue, clock_now(), &spec), ST_OK);
    snprintf(form, sizeof(form), "person=%" PRId64 "&bot=client&wait=5000", yard.chat);
    do {
        v = botapi_ask(yard.api, "callbacks", form);
        snprintf(payload, sizeof(payload), "%s", json_print(v));
        json_free(v);
    } while (strstr(payload, "\"answered\":true") == NULL &&
             clock_mono_ms() - from < SOON_MS);
    assert_non_null(strstr(payload, "\"answered\":true"));
    assert_non_null(strstr(payload, "\"text\":\"done\""));
}

static char *photo_file_id(void)
{
    struct json *v;
    struct buf png = {0};
    char path[96];
    const struct json *list, *photo = NULL;
    const char *id;
    char *copy;

    assert_int_equal(qr_png("q", 1, &png), ST_OK);
    snprintf(path, sizeof(path), "photo?person=%" PRId64 "&bot=client", yard.chat);
    json_free(botapi_upload(yard.api, path, png.s, png.len));
    buf_free(&png);
    snprintf(path, sizeof(path), "person=%" PRId64 "&bot=client", yard.chat);
    v = botapi_ask(yard.api, "messages", path);
    list = json_get(v, "messages");
    for (size_t i = 0; i < json_count(list); i++)
        if (json_get(json_at(list, i), "photo") != NULL)
            photo = json_get(json_at(list, i), "photo");
    id = json_text(json_at(photo, json_count(photo) - 1), "file_id", NULL);
    assert_non_null(id);
    copy = strdup(id);
    json_free(v);
    return copy;
}

static struct json *fetch(const char *file_id)
{
    char args[320];

    snprintf(args, sizeof(args),
             "{\"bot\":\"client\",\"file\":\"%s\",\"chat\":%" PRId64
             ",\"from\":%" PRId64 "}",
             file_id, yard.chat, yard.chat);
    ask_durable(KIND_SEND_FILE_FETCH, args);
    return answer_of("bot.file_fetched");
}

static void test_file_is_fetched(void **state)
{
    struct redis_reply *r = NULL;
    char *id = photo_file_id();
    struct json *v = fetch(id);
    size_t n = 0;

    (void)state;
    assert_int_equal(json_int_or(v, "a.from", 0), yard.chat);
    assert_non_null(json_text(v, "a.key", NULL));
    assert_int_equal(
        redis_do(queue_redis(yard.queue), &r, "GET", json_text(v, "a.key", NULL), NULL),
        ST_OK);
    assert_non_null(redis_text(r, &n));
    assert_true(n > 8 && memcmp(redis_text(r, NULL), "\x89PNG", 4) == 0);
    redis_free(r);
    json_free(v);
    free(id);
}

static void test_a_file_that_is_not_there(void **state)
{
    struct json *v = fetch("no-such-file");

    (void)state;
    assert_non_null(json_text(v, "a.fault", NULL));
    assert_null(json_text(v, "a.key", NULL));
    json_free(v);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, yard_begin, yard_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_member_check),
        CASE(test_member_check_has_a_deadline),
        CASE(test_callback_is_acknowledged),
        CASE(test_file_is_fetched),
        CASE(test_a_file_that_is_not_there),
    };

    return cmocka_run_group_tests(tests, yard_open, yard_close);
}
