/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/inbox.h"

#include "core/base/clock.h"
#include "core/io/queue.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_MS 15000

struct inbox inbox;
static struct loop *loop;
static char texts[INBOX_MAX][120]; /* what intake borrows */

/* ---- asking Redis --------------------------------------------------------------- */

int64_t inbox_counter(const char *name)
{
    return cellar_ask("HGET", "dv:{s0}:a:c", name, NULL);
}

char *inbox_entry(int64_t who, int i)
{
    struct redis_reply *r = NULL;
    char key[32], at[12], *copy = NULL;
    const char *s;
    size_t n;

    snprintf(key, sizeof(key), "dv:{s0}:a:%d", queue_hot_list(who));
    snprintf(at, sizeof(at), "%d", i);
    assert_int_equal(redis_do(cellar.redis, &r, "LINDEX", key, at, NULL), ST_OK);
    s = redis_text(r, &n);
    if (s) {
        copy = calloc(1, n + 1);
        memcpy(copy, s, n);
    }
    redis_free(r);
    return copy;
}

/* ---- opening and closing -------------------------------------------------------- */

int inbox_open(void **state)
{
    (void)state;
    cellar_open();
    inbox.n_put = inbox.n_done = 0;
    loop = loop_new();
    inbox.intake = intake_open(loop, 1);
    inbox.pipe = redis_pipe_open(loop, cellar.url);
    intake_use(inbox.intake, 0, inbox.pipe);
    inbox_wait_up(true);
    return 0;
}

int inbox_close(void **state)
{
    (void)state;
    redis_pipe_close(inbox.pipe);
    intake_close(inbox.intake);
    loop_free(loop);
    return 0;
}

/* ---- putting and waiting -------------------------------------------------------- */

static void seen(void *arg, enum status st)
{
    *(enum status *)arg = st;
    if (++inbox.n_done == inbox.n_put)
        loop_stop(loop);
}

void inbox_put(enum tg_bot bot, const char *raw)
{
    enum status *st = &inbox.seen[inbox.n_put];

    assert_true(inbox.n_put < INBOX_MAX);
    *st = ST_BAD;
    assert_int_equal(intake_put(inbox.intake, bot, raw, strlen(raw), seen, st), ST_OK);
    inbox.n_put++;
}

void inbox_put_from(enum tg_bot bot, int64_t update_id, int64_t who)
{
    char *s = texts[inbox.n_put];

    assert_true(inbox.n_put < INBOX_MAX);
    snprintf(s, sizeof(texts[0]),
             "{\"update_id\":%" PRId64 ",\"message\":{\"from\":{\"id\":%" PRId64 "}}}",
             update_id, who);
    inbox_put(bot, s);
}

static void too_late(void *arg)
{
    (void)arg;
    fail_msg("%d of %d were answered", inbox.n_done, inbox.n_put);
}

void inbox_see_all(void)
{
    struct loop_timer late = {0};

    if (inbox.n_done == inbox.n_put)
        return;
    loop_after(loop, &late, WAIT_MS, too_late, NULL);
    loop_run(loop);
    loop_cancel(&late);
    assert_int_equal(inbox.n_done, inbox.n_put);
}

static void look_again(void *arg)
{
    (void)arg;
    loop_stop(loop);
}

void inbox_wait_up(bool up)
{
    struct loop_timer t = {0};
    int64_t till = clock_mono_ms() + WAIT_MS;

    while (redis_pipe_up(inbox.pipe) != up && clock_mono_ms() < till) {
        loop_after(loop, &t, 5, look_again, NULL);
        loop_run(loop);
    }
    assert_int_equal(redis_pipe_up(inbox.pipe), up);
}
