/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/unit/content_read.h - a content that is read, or refused as it should be. */
#ifndef TESTS_UNIT_CONTENT_READ_H
#define TESTS_UNIT_CONTENT_READ_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/utf.h"
#include "core/content.h"

#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct content_faults faults;

/* Yours; NULL: refused. The faults are checked to be whole. */
static inline struct content *read_json(const char *json, bool of_discount)
{
    struct json *o = json_parse(json, strlen(json));
    struct content *c = NULL;
    enum status st;

    if (o == NULL)
        fail_msg("not JSON: %.200s", json);
    st = content_read(o, of_discount, &c, &faults);
    json_free(o);
    assert_int_equal(st, c != NULL ? ST_OK : ST_REFUSED);
    assert_true((faults.n > 0) == (c == NULL));
    for (int i = 0; i < faults.n; i++) {
        const struct content_fault *f = &faults.fault[i];

        assert_true(f->code[0] != '\0' && f->words.ru[0] != '\0' &&
                    f->words.en[0] != '\0');
        assert_true(strlen(f->pointer) < sizeof(f->pointer));
        assert_true(utf_valid(f->pointer, strlen(f->pointer)));
    }
    return c;
}

static inline bool reads(const char *json)
{
    struct content *c = read_json(json, true);

    content_free(c);
    return c != NULL;
}

static inline void fine(const char *json)
{
    if (!reads(json))
        fail_msg("%s %s: %.300s", faults.fault[0].code, faults.fault[0].pointer, json);
}

/* The first fault. */
static inline void wrong(const char *json, const char *code, const char *pointer)
{
    if (reads(json))
        fail_msg("read, but %s was expected: %.300s", code, json);
    if (strcmp(faults.fault[0].code, code) != 0 ||
        strcmp(faults.fault[0].pointer, pointer) != 0)
        fail_msg("%s at %s, not %s at %s: %.300s", faults.fault[0].code,
                 faults.fault[0].pointer, code, pointer, json);
}

#endif
