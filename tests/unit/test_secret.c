/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/secret.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void hash_is(const uint8_t hash[SHA256_BYTES], const char *hex)
{
    char text[2 * SHA256_BYTES + 1];

    for (int i = 0; i < SHA256_BYTES; i++)
        snprintf(text + 2 * i, 3, "%02x", hash[i]);
    assert_string_equal(text, hex);
}

static void test_sha256_of_the_standard(void **state)
{
    uint8_t h[SHA256_BYTES];

    (void)state;
    secret_sha256("abc", 3, h);
    hash_is(h, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    secret_sha256(NULL, 0, h);
    hash_is(h, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* RFC 4231, cases 1, 2 and 6. */
static void test_hmac_of_the_standard(void **state)
{
    uint8_t h[SHA256_BYTES];
    char key[131];

    (void)state;
    memset(key, 0x0b, 20);
    assert_int_equal(secret_hmac_sha256(key, 20, "Hi There", 8, h), ST_OK);
    hash_is(h, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    assert_int_equal(
        secret_hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, h), ST_OK);
    hash_is(h, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key);
    assert_int_equal(
        secret_hmac_sha256(key, sizeof key,
                           "Test Using Larger Than Block-Size Key - Hash Key "
                           "First",
                           54, h),
        ST_OK);
    hash_is(h, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

/* A key of nothing is an empty key, never the one of the call before. */
static void test_hmac_without_a_key(void **state)
{
    uint8_t h[SHA256_BYTES];

    (void)state;
    assert_int_equal(secret_hmac_sha256("Jefe", 4, "x", 1, h), ST_OK);
    assert_int_equal(secret_hmac_sha256(NULL, 0, NULL, 0, h), ST_OK);
    hash_is(h, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    assert_int_equal(secret_hmac_sha256("x", (size_t)INT_MAX + 1, "x", 1, h), ST_BAD);
}

static void test_sha1_of_the_standard(void **state)
{
    char hex[41];

    (void)state;
    secret_sha1_hex("abc", 3, hex);
    assert_string_equal(hex, "a9993e364706816aba3e25717850c26c9cd0d89d");
    secret_sha1_hex("", 0, hex);
    assert_string_equal(hex, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

static void test_equal(void **state)
{
    (void)state;
    assert_true(secret_equal("", ""));
    assert_true(secret_equal("token", "token"));
    assert_false(secret_equal("token", "tokem"));
    assert_false(secret_equal("token", "Token"));
    assert_false(secret_equal("token", "token2"));
    assert_false(secret_equal("token", ""));
    assert_false(secret_equal("token", NULL));
    assert_false(secret_equal(NULL, "token"));
    assert_false(secret_equal(NULL, NULL));
}

static void test_random_bytes_fill_all_of_it(void **state)
{
    static unsigned char bytes[100000];
    int seen[256] = {0};

    (void)state;
    secret_random(bytes, sizeof bytes - 1);
    for (size_t i = 0; i < sizeof bytes - 1; i++)
        seen[bytes[i]]++;
    for (int i = 0; i < 256; i++)
        assert_in_range(seen[i], 250, 550); /* 390 expected; 7 sigma */
    assert_int_equal(bytes[sizeof bytes - 1], 0);
}

static void test_random_below_is_uniform(void **state)
{
    int seen[6] = {0}, high = 0;

    (void)state;
    for (int i = 0; i < 60000; i++)
        seen[secret_random_below(6)]++;
    for (int i = 0; i < 6; i++)
        assert_in_range(seen[i], 9300, 10700);
    assert_int_equal(secret_random_below(1), 0);
    assert_int_equal(secret_random_below(0), 0);
    /* Three quarters of 2^64: without care the first third would come twice as often.
     */
    for (int i = 0; i < 9000; i++)
        high += secret_random_below(3ULL << 62) >= 1ULL << 62;
    assert_in_range(high, 5700, 6300);
}

static void test_tokens(void **state)
{
    char a[23], b[23];
    int seen[256] = {0};

    (void)state;
    for (int i = 0; i < 3000; i++) {
        secret_token22(a);
        assert_int_equal(strlen(a), 22);
        assert_int_equal(strspn(a,
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789-_"),
                         22);
        for (int j = 0; j < 21; j++)
            seen[(unsigned char)a[j]]++;
        assert_non_null(strchr("AQgw", a[21])); /* only two bits are left for it */
    }
    for (const char *s = "AZaz09-_"; *s != '\0'; s++)
        assert_in_range(seen[(unsigned char)*s], 750, 1220); /* 984 expected */
    secret_token22(b);
    assert_string_not_equal(a, b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sha256_of_the_standard),
        cmocka_unit_test(test_hmac_of_the_standard),
        cmocka_unit_test(test_hmac_without_a_key),
        cmocka_unit_test(test_sha1_of_the_standard),
        cmocka_unit_test(test_equal),
        cmocka_unit_test(test_random_bytes_fill_all_of_it),
        cmocka_unit_test(test_random_below_is_uniform),
        cmocka_unit_test(test_tokens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
