/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/io/qr.h - a text as a QR code to look at.
 *
 * qr.c is the only file that includes libqrencode. Bytes mode, error correction M, or Q
 * where the same size of code has room for it. Around it the four empty modules that
 * the standard asks for; each module is a whole number of pixels, as many as make the
 * picture at least QR_SIDE_MIN pixels wide. One bit a pixel, about 1 kB. */
#ifndef CORE_IO_QR_H
#define CORE_IO_QR_H

#include "core/base/buf.h"
#include "core/base/status.h"

#define QR_SIDE_MIN 512
#define QR_QUIET 4
#define QR_TEXT_MAX 504 /* bytes: version 17 at M, still read by a cheap phone */

/* Adds the PNG to out. ST_BAD: empty, longer than QR_TEXT_MAX or with a NUL inside;
 * ST_BROKEN: no memory. */
must_check enum status qr_png(const char *text, size_t n, struct buf *out);

#endif
