/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What customers decide for themselves, through all the programs: files into the chat,
 * words and a photo to the shop and back, another account, and all of it deleted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/io/qr.h"
#include "tests/harness/stage.h"

#include <stdio.h>

static const struct person ANNA = {"client", 5000000001, "Анна", "ru"};
static const struct person NEW = {"client", 5000000055, "Анна новая", "ru"};
static const struct person BOSS = {"auth", 6000000009, "Марина", "ru"};

static void joins(const struct person *p)
{
    subscribes(p);
    says(p, "/start");
    presses(p, "Согласен");
    presses(p, "Я подписался");
    told_like(p, "Ваша скидка: 10");
    told_like(p, "И ещё один вопрос");
}

static void test_stores_and_files(void **state)
{
    (void)state;
    joins(&ANNA);
    says(&ANNA, "/stores");
    told_like(&ANNA, "Адреса и часы");
    told_like(&ANNA, "Владивосток, Садовая, 12");
    says(&ANNA, "/export");
    told_like(&ANNA, "один файл, чтобы читать");
    comes_to(2, "SELECT COUNT(*) FROM message WHERE state = 3 AND payload"
                " LIKE '%sendDocument%'");
}

static void test_words_and_a_photo(void **state)
{
    struct buf png = {0};

    (void)state;
    hires(&BOSS, "owner", 0);
    says(&BOSS, "/start");
    told_like(&BOSS, "Смена не открыта");
    says(&ANNA, "/menu");
    presses(&ANNA, "Написать магазину");
    told_like(&ANNA, "Напишите магазину");
    says(&ANNA, "Есть ли <молоко>?");
    told_like(&ANNA, "Передали магазину");
    told_like(&BOSS, "Есть ли <молоко>?");
    presses(&BOSS, "Ответить");
    told_like(&BOSS, "Напишите ответ: Анна");
    says(&BOSS, "Да, до вечера");
    told_like(&BOSS, "Ответ отправлен");
    told_like(&ANNA, "У Дома: Да, до вечера");
    assert_int_equal(qr_png("x", 1, &png), ST_OK);
    presses(&ANNA, "Ответить");
    told_like(&ANNA, "Напишите магазину");
    sends_photo(&ANNA, png.s, png.len);
    told_like(&ANNA, "Передали магазину");
    told_like(&BOSS, "вопрос № 1");
    assert_int_equal(counts("SELECT COUNT(*) FROM document WHERE name = 'photo.png'"),
                     1);
    comes_to(1, "SELECT COUNT(*) FROM message WHERE state = 3 AND payload LIKE"
                " '%sendPhoto%' AND payload LIKE '%\"document\"%'");
    buf_free(&png);
}

static void test_to_a_new_account(void **state)
{
    char code[16];

    (void)state;
    joins(&NEW);
    says(&ANNA, "/privacy");
    presses(&ANNA, "Переезд");
    presses(&ANNA, "Получить код");
    told_like(&ANNA, "действует 15 минут");
    snprintf(code, sizeof(code), "%s", last_code(&ANNA));
    says(&NEW, "/privacy");
    presses(&NEW, "Переезд");
    presses(&NEW, "Ввести код");
    told_like(&NEW, "Напишите код");
    says(&NEW, code);
    told_like(&NEW, "Переедет всё");
    presses(&NEW, "Перенести");
    told_like(&NEW, "Переехали!");
    told_like(&ANNA, "переехали в новый аккаунт");
    presses(&NEW, "Мои скидки");
    told_like(&NEW, "Действует 1 скидка");
}

static void test_deleted(void **state)
{
    (void)state;
    says(&NEW, "/delete");
    presses(&NEW, "Да, удалить");
    presses(&NEW, "Удалить навсегда");
    told_like(&NEW, "Ваши данные удалены");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer WHERE external_id IS NOT"
                            " NULL"),
                     0);
    says(&NEW, "/wallet");
    told_like(&NEW, "Здравствуйте!");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stores_and_files),
        cmocka_unit_test(test_words_and_a_photo),
        cmocka_unit_test(test_to_a_new_account),
        cmocka_unit_test(test_deleted),
    };

    return cmocka_run_group_tests(tests, stage_begin_real, stage_end);
}
