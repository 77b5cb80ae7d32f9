/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/init_data.h"

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/secret.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAIRS_MAX 32                     /* Telegram sends about ten */
#define HASH_HEX (2 * SHA256_BYTES)      /* lower case */
#define PERSON_MAX ((int64_t)1 << 52)    /* no id of Telegram's is longer */
#define DATE_MAX ((int64_t)100000000000) /* seconds; 12 digits never overflow */

struct pair {
    const char *key, *value;
};

struct pairs {
    struct pair at[PAIRS_MAX];
    size_t n;
    char text[INIT_DATA_MAX + 1]; /* what they point into */
};

/* ---- the form ------------------------------------------------------------------- */

static int digit_of(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;

    return at != NULL ? (int)((at - digits) % 16) : -1;
}

/* One byte of s, and how many of s it took; 0: there is none to be had. */
static size_t byte_of(const char *s, size_t n, char *out)
{
    int high, low;

    *out = *s == '+' ? ' ' : *s;
    if (*s != '%')
        return (unsigned char)*s < ' ' ? 0 : 1;
    if (n < 3 || (high = digit_of(s[1])) < 0 || (low = digit_of(s[2])) < 0)
        return 0;
    *out = (char)(high << 4 | low);
    return (unsigned char)*out < ' ' ? 0 : 3;
}

/* Decodes s[0..n) to *to and puts a NUL behind it, which takes no more room than s and
 * the sign that ended it. */
static bool decode(const char *s, size_t n, char **to)
{
    while (n > 0) {
        size_t took = byte_of(s, n, (*to)++);

        if (took == 0)
            return false;
        s += took;
        n -= took;
    }
    *(*to)++ = '\0';
    return true;
}

static const char *value_of(const struct pairs *p, const char *key)
{
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(p->at[i].key, key) == 0)
            return p->at[i].value;
    return NULL;
}

static bool add_pair(struct pairs *p, const char *s, size_t n, char **to)
{
    const char *equals = memchr(s, '=', n);
    struct pair new = {.key = *to};

    if (equals == NULL || equals == s || p->n == PAIRS_MAX)
        return false;
    if (!decode(s, (size_t)(equals - s), to) || value_of(p, new.key) != NULL)
        return false;
    new.value = *to;
    p->at[p->n++] = new;
    return decode(equals + 1, (size_t)(s + n - equals - 1), to);
}

static bool split(const char *s, size_t n, struct pairs *p)
{
    char *to = p->text;

    p->n = 0;
    if (n == 0 || n > INIT_DATA_MAX)
        return false;
    for (;;) {
        const char *end = memchr(s, '&', n);
        size_t len = end != NULL ? (size_t)(end - s) : n;

        if (!add_pair(p, s, len, &to))
            return false;
        if (end == NULL)
            return true;
        s = end + 1;
        n -= len + 1;
    }
}

/* ---- the signature -------------------------------------------------------------- */

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct pair *)a)->key, ((const struct pair *)b)->key);
}

/* All pairs but the hash, sorted, a line each: what was signed. */
static void signed_text(struct pairs *p, struct buf *out)
{
    qsort(p->at, p->n, sizeof(p->at[0]), by_key);
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(p->at[i].key, "hash") != 0)
            buf_addf(out, "%s%s=%s", out->len > 0 ? "\n" : "", p->at[i].key,
                     p->at[i].value);
}

static enum status sign(const char *token, const struct buf *text,
                        char hex[HASH_HEX + 1])
{
    static const char word[] = "WebAppData";
    uint8_t key[SHA256_BYTES], hash[SHA256_BYTES];
    enum status st =
        secret_hmac_sha256(word, sizeof(word) - 1, token, strlen(token), key);

    if (st == ST_OK)
        st = secret_hmac_sha256(key, sizeof(key), text->s, text->len, hash);
    for (size_t i = 0; st == ST_OK && i < SHA256_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    return st;
}

static bool signature_fits(struct pairs *p, const char *token)
{
    const char *hash = value_of(p, "hash");
    struct buf text = {0};
    char hex[HASH_HEX + 1];
    bool fits;

    if (hash == NULL || token == NULL || token[0] == '\0')
        return false;
    signed_text(p, &text);
    fits = !text.failed && text.len > 0 && sign(token, &text, hex) == ST_OK &&
           secret_equal(hash, hex);
    buf_free(&text);
    return fits;
}

/* ---- what it says --------------------------------------------------------------- */

/* Seconds; -1: no date. */
static int64_t date_of(const char *s)
{
    int64_t v = 0;

    if (s == NULL || *s == '\0')
        return -1;
    for (; *s != '\0'; s++) {
        if (*s < '0' || *s > '9' || v >= DATE_MAX)
            return -1;
        v = v * 10 + (*s - '0');
    }
    return v < DATE_MAX ? v : -1;
}

static int64_t person_of(const char *user)
{
    struct json *o = user != NULL ? json_parse(user, strlen(user)) : NULL;
    int64_t id = json_is_object(o) ? json_int_or(o, "id", 0) : 0;

    if (json_bool_or(o, "is_bot", false) || id > PERSON_MAX)
        id = 0;
    json_free(o);
    return id;
}

enum init_fault init_data_check(const struct init_ask *ask, const char *s, size_t n,
                                struct init_data *out)
{
    int64_t at, now = ask->now / SECOND, user;
    struct pairs p;

    if (!split(s, n, &p) || (at = date_of(value_of(&p, "auth_date"))) < 0)
        return INIT_BROKEN;
    if (!signature_fits(&p, ask->token))
        return INIT_FORGED;
    if (at > now + INIT_DATA_AHEAD_S)
        return INIT_EARLY;
    if (at < now - ask->age_s)
        return INIT_OLD;
    if ((user = person_of(value_of(&p, "user"))) <= 0)
        return INIT_BROKEN;
    *out = (struct init_data){.user = user, .at = at * SECOND};
    return INIT_FINE;
}
