/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Words between a guest and the shop: passed on, answered by a reply or a button, in
 * private or in the shop's group; limited, closed, blocked; kept for a while. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/people.h"

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/support.h"
#include "tests/harness/stage_chat.h"

#include <stdio.h>
#include <string.h>

static const struct person BELLA = {"client", 5000000002, "Белла", "ru"};
static const struct person GROUP = {"auth", -1005550001, "Группа", "ru"};

static int opened(void **state)
{
    (void)state;
    stage_open(how);
    hires(&OLGA, "cashier", stage.store[0]);
    hires(&BOSS, "owner", 0);
    says(&OLGA, "/start");
    says(&BOSS, "/start");
    anna_joins();
    return 0;
}

static void anna_writes(const char *words)
{
    says(&ANNA, "/menu");
    presses(&ANNA, "Написать магазину");
    told_like(&ANNA, "Напишите магазину, можно с фото");
    says(&ANNA, words);
    told_like(&ANNA, "Передали магазину");
}

/* The newest message that person was shown with those words. */
static int64_t message_with(const struct person *p, const char *words)
{
    const struct shown *m = NULL;

    while ((m = chat_newest(p, m)) != NULL)
        if (strstr(m->text, words) != NULL)
            return m->message;
    chat_fail(p, "has no message", words);
    return 0;
}

/* `who` answers a message in the chat of `where`, as the messenger's own reply. */
static void replies_in(const struct person *where, const struct person *who,
                       const char *words, const char *text)
{
    static int64_t id = 800000;
    int64_t to = message_with(where, words);
    struct json *u = json_new_object(), *m = json_new_object(),
                *from = json_new_object(), *chat = json_new_object(),
                *old = json_new_object(), *bot = json_new_object();

    chat_act(who, text);
    json_set_int(from, "id", who->id);
    json_set_text(from, "first_name", who->name);
    json_set_int(chat, "id", where->id);
    json_set_text(chat, "type", where->id < 0 ? "supergroup" : "private");
    json_set_bool(bot, "is_bot", true);
    json_set_int(bot, "id", 77);
    json_set_text(bot, "username",
                  strcmp(who->bot, "client") == 0 ? "exmpl_bonus_bot"
                                                  : "exmpl_till_bot");
    json_set_int(old, "message_id", to);
    json_set(old, "from", bot);
    json_set_int(m, "message_id", id);
    json_set(m, "from", from);
    json_set(m, "chat", chat);
    json_set(m, "reply_to_message", old);
    json_set_text(m, "text", text);
    json_set_int(u, "update_id", ++id);
    json_set(u, "message", m);
    stage_update(who->bot, u);
}

static void replies(const struct person *p, const char *words, const char *text)
{
    replies_in(p, p, words, text);
}

/* ---- there and back ----------------------------------------------------------------- */

static void test_asked_and_answered(void **state)
{
    (void)state;
    anna_writes("Есть ли <b>молоко</b>?");
    told_like(&BOSS, "<b>Анна</b> · вопрос № 1");
    told_like(&BOSS, "Есть ли &lt;b&gt;молоко&lt;/b&gt;?");
    not_told(&BOSS, "5000000001");
    told_nothing(&OLGA); /* has no right to */
    replies(&BOSS, "вопрос № 1", "Да, до вечера");
    told_like(&BOSS, "Ответ отправлен: Анна, вопрос № 1");
    told_like(&ANNA, "<b>У Дома</b>: Да, до вечера");
    not_told(&ANNA, "Марина");
    assert_int_equal(counts("SELECT COUNT(*) FROM support_line"), 2);
}

static void test_the_name_of_who_answers(void **state)
{
    (void)state;
    shop_sets("support_names", "1");
    anna_writes("Есть ли молоко?");
    replies(&BOSS, "вопрос № 1", "Да");
    told_like(&ANNA, "<b>Марина, У Дома</b>: Да");
}

static void test_answered_by_the_button(void **state)
{
    (void)state;
    anna_writes("Есть ли молоко?");
    presses(&BOSS, "Ответить");
    told_like(&BOSS, "Напишите ответ: Анна, вопрос № 1");
    says(&BOSS, "Да, до вечера");
    told_like(&ANNA, "Да, до вечера");
    presses(&ANNA, "Ответить"); /* and on it goes, in the same thread */
    says(&ANNA, "Спасибо!");
    told_like(&BOSS, "вопрос № 1\nСпасибо!");
    presses(&BOSS, "Ответить");
    presses(&BOSS, "Отмена"); /* what comes now is a code again */
    says(&BOSS, "X");
    told_like(&BOSS, "Код короче");
    assert_int_equal(counts("SELECT COUNT(*) FROM support_line"), 3);
}

/* The next in the queue shows a code while somebody else is about to be answered. */
static void test_a_code_instead_of_an_answer(void **state)
{
    char said[CODE_SHOWN + 1], link[200];

    (void)state;
    snprintf(said, sizeof(said), "%s", last_code(&ANNA));
    snprintf(link, sizeof(link), "%s", last_link(&ANNA));
    anna_writes("Есть ли молоко?");
    presses(&BOSS, "Ответить");
    says(&BOSS, said);
    not_told(&BOSS, "Ответ отправлен");
    told_nothing(&ANNA);
    says(&BOSS, "Да"); /* they ask again whom it is for */
    not_told(&BOSS, "Ответ отправлен");
    forges_under(&BOSS, "вопрос № 1", "v1:y:reply:1");
    says(&BOSS, link);
    not_told(&BOSS, "Ответ отправлен");
    told_nothing(&ANNA);
    assert_int_equal(counts("SELECT COUNT(*) FROM support_line"), 1);
}

static void test_the_guest_replies_without_a_button(void **state)
{
    (void)state;
    anna_writes("Есть ли молоко?");
    presses(&ANNA, "Меню");
    replies(&BOSS, "вопрос № 1", "Да");
    replies(&ANNA, "У Дома</b>: Да", "Спасибо!");
    told_like(&ANNA, "Передали магазину");
    told_like(&BOSS, "вопрос № 1\nСпасибо!");
    replies(&ANNA, "Что показать", "Привет"); /* of no talk: as any other words */
    told_like(&ANNA, "Я понимаю кнопки");
}

/* What another bot said is none of our talks, whatever its number. */
static void test_a_reply_to_another_bot(void **state)
{
    (void)state;
    shop_sets("support_chat", "-1005550001");
    anna_writes("Есть ли молоко?");
    shop_sets("auth_bot_username", "another_till_bot");
    replies_in(&GROUP, &BOSS, "вопрос № 1", "Да");
    told_nothing(&ANNA);
    shop_sets("auth_bot_username", "exmpl_till_bot");
    replies_in(&GROUP, &BOSS, "вопрос № 1", "Да");
    told_like(&ANNA, "У Дома</b>: Да");
}

static void test_words_in_several_messages(void **state)
{
    (void)state;
    anna_writes("Есть ли");
    says(&ANNA, "молоко?");
    told_like(&BOSS, "вопрос № 1\nмолоко?");
    presses(&ANNA, "Меню");
    says(&ANNA, "И сыр");
    told_like(&ANNA, "Я понимаю кнопки");
    assert_int_equal(counts("SELECT COUNT(*) FROM support_thread"), 1);
}

static void test_a_photo(void **state)
{
    (void)state;
    says(&ANNA, "/menu");
    presses(&ANNA, "Написать магазину");
    sends_photo(&ANNA, "\xff\xd8\xff picture", 11);
    told_like(&ANNA, "Передали магазину");
    told_like(&BOSS, "<b>Анна</b> · вопрос № 1");
    assert_int_equal(counts("SELECT COUNT(*) FROM document WHERE mime = 'image/jpeg'"
                            " AND LENGTH(body) = 11"),
                     1);
    assert_int_equal(counts("SELECT COUNT(*) FROM message WHERE payload LIKE"
                            " '%sendPhoto%' AND payload LIKE '%document%'"),
                     1);
    assert_int_equal(counts("SELECT COUNT(*) FROM support_line WHERE photo = 1"), 1);
    sends_photo(&ANNA,
                "\0\0\0\x18"
                "ftypheic picture",
                20); /* which is a file there */
    told_like(&BOSS, "<b>Анна</b> · вопрос № 1");
    assert_int_equal(counts("SELECT COUNT(*) FROM message WHERE payload LIKE"
                            " '%sendDocument%'"),
                     1);
    assert_int_equal(counts("SELECT COUNT(*) FROM document WHERE name = 'photo.heic'"),
                     1);
    sends_voice(&ANNA);
    told_like(&ANNA, "Магазину можно передать слова и фото");
    presses(&ANNA, "Меню");
    sends_photo(&ANNA, "\xff\xd8\xff picture", 11); /* not written to anybody */
    told_like(&ANNA, "Фото я не читаю");
}

/* ---- this was not me ------------------------------------------------------------------ */

static void anna_redeems(void)
{
    presses(&OLGA, "Открыть смену");
    says(&OLGA, last_code(&ANNA));
    presses(&OLGA, "Применить");
    told_like(&ANNA, "Это были не вы?");
}

static void test_this_was_not_me(void **state)
{
    (void)state;
    anna_redeems();
    presses(&ANNA, "Это не я");
    told_like(&ANNA, "Чек № 1 (Ленина, 5, 18.09.2026 10:00) не ваш?");
    says(&ANNA, "Я не была в магазине");
    told_like(&BOSS, "«Это не я»: чек № 1, Ленина, 5");
    told_like(&BOSS, "Я не была в магазине");
    assert_int_equal(counts("SELECT COUNT(*) FROM support_thread WHERE redemption_id"
                            " IS NOT NULL"),
                     1);
}

/* While another question is open: it is about the receipt from now on. */
static void test_not_me_amid_a_talk(void **state)
{
    (void)state;
    anna_writes("Есть ли молоко?");
    not_told(&BOSS, "Это не я");
    anna_redeems();
    presses(&ANNA, "Это не я");
    says(&ANNA, "Я не была в магазине");
    told_like(&BOSS, "вопрос № 1\nЯ не была в магазине");
    told_like(&BOSS, "«Это не я»: чек № 1, Ленина, 5");
    assert_int_equal(counts("SELECT redemption_id FROM support_thread"), 1);
}

static void test_not_of_somebody_elses_receipt(void **state)
{
    (void)state;
    anna_redeems();
    shop_sets("channel_id", "");
    says(&BELLA, "/start");
    presses(&BELLA, "Согласен");
    forges(&BELLA, "v1:t:not:1");
    told_like(&BELLA, "Напишите магазину, можно с фото");
    not_told(&BELLA, "Ленина");
    says(&BELLA, "Кто там?");
    not_told(&BOSS, "Это не я");
}

/* ---- limits --------------------------------------------------------------------------- */

static void test_so_many_a_day(void **state)
{
    (void)state;
    shop_sets("support_daily", "2");
    anna_writes("1");
    says(&ANNA, "2");
    told_like(&ANNA, "Передали магазину");
    says(&ANNA, "3");
    told_like(&ANNA, "На сегодня достаточно сообщений");
    told_nothing(&BOSS);
    stage_wait_until(stage.now + DAY);
    anna_writes("4");
}

static void test_not_too_long(void **state)
{
    static char words[2003 * 2];

    (void)state;
    for (int i = 0; i < 2001; i++)
        memcpy(words + 2 * i, "ж", 2);
    says(&ANNA, "/menu");
    presses(&ANNA, "Написать магазину");
    says(&ANNA, words);
    told_like(&ANNA, "Хватит 2000 знаков");
    words[2000 * 2] = '\0';
    says(&ANNA, words);
    told_like(&ANNA, "Передали магазину");
}

/* ---- closed, blocked -------------------------------------------------------------------- */

static void test_closed(void **state)
{
    (void)state;
    anna_writes("Есть ли молоко?");
    presses(&BOSS, "Закрыть вопрос");
    told_like(&BOSS, "Вопрос № 1 закрыт");
    told_like(&ANNA, "Магазин закрыл ваш вопрос");
    assert_int_equal(
        counts("SELECT COUNT(*) FROM support_thread WHERE closed_at IS NOT NULL"), 1);
    anna_writes("А сыр?");
    told_like(&BOSS, "вопрос № 2\nА сыр?");
    replies(&BOSS, "вопрос № 1", "И молоко есть"); /* to the old one: still heard */
    told_like(&ANNA, "И молоко есть");
}

static void test_blocked_by_the_staff(void **state)
{
    (void)state;
    anna_writes("Дураки!");
    presses(&BOSS, "Заблокировать");
    told_like(&BOSS, "Анна: сообщения больше не принимаем");
    says(&ANNA, "И ещё");
    told_like(&ANNA, "магазин на сообщения больше не отвечает");
    not_told(&BOSS, "И ещё");
    presses(&BOSS, "Разблокировать");
    told_like(&BOSS, "сообщения снова принимаем");
    anna_writes("Простите");
    told_like(&BOSS, "Простите");
    assert_int_equal(counts("SELECT COUNT(*) FROM audit WHERE action IN"
                            " ('support.block', 'support.unblock')"),
                     2);
}

static void test_only_with_the_right(void **state)
{
    (void)state;
    anna_writes("Есть ли молоко?");
    forges(&OLGA, "v1:y:reply:1");
    told_like(&OLGA, "Это вам недоступно");
    forges(&OLGA, "v1:y:block:1");
    told_like(&OLGA, "Это вам недоступно");
    forges(&BOSS, "v1:y:close:zz"); /* no such question */
    told_like(&BOSS, "устарел");
    assert_int_equal(counts("SELECT COUNT(*) FROM support_line"), 1);
    assert_int_equal(counts("SELECT COUNT(*) FROM support_block"), 0);
}

static void test_gone_meanwhile(void **state)
{
    (void)state;
    anna_writes("Есть ли молоко?");
    says(&ANNA, "/delete");
    presses(&ANNA, "Да, удалить");
    presses(&ANNA, "Удалить навсегда");
    assert_int_equal(counts("SELECT COUNT(*) FROM support_line"), 0);
    forges(&BOSS, "v1:y:reply:1");
    told_like(&BOSS, "устарел");
    replies(&BOSS, "вопрос № 1", "Да");
    told_nothing(&ANNA);
}

static void test_withdrawn_meanwhile(void **state)
{
    (void)state;
    anna_writes("Есть ли молоко?");
    says(&ANNA, "/privacy");
    presses(&ANNA, "Отозвать согласие");
    presses(&ANNA, "Да, отозвать");
    replies(&BOSS, "вопрос № 1", "Да");
    told_like(&BOSS, "этот человек вышел из программы");
    told_nothing(&ANNA);
}

static void test_stopped_the_bot_meanwhile(void **state)
{
    (void)state;
    anna_writes("Есть ли молоко?");
    blocks(&ANNA);
    replies(&BOSS, "вопрос № 1", "Да");
    told_like(&BOSS, "или остановил бота");
    not_told(&BOSS, "Ответ отправлен");
    assert_int_equal(counts("SELECT COUNT(*) FROM support_line"), 1);
    unblocks(&ANNA);
    anna_writes("А сыр?");
    replies(&BOSS, "А сыр?", "Да");
    told_like(&BOSS, "Ответ отправлен");
}

/* ---- in the shop's group ----------------------------------------------------------------- */

static void test_in_a_group(void **state)
{
    static const struct person VISITOR = {"auth", 7000000001, "Прохожий", "ru"};

    (void)state;
    shop_sets("support_chat", "-1005550001/12");
    anna_writes("Есть ли молоко?");
    told_like(&GROUP, "<b>Анна</b> · вопрос № 1");
    told_like(&GROUP, "/close — закрыть");
    told_nothing(&BOSS);
    assert_int_equal(
        counts("SELECT COUNT(*) FROM message WHERE"
               " JSON_EXTRACT(payload, '$.params.message_thread_id') = 12"),
        1);
    replies_in(&GROUP, &VISITOR, "вопрос № 1", "Ха-ха");
    told_nothing(&ANNA);
    replies_in(&GROUP, &BOSS, "вопрос № 1", "Да, до вечера");
    told_like(&ANNA, "<b>У Дома</b>: Да, до вечера");
    told_like(&GROUP, "Ответ отправлен");
    replies_in(&GROUP, &BOSS, "вопрос № 1", "/close");
    told_like(&ANNA, "Магазин закрыл ваш вопрос");
    replies_in(&GROUP, &BOSS, "вопрос № 1", "/block");
    told_like(&GROUP, "больше не принимаем");
    says(&ANNA, "Эй");
    told_like(&ANNA, "больше не отвечает");
}

/* ---- kept for a while ---------------------------------------------------------------------- */

static void test_words_leave_in_time(void **state)
{
    int n;

    (void)state;
    anna_writes("Есть ли молоко?");
    says(&ANNA, "/privacy");
    told_like(&ANNA, "переписка с магазином: 1 сообщение");
    assert_int_equal(support_forget(stage.db, stage.now - DAY, 100, &n), ST_OK);
    assert_int_equal(n, 0);
    assert_int_equal(support_forget(stage.db, stage.now, 100, &n), ST_OK);
    assert_int_equal(n, 2); /* the line and its thread */
    assert_int_equal(counts("SELECT COUNT(*) FROM support_copy"), 0);
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_asked_and_answered),
        A_TEST(test_the_name_of_who_answers),
        A_TEST(test_answered_by_the_button),
        A_TEST(test_a_code_instead_of_an_answer),
        A_TEST(test_the_guest_replies_without_a_button),
        A_TEST(test_a_reply_to_another_bot),
        A_TEST(test_words_in_several_messages),
        A_TEST(test_a_photo),
        A_TEST(test_this_was_not_me),
        A_TEST(test_not_me_amid_a_talk),
        A_TEST(test_not_of_somebody_elses_receipt),
        A_TEST(test_so_many_a_day),
        A_TEST(test_not_too_long),
        A_TEST(test_closed),
        A_TEST(test_blocked_by_the_staff),
        A_TEST(test_only_with_the_right),
        A_TEST(test_gone_meanwhile),
        A_TEST(test_withdrawn_meanwhile),
        A_TEST(test_stopped_the_bot_meanwhile),
        A_TEST(test_in_a_group),
        A_TEST(test_words_leave_in_time),
    };

    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    how = STAGE_TWICE;
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
