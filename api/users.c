/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Customers: the list and the card. */
#include "api/users.h"

#include "api/etag.h"
#include "api/list.h"
#include "core/loyalty/customer_search.h"

#include <stdlib.h>
#include <string.h>

#define N(table) (sizeof(table) / sizeof *(table))

bool users_unmasked(const struct call *c)
{
    return role_may(c->who.staff.role, PERM_CUSTOMER_UNMASK);
}

int64_t users_bound(const struct call *c)
{
    return role_scope(c->who.staff.role, c->route->perm) < SCOPE_ALL ? c->who.staff.id
                                                                     : 0;
}

/* ---- the list --------------------------------------------------------------------- */

/* Who names no order has that of what they filter by: its index holds exactly those. */
static size_t natural_sort(const struct call *c)
{
    static const struct {
        const char *filter;
        const char *sort;
    } natural[] = {
        {"created_after", "created_at"},
        {"created_before", "created_at"},
        {"last_purchase_after", "last_purchase_at"},
        {"last_purchase_before", "last_purchase_at"},
        {"min_total", "total_spent"},
        {"birthday_from", "birthday"},
        {"birthday_to", "birthday"},
    };

    for (size_t i = 0; i < N(natural); i++)
        for (size_t s = 0; s < CUSTOMER_SORTS; s++)
            if (given_has(&c->query, natural[i].filter) &&
                strcmp(customer_sorts[s].name, natural[i].sort) == 0)
                return s;
    return 0;
}

static enum status begin(struct call *c, struct page_sort sorts[CUSTOMER_SORTS],
                         struct page *page)
{
    size_t first = natural_sort(c);
    enum status st;

    memcpy(sorts, customer_sorts, CUSTOMER_SORTS * sizeof *sorts);
    sorts[0] = customer_sorts[first];
    sorts[first] = customer_sorts[0];
    st = list_begin(c, sorts, CUSTOMER_SORTS, page);
    /* Newest, latest, most first; birthdays as the year goes. */
    if (!given_has(&c->query, "sort"))
        page->descending = strcmp(sorts[0].name, "birthday") != 0;
    return st;
}

static enum status total(struct call *c, const struct customer_filter *filter,
                         struct list *list)
{
    bool whole = true;
    enum status st = list_wants_total(c)
                         ? customer_total(c->db, filter, &list->total, &whole)
                         : ST_OK;

    list->total_is_capped = !whole;
    return st;
}

/* GET /api/v1/users */
enum status users_get(struct call *c)
{
    static const struct field params[] = {USER_FILTER_FIELDS, LIST_FIELDS};
    struct page_sort sorts[CUSTOMER_SORTS];
    struct page page;
    struct list list = {0};
    struct customer_row row;
    struct customer_filter filter;
    struct users_segment segment = {0};
    enum status st = query_read(c, params, N(params));

    if (st == ST_OK) {
        users_filter(c, &c->query, "?", &filter);
        st = begin(c, sorts, &page);
    }
    if (st == ST_OK)
        st = users_segment(c, &c->query, &segment, &filter);
    if (st == ST_OK) {
        st = users_searched(c, total(c, &filter, &list));
        list.items = json_new_array();
        if (st == ST_OK)
            st = users_searched(c, customer_search(c->db, &filter, &page));
    }
    while (st == ST_OK && (st = customer_search_next(c->db, &page, &row)) == ST_OK)
        json_push(list.items, user_json(&row, users_unmasked(c)));
    users_segment_close(&segment);
    if (st == ST_NONE)
        return list_answer(c, &page, &list);
    json_free(list.items);
    return st;
}

/* ---- one -------------------------------------------------------------------------- */

enum status user_seen(struct call *c, struct customer_row *out)
{
    enum status st = customer_row_load(c->db, c->id[0], users_bound(c), out);

    return st == ST_NONE ? problem(c, PROBLEM_NOT_FOUND, NULL) : st;
}

enum status user_answer(struct call *c, int status, int64_t id)
{
    struct customer_card *card = malloc(sizeof *card);
    enum status st = card == NULL
                         ? ST_BROKEN
                         : customer_card_load(c->db, c->now, id, users_bound(c), card);

    if (st == ST_OK) {
        etag_answer(c, card->version);
        answer_json(c, status, user_card_json(card, users_unmasked(c)));
        customer_card_free(card);
    }
    free(card);
    return st == ST_NONE ? problem(c, PROBLEM_NOT_FOUND, NULL) : st;
}

/* GET /api/v1/users/{id} */
enum status user_get(struct call *c)
{
    enum status st = query_read(c, NULL, 0);

    return st == ST_OK ? user_answer(c, 200, c->id[0]) : st;
}
