/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The whole road, measured: a /start posted to the webhook until the consent screen's
 * sendMessage reaches the Bot API (played by this very program, which answers at once),
 * and what the programs weigh before and after many of them.
 *
 *   bench_road tap
 *       tap.idle.* (one at a time), tap.200.* (200 a second, open loop: the time runs
 *       from when the update was due, not from when we got to it)
 *   bench_road bulk
 *       tap.bulk.*, tap.bulk200.*: the same two while a broadcast of 100,000 is under way in
 *       the bulk lane, at the pace that Telegram allows (core/io/pace.h); how many of it
 *       left meanwhile is printed beside them
 *   bench_road paced
 *       a broadcast as it is sent, for DVORIK_BENCH_MINUTES (10), against a Bot API that
 *       takes 30 messages a second and one a second to a chat (tests/harness/strict.h),
 *       and one tap a second beside it: how much of the pace was used, how often it was
 *       refused (429), and tap.paced.*
 *   bench_road memory
 *       memory.*: PSS of each process idle, after 100,000 and 200,000 updates
 *       (DVORIK_BENCH_UPDATES sets the half) */
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/io/httpd.h"
#include "core/io/pace.h"
#include "tests/harness/announce.h"
#include "tests/harness/broadcast.h"
#include "tests/harness/house.h"
#include "tests/harness/strict.h"
#include "tests/harness/wire.h"
#include "tests/harness/world.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS 16
#define FIRST_PERSON 8000000000LL
#define TAPS_IDLE 400
#define TAPS_PACED 2000
#define PACE_US 5000            /* 200 a second */
#define FIRST_TOLD 7000000000LL /* of the broadcast */

struct tap {
    int64_t due, answered; /* microseconds; 0: not yet */
};

struct road {
    struct loop *loop;
    struct httpd *api;
    struct config *cfg;
    struct house house;
    int fd[CONNECTIONS];
    bool busy[CONNECTIONS];
    struct tap *taps;
    int n, posted, answered, window;
    bool open_loop;
    int64_t pace_us;
    struct loop_timer pace;
    struct strict *strict; /* NULL: it takes whatever comes */
    int64_t told;          /* messages of the broadcast */
};

static void need(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "bench_road: %s\n", what);
    exit(1);
}

/* ---- the Bot API's part --------------------------------------------------------- */

static void post_more(struct road *r);

static void too_many(struct http_req *req)
{
    static const char no[] =
        "{\"ok\":false,\"error_code\":429,\"description\":\"Too Many Requests: retry "
        "after 1\",\"parameters\":{\"retry_after\":1}}";
    struct http_answer a = {
        .status = 429, .type = "application/json", .body = no, .n = sizeof no - 1};

    http_answer(req, &a);
}

static void on_call(void *arg, struct http_req *req)
{
    struct road *r = arg;
    size_t n;
    const char *body = http_body(req, &n),
               *at = body ? strstr(body, "\"chat_id\":") : NULL;
    int64_t person = at ? strtoll(at + 10, NULL, 10) : 0;
    static const char ok[] = "{\"ok\":true,\"result\":{\"message_id\":1,\"date\":1,"
                             "\"chat\":{\"id\":1,\"type\":\"private\"}}}";
    struct http_answer a = {
        .status = 200, .type = "application/json", .body = ok, .n = sizeof ok - 1};

    if (person > 0 && r->strict != NULL &&
        !strict_takes(r->strict, person, clock_now())) {
        too_many(req);
        return;
    }
    r->told += person >= FIRST_TOLD && person < FIRST_PERSON;
    if (person >= FIRST_PERSON && person < FIRST_PERSON + r->n) {
        struct tap *t = &r->taps[person - FIRST_PERSON];

        if (t->answered == 0) {
            t->answered = clock_now();
            r->answered++;
        }
    }
    http_answer(req, &a);
    if (r->n > 0 && r->answered == r->n)
        loop_stop(r->loop);
    else if (!r->open_loop)
        post_more(r);
}

/* ---- Telegram's other part: posting updates ------------------------------------- */

static int64_t update_id = 100000000;

static bool post(struct road *r, int c, int64_t person)
{
    char body[1400], text[2000];
    int n;

    n = snprintf(
        body, sizeof body,
        "{\"update_id\":%lld,\"message\":{\"message_id\":7,\"from\":{\"id\":%lld,"
        "\"is_bot\":false,\"first_name\":\"Анна\",\"username\":\"anna\","
        "\"language_code\":\"ru\"},\"chat\":{\"id\":%lld,\"first_name\":\"Анна\","
        "\"username\":\"anna\",\"type\":\"private\"},\"date\":%lld,"
        "\"text\":\"/start\",\"entities\":[{\"offset\":0,\"length\":6,"
        "\"type\":\"bot_command\"}]}}",
        (long long)++update_id, (long long)person, (long long)person,
        (long long)(clock_now() / SECOND));
    n = snprintf(text, sizeof text,
                 "POST /telegram/client HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
                 "application/json\r\nX-Telegram-Bot-Api-Secret-Token: %s\r\n"
                 "Content-Length: %d\r\n\r\n%s",
                 r->cfg->telegram_webhook_secret, n, body);
    r->busy[c] = true;
    return write(r->fd[c], text, (size_t)n) == n;
}

static int free_connection(const struct road *r)
{
    for (int c = 0; c < CONNECTIONS; c++)
        if (!r->busy[c])
            return c;
    return -1;
}

/* Closed loop: at most `window` taps without their answer. */
static void post_more(struct road *r)
{
    int c;

    while (r->posted < r->n && r->posted - r->answered < r->window &&
           (c = free_connection(r)) >= 0) {
        r->taps[r->posted].due = clock_now();
        need(post(r, c, FIRST_PERSON + r->posted++), "the webhook took no update");
    }
}

static void on_pace(void *arg)
{
    struct road *r = arg;
    int64_t first = r->taps[0].due, now = clock_now();
    int c;

    while (r->posted < r->n && first + (int64_t)r->posted * r->pace_us <= now &&
           (c = free_connection(r)) >= 0) {
        r->taps[r->posted].due = first + (int64_t)r->posted * r->pace_us;
        need(post(r, c, FIRST_PERSON + r->posted++), "the webhook took no update");
    }
    loop_after(r->loop, &r->pace, 1, on_pace, r);
}

static void on_reply(void *arg, int fd, unsigned events);

/* A connection that had nothing to do for a while is closed by the server. */
static bool redial(struct road *r, int fd)
{
    for (int c = 0; c < CONNECTIONS; c++) {
        if (r->fd[c] != fd || r->busy[c])
            continue;
        loop_forget(r->loop, fd);
        close(fd);
        r->fd[c] = wire_dial(r->house.bots_port);
        need(loop_watch(r->loop, r->fd[c], LOOP_READ, on_reply, r) == ST_OK,
             "no memory");
        return true;
    }
    return false;
}

static void on_reply(void *arg, int fd, unsigned events)
{
    struct road *r = arg;
    char text[512];
    ssize_t n = read(fd, text, sizeof text - 1);

    (void)events;
    if (n <= 0 && redial(r, fd))
        return;
    need(n > 12, "the webhook closed its connection");
    text[n] = '\0';
    need(strncmp(text + 9, "200", 3) == 0, text);
    for (int c = 0; c < CONNECTIONS; c++)
        if (r->fd[c] == fd)
            r->busy[c] = false;
    if (!r->open_loop)
        post_more(r);
}

/* ---- starting ------------------------------------------------------------------- */

static void start(struct road *r)
{
    static char base[64];
    struct httpd_options o = {
        .listen = "127.0.0.1:0", .body_max = 1 << 20, .handler = on_call, .arg = r};

    r->pace_us = PACE_US;
    r->loop = loop_new();
    r->api = httpd_open(r->loop, &o, NULL);
    need(r->api != NULL, "no server");
    r->cfg = world_config();
    snprintf(base, sizeof base, "http://127.0.0.1:%d", httpd_port(r->api));
    r->cfg->telegram_api_base = base;
    r->cfg->log_level = "error";
    house_open(&r->house, r->cfg, NULL);
}

/* Connections afresh: one that idled through the last phase may be closed by now. */
static void connect_all(struct road *r)
{
    int one = 1;

    for (int c = 0; c < CONNECTIONS; c++) {
        if (r->fd[c] > 0) {
            loop_forget(r->loop, r->fd[c]);
            close(r->fd[c]);
        }
        r->fd[c] = wire_dial(r->house.bots_port);
        setsockopt(r->fd[c], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        r->busy[c] = false;
        need(loop_watch(r->loop, r->fd[c], LOOP_READ, on_reply, r) == ST_OK,
             "no memory");
    }
}

static void taps(struct road *r, int n, int window)
{
    connect_all(r);
    free(r->taps);
    r->taps = calloc((size_t)n, sizeof *r->taps);
    need(r->taps != NULL, "no memory");
    r->n = n;
    r->posted = r->answered = 0;
    r->window = window;
    r->open_loop = window == 0;
    if (r->open_loop) {
        r->taps[0].due = clock_now();
        loop_after(r->loop, &r->pace, 0, on_pace, r);
    } else {
        post_more(r);
    }
    loop_run(r->loop);
    loop_cancel(&r->pace);
}

/* ---- what is printed ------------------------------------------------------------ */

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static void print_taps(const struct road *r, const char *name)
{
    int64_t *us = calloc((size_t)r->n, sizeof *us);

    need(us != NULL, "no memory");
    for (int i = 0; i < r->n; i++)
        us[i] = r->taps[i].answered - r->taps[i].due;
    qsort(us, (size_t)r->n, sizeof *us, by_size);
    printf("tap.%s.p50 %.2f ms\n", name, (double)us[r->n / 2] / 1000);
    printf("tap.%s.p99 %.2f ms\n", name, (double)us[r->n * 99 / 100] / 1000);
    printf("tap.%s.max %.2f ms\n", name, (double)us[r->n - 1] / 1000);
    free(us);
}

static long pss_kb(pid_t pid)
{
    char path[64], line[128];
    long kb = -1;
    FILE *f;

    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    if ((f = fopen(path, "re")) == NULL)
        return -1;
    while (kb < 0 && fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, "Pss:", 4) == 0)
            kb = strtol(line + 4, NULL, 10);
    fclose(f);
    return kb;
}

/* A worker is its parent and children: each is a line, as each is a process. */
static void print_memory(const struct road *r, const char *when)
{
    pid_t kids[16];

    for (int i = 0; i < RESIDENTS; i++) {
        const struct program *p = r->house.program[i];
        const char *name = house_name((enum resident)i);
        int n = program_children(p, kids, 16);

        printf("memory.%s.%s %ld kB\n", name, when, pss_kb(program_pid(p)));
        for (int k = 0; k < n; k++)
            printf("memory.%s.child%d.%s %ld kB\n", name, k, when, pss_kb(kids[k]));
    }
    fflush(stdout);
}

static void both(struct road *r, const char *one_by_one, const char *paced)
{
    taps(r, TAPS_IDLE, 1);
    print_taps(r, one_by_one);
    taps(r, TAPS_PACED, 0);
    print_taps(r, paced);
}

/* ---- beside a broadcast --------------------------------------------------------- */

static void look_again(void *arg)
{
    struct road *r = arg;

    loop_stop(r->loop);
}

/* Until it is at its pace: the calls come to this very loop. */
static void broadcast_runs(struct road *r, struct db *db)
{
    struct loop_timer wait = {0};
    int64_t sent = 0;

    for (int i = 0; i < 600 && sent < PACE_BULK_PER_S * 4; i++) {
        loop_after(r->loop, &wait, 100, look_again, r);
        loop_run(r->loop);
        need(broadcast_sent(db, &sent) == ST_OK, "no database");
    }
    need(sent >= PACE_BULK_PER_S * 4, "the broadcast does not begin");
}

static void broadcast(struct road *r)
{
    struct db *db = db_open(r->cfg);
    int64_t begun, before = 0, after = 0;

    need(db != NULL && broadcast_fill(db, clock_now(), BROADCAST_SIZE) == ST_OK,
         "no broadcast");
    r->n = r->answered = 0; /* nobody's answer is waited for */
    broadcast_runs(r, db);
    begun = clock_mono_ms();
    need(broadcast_sent(db, &before) == ST_OK, "no database");
    both(r, "bulk", "bulk200");
    need(broadcast_sent(db, &after) == ST_OK, "no database");
    printf("tap.bulk.sent_meanwhile %.1f a second\n",
           (double)(after - before) * 1000 / (double)(clock_mono_ms() - begun));
    printf("tap.bulk.left %lld messages\n", (long long)(BROADCAST_SIZE - after));
    db_close(db);
}

/* ---- at its pace ---------------------------------------------------------------- */

static void campaign(struct road *r, int n)
{
    struct db *db = db_open(r->cfg);

    need(db != NULL, "no memory");
    announce_allow(db);
    announce_people(db, FIRST_TOLD, n);
    (void)announce_start(db, r->cfg);
    db_close(db);
}

static void paced(struct road *r)
{
    const char *said = getenv("DVORIK_BENCH_MINUTES");
    int seconds = 60 * (said ? (int)strtol(said, NULL, 10) : 10);
    struct loop_timer wait = {0};
    int64_t told, began;

    need(seconds > 0, "odd DVORIK_BENCH_MINUTES");
    r->n = r->answered = 0;
    r->strict = calloc(1, sizeof *r->strict);
    need(r->strict != NULL, "no memory");
    campaign(r, PACE_BULK_PER_S * (seconds + 60));
    for (int i = 0; i < 600 && r->told < PACE_BULK_PER_S * 5; i++) {
        loop_after(r->loop, &wait, 100, look_again, r);
        loop_run(r->loop);
    }
    told = r->told;
    began = clock_now();
    r->pace_us = SECOND;
    taps(r, seconds, 0);
    printf("paced.sent %.2f a second\n",
           (double)(r->told - told) * 1e6 / (double)(clock_now() - began));
    printf("paced.used %.2f %% (99) # of %d a second, for %d s\n",
           (double)(r->told - told) * 1e8 / (double)(clock_now() - began) /
               PACE_BULK_PER_S,
           PACE_BULK_PER_S, seconds);
    printf("paced.429 %lld (0) # %lld by the chat\n",
           (long long)(r->strict->refused_bot + r->strict->refused_chat),
           (long long)r->strict->refused_chat);
    print_taps(r, "paced");
    free(r->strict);
    r->strict = NULL;
}

int main(int argc, char **argv)
{
    static struct road r;
    const char *half = getenv("DVORIK_BENCH_UPDATES");
    int updates = half ? (int)strtol(half, NULL, 10) : 100000;

    need(argc == 2, "say tap, bulk, paced or memory");
    start(&r);
    taps(&r, 50, 1); /* connections, statements, scripts: warm */
    if (strcmp(argv[1], "tap") == 0) {
        both(&r, "idle", "200");
    } else if (strcmp(argv[1], "bulk") == 0) {
        broadcast(&r);
    } else if (strcmp(argv[1], "paced") == 0) {
        paced(&r);
    } else {
        print_memory(&r, "idle");
        taps(&r, updates, CONNECTIONS);
        print_memory(&r, "half");
        taps(&r, updates, CONNECTIONS);
        print_memory(&r, "all");
    }
    house_close(&r.house);
    for (int c = 0; c < CONNECTIONS; c++)
        close(r.fd[c]);
    httpd_close(r.api);
    free(r.taps);
    return 0;
}
