/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Every route, as every role, with every kind of token: what each must be answered. The
 * routes are those of the program's own table, so none can be forgotten; who may is read
 * from a table that was written by hand (tests/data/permissions.txt). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "api/routes.h"
#include "core/base/base64.h"
#include "core/base/clock.h"
#include "core/base/config.h"
#include "core/base/secret.h"
#include "core/io/jwt.h"
#include "core/staff/account.h"
#include "tests/harness/api.h"
#include "tests/harness/permissions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum word {
    WORD_MALFORMED,
    WORD_EXPIRED,
    WORD_REVOKED,
    WORD_HS512,
    WORD_UNSIGNED,
    WORD_OTHER_SECRET,
    WORD_DISABLED,
    WORD_OLD_EPOCH,
    WORD_DISMISSED,
    WORDS
};
static const char *const word_names[WORDS] = {
    "malformed",    "expired",  "revoked",   "signed with HS512", "unsigned",
    "other secret", "disabled", "old epoch", "dismissed"};

static struct person {
    enum role role;
    int64_t id;
    char words[WORDS][JWT_MAX + 1]; /* all of them worth nothing */
} people[ROLE_COUNT];
static int64_t now;

/* ---- tokens ---------------------------------------------------------------------- */

/* A session that holds, whatever the role: who may not log in has kept it from before. */
static struct jwt_claims session_make(int64_t staff_id)
{
    struct jwt_claims c = {.sub = staff_id, .issued = now, .expires = now + DAY};
    struct account a;

    secret_token22(c.jti);
    assert_int_equal(account_ready(api_place.db, now, staff_id, &a), ST_OK);
    assert_int_equal(
        db_exec(
            api_place.db, NULL,
            "INSERT INTO admin_session (jti, staff_id, epoch, issued_at, expires_at)"
            " SELECT ?, staff_id, epoch, ?, ? FROM admin_account WHERE staff_id = ?",
            DB_TEXT(c.jti), DB_TIME(c.issued), DB_TIME(c.expires), DB_INT(staff_id)),
        ST_OK);
    return c;
}

static void sign(const char *key, const struct jwt_claims *c, char out[JWT_MAX + 1])
{
    struct buf b = {0};

    assert_int_equal(jwt_make(&(struct jwt_keys){.key = key}, c, &b), ST_OK);
    snprintf(out, JWT_MAX + 1, "%s", b.s);
    buf_free(&b);
}

/* The same claims under another head; with HMAC-SHA512 of our own key, or nothing. */
static void sign_otherwise(const char *head, bool signed_, const char *good,
                           char out[JWT_MAX + 1])
{
    const char *key = api_place.cfg->jwt_secret_key, *claims = strchr(good, '.');
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    struct buf b = {0};

    base64_add(&b, head, strlen(head));
    buf_add(&b, claims, (size_t)(strrchr(good, '.') - claims));
    if (signed_)
        assert_non_null(HMAC(EVP_sha512(), key, (int)strlen(key),
                             (const unsigned char *)b.s, b.len, mac, &n));
    buf_addc(&b, '.');
    base64_add(&b, mac, n);
    snprintf(out, JWT_MAX + 1, "%s", b.s);
    buf_free(&b);
}

static int64_t somebody(enum role role)
{
    int64_t id = api_staff(ROLE_READONLY);

    assert_int_equal(db_exec(api_place.db, NULL,
                             "UPDATE staff SET role = ? WHERE id = ?", DB_INT(role),
                             DB_INT(id)),
                     ST_OK);
    return id;
}

/* Signed well, and the row behind it is then changed. */
static void word_spoilt(enum role role, const char *sql, char out[JWT_MAX + 1])
{
    int64_t id = somebody(role);
    struct jwt_claims c = session_make(id);

    sign(api_place.cfg->jwt_secret_key, &c, out);
    assert_int_equal(db_exec(api_place.db, NULL, sql, DB_INT(id)), ST_OK);
}

static void person_make(struct person *p, enum role role)
{
    const char *key = api_place.cfg->jwt_secret_key;
    struct jwt_claims c;
    char good[JWT_MAX + 1];

    *p = (struct person){.role = role, .id = somebody(role)};
    c = session_make(p->id);
    sign(key, &c, good);
    snprintf(p->words[WORD_MALFORMED], JWT_MAX + 1, "%.*s", (int)strlen(good) - 1,
             good);
    sign_otherwise("{\"alg\":\"HS512\",\"typ\":\"JWT\"}", true, good,
                   p->words[WORD_HS512]);
    sign_otherwise("{\"alg\":\"none\",\"typ\":\"JWT\"}", false, good,
                   p->words[WORD_UNSIGNED]);
    sign("another-key-that-is-long-enough-as-well", &c, p->words[WORD_OTHER_SECRET]);
    c.issued -= 2 * DAY;
    c.expires -= 2 * DAY;
    sign(key, &c, p->words[WORD_EXPIRED]);
    word_spoilt(role,
                "UPDATE admin_session SET revoked_at = issued_at WHERE staff_id = ?",
                p->words[WORD_REVOKED]);
    word_spoilt(role,
                "UPDATE admin_account SET disabled_at = created_at WHERE staff_id = ?",
                p->words[WORD_DISABLED]);
    word_spoilt(role, "UPDATE admin_account SET epoch = epoch + 1 WHERE staff_id = ?",
                p->words[WORD_OLD_EPOCH]);
    word_spoilt(role, "UPDATE staff SET dismissed_at = created_at WHERE id = ?",
                p->words[WORD_DISMISSED]);
}

/* ---- asking ---------------------------------------------------------------------- */

static void path_make(const char *pattern, char out[200])
{
    size_t n = 0;

    while (*pattern != '\0' && n < 150) {
        const char *word = strncmp(pattern, "{id}", 4) == 0    ? "987654321"
                           : strncmp(pattern, "{key}", 5) == 0 ? "nothing-of-ours"
                                                               : NULL;

        if (word == NULL) {
            out[n++] = *pattern++;
            continue;
        }
        n += (size_t)snprintf(out + n, 200 - n, "%s", word);
        pattern += strcspn(pattern, "}") + 1;
    }
    out[n] = '\0';
}

/* token: NULL: none. *code: the problem's, lent until the next call. */
static int answered(const struct route *r, const char *token, const char **code)
{
    static struct heard h;
    char path[200];
    struct buf header = {0};
    struct ask a = {.method = r->method, .path = path};

    path_make(r->path, path);
    if (token != NULL)
        buf_addf(&header, "Authorization: Bearer %s\r\n", token);
    a.headers = header.s;
    if (strcmp(r->method, "GET") != 0)
        a.body = "{}";
    heard_free(&h);
    asks(&h, 0, &a);
    *code = heard_code(&h);
    buf_free(&header);
    return h.status;
}

static const char *good_word(const struct person *p)
{
    static char word[JWT_MAX + 1];
    struct jwt_claims c = session_make(p->id);

    sign(api_place.cfg->jwt_secret_key, &c, word);
    return word;
}

/* Lent until the next call. */
static const char *all_tables(void)
{
    static struct buf sql, sums;
    const char *comma = "CHECKSUM TABLE ";

    buf_clear(&sql);
    buf_clear(&sums);
    assert_int_equal(
        db_select(api_place.db,
                  "SELECT table_name FROM information_schema.tables WHERE"
                  " table_schema = DATABASE() AND table_type = 'BASE TABLE'"
                  " ORDER BY table_name"),
        ST_OK);
    for (; db_next(api_place.db) == ST_OK; comma = ", ")
        buf_addf(&sql, "%s%s", comma, db_text(api_place.db, 0, NULL));
    assert_int_equal(db_select(api_place.db, sql.s), ST_OK);
    while (db_next(api_place.db) == ST_OK)
        buf_addf(&sums, "%s %lld\n", db_text(api_place.db, 0, NULL),
                 (long long)db_int(api_place.db, 1));
    assert_non_null(strstr(sums.s, ".audit "));
    return sums.s;
}

static bool asks_who(const struct route *r)
{
    return r->permission == PERMISSION_ADMIN || r->permission == PERMISSION_LOGGED_IN;
}

static bool may(const struct person *p, const struct route *r)
{
    return permissions_open(p->role, r->method, r->path, r->perm);
}

/* Refused for who asks, or broken. /health says 503 of programs that do not run here. */
static bool is_wrong(const struct route *r, int status)
{
    if (status == 503 && r->permission == PERMISSION_ANYONE)
        return false;
    return status == 401 || status == 403 || status < 200 || status >= 500;
}

/* ---- the matrix ------------------------------------------------------------------ */

static int opened(void **state)
{
    int st = api_open(state);

    now = clock_now() / SECOND * SECOND;
    permissions_read();
    for (int r = ROLE_UNSET + 1; r < ROLE_COUNT; r++)
        person_make(&people[r], (enum role)r);
    return st;
}

/* All that is wrong is told at once. */
static struct buf findings;

static void findings_end(void)
{
    struct buf all = findings;

    findings = (struct buf){0};
    if (all.len > 0)
        fail_msg("%s", all.s);
}

static void wants(int status, const char *code, const struct route *r,
                  const char *token, const char *who)
{
    const char *heard;
    int got = answered(r, token, &heard);

    if (got != status || (code != NULL && strcmp(heard, code) != 0))
        buf_addf(&findings, "%s %s, %s: %d %s, wanted %d %s\n", r->method, r->path, who,
                 got, heard, status, code != NULL ? code : "");
}

static void bad_tokens_at(const struct route *r)
{
    char who[80];

    wants(401, asks_who(r) ? "unauthenticated" : NULL, r, NULL, "no token");
    for (int i = ROLE_UNSET + 1; i < ROLE_COUNT; i++)
        for (int w = 0; w < WORDS; w++) {
            snprintf(who, sizeof who, "%s, %s", role_name(people[i].role),
                     word_names[w]);
            wants(401,
                  !asks_who(r)        ? NULL
                  : w == WORD_EXPIRED ? "token_expired"
                                      : "unauthenticated",
                  r, people[i].words[w], who);
        }
}

static void bad_tokens_open_nothing(void **state)
{
    char *before = strdup(all_tables());

    (void)state;
    for (int i = 0; i < routes_n; i++)
        if (routes[i].permission != PERMISSION_ANYONE)
            bad_tokens_at(&routes[i]);
    findings_end();
    assert_string_equal(all_tables(), before);
    free(before);
}

static void roles_without_the_right_are_refused(void **state)
{
    char tokens[ROLE_COUNT][JWT_MAX + 1], *before;
    int n = 0;

    (void)state;
    for (int r = ROLE_UNSET + 1; r < ROLE_COUNT; r++)
        snprintf(tokens[r], sizeof tokens[r], "%s", good_word(&people[r]));
    before = strdup(all_tables());
    for (int i = 0; i < routes_n; i++)
        for (int r = ROLE_UNSET + 1; r < ROLE_COUNT && asks_who(&routes[i]); r++)
            if (!may(&people[r], &routes[i])) {
                wants(403, "forbidden", &routes[i], tokens[r],
                      role_name(people[r].role));
                n++;
            }
    assert_true(n > routes_n);
    findings_end();
    assert_string_equal(all_tables(), before);
    free(before);
}

/* What they ask for is not there, so nearly all is answered 404, 422 or 428. */
static void roles_with_the_right_get_through(void **state)
{
    const char *code;

    (void)state;
    for (int i = 0; i < routes_n; i++)
        for (int r = ROLE_UNSET + 1; r < ROLE_COUNT && asks_who(&routes[i]); r++) {
            int got;

            if (!may(&people[r], &routes[i]))
                continue;
            got = answered(&routes[i], good_word(&people[r]), &code);
            if (is_wrong(&routes[i], got))
                buf_addf(&findings, "%s %s, %s: %d %s\n", routes[i].method,
                         routes[i].path, role_name(people[r].role), got, code);
        }
    findings_end();
}

static void what_is_open_is_open(void **state)
{
    const char *code;

    (void)state;
    for (int i = 0; i < routes_n; i++) {
        int got;

        if (routes[i].permission != PERMISSION_ANYONE)
            continue;
        got = answered(&routes[i], NULL, &code);
        if (is_wrong(&routes[i], got))
            buf_addf(&findings, "%s %s: %d %s\n", routes[i].method, routes[i].path, got,
                     code);
        wants(got, NULL, &routes[i], people[ROLE_OWNER].words[WORD_EXPIRED], "expired");
    }
    findings_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_tokens_open_nothing),
        cmocka_unit_test(roles_without_the_right_are_refused),
        cmocka_unit_test(roles_with_the_right_get_through),
        cmocka_unit_test(what_is_open_is_open),
    };

    return cmocka_run_group_tests_name("api matrix", tests, opened, api_close);
}
