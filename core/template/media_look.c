/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What bytes are, by their own marks: enough of each format to know that it is one, is
 * whole and how large it is, and no more. They come from outside: each length in them is
 * held against what is there. */
#include "core/template/media.h"

#include <string.h>

struct bytes {
    const uint8_t *p;
    size_t n;
};

/* Behind the first `from`, at most `most`; nothing when they are not there. */
static struct bytes part(struct bytes b, size_t from, size_t most)
{
    if (from > b.n)
        return (struct bytes){b.p, 0};
    return (struct bytes){b.p + from, b.n - from < most ? b.n - from : most};
}

static bool stands(struct bytes b, size_t at, const char *mark, size_t n)
{
    return at <= b.n && b.n - at >= n && memcmp(b.p + at, mark, n) == 0;
}

/* Of n bytes, the first the most significant; 0 when they are not there. */
static uint64_t big(struct bytes b, size_t at, size_t n)
{
    uint64_t v = 0;

    if (at > b.n || b.n - at < n)
        return 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | b.p[at + i];
    return v;
}

static uint32_t little(struct bytes b, size_t at, size_t n)
{
    uint32_t v = 0;

    if (at > b.n || b.n - at < n)
        return 0;
    for (size_t i = n; i > 0; i--)
        v = v << 8 | b.p[at + i - 1];
    return v;
}

/* ---- each format: is it whole, and how large? -------------------------------------- */

/* Chunks: length, name, data, sum. */
static bool look_png(struct bytes b, struct media *out)
{
    size_t at = 8;

    if (!stands(b, 8, "\0\0\0\rIHDR", 8) || b.n < 33)
        return false;
    out->width = (int)(big(b, 16, 4) & 0x7FFFFFFF);
    out->height = (int)(big(b, 20, 4) & 0x7FFFFFFF);
    while (b.n - at >= 12) {
        uint64_t n = big(b, at, 4);

        if (n > b.n - at - 12)
            return false;
        if (stands(b, at + 4, "IEND", 4))
            return true;
        at += 12 + (size_t)n;
    }
    return false;
}

static bool jpeg_frame(int marker)
{
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 &&
           marker != 0xCC;
}

/* Segments up to the picture itself, which must have an end. */
static bool look_jpeg(struct bytes b, struct media *out)
{
    size_t at = 2;

    while (b.n - at >= 4 && b.p[at] == 0xFF) {
        int marker = b.p[at + 1];
        size_t n = (size_t)big(b, at + 2, 2);

        if (marker == 0xFF) { /* filling */
            at++;
            continue;
        }
        if (n < 2 || n > b.n - at - 2)
            return false;
        if (jpeg_frame(marker) && n >= 7) {
            out->height = (int)big(b, at + 5, 2);
            out->width = (int)big(b, at + 7, 2);
        }
        at += 2 + n;
        if (marker == 0xDA)
            return out->width > 0 && memmem(b.p + at, b.n - at, "\xFF\xD9", 2) != NULL;
    }
    return false;
}

#define WEBP_MOVES 0x02 /* of the extended header */

static bool look_webp(struct bytes b, struct media *out)
{
    uint32_t bits;

    if (b.n < 30 || (uint64_t)little(b, 4, 4) + 8 > b.n)
        return false;
    if (stands(b, 12, "VP8X", 4)) {
        out->width = 1 + (int)little(b, 24, 3);
        out->height = 1 + (int)little(b, 27, 3);
        return (b.p[20] & WEBP_MOVES) == 0;
    }
    if (stands(b, 12, "VP8L", 4) && b.p[20] == 0x2F) {
        bits = little(b, 21, 4);
        out->width = 1 + (int)(bits & 0x3FFF);
        out->height = 1 + (int)(bits >> 14 & 0x3FFF);
        return true;
    }
    if (!stands(b, 12, "VP8 ", 4) || !stands(b, 23, "\x9d\x01\x2a", 3))
        return false;
    out->width = (int)(little(b, 26, 2) & 0x3FFF);
    out->height = (int)(little(b, 28, 2) & 0x3FFF);
    return true;
}

/* ---- MP4: boxes in boxes ----------------------------------------------------------- */

struct box {
    const uint8_t *name;
    struct bytes in;
    size_t whole;
};

/* The one that begins at `at`; false: there is none, or it is longer than what holds it. */
static bool box_at(struct bytes b, size_t at, struct box *out)
{
    uint64_t n = big(b, at, 4);
    size_t head = 8;

    if (at > b.n || b.n - at < 8)
        return false;
    if (n == 1) {
        n = big(b, at + 8, 8);
        head = 16;
    } else if (n == 0) { /* up to the end */
        n = b.n - at;
    }
    if (n < head || n > b.n - at)
        return false;
    *out = (struct box){b.p + at + 4, part(b, at + head, (size_t)n - head), (size_t)n};
    return true;
}

static bool box_is(const struct box *x, const char *name)
{
    return memcmp(x->name, name, 4) == 0;
}

/* A track's header: its picture, in 1/65536 of a pixel, are the last two numbers. */
static void track_size(struct bytes track, struct media *out)
{
    struct box x;

    for (size_t at = 0; box_at(track, at, &x); at += x.whole)
        if (box_is(&x, "tkhd") && x.in.n >= 84) {
            int width = (int)big(x.in, x.in.n - 8, 2);
            int height = (int)big(x.in, x.in.n - 4, 2);

            if (width > 0 && height > 0) {
                out->width = width;
                out->height = height;
            }
        }
}

static bool look_mp4(struct bytes b, struct media *out)
{
    struct box x, track;
    bool data = false;
    size_t at;

    for (at = 0; box_at(b, at, &x); at += x.whole) {
        data = data || box_is(&x, "mdat");
        if (!box_is(&x, "moov"))
            continue;
        for (size_t in = 0; box_at(x.in, in, &track); in += track.whole)
            if (box_is(&track, "trak"))
                track_size(track.in, out);
    }
    return at == b.n && data && out->width > 0;
}

/* Videos only: a sound, a still picture and others are boxes as well. */
static bool mp4_brand(struct bytes b)
{
    static const char brands[][5] = {"isom", "iso2", "iso3", "iso4", "iso5", "iso6",
                                     "iso7", "iso8", "iso9", "mp41", "mp42", "avc1",
                                     "M4V ", "M4VP", "dash", "MSNV", "3gp4", "3gp5"};

    for (size_t i = 0; i < sizeof brands / sizeof *brands; i++)
        if (stands(b, 8, brands[i], 4))
            return true;
    return false;
}

/* ---- which of them ----------------------------------------------------------------- */

static bool is_png(struct bytes b)
{
    return stands(b, 0, "\x89PNG\r\n\x1a\n", 8);
}

static bool is_jpeg(struct bytes b)
{
    return stands(b, 0, "\xFF\xD8\xFF", 3);
}

static bool is_webp(struct bytes b)
{
    return stands(b, 0, "RIFF", 4) && stands(b, 8, "WEBP", 4);
}

static bool is_mp4(struct bytes b)
{
    return stands(b, 4, "ftyp", 4) && mp4_brand(b);
}

static const struct format {
    const char *mime;
    enum media_kind kind;
    size_t most;
    bool (*is)(struct bytes b);
    bool (*look)(struct bytes b, struct media *out);
} formats[] = {
    {"image/png", MEDIA_PHOTO, MEDIA_PHOTO_MAX, is_png, look_png},
    {"image/jpeg", MEDIA_PHOTO, MEDIA_PHOTO_MAX, is_jpeg, look_jpeg},
    {"image/webp", MEDIA_PHOTO, MEDIA_PHOTO_MAX, is_webp, look_webp},
    {"video/mp4", MEDIA_VIDEO, MEDIA_VIDEO_MAX, is_mp4, look_mp4},
};

static bool sides_fit(const struct media *m)
{
    int longer = m->width > m->height ? m->width : m->height;
    int other = m->width > m->height ? m->height : m->width;

    return longer <= MEDIA_SIDES_MAX - other && longer <= other * MEDIA_RATIO_MAX;
}

static enum status look(const struct format *f, struct bytes b, struct media *out,
                        const char **why)
{
    *why = "size";
    if (b.n > f->most)
        return ST_REFUSED;
    *why = "broken";
    if (!f->look(b, out) || out->width <= 0 || out->height <= 0)
        return ST_BAD;
    *why = "dimensions";
    if (f->kind == MEDIA_PHOTO && !sides_fit(out))
        return ST_REFUSED;
    *why = NULL;
    out->kind = f->kind;
    out->size = (int64_t)b.n;
    memcpy(out->mime, f->mime, strlen(f->mime) + 1);
    return ST_OK;
}

enum status media_look(const void *bytes, size_t n, struct media *out, const char **why)
{
    const struct bytes b = {bytes, n};

    *out = (struct media){0};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (formats[i].is(b))
            return look(&formats[i], b, out, why);
    *why = "type";
    return ST_BAD;
}

const char *media_kind_name(enum media_kind k)
{
    return k == MEDIA_VIDEO ? "video" : "photo";
}
