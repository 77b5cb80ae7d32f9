/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/botapi/profile.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    char *key, *value;
};

/* FNV-1a; two keys of our few colliding in 64 bits is not a case to build for. */
static int64_t hash(const char *s)
{
    uint64_t h = 0xCBF29CE484222325ULL;

    for (; *s != '\0'; s++)
        h = (h ^ (unsigned char)*s) * 0x100000001B3ULL;
    return (int64_t)h;
}

static void entry_free(struct entry *s)
{
    if (s == NULL)
        return;
    free(s->key);
    free(s->value);
    free(s);
}

void profile_put(struct bot *b, const char *key, const char *value)
{
    struct entry *s;

    entry_free(map_take(&b->profile, hash(key)));
    if (value == NULL || (s = calloc(1, sizeof(*s))) == NULL)
        return;
    s->key = strdup(key);
    s->value = strdup(value);
    if (s->key == NULL || s->value == NULL || !map_put(&b->profile, hash(key), s))
        entry_free(s);
}

const char *profile_get(const struct bot *b, const char *key)
{
    const struct entry *s = map_get(&b->profile, hash(key));

    return s != NULL ? s->value : NULL;
}

void profile_json(const struct bot *b, struct buf *out)
{
    const struct entry *s;
    const char *comma = "{";

    for (size_t i = 0; (s = map_next(&b->profile, &i)) != NULL; comma = ",") {
        buf_adds(out, comma);
        buf_add_json(out, s->key, strlen(s->key));
        buf_addf(out, ":%s", s->value);
    }
    buf_adds(out, *comma == '{' ? "{}" : "}");
}

void profile_clear(struct bot *b)
{
    struct entry *s;

    for (size_t i = 0; (s = map_next(&b->profile, &i)) != NULL;)
        entry_free(s);
    map_free(&b->profile);
}
