/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/automation_word.h - a step's words for one person, as the row of their message. */
#ifndef WORKER_AUTOMATION_WORD_H
#define WORKER_AUTOMATION_WORD_H

#include "core/automation/run.h"
#include "worker/shop.h"
#include "worker/wording.h"

/* Used again for the next one. */
struct spoken {
    struct rendered rendered;
    struct worded worded;
};
void spoken_free(struct spoken *w); /* safe on zeroed */

/* ST_OK: *message is the row that was put, also of one that is SKIPPED. ST_REFUSED: there
 * is no such message for them: no words in any language, a picture that is gone, another
 * messenger. */
must_check enum status spoken_put(struct step *s, struct spoken *w,
                                  const struct automation *a,
                                  const struct run_word *word, int64_t *message);

#endif
