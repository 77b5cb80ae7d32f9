/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/campaign.h"

#include "core/base/clock.h"
#include "core/io/queue.h"
#include "core/setting.h"
#include "tests/harness/until.h"
#include "tests/harness/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 1000

struct campaign campaign;
static int64_t heard_since;

/* ---- opening ---------------------------------------------------------------------- */

static void sets(const char *name, const char *value)
{
    struct setting_change c = {.name = name, .value = value, .by = "test"};
    const char *why = "";

    if (setting_set(campaign.db, clock_now(), &c, &why) != ST_OK)
        fail_msg("%s: %s", name, why);
}

void campaign_open(void)
{
    struct campaign *c = &campaign;

    *c = (struct campaign){.cfg = world_config()};
    heard_since = 0;
    c->cfg->log_format = "json";
    c->api = botapi_start(c->cfg);
    world_export(c->cfg);
    setenv("WORKER_PROCESSES", "2", 1);
    c->db = db_open(c->cfg);
    c->queue = queue_open(c->cfg);
    assert_non_null(c->db);
    assert_non_null(c->queue);
    queue_bind(c->queue, c->db);
    sets("quiet_from", "00:00");
    sets("quiet_to", "00:00");
    sets("marketing_weekly_cap", "100");
    sets("marketing_rare_cap", "100");
}

void campaign_worker(int i)
{
    program_end(campaign.worker[i]);
    campaign.worker[i] = program_start("dvorik", "worker", NULL);
}

void campaign_scheduler(int i)
{
    program_end(campaign.scheduler[i]);
    campaign.scheduler[i] = program_start("dvorik", "scheduler", NULL);
}

void campaign_hire(int workers, int schedulers)
{
    for (int i = 0; i < workers; i++)
        campaign_worker(i);
    for (int i = 0; i < schedulers; i++)
        campaign_scheduler(i);
}

/* Who is told to stop before it listens dies of it: one that was just started may. */
static int fire(struct program **p)
{
    int status;

    if (*p == NULL)
        return 0;
    program_signal(*p, SIGTERM);
    status = program_wait(*p, 20000);
    if (status == 128 + SIGTERM)
        status = 0;
    if (status != 0)
        fprintf(stderr, "--- ended with status %d\n%s\n", status, program_output(*p));
    program_end(*p);
    *p = NULL;
    return status;
}

void campaign_close(void)
{
    struct campaign *c = &campaign;
    int failed = 0;

    for (int i = 0; i < 2; i++)
        failed |= fire(&c->scheduler[i]);
    for (int i = 0; i < CAMPAIGN_WORKERS; i++)
        failed |= fire(&c->worker[i]);
    assert_int_equal(failed, 0);
    assert_int_equal(botapi_violations(c->api), 0);
    queue_close(c->queue);
    db_close(c->db);
    botapi_end(c->api);
}

/* ---- people ----------------------------------------------------------------------- */

#define DIGIT                                                                          \
    "(SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3"          \
    " UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7"     \
    " UNION ALL SELECT 8 UNION ALL SELECT 9) "

static void page_put(int from, int n)
{
    int64_t now = clock_now();

    assert_int_equal(
        db_exec(
            campaign.db, NULL,
            "INSERT INTO customer (channel, external_id, first_name, language, pd_ok,"
            " marketing_ok, last_seen_at, created_at)"
            " SELECT 1, ? + n, CONCAT('N', ? + n), IF((? + n) % 2, 'en', 'ru'),"
            " 1, 1, ?, ? FROM (SELECT a.d + 10 * b.d + 100 * c.d AS n FROM " DIGIT
            "a CROSS JOIN " DIGIT "b CROSS JOIN " DIGIT "c) numbers WHERE n < ?"
            " ORDER BY n",
            DB_INT(CAMPAIGN_FIRST + from), DB_INT(from), DB_INT(from), DB_TIME(now),
            DB_TIME(now), DB_INT(n)),
        ST_OK);
}

void campaign_people(int n)
{
    char form[100];

    for (int done = 0; done < n; done += PAGE)
        page_put(campaign.people + done, n - done < PAGE ? n - done : PAGE);
    snprintf(form, sizeof form, "from=%" PRId64 "&count=%d&started=client",
             CAMPAIGN_FIRST + campaign.people, n);
    botapi_tell(campaign.api, "people/many", form);
    campaign.people += n;
}

int64_t campaign_customer(int i)
{
    assert_int_equal(db_one(campaign.db,
                            "SELECT id FROM customer WHERE channel = 1 AND"
                            " external_id = ?",
                            DB_INT(CAMPAIGN_FIRST + i)),
                     ST_OK);
    return db_int(campaign.db, 0);
}

/* ---- broadcasts ------------------------------------------------------------------- */

static void side_add(struct buf *b, const char *lang, const char *text,
                     const char *more)
{
    if (text == NULL)
        return;
    buf_adds(b, b->len > 1 ? "," : "");
    buf_addf(b, "\"%s\":{\"text\":", lang);
    buf_add_json(b, text, strlen(text));
    if (more != NULL)
        buf_addf(b, ",%s", more);
    buf_adds(b, "}");
}

struct putting {
    struct broadcast_draft draft;
    const char *why;
    int64_t id;
};

static enum status put_work(struct db *db, void *arg)
{
    struct putting *p = arg;

    return broadcast_add(db, clock_now(), 0, &p->draft, &p->why, &p->id);
}

int64_t campaign_put(const struct campaign_plan *plan)
{
    static const char everybody[] = "{\"v\":1,\"root\":{\"all\":[]}}";
    struct putting p = {
        .draft = {.b = plan->b, .rule = plan->rule ? plan->rule : everybody}};
    struct broadcast_variant v = {.no = 1, .weight = 1};
    struct buf content = {0};
    enum status st;

    buf_adds(&content, "{");
    side_add(&content, "ru", plan->ru, plan->more);
    side_add(&content, "en", plan->en, plan->more);
    buf_adds(&content, "}");
    v.content = json_parse(content.s, content.len);
    assert_non_null(v.content);
    p.draft.rule_n = strlen(p.draft.rule);
    p.draft.variants = &v;
    p.draft.variants_n = 1;
    if (p.draft.b.name[0] == '\0')
        snprintf(p.draft.b.name, sizeof p.draft.b.name, "Test");
    if (p.draft.b.purpose == 0)
        p.draft.b.purpose = MESSAGE_MARKETING;
    p.draft.b.quiet = p.draft.b.cap = true;
    st = db_tx(campaign.db, put_work, &p);
    if (st != ST_OK)
        fail_msg("broadcast_add: %s, %s", status_name(st), p.why ? p.why : "?");
    json_free(v.content);
    buf_free(&content);
    return p.id;
}

struct acting {
    struct broadcast_act act;
    campaign_act *does;
    const char *why;
};

static enum status act_work(struct db *db, void *arg)
{
    struct acting *a = arg;

    return a->does(db, clock_now(), &a->act);
}

void campaign_does(campaign_act *act, int64_t id)
{
    struct acting a = {.act = {.id = id}, .does = act};

    assert_int_equal(db_tx(campaign.db, act_work, &a), ST_OK);
}

static enum status start_work(struct db *db, void *arg)
{
    struct acting *a = arg;

    return broadcast_start(db, clock_now(), &a->act, &a->why);
}

void campaign_start(int64_t id)
{
    struct acting a = {.act = {.id = id}};
    enum status st = db_tx(campaign.db, start_work, &a);

    if (st != ST_OK)
        fail_msg("broadcast_start: %s, %s", status_name(st), a.why ? a.why : "?");
}

static enum status pause_person(struct db *db, int64_t now,
                                const struct broadcast_act *act)
{
    return broadcast_pause(db, now, act, PAUSE_PERSON);
}

void campaign_pause(int64_t id)
{
    campaign_does(pause_person, id);
}

/* ---- looking ---------------------------------------------------------------------- */

struct broadcast campaign_now(int64_t id)
{
    struct broadcast b;

    assert_int_equal(broadcast_load(campaign.db, id, &b), ST_OK);
    return b;
}

struct wish {
    int64_t id;
    enum broadcast_state state;
    const char *sql;
    int64_t n;
};

static bool state_is(void *arg)
{
    struct wish *w = arg;

    return campaign_now(w->id).state == w->state;
}

bool campaign_is(int64_t id, enum broadcast_state s, int ms)
{
    struct wish w = {.id = id, .state = s};

    return until(state_is, &w, ms);
}

bool campaign_ends(int64_t id, int ms)
{
    return campaign_is(id, BROADCAST_FINISHED, ms);
}

int64_t campaign_number(const char *sql)
{
    assert_int_equal(db_one(campaign.db, sql), ST_OK);
    return db_int(campaign.db, 0);
}

static bool number_is(void *arg)
{
    struct wish *w = arg;

    return campaign_number(w->sql) >= w->n;
}

bool campaign_comes(const char *sql, int64_t n, int ms)
{
    struct wish w = {.sql = sql, .n = n};

    return until(number_is, &w, ms);
}

int64_t campaign_count(int64_t id, enum recipient_state s)
{
    assert_int_equal(db_one(campaign.db,
                            "SELECT COUNT(*) FROM broadcast_recipient WHERE"
                            " broadcast_id = ? AND state = ?",
                            DB_INT(id), DB_INT(s)),
                     ST_OK);
    return db_int(campaign.db, 0);
}

void campaign_dump(int64_t id)
{
    enum status st;

    fprintf(stderr, "--- broadcast %d: state %d\n", (int)id, campaign_now(id).state);
    for (int s = 1; s < RECIPIENT_STATES; s++)
        fprintf(stderr, "%s %d\n", recipient_state_name((enum recipient_state)s),
                (int)campaign_count(id, (enum recipient_state)s));
    st = db_select(campaign.db, "SELECT kind, COALESCE(idk, ''), attempts, parked"
                                " FROM job_open LIMIT 20");
    while (st == ST_OK && (st = db_next(campaign.db)) == ST_OK)
        fprintf(stderr, "job %s %s, %d attempts%s\n", db_text(campaign.db, 0, NULL),
                db_text(campaign.db, 1, NULL), (int)db_int(campaign.db, 2),
                db_int(campaign.db, 3) ? ", parked" : "");
    for (int i = 0; i < CAMPAIGN_WORKERS; i++)
        if (campaign.worker[i] != NULL)
            fprintf(stderr, "--- worker %d\n%s\n", i,
                    program_output(campaign.worker[i]));
    if (campaign.scheduler[0] != NULL)
        fprintf(stderr, "--- scheduler\n%s\n", program_output(campaign.scheduler[0]));
}

/* ---- the stand-in's own log ------------------------------------------------------- */

/* After these nobody can know. A 500 in the Bot API's own words was not accepted. */
static bool is_unsure(const char *fault)
{
    static const char *const all[] = {"502",   "504",         "timeout_before",
                                      "reset", "reset_after", "timeout_after",
                                      "half"};

    for (size_t i = 0; fault != NULL && i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i], fault) == 0)
            return true;
    return false;
}

static void listen_one(const struct json *call, struct campaign_heard *out, int n)
{
    int64_t at = json_int_or(call, "params.chat_id", 0) - CAMPAIGN_FIRST;

    if (at < 0 || at >= n)
        return;
    out[at].calls++;
    out[at].accepted += json_bool_or(call, "accepted", false);
    out[at].unsure += is_unsure(json_text(call, "fault", NULL));
}

void campaign_listen(struct campaign_heard *out, int n)
{
    size_t found;

    do {
        struct json *v;
        const struct json *list;
        char form[100];

        snprintf(form, sizeof form, "method=sendMessage&limit=1000&since=%" PRId64,
                 heard_since);
        v = botapi_ask(campaign.api, "calls", form);
        list = json_get(v, "calls");
        found = json_count(list);
        for (size_t i = 0; i < found; i++) {
            listen_one(json_at(list, i), out, n);
            heard_since = json_int_or(json_at(list, i), "n", heard_since);
        }
        json_free(v);
    } while (found > 0);
}

/* ---- the books -------------------------------------------------------------------- */

void campaign_books(int64_t id)
{
    struct broadcast_sums kept, counted;

    assert_int_equal(broadcast_sums(campaign.db, id, 0, &kept), ST_OK);
    assert_int_equal(broadcast_recount(campaign.db, id, 0, &counted), ST_OK);
    assert_memory_equal(kept.n, counted.n, sizeof kept.n);
    assert_memory_equal(kept.why, counted.why, sizeof kept.why);
    assert_int_equal(
        db_one(campaign.db,
               "SELECT COUNT(*) FROM broadcast_recipient r LEFT JOIN message m"
               " ON m.id = r.message_id WHERE r.broadcast_id = ? AND r.state"
               " IN (2, 3, 4, 6) AND (m.id IS NULL OR m.state <> r.state)",
               DB_INT(id)),
        ST_OK);
    assert_int_equal(db_int(campaign.db, 0), 0);
}
