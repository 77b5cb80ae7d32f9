/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * One action on many customers: at once, when they are few and named; else a task. */
#include "api/users_bulk.h"

#include "api/list.h"
#include "api/users.h"
#include "core/audit.h"
#include "core/base/tz.h"

#include <stdio.h>

#define N(table) (sizeof(table) / sizeof *(table))

/* ---- JSON ------------------------------------------------------------------------- */

static struct json *item_json(const struct bulk_item *i)
{
    struct json *o = json_new_object();

    json_set_int(o, "user_id", i->customer_id);
    json_set_text(o, "status", bulk_fate_name(i->fate));
    json_set_text(o, "why", i->why[0] != '\0' ? i->why : NULL);
    user_set_id(o, "discount_id", i->result);
    return o;
}

static struct json *task_json(const struct bulk_task *t)
{
    struct json *o = json_new_object();

    json_set_int(o, "id", t->id);
    json_set_text(o, "action", bulk_action_name(t->action));
    json_set_text(o, "state", bulk_state_name(t->state));
    json_set_int(o, "staff_id", t->staff_id);
    json_set_bool(o, "by_filter", t->by_filter);
    json_set_int(o, "expected", t->expected);
    json_set_bool(o, "expected_is_capped", !t->expected_whole);
    json_set_int(o, "done", t->done);
    json_set_int(o, "unchanged", t->unchanged);
    json_set_int(o, "failed", t->failed);
    json_set_int(o, "parts", t->parts);
    user_set_time(o, "created_at", t->made_at);
    user_set_time(o, "moved_at", t->moved_at);
    user_set_time(o, "finished_at", t->finished_at);
    return o;
}

/* ---- at once ---------------------------------------------------------------------- */

static int32_t today(const struct call *c)
{
    struct tz *tz = tz_open(c->cfg->timezone);
    int32_t day = tz != NULL ? tz_local(tz, c->now).day : 0;

    tz_close(tz);
    return day;
}

static void sums_set(struct json *o, const int *sums)
{
    json_set_int(o, "done", sums[FATE_DONE]);
    json_set_int(o, "unchanged", sums[FATE_UNCHANGED]);
    json_set_int(o, "failed", sums[FATE_FAILED]);
}

static enum status do_now(struct call *c, const struct bulk_said *said)
{
    const struct bulk_act act = {.by = &c->who.staff,
                                 .action = said->action,
                                 .params = &said->params,
                                 .day = today(c)};
    struct json *o = json_new_object(), *items = json_new_array();
    int sums[FATES] = {0};
    struct bulk_item item;
    enum status st = ST_OK;

    for (size_t i = 0; i < said->n && st == ST_OK; i++) {
        st = bulk_one(c->db, c->now, &act, said->ids[i], &item);
        if (st != ST_OK)
            break;
        if (said->dry)
            item.result = 0;
        sums[item.fate]++;
        json_push(items, item_json(&item));
    }
    json_set_bool(o, "dry_run", said->dry);
    sums_set(o, sums);
    json_set(o, "items", items);
    if (st == ST_OK)
        answer_json(c, 207, o);
    else
        json_free(o);
    return st;
}

/* ---- a task ----------------------------------------------------------------------- */

/* Whom a filter would name: how many, and the first of them. */
static enum status foresee(struct call *c, const struct bulk_said *said)
{
    struct page page = {.sort = &customer_sorts[0], .limit = 20};
    struct json *o = json_new_object(), *items = json_new_array();
    struct bulk_item item = {.fate = FATE_WAITING};
    struct customer_row row;
    int64_t total = (int64_t)said->n;
    bool whole = true;
    enum status st = ST_NONE;

    if (said->by_filter)
        st = customer_total(c->db, &said->filter, &total, &whole);
    if (st == ST_OK)
        st = customer_search(c->db, &said->filter, &page);
    while (st == ST_OK && (st = customer_search_next(c->db, &page, &row)) == ST_OK) {
        item.customer_id = row.customer.id;
        json_push(items, item_json(&item));
    }
    json_set_bool(o, "dry_run", true);
    json_set_int(o, "expected", total > PAGE_TOTAL_MAX ? PAGE_TOTAL_MAX : total);
    json_set_bool(o, "expected_is_capped", !whole || total > PAGE_TOTAL_MAX);
    json_set(o, "items", items);
    if (st == ST_NONE)
        answer_json(c, 200, o);
    else
        json_free(o);
    return st == ST_NONE ? ST_OK : st;
}

static enum status begin_task(struct call *c, const struct bulk_said *said)
{
    const struct bulk_spec spec = {.staff_id = c->who.staff.id,
                                   .action = said->action,
                                   .params = &said->params,
                                   .filter = said->by_filter ? &said->filter : NULL,
                                   .ids = said->ids,
                                   .n = said->n};
    struct bulk_task task;
    char where[80];
    enum status st = bulk_open(c->db, c->now, &spec, &task);

    if (st != ST_OK)
        return st;
    snprintf(where, sizeof where, "/api/v1/users/bulk/%lld", (long long)task.id);
    answer_header(c, "Location", where);
    answer_json(c, 202, task_json(&task));
    return ST_OK;
}

struct bulk_call {
    struct call *c;
    bool dry;
};

static enum status bulk_do(struct bulk_call *b, const struct bulk_said *said)
{
    enum status st;

    b->dry = said->dry;
    if (!said->by_filter && said->n <= BULK_NOW_MAX && said->action != BULK_EXPORT)
        st = do_now(b->c, said);
    else
        st = users_searched(b->c,
                            said->dry ? foresee(b->c, said) : begin_task(b->c, said));
    return st;
}

/* What is only tried out is undone again, all of it together: limits count. */
static enum status bulk_try(struct db *db, void *arg)
{
    struct bulk_call *b = arg;
    struct bulk_said said;
    enum status st = bulk_said(b->c, &said);

    (void)db;
    if (st == ST_OK)
        st = bulk_do(b, &said);
    bulk_said_free(&said);
    return st == ST_OK && b->dry ? ST_NONE : st;
}

/* POST /api/v1/users/bulk */
enum status bulk_post(struct call *c)
{
    struct bulk_call b = {.c = c};
    struct queue_mark mark = queue_mark(c->queue);
    enum status st = db_tx(c->db, bulk_try, &b);

    if (!b.dry)
        return st;
    queue_forget(c->queue, mark); /* jobs of what is undone */
    return st == ST_NONE ? ST_OK : st;
}

/* GET /api/v1/users/bulk */
enum status bulks_get(struct call *c)
{
    static const struct field params[] = {
        {"limit", FIELD_INT, .min = 1, .max = PAGE_LIMIT_MAX},
        {"cursor", FIELD_TEXT, .min = 1, .max = LIST_CURSOR_MAX},
    };
    struct page page;
    struct list list = {0};
    struct bulk_task task;
    enum status st = query_read(c, params, N(params));

    if (st == ST_OK)
        st = list_begin(c, bulk_sorts, BULK_SORTS, &page);
    if (st != ST_OK)
        return st;
    page.descending = true;
    list.items = json_new_array();
    st = bulk_search(c->db, &page);
    while (st == ST_OK && (st = bulk_search_next(c->db, &page, &task)) == ST_OK)
        json_push(list.items, task_json(&task));
    if (st == ST_NONE)
        return list_answer(c, &page, &list);
    json_free(list.items);
    return st;
}

/* GET /api/v1/users/bulk/{id} */
enum status bulk_get(struct call *c)
{
    struct bulk_task task;
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = bulk_load(c->db, c->id[0], &task);
    if (st == ST_OK)
        answer_json(c, 200, task_json(&task));
    return st;
}

/* GET /api/v1/users/bulk/{id}/items */
enum status bulk_items_get(struct call *c)
{
    static const char *const fates[] = {"waiting", "done", "unchanged", "failed", NULL};
    static const struct field params[] = {
        {"status", FIELD_WORD, .words = fates},
        {"limit", FIELD_INT, .min = 1, .max = PAGE_LIMIT_MAX},
        {"cursor", FIELD_TEXT, .min = 1, .max = LIST_CURSOR_MAX},
    };
    struct page page;
    struct list list = {0};
    struct bulk_task task;
    struct bulk_item item;
    enum status st = query_read(c, params, N(params));

    if (st == ST_OK)
        st = bulk_load(c->db, c->id[0], &task);
    if (st == ST_OK)
        st = list_begin(c, bulk_item_sorts, BULK_SORTS, &page);
    if (st != ST_OK)
        return st;
    list.items = json_new_array();
    st = bulk_items(c->db, task.id,
                    (enum bulk_fate)(given_int(&c->query, "status", -1) + 1), &page);
    while (st == ST_OK && (st = bulk_items_next(c->db, &page, &item)) == ST_OK)
        json_push(list.items, item_json(&item));
    if (st == ST_NONE)
        return list_answer(c, &page, &list);
    json_free(list.items);
    return st;
}

/* GET /api/v1/users/bulk/{id}/file. Who took it is in the audit. */
enum status bulk_file_get(struct call *c)
{
    static const struct field params[] = {
        {"part", FIELD_INT, .min = 1, .max = 1000000},
    };
    struct buf text = {0};
    enum status st = query_read(c, params, N(params));

    if (st == ST_OK)
        st = bulk_part(c->db, c->now, c->id[0], (int)given_int(&c->query, "part", 1),
                       &text);
    if (st == ST_OK)
        st = audit_add(c->db, c->now,
                       &(struct audit_entry){.actor = ACTOR_STAFF,
                                             .actor_id = c->who.staff.id,
                                             .action = "bulk.file",
                                             .entity_id = c->id[0]});
    if (st == ST_OK)
        answer_text(c, 200, "text/csv; charset=utf-8", &text);
    buf_free(&text);
    return st;
}

/* POST /api/v1/users/bulk/{id}/cancel */
enum status bulk_stop_post(struct call *c)
{
    struct bulk_task task;
    enum status st = bulk_load(c->db, c->id[0], &task);

    if (st == ST_OK)
        st = bulk_stop(c->db, c->now, task.id, c->who.staff.id);
    if (st == ST_NONE && task.id != 0)
        return problem(c, PROBLEM_CONFLICT, NULL);
    if (st == ST_OK)
        st = bulk_load(c->db, c->id[0], &task);
    if (st == ST_OK)
        answer_json(c, 200, task_json(&task));
    return st;
}
