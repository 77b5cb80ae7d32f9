/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/pictures.h"

#include <string.h>

void picture_big(struct buf *out, uint32_t v, int n)
{
    while (n-- > 0)
        buf_addc(out, (char)(v >> (8 * n) & 0xFF));
}

static void little(struct buf *out, uint32_t v, int n)
{
    for (int i = 0; i < n; i++)
        buf_addc(out, (char)(v >> (8 * i) & 0xFF));
}

/* Of PNG's chunks: over the name and what is in it. */
static uint32_t sum_of(const char *s, size_t n)
{
    uint32_t sum = 0xFFFFFFFF;

    for (size_t i = 0; i < n; i++) {
        sum ^= (unsigned char)s[i];
        for (int bit = 0; bit < 8; bit++)
            sum = sum & 1 ? sum >> 1 ^ 0xEDB88320 : sum >> 1;
    }
    return ~sum;
}

static void chunk(struct buf *out, const char *name, const void *in, size_t n)
{
    size_t at = out->len + 4;

    picture_big(out, (uint32_t)n, 4);
    buf_adds(out, name);
    buf_add(out, in, n);
    picture_big(out, sum_of(out->s + at, n + 4), 4);
}

void picture_png(struct buf *out, int width, int height, int mark)
{
    struct buf head = {0};
    char text[] = "mark\0 ";

    text[5] = (char)(' ' + mark);
    picture_big(&head, (uint32_t)width, 4);
    picture_big(&head, (uint32_t)height, 4);
    buf_add(&head, "\x08\0\0\0\0", 5);
    buf_add(out, "\x89PNG\r\n\x1a\n", 8);
    chunk(out, "IHDR", head.s, head.len);
    chunk(out, "tEXt", text, 6);
    chunk(out, "IDAT", "\x78\x9c\x03\0\0\0\0\x01", 8);
    chunk(out, "IEND", "", 0);
    buf_free(&head);
}

void picture_jpeg(struct buf *out, int width, int height, int mark)
{
    buf_add(out, "\xFF\xD8\xFF\xE0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0", 20);
    buf_add(out, "\xFF\xFE\0\x03", 4); /* a comment */
    buf_addc(out, (char)mark);
    buf_add(out, "\xFF\xC0\0\x0B\x08", 5);
    picture_big(out, (uint32_t)height, 2);
    picture_big(out, (uint32_t)width, 2);
    buf_add(out, "\1\1\x11\0", 4);
    buf_add(out, "\xFF\xDA\0\x08\1\1\0\0\x3F\0", 10);
    buf_add(out, "\x12\x34\xFF\xD9", 4);
}

void picture_webp(struct buf *out, int width, int height, int mark)
{
    buf_adds(out, "RIFF");
    little(out, 4 + 8 + 10, 4);
    buf_adds(out, "WEBPVP8X");
    little(out, 10, 4);
    buf_add(out, "\0\0\0", 3); /* nothing that moves */
    buf_addc(out, 0);
    little(out, (uint32_t)width - 1, 3);
    little(out, (uint32_t)height - 1, 3);
    buf_addc(out, (char)mark); /* behind its end: passed over */
}

void picture_box(struct buf *out, const char *name, const void *in, size_t n)
{
    picture_big(out, (uint32_t)n + 8, 4);
    buf_adds(out, name);
    buf_add(out, in, n);
}

void picture_mp4(struct buf *out, int width, int height, size_t data, int mark)
{
    struct buf head = {0}, track = {0}, movie = {0}, bytes = {0};

    for (int i = 0; i < 76; i++)
        buf_addc(&head, 0);
    picture_big(&head, (uint32_t)width << 16, 4);
    picture_big(&head, (uint32_t)height << 16, 4);
    picture_box(&track, "tkhd", head.s, head.len);
    picture_box(&movie, "trak", track.s, track.len);
    for (size_t i = 0; i < data; i++)
        buf_addc(&bytes, (char)mark);
    picture_box(out, "ftyp", "isom\0\0\2\0isomiso2", 16);
    picture_box(out, "moov", movie.s, movie.len);
    picture_box(out, "mdat", bytes.s, bytes.len);
    buf_free(&head);
    buf_free(&track);
    buf_free(&movie);
    buf_free(&bytes);
}
