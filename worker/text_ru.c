/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Russian, the first language: «вы», warm and short. Rules: text.h. */
#include "worker/text.h"

extern const char *const text_ru[TEXT_COUNT];

/* Broken into lines by hand: clang-format counts emoji in its own way. */
/* clang-format off */
const char *const text_ru[TEXT_COUNT] = {
#include "worker/text/ru_both.inc"
#include "worker/text/ru_client.inc"
#include "worker/text/ru_till.inc"
#include "worker/text/ru_card.inc"
#include "worker/text/ru_short.inc"
};
/* clang-format on */
