/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Cron expressions: whatever is read is due at moments that go on, or never. */
#include "core/base/clock.h"
#include "core/base/cron.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const struct tz *zone(void)
{
    static struct tz *tz;

    if (tz == NULL)
        tz = tz_open("Europe/Berlin");
    return tz;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    int64_t at = 1774600000LL * SECOND; /* two days before summer time */
    char text[128], why[CRON_WHY];
    struct cron c;

    if (n >= sizeof text)
        return 0;
    memcpy(text, data, n);
    text[n] = '\0';
    if (cron_parse(text, &c, why) != ST_OK) {
        if (why[0] == '\0')
            abort();
        return 0;
    }
    for (int i = 0; i < 20; i++) {
        int64_t next = cron_next(&c, zone(), at);

        if (next <= at)
            abort();
        if (next == CRON_NEVER)
            break;
        at = next;
    }
    return 0;
}
