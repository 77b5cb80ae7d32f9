/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The send child against the stand-in Bot API: what is put into `message` and the
 * queue, what arrives, how often, and what the rows say afterwards. */
#define _GNU_SOURCE /* close_range */
#include "core/base/clock.h"
#include "core/io/ledger.h"
#include "core/io/qr.h"
#include "core/loyalty/consent.h"
#include "core/loyalty/customer.h"
#include "core/message.h"
#include "tests/harness/botapi.h"
#include "tests/harness/until.h"
#include "tests/harness/world.h"
#include "worker/child.h"

#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#if defined(__SANITIZE_ADDRESS__)
void __lsan_do_leak_check(void);
#else
static void __lsan_do_leak_check(void)
{
}
#endif

#define SOON_MS 15000

static struct {
    struct config *cfg;
    struct botapi *api;
    struct db *db;
    struct queue *queue;
    struct board_slot *slot;
    pid_t sender;
    int64_t chat; /* a new one for each test */
} yard;

/* ---- the child ---------------------------------------------------------------- */

static void sender_start(void)
{
    struct child c = {.cfg = yard.cfg, .slot = yard.slot};

    memset(yard.slot, 0, sizeof(*yard.slot));
    yard.slot->pool = POOL_SEND;
    fflush(NULL);
    yard.sender = fork();
    assert_true(yard.sender >= 0);
    if (yard.sender == 0) {
        int status;

        close_range(3, ~0U, 0);
        queue_wid(yard.slot->wid, 0);
        status = send_child(&c);
        __lsan_do_leak_check();
        _exit(status);
    }
}

static int sender_wait(void)
{
    int status = -1;

    assert_int_equal(waitpid(yard.sender, &status, 0), yard.sender);
    yard.sender = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void sender_stop(void)
{
    if (yard.sender == 0)
        return;
    kill(yard.sender, SIGTERM);
    assert_int_equal(sender_wait(), 0);
}

/* As the parent does for a dead child. */
static void sender_kill(void)
{
    struct job_result done[BOARD_RESULTS];
    struct queue_turn t = {.wid = yard.slot->wid, .pool = POOL_SEND, .results = done};
    int moved;
    enum status st;

    kill(yard.sender, SIGKILL);
    sender_wait();
    t.n_results = board_results(yard.slot, done);
    assert_int_equal(queue_turn(yard.queue, &t), ST_OK);
    st = queue_reap(yard.queue, POOL_SEND, yard.slot->wid, true, NULL, &moved);
    assert_true(st == ST_OK || st == ST_NONE);
}

/* ---- the yard ----------------------------------------------------------------- */

static int open_yard(void **state)
{
    (void)state;
    yard.cfg = world_config();
    yard.api = botapi_start(yard.cfg);
    yard.db = db_open(yard.cfg);
    yard.queue = queue_open(yard.cfg);
    yard.slot = board_new();
    assert_non_null(yard.slot);
    queue_bind(yard.queue, yard.db);
    yard.chat = 900000000000;
    return 0;
}

static int close_yard(void **state)
{
    (void)state;
    queue_close(yard.queue);
    db_close(yard.db);
    botapi_end(yard.api);
    return 0;
}

static void person_new(int64_t id, const char *bot)
{
    char form[96];

    snprintf(form, sizeof(form), "id=%" PRId64 "&first_name=Test", id);
    botapi_tell(yard.api, "people", form);
    snprintf(form, sizeof(form), "person=%" PRId64 "&bot=%s", id, bot);
    botapi_tell(yard.api, "start", form);
}

static int begin(void **state)
{
    (void)state;
    yard.chat++;
    person_new(yard.chat, "client");
    sender_start();
    return 0;
}

static int end(void **state)
{
    struct json *v;

    (void)state;
    sender_stop();
    botapi_tell(yard.api, "faults/clear", NULL);
    v = botapi_ask(yard.api, "violations", NULL);
    assert_int_equal(json_count(json_get(v, "violations")), 0);
    json_free(v);
    return 0;
}

static void fault(const char *form)
{
    char whole[160];

    snprintf(whole, sizeof(whole), "%s&chat=%" PRId64, form, yard.chat);
    botapi_tell(yard.api, "faults", whole);
}

/* ---- messages ----------------------------------------------------------------- */

struct putting {
    struct message_spec spec;
    int64_t id;
};

static enum status put_work(struct db *db, void *arg)
{
    struct putting *p = arg;

    return message_put(db, clock_now(), &p->spec, &p->id);
}

static int64_t put_spec(struct message_spec spec, const char *payload)
{
    struct putting p = {.spec = spec};

    p.spec.sender = SENDER_CLIENT;
    p.spec.recipient = yard.chat;
    p.spec.payload = payload;
    p.spec.payload_n = strlen(payload);
    if (p.spec.purpose == 0)
        p.spec.purpose = MESSAGE_SERVICE;
    assert_int_equal(db_tx(yard.db, put_work, &p), ST_OK);
    return p.id;
}

static int64_t put(const char *text, enum message_unsure policy)
{
    char payload[512];

    snprintf(payload, sizeof(payload),
             "{\"method\":\"sendMessage\",\"params\":{\"chat_id\":%" PRId64
             ",\"text\":\"%s\",\"parse_mode\":\"HTML\"}}",
             yard.chat, text);
    return put_spec((struct message_spec){.on_unsure = policy}, payload);
}

static struct message load(int64_t id)
{
    struct message m;

    assert_int_equal(message_load(yard.db, id, &m), ST_OK);
    message_free(&m);
    return m;
}

/* Parked jobs come back by the reconciler, as the scheduler would have it. */
static bool is_final(void *arg)
{
    int n;

    assert_int_equal(ledger_reconcile(yard.db, yard.queue, POOL_SEND, clock_now(), &n),
                     ST_OK);
    return message_final(load(*(int64_t *)arg).state);
}

static struct message ended(int64_t id)
{
    assert_true(until(is_final, &id, SOON_MS + 25000));
    return load(id);
}

static int64_t number(const char *sql)
{
    assert_int_equal(db_one(yard.db, sql), ST_OK);
    return db_int(yard.db, 0);
}

static void assert_count(const char *method, int calls, int accepted)
{
    struct botapi_count n = botapi_count(yard.api, method, yard.chat);

    assert_int_equal(n.calls, calls);
    assert_int_equal(n.accepted, accepted);
}

static bool no_job(void *arg)
{
    (void)arg;
    return number("SELECT COUNT(*) FROM job_open WHERE kind LIKE 'send.%'") == 0;
}

/* ---- tests: messages ---------------------------------------------------------- */

static void test_a_message_is_sent_once(void **state)
{
    int64_t id = put("Привет", 0);
    struct message m = ended(id);

    (void)state;
    assert_int_equal(m.state, MESSAGE_SENT);
    assert_true(m.external_id > 0);
    assert_count("sendMessage", 1, 1);
    assert_true(until(no_job, NULL, SOON_MS));
}

static void test_a_code_is_a_picture(void **state)
{
    char payload[512], path[64];
    struct json *v;
    const struct json *list;
    int64_t file = 0;

    (void)state;
    snprintf(payload, sizeof(payload),
             "{\"method\":\"sendPhoto\",\"params\":{\"chat_id\":%" PRId64
             ",\"caption\":\"<b>10 %%</b>\",\"parse_mode\":\"HTML\"},"
             "\"qr\":\"https://t.me/dvorik_kassa_bot?start=q_abc\"}",
             yard.chat);
    assert_int_equal(ended(put_spec((struct message_spec){0}, payload)).state,
                     MESSAGE_SENT);
    assert_count("sendPhoto", 1, 1);
    snprintf(path, sizeof(path), "person=%" PRId64 "&bot=client", yard.chat);
    v = botapi_ask(yard.api, "messages", path);
    list = json_get(v, "messages");
    for (size_t i = 0; i < json_count(list); i++)
        file = json_int_or(json_at(list, i), "file", file);
    json_free(v);
    snprintf(path, sizeof(path), "n=%" PRId64, file);
    v = botapi_ask(yard.api, "decode", path);
    assert_non_null(strstr(json_print(v), "start=q_abc"));
    json_free(v);
}

static void test_order_of_a_chat(void **state)
{
    char form[96], text[8];
    struct json *v;
    const struct json *list;
    int64_t last = 0;
    size_t at;

    (void)state;
    for (int i = 0; i < 6; i++) {
        snprintf(text, sizeof(text), "n%d", i);
        last = put(text, 0);
    }
    ended(last);
    assert_true(until(no_job, NULL, SOON_MS));
    snprintf(form, sizeof(form), "method=sendMessage&chat=%" PRId64, yard.chat);
    v = botapi_ask(yard.api, "calls", form);
    list = json_get(v, "calls");
    assert_int_equal(json_count(list), 6);
    for (at = 0; at < 6; at++) {
        snprintf(text, sizeof(text), "n%d", (int)at);
        assert_string_equal(json_text(json_at(list, at), "params.text", NULL), text);
    }
    json_free(v);
}

static void test_429_waits_and_burns_nothing(void **state)
{
    struct message m;
    int64_t from = clock_mono_ms();

    (void)state;
    fault("kind=429&retry_after=2");
    m = ended(put("patience", UNSURE_ASSUME));
    assert_int_equal(m.state, MESSAGE_SENT);
    assert_true(clock_mono_ms() - from >= 1900);
    assert_count("sendMessage", 2, 1);
    assert_int_equal(number("SELECT COUNT(*) FROM job_hist WHERE outcome = 'retry'"),
                     0);
}

static void test_500_is_tried_again(void **state)
{
    int64_t before = number("SELECT COUNT(*) FROM job_hist WHERE outcome = 'retry'");

    (void)state;
    fault("kind=500&count=2");
    assert_int_equal(ended(put("again", UNSURE_ASSUME)).state, MESSAGE_SENT);
    assert_count("sendMessage", 3, 1);
    assert_int_equal(number("SELECT COUNT(*) FROM job_hist WHERE outcome = 'retry'"),
                     before + 2);
}

static void test_html_502_resends_a_receipt(void **state)
{
    (void)state;
    fault("kind=502");
    assert_int_equal(ended(put("receipt", UNSURE_RESEND)).state, MESSAGE_SENT);
    assert_count("sendMessage", 2, 1);
}

static void test_html_502_ends_marketing_unknown(void **state)
{
    (void)state;
    fault("kind=502");
    assert_int_equal(ended(put("news", UNSURE_ASSUME)).state, MESSAGE_UNKNOWN);
    assert_count("sendMessage", 1, 0);
}

/* Accepted, and the answer lost: the case that nobody can tell from the one above. */
static void test_reset_after_accepting(void **state)
{
    (void)state;
    fault("kind=reset_after");
    assert_int_equal(ended(put("news", UNSURE_ASSUME)).state, MESSAGE_UNKNOWN);
    assert_count("sendMessage", 1, 1);
    fault("kind=half");
    assert_int_equal(ended(put("receipt", UNSURE_RESEND)).state, MESSAGE_SENT);
    assert_count("sendMessage", 3, 3);
}

/* Both time-outs at once, as each takes as long as a call may. */
static void test_time_outs(void **state)
{
    int64_t first = yard.chat, news, receipt;

    (void)state;
    fault("kind=timeout_before");
    news = put("news", UNSURE_ASSUME);
    person_new(++yard.chat, "client");
    fault("kind=timeout_after");
    receipt = put("receipt", UNSURE_RESEND);
    assert_int_equal(ended(receipt).state, MESSAGE_SENT);
    assert_count("sendMessage", 2, 2);
    assert_int_equal(ended(news).state, MESSAGE_UNKNOWN);
    assert_int_equal(botapi_count(yard.api, "sendMessage", first).calls, 1);
}

static void test_a_lost_receipt_is_given_up_as_unknown(void **state)
{
    (void)state;
    fault("kind=502&count=-1");
    assert_int_equal(ended(put("receipt", UNSURE_RESEND)).state, MESSAGE_UNKNOWN);
    assert_count("sendMessage", 3, 0);
}

struct meeting {
    struct contact contact;
    struct customer customer;
};

static enum status meet_work(struct db *db, void *arg)
{
    struct meeting *m = arg;

    return customer_meet(db, clock_now(), &m->contact, &m->customer);
}

static void test_who_blocked_us_is_marked(void **state)
{
    struct meeting meet = {.contact = {.channel = CHANNEL_MESSENGER,
                                       .external_id = yard.chat,
                                       .first_name = "Anna",
                                       .first_n = 4,
                                       .language = "en"}};
    struct customer after;
    struct message m;
    char payload[128];

    (void)state;
    assert_int_equal(db_tx(yard.db, meet_work, &meet), ST_OK);
    fault("kind=blocked&count=-1");
    snprintf(payload, sizeof(payload),
             "{\"method\":\"sendMessage\",\"params\":{\"chat_id\":%" PRId64
             ",\"text\":\"x\"}}",
             yard.chat);
    m = ended(
        put_spec((struct message_spec){.customer_id = meet.customer.id}, payload));
    assert_int_equal(m.state, MESSAGE_FAILED);
    assert_non_null(strstr(m.why, "blocked by the user"));
    assert_count("sendMessage", 1, 0);
    assert_int_equal(customer_load(yard.db, meet.customer.id, &after), ST_OK);
    assert_int_equal(after.status, CUSTOMER_BLOCKED);
}

static void test_edit_of_a_vanished_message_is_a_new_one(void **state)
{
    char payload[256];
    struct message m;

    (void)state;
    snprintf(payload, sizeof(payload),
             "{\"method\":\"editMessageText\",\"params\":{\"chat_id\":%" PRId64
             ",\"message_id\":99999,\"text\":\"menu\"}}",
             yard.chat);
    m = ended(put_spec((struct message_spec){0}, payload));
    assert_int_equal(m.state, MESSAGE_SENT);
    assert_true(m.external_id > 0 && m.external_id != 99999);
    assert_count("editMessageText", 1, 0);
    assert_count("sendMessage", 1, 1);
}

static void test_broken_markup_goes_out_plain(void **state)
{
    (void)state;
    assert_int_equal(ended(put("<b>10 &lt; 20", 0)).state, MESSAGE_SENT);
    assert_count("sendMessage", 2, 1);
}

static void test_an_edit_to_the_same_is_a_success(void **state)
{
    char payload[256];
    int64_t sent = ended(put("same", 0)).external_id;

    (void)state;
    snprintf(payload, sizeof(payload),
             "{\"method\":\"editMessageText\",\"params\":{\"chat_id\":%" PRId64
             ",\"message_id\":%" PRId64 ",\"text\":\"same\"}}",
             yard.chat, sent);
    assert_int_equal(ended(put_spec((struct message_spec){0}, payload)).state,
                     MESSAGE_SENT);
    assert_count("editMessageText", 1, 0);
}

static void test_a_stranger_fails_and_stops(void **state)
{
    struct message m;

    (void)state;
    yard.chat++;
    m = ended(put("hello?", 0));
    assert_int_equal(m.state, MESSAGE_FAILED);
    assert_count("sendMessage", 1, 0);
}

static bool called(void *arg)
{
    return botapi_count(yard.api, "sendMessage", yard.chat).calls >= *(int *)arg;
}

/* Nobody's message suffers from a refused token; all wait. */
static void test_a_refused_bot_waits(void **state)
{
    struct redis_reply *r = NULL;
    int64_t id;
    int once = 1;

    (void)state;
    fault("kind=error&code=401&description=Unauthorized");
    id = put("later", UNSURE_ASSUME);
    assert_true(until(called, &once, SOON_MS));
    sender_stop();
    assert_int_equal(load(id).state, MESSAGE_QUEUED);
    assert_int_equal(redis_do(queue_redis(yard.queue), &r, "PTTL",
                              "dv:{s0}:p:client:interactive", NULL),
                     ST_OK);
    assert_in_range(redis_int(r), 40000, 60000);
    redis_free(r);
    assert_int_equal(number("SELECT COUNT(*) FROM job_open WHERE attempts = 0"
                            " AND run_at > UTC_TIMESTAMP(6) + INTERVAL 40 SECOND"),
                     1);
    assert_int_equal(
        redis_do(queue_redis(yard.queue), &r, "DEL", "dv:{s0}:p:client:interactive",
                 "dv:{s0}:p:client:triggered", "dv:{s0}:p:client:broadcast", NULL),
        ST_OK);
    redis_free(r);
    assert_int_equal(db_exec(yard.db, NULL,
                             "UPDATE job_open SET run_at ="
                             " UTC_TIMESTAMP(6) - INTERVAL 60 SECOND"),
                     ST_OK);
    sender_start();
    assert_int_equal(ended(id).state, MESSAGE_SENT);
    assert_count("sendMessage", 2, 1);
}

/* ---- tests: stopping and dying ------------------------------------------------ */

static void test_stopping_ends_what_is_under_way(void **state)
{
    int64_t id;
    int once = 1;

    (void)state;
    fault("kind=slow&delay_ms=1500");
    id = put("slow", UNSURE_ASSUME);
    assert_true(until(called, &once, SOON_MS));
    sender_stop();
    assert_int_equal(load(id).state, MESSAGE_SENT);
    assert_count("sendMessage", 1, 1);
    sender_start();
}

/* Killed between the request and the answer: the row says SENDING. */
static void killed_while_sending(enum message_unsure policy, enum message_state becomes,
                                 int calls)
{
    int64_t id;
    int once = 1;

    fault("kind=slow&delay_ms=3000");
    id = put("slow", policy);
    assert_true(until(called, &once, SOON_MS));
    assert_int_equal(load(id).state, MESSAGE_SENDING);
    sender_kill();
    sender_start();
    assert_int_equal(ended(id).state, becomes);
    assert_count("sendMessage", calls, calls);
    assert_true(until(no_job, NULL, SOON_MS));
}

static void test_killed_while_sending_a_receipt(void **state)
{
    (void)state;
    killed_while_sending(UNSURE_RESEND, MESSAGE_SENT, 2);
}

static void test_killed_while_sending_marketing(void **state)
{
    (void)state;
    killed_while_sending(UNSURE_ASSUME, MESSAGE_UNKNOWN, 1);
}

/* ---- tests: questions --------------------------------------------------------- */

static enum status job_put_work(struct db *db, void *arg)
{
    struct job_spec spec = *(struct job_spec *)arg;

    spec.args = json_copy(spec.args);
    return job_put(db, clock_now(), &spec);
}

static void ask_durable(enum kind kind, const char *args)
{
    struct job_spec spec = {.kind = kind, .key = yard.chat};

    spec.args = json_parse(args, strlen(args));
    assert_non_null(spec.args);
    assert_int_equal(db_tx(yard.db, job_put_work, &spec), ST_OK);
    json_free(spec.args);
}

/* The job that answers, once it is there. Yours. */
static bool is_answered(void *arg)
{
    return db_one(yard.db, "SELECT body FROM job_open WHERE kind = ?", DB_TEXT(arg)) ==
           ST_OK;
}

static struct json *answer_of(const char *kind)
{
    size_t n;
    const char *body;
    struct json *v;

    assert_true(until(is_answered, (void *)(uintptr_t)kind, SOON_MS));
    assert_true(is_answered((void *)(uintptr_t)kind));
    body = db_text(yard.db, 0, &n);
    v = json_parse(body, n);
    assert_non_null(v);
    assert_int_equal(
        db_exec(yard.db, NULL, "DELETE FROM job_open WHERE kind = ?", DB_TEXT(kind)),
        ST_OK);
    return v;
}

static void check_member(const char *state, const char *why)
{
    char args[160];
    struct json *v;

    snprintf(args, sizeof(args),
             "{\"bot\":\"client\",\"chat\":\"@dvorik_demo\",\"user\":%" PRId64
             ",\"at\":1}",
             yard.chat);
    ask_durable(KIND_SEND_MEMBER_CHECK, args);
    v = answer_of("bot.member_known");
    assert_string_equal(json_text(v, "a.state", NULL), state);
    assert_int_equal(json_int_or(v, "a.user", 0), yard.chat);
    if (why != NULL)
        assert_string_equal(json_text(v, "a.why", NULL), why);
    json_free(v);
}

static void test_member_check(void **state)
{
    char form[64];

    (void)state;
    check_member("left", NULL);
    snprintf(form, sizeof(form), "person=%" PRId64, yard.chat);
    botapi_tell(yard.api, "join", form);
    check_member("member", NULL);
    botapi_tell(yard.api, "rights", "bot=client&status=left");
    check_member("unknown", "rights");
    botapi_tell(yard.api, "rights", "bot=client&status=administrator");
}

/* A person waits: the answer is there long before the call would time out. */
static void test_member_check_has_a_deadline(void **state)
{
    int64_t from = clock_mono_ms();

    (void)state;
    botapi_tell(yard.api, "faults", "kind=timeout_before&method=getChatMember");
    check_member("unknown", NULL);
    assert_in_range(clock_mono_ms() - from, 1400, 6000);
}

static void test_callback_is_acknowledged(void **state)
{
    struct job_spec spec = {.kind = KIND_SEND_CALLBACK_ACK, .key = yard.chat};
    struct json *v;
    char payload[512], form[160];
    int64_t from = clock_mono_ms();

    (void)state;
    snprintf(payload, sizeof(payload),
             "{\"method\":\"sendMessage\",\"params\":{\"chat_id\":%" PRId64
             ",\"text\":\"m\",\"reply_markup\":{\"inline_keyboard\":[[{\"text\":\"b\","
             "\"callback_data\":\"v1:m:open:\"}]]}}}",
             yard.chat);
    ended(put_spec((struct message_spec){0}, payload));
    snprintf(form, sizeof(form), "person=%" PRId64 "&bot=client&text=b", yard.chat);
    v = botapi_ask(yard.api, "press", form);
    spec.args = json_new_object();
    json_set_text(spec.args, "bot", "client");
    json_set_text(spec.args, "q", json_text(v, "callback_query_id", NULL));
    json_set_text(spec.args, "text", "done");
    json_free(v);
    assert_int_equal(job_put_now(yard.queue, clock_now(), &spec), ST_OK);
    snprintf(form, sizeof(form), "person=%" PRId64 "&bot=client&wait=5000", yard.chat);
    do {
        v = botapi_ask(yard.api, "callbacks", form);
        snprintf(payload, sizeof(payload), "%s", json_print(v));
        json_free(v);
    } while (strstr(payload, "\"answered\":true") == NULL &&
             clock_mono_ms() - from < SOON_MS);
    assert_non_null(strstr(payload, "\"answered\":true"));
    assert_non_null(strstr(payload, "\"text\":\"done\""));
}

static char *photo_file_id(void)
{
    struct json *v;
    struct buf png = {0};
    char path[96];
    const struct json *list, *photo = NULL;
    const char *id;
    char *copy;

    assert_int_equal(qr_png("q", 1, &png), ST_OK);
    snprintf(path, sizeof(path), "photo?person=%" PRId64 "&bot=client", yard.chat);
    json_free(botapi_upload(yard.api, path, png.s, png.len));
    buf_free(&png);
    snprintf(path, sizeof(path), "person=%" PRId64 "&bot=client", yard.chat);
    v = botapi_ask(yard.api, "messages", path);
    list = json_get(v, "messages");
    for (size_t i = 0; i < json_count(list); i++)
        if (json_get(json_at(list, i), "photo") != NULL)
            photo = json_get(json_at(list, i), "photo");
    id = json_text(json_at(photo, json_count(photo) - 1), "file_id", NULL);
    assert_non_null(id);
    copy = strdup(id);
    json_free(v);
    return copy;
}

static struct json *fetch(const char *file_id)
{
    char args[320];

    snprintf(args, sizeof(args),
             "{\"bot\":\"client\",\"file\":\"%s\",\"chat\":%" PRId64
             ",\"from\":%" PRId64 "}",
             file_id, yard.chat, yard.chat);
    ask_durable(KIND_SEND_FILE_FETCH, args);
    return answer_of("bot.file_fetched");
}

static void test_file_is_fetched(void **state)
{
    struct redis_reply *r = NULL;
    char *id = photo_file_id();
    struct json *v = fetch(id);
    size_t n = 0;

    (void)state;
    assert_int_equal(json_int_or(v, "a.from", 0), yard.chat);
    assert_non_null(json_text(v, "a.key", NULL));
    assert_int_equal(
        redis_do(queue_redis(yard.queue), &r, "GET", json_text(v, "a.key", NULL), NULL),
        ST_OK);
    assert_non_null(redis_text(r, &n));
    assert_true(n > 8 && memcmp(redis_text(r, NULL), "\x89PNG", 4) == 0);
    redis_free(r);
    json_free(v);
    free(id);
}

static void test_a_file_that_is_not_there(void **state)
{
    struct json *v = fetch("no-such-file");

    (void)state;
    assert_non_null(json_text(v, "a.fault", NULL));
    assert_null(json_text(v, "a.key", NULL));
    json_free(v);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_message_is_sent_once),
        CASE(test_a_code_is_a_picture),
        CASE(test_order_of_a_chat),
        CASE(test_429_waits_and_burns_nothing),
        CASE(test_500_is_tried_again),
        CASE(test_html_502_resends_a_receipt),
        CASE(test_html_502_ends_marketing_unknown),
        CASE(test_reset_after_accepting),
        CASE(test_time_outs),
        CASE(test_a_lost_receipt_is_given_up_as_unknown),
        CASE(test_who_blocked_us_is_marked),
        CASE(test_edit_of_a_vanished_message_is_a_new_one),
        CASE(test_broken_markup_goes_out_plain),
        CASE(test_an_edit_to_the_same_is_a_success),
        CASE(test_a_stranger_fails_and_stops),
        CASE(test_a_refused_bot_waits),
        CASE(test_stopping_ends_what_is_under_way),
        CASE(test_killed_while_sending_a_receipt),
        CASE(test_killed_while_sending_marketing),
        CASE(test_member_check),
        CASE(test_member_check_has_a_deadline),
        CASE(test_callback_is_acknowledged),
        CASE(test_file_is_fetched),
        CASE(test_a_file_that_is_not_there),
    };

    return cmocka_run_group_tests(tests, open_yard, close_yard);
}
