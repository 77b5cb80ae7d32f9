/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * trace: the tree of jobs that grew from one root, and the messages it came to. */
#include "commands/jobs.h"

#include "core/base/clock.h"
#include "core/base/code.h"
#include "core/message.h"

#include <stdlib.h>
#include <string.h>

#define NODES_MAX 5000
#define DEPTH_MAX 12

/* The newest line of each job stands for it; runs counts them. */
struct node {
    struct ledger_line line;
    int runs;
    bool shown;
};

struct tree {
    struct desk *desk;
    struct node *node;
    int n;
    bool more, headed;
    const char *root;
};

static void grow(void *arg, const struct ledger_line *l)
{
    struct tree *t = arg;

    for (int i = 0; i < t->n; i++)
        if (memcmp(t->node[i].line.id, l->id, 16) == 0) {
            t->node[i].line = *l;
            t->node[i].runs++;
            return;
        }
    if (t->n == NODES_MAX)
        t->more = true;
    else
        t->node[t->n++] = (struct node){.line = *l, .runs = 1};
}

static bool has_node(const struct tree *t, const uint8_t id[16])
{
    for (int i = 0; i < t->n; i++)
        if (memcmp(t->node[i].line.id, id, 16) == 0)
            return true;
    return false;
}

/* ---- for people ----------------------------------------------------------------- */

static void head_print(struct tree *t)
{
    if (!t->headed)
        puts(t->root);
    t->headed = true;
}

static void node_print(struct tree *t, const struct node *n, int depth)
{
    const struct ledger_line *l = &n->line;
    char id[ULID_TEXT + 1], span[SPAN_TEXT], state[32];
    int indent = 2 * depth + 2;

    head_print(t);
    ulid_print(l->id, id);
    print_span(span, l->ms * MS);
    if (l->where == LEDGER_DONE)
        snprintf(state, sizeof state, "%s", l->outcome);
    else
        snprintf(state, sizeof state, "%s%s",
                 l->where == LEDGER_DEAD ? "dead " : "open",
                 l->where == LEDGER_DEAD ? l->reason : "");
    printf("%*s%-*.*s %-10s %7s  %s\n", indent, "", 32 - indent, 32 - indent, l->kind,
           state, l->where == LEDGER_DONE ? span : "", id);
    if (n->runs > 1)
        printf("%*s(%d attempts)\n", indent + 2, "", n->runs);
    if (l->why[0] != '\0')
        printf("%*s%.*s\n", indent + 2, "", 74 - indent, l->why);
}

static void branch_print(struct tree *t, const uint8_t *parent, int depth)
{
    for (int i = 0; i < t->n; i++) {
        struct node *n = &t->node[i];
        bool here = parent == NULL
                        ? !n->line.has_parent || !has_node(t, n->line.parent)
                        : n->line.has_parent && memcmp(n->line.parent, parent, 16) == 0;

        if (!here || n->shown)
            continue;
        n->shown = true;
        node_print(t, n, depth);
        if (depth < DEPTH_MAX)
            branch_print(t, n->line.id, depth + 1);
    }
}

static void message_print(void *arg, const struct message *m)
{
    struct tree *t = arg;

    head_print(t);
    printf("  message %lld to %lld: %s", (long long)m->id, (long long)m->recipient,
           message_state_name(m->state));
    if (m->state == MESSAGE_SENT)
        printf(" as %lld", (long long)m->external_id);
    if (m->sent_at != 0) {
        printf(", ");
        print_time(t->desk, m->sent_at);
    }
    if (m->why[0] != '\0')
        printf(" (%.40s)", m->why);
    putchar('\n');
}

/* ---- for programs --------------------------------------------------------------- */

static void message_json(void *arg, const struct message *m)
{
    struct json *o = json_new_object();

    json_set_int(o, "id", m->id);
    json_set_int(o, "recipient", m->recipient);
    json_set_text(o, "state", message_state_name(m->state));
    json_set_int(o, "external_id", m->external_id);
    json_set_int(o, "attempts", m->attempts);
    json_set_time(o, "created_at", m->created_at);
    json_set_time(o, "sent_at", m->sent_at);
    json_set_text(o, "why", m->why[0] ? m->why : NULL);
    json_push(arg, o);
}

static void line_json(void *arg, const struct ledger_line *l)
{
    json_push(arg, json_line(l));
}

static int trace_json(struct desk *d, const char *root)
{
    struct json *o = json_new_object(), *jobs = json_new_array(),
                *messages = json_new_array();
    enum status st = ledger_trace(d->db, root, line_json, jobs), told;

    told = st == ST_OK || st == ST_NONE
               ? message_trace(d->db, root, message_json, messages)
               : st;
    if (told != ST_OK && (told != ST_NONE || st == ST_NONE))
        st = told;
    else
        st = ST_OK;
    json_set_text(o, "root", root);
    json_set(o, "jobs", jobs);
    json_set(o, "messages", messages);
    if (st == ST_OK)
        return json_out(o);
    json_free(o);
    return desk_told(st, "nothing followed from that");
}

/* ---- the verb ------------------------------------------------------------------- */

static int trace_people(struct desk *d, const char *root)
{
    struct tree t = {
        .desk = d, .root = root, .node = calloc(NODES_MAX, sizeof(struct node))};
    enum status st = t.node ? ledger_trace(d->db, root, grow, &t) : ST_BROKEN, sent;

    if (st == ST_OK || st == ST_NONE) {
        branch_print(&t, NULL, 0);
        for (int i = 0; i < t.n; i++) /* a circle, which no program of ours makes */
            if (!t.node[i].shown)
                node_print(&t, &t.node[i], 0);
        if (t.more)
            printf("  ... and more than %d jobs\n", NODES_MAX);
        sent = message_trace(d->db, root, message_print, &t);
        if (sent != ST_NONE)
            st = sent;
    }
    free(t.node);
    return desk_told(st, "nothing followed from that; a root looks like "
                         "u:client:883120045");
}

int jobs_trace(struct desk *d, int argc, char **argv)
{
    (void)argc;
    return desk_json(d) ? trace_json(d, argv[0]) : trace_people(d, argv[0]);
}
