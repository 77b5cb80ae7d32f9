/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Every token that somebody else might write, beside the one we do. Forged ones are
 * signed here by hand with the true key wherever that is the stronger attack. */
#include "core/base/base64.h"
#include "core/base/clock.h"
#include "core/base/secret.h"
#include "core/io/jwt.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW 1789689600000000LL
#define KEY "0123456789abcdef0123456789abcdef"
#define OTHER "fedcba9876543210fedcba9876543210"
#define JTI "abcdefghijABCDEFGHIJ_-"
#define HEAD "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define BODY                                                                           \
    "{\"aud\":\"panel\",\"exp\":1789776000,\"iat\":1789689600,\"iss\":\"dvorik\","     \
    "\"jti\":\"" JTI "\",\"nbf\":1789689600,\"sub\":\"12\"}"

static const struct jwt_keys keys = {.key = KEY};
static const struct jwt_claims claims = {
    .sub = 12, .jti = JTI, .issued = NOW, .expires = NOW + 24 * HOUR};

/* ---- tokens made by hand ---------------------------------------------------------- */

static void sign_add(struct buf *out, const EVP_MD *md, const void *key, size_t n)
{
    uint8_t mac[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    assert_non_null(
        HMAC(md, key, (int)n, (const unsigned char *)out->s, out->len, mac, &len));
    buf_addc(out, '.');
    base64_add(out, mac, len);
}

/* Lent until the next call. */
static const char *forged(const char *head, const char *body, const char *key)
{
    static struct buf out;

    buf_clear(&out);
    base64_add(&out, head, strlen(head));
    buf_addc(&out, '.');
    base64_add(&out, body, strlen(body));
    sign_add(&out, EVP_sha256(), key, strlen(key));
    assert_false(out.failed);
    return out.s;
}

static enum status reads(const char *token)
{
    struct jwt_claims c;

    return jwt_read(&keys, NOW + MINUTE, token, &c);
}

static enum status reads_body(const char *body)
{
    return reads(forged(HEAD, body, KEY));
}

/* BODY with one piece in place of another. */
static enum status reads_with(const char *from, const char *to)
{
    const char *at = strstr(BODY, from);
    char body[600];

    assert_non_null(at);
    snprintf(body, sizeof body, "%.*s%s%s", (int)(at - BODY), BODY, to,
             at + strlen(from));
    return reads_body(body);
}

/* ---- ours ------------------------------------------------------------------------- */

static void test_what_is_made_is_read(void **state)
{
    struct buf token = {0};
    struct jwt_claims c;

    (void)state;
    assert_int_equal(jwt_make(&keys, &claims, &token), ST_OK);
    assert_int_equal(jwt_read(&keys, NOW, token.s, &c), ST_OK);
    assert_int_equal(c.sub, 12);
    assert_string_equal(c.jti, JTI);
    assert_int_equal(c.issued, NOW);
    assert_int_equal(c.expires - c.issued, 86400 * SECOND);
    /* The one written by hand is taken, too: so what is refused below is refused for
     * what is wrong in it, and for nothing else. */
    assert_int_equal(reads(forged(HEAD, BODY, KEY)), ST_OK);
    buf_free(&token);
}

static void test_its_time_runs_out(void **state)
{
    struct jwt_claims c;
    const char *token = forged(HEAD, BODY, KEY);

    (void)state;
    assert_int_equal(jwt_read(&keys, NOW + 24 * HOUR - 1, token, &c), ST_OK);
    assert_int_equal(jwt_read(&keys, NOW + 24 * HOUR, token, &c), ST_NONE);
    assert_int_equal(jwt_read(&keys, NOW + 400 * DAY, token, &c), ST_NONE);
}

static void test_a_key_is_replaced(void **state)
{
    const struct jwt_keys both = {.key = OTHER, .old = KEY};
    const struct jwt_keys later = {.key = OTHER};
    struct buf fresh = {0};
    struct jwt_claims c;

    (void)state;
    assert_int_equal(jwt_read(&both, NOW, forged(HEAD, BODY, KEY), &c), ST_OK);
    assert_int_equal(jwt_make(&both, &claims, &fresh), ST_OK);
    assert_int_equal(jwt_read(&later, NOW, fresh.s, &c), ST_OK); /* by the new one */
    assert_int_equal(jwt_read(&keys, NOW, fresh.s, &c), ST_BAD);
    assert_int_equal(jwt_read(&later, NOW, forged(HEAD, BODY, KEY), &c), ST_BAD);
    buf_free(&fresh);
}

/* ---- keys ------------------------------------------------------------------------- */

static void test_no_key_and_short_keys(void **state)
{
    static const char *const bad[] = {NULL, "", "0123456789abcdef0123456789abcde"};
    struct jwt_claims c;
    struct buf b = {0};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const struct jwt_keys k = {.key = bad[i]}, old = {.key = OTHER, .old = bad[i]};
        const char *token = forged(HEAD, BODY, bad[i] != NULL ? bad[i] : "");

        assert_int_equal(jwt_make(&k, &claims, &b), ST_BAD);
        assert_int_equal(jwt_read(&k, NOW, token, &c), ST_BAD);
        assert_int_equal(jwt_read(&old, NOW, token, &c), ST_BAD);
        assert_int_equal(jwt_read(&k, NOW, forged("{\"alg\":\"none\"}", BODY, KEY), &c),
                         ST_BAD);
    }
    buf_free(&b);
}

static void test_another_secret(void **state)
{
    (void)state;
    assert_int_equal(reads(forged(HEAD, BODY, OTHER)), ST_BAD);
    assert_int_equal(reads(forged(HEAD, BODY, KEY "0")), ST_BAD);
}

/* ---- algorithms ------------------------------------------------------------------- */

static void test_other_heads_signed_with_the_true_key(void **state)
{
    static const char *const heads[] = {
        "{\"alg\":\"none\",\"typ\":\"JWT\"}",
        "{\"alg\":\"None\",\"typ\":\"JWT\"}",
        "{\"alg\":\"HS512\",\"typ\":\"JWT\"}",
        "{\"alg\":\"HS384\",\"typ\":\"JWT\"}",
        "{\"alg\":\"RS256\",\"typ\":\"JWT\"}",
        "{\"alg\":\"ES256\",\"typ\":\"JWT\"}",
        "{\"alg\":\"hs256\",\"typ\":\"JWT\"}",
        "{\"alg\":\"HS256\"}",
        "{\"typ\":\"JWT\"}",
        "{}",
        "[]",
        "\"HS256\"",
        "{\"alg\":\"HS256\",\"typ\":\"JOSE\"}",
        "{\"alg\":[\"HS256\"],\"typ\":\"JWT\"}",
        "{\"alg\":null,\"typ\":\"JWT\"}",
        "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"../../dev/null\"}",
        "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AA\"}}",
        "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"crit\":[\"exp\"]}",
        "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"b64\":false}",
        "{\"alg\":\"none\",\"alg\":\"HS256\",\"typ\":\"JWT\"}",
        "{\"alg\":\"HS256\",\"alg\":\"none\",\"typ\":\"JWT\"}",
        "{\"alg\":\"HS256\",\"typ\":\"JWT\"} ",
        " {\"alg\":\"HS256\",\"typ\":\"JWT\"}",
        "{\"alg\":\"\\u0048S256\",\"typ\":\"JWT\"}",
        "{\"alg\":\"HS256\",\"typ\":\"JWT\"",
        "",
    };

    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (reads(forged(heads[i], BODY, KEY)) != ST_BAD)
            fail_msg("taken: %s", heads[i]);
}

static void test_alg_none_without_a_signature(void **state)
{
    struct buf t = {0};

    (void)state;
    base64_add(&t, "{\"alg\":\"none\",\"typ\":\"JWT\"}", 27);
    buf_addc(&t, '.');
    base64_add(&t, BODY, strlen(BODY));
    assert_int_equal(reads(t.s), ST_BAD);
    buf_addc(&t, '.');
    assert_int_equal(reads(t.s), ST_BAD);
    buf_free(&t);
}

/* Signed with SHA-512 and the true key, under a head that says so, and one that lies. */
static void test_hs512(void **state)
{
    static const char *const heads[] = {"{\"alg\":\"HS512\",\"typ\":\"JWT\"}", HEAD};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct buf t = {0};

        base64_add(&t, heads[i], strlen(heads[i]));
        buf_addc(&t, '.');
        base64_add(&t, BODY, strlen(BODY));
        sign_add(&t, EVP_sha512(), KEY, strlen(KEY));
        assert_int_equal(reads(t.s), ST_BAD);
        buf_free(&t);
    }
}

/* The old confusion: what is public is taken for the secret, if somebody configured it
 * so. Signed with RS256 under such a key it is no HS256. */
static void test_an_rsa_key_is_no_secret(void **state)
{
    EVP_PKEY *rsa = EVP_RSA_gen(2048);
    BIO *bio = BIO_new(BIO_s_mem());
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    char pem[4096] = "";
    uint8_t mac[512];
    size_t n = sizeof mac;
    struct buf t = {0};
    struct jwt_claims c;
    struct jwt_keys k = {.key = pem};

    (void)state;
    assert_non_null(rsa);
    assert_int_equal(PEM_write_bio_PUBKEY(bio, rsa), 1);
    assert_true(BIO_read(bio, pem, sizeof pem - 1) > 32);
    base64_add(&t, "{\"alg\":\"RS256\",\"typ\":\"JWT\"}", 28);
    buf_addc(&t, '.');
    base64_add(&t, BODY, strlen(BODY));
    assert_int_equal(EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, rsa), 1);
    assert_int_equal(EVP_DigestSign(md, mac, &n, (unsigned char *)t.s, t.len), 1);
    buf_addc(&t, '.');
    base64_add(&t, mac, n);
    assert_int_equal(jwt_read(&k, NOW, t.s, &c), ST_BAD);
    assert_int_equal(reads(t.s), ST_BAD);
    /* HS256 with the public key as its secret, against our own. */
    assert_int_equal(reads(forged(HEAD, BODY, pem)), ST_BAD);
    EVP_MD_CTX_free(md);
    BIO_free(bio);
    EVP_PKEY_free(rsa);
    buf_free(&t);
}

/* ---- claims ----------------------------------------------------------------------- */

static void test_times(void **state)
{
    (void)state;
    assert_int_equal(reads_with("\"nbf\":1789689600", "\"nbf\":1789700000"), ST_BAD);
    assert_int_equal(reads_with("\"iat\":1789689600", "\"iat\":1789700000"), ST_BAD);
    assert_int_equal(reads_with("\"exp\":1789776000", "\"exp\":1789776001"), ST_BAD);
    assert_int_equal(reads_with("\"exp\":1789776000", "\"exp\":1789689601"), ST_NONE);
    assert_int_equal(reads_with("\"exp\":1789776000", "\"exp\":1789689600"), ST_BAD);
    assert_int_equal(reads_with("\"exp\":1789776000", "\"exp\":\"1789776000\""),
                     ST_BAD);
    assert_int_equal(reads_with("\"exp\":1789776000", "\"exp\":1789776000.0"), ST_BAD);
    assert_int_equal(reads_with("\"exp\":1789776000", "\"exp\":1.789776e9"), ST_BAD);
    assert_int_equal(reads_with("\"exp\":1789776000", "\"exp\":-1"), ST_BAD);
    assert_int_equal(reads_with("\"exp\":1789776000", "\"exp\":null"), ST_BAD);
    assert_int_equal(reads_with("\"exp\":1789776000", "\"exp\":9223372036854775807"),
                     ST_BAD);
    assert_int_equal(reads_with("\"exp\":1789776000,", ""), ST_BAD);
    assert_int_equal(reads_with("\"nbf\":1789689600,", ""), ST_BAD);
    assert_int_equal(reads_with("\"iat\":1789689600,", ""), ST_BAD);
    /* A clock a minute behind is still one of ours. */
    assert_int_equal(reads_with("\"nbf\":1789689600", "\"nbf\":1789689700"), ST_OK);
}

static void test_names(void **state)
{
    (void)state;
    assert_int_equal(reads_with("\"iss\":\"dvorik\"", "\"iss\":\"Dvorik\""), ST_BAD);
    assert_int_equal(reads_with("\"iss\":\"dvorik\",", ""), ST_BAD);
    assert_int_equal(reads_with("\"aud\":\"panel\"", "\"aud\":\"till\""), ST_BAD);
    assert_int_equal(reads_with("\"aud\":\"panel\"", "\"aud\":[\"panel\"]"), ST_BAD);
    assert_int_equal(reads_with("\"sub\":\"12\"", "\"sub\":12"), ST_BAD);
    assert_int_equal(reads_with("\"sub\":\"12\"", "\"sub\":\"012\""), ST_BAD);
    assert_int_equal(reads_with("\"sub\":\"12\"", "\"sub\":\"-12\""), ST_BAD);
    assert_int_equal(reads_with("\"sub\":\"12\"", "\"sub\":\"0\""), ST_BAD);
    assert_int_equal(reads_with("\"sub\":\"12\"", "\"sub\":\"99999999999999999999\""),
                     ST_BAD);
    assert_int_equal(reads_with(JTI, "abc"), ST_BAD);
    assert_int_equal(reads_with(JTI, "abcdefghijABCDEFGHIJ'-"), ST_BAD);
    assert_int_equal(reads_with("\"jti\":\"" JTI "\",", ""), ST_BAD);
    assert_int_equal(reads_with("\"sub\":\"12\"", "\"sub\":\"12\",\"adm\":true"),
                     ST_BAD);
}

static void test_claims_that_come_twice(void **state)
{
    (void)state;
    assert_int_equal(reads_with("\"sub\":\"12\"", "\"sub\":\"1\",\"sub\":\"12\""),
                     ST_BAD);
    assert_int_equal(reads_with("\"exp\":1789776000", "\"exp\":1,\"exp\":1789776000"),
                     ST_BAD);
    assert_int_equal(reads_with("\"sub\":\"12\"", "\"sub\":\"12\",\"\\u0073ub\":\"1\""),
                     ST_BAD);
    assert_int_equal(reads_body("[" BODY "]"), ST_BAD);
    assert_int_equal(reads_body("null"), ST_BAD);
    assert_int_equal(reads_body(""), ST_BAD);
}

/* ---- the text itself -------------------------------------------------------------- */

static void test_a_token_cut_short(void **state)
{
    char token[JWT_MAX + 1], part[JWT_MAX + 1];
    size_t n = strlen(forged(HEAD, BODY, KEY));

    (void)state;
    snprintf(token, sizeof token, "%s", forged(HEAD, BODY, KEY));
    assert_int_equal(reads(token), ST_OK);
    for (size_t i = 0; i < n; i++) {
        memcpy(part, token, i);
        part[i] = '\0';
        assert_int_equal(reads(part), ST_BAD);
        assert_int_equal(reads(token + i + 1), ST_BAD);
    }
}

/* Of each letter another one: no bit of it is without a meaning. */
static void test_every_letter_counts(void **state)
{
    char token[JWT_MAX + 1];
    struct jwt_claims c;

    (void)state;
    snprintf(token, sizeof token, "%s", forged(HEAD, BODY, KEY));
    for (size_t i = 0; token[i] != '\0'; i++) {
        char was = token[i];

        for (const char *s = "ABQgwz019-_.=+/ \n\x80"; *s != '\0'; s++)
            if (*s != was) {
                token[i] = *s;
                assert_int_equal(jwt_read(&keys, NOW, token, &c), ST_BAD);
            }
        token[i] = was;
    }
}

static void test_parts_too_many_and_padding(void **state)
{
    struct buf t = {0};

    (void)state;
    buf_addf(&t, "%s.", forged(HEAD, BODY, KEY));
    assert_int_equal(reads(t.s), ST_BAD);
    buf_adds(&t, "AAAA");
    assert_int_equal(reads(t.s), ST_BAD);
    buf_clear(&t);
    buf_addf(&t, "%s=", forged(HEAD, BODY, KEY));
    assert_int_equal(reads(t.s), ST_BAD);
    buf_clear(&t);
    buf_addf(&t, ".%s", forged(HEAD, BODY, KEY));
    assert_int_equal(reads(t.s), ST_BAD);
    assert_int_equal(reads(".."), ST_BAD);
    assert_int_equal(reads("..."), ST_BAD);
    assert_int_equal(reads(""), ST_BAD);
    assert_int_equal(reads(NULL), ST_BAD);
    buf_free(&t);
}

static void test_a_huge_one(void **state)
{
    size_t n = 1 << 20;
    char *huge = malloc(n + 1), *body = malloc(n + 1);

    (void)state;
    assert_non_null(huge);
    assert_non_null(body);
    memset(huge, 'A', n);
    huge[n] = '\0';
    assert_int_equal(reads(huge), ST_BAD);
    huge[10] = huge[20] = '.';
    assert_int_equal(reads(huge), ST_BAD);
    memset(body, '[', n); /* deep, and signed */
    body[n] = '\0';
    assert_int_equal(reads(forged(HEAD, body, KEY)), ST_BAD);
    body[700] = '\0';
    assert_int_equal(reads(forged(HEAD, body, KEY)), ST_BAD);
    free(huge);
    free(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_made_is_read),
        cmocka_unit_test(test_its_time_runs_out),
        cmocka_unit_test(test_a_key_is_replaced),
        cmocka_unit_test(test_no_key_and_short_keys),
        cmocka_unit_test(test_another_secret),
        cmocka_unit_test(test_other_heads_signed_with_the_true_key),
        cmocka_unit_test(test_alg_none_without_a_signature),
        cmocka_unit_test(test_hs512),
        cmocka_unit_test(test_an_rsa_key_is_no_secret),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_claims_that_come_twice),
        cmocka_unit_test(test_a_token_cut_short),
        cmocka_unit_test(test_every_letter_counts),
        cmocka_unit_test(test_parts_too_many_and_padding),
        cmocka_unit_test(test_a_huge_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
