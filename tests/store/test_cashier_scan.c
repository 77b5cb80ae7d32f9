/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What the scanner's page has read comes into the conversation at the till, step by
 * step: it is like any other way to read a code, and only for who may. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/till_people.h"

#include "core/base/json.h"
#include "core/loyalty/discount.h"
#include "core/staff/staff.h"

#include <stdio.h>
#include <string.h>

/* The job that api puts; it has read the text to a token or to ten symbols. */
static void scans(const struct person *p, const char *what)
{
    struct json *args = json_new_object();

    json_set_int(args, "from", p->id);
    json_set_text(args, "code", what);
    says(p, "/menu"); /* what follows is what the scan brings */
    stage_job(KIND_BOT_CODE_SCANNED, args);
}

static const char *token(void)
{
    static char word[DISCOUNT_TOKEN + 1];

    snprintf(word, sizeof(word), "%s", strstr(start_link, "q_") + 2);
    return word;
}

static void test_without_a_shift_the_code_waits(void **state)
{
    (void)state;
    scans(&OLGA, token());
    told_like(&OLGA, "Сначала откройте смену");
    presses(&OLGA, "Открыть смену");
    told_like(&OLGA, "Скидка <b>10");
    presses(&OLGA, "Отмена");
}

static void test_the_card_comes_to_who_scanned(void **state)
{
    char symbols[CODE_SYMBOLS + 1];

    (void)state;
    opens_shift(&PETR);
    scans(&OLGA, token());
    told_like(&OLGA, "Скидка <b>10");
    told_nothing(&ANNA);
    presses(&OLGA, "Отмена");
    assert_int_equal(code_read(code, strlen(code), symbols, NULL), CODE_FINE);
    scans(&PETR, symbols);
    told_like(&PETR, "Скидка <b>10");
    scans(&OLGA, symbols);
    not_told(&OLGA, "Применить");
    presses(&PETR, "Применить 10");
    told_like(&PETR, "№ 1");
    scans(&PETR, token());
    told_like(&PETR, "вы уже применили");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), 1);
}

/* Between the api's look and the worker's somebody may be dismissed; and who puts jobs
 * by hand gets no further than a stranger does. */
static void test_rights_are_read_anew(void **state)
{
    int64_t before = counts("SELECT COUNT(*) FROM redemption_attempt");
    struct staff who;

    (void)state;
    scans(&ANNA_AT_TILL, token());
    told_like(&ANNA_AT_TILL, "служебный бот");
    not_told(&ANNA_AT_TILL, "10");
    assert_int_equal(staff_find(stage.db, CHANNEL_MESSENGER, PETR.id, &who), ST_OK);
    assert_int_equal(staff_dismiss(stage.db, stage.now, who.id, 0), ST_OK);
    scans(&PETR, token());
    not_told(&PETR, "10");
    told_like(&PETR, "служебный бот");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption_attempt"), before);
}

static void test_a_code_nobody_has(void **state)
{
    static const char missed[] =
        "SELECT COUNT(*) FROM redemption_attempt WHERE discount_id IS NULL";
    int64_t before = counts(missed);

    (void)state;
    scans(&OLGA, "AAAAAAAAAAAAAAAAAAAAAA");
    told_like(&OLGA, "Такого кода у нас нет");
    assert_int_equal(counts(missed), before + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_a_shift_the_code_waits),
        cmocka_unit_test(test_the_card_comes_to_who_scanned),
        cmocka_unit_test(test_rights_are_read_anew),
        cmocka_unit_test(test_a_code_nobody_has),
    };

    return cmocka_run_group_tests(tests, opened, closed);
}
