/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/loyalty/bulk.h - one action on many customers.
 *
 *   bulk_open            bulk_slice, by a job after the other
 *   ---------> RUNNING ---------------------------------------> DONE
 *                 |
 *                 +---- bulk_stop, or its maker may not any more -----> STOPPED
 *
 * A task names its customers by their numbers or by a filter (customer_search.h). A
 * filter is walked in the order of numbers, once, up to the last customer there was when
 * it began; each is held against it when their turn comes. A slice acts, writes what
 * became of each, and puts the next job in one transaction: a worker that dies leaves a
 * slice that was or was not, and nothing is done twice.
 *
 * Each customer is a transaction within: what fails for one is undone for that one. */
#ifndef CORE_LOYALTY_BULK_H
#define CORE_LOYALTY_BULK_H

#include "core/base/clock.h"
#include "core/loyalty/customer_search.h"
#include "core/page.h"
#include "core/staff/staff.h"

#define BULK_NOW_MAX 100   /* numbers that are acted on at once */
#define BULK_IDS_MAX 10000 /* of one task; more: by filter */
#define BULK_SLICE 100
#define BULK_PART 1000     /* customers of one part of an export */
#define BULK_FILE_LIFE DAY /* of an export's parts */
#define BULK_WHY_BYTES 25

/* Numbers are stored. */
enum bulk_action {
    BULK_TAGS_ADD = 1,
    BULK_TAGS_REMOVE,
    BULK_DISCOUNT,
    BULK_BLOCK,
    BULK_UNBLOCK,
    BULK_NOTIFY,
    BULK_EXPORT,
    BULK_ACTIONS
};
enum bulk_state { BULK_RUNNING = 1, BULK_DONE, BULK_STOPPED };
enum bulk_fate { FATE_WAITING = 1, FATE_DONE, FATE_UNCHANGED, FATE_FAILED, FATES };

const char *bulk_action_name(enum bulk_action a); /* "add_tags". Lent, for ever */
const char *bulk_fate_name(enum bulk_fate f);
const char *bulk_state_name(enum bulk_state s);
bool bulk_may(const struct staff *by, enum bulk_action a);

struct bulk_params {
    int64_t tags[CUSTOMER_LIST_MAX];
    size_t tags_n;
    int64_t letter_id; /* of NOTIFY (letter.h) */
    /* of DISCOUNT, as in discount_act.h */
    int percent_bp, uses;
    int64_t min_purchase, max_amount, store_id, valid_from, valid_until;
    const char *reason; /* NULL: none */
    bool tell;
};

struct bulk_task {
    int64_t id, staff_id;
    enum bulk_action action;
    enum bulk_state state;
    bool by_filter;
    int64_t at_id, upto_id;
    int64_t expected;    /* how many there were when it began; */
    bool expected_whole; /* … or at least */
    int done, unchanged, failed;
    int parts; /* of an export's file */
    int64_t made_at, moved_at, finished_at;
};

struct bulk_item {
    int64_t customer_id;
    enum bulk_fate fate;
    char why[BULK_WHY_BYTES]; /* of FAILED: not_found, limit … */
    int64_t result;           /* a discount's id; 0: none */
};

/* ---- one customer ----------------------------------------------------------------- */

struct bulk_act {
    const struct staff *by; /* loaded in this transaction */
    enum bulk_action action;
    const struct bulk_params *params;
    int32_t day; /* of the shop's calendar */
};
/* ST_OK with *out, whatever became of it. */
must_check enum status bulk_one(struct db *db, int64_t now, const struct bulk_act *act,
                                int64_t customer_id, struct bulk_item *out);

/* ---- a task ----------------------------------------------------------------------- */

struct bulk_spec {
    int64_t staff_id;
    enum bulk_action action;
    const struct bulk_params *params;
    const struct customer_filter *filter; /* NULL: ids */
    const int64_t *ids;
    size_t n;
};
/* Its row, its items when they are named, its first job. */
must_check enum status bulk_open(struct db *db, int64_t now,
                                 const struct bulk_spec *spec, struct bulk_task *out);
must_check enum status bulk_load(struct db *db, int64_t id, struct bulk_task *out);

/* The next slice, in the transaction of its job; puts the next one. ST_NONE: there is
 * nothing left to do. */
must_check enum status bulk_slice(struct db *db, const struct moment *m, int64_t id);

/* What is not done will not be. staff_id 0: of itself. ST_NONE: it is over; or no such
 * task. */
must_check enum status bulk_stop(struct db *db, int64_t now, int64_t id,
                                 int64_t staff_id);

#define BULK_SORTS 1
extern const struct page_sort bulk_sorts[BULK_SORTS];
must_check enum status bulk_search(struct db *db, struct page *p);
must_check enum status bulk_search_next(struct db *db, struct page *p,
                                        struct bulk_task *out);
extern const struct page_sort bulk_item_sorts[BULK_SORTS];
/* fate 0: all of them. */
must_check enum status bulk_items(struct db *db, int64_t task_id, enum bulk_fate fate,
                                  struct page *p);
must_check enum status bulk_items_next(struct db *db, struct page *p,
                                       struct bulk_item *out);

/* One part of an export, from 1 on. ST_NONE: none, or not any more: its life is over, or
 * somebody in it was erased (erasure_table.c). */
must_check enum status bulk_part(struct db *db, int64_t now, int64_t task_id, int part,
                                 struct buf *out);
/* Parts and letters older than that leave, tasks with their items too, at most limit of
 * each; *n. */
must_check enum status bulk_forget(struct db *db, int64_t parts_before,
                                   int64_t tasks_before, int limit, int *n);

#endif
