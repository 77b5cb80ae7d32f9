/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/secret.h"

#include <errno.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

/* Without random bytes or a hash there is no code, link or comparison to trust. */
static void die(const char *line)
{
    ssize_t n = write(STDERR_FILENO, line, strlen(line));

    (void)n;
    abort();
}

void secret_random(void *out, size_t n)
{
    unsigned char *p = out;

    while (n > 0) {
        ssize_t got = getrandom(p, n, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            die("the kernel gives no random bytes\n");
        p += got;
        n -= (size_t)got;
    }
}

/* Numbers of the last, incomplete round of n are thrown away: they would come oftener.
 */
uint64_t secret_random_below(uint64_t n)
{
    uint64_t v, uneven;

    if (n < 2)
        return 0;
    uneven = (UINT64_MAX % n + 1) % n;
    do
        secret_random(&v, sizeof v);
    while (v > UINT64_MAX - uneven);
    return v % n;
}

/* Walks along what was given, whatever the other is: how long it takes says nothing of
 * where they differ, nor of the expected one. */
bool secret_equal(const char *a, const char *b)
{
    size_t na, nb, at = 0;
    volatile unsigned differ = 0; /* no compiler may stop at the first difference */

    if (a == NULL || b == NULL)
        return false;
    na = strlen(a);
    nb = strlen(b);
    for (size_t i = 0; i < na; i++) {
        differ |= (unsigned char)a[i] ^ (unsigned char)b[at];
        at += at < nb; /* stays on the final NUL */
    }
    return (differ | (unsigned)(na != nb)) == 0;
}

void secret_sha256(const void *p, size_t n, uint8_t out[SHA256_BYTES])
{
    if (EVP_Digest(p != NULL ? p : "", n, out, NULL, EVP_sha256(), NULL) != 1)
        die("no memory for a hash\n");
}

void secret_sha1_hex(const void *p, size_t n, char out[41])
{
    uint8_t hash[20];

    if (EVP_Digest(p, n, hash, NULL, EVP_sha1(), NULL) != 1)
        die("no memory for a hash\n");
    for (size_t i = 0; i < sizeof hash; i++)
        snprintf(out + i * 2, 3, "%02x", hash[i]);
}

static enum status hmac(const EVP_MD *kind, const void *key, size_t key_n,
                        const void *p, size_t n, uint8_t *out)
{
    unsigned len = 0;

    if (key_n > INT_MAX)
        return ST_BAD;
    /* OpenSSL takes a NULL key for "the one of last time". */
    if (HMAC(kind, key != NULL ? key : "", (int)key_n, p != NULL ? p : "", n, out,
             &len) == NULL)
        return ST_BROKEN;
    return ST_OK;
}

enum status secret_hmac_sha256(const void *key, size_t key_n, const void *p, size_t n,
                               uint8_t out[SHA256_BYTES])
{
    return hmac(EVP_sha256(), key, key_n, p, n, out);
}

enum status secret_hmac_sha1(const void *key, size_t key_n, const void *p, size_t n,
                             uint8_t out[SHA1_BYTES])
{
    return hmac(EVP_sha1(), key, key_n, p, n, out);
}

void secret_token22(char out[23])
{
    static const char symbols[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789-_";
    uint8_t bytes[17] = {0}; /* 128 random bits; the 22nd symbol carries two of them */
    unsigned bits = 0, held = 0;
    size_t next = 0;

    secret_random(bytes, 16);
    for (int i = 0; i < 22; i++) {
        if (held < 6) {
            bits = (bits << 8 | bytes[next++]) & 0xFFFFF;
            held += 8;
        }
        held -= 6;
        out[i] = symbols[bits >> held & 0x3F];
    }
    out[22] = '\0';
}
