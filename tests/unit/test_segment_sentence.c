/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Rules of segments as people read them. */
#include "core/segment/sentence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct said {
    const char *root, *ru, *en;
} all[] = {
    {"{\"all\":[]}", "Все, кто есть в базе.", "Everybody we know."},
    {"{\"all\":[{\"f\":\"subscribed\",\"op\":\"is\",\"v\":true},{\"agg\":{\"of\":"
     "\"purchases\",\"fn\":\"count\",\"window\":{\"last\":\"P90D\"}},\"op\":\"gt\","
     "\"v\":2},{\"none\":[{\"tags\":{\"any\":[\"VIP\",\"кофе\"]}},{\"f\":\"insider\","
     "\"op\":\"is\",\"v\":true}]}]}",
     "Те, кто подписан на канал и кто купил больше 2 раз за последние 90 дней, кроме "
     "тех, у кого есть метка «VIP» или «кофе» или кто работает у нас или заведён для "
     "проверки.",
     "Customers who are subscribed to the channel and who bought more than 2 times in "
     "the last 90 days, except those who have the tag “VIP” or “кофе” or who work here "
     "or are test accounts."},
    {"{\"any\":[{\"f\":\"city\",\"op\":\"neq\",\"v\":\"Артём\"},{\"f\":\"city\",\"op\":"
     "\"in\",\"v\":[\"Владивосток\",\"Находка\",\"Уссурийск\"]},{\"f\":\"city\",\"op\":"
     "\"not_in\",\"v\":[\"Владивосток\",\"Находка\"]}]}",
     "Те, у кого город — не «Артём» (или у кого город неизвестен), у кого город — "
     "«Владивосток», «Находка» или «Уссурийск» или у кого город — не «Владивосток» и "
     "не «Находка» (или у кого город неизвестен).",
     "Customers whose city is not “Артём” (or whose city is not known), whose city is "
     "“Владивосток”, “Находка” or “Уссурийск” or whose city is neither “Владивосток” "
     "nor “Находка” (or whose city is not known)."},
    {"{\"f\":\"birthday\",\"op\":\"within_days\",\"v\":[-3,7]}",
     "Те, у кого день рождения был в последние 3 дня, сегодня или будет в ближайшие 7 "
     "дней.",
     "Customers whose birthday was in the last 3 days, is today or will be in the next "
     "7 days."},
    {"{\"f\":\"birthday\",\"op\":\"within_days\",\"v\":[0,7]}",
     "Те, у кого день рождения сегодня или в ближайшие 7 дней.",
     "Customers whose birthday is today or in the next 7 days."},
    {"{\"f\":\"birthday\",\"op\":\"within_days\",\"v\":[1,1]}",
     "Те, у кого день рождения будет завтра.", "Customers whose birthday is tomorrow."},
    {"{\"f\":\"birthday\",\"op\":\"within_days\",\"v\":[3,5]}",
     "Те, у кого день рождения будет через 3–5 дней.",
     "Customers whose birthday is in 3–5 days."},
    {"{\"f\":\"birthday\",\"op\":\"within_days\",\"v\":[-5,-1]}",
     "Те, у кого день рождения был 1–5 дней назад.",
     "Customers whose birthday was 1–5 days ago."},
    {"{\"f\":\"birthday\",\"op\":\"within_days\",\"v\":[-1,0]}",
     "Те, у кого день рождения сегодня или был вчера.",
     "Customers whose birthday is today or was yesterday."},
    {"{\"f\":\"birthday\",\"op\":\"month_in\",\"v\":[12,1,2]}",
     "Те, у кого день рождения в январе, феврале или декабре.",
     "Customers whose birthday is in January, February or December."},
    {"{\"f\":\"birthday\",\"op\":\"is_today\"}", "Те, у кого день рождения сегодня.",
     "Customers whose birthday is today."},
    {"{\"f\":\"birthday\",\"op\":\"age_between\",\"v\":[18,21]}",
     "Те, кому от 18 до 21 года.", "Customers who are between 18 and 21 years old."},
    {"{\"all\":[{\"f\":\"age\",\"op\":\"gt\",\"v\":30},{\"f\":\"age\",\"op\":\"neq\","
     "\"v\":41},{\"f\":\"age\",\"op\":\"lt\",\"v\":21}]}",
     "Те, у кого возраст больше 30 лет, у кого возраст не 41 год (или чей возраст "
     "неизвестен) и у кого возраст меньше 21 года.",
     "Customers whose age is more than 30 years, whose age is not 41 years (or whose "
     "age is not known) and whose age is less than 21 years."},
    {"{\"all\":[{\"f\":\"last_purchase\",\"op\":\"not_last\",\"v\":\"P90D\"},{\"f\":"
     "\"last_purchase\",\"op\":\"last\",\"v\":\"P1Y\"},{\"f\":\"created\",\"op\":"
     "\"before\",\"v\":\"2026-01-01\"},{\"f\":\"created\",\"op\":\"between\",\"v\":["
     "\"2026-01-01\",\"2026-02-01\"]},{\"f\":\"last_seen\",\"op\":\"after\",\"v\":"
     "\"2026-01-01T10:00:00+10:00\"}]}",
     "Те, у кого последняя покупка — не в последние 90 дней (или кто ещё ничего не "
     "купил), у кого последняя покупка — в последний год, у кого знакомство с нами — "
     "до 01.01.2026, у кого знакомство с нами — с 01.01.2026 по 01.02.2026 и у кого "
     "последнее обращение — с 01.01.2026 10:00.",
     "Customers whose last purchase is not in the last 90 days (or who have never "
     "bought), whose last purchase is in the last year, whose first contact is before "
     "2026-01-01, whose first contact is from 2026-01-01 to 2026-02-01 and whose last "
     "contact is since 2026-01-01 10:00."},
    {"{\"agg\":{\"of\":\"purchases\",\"fn\":\"sum\",\"field\":\"total\",\"window\":{"
     "\"last\":\"P90D\"}},\"op\":\"gte\",\"v\":500000}",
     "Те, у кого сумма покупки всего за последние 90 дней не меньше "
     "5 000 ₽.",
     "Customers whose amount paid in total in the last 90 days is at least "
     "5,000 ₽."},
    {"{\"agg\":{\"of\":\"purchases\",\"fn\":\"avg\",\"field\":\"total\",\"where\":[{"
     "\"f\":\"store\",\"op\":\"eq\",\"v\":3}]},\"op\":\"between\",\"v\":[10000,20000]}",
     "Те, у кого сумма покупки (магазин — № 3) в среднем от "
     "100 ₽ "
     "до "
     "200 ₽.",
     "Customers whose amount paid (store is no. 3) on average is between 100 ₽ and "
     "200 ₽."},
    {"{\"agg\":{\"of\":\"redemptions\",\"fn\":\"distinct\",\"field\":\"source\","
     "\"where\":[{\"f\":\"percent\",\"op\":\"gte\",\"v\":1000}]},\"op\":\"eq\",\"v\":"
     "2}",
     "Те, у кого разных значений «скидка» в использованных скидках (процент не меньше "
     "10 %) ровно 2.",
     "Customers whose number of different values of “discount” in used discounts "
     "(percent is at least 10%) is exactly 2."},
    {"{\"agg\":{\"of\":\"purchases\",\"fn\":\"days_since_last\"},\"op\":\"gt\",\"v\":"
     "30}",
     "Те, кто купил в последний раз больше 30 дней назад.",
     "Customers who bought for the last time more than 30 days ago."},
    {"{\"agg\":{\"of\":\"purchases\",\"fn\":\"count\",\"window\":{\"after\":\"2026-09-"
     "01\",\"before\":\"2026-10-01\"}},\"op\":\"eq\",\"v\":0}",
     "Те, кто не купил ни разу с 01.09.2026 до 01.10.2026.",
     "Customers who did not buy even once from 2026-09-01 until 2026-10-01."},
    {"{\"has\":{\"of\":\"redemptions\",\"where\":[{\"f\":\"source\",\"op\":\"eq\","
     "\"v\":\"birthday\"}],\"window\":{\"last\":\"P365D\"},\"times\":2}}",
     "Те, кто использовал скидку (скидка — на день рождения) не меньше 2 раз за "
     "последние 365 дней.",
     "Customers who used a discount (discount is for a birthday) at least 2 times in "
     "the last 365 days."},
    {"{\"all\":[{\"not_received\":{\"purpose\":\"marketing\",\"last\":\"P3D\"}},{"
     "\"received\":{\"purpose\":\"receipt\"}},{\"sample\":{\"bp\":1050,\"salt\":"
     "\"spring\"}},{\"ids\":[1,2,3]},{\"segment\":7}]}",
     "Те, кому мы не отправляли рекламу за последние 3 дня, кому мы отправляли "
     "уведомления о скидках, кто попал в случайные 10,5 % (выборка «spring»), кто есть "
     "в списке из 3 номеров и кто входит в сегмент № 7.",
     "Customers who were not sent advertising in the last 3 days, who were sent "
     "receipts, who fell into a random 10.5% (sample “spring”), who are on a list of 3 "
     "numbers and who are in the segment no. 7."},
    {"{\"none\":[{\"f\":\"source\",\"op\":\"starts\",\"v\":\"vk\"}]}",
     "Те, кто есть в базе, кроме тех, у кого источник начинается с «vk».",
     "Customers we know, except those whose source begins with “vk”."},
    {"{\"any\":[{\"all\":[{\"f\":\"subscribed\",\"op\":\"is\",\"v\":true},{\"f\":"
     "\"locale\",\"op\":\"eq\",\"v\":\"en\"}]},{\"none\":[{\"f\":\"source\",\"op\":"
     "\"is_set\"}]},{\"f\":\"purchases_count\",\"op\":\"gte\",\"v\":3}]}",
     "Те, для кого верно хотя бы одно: кто подписан на канал и у кого язык — "
     "английский; кто есть в базе, кроме тех, у кого известен источник; у кого число "
     "покупок не меньше 3.",
     "Customers for whom one of these is true: who are subscribed to the channel and "
     "whose language is English; we know, except those whose source is known; whose "
     "number of purchases is at least 3."},
    {"{\"has\":{\"of\":\"discounts\",\"where\":[{\"f\":\"state\",\"op\":\"eq\",\"v\":"
     "\"active\"},{\"f\":\"valid_until\",\"op\":\"next\",\"v\":\"P3D\"}]}}",
     "Те, кто получил скидку (состояние — действует, срок — в ближайшие 3 дня).",
     "Customers who were given a discount (state is active, end is in the next 3 "
     "days)."},
    {"{\"tags\":{\"any\":[\"a\",\"b\"],\"all\":[\"c\",\"d\"],\"none\":[\"e\"]}}",
     "Те, у кого есть метка «a» или «b» и у кого есть все метки «c» и «d» и у кого нет "
     "метки «e».",
     "Customers who have the tag “a” or “b” and who have all the tags “c” and “d” and "
     "who do not have the tag “e”."},
    {"{\"f\":\"purchases_total\",\"op\":\"between\",\"v\":[100000,500000]}",
     "Те, у кого сумма всех покупок от 1 000 ₽ до "
     "5 000 ₽.",
     "Customers whose total of all purchases is between 1,000 ₽ and 5,000 ₽."},
    {"{\"f\":\"created\",\"op\":\"last\",\"v\":\"P1M\"}",
     "Те, у кого знакомство с нами — в последний месяц.",
     "Customers whose first contact is in the last month."},
    {"{\"f\":\"created\",\"op\":\"last\",\"v\":\"P2W\"}",
     "Те, у кого знакомство с нами — в последние 2 недели.",
     "Customers whose first contact is in the last 2 weeks."},
    {"{\"f\":\"created\",\"op\":\"last\",\"v\":\"P1Y2M3DT4H\"}",
     "Те, у кого знакомство с нами — в последние 1 год 2 месяца 3 дня 4 часа.",
     "Customers whose first contact is in the last 1 year 2 months 3 days 4 hours."},
    {"{\"all\":[{\"f\":\"subscribed\",\"op\":\"is\",\"v\":false},{\"any\":[{\"f\":"
     "\"name\",\"op\":\"starts\",\"v\":\"Ма\"},{\"f\":\"name\",\"op\":\"contains\","
     "\"v\":\"рин\"}]},{\"f\":\"home_store\",\"op\":\"not_in\",\"v\":[3,4]}]}",
     "Те, кто не подписан на канал, (у кого имя начинается с «Ма» или у кого имя "
     "содержит «рин») и у кого свой магазин — не № 3 и не № 4 (или у кого свой магазин "
     "неизвестен).",
     "Customers who are not subscribed to the channel, (whose name begins with “Ма” or "
     "whose name contains “рин”) and whose home store is neither no. 3 nor no. 4 (or "
     "whose home store is not known)."},
    {"{\"agg\":{\"of\":\"purchases\",\"fn\":\"days_since_last\"},\"op\":\"neq\",\"v\":"
     "1}",
     "Те, кто купил в последний раз не 1 день назад (или кто не купил ни разу).",
     "Customers who bought for the last time not 1 day ago (or who did not buy even "
     "once)."},
    {"{\"agg\":{\"of\":\"purchases\",\"fn\":\"max\",\"field\":\"total\"},\"op\":\"not_"
     "set\"}",
     "Те, у кого сумма покупки неизвестна.",
     "Customers of whom the amount paid is not known."},
    {"{\"has\":{\"of\":\"purchases\",\"where\":[{\"f\":\"total\",\"op\":\"neq\",\"v\":"
     "100}]}}",
     "Те, кто купил (сумма покупки не 1 ₽ или "
     "сумма "
     "покупки "
     "неизвестна).",
     "Customers who bought (amount paid is not 1 ₽ or the amount paid is not "
     "known)."},
    {"{\"f\":\"birthday\",\"op\":\"within_days\",\"v\":[-1,1]}",
     "Те, у кого день рождения был вчера, сегодня или будет завтра.",
     "Customers whose birthday was yesterday, is today or will be tomorrow."},
    {"{\"agg\":{\"of\":\"discounts\",\"fn\":\"count\",\"window\":{\"last\":\"P1D\"}},"
     "\"op\":\"lte\",\"v\":21}",
     "Те, кто получил скидку не больше 21 раза за последний день.",
     "Customers who were given a discount at most 21 times in the last day."},
};

static struct tz *tz;
static struct moment moment;

static int begin(void **state)
{
    (void)state;
    tz = tz_open("Asia/Vladivostok");
    moment = moment_make(1789689600000000LL, tz, false);
    return tz == NULL;
}

static int end(void **state)
{
    (void)state;
    tz_close(tz);
    return 0;
}

static void says(const char *root, const struct speech *t, const char *expected)
{
    struct buf json = {0}, words = {0};
    struct rule_faults f;
    struct rule *r;

    buf_addf(&json, "{\"v\":1,\"root\":%s}", root);
    r = rule_parse(json.s, json.len, true, &f);
    if (r == NULL)
        fail_msg("%s: %s", root, f.fault[0].pointer);
    sentence_add(&words, r, t);
    assert_false(words.failed);
    assert_string_equal(words.s, expected);
    rule_free(r);
    buf_free(&words);
    buf_free(&json);
}

static void test_rules_are_said_in_both_languages(void **state)
{
    const struct speech ru = {"ru", &moment, NULL}, en = {"en", &moment, NULL};

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        says(all[i].root, &ru, all[i].ru);
        says(all[i].root, &en, all[i].en);
    }
}

static void test_stores_and_segments_have_names(void **state)
{
    const struct rule_names names = {.name = {{true, 3, "Ленина"}, {false, 3, "Свои"}},
                                     .n = 2};
    const struct speech ru = {"ru", &moment, &names};

    (void)state;
    says(
        "{\"all\":[{\"segment\":3},{\"segment\":4},{\"f\":\"home_store\",\"op\":\"eq\","
        "\"v\":3}]}",
        &ru,
        "Те, кто входит в сегмент «Свои», кто входит в сегмент № 4 и у кого свой "
        "магазин"
        " — «Ленина».");
}

static void test_plurals(void **state)
{
    static const struct {
        int64_t n;
        const char *form;
    } forms[] = {
        {0, "раз"},   {1, "год"},   {2, "года"}, {4, "года"},
        {5, "раз"},   {11, "раз"},  {12, "раз"}, {14, "раз"},
        {21, "год"},  {22, "года"}, {25, "раз"}, {101, "год"},
        {111, "раз"}, {112, "раз"}, {-1, "год"}, {-5, "раз"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        assert_string_equal(plural_ru(forms[i].n, "год", "года", "раз"), forms[i].form);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_are_said_in_both_languages),
        cmocka_unit_test(test_stores_and_segments_have_names),
        cmocka_unit_test(test_plurals),
    };

    return cmocka_run_group_tests_name("segment_sentence", tests, begin, end);
}
