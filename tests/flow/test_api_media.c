/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Pictures and videos through the admin API: taken for what their bytes are, kept once,
 * given back to be saved, and refused when they are too large, nothing or not wanted. */
#include "core/base/clock.h"
#include "tests/harness/api.h"
#include "tests/harness/pictures.h"
#include "tests/harness/web.h"
#include "tests/harness/wire.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#define MEDIA "/api/v1/media"
#define DRIP_MS 13000 /* READING_MS of httpd and some ticks */

static int64_t marketing, reader;

static int opened(void **state)
{
    int st = api_open(state);

    marketing = api_staff(ROLE_MARKETING);
    reader = api_staff(ROLE_READONLY);
    return st;
}

static struct ask upload(const struct buf *b, const char *type)
{
    static char headers[80];

    snprintf(headers, sizeof headers, "Content-Type: %s\r\n", type);
    return (struct ask){
        "POST", MEDIA, b->s, .as = marketing, .headers = headers, .body_n = b->len};
}

static int64_t number(const struct heard *h, const char *name)
{
    int64_t n = -1;

    assert_true(json_int(h->json, name, &n));
    return n;
}

static const char *at(int64_t id, const char *tail)
{
    static char path[80];

    snprintf(path, sizeof path, MEDIA "/%lld%s", (long long)id, tail);
    return path;
}

static int64_t kept(const struct buf *b)
{
    const struct ask ask = upload(b, "application/octet-stream");
    struct heard h = {0};
    int64_t id;

    asks(&h, 0, &ask);
    assert_true(h.status == 200 || h.status == 201);
    id = number(&h, "id");
    heard_free(&h);
    return id;
}

/* ---- kept and given back ----------------------------------------------------------- */

static void the_bytes_say_what_they_are(void **state)
{
    struct buf b = {0};
    struct heard h = {0};
    struct ask ask;
    const char *body;
    int64_t id;

    (void)state;
    picture_jpeg(&b, 640, 480, 1);
    ask = upload(&b, "text/html"); /* a lie that nobody listens to */
    asks(&h, 201, &ask);
    id = number(&h, "id");
    assert_string_equal(json_text(h.json, "mime", NULL), "image/jpeg");
    assert_string_equal(json_text(h.json, "kind", NULL), "photo");
    assert_int_equal(number(&h, "width"), 640);
    assert_int_equal(number(&h, "size"), (int64_t)b.len);
    assert_int_equal(strlen(json_text(h.json, "sha256", NULL)), 64);
    assert_string_equal(heard_header(&h, "Location"), at(id, ""));
    asks(&h, 200, &ask); /* the same bytes: the same one */
    assert_int_equal(number(&h, "id"), id);

    asks(&h, 200, &(struct ask){"GET", at(id, ""), .as = reader});
    assert_string_equal(heard_header(&h, "Content-Type"), "image/jpeg");
    assert_string_equal(heard_header(&h, "X-Content-Type-Options"), "nosniff");
    assert_non_null(strstr(heard_header(&h, "Content-Disposition"), "attachment; "));
    assert_non_null(strstr(heard_header(&h, "Content-Disposition"), ".jpg\""));
    assert_non_null(strstr(heard_header(&h, "Content-Security-Policy"), "sandbox"));
    body = web_body(&h.raw);
    assert_int_equal(h.raw.len - (size_t)(body - h.raw.s), b.len);
    assert_memory_equal(body, b.s, b.len);
    asks(&h, 200, &(struct ask){"GET", at(id, "/info"), .as = reader});
    assert_int_equal(number(&h, "made_by"), marketing);
    buf_free(&b);
    heard_free(&h);
}

/* Twenty mebibytes less a little, there and back. */
static void a_large_video(void **state)
{
    struct buf b = {0};
    struct heard h = {0};
    const char *body;
    int64_t id;

    (void)state;
    picture_mp4(&b, 1280, 720, 20 * 1024 * 1024 - 500, 0x5A);
    id = kept(&b);
    asks(&h, 200, &(struct ask){"GET", at(id, ""), .as = reader});
    body = web_body(&h.raw);
    assert_int_equal(h.raw.len - (size_t)(body - h.raw.s), b.len);
    assert_memory_equal(body, b.s, b.len);
    heard_free(&h);
    buf_free(&b);
}

static void a_repeated_key_is_answered_again(void **state)
{
    struct buf b = {0}, other = {0};
    struct heard h = {0};
    struct ask ask;
    int64_t id;

    (void)state;
    picture_png(&b, 50, 50, 1);
    picture_png(&other, 60, 60, 1);
    ask = upload(&b, "image/png");
    ask.key = "picture-once";
    asks(&h, 201, &ask);
    id = number(&h, "id");
    asks(&h, 201, &ask);
    assert_int_equal(number(&h, "id"), id);
    assert_string_equal(heard_header(&h, "Idempotency-Replayed"), "true");
    ask = upload(&other, "image/png");
    ask.key = "picture-once";
    refuses(422, "idempotency_key_reused", &ask);
    heard_free(&h);
    buf_free(&b);
    buf_free(&other);
}

/* ---- refused ------------------------------------------------------------------------ */

static void refuses_bytes(const void *bytes, size_t n, int status, const char *code)
{
    struct buf b = {0};
    struct ask ask;

    buf_add(&b, bytes, n);
    ask = upload(&b, "image/png");
    refuses(status, code, &ask);
    buf_free(&b);
}

static void what_is_no_picture(void **state)
{
    static const char *const bodies[] = {
        "{}",
        "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "GIF89a......",
        "%PDF-1.7 ",
        "\x89PNG\r\n\x1a\n<html><script>alert(1)</script>",
        "#!/bin/sh\nrm -rf /",
        "' OR 1=1 --"};
    struct buf b = {0};

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        refuses_bytes(bodies[i], strlen(bodies[i]), 400, "validation_failed");
    picture_png(&b, 9000, 2000, 1);
    refuses_bytes(b.s, b.len, 400, "validation_failed");
    buf_clear(&b);
    picture_png(&b, 900, 200, 1);
    refuses_bytes(b.s, b.len - 13, 400, "validation_failed");
    buf_free(&b);
    refuses(400, "validation_failed",
            &(struct ask){"POST", MEDIA, NULL, .as = marketing});
    refuses(403, "forbidden",
            &(struct ask){"POST", MEDIA, "x", .as = reader, .body_n = 1});
}

static void what_is_too_large(void **state)
{
    char path[] = MEDIA, *text;
    struct buf b = {0};
    struct heard h = {0};
    const char *token = api_token(marketing);
    int status;

    (void)state;
    /* A photo has a limit of its own, below that of the address. */
    picture_jpeg(&b, 640, 480, 7);
    while (b.len <= 10 * 1000 * 1000)
        buf_add(&b, "0123456789abcdef", 16);
    refuses_bytes(b.s, b.len, 413, "too_large");
    buf_free(&b);
    /* What is announced as too large is refused unread, here and elsewhere. */
    for (int i = 0; i < 2; i++) {
        int fd;
        const struct ask ask = {"POST", i == 0 ? path : "/api/v1/templates",
                                .as = marketing};
        struct buf head = {0};

        buf_addf(&head,
                 "POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                 "Accept-Language: en\r\nAuthorization: %s\r\nContent-Type:"
                 " application/json\r\nContent-Length: %d\r\n\r\n",
                 ask.path, token, i == 0 ? 20 * 1024 * 1024 + 1 : 1024 * 1024 + 1);
        fd = wire_try(api_place.port);
        assert_true(fd >= 0);
        assert_int_equal(send(fd, head.s, head.len, MSG_NOSIGNAL), (ssize_t)head.len);
        asks_hear(&h, fd, &ask);
        assert_int_equal(h.status, 413);
        assert_string_equal(heard_code(&h), "too_large");
        buf_free(&head);
    }
    /* Elsewhere a large body is none, also when it comes. */
    text = malloc(2 * 1024 * 1024);
    memset(text, ' ', 2 * 1024 * 1024);
    status =
        web_hear(asks_say(&(struct ask){"POST", "/api/v1/templates/check", text,
                                        .as = marketing, .body_n = 2 * 1024 * 1024}),
                 &h.raw);
    assert_true(status == 413 || status < 0); /* who talks on may lose the answer */
    free(text);
    asks(&h, 200, &(struct ask){"GET", MEDIA, .as = marketing});
    heard_free(&h);
}

/* Who is nobody of ours is not listened to for twenty mebibytes. */
static void a_stranger_is_answered_before_the_body(void **state)
{
    static const char head[] =
        "POST " MEDIA " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x\r\n"
        "Content-Length: 20000000\r\n\r\n";
    struct heard h = {0};
    int fd = wire_try(api_place.port);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(send(fd, head, sizeof head - 1, MSG_NOSIGNAL),
                     (ssize_t)sizeof head - 1);
    asks_hear(&h, fd, &(struct ask){"POST", MEDIA});
    assert_int_equal(h.status, 401);
    heard_free(&h);
}

/* A slow line: longer than any other request may take, and a hand takes it up at once. */
static void a_file_that_drips(void **state)
{
    struct buf b = {0}, head = {0};
    struct heard h = {0};
    int64_t from = clock_mono_ms();
    size_t at = 0;
    int fd = wire_try(api_place.port);

    (void)state;
    picture_mp4(&b, 320, 240, 2 * 1024 * 1024, 0x33);
    buf_addf(&head,
             "POST " MEDIA " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
             "Authorization: %s\r\nContent-Length: %zu\r\n\r\n",
             api_token(marketing), b.len);
    assert_int_equal(send(fd, head.s, head.len, MSG_NOSIGNAL), (ssize_t)head.len);
    while (clock_mono_ms() - from < DRIP_MS) {
        struct pollfd p = {.fd = fd, .events = POLLIN};

        assert_int_equal(poll(&p, 1, 100), 0); /* it is not cut off */
        assert_int_equal(send(fd, b.s + at, 1000, MSG_NOSIGNAL), 1000);
        at += 1000;
    }
    wire_say_n(fd, b.s + at, b.len - at);
    asks_hear(&h, fd, &(struct ask){"POST", MEDIA});
    assert_int_equal(h.status, 201);
    heard_free(&h);
    buf_free(&head);
    buf_free(&b);
}

/* ---- removed ------------------------------------------------------------------------- */

static void one_that_is_named_stays(void **state)
{
    struct buf b = {0};
    struct heard h = {0};
    char body[200];
    int64_t id, template_id;

    (void)state;
    picture_png(&b, 70, 70, 1);
    id = kept(&b);
    snprintf(body, sizeof body,
             "{\"key\":\"with_picture\",\"content\":{\"ru\":{\"text\":\"x\",\"media\":"
             "[%lld]}}}",
             (long long)id);
    asks(&h, 201, &(struct ask){"POST", "/api/v1/templates", body, .as = marketing});
    template_id = number(&h, "id");
    refuses(409, "conflict", &(struct ask){"DELETE", at(id, ""), .as = marketing});
    snprintf(body, sizeof body, "/api/v1/templates/%lld", (long long)template_id);
    asks(&h, 200,
         &(struct ask){"PATCH", body, "{\"archived\":true}", .as = marketing,
                       .if_match = "\"v1\""});
    refuses(409, "conflict", &(struct ask){"DELETE", at(id, ""), .as = marketing});
    asks(&h, 204, &(struct ask){"DELETE", body, .as = marketing});
    refuses(403, "forbidden", &(struct ask){"DELETE", at(id, ""), .as = reader});
    asks(&h, 204, &(struct ask){"DELETE", at(id, ""), .as = marketing});
    refuses(404, "not_found", &(struct ask){"GET", at(id, ""), .as = marketing});
    refuses(404, "not_found", &(struct ask){"GET", at(id, "/info"), .as = marketing});
    refuses(404, "not_found", &(struct ask){"DELETE", at(id, ""), .as = marketing});
    heard_free(&h);
    buf_free(&b);
}

static void listed(void **state)
{
    struct heard h = {0};
    struct buf b = {0};

    (void)state;
    for (int i = 0; i < 5; i++) {
        buf_clear(&b);
        picture_webp(&b, 100 + i, 100, i);
        kept(&b);
    }
    asks(&h, 200,
         &(struct ask){"GET", MEDIA "?kind=photo&sort=-id&limit=2&include_total=true",
                       .as = reader});
    assert_int_equal(json_count(json_get(h.json, "items")), 2);
    assert_int_equal(json_int_or(json_at(json_get(h.json, "items"), 0), "width", 0),
                     104);
    assert_true(json_bool_or(h.json, "page.has_next", false));
    refuses(400, "validation_failed",
            &(struct ask){"GET", MEDIA "?kind=sound", .as = reader});
    refuses(400, "validation_failed",
            &(struct ask){"GET", MEDIA "?sort=sha256", .as = reader});
    heard_free(&h);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bytes_say_what_they_are),
        cmocka_unit_test(a_large_video),
        cmocka_unit_test(a_repeated_key_is_answered_again),
        cmocka_unit_test(what_is_no_picture),
        cmocka_unit_test(what_is_too_large),
        cmocka_unit_test(a_stranger_is_answered_before_the_body),
        cmocka_unit_test(a_file_that_drips),
        cmocka_unit_test(one_that_is_named_stays),
        cmocka_unit_test(listed),
    };

    return cmocka_run_group_tests(tests, opened, api_close);
}
