/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/botapi/journal.h"

#include "core/base/clock.h"
#include "tests/botapi/check.h"
#include "tests/botapi/events.h"
#include "tests/botapi/hook.h"
#include "tests/botapi/methods.h"
#include "tests/botapi/updates.h"

#include <stdlib.h>
#include <string.h>

#define CALLS_KEPT 8192
#define CALLS_BYTES_MAX (16u * 1024 * 1024)
#define VIOLATIONS_KEPT 512
#define PARAM_SHOWN 8192

struct note {
    int64_t seq, at, chat;
    const char *bot, *method; /* for ever */
    char *json;
    size_t n;
};

struct ring {
    struct note *note;
    int cap, first, n;
    int64_t seq;
    size_t bytes;
};

struct journal {
    struct world *world;
    struct ring calls, violations;
    int64_t *count; /* [BOTS + 1][api_methods_n] */
    int64_t code[BOTS + 1][1000];
    int64_t faults, unknown;
};

static void ring_drop(struct ring *r)
{
    struct note *n = &r->note[r->first];

    r->bytes -= n->n;
    free(n->json);
    *n = (struct note){0};
    r->first = (r->first + 1) % r->cap;
    r->n--;
}

static void ring_add(struct ring *r, struct note n)
{
    while (r->n == r->cap || (r->n > 0 && r->bytes + n.n > CALLS_BYTES_MAX))
        ring_drop(r);
    n.seq = ++r->seq;
    r->bytes += n.n;
    r->note[(r->first + r->n++) % r->cap] = n;
}

static const struct note *ring_at(const struct ring *r, int i)
{
    return &r->note[(r->first + i) % r->cap];
}

struct journal *journal_new(struct world *w)
{
    struct journal *j = calloc(1, sizeof(*j));

    if (j == NULL)
        return NULL;
    j->world = w;
    j->calls.cap = w->forget ? 64 : CALLS_KEPT;
    j->violations.cap = VIOLATIONS_KEPT;
    j->calls.note = calloc((size_t)j->calls.cap, sizeof(struct note));
    j->violations.note = calloc(VIOLATIONS_KEPT, sizeof(struct note));
    j->count = calloc((size_t)api_methods_n * (BOTS + 1), sizeof(*j->count));
    if (j->calls.note && j->violations.note && j->count)
        return j;
    journal_free(j);
    return NULL;
}

void journal_clear(struct journal *j)
{
    while (j->calls.n > 0)
        ring_drop(&j->calls);
    while (j->violations.n > 0)
        ring_drop(&j->violations);
    memset(j->count, 0, (size_t)api_methods_n * (BOTS + 1) * sizeof(*j->count));
    memset(j->code, 0, sizeof(j->code));
    j->faults = j->unknown = 0;
}

void journal_free(struct journal *j)
{
    if (j == NULL)
        return;
    if (j->calls.note != NULL && j->violations.note != NULL && j->count != NULL)
        journal_clear(j);
    free(j->calls.note);
    free(j->violations.note);
    free(j->count);
    free(j);
}

/* ---- writing -------------------------------------------------------------------- */

static int row_of(const char *method)
{
    int low = 0, high = api_methods_n - 1;

    while (low <= high) {
        int mid = (low + high) / 2, order = strcmp(method, api_methods[mid].name);

        if (order == 0)
            return mid;
        if (order < 0)
            high = mid - 1;
        else
            low = mid + 1;
    }
    return -1;
}

static int column_of(const struct journal *j, const struct bot *b)
{
    return b == NULL ? BOTS : (int)(b - j->world->bot);
}

/* Numbers, words and JSON as they are, everything else as text; a file by its size. */
static void param_json(const struct arg *a, struct buf *out)
{
    struct jv v;

    buf_add_json(out, a->name, strlen(a->name));
    buf_addc(out, ':');
    if (a->kind == ARG_FILE)
        buf_addf(out, "{\"file_bytes\":%zu}", a->n);
    else if (a->n > PARAM_SHOWN)
        buf_addf(out, "{\"text_bytes\":%zu}", a->n);
    else if (!(a->json_body && a->kind == ARG_TEXT) && jv_parse(a->s, a->n, &v) &&
             jv_kind(v) != JV_STRING)
        jv_minify(v, out);
    else
        buf_add_json(out, a->s, a->n);
}

static void note_json(const struct call_note *n, struct buf *out)
{
    buf_adds(out, "\"params\":{");
    for (int i = 0; n->form != NULL && i < n->form->n; i++) {
        if (i > 0)
            buf_addc(out, ',');
        param_json(&n->form->arg[i], out);
    }
    buf_addf(out, "},\"code\":%d,\"accepted\":%s", n->code,
             n->accepted ? "true" : "false");
    if (n->description != NULL) {
        buf_adds(out, ",\"description\":");
        buf_add_json(out, n->description, strlen(n->description));
    }
    if (n->fault != NULL)
        buf_addf(out, ",\"fault\":\"%s\"", n->fault);
}

void journal_call(struct journal *j, const struct call_note *n)
{
    const struct check_method *m = check_find(n->method);
    int row = m != NULL ? row_of(check_name(m)) : -1;
    struct note note = {.at = world_now(j->world)};
    struct buf b = {0};

    if (row >= 0)
        j->count[column_of(j, n->bot) * api_methods_n + row]++;
    else
        j->unknown++;
    if (n->code >= 0 && n->code < 1000)
        j->code[column_of(j, n->bot)][n->code]++;
    j->faults += n->fault != NULL;
    if (!j->world->forget) {
        note.bot = n->bot != NULL ? n->bot->key : "";
        note.method = row >= 0 ? api_methods[row].name : "";
        note.chat = n->form != NULL ? form_int(n->form, "chat_id", 0) : 0;
        note_json(n, &b);
        note.json = b.s;
        note.n = b.len;
        ring_add(&j->calls, note);
    }
    events_wake(j->world->events);
}

void journal_violation(struct journal *j, const struct bot *b, const char *method,
                       const char *what)
{
    struct buf out = {0};

    buf_adds(&out, "\"method\":");
    buf_add_json(&out, method ? method : "", method ? strlen(method) : 0);
    buf_adds(&out, ",\"what\":");
    buf_add_json(&out, what, strlen(what));
    ring_add(&j->violations, (struct note){.at = world_now(j->world),
                                           .bot = b != NULL ? b->key : "",
                                           .method = "",
                                           .json = out.s,
                                           .n = out.len});
}

/* ---- reading -------------------------------------------------------------------- */

static void head_json(const struct note *n, struct buf *out)
{
    buf_addf(out, "{\"n\":%lld,\"at\":%lld,\"bot\":\"%s\"", (long long)n->seq,
             (long long)n->at, n->bot);
    if (n->method[0] != '\0')
        buf_addf(out, ",\"method\":\"%s\"", n->method);
    buf_addf(out, ",%s}", n->json != NULL ? n->json : "");
}

bool journal_calls_json(const struct journal *j, const struct call_filter *f,
                        struct buf *out)
{
    int shown = 0;

    buf_adds(out, "{\"calls\":[");
    for (int i = 0; i < j->calls.n && shown < f->limit; i++) {
        const struct note *n = ring_at(&j->calls, i);

        if (n->seq <= f->since || (f->chat != 0 && n->chat != f->chat) ||
            (f->method[0] != '\0' && strcmp(n->method, f->method) != 0) ||
            (f->bot[0] != '\0' && strcmp(n->bot, f->bot) != 0))
            continue;
        if (shown++ > 0)
            buf_addc(out, ',');
        head_json(n, out);
    }
    buf_addf(out, "],\"last\":%lld}", (long long)j->calls.seq);
    return shown > 0;
}

void journal_violations_json(const struct journal *j, int64_t since, struct buf *out)
{
    int shown = 0;

    buf_adds(out, "{\"violations\":[");
    for (int i = 0; i < j->violations.n; i++) {
        const struct note *n = ring_at(&j->violations, i);

        if (n->seq <= since)
            continue;
        if (shown++ > 0)
            buf_addc(out, ',');
        head_json(n, out);
    }
    buf_addf(out, "],\"last\":%lld}", (long long)j->violations.seq);
}

static void bot_counts(const struct journal *j, int column, struct buf *out)
{
    const char *comma = "";

    buf_adds(out, "\"methods\":{");
    for (int i = 0; i < api_methods_n; i++) {
        int64_t n = j->count[column * api_methods_n + i];

        if (n > 0)
            buf_addf(out, "%s\"%s\":%lld", comma, api_methods[i].name, (long long)n);
        comma = n > 0 ? "," : comma;
    }
    buf_adds(out, "},\"codes\":{");
    comma = "";
    for (int i = 0; i < 1000; i++) {
        if (j->code[column][i] == 0)
            continue;
        buf_addf(out, "%s\"%d\":%lld", comma, i, (long long)j->code[column][i]);
        comma = ",";
    }
    buf_adds(out, "}");
}

void journal_counts_json(const struct journal *j, struct buf *out)
{
    buf_addf(out,
             "{\"calls\":%lld,\"violations\":%lld,\"faults\":%lld,\"unknown\":%lld",
             (long long)j->calls.seq, (long long)j->violations.seq,
             (long long)j->faults, (long long)j->unknown);
    for (int i = 0; i < BOTS; i++) {
        const struct bot *b = &j->world->bot[i];

        buf_addf(out, ",\"%s\":{", b->key);
        bot_counts(j, i, out);
        buf_addf(out,
                 ",\"sent\":%lld,\"peak_per_second\":%lld,\"pending\":%d,"
                 "\"delivered\":%lld,\"lost\":%lld,\"skipped\":%lld}",
                 (long long)b->sent, (long long)(b->peak), b->updates->pending,
                 (long long)b->updates->delivered, (long long)b->updates->lost,
                 (long long)b->updates->skipped);
    }
    buf_adds(out, ",\"stranger\":{");
    bot_counts(j, BOTS, out);
    buf_adds(out, "}}");
}
