/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/field_private.h - what both readers of fields share: field.c holds values to
 * their declaration, field_body.c takes them out of JSON, field_query.c out of an
 * address. Private to api/field*.c. */
#ifndef API_FIELD_PRIVATE_H
#define API_FIELD_PRIVATE_H

#include "api/call.h"
#include "api/field.h"

/* A place in what was sent, and where its value goes. */
struct spot {
    struct call *c;
    const struct field *f;
    const char *pointer; /* or "?name" */
    struct value *v;
};

/* Each takes a value that is there; what does not fit becomes a fault. */
void spot_text(const struct spot *s, const char *text, size_t n); /* of any text kind */
void spot_int(const struct spot *s, int64_t n);                   /* FIELD_INT, _ID */
bool spot_fits_text(const struct spot *s, const char *text, size_t n);
bool spot_word(const struct spot *s, const char *text, size_t n, int64_t *at);
bool spot_id(const struct spot *s, int64_t id);
bool spot_room(const struct spot *s, size_t n); /* of a list; makes its arrays */
bool spot_once(const struct spot *s);           /* FIELD_WORDS: each word once */

/* Of the wrong type: says what is expected. */
void spot_wrong_type(const struct spot *s);
void spot_wrong_object(const struct spot *s); /* an entry of FIELD_OBJECTS */
void spot_required(const struct spot *s);

bool given_new(struct given *g, const struct field *fields, size_t n);

#endif
