/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct place place;

static void refuse_early(void *arg, struct http_req *req)
{
    (void)arg;
    if (strcmp(http_path(req), "/refused") == 0)
        http_answer_empty(req, 401);
}

static void answer_held(void *arg)
{
    struct place *p = arg;

    for (int i = 0; i < p->n_held; i++)
        http_answer_empty(p->held[i], 204);
    p->n_held = 0;
}

static void handle(void *arg, struct http_req *req)
{
    struct place *p = arg;
    char text[128];
    size_t n;

    http_body(req, &n);
    __atomic_add_fetch(&p->handled, 1, __ATOMIC_SEQ_CST);
    if (strcmp(http_path(req), "/later") == 0 && p->n_held < PLACE_HELD_MAX) {
        p->held[p->n_held++] = req;
        loop_after(p->loop, &p->later, 30, answer_held, p);
        return;
    }
    if (strcmp(http_path(req), "/empty") == 0) {
        http_answer_empty(req, 200);
        return;
    }
    snprintf(text, sizeof(text), "%s %s %zu", http_method(req), http_path(req), n);
    http_answer(req, &(struct http_answer){.status = 200,
                                           .type = "text/plain",
                                           .body = text,
                                           .n = strlen(text),
                                           .headers = {{"X-Test", "yes"}}});
}

static void drained(void *arg)
{
    struct place *p = arg;

    __atomic_store_n(&p->drained, 1, __ATOMIC_SEQ_CST);
    loop_stop(p->loop);
}

static void stop_asked(void *arg, int fd, unsigned events)
{
    struct place *p = arg;

    (void)events;
    loop_forget(p->loop, fd);
    httpd_stop(p->httpd, drained, p);
}

static void *place_run(void *arg)
{
    struct place *p = arg;

    loop_run(p->loop);
    return NULL;
}

int place_open(void **state)
{
    struct httpd_options o = {.listen = "127.0.0.1:0",
                              .body_max = PLACE_BODY_MAX,
                              .early = refuse_early,
                              .handler = handle,
                              .arg = &place};

    *state = &place;
    memset(&place, 0, sizeof(place));
    place.loop = loop_new();
    place.httpd = httpd_open(place.loop, &o, NULL);
    place.stop_fd = eventfd(0, 0);
    if (!place.httpd ||
        loop_watch(place.loop, place.stop_fd, LOOP_READ, stop_asked, &place) != ST_OK)
        return -1;
    return pthread_create(&place.thread, NULL, place_run, &place);
}

void place_stop(void)
{
    uint64_t one = 1;

    if (write(place.stop_fd, &one, sizeof(one)) != sizeof(one))
        abort();
}

void place_free(void)
{
    httpd_close(place.httpd);
    loop_free(place.loop);
    close(place.stop_fd);
}

int place_close(void **state)
{
    (void)state;
    place_stop();
    pthread_join(place.thread, NULL);
    place_free();
    return 0;
}

int place_handled(void)
{
    return __atomic_load_n(&place.handled, __ATOMIC_SEQ_CST);
}

void place_forget(void)
{
    __atomic_store_n(&place.handled, 0, __ATOMIC_SEQ_CST);
}

int place_drained(void)
{
    return __atomic_load_n(&place.drained, __ATOMIC_SEQ_CST);
}
