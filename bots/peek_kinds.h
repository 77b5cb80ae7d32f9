/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * bots/peek_kinds.h - where each kind of update says who caused it. */
#ifndef BOTS_PEEK_KINDS_H
#define BOTS_PEEK_KINDS_H

/* Every kind of the Bot API, in its order: of two in one update the first counts. */
extern const char *const peek_kinds[];
extern const int peek_kinds_n;

/* Whose id it is, best first. */
enum { PEEK_PERSONS = 4 };
extern const char *const peek_persons[PEEK_PERSONS];

#endif
