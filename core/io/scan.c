/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/scan.h"

#include "core/io/png.h"

#include <setjmp.h>
#include <stdio.h>
#include <jpeglib.h>
#include <stdlib.h>
#include <string.h>
#include <zbar.h>

#define SIDE_LEAST 40   /* smaller than any code with its margin */
#define SIDE_USUAL 1280 /* most codes are found at this size */
#define SIDE_LARGE 2560 /* a small code on a large photo is not */
#define SCANS_MAX 64    /* a photo has ten; thousands are an attack */
/* A progressive photo of 20 megapixels takes 60 MB. */
#define JPEG_MEMORY (96L * 1000 * 1000)

/* ---- JPEG ----------------------------------------------------------------------- */

struct jpeg {
    struct jpeg_decompress_struct cinfo;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf failed;
};

static void on_error(j_common_ptr cinfo)
{
    longjmp(((struct jpeg *)cinfo->client_data)->failed, 1);
}

static void on_message(j_common_ptr cinfo)
{
    (void)cinfo;
}

/* A progressive file may repeat its scans without end, a few bytes each. */
static void on_progress(j_common_ptr cinfo)
{
    if (((j_decompress_ptr)cinfo)->input_scan_number > SCANS_MAX)
        on_error(cinfo);
}

static void jpeg_open(struct jpeg *j, const void *bytes, size_t n)
{
    jpeg_create_decompress(&j->cinfo);
    j->cinfo.client_data = j;
    j->cinfo.mem->max_memory_to_use = JPEG_MEMORY;
    j->progress.progress_monitor = on_progress;
    j->cinfo.progress = &j->progress;
    jpeg_mem_src(&j->cinfo, bytes, n);
    jpeg_read_header(&j->cinfo, TRUE);
}

/* The largest size of eighths that keeps both sides within side_max. */
static void jpeg_shrink(struct jpeg *j, int side_max)
{
    int64_t side = j->cinfo.image_width > j->cinfo.image_height ? j->cinfo.image_width
                                                                : j->cinfo.image_height;
    int eighths = 8;

    while (eighths > 1 && side * eighths / 8 > side_max)
        eighths--;
    j->cinfo.scale_num = (unsigned)eighths;
    j->cinfo.scale_denom = 8;
}

static enum status jpeg_decode(struct jpeg *j, struct grey *out)
{
    j->cinfo.out_color_space = JCS_GRAYSCALE;
    j->cinfo.dct_method = JDCT_IFAST;
    jpeg_start_decompress(&j->cinfo);
    out->width = (int)j->cinfo.output_width;
    out->height = (int)j->cinfo.output_height;
    out->pixels = malloc((size_t)out->width * (size_t)out->height);
    if (out->pixels == NULL)
        return ST_BROKEN;
    while (j->cinfo.output_scanline < j->cinfo.output_height) {
        JSAMPROW row =
            out->pixels + (size_t)j->cinfo.output_scanline * (size_t)out->width;

        jpeg_read_scanlines(&j->cinfo, &row, 1);
    }
    return ST_OK;
}

/* ST_BAD: broken; ST_REFUSED: too many pixels. *shrunk: there is more to see at a
 * larger size. */
static enum status jpeg_read_grey(const void *bytes, size_t n, int side_max,
                                  struct grey *out, bool *shrunk)
{
    struct jpeg j = {0};
    enum status st = ST_BAD;

    j.cinfo.err = jpeg_std_error(&j.errors);
    j.cinfo.client_data = &j;
    j.errors.error_exit = on_error;
    j.errors.output_message = on_message;
    if (setjmp(j.failed) != 0) {
        jpeg_destroy_decompress(&j.cinfo);
        return ST_BAD;
    }
    jpeg_open(&j, bytes, n);
    if ((int64_t)j.cinfo.image_width * j.cinfo.image_height > SCAN_PIXELS_MAX) {
        st = ST_REFUSED;
    } else {
        jpeg_shrink(&j, side_max);
        *shrunk = j.cinfo.scale_num < 8;
        st = jpeg_decode(&j, out);
    }
    jpeg_destroy_decompress(&j.cinfo);
    return st;
}

/* ---- codes ---------------------------------------------------------------------- */

/* The same code twice is one code. One too long to be ours still makes two. */
static void take(struct scan_result *r, const char *text, size_t n)
{
    size_t kept = n < SCAN_TEXT_MAX ? n : SCAN_TEXT_MAX;

    if (r->found == SCAN_NOTHING) {
        memcpy(r->text, text, kept);
        r->text[kept] = '\0';
        r->n = n;
        r->found = SCAN_ONE;
    } else if (r->n != n || memcmp(r->text, text, kept) != 0) {
        r->found = SCAN_SEVERAL;
    }
}

static enum status codes_read(const struct grey *g, struct scan_result *out)
{
    zbar_image_scanner_t *scanner = zbar_image_scanner_create();
    zbar_image_t *image = zbar_image_create();
    enum status st = ST_BROKEN;

    if (scanner == NULL || image == NULL)
        goto out;
    zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
    zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
    zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_TEST_INVERTED, 1);
    zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
    zbar_image_set_size(image, (unsigned)g->width, (unsigned)g->height);
    zbar_image_set_data(image, g->pixels, (size_t)g->width * (size_t)g->height, NULL);
    if (zbar_scan_image(scanner, image) < 0)
        goto out;
    for (const zbar_symbol_t *s = zbar_image_first_symbol(image); s != NULL;
         s = zbar_symbol_next(s))
        if (zbar_symbol_get_type(s) == ZBAR_QRCODE)
            take(out, zbar_symbol_get_data(s), zbar_symbol_get_data_length(s));
    st = ST_OK;
out:
    if (image != NULL)
        zbar_image_destroy(image);
    if (scanner != NULL)
        zbar_image_scanner_destroy(scanner);
    return st;
}

/* A photo taken in a dim shop is noise; a mean of 3 * 3 pixels takes most of it away,
 * and halving the sides the rest. Both work in place: what is written was read before.
 */
static void soften(struct grey *g)
{
    size_t from = (size_t)g->width, to = from - 2;

    for (size_t y = 0; y + 2 < (size_t)g->height; y++)
        for (size_t x = 0; x < to; x++) {
            const uint8_t *a = g->pixels + y * from + x, *b = a + from, *c = b + from;

            g->pixels[y * to + x] = (uint8_t)((a[0] + a[1] + a[2] + b[0] + b[1] + b[2] +
                                               c[0] + c[1] + c[2]) /
                                              9);
        }
    g->width -= 2;
    g->height -= 2;
}

static void halve(struct grey *g)
{
    size_t from = (size_t)g->width, to = from / 2;

    for (size_t y = 0; y < (size_t)g->height / 2; y++)
        for (size_t x = 0; x < to; x++) {
            const uint8_t *a = g->pixels + 2 * y * from + 2 * x, *b = a + from;

            g->pixels[y * to + x] = (uint8_t)((a[0] + a[1] + b[0] + b[1]) / 4);
        }
    g->width /= 2;
    g->height /= 2;
}

static enum status codes_find(struct grey *g, struct scan_result *out)
{
    static void (*const clearer[])(struct grey *) = {soften, halve};
    enum status st = codes_read(g, out);

    for (size_t i = 0; i < 2 && st == ST_OK && out->found == SCAN_NOTHING; i++) {
        if (g->width < SIDE_LEAST || g->height < SIDE_LEAST)
            break;
        clearer[i](g);
        st = codes_read(g, out);
    }
    return st;
}

/* ---- pictures ------------------------------------------------------------------- */

static bool is_png(const void *bytes, size_t n)
{
    return n > 8 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0;
}

static enum status picture_scan(const void *bytes, size_t n, int side_max,
                                struct scan_result *out, bool *shrunk)
{
    struct grey g = {0};
    enum status st = is_png(bytes, n) ? png_read_grey(bytes, n, SCAN_PIXELS_MAX, &g)
                                      : jpeg_read_grey(bytes, n, side_max, &g, shrunk);

    if (st == ST_OK)
        st = codes_find(&g, out);
    free(g.pixels);
    return st;
}

enum status scan_photo(const void *bytes, size_t n, struct scan_result *out)
{
    bool shrunk = false;
    enum status st;

    *out = (struct scan_result){.found = SCAN_NOTHING};
    if (n > SCAN_BYTES_MAX) {
        out->found = SCAN_TOO_LARGE;
        return ST_OK;
    }
    st = picture_scan(bytes, n, SIDE_USUAL, out, &shrunk);
    if (st == ST_OK && out->found == SCAN_NOTHING && shrunk)
        st = picture_scan(bytes, n, SIDE_LARGE, out, &shrunk);
    if (st == ST_OK && out->found == SCAN_ONE && out->n > SCAN_TEXT_MAX)
        *out = (struct scan_result){.found = SCAN_NOTHING};
    if (st == ST_BAD || st == ST_REFUSED) {
        out->found = st == ST_BAD ? SCAN_UNREADABLE : SCAN_TOO_LARGE;
        st = ST_OK;
    }
    return st;
}
