/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Requests that come together are asked about together, and each is answered for itself:
 * whose session holds, whose does not, who has none. One hand, so that they must wait. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/staff/session.h"
#include "tests/harness/api.h"
#include "tests/harness/until.h"
#include "tests/harness/waiting.h"
#include "tests/harness/web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PEOPLE 12
#define CROWD 96

static int64_t people[PEOPLE];

static int opened(void **state)
{
    setenv("API_HANDS", "1", 1);
    if (api_open(state) != 0)
        return -1;
    for (int i = 0; i < PEOPLE; i++)
        people[i] = api_staff(i % 2 ? ROLE_OWNER : ROLE_READONLY);
    return 0;
}

static int say(const char *authorization)
{
    struct buf headers = {0};
    struct web_ask web = {
        .port = api_place.port, .method = "GET", .path = "/api/v1/auth/me"};
    int fd;

    if (authorization != NULL)
        buf_addf(&headers, "Authorization: %s\r\n", authorization);
    web.headers = headers.s;
    fd = web_say(&web);
    buf_free(&headers);
    assert_true(fd >= 0);
    return fd;
}

/* i % 4: their own session; a word that is none; none at all; one that has ended. */
static void each_hears_their_own(void **state)
{
    static int fd[CROWD];
    char ended[1100];
    struct buf raw = {0};

    (void)state;
    snprintf(ended, sizeof ended, "%s", api_token(people[0]));
    for (int i = 1; i < PEOPLE; i++)
        (void)api_token(people[i]);
    assert_int_equal(db_exec(api_place.db, NULL,
                             "UPDATE admin_session SET revoked_at = ?"
                             " WHERE staff_id = ?",
                             DB_TIME(clock_now()), DB_INT(people[0])),
                     ST_OK);
    for (int i = 0; i < CROWD; i++)
        fd[i] = say(i % 4 == 0   ? api_token(people[1 + i % (PEOPLE - 1)])
                    : i % 4 == 1 ? "Bearer eyJhbGciOiJub25lIn0.e30."
                    : i % 4 == 2 ? NULL
                                 : ended);
    for (int i = 0; i < CROWD; i++) {
        int status = web_hear(fd[i], &raw);
        char id[40];

        snprintf(id, sizeof id, "{\"id\":%lld,",
                 (long long)people[1 + i % (PEOPLE - 1)]);
        assert_int_equal(status, i % 4 == 0 ? 200 : 401);
        if (i % 4 == 0)
            assert_int_equal(strncmp(web_body(&raw), id, strlen(id)), 0);
        if (i % 4 == 3)
            assert_non_null(strstr(raw.s, "unauthenticated"));
    }
    buf_free(&raw);
}

/* What was taken back before the request was sent is refused, in a crowd, too. */
static void an_end_is_at_once(void **state)
{
    static int fd[CROWD];
    struct buf raw = {0};

    (void)state;
    for (int p = 1; p < PEOPLE; p++) {
        assert_int_equal(db_exec(api_place.db, NULL,
                                 "UPDATE admin_account SET epoch = epoch + 1"
                                 " WHERE staff_id = ?",
                                 DB_INT(people[p])),
                         ST_OK);
        for (int i = 0; i < 24; i++)
            fd[i] = say(api_token(people[1 + i % (PEOPLE - 1)]));
        for (int i = 0; i < 24; i++)
            assert_int_equal(web_hear(fd[i], &raw),
                             1 + i % (PEOPLE - 1) <= p ? 401 : 200);
    }
    buf_free(&raw);
}

/* ---- the others --------------------------------------------------------------------- */

#define STORES "/api/v1/stores"

struct turn {
    int64_t whom;
    struct ask change, stores;
    int fd_change, fd_stores, fd[CROWD];
};

/* While the one hand stands before a row: a crowd comes, and one with something longer. */
static enum status hand_held(struct db *db, void *arg)
{
    struct turn *t = arg;
    struct db *look = db_open(api_place.cfg);
    struct heard h = {0};
    struct staff whom;
    enum status st = staff_lock(db, t->whom, &whom);

    t->fd_change = asks_say(&t->change);
    assert_true(until(somebody_waits, look, 10000));
    db_close(look);
    for (int i = 0; i < CROWD; i++)
        t->fd[i] = say(api_token(people[1]));
    t->fd_stores = asks_say(&t->stores);
    asks(&h, 0, &(struct ask){"GET", "/health"}); /* they have been read by now */
    heard_free(&h);
    return st;
}

static int times_said(const char *text, const char *what)
{
    int n = 0;

    for (; (text = strstr(text, what)) != NULL; text += strlen(what))
        n++;
    return n;
}

/* However long the crowd: whoever asks for something longer has a turn in between. */
static void others_have_their_turn(void **state)
{
    struct turn t = {.whom = api_staff(ROLE_CASHIER), .stores = {"GET", STORES}};
    struct buf raw = {0};
    struct heard h = {0};
    const char *log;
    char path[60];

    (void)state;
    api_log_out(people[1]);
    snprintf(path, sizeof path, "/api/v1/staff/%lld", (long long)t.whom);
    t.stores.as = people[1];
    t.change = (struct ask){"PATCH", path, "{\"name\":\"Turn\"}", people[1], "*"};
    (void)api_token(people[1]);
    assert_int_equal(db_tx(api_place.db, hand_held, &t), ST_OK);
    asks_hear(&h, t.fd_change, &t.change);
    assert_int_equal(h.status, 200);
    asks_hear(&h, t.fd_stores, &t.stores);
    assert_int_equal(h.status, 200);
    for (int i = 0; i < CROWD; i++)
        assert_int_equal(web_hear(t.fd[i], &raw), 200);
    log = strstr(program_output(api_place.program), STORES);
    assert_non_null(log);
    assert_true(times_said(log, "/api/v1/auth/me") >= CROWD / 2);
    heard_free(&h);
    buf_free(&raw);
}

/* The same question as one by one; twice the same is fine. */
static void found_as_one_by_one(void **state)
{
    struct session_found f[SESSIONS_FOUND];
    struct session one[SESSIONS_FOUND], s;
    struct staff who;
    int n = 0;

    (void)state;
    for (int p = 0; p < PEOPLE; p++)
        api_log_out(people[p]);
    for (int p = 0; p < PEOPLE; p++)
        (void)api_token(people[p]);
    assert_int_equal(db_select(api_place.db, "SELECT jti FROM admin_session"
                                             " ORDER BY issued_at DESC, jti LIMIT 15"),
                     ST_OK);
    while (db_next(api_place.db) == ST_OK) {
        snprintf(one[n].jti, sizeof one[n].jti, "%s", db_text(api_place.db, 0, NULL));
        f[n].jti = one[n].jti;
        n++;
    }
    assert_int_equal(n, 15);
    f[n++].jti = one[0].jti;
    assert_int_equal(sessions_find(api_place.db, clock_now(), f, n), ST_OK);
    for (int i = 0; i < n; i++) {
        enum status st = session_find(api_place.db, clock_now(), f[i].jti, &s, &who);

        assert_true(f[i].holds == (st == ST_OK));
        if (st == ST_OK)
            assert_int_equal(f[i].who.id, who.id);
    }
    assert_int_equal(sessions_find(api_place.db, clock_now() + 25 * HOUR, f, n), ST_OK);
    for (int i = 0; i < n; i++)
        assert_false(f[i].holds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_hears_their_own),
        cmocka_unit_test(an_end_is_at_once),
        cmocka_unit_test(others_have_their_turn),
        cmocka_unit_test(found_as_one_by_one),
    };

    return cmocka_run_group_tests(tests, opened, api_close);
}
