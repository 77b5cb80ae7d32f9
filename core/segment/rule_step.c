/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Where the reader of a rule stands, and what it finds wrong there. */
#include "core/segment/rule_private.h"

#include <stdio.h>
#include <string.h>

/* A name from outside becomes a part of a JSON pointer; one too long is cut. */
static void pointer_add(char at[POINTER_BYTES], const char *key)
{
    size_t n = strlen(at);

    if (n + 3 < POINTER_BYTES)
        at[n++] = '/';
    for (; *key != '\0' && n + 3 < POINTER_BYTES; key++) {
        if (*key == '~' || *key == '/') {
            at[n++] = '~';
            at[n++] = *key == '~' ? '0' : '1';
        } else
            at[n++] = *key;
    }
    /* No half of a letter at the cut. */
    while (*key != '\0' && n > 0 && ((unsigned char)at[n - 1] & 0x80) != 0)
        n--;
    at[n] = '\0';
}

size_t reader_step(struct reader *r, const char *key)
{
    size_t was = strlen(r->at);

    pointer_add(r->at, key);
    return was;
}

size_t reader_index(struct reader *r, size_t i)
{
    char text[24];

    snprintf(text, sizeof text, "%zu", i);
    return reader_step(r, text);
}

void reader_back(struct reader *r, size_t was)
{
    r->at[was] = '\0';
}

void reader_fault(struct reader *r, enum rule_fault_code c)
{
    fault_add(r->faults, r->at, c);
}

void reader_fault_at(struct reader *r, const char *key, enum rule_fault_code c)
{
    size_t was = reader_step(r, key);

    reader_fault(r, c);
    reader_back(r, was);
}

struct known {
    struct reader *r;
    const char *const *keys;
};

static void known_key(void *arg, const char *key, struct json *v)
{
    struct known *k = arg;

    (void)v;
    for (const char *const *may = k->keys; *may != NULL; may++)
        if (strcmp(*may, key) == 0)
            return;
    reader_fault_at(k->r, key, FAULT_UNKNOWN_KEY);
}

bool reader_only(struct reader *r, const struct json *o, const char *const *keys)
{
    struct known k = {r, keys};
    int was = r->faults->n;

    json_each(o, known_key, &k);
    return r->faults->n == was;
}

struct node *node_new(struct reader *r, enum node_kind kind)
{
    struct rule *rule = r->rule;
    struct node *n = &rule->nodes[rule->nodes_n];
    bool leaf = kind > NODE_NONE;

    if (rule->nodes_n == RULE_NODES_MAX || (leaf && rule->leaves == RULE_LEAVES_MAX)) {
        reader_fault(r, FAULT_TOO_LARGE);
        return NULL;
    }
    rule->nodes_n++;
    rule->leaves += leaf;
    *n = (struct node){.kind = kind, .values = rule->values + rule->values_n};
    return n;
}
