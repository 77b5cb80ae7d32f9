/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Stores made, changed, closed. */
#include "api/stores.h"

#include "api/etag.h"
#include "core/base/tz.h"
#include "core/loyalty/redemption.h"
#include "core/staff/store_edit.h"

#include <stdio.h>

#define N(table) (sizeof(table) / sizeof *(table))

static const struct field geo_fields[] = {
    {"lat_e6", FIELD_INT, .required = true, .min = -90000000, .max = 90000000},
    {"lon_e6", FIELD_INT, .required = true, .min = -180000000, .max = 180000000},
};

/* clang-format off */
#define STORE_FIELDS                                                                   \
    {"city", FIELD_TEXT, .max = 64},                                                   \
    {"address", FIELD_TEXT, .max = 255},                                               \
    {"hours", FIELD_TEXT, .max = 255},                                                 \
    {"timezone", FIELD_TEXT, .nullable = true, .min = 1, .max = 40},                   \
    {"geo", FIELD_OBJECT, .nullable = true, .fields = geo_fields, .n = N(geo_fields)}
/* clang-format on */

static void text_take(const struct given *g, const char *name, char *out, size_t room)
{
    const char *said = given_text(g, name);

    if (said != NULL)
        snprintf(out, room, "%s", said);
}

/* What was said, on top of what the store is. */
static void body_take(const struct given *g, struct store *s)
{
    const struct value *geo = given_value(g, "geo");

    text_take(g, "name", s->name, sizeof s->name);
    text_take(g, "city", s->city, sizeof s->city);
    text_take(g, "address", s->address, sizeof s->address);
    text_take(g, "hours", s->hours, sizeof s->hours);
    text_take(g, "timezone", s->tz, sizeof s->tz);
    if (given_value(g, "timezone")->null)
        s->tz[0] = '\0';
    if (!geo->given)
        return;
    s->has_geo = !geo->null && geo->object != NULL;
    s->lat_e6 = s->has_geo ? (int32_t)given_int(geo->object, "lat_e6", 0) : 0;
    s->lon_e6 = s->has_geo ? (int32_t)given_int(geo->object, "lon_e6", 0) : 0;
}

/* ST_BAD and ST_TAKEN of the core, in the caller's words. */
static enum status said_wrong(struct call *c, enum status st, const struct store *s)
{
    struct tz *tz;

    if (st == ST_TAKEN)
        return problem(c, PROBLEM_CONFLICT, "%s",
                       tell(c, "Магазин с таким названием уже есть.",
                            "There is a store of that name already."));
    if (st != ST_BAD)
        return st;
    tz = s->tz[0] != '\0' ? tz_open(s->tz) : NULL;
    if (s->tz[0] != '\0' && tz == NULL)
        call_fault(c, "/timezone", "not_one_of", "%s",
                   tell(c, "такого часового пояса нет (Asia/Vladivostok)",
                        "there is no such time zone (Asia/Vladivostok)"));
    else
        call_fault(c, "/hours", "format", "%s",
                   tell(c, "таких часов не бывает (пн-пт 9-20, вс выходной)",
                        "such hours cannot be (mon-fri 9-18, sun closed)"));
    tz_close(tz);
    return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
}

static enum status answer_store(struct call *c, int status, int64_t id)
{
    struct store s;
    enum status st = store_load(c->db, id, &s);

    if (st != ST_OK)
        return st;
    etag_answer(c, s.version);
    answer_json(c, status, store_json(&s));
    return ST_OK;
}

/* POST /api/v1/stores */
enum status store_post(struct call *c)
{
    static const struct field fields[] = {
        {"name", FIELD_TEXT, .required = true, .min = 1, .max = 64},
        STORE_FIELDS,
    };
    struct store as = {0};
    struct store_spec spec = {.by = c->who.staff.id};
    char location[60];
    enum status st = body_read(c, fields, N(fields));

    if (st != ST_OK)
        return st;
    spec.name = given_text(&c->body, "name");
    st = store_add(c->db, c->now, &spec, &as.id);
    if (st == ST_OK)
        st = store_load(c->db, as.id, &as);
    if (st == ST_OK) {
        body_take(&c->body, &as);
        st = store_change(c->db, c->now, &c->who.staff, &as);
    }
    if (st != ST_OK)
        return said_wrong(c, st, &as);
    snprintf(location, sizeof location, "/api/v1/stores/%lld", (long long)as.id);
    answer_header(c, "Location", location);
    return answer_store(c, 201, as.id);
}

static enum status shifts_open(struct call *c, int n)
{
    json_set_int(problem_extras(c), "open_shifts", n);
    return problem(c, PROBLEM_CONFLICT,
                   tell(c, "В магазине открытых смен: %d. Сначала закройте их.",
                        "Shifts open in the store: %d. Close them first."),
                   n);
}

static enum status shut(struct call *c)
{
    int n = 0;
    enum status st = store_shut(c->db, c->now, &c->who.staff, c->id[0], &n);

    return st == ST_TAKEN ? shifts_open(c, n) : st;
}

static enum status change_open(struct call *c)
{
    if (!given_has(&c->body, "open"))
        return ST_OK;
    return given_bool(&c->body, "open", false)
               ? store_reopen(c->db, c->now, &c->who.staff, c->id[0])
               : shut(c);
}

static enum status change_training(struct call *c)
{
    const struct training_switch sw = {.store_id = c->id[0],
                                       .by = c->who.staff.id,
                                       .on = given_bool(&c->body, "training", false)};

    if (!given_has(&c->body, "training"))
        return ST_OK;
    return staff_may(&c->who.staff, PERM_TRAINING) ? training_set(c->db, c->now, &sw)
                                                   : ST_REFUSED;
}

/* PATCH /api/v1/stores/{id} */
enum status store_patch(struct call *c)
{
    static const struct field fields[] = {
        {"name", FIELD_TEXT, .min = 1, .max = 64},
        STORE_FIELDS,
        {"open", FIELD_BOOL},
        {"training", FIELD_BOOL},
    };
    struct store as;
    enum status st = body_read(c, fields, N(fields));

    if (st == ST_OK)
        st = store_lock(c->db, c->id[0], &as);
    if (st == ST_OK)
        st = etag_check(c, as.version, true);
    if (st != ST_OK)
        return st;
    body_take(&c->body, &as);
    st = store_change(c->db, c->now, &c->who.staff, &as);
    if (st == ST_BAD || st == ST_TAKEN)
        return said_wrong(c, st, &as);
    if (st == ST_OK)
        st = change_training(c);
    if (st == ST_OK)
        st = change_open(c);
    return st == ST_OK ? answer_store(c, 200, c->id[0]) : st;
}

/* DELETE /api/v1/stores/{id}: closed for good, and still told of. */
enum status store_delete(struct call *c)
{
    struct store s;
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = store_lock(c->db, c->id[0], &s);
    if (st == ST_OK)
        st = etag_check(c, s.version, false);
    return st == ST_OK ? shut(c) : st;
}
