/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/main.c - a stand-in for Telegram's Bot API server. See README.md. */
#include "tests/botapi/call.h"
#include "tests/botapi/check.h"
#include "tests/botapi/control.h"
#include "tests/botapi/file.h"
#include "tests/botapi/page.h"
#include "tests/botapi/save.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HISTORY 400

static int usage(const char *why)
{
    fprintf(stderr,
            "botapi: %s\n"
            "usage: botapi --listen 127.0.0.1:0 --client-token T1 --auth-token T2\n"
            "    [--state FILE] [--client-name dvorik_demo_bot]"
            " [--auth-name dvorik_kassa_bot]\n"
            "    [--client-title TEXT] [--auth-title TEXT] [--channel NAME]"
            " [--channel-title TEXT]\n"
            "    [--history N] [--forget] [--anyone] [--empty]\n",
            why);
    return 2;
}

/* /file/bot<token>/<folder>/file_<number>.<suffix> */
static void serve_download(struct world *w, struct req *r, const char *path)
{
    const char *slash = strchr(path, '/'), *name = strrchr(path, '/');
    struct bot *b =
        slash != NULL ? bot_by_token(w, path, (size_t)(slash - path)) : NULL;
    static const char missing[] = "{\"ok\":false,\"error_code\":404,"
                                  "\"description\":\"Not Found\"}";
    const struct file *f = NULL;

    if (b != NULL && strncmp(name, "/file_", 6) == 0)
        f = file_by_number(w->files, strtoll(name + 6, NULL, 10));
    if (f != NULL)
        req_answer(r, &(struct answer){.code = 200,
                                       .type = "application/octet-stream",
                                       .body = f->bytes,
                                       .n = f->n});
    else
        req_answer(r, &(struct answer){
                          .code = 404, .body = missing, .n = sizeof(missing) - 1});
}

static void serve(void *arg, struct req *r)
{
    struct world *w = arg;

    if (strncmp(r->path, "/bot", 4) == 0)
        call_serve(w, r, r->path + 4);
    else if (strncmp(r->path, "/file/bot", 9) == 0)
        serve_download(w, r, r->path + 9);
    else if (strncmp(r->path, "/control/", 9) == 0)
        control_serve(w, r, r->path + 9);
    else if (!page_serve(r, r->path))
        req_answer(r, &(struct answer){404, "text/plain", NULL, "not found\n", 10});
}

static void stop(void *arg)
{
    loop_stop(arg);
}

static const struct option options[] = {
    {"listen", required_argument, NULL, 'l'},
    {"client-token", required_argument, NULL, 'c'},
    {"auth-token", required_argument, NULL, 'a'},
    {"client-name", required_argument, NULL, 'C'},
    {"auth-name", required_argument, NULL, 'A'},
    {"client-title", required_argument, NULL, 't'},
    {"auth-title", required_argument, NULL, 'T'},
    {"channel", required_argument, NULL, 'n'},
    {"channel-title", required_argument, NULL, 'N'},
    {"state", required_argument, NULL, 's'},
    {"history", required_argument, NULL, 'h'},
    {"forget", no_argument, NULL, 'f'},
    {"anyone", no_argument, NULL, 'o'},
    {"empty", no_argument, NULL, 'e'},
    {0},
};

static bool read_options(int argc, char **argv, struct world_options *o,
                         const char **listen)
{
    int k;

    while ((k = getopt_long(argc, argv, "", options, NULL)) != -1) {
        const struct {
            int key;
            const char **to;
        } texts[] = {
            {'l', listen},
            {'c', &o->token[0]},
            {'a', &o->token[1]},
            {'C', &o->username[0]},
            {'A', &o->username[1]},
            {'t', &o->name[0]},
            {'T', &o->name[1]},
            {'n', &o->channel_username},
            {'N', &o->channel_title},
            {'s', &o->state},
        };
        bool known = false;

        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
            if (texts[i].key == k) {
                *texts[i].to = optarg;
                known = true;
            }
        if (k == 'h')
            o->history = (int)strtol(optarg, NULL, 10);
        o->forget = o->forget || k == 'f';
        o->anyone = o->anyone || k == 'o';
        o->empty = o->empty || k == 'e';
        if (!known && strchr("hfoe", k) == NULL)
            return false;
    }
    return optind == argc && o->history >= 1;
}

static bool token_fine(const char *t)
{
    size_t digits = t != NULL ? strspn(t, "0123456789") : 0;

    return digits > 0 && digits < 18 && t[digits] == ':' && strchr(t, '/') == NULL;
}

static int run(struct loop *loop, struct world *w, const char *address)
{
    struct server *s = serve_new(loop, serve, w);
    int port = 0;

    if (s == NULL || serve_listen(s, address, &port) != ST_OK) {
        serve_free(s);
        return usage("cannot listen there");
    }
    if (loop_on_signal(loop, SIGTERM, stop, loop) != ST_OK ||
        loop_on_signal(loop, SIGINT, stop, loop) != ST_OK)
        return 1;
    printf("botapi http://127.0.0.1:%d\n", port);
    fflush(stdout);
    loop_run(loop);
    serve_free(s);
    return w->state != NULL && world_save(w) != ST_OK ? 1 : 0;
}

int main(int argc, char **argv)
{
    struct world_options o = {.username = {"dvorik_demo_bot", "dvorik_kassa_bot"},
                              .name = {"Дворик", "Дворик: касса"},
                              .channel_title = "Дворик — новости и скидки",
                              .channel_username = "dvorik_demo",
                              .history = HISTORY};
    const char *address = "127.0.0.1:0";
    struct loop *loop;
    struct world *w;
    int status;

    if (!read_options(argc, argv, &o, &address))
        return usage("unknown option");
    if (!token_fine(o.token[0]) || !token_fine(o.token[1]) ||
        strtoll(o.token[0], NULL, 10) == strtoll(o.token[1], NULL, 10))
        return usage("two different tokens are needed, each <digits>:<text>");
    if (o.forget)
        o.history = 1;
    signal(SIGPIPE, SIG_IGN);
    loop = loop_new();
    w = loop != NULL && check_open() == ST_OK ? world_new(loop, &o) : NULL;
    if (w == NULL)
        return usage("no memory");
    if (o.state != NULL && world_load(w) == ST_BAD) {
        fprintf(stderr, "botapi: %s is damaged; move it away to start afresh\n",
                o.state);
        return 1;
    }
    status = run(loop, w, address);
    world_free(w);
    check_close();
    loop_free(loop);
    return status;
}
