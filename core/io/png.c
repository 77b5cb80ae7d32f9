/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/png.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

/* libpng reports by longjmp. Its messages are for nobody: what is wrong with a
 * stranger's file is the same to us whatever it is. */
static void on_error(png_structp png, png_const_charp text)
{
    (void)text;
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
    (void)png, (void)text;
}

/* ---- writing -------------------------------------------------------------------- */

static void on_write(png_structp png, png_bytep p, png_size_t n)
{
    struct buf *out = png_get_io_ptr(png);

    buf_add(out, p, n);
    if (out->failed)
        png_error(png, "no memory");
}

static void on_flush(png_structp png)
{
    (void)png;
}

struct drawing {
    int width, height;
    png_row *row;
    void *arg;
};

/* Level 1 and no filter: a code is a few long runs, more effort makes it no smaller. */
static bool write_all(png_structp png, png_infop info, const struct drawing *d)
{
    if (setjmp(png_jmpbuf(png)) != 0)
        return false;
    png_set_compression_level(png, 1);
    png_set_filter(png, 0, PNG_FILTER_NONE);
    png_set_IHDR(png, info, (png_uint_32)d->width, (png_uint_32)d->height, 1,
                 PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (int y = 0; y < d->height; y++)
        png_write_row(png, d->row(d->arg, y));
    png_write_end(png, NULL);
    return true;
}

enum status png_write_bits(int width, int height, png_row *row, void *arg,
                           struct buf *out)
{
    struct drawing d = {width, height, row, arg};
    struct buf picture = {0};
    enum status st = ST_BROKEN;
    png_infop info = NULL;
    png_structp png =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);

    if (png == NULL)
        return ST_BROKEN;
    info = png_create_info_struct(png);
    png_set_write_fn(png, &picture, on_write, on_flush);
    if (info != NULL && write_all(png, info, &d)) {
        buf_add(out, picture.s, picture.len);
        st = out->failed ? ST_BROKEN : ST_OK;
    }
    png_destroy_write_struct(&png, &info);
    buf_free(&picture);
    return st;
}

/* ---- reading -------------------------------------------------------------------- */

struct source {
    const uint8_t *p;
    size_t left;
};

static void on_read(png_structp png, png_bytep to, png_size_t n)
{
    struct source *from = png_get_io_ptr(png);

    if (n > from->left)
        png_error(png, "cut short");
    memcpy(to, from->p, n);
    from->p += n;
    from->left -= n;
}

/* Whatever the file is made of becomes one byte of grey on white. */
static void make_grey(png_structp png, png_infop info)
{
    static const png_color_16 white = {0, 255, 255, 255, 255};
    int type = png_get_color_type(png, info);

    png_set_expand(png);
    png_set_scale_16(png);
    if ((type & PNG_COLOR_MASK_ALPHA) != 0 ||
        png_get_valid(png, info, PNG_INFO_tRNS) != 0)
        png_set_background(png, &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
    if ((type & PNG_COLOR_MASK_COLOR) != 0)
        png_set_rgb_to_gray(png, PNG_ERROR_ACTION_NONE, PNG_RGB_TO_GRAY_DEFAULT,
                            PNG_RGB_TO_GRAY_DEFAULT);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
}

static bool size_fits(png_structp png, png_infop info, int64_t max_pixels,
                      struct grey *out)
{
    int64_t width = png_get_image_width(png, info);
    int64_t height = png_get_image_height(png, info);

    if (width > PNG_SIDE_MAX || height > PNG_SIDE_MAX || width * height > max_pixels)
        return false;
    out->width = (int)width;
    out->height = (int)height;
    return true;
}

/* out->pixels and *rows are set before anything can jump past them. */
static enum status read_all(png_structp png, png_infop info, int64_t max_pixels,
                            struct grey *out, png_bytep **rows)
{
    if (setjmp(png_jmpbuf(png)) != 0)
        return ST_BAD;
    png_set_user_limits(png, 0x7FFFFFFF, 0x7FFFFFFF); /* size_fits has the say */
    png_set_chunk_malloc_max(png, 1 << 20);
    png_set_chunk_cache_max(png, 64);
    png_read_info(png, info);
    if (!size_fits(png, info, max_pixels, out))
        return ST_REFUSED;
    make_grey(png, info);
    if (png_get_rowbytes(png, info) != (size_t)out->width)
        return ST_BAD;
    out->pixels = malloc((size_t)out->width * (size_t)out->height);
    *rows = calloc((size_t)out->height, sizeof(**rows));
    if (out->pixels == NULL || *rows == NULL)
        return ST_BROKEN;
    for (int y = 0; y < out->height; y++)
        (*rows)[y] = out->pixels + (size_t)y * (size_t)out->width;
    png_read_image(png, *rows);
    return ST_OK;
}

enum status png_read_grey(const void *bytes, size_t n, int64_t max_pixels,
                          struct grey *out)
{
    struct source from = {bytes, n};
    enum status st = ST_BROKEN;
    png_infop info = NULL;
    png_bytep *rows = NULL;
    png_structp png;

    *out = (struct grey){0};
    if (n < 8 || png_sig_cmp(bytes, 0, 8) != 0)
        return ST_BAD;
    png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
    if (png == NULL)
        return ST_BROKEN;
    info = png_create_info_struct(png);
    png_set_read_fn(png, &from, on_read);
    if (info != NULL)
        st = read_all(png, info, max_pixels, out, &rows);
    png_destroy_read_struct(&png, &info, NULL);
    free(rows);
    if (st != ST_OK) {
        free(out->pixels);
        *out = (struct grey){0};
    }
    return st;
}
