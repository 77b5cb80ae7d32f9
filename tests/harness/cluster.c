/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/cluster.h"

#include "core/base/clock.h"
#include "core/io/redis_cluster.h"
#include "tests/harness/launch.h"
#include "tests/harness/until.h"

#include <stdio.h>
#include <string.h>

#define AGREE_MS 30000
#define THIRD ((REDIS_SLOTS + 2) / 3)
#define ID_MAX 48

static struct redis_node *node[FARM_NODES];
static char id[FARM_NODES][ID_MAX];
static char url[128];

/* ---- starting ------------------------------------------------------------------- */

static void node_open(int i)
{
    char settings[200];

    snprintf(settings, sizeof settings,
             "cluster-enabled yes\ncluster-node-timeout 2000\ncluster-port %d\n"
             "cluster-replica-validity-factor 0\n",
             port_free());
    node[i] = redis_node_new(port_free(), false, NULL, settings);
}

static void id_learn(int i)
{
    struct redis_reply *r = NULL;

    if (redis_do(redis_node_client(node[i]), &r, "CLUSTER", "MYID", NULL) != ST_OK)
        launch_failed("a node does not know itself");
    snprintf(id[i], sizeof id[i], "%s", redis_text(r, NULL));
    redis_free(r);
}

static void slots_give(int i)
{
    char from[16], to[16], epoch[16];
    int last = (i + 1) * THIRD < REDIS_SLOTS ? (i + 1) * THIRD : REDIS_SLOTS;

    snprintf(from, sizeof from, "%d", i * THIRD);
    snprintf(to, sizeof to, "%d", last - 1);
    snprintf(epoch, sizeof epoch, "%d", i + 1);
    redis_node_number(node[i], WORDS("CLUSTER", "ADDSLOTSRANGE", from, to));
    redis_node_number(node[i], WORDS("CLUSTER", "SET-CONFIG-EPOCH", epoch));
}

static int bus_port(int i)
{
    struct redis_reply *r = NULL;
    int port = 0;

    if (redis_do(redis_node_client(node[i]), &r, "CONFIG", "GET", "cluster-port",
                 NULL) == ST_OK)
        port = (int)redis_int(redis_item(r, 1));
    redis_free(r);
    return port;
}

static void meet(int i)
{
    char port[16], bus[16];

    snprintf(port, sizeof port, "%d", redis_node_port(node[0]));
    snprintf(bus, sizeof bus, "%d", bus_port(0));
    redis_node_number(node[i], WORDS("CLUSTER", "MEET", "127.0.0.1", port, bus));
}

static bool all_say(const char *text)
{
    for (int i = 0; i < FARM_NODES; i++)
        if (!redis_node_says(node[i], WORDS("CLUSTER", "INFO"), text))
            return false;
    return true;
}

static bool all_met(void *arg)
{
    (void)arg;
    return all_say("cluster_known_nodes:6");
}

static bool all_agree(void *arg)
{
    (void)arg;
    for (int i = FARM_MASTERS; i < FARM_NODES; i++)
        if (!redis_node_says(node[i], WORDS("INFO", "replication"),
                             "master_link_status:up"))
            return false;
    return all_say("cluster_state:ok") && all_say("cluster_size:3");
}

static void wait_for(bool (*asked)(void *arg), const char *what)
{
    if (!until(asked, NULL, AGREE_MS))
        launch_failed("the nodes of the cluster do not %s", what);
}

void farm_open(void)
{
    for (int i = 0; i < FARM_NODES; i++)
        node_open(i);
    for (int i = 0; i < FARM_NODES; i++) {
        redis_node_wait(node[i]);
        id_learn(i);
    }
    for (int i = 0; i < FARM_MASTERS; i++)
        slots_give(i);
    for (int i = 1; i < FARM_NODES; i++)
        meet(i);
    wait_for(all_met, "meet");
    for (int i = FARM_MASTERS; i < FARM_NODES; i++)
        redis_node_number(node[i], WORDS("CLUSTER", "REPLICATE", id[i - FARM_MASTERS]));
    wait_for(all_agree, "agree");
    snprintf(url, sizeof url, "cluster://127.0.0.1:%d,127.0.0.1:%d",
             redis_node_port(node[0]), redis_node_port(node[1]));
}

void farm_close(void)
{
    for (int i = 0; i < FARM_NODES; i++) {
        redis_node_free(node[i]);
        node[i] = NULL;
    }
}

/* ---- looking -------------------------------------------------------------------- */

const char *farm_url(void)
{
    return url;
}

struct redis_node *farm_node(int i)
{
    return node[i];
}

int farm_slot(const char *key)
{
    return redis_key_slot(key, strlen(key));
}

bool farm_is_master(int i)
{
    struct redis_reply *r = NULL;
    enum status st = redis_do(redis_node_client(node[i]), &r, "ROLE", NULL);
    const char *role = st == ST_OK ? redis_text(redis_item(r, 0), NULL) : NULL;
    bool is = role != NULL && strcmp(role, "master") == 0;

    redis_free(r);
    return is;
}

/* Does node i say that the slot is its own? */
static bool owns(int i, int slot)
{
    struct redis_reply *r = NULL;
    bool is = false;

    if (!farm_is_master(i) ||
        redis_do(redis_node_client(node[i]), &r, "CLUSTER", "SLOTS", NULL) != ST_OK)
        return false;
    for (size_t k = 0; k < redis_count(r); k++) {
        const struct redis_reply *range = redis_item(r, k);

        if (redis_int(redis_item(range, 0)) <= slot &&
            redis_int(redis_item(range, 1)) >= slot)
            is = redis_int(redis_item(redis_item(range, 2), 1)) ==
                 redis_node_port(node[i]);
    }
    redis_free(r);
    return is;
}

int farm_owner(int slot)
{
    for (int i = 0; i < FARM_NODES; i++)
        if (owns(i, slot))
            return i;
    return -1;
}

struct hunt {
    int slot, other_than, found;
};

static bool found(void *arg)
{
    struct hunt *h = arg;

    h->found = farm_owner(h->slot);
    return h->found >= 0 && h->found != h->other_than;
}

int farm_wait_owner(int slot, int other_than, int ms)
{
    struct hunt h = {slot, other_than, -1};

    return until(found, &h, ms) ? h.found : -1;
}

/* ---- moving a slot --------------------------------------------------------------- */

static void set_slot(int at, int slot, const char *what, int whom)
{
    char text[16];

    snprintf(text, sizeof text, "%d", slot);
    redis_node_number(node[at], WORDS("CLUSTER", "SETSLOT", text, what, id[whom]));
}

void farm_move_begin(int slot, int from, int to)
{
    set_slot(to, slot, "IMPORTING", from);
    set_slot(from, slot, "MIGRATING", to);
}

void farm_move_key(const char *key, int from, int to)
{
    char port[16];

    snprintf(port, sizeof port, "%d", redis_node_port(node[to]));
    redis_node_number(node[from],
                      WORDS("MIGRATE", "127.0.0.1", port, key, "0", "5000"));
}

void farm_move_keys(int slot, int from, int to)
{
    char text[16];
    struct redis_reply *r = NULL;

    snprintf(text, sizeof text, "%d", slot);
    do {
        redis_free(r);
        r = NULL;
        if (redis_do(redis_node_client(node[from]), &r, "CLUSTER", "GETKEYSINSLOT",
                     text, "100", NULL) != ST_OK)
            launch_failed("a node does not tell the keys of a slot");
        for (size_t i = 0; i < redis_count(r); i++)
            farm_move_key(redis_text(redis_item(r, i), NULL), from, to);
    } while (redis_count(r) > 0);
    redis_free(r);
}

void farm_move_end(int slot, int from, int to)
{
    set_slot(to, slot, "NODE", to);
    set_slot(from, slot, "NODE", to);
}
