/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Random batches of updates against the intake's scripts, each compared with a small
 * model (F25): an update is stored once, in the order in which it came; a full list
 * refuses it and forgets that it was asked; "already there" is said of nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/io/queue.h"
#include "tests/harness/dose.h"
#include "tests/harness/entry.h"
#include "tests/harness/inbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDS 90 /* update_ids of each bot */
#define PEOPLE 6
#define BATCH 60 /* updates at once, at most */
#define STORED_MAX 4000
#define BATCHES 50 /* then from an empty Redis again */
#define LISTS 16
#define RINGS_MAX 64

/* Over the edges of three bitmaps. */
static int64_t update_id(int i)
{
    return i < 30 ? i : i < 60 ? 65536 - 45 + i : 131072 - 75 + i;
}

struct asked {
    enum tg_bot bot;
    int id;
    int64_t who;
    enum status want;
};

/* ---- the model -------------------------------------------------------------------- */

struct box {
    bool known[2][IDS];
    struct {
        int filler; /* entries of nobody's in front */
        struct asked entry[STORED_MAX];
        int from, to; /* those that are there */
        int fresh;    /* from here on they are of the last batch */
    } list[LISTS];
    int64_t seq; /* the number to be given next, before that batch */
    int64_t enq;
    int bell;
    struct asked asked[BATCH];
    int n;
};
static struct box box;

static int length(int list)
{
    return box.list[list].filler + box.list[list].to - box.list[list].from;
}

static bool of_one_bitmap(const struct asked *a, const struct asked *b)
{
    return a->bot == b->bot && update_id(a->id) / 65536 == update_id(b->id) / 65536;
}

static enum status ask_model(const struct asked *a)
{
    int list = queue_hot_list(a->who);
    bool *known = &box.known[a->bot == TG_AUTH][a->id];

    if (*known)
        return ST_TAKEN;
    if (length(list) >= INTAKE_LIST_MAX)
        return ST_REFUSED;
    *known = true;
    box.list[list].entry[box.list[list].to++] = *a;
    box.enq++;
    box.bell += box.bell < RINGS_MAX;
    return ST_OK;
}

/* Those of one bot and bitmap go together, in the order of the first of each; of what
 * is left in a list the first ones have it. */
static void batch_model(void)
{
    bool asked[BATCH] = {false};

    for (int i = 0; i < box.n; i++)
        for (int k = i; k < box.n && !asked[i]; k++)
            if (k > i && !asked[k] && of_one_bitmap(&box.asked[i], &box.asked[k])) {
                box.asked[k].want = ask_model(&box.asked[k]);
                asked[k] = true;
            } else if (k == i) {
                box.asked[i].want = ask_model(&box.asked[i]);
            }
}

/* ---- Redis ------------------------------------------------------------------------ */

static void list_key(char key[32], int list)
{
    snprintf(key, 32, "dv:{s0}:a:%d", list);
}

static void fill(int list, int n)
{
    static const char script[] =
        "for i = 1, ARGV[1] do redis.call('RPUSH', KEYS[1], 'x') end";
    struct redis_reply *r = NULL;
    char key[32], number[16];

    list_key(key, list);
    snprintf(number, sizeof(number), "%d", n);
    assert_int_equal(redis_do(cellar.redis, &r, "EVAL", script, "1", key, number, NULL),
                     ST_OK);
    redis_free(r);
    box.list[list].filler += n;
}

static void entries_check(int list, const struct redis_reply *r, int from)
{
    int64_t before = -1;
    char want[80];

    for (size_t i = 0; i < redis_count(r); i++) {
        const struct asked *a = &box.list[list].entry[from + (int)i];
        int64_t number = entry_head(redis_item(r, i)).number;
        const char *e = redis_text(redis_item(r, i), NULL) + QUEUE_HEAD;

        snprintf(want, sizeof(want), "\"root\":\"u:%s:%lld\"", tg_bot_name(a->bot),
                 (long long)update_id(a->id));
        if (strstr(e, want) == NULL)
            fail_msg("list %d has %.120s, not %s", list, e, want);
        assert_true(number > before);
        before = number;
        if (from + (int)i >= box.list[list].fresh) /* nobody else has had it */
            assert_in_range(before, box.seq, inbox_counter("seq") - 1);
    }
}

static void list_check(int list)
{
    int n = box.list[list].to - box.list[list].from;
    struct redis_reply *r = NULL;
    char key[32], from[16];

    list_key(key, list);
    if (cellar_ask("LLEN", key, NULL, NULL) != length(list))
        fail_msg("list %d has %lld entries, not %d", list,
                 (long long)cellar_ask("LLEN", key, NULL, NULL), length(list));
    n = n < 2 * BATCH ? n : 2 * BATCH;
    if (n == 0)
        return;
    snprintf(from, sizeof(from), "%d", -n);
    assert_int_equal(redis_do(cellar.redis, &r, "LRANGE", key, from, "-1", NULL),
                     ST_OK);
    entries_check(list, r, box.list[list].to - n);
    redis_free(r);
}

/* ---- steps ------------------------------------------------------------------------ */

static void batch(void)
{
    inbox.n_put = inbox.n_done = 0;
    box.seq = inbox_counter("seq");
    for (int l = 0; l < LISTS; l++)
        box.list[l].fresh = box.list[l].to;
    box.n = 1 + dose_random(dose_random(3) ? 8 : BATCH);
    for (int i = 0; i < box.n; i++) {
        struct asked *a = &box.asked[i];

        *a = (struct asked){.bot = dose_random(3) ? TG_CLIENT : TG_AUTH,
                            .id = dose_random(IDS)};
        a->who = 1 + a->id % PEOPLE; /* an update is one person's, however often sent */
        inbox_put_from(a->bot, update_id(a->id), a->who);
    }
    batch_model();
    inbox_see_all();
    for (int i = 0; i < box.n; i++)
        if (inbox.seen[i] != box.asked[i].want)
            fail_msg("update %lld, number %d of %d: %s, not %s",
                     (long long)update_id(box.asked[i].id), i, box.n,
                     status_name(inbox.seen[i]), status_name(box.asked[i].want));
    for (int64_t who = 1; who <= PEOPLE; who++)
        list_check(queue_hot_list(who));
    assert_int_equal(inbox_counter("enq"), box.enq);
    assert_int_equal(cellar_ask("LLEN", "dv:{s0}:a:bell", NULL, NULL), box.bell);
}

/* A worker takes some from the head. */
static void lease(void)
{
    int list = queue_hot_list(1 + dose_random(PEOPLE));
    char key[32];

    list_key(key, list);
    for (int n = dose_random(12); n > 0 && length(list) > 0; n--) {
        struct redis_reply *r = NULL;

        assert_int_equal(redis_do(cellar.redis, &r, "LPOP", key, NULL), ST_OK);
        redis_free(r);
        if (box.list[list].filler > 0)
            box.list[list].filler--;
        else
            box.list[list].from++;
    }
}

/* So long ago that Telegram does not send it again: the bits have lapsed. */
static void a_day_passes(void)
{
    static const char *const key[] = {"client:0", "client:1", "client:2",
                                      "auth:0",   "auth:1",   "auth:2"};
    char full[40];

    for (int i = 0; i < 6; i++) {
        snprintf(full, sizeof(full), "dv:{s0}:u:%s", key[i]);
        cellar_ask("DEL", full, NULL, NULL);
    }
    memset(box.known, 0, sizeof(box.known));
}

/* Others put jobs too, and use numbers and rings. */
static void others_put(void)
{
    cellar_ask("HINCRBY", "dv:{s0}:a:c", "seq", "3");
    if (dose_random(2)) {
        cellar_ask("DEL", "dv:{s0}:a:bell", NULL, NULL);
        box.bell = 0;
    }
}

static void nearly_full(int room)
{
    int list = queue_hot_list(1 + dose_random(PEOPLE));

    if (length(list) < INTAKE_LIST_MAX - room)
        fill(list, INTAKE_LIST_MAX - room - length(list));
}

static bool room_left(void)
{
    for (int l = 0; l < LISTS; l++)
        if (box.list[l].to + BATCH > STORED_MAX)
            return false;
    return true;
}

/* A new intake each time: it may believe that a list does not fill up behind its back. */
static void episode(unsigned seed)
{
    inbox_close(NULL);
    inbox_open(NULL);
    memset(&box, 0, sizeof(box));
    srandom(seed);
    if (dose_random(2))
        nearly_full(dose_random(20));
    for (int i = 0; i < BATCHES && room_left(); i++) {
        int d = dose_random(100);

        if (d < 25)
            lease();
        else if (d < 30)
            a_day_passes();
        else if (d < 40)
            others_put();
        batch();
    }
}

static void every_batch_is_as_the_model_says(void **state)
{
    int batches = dose(2000, 40000);
    unsigned seed = (unsigned)random();

    (void)state;
    cellar_config("appendonly", "no"); /* nothing here is about the disk */
    if (getenv("DVORIK_TEST_SEED") != NULL)
        seed = (unsigned)strtoul(getenv("DVORIK_TEST_SEED"), NULL, 10);
    for (unsigned i = 0; i < (unsigned)(batches / BATCHES); i++) {
        printf("DVORIK_TEST_SEED=%u\n", seed + i);
        episode(seed + i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_batch_is_as_the_model_says, inbox_open,
                                        inbox_close),
    };
    int failed;

    dose_seed();
    failed = cmocka_run_group_tests_name("intake_model", tests, NULL, NULL);
    cellar_close();
    return failed;
}
