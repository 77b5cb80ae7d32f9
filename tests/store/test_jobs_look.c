/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * `dvorik jobs`: its help, and the verbs that look. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/message.h"
#include "tests/store/desk.h"

/* ---- help ----------------------------------------------------------------------- */

static void every_verb_helps(void **state)
{
    static const char *const verb[] = {
        "stats", "ls",     "done",  "show", "trace",     "retry",  "cancel",
        "pause", "resume", "drain", "dead", "reconcile", "verify", "bench"};
    char args[40];

    (void)state;
    wants("--help", 0);
    fits_the_screen();
    for (size_t i = 0; i < sizeof verb / sizeof *verb; i++) {
        snprintf(args, sizeof args, "\n  %s ", verb[i]);
        says(args);
    }
    for (size_t i = 0; i < sizeof verb / sizeof *verb; i++) {
        snprintf(args, sizeof args, "%s --help", verb[i]);
        wants(args, 0);
        says("Usage: dvorik jobs");
        says(verb[i]);
        fits_the_screen();
        wants("--help", 0);
    }
}

static void wrong_usage_is_told_and_changes_nothing(void **state)
{
    static const char *const wrong[] = {"fly",
                                        "show",
                                        "show short",
                                        "ls --limit 0",
                                        "ls --limit",
                                        "ls --lane soup",
                                        "ls no.such_kind",
                                        "stats --dry",
                                        "retry 1 2",
                                        "dead retry",
                                        "dead retry soup",
                                        "pause lane",
                                        "pause soup a",
                                        "pause lane a",
                                        "resume kind b",
                                        "drain soup",
                                        "drain --timeout x",
                                        "cancel 01ARZ3NDEKTSV4RRFFQ69G5FA",
                                        "ls a b"};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        wants(wrong[i], 2);
}

/* ---- looking -------------------------------------------------------------------- */

static void stats_tell_what_waits(void **state)
{
    struct yard *y = *state;
    struct json *v;

    put_many(y, KIND_CORE_DISCOUNT_REDEEMED, 7);
    assert_int_equal(put(y, KIND_BOT_MEMBER_KNOWN, 3, 1), ST_OK);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 2), 2);
    wants("stats", 0);
    fits_the_screen();
    says("in flight 2 at 1 workers");
    says("core.discount_redeemed");
    keeps_quiet_about("DRIFT");
    wants("stats --json", 0);
    v = told();
    assert_int_equal(json_int_or(v, "redis.logic.in_flight", -1), 2);
    assert_int_equal(json_int_or(v, "redis.logic.lanes.normal.waiting", -1) +
                         json_int_or(v, "redis.logic.lanes.hot.waiting", -1),
                     6);
    assert_int_equal(json_int_or(v, "redis.logic.drift", -1), 0);
    assert_int_equal(json_int_or(v, "rows.open", -1), 8);
    assert_int_equal(json_int_or(v, "counters.enq", -1), 8);
    json_free(v);
}

static void ls_shows_pages_lanes_and_kinds(void **state)
{
    struct yard *y = *state;
    struct json *v;
    char id[ULID_TEXT + 1];

    put_many(y, KIND_CORE_DISCOUNT_REDEEMED, 60);
    assert_int_equal(put(y, KIND_BOT_MEMBER_KNOWN, 3, 1), ST_OK);
    newest(y, id);
    wants("ls", 0);
    fits_the_screen();
    says(id);
    says("the newest 50");
    wants("ls --json --limit 100", 0);
    v = told();
    assert_int_equal(json_count(v), 61);
    assert_string_equal(json_text(json_at(v, 0), "id", NULL), id);
    assert_string_equal(json_text(json_at(v, 0), "lane", NULL), "hot");
    assert_string_equal(json_text(json_at(v, 0), "state", NULL), "open");
    json_free(v);
    wants("ls --json --lane hot", 0);
    v = told();
    assert_int_equal(json_count(v), 1);
    json_free(v);
    wants("ls --json --lane send.normal", 0);
    v = told();
    assert_int_equal(json_count(v), 0);
    json_free(v);
    wants("ls --json bot.member_known", 0);
    v = told();
    assert_int_equal(json_count(v), 1);
    json_free(v);
    wants("ls check_birthdays", 0); /* the owner's name of a kind */
    says("(none)");
}

/* An update has no row: it is seen in Redis alone. */
static void what_has_no_row_is_seen_in_redis(void **state)
{
    struct yard *y = *state;
    struct job_spec spec = {.kind = KIND_SEND_CALLBACK_ACK, .args = json_new_object()};
    struct json *v;
    char args[60];

    json_set_text(spec.args, "bot", "client");
    queue_set_cause(y->queue, "u:client:77", NULL);
    assert_int_equal(job_put_now(y->queue, clock_now(), &spec), ST_OK);
    queue_set_cause(y->queue, NULL, NULL);
    put_many(y, KIND_CORE_DISCOUNT_REDEEMED, 3);
    assert_int_equal(lease(y, POOL_LOGIC, 0, 2), 2);
    wants("ls --json send.callback_ack", 0);
    v = told();
    assert_int_equal(json_count(v), 0);
    json_free(v);
    wants("ls --place waiting --json send.callback_ack", 0);
    v = told();
    assert_int_equal(json_count(v), 1);
    assert_string_equal(json_text(json_at(v, 0), "root", NULL), "u:client:77");
    snprintf(args, sizeof args, "show %s", json_text(json_at(v, 0), "id", NULL));
    json_free(v);
    wants(args, 0);
    fits_the_screen();
    says("kind    send.callback_ack (class E");
    says("root    u:client:77");
    says("now     waiting, send list 16");
    wants("ls --place flight", 0);
    fits_the_screen();
    says("    at ");
    wants("ls --place flight --json", 0);
    v = told();
    assert_int_equal(json_count(v), 2);
    assert_string_equal(json_text(json_at(v, 0), "worker", NULL), y->wid[0]);
    json_free(v);
    wants("ls --place delayed", 0);
    says("(none)");
    wants("ls --place heaven", 2);
}

static void show_tells_one_jobs_story(void **state)
{
    struct yard *y = *state;
    struct json *v;
    char id[ULID_TEXT + 1], args[60];

    assert_int_equal(put(y, KIND_CORE_DISCOUNT_REDEEMED, 0, 77), ST_OK);
    newest(y, id);
    snprintf(args, sizeof args, "show %s --body", id);
    wants(args, 0);
    says("core.discount_redeemed (class D");
    says("now     waiting, logic list 16");
    says("\"n\":77");
    assert_int_equal(lease(y, POOL_LOGIC, 0, 1), 1);
    snprintf(args, sizeof args, "show %s --json", id);
    wants(args, 0);
    v = told();
    assert_string_equal(json_text(v, "now.place", NULL), "in flight");
    assert_string_equal(json_text(v, "now.worker", NULL), y->wid[0]);
    assert_null(json_get(v, "body"));
    json_free(v);
    bury(y, &y->jobs[0], "the printer is on fire");
    snprintf(args, sizeof args, "show %s", id);
    wants(args, 0);
    says("dead (tries)");
    says("the printer is on fire");
    says("attempt 1: dead in 12 ms");
    wants("show 01ARZ3NDEKTSV4RRFFQ69G5FAV", 1);
    says("no such job");
}

struct lineage {
    struct yard *yard;
    const uint8_t *parent;
    int64_t message;
};

static enum status put_child(struct db *db, void *arg)
{
    struct lineage *l = arg;
    struct message_spec m = {.sender = SENDER_CLIENT,
                             .recipient = 555,
                             .purpose = MESSAGE_SERVICE,
                             .payload = "{\"method\":\"sendMessage\"}",
                             .payload_n = 24,
                             .root = "u:client:4711"};
    struct job_spec spec = {.kind = KIND_CORE_DISCOUNT_REDEEMED,
                            .args = json_new_object()};
    enum status st;

    queue_set_cause(l->yard->queue, "u:client:4711", l->parent);
    st = job_put(db, clock_now(), &spec);
    if (st == ST_OK && l->parent != NULL)
        st = message_put(db, clock_now(), &m, &l->message);
    queue_set_cause(l->yard->queue, NULL, NULL);
    return st;
}

static void trace_grows_the_tree(void **state)
{
    struct yard *y = *state;
    struct lineage l = {y, NULL, 0};
    char parent[ULID_TEXT + 1], id[ULID_TEXT + 1], line[80];
    uint8_t raw[16];
    struct json *v;

    assert_int_equal(db_tx(y->db, put_child, &l), ST_OK);
    newest(y, parent);
    assert_int_equal(ulid_parse(parent, ULID_TEXT, raw), ST_OK);
    l.parent = raw;
    assert_int_equal(db_tx(y->db, put_child, &l), ST_OK);
    newest(y, id); /* of the send.message, under the same parent */
    wants("trace u:client:4711", 0);
    fits_the_screen();
    snprintf(line, sizeof line, "\n  core.discount_redeemed");
    says(line);
    says("\n    core.discount_redeemed");
    says("\n    send.message");
    says(parent);
    says(id);
    says("to 555: queued");
    wants("trace u:client:4711 --json", 0);
    v = told();
    assert_int_equal(json_count(json_get(v, "jobs")), 3);
    assert_int_equal(json_count(json_get(v, "messages")), 1);
    assert_int_equal(json_int_or(json_at(json_get(v, "messages"), 0), "id", 0),
                     l.message);
    json_free(v);
    wants("trace u:client:9999", 1);
    keeps_quiet_about("\nu:client:9999");
    wants("trace u:client:9999 --json", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_verb_helps),
        CASE(wrong_usage_is_told_and_changes_nothing),
        CASE(stats_tell_what_waits),
        CASE(ls_shows_pages_lanes_and_kinds),
        CASE(what_has_no_row_is_seen_in_redis),
        CASE(show_tells_one_jobs_story),
        CASE(trace_grows_the_tree),
    };

    return cmocka_run_group_tests_name("jobs: looking", tests, NULL, NULL);
}
