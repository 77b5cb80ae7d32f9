/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/form.h - the parameters of a call, however they came: query, urlencoded,
 * JSON or multipart. Everything is cut in place: texts are lent by the request. */
#ifndef TESTS_BOTAPI_FORM_H
#define TESTS_BOTAPI_FORM_H

#include "tests/botapi/jv.h"
#include "tests/botapi/serve.h"

#define FORM_MAX 64

enum arg_kind {
    ARG_TEXT,   /* from a form, or a JSON string: what it is depends on the parameter */
    ARG_NUMBER, /* a JSON number */
    ARG_BOOL,
    ARG_NULL,
    ARG_JSON, /* an object or array of a JSON body */
    ARG_FILE  /* a multipart part with a file name */
};

struct arg {
    const char *name;
    char *s; /* n bytes; a NUL behind them unless ARG_NUMBER, ARG_BOOL or ARG_JSON */
    size_t n;
    enum arg_kind kind;
    const char *filename; /* of ARG_FILE */
    bool json_body;       /* came in a JSON body, so its kind is known */
};

struct form {
    struct arg arg[FORM_MAX];
    int n;
    const char *why; /* of form_read's false */
};

/* false: the body is none of the four, or damaged; f->why says it. */
bool form_read(struct req *r, struct form *f);

const struct arg *form_get(const struct form *f, const char *name); /* NULL: absent */

/* Typed looks, for parameters that check.c has passed. Absent reads as otherwise. */
int64_t form_int(const struct form *f, const char *name, int64_t otherwise);
bool form_true(const struct form *f, const char *name);
struct jv form_json(const struct form *f, const char *name);

#endif
