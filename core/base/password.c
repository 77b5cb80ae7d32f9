/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/password.h"

#include "core/base/secret.h"

#include <crypt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The work area is 32 KiB and holds what the password was. */
static void area_free(struct crypt_data *area)
{
    if (area != NULL)
        explicit_bzero(area, sizeof *area);
    free(area);
}

static bool fits(const char *password)
{
    size_t n = strnlen(password, PASSWORD_MAX + 1);

    return n > 0 && n <= PASSWORD_MAX;
}

enum status password_hash(const char *password, int cost, char out[PASSWORD_HASH])
{
    struct crypt_data *area;
    enum status st = ST_BROKEN;
    char salt[CRYPT_GENSALT_OUTPUT_SIZE], random[16];
    const char *hash = NULL;

    if (!fits(password))
        return ST_BAD;
    area = calloc(1, sizeof *area);
    secret_random(random, sizeof random);
    if (area != NULL && crypt_gensalt_rn("$2b$", (unsigned long)cost, random,
                                         sizeof random, salt, sizeof salt) != NULL)
        hash = crypt_r(password, salt, area);
    if (hash != NULL && hash[0] == '$' && strlen(hash) < PASSWORD_HASH) {
        snprintf(out, PASSWORD_HASH, "%s", hash);
        st = ST_OK;
    }
    area_free(area);
    return st;
}

bool password_is(const char *password, const char *hash)
{
    struct crypt_data *area;
    const char *made;
    bool same;

    if (!fits(password) || hash == NULL || hash[0] != '$')
        return false;
    area = calloc(1, sizeof *area);
    if (area == NULL)
        return false;
    made = crypt_r(password, hash, area);
    same = made != NULL && made[0] == '$' && secret_equal(made, hash);
    area_free(area);
    return same;
}
