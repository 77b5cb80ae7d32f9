/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * trace: the tree of jobs that grew from one root, and the messages it came to. */
#include "commands/jobs.h"

#include "core/base/clock.h"
#include "core/base/code.h"
#include "core/io/ledger_tree.h"
#include "core/message.h"

#include <string.h>

#define DEPTH_MAX 12 /* shown */

struct tree {
    struct desk *desk;
    bool headed;
    const char *root;
};

/* ---- for people ----------------------------------------------------------------- */

static void head_print(struct tree *t)
{
    if (!t->headed)
        puts(t->root);
    t->headed = true;
}

static void node_print(struct tree *t, const struct tree_node *n)
{
    const struct ledger_line *l = &n->line;
    char id[ULID_TEXT + 1], span[SPAN_TEXT], state[32];
    int indent = 2 * (n->depth < DEPTH_MAX ? n->depth : DEPTH_MAX) + 2;

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
    struct tree t = {.desk = d, .root = root};
    struct ledger_tree grown;
    enum status st = ledger_tree_grow(d->db, root, &grown), sent;

    if (st == ST_OK || st == ST_NONE) {
        for (int i = 0; i < grown.n; i++)
            node_print(&t, &grown.node[i]);
        if (grown.more)
            printf("  ... and more than %d jobs\n", TREE_NODES_MAX);
        sent = message_trace(d->db, root, message_print, &t);
        if (sent != ST_NONE)
            st = sent;
    }
    ledger_tree_free(&grown);
    return desk_told(st, "nothing followed from that; a root looks like "
                         "u:client:883120045");
}

int jobs_trace(struct desk *d, int argc, char **argv)
{
    (void)argc;
    return desk_json(d) ? trace_json(d, argv[0]) : trace_people(d, argv[0]);
}
