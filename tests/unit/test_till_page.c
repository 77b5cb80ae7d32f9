/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The till's page: forms as browsers send them, and as they do not; every view in both
 * languages, with hostile names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/till_private.h"
#include "core/base/clock.h"

#include <stdio.h>
#include <string.h>

static bool reads(const char *body, struct till_form *f)
{
    return till_form_read(body, strlen(body), f);
}

static void test_forms(void **state)
{
    struct till_form f;

    (void)state;
    assert_true(reads("do=check&code=7K3F9-9QXAF", &f));
    assert_int_equal(f.act, TILL_CHECK);
    assert_string_equal(f.code, "7K3F9-9QXAF");
    assert_false(f.take);
    assert_true(reads("code=a+b%26c%3D%D0%B6&do=check&take=1", &f));
    assert_string_equal(f.code, "a b&c=ж");
    assert_true(f.take);
    assert_true(reads("do=sum&nonce=0123456789&sum=1%20250%2c50", &f));
    assert_string_equal(f.sum, "1 250,50");
    assert_true(reads("do=enter&number=7&pin=2580&", &f));
    assert_string_equal(f.pin, "2580");
    assert_true(reads("do=look&do=press", &f)); /* the last one counts */
    assert_int_equal(f.act, TILL_PRESS);
}

static void test_forms_of_nobody(void **state)
{
    static const char *const bad[] = {"",           "do",      "do=",      "do=pay",
                                      "&&&&",       "=",       "code=abc", "do=chec%6",
                                      "do=%00look", "%64o=%zz"};
    struct till_form f;
    char body[1000];

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(reads(bad[i], &f));
    memset(body, 'x', sizeof(body));
    memcpy(body, "do=check&code=", 14);
    body[sizeof(body) - 1] = '\0';
    assert_true(reads(body, &f)); /* too long a value is none */
    assert_string_equal(f.code, "");
    assert_true(reads("do=check&code=a%00b", &f));
    assert_string_equal(f.code, "");
    assert_true(reads("%64%6F=look&pin=%", &f));
    assert_string_equal(f.pin, "");
}

#define HOSTILE "<b>&\"'</b><script>"

static struct till_view hostile(enum till_view_kind kind, enum till_word word,
                                bool english)
{
    struct till_view v = {
        .kind = kind, .word = word, .english = english, .n_stores = 1};

    snprintf(v.name, sizeof(v.name), "%s", HOSTILE);
    snprintf(v.store, sizeof(v.store), "%s", HOSTILE);
    snprintf(v.code, sizeof(v.code), "%s", HOSTILE);
    snprintf(v.stores[0].name, sizeof(v.stores[0].name), "%s", HOSTILE);
    snprintf(v.card.customer, sizeof(v.card.customer), "%s", HOSTILE);
    snprintf(v.card.held_by, sizeof(v.card.held_by), "%s", HOSTILE);
    snprintf(v.card.store, sizeof(v.card.store), "%s", HOSTILE);
    snprintf(v.card.used.by, sizeof(v.card.used.by), "%s", HOSTILE);
    snprintf(v.card.used.store, sizeof(v.card.used.store), "%s", HOSTILE);
    v.card.used.id = v.card.discount.id = 1;
    v.card.amount = 100000;
    v.card.off = 10000;
    v.receipt.amount = -1;
    snprintf(v.receipt.customer, sizeof(v.receipt.customer), "%s", HOSTILE);
    snprintf(v.receipt.store, sizeof(v.receipt.store), "%s", HOSTILE);
    return v;
}

static void is_whole(const struct till_view *v, const struct tz *tz)
{
    struct buf b = {0};

    till_page_add(&b, v, tz);
    assert_false(b.failed);
    assert_non_null(strstr(b.s, "</html>"));
    assert_null(strstr(b.s, "<script"));
    assert_null(strstr(b.s, "<b>&\""));
    assert_null(strstr(b.s, "(null)"));
    assert_null(strstr(b.s, "<p class=\"say\"></p>"));
    buf_free(&b);
}

static void test_every_view_with_hostile_names(void **state)
{
    struct tz *tz = tz_open("Asia/Vladivostok");
    int kind, word, verdict, english;

    (void)state;
    assert_non_null(tz);
    for (english = 0; english < 2; english++)
        for (kind = VIEW_LOGIN; kind <= VIEW_RECEIPT; kind++)
            for (word = WORD_NONE; word < WORD_COUNT; word++)
                for (verdict = VERDICT_USED; verdict < VERDICT_COUNT; verdict++) {
                    struct till_view v = hostile(kind, word, english != 0);

                    v.card.verdict = verdict;
                    is_whole(&v, tz);
                }
    tz_close(tz);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_forms_of_nobody),
        cmocka_unit_test(test_every_view_with_hostile_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
