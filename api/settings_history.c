/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What a setting was, and who set it. */
#include "api/settings.h"

#include "api/list.h"
#include "api/moment.h"

#define N(table) (sizeof(table) / sizeof *(table))

static const struct page_sort sorts[] = {{"version", "h.version", PAGE_INT}};

static struct json *row_json(const struct call *c, const struct setting *s)
{
    struct json *o = json_new_object();

    json_set_int(o, "version", db_int(c->db, 1));
    setting_value_set(o, "value", s, db_text(c->db, PAGE_COLUMNS, NULL));
    moment_set(o, "updated_at", db_time(c->db, PAGE_COLUMNS + 1));
    json_set_text(o, "updated_by", db_text(c->db, PAGE_COLUMNS + 2, NULL));
    return o;
}

static enum status rows_read(struct call *c, const struct setting *s, struct page *page,
                             struct json *items)
{
    struct page_query q = {0};
    enum status st;

    page_and(&q, "h.name = ?", DB_TEXT(s->name));
    st = page_select(c->db, page, &q, "h.version",
                     "h.value, h.updated_at, h.updated_by", "settings_history h");
    page_query_free(&q);
    while (st == ST_OK && (st = page_next(c->db, page)) == ST_OK)
        json_push(items, row_json(c, s));
    return st == ST_NONE ? ST_OK : st;
}

static enum status total_read(struct call *c, const struct setting *s, int64_t *total)
{
    struct page_query q = {0};

    if (!list_wants_total(c))
        return ST_OK;
    page_and(&q, "h.name = ?", DB_TEXT(s->name));
    return page_total(c->db, &q, "settings_history h", total);
}

/* GET /api/v1/settings/{key}/history */
enum status setting_history_get(struct call *c)
{
    static const struct field params[] = {LIST_FIELDS};
    const struct setting *s = setting_find(c->key);
    struct page page;
    struct list list = {0};
    enum status st = query_read(c, params, N(params));

    if (st == ST_OK && s == NULL)
        st = ST_NONE;
    if (st == ST_OK)
        st = list_begin(c, sorts, N(sorts), &page);
    if (st == ST_OK)
        st = total_read(c, s, &list.total);
    if (st != ST_OK)
        return st;
    list.items = json_new_array();
    st = rows_read(c, s, &page, list.items);
    if (st == ST_OK)
        return list_answer(c, &page, &list);
    json_free(list.items);
    return st;
}
