/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Addresses and hours: what is open at this minute in each store's own zone, free words as
 * they are, a map, pages. It is 10:00 on Friday, 18 September 2026, in Vladivostok. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/people.h"

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/staff/store.h"

#include <stdio.h>
#include <string.h>

static const struct person JOHN = {"client", 5000000002, "John", "en"};

static void hours(const char *text)
{
    assert_int_equal(
        db_exec(stage.db, NULL, "UPDATE store SET hours = ?", DB_TEXT(text)), ST_OK);
}

static void one_store(void)
{
    assert_int_equal(db_exec(stage.db, NULL,
                             "UPDATE store SET closed_at = ? WHERE id = ?",
                             DB_TIME(stage.now), DB_INT(stage.store[1])),
                     ST_OK);
}

static void test_open_until(void **state)
{
    (void)state;
    anna_joins();
    one_store();
    says(&ANNA, "/menu");
    presses(&ANNA, "Магазины");
    told_like(&ANNA, "<b>Ленина, 5</b>\nВладивосток, Ленина, 5\n");
    told_like(&ANNA, "🕘 9:00–21:00");
    told_like(&ANNA, "Открыто до 21:00");
    not_told(&ANNA, "Садовая"); /* closed for good */
}

static void test_closed_until(void **state)
{
    static const struct {
        const char *hours, *says;
    } rows[] = {
        {"пн-пт 11-20", "Закрыто, откроется в 11:00"},
        {"сб 9-18", "Закрыто, откроется завтра в 9:00"},
        {"пн-ср 9:30-18", "Закрыто, откроется в понедельник в 9:30"},
        {"пн выходной", "Сейчас закрыто"},
        {"круглосуточно", "Открыто круглосуточно"},
        {"чт 20-11", "Открыто до 11:00"}, /* of the night before */
    };

    (void)state;
    anna_joins();
    one_store();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        hours(rows[i].hours);
        says(&ANNA, "/stores");
        told_like(&ANNA, rows[i].says);
    }
}

static void test_free_words(void **state)
{
    (void)state;
    anna_joins();
    hours("с утра и пока <не> разойдутся");
    says(&ANNA, "/stores");
    told_like(&ANNA, "🕘 с утра и пока &lt;не&gt; разойдутся");
    not_told(&ANNA, "ткрыто");
}

/* Ten o'clock here is three at night in Moscow. */
static void test_hours_in_english(void **state)
{
    (void)state;
    hours("пн-пт 9-20, сб, вс выходной");
    says(&JOHN, "/stores");
    told_like(&JOHN, "🕘 Mon-Fri 9-20, Sat, Sun closed");
    hours("по звонку");
    says(&JOHN, "/stores");
    told_like(&JOHN, "🕘 по звонку"); /* their own words */
}

static void test_in_its_own_zone(void **state)
{
    (void)state;
    anna_joins();
    hours("9-21");
    assert_int_equal(db_exec(stage.db, NULL,
                             "UPDATE store SET tz = 'Europe/Moscow' WHERE id = ?",
                             DB_INT(stage.store[1])),
                     ST_OK);
    says(&ANNA, "/stores");
    told_like(&ANNA, "Открыто до 21:00");
    told_like(&ANNA, "Закрыто, откроется в 9:00");
}

/* The address in the link is encoded. */
#define MAPS                                                                           \
    "SELECT COUNT(*) FROM message WHERE payload LIKE '%🗺 Ленина, 5%' AND "    \
    "payload"                                                                          \
    " LIKE '%yandex.ru%' AND INSTR(payload, 'text=%D0%92%D0%BB') > 0"

static void test_the_map(void **state)
{
    (void)state;
    anna_joins();
    one_store();
    says(&ANNA, "/stores");
    assert_int_equal(counts(MAPS), 1);
    shop_sets("map_url", "");
    says(&ANNA, "/stores");
    assert_int_equal(counts(MAPS), 1);
}

static enum status add(struct db *db, void *arg)
{
    const struct store_spec spec = {.name = arg, .address = "x", .hours = "9-21"};
    int64_t id;

    return store_add(db, stage.now, &spec, &id);
}

static void test_pages(void **state)
{
    static char names[10][20];

    (void)state;
    anna_joins();
    for (int i = 0; i < 10; i++) {
        snprintf(names[i], sizeof(names[i]), "Магазин %c", 'A' + i);
        assert_int_equal(db_tx(stage.db, add, names[i]), ST_OK);
    }
    says(&ANNA, "/stores");
    told_like(&ANNA, "Магазин A");
    not_told(&ANNA, "Магазин F");
    assert_false(sees_button(&ANNA, "Назад"));
    presses(&ANNA, "Дальше");
    told_like(&ANNA, "Магазин F");
    presses(&ANNA, "Дальше");
    told_like(&ANNA, "Садовая, 12");
    assert_false(sees_button(&ANNA, "Дальше"));
    presses(&ANNA, "Назад");
    told_like(&ANNA, "Магазин F");
}

/* Nobody has to agree to anything to learn where the shop is. */
static void test_for_strangers_and_in_english(void **state)
{
    (void)state;
    hours("mon-wed 9:30-18");
    says(&JOHN, "/stores");
    told_like(&JOHN, "Stores and hours");
    told_like(&JOHN, "Closed, opens on Monday at 9:30");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer"), 0);
}

static void test_no_stores(void **state)
{
    (void)state;
    assert_int_equal(
        db_exec(stage.db, NULL, "UPDATE store SET closed_at = ?", DB_TIME(stage.now)),
        ST_OK);
    says(&ANNA, "/stores");
    told_like(&ANNA, "Адресов пока нет");
}

static enum status add_wrong(struct db *db, void *arg)
{
    const struct store_spec spec = {.name = "Ночной", .hours = "пн-пт 9-25"};

    return store_add(db, stage.now, &spec, arg);
}

static void test_hours_that_cannot_be(void **state)
{
    int64_t id;

    (void)state;
    assert_int_equal(db_tx(stage.db, add_wrong, &id), ST_BAD);
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, stage_is_open, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_open_until),      A_TEST(test_closed_until),
        A_TEST(test_free_words),      A_TEST(test_hours_in_english),
        A_TEST(test_in_its_own_zone), A_TEST(test_the_map),
        A_TEST(test_pages),           A_TEST(test_for_strangers_and_in_english),
        A_TEST(test_no_stores),       A_TEST(test_hours_that_cannot_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
