/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/audit_search.h"

#include <stdio.h>

const struct page_sort audit_sorts[AUDIT_SORTS] = {{"at", "a.at", PAGE_TIME}};

const char *actor_name(enum actor a)
{
    static const char *const names[] = {[ACTOR_SYSTEM] = "system",
                                        [ACTOR_CUSTOMER] = "customer",
                                        [ACTOR_STAFF] = "staff",
                                        [ACTOR_COMMAND] = "command",
                                        [ACTOR_API] = "api"};

    return (unsigned)a < sizeof names / sizeof *names && names[a] != NULL ? names[a]
                                                                          : "?";
}

/* 3 and 5 are staff in either way, 2 is a customer (enum actor). A session and a login
 * have their member of staff for an entity. */
#define FROM "audit a"
#define COLUMNS                                                                        \
    "a.actor, a.actor_id, a.entity_id, a.action, a.entity, a.fields, a.request_id,"    \
    " CASE WHEN a.actor IN (3, 5) THEN (SELECT s.name FROM staff s"                    \
    " WHERE s.id = a.actor_id)"                                                        \
    " WHEN a.actor = 2 THEN (SELECT c.first_name FROM customer c"                      \
    " WHERE c.id = a.actor_id) END,"                                                   \
    " CASE WHEN a.entity IN ('staff', 'login', 'admin') THEN (SELECT s.name"           \
    " FROM staff s WHERE s.id = a.entity_id)"                                          \
    " WHEN a.entity = 'customer' THEN (SELECT c.first_name FROM customer c"            \
    " WHERE c.id = a.entity_id) END"

static void conditions(struct page_query *q, const struct audit_filter *f)
{
    if (f->own != 0) {
        page_and(q, "a.actor_id = ?", DB_INT(f->own));
        page_and_plain(q, "a.actor IN (3, 5)");
    }
    page_and_in(q, "a.actor", f->actors, f->n_actors);
    if (f->by_actor_id)
        page_and(q, "a.actor_id = ?", DB_INT(f->actor_id));
    if (f->by_entity_id)
        page_and(q, "a.entity_id = ?", DB_INT(f->entity_id));
    if (f->action != NULL)
        page_and(q, "a.action = ?", DB_TEXT(f->action));
    if (f->entity != NULL)
        page_and(q, "a.entity = ?", DB_TEXT(f->entity));
    if (f->request_id != NULL)
        page_and(q, "a.request_id = ?", DB_TEXT(f->request_id));
    if (f->from != 0)
        page_and(q, "a.at >= ?", DB_TIME(f->from));
    if (f->to != 0)
        page_and(q, "a.at < ?", DB_TIME(f->to));
}

/* Each of these goes on with (at, id), so a page is a stretch of it in its order. Left to
 * themselves the servers read and sort the whole table for a page of two hundred. */
static const char *from(const struct audit_filter *f)
{
    const struct {
        bool by;
        const char *from;
    } ways[] = {
        {f->request_id != NULL, "audit a FORCE INDEX (ix_audit_request)"},
        {f->by_entity_id, "audit a FORCE INDEX (ix_audit_one)"},
        {f->own != 0 || f->by_actor_id, "audit a FORCE INDEX (ix_audit_person)"},
        {f->action != NULL, "audit a FORCE INDEX (ix_audit_action)"},
        {f->entity != NULL, "audit a FORCE INDEX (ix_audit_kind)"},
        {f->n_actors == 1, "audit a FORCE INDEX (ix_audit_actor)"},
        {true, "audit a FORCE INDEX (ix_audit_at)"},
    };
    size_t i = 0;

    while (!ways[i].by)
        i++;
    return ways[i].from;
}

enum status audit_search(struct db *db, const struct audit_filter *f, struct page *p)
{
    struct page_query q = {0};

    conditions(&q, f);
    return page_select(db, p, &q, "a.id", COLUMNS, from(f));
}

static void text(struct db *db, int col, char *out, size_t room)
{
    const char *s = db_text(db, PAGE_COLUMNS + col, NULL);

    snprintf(out, room, "%s", s != NULL ? s : "");
}

enum status audit_search_next(struct db *db, struct page *p, struct audit_row *out)
{
    enum status st = page_next(db, p);

    if (st != ST_OK)
        return st;
    *out = (struct audit_row){.id = db_int(db, 1),
                              .at = db_time(db, 0),
                              .actor = (enum actor)db_int(db, PAGE_COLUMNS),
                              .actor_id = db_int(db, PAGE_COLUMNS + 1),
                              .entity_id = db_int(db, PAGE_COLUMNS + 2)};
    text(db, 3, out->action, sizeof out->action);
    text(db, 4, out->entity, sizeof out->entity);
    text(db, 5, out->fields, sizeof out->fields);
    text(db, 6, out->request_id, sizeof out->request_id);
    text(db, 7, out->actor_name, sizeof out->actor_name);
    text(db, 8, out->entity_name, sizeof out->entity_name);
    return ST_OK;
}

enum status audit_total(struct db *db, const struct audit_filter *f, int64_t *total)
{
    struct page_query q = {0};

    conditions(&q, f);
    return page_total(db, &q, from(f), total);
}
