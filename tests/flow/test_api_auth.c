/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The ways into the admin API: a one-time token, e-mail and password, six digits. */
#include "tests/flow/api_login.h"

/* ---- a one-time token ------------------------------------------------------------- */

static void test_a_token_is_a_session(void **state)
{
    char token[LOGIN_TOKEN + 1], body[100];
    int64_t who = api_staff(ROLE_OWNER), from, until;
    struct heard h = {0};
    const char *s;

    (void)state;
    assert_int_equal(login_link(api_place.db, clock_now(), who, 0, token), ST_OK);
    assert_int_equal(by_token(token), 200);
    asks(&h, 0, &(struct ask){"GET", ME, .as = who});
    assert_int_equal(json_int_or(h.json, "id", 0), who);
    assert_string_equal(json_text(h.json, "role", NULL), "owner");
    assert_string_equal(json_text(h.json, "name", NULL), "Ольга");
    assert_true(json_count(json_get(h.json, "permissions")) == PERM_COUNT - 1);
    s = json_text(h.json, "token.issued_at", NULL);
    assert_int_equal(stamp_read(s, strlen(s), &from), ST_OK);
    s = json_text(h.json, "token.expires_at", NULL);
    assert_int_equal(stamp_read(s, strlen(s), &until), ST_OK);
    assert_int_equal(until - from, 86400 * SECOND);
    heard_free(&h);
    assert_int_equal(me(said), 200);
    snprintf(body, sizeof body, "{\"token\":\"%s\"}", token);
    refuses(401, "token_used",
            &(struct ask){"POST", "/api/v1/auth/login-token", .body = body});
    refuses(401, "unauthenticated",
            &(struct ask){"POST", "/api/v1/auth/login-token",
                          .body = "{\"token\":\"abcdefghijabcdefghijab\"}"});
}

/* `dvorik admin login-link`, as an operator types it. */
static void test_a_link_from_the_command_line(void **state)
{
    int64_t boss = api_staff(ROLE_OWNER);
    struct program *p = program_start("dvorik", "admin", "login-link", NULL);
    char token[LOGIN_TOKEN + 1];
    const char *at;

    (void)state;
    assert_true(boss > 0);
    assert_int_equal(program_wait(p, 20000), 0);
    at = strstr(program_output(p), "/panel/#login=");
    assert_non_null(at);
    snprintf(token, sizeof token, "%.22s", at + strlen("/panel/#login="));
    program_end(p);
    assert_int_equal(by_token(token), 200);
    assert_int_equal(by_token(token), 401);
    p = program_start("dvorik", "admin", "login-link", "7999999999", NULL);
    assert_int_equal(program_wait(p, 20000), 1);
    assert_true(program_says(p, "nobody like that", 1000));
    program_end(p);
    p = program_start("dvorik", "admin", "login-link", "--role", NULL);
    assert_int_equal(program_wait(p, 20000), 2);
    program_end(p);
}

static void test_an_old_token(void **state)
{
    char token[LOGIN_TOKEN + 1], body[100];

    (void)state;
    assert_int_equal(login_link(api_place.db, clock_now() - 10 * MINUTE,
                                api_staff(ROLE_OWNER), 0, token),
                     ST_OK);
    snprintf(body, sizeof body, "{\"token\":\"%s\"}", token);
    refuses(401, "token_expired",
            &(struct ask){"POST", "/api/v1/auth/login-token", .body = body});
}

static void test_a_page_asks_and_polls(void **state)
{
    struct heard h = {0};
    struct staff boss;
    struct login l;
    char keep[LOGIN_TOKEN + 1];
    const char *ask;

    (void)state;
    assert_int_equal(staff_load(api_place.db, api_staff(ROLE_OWNER), &boss), ST_OK);
    asks(&h, 201,
         &(struct ask){"POST", "/api/v1/auth/login-request",
                       .headers = "User-Agent: Lynx/2.9\r\n"});
    snprintf(keep, sizeof keep, "%s", json_text(h.json, "token", NULL));
    ask = strstr(json_text(h.json, "command", NULL), "login_") + 6;
    assert_int_equal(by_token(keep), 202);
    assert_int_equal(by_token(ask), 401);
    assert_int_equal(login_find(api_place.db, clock_now(), ask, LOGIN_TOKEN, &l),
                     ST_OK);
    assert_string_equal(l.agent, "Lynx/2.9");
    assert_string_equal(l.ip, "127.0.0.1");
    assert_int_equal(login_answer(api_place.db, clock_now(), l.id, &boss, true), ST_OK);
    assert_int_equal(by_token(keep), 200);
    assert_int_equal(me(said), 200);
    assert_int_equal(by_token(keep), 401);
    heard_free(&h);
}

/* ---- e-mail and password ---------------------------------------------------------- */

static void test_e_mail_and_password(void **state)
{
    int64_t who = api_staff(ROLE_MARKETING);

    (void)state;
    sets_word(who, "olga@shop.example");
    assert_int_equal(logs_in("Olga@Shop.Example", WORD, NULL), 200);
    assert_int_equal(me(said), 200);
    assert_int_equal(counts("SELECT COUNT(*) FROM audit WHERE action ="
                            " 'login.password_used'"),
                     1);
    /* The hash, never the word; and neither is in the log (program.h looks as well). */
    assert_int_equal(counts("SELECT COUNT(*) FROM admin_account WHERE"
                            " password_hash LIKE '$2b$12$%'"),
                     1);
    assert_null(strstr(program_output(api_place.program), WORD));
    assert_null(strstr(program_output(api_place.program), said));
}

static void test_wrong_ones_look_alike(void **state)
{
    static const char *const bodies[] = {
        "{\"email\":\"anna@shop.example\",\"password\":\"not that one\"}",
        "{\"email\":\"nobody@shop.example\",\"password\":\"not that one\"}",
    };
    struct heard h[2] = {{0}};

    (void)state;
    sets_word(api_staff(ROLE_ADMINISTRATOR), "anna@shop.example");
    for (int i = 0; i < 2; i++)
        asks(&h[i], 401,
             &(struct ask){"POST", "/api/v1/auth/login", .body = bodies[i]});
    assert_string_equal(json_text(h[0].json, "code", NULL), "unauthenticated");
    assert_string_equal(json_text(h[0].json, "detail", NULL),
                        json_text(h[1].json, "detail", NULL));
    assert_string_equal(json_text(h[0].json, "title", NULL),
                        json_text(h[1].json, "title", NULL));
    assert_int_equal(counts("SELECT COUNT(*) FROM audit WHERE action = 'login.failed'"),
                     2);
    heard_free(&h[0]);
    heard_free(&h[1]);
}

static void test_bodies_that_are_none(void **state)
{
    char body[400], long_one[180];

    (void)state;
    assert_int_equal(posts("/api/v1/auth/login", "{"), 400);
    assert_int_equal(posts("/api/v1/auth/login", "{\"email\":\"a@b.ru\"}"), 400);
    assert_int_equal(logs_in("no address", WORD, NULL), 400);
    assert_int_equal(posts("/api/v1/auth/login-token", "{\"token\":1}"), 400);
    memset(long_one, 'x', sizeof long_one); /* 73 bytes and more are never cut */
    long_one[sizeof long_one - 1] = '\0';
    snprintf(body, sizeof body, "{\"email\":\"long@shop.example\",\"password\":\"%s\"}",
             long_one);
    refuses(400, "validation_failed",
            &(struct ask){"POST", "/api/v1/auth/password", .body = body,
                          .as = api_staff(ROLE_OWNER)});
    assert_int_equal(logs_in("long@shop.example", long_one, NULL), 401);
}

static void test_a_password_is_changed(void **state)
{
    int64_t who = api_staff(ROLE_ADMINISTRATOR);
    struct heard h = {0};
    char other[JWT_MAX + 1];

    (void)state;
    sets_word(who, "vera@shop.example");
    assert_int_equal(logs_in("vera@shop.example", WORD, NULL), 200);
    snprintf(other, sizeof other, "%s", said);
    /* Whoever found the browser open does not know the old one. */
    assert_int_equal(
        posts_as(who, "/api/v1/auth/password", "{\"password\":\"stolen stolen\"}", &h),
        401);
    assert_int_equal(posts_as(who, "/api/v1/auth/password",
                              "{\"password\":\"stolen stolen\",\"current\":\"guess\"}",
                              &h),
                     401);
    assert_int_equal(
        posts_as(who, "/api/v1/auth/password",
                 "{\"password\":\"a new long word\",\"current\":\"" WORD "\"}", &h),
        204);
    assert_int_equal(me(other), 401); /* the other browser */
    assert_int_equal(logs_in("vera@shop.example", WORD, NULL), 401);
    assert_int_equal(logs_in("vera@shop.example", "a new long word", NULL), 200);
    heard_free(&h);
}

/* ---- six digits ------------------------------------------------------------------- */

/* The digits of this moment, as if none had been used yet. */
static const char *digits(const char *secret, bool again)
{
    static char code[TOTP_DIGITS + 1];

    if (again)
        assert_int_equal(
            db_exec(api_place.db, NULL, "UPDATE admin_account SET totp_last_step = 0"),
            ST_OK);
    assert_int_equal(totp_code(secret, clock_now() / SECOND / 30, code), ST_OK);
    return code;
}

static void acts(int status, int64_t who, const char *action, const char *code)
{
    struct heard h = {0};
    char body[100];

    snprintf(body, sizeof body, "{\"action\":\"%s\",\"code\":\"%s\"}", action, code);
    assert_int_equal(posts_as(who, "/api/v1/auth/totp", body, &h), status);
    heard_free(&h);
}

static void test_six_digits(void **state)
{
    int64_t who = api_staff(ROLE_OWNER);
    struct heard h = {0};
    char secret[64], code[TOTP_DIGITS + 1];

    (void)state;
    sets_word(who, "totp@shop.example");
    assert_int_equal(posts_as(who, "/api/v1/auth/totp", "{\"action\":\"enrol\"}", &h),
                     401); /* the password is asked again */
    assert_int_equal(posts_as(who, "/api/v1/auth/totp",
                              "{\"action\":\"enrol\",\"password\":\"" WORD "\"}", &h),
                     200);
    snprintf(secret, sizeof secret, "%s", json_text(h.json, "secret", NULL));
    assert_non_null(strstr(json_text(h.json, "uri", NULL), secret));
    assert_int_equal(logs_in("totp@shop.example", WORD, NULL), 200); /* not on yet */
    acts(204, who, "confirm", digits(secret, false));
    asks(&h, 401,
         &(struct ask){"POST", "/api/v1/auth/login",
                       .body = "{\"email\":\"totp@shop.example\","
                               "\"password\":\"" WORD "\"}"});
    assert_true(json_bool_or(h.json, "totp_required", false));
    snprintf(code, sizeof code, "%s", digits(secret, true));
    assert_int_equal(logs_in("totp@shop.example", "not that one", code), 401);
    assert_int_equal(logs_in("totp@shop.example", WORD, code), 200);
    assert_int_equal(logs_in("totp@shop.example", WORD, code), 401); /* used */
    acts(401, who, "disable", code);
    acts(204, who, "disable", digits(secret, true));
    assert_int_equal(logs_in("totp@shop.example", WORD, NULL), 200);
    assert_null(strstr(program_output(api_place.program), secret));
    heard_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_token_is_a_session),
        cmocka_unit_test(test_a_link_from_the_command_line),
        cmocka_unit_test(test_an_old_token),
        cmocka_unit_test(test_a_page_asks_and_polls),
        cmocka_unit_test(test_e_mail_and_password),
        cmocka_unit_test(test_wrong_ones_look_alike),
        cmocka_unit_test(test_bodies_that_are_none),
        cmocka_unit_test(test_a_password_is_changed),
        cmocka_unit_test(test_six_digits),
    };

    return cmocka_run_group_tests(tests, api_open, api_close);
}
