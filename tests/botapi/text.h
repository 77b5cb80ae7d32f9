/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/text.h - a message's text and its entities, offsets in UTF-16 units.
 *
 * From what a bot sends to what people see, in this order:
 *
 *   text_html or text_given   markup or an explicit list becomes entities
 *   text_clean                control characters become blanks, ends are trimmed
 *   text_find                  commands, addresses, mentions and tags get entities */
#ifndef TESTS_BOTAPI_TEXT_H
#define TESTS_BOTAPI_TEXT_H

#include "tests/botapi/jv.h"

#define ENTITIES_MAX 100

struct entity {
    const char *type; /* "bold"; for ever */
    int offset, length;
    char *extra; /* further members, as in ",\"url\":\"...\"", or NULL */
};

struct text {
    struct buf s; /* s.s never NULL after a reader said true */
    struct entity e[ENTITIES_MAX];
    int n;
};

/* Telegram's HTML. false: why is what it says behind "can't parse entities: ". */
bool text_html(struct text *t, const char *s, size_t n, struct buf *why);

/* Plain text with an array of MessageEntity (or an absent one). */
bool text_given(struct text *t, const char *s, size_t n, struct jv entities,
                struct buf *why);

void text_clean(struct text *t);
void text_find(struct text *t);

/* A type of our own words ("bold" …), or NULL. */
const char *entity_type(const char *s, size_t n);
/* Takes extra over; ignored beyond ENTITIES_MAX. */
void text_add_entity(struct text *t, struct entity e);
void text_sort(struct text *t);

size_t text_units(const struct text *t);
void text_entities_json(const struct text *t, struct buf *out); /* "[...]" */
void text_free(struct text *t);

#endif
