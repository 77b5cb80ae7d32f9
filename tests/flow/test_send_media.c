/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The send child with messages that bring pictures: their bytes go along once, and from
 * then on what Telegram calls them. */
#include "core/base/clock.h"
#include "core/template/media.h"
#include "tests/harness/pictures.h"
#include "tests/harness/sender.h"
#include "worker/wording.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int64_t ids[2]; /* a photo, a video */
static char file_id[2][MEDIA_FILE_ID_BYTES];

static enum status add_work(struct db *db, void *arg)
{
    return media_add(db, clock_now(), arg);
}

static void media_made(int mark)
{
    struct buf b[2] = {0};

    picture_png(&b[0], 40, 30, mark);
    picture_mp4(&b[1], 40, 30, 5000, mark);
    for (int i = 0; i < 2; i++) {
        struct media_add a = {.bytes = b[i].s, .n = b[i].len};

        assert_int_equal(db_tx(yard.db, add_work, &a), ST_OK);
        ids[i] = a.out.id;
        buf_free(&b[i]);
    }
}

static void known(void)
{
    for (int i = 0; i < 2; i++)
        if (media_file(yard.db, ids[i], SENDER_CLIENT, file_id[i]) != ST_OK)
            file_id[i][0] = '\0';
}

/* Puts {"ru":{"media":…}} for the test's chat; how many files it brings along. */
static int64_t put_media(const char *media, int *files)
{
    const struct wording_picture pictures[] = {
        {.media = ids[0], .file_id = file_id[0], .bytes = "", .n = 1},
        {.media = ids[1], .video = true, .file_id = file_id[1], .bytes = "", .n = 1},
    };
    const struct wording w = {.chat = yard.chat,
                              .screen = "bc",
                              .number = 1,
                              .way_out = true,
                              .pictures = pictures,
                              .pictures_n = 2};
    struct json *o = json_parse(media, strlen(media)), *payload;
    struct rendered r = {0};
    struct worded worded = {0};
    struct content_faults faults;
    struct content *c;
    int64_t id;

    known();
    assert_int_equal(content_read(o, false, &c, &faults), ST_OK);
    assert_int_equal(content_render(c, &(struct content_person){0}, NULL, &r), ST_OK);
    assert_int_equal(wording_make(&r, &w, &worded), ST_OK);
    *files = worded.files;
    payload = worded_payload(&worded);
    id = put_message((struct message_spec){0}, json_print(payload));
    json_free(payload);
    json_free(o);
    content_free(c);
    rendered_free(&r);
    worded_free(&worded);
    return id;
}

static void test_an_album_is_uploaded_once(void **state)
{
    char json[100];
    struct message m;
    int files;

    (void)state;
    media_made(1);
    snprintf(json, sizeof(json), "{\"ru\":{\"text\":\"x\",\"media\":[%lld,%lld]}}",
             (long long)ids[0], (long long)ids[1]);
    m = message_ended(put_media(json, &files));
    assert_int_equal(m.state, MESSAGE_SENT);
    assert_true(m.external_id > 0);
    assert_int_equal(files, 2);
    m = message_ended(put_media(json, &files));
    assert_int_equal(m.state, MESSAGE_SENT);
    assert_int_equal(files, 0);
    assert_true(file_id[0][0] != '\0' && strcmp(file_id[0], file_id[1]) != 0);
    assert_count("sendMediaGroup", 2, 2);
}

static void test_one_of_them_alone(void **state)
{
    char json[100];
    int files;

    (void)state;
    media_made(2);
    for (int i = 0; i < 2; i++)
        for (int again = 0; again < 2; again++) {
            snprintf(json, sizeof(json), "{\"ru\":{\"media\":[%lld]}}",
                     (long long)ids[i]);
            assert_int_equal(message_ended(put_media(json, &files)).state,
                             MESSAGE_SENT);
            assert_int_equal(files, again == 0);
        }
    assert_count("sendPhoto", 2, 2);
    assert_count("sendVideo", 2, 2);
}

/* What Telegram called them is wrong now (another bot has the token, say): their bytes go
 * along once more, and the new names are kept. */
static void test_names_that_are_wrong_now(void **state)
{
    char json[100];
    int files;

    (void)state;
    media_made(4);
    snprintf(json, sizeof(json), "{\"ru\":{\"text\":\"x\",\"media\":[%lld,%lld]}}",
             (long long)ids[0], (long long)ids[1]);
    for (int i = 0; i < 2; i++) {
        char one[100];

        for (int k = 0; k < 2; k++)
            assert_int_equal(
                media_file_put(yard.db, ids[k], SENDER_CLIENT, "AgAC1-99-y"), ST_OK);
        snprintf(one, sizeof(one), "{\"ru\":{\"media\":[%lld]}}", (long long)ids[i]);
        assert_int_equal(message_ended(put_media(i == 0 ? json : one, &files)).state,
                         MESSAGE_SENT);
        assert_int_equal(files, 0);
        known();
        assert_string_not_equal(file_id[i], "AgAC1-99-y");
    }
    assert_count("sendMediaGroup", 2, 1);
    assert_count("sendVideo", 2, 1);
}

/* Taken away between the writing and the sending: that message ends, and no other. */
static void test_a_picture_that_is_gone(void **state)
{
    char json[100];
    int files;
    int64_t id;

    (void)state;
    media_made(3);
    ids[0] += 1000;
    snprintf(json, sizeof(json), "{\"ru\":{\"media\":[%lld]}}", (long long)ids[0]);
    id = put_media(json, &files);
    assert_int_equal(message_ended(id).state, MESSAGE_FAILED);
    assert_count("sendPhoto", 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_an_album_is_uploaded_once, yard_begin,
                                        yard_end),
        cmocka_unit_test_setup_teardown(test_one_of_them_alone, yard_begin, yard_end),
        cmocka_unit_test_setup_teardown(test_names_that_are_wrong_now, yard_begin,
                                        yard_end),
        cmocka_unit_test_setup_teardown(test_a_picture_that_is_gone, yard_begin,
                                        yard_end),
    };

    return cmocka_run_group_tests(tests, yard_open, yard_close);
}
