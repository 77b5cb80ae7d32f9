/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Contents on their whole way to Telegram's stand-in: read, rendered, worded, called. Each
 * form as it is sent and edited, pictures first as bytes and then by what Telegram calls
 * them. The stand-in counts whatever is not as the Bot API wants it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/harness/botapi.h"
#include "tests/harness/pictures.h"
#include "worker/wording.h"

#include <stdio.h>
#include <string.h>

#define MARIA 7012345678LL

static struct config cfg = {
    .telegram_bot_token = "7100000001:AAclient-bot-of-a-test-00",
    .telegram_auth_bot_token = "7100000002:AAauth-bot-of-a-test-0000"};
static struct botapi *botapi;
static struct loop *loop;
static struct tg *tg;
static struct buf png, mp4;
static struct rendered rendered;
static struct worded worded;

/* What the last call has brought. */
static struct tg_verdict verdict;
static int64_t message;
static char file_id[CONTENT_MEDIA_MAX][256];

static int setup(void **state)
{
    (void)state;
    botapi = botapi_start(&cfg);
    botapi_person(botapi, MARIA, "Мария", "ru");
    botapi_tell(botapi, "start", "person=7012345678&bot=client");
    picture_png(&png, 40, 30, 1);
    picture_mp4(&mp4, 40, 30, 3000, 1);
    loop = loop_new();
    tg = tg_open(loop, &cfg);
    return tg != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    tg_close(tg);
    loop_free(loop);
    botapi_end(botapi);
    rendered_free(&rendered);
    worded_free(&worded);
    buf_free(&png);
    buf_free(&mp4);
    return 0;
}

static void on_done(void *arg, const struct tg_answer *a)
{
    (void)arg;
    verdict = a->verdict;
    message = wording_message(a->result);
    for (int i = 0; i < worded.files; i++) {
        const char *id = wording_file_id(a->result, worded.place[i]);

        assert_non_null(id);
        strncpy(file_id[worded.place[i]], id, sizeof(file_id[0]) - 1);
    }
    loop_stop(loop);
}

/* Said, with the pictures 1 (a photo), 2 (a video), 3 (a photo) as they are known. */
static void say(const char *json, int64_t edited)
{
    const struct wording_picture pictures[] = {
        {.media = 1,
         .file_id = file_id[0],
         .mime = "image/png",
         .bytes = png.s,
         .n = png.len},
        {.media = 2,
         .video = true,
         .file_id = file_id[1],
         .mime = "video/mp4",
         .bytes = mp4.s,
         .n = mp4.len},
        {.media = 3,
         .file_id = file_id[2],
         .mime = "image/png",
         .bytes = png.s,
         .n = png.len},
    };
    struct wording w = {.chat = MARIA,
                        .message = edited,
                        .screen = "bc",
                        .number = 36,
                        .way_out = true,
                        .silent = true,
                        .pictures = pictures,
                        .pictures_n = 3};
    const struct content_person who = {.first_name = "<Мария> & \"Ко\""};
    struct json *o = json_parse(json, strlen(json));
    struct tg_ask ask = {.bot = TG_CLIENT, .done = on_done};
    struct content_faults faults;
    struct content *c;

    assert_int_equal(content_read(o, false, &c, &faults), ST_OK);
    w.footer =
        strstr(json, "post") == NULL ? "Реклама. ООО «Дворик»\nerid: 2Vtz" : NULL;
    assert_int_equal(content_render(c, &who, NULL, &rendered), ST_OK);
    assert_int_equal(wording_make(&rendered, &w, &worded), ST_OK);
    ask.method = worded.method;
    ask.body = worded.body.s;
    ask.body_n = worded.body.len;
    ask.file = worded.files > 0 ? worded.file : NULL;
    ask.files = worded.files;
    message = 0;
    assert_int_equal(tg_call(tg, &ask), ST_OK);
    loop_run(loop);
    if (verdict.fate != TG_SENT)
        fail_msg("%s: %s", worded.method, verdict.description);
    assert_true(message > 0);
    content_free(c);
    json_free(o);
}

#define TEXT "<b>{{first_name}}</b>, <a href=\\\"https://a.ru/?x=1&amp;y\\\">тут</a>"
#define BUTTONS                                                                        \
    ",\"buttons\":[[{\"text\":\"Каталог\",\"url\":\"https://a.ru\"}],"          \
    "[{\"text\":\"{{first_name|вы}}\",\"do\":\"wallet\"}]]"

static void test_words(void **state)
{
    (void)state;
    say("{\"ru\":{\"text\":\"" TEXT "\"" BUTTONS "}}", 0);
    say("{\"ru\":{\"text\":\"Иначе\"}}", message);
    assert_int_equal(botapi_count(botapi, "editMessageText", MARIA).accepted, 1);
}

static void test_a_picture_and_a_video(void **state)
{
    (void)state;
    memset(file_id, 0, sizeof(file_id));
    say("{\"ru\":{\"text\":\"" TEXT "\",\"media\":[1]" BUTTONS "}}", 0);
    assert_int_equal(worded.files, 1);
    say("{\"ru\":{\"text\":\"Иначе\",\"media\":[1]}}", message);
    say("{\"ru\":{\"media\":[1]}}", 0);
    assert_int_equal(worded.files, 0); /* Telegram has it now */
    say("{\"ru\":{\"text\":\"x\",\"media\":[3]}}", 0);
    memset(file_id, 0, sizeof(file_id));
    say("{\"ru\":{\"text\":\"x\",\"media\":[2]}}", 0);
    assert_int_equal(botapi_count(botapi, "sendPhoto", MARIA).accepted, 3);
    assert_int_equal(botapi_count(botapi, "sendVideo", MARIA).accepted, 1);
}

static void test_an_album(void **state)
{
    (void)state;
    memset(file_id, 0, sizeof(file_id));
    say("{\"ru\":{\"text\":\"" TEXT "\",\"media\":[1,2,3]}}", 0);
    assert_int_equal(worded.files, 3);
    say("{\"ru\":{\"text\":\"Иначе\",\"media\":[1,2,3]}}", message);
    say("{\"ru\":{\"text\":\"ещё\",\"media\":[1,2,3]}}", 0);
    assert_int_equal(worded.files, 0);
    file_id[1][0] = '\0'; /* one of them is forgotten */
    say("{\"ru\":{\"media\":[1,2,3]}}", 0);
    assert_int_equal(worded.files, 1);
    assert_int_equal(botapi_count(botapi, "sendMediaGroup", MARIA).accepted, 3);
}

static void test_a_post(void **state)
{
    char json[200];

    (void)state;
    say("{\"ru\":{\"text\":\"пост\"}}", 0);
    snprintf(json, sizeof(json),
             "{\"ru\":{\"post\":{\"chat\":%lld,\"message\":%lld}" BUTTONS "}}", MARIA,
             (long long)message);
    say(json, 0);
    say("{\"ru\":{\"post\":{\"chat\":1,\"message\":1}}}", message);
    assert_int_equal(botapi_count(botapi, "copyMessage", MARIA).accepted, 1);
}

static void test_nothing_was_wrong(void **state)
{
    (void)state;
    assert_int_equal(botapi_violations(botapi), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_a_picture_and_a_video),
        cmocka_unit_test(test_an_album),
        cmocka_unit_test(test_a_post),
        cmocka_unit_test(test_nothing_was_wrong),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
