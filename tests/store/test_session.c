/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Sessions of the panel and the one-time ways into them: what ends them, at once; a token
 * is good once, whoever races for it; of tokens only hashes are kept. */
#include "core/base/secret.h"
#include "core/staff/login.h"
#include "core/staff/team.h"
#include "tests/harness/shop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct shop shop;
static const struct session_from home = {"192.0.2.7", "Firefox/128 (X11)"};

static int open_shop(void **state)
{
    (void)state;
    shop_open(&shop);
    return 0;
}

static int close_shop(void **state)
{
    (void)state;
    shop_close(&shop);
    return 0;
}

static enum status tries_to_begin(int64_t staff_id, struct session *s)
{
    return session_begin(shop.db, SHOP_NOW,
                         &(struct session_spec){
                             .staff_id = staff_id, .from = home, .how = "login.token"},
                         s);
}

static struct session begins(int64_t staff_id)
{
    struct session s;

    assert_int_equal(tries_to_begin(staff_id, &s), ST_OK);
    return s;
}

static bool holds_at(const struct session *s, int64_t now)
{
    struct session found;
    struct staff who;

    return session_find(shop.db, now, s->jti, &found, &who) == ST_OK;
}

static bool holds(const struct session *s)
{
    return holds_at(s, SHOP_NOW);
}

static struct staff worker(enum role role, int64_t id)
{
    struct staff s;

    assert_int_equal(staff_add(shop.db, SHOP_NOW,
                               &(struct staff_spec){.channel = CHANNEL_MESSENGER,
                                                    .external_id = id,
                                                    .role = role,
                                                    .by = shop.owner.id},
                               &s),
                     ST_OK);
    return s;
}

/* ---- sessions --------------------------------------------------------------------- */

static void test_it_is_a_day_long(void **state)
{
    struct session s = begins(shop.owner.id), found;
    struct staff who;

    (void)state;
    assert_int_equal(s.expires - s.issued, 86400 * SECOND);
    assert_int_equal(session_find(shop.db, SHOP_NOW, s.jti, &found, &who), ST_OK);
    assert_int_equal(who.id, shop.owner.id);
    assert_int_equal(who.role, ROLE_OWNER);
    assert_true(who.active);
    assert_string_equal(who.name, shop.owner.name);
    assert_string_equal(found.ip, "192.0.2.7");
    assert_string_equal(found.agent, "Firefox/128 (X11)");
    assert_int_equal(found.expires, s.expires);
    assert_true(holds_at(&s, SHOP_NOW + DAY - 1));
    assert_false(holds_at(&s, SHOP_NOW + DAY));
    s.jti[0] = s.jti[0] == 'a' ? 'b' : 'a';
    assert_false(holds(&s));
}

static void test_who_may_begin_one(void **state)
{
    static const enum role in[] = {ROLE_OWNER, ROLE_ADMINISTRATOR, ROLE_MARKETING,
                                   ROLE_READONLY, ROLE_MANAGER};
    static const enum role out[] = {ROLE_SELLER, ROLE_CASHIER, ROLE_STOREKEEPER};
    struct session s;

    (void)state;
    for (size_t i = 0; i < sizeof in / sizeof *in; i++)
        assert_int_equal(tries_to_begin(worker(in[i], 7100 + (int64_t)i).id, &s),
                         ST_OK);
    for (size_t i = 0; i < sizeof out / sizeof *out; i++)
        assert_int_equal(tries_to_begin(worker(out[i], 7200 + (int64_t)i).id, &s),
                         ST_REFUSED);
    assert_int_equal(tries_to_begin(999999, &s), ST_REFUSED);
}

static void test_ended_one_by_one_and_all_at_once(void **state)
{
    struct session a = begins(shop.owner.id), b = begins(shop.owner.id);
    struct session other = begins(shop.manager.id), list[4];
    int n;

    (void)state;
    assert_int_equal(session_list(shop.db, SHOP_NOW, shop.owner.id, list, 4, &n),
                     ST_OK);
    assert_int_equal(n, 2);
    assert_int_equal(session_end(shop.db, SHOP_NOW, shop.owner.id, other.jti), ST_NONE);
    assert_true(holds(&other));
    assert_int_equal(session_end(shop.db, SHOP_NOW, shop.owner.id, a.jti), ST_OK);
    assert_int_equal(session_end(shop.db, SHOP_NOW, shop.owner.id, a.jti), ST_NONE);
    assert_false(holds(&a));
    assert_true(holds(&b));
    a = begins(shop.owner.id);
    assert_int_equal(account_out(shop.db, SHOP_NOW, shop.owner.id), ST_OK);
    assert_false(holds(&a) || holds(&b));
    assert_true(holds(&other));
    assert_int_equal(session_list(shop.db, SHOP_NOW, shop.owner.id, list, 4, &n),
                     ST_OK);
    assert_int_equal(n, 0);
    a = begins(shop.owner.id); /* and one logs in again */
    assert_true(holds(&a));
}

/* Many in one question, as those who listen to events are asked for. */
static void test_many_are_asked_for_at_once(void **state)
{
    static char jti[80][SESSION_JTI + 1];
    bool they_hold[80];
    struct session s;

    (void)state;
    for (int i = 0; i < 80; i++) {
        s = begins(i % 2 ? shop.owner.id : shop.manager.id);
        snprintf(jti[i], sizeof jti[i], "%s", s.jti);
    }
    snprintf(jti[70], sizeof jti[70], "nothing-of-ours-at-all");
    assert_int_equal(session_end(shop.db, SHOP_NOW, shop.owner.id, jti[33]), ST_OK);
    assert_int_equal(sessions_hold(shop.db, SHOP_NOW, jti, 80, they_hold), ST_OK);
    for (int i = 0; i < 80; i++)
        assert_int_equal(they_hold[i], i != 33 && i != 70);
    assert_int_equal(account_out(shop.db, SHOP_NOW, shop.manager.id), ST_OK);
    assert_int_equal(sessions_hold(shop.db, SHOP_NOW, jti, 80, they_hold), ST_OK);
    for (int i = 0; i < 80; i++)
        assert_int_equal(they_hold[i], i % 2 == 1 && i != 33);
    assert_int_equal(
        sessions_hold(shop.db, SHOP_NOW + SESSION_LIFE + 1, jti, 80, they_hold), ST_OK);
    assert_false(they_hold[1]);
}

static void test_role_and_dismissal_end_them(void **state)
{
    struct staff who = worker(ROLE_ADMINISTRATOR, 7001);
    struct session s = begins(who.id);
    const struct team_act act = {.by = &shop.owner, .who = who.id};

    (void)state;
    assert_int_equal(team_role(shop.db, SHOP_NOW, &act, ROLE_READONLY, &who), ST_OK);
    assert_false(holds(&s));
    s = begins(who.id);
    worker(ROLE_READONLY, 7001); /* the same role once more changes nothing */
    assert_true(holds(&s));
    assert_int_equal(team_dismiss(shop.db, SHOP_NOW, &act, &who), ST_OK);
    assert_false(holds(&s));
    worker(ROLE_READONLY, 7001); /* back at work: logged in they are not */
    assert_false(holds(&s));
}

static void test_what_they_say_of_themselves(void **state)
{
    char ip[SESSION_IP_BYTES], agent[SESSION_AGENT_BYTES], huge[1000];

    (void)state;
    session_ip("2001:db8::1", ip);
    assert_string_equal(ip, "2001:db8::1");
    session_ip("1.2.3.4<script>", ip);
    assert_string_equal(ip, "");
    session_ip(NULL, ip);
    assert_string_equal(ip, "");
    session_agent("A\x01\n\xD0\x90 b", agent);
    assert_string_equal(agent, "A b");
    session_agent(NULL, agent);
    assert_string_equal(agent, "");
    memset(huge, 'x', sizeof huge);
    huge[sizeof huge - 1] = '\0';
    session_agent(huge, agent);
    assert_int_equal(strlen(agent), SESSION_AGENT_BYTES - 1);
    session_ip(huge, ip);
    assert_string_equal(ip, "");
}

static void test_old_rows_leave(void **state)
{
    int n;

    (void)state;
    begins(shop.owner.id);
    assert_int_equal(session_forget(shop.db, SHOP_NOW + DAY, 100, &n), ST_OK);
    assert_int_equal(n, 0);
    assert_int_equal(session_forget(shop.db, SHOP_NOW + 2 * DAY, 100, &n), ST_OK);
    assert_int_equal(n, 1);
}

/* ---- one-time links --------------------------------------------------------------- */

static enum login_result uses_at(const char *token, int64_t now, struct session *out)
{
    enum login_result result;

    assert_int_equal(login_use(shop.db, now,
                               &(struct login_try){.token = token, .from = home},
                               &result, out),
                     ST_OK);
    return result;
}

static enum login_result uses(const char *token)
{
    struct session s;

    return uses_at(token, SHOP_NOW + MINUTE, &s);
}

static void test_a_link_is_good_once(void **state)
{
    char token[LOGIN_TOKEN + 1];
    struct session s;

    (void)state;
    assert_int_equal(login_link(shop.db, SHOP_NOW, shop.owner.id, 0, token), ST_OK);
    assert_int_equal(uses_at(token, SHOP_NOW + MINUTE, &s), LOGIN_OPEN);
    assert_true(holds(&s));
    assert_int_equal(s.staff_id, shop.owner.id);
    assert_int_equal(uses(token), LOGIN_USED);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM audit WHERE action IN"
                                          " ('login.link_made', 'login.token')"),
                     2);
}

static void test_for_ten_minutes(void **state)
{
    char token[LOGIN_TOKEN + 1];
    struct session s;

    (void)state;
    assert_int_equal(login_link(shop.db, SHOP_NOW, shop.owner.id, 0, token), ST_OK);
    assert_int_equal(uses_at(token, SHOP_NOW + 10 * MINUTE, &s), LOGIN_EXPIRED);
    assert_int_equal(uses_at(token, SHOP_NOW + 10 * MINUTE - 1, &s), LOGIN_OPEN);
}

static void test_not_for_everybody(void **state)
{
    char token[LOGIN_TOKEN + 1];
    struct session s;
    struct staff who = worker(ROLE_ADMINISTRATOR, 7001);

    (void)state;
    assert_int_equal(login_link(shop.db, SHOP_NOW, shop.cashier[0].id, 0, token),
                     ST_REFUSED);
    assert_int_equal(login_link(shop.db, SHOP_NOW, 999999, 0, token), ST_NONE);
    assert_int_equal(login_link(shop.db, SHOP_NOW, who.id, who.id, token), ST_OK);
    worker(ROLE_CASHIER, 7001); /* meanwhile */
    assert_int_equal(uses_at(token, SHOP_NOW, &s), LOGIN_FORBIDDEN);
}

static void test_what_is_no_token(void **state)
{
    static const char *const bad[] = {"", "a", "abcdefghijabcdefghijab", "%%%",
                                      "abcdefghijabcdefghijabcdefghij"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(uses(bad[i]), LOGIN_UNKNOWN);
}

static char raced[LOGIN_TOKEN + 1];
static atomic_int opened_n, used_n;

struct race {
    enum login_result result;
};

static enum status race_use(struct db *db, void *arg)
{
    struct race *r = arg;
    struct session s;

    return login_use(db, SHOP_NOW, &(struct login_try){.token = raced}, &r->result, &s);
}

static void race_one(struct db *db, int i, void *arg)
{
    struct race r;

    (void)i;
    (void)arg;
    assert_int_equal(db_tx(db, race_use, &r), ST_OK);
    opened_n += r.result == LOGIN_OPEN;
    used_n += r.result == LOGIN_USED;
}

static void test_of_many_at_once_one_is_in(void **state)
{
    (void)state;
    opened_n = used_n = 0;
    assert_int_equal(login_link(shop.db, SHOP_NOW, shop.owner.id, 0, raced), ST_OK);
    shop_race_behind(&shop, "SELECT id FROM login_token FOR UPDATE", 8, race_one, NULL);
    assert_int_equal(opened_n, 1);
    assert_int_equal(used_n, 7);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM admin_session"), 1);
}

/* ---- asked for by a page ---------------------------------------------------------- */

static void test_asked_and_answered(void **state)
{
    char keep[LOGIN_TOKEN + 1], ask[LOGIN_TOKEN + 1];
    struct login l;

    (void)state;
    assert_int_equal(login_ask(shop.db, SHOP_NOW, &home, keep, ask), ST_OK);
    assert_string_not_equal(keep, ask);
    assert_int_equal(uses(keep), LOGIN_WAITS);
    /* What is shown opens nothing, and what is kept asks nothing. */
    assert_int_equal(uses(ask), LOGIN_UNKNOWN);
    assert_int_equal(login_find(shop.db, SHOP_NOW, keep, LOGIN_TOKEN, &l), ST_NONE);
    assert_int_equal(login_find(shop.db, SHOP_NOW, ask, LOGIN_TOKEN, &l), ST_OK);
    assert_string_equal(l.ip, "192.0.2.7");
    assert_int_equal(login_answer(shop.db, SHOP_NOW, l.id, &shop.cashier[0], true),
                     ST_REFUSED);
    assert_int_equal(login_answer(shop.db, SHOP_NOW, l.id, &shop.manager, true), ST_OK);
    assert_int_equal(login_answer(shop.db, SHOP_NOW, l.id, &shop.owner, true),
                     ST_TAKEN);
    assert_int_equal(login_find(shop.db, SHOP_NOW, ask, LOGIN_TOKEN, &l), ST_NONE);
    assert_int_equal(uses(keep), LOGIN_OPEN);
    assert_int_equal(uses(keep), LOGIN_USED);
}

static void test_declined_or_too_late(void **state)
{
    char keep[LOGIN_TOKEN + 1], ask[LOGIN_TOKEN + 1];
    int64_t late = SHOP_NOW + LOGIN_ASK_LIFE;
    struct session s;
    struct login l;

    (void)state;
    assert_int_equal(login_ask(shop.db, SHOP_NOW, &home, keep, ask), ST_OK);
    assert_int_equal(login_find(shop.db, late, ask, LOGIN_TOKEN, &l), ST_NONE);
    assert_int_equal(login_find(shop.db, SHOP_NOW, ask, LOGIN_TOKEN, &l), ST_OK);
    assert_int_equal(login_answer(shop.db, late, l.id, &shop.owner, true), ST_TAKEN);
    assert_int_equal(uses_at(keep, late, &s), LOGIN_EXPIRED);
    assert_int_equal(login_answer(shop.db, SHOP_NOW, l.id, &shop.owner, false), ST_OK);
    assert_int_equal(uses(keep), LOGIN_DECLINED);
    assert_int_equal(login_answer(shop.db, SHOP_NOW, l.id, &shop.owner, true),
                     ST_TAKEN);
}

static void test_old_tokens_leave(void **state)
{
    char token[LOGIN_TOKEN + 1];
    int n;

    (void)state;
    assert_int_equal(login_link(shop.db, SHOP_NOW, shop.owner.id, 0, token), ST_OK);
    assert_int_equal(login_forget(shop.db, SHOP_NOW, 100, &n), ST_OK);
    assert_int_equal(n, 0);
    assert_int_equal(login_forget(shop.db, SHOP_NOW + HOUR, 100, &n), ST_OK);
    assert_int_equal(n, 1);
}

/* A link that was handed over is nobody's to confirm. */
static void test_a_link_is_not_answered(void **state)
{
    char token[LOGIN_TOKEN + 1];
    int64_t id;

    (void)state;
    assert_int_equal(login_link(shop.db, SHOP_NOW, shop.manager.id, 0, token), ST_OK);
    id = shop_number(shop.db, "SELECT MAX(id) FROM login_token");
    assert_int_equal(login_answer(shop.db, SHOP_NOW, id, &shop.owner, true), ST_TAKEN);
}

static void test_tokens_are_kept_as_hashes(void **state)
{
    char token[LOGIN_TOKEN + 1], sql[200];
    uint8_t hash[SHA256_BYTES];
    int at;

    (void)state;
    assert_int_equal(login_link(shop.db, SHOP_NOW, shop.owner.id, 0, token), ST_OK);
    secret_sha256(token, LOGIN_TOKEN, hash);
    at = snprintf(sql, sizeof sql,
                  "SELECT COUNT(*) FROM login_token WHERE HEX(sha256) = '");
    for (int i = 0; i < SHA256_BYTES; i++)
        at += snprintf(sql + at, sizeof sql - (size_t)at, "%02X", hash[i]);
    snprintf(sql + at, sizeof sql - (size_t)at, "'");
    assert_int_equal(shop_number(shop.db, sql), 1);
}

#define T(test) cmocka_unit_test_setup_teardown(test, open_shop, close_shop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_it_is_a_day_long),
        T(test_who_may_begin_one),
        T(test_ended_one_by_one_and_all_at_once),
        T(test_many_are_asked_for_at_once),
        T(test_role_and_dismissal_end_them),
        T(test_what_they_say_of_themselves),
        T(test_old_rows_leave),
        T(test_a_link_is_good_once),
        T(test_for_ten_minutes),
        T(test_not_for_everybody),
        T(test_what_is_no_token),
        T(test_of_many_at_once_one_is_in),
        T(test_asked_and_answered),
        T(test_declined_or_too_late),
        T(test_old_tokens_leave),
        T(test_a_link_is_not_answered),
        T(test_tokens_are_kept_as_hashes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
