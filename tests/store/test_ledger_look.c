/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What the queue tells those who ask: pages, stories, sums, kinds; and the messages that
 * a root came to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/io/ledger_look.h"
#include "core/io/ledger_tree.h"
#include "core/io/queue_metrics.h"
#include "core/io/queue_sums.h"
#include "core/message.h"
#include "tests/harness/exposition.h"
#include "tests/store/queue_yard.h"

/* ---- words ---------------------------------------------------------------------- */

struct page {
    struct ledger_line line[40];
    int n;
};

static void keep(void *arg, const struct ledger_line *l)
{
    struct page *p = arg;

    assert_true(p->n < 40);
    p->line[p->n++] = *l;
}

static struct page ask(struct yard *y, const struct ledger_ask *a)
{
    struct page p = {.n = 0};

    assert_int_equal(ledger_list(y->db, a, keep, &p), ST_OK);
    return p;
}

/* The first job that waits runs, and ends so. */
static void run_one(struct yard *y, const char *end, int64_t ms)
{
    struct ledger_run run = {.worker = "b.h.0.1.1", .ms = ms, .why = "no reason"};
    struct job_result r;
    int64_t now = clock_now();

    assert_int_equal(lease(y, POOL_LOGIC, 0, 1), 1);
    r = result(&y->jobs[0], JOB_DONE, 0);
    if (strcmp(end, "retry") == 0) {
        assert_int_equal(ledger_retry(y->db, now, &y->jobs[0], now + MINUTE, &run),
                         ST_OK);
        r = result(&y->jobs[0], JOB_RETRY, 60000);
    } else if (strcmp(end, "dead") == 0) {
        assert_int_equal(ledger_bury(y->db, now, &y->jobs[0], "tries", &run), ST_OK);
    } else {
        run.why = NULL;
        assert_int_equal(ledger_claim(y->db, now, &y->jobs[0]), ST_OK);
        assert_int_equal(ledger_done(y->db, now, &y->jobs[0], &run), ST_OK);
    }
    settle(y, POOL_LOGIC, 0, &r, 1);
}

/* ---- pages ---------------------------------------------------------------------- */

/* Page by page each row comes once, whatever the table. */
static void pages_follow_one_another(struct yard *y, enum ledger_where where, int all)
{
    struct ledger_ask a = {.where = where, .limit = 3};
    struct page seen = {.n = 0}, p;

    do {
        p = ask(y, &a);
        for (int i = 0; i < p.n; i++) {
            for (int k = 0; k < seen.n; k++)
                assert_memory_not_equal(seen.line[k].id, p.line[i].id, 16);
            keep(&seen, &p.line[i]);
        }
        if (p.n > 0) {
            seen.line[seen.n - 1] = p.line[p.n - 1];
            a.behind = &seen.line[seen.n - 1];
        }
    } while (p.n == 3);
    assert_int_equal(seen.n, all);
}

static void lists_come_in_pages(void **state)
{
    struct yard *y = *state;

    put_many(y, KIND_CORE_DISCOUNT_REDEEMED, 24);
    for (int i = 0; i < 8; i++)
        run_one(y, "dead", 1);
    for (int i = 0; i < 7; i++)
        run_one(y, "done", 1);
    pages_follow_one_another(y, LEDGER_OPEN, 9);
    pages_follow_one_another(y, LEDGER_DEAD, 8);
    pages_follow_one_another(y, LEDGER_DONE, 15); /* a death is an attempt, too */
}

/* The page in front of a line comes with its last row first. */
static void pages_come_back(void **state)
{
    struct yard *y = *state;
    struct ledger_ask a = {.where = LEDGER_DEAD, .limit = 3};
    struct page all, first, second;

    put_many(y, KIND_CORE_DISCOUNT_REDEEMED, 7);
    for (int i = 0; i < 7; i++)
        run_one(y, "dead", 1);
    first = ask(y, &a);
    a.behind = &first.line[2];
    second = ask(y, &a);
    assert_int_equal(second.n, 3);
    a.behind = &second.line[0];
    a.newer = true;
    all = ask(y, &a);
    assert_int_equal(all.n, 3);
    for (int i = 0; i < 3; i++)
        assert_memory_equal(all.line[i].id, first.line[2 - i].id, 16);
    a = (struct ledger_ask){.where = LEDGER_DEAD, .limit = 30, .end = "tries"};
    assert_int_equal(ask(y, &a).n, 7);
    a.end = "poison";
    assert_int_equal(ask(y, &a).n, 0);
    a = (struct ledger_ask){.where = LEDGER_DONE, .limit = 30, .crashed = true};
    assert_int_equal(ask(y, &a).n, 0);
}

static void lists_are_picked_by_root_and_time(void **state)
{
    struct yard *y = *state;
    const char *const roots[] = {"u:client:5", "u:client:7", "u:client:9"};
    struct ledger_ask a = {.where = LEDGER_OPEN, .limit = 30};
    int64_t before = clock_now() - SECOND;
    const char *many[LEDGER_ROOTS_MAX + 1];

    for (int i = 0; i < 2; i++) {
        queue_set_cause(y->queue, roots[i], NULL);
        put_many(y, KIND_CORE_DISCOUNT_REDEEMED, 2 + i);
    }
    queue_set_cause(y->queue, NULL, NULL);
    put_many(y, KIND_CORE_DISCOUNT_REDEEMED, 4);
    a.roots = roots;
    a.n_roots = 1;
    assert_int_equal(ask(y, &a).n, 2);
    a.n_roots = 3;
    assert_int_equal(ask(y, &a).n, 5);
    a.n_roots = 0;
    a.from = before;
    assert_int_equal(ask(y, &a).n, 9);
    a.from = clock_now() + SECOND;
    assert_int_equal(ask(y, &a).n, 0);
    a.from = 0;
    a.to = before;
    assert_int_equal(ask(y, &a).n, 0);
    for (int i = 0; i <= LEDGER_ROOTS_MAX; i++)
        many[i] = "none";
    a = (struct ledger_ask){
        .where = LEDGER_OPEN, .limit = 3, .roots = many, .n_roots = LEDGER_ROOTS_MAX};
    assert_int_equal(ask(y, &a).n, 0);
    a.n_roots++;
    assert_int_equal(ledger_list(y->db, &a, keep, &(struct page){.n = 0}), ST_BAD);
}

/* Parents before their children, whatever order they ran in; then what came alone. */
static void a_tree_is_in_order(void **state)
{
    static const struct {
        int id, parent, depth;
    } jobs[] = {{1, 0, 0}, {4, 1, 1}, {3, 2, 2}, {2, 1, 1}, {6, 5, 0}, {7, 7, 0}};
    static const int order[] = {1, 4, 2, 3, 6, 7};
    struct yard *y = *state;
    struct ledger_tree t;

    for (size_t i = 0; i < 6; i++)
        for (int k = 0; k < 1 + (jobs[i].id == 3); k++) {
            uint8_t id[16] = {[15] = (uint8_t)jobs[i].id};
            uint8_t parent[16] = {[15] = (uint8_t)jobs[i].parent};

            assert_int_equal(
                db_exec(y->db, NULL,
                        "INSERT INTO job_hist (at, id, kind, attempt, outcome, ms,"
                        " worker, root, parent) VALUES (?, ?, 'bench.noop', ?, 'done',"
                        " 1, '', 'cron:x', ?)",
                        DB_TIME(clock_now() + (int64_t)i * SECOND + k),
                        DB_BYTES(id, 16), DB_INT(1 + k),
                        jobs[i].parent ? DB_BYTES(parent, 16) : DB_NULL),
                ST_OK);
        }
    assert_int_equal(ledger_tree_grow(y->db, "cron:x", &t), ST_OK);
    assert_int_equal(t.n, 6);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(t.node[i].line.id[15], order[i]);
        for (size_t k = 0; k < 6; k++)
            if (jobs[k].id == order[i])
                assert_int_equal(t.node[i].depth, jobs[k].depth);
        assert_int_equal(t.node[i].runs, order[i] == 3 ? 2 : 1);
    }
    ledger_tree_free(&t);
    assert_int_equal(ledger_tree_grow(y->db, "cron:y", &t), ST_NONE);
    ledger_tree_free(&t);
}

static void lists_are_picked_by_kind_pool_and_lists(void **state)
{
    struct yard *y = *state;
    struct ledger_ask a = {.where = LEDGER_OPEN, .limit = 30};

    put_many(y, KIND_CORE_DISCOUNT_REDEEMED, 2);
    put_many(y, KIND_SCHED_RETENTION, 3);
    put_many(y, KIND_SEND_MEMBER_CHECK, 4);
    assert_int_equal(ask(y, &a).n, 9);
    a.pool = POOL_SEND;
    assert_int_equal(ask(y, &a).n, 4);
    a.list_first = 17, a.list_last = 17;
    assert_int_equal(ask(y, &a).n, 0);
    a.pool = 0;
    assert_int_equal(ask(y, &a).n, 3);
    a.list_first = a.list_last = 0;
    a.kind = "core.discount_redeemed";
    assert_int_equal(ask(y, &a).n, 2);
}

/* ---- one job -------------------------------------------------------------------- */

static void a_story_is_told_in_its_order(void **state)
{
    struct yard *y = *state;
    struct page p = {.n = 0};
    struct buf body = {0};
    uint8_t id[16];

    queue_set_cause(y->queue, "u:client:5", NULL);
    assert_int_equal(put(y, KIND_CORE_DISCOUNT_REDEEMED, 0, 9), ST_OK);
    queue_set_cause(y->queue, NULL, NULL);
    run_one(y, "retry", 30);
    memcpy(id, y->jobs[0].id, sizeof id);
    assert_int_equal(ledger_story(y->db, id, keep, &p), ST_OK);
    assert_int_equal(p.n, 2);
    assert_string_equal(p.line[0].outcome, "retry");
    assert_string_equal(p.line[0].why, "no reason");
    assert_string_equal(p.line[0].worker, "b.h.0.1.1");
    assert_int_equal(p.line[0].ms, 30);
    assert_int_equal(p.line[1].where, LEDGER_OPEN);
    assert_int_equal(p.line[1].attempts, 1);
    assert_true(p.line[1].put_at > 0);
    assert_string_equal(p.line[1].root, "u:client:5");
    assert_int_equal(ledger_body(y->db, id, &body), ST_OK);
    assert_non_null(strstr(body.s, "\"n\":9"));
    buf_free(&body);
    memset(id, 7, sizeof id);
    assert_int_equal(ledger_story(y->db, id, keep, &p), ST_NONE);
    assert_int_equal(ledger_body(y->db, id, &body), ST_NONE);
}

/* ---- sums ----------------------------------------------------------------------- */

struct kinds {
    struct ledger_kind kind[8];
    int n;
};

static void keep_kind(void *arg, const struct ledger_kind *k)
{
    struct kinds *all = arg;

    assert_true(all->n < 8);
    all->kind[all->n++] = *k;
}

static void sums_and_kinds_add_up(void **state)
{
    struct yard *y = *state;
    struct kinds k = {.n = 0};
    struct ledger_sums s;
    int64_t now = clock_now();

    put_many(y, KIND_CORE_DISCOUNT_REDEEMED, 10);
    run_one(y, "done", 10);
    run_one(y, "done", 30);
    run_one(y, "dead", 5);
    run_one(y, "retry", 5);
    put_many(y, KIND_SCHED_RETENTION, 3);
    assert_int_equal(db_exec(y->db, NULL,
                             "UPDATE job_open SET parked = 1, run_at = ?"
                             " WHERE kind = 'sched.retention' ORDER BY id LIMIT 2",
                             DB_TIME(now - 90 * SECOND)),
                     ST_OK);
    assert_int_equal(db_exec(y->db, NULL,
                             "UPDATE job_open SET parked = 1, run_at = ?"
                             " WHERE kind = 'sched.retention' AND parked = 0",
                             DB_TIME(now + HOUR)),
                     ST_OK);
    assert_int_equal(ledger_sums(y->db, now, &s), ST_OK);
    assert_int_equal(s.open, 10);
    assert_int_equal(s.parked, 3);
    assert_int_equal(s.spilled, 2);
    assert_int_equal(s.spilled_since, now - 90 * SECOND);
    assert_int_equal(s.dead, 1);
    assert_int_equal(ledger_kinds(y->db, now - HOUR, keep_kind, &k), ST_OK);
    assert_int_equal(k.n, 2);
    assert_string_equal(k.kind[0].kind, "core.discount_redeemed");
    assert_int_equal(k.kind[0].open, 7);
    assert_int_equal(k.kind[0].done, 2);
    assert_int_equal(k.kind[0].retried, 1);
    assert_int_equal(k.kind[0].failed, 1);
    assert_int_equal(k.kind[0].dead, 1);
    assert_int_equal(k.kind[0].mean_ms, 20);
    assert_int_equal(k.kind[0].worst_ms, 30);
    assert_int_equal(k.kind[1].open, 3);
    k.n = 0;
    assert_int_equal(ledger_kinds(y->db, clock_now() + HOUR, keep_kind, &k), ST_OK);
    assert_int_equal(k.kind[0].done, 0);
}

static void an_empty_queue_has_sums_too(void **state)
{
    struct yard *y = *state;
    struct ledger_sums s;
    struct queue_sums q;

    assert_int_equal(ledger_sums(y->db, clock_now(), &s), ST_OK);
    assert_int_equal(s.open + s.parked + s.spilled + s.spilled_since + s.dead, 0);
    assert_int_equal(queue_sums(y->queue, &q), ST_OK);
    assert_int_equal(q.pool[POOL_LOGIC].lane[LANE_HOT].waiting, 0);
    assert_int_equal(q.pool[POOL_LOGIC].drift, 0);
}

/* Who scrapes does not count each time; and the more it costs, the rarer it is done. */
static void rows_are_counted_now_and_then(void **state)
{
    struct yard *y = *state;
    struct ledger_sums_kept kept = {0};
    int64_t now = clock_now();

    assert_int_equal(ledger_sums_renew(y->db, now, &kept), ST_OK);
    assert_int_equal(kept.sums.open, 0);
    put_many(y, KIND_CORE_DISCOUNT_REDEEMED, 5);
    assert_int_equal(ledger_sums_renew(y->db, now + 9 * SECOND, &kept), ST_OK);
    assert_int_equal(kept.sums.open, 0);
    kept.cost_us = SECOND;
    assert_int_equal(ledger_sums_renew(y->db, now + 99 * SECOND, &kept), ST_OK);
    assert_int_equal(kept.sums.open, 0);
    assert_int_equal(ledger_sums_renew(y->db, now + 100 * SECOND, &kept), ST_OK);
    assert_int_equal(kept.sums.open, 5);
    assert_true(kept.at == now + 100 * SECOND);
    assert_true(kept.cost_us < SECOND);
    put_many(y, KIND_CORE_DISCOUNT_REDEEMED, 1);
    assert_int_equal(ledger_sums_renew(y->db, now, &kept), ST_OK); /* set back */
    assert_int_equal(kept.sums.open, 6);
}

/* The same numbers for Prometheus; and without a store the text is whole all the same. */
static void metrics_say_what_the_sums_say(void **state)
{
    struct yard *y = *state;
    struct config away = *y->cfg;
    struct metrics m = {0};
    struct ledger_sums_kept rows = {0};
    struct queue_view v = {y->db, y->queue, &rows, clock_now()};
    struct exposition e;
    struct queue *nowhere;

    put_many(y, KIND_CORE_DISCOUNT_REDEEMED, 5);
    run_one(y, "dead", 1);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 2), 2);
    assert_int_equal(queue_metrics(&m, &v), ST_OK);
    assert_int_equal(message_metrics(&m, y->db, clock_now()), ST_OK);
    assert_true(exposition_read(&e, m.text.s));
    assert_true(exposition_value(
                    &e, "dvorik_queue_depth{pool=\"logic\",lane=\"normal\"}") == 2);
    assert_true(exposition_value(&e, "dvorik_queue_inflight{pool=\"logic\"}") == 2);
    assert_true(
        exposition_value(&e, "dvorik_queue_lease_left_seconds{pool=\"logic\"}") > 10);
    assert_false(exposition_has(&e, "dvorik_queue_lease_left_seconds{pool=\"send\"}"));
    assert_true(exposition_value(&e, "dvorik_queue_rows{state=\"dead\"}") == 1);
    assert_true(exposition_value(&e, "dvorik_queue_put_total{pool=\"logic\"}") == 5);
    exposition_free(&e);
    buf_free(&m.text);
    away.redis_url = "unix:///nowhere/redis.sock";
    v.queue = nowhere = queue_open(&away);
    m = (struct metrics){0};
    assert_int_equal(queue_metrics(&m, &v), ST_DOWN);
    assert_true(exposition_read(&e, m.text.s));
    assert_true(exposition_value(&e, "dvorik_queue_up") == 0);
    exposition_free(&e);
    buf_free(&m.text);
    queue_close(nowhere);
}

/* ---- messages ------------------------------------------------------------------- */

static void keep_message(void *arg, const struct message *m)
{
    struct message *all = arg;

    all[all[0].attempts++] = (struct message){.attempts = all[0].attempts,
                                              .id = m->id,
                                              .state = m->state,
                                              .recipient = m->recipient};
}

static enum status put_messages(struct db *db, void *arg)
{
    struct message_spec m = {.sender = SENDER_CLIENT,
                             .recipient = 1,
                             .purpose = MESSAGE_SERVICE,
                             .payload = "{}",
                             .payload_n = 2,
                             .root = "u:client:6"};
    enum status st = ST_OK;
    int64_t id;

    (void)arg;
    for (; m.recipient <= 3 && st == ST_OK; m.recipient++)
        st = message_put(db, clock_now(), &m, &id);
    m.root = "u:client:7";
    return st == ST_OK ? message_put(db, clock_now(), &m, &id) : st;
}

static void a_root_has_its_messages_and_nobody_elses(void **state)
{
    struct yard *y = *state;
    struct message seen[8] = {{0}};
    int64_t resend = -1, assume = -1;

    assert_int_equal(db_tx(y->db, put_messages, NULL), ST_OK);
    seen[0].attempts = 1; /* how many, as keep_message counts them */
    assert_int_equal(message_trace(y->db, "u:client:6", keep_message, seen), ST_OK);
    assert_int_equal(seen[0].attempts, 4);
    assert_int_equal(seen[1].recipient, 1);
    assert_int_equal(seen[3].recipient, 3);
    assert_int_equal(seen[3].state, MESSAGE_QUEUED);
    assert_int_equal(message_trace(y->db, "u:client:8", keep_message, seen), ST_NONE);
    assert_int_equal(db_exec(y->db, NULL,
                             "UPDATE message SET state = 6, on_unsure ="
                             " IF(recipient = 1, 1, 2) WHERE recipient < 4"),
                     ST_OK);
    assert_int_equal(message_unknown(y->db, clock_now() - HOUR, &resend, &assume),
                     ST_OK);
    assert_int_equal(resend, 1);
    assert_int_equal(assume, 2);
    assert_int_equal(message_unknown(y->db, clock_now() + HOUR, &resend, &assume),
                     ST_OK);
    assert_int_equal(resend + assume, 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, open_yard, close_yard)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(lists_come_in_pages),
        CASE(lists_are_picked_by_kind_pool_and_lists),
        CASE(pages_come_back),
        CASE(lists_are_picked_by_root_and_time),
        CASE(a_tree_is_in_order),
        CASE(a_story_is_told_in_its_order),
        CASE(sums_and_kinds_add_up),
        CASE(an_empty_queue_has_sums_too),
        CASE(rows_are_counted_now_and_then),
        CASE(metrics_say_what_the_sums_say),
        CASE(a_root_has_its_messages_and_nobody_elses),
    };

    return cmocka_run_group_tests_name("ledger_look", tests, NULL, NULL);
}
