/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/botapi/fault.h"

#include "core/base/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *name;
    bool after;
} kinds[FAULT_KINDS] = {
    [FAULT_ERROR] = {"error", false},
    [FAULT_429] = {"429", false},
    [FAULT_500] = {"500", false},
    [FAULT_502] = {"502", false},
    [FAULT_504] = {"504", false},
    [FAULT_TIMEOUT_BEFORE] = {"timeout_before", false},
    [FAULT_TIMEOUT_AFTER] = {"timeout_after", true},
    [FAULT_RESET] = {"reset", false},
    [FAULT_RESET_AFTER] = {"reset_after", true},
    [FAULT_HALF] = {"half", true},
    [FAULT_SLOW] = {"slow", true},
    [FAULT_BLOCKED] = {"blocked", false},
};

struct faults {
    struct fault *first, **end;
    struct fault struck; /* a copy of the last that struck */
    int64_t next_id;
};

struct faults *faults_new(void)
{
    struct faults *f = calloc(1, sizeof(*f));

    if (f != NULL)
        f->end = &f->first;
    return f;
}

static void drop(struct faults *f, struct fault **at)
{
    struct fault *x = *at;

    *at = x->next;
    if (f->end == &x->next)
        f->end = at;
    free(x);
}

void faults_clear(struct faults *f)
{
    while (f->first != NULL)
        drop(f, &f->first);
}

void faults_free(struct faults *f)
{
    if (f != NULL)
        faults_clear(f);
    free(f);
}

bool faults_remove(struct faults *f, int64_t id)
{
    for (struct fault **at = &f->first; *at != NULL; at = &(*at)->next)
        if ((*at)->id == id)
            return drop(f, at), true;
    return false;
}

const char *fault_name(enum fault_kind k)
{
    return kinds[k].name;
}

bool fault_is_after(enum fault_kind k)
{
    return kinds[k].after;
}

static void copy_text(struct jv spec, const char *name, char *out, size_t n)
{
    char *s = jv_dup(spec, name);

    snprintf(out, n, "%s", s != NULL ? s : "");
    free(s);
}

static int64_t per_mille(struct jv spec)
{
    struct jv v = jv_get(spec, "probability");
    char text[32];

    if (jv_kind(v) != JV_NUMBER || v.n >= sizeof(text))
        return 1000;
    memcpy(text, v.s, v.n);
    text[v.n] = '\0';
    return (int64_t)(strtod(text, NULL) * 1000);
}

enum status faults_add(struct faults *f, struct jv spec, int64_t *id, const char **why)
{
    struct fault *x;
    char kind[32];
    int k = 0;

    copy_text(spec, "kind", kind, sizeof(kind));
    while (k < FAULT_KINDS && strcmp(kind, kinds[k].name) != 0)
        k++;
    if (k == FAULT_KINDS)
        return *why = "unknown kind of fault", ST_BAD;
    x = calloc(1, sizeof(*x));
    if (x == NULL)
        return *why = "no memory", ST_BROKEN;
    x->id = ++f->next_id;
    x->kind = (enum fault_kind)k;
    copy_text(spec, "method", x->method, sizeof(x->method));
    copy_text(spec, "bot", x->bot, sizeof(x->bot));
    copy_text(spec, "description", x->description, sizeof(x->description));
    x->chat = jv_int_or(spec, "chat", 0);
    x->left = jv_int_or(spec, "count", 1);
    x->per_mille = per_mille(spec);
    x->retry_after = jv_int_or(spec, "retry_after", 1);
    x->delay_ms = jv_int_or(spec, "delay_ms", 1000);
    x->code = jv_int_or(spec, "code", 400);
    *f->end = x;
    f->end = &x->next;
    *id = x->id;
    return ST_OK;
}

void faults_json(const struct faults *f, struct buf *out)
{
    buf_adds(out, "{\"faults\":[");
    for (const struct fault *x = f->first; x != NULL; x = x->next)
        buf_addf(out,
                 "%s{\"id\":%lld,\"kind\":\"%s\",\"method\":\"%s\",\"bot\":\"%s\","
                 "\"chat\":%lld,\"left\":%lld,\"struck\":%lld}",
                 x == f->first ? "" : ",", (long long)x->id, kinds[x->kind].name,
                 x->method, x->bot, (long long)x->chat, (long long)x->left,
                 (long long)x->struck);
    buf_adds(out, "]}");
}

static bool method_matches(const char *pattern, const char *method)
{
    size_t n = strlen(pattern);

    if (n > 0 && pattern[n - 1] == '*')
        return strncasecmp(pattern, method, n - 1) == 0;
    return n == 0 || strcasecmp(pattern, method) == 0;
}

const struct fault *faults_strike(struct faults *f, const char *method, const char *bot,
                                  int64_t chat)
{
    for (struct fault **at = &f->first; *at != NULL; at = &(*at)->next) {
        struct fault *x = *at;

        if (!method_matches(x->method, method) ||
            (x->bot[0] != '\0' && strcmp(x->bot, bot) != 0) ||
            (x->chat != 0 && x->chat != chat) ||
            (int64_t)secret_random_below(1000) >= x->per_mille)
            continue;
        x->struck++;
        f->struck = *x;
        if (x->left > 0 && --x->left == 0)
            drop(f, at);
        return &f->struck;
    }
    return NULL;
}
