/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/pictures.h - pictures and a video, made for a test: each whole, as small
 * as its format allows, and of the size that is asked. */
#ifndef TESTS_HARNESS_PICTURES_H
#define TESTS_HARNESS_PICTURES_H

#include "core/base/buf.h"

/* Each is added to out. `mark` makes two of one size differ. */
void picture_png(struct buf *out, int width, int height, int mark);
void picture_jpeg(struct buf *out, int width, int height, int mark);
void picture_webp(struct buf *out, int width, int height, int mark);
/* Its data are so many bytes. */
void picture_mp4(struct buf *out, int width, int height, size_t data, int mark);

/* One of MP4's boxes: its length, name, and what is in it. */
void picture_box(struct buf *out, const char *name, const void *in, size_t n);
void picture_big(struct buf *out, uint32_t v,
                 int n); /* n bytes, most significant first */

#endif
