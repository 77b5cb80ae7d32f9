/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The queue through the admin API: lists, one job, its tree, sums, workers; retry,
 * cancel, pause; what people wrote stays hidden; the queue's own address. No worker runs:
 * what the queue holds is what the test put there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/io/pause.h"
#include "core/message.h"
#include "tests/harness/api.h"
#include "tests/harness/web.h"
#include "tests/store/queue_yard.h"

#define ROOT "u:client:883120045"

static struct yard yard;
static int64_t owner;
static int door; /* the port of API_JOBS_LISTEN */

static int opened(void **state)
{
    char where[40];
    int st;

    door = web_free_port();
    snprintf(where, sizeof where, "127.0.0.1:%d", door);
    setenv("API_JOBS_LISTEN", where, 1);
    st = api_open(state);
    owner = api_staff(ROLE_OWNER);
    yard = (struct yard){
        .cfg = api_place.cfg, .db = api_place.db, .queue = queue_open(api_place.cfg)};
    queue_bind(yard.queue, yard.db);
    queue_wid(yard.wid[0], 0);
    return st;
}

static int closed(void **state)
{
    drop_jobs(&yard);
    queue_close(yard.queue);
    return api_close(state);
}

/* The next job that waits runs and ends so. Its id. */
static void run_one(const char *end, char id[ULID_TEXT + 1])
{
    struct ledger_run run = {
        .worker = "b.h.0.1.1", .ms = 7, .why = "the printer is on fire"};
    struct job_result r;
    int64_t now = clock_now();

    assert_int_equal(lease(&yard, POOL_LOGIC, 0, 1), 1);
    ulid_print(yard.jobs[0].id, id);
    r = result(&yard.jobs[0], JOB_DONE, 0);
    if (strcmp(end, "dead") == 0) {
        assert_int_equal(ledger_bury(yard.db, now, &yard.jobs[0], "tries", &run),
                         ST_OK);
    } else {
        run.why = NULL;
        assert_int_equal(ledger_claim(yard.db, now, &yard.jobs[0]), ST_OK);
        assert_int_equal(ledger_done(yard.db, now, &yard.jobs[0], &run), ST_OK);
    }
    settle(&yard, POOL_LOGIC, 0, &r, 1);
}

static struct json *get(struct heard *h, int64_t as, const char *fmt, const char *arg)
{
    char path[3000];

    snprintf(path, sizeof path, fmt, arg);
    asks(h, 200, &(struct ask){"GET", path, .as = as});
    return h->json;
}

static size_t count(struct heard *h, const char *path)
{
    return json_count(json_get(get(h, owner, "%s", path), "items"));
}

/* ---- looking --------------------------------------------------------------------- */

static void stats_kinds_lanes_workers(void **state)
{
    struct heard h = {0};
    const struct json *o;

    (void)state;
    put_many(&yard, KIND_SCHED_RETENTION, 5);
    assert_int_equal(lease(&yard, POOL_LOGIC, 0, 2), 2);
    o = get(&h, owner, "/api/v1/jobs/stats", "");
    assert_int_equal(json_int_or(o, "redis.logic.lanes.low.waiting", -1), 3);
    assert_int_equal(json_int_or(o, "redis.logic.in_flight", -1), 2);
    assert_int_equal(json_int_or(o, "rows.open", -1), 5);
    o = get(&h, owner, "/api/v1/jobs/workers", "");
    o = json_at(json_get(o, "workers"), 0);
    assert_string_equal(json_text(o, "worker", NULL), yard.wid[0]);
    assert_int_equal(json_int_or(o, "held", 0), 2);
    assert_true(json_int_or(o, "lease_left_ms", 0) > 0);
    o = get(&h, owner, "/api/v1/jobs/lanes", "");
    o = json_at(json_get(json_at(json_get(o, "places"), 0), "lists"), 0);
    assert_int_equal(json_int_or(o, "waiting", 0), 3);
    assert_string_equal(json_text(o, "lane", NULL), "low");
    o = json_at(json_get(get(&h, owner, "/api/v1/jobs/census", ""), "places"), 0);
    assert_int_equal(json_int_or(o, "drift", -1), 0);
    assert_int_equal(json_int_or(o, "counters.enq", -1), 5);
    assert_true(
        json_count(json_get(get(&h, owner, "/api/v1/jobs/kinds", ""), "kinds")) > 15);
    assert_int_equal(count(&h, "/api/v1/jobs/places?place=flight"), 2);
    assert_int_equal(count(&h, "/api/v1/jobs/places?place=waiting&lane=low"), 3);
    assert_int_equal(count(&h, "/api/v1/jobs/places?place=waiting&pool=send"), 0);
    assert_true(json_bool_or(get(&h, owner, "/api/v1/jobs/verify", ""), "well", false));
    heard_free(&h);
}

/* Those two in flight, and the three behind them, end; a page at a time is read. */
static void lists_and_pages(void **state)
{
    char id[ULID_TEXT + 1], path[3000], cursor[2048];
    struct heard h = {0};

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct job_result r = result(&yard.jobs[i], JOB_BACK, 0);

        settle(&yard, POOL_LOGIC, 0, &r, 1);
    }
    for (int i = 0; i < 3; i++)
        run_one("dead", id);
    run_one("done", id);
    assert_int_equal(count(&h, "/api/v1/jobs"), 1);
    assert_int_equal(count(&h, "/api/v1/jobs?state=dead"), 3);
    assert_int_equal(count(&h, "/api/v1/jobs/dead"), 3);
    assert_int_equal(count(&h, "/api/v1/jobs?state=ran&end=done"), 1);
    assert_int_equal(count(&h, "/api/v1/jobs/dead?end=tries"), 3);
    assert_int_equal(count(&h, "/api/v1/jobs/dead?end=poison"), 0);
    assert_int_equal(count(&h, "/api/v1/jobs?kind=sched.retention"), 1);
    assert_int_equal(count(&h, "/api/v1/jobs?lane=low&pool=logic"), 1);
    assert_int_equal(count(&h, "/api/v1/jobs?lane=bulk"), 0);
    assert_int_equal(count(&h, "/api/v1/jobs?older_than=3600"), 0);
    assert_int_equal(count(&h, "/api/v1/jobs?from=2020-01-01T00:00:00Z"), 1);
    assert_int_equal(count(&h, "/api/v1/jobs/dead?to=2020-01-01T00:00:00Z"), 0);
    assert_int_equal(count(&h, "/api/v1/jobs/crashes"), 0);
    assert_int_equal(
        db_exec(yard.db, NULL,
                "INSERT INTO job_hist (at, id, kind, attempt, outcome, ms, worker, why)"
                " VALUES (?, ?, 'sched.retention', 1, 'retry', 9, 'b.h.0.1.1', 'its"
                " worker died of signal 9 (Killed) after 9 ms, with 31 MB of memory')",
                DB_TIME(clock_now()), DB_BYTES("crashed-crashed-", 16)),
        ST_OK);
    assert_int_equal(count(&h, "/api/v1/jobs/crashes"), 1);
    assert_int_equal(count(&h, "/api/v1/jobs/crashes?kind=send.message"), 0);
    assert_int_equal(count(&h, "/api/v1/jobs/crashes?to=2020-01-01T00:00:00Z"), 0);
    get(&h, owner, "/api/v1/jobs/dead?limit=2", "");
    snprintf(cursor, sizeof cursor, "%s", json_text(h.json, "page.next", NULL));
    snprintf(id, sizeof id, "%s",
             json_text(json_at(json_get(h.json, "items"), 1), "id", NULL));
    snprintf(path, sizeof path, "/api/v1/jobs/dead?limit=2&cursor=%s", cursor);
    assert_int_equal(count(&h, path), 1);
    assert_null(json_text(h.json, "page.next", NULL));
    snprintf(path, sizeof path, "/api/v1/jobs/dead?limit=1&cursor=%s",
             json_text(h.json, "page.prev", NULL));
    assert_int_equal(count(&h, path), 1);
    assert_string_equal(json_text(json_at(json_get(h.json, "items"), 0), "id", NULL),
                        id);
    heard_free(&h);
}

static void what_is_no_filter_is_refused(void **state)
{
    static const char *const wrong[] = {
        "?kind=no.such",   "?state=lost", "?pool=x",       "?customer_id=0",
        "?from=yesterday", "?end=never",  "?older_than=0", "?page=2",
        "?sort=id",        "?cursor=x",   "?kind=%D0%B0"};
    char path[100];

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        snprintf(path, sizeof path, "/api/v1/jobs%s", wrong[i]);
        refuses(400, "validation_failed", &(struct ask){"GET", path, .as = owner});
    }
    refuses(400, "validation_failed",
            &(struct ask){"GET", "/api/v1/jobs/places", .as = owner});
    refuses(404, "not_found",
            &(struct ask){"GET", "/api/v1/jobs/nothing", .as = owner});
    refuses(
        404, "not_found",
        &(struct ask){"GET", "/api/v1/jobs/01ARZ3NDEKTSV4RRFFQ69G5FAV", .as = owner});
    refuses(404, "not_found",
            &(struct ask){"GET", "/api/v1/jobs/trace?root=%D0%B0", .as = owner});
}

/* ---- one job, and what followed from an update ------------------------------------ */

static enum status customer_told(struct db *db, void *arg)
{
    struct message_spec spec = {.sender = SENDER_CLIENT,
                                .recipient = 7001,
                                .purpose = MESSAGE_SERVICE,
                                .payload = "{\"text\":\"secret words\"}",
                                .payload_n = strlen("{\"text\":\"secret words\"}"),
                                .root = ROOT};
    enum status st = db_exec(db, NULL,
                             "INSERT INTO customer (id, channel, external_id, pd_ok,"
                             " last_seen_at, created_at) VALUES (77, 1, 7001, 1, ?, ?)",
                             DB_TIME(clock_now()), DB_TIME(clock_now()));

    spec.customer_id = 77;
    return st == ST_OK ? message_put(db, clock_now(), &spec, arg) : st;
}

static void a_tree_from_an_update_to_its_message(void **state)
{
    char id[ULID_TEXT + 1];
    struct heard h = {0};
    const struct json *o;
    int64_t message;

    (void)state;
    run_one("done", id); /* what the tests before left */
    queue_set_cause(yard.queue, ROOT, NULL);
    put_many(&yard, KIND_CORE_DISCOUNT_REDEEMED, 1);
    assert_int_equal(lease(&yard, POOL_LOGIC, 0, 1), 1);
    queue_set_cause(yard.queue, ROOT, yard.jobs[0].id);
    assert_int_equal(db_tx(yard.db, customer_told, &message), ST_OK);
    queue_set_cause(yard.queue, NULL, NULL);
    ulid_print(yard.jobs[0].id, id);
    o = get(&h, owner, "/api/v1/jobs/%s/trace", id);
    assert_string_equal(json_text(o, "root", NULL), ROOT);
    assert_int_equal(json_count(json_get(o, "jobs")), 2);
    assert_string_equal(json_text(json_at(json_get(o, "jobs"), 0), "id", NULL), id);
    assert_int_equal(json_int_or(json_at(json_get(o, "jobs"), 1), "depth", -1), 1);
    assert_string_equal(json_text(json_at(json_get(o, "jobs"), 1), "parent", NULL), id);
    o = json_at(json_get(o, "messages"), 0);
    assert_true(json_int_or(o, "id", 0) == message);
    assert_int_equal(json_int_or(o, "customer_id", 0), 77);
    assert_null(strstr(h.raw.s, "7001"));
    assert_null(strstr(h.raw.s, "secret"));
    get(&h, owner, "/api/v1/jobs/trace?root=%s", ROOT);
    assert_int_equal(json_count(json_get(h.json, "jobs")), 2);
    assert_int_equal(count(&h, "/api/v1/jobs?customer_id=77"), 2);
    assert_int_equal(count(&h, "/api/v1/jobs?customer_id=78"), 0);
    assert_int_equal(count(&h, "/api/v1/jobs?root=" ROOT), 2);
    /* Where it is, and what it carries. */
    o = get(&h, owner, "/api/v1/jobs/%s", id);
    assert_string_equal(json_text(o, "state", NULL), "open");
    assert_string_equal(json_text(o, "now.place", NULL), "in flight");
    assert_string_equal(json_text(o, "now.worker", NULL), yard.wid[0]);
    assert_int_equal(json_int_or(o, "args.n", -1), 0);
    heard_free(&h);
}

static void what_people_wrote_is_hidden(void **state)
{
    static const char body[] =
        "{\"v\":1,\"k\":\"bot.update\",\"a\":{\"bot\":\"client\",\"id\":5,\"u\":{"
        "\"message\":{\"text\":\"my phone is +79990001122\"}}}}";
    static const char call[] = "{\"v\":1,\"k\":\"send.member_check\",\"a\":{\"bot\":"
                               "\"client\",\"chat\":5551234,\"user\":5551234,\"d\":9,"
                               "\"code\":\"7K3F99QXAF\"}}";
    uint8_t id[16];
    char text[ULID_TEXT + 1];
    struct heard h = {0};

    (void)state;
    for (int i = 0; i < 2; i++) {
        ulid_new(clock_now(), id);
        assert_int_equal(
            db_exec(
                yard.db, NULL,
                "INSERT INTO job_dead (id, kind, lane, attempts, crashes, reason,"
                " put_at, died_at, body) VALUES (?, ?, 103, 5, 3, 'poison', ?, ?, ?)",
                DB_BYTES(id, 16), DB_TEXT(i ? "bot.update" : "send.member_check"),
                DB_TIME(clock_now()), DB_TIME(clock_now()), DB_TEXT(i ? body : call)),
            ST_OK);
        ulid_print(id, text);
        get(&h, owner, "/api/v1/jobs/%s", text);
        assert_null(strstr(h.raw.s, "phone"));
        assert_null(strstr(h.raw.s, "5551234"));
        assert_null(strstr(h.raw.s, "7K3F"));
        assert_string_equal(json_text(h.json, "args.bot", NULL), "client");
        assert_string_equal(json_text(h.json, i ? "args.u" : "args.code", NULL), "***");
    }
    heard_free(&h);
}

/* ---- changing -------------------------------------------------------------------- */

static void post(struct heard *h, int status, const char *fmt, const char *arg,
                 const char *body)
{
    char path[200];

    snprintf(path, sizeof path, fmt, arg);
    asks(h, status, &(struct ask){"POST", path, body, .as = owner, .lang = "ru"});
}

static void retry_and_cancel(void **state)
{
    char dead[ULID_TEXT + 1], open[ULID_TEXT + 1], path[100], name[65];
    struct heard h = {0};
    const struct ask again = {"POST", path, .as = owner, .key = "retry-1"};

    (void)state;
    get(&h, owner, "/api/v1/jobs/dead?kind=sched.retention", "");
    snprintf(dead, sizeof dead, "%s",
             json_text(json_at(json_get(h.json, "items"), 0), "id", NULL));
    snprintf(path, sizeof path, "/api/v1/jobs/%s/retry", dead);
    asks(&h, 200, &again);
    asks(&h, 200, &again);
    assert_string_equal(heard_header(&h, "Idempotency-Replayed"), "true");
    post(&h, 409, "/api/v1/jobs/%s/retry", dead, NULL);
    assert_non_null(strstr(h.raw.s, "ждёт"));
    assert_int_equal(count(&h, "/api/v1/jobs?kind=sched.retention"), 1);
    post(&h, 200, "/api/v1/jobs/%s/cancel", dead, NULL);
    snprintf(name, sizeof name, "%s", heard_header(&h, "X-Request-Id"));
    assert_true(json_bool_or(h.json, "cancelled", false));
    get(&h, owner, "/api/v1/audit?request_id=%s", name);
    assert_non_null(strstr(h.raw.s, "job.cancel"));
    assert_non_null(strstr(h.raw.s, dead));
    get(&h, owner, "/api/v1/jobs/%s", dead);
    assert_non_null(strstr(h.raw.s, "asked for by admin:"));
    post(&h, 409, "/api/v1/jobs/%s/cancel", dead, NULL);
    post(&h, 404, "/api/v1/jobs/%s/retry", "01ARZ3NDEKTSV4RRFFQ69G5FAV", NULL);
    put_many(&yard, KIND_SCHED_RETENTION, 1);
    get(&h, owner, "/api/v1/jobs?kind=sched.retention", "");
    snprintf(open, sizeof open, "%s",
             json_text(json_at(json_get(h.json, "items"), 0), "id", NULL));
    post(&h, 409, "/api/v1/jobs/%s/retry", open, NULL);
    post(&h, 400, "/api/v1/jobs/%s/retry", open, "{\"now\":true}");
    heard_free(&h);
}

static void dead_ones_come_back(void **state)
{
    struct heard h = {0};

    (void)state;
    assert_int_equal(count(&h, "/api/v1/jobs/dead?kind=sched.retention"), 2);
    post(&h, 200, "/api/v1/jobs/dead/retry%s", "",
         "{\"kind\":\"sched.retention\",\"limit\":1}");
    assert_int_equal(json_int_or(h.json, "revived", 0), 1);
    assert_true(json_bool_or(h.json, "more", false));
    post(&h, 200, "/api/v1/jobs/dead/retry%s", "", "{\"kind\":\"sched.retention\"}");
    assert_int_equal(json_int_or(h.json, "revived", 0), 1);
    assert_false(json_bool_or(h.json, "more", true));
    assert_int_equal(count(&h, "/api/v1/jobs/dead?kind=sched.retention"), 0);
    post(&h, 400, "/api/v1/jobs/dead/retry%s", "", "{\"kind\":\"no.such\"}");
    post(&h, 200, "/api/v1/jobs/reconcile%s", "", "{\"dry\":true}");
    assert_int_equal(json_int_or(h.json, "jobs", -1), 0);
    heard_free(&h);
}

static void a_lane_stands_still(void **state)
{
    static const char lane[] = "{\"what\":\"lane\",\"name\":\"bulk\"}";
    struct pauses p;
    struct heard h = {0};

    (void)state;
    post(&h, 200, "/api/v1/jobs/pause%s", "", lane);
    assert_int_equal(json_count(json_get(h.json, "paused")), 1);
    assert_int_equal(pause_read(yard.db, &p), ST_OK);
    assert_int_equal(p.lanes, 1u << LANE_BULK);
    get(&h, owner, "/api/v1/jobs/pauses", "");
    assert_non_null(strstr(h.raw.s, "admin:"));
    post(&h, 200, "/api/v1/jobs/resume%s", "", lane);
    assert_int_equal(json_count(json_get(h.json, "paused")), 0);
    post(&h, 400, "/api/v1/jobs/pause%s", "", "{\"what\":\"lane\",\"name\":\"soup\"}");
    post(&h, 400, "/api/v1/jobs/pause%s", "", "{\"what\":\"shop\",\"name\":\"bulk\"}");
    post(&h, 400, "/api/v1/jobs/pause%s", "", "{\"what\":\"kind\"}");
    /* Marketing looks, and changes nothing. */
    refuses(403, "forbidden",
            &(struct ask){"POST", "/api/v1/jobs/pause", lane,
                          .as = api_staff(ROLE_MARKETING)});
    heard_free(&h);
}

/* ---- its own address ------------------------------------------------------------- */

static int at_the_door(const char *path, bool known)
{
    char headers[2048];
    struct web_ask ask = {.port = door, .method = "GET", .path = path};

    snprintf(headers, sizeof headers, "Authorization: %s\r\n", api_token(owner));
    if (known)
        ask.headers = headers;
    return web_ask(&ask, NULL);
}

static void the_same_behind_the_door(void **state)
{
    (void)state;
    assert_int_equal(at_the_door("/api/v1/jobs/stats", true), 200);
    assert_int_equal(at_the_door("/api/v1/jobs?state=dead", true), 200);
    assert_int_equal(at_the_door("/api/v1/auth/me", true), 200);
    assert_int_equal(at_the_door("/ready", false), 200);
    assert_int_equal(at_the_door("/api/v1/jobs/stats", false), 401);
    assert_int_equal(at_the_door("/api/v1/stores", true), 404);
    assert_int_equal(at_the_door("/api/v1/jobsx", true), 404);
    assert_int_equal(at_the_door("/scan", true), 404);
    assert_int_equal(at_the_door("/metrics", true), 404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stats_kinds_lanes_workers),
        cmocka_unit_test(lists_and_pages),
        cmocka_unit_test(what_is_no_filter_is_refused),
        cmocka_unit_test(a_tree_from_an_update_to_its_message),
        cmocka_unit_test(what_people_wrote_is_hidden),
        cmocka_unit_test(retry_and_cancel),
        cmocka_unit_test(dead_ones_come_back),
        cmocka_unit_test(a_lane_stands_still),
        cmocka_unit_test(the_same_behind_the_door),
    };

    return cmocka_run_group_tests_name("api jobs", tests, opened, closed);
}
