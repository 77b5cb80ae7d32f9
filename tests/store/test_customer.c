/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/clock.h"
#include "tests/harness/shop.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <string.h>
#include <cmocka.h>

#define WHO 7000000401

static struct shop shop;

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

static struct contact contact(const char *first, int64_t update_id)
{
    return (struct contact){.channel = CHANNEL_MESSENGER,
                            .external_id = WHO,
                            .first_name = first,
                            .first_n = strlen(first),
                            .username = "guest",
                            .language = "en",
                            .source = "s_tokenofstore",
                            .update_id = update_id};
}

static struct customer meet(const char *first, int64_t update_id)
{
    struct contact c = contact(first, update_id);
    struct customer out;

    assert_int_equal(customer_meet(shop.db, SHOP_NOW + update_id, &c, &out), ST_OK);
    return out;
}

static void test_first_meeting(void **state)
{
    struct customer c, found;

    (void)state;
    assert_int_equal(customer_find(shop.db, CHANNEL_MESSENGER, WHO, &found), ST_NONE);
    c = meet("Ann", 10);
    assert_true(c.fresh);
    assert_int_equal(c.status, CUSTOMER_ACTIVE);
    assert_string_equal(c.first_name, "Ann");
    assert_string_equal(c.username, "guest");
    assert_string_equal(c.language, "en");
    assert_string_equal(c.source, "s_tokenofstore");
    assert_false(c.pd_ok);
    assert_false(c.marketing_ok);
    assert_false(c.has_birth);
    assert_int_equal(customer_find(shop.db, CHANNEL_MESSENGER, WHO, &found), ST_OK);
    assert_int_equal(found.id, c.id);
    assert_int_equal(customer_find(shop.db, CHANNEL_PANEL, WHO, &found), ST_NONE);
}

static void test_later_meetings_refresh(void **state)
{
    int64_t id = meet("Ann", 10).id;
    struct contact c = contact("Анна", 11);
    struct customer out;

    (void)state;
    c.language = "ru";
    c.source = "c_campaign";
    assert_int_equal(customer_meet(shop.db, SHOP_NOW + HOUR, &c, &out), ST_OK);
    assert_int_equal(out.id, id);
    assert_false(out.fresh);
    assert_string_equal(out.first_name, "Анна");
    assert_string_equal(out.language, "en");           /* theirs to choose now */
    assert_string_equal(out.source, "s_tokenofstore"); /* first touch */
    assert_int_equal(out.last_seen, SHOP_NOW + HOUR);
}

static void test_hostile_names(void **state)
{
    struct contact c = contact("", 10);
    char wide[4 * 300 + 1];
    struct customer out;

    (void)state;
    c.first_name = "a\0\xE2\x80\xAE"
                   "b\n\tc"; /* a NUL, a direction override, blanks */
    c.first_n = 9;
    assert_int_equal(customer_meet(shop.db, SHOP_NOW, &c, &out), ST_OK);
    assert_null(strstr(out.first_name, "\xE2\x80\xAE"));
    assert_null(strchr(out.first_name, '\n'));
    for (int i = 0; i < 300; i++)
        memcpy(wide + 4 * i, "\xF0\x9F\x98\x80", 4);
    c.first_name = c.last_name = wide;
    c.first_n = c.last_n = sizeof wide - 1;
    assert_int_equal(customer_meet(shop.db, SHOP_NOW, &c, &out), ST_OK);
    assert_int_equal(strlen(out.first_name), CONTACT_NAME_MAX * 4);
    assert_int_equal(strlen(out.last_name), CONTACT_NAME_MAX * 4);
    c.first_name = "'; DROP TABLE customer; -- <b>";
    c.first_n = strlen(c.first_name);
    assert_int_equal(customer_meet(shop.db, SHOP_NOW, &c, &out), ST_OK);
    assert_string_equal(out.first_name, c.first_name);
}

static void test_only_people(void **state)
{
    struct contact c = contact("Channel", 1);
    struct customer out;

    (void)state;
    c.external_id = -1001000000001;
    assert_int_equal(customer_meet(shop.db, SHOP_NOW, &c, &out), ST_REFUSED);
    c.external_id = INT64_MAX;
    assert_int_equal(customer_meet(shop.db, SHOP_NOW, &c, &out), ST_OK);
    assert_true(out.external_id == INT64_MAX);
}

static atomic_int fresh, bad;

static enum status do_meet(struct db *db, void *arg)
{
    struct contact c = contact("Ann", 10);

    return customer_meet(db, SHOP_NOW, &c, arg);
}

static void meet_race(struct db *db, int i, void *arg)
{
    struct customer out;

    (void)i;
    (void)arg;
    if (db_tx(db, do_meet, &out) != ST_OK)
        bad++;
    else
        fresh += out.fresh;
}

static void test_sixteen_first_meetings(void **state)
{
    (void)state;
    fresh = bad = 0;
    shop_race(&shop, 16, meet_race, NULL);
    assert_int_equal(bad, 0);
    assert_int_equal(fresh, 1);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM customer"), 1);
}

static void test_language(void **state)
{
    int64_t id = meet("Ann", 10).id;
    struct customer c;

    (void)state;
    assert_int_equal(customer_language(shop.db, SHOP_NOW, id, "ru"), ST_OK);
    assert_int_equal(customer_load(shop.db, id, &c), ST_OK);
    assert_string_equal(c.language, "ru");
    assert_int_equal(customer_language(shop.db, SHOP_NOW, id, "de"), ST_BAD);
}

static enum customer_status status_of(int64_t id)
{
    struct customer c;

    assert_int_equal(customer_load(shop.db, id, &c), ST_OK);
    return c.status;
}

static void test_blocking_in_any_order(void **state)
{
    int64_t id = meet("Ann", 10).id;

    (void)state;
    assert_int_equal(customer_unreachable(shop.db, SHOP_NOW, id, 20), ST_OK);
    assert_int_equal(status_of(id), CUSTOMER_BLOCKED);
    assert_int_equal(customer_reachable(shop.db, SHOP_NOW, id, 19), ST_NONE);
    assert_int_equal(status_of(id), CUSTOMER_BLOCKED);
    meet("Ann", 15); /* an old message, delivered late */
    assert_int_equal(status_of(id), CUSTOMER_BLOCKED);
    assert_int_equal(customer_reachable(shop.db, SHOP_NOW, id, 21), ST_OK);
    assert_int_equal(status_of(id), CUSTOMER_ACTIVE);
    assert_int_equal(customer_unreachable(shop.db, SHOP_NOW, id, 20), ST_NONE);
    assert_int_equal(status_of(id), CUSTOMER_ACTIVE);
    /* A message could not be delivered: no update tells of that. */
    assert_int_equal(customer_unreachable(shop.db, SHOP_NOW, id, 0), ST_OK);
    assert_int_equal(status_of(id), CUSTOMER_BLOCKED);
    meet("Ann", 30);
    assert_int_equal(status_of(id), CUSTOMER_ACTIVE);
}

static void test_coming_back_brings_no_advertising(void **state)
{
    struct customer c = shop_customer(&shop, WHO, "Ann", "");

    (void)state;
    assert_int_equal(consent_grant(shop.db, SHOP_NOW,
                                   &(struct consent_act){.customer_id = c.id,
                                                         .purpose = PURPOSE_MARKETING,
                                                         .text_id = shop.marketing.id,
                                                         .update_id = 12,
                                                         .via = CHANNEL_MESSENGER}),
                     ST_OK);
    assert_int_equal(customer_unreachable(shop.db, SHOP_NOW, c.id, 20), ST_OK);
    meet("Ann", 30);
    assert_int_equal(customer_load(shop.db, c.id, &c), ST_OK);
    assert_int_equal(c.status, CUSTOMER_ACTIVE);
    assert_true(c.pd_ok);
    assert_false(c.marketing_ok);
}

static void test_subscribed(void **state)
{
    int64_t id = meet("Ann", 10).id;
    struct customer c;

    (void)state;
    assert_int_equal(customer_subscribed(shop.db, SHOP_NOW, id, true), ST_OK);
    assert_int_equal(customer_subscribed(shop.db, SHOP_NOW + DAY, id, true), ST_NONE);
    assert_int_equal(customer_load(shop.db, id, &c), ST_OK);
    assert_true(c.subscribed);
    assert_int_equal(c.subscribed_at, SHOP_NOW);
    assert_int_equal(customer_subscribed(shop.db, SHOP_NOW + DAY, id, false), ST_OK);
}

static enum status set_birthday(int64_t id, struct date born, int64_t now,
                                enum birthday_fault *fault)
{
    struct birthday_entry e = {.customer_id = id,
                               .born = born,
                               .today = (int32_t)(now / DAY),
                               .limits = {14, 110, 365, 30}};

    return customer_birthday_set(shop.db, now, &e, fault);
}

static void test_birthday_is_set_and_changed_once_a_year(void **state)
{
    int64_t id = meet("Ann", 10).id;
    enum birthday_fault fault;
    struct customer c;

    (void)state;
    assert_int_equal(set_birthday(id, (struct date){1996, 2, 30}, SHOP_NOW, &fault),
                     ST_BAD);
    assert_int_equal(set_birthday(id, (struct date){1996, 2, 29}, SHOP_NOW, &fault),
                     ST_OK);
    assert_int_equal(customer_load(shop.db, id, &c), ST_OK);
    assert_true(c.has_birth);
    assert_int_equal(cal_day(c.birth), cal_day((struct date){1996, 2, 29}));
    assert_int_equal(c.birth_set_at, SHOP_NOW);
    assert_int_equal(c.birth_changed_at, 0);
    assert_int_equal(shop_number(shop.db, "SELECT birth_md FROM customer"), 229);

    assert_int_equal(
        set_birthday(id, (struct date){1996, 5, 1}, SHOP_NOW + DAY, &fault), ST_OK);
    assert_int_equal(customer_load(shop.db, id, &c), ST_OK);
    assert_int_equal(c.birth_set_at, SHOP_NOW);
    assert_int_equal(c.birth_changed_at, SHOP_NOW + DAY);
    assert_int_equal(
        set_birthday(id, (struct date){1996, 6, 1}, SHOP_NOW + 9 * DAY, &fault),
        ST_REFUSED);
    assert_int_equal(fault, BIRTHDAY_CHANGED);
    assert_int_equal(shop_number(shop.db, "SELECT birth_md FROM customer"), 501);
}

static void test_identity_may_only_leave_with_erasure(void **state)
{
    meet("Ann", 10);
    (void)state;
    assert_int_equal(db_exec(shop.db, NULL, "UPDATE customer SET external_id = NULL"),
                     ST_REFUSED);
    assert_int_equal(
        db_exec(shop.db, NULL, "UPDATE customer SET external_id = NULL, status = 3"),
        ST_OK);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, open_shop, close_shop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_first_meeting),
        TEST(test_later_meetings_refresh),
        TEST(test_hostile_names),
        TEST(test_only_people),
        TEST(test_sixteen_first_meetings),
        TEST(test_language),
        TEST(test_blocking_in_any_order),
        TEST(test_coming_back_brings_no_advertising),
        TEST(test_subscribed),
        TEST(test_birthday_is_set_and_changed_once_a_year),
        TEST(test_identity_may_only_leave_with_erasure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
