/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What is in Redis now: ls --place. */
#include "commands/jobs.h"

#include "core/base/clock.h"
#include "core/base/code.h"

#include <string.h>

struct places {
    struct desk *desk;
    struct desk_lanes lanes;
    const char *kind;
    struct json *out; /* NULL: for people */
    int n;
};

static void show(struct places *p, const struct queue_seen *seen, const struct job *j)
{
    char id[ULID_TEXT + 1], lane[24], span[SPAN_TEXT];

    ulid_print(seen->id, id);
    print_lane(p->desk, lane, queue_lane(seen->at, seen->list));
    print_span(span, p->desk->now - j->put_at);
    printf("%s %-24s %-12s %3d %s\n", id, kind_policy(j->kind)->name, lane, j->attempts,
           span);
    if (j->root[0] != '\0')
        printf("    %s\n", j->root);
    if (seen->wid != NULL)
        printf("    at %.73s\n", seen->wid);
    if (seen->due_ms != 0) {
        print_span(span, seen->due_ms * MS - p->desk->now);
        printf("    due in %s\n", span);
    }
}

static bool take(void *arg, const struct queue_seen *seen)
{
    struct places *p = arg;
    struct job j = {0};

    if (seen->place != p->desk->place ||
        !desk_lanes_hold(&p->lanes, seen->at, seen->list) ||
        queue_seen_job(seen, &j) != ST_OK)
        return true;
    if (p->kind == NULL || strcmp(p->kind, kind_policy(j.kind)->name) == 0) {
        if (p->out != NULL)
            json_push(p->out, json_seen(seen, &j));
        else
            show(p, seen, &j);
        p->n++;
    }
    job_free(&j);
    return p->n < p->desk->limit;
}

int jobs_ls_place(struct desk *d, const char *kind)
{
    struct places p = {.desk = d, .kind = kind};
    enum status st = ST_OK;

    desk_lanes(d->lane, &p.lanes);
    p.out = desk_json(d) ? json_new_array() : NULL;
    if (p.out == NULL)
        printf("%-26s %-24s %-12s %3s %s\n", "ID", "KIND", "LANE", "ERR", "SINCE");
    QUEUE_EACH(at, d->queue) {
        if (st == ST_OK && p.n < d->limit)
            st = queue_walk(d->queue, at, take, &p);
    }
    if (st == ST_OK && p.out != NULL)
        return json_out(p.out);
    json_free(p.out);
    if (st == ST_OK && p.n == 0)
        puts("(none)");
    else if (st == ST_OK && p.n == d->limit)
        printf("(the first %d; --limit shows more)\n", p.n);
    return desk_told(st, "");
}
