/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/scan.h - the QR code on a photo that a stranger sent.
 *
 * scan.c is the only file that includes ZBar and libjpeg. JPEG and PNG; limits are
 * checked before a pixel is decoded, large photos are decoded small. Takes up to about
 * a second of one core for the worst picture it accepts. */
#ifndef CORE_IO_SCAN_H
#define CORE_IO_SCAN_H

#include "core/base/status.h"

#include <stddef.h>

#define SCAN_BYTES_MAX (10 * 1024 * 1024)
#define SCAN_PIXELS_MAX (20LL * 1000 * 1000)
#define SCAN_TEXT_MAX 512

enum scan_found {
    SCAN_NOTHING = 1, /* a picture without a code that could be ours */
    SCAN_ONE,         /* text[0..n) */
    SCAN_SEVERAL,     /* different codes: whose is meant is not ours to guess */
    SCAN_UNREADABLE,  /* no picture, or a broken one */
    SCAN_TOO_LARGE    /* more bytes or pixels than the limits */
};

struct scan_result {
    enum scan_found found;
    size_t n;
    char text[SCAN_TEXT_MAX + 1]; /* as it was in the code, and a NUL */
};

/* ST_BROKEN: no memory; anything about the picture is in out->found. */
must_check enum status scan_photo(const void *bytes, size_t n, struct scan_result *out);

#endif
