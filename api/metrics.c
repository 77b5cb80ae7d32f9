/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/metrics.h"

#include "core/io/crew.h"
#include "core/io/db.h"
#include "core/io/queue_metrics.h"
#include "core/message.h"

#include <stdlib.h>

struct waiter {
    struct waiter *next;
    struct http_req *req;
};

struct api_metrics {
    struct api *api;
    struct crew *crew;
    struct db *db;       /* the thread's, while it looks */
    struct queue *queue; /* … as well */
    struct metrics text;
    struct ledger_sums_kept rows;
    int64_t now;
    bool looking;
    struct waiter *waiters;
};

/* In the thread. What a store did not answer is missing, and dvorik_queue_up says so. */
static enum status look(void *arg, int hand)
{
    struct api_metrics *m = arg;
    enum status st;

    (void)hand;
    m->text = (struct metrics){0};
    if (ledger_sums_renew(m->db, m->now, &m->rows) != ST_OK)
        m->rows.at = 0; /* queue_metrics tries again, and says that MySQL is away */
    st = queue_metrics(
        &m->text, &(struct queue_view){
                      .db = m->db, .queue = m->queue, .rows = &m->rows, .now = m->now});
    return st == ST_OK ? message_metrics(&m->text, m->db, m->now) : st;
}

static void answer(struct http_req *req, const struct buf *text)
{
    if (text->failed || text->s == NULL)
        http_answer_problem(req, 500, "No memory", NULL);
    else
        http_answer(req,
                    &(struct http_answer){.status = 200,
                                          .type = METRICS_TYPE,
                                          .body = text->s,
                                          .n = text->len,
                                          .headers = {{"Cache-Control", "no-store"}}});
}

static void looked(void *arg, enum status st)
{
    struct api_metrics *m = arg;
    struct waiter *w = m->waiters;

    (void)st;
    m->looking = false;
    m->waiters = NULL;
    while (w != NULL) {
        struct waiter *next = w->next;

        answer(w->req, &m->text.text);
        free(w);
        w = next;
    }
    buf_free(&m->text.text);
}

void metrics_get(struct api *api, struct http_req *req)
{
    struct api_metrics *m = api->metrics;
    struct waiter *w = calloc(1, sizeof *w);

    if (w == NULL) {
        http_answer_problem(req, 500, "No memory", NULL);
        return;
    }
    w->req = req;
    w->next = m->waiters;
    m->waiters = w;
    if (m->looking)
        return;
    m->now = loop_now(api->loop);
    m->looking = true;
    if (crew_do(m->crew, look, looked, m) != ST_OK) {
        m->text.text.failed = true;
        looked(m, ST_BROKEN);
    }
}

struct api_metrics *api_metrics_open(struct api *api)
{
    struct api_metrics *m = calloc(1, sizeof *m);

    if (m == NULL)
        return NULL;
    m->api = api;
    m->db = db_open(&api->cfg);
    m->queue = queue_open(&api->cfg);
    m->crew = crew_open(api->loop, 1);
    if (m->db != NULL && m->queue != NULL && m->crew != NULL)
        return m;
    api_metrics_close(m);
    return NULL;
}

void api_metrics_close(struct api_metrics *m)
{
    if (m == NULL)
        return;
    crew_close(m->crew); /* first: it waits for the look that is under way */
    queue_close(m->queue);
    db_close(m->db);
    buf_free(&m->text.text);
    while (m->waiters != NULL) {
        struct waiter *next = m->waiters->next;

        free(m->waiters);
        m->waiters = next;
    }
    free(m);
}
