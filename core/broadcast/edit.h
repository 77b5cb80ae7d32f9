/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/broadcast/edit.h - who has a message of a broadcast already, page by page, for
 * giving it other words or taking it back (reword.h); and what came of that. */
#ifndef CORE_BROADCAST_EDIT_H
#define CORE_BROADCAST_EDIT_H

#include "core/broadcast/recipient.h"

#define EDIT_PAGE 64

/* Numbers are stored. */
enum edit_does { EDIT_WORDS = 1, EDIT_DELETE };

struct edit_page {
    int64_t broadcast_id;
    int variant;                 /* 0: any */
    int64_t after;               /* customer */
    int64_t since;               /* sent behind that moment; 0: whenever */
    struct recipient *r;         /* room of EDIT_PAGE, borrowed */
    int64_t external[EDIT_PAGE]; /* out: the message's number there */
    int n;                       /* out; less than EDIT_PAGE: there are no more */
};
must_check enum status edit_next(struct db *db, struct edit_page *p);

struct edit_sums {
    int64_t done;
    int64_t gone; /* the message is there no more, or may not be changed any more */
    int64_t late; /* too old to be taken back: was not tried */
    int64_t failed;
};
struct edit {
    int64_t broadcast_id, no; /* which of its edits */
    enum edit_does does;
    int variant;
    struct edit_sums sums;
    int64_t begun_at, ended_at; /* 0: it is still going on */
};
/* Adds to what is known of it; makes the row. ends: that was all. */
must_check enum status edit_note(struct db *db, int64_t now, const struct edit *e,
                                 bool ends);
/* How many of an audience were sent before that moment. */
must_check enum status edit_late(struct db *db, const struct edit_page *p, int64_t *n);
/* The newest first; *n of at most room. */
must_check enum status edit_list(struct db *db, int64_t broadcast_id, struct edit *out,
                                 int room, int *n);

#endif
