/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Roles and stores to choose from: nobody is offered what they may not give. */
#include "worker/cashier/cashier.h"

#include "core/staff/store.h"

#include <stdio.h>

#define STORES_MAX 24

/* Whose work is at a till, or whose rights end at a store. */
bool role_has_store(enum role role)
{
    enum scope s = role_scope(role, PERM_SHIFT);

    return s == SCOPE_OWN || s == SCOPE_STORE;
}

static void arg_print(char out[SCREEN_DATA_MAX + 1], const struct pick *to, int64_t n)
{
    char id[14];

    base36_print((uint64_t)n, id);
    snprintf(out, SCREEN_DATA_MAX + 1, "%s%s", to->prefix, id);
}

void pick_role(struct talk *t, struct screen *sc, const struct pick *to)
{
    char arg[SCREEN_DATA_MAX + 1];

    for (int r = ROLE_UNSET + 1; r < ROLE_COUNT; r++)
        if (role_below(t->staff.role, (enum role)r)) {
            arg_print(arg, to, r);
            screen_choice(sc, text_get(t->lang, role_text((enum role)r)), to->screen,
                          to->action, arg);
        }
}

enum status pick_store(struct talk *t, struct screen *sc, const struct pick *to, int *n)
{
    static struct store stores[STORES_MAX]; /* large, and a step runs alone */
    bool all = role_scope(t->staff.role, to->perm) == SCOPE_ALL;
    char arg[SCREEN_DATA_MAX + 1];
    int i, found = 0;
    enum status st =
        store_list(t->s->db, all ? 0 : t->staff.id, stores, STORES_MAX, &found);

    for (i = 0; st == ST_OK && i < found; i++) {
        arg_print(arg, to, stores[i].id);
        screen_row(sc);
        screen_choice(sc, stores[i].name, to->screen, to->action, arg);
    }
    screen_row(sc);
    if (n != NULL)
        *n = found;
    return st;
}
