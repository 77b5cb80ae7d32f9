/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/jwt.h"

#include "core/base/base64.h"
#include "core/base/clock.h"
#include "core/base/json.h"

#include <jwt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ISSUER "dvorik"
#define AUDIENCE "panel"
#define SUB_BYTES 24

static bool long_enough(const char *key)
{
    return key != NULL && strlen(key) >= JWT_KEY_MIN;
}

/* ---- the library: signatures and nothing more ------------------------------------- */

/* Since 3.0 it is another library by the same name; this macro is among its new words. */
#ifdef jwt_set_SET_INT

static jwk_set_t *key_ring(const char *key)
{
    struct buf text = {0};
    jwk_set_t *ring = NULL;

    buf_adds(&text, "{\"kty\":\"oct\",\"alg\":\"HS256\",\"k\":\"");
    base64_add(&text, key, strlen(key));
    buf_adds(&text, "\"}");
    if (!text.failed)
        ring = jwks_create_strn(text.s, text.len);
    if (text.s != NULL)
        explicit_bzero(text.s, text.len);
    buf_free(&text);
    return ring;
}

static void put_text(jwt_builder_t *b, const char *name, const char *text)
{
    jwt_value_t v;

    jwt_set_SET_STR(&v, name, text);
    jwt_builder_claim_set(b, &v);
}

static void put_time(jwt_builder_t *b, const char *name, int64_t at)
{
    jwt_value_t v;

    jwt_set_SET_INT(&v, name, at / SECOND);
    jwt_builder_claim_set(b, &v);
}

static char *sign(const char *key, const struct jwt_claims *c, const char *sub)
{
    jwk_set_t *ring = key_ring(key);
    jwt_builder_t *b = jwt_builder_new();
    char *token = NULL;

    if (ring != NULL && b != NULL && jwks_item_get(ring, 0) != NULL &&
        jwt_builder_setkey(b, JWT_ALG_HS256, jwks_item_get(ring, 0)) == 0) {
        jwt_builder_enable_iat(b, 0); /* the time is ours to say */
        put_text(b, "aud", AUDIENCE);
        put_time(b, "exp", c->expires);
        put_time(b, "iat", c->issued);
        put_text(b, "iss", ISSUER);
        put_text(b, "jti", c->jti);
        put_time(b, "nbf", c->issued);
        put_text(b, "sub", sub);
        token = jwt_builder_generate(b);
    }
    jwt_builder_free(b);
    jwks_free(ring);
    return token;
}

static bool signed_by(const char *key, const char *token)
{
    jwk_set_t *ring = key_ring(key);
    jwt_checker_t *c = jwt_checker_new();
    bool is = false;

    if (ring != NULL && c != NULL && jwks_item_get(ring, 0) != NULL &&
        jwt_checker_setkey(c, JWT_ALG_HS256, jwks_item_get(ring, 0)) == 0) {
        jwt_checker_time_leeway(c, JWT_CLAIM_EXP, -1); /* asked below */
        jwt_checker_time_leeway(c, JWT_CLAIM_NBF, -1);
        is = jwt_checker_verify(c, token) == 0;
    }
    jwt_checker_free(c);
    jwks_free(ring);
    return is;
}

#else

static char *sign(const char *key, const struct jwt_claims *c, const char *sub)
{
    jwt_t *j = NULL;
    char *token = NULL;

    if (jwt_new(&j) == 0 &&
        jwt_set_alg(j, JWT_ALG_HS256, (const unsigned char *)key, (int)strlen(key)) ==
            0 &&
        jwt_add_grant(j, "iss", ISSUER) == 0 && jwt_add_grant(j, "sub", sub) == 0 &&
        jwt_add_grant(j, "aud", AUDIENCE) == 0 &&
        jwt_add_grant(j, "jti", c->jti) == 0 &&
        jwt_add_grant_int(j, "iat", (long)(c->issued / SECOND)) == 0 &&
        jwt_add_grant_int(j, "nbf", (long)(c->issued / SECOND)) == 0 &&
        jwt_add_grant_int(j, "exp", (long)(c->expires / SECOND)) == 0)
        token = jwt_encode_str(j);
    jwt_free(j);
    return token;
}

static bool signed_by(const char *key, const char *token)
{
    jwt_t *j = NULL;
    bool is =
        jwt_decode(&j, token, (const unsigned char *)key, (int)strlen(key)) == 0 &&
        jwt_get_alg(j) == JWT_ALG_HS256;

    jwt_free(j);
    return is;
}

#endif

/* ---- the form --------------------------------------------------------------------- */

/* A part as JSON, only if it is written as we would: no member twice (of two the last
 * would win here, and perhaps the first somewhere else), no blanks, no other escapes. */
static struct json *part_read(const char *s, size_t n)
{
    struct buf text = {0};
    struct json *o = NULL;
    const char *again;

    if (n > 0 && base64_read(s, n, &text) == ST_OK && text.len > 0)
        o = json_parse(text.s, text.len);
    again = json_is_object(o) ? json_print(o) : NULL;
    if (again == NULL || strlen(again) != text.len ||
        memcmp(again, text.s, text.len) != 0) {
        json_free(o);
        o = NULL;
    }
    buf_free(&text);
    return o;
}

static bool is(const struct json *o, const char *name, const char *text)
{
    size_t n;
    const char *s = json_text(o, name, &n);

    return s != NULL && n == strlen(text) && memcmp(s, text, n) == 0;
}

struct count {
    int members;
};

static void count_one(void *arg, const char *key, struct json *v)
{
    struct count *c = arg;

    (void)key;
    (void)v;
    c->members++;
}

static int members(const struct json *o)
{
    struct count c = {0};

    json_each(o, count_one, &c);
    return c.members;
}

/* Nothing but the two: no key of the token's own choice (jwk, kid), nothing critical. */
static bool head_fits(const char *s, size_t n)
{
    /* {"alg":"HS256","typ":"JWT"}, as we write it ourselves */
    static const char ours[] = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";
    struct json *o;
    bool fits;

    if (n == sizeof ours - 1 && memcmp(s, ours, n) == 0)
        return true;
    o = part_read(s, n);
    fits = o != NULL && members(o) == 2 && is(o, "alg", "HS256") && is(o, "typ", "JWT");

    json_free(o);
    return fits;
}

static bool sub_read(const struct json *o, int64_t *out)
{
    const char *s = json_text(o, "sub", NULL);
    char again[SUB_BYTES];

    *out = s != NULL ? strtoll(s, NULL, 10) : 0;
    snprintf(again, sizeof again, "%lld", (long long)*out);
    return s != NULL && *out > 0 && strcmp(s, again) == 0;
}

static bool jti_read(const struct json *o, char out[JWT_JTI + 1])
{
    size_t n;
    const char *s = json_text(o, "jti", &n);

    if (s == NULL || n != JWT_JTI ||
        strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") !=
            JWT_JTI)
        return false;
    memcpy(out, s, JWT_JTI + 1);
    return true;
}

/* Seconds that become microseconds without running over. */
static bool time_read(const struct json *o, const char *name, int64_t *out)
{
    int64_t s;

    if (!json_int(o, name, &s) || s <= 0 || s > INT64_MAX / SECOND / 2)
        return false;
    *out = s * SECOND;
    return true;
}

static enum status claims_read(const struct json *o, int64_t now,
                               struct jwt_claims *out)
{
    int64_t not_before;

    if (o == NULL || members(o) != 7 || !is(o, "iss", ISSUER) ||
        !is(o, "aud", AUDIENCE) || !sub_read(o, &out->sub) || !jti_read(o, out->jti) ||
        !time_read(o, "iat", &out->issued) || !time_read(o, "exp", &out->expires) ||
        !time_read(o, "nbf", &not_before))
        return ST_BAD;
    if (not_before > now + JWT_SKEW_S * SECOND ||
        out->issued > now + JWT_SKEW_S * SECOND || out->expires <= out->issued ||
        out->expires - out->issued > JWT_LIFE_HOURS * HOUR)
        return ST_BAD;
    return out->expires > now ? ST_OK : ST_NONE;
}

/* ---- both ways -------------------------------------------------------------------- */

enum status jwt_make(const struct jwt_keys *keys, const struct jwt_claims *c,
                     struct buf *out)
{
    char sub[SUB_BYTES];
    char *token;

    if (!long_enough(keys->key) || c->sub <= 0 || strlen(c->jti) != JWT_JTI ||
        c->expires <= c->issued)
        return ST_BAD;
    snprintf(sub, sizeof sub, "%lld", (long long)c->sub);
    token = sign(keys->key, c, sub);
    if (token == NULL)
        return ST_BROKEN;
    buf_adds(out, token);
    free(token);
    return out->failed ? ST_BROKEN : ST_OK;
}

enum status jwt_read(const struct jwt_keys *keys, int64_t now, const char *token,
                     struct jwt_claims *out)
{
    const char *dot, *end;
    struct json *claims;
    enum status st;

    *out = (struct jwt_claims){0};
    if (token == NULL || strnlen(token, JWT_MAX + 1) > JWT_MAX ||
        (dot = strchr(token, '.')) == NULL || (end = strchr(dot + 1, '.')) == NULL ||
        strchr(end + 1, '.') != NULL || end[1] == '\0')
        return ST_BAD;
    if (!head_fits(token, (size_t)(dot - token)))
        return ST_BAD;
    if (!(long_enough(keys->key) && signed_by(keys->key, token)) &&
        !(long_enough(keys->old) && signed_by(keys->old, token)))
        return ST_BAD;
    claims = part_read(dot + 1, (size_t)(end - dot - 1));
    st = claims_read(claims, now, out);
    json_free(claims);
    return st;
}
