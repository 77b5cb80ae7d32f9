/* SPDX-License-Identifier: LicenseRef-Proprietary */
#define _GNU_SOURCE /* close_range */
#include "tests/harness/sender.h"

#include "core/base/clock.h"
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
#include <string.h>
#include <sys/prctl.h>
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

struct sender_yard yard;
static struct board_slot *slot;
static pid_t sender;

/* ---- the child ------------------------------------------------------------------ */

/* As its parent does: a SIGTERM that comes before the child can take it waits for it.
 */
void sender_start(void)
{
    struct child c = {.cfg = yard.cfg, .slot = slot};
    sigset_t term, before;

    memset(slot, 0, sizeof(*slot));
    slot->at = (struct queue_at){POOL_SEND, 0};
    fflush(NULL);
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, &before);
    sender = fork();
    assert_true(sender >= 0);
    if (sender == 0) {
        int status;

        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close_range(3, ~0U, 0);
        queue_wid(slot->wid, 0);
        status = send_child(&c);
        __lsan_do_leak_check();
        _exit(status);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
}

static int sender_wait(void)
{
    int status = -1;

    assert_int_equal(waitpid(sender, &status, 0), sender);
    sender = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void sender_pauses(struct pauses p)
{
    slot->pauses = p;
}

void sender_stop(void)
{
    if (sender == 0)
        return;
    kill(sender, SIGTERM);
    assert_int_equal(sender_wait(), 0);
}

/* As the parent does for a dead child. */
void sender_kill(void)
{
    struct job_result done[BOARD_RESULTS];
    struct queue_turn t = {.wid = slot->wid, .at = {POOL_SEND, 0}, .results = done};
    int moved;
    enum status st;

    kill(sender, SIGKILL);
    sender_wait();
    t.n_results = board_results(slot, done);
    assert_int_equal(queue_turn(yard.queue, &t), ST_OK);
    st = queue_reap(yard.queue, (struct queue_at){POOL_SEND, 0}, slot->wid, true, NULL,
                    &moved);
    assert_true(st == ST_OK || st == ST_NONE);
}

/* ---- the yard ------------------------------------------------------------------- */

int yard_open(void **state)
{
    (void)state;
    yard.cfg = world_config();
    yard.api = botapi_start(yard.cfg);
    yard.db = db_open(yard.cfg);
    yard.queue = queue_open(yard.cfg);
    slot = board_new();
    assert_non_null(slot);
    queue_bind(yard.queue, yard.db);
    yard.chat = 900000000000;
    return 0;
}

int yard_close(void **state)
{
    (void)state;
    queue_close(yard.queue);
    db_close(yard.db);
    botapi_end(yard.api);
    return 0;
}

void person_new(int64_t id)
{
    char form[96];

    botapi_person(yard.api, id, "Test", NULL);
    snprintf(form, sizeof(form), "person=%" PRId64 "&bot=client", id);
    botapi_tell(yard.api, "start", form);
}

int yard_begin(void **state)
{
    (void)state;
    botapi_tell(yard.api, "reset", NULL);
    yard.chat++;
    person_new(yard.chat);
    sender_start();
    return 0;
}

int yard_end(void **state)
{
    (void)state;
    sender_stop();
    assert_int_equal(botapi_violations(yard.api), 0);
    return 0;
}

void fault(const char *form)
{
    char whole[160];

    snprintf(whole, sizeof(whole), "%s&chat=%" PRId64, form, yard.chat);
    botapi_tell(yard.api, "faults", whole);
}

/* ---- messages ------------------------------------------------------------------- */

struct putting {
    struct message_spec spec;
    int64_t id;
};

static enum status put_work(struct db *db, void *arg)
{
    struct putting *p = arg;

    return message_put(db, clock_now(), &p->spec, &p->id);
}

int64_t put_message(struct message_spec spec, const char *payload)
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

int64_t put_text(const char *text, enum message_unsure policy)
{
    char payload[512];

    snprintf(payload, sizeof(payload),
             "{\"method\":\"sendMessage\",\"params\":{\"chat_id\":%" PRId64
             ",\"text\":\"%s\",\"parse_mode\":\"HTML\"}}",
             yard.chat, text);
    return put_message((struct message_spec){.on_unsure = policy}, payload);
}

struct message message_now(int64_t id)
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

    assert_int_equal(pause_wake(yard.db, clock_now(), 100, &n), ST_OK);
    assert_int_equal(ledger_reconcile(yard.db, yard.queue,
                                      (struct queue_at){POOL_SEND, 0}, clock_now(), &n),
                     ST_OK);
    return message_final(message_now(*(int64_t *)arg).state);
}

struct message message_ended(int64_t id)
{
    assert_true(until(is_final, &id, SOON_MS + 25000));
    return message_now(id);
}

int64_t number(const char *sql)
{
    assert_int_equal(db_one(yard.db, sql), ST_OK);
    return db_int(yard.db, 0);
}

void assert_count(const char *method, int calls, int accepted)
{
    struct botapi_count n = botapi_count(yard.api, method, yard.chat);

    assert_int_equal(n.calls, calls);
    assert_int_equal(n.accepted, accepted);
}

bool is_no_job(void *arg)
{
    (void)arg;
    return number("SELECT COUNT(*) FROM job_open WHERE kind LIKE 'send.%'") == 0;
}

bool is_called(void *times)
{
    return botapi_count(yard.api, "sendMessage", yard.chat).calls >= *(int *)times;
}
