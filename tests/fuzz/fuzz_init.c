/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * initData: what strangers make up is never taken, and what is honestly signed is never
 * called forged, whatever its fields hold. */
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/secret.h"
#include "core/io/init_data.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS 16
#define TOKEN "1000000001:not-a-real-token-only-for-fuzzing"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct field {
    const char *key, *value;
};

static void check(bool fine)
{
    if (!fine)
        abort();
}

static enum init_fault look(const char *s, size_t n)
{
    const struct init_ask ask = {TOKEN, 1767225610 * SECOND, 3600};
    struct init_data d = {0};
    enum init_fault fault = init_data_check(&ask, s, n, &d);

    check((fault == INIT_FINE) == (d.user > 0));
    return fault;
}

/* "key=value" lines to fields; control bytes and doubles are left out, as nobody signs
 * such. */
static size_t fields_of(char *s, struct field out[FIELDS])
{
    size_t n = 0;

    for (char *line; n < FIELDS && (line = strsep(&s, "\n")) != NULL;) {
        char *equals = strchr(line, '=');
        bool again = equals == NULL || equals == line;

        for (char *p = line; *p != '\0'; p++)
            again = again || (unsigned char)*p < ' ';
        if (again)
            continue;
        *equals = '\0';
        again = strcmp(line, "hash") == 0;
        for (size_t i = 0; i < n; i++)
            again = again || strcmp(out[i].key, line) == 0;
        if (!again)
            out[n++] = (struct field){line, equals + 1};
    }
    return n;
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct field *)a)->key, ((const struct field *)b)->key);
}

static void sign(struct field *f, size_t n, struct buf *query)
{
    uint8_t key[SHA256_BYTES], hash[SHA256_BYTES];
    struct buf text = {0};

    for (size_t i = 0; i < n; i++) {
        buf_add_url(query, f[i].key);
        buf_addc(query, '=');
        buf_add_url(query, f[i].value);
        buf_addc(query, '&');
    }
    qsort(f, n, sizeof(*f), by_key);
    for (size_t i = 0; i < n; i++)
        buf_addf(&text, "%s%s=%s", i > 0 ? "\n" : "", f[i].key, f[i].value);
    check(!text.failed &&
          secret_hmac_sha256("WebAppData", 10, TOKEN, strlen(TOKEN), key) == ST_OK &&
          secret_hmac_sha256(key, sizeof(key), text.s, text.len, hash) == ST_OK);
    buf_adds(query, "hash=");
    for (int i = 0; i < SHA256_BYTES; i++)
        buf_addf(query, "%02x", hash[i]);
    buf_free(&text);
}

static void signed_fields(const uint8_t *data, size_t n)
{
    char *s = malloc(n + 1);
    struct field f[FIELDS];
    struct buf query = {0};
    size_t many;

    check(s != NULL);
    memcpy(s, data, n);
    s[n] = '\0';
    many = fields_of(s, f);
    if (many > 0) {
        sign(f, many, &query);
        check(!query.failed);
        if (query.len <= INIT_DATA_MAX) {
            check(look(query.s, query.len) != INIT_FORGED);
            query.s[query.len - 1] ^= 1; /* still a digit: 0 and 1, a and ` */
            check(look(query.s, query.len) != INIT_FINE);
        }
    }
    buf_free(&query);
    free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    check(look((const char *)data, n) != INIT_FINE);
    signed_fields(data, n);
    return 0;
}
