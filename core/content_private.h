/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/content_private.h - a content inside: content_read.c reads it, content_cut.c cuts
 * its texts into pieces, content_button.c its buttons, content_render.c puts the pieces
 * together. All texts are lent by its canonical JSON. */
#ifndef CORE_CONTENT_PRIVATE_H
#define CORE_CONTENT_PRIVATE_H

#include "core/content.h"

/* A run of text as it is (variable -1), or the place of a variable with its fallback. */
struct content_piece {
    const char *s;
    size_t n;
    int variable;
};

struct content_cut {
    struct content_piece *piece; /* yours */
    int n, cap;
};

struct content_button {
    struct content_cut label;
    enum content_do does;
    const char *url;
    int link; /* 1 … of content_links; 0: opens no page */
    int row;
};

/* What is said in one language. */
struct content_side {
    bool there;
    struct content_cut text;
    int64_t media[CONTENT_MEDIA_MAX];
    int media_n;
    int64_t post_chat, post_message;
    struct content_button button[CONTENT_BUTTONS_MAX];
    int buttons;
};

struct content {
    struct json *own; /* canonical */
    struct content_side side[CONTENT_LANGS];
    const char *link[CONTENT_LINKS_MAX];
    int links;
};
extern const char *const content_langs[CONTENT_LANGS];

/* ---- reading ---------------------------------------------------------------------- */

enum content_fault_code {
    CONTENT_MISSING,
    CONTENT_UNKNOWN_MEMBER,
    CONTENT_WRONG_TYPE,
    CONTENT_WRONG_VALUE,
    CONTENT_EMPTY,
    CONTENT_TOO_LONG,
    CONTENT_TOO_MANY,
    CONTENT_BAD_CHARACTER,
    CONTENT_BAD_HTML,
    CONTENT_BAD_URL,
    CONTENT_BAD_VARIABLE,
    CONTENT_UNKNOWN_VARIABLE,
    CONTENT_NO_DISCOUNT,
    CONTENT_UNDER_ALBUM,
    CONTENT_FAULT_CODES
};

struct content_reader {
    struct content *c;
    struct content_side *side;
    struct content_faults *faults;
    bool of_discount, broken;
    int in_row;   /* where the button stands that is read */
    size_t bytes; /* of the keyboard so far */
    char at[sizeof(((struct content_fault *)0)->pointer)];
};

/* A step down and back: size_t was = content_step(r, "ru"); …; r->at[was] = 0. */
size_t content_step(struct content_reader *r, const char *key);
size_t content_index(struct content_reader *r, size_t i);
void content_back(struct content_reader *r, size_t was);
void content_wrong(struct content_reader *r, enum content_fault_code code);
void content_wrong_at(struct content_reader *r, enum content_fault_code code, int at);
/* At its member. */
void content_wrong_in(struct content_reader *r, const char *key,
                      enum content_fault_code code);
/* Each member that is not one of those is a fault; keys ends with NULL. */
void content_only(struct content_reader *r, const struct json *o,
                  const char *const *keys);

/* Cuts s, which stays where it is, and tells what is wrong with it. plain: no tags, one
 * line. The counts are those with the longest values. */
struct content_size {
    size_t units, bytes, chars;
    bool visible; /* whatever the values are */
};
void content_cut(struct content_reader *r, const char *s, size_t n, bool plain,
                 struct content_cut *out, struct content_size *size);
void content_cut_free(struct content_cut *c);

/* The buttons of o into r->side; their canonical form is set in to. */
void content_buttons(struct content_reader *r, const struct json *o, struct json *to);

bool content_url_fine(const char *s, size_t n);
/* May that character stand in a text? */
bool content_character_fine(uint32_t code);

/* ---- variables -------------------------------------------------------------------- */

int content_variable_find(const char *name, size_t n); /* -1: unknown */

/* The value, cleaned and cut, escaped if html; false: there is none. value is a buf to
 * work with. */
bool content_value_add(struct buf *out, int variable, const struct content_person *who,
                       bool html, struct buf *value);

#endif
