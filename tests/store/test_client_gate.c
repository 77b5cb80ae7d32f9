/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The gate when the channel speaks first: let in by request, shut out, let in again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/json.h"
#include "tests/harness/stage.h"

#define CHANNEL -1001234567890

static const struct person ANNA = {"client", 8101, "Анна", "ru"};

static int open_shop(void **state)
{
    (void)state;
    stage_open(0);
    shop_sets("channel_id", "-1001234567890");
    return 0;
}

/* What the channel tells its bot when an admin (or the person) changed a membership. */
static void channel_says(const struct person *p, const char *was, const char *is)
{
    static int64_t id = 700000;
    struct json *u = json_new_object(), *m = json_new_object(), *o;

    o = json_new_object();
    json_set_int(o, "id", CHANNEL);
    json_set_text(o, "type", "channel");
    json_set(m, "chat", o);
    o = json_new_object();
    json_set_int(o, "id", 555);
    json_set_text(o, "first_name", "Admin");
    json_set(m, "from", o);
    json_set_int(m, "date", stage.now / SECOND);
    for (int i = 0; i < 2; i++) {
        struct json *who = json_new_object();

        o = json_new_object();
        json_set_int(who, "id", p->id);
        json_set_text(who, "first_name", p->name);
        json_set(o, "user", who);
        json_set_text(o, "status", i == 0 ? was : is);
        json_set(m, i == 0 ? "old_chat_member" : "new_chat_member", o);
    }
    json_set_int(u, "update_id", ++id);
    json_set(u, "chat_member", m);
    stage_update("client", u);
}

static void anna_waits_at_the_gate(void)
{
    says(&ANNA, "/start");
    presses(&ANNA, "Согласен");
    presses(&ANNA, "Я подписался");
    told_like(&ANNA, "Пока не вижу подписки");
    told_like(&ANNA, "скидка придёт сюда сама");
}

static void test_let_in_by_request(void **state)
{
    (void)state;
    anna_waits_at_the_gate();
    subscribes(&ANNA);
    channel_says(&ANNA, "left", "member");
    told_like(&ANNA, "Ваша скидка");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 1);
    /* Pressed all the same, a moment later: one picture, and the old screen is done. */
    presses(&ANNA, "Я подписался");
    told_like(&ANNA, "Готово");
    told_times(&ANNA, 0);
    stage_wait_until(stage.now + MINUTE);
    channel_says(&ANNA, "member", "left");
    channel_says(&ANNA, "left", "member");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 1);
    assert_int_equal(counts("SELECT COUNT(*) FROM message WHERE payload LIKE "
                            "'%sendPhoto%'"),
                     1);
}

static void test_a_stranger_is_not_written_to(void **state)
{
    (void)state;
    channel_says(&ANNA, "left", "member");
    says(&ANNA, "/start"); /* asked, and has not agreed */
    channel_says(&ANNA, "left", "member");
    assert_int_equal(counts("SELECT COUNT(*) FROM customer"), 0);
    assert_int_equal(counts("SELECT COUNT(*) FROM message"), 1);
}

static void test_who_took_the_consent_back_is_not_written_to(void **state)
{
    int64_t before;

    (void)state;
    anna_waits_at_the_gate();
    says(&ANNA, "/privacy");
    presses(&ANNA, "Отозвать согласие");
    presses(&ANNA, "Да, отозвать");
    before = counts("SELECT COUNT(*) FROM message");
    channel_says(&ANNA, "left", "member");
    assert_int_equal(counts("SELECT COUNT(*) FROM message"), before);
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 0);
}

static void test_shut_out(void **state)
{
    struct json *args = json_new_object();

    (void)state;
    anna_waits_at_the_gate();
    json_set_int(args, "user", ANNA.id);
    json_set_text(args, "state", "barred");
    stage_job(KIND_BOT_MEMBER_KNOWN, args);
    told_like(&ANNA, "для вас сейчас закрыт");
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 0);
}

/* Muted people of a group are members; who is restricted and outside is not. */
static void test_restricted(void **state)
{
    (void)state;
    anna_waits_at_the_gate();
    channel_says(&ANNA, "left", "restricted");
    assert_int_equal(counts("SELECT subscribed FROM customer"), 0);
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_let_in_by_request, open_shop, stage_end),
        cmocka_unit_test_setup_teardown(test_a_stranger_is_not_written_to, open_shop,
                                        stage_end),
        cmocka_unit_test_setup_teardown(
            test_who_took_the_consent_back_is_not_written_to, open_shop, stage_end),
        cmocka_unit_test_setup_teardown(test_shut_out, open_shop, stage_end),
        cmocka_unit_test_setup_teardown(test_restricted, open_shop, stage_end),
    };

    return cmocka_run_group_tests_name("client_gate", tests, NULL, NULL);
}
