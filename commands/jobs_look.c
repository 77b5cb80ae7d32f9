/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * ls, done, dead, show: jobs in lines, and one of them as a whole. */
#include "commands/jobs.h"

#include "core/base/clock.h"
#include "core/base/code.h"
#include "core/io/ledger.h"

#include <stdlib.h>
#include <string.h>

/* ---- lists ---------------------------------------------------------------------- */

struct listing {
    struct desk *desk;
    struct json *out; /* NULL: for people */
    int n;
};

/* What a person sees of each table: a line, and under it the root it followed from and
 * why it failed. */
static void line_show(const struct desk *d, const struct ledger_line *l)
{
    char id[ULID_TEXT + 1], lane[24], span[SPAN_TEXT], when[SPAN_TEXT + 8];

    ulid_print(l->id, id);
    print_lane(d, lane, l->lane);
    print_span(span, llabs(l->at - d->now));
    snprintf(when, sizeof when, "%s%s%s", l->at > d->now ? "in " : "", span,
             l->at > d->now ? "" : " ago");
    if (l->paused)
        snprintf(when, sizeof when, "paused");
    if (l->where == LEDGER_DONE)
        printf("%s %-24s %-9s%6lld ms %s\n", id, l->kind, l->outcome, (long long)l->ms,
               when);
    else
        printf("%s %-24s %-12s %3d %s%s\n", id, l->kind, lane, l->attempts,
               l->parked && !l->paused ? "parked " : "", when);
    if (l->root[0] != '\0')
        printf("    %s\n", l->root);
    if (l->where == LEDGER_DEAD)
        printf("    %s%s%.60s\n", l->reason, l->why[0] ? ": " : "", l->why);
    else if (l->why[0] != '\0')
        printf("    %.75s\n", l->why);
}

static void line_take(void *arg, const struct ledger_line *l)
{
    struct listing *t = arg;

    if (t->out != NULL)
        json_push(t->out, json_line(l));
    else
        line_show(t->desk, l);
    t->n++;
}

static void heading(enum ledger_where where)
{
    if (where == LEDGER_DONE)
        printf("%-26s %-24s %-9s%9s %s\n", "ID", "KIND", "OUTCOME", "TOOK", "WHEN");
    else
        printf("%-26s %-24s %-12s %3s %s\n", "ID", "KIND", "LANE", "ERR",
               where == LEDGER_DEAD ? "DIED" : "DUE");
}

/* A kind by its name or the owner's; NULL: no such, told. */
static const char *kind_of(const char *name)
{
    enum kind k = kind_find(name, strlen(name));

    if (k != KIND_UNKNOWN || strcmp(name, "unknown") == 0)
        return kind_policy(k)->name;
    desk_refuse("there is no kind %.40s; see worker/JOBS.md", name);
    return NULL;
}

static int list(struct desk *d, enum ledger_where where, int argc, char **argv)
{
    struct ledger_ask ask = {.where = where, .limit = d->limit};
    struct listing t = {.desk = d};
    struct desk_lanes lanes;
    enum status st;

    if (argc > 0 && (ask.kind = kind_of(argv[0])) == NULL)
        return 2;
    desk_lanes(d->lane, &lanes);
    ask.pool = lanes.pool;
    ask.list_first = lanes.first;
    ask.list_last = lanes.last;
    t.out = desk_json(d) ? json_new_array() : NULL;
    if (t.out == NULL)
        heading(where);
    st = ledger_list(d->db, &ask, line_take, &t);
    if (st != ST_OK) {
        json_free(t.out);
        return desk_told(st, "");
    }
    if (t.out != NULL)
        return json_out(t.out);
    if (t.n == d->limit)
        printf("(the newest %d; --limit shows more)\n", t.n);
    else if (t.n == 0)
        puts("(none)");
    return 0;
}

int jobs_ls(struct desk *d, int argc, char **argv)
{
    if (d->given & OPTION_PLACE) {
        const char *kind = argc > 0 ? kind_of(argv[0]) : NULL;

        return argc > 0 && kind == NULL ? 2 : jobs_ls_place(d, kind);
    }
    return list(d, LEDGER_OPEN, argc, argv);
}

int jobs_done(struct desk *d, int argc, char **argv)
{
    return list(d, LEDGER_DONE, argc, argv);
}

/* ---- the dead ------------------------------------------------------------------- */

static void revived(int64_t n)
{
    fprintf(stderr, "%lld are waiting again ...\n", (long long)n);
}

static int dead_retry(struct desk *d, const char *kind)
{
    struct ledger_revival r = {
        .kind = kind, .now = d->now, .most = INT64_MAX, .told = revived};
    enum status st = ledger_revive_many(d->db, d->queue, &r);

    if (st == ST_OK)
        printf("%lld are waiting again\n", (long long)r.revived);
    return desk_told(st, "");
}

int jobs_dead(struct desk *d, int argc, char **argv)
{
    const char *kind = NULL;

    if (argc == 0 || strcmp(argv[0], "retry") != 0)
        return argc > 1 ? desk_refuse("usage: dvorik jobs dead [KIND] | retry KIND|all")
                        : list(d, LEDGER_DEAD, argc, argv);
    if (argc != 2)
        return desk_refuse("dead retry takes a kind, or all");
    if (strcmp(argv[1], "all") != 0 && (kind = kind_of(argv[1])) == NULL)
        return 2;
    return dead_retry(d, kind);
}

/* ---- one job -------------------------------------------------------------------- */

struct story {
    struct desk *desk;
    struct json *lines, *now; /* now: where it is in Redis; NULL: nowhere */
    struct ledger_line last;
    const uint8_t *id;
    int n;
};

static void story_line(void *arg, const struct ledger_line *l)
{
    struct story *s = arg;

    s->last = *l;
    s->n++;
    if (s->lines != NULL)
        json_push(s->lines, json_line(l));
}

static void story_print(void *arg, const struct ledger_line *l)
{
    struct story *s = arg;
    char lane[24];

    print_time(s->desk, l->paused ? l->put_at : l->at);
    print_lane(s->desk, lane, l->lane);
    if (l->paused)
        printf("  put, %s, paused since, %d attempts failed\n", lane, l->attempts);
    else if (l->where == LEDGER_DONE)
        printf("  attempt %d: %s in %lld ms\n        by %s\n", l->attempts, l->outcome,
               (long long)l->ms, l->worker);
    else if (l->where == LEDGER_OPEN)
        printf("  due%s, %s, %d attempts failed\n",
               l->parked ? ", in MySQL until then" : "", lane, l->attempts);
    else
        printf("  dead (%s), %s, %d attempts failed\n", l->reason, lane, l->attempts);
    if (l->why[0] != '\0')
        printf("        %s\n", l->why);
}

/* What has no row, an update above all, may be in Redis all the same. */
static enum status story_find(struct story *s)
{
    struct queue_found p;
    enum status st = queue_find(s->desk->queue, s->id, &p);

    s->now = st == ST_OK ? json_found(&p) : NULL;
    if (s->n > 0)
        return st == ST_NONE ? ST_OK : st;
    if (st != ST_OK)
        return st;
    snprintf(s->last.kind, sizeof s->last.kind, "%s", p.kind);
    snprintf(s->last.root, sizeof s->last.root, "%s", p.root);
    return ST_OK;
}

static void story_people(struct story *s, const struct buf *body)
{
    const struct ledger_line *l = &s->last;
    const struct kind_policy *p = kind_policy(kind_find(l->kind, strlen(l->kind)));
    char parent[ULID_TEXT + 1];

    printf("kind    %s (class %c, %d tries of %d s)\n", l->kind, "?DUE"[p->class],
           p -> tries, p -> timeout_s);
    if (l->root[0] != '\0')
        printf("root    %s\n", l->root);
    if (l->has_parent) {
        ulid_print(l->parent, parent);
        printf("parent  %s\n", parent);
    }
    if (s->now != NULL) {
        printf("now     %s, %s list %lld", json_text(s->now, "place", NULL),
               json_text(s->now, "pool", NULL),
               (long long)json_int_or(s->now, "list", 0));
        if (json_text(s->now, "worker", NULL) != NULL)
            printf(", at %s", json_text(s->now, "worker", NULL));
        putchar('\n');
    } else if (l->where == LEDGER_OPEN) {
        puts(l->parked ? "now     in MySQL"
                       : "now     nowhere in Redis: dvorik jobs"
                         " reconcile --dry");
    }
    if (body->len > 0)
        printf("body    %s\n", body->s);
}

static int story_json(struct story *s, const struct buf *body)
{
    struct json *o = json_new_object();

    json_set_id(o, "id", s->id);
    json_set_text(o, "kind", s->last.kind);
    json_set(o, "story", s->lines);
    json_set(o, "now", s->now != NULL ? s->now : json_new_object());
    if (body->len > 0)
        json_set(o, "body", json_parse(body->s, body->len));
    s->lines = s->now = NULL;
    return json_out(o);
}

int jobs_show(struct desk *d, int argc, char **argv)
{
    struct story s = {.desk = d};
    struct buf body = {0};
    uint8_t id[16];
    enum status st;
    int status;

    (void)argc;
    if (!desk_id(argv[0], id))
        return 2;
    s.id = id;
    s.lines = desk_json(d) ? json_new_array() : NULL;
    st = ledger_story(d->db, id, story_line, &s);
    if (st == ST_NONE || (st == ST_OK && s.last.where == LEDGER_OPEN))
        st = story_find(&s);
    if (st == ST_OK && (d->given & OPTION_BODY))
        st = ledger_body(d->db, id, &body);
    if (st == ST_NONE && (s.n > 0 || s.now != NULL))
        st = ST_OK; /* it is over: nothing is left of its body */
    status = desk_told(st, "no such job");
    if (status == 0 && s.lines != NULL) {
        status = story_json(&s, &body);
    } else if (status == 0) {
        story_people(&s, &body);
        st = ledger_story(d->db, id, story_print, &s);
        status = desk_told(st == ST_NONE ? ST_OK : st, "");
    }
    json_free(s.lines);
    json_free(s.now);
    buf_free(&body);
    return status;
}
