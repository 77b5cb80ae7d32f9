/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * English. Rules: text.h. */
#include "worker/text.h"

extern const char *const text_en[TEXT_COUNT];

/* Broken into lines by hand: clang-format counts emoji in its own way. */
/* clang-format off */
const char *const text_en[TEXT_COUNT] = {
#include "worker/text/en_both.inc"
#include "worker/text/en_client.inc"
#include "worker/text/en_till.inc"
#include "worker/text/en_card.inc"
#include "worker/text/en_short.inc"
};
/* clang-format on */
