/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/totp.h"

#include "core/base/base32.h"
#include "core/base/clock.h"
#include "core/base/secret.h"

#include <stdio.h>
#include <string.h>

#define KEY_MAX 64 /* bytes of a secret that somebody else made */
#define KEY_MIN 10

static const char symbols[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

void totp_secret_make(char out[TOTP_SECRET])
{
    uint8_t random[TOTP_SECRET - 1];

    secret_random(random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++)
        out[i] = symbols[random[i] & 31];
    out[TOTP_SECRET - 1] = '\0';
}

/* RFC 4226, 5.3: four bytes of the hash, from where its last half byte says. */
static uint32_t truncated(const uint8_t hash[SHA1_BYTES])
{
    const uint8_t *p = hash + (hash[SHA1_BYTES - 1] & 15);

    return ((uint32_t)(p[0] & 0x7F) << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
            p[3]) %
           1000000;
}

enum status totp_code(const char *secret, int64_t step, char out[TOTP_DIGITS + 1])
{
    uint8_t key[KEY_MAX], count[8], hash[SHA1_BYTES];
    size_t n = base32_read(secret, key, sizeof key);
    enum status st;

    if (n < KEY_MIN || secret[strspn(secret, symbols)] != '\0')
        return ST_BAD;
    for (int i = 0; i < 8; i++)
        count[i] = (uint8_t)((uint64_t)step >> (56 - 8 * i));
    st = secret_hmac_sha1(key, n, count, sizeof count, hash);
    if (st == ST_OK)
        snprintf(out, TOTP_DIGITS + 1, "%06u", truncated(hash) % 1000000);
    return st;
}

bool totp_is(const char *secret, int64_t now, const char *code, int64_t last,
             int64_t *step)
{
    int64_t here = now / SECOND / TOTP_STEP_SECONDS;
    char right[TOTP_DIGITS + 1];
    bool found = false;

    for (int64_t s = here - 1; s <= here + 1; s++) {
        if (totp_code(secret, s, right) != ST_OK)
            return false;
        if (secret_equal(code, right) && s > last && !found) {
            found = true;
            *step = s;
        }
    }
    return found;
}

void totp_uri_add(struct buf *out, const char *issuer, const char *account,
                  const char *secret)
{
    buf_adds(out, "otpauth://totp/");
    buf_add_url(out, issuer);
    buf_addc(out, ':');
    buf_add_url(out, account);
    buf_addf(out, "?secret=%s&issuer=", secret);
    buf_add_url(out, issuer);
    buf_addf(out, "&algorithm=SHA1&digits=%d&period=%d", TOTP_DIGITS,
             TOTP_STEP_SECONDS);
}
