/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/code.h - codes people and machines pass around.
 *
 * Human code: 9 random symbols of Crockford's base32 and a check symbol, shown as
 * XXXXX-XXXXX (45 bits, so guessing one of a million live codes takes 35 million tries
 * on average; the cashier bot locks after 10 wrong ones). The check symbol finds every
 * single wrong symbol and every swap of neighbours: the position-weighted sum modulo 37
 * is not used, as its five extra symbols are hard to say aloud; ours is a weighted sum
 * in GF(32).
 *
 * The reader forgives: case, spaces and hyphens, O for 0, I and L for 1, Cyrillic
 * letters that look like Latin ones, and a code typed with the Russian keyboard layout
 * on. The last two disagree (У looks like Y and sits on the key E), so the whole is
 * read twice: by look, then by key; the first reading whose check symbol fits is taken.
 * A fault is that of the reading that understood more of what was typed. */
#ifndef CORE_BASE_CODE_H
#define CORE_BASE_CODE_H

#include "core/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CODE_SYMBOLS 10
#define CODE_SHOWN 11

/* A fresh code, 10 symbols and a NUL, check symbol last; never spells a rude word. */
void code_new(char out[CODE_SYMBOLS + 1]);

/* "7K3F99QXAF" -> "7K3F9-9QXAF" */
void code_show(const char *code, char out[CODE_SHOWN + 1]);

enum code_fault {
    CODE_FINE,
    CODE_EMPTY,
    CODE_SHORT,   /* fewer than 10 symbols */
    CODE_LONG,    /* more */
    CODE_ALIEN,   /* *at: a symbol that is in no code */
    CODE_MISTYPED /* the check symbol does not fit */
};

/* What a person typed, to the 10 symbols we store; out is empty unless CODE_FINE. *at
 * (may be NULL) is the 1-based position of the alien symbol among the symbols typed,
 * blanks and hyphens not counted; 0 with any other fault. */
enum code_fault code_read(const char *typed, size_t n, char out[CODE_SYMBOLS + 1],
                          int *at);

/* Of a code that is CODE_MISTYPED: where the slip may be. For each place one symbol
 * makes the check fit; those that are easily taken for what was typed (8 for B, 2 for Z)
 * and neighbours that changed places are answered, left to right, at most room. Whether
 * such a code was ever given out is not asked. */
struct code_doubt {
    int at;            /* 1-based; of exchanged ones the left */
    char typed, meant; /* meant of exchanged ones: the right one's symbol */
    bool exchanged;
};
int code_doubts(const char *typed, size_t n, struct code_doubt *out, int room);

/* ULID: 48 bits of milliseconds, 80 random ones; sorts by time. Text is 26 symbols,
 * read in either case. */
#define ULID_TEXT 26
void ulid_new(int64_t now, uint8_t out[16]);
void ulid_print(const uint8_t id[16], char out[ULID_TEXT + 1]);
must_check enum status ulid_parse(const char *s, size_t n, uint8_t out[16]);

/* Base 36, lower case, for ids in callback data; 13 digits and a NUL at most. A number
 * has one spelling: capitals and leading zeros are ST_BAD. */
void base36_print(uint64_t v, char out[14]);
must_check enum status base36_parse(const char *s, size_t n, uint64_t *out);

/* 10 random base-32 characters: a nonce of 50 bits that names a server-side row. */
#define NONCE_TEXT 10
void nonce_new(char out[NONCE_TEXT + 1]);

#endif
