/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/sentinel.h"

#include "core/base/clock.h"
#include "tests/harness/launch.h"
#include "tests/harness/until.h"

#include <stdio.h>
#include <string.h>

#define AGREE_MS 30000

static struct redis_node *server[2], *sentinel[GUARDS];
static struct slowline *line[2];
static int door[2]; /* the ports by which others come to the servers */
static char url[256];

/* ---- starting ------------------------------------------------------------------- */

static bool follows(void *arg)
{
    return redis_node_says(server[*(int *)arg], WORDS("INFO", "replication"),
                           "master_link_status:up");
}

static void wait_follows(int i)
{
    if (!until(follows, &i, AGREE_MS))
        launch_failed("the replica does not follow its master");
}

/* more: settings of its own. Sentinels are told its door, not the port behind it. */
static void server_open(int i, bool behind_line, const char *more)
{
    int port = port_free();
    char settings[200];

    door[i] = behind_line ? port_free() : port;
    snprintf(settings, sizeof settings,
             "replica-announce-ip 127.0.0.1\nreplica-announce-port %d\n%s", door[i],
             more);
    server[i] = redis_node_new(port, false, GUARD_PASSWORD, settings);
    if (behind_line)
        line[i] = slowline_new_port(door[i], port);
}

static void servers_open(bool behind_lines)
{
    char replica[60];

    server_open(0, behind_lines, "");
    snprintf(replica, sizeof replica, "replicaof 127.0.0.1 %d\n", door[0]);
    server_open(1, behind_lines, replica);
    wait_follows(1);
}

/* All of them see the replica, and enough of one another. */
static bool agree(void *arg)
{
    (void)arg;
    for (int i = 0; i < GUARDS; i++)
        if (!redis_node_says(sentinel[i], WORDS("INFO", "sentinel"),
                             "slaves=1,sentinels=3"))
            return false;
    return true;
}

static void open_all(bool behind_lines)
{
    char settings[500];
    size_t n = 0;

    servers_open(behind_lines);
    snprintf(settings, sizeof settings,
             "sentinel monitor shop 127.0.0.1 %d 2\n"
             "sentinel auth-pass shop %s\n"
             "sentinel down-after-milliseconds shop 1000\n"
             "sentinel failover-timeout shop 3000\n",
             door[0], GUARD_PASSWORD);
    n = (size_t)snprintf(url, sizeof url, "sentinel://:%s@", GUARD_PASSWORD);
    for (int i = 0; i < GUARDS; i++) {
        sentinel[i] = redis_node_new(port_free(), true, NULL, settings);
        n += (size_t)snprintf(url + n, sizeof url - n, "%s127.0.0.1:%d", i ? "," : "",
                              redis_node_port(sentinel[i]));
    }
    snprintf(url + n, sizeof url - n, "/shop");
    if (!until(agree, NULL, AGREE_MS))
        launch_failed("the Sentinels do not find one another");
}

void guard_open(void)
{
    open_all(false);
}

void guard_open_behind_lines(void)
{
    open_all(true);
}

void guard_cut(int i, enum slowline_cut cut)
{
    slowline_set(line[i], &(struct slowness){.cut = cut});
}

void guard_close(void)
{
    for (int i = 0; i < 2; i++) {
        redis_node_free(server[i]);
        slowline_free(line[i]);
        line[i] = NULL;
    }
    for (int i = 0; i < GUARDS; i++)
        redis_node_free(sentinel[i]);
    memset(server, 0, sizeof server);
    memset(sentinel, 0, sizeof sentinel);
}

/* ---- looking -------------------------------------------------------------------- */

const char *guard_url(void)
{
    return url;
}

struct redis_node *guard_server(int i)
{
    return server[i];
}

struct redis_node *guard_sentinel(int i)
{
    return sentinel[i];
}

bool guard_is_master(int i)
{
    struct redis_reply *r = NULL;
    enum status st = redis_do(redis_node_client(server[i]), &r, "ROLE", NULL);
    const char *role = st == ST_OK ? redis_text(redis_item(r, 0), NULL) : NULL;
    bool is = role != NULL && strcmp(role, "master") == 0;

    redis_free(r);
    return is;
}

static bool is_master(void *arg)
{
    return guard_is_master(*(int *)arg);
}

int guard_wait_master(int i, int ms)
{
    int64_t from = clock_mono_ms();

    return until(is_master, &i, ms) ? (int)(clock_mono_ms() - from) : -1;
}

void guard_follow(int old, int new)
{
    char port[16];

    snprintf(port, sizeof port, "%d", door[new]);
    redis_node_number(server[old], WORDS("REPLICAOF", "127.0.0.1", port));
    wait_follows(old);
}
