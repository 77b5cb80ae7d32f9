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

void json_set_time(struct json *o, const char *key, int64_t at)
{
    time_t s = (time_t)(at / SECOND);
    char text[80];
    struct tm tm;

    if (at == 0 || gmtime_r(&s, &tm) == NULL) {
        json_set_text(o, key, NULL);
        return;
    }
    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
             tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
             tm.tm_sec, (int)(at % SECOND / MS));
    json_set_text(o, key, text);
}

void json_set_id(struct json *o, const char *key, const uint8_t id[16])
{
    char text[ULID_TEXT + 1];

    ulid_print(id, text);
    json_set_text(o, key, text);
}

struct json *json_line(const struct ledger_line *l)
{
    static const char *const state[] = {
        [LEDGER_OPEN] = "open", [LEDGER_DONE] = "ran", [LEDGER_DEAD] = "dead"};
    struct json *o = json_new_object();

    json_set_id(o, "id", l->id);
    json_set_text(o, "state", state[l->where]);
    json_set_text(o, "kind", l->kind);
    if (l->where == LEDGER_DONE) {
        json_set_int(o, "attempt", l->attempts);
        json_set_text(o, "outcome", l->outcome);
        json_set_int(o, "ms", l->ms);
        json_set_text(o, "worker", l->worker);
    } else {
        struct queue_at at = queue_lane_at(l->lane);

        json_set_int(o, "failed_attempts", l->attempts);
        json_set_text(o, "pool", queue_pool_name(at.pool));
        json_set_int(o, "shard", at.shard);
        json_set_text(o, "lane", lane_policy(lane_of_list(l->lane % 100))->name);
        json_set_int(o, "list", l->lane % 100);
        json_set_time(o, "put_at", l->put_at);
    }
    if (l->where == LEDGER_OPEN)
        json_set_bool(o, "parked", l->parked);
    if (l->paused)
        json_set_bool(o, "paused", true);
    if (l->where == LEDGER_DEAD)
        json_set_text(o, "reason", l->reason);
    json_set_time(o, l->where == LEDGER_OPEN ? "due" : "at", l->paused ? 0 : l->at);
    json_set_text(o, "root", l->root[0] ? l->root : NULL);
    if (l->has_parent)
        json_set_id(o, "parent", l->parent);
    else
        json_set_text(o, "parent", NULL);
    json_set_text(o, "why", l->why[0] ? l->why : NULL);
    return o;
}

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
