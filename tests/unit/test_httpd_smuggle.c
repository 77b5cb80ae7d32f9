/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Requests that two servers in a row could cut at different places: each is refused,
 * and what stands behind it is never run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/harness/place.h"
#include "tests/harness/wire.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define POST "POST /x HTTP/1.1\r\nHost: a\r\n"

static const struct smuggle {
    const char *name, *bytes;
    int status; /* 0: 400 */
} smuggles[] = {
    {"two equal lengths", POST "Content-Length: 1\r\nContent-Length: 1\r\n\r\na"},
    {"two lengths", POST "Content-Length: 1\r\nContent-Length: 0\r\n\r\na"},
    {"a list of lengths", POST "Content-Length: 1, 1\r\n\r\na"},
    {"a signed length", POST "Content-Length: +1\r\n\r\na"},
    {"a negative length", POST "Content-Length: -1\r\n\r\na"},
    {"a length with a tail", POST "Content-Length: 1x\r\n\r\na"},
    {"a hexadecimal length", POST "Content-Length: 0x1\r\n\r\na"},
    {"an empty length", POST "Content-Length:\r\n\r\na"},
    {"a length beyond 64 bits", POST "Content-Length: 18446744073709551617\r\n\r\na",
     413},
    {"length and chunks",
     POST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"chunks and length",
     POST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"},
    {"another encoding", POST "Transfer-Encoding: gzip\r\n\r\na"},
    {"identity", POST "Transfer-Encoding: identity\r\n\r\n"},
    {"nearly chunked", POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
    {"chunked with a blank in front", POST "Transfer-Encoding: \x0b"
                                           "chunked\r\n\r\n0\r\n\r\n"},
    {"a list of encodings", POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
    {"chunked twice", POST "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"},
    {"two encodings",
     POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n"},
    {"an empty encoding", POST "Transfer-Encoding:\r\n\r\n"},
    {"a blank before the colon", POST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"},
    {"a blank before the length's colon", POST "Content-Length : 1\r\n\r\na"},
    {"no host", "GET /x HTTP/1.1\r\n\r\n"},
    {"an empty host", "GET /x HTTP/1.1\r\nHost:\r\n\r\n"},
    {"two hosts", "GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
    {"two lines of who it is for", "GET /x HTTP/1.1\r\nHost: a\r\n"
                                   "X-Forwarded-For: 192.0.2.1\r\n"
                                   "x-forwarded-for: 192.0.2.2\r\n\r\n"},
    {"a host with a path", "GET /x HTTP/1.1\r\nHost: a/b\r\n\r\n"},
    {"a host with a user", "GET /x HTTP/1.1\r\nHost: a@b\r\n\r\n"},
    {"a host with a blank", "GET /x HTTP/1.1\r\nHost: a b\r\n\r\n"},
    {"chunks in HTTP/1.0",
     "POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"a NUL in the path", "GET /x%00y HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"a control byte in a header", "GET /x HTTP/1.1\r\nHost: a\r\nX: a\x01z\r\n\r\n"},
    {"a control byte in the path", "GET /x\x01 HTTP/1.1\r\nHost: a\r\n\r\n"},
};

/* Behind each stands a request that must never be taken for one of its own. */
static void what_could_smuggle_is_400_and_closed(void **state)
{
    char answer[8192], bytes[1024];

    (void)state;
    for (size_t i = 0; i < sizeof(smuggles) / sizeof(smuggles[0]); i++) {
        const struct smuggle *s = &smuggles[i];
        int fd = wire_dial(httpd_port(place.httpd));

        place_forget();
        snprintf(bytes, sizeof(bytes), "%sGET /second HTTP/1.1\r\nHost: a\r\n\r\n",
                 s->bytes);
        wire_say(fd, bytes);
        if (!wire_hear_all(fd, answer, sizeof(answer)))
            fail_msg("%s: the connection stays open: %s", s->name, answer);
        if (wire_status(answer) != (s->status ? s->status : 400))
            fail_msg("%s: %s", s->name, answer);
        if (strstr(answer, "second") || place_handled())
            fail_msg("%s: the second request was run: %s", s->name, answer);
        close(fd);
    }
}

static const char *const broken_chunks[] = {
    "x\r\na\r\n0\r\n\r\n", "-1\r\na\r\n0\r\n\r\n",
    "ffffffffffffffffff\r\na\r\n0\r\n\r\n", "1\r\nab\r\n0\r\n\r\n",
    "1;\x01\r\na\r\n0\r\nX\r\n\r\n"};

static void a_broken_chunk_runs_nothing_behind_it(void **state)
{
    char answer[8192], bytes[1024];

    (void)state;
    for (size_t i = 0; i < sizeof(broken_chunks) / sizeof(broken_chunks[0]); i++) {
        int fd = wire_dial(httpd_port(place.httpd));

        place_forget();
        snprintf(bytes, sizeof(bytes),
                 POST "Transfer-Encoding: chunked\r\n\r\n%s"
                      "GET /second HTTP/1.1\r\nHost: a\r\n\r\n",
                 broken_chunks[i]);
        wire_say(fd, bytes);
        assert_true(wire_hear_all(fd, answer, sizeof(answer)));
        if (strstr(answer, "second") || place_handled())
            fail_msg("%s: %s", broken_chunks[i], answer);
        close(fd);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, place_open, place_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_could_smuggle_is_400_and_closed),
        TEST(a_broken_chunk_runs_nothing_behind_it),
    };

    return cmocka_run_group_tests_name("httpd_smuggle", tests, NULL, NULL);
}
