/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A slot of a Cluster moves and one of its masters dies under load (F8): no job of class
 * D is lost, none has its effect twice, and work goes on within five seconds of the new
 * master; updates that were answered 200 move with their slot. */
#include "tests/chaos/failover.h"
#include "tests/harness/cluster.h"
#include "tests/harness/postman.h"

static bool put_until_moved(void *arg)
{
    const int *way = arg; /* slot, the old owner */
    int now = farm_owner(way[0]);

    oracle_put(&oracle, 1);
    return now >= 0 && now != way[1];
}

static void slot_moves(void)
{
    int slot = farm_slot("{s0}"), from = farm_owner(slot), to = 0;

    while (to == from || !farm_is_master(to))
        to++;
    oracle_put(&oracle, 10 * SLICE);
    farm_move_begin(slot, from, to);
    oracle_put(&oracle, SLICE);
    farm_move_keys(slot, from, to);
    oracle_put(&oracle, SLICE);
    farm_move_end(slot, from, to);
    work_resumes("the move of a slot");
}

static bool cluster_is_whole(void *arg)
{
    int n = 0;

    (void)arg;
    for (int i = 0; i < FARM_NODES; i++)
        n += redis_node_says(farm_node(i), WORDS("CLUSTER", "INFO"),
                             "cluster_state:ok") &&
             (farm_is_master(i) ||
              redis_node_says(farm_node(i), WORDS("INFO", "replication"),
                              "master_link_status:up"));
    return n == FARM_NODES;
}

static void master_dies(void)
{
    int way[2] = {farm_slot("{s0}")};

    way[1] = farm_owner(way[0]);
    oracle_put(&oracle, 10 * SLICE);
    redis_node_kill(farm_node(way[1]));
    assert_true(until(put_until_moved, way, PROMOTED_MS));
    work_resumes("the death of a master");
    redis_node_start(farm_node(way[1]));
    assert_true(until(cluster_is_whole, NULL, PROMOTED_MS));
}

static void a_cluster_moves_under_the_work(void **state)
{
    (void)state;
    dose_seed();
    farm_open();
    work_begin(farm_url(), 1);
    for (int i = 0, n = dose(1, 20); i < n; i++) {
        slot_moves();
        master_dies();
    }
    work_end();
    farm_close();
}

/* What bots has answered 200 moves with its slot, one of four: posted all the while,
 * each update has its effect once. */
static void a_slot_moves_under_updates(void **state)
{
    struct postman postman;

    (void)state;
    dose_seed();
    farm_open();
    work_begin(farm_url(), 4);
    postman_open(&postman, oracle.cfg);
    bots = program_start("dvorik", "bots", NULL);
    assert_true(program_says(bots, "bots ready", PROMOTED_MS));
    postman_start(&postman);
    for (int i = 0, n = dose(2, 20); i < n; i++)
        slot_moves();
    postman_stop(&postman);
    postman_judge(&postman, oracle.db, DRAIN_MS);
    printf("%d updates were delivered, %d had to be posted again\n",
           atomic_load(&postman.delivered), atomic_load(&postman.refused));
    work_end();
    farm_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cluster_moves_under_the_work),
        cmocka_unit_test(a_slot_moves_under_updates),
    };

    return cmocka_run_group_tests_name("failover_cluster", tests, NULL, NULL);
}
