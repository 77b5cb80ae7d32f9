/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/botapi/hook.h"

#include "core/base/clock.h"
#include "core/base/secret.h"
#include "tests/botapi/head.h"
#include "tests/botapi/retry.h"
#include "tests/botapi/updates.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 100
#define HEAD_MAX 65536

/* One connection: idle (no line) or carrying the first update of a line. */
struct carrier {
    struct hook *hook;
    int fd; /* -1: none */
    struct line *line;
    struct update *update;
    struct buf out, in;
    size_t sent;
    bool reused; /* it carried something before */
    struct loop_timer timer;
};

struct hook {
    struct world *world;
    struct bot *bot;
    char *url, *secret, *host, *path; /* host as in the Host header */
    struct sockaddr_in to;
    int max;
    struct carrier carrier[CONNECTIONS_MAX];
    int64_t error_at; /* seconds; 0: none yet */
    char error[160];
    struct loop_timer pump_timer;
    bool pump_planned;
};

static void pump(void *arg);
static void carrier_ready(void *arg, int fd, unsigned events);

struct hook *hook_new(struct world *w, struct bot *b)
{
    struct hook *h = calloc(1, sizeof(*h));

    if (h == NULL)
        return NULL;
    h->world = w;
    h->bot = b;
    for (int i = 0; i < CONNECTIONS_MAX; i++) {
        h->carrier[i].hook = h;
        h->carrier[i].fd = -1;
    }
    return h;
}

bool hook_is_set(const struct hook *h)
{
    return h->url != NULL;
}

const char *hook_url(const struct hook *h)
{
    return h->url != NULL ? h->url : "";
}

const char *hook_secret(const struct hook *h)
{
    return h->secret != NULL ? h->secret : "";
}

int hook_max(const struct hook *h)
{
    return h->max;
}

void hook_wake(struct hook *h)
{
    if (!hook_is_set(h) || h->pump_planned)
        return;
    h->pump_planned = true;
    loop_after(h->world->loop, &h->pump_timer, 0, pump, h);
}

/* ---- one connection ------------------------------------------------------------- */

static void hang_up(struct carrier *c)
{
    if (c->fd >= 0) {
        loop_forget(c->hook->world->loop, c->fd);
        close(c->fd);
    }
    c->fd = -1;
    c->reused = false;
    buf_free(&c->in);
}

/* The update leaves the connection's hands; the line may go on after wait_ms. */
static void release(struct carrier *c, int64_t wait_ms);

static void line_due(void *arg)
{
    struct line *l = arg;

    l->waiting = false;
    line_ready(l);
    hook_wake(l->updates->bot->hook);
}

static void release(struct carrier *c, int64_t wait_ms)
{
    struct line *l = c->line;

    loop_cancel(&c->timer);
    c->line = NULL;
    c->update = NULL;
    if (l == NULL)
        return;
    l->in_flight = false;
    if (wait_ms > 0 && l->first != NULL) {
        l->waiting = true;
        loop_after(c->hook->world->loop, &l->timer, wait_ms / c->hook->world->scale,
                   line_due, l);
    } else {
        line_ready(l);
    }
    hook_wake(c->hook);
}

static void failed(struct carrier *c, const char *why, int64_t retry_after)
{
    struct hook *h = c->hook;
    struct line *l = c->line;
    int ceiling = 60 + (int)secret_random_below(61);

    snprintf(h->error, sizeof(h->error), "%s", why);
    h->error_at = world_now(h->world) / SECOND;
    l->failures = retry_failures(l->failures, retry_after);
    release(c, retry_wait_ms(l->failures, ceiling, retry_after));
}

static void lost_connection(struct carrier *c, const char *why)
{
    hang_up(c);
    if (c->update != NULL)
        failed(c, why, -1);
}

static void answer_late(void *arg)
{
    lost_connection(arg, "Read timeout expired");
}

static void answered(struct carrier *c, const struct head *head)
{
    char why[96];

    if (!head->keep_alive)
        hang_up(c);
    else
        c->reused = true;
    if (head->status >= 200 && head->status < 300) {
        struct line *l = c->line;
        struct update *up = c->update;

        /* in_flight stands until release, so the line outlives its last update. */
        l->failures = 0;
        updates_done(c->hook->bot->updates, up);
        release(c, 0);
        line_tidy(l);
        return;
    }
    snprintf(why, sizeof(why), "Wrong response from the webhook: %d %s", head->status,
             head_reason(head->status));
    failed(c, why, head->retry_after);
}

static void read_answer(struct carrier *c)
{
    char chunk[16384];
    struct head head;
    enum head_fate fate;
    ssize_t n = recv(c->fd, chunk, sizeof(chunk), 0);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        lost_connection(c, n == 0 ? "Connection closed" : strerror(errno));
        return;
    }
    if (c->update == NULL) { /* words nobody asked for */
        hang_up(c);
        return;
    }
    buf_add(&c->in, chunk, (size_t)n);
    fate = head_read(c->in.s, c->in.len, &head);
    if (fate == HEAD_BAD || c->in.len > HEAD_MAX) {
        lost_connection(c, "Wrong response from the webhook");
        return;
    }
    if (fate == HEAD_MORE)
        return;
    /* A body without a length ends with the connection; ours are not waited for. */
    if (head.length < 0 || head.chunked)
        head.keep_alive = head.status == 204;
    else if (c->in.len < head.size + (size_t)head.length)
        return;
    buf_clear(&c->in);
    answered(c, &head);
}

static void write_on(struct carrier *c)
{
    while (c->sent < c->out.len) {
        ssize_t n = send(c->fd, c->out.s + c->sent, c->out.len - c->sent, MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == ENOTCONN))
            break;
        if (n < 0) {
            lost_connection(c, strerror(errno));
            return;
        }
        c->sent += (size_t)n;
    }
    if (loop_watch(c->hook->world->loop, c->fd,
                   c->sent < c->out.len ? LOOP_READ | LOOP_WRITE : LOOP_READ,
                   carrier_ready, c) != ST_OK)
        lost_connection(c, "no descriptor");
}

static void carrier_ready(void *arg, int fd, unsigned events)
{
    struct carrier *c = arg;
    int err = 0;
    socklen_t n = sizeof(err);

    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &n) == 0 && err != 0) {
        lost_connection(c, strerror(err));
        return;
    }
    if (events & LOOP_WRITE)
        write_on(c);
    if ((events & LOOP_READ) && c->fd >= 0)
        read_answer(c);
}

static bool dial(struct carrier *c)
{
    int one = 1;

    if (c->fd >= 0)
        return true;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0)
        return false;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    return connect(c->fd, (struct sockaddr *)&c->hook->to, sizeof(c->hook->to)) == 0 ||
           errno == EINPROGRESS;
}

static void carry(struct carrier *c, struct line *l)
{
    struct hook *h = c->hook;
    struct update *up = l->first;

    l->in_flight = true;
    c->line = l;
    c->update = up;
    up->tries++;
    buf_clear(&c->out);
    buf_clear(&c->in);
    c->sent = 0;
    buf_addf(&c->out,
             "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"
             "Content-Length: %zu\r\nConnection: keep-alive\r\n",
             h->path, h->host, up->n);
    if (h->secret != NULL && h->secret[0] != '\0')
        buf_addf(&c->out, "X-Telegram-Bot-Api-Secret-Token: %s\r\n", h->secret);
    buf_adds(&c->out, "\r\n");
    buf_add(&c->out, up->json, up->n);
    loop_after(h->world->loop, &c->timer, RETRY_ANSWER_WAIT_MS / h->world->scale,
               answer_late, c);
    if (c->out.failed || !dial(c))
        lost_connection(c, "cannot connect");
    else
        write_on(c);
}

static struct carrier *idle_carrier(struct hook *h)
{
    struct carrier *fresh = NULL;

    for (int i = 0; i < h->max; i++) {
        struct carrier *c = &h->carrier[i];

        if (c->update == NULL && c->fd >= 0)
            return c;
        if (c->update == NULL && fresh == NULL)
            fresh = c;
    }
    return fresh;
}

static void pump(void *arg)
{
    struct hook *h = arg;
    struct carrier *c;
    struct line *l;

    h->pump_planned = false;
    updates_expire(h->bot->updates);
    while (hook_is_set(h) && (c = idle_carrier(h)) != NULL &&
           (l = updates_ready(h->bot->updates)) != NULL)
        carry(c, l);
}

/* ---- settings ------------------------------------------------------------------- */

static enum status resolve(struct hook *h, const char *host, const char *port)
{
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found;

    if (getaddrinfo(host, port, &hints, &found) != 0)
        return ST_BAD;
    memcpy(&h->to, found->ai_addr, sizeof(h->to));
    freeaddrinfo(found);
    return ST_OK;
}

static enum status url_split(struct hook *h, const char *url, const char **why)
{
    char host[256], port[8] = "80", *colon;
    const char *p = url + 7, *slash = p + strcspn(p, "/?#");

    *why = "bad webhook: the stand-in delivers over plain http only";
    if (strncmp(url, "http://", 7) != 0)
        return ST_BAD;
    *why = "bad webhook: invalid webhook URL specified";
    if (slash == p || (size_t)(slash - p) >= sizeof(host))
        return ST_BAD;
    memcpy(host, p, (size_t)(slash - p));
    host[slash - p] = '\0';
    person_set(&h->host, host);
    person_set(&h->path, *slash == '/' ? slash : "/");
    colon = strrchr(host, ':');
    if (colon != NULL) {
        *colon++ = '\0';
        if (colon[0] == '\0' || strlen(colon) > 5)
            return ST_BAD;
        memcpy(port, colon, strlen(colon) + 1);
    }
    *why = "bad webhook: Failed to resolve host: Name or service not known";
    return resolve(h, host, port);
}

enum status hook_set(struct hook *h, const char *url, const char *secret, int max,
                     const char **why)
{
    enum status st = url_split(h, url, why);

    if (st != ST_OK)
        return st;
    for (int i = 0; i < CONNECTIONS_MAX; i++)
        if (h->carrier[i].update == NULL)
            hang_up(&h->carrier[i]);
    person_set(&h->url, url);
    person_set(&h->secret, secret);
    h->max = max > CONNECTIONS_MAX ? CONNECTIONS_MAX : max < 1 ? 1 : max;
    h->error_at = 0;
    h->error[0] = '\0';
    hook_wake(h);
    return ST_OK;
}

void hook_unset(struct hook *h)
{
    free(h->url);
    h->url = NULL;
    hook_abandon(h);
}

void hook_abandon(struct hook *h)
{
    for (int i = 0; i < CONNECTIONS_MAX; i++) {
        hang_up(&h->carrier[i]);
        release(&h->carrier[i], 0);
    }
}

void hook_info_json(const struct hook *h, struct buf *out)
{
    const struct updates *u = h->bot->updates;

    buf_adds(out, "{\"url\":");
    buf_add_json(out, hook_url(h), strlen(hook_url(h)));
    buf_addf(out, ",\"has_custom_certificate\":false,\"pending_update_count\":%d",
             u->pending);
    if (hook_is_set(h) && h->error_at != 0) {
        buf_addf(out, ",\"last_error_date\":%lld,\"last_error_message\":",
                 (long long)h->error_at);
        buf_add_json(out, h->error, strlen(h->error));
    }
    if (hook_is_set(h))
        buf_addf(out, ",\"max_connections\":%d,\"ip_address\":\"%u.%u.%u.%u\"", h->max,
                 ((const uint8_t *)&h->to.sin_addr)[0],
                 ((const uint8_t *)&h->to.sin_addr)[1],
                 ((const uint8_t *)&h->to.sin_addr)[2],
                 ((const uint8_t *)&h->to.sin_addr)[3]);
    if (u->allowed_json != NULL)
        buf_addf(out, ",\"allowed_updates\":%s", u->allowed_json);
    buf_addc(out, '}');
}

void hook_free(struct hook *h)
{
    if (h == NULL)
        return;
    loop_cancel(&h->pump_timer);
    for (int i = 0; i < CONNECTIONS_MAX; i++) {
        loop_cancel(&h->carrier[i].timer);
        hang_up(&h->carrier[i]);
        buf_free(&h->carrier[i].out);
    }
    free(h->url);
    free(h->secret);
    free(h->host);
    free(h->path);
    free(h);
}
