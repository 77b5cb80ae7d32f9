/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Entries of the queue as they come back from Redis: whatever the bytes are, what is
 * accepted is within its bounds. Each input is tried as it is, and as the body of an
 * entry whose head is sound. */
#include "core/io/queue_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* What was read of a head is what it says, bit by bit. */
static bool same_head(const struct job *j, const char *s)
{
    char again[QUEUE_HEAD];
    struct queue_head h;

    if (queue_head_read(s, QUEUE_HEAD, &h) != ST_OK)
        return false;
    queue_head_print(&h, again);
    return memcmp(again, s, QUEUE_HEAD) == 0 && h.list == j->list &&
           h.attempts == j->attempts && h.crashes == j->crashes &&
           memcmp(h.id, j->id, sizeof h.id) == 0;
}

static void hold(const char *s, size_t n)
{
    struct job j;

    if (entry_read(s, n, &j) == ST_OK &&
        (j.list < 0 || j.list >= QUEUE_LISTS || j.attempts < 0 || j.attempts > 255 ||
         j.crashes < 0 || j.crashes > 15 || j.put_at < 0 || !same_head(&j, s) ||
         (unsigned)j.kind >= KIND_COUNT || j.raw_n != n ||
         (j.kind != KIND_UNKNOWN && j.args == NULL)))
        abort();
    job_free(&j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const struct queue_head head = {.id = {1, 0x9a, 0x9f, [15] = 7},
                                           .list = 16,
                                           .stamp_ms = 1763650000000,
                                           .number = 171};
    char *text = malloc(QUEUE_HEAD + n);

    hold((const char *)data, n);
    if (text == NULL)
        return 0;
    queue_head_print(&head, text);
    memcpy(text + QUEUE_HEAD, data, n);
    hold(text, QUEUE_HEAD + n);
    free(text);
    return 0;
}
