/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * How long the photo of a QR code takes: scan_photo on colour JPEGs of 1280 * 960, as a
 * messenger sends a phone's photo: a code held straight, one turned by 20 degrees in the
 * corner, one in a dim shop (noise), and a photo without any. The baseline is the same
 * file through libjpeg (grey) and ZBar (QR alone) in a bare loop: one look, no limits,
 * no second try. */
#include "core/base/clock.h"
#include "core/io/png.h"
#include "core/io/qr.h"
#include "core/io/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jpeglib.h>
#include <zbar.h>

#define WIDTH 1280
#define HEIGHT 960
#define ROUNDS 60

static const char code[] =
    "https://t.me/exmpl_kassa_bot?start=q_Zm9vYmFyYmF6cXV4MTIzNA";

static const struct scene {
    const char *name;
    int x, y, side;      /* centre and width of the code; side 0: there is none */
    double cosine, sine; /* how it is turned */
    int noise;           /* 0 .. 255 */
} scenes[] = {
    {"straight", 640, 480, 420, 1, 0, 12},
    {"turned", 960, 640, 300, 0.939693, 0.342020, 12},
    {"dim", 600, 500, 360, 0.996195, 0.087156, 90},
    {"none", 0, 0, 0, 1, 0, 60},
};

static void need(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "bench_scan: %s\n", what);
    exit(1);
}

/* ---- a photo --------------------------------------------------------------------- */

/* The same grain each time. */
static int grain(int most)
{
    static uint32_t s = 2463534242;

    s ^= s << 13;
    s ^= s >> 17;
    s ^= s << 5;
    return most > 0 ? (int)(s % (uint32_t)most) - most / 2 : 0;
}

static int shade_at(const struct scene *sc, const struct grey *qr, int px, int py)
{
    int ground = 120 + (px / 97 % 2) * 40 + (py / 71 % 2) * 30; /* a till, tiles */
    double k = sc->side > 0 ? (double)qr->width / sc->side : 0;
    int sx, sy;

    if (sc->side == 0)
        return ground;
    sx = (int)(((px - sc->x) * sc->cosine + (py - sc->y) * sc->sine) * k +
               qr->width / 2.0);
    sy = (int)(((py - sc->y) * sc->cosine - (px - sc->x) * sc->sine) * k +
               qr->height / 2.0);
    if (sx < 0 || sy < 0 || sx >= qr->width || sy >= qr->height)
        return ground;
    return qr->pixels[sy * qr->width + sx] > 127 ? 225 : 30;
}

static void draw(const struct scene *sc, const struct grey *qr, uint8_t *rgb)
{
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            for (int c = 0; c < 3; c++) {
                int v = shade_at(sc, qr, x, y) + grain(sc->noise) - 6 * c;

                rgb[(y * WIDTH + x) * 3 + c] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
            }
}

struct photo {
    unsigned char *bytes;
    unsigned long n;
};

static struct photo compress(uint8_t *rgb)
{
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr errors;
    struct photo p = {0};

    c.err = jpeg_std_error(&errors);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, &p.bytes, &p.n);
    c.image_width = WIDTH;
    c.image_height = HEIGHT;
    c.input_components = 3;
    c.in_color_space = JCS_RGB;
    jpeg_set_defaults(&c);
    jpeg_set_quality(&c, 87, TRUE);
    jpeg_start_compress(&c, TRUE);
    while (c.next_scanline < HEIGHT) {
        JSAMPROW row = rgb + (size_t)c.next_scanline * WIDTH * 3;

        jpeg_write_scanlines(&c, &row, 1);
    }
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    return p;
}

static struct photo photo_of(const struct scene *sc)
{
    uint8_t *rgb = malloc((size_t)WIDTH * HEIGHT * 3);
    struct buf png = {0};
    struct grey qr = {0};
    struct photo p;

    need(rgb != NULL && qr_png(code, strlen(code), &png) == ST_OK &&
             png_read_grey(png.s, png.len, 4000000, &qr) == ST_OK,
         "no picture");
    draw(sc, &qr, rgb);
    p = compress(rgb);
    free(qr.pixels);
    free(rgb);
    buf_free(&png);
    return p;
}

/* ---- the two ways ---------------------------------------------------------------- */

static bool ours(const struct photo *p)
{
    struct scan_result r;

    need(scan_photo(p->bytes, p->n, &r) == ST_OK, "no memory");
    return r.found == SCAN_ONE && strcmp(r.text, code) == 0;
}

static bool look(uint8_t *grey)
{
    zbar_image_scanner_t *scanner = zbar_image_scanner_create();
    zbar_image_t *image = zbar_image_create();
    int n;

    zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
    zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
    zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
    zbar_image_set_size(image, WIDTH, HEIGHT);
    zbar_image_set_data(image, grey, (size_t)WIDTH * HEIGHT, NULL);
    n = zbar_scan_image(scanner, image);
    zbar_image_destroy(image);
    zbar_image_scanner_destroy(scanner);
    return n > 0;
}

static bool bare(const struct photo *p)
{
    static uint8_t grey[(size_t)WIDTH * HEIGHT];
    struct jpeg_decompress_struct d;
    struct jpeg_error_mgr errors;

    d.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&d);
    jpeg_mem_src(&d, p->bytes, p->n);
    jpeg_read_header(&d, TRUE);
    d.out_color_space = JCS_GRAYSCALE;
    jpeg_start_decompress(&d);
    while (d.output_scanline < d.output_height) {
        JSAMPROW row = grey + (size_t)d.output_scanline * WIDTH;

        jpeg_read_scanlines(&d, &row, 1);
    }
    jpeg_finish_decompress(&d);
    jpeg_destroy_decompress(&d);
    return look(grey);
}

/* ---- the clock ------------------------------------------------------------------- */

static int order(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void measure(const char *what, const struct scene *sc, const struct photo *p,
                    bool (*way)(const struct photo *p))
{
    double ms[ROUNDS];
    bool found = false;

    for (int i = 0; i < ROUNDS; i++) {
        int64_t from = clock_now();

        found = way(p);
        ms[i] = (double)(clock_now() - from) / MS;
    }
    qsort(ms, ROUNDS, sizeof(ms[0]), order);
    printf("scan.%s.%s.p50 %.1f ms\n", what, sc->name, ms[ROUNDS / 2]);
    printf("scan.%s.%s.p99 %.1f ms\n", what, sc->name, ms[ROUNDS - 1]);
    if (way == ours)
        need(found == (sc->side > 0), "read wrong");
    else if (!found && sc->side > 0)
        printf("# the bare loop does not find the code of \"%s\"\n", sc->name);
}

int main(void)
{
    printf("# photos of %d * %d, JPEG quality 87, %d rounds; bound: 100 ms\n", WIDTH,
           HEIGHT, ROUNDS);
    for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++) {
        struct photo p = photo_of(&scenes[i]);

        measure("photo", &scenes[i], &p, ours);
        measure("bare", &scenes[i], &p, bare);
        free(p.bytes);
    }
    return 0;
}
