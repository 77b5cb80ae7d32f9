/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Our own QR pictures, turned into what a phone and a messenger make of them, read
 * back; and files that mean harm. */
#include "core/io/png.h"
#include "core/io/qr.h"
#include "core/io/scan.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jpeglib.h>

static const char code[] =
    "https://t.me/exmpl_kassa_bot?start=q_Zm9vYmFyYmF6cXV4MTIzNA";

/* ---- making photos -------------------------------------------------------------- */

static struct grey qr_grey(const char *text)
{
    struct buf png = {0};
    struct grey g;

    assert_int_equal(qr_png(text, strlen(text), &png), ST_OK);
    assert_int_equal(png_read_grey(png.s, png.len, 1000 * 1000, &g), ST_OK);
    buf_free(&png);
    return g;
}

static struct grey paper(int width, int height, int shade)
{
    struct grey g = {width, height, malloc((size_t)width * (size_t)height)};

    assert_non_null(g.pixels);
    memset(g.pixels, shade, (size_t)width * (size_t)height);
    return g;
}

/* Lays `what` on `on`: centre at x, y, side pixels wide, turned by angle. */
static void lay(struct grey *on, const struct grey *what, int x, int y, int side,
                double angle)
{
    double k = (double)what->width / side, c = cos(angle) * k, s = sin(angle) * k;

    for (int py = 0; py < on->height; py++)
        for (int px = 0; px < on->width; px++) {
            int sx = (int)floor((px - x) * c + (py - y) * s + what->width / 2.0);
            int sy = (int)floor((py - y) * c - (px - x) * s + what->height / 2.0);

            if (sx >= 0 && sy >= 0 && sx < what->width && sy < what->height)
                on->pixels[(size_t)py * (size_t)on->width + (size_t)px] =
                    what->pixels[(size_t)sy * (size_t)what->width + (size_t)sx];
        }
}

static void make_noise(struct grey *g, int strength)
{
    uint32_t x = 12345;

    for (size_t i = 0; i < (size_t)g->width * (size_t)g->height; i++) {
        int v;

        x = x * 1664525u + 1013904223u;
        v = g->pixels[i] / 2 + 50 + (int)(x >> 16) % strength - strength / 2;
        g->pixels[i] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
    }
}

struct photo {
    unsigned char *bytes;
    unsigned long n;
};

static struct photo jpeg_of(struct grey *g, int quality, bool progressive)
{
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr errors;
    struct photo p = {0};

    c.err = jpeg_std_error(&errors);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, &p.bytes, &p.n);
    c.image_width = (unsigned)g->width;
    c.image_height = (unsigned)g->height;
    c.input_components = 1;
    c.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&c);
    jpeg_set_quality(&c, quality, TRUE);
    if (progressive)
        jpeg_simple_progression(&c);
    jpeg_start_compress(&c, TRUE);
    while (c.next_scanline < c.image_height) {
        JSAMPROW row = g->pixels + (size_t)c.next_scanline * (size_t)g->width;

        jpeg_write_scanlines(&c, &row, 1);
    }
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    return p;
}

static struct scan_result scan(const void *bytes, size_t n)
{
    struct scan_result r;

    assert_int_equal(scan_photo(bytes, n, &r), ST_OK);
    return r;
}

/* Takes g over. */
static struct scan_result scan_jpeg(struct grey g, int quality, bool progressive)
{
    struct photo p = jpeg_of(&g, quality, progressive);
    struct scan_result r = scan(p.bytes, p.n);

    free(p.bytes);
    free(g.pixels);
    return r;
}

static void assert_is_code(struct scan_result r)
{
    assert_int_equal(r.found, SCAN_ONE);
    assert_int_equal(r.n, sizeof(code) - 1);
    assert_string_equal(r.text, code);
}

/* ---- what is read --------------------------------------------------------------- */

static void test_png_as_we_send_it(void **state)
{
    struct buf png = {0};

    (void)state;
    assert_int_equal(qr_png(code, sizeof(code) - 1, &png), ST_OK);
    assert_is_code(scan(png.s, png.len));
    buf_free(&png);
}

static void test_jpeg_of_it(void **state)
{
    (void)state;
    assert_is_code(scan_jpeg(qr_grey(code), 90, false));
    assert_is_code(scan_jpeg(qr_grey(code), 20, true));
}

static void test_turned_small_and_noisy(void **state)
{
    static const double angles[] = {0.1, 0.5, 0.79, 1.57, 2.5, 3.14, 5.0};
    struct grey qr = qr_grey(code);

    (void)state;
    for (size_t i = 0; i < sizeof(angles) / sizeof(angles[0]); i++) {
        struct grey g = paper(960, 1280, 200);

        lay(&g, &qr, 500, 700, 300, angles[i]);
        make_noise(&g, 60);
        assert_is_code(scan_jpeg(g, 70, false));
    }
    free(qr.pixels);
}

/* Sent as a file: four thousand pixels wide, the code a twelfth of it. */
static void test_small_code_on_a_large_photo(void **state)
{
    struct grey g = paper(4000, 3000, 220), qr = qr_grey(code);

    (void)state;
    lay(&g, &qr, 3000, 1500, 330, 0.3);
    assert_is_code(scan_jpeg(g, 80, false));
    free(qr.pixels);
}

static void test_white_on_black(void **state)
{
    struct grey g = paper(800, 800, 255), qr = qr_grey(code);

    (void)state;
    lay(&g, &qr, 400, 400, 400, 0);
    for (size_t i = 0; i < 800 * 800; i++)
        g.pixels[i] = (uint8_t)(255 - g.pixels[i]);
    assert_is_code(scan_jpeg(g, 80, false));
    free(qr.pixels);
}

static void test_the_same_code_twice_is_one(void **state)
{
    struct grey g = paper(1200, 700, 255), qr = qr_grey(code);

    (void)state;
    lay(&g, &qr, 300, 350, 450, 0);
    lay(&g, &qr, 900, 350, 450, 0.2);
    assert_is_code(scan_jpeg(g, 80, false));
    free(qr.pixels);
}

static void test_two_codes_are_refused(void **state)
{
    struct grey g = paper(1200, 700, 255), a = qr_grey(code), b = qr_grey("another");

    (void)state;
    lay(&g, &a, 300, 350, 450, 0);
    lay(&g, &b, 900, 350, 450, 0);
    assert_int_equal(scan_jpeg(g, 80, false).found, SCAN_SEVERAL);
    free(a.pixels);
    free(b.pixels);
}

static void test_no_code(void **state)
{
    struct grey g = paper(640, 480, 128);

    (void)state;
    make_noise(&g, 200);
    assert_int_equal(scan_jpeg(g, 80, false).found, SCAN_NOTHING);
}

/* ---- what is refused ------------------------------------------------------------ */

static void test_no_picture(void **state)
{
    static const char *const files[] = {"",
                                        "x",
                                        "\xFF\xD8",
                                        "\xFF\xD8\xFF\xE0garbage",
                                        "GIF89a",
                                        "\x89PNG\r\n\x1a\n",
                                        "\x89PNG\r\n\x1a\nand no more than that"};

    (void)state;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        assert_int_equal(scan(files[i], strlen(files[i])).found, SCAN_UNREADABLE);
}

static void test_too_many_bytes(void **state)
{
    char *file = calloc(1, SCAN_BYTES_MAX + 1);

    (void)state;
    assert_non_null(file);
    assert_int_equal(scan(file, SCAN_BYTES_MAX + 1).found, SCAN_TOO_LARGE);
    free(file);
}

/* A few bytes that promise 65500 * 65500 pixels. */
static void test_too_many_pixels(void **state)
{
    struct photo p = {0};
    struct grey g = paper(64, 64, 255);
    bool patched = false;

    (void)state;
    p = jpeg_of(&g, 80, true);
    free(g.pixels);
    for (unsigned long i = 2; i + 9 < p.n && !patched; i++)
        if (p.bytes[i] == 0xFF && p.bytes[i + 1] == 0xC2) {
            memset(p.bytes + i + 5, 0xFF, 4);
            patched = true;
        }
    assert_true(patched);
    assert_int_not_equal(scan(p.bytes, p.n).found, SCAN_ONE);
    for (unsigned long i = 2; i + 9 < p.n; i++)
        if (p.bytes[i] == 0xFF && p.bytes[i + 1] == 0xC2) {
            p.bytes[i + 5] = p.bytes[i + 7] = 0xFE;
            break;
        }
    assert_int_equal(scan(p.bytes, p.n).found, SCAN_TOO_LARGE);
    free(p.bytes);
}

static uint32_t crc32_png(const unsigned char *p, size_t n)
{
    uint32_t c = 0xFFFFFFFF;

    for (size_t i = 0; i < n; i++) {
        c ^= p[i];
        for (int k = 0; k < 8; k++)
            c = c & 1 ? 0xEDB88320 ^ (c >> 1) : c >> 1;
    }
    return ~c;
}

static void test_png_of_too_many_pixels(void **state)
{
    struct buf png = {0};
    uint32_t crc;

    (void)state;
    assert_int_equal(qr_png(code, sizeof(code) - 1, &png), ST_OK);
    memcpy(png.s + 16, "\0\0\x20\0\0\0\x20\0", 8); /* 8192 * 8192 */
    crc = crc32_png((unsigned char *)png.s + 12, 17);
    for (int i = 0; i < 4; i++)
        png.s[29 + i] = (char)(crc >> (24 - 8 * i));
    assert_int_equal(scan(png.s, png.len).found, SCAN_TOO_LARGE);
    buf_free(&png);
}

/* Cut at every length, and with every byte wrong: any answer but a crash or a leak. */
static void torture(const unsigned char *bytes, size_t n, size_t step)
{
    unsigned char *copy = malloc(n);

    assert_non_null(copy);
    for (size_t cut = 0; cut < n; cut += step)
        assert_in_range(scan(bytes, cut).found, SCAN_NOTHING, SCAN_TOO_LARGE);
    for (size_t i = 0; i < n; i += step) {
        memcpy(copy, bytes, n);
        copy[i] ^= 0xFF;
        assert_in_range(scan(copy, n).found, SCAN_NOTHING, SCAN_TOO_LARGE);
    }
    free(copy);
}

static void test_broken_files(void **state)
{
    struct grey qr = qr_grey(code), g = paper(160, 160, 255);
    struct buf png = {0};
    struct photo p;

    (void)state;
    lay(&g, &qr, 80, 80, 150, 0);
    p = jpeg_of(&g, 60, false);
    torture(p.bytes, p.n, 7);
    free(p.bytes);
    p = jpeg_of(&g, 60, true);
    torture(p.bytes, p.n, 7);
    free(p.bytes);
    assert_int_equal(qr_png(code, sizeof(code) - 1, &png), ST_OK);
    torture((unsigned char *)png.s, png.len, 5);
    buf_free(&png);
    free(g.pixels);
    free(qr.pixels);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_png_as_we_send_it),
        cmocka_unit_test(test_jpeg_of_it),
        cmocka_unit_test(test_turned_small_and_noisy),
        cmocka_unit_test(test_small_code_on_a_large_photo),
        cmocka_unit_test(test_white_on_black),
        cmocka_unit_test(test_the_same_code_twice_is_one),
        cmocka_unit_test(test_two_codes_are_refused),
        cmocka_unit_test(test_no_code),
        cmocka_unit_test(test_no_picture),
        cmocka_unit_test(test_too_many_bytes),
        cmocka_unit_test(test_too_many_pixels),
        cmocka_unit_test(test_png_of_too_many_pixels),
        cmocka_unit_test(test_broken_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
