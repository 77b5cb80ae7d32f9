/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/base/words.h - a phrase for people, in both languages. */
#ifndef CORE_BASE_WORDS_H
#define CORE_BASE_WORDS_H

struct words {
    const char *ru, *en; /* lent, for ever */
};

#endif
