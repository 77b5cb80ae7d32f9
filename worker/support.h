/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/support.h - between the two bots: what a customer writes goes to the staff, what
 * they answer goes back (core/support.h). */
#ifndef WORKER_SUPPORT_H
#define WORKER_SUPPORT_H

#include "core/support.h"
#include "worker/talk.h"

struct support_photo {
    int64_t document; /* of core/document.h */
    bool shown;       /* as a photo; else as a file */
};

/* To the group of the setting support_chat, or else to each of the staff who may answer;
 * each message is tied to the thread. photo NULL: there is none. */
must_check enum status support_tell_staff(struct talk *t,
                                          const struct support_thread *thread,
                                          const struct support_words *w,
                                          const struct support_photo *photo);

/* To the customer, from whom of the staff. */
must_check enum status support_tell_customer(struct talk *t,
                                             const struct support_thread *thread,
                                             const char *words, size_t n);
/* That their question is closed. */
must_check enum status support_tell_closed(struct talk *t,
                                           const struct support_thread *thread);

#endif
