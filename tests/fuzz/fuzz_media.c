/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Files that somebody uploads: whatever the bytes are, looking at them ends, reads nothing
 * beyond them, and what is taken is within the limits it promises. */
#include "core/template/media.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(bool fine)
{
    if (!fine)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    uint8_t *own = malloc(n > 0 ? n : 1); /* so that a byte too far is seen */
    const char *why = NULL;
    struct media m;
    enum status st;

    if (own == NULL)
        return 0;
    if (n > 0)
        memcpy(own, data, n);
    st = media_look(own, n, &m, &why);
    check(st == ST_OK || st == ST_BAD || st == ST_REFUSED);
    check((st == ST_OK) == (why == NULL));
    if (st == ST_OK) {
        check(m.size == (int64_t)n && m.width > 0 && m.height > 0);
        check(m.kind == MEDIA_PHOTO || m.kind == MEDIA_VIDEO);
        check(m.kind == MEDIA_VIDEO || m.width + m.height <= MEDIA_SIDES_MAX);
    }
    free(own);
    return 0;
}
