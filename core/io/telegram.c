/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/telegram_private.h"

#include "core/base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDLE_CALLS_MAX 32 /* handles kept for the next calls */

int tg_pending(const struct tg *tg)
{
    return tg->n_busy;
}

static void list_push(struct call **list, struct call *c)
{
    c->next = *list;
    *list = c;
}

static void list_remove(struct call **list, const struct call *c)
{
    while (*list != c)
        list = &(*list)->next;
    *list = c->next;
}

/* ---- a call's memory ------------------------------------------------------------ */

static void call_free(struct call *c)
{
    curl_easy_cleanup(c->easy);
    curl_mime_free(c->mime);
    free(c->body);
    buf_free(&c->in);
    free(c);
}

/* A handle that was used keeps its memory: the next call needs it again. */
static struct call *call_take(struct tg *tg)
{
    struct call *c = tg->idle;

    if (c != NULL) {
        list_remove(&tg->idle, c);
        tg->n_idle--;
        curl_easy_reset(c->easy);
        return c;
    }
    c = calloc(1, sizeof(*c));
    if (c == NULL || (c->easy = curl_easy_init()) == NULL) {
        free(c);
        return NULL;
    }
    c->tg = tg;
    return c;
}

static void call_put_back(struct call *c)
{
    struct tg *tg = c->tg;

    curl_mime_free(c->mime);
    free(c->body);
    c->mime = NULL;
    c->body = NULL;
    c->body_n = c->body_at = 0;
    c->error[0] = '\0';
    c->download = c->too_big = false;
    if (c->in.cap > 64 * 1024)
        buf_free(&c->in);
    buf_clear(&c->in);
    if (tg->n_idle >= IDLE_CALLS_MAX) {
        call_free(c);
        return;
    }
    list_push(&tg->idle, c);
    tg->n_idle++;
}

/* ---- the ending of a call ------------------------------------------------------- */

/* Only a request of which we gave the last byte away can have been acted on: a shorter
 * one than its Content-Length says is no request. Asking for a file changes nothing. */
static enum tg_wire wire_of(const struct call *c, CURLcode code)
{
    if (code == CURLE_OK)
        return TG_WIRE_ANSWERED;
    return c->download || c->body_at < c->body_n ? TG_WIRE_UNSENT : TG_WIRE_LOST;
}

static void explain(struct call *c, CURLcode code, struct tg_verdict *v)
{
    const char *why = c->error[0] != '\0' ? c->error : curl_easy_strerror(code);
    size_t n = strlen(v->description);

    tg_address_scrub(&c->tg->address, c->error);
    if (c->too_big)
        why = "the answer is too big";
    if (code != CURLE_OK)
        snprintf(v->description + n, sizeof(v->description) - n, ": %.100s", why);
    tg_address_scrub(&c->tg->address, v->description);
}

static const char *retry_after(struct call *c, char text[24])
{
    curl_off_t s = 0;

    if (curl_easy_getinfo(c->easy, CURLINFO_RETRY_AFTER, &s) != CURLE_OK || s <= 0)
        return NULL;
    snprintf(text, 24, "%lld", (long long)s);
    return text;
}

/* Judges what came back. Yours: the parsed body, which a->result is part of. */
static struct json *answer_read(struct call *c, CURLcode code, struct tg_answer *a)
{
    struct tg_reply reply = {.wire = wire_of(c, code)};
    struct json *body = NULL;
    char after[24];
    long http = 0;

    curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &http);
    if (c->download && code == CURLE_OK && http == 200) {
        a->verdict = (struct tg_verdict){.fate = TG_SENT, .code = 200, .known = true};
        a->bytes = c->in.s ? c->in.s : "";
        a->n = c->in.len;
        return NULL;
    }
    if (code == CURLE_OK)
        body = json_parse(c->in.s ? c->in.s : "", c->in.len);
    reply.http = (int)http;
    reply.body = body;
    reply.retry_after = retry_after(c, after);
    tg_judge(&reply, &a->verdict);
    if (a->verdict.fate == TG_SENT)
        a->result = json_get(body, "result");
    explain(c, code, &a->verdict);
    return body;
}

static void call_finish(struct call *c, CURLcode code)
{
    struct tg_answer a = {.too_big = c->too_big};
    struct json *body;

    list_remove(&c->tg->busy, c);
    c->tg->n_busy--;
    curl_multi_remove_handle(c->tg->multi, c->easy);
    body = answer_read(c, code, &a);
    c->done(c->arg, &a);
    json_free(body);
    call_put_back(c);
}

/* ---- what curl asks of us ------------------------------------------------------- */

static size_t on_write(char *p, size_t size, size_t count, void *arg)
{
    struct call *c = arg;
    size_t n = size * count;

    if (c->in.len + n > c->in_max) {
        c->too_big = true;
        return 0;
    }
    buf_add(&c->in, p, n);
    return c->in.failed ? 0 : n;
}

static void calls_reap(struct tg *tg)
{
    struct CURLMsg *m;
    int left;

    while ((m = curl_multi_info_read(tg->multi, &left)) != NULL) {
        CURLcode code = m->data.result;
        char *c = NULL;

        if (m->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &c);
        call_finish((struct call *)(void *)c, code);
    }
}

static void act(struct tg *tg, curl_socket_t fd, int mask)
{
    int running;

    curl_multi_socket_action(tg->multi, fd, mask, &running);
    calls_reap(tg);
}

static void on_fd(void *arg, int fd, unsigned events)
{
    act(arg, fd,
        (events & LOOP_READ ? CURL_CSELECT_IN : 0) |
            (events & LOOP_WRITE ? CURL_CSELECT_OUT : 0));
}

static void on_timer(void *arg)
{
    act(arg, CURL_SOCKET_TIMEOUT, 0);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *of_fd)
{
    struct tg *tg = arg;
    unsigned events =
        (what & CURL_POLL_IN ? LOOP_READ : 0) | (what & CURL_POLL_OUT ? LOOP_WRITE : 0);

    (void)easy, (void)of_fd;
    if (what == CURL_POLL_REMOVE || events == 0) {
        loop_forget(tg->loop, fd);
        return 0;
    }
    /* Unwatched, the call ends by its own deadline. */
    if (loop_watch(tg->loop, fd, events, on_fd, tg) != ST_OK)
        log_error("telegram_watch_failed", LOG_INT("fd", fd));
    return 0;
}

static int on_timeout(CURLM *multi, long ms, void *arg)
{
    struct tg *tg = arg;

    (void)multi;
    if (ms < 0)
        loop_cancel(&tg->timer);
    else
        loop_after(tg->loop, &tg->timer, ms, on_timer, tg);
    return 0;
}

/* ---- asking --------------------------------------------------------------------- */

/* max: of a download; 0 calls a method. */
static enum status call_start(struct tg *tg, const struct tg_ask *ask, const char *url,
                              size_t max)
{
    struct call *c = tg->closing ? NULL : call_take(tg);

    if (c == NULL)
        return tg->closing ? ST_DOWN : ST_BROKEN;
    if (!request_make(c, ask, url, max))
        goto broken;
    curl_easy_setopt(c->easy, CURLOPT_PRIVATE, c);
    curl_easy_setopt(c->easy, CURLOPT_ERRORBUFFER, c->error);
    curl_easy_setopt(c->easy, CURLOPT_WRITEFUNCTION, on_write);
    curl_easy_setopt(c->easy, CURLOPT_WRITEDATA, c);
    if (curl_multi_add_handle(tg->multi, c->easy) != CURLM_OK)
        goto broken;
    list_push(&tg->busy, c);
    tg->n_busy++;
    return ST_OK;
broken:
    call_put_back(c);
    return ST_BROKEN;
}

enum status tg_call(struct tg *tg, const struct tg_ask *ask)
{
    struct buf url = {0};
    enum status st = tg_address_method(&tg->address, ask->bot, ask->method, &url);

    if (st == ST_OK)
        st = call_start(tg, ask, url.s, 0);
    buf_free(&url);
    return st;
}

enum status tg_download(struct tg *tg, const struct tg_ask *ask, size_t max)
{
    struct buf url = {0};
    enum status st = tg_address_file(&tg->address, ask->bot, ask->method, &url);

    if (st == ST_OK)
        st = call_start(tg, ask, url.s, max);
    buf_free(&url);
    return st;
}

/* ---- opening and closing -------------------------------------------------------- */

struct tg *tg_open(struct loop *loop, const struct config *cfg)
{
    struct tg *tg = calloc(1, sizeof(*tg));

    if (tg == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(tg);
        return NULL;
    }
    tg->loop = loop;
    tg->multi = curl_multi_init();
    tg->share = curl_share_init();
    if (tg->multi == NULL || tg->share == NULL || !request_headers(tg) ||
        !tg_address_read(&tg->address, cfg)) {
        tg_close(tg);
        return NULL;
    }
    curl_share_setopt(tg->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    curl_multi_setopt(tg->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(tg->multi, CURLMOPT_SOCKETDATA, tg);
    curl_multi_setopt(tg->multi, CURLMOPT_TIMERFUNCTION, on_timeout);
    curl_multi_setopt(tg->multi, CURLMOPT_TIMERDATA, tg);
    curl_multi_setopt(tg->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)TG_CONNECTIONS);
    curl_multi_setopt(tg->multi, CURLMOPT_MAXCONNECTS, (long)TG_CONNECTIONS);
    return tg;
}

void tg_close(struct tg *tg)
{
    if (tg == NULL)
        return;
    tg->closing = true;
    while (tg->busy != NULL)
        call_finish(tg->busy, CURLE_ABORTED_BY_CALLBACK);
    while (tg->idle != NULL) {
        struct call *c = tg->idle;

        tg->idle = c->next;
        call_free(c);
    }
    curl_multi_cleanup(tg->multi);
    curl_share_cleanup(tg->share);
    curl_slist_free_all(tg->json_headers);
    curl_slist_free_all(tg->mime_headers);
    loop_cancel(&tg->timer);
    tg_address_free(&tg->address);
    free(tg);
    curl_global_cleanup();
}
