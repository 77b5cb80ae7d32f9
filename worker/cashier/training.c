/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A store where everything works and nothing counts, on and off. */
#include "worker/cashier/cashier.h"

#include "core/base/log.h"
#include "core/loyalty/redemption.h"
#include "core/staff/store.h"

#include <stdio.h>

#define STORES_MAX 24

/* The button says what it does, not "the other": an old screen does no harm. */
static void store_button(struct screen *sc, const struct store *store)
{
    char label[CONTACT_NAME_BYTES + 8], arg[SCREEN_DATA_MAX + 1], id[14];

    base36_print((uint64_t)store->id, id);
    snprintf(arg, sizeof(arg), "%s.%d", id, store->training ? 1 : 2);
    snprintf(label, sizeof(label), "%s%s", store->training ? "🎓 " : "", store->name);
    screen_row(sc);
    screen_choice(sc, label, "w", "turn", arg);
}

enum status training_open(struct talk *t, const char *arg)
{
    static struct store stores[STORES_MAX];
    bool all = role_scope(t->staff.role, PERM_TRAINING) == SCOPE_ALL;
    struct screen sc;
    int i, n = 0;
    enum status st =
        store_list(t->s->db, all ? 0 : t->staff.id, stores, STORES_MAX, &n);

    (void)arg;
    if (st != ST_OK)
        return st;
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_TRAINING_LIST);
    for (i = 0; i < n; i++)
        store_button(&sc, &stores[i]);
    screen_row(&sc);
    screen_button(&sc, BTN_BACK, "g", "open", NULL);
    return talk_show(t, &sc);
}

enum status training_turn(struct talk *t, const char *arg)
{
    const char *rest;
    int64_t store = talk_id(arg, &rest), what = talk_id(rest, NULL);
    enum status st;

    if (store == 0 || what < 1 || what > 2)
        return cashier_menu(t, "old");
    st = staff_may_at(t->s->db, &t->staff, PERM_TRAINING, store);
    if (st == ST_OK)
        st = training_set(t->s->db, t->now,
                          &(struct training_switch){
                              .store_id = store, .on = what == 2, .by = t->staff.id});
    if (st == ST_REFUSED)
        return talk_say(t, TEXT_NO_RIGHT);
    if (st != ST_OK)
        return st;
    log_info("training", LOG_INT("store", store), LOG_INT("on", what == 2),
             LOG_INT("by", t->staff.id));
    return training_open(t, "");
}
