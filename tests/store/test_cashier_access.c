/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Who comes in at the till, and who may let them: invitations made in the bot, requests
 * and their answers, the list of people, rights that end at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/till_people.h"

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/staff/access.h"
#include "tests/harness/stage_chat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

PERSON LENA = {"auth", 6000000020, "Лена", "ru"}; /* manager of the first store */
PERSON IGOR = {"auth", 6000000021, "Игорь", "ru"};
PERSON MAX = {"auth", 6000000022, "Max <b>", "en"};

static int managed(void **state)
{
    opened(state);
    hires(&LENA, "manager", stage.store[0]);
    return 0;
}

static int64_t staff_id(const struct person *p)
{
    char sql[96];

    snprintf(sql, sizeof(sql), "SELECT id FROM staff WHERE external_id = %lld",
             (long long)p->id);
    return counts(sql);
}

/* Data of a button with somebody's id in it. Lent until the next call. */
static const char *about(const char *route, const struct person *p)
{
    static char data[64];
    char id[14];

    base36_print((uint64_t)staff_id(p), id);
    snprintf(data, sizeof(data), "v1:%s:%s", route, id);
    return data;
}

/* ---- invitations ---------------------------------------------------------------- */

/* What stands in a message between two pieces of text. Lent until the next call. */
static const char *between(const struct person *p, const char *from, const char *to)
{
    static char out[200];
    const struct shown *m = NULL;
    const char *a, *b;

    while ((m = chat_newest(p, m)) != NULL)
        if ((a = strstr(m->text, from)) != NULL &&
            (b = strstr(a + strlen(from), to)) != NULL) {
            a += strlen(from);
            snprintf(out, sizeof(out), "%.*s", (int)(b - a), a);
            return out;
        }
    chat_fail(p, "has no message with", from);
    return "";
}

static void test_a_manager_invites(void **state)
{
    char link[240];

    (void)state;
    says(&LENA, "/start");
    presses(&LENA, "Управление");
    presses(&LENA, "Пригласить");
    told_like(&LENA, "Какая роль?");
    assert_true(sees_button(&LENA, "кассир"));
    assert_false(sees_button(&LENA, "управляющий")); /* only below one's own */
    assert_false(sees_button(&LENA, "владелец"));
    assert_false(sees_button(&LENA, "маркетолог"));
    presses(&LENA, "кассир");
    told_like(&LENA, "Какой магазин?");
    assert_false(sees_button(&LENA, "Садовая")); /* hers alone */
    presses(&LENA, "Ленина, 5");
    told_like(&LENA, "Приглашение: <b>кассир</b>");
    told_like(&LENA, "https://t.me/exmpl_till_bot?start=i_");
    snprintf(link, sizeof(link), "/start i_%.60s", between(&LENA, "start=i_", "<"));
    says(&IGOR, link);
    told_like(&IGOR, "Игорь, добро пожаловать! Ваша роль: кассир.");
    presses(&IGOR, "Открыть смену");
    told_like(&IGOR, "Ленина, 5");
    says(&MAX, link);
    told_like(&MAX, "has been used");
}

static void test_an_invitation_is_over_in_a_day(void **state)
{
    char link[240];

    (void)state;
    says(&LENA, "/start");
    presses(&LENA, "Управление");
    presses(&LENA, "Пригласить");
    presses(&LENA, "кассир");
    presses(&LENA, "Ленина, 5");
    snprintf(link, sizeof(link), "/start i_%.60s", between(&LENA, "start=i_", "<"));
    stage_wait_until(stage.now + 25 * HOUR);
    says(&IGOR, link);
    told_like(&IGOR, "её срок вышел");
    assert_int_equal(counts("SELECT COUNT(*) FROM invite WHERE used_at IS NOT NULL"),
                     0);
}

/* Buttons that were never shown to them. */
static void test_nobody_invites_above_themselves(void **state)
{
    char forged[64], store[14];

    (void)state;
    base36_print((uint64_t)stage.store[1], store);
    snprintf(forged, sizeof(forged), "v1:i:at:7.%s", store); /* not her store */
    forges(&LENA, forged);
    told_like(&LENA, "недоступно");
    forges(&LENA, "v1:i:role:1"); /* an owner */
    told_like(&LENA, "недоступно");
    forges(&LENA, "v1:i:role:5"); /* her own rank */
    snprintf(forged, sizeof(forged), "v1:i:at:5.%lld", (long long)stage.store[0]);
    forges(&LENA, forged);
    told_like(&LENA, "недоступно");
    forges(&OLGA, "v1:i:open:");
    told_like(&OLGA, "недоступно");
    forges(&OLGA, "v1:p:open:");
    told_like(&OLGA, "недоступно");
    forges(&IGOR, "v1:p:open:");
    told_like(&IGOR, "Это служебный бот");
    assert_int_equal(counts("SELECT COUNT(*) FROM invite"), 0);
}

/* ---- requests ------------------------------------------------------------------- */

static void test_a_request_is_accepted(void **state)
{
    (void)state;
    says(&IGOR, "/start");
    told_like(&IGOR, "Это служебный бот");
    not_told(&IGOR, "У Дома");
    presses(&IGOR, "Запросить доступ");
    told_like(&IGOR, "Запрос отправлен");
    told_like(&LENA, "<b>Игорь</b>");
    told_like(&BOSS, "просит доступ");
    told_nothing(&OLGA); /* who may not hire hears nothing */
    presses(&LENA, "Принять");
    told_like(&LENA, "Какая роль?");
    presses(&LENA, "продавец");
    presses(&LENA, "Ленина, 5");
    told_like(&LENA, "Игорь: доступ открыт. Роль: продавец.");
    told_like(&IGOR, "добро пожаловать! Ваша роль: продавец.");
    presses(&IGOR, "Открыть смену");
    told_like(&IGOR, "смена с");
    /* The other one comes too late, and hears who was first. */
    presses(&BOSS, "Принять");
    told_like(&BOSS, "уже рассмотрен: Лена");
    assert_int_equal(
        counts("SELECT COUNT(*) FROM staff WHERE external_id = 6000000021"), 1);
}

static void test_a_request_is_declined(void **state)
{
    (void)state;
    says(&MAX, "/start");
    presses(&MAX, "Ask for access");
    told_like(&LENA, "<b>Max &lt;b&gt;</b>");
    presses_twice(&LENA, "Отклонить");
    told_like(&MAX, "declined your request");
    told_times(&MAX, 1);
    says(&MAX, "/start");
    presses(&MAX, "Ask for access");
    told_like(&MAX, "declined a short while ago");
    assert_int_equal(counts("SELECT COUNT(*) FROM access_request"), 1);
    stage_wait_until(stage.now + 25 * HOUR);
    says(&MAX, "/start");
    presses(&MAX, "Ask for access");
    told_like(&MAX, "on its way");
}

/* The card went to nobody: managers who have not begun with the bot find it in the
 * team's list. */
static void test_a_request_waits_in_the_list(void **state)
{
    (void)state;
    says(&IGOR, "/start");
    presses(&IGOR, "Запросить доступ");
    says(&BOSS, "/start");
    presses(&BOSS, "Управление");
    presses(&BOSS, "Сотрудники");
    assert_true(sees_button(&BOSS, "✋ Игорь"));
    presses(&BOSS, "✋ Игорь");
    told_like(&BOSS, "просит доступ");
    presses(&BOSS, "Отклонить");
    told_like(&IGOR, "отклонил ваш запрос");
    says(&BOSS, "/start");
    presses(&BOSS, "Управление");
    presses(&BOSS, "Сотрудники");
    assert_false(sees_button(&BOSS, "✋ Игорь"));
}

static void test_one_open_request_a_person(void **state)
{
    (void)state;
    says(&IGOR, "/start");
    presses_twice(&IGOR, "Запросить доступ");
    told_like(&IGOR, "уже у управляющего");
    assert_int_equal(counts("SELECT COUNT(*) FROM access_request"), 1);
    /* Nobody answered for three days: it may be asked again. */
    stage_wait_until(stage.now + 73 * HOUR);
    presses(&LENA, "Принять");
    presses(&LENA, "кассир");
    presses(&LENA, "Ленина, 5");
    told_like(&LENA, "уже не действует");
    assert_int_equal(
        counts("SELECT COUNT(*) FROM staff WHERE external_id = 6000000021"), 0);
    says(&IGOR, "/start");
    presses(&IGOR, "Запросить доступ");
    told_like(&IGOR, "Запрос отправлен");
    assert_int_equal(counts("SELECT COUNT(*) FROM access_request"), 2);
}

static void test_strangers_cannot_flood_us(void **state)
{
    int i;

    (void)state;
    for (i = 0; i <= ACCESS_AN_HOUR; i++) {
        const struct person stranger = {"auth", 6000000100 + i, "Кто-то", "ru"};

        forges(&stranger, "v1:a:ask:");
        told_like(&stranger, i < ACCESS_AN_HOUR ? "Запрос отправлен" : "через час");
    }
    assert_int_equal(counts("SELECT COUNT(*) FROM access_request"), ACCESS_AN_HOUR);
}

/* The customer's own code opens nothing here, and asking does not either. */
static void test_answers_are_for_managers(void **state)
{
    (void)state;
    says(&IGOR, "/start");
    presses(&IGOR, "Запросить доступ");
    forges(&IGOR, "v1:a:at:1.7.1");
    told_like(&IGOR, "Это служебный бот");
    forges(&OLGA, "v1:a:card:1");
    told_like(&OLGA, "недоступно");
    not_told(&OLGA, "Игорь");
    forges(&OLGA, "v1:a:yes:1");
    told_like(&OLGA, "недоступно");
    forges(&OLGA, "v1:a:at:1.7.1");
    told_like(&OLGA, "недоступно");
    forges(&LENA, "v1:a:at:1.1.1"); /* as an owner */
    told_like(&LENA, "недоступно");
    forges(&LENA, "v1:a:role:1.2"); /* as an administrator */
    told_like(&LENA, "недоступно");
    assert_int_equal(counts("SELECT COUNT(*) FROM access_request WHERE state = 1"), 1);
}

/* ---- the people ----------------------------------------------------------------- */

static void test_the_list(void **state)
{
    (void)state;
    opens_shift(&OLGA);
    says(&LENA, "/start");
    presses(&LENA, "Управление");
    presses(&LENA, "Сотрудники");
    assert_true(sees_button(&LENA, "🟢 Ольга · кассир"));
    assert_true(sees_button(&LENA, "Пётр · кассир"));
    assert_false(sees_button(&LENA, "Jane")); /* of another store */
    presses(&LENA, "Ольга");
    told_like(&LENA, "<b>Ольга</b>\nРоль: кассир\nМагазины: Ленина, 5\nPIN: нет");
    told_like(&LENA, "На смене: Ленина, 5");
    says(&BOSS, "/start");
    presses(&BOSS, "Управление");
    presses(&BOSS, "Сотрудники");
    assert_true(sees_button(&BOSS, "Jane · кассир"));
    assert_true(sees_button(&BOSS, "Лена · управляющий"));
}

/* Between the card and the press. */
static void test_a_dismissal_counts_at_once(void **state)
{
    (void)state;
    opens_shift(&OLGA);
    says(&OLGA, code);
    told_like(&OLGA, "Скидка <b>10");
    forges(&LENA, about("p:one", &OLGA));
    presses(&LENA, "Уволить");
    told_like(&LENA, "Уволить сотрудника <b>Ольга</b>?");
    presses(&LENA, "Да, уволить");
    told_like(&LENA, "Ольга: доступ закрыт.");
    presses(&OLGA, "Применить");
    told_like(&OLGA, "Это служебный бот");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), 0);
    assert_int_equal(counts("SELECT COUNT(*) FROM shift WHERE closed_at IS NULL"), 0);
    forges(&LENA, about("p:fired", &OLGA));
    told_like(&LENA, "больше не работает");
}

static void test_a_role_counts_at_once(void **state)
{
    (void)state;
    opens_shift(&OLGA);
    says(&OLGA, code);
    forges(&BOSS, about("p:one", &OLGA));
    presses(&BOSS, "Изменить роль");
    presses(&BOSS, "кладовщик");
    told_like(&BOSS, "Роль: кладовщик");
    presses(&OLGA, "Применить");
    told_like(&OLGA, "недоступно");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), 0);
}

static void test_nobody_changes_their_equals(void **state)
{
    char forged[64];

    (void)state;
    hires(&IGOR, "manager", stage.store[0]);
    forges(&LENA, about("p:fired", &IGOR));
    told_like(&LENA, "вам изменить нельзя");
    forges(&LENA, about("p:fired", &LENA));
    told_like(&LENA, "вам изменить нельзя");
    forges(&LENA, about("p:fired", &BOSS));
    told_like(&LENA, "вам изменить нельзя");
    forges(&LENA, about("p:fired", &JANE));
    told_like(&LENA, "вам изменить нельзя");
    snprintf(forged, sizeof(forged), "%s.5", about("p:as", &OLGA)); /* a manager */
    forges(&LENA, forged);
    told_like(&LENA, "вам изменить нельзя");
    forges(&BOSS, about("p:fired", &BOSS)); /* the last owner */
    told_like(&BOSS, "вам изменить нельзя");
    assert_int_equal(counts("SELECT COUNT(*) FROM staff WHERE dismissed_at IS NOT NULL"
                            " OR role = 5 AND name = 'Ольга'"),
                     0);
}

/* An owner may dismiss an owner; somebody is always left. */
static void test_the_last_owner_stays(void **state)
{
    (void)state;
    hires(&IGOR, "owner", 0);
    forges(&IGOR, about("p:fired", &BOSS));
    told_like(&IGOR, "доступ закрыт");
    says(&BOSS, "/start");
    told_like(&BOSS, "Это служебный бот");
    forges(&IGOR, about("p:fired", &IGOR));
    told_like(&IGOR, "вам изменить нельзя");
    assert_int_equal(counts("SELECT COUNT(*) FROM staff WHERE role = 1"
                            " AND dismissed_at IS NULL"),
                     1);
}

static void test_stores_are_bound(void **state)
{
    char forged[64], store[14];

    (void)state;
    forges(&BOSS, about("p:one", &OLGA));
    presses(&BOSS, "Магазины");
    told_like(&BOSS, "Где работает <b>Ольга</b>?");
    assert_true(sees_button(&BOSS, "✅ Ленина, 5"));
    presses(&BOSS, "Садовая, 12");
    assert_true(sees_button(&BOSS, "✅ Садовая, 12"));
    says(&OLGA, "/shift");
    told_like(&OLGA, "В каком магазине");
    /* She works elsewhere too now: Lena answers for one store only. */
    forges(&LENA, about("p:fired", &OLGA));
    told_like(&LENA, "вам изменить нельзя");
    presses(&BOSS, "✅ Ленина, 5");
    forges(&BOSS, about("p:shops", &OLGA));
    assert_false(sees_button(&BOSS, "✅ Ленина, 5"));
    base36_print((uint64_t)stage.store[1], store);
    snprintf(forged, sizeof(forged), "%s.%s.2", about("p:shop", &PETR), store);
    forges(&LENA, forged); /* a store that is not hers */
    told_like(&LENA, "вам изменить нельзя");
}

/* ---- who is no person ----------------------------------------------------------- */

static struct json *group_message(int64_t from, const char *text)
{
    struct json *u = json_new_object(), *m = json_new_object(), *f = json_new_object(),
                *c = json_new_object();
    static int64_t id = 900000;

    json_set_int(f, "id", from);
    json_set_bool(f, "is_bot", false);
    json_set_text(f, "first_name", "Ольга");
    json_set_int(c, "id", -1001234567890);
    json_set_text(c, "type", "supergroup");
    json_set_int(m, "message_id", ++id);
    json_set(m, "from", f);
    json_set(m, "chat", c);
    json_set_int(m, "date", stage.now / SECOND);
    json_set_text(m, "text", text);
    json_set_int(u, "update_id", id);
    json_set(u, "message", m);
    return u;
}

static struct json *anonymous(struct json *u)
{
    struct json *m = json_get(u, "message"), *c = json_copy(json_get(m, "chat"));

    json_set_int(json_get(m, "from"), "id", 1087968824);
    json_set_text(json_get(m, "from"), "username", "GroupAnonymousBot");
    json_set_bool(json_get(m, "from"), "is_bot", true);
    json_set(m, "sender_chat", c);
    return u;
}

/* Olga's own id, in a group: nobody may act there, and nothing is told. */
static void test_groups_are_ignored(void **state)
{
    int64_t before;

    (void)state;
    opens_shift(&OLGA);
    before = counts("SELECT COUNT(*) FROM message");
    stage_update("auth", group_message(OLGA.id, code));
    stage_update("auth", group_message(OLGA.id, "/close"));
    stage_update("auth", anonymous(group_message(OLGA.id, code)));
    stage_update("auth", anonymous(group_message(OLGA.id, "/close")));
    assert_int_equal(counts("SELECT COUNT(*) FROM message"), before);
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption_attempt"), 0);
    assert_int_equal(counts("SELECT COUNT(*) FROM shift WHERE closed_at IS NULL"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_manager_invites, managed, closed),
        cmocka_unit_test_setup_teardown(test_an_invitation_is_over_in_a_day, managed,
                                        closed),
        cmocka_unit_test_setup_teardown(test_nobody_invites_above_themselves, managed,
                                        closed),
        cmocka_unit_test_setup_teardown(test_a_request_is_accepted, managed, closed),
        cmocka_unit_test_setup_teardown(test_a_request_is_declined, managed, closed),
        cmocka_unit_test_setup_teardown(test_a_request_waits_in_the_list, managed,
                                        closed),
        cmocka_unit_test_setup_teardown(test_one_open_request_a_person, managed,
                                        closed),
        cmocka_unit_test_setup_teardown(test_strangers_cannot_flood_us, managed,
                                        closed),
        cmocka_unit_test_setup_teardown(test_answers_are_for_managers, managed, closed),
        cmocka_unit_test_setup_teardown(test_the_list, managed, closed),
        cmocka_unit_test_setup_teardown(test_a_dismissal_counts_at_once, managed,
                                        closed),
        cmocka_unit_test_setup_teardown(test_a_role_counts_at_once, managed, closed),
        cmocka_unit_test_setup_teardown(test_nobody_changes_their_equals, managed,
                                        closed),
        cmocka_unit_test_setup_teardown(test_the_last_owner_stays, managed, closed),
        cmocka_unit_test_setup_teardown(test_stores_are_bound, managed, closed),
        cmocka_unit_test_setup_teardown(test_groups_are_ignored, managed, closed),
    };
    int failed;

    how = 0;
    failed = cmocka_run_group_tests_name("once", tests, NULL, NULL);
    how = STAGE_TWICE;
    return failed + cmocka_run_group_tests_name("twice", tests, NULL, NULL);
}
