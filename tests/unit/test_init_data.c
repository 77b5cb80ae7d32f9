/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Who has opened our page: the vectors of tests/data, and what strangers make of a good
 * one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/secret.h"
#include "core/io/init_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TOKEN "1000000001:not-a-real-token-only-for-vectors"
#define HOUR_S 3600
#define NOW_S 1767225610LL
#define GOOD_USER "user=%7B%22id%22%3A5000000001%7D"

static enum init_fault check_at(const char *s, size_t n, int64_t now_s,
                                struct init_data *out)
{
    const struct init_ask ask = {TOKEN, now_s * SECOND, HOUR_S};
    char *copy = malloc(n > 0 ? n : 1); /* so that a read beyond its end is seen */
    enum init_fault fault;

    assert_non_null(copy);
    memcpy(copy, s, n);
    fault = init_data_check(&ask, copy, n, out);
    free(copy);
    return fault;
}

/* What Telegram would sign; fields: "a=1\nb=2", sorted. Appends &hash=…. */
static void sign(struct buf *query, const char *fields, const char *token)
{
    uint8_t key[SHA256_BYTES], hash[SHA256_BYTES];

    assert_int_equal(secret_hmac_sha256("WebAppData", 10, token, strlen(token), key),
                     ST_OK);
    assert_int_equal(secret_hmac_sha256(key, sizeof(key), fields, strlen(fields), hash),
                     ST_OK);
    buf_adds(query, "&hash=");
    for (int i = 0; i < SHA256_BYTES; i++)
        buf_addf(query, "%02x", hash[i]);
}

/* A query as it came, signed over fields: what does the reader say? */
static enum init_fault signed_as(const char *query, const char *fields)
{
    struct buf b = {0};
    struct init_data d = {0};
    enum init_fault fault;

    buf_adds(&b, query);
    sign(&b, fields, TOKEN);
    fault = check_at(b.s, b.len, NOW_S, &d);
    assert_true((fault == INIT_FINE) == (d.user != 0));
    buf_free(&b);
    return fault;
}

/* ---- the vectors ---------------------------------------------------------------- */

static struct json *vectors(void)
{
    FILE *f = fopen("tests/data/initdata-vectors.json", "re");
    static char text[32768];
    struct json *o;

    assert_non_null(f);
    o = json_parse(text, fread(text, 1, sizeof(text), f));
    fclose(f);
    assert_non_null(o);
    return o;
}

static enum init_fault vector(const struct json *v, struct init_data *out)
{
    const struct init_ask ask = {json_text(v, "bot_token", NULL),
                                 json_int_or(v, "now", 0) * SECOND, HOUR_S};
    size_t n;
    const char *s = json_text(v, "init_data", &n);

    assert_non_null(s);
    return init_data_check(&ask, s, n, out);
}

static void test_vectors(void **state)
{
    struct json *o = vectors();
    const struct json *list = json_get(o, "hmac");

    (void)state;
    assert_true(json_count(list) >= 13);
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *v = json_at(list, i);
        struct init_data d = {0};
        enum init_fault fault = vector(v, &d);

        if ((fault == INIT_FINE) != json_bool_or(v, "valid", false))
            fail_msg("%s: %d", json_text(v, "name", NULL), fault);
        assert_true((fault == INIT_FINE) == (d.user == 5000000001));
    }
    json_free(o);
}

/* Each way to be wrong has its name, as the page answers differently. */
static void test_how_vectors_are_wrong(void **state)
{
    static const struct {
        const char *name;
        enum init_fault fault;
    } want[] = {
        {"hash_last_digit_changed", INIT_FORGED},
        {"wrong_token", INIT_FORGED},
        {"user_id_changed", INIT_FORGED},
        {"auth_date_changed", INIT_FORGED},
        {"extra_field_added", INIT_FORGED},
        {"hash_missing", INIT_FORGED},
        {"very_old", INIT_OLD},
        {"duplicate_user_key", INIT_BROKEN},
    };
    struct json *o = vectors();
    const struct json *list = json_get(o, "hmac");
    size_t seen = 0;

    (void)state;
    for (size_t i = 0; i < json_count(list); i++)
        for (size_t k = 0; k < sizeof(want) / sizeof(want[0]); k++) {
            struct init_data d;

            if (strcmp(json_text(json_at(list, i), "name", NULL), want[k].name) != 0)
                continue;
            assert_int_equal(vector(json_at(list, i), &d), want[k].fault);
            seen++;
        }
    assert_int_equal(seen, sizeof(want) / sizeof(want[0]));
    json_free(o);
}

static struct json *good_vector(char out[1024])
{
    struct json *o = vectors();

    snprintf(out, 1024, "%s",
             json_text(json_at(json_get(o, "hmac"), 0), "init_data", NULL));
    return o;
}

static void test_every_changed_byte(void **state)
{
    char good[1024], bad[1024];
    struct init_data d;
    size_t n;

    (void)state;
    json_free(good_vector(good));
    n = strlen(good);
    for (size_t i = 0; i < n; i++)
        for (int c = 0; c < 256; c++) {
            memcpy(bad, good, n);
            if (bad[i] == (char)c)
                continue;
            bad[i] = (char)c;
            /* %7b is %7B. */
            if (check_at(bad, n, NOW_S, &d) == INIT_FINE &&
                !(i > 0 && strncasecmp(bad, good, n) == 0))
                fail_msg("byte %zu changed to %d is taken", i, c);
        }
}

static void test_every_cut(void **state)
{
    struct init_data d;
    char good[1024];

    (void)state;
    json_free(good_vector(good));
    for (size_t i = 0; i < strlen(good); i++)
        assert_true(check_at(good, i, NOW_S, &d) != INIT_FINE);
    assert_int_equal(check_at(good, strlen(good), NOW_S, &d), INIT_FINE);
}

/* ---- time ----------------------------------------------------------------------- */

static void test_bounds_of_time(void **state)
{
    const int64_t made = 1767225600;
    struct init_data d;
    char good[1024];
    size_t n;

    (void)state;
    json_free(good_vector(good));
    n = strlen(good);
    assert_int_equal(check_at(good, n, made + HOUR_S, &d), INIT_FINE);
    assert_int_equal(d.at, made * SECOND);
    assert_int_equal(check_at(good, n, made + HOUR_S + 1, &d), INIT_OLD);
    assert_int_equal(check_at(good, n, made - INIT_DATA_AHEAD_S, &d), INIT_FINE);
    assert_int_equal(check_at(good, n, made - INIT_DATA_AHEAD_S - 1, &d), INIT_EARLY);
}

static void test_dates_that_are_none(void **state)
{
    static const char *const bad[] = {
        "",
        "-1767225600",
        "1767225600.5",
        "1e9",
        "0x6955",
        "99999999999999999999999",
        "100000000000",
        " 1767225600",
    };
    char query[200], fields[200];

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        snprintf(query, sizeof(query), "auth_date=%s&%s", bad[i], GOOD_USER);
        snprintf(fields, sizeof(fields), "auth_date=%s\nuser={\"id\":5000000001}",
                 bad[i]);
        assert_int_equal(signed_as(query, fields), INIT_BROKEN);
    }
}

/* ---- forms ---------------------------------------------------------------------- */

#define SIGNED_USER "user={\"id\":5000000001}"

static void test_forms(void **state)
{
    (void)state;
    assert_int_equal(signed_as("auth_date=1767225600&" GOOD_USER,
                               "auth_date=1767225600\n" SIGNED_USER),
                     INIT_FINE);
    /* An equals sign within a value; an empty value; a plus is a blank. */
    assert_int_equal(signed_as("a=b=c&auth_date=1767225600&e=&s=x+y&" GOOD_USER,
                               "a=b=c\nauth_date=1767225600\ne=\ns=x y\n" SIGNED_USER),
                     INIT_FINE);
    assert_int_equal(signed_as("auth_date=1767225600&&" GOOD_USER,
                               "auth_date=1767225600\n" SIGNED_USER),
                     INIT_BROKEN);
    assert_int_equal(signed_as("auth_date=1767225600&flag&" GOOD_USER,
                               "auth_date=1767225600\n" SIGNED_USER),
                     INIT_BROKEN);
    assert_int_equal(signed_as("auth_date=1767225600&=x&" GOOD_USER,
                               "=x\nauth_date=1767225600\n" SIGNED_USER),
                     INIT_BROKEN);
}

/* The same key spelt two ways is twice the same key. */
static void test_doubles_in_disguise(void **state)
{
    (void)state;
    assert_int_equal(signed_as("auth_date=1767225600&" GOOD_USER
                               "&%75ser=%7B%22id%22%3A666%7D",
                               "auth_date=1767225600\n" SIGNED_USER),
                     INIT_BROKEN);
    assert_int_equal(signed_as("auth_date=1767225600&" GOOD_USER "&hash=00",
                               "auth_date=1767225600\n" SIGNED_USER),
                     INIT_BROKEN);
}

/* A line break would let one value pass for two fields of what was signed. */
static void test_bytes_that_belong_in_no_value(void **state)
{
    (void)state;
    assert_int_equal(signed_as("auth_date=1767225600%0Auser%3D%7B%22id%22%3A5%7D",
                               "auth_date=1767225600\nuser={\"id\":5}"),
                     INIT_BROKEN);
    assert_int_equal(signed_as("a=x%0Auser=1&auth_date=1767225600&" GOOD_USER,
                               "a=x\nuser=1\nauth_date=1767225600\n" SIGNED_USER),
                     INIT_BROKEN);
    assert_int_equal(signed_as("a=%00&auth_date=1767225600&" GOOD_USER,
                               "a=\nauth_date=1767225600\n" SIGNED_USER),
                     INIT_BROKEN);
    assert_int_equal(signed_as("a=%4&auth_date=1767225600&" GOOD_USER,
                               "a=%4\nauth_date=1767225600\n" SIGNED_USER),
                     INIT_BROKEN);
    assert_int_equal(signed_as("a=%GG&auth_date=1767225600&" GOOD_USER,
                               "a=%GG\nauth_date=1767225600\n" SIGNED_USER),
                     INIT_BROKEN);
}

static void test_people_who_are_none(void **state)
{
    static const char *const users[] = {
        "",
        "5000000001",
        "[]",
        "{}",
        "{\"id\":0}",
        "{\"id\":-5}",
        "{\"id\":\"5000000001\"}",
        "{\"id\":5.5}",
        "{\"id\":5,\"is_bot\":true}",
        "{\"id\":9223372036854775807}",
        "{\"id\":99999999999999999999999}",
        "{\"id\":5",
    };
    char query[300], fields[300];

    (void)state;
    for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
        snprintf(query, sizeof(query), "auth_date=1767225600&user=%s", users[i]);
        snprintf(fields, sizeof(fields), "auth_date=1767225600\nuser=%s", users[i]);
        if (signed_as(query, fields) != INIT_BROKEN)
            fail_msg("taken for a person: %s", users[i]);
    }
    assert_int_equal(signed_as("auth_date=1767225600", "auth_date=1767225600"),
                     INIT_BROKEN);
}

static void test_sizes(void **state)
{
    struct buf query = {0}, fields = {0};
    struct init_data d = {0};

    (void)state;
    /* Exactly as long as may be, and one byte more. */
    for (size_t more = 0; more < 2; more++) {
        size_t hash = strlen("&hash=") + 2 * SHA256_BYTES;

        buf_clear(&query);
        buf_clear(&fields);
        buf_adds(&query, "auth_date=1767225600&" GOOD_USER "&x=");
        buf_adds(&fields, "auth_date=1767225600\n" SIGNED_USER "\nx=");
        while (query.len + hash < INIT_DATA_MAX + more) {
            buf_addc(&query, 'y');
            buf_addc(&fields, 'y');
        }
        sign(&query, fields.s, TOKEN);
        assert_int_equal(query.len, INIT_DATA_MAX + more);
        assert_int_equal(check_at(query.s, query.len, NOW_S, &d),
                         more ? INIT_BROKEN : INIT_FINE);
    }
    buf_clear(&query);
    for (int i = 0; i < 33; i++)
        buf_addf(&query, "k%02d=v&", i);
    buf_adds(&query, "auth_date=1767225600&" GOOD_USER);
    assert_int_equal(check_at(query.s, query.len, NOW_S, &d), INIT_BROKEN);
    assert_int_equal(check_at("", 0, NOW_S, &d), INIT_BROKEN);
    buf_free(&query);
    buf_free(&fields);
}

/* ---- tokens --------------------------------------------------------------------- */

/* Two bots, two tokens: what one signed is nothing to the other. */
static void test_the_other_bots_token(void **state)
{
    static const char *const tokens[] = {TOKEN, "1000000002:the-other-one", "", NULL};
    struct init_data d;
    char good[1024];

    (void)state;
    json_free(good_vector(good));
    for (size_t i = 0; i < 4; i++) {
        const struct init_ask ask = {tokens[i], NOW_S * SECOND, HOUR_S};

        assert_int_equal(init_data_check(&ask, good, strlen(good), &d),
                         i == 0 ? INIT_FINE : INIT_FORGED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_how_vectors_are_wrong),
        cmocka_unit_test(test_every_changed_byte),
        cmocka_unit_test(test_every_cut),
        cmocka_unit_test(test_bounds_of_time),
        cmocka_unit_test(test_dates_that_are_none),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_doubles_in_disguise),
        cmocka_unit_test(test_bytes_that_belong_in_no_value),
        cmocka_unit_test(test_people_who_are_none),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_the_other_bots_token),
    };

    return cmocka_run_group_tests_name("init_data", tests, NULL, NULL);
}
