/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/map.h - whole numbers to pointers; open addressing, grows by doubling.
 * The pointers stay the caller's. */
#ifndef TESTS_BOTAPI_MAP_H
#define TESTS_BOTAPI_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_slot {
    int64_t key;
    void *value; /* NULL: free */
};

struct map {
    struct map_slot *slot;
    size_t cap, n;
};

void *map_get(const struct map *m, int64_t key);       /* NULL: absent */
bool map_put(struct map *m, int64_t key, void *value); /* false: no memory */
void *map_take(struct map *m, int64_t key);            /* removes and answers it */
void map_free(struct map *m);

/* for (size_t i = 0; (v = map_next(m, &i)) != NULL;) … in no order; do not change the
 * map meanwhile. */
void *map_next(const struct map *m, size_t *i);

#endif
