/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Live counters over HTTP: the whole state at once, what changed soon after, many
 * listeners, the end of a session, the end of the program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/staff/staff.h"
#include "tests/harness/api.h"
#include "tests/harness/wire.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATH "/api/v1/events"

static int64_t owner;

static int opened(void **state)
{
    int st = api_open(state);

    owner = api_staff(ROLE_OWNER);
    return st;
}

/* ---- a listener ------------------------------------------------------------------ */

static void say(int fd, const char *token)
{
    char head[2048];

    snprintf(head, sizeof head,
             "GET " PATH " HTTP/1.1\r\nHost: a\r\nAccept-Language: en\r\n"
             "Authorization: %s\r\nLast-Event-ID: 7\r\n\r\n",
             token);
    wire_say(fd, head);
}

static int listen_as(int64_t staff)
{
    int fd = wire_dial(api_place.port);

    say(fd, api_token(staff));
    return fd;
}

static void until_said(int fd, char *out, size_t room, const char *what)
{
    wire_hear_until(fd, out, room, what, 1);
}

/* The state in what was heard last. */
static struct json *state_of(const char *text)
{
    const char *at = NULL, *end;

    for (const char *p = text; (p = strstr(p, "data: {\"at\"")) != NULL; p++)
        at = p + 6;
    assert_non_null(at);
    end = strstr(at, "\n\n");
    assert_non_null(end);
    return json_parse(at, (size_t)(end - at));
}

static int64_t dead_of(const char *text)
{
    struct json *o = state_of(text);
    int64_t n = json_int_or(o, "queue.dead", -1);

    json_free(o);
    return n;
}

/* ---- tests ----------------------------------------------------------------------- */

static void the_whole_state_comes_at_once(void **state)
{
    static char text[20000];
    int fd = listen_as(owner);
    struct json *o;

    (void)state;
    until_said(fd, text, sizeof text, "\"attention\":[");
    if (strstr(text, "}]}\n\n") == NULL)
        until_said(fd, text + strlen(text), sizeof text - strlen(text), "}]}\n\n");
    assert_int_equal(wire_status(text), 200);
    assert_non_null(strstr(text, "text/event-stream"));
    assert_non_null(strstr(text, "X-Request-Id"));
    assert_non_null(strstr(text, "event: state\nid: "));
    o = state_of(text);
    assert_int_equal(json_int_or(o, "today.new_customers", -1), 0);
    assert_int_equal(json_int_or(o, "queue.waiting.hot", -1), 0);
    assert_int_equal(json_int_or(o, "queue.drift", -1), 0);
    assert_true(json_count(json_get(o, "attention")) >= 1);
    json_free(o);
    close(fd);
}

static void job_dies(int i)
{
    char id[16] = {0};

    snprintf(id, sizeof id, "dead-%d", i);
    assert_int_equal(db_exec(api_place.db, NULL,
                             "INSERT INTO job_dead (id, kind, lane, attempts, crashes,"
                             " reason, put_at, died_at, body) VALUES (?, ?, 116, 5, 0,"
                             " 'tries', ?, ?, '{}')",
                             DB_BYTES(id, 16), DB_TEXT("core.discount_redeemed"),
                             DB_TIME(clock_now()), DB_TIME(clock_now())),
                     ST_OK);
}

/* The counts of rows are up to ten seconds old, the rest two. */
static void what_changes_is_told(void **state)
{
    static char text[20000];
    int fd = listen_as(owner), more = listen_as(owner);

    (void)state;
    until_said(fd, text, sizeof text, "}]}\n\n");
    until_said(more, text, sizeof text, "}]}\n\n");
    assert_int_equal(dead_of(text), 0);
    job_dies(1);
    until_said(fd, text, sizeof text, "\"dead\":1");
    until_said(more, text, sizeof text, "\"dead\":1");
    close(fd);
    close(more);
}

/* Marketing sees the figures; a manager of one shop neither those nor the queue. */
static void each_sees_what_they_may(void **state)
{
    static char text[20000];
    int marketing = listen_as(api_staff(ROLE_MARKETING));
    int readonly = listen_as(api_staff(ROLE_READONLY));
    int manager = listen_as(api_staff(ROLE_MANAGER));

    (void)state;
    until_said(marketing, text, sizeof text, "}]}\n\n");
    assert_non_null(strstr(text, "\"today\""));
    assert_non_null(strstr(text, "\"queue\""));
    until_said(readonly, text, sizeof text, "}]}\n\n");
    assert_non_null(strstr(text, "\"today\""));
    assert_null(strstr(text, "\"queue\""));
    until_said(manager, text, sizeof text, "data: {\"at\"");
    assert_null(strstr(text, "\"today\""));
    assert_null(strstr(text, "\"queue\""));
    assert_null(strstr(text, "\"attention\""));
    close(marketing);
    close(readonly);
    close(manager);
    refuses(401, "unauthenticated", &(struct ask){"GET", PATH});
    refuses(400, "validation_failed",
            &(struct ask){"GET", PATH "?token=abc", .as = owner});
}

static void too_many_of_one_are_refused(void **state)
{
    static char text[20000];
    int64_t one = api_staff(ROLE_OWNER);
    int fd[8];

    (void)state;
    for (int i = 0; i < 8; i++) {
        fd[i] = listen_as(one);
        until_said(fd[i], text, sizeof text, "retry: ");
    }
    refuses(429, "rate_limited", &(struct ask){"GET", PATH, .as = one});
    for (int i = 0; i < 8; i++)
        close(fd[i]);
}

static void logged_out(int64_t staff)
{
    struct heard h = {0};

    asks(&h, 204, &(struct ask){"POST", "/api/v1/auth/logout-all", .as = staff});
    heard_free(&h);
    api_log_out(staff);
}

/* Who is logged out hears so within seconds, and then nothing. */
static void the_end_of_a_session_ends_it(void **state)
{
    static char text[20000];
    int64_t gone = api_staff(ROLE_ADMINISTRATOR), dismissed = api_staff(ROLE_READONLY);
    int first = listen_as(gone), other = listen_as(dismissed), stays = listen_as(owner);
    int64_t from;

    (void)state;
    until_said(first, text, sizeof text, "}]}\n\n");
    until_said(other, text, sizeof text, "}]}\n\n");
    until_said(stays, text, sizeof text, "}]}\n\n");
    from = clock_mono_ms();
    logged_out(gone);
    until_said(first, text, sizeof text, "\r\n0\r\n\r\n"); /* the last chunk */
    assert_non_null(strstr(text, "event: end\ndata: {\"why\":\"session_ended\"}"));
    assert_true(clock_mono_ms() - from < 15000);
    assert_int_equal(staff_dismiss(api_place.db, clock_now(), dismissed, 0), ST_OK);
    until_said(other, text, sizeof text, "session_ended");
    job_dies(2);
    until_said(stays, text, sizeof text, "\"dead\":");
    close(first);
    close(other);
    close(stays);
}

/* Also one whose time has run out. */
static void an_expired_session_ends_it(void **state)
{
    static char text[20000];
    int64_t who = api_staff(ROLE_OWNER);
    int fd = listen_as(who);

    (void)state;
    until_said(fd, text, sizeof text, "}]}\n\n");
    assert_int_equal(db_exec(api_place.db, NULL,
                             "UPDATE admin_session SET expires_at = ?"
                             " WHERE staff_id = ?",
                             DB_TIME(clock_now() - SECOND), DB_INT(who)),
                     ST_OK);
    until_said(fd, text, sizeof text, "session_ended");
    close(fd);
}

#define MANY 200
#define WAVE 50 /* who asks at one time: api takes HANDS_WAITING */

static void hundreds_listen(void **state)
{
    static char text[20000];
    static int fd[MANY], clerk[MANY / 8];
    struct heard h = {0};

    (void)state;
    for (int i = 0; i < MANY; i++) {
        if (i % 8 == 0)
            clerk[i / 8] = (int)api_staff(ROLE_OWNER);
        fd[i] = listen_as(clerk[i / 8]);
        for (int of = i - WAVE + 1; (i + 1) % WAVE == 0 && of <= i; of++)
            until_said(fd[of], text, sizeof text, "}]}\n\n");
    }
    /* The API goes on meanwhile. */
    for (int i = 0; i < 20; i++)
        asks(&h, 200, &(struct ask){"GET", "/api/v1/stores", .as = owner});
    job_dies(3);
    for (int i = 0; i < MANY; i++)
        until_said(fd[i], text, sizeof text, "\"dead\":");
    for (int i = 0; i < MANY; i++)
        close(fd[i]);
    heard_free(&h);
}

/* Each is told, and the program ends at once, with status 0: api_restart wants that. */
static void a_stop_ends_them(void **state)
{
    static char text[20000];
    int64_t clerk = api_staff(ROLE_OWNER), from;
    int fd = listen_as(owner), other = listen_as(clerk);

    (void)state;
    until_said(fd, text, sizeof text, "}]}\n\n");
    until_said(other, text, sizeof text, "}]}\n\n");
    from = clock_mono_ms();
    api_restart();
    assert_true(clock_mono_ms() - from < 10000);
    assert_true(wire_hear_all(fd, text, sizeof text));
    assert_non_null(strstr(text, "event: end\ndata: {\"why\":\"stopping\"}"));
    assert_true(wire_hear_all(other, text, sizeof text));
    close(fd);
    close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_state_comes_at_once),
        cmocka_unit_test(what_changes_is_told),
        cmocka_unit_test(each_sees_what_they_may),
        cmocka_unit_test(too_many_of_one_are_refused),
        cmocka_unit_test(the_end_of_a_session_ends_it),
        cmocka_unit_test(an_expired_session_ends_it),
        cmocka_unit_test(hundreds_listen),
        cmocka_unit_test(a_stop_ends_them),
    };

    wire_many_descriptors();
    return cmocka_run_group_tests_name("api events", tests, opened, api_close);
}
