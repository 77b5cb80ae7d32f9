/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Staff compose a broadcast by sending a post to the guests' bot. Read as transcripts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/broadcast/broadcast.h"
#include "tests/store/people.h"

#include <stdlib.h>

PERSON KATE = {"client", 6000000030, "Катя", "ru"}; /* marketing, and a guest, too */
PERSON SAM = {"client", 6000000031, "Sam", "en"};   /* readonly */
PERSON GUEST = {"client", 5000000002, "Борис", "ru"};

static int opened(void **state)
{
    (void)state;
    stage_open(how);
    hires(&KATE, "marketing", 0);
    hires(&SAM, "readonly", 0);
    anna_joins();
    return 0;
}

static int64_t number_of(const char *column)
{
    char sql[100];

    snprintf(sql, sizeof sql, "SELECT COALESCE(MAX(%s), -1) FROM broadcast", column);
    return counts(sql);
}

static void runs(const char *sql)
{
    assert_int_equal(db_exec(stage.db, NULL, sql), ST_OK);
}

/* One of the pictures of an album, as an update. */
static void sends_of_album(const struct person *p, int i)
{
    char raw[600];
    struct json *o;

    snprintf(raw, sizeof raw,
             "{\"update_id\":%d,\"message\":{\"message_id\":%d,\"date\":1790000000,"
             "\"media_group_id\":\"13579\",\"from\":{\"id\":%lld,\"first_name\":\"K\","
             "\"language_code\":\"ru\"},\"chat\":{\"id\":%lld,\"type\":\"private\"},"
             "\"photo\":[{\"file_id\":\"AgAC\",\"width\":90,\"height\":90}]}}",
             900000 + i, 700 + i, (long long)p->id, (long long)p->id);
    o = json_parse(raw, strlen(raw));
    assert_non_null(o);
    stage_update("client", o);
}

static void composes(void)
{
    says(&KATE, "/post");
    told_like(&KATE, "Пришлите пост");
    says(&KATE, "Новая коллекция уже в магазине!");
}

/* To the one who may hear of it: the number to type is asked for. */
static void about_to_send(void)
{
    runs("UPDATE customer SET marketing_ok = 1");
    composes();
    presses(&KATE, "Отправить сейчас");
}

/* ---- composing ---------------------------------------------------------------------- */

static void test_a_text_with_a_button(void **state)
{
    (void)state;
    composes();
    told_like(&KATE, "(post ");
    told_like(&KATE, "Кому: все гости");
    told_like(&KATE, "Кнопок: 0");
    told_like(&KATE, "Не удаляйте пост");
    assert_int_equal(number_of("state"), BROADCAST_DRAFT);
    presses(&KATE, "Кнопка-ссылка");
    told_like(&KATE, "текст кнопки и адрес");
    says(&KATE, "просто слова");
    told_like(&KATE, "Не получилось");
    says(&KATE, "Наш каталог\nexample.com/new");
    told_like(&KATE, "Кнопок: 1");
    assert_true(sees_button(&KATE, "Наш каталог"));
    assert_int_equal(counts("SELECT COUNT(*) FROM broadcast_variant WHERE JSON_VALUE("
                            "content, '$.ru.buttons[0][0].url') ="
                            " 'https://example.com/new'"),
                     1);
    presses(&KATE, "Кнопка-ссылка");
    says(&KATE, "Написать нам https://t.me/shop");
    told_like(&KATE, "Кнопок: 2");
    presses(&KATE, "Убрать кнопки");
    told_like(&KATE, "Кнопок: 0");
    presses(&KATE, "В черновики");
    told_like(&KATE, "сохранён");
    told_like(&KATE, "Рассылки");
    presses(&KATE, "К черновику");
    told_like(&KATE, "Кому: все гости");
    presses(&KATE, "Удалить");
    told_like(&KATE, "Черновик удалён");
    assert_int_equal(counts("SELECT COUNT(*) FROM broadcast"), 0);
    forges(&KATE, "v1:q:card:1");
    told_like(&KATE, "удалён");
}

static void test_any_message_but_an_album(void **state)
{
    (void)state;
    says(&KATE, "/post");
    sends_of_album(&KATE, 1);
    sends_of_album(&KATE, 2);
    sends_of_album(&KATE, 3);
    told_like(&KATE, "Альбом так не отправить");
    assert_int_equal(counts("SELECT COUNT(*) FROM message WHERE recipient = 6000000030"
                            " AND payload LIKE '%Альбом%'"),
                     1);
    assert_int_equal(counts("SELECT COUNT(*) FROM broadcast"), 0);
    sends_voice(&KATE);
    told_like(&KATE, "(post ");
    says(&KATE, "/post");
    sends_photo(&KATE, "jpeg", 4);
    told_like(&KATE, "(post ");
    assert_int_equal(counts("SELECT COUNT(*) FROM broadcast"), 2);
    says(&KATE, "/post");
    says(&KATE, "/cancel");
    says(&KATE, "Это не пост");
    assert_int_equal(counts("SELECT COUNT(*) FROM broadcast"), 2);
}

static void test_for_a_group(void **state)
{
    (void)state;
    runs("INSERT INTO segment (kind, name, description, rule, hash, version, counted,"
         " counted_at, created_at, updated_at) VALUES (1, 'Постоянные', '',"
         " '{\"v\":1,\"root\":{\"all\":[]}}', REPEAT('a', 32), 1, 1840, '2026-09-18',"
         " '2026-09-18', '2026-09-18')");
    composes();
    presses(&KATE, "Кому");
    told_like(&KATE, "Кому отправить?");
    assert_true(sees_button(&KATE, "Постоянные · 1840"));
    presses(&KATE, "Постоянные");
    told_like(&KATE, "Кому: Постоянные");
    presses(&KATE, "Кнопка-ссылка");
    says(&KATE, "Каталог https://example.com");
    told_like(&KATE, "Кому: Постоянные"); /* a button takes nobody away */
    presses(&KATE, "Кому");
    presses(&KATE, "Все гости");
    told_like(&KATE, "Кому: все гости");
    told_like(&KATE, "Кнопок: 1");
    presses(&KATE, "Кому");
    runs("DELETE FROM segment");
    presses(&KATE, "Постоянные"); /* gone meanwhile */
    told_like(&KATE, "Кому отправить?");
}

/* ---- who may ------------------------------------------------------------------------ */

static void test_strangers_see_the_hint(void **state)
{
    (void)state;
    says(&ANNA, "/post");
    told_like(&ANNA, "Я понимаю кнопки и команды");
    says(&SAM, "/post");
    not_told(&SAM, "Send the post");
    composes();
    forges(&ANNA, "v1:q:card:1");
    told_like(&ANNA, "Я понимаю кнопки и команды");
    not_told(&ANNA, "Новая");
    forges(&ANNA, "v1:q:drop:1");
    assert_int_equal(counts("SELECT COUNT(*) FROM broadcast"), 1);
    says(&GUEST, "/post"); /* has not even agreed */
    not_told(&GUEST, "Пришлите пост");
    runs("UPDATE staff SET dismissed_at = NOW(6) WHERE external_id = 6000000030");
    presses(&KATE, "Удалить");
    not_told(&KATE, "удалён");
    assert_int_equal(counts("SELECT COUNT(*) FROM broadcast"), 1);
}

/* ---- sending ------------------------------------------------------------------------ */

static void test_typed_before_it_leaves(void **state)
{
    (void)state;
    about_to_send();
    told_like(&KATE, "Получат: <b>1</b>");
    told_like(&KATE, "ОТПРАВИТЬ 1");
    says(&KATE, "да");
    told_like(&KATE, "Чтобы отправить, напишите");
    says(&KATE, "ОТПРАВИТЬ 2");
    told_like(&KATE, "Чтобы отправить, напишите");
    assert_int_equal(number_of("state"), BROADCAST_DRAFT);
    says(&KATE, "отправить 1");
    told_like(&KATE, "Отправлено 0/");
    assert_int_equal(number_of("state"), BROADCAST_SENDING);
    assert_true(sees_button(&KATE, "Пауза"));
    stage_wait_until(stage.now + 4 * SECOND); /* as if some had gone out meanwhile */
    runs("REPLACE INTO broadcast_count (broadcast_id, variant, state, why, n)"
         " SELECT id, 1, 3, 0, 820 FROM broadcast UNION ALL SELECT id, 1, 1, 0, 1020"
         " FROM broadcast");
    stage_wait_until(stage.now + 4 * SECOND);
    says(&ANNA, "/menu"); /* somebody else's act */
    told_like(&KATE, "Отправлено 820/1840");
    presses(&KATE, "Пауза");
    told_like(&KATE, "На паузе");
    assert_int_equal(number_of("state"), BROADCAST_PAUSED);
    presses(&KATE, "Продолжить");
    assert_int_equal(number_of("state"), BROADCAST_SENDING);
    presses(&KATE, "Отменить");
    told_like(&KATE, "Отменить рассылку");
    presses(&KATE, "Да, отменить");
    told_like(&KATE, "остальным сообщение не уйдёт");
    assert_int_equal(number_of("state"), BROADCAST_CANCELLED);
    says(&KATE, "отправить 1"); /* it waits for nothing any more */
    assert_int_equal(number_of("state"), BROADCAST_CANCELLED);
}

static void test_nobody_would_get_it(void **state)
{
    (void)state;
    runs("UPDATE customer SET marketing_ok = 0");
    composes();
    presses(&KATE, "Отправить сейчас");
    told_like(&KATE, "не получит никто");
    says(&KATE, "ОТПРАВИТЬ 0");
    assert_int_equal(number_of("state"), BROADCAST_DRAFT);
}

static void test_not_from_a_copy(void **state)
{
    (void)state;
    runs("UPDATE customer SET marketing_ok = 1");
    runs("INSERT INTO broadcast_mark (id, n, checked_at, held_at, held_why)"
         " VALUES (1, 7, UTC_TIMESTAMP(6), '2026-09-18', 1)");
    composes();
    presses(&KATE, "Отправить сейчас");
    says(&KATE, "ОТПРАВИТЬ 1");
    told_like(&KATE, "похожа на восстановленную копию");
    assert_int_equal(number_of("state"), BROADCAST_DRAFT);
}

/* The number stands for what was shown; somebody changed it in the panel since. */
static void test_a_number_of_yesterdays_draft(void **state)
{
    (void)state;
    about_to_send();
    told_like(&KATE, "ОТПРАВИТЬ 1");
    runs("UPDATE broadcast SET name = 'Другой', version = version + 1");
    says(&KATE, "ОТПРАВИТЬ 1");
    assert_int_equal(number_of("state"), BROADCAST_DRAFT);
    told_like(&KATE, "Другой");
    told_like(&KATE, "ОТПРАВИТЬ 1");
    says(&KATE, "ОТПРАВИТЬ 1");
    assert_int_equal(number_of("state"), BROADCAST_SENDING);
}

/* … or its group has other people now than those they were told of. */
static void test_a_number_of_yesterdays_people(void **state)
{
    (void)state;
    about_to_send();
    told_like(&KATE, "ОТПРАВИТЬ 1");
    runs("INSERT INTO customer (channel, external_id, first_name, pd_ok, marketing_ok,"
         " last_seen_at, created_at) VALUES (1, 9000000001, 'Вера', 1, 1, NOW(6), "
         "NOW(6))");
    says(&KATE, "ОТПРАВИТЬ 1");
    assert_int_equal(number_of("state"), BROADCAST_DRAFT);
    told_like(&KATE, "Получат: <b>2</b>");
    says(&KATE, "ОТПРАВИТЬ 2");
    assert_int_equal(number_of("state"), BROADCAST_SENDING);
}

/* Turned into one that asks nobody for their consent, by who may: Kate may not. */
static void test_a_service_one_is_not_hers(void **state)
{
    (void)state;
    runs("UPDATE customer SET marketing_ok = 0");
    composes();
    runs("UPDATE broadcast SET purpose = 1, version = version + 1");
    presses(&KATE, "Отправить сейчас");
    says(&KATE, "ОТПРАВИТЬ 1");
    told_like(&KATE, "посмотрите его в панели");
    assert_int_equal(number_of("state"), BROADCAST_DRAFT);
}

/* At night, and before the list is there, numbers alone would be a riddle. */
static void test_why_nothing_moves(void **state)
{
    (void)state;
    about_to_send();
    not_told(&KATE, "тихие часы");
    presses(&KATE, "К черновику");
    shop_sets("quiet_from", "09:30");
    shop_sets("quiet_to", "12:15");
    presses(&KATE, "Отправить сейчас");
    told_like(&KATE, "тихие часы: сообщения уйдут с 12:15");
    runs("UPDATE staff SET language = 'en' WHERE external_id = 6000000030");
    says(&KATE, "ОТПРАВИТЬ 1");
    told_like(&KATE, "/");
    assert_int_equal(number_of("state"), BROADCAST_SENDING);
}

/* The message about it leaves after it was over: it is put right all the same. */
static void test_a_watch_that_comes_late(void **state)
{
    static const char last[] = " WHERE recipient = 6000000030 ORDER BY id DESC LIMIT 1";
    char text[200];
    int64_t place;

    (void)state;
    about_to_send();
    says(&KATE, "ОТПРАВИТЬ 1");
    snprintf(text, sizeof text, "SELECT external_id FROM message%s", last);
    place = counts(text);
    snprintf(text, sizeof text, "UPDATE message SET state = 1, external_id = NULL%s",
             last);
    runs(text);
    runs("UPDATE broadcast SET state = 5");
    stage_wait_until(stage.now + 4 * SECOND);
    says(&ANNA, "/menu"); /* the watch looks, and has nothing to renew yet */
    snprintf(text, sizeof text, "UPDATE message SET state = 3, external_id = %lld%s",
             (long long)place, last);
    runs(text);
    stage_wait_until(stage.now + 4 * SECOND);
    says(&ANNA, "/menu");
    told_like(&KATE, "Готово");
}

/* Its group was removed in the panel; and buttons that nobody ever made. */
static void test_whom_nobody_can_find(void **state)
{
    (void)state;
    runs("UPDATE customer SET marketing_ok = 1");
    runs("INSERT INTO segment (kind, name, description, rule, hash, version, counted,"
         " counted_at, created_at, updated_at) VALUES (1, 'Постоянные', '',"
         " '{\"v\":1,\"root\":{\"all\":[]}}', REPEAT('a', 32), 1, 1840, '2026-09-18',"
         " '2026-09-18', '2026-09-18')");
    composes();
    presses(&KATE, "Кому");
    presses(&KATE, "Постоянные");
    runs("DELETE FROM segment");
    presses(&KATE, "Отправить сейчас");
    told_like(&KATE, "Кому отправить?");
    forges(&KATE, "v1:q:for:1.1y2p0ij32e8e7"); /* 2^63 - 1 */
    told_like(&KATE, "Кому отправить?");
    forges(&KATE, "v1:q:for:1");
    forges(&KATE, "v1:q:for:");
    forges(&KATE, "v1:q:sure:1y2p0ij32e8e7");
    told_like(&KATE, "удалён");
    assert_int_equal(number_of("state"), BROADCAST_DRAFT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_text_with_a_button),
        TEST(test_any_message_but_an_album),
        TEST(test_for_a_group),
        TEST(test_strangers_see_the_hint),
        TEST(test_typed_before_it_leaves),
        TEST(test_nobody_would_get_it),
        TEST(test_not_from_a_copy),
        TEST(test_a_number_of_yesterdays_draft),
        TEST(test_a_number_of_yesterdays_people),
        TEST(test_a_service_one_is_not_hers),
        TEST(test_whom_nobody_can_find),
        TEST(test_why_nothing_moves),
        TEST(test_a_watch_that_comes_late),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    how = STAGE_TWICE;
    return failed + cmocka_run_group_tests_name("twice", tests, NULL, NULL);
}
