/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/tz.h"

#include "core/base/clock.h"
#include "core/base/tz_rule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DIRECTORY "/usr/share/zoneinfo"
#define FILE_MAX 1000000
#define HEADER_BYTES 44
#define TYPE_BYTES 6
#define OFFSET_MAX 93600 /* 26 hours: more than any offset was */
#define DAY_SECONDS 86400

struct tz {
    size_t n;        /* changes in the table */
    int64_t *at;     /* second of each, ascending */
    int32_t *offset; /* from then on */
    int32_t first;   /* before the first of them */
    bool has_rule;   /* for what lies behind the last */
    struct tz_rule rule;
};

/* ---- the file ------------------------------------------------------------------- */

struct bytes {
    unsigned char *p;
    size_t n;
};

static bool name_fits(const char *name)
{
    size_t n = strlen(name);

    return n > 0 && n < 64 && name[0] != '/' &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                        "0123456789_+/-") == n;
}

static bool read_stream(FILE *f, struct bytes *out)
{
    struct stat st;

    if (fstat(fileno(f), &st) != 0 || !S_ISREG(st.st_mode) ||
        st.st_size < HEADER_BYTES || st.st_size > FILE_MAX)
        return false;
    out->n = (size_t)st.st_size;
    out->p = malloc(out->n);
    return out->p != NULL && fread(out->p, 1, out->n, f) == out->n;
}

static bool read_file(const char *name, struct bytes *out)
{
    const char *dir = getenv("TZDIR");
    char path[1024];
    bool fine;
    FILE *f;
    int n;

    n = snprintf(path, sizeof path, "%s/%s", dir != NULL && *dir ? dir : DIRECTORY,
                 name);
    if (n < 0 || (size_t)n >= sizeof path)
        return false;
    f = fopen(path, "re");
    if (f == NULL)
        return false;
    fine = read_stream(f, out);
    fclose(f);
    return fine;
}

static int64_t big_endian(const unsigned char *p, size_t width)
{
    uint64_t v = p[0] & 0x80 ? UINT64_MAX : 0;

    for (size_t i = 0; i < width; i++)
        v = v << 8 | p[i];
    return (int64_t)v;
}

/* One of the two blocks of a file: a header and its tables, of times `width` bytes
 * wide. */
struct block {
    const unsigned char *times, *indices, *types, *end;
    size_t n_times, n_types, width;
    char version;
};

static bool block_at(const struct bytes *file, size_t from, size_t width,
                     struct block *b)
{
    const unsigned char *p = file->p + from;
    size_t count[6], size; /* isut, isstd, leap, time, type, char */

    if (file->n - from < HEADER_BYTES || memcmp(p, "TZif", 4) != 0)
        return false;
    for (size_t i = 0; i < 6; i++) {
        count[i] = (size_t)big_endian(p + 20 + 4 * i, 4);
        if (count[i] > FILE_MAX)
            return false;
    }
    size = count[3] * (width + 1) + count[4] * TYPE_BYTES + count[5] +
           count[2] * (width + 4) + count[1] + count[0];
    if (size > file->n - from - HEADER_BYTES)
        return false;
    /* Zones that count leap seconds ("right/…") do not speak of our instants. */
    if (width == 8 && (count[2] != 0 || count[4] == 0 || count[4] > 256))
        return false;
    b->version = (char)p[4];
    b->width = width;
    b->n_times = count[3];
    b->n_types = count[4];
    b->times = p + HEADER_BYTES;
    b->indices = b->times + b->n_times * width;
    b->types = b->indices + b->n_times;
    b->end = p + HEADER_BYTES + size;
    return true;
}

static bool offset_of(const struct block *b, size_t type, int32_t *out)
{
    if (type >= b->n_types)
        return false;
    *out = (int32_t)big_endian(b->types + type * TYPE_BYTES, 4);
    return *out > -OFFSET_MAX && *out < OFFSET_MAX;
}

static bool take_table(struct tz *tz, const struct block *b)
{
    tz->at = calloc(b->n_times + 1, sizeof *tz->at);
    tz->offset = calloc(b->n_times + 1, sizeof *tz->offset);
    if (tz->at == NULL || tz->offset == NULL || !offset_of(b, 0, &tz->first))
        return false;
    for (size_t i = 0; i < b->n_times; i++) {
        tz->at[i] = big_endian(b->times + i * b->width, b->width);
        if (!offset_of(b, b->indices[i], &tz->offset[i]) ||
            (i > 0 && tz->at[i] <= tz->at[i - 1]))
            return false;
    }
    tz->n = b->n_times;
    return true;
}

/* "\n<rule>\n", of which the rule may be empty. */
static bool take_rule(struct tz *tz, const unsigned char *p, const unsigned char *end)
{
    const unsigned char *stop;

    if (end - p < 2 || *p++ != '\n')
        return false;
    stop = memchr(p, '\n', (size_t)(end - p));
    if (stop == NULL)
        return false;
    if (stop == p)
        return true;
    tz->has_rule = true;
    return tz_rule_parse((const char *)p, (size_t)(stop - p), &tz->rule) == ST_OK;
}

/* The first block has 32-bit times, for readers of long ago; the second is the real
 * one. */
static bool take_file(struct tz *tz, const struct bytes *file)
{
    struct block old, b;

    return block_at(file, 0, 4, &old) && old.version >= '2' &&
           block_at(file, (size_t)(old.end - file->p), 8, &b) && take_table(tz, &b) &&
           take_rule(tz, b.end, file->p + file->n);
}

struct tz *tz_open(const char *name)
{
    struct bytes file = {0};
    struct tz *tz = calloc(1, sizeof *tz);

    if (tz == NULL || name == NULL || !name_fits(name) || !read_file(name, &file) ||
        !take_file(tz, &file)) {
        tz_close(tz);
        tz = NULL;
    }
    free(file.p);
    return tz;
}

void tz_close(struct tz *tz)
{
    if (tz == NULL)
        return;
    free(tz->at);
    free(tz->offset);
    free(tz);
}

/* ---- instants and wall times ---------------------------------------------------- */

/* Changes of the table at or before second t. */
static size_t changes_until(const struct tz *tz, int64_t t)
{
    size_t low = 0, high = tz->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (tz->at[mid] <= t)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

struct tz_span tz_span_at(const struct tz *tz, int64_t t)
{
    size_t i = changes_until(tz, t);
    struct tz_span span = {INT64_MIN, INT64_MAX, tz->first};

    if (i == tz->n && tz->has_rule)
        span = tz_rule_span(&tz->rule, t);
    else if (i > 0)
        span.offset = tz->offset[i - 1];
    if (i > 0 && tz->at[i - 1] > span.from)
        span.from = tz->at[i - 1];
    if (i < tz->n)
        span.until = tz->at[i];
    return span;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

struct local tz_local(const struct tz *tz, int64_t now)
{
    int64_t t = floor_div(now, SECOND), wall, rest;
    struct local l;

    l.offset = tz_span_at(tz, t).offset;
    wall = t + l.offset;
    l.day = (int32_t)floor_div(wall, DAY_SECONDS);
    rest = wall - (int64_t)l.day * DAY_SECONDS;
    l.date = cal_date(l.day);
    l.hour = (int)(rest / 3600);
    l.minute = (int)(rest / 60 % 60);
    l.second = (int)(rest % 60);
    return l;
}

/* Walks the stretches from the earliest in which this wall time could be: the first
 * that holds it wins (overlap); one that begins later than it was skipped into (gap).
 */
int64_t tz_instant(const struct tz *tz, int32_t day, int hour, int minute)
{
    int64_t wall = (int64_t)day * DAY_SECONDS + hour * 3600 + minute * 60;
    struct tz_span span = tz_span_at(tz, wall - OFFSET_MAX);

    while (wall - span.offset >= span.until)
        span = tz_span_at(tz, span.until);
    return (wall - span.offset > span.from ? wall - span.offset : span.from) * SECOND;
}

/* ---- texts ---------------------------------------------------------------------- */

static void add_date(struct buf *out, struct date d, const char *lang)
{
    if (strcmp(lang, "en") == 0)
        buf_addf(out, "%04d-%02d-%02d", d.year, d.month, d.day);
    else
        buf_addf(out, "%02d.%02d.%04d", d.day, d.month, d.year);
}

void tz_add_date(struct buf *out, const struct tz *tz, int64_t at, const char *lang)
{
    add_date(out, tz_local(tz, at).date, lang);
}

void tz_add_time(struct buf *out, const struct tz *tz, int64_t at, const char *lang)
{
    struct local l = tz_local(tz, at);

    add_date(out, l.date, lang);
    buf_addf(out, " %02d:%02d", l.hour, l.minute);
}
