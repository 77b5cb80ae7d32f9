/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/botapi/call.h"

#include "tests/botapi/check.h"
#include "tests/botapi/events.h"
#include "tests/botapi/fault.h"
#include "tests/botapi/journal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HANG_MS (10 * 60 * 1000)

/* ---- what handlers say ---------------------------------------------------------- */

bool call_ok(const struct call *c)
{
    return c->code == 200;
}

static void refuse_text(struct call *c, int code, const char *text)
{
    if (!call_ok(c))
        return;
    c->code = code;
    buf_clear(&c->result);
    buf_adds(&c->description, text);
}

void call_refuse(struct call *c, int code, const char *fmt, ...)
{
    char text[512];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    refuse_text(c, code, text);
}

void call_violate(struct call *c, const char *fmt, ...)
{
    char text[512];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    journal_violation(c->w->journal, c->bot, c->method, text);
    refuse_text(c, 400, text);
}

void call_true(struct call *c)
{
    if (call_ok(c))
        buf_adds(&c->result, "true");
}

void call_answer_text(const struct call *c, struct buf *out)
{
    if (call_ok(c)) {
        buf_adds(out, "{\"ok\":true,\"result\":");
        buf_add(out, c->result.s, c->result.len);
    } else {
        buf_addf(out, "{\"ok\":false,\"error_code\":%d", c->code);
    }
    if (c->description.len > 0) {
        buf_adds(out, ",\"description\":");
        buf_add_json(out, c->description.s, c->description.len);
    }
    buf_addc(out, '}');
}

/* ---- faults --------------------------------------------------------------------- */

struct late {
    struct req *req;
    struct buf text;
    int code;
};

static void late_free(struct late *l)
{
    buf_free(&l->text);
    free(l);
}

static void late_gone(struct req *r, void *arg)
{
    (void)r;
    late_free(arg);
}

static void late_answer(void *arg)
{
    struct late *l = arg;

    l->req->gone = NULL;
    if (l->code == 0)
        req_reset(l->req);
    else
        req_json(l->req, l->code, &l->text);
    late_free(l);
}

/* Answers with text after ms; code 0: never answers, and resets at last. */
static void answer_later(struct world *w, struct req *r, int64_t ms, struct late what)
{
    struct late *l = malloc(sizeof(*l));

    if (l == NULL) {
        buf_free(&what.text);
        req_reset(r);
        return;
    }
    *l = what;
    l->req = r;
    req_hold(r, late_gone, l);
    loop_after(w->loop, &r->timer, ms, late_answer, l);
}

static void error_answer(struct req *r, int code, const char *description,
                         int64_t retry_after)
{
    struct buf b = {0};
    char header[64] = "";

    buf_addf(&b, "{\"ok\":false,\"error_code\":%d,\"description\":", code);
    buf_add_json(&b, description, strlen(description));
    if (retry_after > 0) {
        buf_addf(&b, ",\"parameters\":{\"retry_after\":%lld}", (long long)retry_after);
        snprintf(header, sizeof(header), "Retry-After: %lld\r\n",
                 (long long)retry_after);
    }
    buf_addc(&b, '}');
    req_answer(r, &(struct answer){code, NULL, header, b.s, b.len});
    buf_free(&b);
}

static void strike_429(struct call *c, const struct fault *f)
{
    char text[64];

    snprintf(text, sizeof(text), "Too Many Requests: retry after %lld",
             (long long)f->retry_after);
    c->code = 429;
    error_answer(c->req, 429, text, f->retry_after);
}

static void strike_502(struct call *c)
{
    static const char html[] =
        "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n"
        "<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
        "</body>\r\n</html>\r\n";

    c->code = 502;
    req_answer(c->req,
               &(struct answer){502, "text/html", NULL, html, sizeof(html) - 1});
}

static void strike_error(struct call *c, int code, const char *text)
{
    c->code = code;
    error_answer(c->req, code, text, 0);
}

/* In place of the call. */
static void strike_before(struct call *c, const struct fault *f)
{
    switch (f->kind) {
    case FAULT_429:
        strike_429(c, f);
        break;
    case FAULT_500:
        strike_error(c, 500, "Internal Server Error");
        break;
    case FAULT_502:
        strike_502(c);
        break;
    case FAULT_504:
        strike_error(c, 504, "Gateway Timeout");
        break;
    case FAULT_BLOCKED:
        strike_error(c, 403, "Forbidden: bot was blocked by the user");
        break;
    case FAULT_RESET:
        c->code = 0;
        req_reset(c->req);
        break;
    case FAULT_TIMEOUT_BEFORE:
        c->code = 0;
        answer_later(c->w, c->req, HANG_MS, (struct late){0});
        break;
    default:
        strike_error(c, (int)f->code, f->description);
    }
}

/* Behind the call: its effect stands, its answer suffers. */
static void strike_after(struct call *c, const struct fault *f)
{
    struct buf text = {0};
    int code = c->code;

    call_answer_text(c, &text);
    if (f->kind == FAULT_SLOW) {
        answer_later(c->w, c->req, f->delay_ms,
                     (struct late){.text = text, .code = code});
        return;
    }
    c->code = 0;
    if (f->kind == FAULT_HALF)
        req_half(c->req, &(struct answer){code, NULL, NULL, text.s, text.len});
    else if (f->kind == FAULT_RESET_AFTER)
        req_reset(c->req);
    else
        answer_later(c->w, c->req, HANG_MS, (struct late){0});
    buf_free(&text);
}

/* ---- the road ------------------------------------------------------------------- */

/* A method nobody of ours calls: its parameters were checked; what it answers we can
 * say only where the document says True. */
static void call_plain(struct call *c)
{
    const char *result = check_result(c->m);

    if (strcmp(result, "Boolean") == 0)
        call_true(c);
    else
        call_violate(c, "Not Implemented: the stand-in does not play %s", c->method);
    if (!call_ok(c))
        c->code = 501;
}

static void call_run(struct call *c)
{
    call_fn *fn = call_handler(c->method);
    struct buf why = {0};

    if (!check_call(c->m, &c->form, &why))
        call_violate(c, "Bad Request: %s", why.s ? why.s : "no memory");
    buf_free(&why);
    if (call_ok(c))
        limits_check(c);
    if (!call_ok(c))
        return;
    if (fn != NULL)
        fn(c);
    else
        call_plain(c);
}

static void call_note(struct call *c, const struct fault *f, bool ran)
{
    /* What a fault did to the answer does not change whether the effect happened. */
    bool accepted = ran && c->description.len == 0;

    journal_call(c->w->journal, &(struct call_note){
                                    .bot = c->bot,
                                    .method = c->method,
                                    .form = &c->form,
                                    .code = c->code,
                                    .description = call_ok(c) ? NULL : c->description.s,
                                    .fault = f != NULL ? fault_name(f->kind) : NULL,
                                    .accepted = accepted || (ran && call_ok(c))});
}

static void call_with_faults(struct call *c)
{
    const struct fault *f = faults_strike(c->w->faults, c->method, c->bot->key,
                                          form_int(&c->form, "chat_id", 0));
    bool ran = f == NULL || fault_is_after(f->kind);

    if (!ran) {
        strike_before(c, f);
    } else {
        call_run(c);
        if (c->held)
            return;
        if (f != NULL) {
            strike_after(c, f);
        } else {
            struct buf text = {0};

            call_answer_text(c, &text);
            req_json(c->req, c->code, &text);
            buf_free(&text);
        }
    }
    call_note(c, f, ran);
}

/* The parameters are read in place, so the answer may only leave once they were noted;
 * req_answer copies, and the request's bytes stay where they are until serve returns.
 */
static void stranger(struct call *c, int code, const char *description)
{
    journal_call(c->w->journal, &(struct call_note){.bot = c->bot,
                                                    .method = c->method,
                                                    .code = code,
                                                    .description = description});
    error_answer(c->req, code, description, 0);
}

void call_serve(struct world *w, struct req *r, const char *path)
{
    struct call c = {.w = w, .req = r, .code = 200, .method = ""};
    const char *slash = strchr(path, '/');
    char digits = path[0];

    if (slash == NULL || digits < '0' || digits > '9' || strchr(path, ':') == NULL) {
        stranger(&c, 404, "Not Found");
        return;
    }
    c.bot = bot_by_token(w, path, (size_t)(slash - path));
    if (c.bot == NULL) {
        stranger(&c, 401, "Unauthorized");
        return;
    }
    c.method = slash + 1;
    c.m = check_find(c.method);
    if (c.m == NULL) {
        journal_violation(w->journal, c.bot, c.method, "no such method");
        stranger(&c, 404, "Not Found: method not found");
        return;
    }
    c.method = check_name(c.m);
    if (!form_read(r, &c.form)) {
        journal_violation(w->journal, c.bot, c.method, c.form.why);
        stranger(&c, 400, "Bad Request: can't parse the request's parameters");
        return;
    }
    call_with_faults(&c);
    buf_free(&c.result);
    buf_free(&c.description);
}
