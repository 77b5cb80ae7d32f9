/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/httpd.h"

#include "core/base/buf.h"
#include "core/base/log.h"
#include "core/io/httpd_check.h"
#include "core/io/listen.h"

#include <linux/tcp.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Its second name came with 1.0. */
#if MHD_VERSION >= 0x01000000
#define STRICT MHD_OPTION_CLIENT_DISCIPLINE_LVL
#else
#define STRICT MHD_OPTION_STRICT_FOR_CLIENT
#endif

#define TICK_MS 1000
#define READING_MS 10000 /* a request from its first byte to its last */
/* Longer than nginx keeps its upstream connections (60 s): whoever closes first loses the
 * request that is just being sent, and that must not be us. */
#define IDLE_MS 75000
#define WRITING_MS 75000
#define MEMORY_A_CONNECTION (16 * 1024) /* bounds the headers */
#define BODY_KEPT 4096 /* a connection keeps that much memory for its next body */

enum phase { IDLE, READING, HELD, WRITING, PHASES };

static const int64_t phase_ms[PHASES] = {
    [IDLE] = IDLE_MS, [READING] = READING_MS, [HELD] = INT64_MAX, [WRITING] = WRITING_MS};

/* One a connection, as a connection has at most one request at a time. */
struct http_req {
    struct http_req *next, *prev; /* the ring of its phase, oldest first */
    struct httpd *h;
    struct MHD_Connection *mhd;
    int fd;
    enum phase phase;
    int64_t since; /* in this phase, milliseconds */
    const char *method, *path;
    char *body;
    size_t body_n, body_cap;
    int64_t length;
    int refuse; /* answer this instead of asking anybody */
    bool begun, seen, whole, suspended, in_handler, close;
    struct MHD_Response *answer;
    int status;
};

struct httpd {
    struct loop *loop;
    struct MHD_Daemon *mhd;
    struct httpd_options o;
    int epoll_fd, listen_fd, port, connections;
    bool run, stopping;
    struct http_req rings[PHASES];
    struct loop_timer again, tick;
    struct MHD_Response *empty;
    loop_call *stopped;
    void *stopped_arg;
};

/* ---- phases and their deadlines ------------------------------------------------- */

static void phase_set(struct http_req *r, enum phase phase)
{
    struct http_req *ring = &r->h->rings[phase];

    if (r->next) {
        r->prev->next = r->next;
        r->next->prev = r->prev;
    }
    r->phase = phase;
    r->since = loop_mono_ms(r->h->loop);
    r->prev = ring->prev;
    r->next = ring;
    ring->prev->next = r;
    ring->prev = r;
}

/* The empty answer is everybody's. */
static void answer_free(struct http_req *r)
{
    if (r->answer && r->answer != r->h->empty)
        MHD_destroy_response(r->answer);
    r->answer = NULL;
}

/* libmicrohttpd offers no way to drop a connection; its end of file does. */
static void conn_drop(struct http_req *r)
{
    shutdown(r->fd, SHUT_RDWR);
}

/* libmicrohttpd does not tell when the first bytes of a further request are there, the
 * kernel does: somebody who drips a request line is not idle. */
static bool conn_heard_since(const struct http_req *r, int64_t now_ms)
{
    struct tcp_info info = {0};
    socklen_t n = sizeof(info);

    if (getsockopt(r->fd, IPPROTO_TCP, TCP_INFO, &info, &n) != 0)
        return false;
    return now_ms - (int64_t)info.tcpi_last_data_recv > r->since + 50;
}

static void tick(void *arg)
{
    struct httpd *h = arg;
    int64_t now = loop_mono_ms(h->loop);
    struct http_req *r, *next;

    for (r = h->rings[IDLE].next; r != &h->rings[IDLE]; r = next) {
        next = r->next;
        if (conn_heard_since(r, now))
            phase_set(r, READING);
    }
    for (int p = 0; p < PHASES; p++) {
        struct http_req *ring = &h->rings[p];
        for (r = ring->next; r != ring && now - r->since >= phase_ms[p]; r = r->next)
            conn_drop(r);
    }
    if (h->connections > 0)
        loop_after(h->loop, &h->tick, TICK_MS, tick, h);
}

static void conn_opened(struct httpd *h, struct MHD_Connection *mhd, void **mine)
{
    struct http_req *r = calloc(1, sizeof(*r));
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);

    h->connections++;
    if (h->connections == 1)
        loop_after(h->loop, &h->tick, TICK_MS, tick, h);
    *mine = r;
    if (!r) {
        shutdown(info->connect_fd, SHUT_RDWR);
        return;
    }
    r->h = h;
    r->mhd = mhd;
    r->fd = info->connect_fd;
    phase_set(r, READING);
}

static void conn_closed(struct httpd *h, struct http_req *r)
{
    h->connections--;
    h->run |= h->stopping;
    if (!r)
        return;
    r->prev->next = r->next;
    r->next->prev = r->prev;
    answer_free(r);
    free(r->body);
    free(r);
}

static void on_connection(void *arg, struct MHD_Connection *mhd, void **mine,
                          enum MHD_ConnectionNotificationCode what)
{
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        conn_opened(arg, mhd, mine);
    else
        conn_closed(arg, *mine);
}

/* ---- a request's life ----------------------------------------------------------- */

/* The request line is in. What this returns is handed to the calls below. */
static void *on_target(void *arg, const char *target, struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct http_req *r = info->socket_context;

    (void)arg;
    if (!r)
        return NULL;
    r->begun = true;
    if (r->phase != READING)
        phase_set(r, READING);
    if (!httpd_check_target(target))
        r->refuse = 400;
    return r;
}

static void on_completed(void *arg, struct MHD_Connection *mhd, void **mine,
                         enum MHD_RequestTerminationCode how)
{
    struct http_req *r = *mine;

    (void)arg;
    (void)mhd;
    (void)how;
    *mine = NULL;
    if (!r)
        return;
    answer_free(r);
    if (r->body_cap > BODY_KEPT) {
        free(r->body);
        r->body = NULL;
        r->body_cap = 0;
    }
    r->method = r->path = NULL;
    r->body_n = 0;
    r->length = 0;
    r->refuse = r->status = 0;
    r->begun = r->seen = r->whole = r->suspended = r->in_handler = r->close = false;
    phase_set(r, IDLE);
    if (r->h->stopping)
        conn_drop(r);
}

static enum MHD_Result on_header(void *arg, enum MHD_ValueKind kind, const char *name,
                                 size_t name_n, const char *value, size_t n)
{
    (void)kind;
    httpd_check_header(arg, name, name_n, value ? value : "", value ? n : 0);
    return MHD_YES;
}

static void headers_check(struct http_req *r, const char *version)
{
    struct httpd_check c = {0};

    MHD_get_connection_values_n(r->mhd, MHD_HEADER_KIND, on_header, &c);
    if (!httpd_check_fine(&c, version))
        r->refuse = 400;
    r->length = c.lengths ? c.length : c.encodings ? -1 : -2;
    if (r->refuse == 0 && r->length > 0 && (uint64_t)r->length > r->h->o.body_max)
        r->refuse = 413;
}

static bool body_room(struct http_req *r, size_t n)
{
    size_t cap = r->body_cap ? r->body_cap : BODY_KEPT / 4;
    char *grown;

    if (n < r->body_cap)
        return true;
    if (r->length > 0 && n <= (size_t)r->length)
        cap = (size_t)r->length + 1;
    while (cap <= n)
        cap *= 2;
    grown = realloc(r->body, cap);
    if (!grown)
        return false;
    r->body = grown;
    r->body_cap = cap;
    return true;
}

/* A chunked body shows its size too late to be refused unread: the rest is dropped, and
 * whoever goes on for long is cut off. */
static enum MHD_Result body_take(struct http_req *r, const char *p, size_t n)
{
    size_t max = r->h->o.body_max;

    if (r->refuse || r->body_n + n > max) {
        r->refuse = r->refuse ? r->refuse : 413;
        r->body_n += n;
        return r->body_n > 4 * max + 65536 ? MHD_NO : MHD_YES;
    }
    if (!body_room(r, r->body_n + n)) {
        r->refuse = 503;
        return MHD_YES;
    }
    memcpy(r->body + r->body_n, p, n);
    r->body_n += n;
    r->body[r->body_n] = '\0';
    return MHD_YES;
}

static enum MHD_Result answer_queue(struct http_req *r)
{
    enum MHD_Result done = MHD_queue_response(r->mhd, (unsigned)r->status, r->answer);

    answer_free(r);
    if (r->whole)
        phase_set(r, WRITING);
    return done;
}

static void handler_call(struct http_req *r, http_handler *fn)
{
    r->in_handler = true;
    if (r->refuse)
        http_answer_empty(r, r->refuse);
    else if (fn)
        fn(r->h->o.arg, r);
    r->in_handler = false;
}

static enum MHD_Result request_first(struct http_req *r, const char *version)
{
    r->seen = true;
    headers_check(r, version);
    r->close = true;
    handler_call(r, r->h->o.early);
    if (r->answer)
        return answer_queue(r);
    r->close = false;
    return MHD_YES;
}

static enum MHD_Result request_whole(struct http_req *r)
{
    r->whole = true;
    r->close = r->refuse != 0;
    phase_set(r, HELD);
    handler_call(r, r->h->o.handler);
    if (r->answer)
        return answer_queue(r);
    r->suspended = true;
    MHD_suspend_connection(r->mhd);
    return MHD_YES;
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *mhd, const char *path,
                                  const char *method, const char *version,
                                  const char *data, size_t *n, void **mine)
{
    struct http_req *r = *mine;

    (void)arg;
    (void)mhd;
    if (!r)
        return MHD_NO;
    r->method = method;
    r->path = path;
    if (!r->seen)
        return request_first(r, version);
    if (*n > 0) {
        size_t had = *n;
        *n = 0;
        return body_take(r, data, had);
    }
    if (r->answer)
        return answer_queue(r);
    return r->whole ? MHD_YES : request_whole(r);
}

/* ---- reading a request, answering it -------------------------------------------- */

const char *http_method(const struct http_req *req)
{
    return req->method;
}

const char *http_path(const struct http_req *req)
{
    return req->path;
}

const char *http_header(const struct http_req *req, const char *name)
{
    return MHD_lookup_connection_value(req->mhd, MHD_HEADER_KIND, name);
}

const char *http_query(const struct http_req *req, const char *name)
{
    return MHD_lookup_connection_value(req->mhd, MHD_GET_ARGUMENT_KIND, name);
}

const char *http_body(const struct http_req *req, size_t *n)
{
    *n = req->body_n;
    return req->body_n ? req->body : "";
}

int64_t http_length(const struct http_req *req)
{
    return req->length;
}

static void answer_set(struct http_req *req, int status, struct MHD_Response *answer)
{
    req->status = status;
    req->answer = answer;
    if (!req->suspended)
        return;
    req->suspended = false;
    req->h->run = true;
    MHD_resume_connection(req->mhd);
}

/* Without memory for an answer the shared empty one says at least what happened. */
static void answer_give(struct http_req *req, int status, struct MHD_Response *answer)
{
    if (answer) {
        answer_set(req, status, answer);
        return;
    }
    answer_set(req, status, req->h->empty);
}

void http_answer(struct http_req *req, const struct http_answer *a)
{
    struct MHD_Response *m = MHD_create_response_from_buffer(
        a->n, a->n ? (void *)a->body : "", MHD_RESPMEM_MUST_COPY);
    bool fine = m != NULL;

    if (fine && a->type)
        fine = MHD_add_response_header(m, "Content-Type", a->type) == MHD_YES;
    for (int i = 0; fine && i < HTTP_HEADERS_MAX && a->headers[i][0]; i++)
        fine = MHD_add_response_header(m, a->headers[i][0], a->headers[i][1]) == MHD_YES;
    if (fine && (req->close || req->h->stopping))
        fine = MHD_add_response_header(m, "Connection", "close") == MHD_YES;
    if (!fine && m) {
        MHD_destroy_response(m);
        m = NULL;
    }
    answer_give(req, fine ? a->status : 500, m);
}

void http_answer_empty(struct http_req *req, int status)
{
    if (req->close || req->h->stopping)
        http_answer(req, &(struct http_answer){.status = status});
    else
        answer_give(req, status, NULL);
}

void http_answer_problem(struct http_req *req, int status, const char *title,
                         const char *detail)
{
    struct buf b = {0};

    buf_addf(&b, "{\"type\":\"about:blank\",\"status\":%d,\"title\":", status);
    buf_add_json(&b, title, strlen(title));
    if (detail) {
        buf_adds(&b, ",\"detail\":");
        buf_add_json(&b, detail, strlen(detail));
    }
    buf_adds(&b, "}\n");
    http_answer(req, &(struct http_answer){.status = b.failed ? 500 : status,
                                           .type = "application/problem+json",
                                           .body = b.s,
                                           .n = b.failed ? 0 : b.len});
    buf_free(&b);
}

/* ---- the server ----------------------------------------------------------------- */

static void run_soon(void *arg)
{
    struct httpd *h = arg;

    h->run = true;
}

static void on_epoll(void *arg, int fd, unsigned events)
{
    (void)fd;
    (void)events;
    run_soon(arg);
}

/* Once a turn, when the turn's answers are given: they leave together, and what came in
 * with them is put together. */
static void run(void *arg)
{
    struct httpd *h = arg;
    MHD_UNSIGNED_LONG_LONG ms;

    if (!h->run)
        return;
    h->run = false;
    MHD_run(h->mhd);
    if (MHD_get_timeout(h->mhd, &ms) == MHD_YES)
        loop_after(h->loop, &h->again, ms > 1000 ? 1000 : (int64_t)ms, run_soon, h);
    if (h->stopped && h->connections == 0) {
        loop_call *fn = h->stopped;
        h->stopped = NULL;
        fn(h->stopped_arg);
    }
}

static void on_panic(void *arg, const char *file, unsigned line, const char *reason)
{
    (void)arg;
    log_error("http server is inconsistent", LOG_TEXT("file", file), LOG_INT("line", line),
              LOG_TEXT("reason", reason ? reason : ""));
    abort();
}

static struct MHD_Daemon *daemon_start(struct httpd *h)
{
    int max = h->o.connections_max > 0 ? h->o.connections_max : 4096;

    MHD_set_panic_func(on_panic, NULL);
    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, h,
        MHD_OPTION_LISTEN_SOCKET, h->listen_fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)max,
        MHD_OPTION_CONNECTION_TIMEOUT, 0u, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)MEMORY_A_CONNECTION, STRICT, 1,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, h, MHD_OPTION_NOTIFY_COMPLETED,
        on_completed, h, MHD_OPTION_URI_LOG_CALLBACK, on_target, h, MHD_OPTION_END);
}

static bool server_start(struct httpd *h)
{
    const union MHD_DaemonInfo *info;

    h->empty = MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT);
    h->mhd = h->empty ? daemon_start(h) : NULL;
    if (!h->mhd)
        return false;
    info = MHD_get_daemon_info(h->mhd, MHD_DAEMON_INFO_EPOLL_FD);
    h->epoll_fd = info ? info->epoll_fd : -1;
    return loop_watch(h->loop, h->epoll_fd, LOOP_READ, on_epoll, h) == ST_OK &&
           loop_each_turn(h->loop, run, h) == ST_OK;
}

struct httpd *httpd_open(struct loop *loop, const struct httpd_options *o,
                         const char **why)
{
    struct httpd *h = calloc(1, sizeof(*h));
    const char *reason = "no memory";

    if (!h)
        goto out;
    h->loop = loop;
    h->o = *o;
    h->epoll_fd = -1;
    for (int p = 0; p < PHASES; p++)
        h->rings[p].next = h->rings[p].prev = &h->rings[p];
    h->listen_fd = listen_open(o->listen, &h->port, &reason);
    if (h->listen_fd < 0)
        goto out;
    reason = "the HTTP server does not start";
    if (server_start(h))
        return h;
out:
    if (why)
        *why = reason;
    httpd_close(h);
    return NULL;
}

int httpd_port(const struct httpd *h)
{
    return h->port;
}

int httpd_connections(const struct httpd *h)
{
    return h->connections;
}

void httpd_stop(struct httpd *h, loop_call *done, void *arg)
{
    MHD_socket fd;
    struct http_req *r;

    if (h->stopping)
        return;
    h->stopping = h->run = true;
    h->stopped = done;
    h->stopped_arg = arg;
    fd = MHD_quiesce_daemon(h->mhd);
    if (fd != MHD_INVALID_SOCKET)
        close(fd);
    for (r = h->rings[IDLE].next; r != &h->rings[IDLE]; r = r->next)
        conn_drop(r);
    for (r = h->rings[READING].next; r != &h->rings[READING]; r = r->next)
        if (!r->begun)
            conn_drop(r);
}

void httpd_close(struct httpd *h)
{
    if (!h)
        return;
    loop_cancel(&h->again);
    loop_cancel(&h->tick);
    if (h->epoll_fd >= 0)
        loop_forget(h->loop, h->epoll_fd);
    if (h->mhd) {
        struct http_req *ring = &h->rings[HELD];
        h->stopped = NULL;
        for (struct http_req *r = ring->next; r != ring; r = r->next)
            if (r->suspended)
                http_answer_empty(r, 503);
        MHD_stop_daemon(h->mhd); /* closes the listening socket too */
    }
    if (h->empty)
        MHD_destroy_response(h->empty);
    free(h);
}
