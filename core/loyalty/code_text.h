/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/code_text.h - a customer's code in whatever a till reads: the text of a
 * QR picture, what a scanner typed, what a person typed.
 *
 * Our link anywhere in the text wins ("https://…?start=q_<22 characters>"): its token.
 * Else the whole is read as the code that people see, forgivingly (code_read). */
#ifndef CORE_LOYALTY_CODE_TEXT_H
#define CORE_LOYALTY_CODE_TEXT_H

#include "core/base/code.h"
#include "core/loyalty/discount.h"

#define CODE_TEXT_BYTES (DISCOUNT_TOKEN + 1)

/* out: 22 characters of a token, or the 10 symbols of a code; empty unless CODE_FINE.
 * *at (may be NULL): as code_read. */
enum code_fault code_text_read(const char *s, size_t n, char out[CODE_TEXT_BYTES],
                               int *at);

#endif
