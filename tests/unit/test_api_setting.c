/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Settings as JSON: each as its schema says, and of a secret only that it is set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/openapi.h"
#include "api/settings.h"
#include "tests/harness/schema.h"

#include <string.h>

static void each_is_as_described(void **state)
{
    const char *why = "";
    struct json *description = openapi_make(&why);
    const struct json *schema = json_get(description, "components.schemas.setting");

    (void)state;
    assert_non_null(schema);
    for (size_t i = 0; i < setting_count; i++) {
        const struct setting *s = &setting_table[i];
        const struct setting_now now = {.stored = s->standard,
                                        .version = 3,
                                        .updated_at = 1795129200000000,
                                        .updated_by = "owner:1"};
        struct json *o = setting_json(s, &now, TONGUE_EN);
        struct buf wrong = {0};

        if (!schema_fits(description, schema, o, &wrong))
            fail_msg("%s: %s", s->name, wrong.s);
        assert_string_equal(json_text(o, "updated_at", NULL), "2026-11-19T23:00:00Z");
        assert_string_equal(json_text(o, "help", NULL), s->help_en);
        json_free(o);
    }
    json_free(description);
}

static void a_secret_is_never_shown(void **state)
{
    struct setting s = *setting_find("brand_name");
    struct setting_now now = {.stored = "hush-hush", .version = 1, .updated_by = "cli"};
    struct json *o;

    (void)state;
    s.secret = true;
    s.standard = "";
    o = setting_json(&s, &now, TONGUE_RU);
    assert_null(strstr(json_print(o), "hush"));
    assert_string_equal(json_text(o, "value", NULL), "***");
    assert_true(json_bool_or(o, "secret", false));
    json_free(o);
    now.stored = "";
    o = setting_json(&s, &now, TONGUE_RU);
    assert_null(json_text(o, "value", NULL)); /* not set */
    json_free(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_as_described),
        cmocka_unit_test(a_secret_is_never_shown),
    };

    return cmocka_run_group_tests_name("api setting", tests, NULL, NULL);
}
