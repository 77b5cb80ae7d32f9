/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "commands/jobs.h"

#include "core/base/clock.h"
#include "core/base/code.h"
#include "core/io/lane.h"

#include <string.h>
#include <time.h>

void print_time(const struct desk *d, int64_t at)
{
    struct buf b = {0};

    tz_add_time(&b, d->tz, at, "en");
    printf("%s", b.failed || b.s == NULL ? "?" : b.s);
    buf_free(&b);
}

void print_span(char out[SPAN_TEXT], int64_t us)
{
    static const struct {
        int64_t unit, until;
        const char *name;
    } units[] = {{MS, SECOND, "ms"},
                 {SECOND, 100 * SECOND, "s"},
                 {MINUTE, 100 * MINUTE, "min"},
                 {HOUR, 48 * HOUR, "h"},
                 {DAY, INT64_MAX, "d"}};
    size_t i = 0;

    us = us < 0 ? 0 : us;
    while (us >= units[i].until)
        i++;
    snprintf(out, SPAN_TEXT, "%lld %s", (long long)(us / units[i].unit), units[i].name);
}

void print_wrapped(const char *first, const char *text)
{
    int indent = (int)strlen(first), room = 80 - indent;

    for (const char *lead = first; *text != '\0'; lead = "") {
        int n = (int)strlen(text), cut = n;

        if (n > room)
            for (cut = room; cut > 1 && text[cut] != ' ';)
                cut--;
        printf("%*s%.*s\n", *lead != '\0' ? -indent : indent, lead, cut, text);
        for (text += cut; *text == ' ';)
            text++;
    }
}

void print_lane(const struct desk *d, char out[24], int lane)
{
    struct queue_at at = queue_lane_at(lane);
    const char *name = lane_policy(lane_of_list(lane % 100))->name;

    if (queue_shards(d->queue) > 1)
        snprintf(out, 24, "%s.%s.%d", queue_pool_name(at.pool), name, at.shard);
    else
        snprintf(out, 24, "%s.%s", queue_pool_name(at.pool), name);
}

/* ---- for programs --------------------------------------------------------------- */

int json_out(struct json *o)
{
    const char *text = json_print(o);

    if (text != NULL)
        puts(text);
    else
        fputs("dvorik jobs: no memory\n", stderr);
    json_free(o);
    return text != NULL ? 0 : 1;
}
