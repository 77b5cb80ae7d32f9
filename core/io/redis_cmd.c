/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Commands: put together word by word, and which slot of a Cluster they are for. */
#include "core/base/secret.h"
#include "core/io/redis_cluster.h"
#include "core/io/redis_wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct redis_own {
    struct redis_own *next;
    char digits[24];
};

void redis_arg(struct redis_cmd *c, const void *p, size_t n)
{
    if (c->argc == c->cap && !c->failed) {
        int cap = c->cap ? c->cap * 2 : 16;
        const char **argv = realloc(c->argv, (size_t)cap * sizeof *argv);
        size_t *len = argv ? realloc(c->len, (size_t)cap * sizeof *len) : NULL;

        if (argv != NULL)
            c->argv = argv;
        if (len != NULL)
            c->len = len;
        if (argv == NULL || len == NULL)
            c->failed = true;
        else
            c->cap = cap;
    }
    if (c->failed)
        return;
    c->argv[c->argc] = p ? p : "";
    c->len[c->argc++] = p ? n : 0;
}

void redis_arg_text(struct redis_cmd *c, const char *s)
{
    redis_arg(c, s, s ? strlen(s) : 0);
}

void redis_arg_int(struct redis_cmd *c, int64_t v)
{
    struct redis_own *own = malloc(sizeof *own);

    if (own == NULL) {
        c->failed = true;
        return;
    }
    own->next = c->own;
    c->own = own;
    snprintf(own->digits, sizeof own->digits, "%lld", (long long)v);
    redis_arg_text(c, own->digits);
}

void redis_cmd_free(struct redis_cmd *c)
{
    while (c->own != NULL) {
        struct redis_own *next = c->own->next;

        free(c->own);
        c->own = next;
    }
    free(c->argv);
    free(c->len);
    *c = (struct redis_cmd){0};
}

/* EVALSHA sha nkeys … : three arguments in front of what the caller built. */
void redis_cmd_script(struct redis_cmd *full, const struct redis_cmd *c,
                      struct redis_script *s, int nkeys)
{
    if (s->sha[0] == '\0')
        secret_sha1_hex(s->source, (size_t)(s->end - s->source), s->sha);
    redis_arg_text(full, "EVALSHA");
    redis_arg_text(full, s->sha);
    redis_arg_int(full, nkeys);
    for (int i = 0; i < c->argc; i++)
        redis_arg(full, c->argv[i], c->len[i]);
    full->failed |= c->failed;
}

void redis_cmd_load(struct redis_cmd *c, const struct redis_script *s)
{
    redis_arg_text(c, "SCRIPT");
    redis_arg_text(c, "LOAD");
    redis_arg(c, s->source, (size_t)(s->end - s->source));
}

/* ---- slots ---------------------------------------------------------------------- */

/* CRC-16/XMODEM, four bits at a time. */
static uint16_t crc16(const char *s, size_t n)
{
    static const uint16_t step[16] = {0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50A5,
                                      0x60C6, 0x70E7, 0x8108, 0x9129, 0xA14A, 0xB16B,
                                      0xC18C, 0xD1AD, 0xE1CE, 0xF1EF};
    uint16_t crc = 0;

    for (size_t i = 0; i < n; i++) {
        uint8_t byte = (uint8_t)s[i];

        crc = (uint16_t)(crc << 4 ^ step[crc >> 12 ^ byte >> 4]);
        crc = (uint16_t)(crc << 4 ^ step[crc >> 12 ^ (byte & 15)]);
    }
    return crc;
}

/* Between the first { and the } behind it, if anything stands there. */
int redis_key_slot(const char *key, size_t n)
{
    const char *open = memchr(key, '{', n);
    const char *close = open ? memchr(open, '}', n - (size_t)(open - key)) : NULL;

    if (close != NULL && close > open + 1)
        return crc16(open + 1, (size_t)(close - open - 1)) % REDIS_SLOTS;
    return crc16(key, n) % REDIS_SLOTS;
}

/* Where the key stands, if not behind the verb; 0: there is none. */
static const struct {
    const char *verb;
    int at;
} keys_at[] = {
    {"EVALSHA", 3},   {"EVAL", 3},         {"OBJECT", 2},   {"MEMORY", 2},
    {"BITOP", 2},     {"PING", 0},         {"INFO", 0},     {"TIME", 0},
    {"CONFIG", 0},    {"SCRIPT", 0},       {"ROLE", 0},     {"CLUSTER", 0},
    {"CLIENT", 0},    {"COMMAND", 0},      {"DBSIZE", 0},   {"KEYS", 0},
    {"SCAN", 0},      {"WAIT", 0},         {"FLUSHALL", 0}, {"FLUSHDB", 0},
    {"MULTI", 0},     {"EXEC", 0},         {"DISCARD", 0},  {"PUBLISH", 0},
    {"RANDOMKEY", 0}, {"ACL", 0},          {"LASTSAVE", 0}, {"BGSAVE", 0},
    {"SLOWLOG", 0},   {"LATENCY", 0},      {"ECHO", 0},     {"DEBUG", 0},
    {"SAVE", 0},      {"BGREWRITEAOF", 0},
};

int redis_cmd_slot(const struct redis_cmd *c)
{
    int at = 1;

    for (size_t i = 0; c->argc > 0 && i < sizeof keys_at / sizeof *keys_at; i++)
        if (strcasecmp(c->argv[0], keys_at[i].verb) == 0)
            at = keys_at[i].at;
    /* EVALSHA sha 0 … */
    if (at == 3 && c->argc > 2 && strcmp(c->argv[2], "0") == 0)
        at = 0;
    if (at == 0 || at >= c->argc)
        return -1;
    return redis_key_slot(c->argv[at], c->len[at]);
}
