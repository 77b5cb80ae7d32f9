/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/botapi/map.h"

#include <stdlib.h>

static size_t home(const struct map *m, int64_t key)
{
    uint64_t h = (uint64_t)key * 0x9E3779B97F4A7C15ULL;

    return (size_t)(h >> 32) & (m->cap - 1);
}

static struct map_slot *find(const struct map *m, int64_t key)
{
    size_t i = home(m, key);

    while (m->slot[i].value != NULL && m->slot[i].key != key)
        i = (i + 1) & (m->cap - 1);
    return &m->slot[i];
}

void *map_get(const struct map *m, int64_t key)
{
    return m->cap > 0 ? find(m, key)->value : NULL;
}

static bool grow(struct map *m)
{
    struct map bigger = {.cap = m->cap > 0 ? m->cap * 2 : 16};

    bigger.slot = calloc(bigger.cap, sizeof(*bigger.slot));
    if (bigger.slot == NULL)
        return false;
    for (size_t i = 0; i < m->cap; i++)
        if (m->slot[i].value != NULL)
            *find(&bigger, m->slot[i].key) = m->slot[i];
    bigger.n = m->n;
    free(m->slot);
    *m = bigger;
    return true;
}

bool map_put(struct map *m, int64_t key, void *value)
{
    struct map_slot *s;

    if (m->n + 1 > m->cap / 4 * 3 && !grow(m))
        return false;
    s = find(m, key);
    m->n += s->value == NULL;
    *s = (struct map_slot){key, value};
    return true;
}

/* What stood behind the hole and would no longer be found moves into it. */
static void close_hole(struct map *m, size_t hole)
{
    size_t i = hole;

    for (;;) {
        i = (i + 1) & (m->cap - 1);
        if (m->slot[i].value == NULL)
            break;
        if (((i - home(m, m->slot[i].key)) & (m->cap - 1)) >=
            ((i - hole) & (m->cap - 1))) {
            m->slot[hole] = m->slot[i];
            hole = i;
        }
    }
    m->slot[hole] = (struct map_slot){0};
}

void *map_take(struct map *m, int64_t key)
{
    struct map_slot *s = m->cap > 0 ? find(m, key) : NULL;
    void *value = s != NULL ? s->value : NULL;

    if (value != NULL) {
        m->n--;
        close_hole(m, (size_t)(s - m->slot));
    }
    return value;
}

void map_free(struct map *m)
{
    free(m->slot);
    *m = (struct map){0};
}

void *map_next(const struct map *m, size_t *i)
{
    while (*i < m->cap) {
        void *v = m->slot[(*i)++].value;

        if (v != NULL)
            return v;
    }
    return NULL;
}
