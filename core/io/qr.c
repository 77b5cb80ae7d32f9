/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/qr.h"

#include "core/io/png.h"

#include <qrencode.h>
#include <string.h>

#define VERSIONS 17
#define SIDE_MAX (2 * QR_SIDE_MIN)

/* Bytes that fit versions 1, 2 … (ISO 18004, table 7). Asking the library instead would
 * mean to encode twice, and encoding is what costs. */
static const struct {
    int m, q;
} room[VERSIONS] = {
    {14, 11},   {26, 20},   {42, 32},   {62, 46},   {84, 60},   {106, 74},
    {122, 86},  {152, 108}, {180, 130}, {213, 151}, {251, 177}, {287, 203},
    {331, 241}, {362, 258}, {412, 292}, {450, 322}, {504, 364},
};

struct drawing {
    const QRcode *code;
    int scale, side,
        drawn; /* drawn: the module line that `line` shows; -1 the margin */
    uint8_t line[SIDE_MAX / 8];
};

/* A line of pixels of module line y; outside the code all is white. */
static void line_draw(struct drawing *d, int y)
{
    int width = d->code->width;

    memset(d->line, 0xFF, sizeof(d->line));
    d->drawn = y;
    if (y < 0)
        return;
    for (int x = 0; x < width; x++) {
        int from = (x + QR_QUIET) * d->scale;

        if ((d->code->data[y * width + x] & 1) == 0)
            continue;
        for (int i = from; i < from + d->scale; i++)
            d->line[i / 8] &= (uint8_t) ~(0x80 >> (i % 8));
    }
}

static const uint8_t *row(void *arg, int pixel_y)
{
    struct drawing *d = arg;
    int y = pixel_y / d->scale - QR_QUIET;

    if (y < 0 || y >= d->code->width)
        y = -1;
    if (y != d->drawn)
        line_draw(d, y);
    return d->line;
}

enum status qr_png(const char *text, size_t n, struct buf *out)
{
    struct drawing d = {.drawn = -2};
    int version = 0, modules;
    QRcode *code;
    enum status st;

    if (n == 0 || n > QR_TEXT_MAX || memchr(text, '\0', n) != NULL)
        return ST_BAD;
    while ((int)n > room[version].m)
        version++;
    code = QRcode_encodeData((int)n, (const unsigned char *)text, version + 1,
                             (int)n <= room[version].q ? QR_ECLEVEL_Q : QR_ECLEVEL_M);
    if (code == NULL)
        return ST_BROKEN;
    modules = code->width + 2 * QR_QUIET;
    d.code = code;
    d.scale = (QR_SIDE_MIN + modules - 1) / modules;
    d.side = modules * d.scale;
    st = png_write_bits(d.side, d.side, row, &d, out);
    QRcode_free(code);
    return st;
}
