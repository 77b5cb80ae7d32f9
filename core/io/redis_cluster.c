/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/redis_cluster.h"

#include "core/base/clock.h"
#include "core/io/redis_dial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NODE_MS 500 /* to connect, to tell its map */
#define AGAIN_MS 20 /* between two looks at the map */
#define NODES_MAX 1000
#define NOBODY UINT16_MAX

struct node {
    struct redis_place place;
    struct wire *wire; /* NULL: not connected */
};

struct map {
    struct node *node;
    int n_nodes, cap;
    uint16_t owner[REDIS_SLOTS]; /* a node, or NOBODY */
};

struct cluster {
    struct redis_url url;
    struct map map;
    bool old;
    int64_t read_ms; /* when the map was asked for */
    unsigned turn;   /* who is asked first */
    int moved_slot;  /* told since the map was read; -1: none */
    struct redis_place moved_to;
};

static int64_t earlier(int64_t due_ms, int ms)
{
    int64_t soon = clock_mono_ms() + ms;

    return soon < due_ms ? soon : due_ms;
}

/* ---- the map -------------------------------------------------------------------- */

static void map_clear(struct map *m)
{
    for (int i = 0; i < m->n_nodes; i++)
        wire_close(m->node[i].wire);
    free(m->node);
    m->node = NULL;
    m->n_nodes = m->cap = 0;
    memset(m->owner, 0xFF, sizeof m->owner);
}

static int node_find(const struct map *m, const struct redis_place *at)
{
    for (int i = 0; i < m->n_nodes; i++)
        if (redis_place_same(&m->node[i].place, at))
            return i;
    return -1;
}

/* -1: no memory, or more nodes than a Cluster has. */
static int node_add(struct map *m, const struct redis_place *at)
{
    int i = node_find(m, at), cap = m->cap ? m->cap * 2 : 8;
    struct node *grown;

    if (i >= 0 || m->n_nodes == NODES_MAX)
        return i;
    if (m->n_nodes == m->cap) {
        if ((grown = realloc(m->node, (size_t)cap * sizeof *grown)) == NULL)
            return -1;
        m->node = grown;
        m->cap = cap;
    }
    m->node[m->n_nodes] = (struct node){.place = *at};
    return m->n_nodes++;
}

/* [from, to, [host, port, …], replicas…]; a node that does not know its own address
 * leaves it empty: it is the one that we asked. */
static bool range_add(struct map *m, const struct redis_reply *range,
                      const struct redis_place *asked)
{
    const struct redis_reply *master = redis_item(range, 2);
    const char *host = redis_text(redis_item(master, 0), NULL);
    int64_t from = redis_int(redis_item(range, 0)),
            to = redis_int(redis_item(range, 1));
    int64_t port = redis_int(redis_item(master, 1));
    struct redis_place at = *asked;
    int i;

    if (redis_count(range) < 3 || redis_count(master) < 2 || from < 0 || to < from ||
        to >= REDIS_SLOTS || port < 1 || port > 65535)
        return false;
    if (host != NULL && host[0] != '\0' && strcmp(host, "?") != 0)
        snprintf(at.host, sizeof at.host, "%s", host);
    at.port = (int)port;
    if ((i = node_add(m, &at)) < 0)
        return false;
    for (int64_t slot = from; slot <= to; slot++)
        m->owner[slot] = (uint16_t)i;
    return true;
}

static struct map *map_read(const struct redis_reply *r,
                            const struct redis_place *asked)
{
    struct map *m = redis_count(r) > 0 ? calloc(1, sizeof *m) : NULL;

    if (m == NULL)
        return NULL;
    map_clear(m);
    for (size_t i = 0; i < redis_count(r); i++)
        if (!range_add(m, redis_item(r, i), asked)) {
            map_clear(m);
            free(m);
            return NULL;
        }
    return m;
}

/* Connections to nodes that stay move into the new map. */
static void map_replace(struct cluster *c, struct map *m)
{
    for (int i = 0; i < m->n_nodes; i++) {
        int was = node_find(&c->map, &m->node[i].place);

        if (was >= 0) {
            m->node[i].wire = c->map.node[was].wire;
            c->map.node[was].wire = NULL;
        }
    }
    map_clear(&c->map);
    c->map = *m;
    free(m);
}

static bool map_ask(struct cluster *c, struct wire *w, const struct redis_place *asked,
                    char why[REDIS_WHY])
{
    struct redis_reply *r = wire_words(w, "CLUSTER", "SLOTS", NULL);
    const char *error = r ? redis_error_text(r) : wire_fault(w);
    struct map *m = error == NULL ? map_read(r, asked) : NULL;

    if (m == NULL)
        redis_why(why, asked, error ? error : "it knows of no node with slots");
    else
        map_replace(c, m);
    redis_free(r);
    return m != NULL;
}

static bool map_ask_at(struct cluster *c, const struct redis_place *at, int64_t due_ms,
                       char why[REDIS_WHY])
{
    struct redis_place asked = *at; /* the map it may stand in is replaced */
    struct wire *w = wire_open(&asked, earlier(due_ms, NODE_MS), why);
    bool told = w != NULL;

    if (told && !redis_login(w, &c->url)) {
        redis_why(why, &asked, "it refused the password");
        told = false;
    }
    told = told && map_ask(c, w, &asked, why);
    wire_close(w);
    return told;
}

/* Each time another node begins: one that is cut off from the rest tells an old map. */
static bool map_refresh(struct cluster *c, int64_t due_ms, char why[REDIS_WHY])
{
    int n = c->map.n_nodes;
    unsigned turn = c->turn++;

    c->read_ms = clock_mono_ms();
    for (int i = 0; i < n + c->url.n_places && clock_mono_ms() < due_ms; i++) {
        const struct redis_place *at =
            i < n ? &c->map.node[(turn + (unsigned)i) % (unsigned)n].place
                  : &c->url.place[i - n];

        if (map_ask_at(c, at, due_ms, why)) {
            c->old = false;
            return true;
        }
    }
    return false;
}

/* What a node said of one slot is newer than what another one says of all. */
static void map_correct(struct cluster *c)
{
    int i = c->moved_slot >= 0 ? node_add(&c->map, &c->moved_to) : -1;

    if (i >= 0)
        c->map.owner[c->moved_slot] = (uint16_t)i;
    c->moved_slot = -1;
}

static bool map_fresh(struct cluster *c, int64_t due_ms, char why[REDIS_WHY])
{
    if (c->map.n_nodes == 0 || (c->old && clock_mono_ms() - c->read_ms >= AGAIN_MS))
        (void)map_refresh(c, due_ms, why);
    map_correct(c);
    return c->map.n_nodes > 0;
}

/* ---- nodes ---------------------------------------------------------------------- */

static struct wire *node_reach(struct cluster *c, int i, int64_t due_ms,
                               char why[REDIS_WHY])
{
    struct node *n = &c->map.node[i];

    if (n->wire != NULL && wire_still_open(n->wire))
        return n->wire;
    wire_close(n->wire);
    n->wire = wire_open(&n->place, earlier(due_ms, NODE_MS), why);
    if (n->wire != NULL && !redis_greet(n->wire, &c->url, &n->place, why)) {
        wire_close(n->wire);
        n->wire = NULL;
    }
    return n->wire;
}

static struct wire *any_reach(struct cluster *c, int64_t due_ms, char why[REDIS_WHY])
{
    struct wire *w = NULL;

    for (int i = 0; i < c->map.n_nodes && w == NULL; i++)
        if (i == 0 || clock_mono_ms() < due_ms)
            w = node_reach(c, i, due_ms, why);
    return w;
}

static struct wire *owner_reach(struct cluster *c, int slot, int64_t due_ms,
                                char why[REDIS_WHY])
{
    if (slot < 0)
        return any_reach(c, due_ms, why);
    if (c->map.owner[slot] == NOBODY) {
        snprintf(why, REDIS_WHY, "no node of the cluster has slot %d", slot);
        return NULL;
    }
    return node_reach(c, c->map.owner[slot], due_ms, why);
}

struct wire *cluster_reach(struct cluster *c, int slot, int64_t due_ms,
                           char why[REDIS_WHY])
{
    struct wire *w = NULL;

    /* Once more with a new map: another node may have taken the place of a dead one. */
    for (int i = 0; i < 2 && w == NULL; i++) {
        if (!map_fresh(c, due_ms, why))
            return NULL;
        w = owner_reach(c, slot, due_ms, why);
        c->old = c->old || w == NULL;
    }
    return w;
}

struct wire *cluster_reach_at(struct cluster *c, const struct redis_place *at,
                              int64_t due_ms, char why[REDIS_WHY])
{
    int i = node_add(&c->map, at);

    if (i < 0) {
        redis_why(why, at, "no memory");
        return NULL;
    }
    return node_reach(c, i, due_ms, why);
}

int cluster_masters(struct cluster *c, int64_t due_ms, char why[REDIS_WHY])
{
    return map_refresh(c, due_ms, why) ? c->map.n_nodes : 0;
}

struct wire *cluster_master(struct cluster *c, int i, int64_t due_ms,
                            struct redis_place *at, char why[REDIS_WHY])
{
    *at = c->map.node[i].place;
    return node_reach(c, i, due_ms, why);
}

/* ---- what is learned ------------------------------------------------------------ */

static int node_of(const struct cluster *c, const struct wire *w)
{
    for (int i = 0; i < c->map.n_nodes; i++)
        if (c->map.node[i].wire == w)
            return i;
    return -1;
}

void cluster_place(const struct cluster *c, const struct wire *w,
                   struct redis_place *out)
{
    int i = node_of(c, w);

    if (out->host[0] == '\0' && i >= 0)
        memcpy(out->host, c->map.node[i].place.host, sizeof out->host);
}

void cluster_moved(struct cluster *c, int slot, const struct redis_place *to)
{
    redis_news("redis moved a slot", to);
    c->moved_slot = slot;
    c->moved_to = *to;
    c->old = true;
}

void cluster_doubt(struct cluster *c)
{
    c->old = true;
}

void cluster_drop(struct cluster *c, struct wire *w)
{
    int i = node_of(c, w);

    if (i >= 0) {
        wire_close(w);
        c->map.node[i].wire = NULL;
    }
    c->old = true;
}

void cluster_take(struct cluster *c, struct wire *w)
{
    for (int i = 0; i < c->map.n_nodes; i++) {
        if (c->map.node[i].wire != w)
            wire_close(c->map.node[i].wire);
        c->map.node[i].wire = NULL;
    }
}

/* ---- the handle ----------------------------------------------------------------- */

struct cluster *cluster_new(const struct redis_url *url)
{
    struct cluster *c = calloc(1, sizeof *c);

    if (c == NULL)
        return NULL;
    c->url = *url;
    c->moved_slot = -1;
    map_clear(&c->map);
    return c;
}

void cluster_free(struct cluster *c)
{
    if (c == NULL)
        return;
    map_clear(&c->map);
    free(c);
}
