/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Entries: what lies in the lists of Redis, see queue.h. */
#include "core/io/queue_private.h"

#include "core/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void number_print(int64_t v, char out[6])
{
    for (int i = 5; i >= 0; i--, v >>= 8)
        out[i] = (char)(v & 255);
}

static int64_t number_read(const char *s)
{
    int64_t v = 0;

    for (int i = 0; i < 6; i++)
        v = v << 8 | (uint8_t)s[i];
    return v;
}

void queue_head_print(const struct queue_head *h, char out[QUEUE_HEAD])
{
    out[0] = QUEUE_FORM;
    memcpy(out + 1, h->id, sizeof h->id);
    out[17] = (char)h->list;
    out[18] = (char)(h->attempts & 255);
    out[19] = (char)h->crashes;
    number_print(h->stamp_ms, out + QUEUE_START);
    number_print(h->number, out + QUEUE_START + 6);
}

enum status queue_head_read(const char *s, size_t n, struct queue_head *out)
{
    *out = (struct queue_head){0};
    if (s == NULL || n < QUEUE_HEAD || s[0] != QUEUE_FORM ||
        (uint8_t)s[17] >= QUEUE_LISTS || (uint8_t)s[19] > 15)
        return ST_BAD;
    memcpy(out->id, s + 1, sizeof out->id);
    out->list = s[17];
    out->attempts = (uint8_t)s[18];
    out->crashes = s[19];
    out->stamp_ms = number_read(s + QUEUE_START);
    out->number = number_read(s + QUEUE_START + 6);
    return ST_OK;
}

/* What the body says; one that says nothing is of an unknown kind. */
static void body_read(struct job *j, const char *s, size_t n)
{
    const char *kind, *root;
    size_t kind_n;
    int64_t exp;

    j->body = json_parse(s, n);
    j->args = json_get(j->body, "a");
    kind = json_text(j->body, "k", &kind_n);
    if (kind != NULL && j->args != NULL && json_int_or(j->body, "v", 0) == 1)
        j->kind = kind_find(kind, kind_n);
    exp = json_int_or(j->body, "exp", 0);
    j->not_after = exp > 0 && exp < INT64_MAX / MS ? exp * MS : 0;
    j->locked = json_text(j->body, "once", NULL) != NULL;
    root = json_text(j->body, "root", NULL);
    snprintf(j->root, sizeof j->root, "%s", root ? root : "");
}

enum status entry_read(const char *s, size_t n, struct job *out)
{
    struct queue_head h;

    *out = (struct job){0};
    if (queue_head_read(s, n, &h) != ST_OK)
        return ST_BAD;
    out->raw = malloc(n + 1);
    if (out->raw == NULL)
        return ST_BROKEN;
    memcpy(out->raw, s, n);
    out->raw[n] = '\0';
    out->raw_n = n;
    memcpy(out->id, h.id, sizeof out->id);
    out->list = h.list;
    out->attempts = h.attempts;
    out->crashes = h.crashes;
    out->put_at = h.stamp_ms * MS; /* of 48 bits: no overflow */
    body_read(out, s + QUEUE_HEAD, n - QUEUE_HEAD);
    return ST_OK;
}

void job_free(struct job *j)
{
    json_free(j->body);
    free(j->raw);
    *j = (struct job){0};
}
