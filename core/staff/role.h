/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/staff/role.h - who may do what: one constant table, role by permission.
 *
 * Bots, API and commands ask the same table. 0 is no role and no permission: whoever
 * forgets to fill a row is refused, and role_table_whole() stops the program at start.
 */
#ifndef CORE_STAFF_ROLE_H
#define CORE_STAFF_ROLE_H

#include <stdbool.h>
#include <stddef.h>

/* Numbers are stored. */
enum role {
    ROLE_UNSET,
    ROLE_OWNER,
    ROLE_ADMINISTRATOR,
    ROLE_MARKETING,
    ROLE_READONLY,
    ROLE_MANAGER,
    ROLE_SELLER,
    ROLE_CASHIER,
    ROLE_STOREKEEPER,
    ROLE_COUNT
};

enum perm {
    PERM_UNSET,
    PERM_STAFF_VIEW,
    PERM_STAFF_INVITE,
    PERM_STAFF_DISMISS,
    PERM_SHIFT,        /* open and close one's own shift */
    PERM_SHIFT_REPORT, /* see the report of a shift */
    PERM_DISCOUNT_CHECK,
    PERM_DISCOUNT_REDEEM,
    PERM_DISCOUNT_ISSUE, /* by hand */
    PERM_DISCOUNT_REVOKE,
    PERM_DISCOUNT_VIEW, /* all of them, not one by its code */
    PERM_REDEMPTION_VOID,
    PERM_CUSTOMER_VIEW,
    PERM_CUSTOMER_EDIT,
    PERM_CUSTOMER_ERASE,
    PERM_CUSTOMER_UNMASK, /* see whole phones and birth dates, change them, export */
    PERM_SUPPORT,         /* answer guests, close and block */
    PERM_SETTING_VIEW,
    PERM_SETTING_EDIT,
    PERM_BROADCAST_VIEW,
    PERM_BROADCAST_EDIT,
    PERM_BROADCAST_SEND,
    PERM_BROADCAST_SERVICE, /* one that asks nobody whether they want advertising */
    PERM_BROADCAST_CONFIRM, /* that a restored database is the shop's */
    PERM_TEMPLATE_VIEW,
    PERM_TEMPLATE_EDIT, /* pictures, and the bots' own texts, too */
    PERM_AUTOMATION_VIEW,
    PERM_AUTOMATION_EDIT,
    PERM_SEGMENT_VIEW,
    PERM_SEGMENT_EDIT,
    PERM_STATS_VIEW,
    PERM_AUDIT_VIEW,
    PERM_TRAINING, /* a store's training mode on and off */
    PERM_JOBS_VIEW,
    PERM_JOBS_EDIT,
    PERM_PANEL,      /* log in to the admin panel */
    PERM_ADMIN_EDIT, /* see and change who may */
    PERM_STORE_VIEW,
    PERM_STORE_EDIT,
    PERM_COUNT
};

/* How far a permission reaches. Larger reaches further. */
enum scope {
    SCOPE_UNSET,
    SCOPE_NONE,  /* may not */
    SCOPE_OWN,   /* own shift, own actions */
    SCOPE_STORE, /* the stores they are bound to */
    SCOPE_ALL
};

enum scope role_scope(enum role role,
                      enum perm perm);         /* SCOPE_NONE outside the table */
bool role_may(enum role role, enum perm perm); /* reaches anything at all */
/* "discount.issue"; NULL outside. Lent, for ever */
const char *perm_name(enum perm perm);
bool role_table_whole(void); /* no cell was forgotten */

const char *role_name(enum role role); /* "cashier"; "unset" outside. Lent, for ever */
enum role role_find(const char *name, size_t n); /* ROLE_UNSET: no such role */
/* May somebody of role `by` invite somebody as `as`? Nobody hands out more than they
 * have. */
bool role_may_invite(enum role by, enum role as);
/* … and strictly less: somebody of role `as` could not invite a `by` in their turn. Who
 * may be hired, changed or dismissed by hand. */
bool role_below(enum role by, enum role as);

#endif
