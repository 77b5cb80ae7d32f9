/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * One action on many customers, slice by slice: each once, whoever dies in between; what
 * fails for one leaves nothing of it; the shop's limits hold; and who began it must still
 * be allowed to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/loyalty/bulk.h"
#include "core/loyalty/customer_edit.h"
#include "core/loyalty/erasure.h"
#include "core/loyalty/letter.h"
#include "core/staff/account.h"
#include "tests/harness/shop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CUSTOMERS 250
#define DAY_OF 20714

static struct shop shop;
static struct staff marketer;
static int64_t ids[CUSTOMERS];

static int64_t sql(const char *text)
{
    return shop_number(shop.db, text);
}

static void run(const char *text)
{
    shop_run(shop.db, text);
}

static int opened(void **state)
{
    (void)state;
    shop_open(&shop);
    for (int i = 0; i < CUSTOMERS; i++)
        ids[i] = shop_customer(&shop, 7000010000 + i, "Гость", "").id;
    assert_int_equal(staff_add(shop.db, SHOP_NOW,
                               &(struct staff_spec){.channel = CHANNEL_MESSENGER,
                                                    .external_id = 7100000050,
                                                    .role = ROLE_MARKETING},
                               &marketer),
                     ST_OK);
    return 0;
}

static int closed(void **state)
{
    (void)state;
    shop_close(&shop);
    return 0;
}

/* ---- verbs ------------------------------------------------------------------------ */

static struct bulk_task opens(const struct bulk_spec *spec)
{
    struct bulk_task task;

    assert_int_equal(bulk_open(shop.db, SHOP_NOW, spec, &task), ST_OK);
    assert_int_equal(task.state, BULK_RUNNING);
    return task;
}

struct turn {
    int64_t id;
};

/* As the worker runs it: the job's row goes in the slice's transaction. */
static enum status turn_work(struct db *db, void *arg)
{
    const struct turn *t = arg;
    enum status st =
        db_exec(db, NULL, "DELETE FROM job_open WHERE kind LIKE 'core.bulk%'");

    if (st == ST_OK)
        st = bulk_slice(db, &(struct moment){.now = SHOP_NOW, .today = DAY_OF}, t->id);
    return st == ST_NONE ? ST_OK : st;
}

static struct bulk_task turns(int64_t id)
{
    struct bulk_task task;

    assert_int_equal(db_tx(shop.db, turn_work, &(struct turn){id}), ST_OK);
    assert_int_equal(bulk_load(shop.db, id, &task), ST_OK);
    /* There is a next job exactly while there is something to do. */
    assert_int_equal(sql("SELECT COUNT(*) FROM job_open WHERE kind LIKE 'core.bulk%'"),
                     task.state == BULK_RUNNING);
    return task;
}

static struct bulk_task finishes(int64_t id, int turns_most)
{
    struct bulk_task task = turns(id);

    for (int i = 1; task.state == BULK_RUNNING && i < turns_most; i++)
        task = turns(id);
    assert_int_equal(task.state, BULK_DONE);
    return task;
}

static int64_t tag_named(const char *name)
{
    struct tag tag;
    bool fresh;

    assert_int_equal(tag_make(shop.db, SHOP_NOW, name, shop.owner.id, &tag, &fresh),
                     ST_OK);
    return tag.id;
}

/* ---- tests ------------------------------------------------------------------------ */

static void by_numbers(void **state)
{
    struct bulk_params params = {.tags = {tag_named("весна")}, .tags_n = 1};
    int64_t named[CUSTOMERS + 2];
    struct bulk_task task;

    (void)state;
    memcpy(named, ids, sizeof ids);
    named[CUSTOMERS] = 99999999; /* nobody */
    named[CUSTOMERS + 1] = ids[3];
    assert_int_equal(tag_give(shop.db, SHOP_NOW,
                              &(struct tag_act){ids[0], shop.owner.id, params.tags[0]}),
                     ST_OK);
    task = opens(&(struct bulk_spec){.staff_id = shop.owner.id,
                                     .action = BULK_TAGS_ADD,
                                     .params = &params,
                                     .ids = named,
                                     .n = CUSTOMERS + 2});
    assert_int_equal(task.expected, CUSTOMERS + 1);
    task = finishes(task.id, 4);
    assert_int_equal(task.done, CUSTOMERS - 1);
    assert_int_equal(task.unchanged, 1);
    assert_int_equal(task.failed, 1);
    assert_int_equal(sql("SELECT COUNT(*) FROM customer_tag"), CUSTOMERS);
    assert_int_equal(sql("SELECT COUNT(*) FROM bulk_item WHERE state = 4"
                         " AND why = 'not_found' AND customer_id = 99999999"),
                     1);
    assert_int_equal(turns(task.id).done, CUSTOMERS - 1); /* it is over */
}

/* Held against the filter when their turn comes; those who come later are not asked. */
static void by_filter(void **state)
{
    static const char *const none[] = {"осень"};
    struct bulk_params params = {.tags = {tag_named("осень")}, .tags_n = 1};
    struct customer_filter filter = {.tags_none = none, .tags_none_n = 1};
    struct bulk_task task = opens(&(struct bulk_spec){.staff_id = shop.owner.id,
                                                      .action = BULK_TAGS_ADD,
                                                      .params = &params,
                                                      .filter = &filter});

    (void)state;
    assert_int_equal(task.expected, CUSTOMERS);
    assert_true(task.by_filter);
    shop_customer(&shop, 7000020000, "Поздний", "");
    task = turns(task.id);
    assert_int_equal(task.done, BULK_SLICE);
    assert_int_equal(
        tag_give(shop.db, SHOP_NOW,
                 &(struct tag_act){ids[CUSTOMERS - 1], shop.owner.id, params.tags[0]}),
        ST_OK);
    task = finishes(task.id, 4);
    assert_int_equal(task.done, CUSTOMERS - 1);
    assert_int_equal(task.unchanged + task.failed, 0);
}

#define DISCOUNT_PARAMS                                                                  \
    {                                                                                    \
        .percent_bp = 1500, .uses = 1, .valid_from = SHOP_NOW,                           \
        .valid_until = SHOP_NOW + 14 * DAY, .reason = "давно не виделись" \
    }

/* The role's daily limit holds over all slices, and what it refuses is told. */
static void a_limit_is_for_all(void **state)
{
    struct bulk_params params = DISCOUNT_PARAMS;
    struct bulk_task task;

    (void)state;
    run("INSERT INTO settings (name, value, version, updated_at, updated_by) VALUES"
        " ('issue_daily_marketing', '120', 1, NOW(6), 'test')");
    task = opens(
        &(struct bulk_spec){marketer.id, BULK_DISCOUNT, &params, NULL, ids, CUSTOMERS});
    task = finishes(task.id, 4);
    assert_int_equal(task.done, 120);
    assert_int_equal(task.failed, CUSTOMERS - 120);
    assert_int_equal(sql("SELECT COUNT(*) FROM discount"), 120);
    assert_int_equal(sql("SELECT COUNT(*) FROM bulk_item i JOIN discount d"
                         " ON d.id = i.result AND d.customer_id = i.customer_id"),
                     120);
    assert_int_equal(sql("SELECT COUNT(*) FROM bulk_item WHERE why = 'limit'"),
                     CUSTOMERS - 120);
}

/* A child of its own runs a slice and dies at that point. */
static bool dies(int64_t id)
{
    int status;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        struct db *db = db_open(shop.cfg);

        setenv("DVORIK_CRASH", "bulk.acted", 1);
        unsetenv("DVORIK_CRASH_ONCE");
        _exit(db_tx(db, turn_work, &(struct turn){id}) == ST_OK ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status))
        assert_int_equal(WEXITSTATUS(status), 0); /* a build without crash points */
    return WIFSIGNALED(status);
}

static void nothing_is_done_twice(void **state)
{
    struct bulk_params params = DISCOUNT_PARAMS;
    int64_t before = sql("SELECT COUNT(*) FROM discount");
    struct bulk_task task = opens(&(struct bulk_spec){shop.owner.id, BULK_DISCOUNT,
                                                      &params, NULL, ids, CUSTOMERS});

    (void)state;
    for (int i = 0; i < 3; i++) {
        if (dies(task.id)) { /* with a hundred discounts in hand */
            assert_int_equal(sql("SELECT COUNT(*) FROM discount"),
                             before + i * BULK_SLICE);
            turns(task.id);
        }
    }
    assert_int_equal(bulk_load(shop.db, task.id, &task), ST_OK);
    assert_int_equal(task.state, BULK_DONE);
    assert_int_equal(task.done, CUSTOMERS);
    assert_int_equal(sql("SELECT COUNT(*) FROM discount") - before, CUSTOMERS);
}

static struct turn turn_at_once;

static void a_racer(struct db *db, int i, void *arg)
{
    enum status *st = arg;

    st[i] = db_tx(db, turn_work, &turn_at_once);
}

/* Two workers with the same slice: the second waits, and finds another one or none. */
static void two_at_once(void **state)
{
    struct bulk_params params = DISCOUNT_PARAMS;
    int64_t before = sql("SELECT COUNT(*) FROM discount");
    struct bulk_task task = opens(
        &(struct bulk_spec){shop.owner.id, BULK_DISCOUNT, &params, NULL, ids, 60});
    enum status st[4] = {ST_BROKEN, ST_BROKEN, ST_BROKEN, ST_BROKEN};

    (void)state;
    turn_at_once = (struct turn){task.id};
    shop_race(&shop, 4, a_racer, st);
    for (int i = 0; i < 4; i++)
        assert_int_equal(st[i], ST_OK);
    assert_int_equal(sql("SELECT COUNT(*) FROM discount") - before, 60);
    assert_int_equal(bulk_load(shop.db, task.id, &task), ST_OK);
    assert_int_equal(task.done, 60);
    run("DELETE FROM job_open WHERE kind LIKE 'core.bulk%'");
}

static void blocks_and_back(void **state)
{
    struct bulk_params params = {0};
    struct bulk_task task;
    struct bulk_spec spec = {.staff_id = shop.owner.id,
                             .action = BULK_BLOCK,
                             .params = &params,
                             .ids = ids,
                             .n = 5};

    (void)state;
    task = opens(&spec);
    assert_int_equal(finishes(task.id, 1).done, 5);
    assert_int_equal(sql("SELECT COUNT(*) FROM customer WHERE barred_at IS NOT NULL"),
                     5);
    task = opens(&spec);
    assert_int_equal(finishes(task.id, 1).unchanged, 5);
    spec.action = BULK_DISCOUNT; /* nothing for them */
    params = (struct bulk_params)DISCOUNT_PARAMS;
    task = opens(&spec);
    assert_int_equal(finishes(task.id, 1).failed, 5);
    assert_int_equal(sql("SELECT COUNT(*) FROM bulk_item WHERE why = 'blocked'"), 5);
    spec.action = BULK_UNBLOCK;
    task = opens(&spec);
    assert_int_equal(finishes(task.id, 1).done, 5);
    assert_int_equal(sql("SELECT COUNT(*) FROM audit WHERE action IN ('customer.block',"
                         " 'customer.unblock')"),
                     10);
}

static void words_to_who_may_hear(void **state)
{
    struct bulk_params params = {0};
    struct bulk_task task;

    (void)state;
    run("UPDATE customer SET marketing_ok = id % 2");
    assert_int_equal(letter_write(shop.db, SHOP_NOW,
                                  &(struct letter_spec){.staff_id = shop.owner.id,
                                                        .purpose = MESSAGE_MARKETING,
                                                        .body = "Новинки!"},
                                  &params.letter_id),
                     ST_OK);
    task =
        opens(&(struct bulk_spec){shop.owner.id, BULK_NOTIFY, &params, NULL, ids, 10});
    task = finishes(task.id, 1);
    assert_int_equal(task.done, 5);
    assert_int_equal(task.failed, 5);
    assert_int_equal(sql("SELECT COUNT(*) FROM bulk_item WHERE why = 'no_consent'"), 5);
    assert_int_equal(
        sql("SELECT COUNT(*) FROM job_open WHERE kind = 'core.letter_written'"
            " AND lane MOD 100 >= 18"), /* bulk: nobody's answer waits for them */
        5);
}

static void gifts_wait_behind_answers(void **state)
{
    struct bulk_params params = DISCOUNT_PARAMS;
    const struct bulk_spec spec = {shop.owner.id, BULK_DISCOUNT, &params,
                                   NULL,          ids,           10};

    (void)state;
    params.tell = true;
    run("UPDATE customer SET marketing_ok = 1");
    finishes(opens(&spec).id, 1);
    assert_int_equal(
        sql("SELECT COUNT(*) FROM job_open"
            " WHERE kind = 'core.discount_granted' AND lane MOD 100 >= 18"),
        10);
}

static void an_export_is_a_table(void **state)
{
    struct bulk_params params = {0};
    struct customer_filter filter = {0};
    struct bulk_task task = opens(&(struct bulk_spec){.staff_id = shop.owner.id,
                                                      .action = BULK_EXPORT,
                                                      .params = &params,
                                                      .filter = &filter});
    struct buf part = {0};
    int lines = 0;

    (void)state;
    run("UPDATE customer SET name = '=cmd()' ORDER BY id LIMIT 1");
    run("UPDATE customer SET birth_date = '1904-12-31' ORDER BY id DESC LIMIT 1");
    task = finishes(task.id, 1);
    assert_int_equal(task.parts, 1);
    assert_int_equal(bulk_part(shop.db, SHOP_NOW, task.id, 1, &part), ST_OK);
    for (size_t i = 0; i < part.len; i++)
        lines += part.s[i] == '\n';
    assert_int_equal(lines, task.done + 1);
    assert_non_null(strstr(part.s, "id;name;last_name"));
    assert_non_null(strstr(part.s, "'=cmd()")); /* never a formula */
    assert_non_null(strstr(part.s, ";12-31;")); /* of a year that was not told */
    assert_int_equal(bulk_part(shop.db, SHOP_NOW, task.id, 2, &part), ST_NONE);
    buf_free(&part);
}

static void stopped(void **state)
{
    struct bulk_params params = DISCOUNT_PARAMS;
    struct bulk_spec spec = {.staff_id = shop.owner.id,
                             .action = BULK_DISCOUNT,
                             .params = &params,
                             .ids = ids,
                             .n = CUSTOMERS};
    struct bulk_task task = opens(&spec);
    struct account_act locked = {.disable = true};
    int64_t before = sql("SELECT COUNT(*) FROM discount");

    (void)state;
    turns(task.id);
    assert_int_equal(bulk_stop(shop.db, SHOP_NOW, task.id, marketer.id), ST_OK);
    assert_int_equal(bulk_stop(shop.db, SHOP_NOW, task.id, marketer.id), ST_NONE);
    assert_int_equal(db_tx(shop.db, turn_work, &(struct turn){task.id}), ST_OK);
    assert_int_equal(sql("SELECT COUNT(*) FROM discount") - before, BULK_SLICE);
    /* Who was locked out or dismissed meanwhile acts no more. */
    spec.staff_id = marketer.id;
    task = opens(&spec);
    locked.by = &shop.owner;
    locked.who = marketer.id;
    assert_int_equal(account_switch(shop.db, SHOP_NOW, &locked), ST_OK);
    assert_int_equal(turns(task.id).state, BULK_STOPPED);
    locked.disable = false;
    assert_int_equal(account_switch(shop.db, SHOP_NOW, &locked), ST_OK);
    task = opens(&spec);
    assert_int_equal(staff_dismiss(shop.db, SHOP_NOW, marketer.id, shop.owner.id),
                     ST_OK);
    task = turns(task.id);
    assert_int_equal(task.state, BULK_STOPPED);
    assert_int_equal(sql("SELECT actor FROM audit WHERE action = 'bulk.stop'"
                         " ORDER BY id DESC LIMIT 1"),
                     ACTOR_SYSTEM);
    assert_int_equal(sql("SELECT COUNT(*) FROM discount") - before, BULK_SLICE);
}

static struct bulk_task exports(const int64_t *who, size_t n)
{
    struct bulk_params params = {0};
    struct bulk_task task = opens(&(struct bulk_spec){.staff_id = shop.owner.id,
                                                      .action = BULK_EXPORT,
                                                      .params = &params,
                                                      .ids = who,
                                                      .n = n});

    return finishes(task.id, 1);
}

static enum status erases(struct db *db, void *arg)
{
    return erasure_do(
        db, SHOP_NOW,
        &(struct erasure_act){.customer_id = *(int64_t *)arg, .actor = ACTOR_SYSTEM},
        NULL);
}

/* A file goes with whoever is in it, and with its day; files of others stay. */
static void a_file_ends(void **state)
{
    struct bulk_task first = exports(ids + 10, 1), both = exports(ids + 10, 2),
                     other = exports(ids + 11, 2);
    struct buf part = {0};

    (void)state;
    assert_int_equal(bulk_part(shop.db, SHOP_NOW, first.id, 1, &part), ST_OK);
    assert_int_equal(db_exec(shop.db, NULL,
                             "UPDATE bulk_part SET body = SUBSTRING_INDEX(body,"
                             " CHAR(10), -2) WHERE task_id = ?",
                             DB_INT(first.id)), /* as a second part begins */
                     ST_OK);
    assert_int_equal(db_tx(shop.db, erases, &ids[10]), ST_OK);
    assert_int_equal(bulk_part(shop.db, SHOP_NOW, first.id, 1, &part), ST_NONE);
    assert_int_equal(bulk_part(shop.db, SHOP_NOW, both.id, 1, &part), ST_NONE);
    assert_int_equal(bulk_part(shop.db, SHOP_NOW, other.id, 1, &part), ST_OK);
    assert_int_equal(
        bulk_part(shop.db, SHOP_NOW + BULK_FILE_LIFE - 1, other.id, 1, &part), ST_OK);
    assert_int_equal(bulk_part(shop.db, SHOP_NOW + BULK_FILE_LIFE, other.id, 1, &part),
                     ST_NONE);
    buf_free(&part);
}

static void it_is_forgotten(void **state)
{
    int64_t parts = sql("SELECT COUNT(*) FROM bulk_part");
    int n = 0;

    (void)state;
    assert_int_equal(bulk_forget(shop.db, SHOP_NOW + 1, SHOP_NOW - 1, 1000, &n), ST_OK);
    assert_int_equal(n, parts); /* those alone */
    for (int i = 0; i < 60 && (i == 0 || n > 0); i++)
        assert_int_equal(bulk_forget(shop.db, SHOP_NOW + 1, SHOP_NOW + 1, 1000, &n),
                         ST_OK);
    assert_int_equal(sql("SELECT COUNT(*) FROM bulk_item"), 0);
    assert_int_equal(sql("SELECT COUNT(*) FROM bulk_task"), 0);
    assert_int_equal(sql("SELECT COUNT(*) FROM letter"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_numbers),
        cmocka_unit_test(by_filter),
        cmocka_unit_test(a_limit_is_for_all),
        cmocka_unit_test(nothing_is_done_twice),
        cmocka_unit_test(two_at_once),
        cmocka_unit_test(blocks_and_back),
        cmocka_unit_test(words_to_who_may_hear),
        cmocka_unit_test(gifts_wait_behind_answers),
        cmocka_unit_test(an_export_is_a_table),
        cmocka_unit_test(stopped),
        cmocka_unit_test(a_file_ends),
        cmocka_unit_test(it_is_forgotten),
    };

    return cmocka_run_group_tests_name("bulk", tests, opened, closed);
}
