/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A code however it comes: pasted, from a scanner with the wrong layout, as a file; and
 * what is said of a slip. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/till_people.h"

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/utf.h"
#include "core/io/png.h"
#include "core/io/qr.h"
#include "core/io/scan.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char link_text[200];

static int at_the_till(void **state)
{
    opened(state);
    snprintf(link_text, sizeof(link_text), "%s", last_link(&ANNA));
    opens_shift(&OLGA);
    return 0;
}

/* ---- typed by a machine --------------------------------------------------------- */

static void test_a_link_pasted_or_scanned(void **state)
{
    char text[300];

    (void)state;
    says(&OLGA, link_text);
    told_like(&OLGA, "✅ Скидка <b>10");
    snprintf(text, sizeof(text), "Вот мой код: %s спасибо!\n", link_text);
    says(&OLGA, text);
    told_like(&OLGA, "✅ Скидка <b>10");
    snprintf(text, sizeof(text), "tg://resolve?domain=exmpl_till_bot&%s",
             strstr(link_text, "start="));
    says(&OLGA, text);
    told_like(&OLGA, "✅ Скидка <b>10");
}

/* What the keys of a Latin text write with the Russian layout on. */
static const char *in_russian(const char *latin)
{
    static const char keys[] = "qwertyuiop[]asdfghjkl;'zxcvbnm,.QWERTYUIOP{}ASDFGHJKL:"
                               "\"ZXCVBNM<>/?";
    static const char letters[] =
        "йцукенгшщзхъфывапролджэячсмитьбюЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ.,";
    static char out[600];
    size_t n = 0;

    for (; *latin != '\0'; latin++) {
        const char *at = strchr(keys, *latin), *l = letters;
        size_t len = 1;

        if (at != NULL) {
            for (ptrdiff_t i = 0; i < at - keys; i++)
                l += utf_char_len(l, strlen(l));
            len = utf_char_len(l, strlen(l));
        }
        memcpy(out + n, at != NULL ? l : latin, len);
        n += len;
    }
    out[n] = '\0';
    return out;
}

static void test_a_scanner_in_the_russian_layout(void **state)
{
    (void)state;
    assert_int_equal(strncmp(in_russian("https://t.me/"), "реезыЖ..еюьу.", 23), 0);
    says(&OLGA, in_russian(link_text));
    told_like(&OLGA, "✅ Скидка <b>10");
    says(&OLGA, in_russian(code));
    told_like(&OLGA, "✅ Скидка <b>10");
}

static void test_a_scanner_with_caps_lock(void **state)
{
    char text[200];

    (void)state;
    snprintf(text, sizeof(text), "%s", link_text);
    for (char *s = text; *s != '\0'; s++)
        *s = (char)(isupper((unsigned char)*s) ? tolower((unsigned char)*s)
                                               : toupper((unsigned char)*s));
    says(&OLGA, text);
    told_like(&OLGA, "✅ Скидка <b>10");
    says(&OLGA, in_russian(text));
    told_like(&OLGA, "✅ Скидка <b>10");
}

/* ---- a slip --------------------------------------------------------------------- */

/* A code of no discount, mistyped so that at most two places are in doubt. */
static int slip(char typed[CODE_SYMBOLS + 1])
{
    struct code_doubt d[10];
    int n;

    for (;;) {
        char *b;

        code_new(typed);
        b = strchr(typed, 'B');
        if (b == NULL)
            continue;
        *b = '8';
        n = code_doubts(typed, CODE_SYMBOLS, d, 10);
        if (n == 1 && d[0].meant == 'B')
            return d[0].at;
    }
}

static void test_which_symbol_it_may_be(void **state)
{
    char typed[CODE_SYMBOLS + 1], words[100];
    int at = slip(typed);

    (void)state;
    says(&OLGA, typed);
    told_like(&OLGA, "В коде опечатка");
    snprintf(words, sizeof(words), "знак № %d: вы набрали «8», возможно, там «B»", at);
    told_like(&OLGA, words);
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption_attempt"), 0);
}

/* ---- pictures ------------------------------------------------------------------- */

static struct json *document(const char *mime, int64_t size)
{
    struct json *u = json_new_object(), *m = json_new_object(), *f = json_new_object(),
                *d = json_new_object(), *c = json_new_object();
    static int64_t id = 900000;

    json_set_int(f, "id", OLGA.id);
    json_set_text(f, "first_name", OLGA.name);
    json_set_int(c, "id", OLGA.id);
    json_set_text(c, "type", "private");
    json_set_text(d, "file_id", "BQACdoc");
    json_set_text(d, "mime_type", mime);
    json_set_int(d, "file_size", size);
    json_set_int(m, "message_id", id % 1000);
    json_set_int(m, "date", stage.now / SECOND);
    json_set(m, "from", f);
    json_set(m, "chat", c);
    json_set(m, "document", d);
    json_set_int(u, "update_id", ++id);
    json_set(u, "message", m);
    return u;
}

static void photographs(const char *text)
{
    struct buf png = {0};

    assert_int_equal(qr_png(text, strlen(text), &png), ST_OK);
    sends_photo(&OLGA, png.s, png.len);
    buf_free(&png);
}

/* What stands on the phone is downloaded again: the stage keeps the newest picture. */
static void test_sent_as_a_file(void **state)
{
    (void)state;
    photographs(link_text);
    told_like(&OLGA, "✅ Скидка <b>10");
    sends_voice(&OLGA); /* a new act */
    stage_update("auth", document("image/png", 5000));
    told_like(&OLGA, "✅ Скидка <b>10");
    sends_voice(&OLGA);
    stage_update("auth", document("application/pdf", 5000));
    not_told(&OLGA, "✅ Скидка");
}

static void test_a_file_too_large(void **state)
{
    (void)state;
    sends_voice(&OLGA);
    stage_update("auth", document("image/jpeg", SCAN_BYTES_MAX + 1));
    told_like(&OLGA, "слишком большой");
    told_like(&OLGA, "наберите код");
}

static void test_no_code_in_it(void **state)
{
    (void)state;
    sends_photo(&OLGA, "not a picture", 13);
    told_like(&OLGA, "пришлите снимок файлом");
}

/* Two QR codes side by side on one picture. */
struct pair {
    struct grey half[2];
    uint8_t row[1024];
    int width;
};

static const uint8_t *pair_row(void *arg, int y)
{
    struct pair *p = arg;
    int x = 0;

    memset(p->row, 0xFF, sizeof(p->row));
    for (int h = 0; h < 2; h++)
        for (int i = 0; i < p->half[h].width; i++, x++)
            if (y < p->half[h].height &&
                p->half[h].pixels[y * p->half[h].width + i] < 128)
                p->row[x / 8] &= (uint8_t) ~(0x80 >> (x % 8));
    return p->row;
}

static void half(const char *text, struct grey *out)
{
    struct buf png = {0};

    assert_int_equal(qr_png(text, strlen(text), &png), ST_OK);
    assert_int_equal(png_read_grey(png.s, png.len, SCAN_PIXELS_MAX, out), ST_OK);
    buf_free(&png);
}

static void test_several_codes_in_one_photo(void **state)
{
    struct pair p = {0};
    struct buf png = {0};

    (void)state;
    half(link_text, &p.half[0]);
    half("https://t.me/exmpl_till_bot?start=q_AAAAAAAAAAAAAAAAAAAAAA", &p.half[1]);
    p.width = p.half[0].width + p.half[1].width;
    assert_true(p.width <= (int)sizeof(p.row) * 8);
    assert_int_equal(png_write_bits(p.width, p.half[0].height, pair_row, &p, &png),
                     ST_OK);
    sends_photo(&OLGA, png.s, png.len);
    told_like(&OLGA, "несколько кодов");
    not_told(&OLGA, "✅ Скидка");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption_attempt"), 0);
    buf_free(&png);
    free(p.half[0].pixels);
    free(p.half[1].pixels);
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, at_the_till, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_a_link_pasted_or_scanned),
        A_TEST(test_a_scanner_in_the_russian_layout),
        A_TEST(test_a_scanner_with_caps_lock),
        A_TEST(test_which_symbol_it_may_be),
        A_TEST(test_sent_as_a_file),
        A_TEST(test_a_file_too_large),
        A_TEST(test_no_code_in_it),
        A_TEST(test_several_codes_in_one_photo),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
