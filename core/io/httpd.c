/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/httpd_private.h"

#include "core/base/log.h"
#include "core/io/httpd_check.h"
#include "core/io/listen.h"

#include <microhttpd.h>
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

#define LOOK_AGAIN_MS 5
#define STREAM_BLOCK 4096
#define MEMORY_A_CONNECTION (16 * 1024) /* bounds the headers */

/* ---- connections ---------------------------------------------------------------- */

/* The empty answer is everybody's. */
static void answer_free(struct http_req *r)
{
    if (r->answer && r->answer != r->h->empty)
        MHD_destroy_response(r->answer);
    r->answer = NULL;
}

static void conn_opened(struct httpd *h, struct MHD_Connection *mhd, void **mine)
{
    struct http_req *r = calloc(1, sizeof(*r));
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);

    h->connections++;
    if (h->connections == 1)
        loop_after(h->loop, &h->tick, 1000, phase_tick, h);
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

static void request_free(struct http_req *r)
{
    r->prev->next = r->next;
    r->next->prev = r->prev;
    answer_free(r);
    stream_over(r);
    request_end(r);
}

/* A request that is still to be answered outlives its connection. */
static void conn_closed(struct httpd *h, struct http_req *r)
{
    h->connections--;
    h->run |= h->stopping;
    if (r && !r->gone)
        request_free(r);
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
    r->begun_ms = loop_mono_ms(r->h->loop);
    if (!httpd_check_target(target))
        r->refuse = 400;
    /* libmicrohttpd cuts and decodes it in place afterwards. */
    target = strchr(target, '?');
    if (target != NULL && r->query == NULL && !(r->query = strdup(target + 1)))
        r->refuse = 503;
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
    if (r->waits && !r->answer) {
        r->gone = true;
        r->mhd = NULL;
        r->method = r->path = "";
        return;
    }
    answer_free(r);
    stream_over(r);
    request_clear(r);
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

static enum MHD_Result answer_queue(struct http_req *r)
{
    enum MHD_Result done = MHD_queue_response(r->mhd, (unsigned)r->status, r->answer);

    answer_free(r);
    if (r->whole)
        phase_set(r, r->stream != NULL ? STREAMING : WRITING);
    return done;
}

static enum MHD_Result request_first(struct http_req *r, const char *version)
{
    r->seen = true;
    r->body_most = r->h->o.body_max;
    headers_check(r, version);
    r->close = true;
    request_ask(r, r->h->o.early);
    if (r->answer)
        return answer_queue(r);
    r->close = false;
    return MHD_YES;
}

/* Without an answer the connection is not suspended, as libmicrohttpd calls it: leaving
 * its epoll set and coming back is a sixth of what a webhook costs. It calls again in
 * each of its runs instead, and when those are is our decision. */
static enum MHD_Result request_whole(struct http_req *r)
{
    r->whole = true;
    r->close = r->refuse != 0;
    phase_set(r, HELD);
    request_ask(r, r->h->o.handler);
    if (r->answer)
        return answer_queue(r);
    r->waits = true;
    return MHD_YES;
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *mhd,
                                  const char *path, const char *method,
                                  const char *version, const char *data, size_t *n,
                                  void **mine)
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
        return body_take(r, data, had) ? MHD_YES : MHD_NO;
    }
    if (r->waits && r->answer) {
        r->waits = false;
        return answer_queue(r);
    }
    return r->whole ? MHD_YES : request_whole(r);
}

/* ---- reading a request, answering it -------------------------------------------- */

const char *http_header(const struct http_req *req, const char *name)
{
    return req->gone ? NULL
                     : MHD_lookup_connection_value(req->mhd, MHD_HEADER_KIND, name);
}

void http_peer(const struct http_req *req, char out[HTTP_PEER_BYTES])
{
    const union MHD_ConnectionInfo *info =
        req->gone
            ? NULL
            : MHD_get_connection_info(req->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

    listen_name(info != NULL ? info->client_addr : NULL, out, HTTP_PEER_BYTES);
}

static void run_soon(void *arg)
{
    struct httpd *h = arg;

    h->run = true;
}

/* Our hook of this turn may be over. */
static void run_wanted(struct httpd *h)
{
    if (!h->run)
        loop_after(h->loop, &h->again, 0, run_soon, h);
    h->run = true;
}

static void answer_set(struct http_req *req, int status, struct MHD_Response *answer)
{
    struct httpd *h = req->h;

    req->status = status;
    req->answer = answer;
    if (h->o.answered != NULL)
        h->o.answered(h->o.arg, req, status);
    if (req->gone)
        request_free(req);
    else if (req->waits)
        run_wanted(h);
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

typedef const char *const header[2];

/* NULL, and m is gone: no memory for them, or there was no m. */
static struct MHD_Response *headed(struct http_req *req, struct MHD_Response *m,
                                   const char *type, header *headers)
{
    bool fine = m != NULL;

    if (fine && type)
        fine = MHD_add_response_header(m, "Content-Type", type) == MHD_YES;
    for (int i = 0; fine && i < HTTP_HEADERS_MAX && headers[i][0]; i++)
        fine = MHD_add_response_header(m, headers[i][0], headers[i][1]) == MHD_YES;
    if (fine && req->name[0] != '\0')
        fine = MHD_add_response_header(m, "X-Request-Id", req->name) == MHD_YES;
    if (fine && (req->close || req->h->stopping))
        fine = MHD_add_response_header(m, "Connection", "close") == MHD_YES;
    if (!fine && m)
        MHD_destroy_response(m);
    return fine ? m : NULL;
}

void http_answer(struct http_req *req, const struct http_answer *a)
{
    struct MHD_Response *m =
        headed(req,
               MHD_create_response_from_buffer(a->n, a->n ? (void *)a->body : "",
                                               a->lent ? MHD_RESPMEM_PERSISTENT
                                                       : MHD_RESPMEM_MUST_COPY),
               a->type, a->headers);

    answer_give(req, m ? a->status : 500, m);
}

/* The socket takes more. */
static ssize_t on_room(void *arg, uint64_t at, char *out, size_t room)
{
    struct http_req *r = arg;
    ssize_t n = stream_take(r->stream, out, room);

    (void)at;
    if (n == 0)
        MHD_suspend_connection(r->mhd);
    if (n >= 0)
        return n;
    return n == -1 ? MHD_CONTENT_READER_END_OF_STREAM
                   : MHD_CONTENT_READER_END_WITH_ERROR;
}

void conn_wake(struct http_req *r)
{
    MHD_resume_connection(r->mhd);
    run_wanted(r->h);
}

struct http_stream *http_answer_stream(struct http_req *req,
                                       const struct http_stream_options *o)
{
    bool stays = !req->gone && !req->h->stopping;
    struct MHD_Response *m =
        stays ? headed(req,
                       MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK,
                                                         on_room, req, NULL),
                       o->type, o->headers)
              : NULL;

    if (m && (req->stream = stream_new(req, o)) == NULL) {
        MHD_destroy_response(m);
        m = NULL;
    }
    answer_give(req, m ? 200 : 503, m);
    return m ? req->stream : NULL;
}

void http_answer_empty(struct http_req *req, int status)
{
    if (req->close || req->h->stopping || req->name[0] != '\0')
        http_answer(req, &(struct http_answer){.status = status});
    else
        answer_give(req, status, NULL);
}

/* ---- the server ----------------------------------------------------------------- */

static void on_epoll(void *arg, int fd, unsigned events)
{
    (void)fd;
    (void)events;
    run_soon(arg);
}

/* Whoever waits for an answer looks to libmicrohttpd like work to be done at once. What
 * else there may be (a head that came in many pieces) is looked after now and then. */
static void run_again(struct httpd *h)
{
    bool somebody_waits = h->rings[HELD].next != &h->rings[HELD];
    MHD_UNSIGNED_LONG_LONG ms;

    if (h->run) /* a stream was woken meanwhile */
        loop_after(h->loop, &h->again, 0, run_soon, h);
    else if (MHD_get_timeout(h->mhd, &ms) != MHD_YES)
        loop_cancel(&h->again);
    else
        loop_after(h->loop, &h->again, somebody_waits && !h->more ? LOOK_AGAIN_MS : 0,
                   run_soon, h);
}

/* Once a turn, when the turn's answers are given: they leave together. */
static void run(void *arg)
{
    struct httpd *h = arg;

    if (!h->run)
        return;
    h->run = h->more = false;
    MHD_run(h->mhd);
    run_again(h);
    if (h->stopped && h->connections == 0) {
        loop_call *fn = h->stopped;
        h->stopped = NULL;
        fn(h->stopped_arg);
    }
}

static void on_panic(void *arg, const char *file, unsigned line, const char *reason)
{
    (void)arg;
    log_error("http server is inconsistent", LOG_TEXT("file", file),
              LOG_INT("line", line), LOG_TEXT("reason", reason ? reason : ""));
    abort();
}

static struct MHD_Daemon *daemon_start(struct httpd *h)
{
    int max = listen_room(h->o.connections_max > 0 ? h->o.connections_max : 4096);

    MHD_set_panic_func(on_panic, NULL);
    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, h,
        MHD_OPTION_LISTEN_SOCKET, h->listen_fd, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)max, MHD_OPTION_CONNECTION_TIMEOUT, 0u,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_A_CONNECTION, STRICT, 1,
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
    streams_end(h);
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
    if (h->epoll_fd >= 0)
        loop_forget(h->loop, h->epoll_fd);
    h->stopped = NULL;
    streams_end(h); /* it ends on no connection that sleeps */
    if (h->mhd)
        MHD_stop_daemon(h->mhd); /* closes the listening socket too */
    while (h->rings[HELD].next && h->rings[HELD].next != &h->rings[HELD])
        request_free(h->rings[HELD].next);
    loop_cancel(&h->again); /* not before: a stream that ends sets it */
    loop_cancel(&h->tick);
    if (h->empty)
        MHD_destroy_response(h->empty);
    free(h);
}
