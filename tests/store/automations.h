/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/store/automations.h - automations on the stage: made, entered, gone on with. */
#ifndef TESTS_STORE_AUTOMATIONS_H
#define TESTS_STORE_AUTOMATIONS_H

#include "core/automation/run.h"
#include "core/base/clock.h"
#include "tests/store/people.h"

#include <stdlib.h>

#define SEND(words) "{\"do\":\"send\",\"content\":{\"ru\":{\"text\":\"" words "\"}}}"
#define WAIT(span) "{\"do\":\"wait\",\"span\":\"" span "\"}"
#define PLAN(steps) "{\"steps\":[" steps "]}"

struct made {
    enum trigger trigger;
    int number;
    const char *plan;
    int64_t id; /* out; in: of one that gets another plan */
};

static inline enum status plan_of_test(struct db *db, const struct made *m,
                                       struct automation_plan **out)
{
    struct json *o = json_parse(m->plan, strlen(m->plan));
    const struct plan_source from = {.json = o, .trigger = m->trigger};
    struct content_faults faults = {0};
    enum status st = o != NULL ? automation_plan_read(db, &from, out, &faults) : ST_BAD;

    for (int i = 0; i < faults.n; i++)
        print_message("%s: %s\n", faults.fault[i].pointer, faults.fault[i].code);
    json_free(o);
    return st;
}

static inline enum status make_work(struct db *db, void *arg)
{
    struct made *m = arg;
    struct automation_plan *p = NULL;
    const char *why = "";
    struct automation_act act = {0};
    struct automation_draft d = {
        .name = "Проба", .trigger = m->trigger, .number = m->number};
    enum status st = plan_of_test(db, m, &p);

    d.plan = p;
    if (st == ST_OK)
        st = automation_add(db, stage.now, &d, &why, &m->id);
    act.id = m->id;
    if (st == ST_OK)
        st = automation_activate(db, stage.now, &act);
    automation_plan_free(p);
    return st;
}

/* One that is active from now on. */
static inline int64_t automation(enum trigger t, int number, const char *plan)
{
    struct made m = {t, number, plan, 0};

    assert_int_equal(db_tx(stage.db, make_work, &m), ST_OK);
    return m.id;
}

static inline enum status replan_work(struct db *db, void *arg)
{
    struct made *m = arg;
    struct automation_plan *p = NULL;
    const char *why = "";
    struct automation_draft d = {0};
    enum status st = plan_of_test(db, m, &p);

    d.plan = p;
    if (st == ST_OK)
        st = automation_change(db, stage.now, m->id, 0, &d, &why);
    automation_plan_free(p);
    return st;
}

static inline void replan(int64_t id, enum trigger t, const char *plan)
{
    struct made m = {t, 0, plan, id};

    assert_int_equal(db_tx(stage.db, replan_work, &m), ST_OK);
}

struct moving_on {
    int64_t id;
    enum status (*fn)(struct db *db, int64_t now, const struct automation_act *act);
};

static inline enum status move_work(struct db *db, void *arg)
{
    const struct moving_on *m = arg;
    const struct automation_act act = {.id = m->id};

    return m->fn(db, stage.now, &act);
}

static inline enum status moves(int64_t id,
                                enum status (*fn)(struct db *db, int64_t now,
                                                  const struct automation_act *act))
{
    struct moving_on m = {id, fn};

    return db_tx(stage.db, move_work, &m);
}

/* What the scheduler puts. */
static inline void scan(void)
{
    stage_job(KIND_SCHED_AUTOMATION_SCAN, json_new_object());
}

static inline void wake(void)
{
    stage_job(KIND_SCHED_AUTOMATION_WAKE, json_new_object());
}

static inline void writes(const char *sql)
{
    assert_int_equal(db_exec(stage.db, NULL, sql), ST_OK);
}

/* That day of the shop (it is Vladivostok's), at that hour; they look at their menu, so
 * that what they are told from there on is new. */
static inline void at(int year, int month, int day, int hour)
{
    int32_t on = cal_day((struct date){year, month, day});

    stage_wait_until(((int64_t)on * 24 + hour - 10) * HOUR + MINUTE);
    says(&ANNA, "/menu");
}

static inline int64_t runs(const char *where)
{
    char sql[300];

    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM automation_run WHERE %s", where);
    return counts(sql);
}

/* Anna agrees to all of it. */
static inline int anna_agreed(void **state)
{
    (void)state;
    stage_open(how);
    anna_joins();
    presses(&ANNA, "Хочу получать");
    return 0;
}

/* … and buys with her first discount, from Olga. */
static inline void anna_buys(void)
{
    hires(&OLGA, "cashier", stage.store[0]);
    says(&OLGA, "/start");
    presses(&OLGA, "Открыть смену");
    says(&OLGA, last_code(&ANNA));
    presses(&OLGA, "Применить");
}

#endif
