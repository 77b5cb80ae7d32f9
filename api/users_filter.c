/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The filters of customers as they are said, in a query or in a body. */
#include "api/users.h"

#include "core/segment/segment.h"
#include "core/setting.h"

#include <stdio.h>

/* In the order of enum customer_state. */
const char *const user_states[CUSTOMER_STATES + 1] = {"active", "unreachable",
                                                      "blocked", "erased", NULL};

/* "MM-DD" to MMDD; 29 February is a day. */
static int day_read(struct call *c, const struct given *g, const char *where,
                    const char *name)
{
    const char *s = given_text(g, name);
    struct date d = {.year = 2000};
    char at[80];

    if (s == NULL)
        return 0;
    if (s[0] >= '0' && s[0] <= '1' && s[1] >= '0' && s[1] <= '9' && s[2] == '-' &&
        s[3] >= '0' && s[3] <= '3' && s[4] >= '0' && s[4] <= '9') {
        d.month = (s[0] - '0') * 10 + s[1] - '0';
        d.day = (s[3] - '0') * 10 + s[4] - '0';
        if (cal_valid(d))
            return d.month * 100 + d.day;
    }
    snprintf(at, sizeof at, "%s%s", where, name);
    call_fault(c, at, "format", "%s",
               tell(c, "день года, как 05-17", "a day of the year, such as 05-17"));
    return 0;
}

static unsigned states_read(const struct value *v)
{
    unsigned all = 0;

    for (size_t i = 0; v->given && i < v->n; i++)
        all |= 1U << v->ids[i];
    return all;
}

static int64_t time_of(const struct given *g, const char *name)
{
    return given_int(g, name, 0);
}

void users_filter(struct call *c, const struct given *g, const char *where,
                  struct customer_filter *out)
{
    const struct value *tag = given_value(g, "tag");
    const struct value *none = given_value(g, "tag_none");
    const struct value *stores = given_value(g, "store_id");

    *out = (struct customer_filter){
        .now = c->now,
        .q = given_text(g, "q"),
        .phone_whole = users_unmasked(c),
        .states = states_read(given_value(g, "status")),
        .by_subscribed = given_has(g, "subscribed"),
        .subscribed = given_bool(g, "subscribed", false),
        .by_marketing = given_has(g, "marketing_ok"),
        .marketing = given_bool(g, "marketing_ok", false),
        .by_discount = given_has(g, "has_active_discount"),
        .discount = given_bool(g, "has_active_discount", false),
        .tags = tag->texts,
        .tags_n = tag->given ? tag->n : 0,
        .tags_none = none->texts,
        .tags_none_n = none->given ? none->n : 0,
        .stores = stores->ids,
        .stores_n = stores->given ? stores->n : 0,
        .source = given_text(g, "source"),
        .birthday_from = day_read(c, g, where, "birthday_from"),
        .birthday_to = day_read(c, g, where, "birthday_to"),
        .created_after = time_of(g, "created_after"),
        .created_before = time_of(g, "created_before"),
        .bought_after = time_of(g, "last_purchase_after"),
        .bought_before = time_of(g, "last_purchase_before"),
        .by_total = given_has(g, "min_total"),
        .total_min = given_int(g, "min_total", 0),
        .staff_id = users_bound(c),
    };
}

/* ---- of a segment ------------------------------------------------------------------- */

/* Who a rule of personal data fits is personal data. */
static enum status may_see(struct call *c, int64_t id)
{
    struct rule *rule = NULL;
    enum status st;

    if (!role_may(c->who.staff.role, PERM_SEGMENT_VIEW))
        return problem(c, PROBLEM_FORBIDDEN, NULL);
    st = segment_rule(c->db, id, &rule, NULL);
    if (st == ST_OK && rule_personal(rule) && !users_unmasked(c))
        st = problem(c, PROBLEM_FORBIDDEN, NULL);
    rule_free(rule);
    return st == ST_NONE || st == ST_BAD ? ST_OK : st;
}

enum status users_segment(struct call *c, const struct given *g,
                          struct users_segment *at, struct customer_filter *out)
{
    struct settings set;
    enum status st;

    *at = (struct users_segment){0};
    out->segment_id = given_int(g, "segment_id", 0);
    if (out->segment_id == 0)
        return ST_OK;
    st = may_see(c, out->segment_id);
    if (st == ST_OK)
        st = setting_load(c->db, &set);
    if (st == ST_OK && (at->tz = tz_open(c->cfg->timezone)) == NULL)
        st = ST_BROKEN;
    if (st != ST_OK)
        return st;
    at->moment = moment_make(c->now, at->tz, set.birthday_leap == SETTING_MAR1);
    out->moment = &at->moment;
    return ST_OK;
}

void users_segment_close(struct users_segment *at)
{
    tz_close(at->tz);
    at->tz = NULL;
}

enum status users_searched(struct call *c, enum status st)
{
    if (st != ST_REFUSED)
        return st;
    return problem(c, PROBLEM_SEGMENT_TOO_EXPENSIVE, "%s",
                   tell(c, "Правило этого сегмента слишком тяжёлое для поиска.",
                        "The rule of that segment is too heavy for a search."));
}
