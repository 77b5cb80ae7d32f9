/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/automation/plan.h - the steps of an automation, one after the other.
 *
 *   {"steps":[{"do":"send","content":{"ru":{"text":"…"}},
 *              "offer":{"percent_bp":1000,"days":14}},
 *             {"do":"wait","span":"P3D"},
 *             {"do":"exit_if","rule":{"v":1,"root":{…}}},
 *             {"do":"add_tag","tag":"вернулись"}],
 *    "exit":{"v":1,"root":{…}}, "goals":["bought"]}
 *
 * content: core/content.h; rule: core/segment/rule.h, asked of the one person at that
 * moment; span: core/segment/moment.h, in the shop's calendar. exit and the goals are asked
 * before each step.
 *
 * Reading one from outside finds all that is wrong with it, each with its JSON pointer.
 * Reading one that was kept never fails for what has gone since (a tag, a picture): that
 * step is `broken`. */
#ifndef CORE_AUTOMATION_PLAN_H
#define CORE_AUTOMATION_PLAN_H

#include "core/automation/trigger.h"
#include "core/broadcast/broadcast.h"
#include "core/content.h"
#include "core/segment/rule.h"

#define PLAN_STEPS_MAX 10
#define PLAN_WAIT_MAX_DAYS 400

enum step_kind {
    STEP_SEND,
    STEP_WAIT,
    STEP_EXIT_IF,
    STEP_ADD_TAG,
    STEP_REMOVE_TAG,
    STEP_KINDS
};
const char *step_kind_name(enum step_kind k); /* "exit_if". Lent, for ever */

/* What ends a run besides its steps. Who took their consent back, blocked us or was barred
 * leaves in any case. */
#define GOAL_BOUGHT 1u

struct plan_step {
    enum step_kind kind;
    struct content *content; /* SEND */
    struct broadcast_offer offer;
    struct span span;  /* WAIT */
    struct rule *rule; /* EXIT_IF */
    char tag[161];
    bool broken;
};
struct automation_plan {
    int no;
    struct plan_step step[PLAN_STEPS_MAX];
    int n;
    struct rule *exit; /* NULL: none */
    bool exit_broken;
    unsigned goals;
};

struct plan_source {
    const struct json *json;
    enum trigger trigger;
    bool personal; /* whoever wrote it may ask for personal data in rules */
    bool kept;     /* it is one of ours */
};
/* ST_REFUSED: faults says what is wrong. *out is yours; NULL unless ST_OK. */
must_check enum status automation_plan_read(struct db *db,
                                            const struct plan_source *from,
                                            struct automation_plan **out,
                                            struct content_faults *faults);
void automation_plan_free(struct automation_plan *p); /* NULL is fine */
/* Does a rule of it ask for personal data? Who leaves by it is personal data, too. */
bool automation_plan_personal(const struct automation_plan *p);
/* Its canonical JSON. Yours. */
struct json *automation_plan_json(const struct automation_plan *p);

/* ST_NONE: there is no such version. */
must_check enum status automation_plan_load(struct db *db, int64_t automation_id,
                                            int no, enum trigger trigger,
                                            struct automation_plan **out);
/* Its JSON as kept. Yours; NULL and ST_NONE: no such version. */
must_check enum status automation_plan_kept(struct db *db, int64_t automation_id,
                                            int no, struct json **out);
/* Makes the tags it names that are not there yet. */
must_check enum status automation_plan_tags_make(struct db *db, int64_t now,
                                                 const struct automation_plan *p,
                                                 int64_t staff_id);

#endif
