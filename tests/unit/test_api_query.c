/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What stands behind the "?": decoded, held to its table, refused when unknown; and the
 * small readers of headers beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/call.h"
#include "api/etag.h"
#include "api/proxy.h"
#include "api/rate.h"
#include "core/base/base64.h"
#include "core/base/clock.h"
#include "core/base/stamp.h"

#include <stdio.h>
#include <string.h>

static const char *const states[] = {"new", "used", "void", NULL};
static const struct field params[] = {
    {"q", FIELD_TEXT, .min = 1, .max = 10},
    {"limit", FIELD_INT, .min = 1, .max = 200},
    {"open", FIELD_BOOL},
    {"after", FIELD_TIME},
    {"id", FIELD_IDS, .most = 4},
    {"state", FIELD_WORDS, .words = states},
    {"tag", FIELD_TEXTS, .min = 1, .max = 10, .most = 3},
};
#define N (sizeof params / sizeof *params)

static struct call c;

static enum status reads(const char *query)
{
    char copy[1024];

    given_free(&c.query);
    answer_clear(&c);
    snprintf(copy, sizeof copy, "%s", query);
    c.said.query = copy;
    return query_read(&c, params, N);
}

static int cleared(void **state)
{
    (void)state;
    given_free(&c.query);
    answer_clear(&c);
    return 0;
}

static void what_fits_is_taken(void **state)
{
    (void)state;
    assert_int_equal(reads(""), ST_OK);
    assert_false(given_has(&c.query, "q"));
    assert_int_equal(reads("q=%D0%94%D0%B2+%2B%26%3D&limit=200&open=1&&"
                           "after=2026-11-20T09:00:00%2B10:00"),
                     ST_OK);
    assert_string_equal(given_text(&c.query, "q"), "Дв +&=");
    assert_int_equal(given_int(&c.query, "limit", 0), 200);
    assert_true(given_bool(&c.query, "open", false));
    assert_true(given_int(&c.query, "after", 0) == 1795129200000000);
    assert_int_equal(reads("id=1,2&id=9223372036854775807&state=used&state=new"
                           "&tag=a,b&tag=c"),
                     ST_OK);
    assert_int_equal(given_value(&c.query, "id")->n, 3);
    assert_true(given_value(&c.query, "id")->ids[2] == INT64_MAX);
    assert_int_equal(given_value(&c.query, "state")->ids[0], 1);
    assert_int_equal(given_value(&c.query, "state")->ids[1], 0);
    assert_int_equal(given_value(&c.query, "tag")->n, 2);
    assert_string_equal(given_value(&c.query, "tag")->texts[0], "a,b");
}

static void each_error_names_its_parameter(void **state)
{
    static const struct {
        const char *query, *parameter, *code;
    } all[] = {
        {"x=1", "x", "unknown"},
        {"=1", "", "unknown"},
        {"Q=a", "Q", "unknown"},
        {"q=a&q=b", "q", "repeated"},
        {"q", "q", "too_short"},
        {"q=%0", "q", "format"},
        {"q=%g0", "q", "format"},
        {"q=%FF", "q", "format"},
        {"q=%ED%A0%80", "q", "format"},
        {"q=%00", "q", "format"},
        {"q=a%0Ab", "q", "format"},
        {"q=12345678901", "q", "too_long"},
        {"limit=0", "limit", "range"},
        {"limit=%2B5", "limit", "type"},
        {"limit=+5", "limit", "type"},
        {"limit=5.0", "limit", "type"},
        {"limit=", "limit", "type"},
        {"limit=-", "limit", "type"},
        {"limit=9223372036854775808", "limit", "type"},
        {"open=yes", "open", "type"},
        {"after=2026-11-20T09:00:00+10:00", "after", "format"}, /* "+" is a blank */
        {"after=2026-11-20T09:00:00", "after", "offset_required"},
        {"id=", "id", "type"},
        {"id=1,,2", "id", "type"},
        {"id=0", "id", "range"},
        {"id=1,2,3&id=4,5", "id", "too_many"},
        {"state=gone", "state", "not_one_of"},
        {"state=new,new", "state", "repeated"},
        {"tag=a&tag=", "tag", "too_short"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct json *error;

        assert_int_equal(reads(all[i].query), ST_REFUSED);
        error = json_at(c.answer.errors, 0);
        if (call_faults(&c) != 1 ||
            strcmp(json_text(error, "parameter", NULL), all[i].parameter) != 0 ||
            strcmp(json_text(error, "code", NULL), all[i].code) != 0)
            fail_msg("%s: %s", all[i].query, c.answer.text.s);
    }
}

static void a_flood_of_parameters_is_refused(void **state)
{
    char query[1000] = "";

    (void)state;
    for (int i = 0; i < 300; i++)
        memcpy(query + i * 3, "a=&", 4);
    assert_int_equal(reads(query), ST_REFUSED);
}

/* ---- headers --------------------------------------------------------------------- */

static void versions_that_were_seen(void **state)
{
    (void)state;
    assert_true(etag_names("\"v7\"", 7));
    assert_true(etag_names("*", 7));
    assert_true(etag_names("\"v6\", \"v7\"", 7));
    assert_false(etag_names("\"v7\"", 70));
    assert_false(etag_names("\"v70\"", 7));
    assert_false(etag_names("W/\"v7\"", 7));
    assert_false(etag_names("v7", 7));
    assert_false(etag_names("", 7));
}

static void languages(void **state)
{
    (void)state;
    assert_int_equal(tongue_of(NULL), TONGUE_RU);
    assert_int_equal(tongue_of("en"), TONGUE_EN);
    assert_int_equal(tongue_of("en-GB,en;q=0.9"), TONGUE_EN);
    assert_int_equal(tongue_of("de, fr"), TONGUE_RU);
    assert_int_equal(tongue_of("ru, en"), TONGUE_RU);
    assert_int_equal(tongue_of("ru;q=0.5, en;q=0.55"), TONGUE_EN);
    assert_int_equal(tongue_of("en;q=0"), TONGUE_RU);
    assert_int_equal(tongue_of("english"), TONGUE_RU);
}

static void caller(const char *trusted, const char *peer, const char *forwarded,
                   const char *is)
{
    char out[CALL_ADDRESS_BYTES];

    proxy_caller(trusted, peer, forwarded, out, sizeof out);
    assert_string_equal(out, is);
}

static void callers_behind_proxies(void **state)
{
    const char *ours = "127.0.0.1,10.0.0.0/8,fd00::/8";

    (void)state;
    caller(ours, "127.0.0.1", NULL, "127.0.0.1");
    caller(ours, "127.0.0.1", "203.0.113.7", "203.0.113.7");
    caller(ours, "203.0.113.9", "203.0.113.7", "203.0.113.9");
    caller(NULL, "127.0.0.1", "203.0.113.7", "127.0.0.1");
    /* What the caller wrote himself stands to the left of what our proxy saw. */
    caller(ours, "127.0.0.1", "1.1.1.1, 203.0.113.7", "203.0.113.7");
    caller(ours, "127.0.0.1", "1.1.1.1, 203.0.113.7, 10.1.2.3", "203.0.113.7");
    caller(ours, "fd12::1", "2001:db8::5", "2001:db8::5");
    caller(ours, "::ffff:127.0.0.1", "203.0.113.7", "203.0.113.7");
    caller(ours, "127.0.0.1", "garbage", "127.0.0.1");
    caller(ours, "127.0.0.1", "203.0.113.7, garbage", "127.0.0.1");
    caller(ours, "11.0.0.1", "203.0.113.7", "11.0.0.1");
    caller("10.0.0.0/9", "10.200.0.1", "203.0.113.7", "10.200.0.1");
}

static void buckets_fill_again(void **state)
{
    struct rate *r = rate_open(100);
    struct rate_ask ask = {.class = RATE_LOGIN, .address = "203.0.113.7", .now = DAY};
    struct rate_verdict v;

    (void)state;
    for (int i = 0; i < 10; i++) {
        v = rate_take(r, &ask);
        assert_true(v.allowed);
        assert_int_equal(v.remaining, 9 - i);
    }
    v = rate_take(r, &ask);
    assert_false(v.allowed);
    assert_int_equal(v.wait_s, 3); /* twenty a minute */
    ask.address = "203.0.113.8";
    assert_true(rate_take(r, &ask).allowed);
    ask.class = RATE_READ;
    ask.address = "203.0.113.7";
    assert_true(rate_take(r, &ask).allowed);
    ask.class = RATE_LOGIN;
    ask.now += 3 * SECOND;
    assert_true(rate_take(r, &ask).allowed);
    assert_false(rate_take(r, &ask).allowed);
    ask.now -= 2 * SECOND; /* a clock set back gives nothing and takes nothing */
    assert_false(rate_take(r, &ask).allowed);
    rate_close(r);
}

/* A subscriber's whole /64 is one caller; another one is not. */
static void one_subscriber_is_one_caller(void **state)
{
    struct rate *r = rate_open(10);
    struct rate_ask ask = {
        .class = RATE_LOGIN, .address = "2001:db8:1:2::1", .now = DAY};

    (void)state;
    assert_true(rate_take(r, &ask).allowed);
    ask.address = "2001:db8:1:2:ffff::9";
    assert_false(rate_take(r, &ask).allowed);
    ask.address = "2001:db8:1:3::1";
    assert_true(rate_take(r, &ask).allowed);
    /* IPv4 in the clothes of IPv6 is still one address each … */
    ask.address = "::ffff:192.0.2.1";
    assert_true(rate_take(r, &ask).allowed);
    ask.address = "::ffff:192.0.2.2";
    assert_true(rate_take(r, &ask).allowed);
    ask.address = "192.0.2.1"; /* … and the same one */
    assert_false(rate_take(r, &ask).allowed);
    ask.address = NULL;
    ask.account = 5;
    assert_true(rate_take(r, &ask).allowed);
    rate_close(r);
}

/* ---- times and base64 ------------------------------------------------------------ */

static void times_are_written_as_they_are_read(void **state)
{
    static const struct {
        const char *text, *utc;
    } all[] = {
        {"2026-11-20T05:07:28Z", "2026-11-20T05:07:28Z"},
        {"2026-11-20t05:07:28.1z", "2026-11-20T05:07:28.100000Z"},
        {"2026-11-20T00:30:00+10:00", "2026-11-19T14:30:00Z"},
        {"2026-12-31T23:59:60Z", "2027-01-01T00:00:00Z"},
        {"2024-02-28T23:00:00-05:30", "2024-02-29T04:30:00Z"},
    };
    static const char *const bad[] = {
        "2026-11-20",
        "2026-11-20T05:07Z",
        "2026-13-20T05:07:28Z",
        "2026-11-20T24:00:00Z",
        "2026-11-20T05:07:28+1",
        "2026-11-20T05:07:28Zx",
        "2026-11-20T05:07:28.Z",
        "1969-12-31T23:59:59Z",
        "26-11-20T05:07:28Z",
        "2026-11-20T05:07:28+10:00:00",
    };
    char out[STAMP_BYTES];
    int64_t at;

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        assert_int_equal(stamp_read(all[i].text, strlen(all[i].text), &at), ST_OK);
        stamp_print(at, out);
        assert_string_equal(out, all[i].utc);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(stamp_read(bad[i], strlen(bad[i]), &at), ST_BAD);
    assert_int_equal(stamp_read("2026-11-20T05:07:28", 19, &at), ST_REFUSED);
}

static void base64_has_one_spelling(void **state)
{
    struct buf text = {0}, bytes = {0};

    (void)state;
    for (size_t n = 0; n < 5; n++) {
        buf_clear(&text);
        buf_clear(&bytes);
        base64_add(&text, "\xFF\x00\xFEz?", n);
        assert_int_equal(base64_read(text.s != NULL ? text.s : "", text.len, &bytes),
                         ST_OK);
        assert_int_equal(bytes.len, n);
        assert_memory_equal(bytes.s != NULL ? bytes.s : "", "\xFF\x00\xFEz?", n);
    }
    assert_string_equal(text.s, "_wD-eg");
    assert_int_equal(base64_read("_wD-eh", 6, &bytes), ST_BAD);
    assert_int_equal(base64_read("_wD-e", 5, &bytes), ST_BAD);
    assert_int_equal(base64_read("_w==", 4, &bytes), ST_BAD);
    assert_int_equal(base64_read("/w", 2, &bytes), ST_BAD);
    buf_free(&text);
    buf_free(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(what_fits_is_taken, cleared),
        cmocka_unit_test_teardown(each_error_names_its_parameter, cleared),
        cmocka_unit_test_teardown(a_flood_of_parameters_is_refused, cleared),
        cmocka_unit_test(versions_that_were_seen),
        cmocka_unit_test(languages),
        cmocka_unit_test(callers_behind_proxies),
        cmocka_unit_test(buckets_fill_again),
        cmocka_unit_test(one_subscriber_is_one_caller),
        cmocka_unit_test(times_are_written_as_they_are_read),
        cmocka_unit_test(base64_has_one_spelling),
    };

    return cmocka_run_group_tests_name("api query", tests, NULL, NULL);
}
