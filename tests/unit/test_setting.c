/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/setting.h"

#include <string.h>

static struct settings set;

static int start(void **state)
{
    (void)state;
    setting_defaults(&set);
    return 0;
}

/* A default that its own kind would refuse could never be set again. */
static void defaults_are_valid_and_canonical(void **state)
{
    (void)state;
    for (size_t i = 0; i < setting_count; i++) {
        const struct setting *s = &setting_table[i];
        struct buf out = {0};
        const char *why = "";

        if (setting_parse(s, s->standard, &out, &why) != ST_OK)
            fail_msg("%s: %s", s->name, why);
        assert_string_equal(out.len > 0 ? out.s : "", s->standard);
        assert_true(s->help_ru[0] != '\0' && s->help_en[0] != '\0');
        assert_ptr_equal(setting_find(s->name), s);
        buf_free(&out);
    }
    assert_null(setting_find("brand"));
    assert_null(setting_find(""));
}

static void defaults_are_the_ones_we_promise(void **state)
{
    (void)state;
    assert_string_equal(set.brand_name, "Dvorik");
    assert_string_equal(set.channel_id, "");
    assert_true(set.subscription_gate);
    assert_int_equal(set.discount_percent_bp, 1000);
    assert_int_equal(set.discount_days, 30);
    assert_int_equal(set.quiet_from, 21 * 60);
    assert_int_equal(set.quiet_to, 9 * 60);
    assert_int_equal(set.birthday_check_at, 9 * 60);
    assert_int_equal(set.birthday_leap, SETTING_FEB28);
    assert_int_equal(set.retention_days, 90);
    assert_int_equal(set.undo_minutes, 10);
    assert_int_equal(set.hold_minutes, 3);
}

/* What a person may write, and what is kept of it. */
static const struct {
    const char *name, *written, *stored; /* NULL: refused */
} written[] = {
    {"discount_percent_bp", "10%", "1000"},
    {"discount_percent_bp", "10 %", "1000"},
    {"discount_percent_bp", "7,5 %", "750"},
    {"discount_percent_bp", "7.25%", "725"},
    {"discount_percent_bp", "1500", "1500"},
    {"discount_percent_bp", "100%", "10000"},
    {"discount_percent_bp", "0", "0"},
    {"discount_percent_bp", "100.01%", NULL},
    {"discount_percent_bp", "10001", NULL},
    {"discount_percent_bp", "-1", NULL},
    {"discount_percent_bp", "%", NULL},
    {"discount_percent_bp", "7.125%", NULL},
    {"discount_percent_bp", "10%%", NULL},
    {"discount_percent_bp", "10% off", NULL},
    {"discount_percent_bp", "99999999999999999999%", NULL},
    {"discount_days", "030", "30"},
    {"discount_days", "0", NULL},
    {"discount_days", "3651", NULL},
    {"discount_days", "", NULL},
    {"discount_days", " 5", NULL},
    {"discount_days", "5 ", NULL},
    {"discount_days", "99999999999999999999", NULL},
    {"quiet_from", "9:05", "09:05"},
    {"quiet_from", "00:00", "00:00"},
    {"quiet_from", "23:59", "23:59"},
    {"quiet_from", "24:00", NULL},
    {"quiet_from", "12:60", NULL},
    {"quiet_from", "12:", NULL},
    {"quiet_from", "12:-1", NULL},
    {"quiet_from", "12:+1", NULL},
    {"quiet_from", "12: 1", NULL},
    {"quiet_from", "12:305", NULL},
    {"quiet_from", "noon", NULL},
    {"quiet_from", "", NULL},
    {"subscription_gate", "да", "1"},
    {"subscription_gate", "yes", "1"},
    {"subscription_gate", "off", "0"},
    {"subscription_gate", "2", NULL},
    {"birthday_leap", "mar1", "mar1"},
    {"birthday_leap", "feb29", NULL},
    {"channel_id", "", ""},
    {"channel_id", "-1001234567890", "-1001234567890"},
    {"channel_id", "@dvorik", "@dvorik"},
    {"channel_id", "dvorik", NULL},
    {"channel_id", "1001234567890", NULL},
    {"channel_id", "@a", NULL},
    {"channel_id", "@dvorik'--", NULL},
    {"channel_id", "-99999999999999999999999", NULL},
    {"channel_url", "https://t.example/dvorik", "https://t.example/dvorik"},
    {"channel_url", "http://t.example/dvorik", NULL},
    {"channel_url", "javascript:alert(1)", NULL},
    {"channel_url", "https://", NULL},
    {"channel_url", "https://a\"b", NULL},
    {"client_bot_username", "@dvorik_bot", "dvorik_bot"},
    {"client_bot_username", "dvorik_bot", "dvorik_bot"},
    {"client_bot_username", "9bot", NULL},
    {"brand_name", "Мармеладный Дворик \xF0\x9F\x8D\xAC",
     "Мармеладный Дворик \xF0\x9F\x8D\xAC"},
    {"brand_name", "", NULL},
    {"brand_name", "two\nlines", NULL},
    {"brand_name", "\xFF", NULL},
    {"consent_text_en", "A text of\ntwo lines, long enough.",
     "A text of\ntwo lines, long enough."},
    {"consent_text_en", "too short", NULL},
};

static void what_people_write_becomes_one_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
        struct buf out = {0};
        const char *why = "";
        enum status st = setting_parse(setting_find(written[i].name),
                                       written[i].written, &out, &why);

        if ((st == ST_OK) != (written[i].stored != NULL))
            fail_msg("%s = '%s': %s", written[i].name, written[i].written,
                     status_name(st));
        if (st == ST_OK)
            assert_string_equal(out.len > 0 ? out.s : "", written[i].stored);
        else
            assert_non_null(strstr(why, written[i].name));
        buf_free(&out);
    }
}

static void a_text_fits_its_place(void **state)
{
    const struct setting *page = setting_find("consent_text_ru");
    struct buf long_one = {0}, out = {0};
    const char *why;

    (void)state;
    for (int i = 0; i < 1024; i++) /* 2048 bytes: all but the NUL */
        buf_adds(&long_one, "ы");
    assert_int_equal(setting_parse(page, long_one.s, &out, &why), ST_OK);
    assert_int_equal(setting_put(page, long_one.s, &set), ST_OK);
    assert_string_equal(set.consent_text_ru, long_one.s);
    buf_adds(&long_one, "ы");
    assert_int_equal(setting_put(page, long_one.s, &set), ST_BAD);
    assert_int_equal(strlen(set.consent_text_ru), 2048);
    buf_free(&long_one);
    buf_free(&out);
}

static void stored_forms_go_to_their_places(void **state)
{
    (void)state;
    assert_int_equal(setting_put(setting_find("quiet_from"), "22:30", &set), ST_OK);
    assert_int_equal(set.quiet_from, 22 * 60 + 30);
    assert_int_equal(setting_put(setting_find("birthday_leap"), "mar1", &set), ST_OK);
    assert_int_equal(set.birthday_leap, SETTING_MAR1);
    assert_int_equal(setting_put(setting_find("subscription_gate"), "0", &set), ST_OK);
    assert_false(set.subscription_gate);
    assert_int_equal(setting_put(setting_find("discount_days"), "x", &set), ST_BAD);
    assert_int_equal(set.discount_days, 30);
    assert_int_equal(setting_number(setting_find("birthday_leap"), &set), 1);
    assert_int_equal(setting_number(setting_find("subscription_gate"), &set), 0);
    assert_int_equal(setting_number(setting_find("quiet_from"), &set), 22 * 60 + 30);
    assert_false(setting_is_number(SETTING_IS_TEXT));
    assert_false(setting_is_number(SETTING_IS_CHANNEL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_valid_and_canonical),
        cmocka_unit_test_setup(defaults_are_the_ones_we_promise, start),
        cmocka_unit_test(what_people_write_becomes_one_form),
        cmocka_unit_test_setup(a_text_fits_its_place, start),
        cmocka_unit_test_setup(stored_forms_go_to_their_places, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
