/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/png.h - PNG pictures, black-and-white out, grey in.
 *
 * png.c is the only file that includes libpng. What comes in is hostile: its size is
 * looked at before its pixels are. */
#ifndef CORE_IO_PNG_H
#define CORE_IO_PNG_H

#include "core/base/buf.h"
#include "core/base/status.h"

#include <stdint.h>

/* Writes width * height pixels of one bit. row(arg, y) lends the packed bits of a line,
 * most significant first, 0 black. ST_BROKEN: no memory; out is as it was. */
typedef const uint8_t *png_row(void *arg, int y);
must_check enum status png_write_bits(int width, int height, png_row *row, void *arg,
                                      struct buf *out);

/* A picture of one byte a pixel, 0 black. pixels is yours: free() it. */
struct grey {
    int width, height;
    uint8_t *pixels;
};

#define PNG_SIDE_MAX 20000

/* ST_BAD: not a PNG, or broken; ST_REFUSED: more than max_pixels or a side too long,
 * nothing was decoded; ST_BROKEN: no memory. Transparent parts read as on white paper.
 */
must_check enum status png_read_grey(const void *bytes, size_t n, int64_t max_pixels,
                                     struct grey *out);

#endif
