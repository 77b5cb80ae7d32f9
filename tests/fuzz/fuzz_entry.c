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

static void hold(const char *s, size_t n)
{
    struct job j;

    if (entry_read(s, n, &j) == ST_OK &&
        (j.list < 0 || j.list >= QUEUE_LISTS || j.attempts < 0 || j.attempts > 255 ||
         j.crashes < 0 || j.crashes > 15 || j.put_at < 0 ||
         (unsigned)j.kind >= KIND_COUNT || j.raw_n != n ||
         (j.kind != KIND_UNKNOWN && j.args == NULL)))
        abort();
    job_free(&j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char head[] = "01K9ZZZZZZZZZZZZZZZZZZZZZZ00016176365000000000000000ab";
    char *text = malloc(sizeof head + n);

    _Static_assert(sizeof head - 1 == QUEUE_HEAD, "not a head");
    hold((const char *)data, n);
    if (text == NULL)
        return 0;
    memcpy(text, head, QUEUE_HEAD);
    memcpy(text + QUEUE_HEAD, data, n);
    hold(text, QUEUE_HEAD + n);
    free(text);
    return 0;
}
