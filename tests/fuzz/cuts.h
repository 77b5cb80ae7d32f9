/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/fuzz/cuts.h - before anything is invented: every file of a folder, cut at every
 * byte, each cut in memory of exactly its size. */
#ifndef TESTS_FUZZ_CUTS_H
#define TESTS_FUZZ_CUTS_H

#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CUT_MAX 65536

/* Yours; *n 0: the file cannot be read. */
static inline uint8_t *cuts_read(const char *path, size_t *n)
{
    uint8_t *s = malloc(CUT_MAX);
    FILE *f = fopen(path, "re");

    *n = f != NULL && s != NULL ? fread(s, 1, CUT_MAX, f) : 0;
    if (f != NULL)
        fclose(f);
    return s;
}

static inline void cuts_of(const uint8_t *s, size_t n,
                           int (*fuzz)(const uint8_t *data, size_t n))
{
    for (size_t i = 0; i <= n; i++) {
        uint8_t *cut = malloc(i > 0 ? i : 1);

        if (cut == NULL)
            abort();
        memcpy(cut, s, i);
        fuzz(cut, i);
        free(cut);
    }
}

/* pattern as for a shell; answers how many files there were. */
static inline size_t cuts_feed(const char *pattern,
                               int (*fuzz)(const uint8_t *data, size_t n))
{
    glob_t files;
    size_t many = 0, n;

    if (glob(pattern, 0, NULL, &files) != 0)
        return 0;
    for (; many < files.gl_pathc; many++) {
        uint8_t *s = cuts_read(files.gl_pathv[many], &n);

        if (n <= 4096) /* a picture has its own way to be cut: the fuzzer's */
            cuts_of(s, n, fuzz);
        else
            fuzz(s, n);
        free(s);
    }
    globfree(&files);
    return many;
}

#endif
