/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Everything that ends a session of the admin API, and words that begin none. */
#include "tests/flow/api_login.h"
#include "tests/harness/until.h"
#include "tests/harness/waiting.h"

/* ---- what ends it ----------------------------------------------------------------- */

static int with(const char *method, const char *path, const char *token,
                struct heard *h)
{
    struct buf header = {0};

    buf_addf(&header, "Authorization: Bearer %s\r\n", token);
    asks(h, 0, &(struct ask){method, path, .headers = header.s});
    buf_free(&header);
    return h->status;
}

static void test_logout_and_sessions(void **state)
{
    int64_t who = api_staff(ROLE_READONLY);
    char a[JWT_MAX + 1], b[JWT_MAX + 1], c[JWT_MAX + 1], path[120];
    char link[LOGIN_TOKEN + 1], body[60];
    struct heard h = {0};

    (void)state;
    snprintf(a, sizeof a, "%s", session_word(who));
    snprintf(b, sizeof b, "%s", session_word(who));
    snprintf(c, sizeof c, "%s", session_word(who));
    assert_int_equal(with("GET", "/api/v1/auth/sessions", a, &h), 200);
    assert_int_equal(json_count(json_get(h.json, "items")), 3);
    assert_int_equal(with("POST", "/api/v1/auth/logout", a, &h), 204);
    assert_int_equal(me(a), 401);
    assert_int_equal(me(b), 200);
    /* c by its jti, from b. */
    assert_int_equal(with("GET", ME, c, &h), 200);
    snprintf(path, sizeof path, "/api/v1/auth/sessions/%s",
             json_text(h.json, "token.jti", NULL));
    assert_int_equal(with("DELETE", path, b, &h), 204);
    assert_int_equal(with("DELETE", path, b, &h), 404);
    assert_int_equal(me(c), 401);
    assert_int_equal(with("DELETE", "/api/v1/auth/sessions/nothing-of-ours", b, &h),
                     404);
    snprintf(c, sizeof c, "%s", session_word(who));
    assert_int_equal(login_link(api_place.db, clock_now(), who, who, link), ST_OK);
    assert_int_equal(with("POST", "/api/v1/auth/logout-all", c, &h), 204);
    assert_int_equal(me(b), 401);
    assert_int_equal(me(c), 401);
    /* Nor by a link that lay about. */
    snprintf(body, sizeof body, "{\"token\":\"%s\"}", link);
    refuses(401, "token_expired",
            &(struct ask){"POST", "/api/v1/auth/login-token", body});
    heard_free(&h);
}

static void test_role_and_dismissal(void **state)
{
    struct staff s;
    int64_t who = api_staff(ROLE_ADMINISTRATOR);
    char a[JWT_MAX + 1];

    (void)state;
    api_staff(ROLE_OWNER);
    snprintf(a, sizeof a, "%s", session_word(who));
    assert_int_equal(staff_load(api_place.db, who, &s), ST_OK);
    assert_int_equal(staff_add(api_place.db, clock_now(),
                               &(struct staff_spec){.channel = s.channel,
                                                    .external_id = s.external_id,
                                                    .role = ROLE_READONLY},
                               &s),
                     ST_OK);
    assert_int_equal(me(a), 401);
    snprintf(a, sizeof a, "%s", session_word(who));
    assert_int_equal(me(a), 200);
    assert_int_equal(staff_dismiss(api_place.db, clock_now(), who, 0), ST_OK);
    assert_int_equal(me(a), 401);
}

/* ---- forged ----------------------------------------------------------------------- */

static const char *made(const char *key, struct jwt_claims c)
{
    static struct buf out;

    buf_clear(&out);
    assert_int_equal(jwt_make(&(struct jwt_keys){.key = key}, &c, &out), ST_OK);
    return out.s;
}

static void test_forged_words(void **state)
{
    const char *key = api_place.cfg->jwt_secret_key;
    int64_t who = api_staff(ROLE_OWNER), now = clock_now() / SECOND * SECOND;
    struct jwt_claims c = {.sub = who, .issued = now, .expires = now + DAY};
    struct session s;
    struct buf none = {0};

    (void)state;
    assert_int_equal(
        session_begin(api_place.db, now,
                      &(struct session_spec){.staff_id = who, .how = "login.token"},
                      &s),
        ST_OK);
    snprintf(c.jti, sizeof c.jti, "%s", s.jti);
    assert_int_equal(me(made(key, c)), 200);
    assert_int_equal(me(made("another-key-that-is-long-enough-as-well", c)), 401);
    c.sub++; /* somebody else's session */
    assert_int_equal(me(made(key, c)), 401);
    c.sub--;
    snprintf(c.jti, sizeof c.jti, "abcdefghijabcdefghijab"); /* none we know */
    assert_int_equal(me(made(key, c)), 401);
    snprintf(c.jti, sizeof c.jti, "%s", s.jti);
    c.issued -= 2 * DAY; /* signed, and over */
    c.expires -= 2 * DAY;
    buf_addf(&none, "Authorization: Bearer %s\r\n", made(key, c));
    refuses(401, "token_expired", &(struct ask){"GET", ME, .headers = none.s});
    assert_int_equal(me(""), 401);
    assert_int_equal(me("a.b.c"), 401);
    refuses(401, "unauthenticated", &(struct ask){"GET", ME});
    refuses(401, "unauthenticated",
            &(struct ask){"GET", ME, .headers = "Authorization: Basic YTpi\r\n"});
    buf_free(&none);
}

/* A key is replaced by another: its logins hold while it stands as the old one. */
static void test_a_key_is_replaced(void **state)
{
    char *key = strdup(api_place.cfg->jwt_secret_key), a[JWT_MAX + 1];
    int64_t who = api_staff(ROLE_OWNER);

    (void)state;
    snprintf(a, sizeof a, "%s", session_word(who));
    setenv("JWT_SECRET_KEY", "the-new-key-that-is-long-enough-too-1", 1);
    setenv("JWT_SECRET_KEY_OLD", key, 1);
    api_restart();
    assert_int_equal(me(a), 200);
    assert_int_equal(me(session_word(who)), 200);
    unsetenv("JWT_SECRET_KEY_OLD");
    api_restart();
    assert_int_equal(me(a), 401);
    assert_int_equal(me(said), 200);
    setenv("JWT_SECRET_KEY", key, 1);
    api_restart();
    free(key);
}

/* The key of the internal addresses, the same way. */
static int metrics(const char *key)
{
    struct heard h = {0};
    char header[80];
    int status;

    snprintf(header, sizeof header, "X-API-Key: %s\r\n", key);
    asks(&h, 0, &(struct ask){"GET", "/metrics", .headers = header});
    status = h.status;
    heard_free(&h);
    return status;
}

static void test_the_internal_key_is_replaced(void **state)
{
    char *key = strdup(api_place.cfg->internal_api_key);

    (void)state;
    assert_int_equal(metrics(key), 200);
    setenv("INTERNAL_API_KEY", "the-next-internal-key", 1);
    setenv("INTERNAL_API_KEY_OLD", key, 1);
    api_restart();
    assert_int_equal(metrics(key), 200);
    assert_int_equal(metrics("the-next-internal-key"), 200);
    assert_int_equal(metrics("another"), 401);
    unsetenv("INTERNAL_API_KEY_OLD");
    api_restart();
    assert_int_equal(metrics(key), 401);
    assert_int_equal(metrics(""), 401);
    assert_int_equal(metrics("the-next-internal-key"), 200);
    setenv("INTERNAL_API_KEY", key, 1);
    api_restart();
    free(key);
}

/* ---- while the password is compared ------------------------------------------------ */

struct race {
    int64_t who;
    int fd;
    struct ask ask;
};

/* The login has found the account and stands before what is ended here. */
static enum status end_meanwhile(struct db *db, void *arg)
{
    struct race *r = arg;
    struct db *look = db_open(api_place.cfg);
    enum status st = db_exec(db, NULL,
                             "UPDATE admin_account SET epoch = epoch + 1"
                             " WHERE staff_id = ?",
                             DB_INT(r->who));

    r->fd = asks_say(&r->ask);
    assert_true(until(somebody_waits, look, 10000));
    db_close(look);
    return st;
}

static void test_ended_while_the_password_is_compared(void **state)
{
    struct race r = {.who = api_staff(ROLE_OWNER),
                     .ask = {"POST", "/api/v1/auth/login",
                             .body = "{\"email\":\"race@shop.example\","
                                     "\"password\":\"" WORD "\"}"}};
    struct heard h = {0};

    (void)state;
    sets_word(r.who, "race@shop.example");
    assert_int_equal(db_tx(api_place.db, end_meanwhile, &r), ST_OK);
    asks_hear(&h, r.fd, &r.ask);
    assert_int_equal(h.status, 401);
    asks(&h, 200, &r.ask);
    api_log_out(r.who);
    r.ask = (struct ask){"POST", "/api/v1/auth/password", .as = r.who,
                         .body = "{\"current\":\"" WORD "\","
                                 "\"password\":\"another long word\"}"};
    api_token(r.who);
    assert_int_equal(db_tx(api_place.db, end_meanwhile, &r), ST_OK);
    asks_hear(&h, r.fd, &r.ask);
    assert_int_equal(h.status, 401);
    assert_int_equal(logs_in("race@shop.example", WORD, NULL), 200);
    heard_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_logout_and_sessions),
        cmocka_unit_test(test_role_and_dismissal),
        cmocka_unit_test(test_forged_words),
        cmocka_unit_test(test_a_key_is_replaced),
        cmocka_unit_test(test_the_internal_key_is_replaced),
        cmocka_unit_test(test_ended_while_the_password_is_compared),
    };

    return cmocka_run_group_tests(tests, api_open, api_close);
}
