/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/file.h - uploads, kept in memory up to a limit, oldest out first.
 *
 * A file_id is per bot: "AgAC<bot>-<number>-<size letter>"; the letter says which of a
 * photo's sizes it names. With a state file the bytes live beside it in a folder. */
#ifndef TESTS_BOTAPI_FILE_H
#define TESTS_BOTAPI_FILE_H

#include "core/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct files;

struct file {
    int64_t number;
    char *bytes;
    size_t n;
    int width, height; /* 0 unless a picture */
    const char *type;  /* MIME type; for ever */
    struct file *newer;
};

struct files *files_new(const char *state, size_t bytes_max); /* state may be NULL */
void files_free(struct files *f);
void files_clear(struct files *f);

/* Copies; NULL: no memory. */
struct file *file_add(struct files *f, const void *p, size_t n);
struct file *file_by_number(struct files *f, int64_t number);
struct file *file_by_id(struct files *f, int64_t bot, const char *id, size_t n);
/* A file known from a saved state; its bytes are read from the folder. */
void file_restore(struct files *f, int64_t number);
int64_t files_next(const struct files *f);

void file_id(const struct file *f, int64_t bot, char size, struct buf *out);
void file_unique(const struct file *f, char size, struct buf *out);
const char *file_suffix(const struct file *f); /* "png", "jpg", "bin" */

/* Width and height out of a PNG, JPEG, GIF or WebP header; false: none of them. */
bool image_size(const void *p, size_t n, int *width, int *height, const char **type);

#endif
