/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/control_test.c - control addresses that only tests use: calls, faults,
 * updates by hand, the clock. */
#include "tests/botapi/control.h"
#include "tests/botapi/events.h"
#include "tests/botapi/fault.h"
#include "tests/botapi/journal.h"
#include "tests/botapi/updates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool calls_find(struct world *w, void *arg, struct buf *out)
{
    return journal_calls_json(w->journal, arg, out);
}

void ctl_calls(struct ctl *c)
{
    struct call_filter *f = calloc(1, sizeof(*f));

    if (f == NULL) {
        ctl_refuse(c, 500, "no memory");
        return;
    }
    f->since = form_int(&c->form, "since", 0);
    f->chat = form_int(&c->form, "chat", 0);
    f->limit = (int)form_int(&c->form, "limit", 1000);
    snprintf(f->method, sizeof(f->method), "%s", ctl_text(c, "method"));
    snprintf(f->bot, sizeof(f->bot), "%s", ctl_text(c, "bot"));
    c->held = true;
    events_wait(c->w->events, c->r, form_int(&c->form, "wait", 0), calls_find, f);
}

void ctl_violations(struct ctl *c)
{
    journal_violations_json(c->w->journal, form_int(&c->form, "since", 0), &c->out);
}

void ctl_counts(struct ctl *c)
{
    journal_counts_json(c->w->journal, &c->out);
}

/* ---- faults --------------------------------------------------------------------- */

void ctl_faults(struct ctl *c)
{
    faults_json(c->w->faults, &c->out);
}

/* The parameters as one JSON object again, so that a form does as well as JSON. */
static void as_object(const struct form *f, struct buf *out)
{
    struct jv v;

    buf_addc(out, '{');
    for (int i = 0; i < f->n; i++) {
        const struct arg *a = &f->arg[i];

        buf_adds(out, i > 0 ? "," : "");
        buf_add_json(out, a->name, strlen(a->name));
        buf_addc(out, ':');
        if (strcmp(a->name, "kind") != 0 && a->kind != ARG_FILE &&
            jv_parse(a->s, a->n, &v))
            buf_add(out, a->s, a->n);
        else
            buf_add_json(out, a->s, a->n);
    }
    buf_addc(out, '}');
}

void ctl_fault_add(struct ctl *c)
{
    struct buf text = {0};
    struct jv spec = {0};
    const char *why = "no memory";
    int64_t id = 0;

    as_object(&c->form, &text);
    if (!jv_parse(text.s, text.len, &spec) ||
        faults_add(c->w->faults, spec, &id, &why) != ST_OK)
        ctl_refuse(c, 400, why);
    buf_addf(&c->out, "{\"ok\":true,\"id\":%lld}", (long long)id);
    buf_free(&text);
}

void ctl_fault_clear(struct ctl *c)
{
    int64_t id = form_int(&c->form, "id", 0);

    if (id == 0)
        faults_clear(c->w->faults);
    else if (!faults_remove(c->w->faults, id))
        ctl_refuse(c, 404, "no such fault");
}

/* ---- updates -------------------------------------------------------------------- */

/* {"bot":"client","update":{…}}: anything at all, to see what the product makes of it.
 */
void ctl_update(struct ctl *c)
{
    struct bot *b = ctl_bot(c);
    struct jv update = form_json(&c->form, "update");
    int64_t id = 0;

    if (b == NULL)
        return;
    if (jv_kind(update) != JV_OBJECT)
        ctl_refuse(c, 400, "update: an object is needed");
    else if (updates_inject(b->updates, update, &id) != ST_OK)
        ctl_refuse(c, 500, "no memory");
    buf_addf(&c->out, "{\"ok\":true,\"update_id\":%lld}", (long long)id);
}

void ctl_redeliver(struct ctl *c)
{
    struct bot *b = ctl_bot(c);

    if (b == NULL)
        return;
    for (int64_t i = form_int(&c->form, "times", 1); i > 0 && i <= 1000; i--)
        if (updates_again(b->updates, form_int(&c->form, "update_id", 0)) != ST_OK)
            ctl_refuse(c, 404, "no such update any more");
}

void ctl_updates(struct ctl *c)
{
    struct bot *b = ctl_bot(c);
    const char *comma = "";

    if (b == NULL)
        return;
    updates_expire(b->updates);
    buf_addf(&c->out,
             "{\"pending\":%d,\"delivered\":%lld,\"lost\":%lld,\"skipped\":%lld,"
             "\"updates\":[",
             b->updates->pending, (long long)b->updates->delivered,
             (long long)b->updates->lost, (long long)b->updates->skipped);
    for (const struct update *u = b->updates->first; u != NULL; u = u->next) {
        buf_addf(&c->out, "%s{\"tries\":%d,\"update\":", comma, u->tries);
        buf_add(&c->out, u->json, u->n);
        buf_addc(&c->out, '}');
        comma = ",";
    }
    buf_adds(&c->out, "]}");
}

/* ---- the rest ------------------------------------------------------------------- */

void ctl_clock(struct ctl *c)
{
    int64_t scale = form_int(&c->form, "scale", 1);

    if (scale < 1 || scale > 1000000)
        ctl_refuse(c, 400, "scale: 1 to 1000000");
    else
        c->w->scale = scale;
}

void ctl_reset(struct ctl *c)
{
    struct buf b = {0};

    world_reset(c->w);
    journal_clear(c->w->journal);
    buf_adds(&b, "{\"event\":\"reset\"}");
    events_send(c->w->events, &b);
    buf_free(&b);
}
