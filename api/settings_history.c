/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What a setting was, and who set it. */
#include "api/settings.h"

#include "api/list.h"
#include "api/moment.h"
#include "core/setting_row.h"

#define N(table) (sizeof(table) / sizeof *(table))

static struct json *row_json(const struct setting *s, const struct setting_row *row)
{
    struct json *o = json_new_object();

    json_set_int(o, "version", row->version);
    setting_value_set(o, "value", s, row->stored);
    moment_set(o, "updated_at", row->updated_at);
    json_set_text(o, "updated_by", row->updated_by);
    return o;
}

static enum status rows_read(struct call *c, const struct setting *s, struct page *page,
                             struct json *items)
{
    struct setting_row row;
    enum status st = setting_history(c->db, s->name, page);

    while (st == ST_OK && (st = setting_history_next(c->db, page, &row)) == ST_OK)
        json_push(items, row_json(s, &row));
    return st == ST_NONE ? ST_OK : st;
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
        st = list_begin(c, setting_history_sorts, 1, &page);
    if (st == ST_OK)
        st = list_wants_total(c) ? setting_history_total(c->db, s->name, &list.total)
                                 : ST_OK;
    if (st != ST_OK)
        return st;
    list.items = json_new_array();
    st = rows_read(c, s, &page, list.items);
    if (st == ST_OK)
        return list_answer(c, &page, &list);
    json_free(list.items);
    return st;
}
