/* SPDX-License-Identifier: LicenseRef-Proprietary */
#define _GNU_SOURCE /* asprintf */
#include "tests/botapi/file.h"

#include "tests/botapi/map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct files {
    struct map by_number;
    struct file *oldest, *newest;
    size_t bytes, bytes_max;
    int64_t next;
    char *folder; /* NULL: memory only */
};

struct files *files_new(const char *state, size_t bytes_max)
{
    struct files *f = calloc(1, sizeof(*f));

    if (f == NULL)
        return NULL;
    f->bytes_max = bytes_max;
    f->next = 1;
    if (state != NULL && asprintf(&f->folder, "%s.files", state) < 0)
        f->folder = NULL;
    if (f->folder != NULL)
        mkdir(f->folder, 0700);
    return f;
}

static bool path_of(const struct files *f, const struct file *x, char *out, size_t n)
{
    int k =
        snprintf(out, n, "%s/%lld", f->folder ? f->folder : "", (long long)x->number);

    return f->folder != NULL && k > 0 && (size_t)k < n;
}

/* Ids that name it are "temporarily unavailable" from now on. */
static void drop_oldest(struct files *f)
{
    struct file *x = f->oldest;
    char path[512];

    f->oldest = x->newer;
    if (f->oldest == NULL)
        f->newest = NULL;
    f->bytes -= x->n;
    if (path_of(f, x, path, sizeof(path)))
        unlink(path);
    map_take(&f->by_number, x->number);
    free(x->bytes);
    free(x);
}

static struct file *keep(struct files *f, struct file *x)
{
    if (!map_put(&f->by_number, x->number, x)) {
        free(x->bytes);
        free(x);
        return NULL;
    }
    if (x->number >= f->next)
        f->next = x->number + 1;
    if (f->newest != NULL)
        f->newest->newer = x;
    else
        f->oldest = x;
    f->newest = x;
    f->bytes += x->n;
    while (f->bytes > f->bytes_max && f->oldest != x)
        drop_oldest(f);
    return x;
}

static struct file *take_bytes(struct files *f, int64_t number, char *bytes, size_t n)
{
    struct file *x = calloc(1, sizeof(*x));

    if (x == NULL) {
        free(bytes);
        return NULL;
    }
    *x = (struct file){.number = number, .bytes = bytes, .n = n};
    x->type = "application/octet-stream";
    if (!image_size(bytes, n, &x->width, &x->height, &x->type))
        x->width = x->height = 0;
    return keep(f, x);
}

/* Best effort: without the file a restart shows an empty frame. */
static void write_out(const struct files *f, const struct file *x)
{
    char path[512];
    FILE *out = path_of(f, x, path, sizeof(path)) ? fopen(path, "wb") : NULL;

    if (out == NULL)
        return;
    fwrite(x->bytes, 1, x->n, out);
    fclose(out);
}

struct file *file_add(struct files *f, const void *p, size_t n)
{
    char *bytes = malloc(n + 1);
    struct file *x;

    if (bytes == NULL)
        return NULL;
    memcpy(bytes, p, n);
    x = take_bytes(f, f->next, bytes, n);
    if (x != NULL)
        write_out(f, x);
    return x;
}

void file_restore(struct files *f, int64_t number)
{
    struct file name = {.number = number};
    char path[512], *bytes;
    struct stat st;
    FILE *in;

    if (file_by_number(f, number) != NULL || !path_of(f, &name, path, sizeof(path)))
        return;
    in = fopen(path, "rb");
    if (in == NULL)
        return;
    if (fstat(fileno(in), &st) == 0 && (bytes = malloc((size_t)st.st_size + 1)) != NULL)
        take_bytes(f, number, bytes, fread(bytes, 1, (size_t)st.st_size, in));
    fclose(in);
}

struct file *file_by_number(struct files *f, int64_t number)
{
    return map_get(&f->by_number, number);
}

struct file *file_by_id(struct files *f, int64_t bot, const char *id, size_t n)
{
    char text[64];
    long long of, number;
    char size;

    if (n >= sizeof(text))
        return NULL;
    memcpy(text, id, n);
    text[n] = '\0';
    if (sscanf(text, "AgAC%lld-%lld-%c", &of, &number, &size) != 3 || of != bot)
        return NULL;
    return file_by_number(f, number);
}

int64_t files_next(const struct files *f)
{
    return f->next;
}

void file_id(const struct file *f, int64_t bot, char size, struct buf *out)
{
    buf_addf(out, "AgAC%lld-%lld-%c", (long long)bot, (long long)f->number, size);
}

void file_unique(const struct file *f, char size, struct buf *out)
{
    buf_addf(out, "AQAD%lld%c", (long long)f->number, size);
}

const char *file_suffix(const struct file *f)
{
    const char *slash = strrchr(f->type, '/');

    if (strncmp(f->type, "image/", 6) != 0)
        return "bin";
    return strcmp(slash, "/jpeg") == 0 ? "jpg" : slash + 1;
}

void files_clear(struct files *f)
{
    while (f->oldest != NULL)
        drop_oldest(f);
}

void files_free(struct files *f)
{
    struct file *x;

    if (f == NULL)
        return;
    while ((x = f->oldest) != NULL) {
        f->oldest = x->newer;
        free(x->bytes);
        free(x);
    }
    map_free(&f->by_number);
    free(f->folder);
    free(f);
}
