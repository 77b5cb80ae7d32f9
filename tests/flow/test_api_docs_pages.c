/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The pages that show the description: what is sent for them, byte by byte, and how they
 * look to a browser. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/docs.h"
#include "tests/harness/api.h"
#include "tests/harness/browser.h"
#include "tests/harness/web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PACKED_MOST (512 * 1024) /* bytes of a file, on the road */

static const char *const pages[] = {"/api/docs", "/api/redoc"};

static size_t body_bytes(const struct heard *h)
{
    return h->raw.len - (size_t)(web_body(&h->raw) - h->raw.s);
}

static void a_browser_shows_all_of_it(void **state)
{
    char origin[64];

    (void)state;
    snprintf(origin, sizeof origin, "http://127.0.0.1:%d", api_place.port);
    setenv("PANEL_ORIGIN", origin, 1);
    setenv("PANEL_TOKEN", api_token(api_staff(ROLE_OWNER)) + strlen("Bearer "), 1);
    browser_runs("docs.mjs");
}

static void pages_have_a_policy_of_their_own(void **state)
{
    struct heard h = {0};

    (void)state;
    for (int i = 0; i < 2; i++) {
        const char *policy;

        asks(&h, 200, &(struct ask){"GET", pages[i]});
        policy = heard_header(&h, "Content-Security-Policy");
        assert_non_null(strstr(policy, "default-src 'none'"));
        assert_non_null(strstr(policy, "script-src 'self';"));
        assert_non_null(strstr(policy, "connect-src 'self';"));
        assert_null(strstr(policy, "unsafe"));
        assert_null(strstr(policy, "http"));
        assert_string_equal(heard_header(&h, "Cache-Control"), "no-cache");
        assert_string_equal(heard_header(&h, "Content-Type"),
                            "text/html; charset=utf-8");
        assert_null(strstr(web_body(&h.raw), "://"));
        asks(&h, 405, &(struct ask){"POST", pages[i]});
        assert_string_equal(heard_header(&h, "Allow"), "GET, HEAD, OPTIONS");
    }
    heard_free(&h);
}

static void a_page_that_was_seen_is_not_sent_again(void **state)
{
    struct heard h = {0};
    char headers[100];

    (void)state;
    for (int i = 0; i < 2; i++) {
        asks(&h, 200, &(struct ask){"GET", pages[i]});
        snprintf(headers, sizeof headers, "If-None-Match: \"x\", %s\r\n",
                 heard_header(&h, "ETag"));
        asks(&h, 304, &(struct ask){"GET", pages[i], .headers = headers});
        assert_int_equal(body_bytes(&h), 0);
        asks(&h, 200,
             &(struct ask){"GET", pages[i], .headers = "If-None-Match: \"x\"\r\n"});
    }
    heard_free(&h);
}

/* Every file, as it is and compressed: all bytes, and their names say for how long. */
static void files_come_whole(void **state)
{
    struct heard h = {0};
    char path[120];

    (void)state;
    assert_true(docs_files_n >= 9);
    for (int i = 0; i < docs_files_n; i++) {
        const struct docs_file *f = &docs_files[i];

        snprintf(path, sizeof path, "/api/docs/%s", f->name);
        if (strstr(f->name, ".html") != NULL) {
            refuses(404, "not_found", &(struct ask){"GET", path});
            continue;
        }
        asks(&h, 200, &(struct ask){"GET", path});
        assert_int_equal(body_bytes(&h), f->packed - f->plain);
        assert_memory_equal(web_body(&h.raw), f->plain, body_bytes(&h));
        assert_string_equal(heard_header(&h, "Content-Encoding"), "");
        assert_true(strcmp(f->name, "licences.txt") == 0 ||
                    strstr(heard_header(&h, "Cache-Control"), "immutable") != NULL);
        asks(&h, 200,
             &(struct ask){"GET", path,
                           .headers = "Accept-Encoding: br, gzip;q=0.5\r\n"});
        assert_string_equal(heard_header(&h, "Content-Encoding"), "gzip");
        assert_string_equal(heard_header(&h, "Vary"), "Accept-Encoding");
        assert_int_equal(body_bytes(&h), f->end - f->packed);
        assert_true(body_bytes(&h) < PACKED_MOST);
        assert_memory_equal(web_body(&h.raw), f->packed, body_bytes(&h));
        asks(&h, 200,
             &(struct ask){"GET", path, .headers = "Accept-Encoding: gzip;q=0\r\n"});
        assert_string_equal(heard_header(&h, "Content-Encoding"), "");
        asks(&h, 200, &(struct ask){"HEAD", path});
        assert_int_equal(body_bytes(&h), 0);
    }
    heard_free(&h);
}

static void what_is_not_there(void **state)
{
    static const char *const none[] = {"/api/docs/index.html", "/api/docs/x.js",
                                       "/api/docs/..",         "/api/docs/x/y",
                                       "/api/docs/%2e%2e",     "/api/redoc/x"};
    struct heard h = {0};

    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        refuses(404, "not_found", &(struct ask){"GET", none[i]});
    for (int i = 0; i < 2; i++) {
        char path[32];

        snprintf(path, sizeof path, "%s/", pages[i]);
        asks(&h, 308, &(struct ask){"GET", path});
        assert_string_equal(heard_header(&h, "Location"), pages[i]);
    }
    heard_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_have_a_policy_of_their_own),
        cmocka_unit_test(a_page_that_was_seen_is_not_sent_again),
        cmocka_unit_test(files_come_whole),
        cmocka_unit_test(what_is_not_there),
        cmocka_unit_test(a_browser_shows_all_of_it),
    };

    return cmocka_run_group_tests_name("api docs pages", tests, api_open, api_close);
}
