/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A disk without room (F16), under MySQL and under Redis' append-only file: what is not
 * stored is not answered 200, nothing is lost or done twice, and all goes on by itself
 * once there is room again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/harness/disk.h"
#include "tests/harness/ordeal.h"
#include "tests/harness/postman.h"
#include "tests/harness/until.h"

#include <signal.h>
#include <stdio.h>

#define REDIS_MB 24
#define MYSQL_MB 320

static struct disk disk;
static struct postman postman;

static void open_disk(int megabytes)
{
    const char *why = "";

    if (!disk_open(&disk, megabytes, &why)) {
        print_message("a disk to be filled cannot be mounted here: %s\n", why);
        skip();
    }
}

/* ---- the append-only file ------------------------------------------------------- */

/* Until an update is refused: 503, and not 200 without having it stored. */
static int64_t post_until_refused(void)
{
    int64_t id;

    for (int i = 0; i < 100000; i++) {
        int status = postman_post(&postman, id = postman_next(&postman));

        if (status == 200)
            continue;
        assert_int_equal(status, 503);
        return id;
    }
    fail_msg("a full disk refuses nothing");
    return 0;
}

/* With appendfsync always Redis ends rather than lose what it said it has. */
static bool redis_is_up_again(void *arg)
{
    (void)arg;
    if (!server_lives(here.redis))
        return server_try(here.redis);
    return true;
}

static void fill_the_disk_of_redis(const char *fsync)
{
    int rounds = dose(1, 5);

    open_disk(REDIS_MB);
    dose_seed();
    ordeal_open_under(&here, 0, disk.dir);
    ordeal_redis(&here, "CONFIG", "SET", "appendfsync", fsync);
    server_option(here.redis, "--appendfsync");
    server_option(here.redis, fsync);
    postman_open(&postman, here.oracle.cfg);
    here.bots = program_start("dvorik", "bots", NULL);
    assert_true(program_says(here.bots, "bots ready", 15000));
    ordeal_hire(&here, 1, 2);
    for (int i = 0; i < rounds; i++) {
        int64_t refused;

        oracle_put(&here.oracle, 300);
        disk_fill(&disk);
        refused = post_until_refused();
        oracle_put(&here.oracle, 50); /* MySQL has them; Redis will */
        disk_free_up(&disk);
        assert_true(until(redis_is_up_again, NULL, 30000));
        while (postman_post(&postman, refused) != 200)
            ordeal_pass(20);
        ordeal_drain(&here, ORDEAL_DRAIN_MS);
    }
    printf("appendfsync %s: %d updates stored, %d refused, %d unanswered\n", fsync,
           (int)postman.delivered, (int)postman.refused, (int)postman.unanswered);
    postman_judge(&postman, here.oracle.db, ORDEAL_DRAIN_MS);
    ordeal_judge(&here);
    ordeal_close(&here);
    disk_close(&disk);
}

static void a_full_disk_under_redis(void **state)
{
    (void)state;
    fill_the_disk_of_redis("everysec");
}

static void a_full_disk_under_a_redis_that_always_writes(void **state)
{
    (void)state;
    fill_the_disk_of_redis("always");
}

/* ---- MySQL ---------------------------------------------------------------------- */

static bool database_answers(void *arg)
{
    (void)arg;
    if (!server_lives(here.mysql))
        server_start(here.mysql);
    return oracle_done(&here.oracle) >= 0;
}

static void a_full_disk_under_the_database(void **state)
{
    int rounds = dose(1, 5), refused = 0;

    (void)state;
    open_disk(MYSQL_MB);
    dose_seed();
    ordeal_open_under(&here, ORDEAL_MYSQL, disk.dir);
    ordeal_hire(&here, 1, 2);
    for (int i = 0; i < rounds; i++) {
        oracle_put(&here.oracle, 500);
        disk_fill(&disk);
        refused = 0;
        for (int k = 0; k < 400 && refused < 20; k++)
            refused += !oracle_try(&here.oracle, 50);
        assert_true(refused > 0); /* said, not swallowed */
        disk_free_up(&disk);
        assert_true(until(database_answers, NULL, 60000));
        oracle_recount(&here.oracle);
        ordeal_drain(&here, ORDEAL_DRAIN_MS * 2);
    }
    ordeal_judge(&here);
    ordeal_close(&here);
    disk_close(&disk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_disk_under_redis),
        cmocka_unit_test(a_full_disk_under_a_redis_that_always_writes),
        cmocka_unit_test(a_full_disk_under_the_database),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
