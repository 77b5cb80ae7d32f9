/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/keys.h - what the keys would have typed.
 *
 * A scanner on a cable is a keyboard: it presses keys, and the layout of the computer
 * says which letters come of them. With the Russian layout on, "https://t.me" arrives
 * as "реезыЖ..еюьу". Here the keys are read again on the Latin layout; with Caps Lock
 * on, letters change their case. Pure. */
#ifndef CORE_BASE_KEYS_H
#define CORE_BASE_KEYS_H

#include "core/base/buf.h"

/* Adds s as the same keys write it on the Latin (US) layout. Only a text with Russian
 * letters was typed on the Russian one: any other is added as it is. */
void keys_latin(struct buf *out, const char *s, size_t n);

/* Adds s with big and small Latin letters exchanged. */
void keys_unlock(struct buf *out, const char *s, size_t n);

#endif
