/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/cursor.h"

#include "core/base/base64.h"
#include "core/base/json.h"

#include <stdio.h>
#include <string.h>

#define MAC_BYTES 16
#define PURPOSE "dvorik: cursors of lists, 1"

enum status cursor_key_make(struct cursor_key *key, const char *secret)
{
    if (secret == NULL) {
        secret_random(key->bytes, sizeof key->bytes);
        return ST_OK;
    }
    return secret_hmac_sha256(secret, strlen(secret), PURPOSE, strlen(PURPOSE),
                              key->bytes);
}

/* Over the list's name and the place, with their border in between. */
static enum status mac_make(const struct cursor_key *key, const char *list,
                            const char *place, size_t n, uint8_t out[SHA256_BYTES])
{
    struct buf all = {0};
    enum status st = ST_BROKEN;

    buf_add(&all, list, strlen(list) + 1);
    buf_add(&all, place, n);
    if (!all.failed)
        st = secret_hmac_sha256(key->bytes, sizeof key->bytes, all.s, all.len, out);
    buf_free(&all);
    return st;
}

void cursor_print(const struct cursor_key *key, const struct cursor *c, struct buf *out)
{
    struct json *o = json_new_object();
    uint8_t mac[SHA256_BYTES];
    struct buf raw = {0};
    const char *text;

    json_set_bool(o, "b", c->backwards);
    json_set_int(o, "n", c->place.number);
    json_set_int(o, "i", c->place.id);
    json_set_text(o, "t", c->place.text);
    text = json_print(o);
    if (text == NULL || mac_make(key, c->list, text, strlen(text), mac) != ST_OK) {
        out->failed = true;
    } else {
        buf_add(&raw, mac, MAC_BYTES);
        buf_adds(&raw, text);
        base64_add(out, raw.s, raw.failed ? 0 : raw.len);
        out->failed |= raw.failed;
    }
    buf_free(&raw);
    json_free(o);
}

static bool same_bytes(const uint8_t *a, const char *b, size_t n)
{
    unsigned differ = 0;

    for (size_t i = 0; i < n; i++)
        differ |= a[i] ^ (uint8_t)b[i];
    return differ == 0;
}

static enum status place_of(const char *s, size_t n, struct cursor *c)
{
    struct json *o = json_parse(s, n);
    const char *text = json_text(o, "t", NULL);
    enum status st = ST_BAD;

    if (text != NULL && strlen(text) < sizeof c->place.text &&
        json_int(o, "n", &c->place.number) && json_int(o, "i", &c->place.id)) {
        c->backwards = json_bool_or(o, "b", false);
        snprintf(c->place.text, sizeof c->place.text, "%s", text);
        st = ST_OK;
    }
    json_free(o);
    return st;
}

enum status cursor_read(const struct cursor_key *key, const char *text,
                        struct cursor *c)
{
    struct buf raw = {0};
    uint8_t mac[SHA256_BYTES];
    enum status st = base64_read(text, strlen(text), &raw);

    if (st == ST_OK && raw.len <= MAC_BYTES)
        st = ST_BAD;
    if (st == ST_OK)
        st = mac_make(key, c->list, raw.s + MAC_BYTES, raw.len - MAC_BYTES, mac);
    if (st == ST_OK && !same_bytes(mac, raw.s, MAC_BYTES))
        st = ST_BAD;
    if (st == ST_OK)
        st = place_of(raw.s + MAC_BYTES, raw.len - MAC_BYTES, c);
    buf_free(&raw);
    return st;
}
