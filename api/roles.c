/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The built-in roles are a constant table today; what is shown has the form that roles of
 * the shop's own will have: a name, a title, and a list of permission and scope. */
#include "api/roles.h"

#include <string.h>

struct words {
    const char *ru, *en;
};

static const struct words role_words[ROLE_COUNT] = {
    [ROLE_OWNER] = {"Владелец", "Owner"},
    [ROLE_ADMINISTRATOR] = {"Администратор", "Administrator"},
    [ROLE_MARKETING] = {"Маркетолог", "Marketing"},
    [ROLE_READONLY] = {"Наблюдатель", "Observer"},
    [ROLE_MANAGER] = {"Управляющий", "Manager"},
    [ROLE_SELLER] = {"Продавец", "Seller"},
    [ROLE_CASHIER] = {"Кассир", "Cashier"},
    [ROLE_STOREKEEPER] = {"Кладовщик", "Storekeeper"},
};

static const struct {
    const char *name;
    struct words words;
} scopes[] = {
    [SCOPE_NONE] = {"none", {"нельзя", "may not"}},
    [SCOPE_OWN] = {"own", {"своя смена и свои действия", "own shift, own actions"}},
    [SCOPE_STORE] = {"store", {"свои магазины", "the stores they are bound to"}},
    [SCOPE_ALL] = {"all", {"везде", "everywhere"}},
};

/* What a permission is for. One without words shows its name. */
static const struct words perm_words[PERM_COUNT] = {
    [PERM_STAFF_VIEW] = {"Видеть сотрудников", "See the staff"},
    [PERM_STAFF_INVITE] = {"Приглашать сотрудников", "Invite staff"},
    [PERM_STAFF_DISMISS] = {"Менять и увольнять сотрудников",
                            "Change and dismiss staff"},
    [PERM_SHIFT] = {"Открывать и закрывать смены", "Open and close shifts"},
    [PERM_SHIFT_REPORT] = {"Видеть отчёты смен", "See reports of shifts"},
    [PERM_DISCOUNT_CHECK] = {"Проверять коды", "Check codes"},
    [PERM_DISCOUNT_REDEEM] = {"Применять скидки", "Redeem discounts"},
    [PERM_DISCOUNT_ISSUE] = {"Выдавать скидки вручную", "Issue discounts by hand"},
    [PERM_DISCOUNT_REVOKE] = {"Отзывать и продлевать скидки",
                              "Revoke and extend discounts"},
    [PERM_DISCOUNT_VIEW] = {"Видеть скидки списком", "See discounts as a list"},
    [PERM_REDEMPTION_VOID] = {"Отменять чеки", "Undo receipts"},
    [PERM_CUSTOMER_VIEW] = {"Видеть гостей", "See customers"},
    [PERM_CUSTOMER_EDIT] = {"Менять данные гостей", "Change customers"},
    [PERM_CUSTOMER_ERASE] = {"Стирать данные гостей", "Erase customers"},
    [PERM_CUSTOMER_UNMASK] = {"Видеть телефоны и даты целиком",
                              "See whole phones and dates"},
    [PERM_SUPPORT] = {"Отвечать гостям", "Answer customers"},
    [PERM_SETTING_VIEW] = {"Видеть настройки", "See settings"},
    [PERM_SETTING_EDIT] = {"Менять настройки", "Change settings"},
    [PERM_BROADCAST_VIEW] = {"Видеть рассылки", "See broadcasts"},
    [PERM_BROADCAST_EDIT] = {"Готовить рассылки", "Prepare broadcasts"},
    [PERM_BROADCAST_SEND] = {"Отправлять рассылки", "Send broadcasts"},
    [PERM_BROADCAST_SERVICE] = {"Готовить и отправлять служебные рассылки",
                                "Prepare and send service broadcasts"},
    [PERM_BROADCAST_CONFIRM] = {"Подтверждать восстановленную базу",
                                "Confirm a restored database"},
    [PERM_TEMPLATE_VIEW] = {"Видеть шаблоны", "See templates"},
    [PERM_TEMPLATE_EDIT] = {"Менять шаблоны", "Change templates"},
    [PERM_AUTOMATION_VIEW] = {"Видеть автоматизации", "See automations"},
    [PERM_AUTOMATION_EDIT] = {"Менять автоматизации", "Change automations"},
    [PERM_SEGMENT_VIEW] = {"Видеть сегменты", "See segments"},
    [PERM_SEGMENT_EDIT] = {"Менять сегменты", "Change segments"},
    [PERM_STATS_VIEW] = {"Видеть статистику", "See statistics"},
    [PERM_AUDIT_VIEW] = {"Видеть журнал действий", "See the audit"},
    [PERM_TRAINING] = {"Включать учебный режим", "Switch training on and off"},
    [PERM_JOBS_VIEW] = {"Видеть задания", "See jobs"},
    [PERM_JOBS_EDIT] = {"Повторять и отменять задания", "Retry and cancel jobs"},
    [PERM_PANEL] = {"Входить в панель", "Log in to the panel"},
    [PERM_ADMIN_EDIT] = {"Решать, кто входит в панель", "Decide who may use the panel"},
    [PERM_STORE_VIEW] = {"Видеть магазины", "See stores"},
    [PERM_STORE_EDIT] = {"Менять магазины", "Change stores"},
};

static void title_set(const struct call *c, struct json *o, const struct words *w,
                      const char *otherwise)
{
    json_set_text(o, "title", w->ru != NULL ? tell(c, w->ru, w->en) : otherwise);
}

/* A list that is whole on its one page. */
static enum status all_answer(struct call *c, struct json *items)
{
    struct json *o = json_new_object();

    json_set(o, "items", items);
    answer_json(c, 200, o);
    return ST_OK;
}

/* ---- permissions ------------------------------------------------------------------ */

static struct json *scopes_json(const struct call *c)
{
    struct json *all = json_new_array();

    for (int s = SCOPE_NONE; s <= SCOPE_ALL; s++) {
        struct json *o = json_new_object();

        json_set_text(o, "name", scopes[s].name);
        title_set(c, o, &scopes[s].words, scopes[s].name);
        json_push(all, o);
    }
    return all;
}

/* GET /api/v1/permissions */
enum status permissions_get(struct call *c)
{
    struct json *items = json_new_array(), *whole = json_new_object();
    enum status st = query_read(c, NULL, 0);

    for (int p = PERM_UNSET + 1; p < PERM_COUNT; p++) {
        struct json *o = json_new_object();

        json_set_text(o, "name", perm_name((enum perm)p));
        title_set(c, o, &perm_words[p], perm_name((enum perm)p));
        json_set_text(o, "yours",
                      scopes[role_scope(c->who.staff.role, (enum perm)p)].name);
        json_push(items, o);
    }
    json_set(whole, "items", items);
    json_set(whole, "scopes", scopes_json(c));
    if (st == ST_OK)
        answer_json(c, 200, whole);
    else
        json_free(whole);
    return st;
}

/* ---- roles ------------------------------------------------------------------------ */

static struct json *grants_json(enum role role)
{
    struct json *all = json_new_array();

    for (int p = PERM_UNSET + 1; p < PERM_COUNT; p++) {
        struct json *o;

        if (!role_may(role, (enum perm)p))
            continue;
        o = json_new_object();
        json_set_text(o, "permission", perm_name((enum perm)p));
        json_set_text(o, "scope", scopes[role_scope(role, (enum perm)p)].name);
        json_push(all, o);
    }
    return all;
}

static struct json *role_json(const struct call *c, enum role role)
{
    struct json *o = json_new_object();

    json_set_text(o, "name", role_name(role));
    title_set(c, o, &role_words[role], role_name(role));
    json_set_bool(o, "built_in", true);
    json_set_bool(o, "panel", role_may(role, PERM_PANEL));
    json_set_bool(o, "needs_store", role_scope(role, PERM_SHIFT_REPORT) < SCOPE_ALL);
    json_set_bool(o, "you_may_invite", role_may_invite(c->who.staff.role, role));
    json_set(o, "permissions", grants_json(role));
    return o;
}

/* GET /api/v1/roles */
enum status roles_get(struct call *c)
{
    struct json *items;
    enum status st = query_read(c, NULL, 0);

    if (st != ST_OK)
        return st;
    items = json_new_array();
    for (int r = ROLE_UNSET + 1; r < ROLE_COUNT; r++)
        json_push(items, role_json(c, (enum role)r));
    return all_answer(c, items);
}

/* GET /api/v1/roles/{key} */
enum status role_get(struct call *c)
{
    enum role role = role_find(c->key, strlen(c->key));
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK && role == ROLE_UNSET)
        st = ST_NONE;
    if (st == ST_OK)
        answer_json(c, 200, role_json(c, role));
    return st;
}
