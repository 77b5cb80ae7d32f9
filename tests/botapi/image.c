/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/image.c - how large is a picture, told from its header alone. */
#include "tests/botapi/file.h"

#include <string.h>

static int be16(const unsigned char *p)
{
    return p[0] << 8 | p[1];
}

static int64_t be32(const unsigned char *p)
{
    return (int64_t)be16(p) << 16 | be16(p + 2);
}

static int le16(const unsigned char *p)
{
    return p[1] << 8 | p[0];
}

static bool png(const unsigned char *p, size_t n, int *w, int *h)
{
    if (n < 33 || memcmp(p, "\x89PNG\r\n\x1a\n", 8) != 0 ||
        memcmp(p + 12, "IHDR", 4) != 0)
        return false;
    if (be32(p + 16) > 1000000 || be32(p + 20) > 1000000)
        return false;
    *w = (int)be32(p + 16);
    *h = (int)be32(p + 20);
    return true;
}

/* Walks the segments to the first start-of-frame. */
static bool jpeg(const unsigned char *p, size_t n, int *w, int *h)
{
    size_t at = 2;

    if (n < 4 || p[0] != 0xFF || p[1] != 0xD8)
        return false;
    while (at + 9 < n && p[at] == 0xFF) {
        int mark = p[at + 1];

        if (mark >= 0xC0 && mark <= 0xCF && mark != 0xC4 && mark != 0xC8 &&
            mark != 0xCC) {
            *h = be16(p + at + 5);
            *w = be16(p + at + 7);
            return true;
        }
        at += mark == 0xFF ? 1 : 2 + (size_t)be16(p + at + 2);
    }
    return false;
}

static bool gif(const unsigned char *p, size_t n, int *w, int *h)
{
    if (n < 10 || memcmp(p, "GIF8", 4) != 0)
        return false;
    *w = le16(p + 6);
    *h = le16(p + 8);
    return true;
}

static bool webp(const unsigned char *p, size_t n, int *w, int *h)
{
    if (n < 30 || memcmp(p, "RIFF", 4) != 0 || memcmp(p + 8, "WEBP", 4) != 0)
        return false;
    if (memcmp(p + 12, "VP8 ", 4) == 0) {
        *w = le16(p + 26) & 0x3FFF;
        *h = le16(p + 28) & 0x3FFF;
    } else if (memcmp(p + 12, "VP8X", 4) == 0) {
        *w = 1 + (p[24] | p[25] << 8 | p[26] << 16);
        *h = 1 + (p[27] | p[28] << 8 | p[29] << 16);
    } else if (memcmp(p + 12, "VP8L", 4) == 0) {
        *w = 1 + ((p[21] | p[22] << 8) & 0x3FFF);
        *h = 1 + ((p[22] >> 6 | p[23] << 2 | p[24] << 10) & 0x3FFF);
    } else {
        return false;
    }
    return true;
}

bool image_size(const void *p, size_t n, int *width, int *height, const char **type)
{
    static const struct {
        bool (*read)(const unsigned char *, size_t, int *, int *);
        const char *type;
    } kinds[] = {
        {png, "image/png"},
        {jpeg, "image/jpeg"},
        {gif, "image/gif"},
        {webp, "image/webp"},
    };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (kinds[i].read(p, n, width, height) && *width > 0 && *height > 0) {
            *type = kinds[i].type;
            return true;
        }
    return false;
}
