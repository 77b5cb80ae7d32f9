/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/till_private.h - between the files of the till's page: what was asked (till.c,
 * till_form.c), what became of it (till_work.c, in a thread), how it looks (till_page.c).
 */
#ifndef API_TILL_PRIVATE_H
#define API_TILL_PRIVATE_H

#include "core/base/tz.h"
#include "core/loyalty/redemption.h"
#include "core/staff/store.h"

#include <stdbool.h>

/* ---- what was asked ------------------------------------------------------------- */

#define TILL_FIELD 80
#define TILL_CODE 400 /* a pasted link, also in the wrong layout */

enum till_do {
    TILL_LOOK = 1, /* the page, as it is for this person now */
    TILL_ENTER,    /* number, pin */
    TILL_OPEN,     /* store: a shift there */
    TILL_CHECK,    /* code, take */
    TILL_SUM,      /* nonce, sum */
    TILL_PRESS,    /* nonce */
    TILL_CANCEL,   /* nonce */
    TILL_LEAVE
};

struct till_form {
    enum till_do act;
    char number[TILL_FIELD], pin[TILL_FIELD], store[TILL_FIELD], sum[TILL_FIELD],
        nonce[TILL_FIELD], code[TILL_CODE];
    bool take;
};

/* Pure: a body of application/x-www-form-urlencoded. A field that is unknown or too long
 * is left out; false: it says not what to do. */
bool till_form_read(const char *body, size_t n, struct till_form *out);

/* ---- what became of it ---------------------------------------------------------- */

enum till_view_kind {
    VIEW_CLOSED = 1, /* the page is switched off */
    VIEW_LOGIN,
    VIEW_STORES, /* no shift is open: at which store? */
    VIEW_CODE,
    VIEW_CARD, /* valid: the sum, the press */
    VIEW_RECEIPT
};

/* What is said above it. */
enum till_word {
    WORD_NONE,
    WORD_WRONG_PIN,
    WORD_LOCKED, /* until */
    WORD_NO_RIGHT,
    WORD_NO_STORES,
    WORD_CODE,    /* it is not the form of a code */
    WORD_VERDICT, /* card.verdict says why not */
    WORD_STALE,
    WORD_SUM, /* unreadable, none, too large */
    WORD_CANCELLED,
    WORD_COUNT
};

#define TILL_STORES 24

struct till_view {
    enum till_view_kind kind;
    enum till_word word;
    bool english;
    int64_t now, until;
    int64_t staff_id; /* of a right PIN: begin a session */
    char name[CONTACT_NAME_BYTES], store[CONTACT_NAME_BYTES];
    bool training;        /* of that store: nothing counts */
    char code[TILL_CODE]; /* to go on with: to take over */
    struct {
        int64_t id;
        char name[CONTACT_NAME_BYTES];
    } stores[TILL_STORES];
    int n_stores;
    struct card card;
    struct redemption receipt;
};

/* In one transaction; safe to repeat. staff_id 0: nobody has entered. */
struct till_ask {
    const struct till_form *form;
    int64_t now, staff_id;
    int64_t since; /* they entered by their PIN: another one ends that */
    const struct tz *tz;
};
must_check enum status till_work(struct db *db, const struct till_ask *ask,
                                 struct till_view *out);

/* ---- how it looks --------------------------------------------------------------- */

void till_page_add(struct buf *out, const struct till_view *v, const struct tz *tz);

#endif
