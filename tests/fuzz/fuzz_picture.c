/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Pictures that strangers send: whatever the bytes are, the reader ends, keeps its
 * limits of pixels and memory, and what it finds is what it says. */
#include "core/io/png.h"
#include "core/io/scan.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SMALL (512 * 512)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(bool fine)
{
    if (!fine)
        abort();
}

static void png(const uint8_t *data, size_t n)
{
    struct grey g = {0};
    enum status st = png_read_grey(data, n, SMALL, &g);

    check(st == ST_OK || st == ST_BAD || st == ST_REFUSED);
    check((st == ST_OK) == (g.pixels != NULL));
    if (st == ST_OK) {
        volatile uint8_t sum = 0;

        check(g.width > 0 && g.height > 0);
        check((int64_t)g.width * g.height <= SMALL);
        for (size_t i = 0; i < (size_t)g.width * (size_t)g.height; i++)
            sum ^= g.pixels[i];
        (void)sum;
    }
    free(g.pixels);
}

static void photo(const uint8_t *data, size_t n)
{
    struct scan_result r;

    check(scan_photo(data, n, &r) == ST_OK);
    check(r.found >= SCAN_NOTHING && r.found <= SCAN_TOO_LARGE);
    check(r.found != SCAN_ONE || (r.n <= SCAN_TEXT_MAX && r.text[r.n] == '\0'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    png(data, n);
    photo(data, n);
    return 0;
}
