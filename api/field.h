/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/field.h - what may be in a body or in an address's query, declared as a table.
 *
 *   static const struct field fields[] = {
 *       {"name", FIELD_TEXT, .required = true, .min = 1, .max = 64},
 *       {"valid_until", FIELD_TIME},
 *       {"tags", FIELD_TEXTS, .min = 1, .max = 40, .most = 20},
 *       {"limits", FIELD_OBJECT, .fields = limit_fields, .n = 2},
 *   };
 *   FIELDS(name_of_the_set, fields);
 *
 * All errors are found at once, each with its JSON pointer (or "?name"), code and a
 * sentence in the caller's language. A member that is not declared is an error, and so
 * is one that comes twice. Codes: required, unknown, repeated, type, null, too_short,
 * too_long, range, format, offset_required, not_one_of, too_few, too_many. */
#ifndef API_FIELD_H
#define API_FIELD_H

#include "core/base/json.h"
#include "core/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct call;

enum field_kind {
    FIELD_UNSET,
    FIELD_TEXT,   /* min..max characters; no control characters */
    FIELD_PAGE,   /* the same with line breaks and tabs */
    FIELD_INT,    /* min..max; both 0: any of 64 bits */
    FIELD_ID,     /* above 0 */
    FIELD_BOOL,   /* true, false; in a query also 1 and 0 */
    FIELD_TIME,   /* RFC 3339 with its offset; number: microseconds */
    FIELD_DATE,   /* YYYY-MM-DD; number: cal_day */
    FIELD_CLOCK,  /* HH:MM; number: minutes since midnight */
    FIELD_WORD,   /* one of words; number: its position */
    FIELD_IDS,    /* at most `most`; in a query: repeated, or with commas */
    FIELD_WORDS,  /* several of words, each once; the same */
    FIELD_TEXTS,  /* at most `most` texts of min..max characters; repeated in a query */
    FIELD_OBJECT, /* of fields; not in a query */
    FIELD_JSON,   /* any object, for who checks it himself; not in a query */
    FIELD_OBJECTS /* at most `most` objects of fields; not in a query */
};

#define FIELD_MOST 100 /* of a list that does not say */

struct field {
    const char *name;
    enum field_kind kind;
    bool required, nullable; /* nullable: null is given, and says "none" */
    int64_t min, max;        /* max 0 of texts: 255 */
    int most;
    const char *const *words; /* up to a NULL */
    const struct field *fields;
    size_t n;
};

struct value {
    const struct field *field;
    bool given, null;
    int64_t number;   /* a bool is 0 or 1 */
    const char *text; /* NUL-terminated, without NULs inside */
    size_t n;         /* its bytes; of a list its entries */
    int64_t *ids;     /* of FIELD_IDS; of FIELD_WORDS the positions */
    const char **texts;
    struct given *object; /* of FIELD_OBJECTS n of them */
    struct json *json;    /* lent by the body */
};

/* What was given. Texts live as long as it. */
struct given {
    struct value *values;
    size_t n;
    struct json *json; /* the body itself, or NULL */
    char *text;        /* the query, decoded, or NULL */
};
void given_free(struct given *g);

/* Never NULL: what was not declared was not given; of a NULL g (an object that did not
 * come) nothing was. */
const struct value *given_value(const struct given *g, const char *name);
bool given_has(const struct given *g, const char *name); /* given, and not null */
int64_t given_int(const struct given *g, const char *name, int64_t otherwise);
bool given_bool(const struct given *g, const char *name, bool otherwise);
const char *given_text(const struct given *g, const char *name); /* NULL: not given */

/* ST_OK; ST_REFUSED: problem() has been called (malformed_json, validation_failed);
 * ST_BROKEN: no memory. */
must_check enum status body_read(struct call *c, const struct field *fields, size_t n);
must_check enum status query_read(struct call *c, const struct field *fields, size_t n);

#endif
