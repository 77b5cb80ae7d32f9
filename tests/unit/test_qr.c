/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/png.h"
#include "core/io/qr.h"

#include <qrencode.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char link_of_a_code[] = "https://t.me/exmpl_kassa_bot?start=q_"
                                     "Zm9vYmFyYmF6cXV4MTIzNA";

static struct grey picture_of(const char *text)
{
    struct buf png = {0};
    struct grey g;

    assert_int_equal(qr_png(text, strlen(text), &png), ST_OK);
    assert_int_equal(png_read_grey(png.s, png.len, 1000 * 1000, &g), ST_OK);
    assert_true(png.len < 4096);
    buf_free(&png);
    return g;
}

static int scale_of(const struct grey *g, int modules)
{
    assert_int_equal(g->width % (modules + 2 * QR_QUIET), 0);
    return g->width / (modules + 2 * QR_QUIET);
}

static void test_picture_is_square_and_large(void **state)
{
    struct grey g = picture_of(link_of_a_code);

    (void)state;
    assert_int_equal(g.width, g.height);
    assert_in_range(g.width, QR_SIDE_MIN, 2 * QR_SIDE_MIN);
    free(g.pixels);
}

/* Every pixel is that of the module it belongs to, and the margin is white. */
static void test_pixels_are_the_modules(void **state)
{
    struct grey g = picture_of(link_of_a_code);
    QRcode *code =
        QRcode_encodeData((int)strlen(link_of_a_code),
                          (const unsigned char *)link_of_a_code, 4, QR_ECLEVEL_M);
    int scale;

    (void)state;
    assert_non_null(code);
    assert_int_equal(code->version, 4);
    scale = scale_of(&g, code->width);
    for (int y = 0; y < g.height; y++)
        for (int x = 0; x < g.width; x++) {
            int mx = x / scale - QR_QUIET, my = y / scale - QR_QUIET;
            bool inside = mx >= 0 && my >= 0 && mx < code->width && my < code->width;
            bool black = inside && (code->data[my * code->width + mx] & 1) != 0;

            if (g.pixels[y * g.width + x] != (black ? 0 : 255))
                fail_msg("pixel %d,%d", x, y);
        }
    QRcode_free(code);
    free(g.pixels);
}

/* Our table of what fits against the library's own choice, for every length. */
static void test_smallest_version_for_each_length(void **state)
{
    char text[QR_TEXT_MAX + 1];

    (void)state;
    memset(text, 'a', sizeof(text));
    for (int n = 1; n <= QR_TEXT_MAX; n += n < 60 ? 1 : 13) {
        QRcode *m = QRcode_encodeData(n, (unsigned char *)text, 0, QR_ECLEVEL_M);
        struct grey g;

        text[n] = '\0';
        g = picture_of(text);
        text[n] = 'a';
        assert_non_null(m);
        assert_true(scale_of(&g, m->width) >= 6);
        QRcode_free(m);
        free(g.pixels);
    }
}

/* At every edge of the table: one byte more needs the next version. */
static void test_edges_of_versions(void **state)
{
    static const int last[] = {14,  26,  42,  62,  84,  106, 122, 152, 180,
                               213, 251, 287, 331, 362, 412, 450, 504};
    char text[QR_TEXT_MAX + 1];

    (void)state;
    memset(text, 'a', sizeof(text));
    for (int v = 1; v <= 17; v++) {
        struct grey g;

        text[last[v - 1]] = '\0';
        g = picture_of(text);
        text[last[v - 1]] = 'a';
        scale_of(&g, 17 + 4 * v);
        free(g.pixels);
    }
}

/* The two bits beside the upper left eye that name the level, under the standard's mask
 * (ISO 18004, 7.9): L 01, M 00, Q 11, H 10. */
static int level_of(const struct grey *g, int modules)
{
    int scale = scale_of(g, modules), bits = 0;

    for (int x = 0; x < 2; x++) {
        int px = (QR_QUIET + x) * scale, py = (QR_QUIET + 8) * scale;

        bits = bits << 1 | (g->pixels[py * g->width + px] == 0);
    }
    return bits ^ 2;
}

static void test_the_level_is_m_or_better(void **state)
{
    static const struct {
        const char *text;
        int modules, level;
    } codes[] = {
        {link_of_a_code, 33, 0}, /* 59 bytes: version 4, M */
        {"7K3F99QXAF", 21, 3},   /* version 1 has room for Q */
        {"twelve bytes", 21, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        struct grey g = picture_of(codes[i].text);

        assert_int_equal(level_of(&g, codes[i].modules), codes[i].level);
        free(g.pixels);
    }
}

/* Four empty modules on each side, all white. */
static void test_the_margin(void **state)
{
    struct grey g = picture_of(link_of_a_code);
    int margin = 4 * scale_of(&g, 33);

    (void)state;
    for (int y = 0; y < g.height; y++)
        for (int x = 0; x < g.width; x++)
            if (x < margin || y < margin || x >= g.width - margin ||
                y >= g.height - margin)
                assert_int_equal(g.pixels[y * g.width + x], 255);
    assert_int_equal(g.pixels[margin * g.width + margin], 0); /* and there it begins */
    free(g.pixels);
}

static void test_what_does_not_fit(void **state)
{
    char text[QR_TEXT_MAX + 2];
    struct buf png = {0};

    (void)state;
    memset(text, 'a', sizeof(text));
    assert_int_equal(qr_png(text, QR_TEXT_MAX + 1, &png), ST_BAD);
    assert_int_equal(qr_png(text, 0, &png), ST_BAD);
    assert_int_equal(qr_png("a\0b", 3, &png), ST_BAD);
    assert_int_equal(png.len, 0);
    buf_free(&png);
}

static void test_adds_to_what_is_there(void **state)
{
    struct buf png = {0};

    (void)state;
    buf_adds(&png, "before");
    assert_int_equal(qr_png("x", 1, &png), ST_OK);
    assert_memory_equal(png.s, "before\x89PNG", 10);
    buf_free(&png);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_picture_is_square_and_large),
        cmocka_unit_test(test_pixels_are_the_modules),
        cmocka_unit_test(test_smallest_version_for_each_length),
        cmocka_unit_test(test_edges_of_versions),
        cmocka_unit_test(test_the_level_is_m_or_better),
        cmocka_unit_test(test_the_margin),
        cmocka_unit_test(test_what_does_not_fit),
        cmocka_unit_test(test_adds_to_what_is_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
