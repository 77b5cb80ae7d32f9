/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Into the panel by the staff bot: a page asks, an admin sees what is being opened and
 * says yes or no; a link taken here; and everybody else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/till_people.h"

#include "core/base/clock.h"
#include "core/staff/login.h"
#include "tests/harness/stage_chat.h"

#include <stdio.h>
#include <string.h>

PERSON LENA = {"auth", 6000000020, "Лена", "ru"}; /* manager of the first store */
PERSON MAX = {"auth", 6000000022, "Max", "en"};   /* marketing */
PERSON STRANGER = {"auth", 6000000023, "Кто-то", "ru"};

static char keep[LOGIN_TOKEN + 1], ask[LOGIN_TOKEN + 1], start[60];

static int staffed(void **state)
{
    opened(state);
    hires(&LENA, "manager", stage.store[0]);
    hires(&MAX, "marketing", 0);
    return 0;
}

/* The login page of somebody's browser asks, and shows the link. */
static void page_asks(void)
{
    const struct session_from from = {"203.0.113.9", "Firefox/128 <b>(X11)"};

    assert_int_equal(login_ask(stage.db, stage.now, &from, keep, ask), ST_OK);
    snprintf(start, sizeof start, "/start login_%s", ask);
}

static enum login_result page_polls(void)
{
    enum login_result result;
    struct session s;

    assert_int_equal(
        login_use(stage.db, stage.now, &(struct login_try){.token = keep}, &result, &s),
        ST_OK);
    return result;
}

static void test_asked_shown_and_confirmed(void **state)
{
    (void)state;
    page_asks();
    says(&BOSS, start);
    told_like(&BOSS, "Вход в панель");
    told_like(&BOSS, "Firefox/128 &lt;b&gt;(X11)");
    told_like(&BOSS, "203.0.113.9");
    told_like(&BOSS, "Когда: сегодня");
    told_like(&BOSS, "Адрес: ");
    assert_int_equal(page_polls(), LOGIN_WAITS);
    presses(&BOSS, "Войти");
    told_like(&BOSS, "Вернитесь на страницу");
    assert_int_equal(page_polls(), LOGIN_OPEN);
    assert_int_equal(page_polls(), LOGIN_USED);
    assert_int_equal(
        counts("SELECT COUNT(*) FROM audit WHERE action = 'login.confirmed'"), 1);
    says(&BOSS, start); /* the link once more */
    told_like(&BOSS, "уже не действует");
    assert_true(sees_button(&BOSS, "Меню"));
}

static void test_it_is_not_me(void **state)
{
    (void)state;
    page_asks();
    says(&MAX, start);
    told_like(&MAX, "Log in to the panel");
    presses(&MAX, "It is not me");
    told_like(&MAX, "declined");
    assert_int_equal(page_polls(), LOGIN_DECLINED);
    says(&BOSS, start);
    told_like(&BOSS, "уже не действует");
}

static void test_pressed_twice(void **state)
{
    (void)state;
    page_asks();
    says(&LENA, start);
    presses_twice(&LENA, "Войти");
    assert_int_equal(
        counts("SELECT COUNT(*) FROM audit WHERE action = 'login.confirmed'"), 1);
    assert_int_equal(page_polls(), LOGIN_OPEN);
}

static void test_too_late(void **state)
{
    (void)state;
    page_asks();
    says(&BOSS, start);
    stage_wait_until(stage.now + LOGIN_ASK_LIFE);
    presses(&BOSS, "Войти");
    told_like(&BOSS, "уже не действует");
    assert_int_equal(page_polls(), LOGIN_EXPIRED);
}

static void test_links_of_other_forms(void **state)
{
    static const char *const links[] = {"/start login_", "/start login_abc",
                                        "/start login_abcdefghijabcdefghijab",
                                        "/start login_abcdefghijabcdefghijabcd"};

    (void)state;
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        says(&BOSS, links[i]);
        told_like(&BOSS, "уже не действует");
    }
    forges(&BOSS, "v1:l:yes:abcdefghijabcdefghijab");
    told_like(&BOSS, "уже не действует");
}

static void test_no_access(void **state)
{
    char data[64];

    (void)state;
    page_asks();
    says(&OLGA, start);
    told_like(&OLGA, "Нет доступа");
    assert_false(sees_button(&OLGA, "Войти"));
    snprintf(data, sizeof data, "v1:l:yes:%s", ask);
    forges(&OLGA, data); /* she has seen the link, and knows what a button says */
    told_like(&OLGA, "Нет доступа");
    says(&STRANGER, start);
    told_like(&STRANGER, "Нет доступа");
    assert_true(sees_button(&STRANGER, "доступ"));
    forges(&STRANGER, data);
    told_like(&STRANGER, "Нет доступа");
    assert_int_equal(page_polls(), LOGIN_WAITS);
    says(&OLGA, "/start");
    assert_false(sees_button(&OLGA, "панель"));
    forges(&OLGA, "v1:l:open:");
    told_like(&OLGA, "недоступно");
    assert_int_equal(counts("SELECT COUNT(*) FROM login_token"), 1);
}

/* Dismissed between the question and the answer. */
static void test_a_dismissal_in_between(void **state)
{
    (void)state;
    page_asks();
    says(&LENA, start);
    assert_int_equal(
        counts("SELECT COUNT(*) FROM staff WHERE external_id = 6000000020"), 1);
    assert_int_equal(staff_dismiss(stage.db, stage.now,
                                   counts("SELECT id FROM staff"
                                          " WHERE external_id = 6000000020"),
                                   0),
                     ST_OK);
    presses(&LENA, "Войти");
    told_like(&LENA, "Нет доступа");
    assert_int_equal(page_polls(), LOGIN_WAITS);
}

static void test_a_link_taken_in_the_menu(void **state)
{
    const struct shown *m;
    const char *at;

    (void)state;
    says(&BOSS, "/start");
    presses(&BOSS, "Войти в панель");
    told_like(&BOSS, "откроется один раз");
    m = chat_newest(&BOSS, NULL);
    at = strstr(m->text, "/panel/#login=");
    assert_non_null(at);
    snprintf(keep, sizeof keep, "%.22s", at + strlen("/panel/#login="));
    assert_int_equal(page_polls(), LOGIN_OPEN);
    assert_int_equal(page_polls(), LOGIN_USED);
}

#define T(test) cmocka_unit_test_setup_teardown(test, staffed, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_asked_shown_and_confirmed),
        T(test_it_is_not_me),
        T(test_pressed_twice),
        T(test_too_late),
        T(test_links_of_other_forms),
        T(test_no_access),
        T(test_a_dismissal_in_between),
        T(test_a_link_taken_in_the_menu),
    };

    int failed;

    how = 0;
    failed = cmocka_run_group_tests_name("once", tests, NULL, NULL);
    how = STAGE_TWICE;
    return failed + cmocka_run_group_tests_name("twice", tests, NULL, NULL);
}
