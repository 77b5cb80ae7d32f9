/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * retry, cancel, pause, resume: what a person may do to the queue. */
#include "commands/jobs.h"

#include "core/io/ledger.h"
#include "core/io/pause.h"

#include <string.h>

/* ---- one job -------------------------------------------------------------------- */

static void last_line(void *arg, const struct ledger_line *l)
{
    *(struct ledger_line *)arg = *l;
}

/* Why nothing could be done to it, in words. */
static int not_so(struct desk *d, const uint8_t id[16], const char *wanted)
{
    static const char *const is[] = {[LEDGER_OPEN] = "it is open",
                                     [LEDGER_DONE] = "it has ended",
                                     [LEDGER_DEAD] = "it is dead"};
    struct ledger_line l = {0};
    enum status st = ledger_story(d->db, id, last_line, &l);

    if (st == ST_OK)
        fprintf(stderr, "dvorik jobs: no %s job of that id: %s\n", wanted, is[l.where]);
    else
        return desk_told(st, "no such job");
    return 1;
}

int jobs_retry(struct desk *d, int argc, char **argv)
{
    uint8_t id[16];
    enum status st;

    (void)argc;
    if (!desk_id(argv[0], id))
        return 2;
    st = ledger_revive(d->db, d->queue, d->now, id);
    if (st == ST_NONE)
        return not_so(d, id, "dead");
    if (st == ST_OK)
        printf("%s is waiting again\n", argv[0]);
    return desk_told(st, "");
}

int jobs_cancel(struct desk *d, int argc, char **argv)
{
    uint8_t id[16];
    enum status st;

    (void)argc;
    if (!desk_id(argv[0], id))
        return 2;
    st = ledger_cancel(d->db, d->now, id, desk_who());
    if (st == ST_NONE)
        return not_so(d, id, "open");
    if (st == ST_OK)
        printf("%s is cancelled\n", argv[0]);
    if (st == ST_TAKEN) {
        printf("%s runs right now; its worker was asked to stop, and it may still be "
               "done\n",
               argv[0]);
        st = ST_OK;
    }
    return desk_told(st, "");
}

/* ---- pauses --------------------------------------------------------------------- */

struct pauses_shown {
    struct desk *desk;
    struct json *out;
    int n;
};

static void pause_show(void *arg, const struct pause_line *l)
{
    struct pauses_shown *s = arg;

    s->n++;
    if (s->out != NULL) {
        json_push(s->out, json_pause(l));
        return;
    }
    printf("%s %s  since ", pause_what_name(l->what), l->name);
    print_time(s->desk, l->since);
    printf("  by %s\n", l->who);
}

static int pauses_list(struct desk *d)
{
    struct pauses_shown s = {.desk = d, .out = desk_json(d) ? json_new_array() : NULL};
    enum status st = pause_list(d->db, pause_show, &s);

    if (st == ST_OK && s.out != NULL)
        return json_out(s.out);
    json_free(s.out);
    if (st == ST_OK && s.n == 0)
        puts("nothing is paused");
    return desk_told(st, "");
}

static int said(enum status st, const char *what, const char *name, const char *done)
{
    if (st == ST_BAD)
        return desk_refuse("there is no %s %.40s", what, name);
    if (st == ST_OK)
        printf("%s %s %s\n", what, name, done);
    return desk_told(st, "");
}

int jobs_pause(struct desk *d, int argc, char **argv)
{
    enum pause_what what;

    if (argc == 0)
        return pauses_list(d);
    if (argc != 2 || !pause_what_find(argv[0], &what))
        return desk_refuse("pause takes: lane NAME, kind NAME or bot NAME");
    return said(pause_set(d->db, d->now, what, argv[1], desk_who()), argv[0], argv[1],
                "stands still, within a second");
}

int jobs_resume(struct desk *d, int argc, char **argv)
{
    enum pause_what what;

    (void)argc;
    if (!pause_what_find(argv[0], &what))
        return desk_refuse("resume takes: lane NAME, kind NAME or bot NAME");
    return said(pause_clear(d->db, d->now, what, argv[1]), argv[0], argv[1],
                "goes on, within a second");
}
