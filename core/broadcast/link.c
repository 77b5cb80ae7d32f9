/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/broadcast/link.h"

#include "core/base/base32.h"
#include "core/base/secret.h"

#include <stdio.h>
#include <string.h>

#define MAC_BYTES 10
#define NUMBER_BYTES 9 /* 63 bits, seven in each */
#define PLACE_BYTES (3 * NUMBER_BYTES)
#define PURPOSE "dvorik: links of broadcasts, 1"
#define LINKS_MAX (CONTENT_LANGS * CONTENT_BUTTONS_MAX)

_Static_assert(BASE32_BYTES(PLACE_BYTES + MAC_BYTES) <= LINK_TOKEN_BYTES, "it fits");
_Static_assert(LINKS_MAX < LINKS_OF_VARIANT, "each has its number");

bool links_counted(const struct config *cfg)
{
    return cfg->public_url != NULL && cfg->jwt_secret_key != NULL;
}

/* ---- the token -------------------------------------------------------------------- */

static enum status mac_make(const char *secret, const uint8_t *p, size_t n,
                            uint8_t out[SHA256_BYTES])
{
    uint8_t key[SHA256_BYTES];
    enum status st =
        secret_hmac_sha256(secret, strlen(secret), PURPOSE, strlen(PURPOSE), key);

    return st == ST_OK ? secret_hmac_sha256(key, sizeof key, p, n, out) : st;
}

static size_t number_print(int64_t v, uint8_t *out)
{
    size_t n = 0;

    for (; v > 0x7F; v >>= 7)
        out[n++] = (uint8_t)((v & 0x7F) | 0x80);
    out[n++] = (uint8_t)v;
    return n;
}

/* How many bytes it takes; 0: none is there. */
static size_t number_read(const uint8_t *p, size_t n, int64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < n && i < NUMBER_BYTES; i++) {
        *out |= (int64_t)(p[i] & 0x7F) << (7 * i);
        if (p[i] < 0x80)
            return i + 1;
    }
    return 0;
}

enum status link_address(const struct config *cfg, const struct link_of *l, char *out,
                         size_t room)
{
    uint8_t all[PLACE_BYTES + MAC_BYTES], mac[SHA256_BYTES];
    char token[LINK_TOKEN_BYTES];
    const char *base = cfg->public_url;
    size_t n = 0, base_n;
    enum status st;

    *out = '\0';
    if (l->broadcast_id <= 0 || l->customer_id <= 0 || l->no <= 0)
        return ST_BAD;
    if (!links_counted(cfg))
        return ST_OK;
    n += number_print(l->broadcast_id, all + n);
    n += number_print(l->no, all + n);
    n += number_print(l->customer_id, all + n);
    st = mac_make(cfg->jwt_secret_key, all, n, mac);
    if (st != ST_OK)
        return st;
    memcpy(all + n, mac, MAC_BYTES);
    base32_print(all, n + MAC_BYTES, token);
    base_n = strlen(base);
    while (base_n > 0 && base[base_n - 1] == '/')
        base_n--;
    if (base_n + sizeof "/l/" + strlen(token) > room)
        return ST_BAD;
    snprintf(out, room, "%.*s/l/%s", (int)base_n, base, token);
    return ST_OK;
}

/* Every byte is looked at, so that time tells nothing of where it is wrong. */
static bool is_ours(const char *secret, const uint8_t *all, size_t n)
{
    uint8_t mac[SHA256_BYTES], differs = 0;

    if (secret == NULL || mac_make(secret, all, n - MAC_BYTES, mac) != ST_OK)
        return false;
    for (size_t i = 0; i < MAC_BYTES; i++)
        differs |= (uint8_t)(mac[i] ^ all[n - MAC_BYTES + i]);
    return differs == 0;
}

enum status link_read(const struct config *cfg, const char *token, struct link_of *out)
{
    uint8_t all[PLACE_BYTES + MAC_BYTES];
    size_t n = base32_read(token, all, sizeof all), at = 0;
    int64_t place[3];
    bool now, before;

    if (n <= MAC_BYTES)
        return ST_BAD;
    now = is_ours(cfg->jwt_secret_key, all, n);
    before = is_ours(cfg->jwt_secret_key_old, all, n);
    if (!now && !before)
        return ST_BAD;
    for (int i = 0; i < 3; i++) {
        size_t took = number_read(all + at, n - MAC_BYTES - at, &place[i]);

        if (took == 0)
            return ST_BAD;
        at += took;
    }
    if (at != n - MAC_BYTES || place[1] <= 0 || place[1] > INT16_MAX)
        return ST_BAD;
    *out = (struct link_of){
        .broadcast_id = place[0], .no = (int)place[1], .customer_id = place[2]};
    return ST_OK;
}

/* ---- the rows --------------------------------------------------------------------- */

static enum status variant_put(struct db *db, int64_t broadcast_id,
                               const struct broadcast_variant *v)
{
    const char *address[LINKS_MAX];
    struct content_faults faults;
    struct content *c = NULL;
    enum status st = content_read(v->content, true, &c, &faults);
    int n = st == ST_OK ? content_links(c, address, LINKS_MAX) : 0;

    for (int i = 0; st == ST_OK && i < n; i++)
        st = db_exec(db, NULL,
                     "INSERT INTO broadcast_link (broadcast_id, no, target)"
                     " VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE target = ?",
                     DB_INT(broadcast_id), DB_INT(link_no(v->no, i + 1)),
                     DB_TEXT(address[i]), DB_TEXT(address[i]));
    content_free(c);
    return st == ST_REFUSED ? ST_BROKEN : st;
}

enum status links_put(struct db *db, int64_t broadcast_id)
{
    struct broadcast_variant v[BROADCAST_VARIANTS];
    int n = 0;
    enum status st = broadcast_variants(db, broadcast_id, v, &n);

    if (st != ST_OK)
        return st;
    for (int i = 0; st == ST_OK && i < n; i++)
        st = variant_put(db, broadcast_id, &v[i]);
    broadcast_variants_free(v, n);
    return st;
}

enum status link_target(struct db *db, int64_t broadcast_id, int no, struct buf *out)
{
    enum status st = db_one(
        db, "SELECT target FROM broadcast_link WHERE broadcast_id = ? AND no = ?",
        DB_INT(broadcast_id), DB_INT(no));

    if (st == ST_OK)
        buf_adds(out, db_text(db, 0, NULL));
    return st == ST_OK && out->failed ? ST_BROKEN : st;
}

enum status link_clicks_each(struct db *db, int64_t broadcast_id, link_each *fn,
                             void *arg)
{
    enum status st =
        db_select(db,
                  "SELECT l.no, l.target, COALESCE(c.people, 0), COALESCE(c.n, 0)"
                  " FROM broadcast_link l LEFT JOIN (SELECT link, COUNT(*) AS people,"
                  " SUM(n) AS n FROM broadcast_click WHERE broadcast_id = ?"
                  " GROUP BY link) c ON c.link = l.no"
                  " WHERE l.broadcast_id = ? ORDER BY l.no",
                  DB_INT(broadcast_id), DB_INT(broadcast_id));

    while (st == ST_OK && (st = db_next(db)) == ST_OK)
        fn(arg, &(struct link_clicks){.no = (int)db_int(db, 0),
                                      .target = db_text(db, 1, NULL),
                                      .people = db_int(db, 2),
                                      .clicks = db_int(db, 3)});
    return st == ST_NONE ? ST_OK : st;
}
