/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/staff/role.h"

#include <string.h>

static const char *const names[ROLE_COUNT] = {
    [ROLE_UNSET] = "unset",
    [ROLE_OWNER] = "owner",
    [ROLE_ADMINISTRATOR] = "administrator",
    [ROLE_MARKETING] = "marketing",
    [ROLE_READONLY] = "readonly",
    [ROLE_MANAGER] = "manager",
    [ROLE_SELLER] = "seller",
    [ROLE_CASHIER] = "cashier",
    [ROLE_STOREKEEPER] = "storekeeper",
};

/* F everything, T the stores they are bound to, S their own shift and actions, N no. */
#define F SCOPE_ALL
#define T SCOPE_STORE
#define S SCOPE_OWN
#define N SCOPE_NONE

/* One line a permission; a role that is added gets a column, and a cell that is
 * forgotten is SCOPE_UNSET, which role_table_whole() refuses. */
/* clang-format off */
static const unsigned char table[PERM_COUNT][ROLE_COUNT] = {
    /*                        -  own adm mar rea man sel cas sto */
    [PERM_STAFF_VIEW]      = {0, F,  F,  N,  F,  T,  S,  S,  S},
    [PERM_STAFF_INVITE]    = {0, F,  F,  N,  N,  T,  N,  N,  N},
    [PERM_STAFF_DISMISS]   = {0, F,  F,  N,  N,  T,  N,  N,  N},
    [PERM_SHIFT]           = {0, F,  F,  N,  N,  T,  S,  S,  S},
    [PERM_SHIFT_REPORT]    = {0, F,  F,  F,  F,  T,  S,  S,  S},
    [PERM_DISCOUNT_CHECK]  = {0, F,  F,  N,  N,  T,  T,  T,  N},
    [PERM_DISCOUNT_REDEEM] = {0, F,  F,  N,  N,  T,  T,  T,  N},
    [PERM_DISCOUNT_ISSUE]  = {0, F,  F,  F,  N,  T,  T,  N,  N},
    [PERM_DISCOUNT_REVOKE] = {0, F,  F,  F,  N,  N,  N,  N,  N},
    [PERM_DISCOUNT_VIEW]   = {0, F,  F,  F,  F,  T,  S,  S,  N},
    [PERM_REDEMPTION_VOID] = {0, F,  F,  N,  N,  T,  S,  S,  N},
    [PERM_CUSTOMER_VIEW]   = {0, F,  F,  F,  F,  T,  S,  S,  N},
    [PERM_CUSTOMER_EDIT]   = {0, F,  F,  F,  N,  N,  N,  N,  N},
    [PERM_CUSTOMER_ERASE]  = {0, F,  F,  N,  N,  N,  N,  N,  N},
    [PERM_CUSTOMER_UNMASK] = {0, F,  F,  N,  N,  N,  N,  N,  N},
    [PERM_SUPPORT]         = {0, F,  F,  F,  N,  T,  N,  N,  N},
    [PERM_SETTING_VIEW]    = {0, F,  F,  F,  F,  F,  N,  N,  N},
    [PERM_SETTING_EDIT]    = {0, F,  F,  N,  N,  N,  N,  N,  N},
    [PERM_BROADCAST_VIEW]  = {0, F,  F,  F,  F,  N,  N,  N,  N},
    [PERM_BROADCAST_EDIT]  = {0, F,  F,  F,  N,  N,  N,  N,  N},
    [PERM_BROADCAST_SEND]  = {0, F,  F,  F,  N,  N,  N,  N,  N},
    [PERM_BROADCAST_SERVICE] = {0, F, F, N,  N,  N,  N,  N,  N},
    [PERM_BROADCAST_CONFIRM] = {0, F, N, N,  N,  N,  N,  N,  N},
    [PERM_TEMPLATE_VIEW]   = {0, F,  F,  F,  F,  N,  N,  N,  N},
    [PERM_TEMPLATE_EDIT]   = {0, F,  F,  F,  N,  N,  N,  N,  N},
    [PERM_AUTOMATION_VIEW] = {0, F,  F,  F,  F,  N,  N,  N,  N},
    [PERM_AUTOMATION_EDIT] = {0, F,  F,  F,  N,  N,  N,  N,  N},
    [PERM_SEGMENT_VIEW]    = {0, F,  F,  F,  F,  N,  N,  N,  N},
    [PERM_SEGMENT_EDIT]    = {0, F,  F,  F,  N,  N,  N,  N,  N},
    [PERM_STATS_VIEW]      = {0, F,  F,  F,  F,  T,  S,  S,  N},
    [PERM_AUDIT_VIEW]      = {0, F,  F,  S,  N,  N,  N,  N,  N},
    [PERM_TRAINING]        = {0, F,  F,  N,  N,  T,  N,  N,  N},
    [PERM_JOBS_VIEW]       = {0, F,  F,  F,  N,  N,  N,  N,  N},
    [PERM_JOBS_EDIT]       = {0, F,  F,  N,  N,  N,  N,  N,  N},
    [PERM_STORE_VIEW]      = {0, F,  F,  F,  F,  T,  S,  S,  S},
    [PERM_STORE_EDIT]      = {0, F,  F,  N,  N,  N,  N,  N,  N},
    [PERM_PANEL]           = {0, F,  F,  F,  F,  T,  N,  N,  N},
    [PERM_ADMIN_EDIT]      = {0, F,  F,  N,  N,  N,  N,  N,  N},
};
/* clang-format on */

#undef F
#undef T
#undef S
#undef N

enum scope role_scope(enum role role, enum perm perm)
{
    if ((unsigned)role >= ROLE_COUNT || (unsigned)perm >= PERM_COUNT ||
        table[perm][role] == SCOPE_UNSET)
        return SCOPE_NONE;
    return (enum scope)table[perm][role];
}

bool role_may(enum role role, enum perm perm)
{
    return role_scope(role, perm) > SCOPE_NONE;
}

static const char *const perm_names[PERM_COUNT] = {
    [PERM_STAFF_VIEW] = "staff.view",
    [PERM_STAFF_INVITE] = "staff.invite",
    [PERM_STAFF_DISMISS] = "staff.dismiss",
    [PERM_SHIFT] = "shift",
    [PERM_SHIFT_REPORT] = "shift.report",
    [PERM_DISCOUNT_CHECK] = "discount.check",
    [PERM_DISCOUNT_REDEEM] = "discount.redeem",
    [PERM_DISCOUNT_ISSUE] = "discount.issue",
    [PERM_DISCOUNT_REVOKE] = "discount.revoke",
    [PERM_DISCOUNT_VIEW] = "discount.view",
    [PERM_REDEMPTION_VOID] = "redemption.void",
    [PERM_CUSTOMER_VIEW] = "customer.view",
    [PERM_CUSTOMER_EDIT] = "customer.edit",
    [PERM_CUSTOMER_ERASE] = "customer.erase",
    [PERM_CUSTOMER_UNMASK] = "customer.unmask",
    [PERM_SUPPORT] = "support",
    [PERM_SETTING_VIEW] = "setting.view",
    [PERM_SETTING_EDIT] = "setting.edit",
    [PERM_BROADCAST_VIEW] = "broadcast.view",
    [PERM_BROADCAST_EDIT] = "broadcast.edit",
    [PERM_BROADCAST_SEND] = "broadcast.send",
    [PERM_BROADCAST_SERVICE] = "broadcast.service",
    [PERM_BROADCAST_CONFIRM] = "broadcast.confirm",
    [PERM_TEMPLATE_VIEW] = "template.view",
    [PERM_TEMPLATE_EDIT] = "template.edit",
    [PERM_AUTOMATION_VIEW] = "automation.view",
    [PERM_AUTOMATION_EDIT] = "automation.edit",
    [PERM_SEGMENT_VIEW] = "segment.view",
    [PERM_SEGMENT_EDIT] = "segment.edit",
    [PERM_STATS_VIEW] = "stats.view",
    [PERM_AUDIT_VIEW] = "audit.view",
    [PERM_TRAINING] = "training",
    [PERM_JOBS_VIEW] = "jobs.view",
    [PERM_JOBS_EDIT] = "jobs.edit",
    [PERM_STORE_VIEW] = "store.view",
    [PERM_STORE_EDIT] = "store.edit",
    [PERM_PANEL] = "panel",
    [PERM_ADMIN_EDIT] = "admin.edit",
};

const char *perm_name(enum perm perm)
{
    return (unsigned)perm < PERM_COUNT ? perm_names[perm] : NULL;
}

bool role_table_whole(void)
{
    for (int p = PERM_UNSET + 1; p < PERM_COUNT; p++)
        for (int r = ROLE_UNSET + 1; r < ROLE_COUNT; r++)
            if (table[p][r] == SCOPE_UNSET || perm_names[p] == NULL)
                return false;
    return true;
}

const char *role_name(enum role role)
{
    return names[(unsigned)role < ROLE_COUNT ? role : ROLE_UNSET];
}

enum role role_find(const char *name, size_t n)
{
    for (int r = ROLE_UNSET + 1; r < ROLE_COUNT; r++)
        if (strlen(names[r]) == n && memcmp(names[r], name, n) == 0)
            return (enum role)r;
    return ROLE_UNSET;
}

/* Nobody hands out more than they have: every permission of `as` must be one of `by`,
 * and reach no further; and only an owner makes an owner. */
bool role_may_invite(enum role by, enum role as)
{
    if (!role_may(by, PERM_STAFF_INVITE) || as <= ROLE_UNSET || as >= ROLE_COUNT)
        return false;
    if (as == ROLE_OWNER)
        return by == ROLE_OWNER;
    for (int p = PERM_UNSET + 1; p < PERM_COUNT; p++)
        if (role_scope(as, (enum perm)p) > role_scope(by, (enum perm)p))
            return false;
    return true;
}

bool role_below(enum role by, enum role as)
{
    return role_may_invite(by, as) && !role_may_invite(as, by);
}
