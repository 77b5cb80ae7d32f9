/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Pictures and videos: what is taken for one, kept once however often it comes, held by
 * who names it, and known to the messenger by a name that may become wrong. */
#include "core/template/media.h"
#include "tests/harness/pictures.h"
#include "tests/harness/shop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct shop shop;

static int opened(void **state)
{
    (void)state;
    shop_open(&shop);
    return 0;
}

static int closed(void **state)
{
    (void)state;
    shop_close(&shop);
    return 0;
}

/* ---- what bytes are ---------------------------------------------------------------- */

static void looks(const struct buf *b, enum status want, const char *why)
{
    struct media m;
    const char *said = NULL;

    assert_int_equal(media_look(b->s, b->len, &m, &said), want);
    if (why == NULL)
        assert_null(said);
    else
        assert_string_equal(said, why);
}

static void is_seen_as(struct buf *b, const char *mime, enum media_kind kind)
{
    struct media m;
    const char *why;

    assert_int_equal(media_look(b->s, b->len, &m, &why), ST_OK);
    assert_string_equal(m.mime, mime);
    assert_int_equal(m.kind, kind);
    assert_int_equal(m.width, 640);
    assert_int_equal(m.height, 480);
    assert_int_equal(m.size, (int64_t)b->len);
    /* Cut anywhere it is nothing, and nothing is read beyond its end. */
    for (size_t n = 0; n < b->len - 1; n++) {
        char *cut = n > 0 ? malloc(n) : NULL;

        if (cut != NULL)
            memcpy(cut, b->s, n);
        assert_int_equal(media_look(cut, n, &m, &why), ST_BAD);
        free(cut);
    }
    buf_free(b);
}

static void each_format_by_its_own_marks(void **state)
{
    struct buf b = {0};

    (void)state;
    picture_png(&b, 640, 480, 1);
    is_seen_as(&b, "image/png", MEDIA_PHOTO);
    picture_jpeg(&b, 640, 480, 1);
    is_seen_as(&b, "image/jpeg", MEDIA_PHOTO);
    picture_webp(&b, 640, 480, 1);
    is_seen_as(&b, "image/webp", MEDIA_PHOTO);
    picture_mp4(&b, 640, 480, 9, 1);
    is_seen_as(&b, "video/mp4", MEDIA_VIDEO);
}

static void what_is_none_is_refused(void **state)
{
    static const char *const others[] = {"",
                                         "GIF89a\1\0\1\0",
                                         "<svg xmlns='http://www.w3.org/2000/svg'/>",
                                         "<script>alert(1)</script>",
                                         "%PDF-1.7",
                                         "PK\3\4",
                                         "MZ",
                                         "\x7f"
                                         "ELF",
                                         "\xFF\xD8\xFF",
                                         "\x89PNG\r\n\x1a\n",
                                         "RIFF\1\1\1\1WAVEfmt "};
    struct buf b = {0};

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct media m;
        const char *why = NULL;

        assert_int_equal(media_look(others[i], strlen(others[i]), &m, &why), ST_BAD);
        assert_non_null(why);
    }
    /* A page behind a picture's first bytes is no picture. */
    buf_add(&b, "\x89PNG\r\n\x1a\n<html>", 14);
    looks(&b, ST_BAD, "broken");
    buf_clear(&b);
    picture_box(&b, "ftyp", "qt  \0\0\0\0qt  ", 12);
    looks(&b, ST_BAD, "type");
    buf_clear(&b);
    picture_box(&b, "ftyp", "heic\0\0\0\0heic", 12);
    looks(&b, ST_BAD, "type");
    buf_free(&b);
}

/* A sound in boxes has no picture; a box that is longer than its file has no end. */
static void boxes_that_are_no_video(void **state)
{
    struct buf b = {0};

    (void)state;
    picture_box(&b, "ftyp", "isom\0\0\2\0isomiso2", 16);
    picture_box(&b, "moov", "", 0);
    picture_box(&b, "mdat", "sound", 5);
    looks(&b, ST_BAD, "broken");
    buf_clear(&b);
    picture_mp4(&b, 10, 10, 4, 1);
    b.s[b.len - 12] = 0x7F; /* the data's length */
    looks(&b, ST_BAD, "broken");
    buf_clear(&b);
    picture_mp4(&b, 10, 10, 4, 1);
    b.s[b.len - 9] = 7; /* shorter than its own head */
    looks(&b, ST_BAD, "broken");
    buf_free(&b);
}

static void limits_of_the_messenger(void **state)
{
    static const struct {
        int width, height;
        enum status want;
    } sides[] = {{9999, 1, ST_REFUSED},    {5000, 5000, ST_OK},
                 {5001, 5000, ST_REFUSED}, {200, 10, ST_OK},
                 {201, 10, ST_REFUSED},    {10, 201, ST_REFUSED},
                 {0, 10, ST_BAD},          {0x7FFFFFFF, 0x7FFFFFFF, ST_REFUSED}};
    struct buf b = {0};

    (void)state;
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        buf_clear(&b);
        picture_png(&b, sides[i].width, sides[i].height, 1);
        looks(&b, sides[i].want,
              sides[i].want == ST_OK    ? NULL
              : sides[i].want == ST_BAD ? "broken"
                                        : "dimensions");
    }
    buf_clear(&b);
    picture_mp4(&b, 9000, 9000, 100, 1); /* the rule is of photos */
    looks(&b, ST_OK, NULL);
    buf_clear(&b);
    picture_mp4(&b, 640, 480, MEDIA_VIDEO_MAX, 1);
    looks(&b, ST_REFUSED, "size");
    buf_clear(&b);
    picture_jpeg(&b, 640, 480, 1);
    while (b.len <= MEDIA_PHOTO_MAX)
        buf_add(&b, "0123456789abcdef", 16);
    looks(&b, ST_REFUSED, "size");
    buf_free(&b);
}

/* ---- kept ------------------------------------------------------------------------- */

static enum status add_in(struct db *db, void *arg)
{
    return media_add(db, SHOP_NOW, arg);
}

static enum status add(struct media_add *a, const struct buf *b)
{
    *a = (struct media_add){.bytes = b->s, .n = b->len, .staff_id = shop.owner.id};
    return db_tx(shop.db, add_in, a);
}

static int64_t added(int mark)
{
    struct media_add a;
    struct buf b = {0};

    picture_png(&b, 100, 100, mark);
    assert_int_equal(add(&a, &b), ST_OK);
    buf_free(&b);
    return a.out.id;
}

static void the_same_bytes_are_one_row(void **state)
{
    struct media_add a, again;
    struct media m;
    struct buf b = {0}, body = {0};

    (void)state;
    picture_jpeg(&b, 640, 480, 1);
    assert_int_equal(add(&a, &b), ST_OK);
    assert_true(a.made);
    assert_int_equal(add(&again, &b), ST_OK);
    assert_false(again.made);
    assert_int_equal(again.out.id, a.out.id);
    assert_int_equal(again.out.created_at, SHOP_NOW);
    assert_int_equal(media_load(shop.db, a.out.id, &m), ST_OK);
    assert_string_equal(m.mime, "image/jpeg");
    assert_int_equal(m.made_by, shop.owner.id);
    assert_memory_equal(m.sha256, a.out.sha256, SHA256_BYTES);
    assert_int_equal(media_body(shop.db, a.out.id, &body), ST_OK);
    assert_int_equal(body.len, b.len);
    assert_memory_equal(body.s, b.s, b.len);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM audit WHERE action ="
                                          " 'media.make'"),
                     1);
    assert_int_equal(media_load(shop.db, 999, &m), ST_NONE);
    assert_int_equal(media_body(shop.db, 999, &body), ST_NONE);
    b.len = 30;
    assert_int_equal(add(&a, &b), ST_BAD);
    buf_free(&b);
    buf_free(&body);
}

/* More than one statement could carry comes back byte by byte. */
static void a_large_video_comes_back_whole(void **state)
{
    struct media_add a;
    struct buf b = {0}, body = {0};

    (void)state;
    picture_mp4(&b, 1280, 720, 19 * 1024 * 1024, 0xA5);
    assert_int_equal(add(&a, &b), ST_OK);
    assert_int_equal(media_body(shop.db, a.out.id, &body), ST_OK);
    assert_int_equal(body.len, b.len);
    assert_memory_equal(body.s, b.s, b.len);
    assert_true(shop_number(shop.db, "SELECT COUNT(*) FROM media_part") > 19);
    buf_free(&b);
    buf_free(&body);
}

static struct buf raced;
static int64_t raced_id[4];

static void racer(struct db *db, int i, void *arg)
{
    struct media_add a = {.bytes = raced.s, .n = raced.len};

    (void)arg;
    assert_int_equal(db_tx(db, add_in, &a), ST_OK);
    raced_id[i] = a.out.id;
}

static void four_at_once_are_one_row(void **state)
{
    (void)state;
    picture_png(&raced, 333, 444, 1);
    shop_race(&shop, 4, racer, NULL);
    for (int i = 1; i < 4; i++)
        assert_int_equal(raced_id[i], raced_id[0]);
    assert_int_equal(
        shop_number(shop.db, "SELECT COUNT(*) FROM media WHERE width = 333"), 1);
    buf_free(&raced);
}

/* ---- named ------------------------------------------------------------------------- */

static enum status remove_in(struct db *db, void *arg)
{
    return media_remove(db, SHOP_NOW, *(int64_t *)arg, shop.owner.id);
}

static void who_is_named_stays(void **state)
{
    int64_t in_template = added(1), in_broadcast = added(2), none = added(3);
    int64_t in_automation = added(6);
    char sql[400];

    (void)state;
    shop_run(shop.db,
             "INSERT INTO template (id, kind, label, name, purpose, created_at,"
             " updated_at) VALUES (1, 1, 'a', 'a', 2, NOW(), NOW())");
    snprintf(sql, sizeof sql,
             "INSERT INTO template_version (template_id, no, content, status, made_at)"
             " VALUES (1, 1, '{\"en\":{\"media\":[700007,%lld]}}', 1, NOW())",
             (long long)in_template);
    shop_run(shop.db, sql);
    shop_run(shop.db, "INSERT INTO broadcast (id, name, purpose, state, created_at,"
                      " updated_at) VALUES (1, 'b', 2, 1, NOW(), NOW())");
    snprintf(sql, sizeof sql,
             "INSERT INTO broadcast_variant (broadcast_id, no, content) VALUES (1, 1,"
             " '{\"ru\":{\"text\":\"x\",\"media\":[%lld]}}')",
             (long long)in_broadcast);
    shop_run(shop.db, sql);
    shop_run(shop.db, "SET foreign_key_checks = 0");
    snprintf(
        sql, sizeof sql,
        "INSERT INTO automation_plan (automation_id, no, body, made_at) VALUES"
        " (1, 1, '{\"steps\":[{\"do\":\"wait\"},{\"do\":\"send\",\"content\":{\"en\":"
        "{\"media\":[%lld]}}}]}', NOW())",
        (long long)in_automation);
    shop_run(shop.db, sql);
    shop_run(shop.db, "SET foreign_key_checks = 1");
    assert_int_equal(db_tx(shop.db, remove_in, &in_automation), ST_TAKEN);
    assert_int_equal(db_tx(shop.db, remove_in, &in_template), ST_TAKEN);
    assert_int_equal(db_tx(shop.db, remove_in, &in_broadcast), ST_TAKEN);
    assert_int_equal(db_tx(shop.db, remove_in, &none), ST_OK);
    assert_int_equal(db_tx(shop.db, remove_in, &none), ST_NONE);
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM media_part WHERE media_id = %lld",
             (long long)none);
    assert_int_equal(shop_number(shop.db, sql), 0);
    shop_run(shop.db, "DELETE FROM template_version");
    assert_int_equal(db_tx(shop.db, remove_in, &in_template), ST_OK);
}

static int64_t wanted;

static enum status hold_in(struct db *db, void *arg)
{
    int64_t *missing = arg;
    const int64_t ids[] = {wanted, 999999};

    assert_int_equal(media_hold(db, ids, 1, missing), ST_OK);
    return media_hold(db, ids, 2, missing);
}

static void who_names_one_is_told_of_a_missing_one(void **state)
{
    int64_t missing = 0;

    (void)state;
    wanted = added(4);
    assert_int_equal(db_tx(shop.db, hold_in, &missing), ST_NONE);
    assert_int_equal(missing, 999999);
}

/* ---- its name at the messenger's ---------------------------------------------------- */

static void a_wrong_file_id_is_dropped(void **state)
{
    char out[MEDIA_FILE_ID_BYTES], longer[MEDIA_FILE_ID_BYTES + 1];
    int64_t id = added(5);

    (void)state;
    assert_int_equal(media_file(shop.db, id, SENDER_CLIENT, out), ST_NONE);
    assert_int_equal(media_file_put(shop.db, id, SENDER_CLIENT, "AgACAgIAAx"), ST_OK);
    assert_int_equal(media_file_put(shop.db, id, SENDER_AUTH, "other"), ST_OK);
    assert_int_equal(media_file(shop.db, id, SENDER_CLIENT, out), ST_OK);
    assert_string_equal(out, "AgACAgIAAx");
    assert_int_equal(media_file_put(shop.db, id, SENDER_CLIENT, "newer"), ST_OK);
    /* Somebody learned of the old one late: the new one stays. */
    assert_int_equal(media_file_drop(shop.db, id, SENDER_CLIENT, "AgACAgIAAx"), ST_OK);
    assert_int_equal(media_file(shop.db, id, SENDER_CLIENT, out), ST_OK);
    assert_string_equal(out, "newer");
    assert_int_equal(media_file_drop(shop.db, id, SENDER_CLIENT, "newer"), ST_OK);
    assert_int_equal(media_file(shop.db, id, SENDER_CLIENT, out), ST_NONE);
    assert_int_equal(media_file(shop.db, id, SENDER_AUTH, out), ST_OK);
    memset(longer, 'a', MEDIA_FILE_ID_BYTES);
    longer[MEDIA_FILE_ID_BYTES] = '\0';
    assert_int_equal(media_file_put(shop.db, id, SENDER_CLIENT, longer), ST_BAD);
    assert_int_equal(media_file_put(shop.db, id, SENDER_CLIENT, ""), ST_BAD);
    assert_int_equal(media_file_put(shop.db, id, SENDER_CLIENT, "фото"), ST_BAD);
    assert_int_equal(media_file_put(shop.db, 999, SENDER_CLIENT, "x"), ST_NONE);
}

/* ---- listed ------------------------------------------------------------------------- */

static void pages_by_kind(void **state)
{
    struct page p = {.sort = &media_sorts[0], .limit = 200};
    const struct media_filter videos = {.kind = MEDIA_VIDEO};
    struct media m;
    int64_t total;
    int n = 0;
    enum status st = media_search(shop.db, &videos, &p);

    (void)state;
    while (st == ST_OK && (st = media_search_next(shop.db, &p, &m)) == ST_OK) {
        assert_int_equal(m.kind, MEDIA_VIDEO);
        n++;
    }
    assert_int_equal(st, ST_NONE);
    assert_int_equal(n, 1);
    assert_int_equal(media_total(shop.db, &(struct media_filter){0}, &total), ST_OK);
    assert_int_equal(total, shop_number(shop.db, "SELECT COUNT(*) FROM media"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_format_by_its_own_marks),
        cmocka_unit_test(what_is_none_is_refused),
        cmocka_unit_test(boxes_that_are_no_video),
        cmocka_unit_test(limits_of_the_messenger),
        cmocka_unit_test(the_same_bytes_are_one_row),
        cmocka_unit_test(a_large_video_comes_back_whole),
        cmocka_unit_test(four_at_once_are_one_row),
        cmocka_unit_test(who_is_named_stays),
        cmocka_unit_test(who_names_one_is_told_of_a_missing_one),
        cmocka_unit_test(a_wrong_file_id_is_dropped),
        cmocka_unit_test(pages_by_kind),
    };

    return cmocka_run_group_tests(tests, opened, closed);
}
