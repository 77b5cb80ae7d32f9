/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What somebody of the shop writes to a customer arrives as it was written, once, and not
 * to who took their word back meanwhile; tags that were removed are swept away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/people.h"

#include "core/loyalty/letter.h"
#include "core/loyalty/tag.h"

#include <stdio.h>
#include <string.h>

static int64_t anna, staff;

static int opened(void **state)
{
    (void)state;
    stage_open(how);
    anna_joins();
    hires(&BOSS, "owner", 0);
    anna = counts("SELECT MAX(id) FROM customer");
    staff = counts("SELECT MAX(id) FROM staff");
    return 0;
}

static int64_t writes(enum message_purpose purpose, const char *body)
{
    const struct letter_spec spec = {
        .customer_id = anna, .staff_id = staff, .purpose = purpose, .body = body};
    int64_t id;

    assert_int_equal(letter_write(stage.db, stage.now, &spec, &id), ST_OK);
    return id;
}

static void delivers(int64_t letter)
{
    struct json *args = json_new_object();

    json_set_int(args, "l", letter);
    json_set_int(args, "c", anna);
    stage_job(KIND_CORE_LETTER_WRITTEN, args);
}

static void words_arrive(void **state)
{
    (void)state;
    says(&ANNA, "/menu");
    delivers(writes(MESSAGE_SERVICE, "Ваш <заказ> ждёт & не портится"));
    told_like(&ANNA, "Ваш &lt;заказ&gt; ждёт &amp; не портится");
    assert_false(sees_button(&ANNA, "Не присылать"));
}

static void marketing_can_be_stopped(void **state)
{
    int64_t letter = writes(MESSAGE_MARKETING, "Новинки на полках");

    (void)state;
    says(&ANNA, "/menu");
    delivers(letter); /* she never said yes */
    not_told(&ANNA, "Новинки");
    assert_int_equal(counts("SELECT COUNT(*) FROM message WHERE purpose = 2"), 0);
    assert_int_equal(db_exec(stage.db, NULL, "UPDATE customer SET marketing_ok = 1"),
                     ST_OK);
    says(&ANNA, "/menu");
    delivers(letter);
    assert_int_equal(counts("SELECT COUNT(*) FROM message WHERE purpose = 2 AND payload"
                            " LIKE '%Новинки на полках%' AND payload LIKE '%n:off%'"),
                     1);
}

#define SENDS "SELECT COUNT(*) FROM job_open WHERE kind = 'send.message' AND "

/* One of many waits behind the answers to people: in the bulk lane. (Quiet hours
 * hold both of them, so that they can be looked at.) */
static void of_many_are_bulk(void **state)
{
    const struct letter_spec spec = {
        .staff_id = staff, .purpose = MESSAGE_MARKETING, .body = "Переезжаем"};
    int64_t id;

    (void)state;
    assert_int_equal(db_exec(stage.db, NULL, "UPDATE customer SET marketing_ok = 1"),
                     ST_OK);
    shop_sets("quiet_from", "00:00");
    shop_sets("quiet_to", "23:59");
    says(&ANNA, "/menu");
    delivers(writes(MESSAGE_MARKETING, "Заказ ждёт"));
    assert_int_equal(counts(SENDS "lane MOD 100 < 16"), 1);
    assert_int_equal(letter_write(stage.db, stage.now, &spec, &id), ST_OK);
    delivers(id);
    assert_int_equal(counts(SENDS "lane MOD 100 < 16"), 1);
    assert_int_equal(counts(SENDS "lane MOD 100 >= 18"), 1);
}

static enum status removes(struct db *db, void *arg)
{
    return tag_remove(db, stage.now, *(int64_t *)arg, staff);
}

static void a_removed_tag_is_swept(void **state)
{
    struct tag tag;
    bool fresh;

    (void)state;
    assert_int_equal(tag_make(stage.db, stage.now, "осень", staff, &tag, &fresh),
                     ST_OK);
    assert_int_equal(
        tag_give(stage.db, stage.now, &(struct tag_act){anna, staff, tag.id}), ST_OK);
    assert_int_equal(db_tx(stage.db, removes, &tag.id), ST_OK);
    assert_int_equal(counts("SELECT COUNT(*) FROM customer_tag"), 1);
    assert_int_equal(counts("SELECT COUNT(*) FROM customer_tag x JOIN tag t"
                            " ON t.id = x.tag_id"),
                     0);
    {
        struct json *args = json_new_object();

        json_set_int(args, "tag", tag.id);
        stage_job(KIND_CORE_TAG_SWEPT, args);
    }
    assert_int_equal(counts("SELECT COUNT(*) FROM customer_tag"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(words_arrive, opened, stage_end),
        cmocka_unit_test_setup_teardown(marketing_can_be_stopped, opened, stage_end),
        cmocka_unit_test_setup_teardown(of_many_are_bulk, opened, stage_end),
        cmocka_unit_test_setup_teardown(a_removed_tag_is_swept, opened, stage_end),
    };

    return cmocka_run_group_tests_name("letter", tests, NULL, NULL);
}
