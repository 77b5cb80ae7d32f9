/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/text_own.h - what a shop says instead of our own texts (core/template/
 * own_text.h), in a process that speaks.
 *
 * text_get answers from a table of pointers, one a language. Whoever speaks calls
 * text_own_follow before a piece of work: every few seconds it asks MySQL for one number,
 * and when that has gone up a whole new table takes the place of the one before, whose
 * texts stay valid until the next change. When MySQL does not answer, what was said so
 * far is said on. */
#ifndef WORKER_TEXT_OWN_H
#define WORKER_TEXT_OWN_H

#include "core/template/own_text.h"
#include "worker/text.h"

#define TEXT_OWN_LOOK_MS 5000

/* Tells the core what our texts are; how many (TEXT_COUNT, tests/unit/test_text_own.c). */
int text_own_known(void);

/* Outside of a transaction, and while nobody holds a text. now_ms: of clock_mono_ms. */
void text_own_follow(struct db *db, int64_t now_ms);

#endif
