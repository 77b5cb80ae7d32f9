/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/board.h"

#include "core/base/clock.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

struct board_slot *board_new(void)
{
    void *p = mmap(NULL, BOARD_SLOTS * sizeof(struct board_slot),
                   PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    return p == MAP_FAILED ? NULL : p;
}

/* FNV-1a, with a start that makes a slot of zeros wrong. */
static uint32_t check_of(const struct job_result *r)
{
    const unsigned char *p = (const unsigned char *)r;
    uint32_t h = 2166136261u;

    for (size_t i = 0; i < sizeof *r; i++)
        h = (h ^ p[i]) * 16777619u;
    return h;
}

void board_begin(struct board_slot *s, const struct job *j, int64_t deadline_ms)
{
    struct board_job *c = &s->current;

    s->begun++;
    s->n_commit = 0;
    atomic_thread_fence(memory_order_release);
    memcpy(c->id, j->id, sizeof c->id);
    c->kind = j->kind;
    c->attempts = j->attempts;
    c->crashes = j->crashes;
    c->started_ms = clock_mono_ms();
    memcpy(c->root, j->root, sizeof c->root);
    atomic_thread_fence(memory_order_release);
    s->deadline_ms = deadline_ms;
}

void board_end(struct board_slot *s)
{
    s->deadline_ms = 0;
    atomic_thread_fence(memory_order_release);
}

enum board_stop board_stop(const struct board_slot *s)
{
    if (s->cancelled != 0 && s->cancelled == s->begun)
        return BOARD_CANCELLED;
    return s->late != 0 && s->late == s->begun ? BOARD_LATE : BOARD_GO_ON;
}

/* The number is read before the name: should another job begin meanwhile, it is the
 * number of none. */
bool board_ask(struct board_slot *s, const uint8_t id[16], enum board_stop why)
{
    uint32_t begun = s->begun;

    atomic_thread_fence(memory_order_acquire);
    if (s->deadline_ms == 0 || memcmp(s->current.id, id, sizeof s->current.id) != 0)
        return false;
    if (why == BOARD_CANCELLED)
        s->cancelled = begun;
    else
        s->late = begun;
    return true;
}

void board_add(struct board_slot *s, const struct job_result *r)
{
    if (s->n_results >= BOARD_RESULTS)
        return;
    s->results[s->n_results].result = *r;
    s->results[s->n_results].check = check_of(r);
    atomic_thread_fence(memory_order_release);
    s->n_results++;
}

void board_turned(struct board_slot *s, int64_t took_us, int fenced)
{
    s->turned_ms = clock_mono_ms();
    if (took_us >= 0)
        metric_observe(&s->counts.turn, took_us);
    s->counts.fenced += (uint64_t)fenced;
}

void board_commit(struct board_slot *s, const struct ledger_proof *proofs, int n)
{
    int fit = n < BOARD_COMMIT ? n : BOARD_COMMIT;

    memcpy(s->commit, proofs, (size_t)fit * sizeof *proofs);
    atomic_thread_fence(memory_order_release);
    s->n_commit = (uint32_t)fit;
}

void board_clear(struct board_slot *s)
{
    s->n_commit = 0;
    atomic_thread_fence(memory_order_release);
    s->n_results = 0;
    atomic_thread_fence(memory_order_release);
}

int board_results(const struct board_slot *s, struct job_result out[BOARD_RESULTS])
{
    uint32_t n = s->n_results < BOARD_RESULTS ? s->n_results : BOARD_RESULTS;
    int whole = 0;

    for (uint32_t i = 0; i < n; i++) {
        const struct board_result *r = &s->results[i];

        if (r->check == check_of(&r->result) && r->result.outcome >= JOB_DONE &&
            r->result.outcome <= JOB_BURY)
            out[whole++] = r->result;
    }
    return whole;
}

static bool is_result(const struct job_result *r, int n, const uint8_t id[16])
{
    for (int i = 0; i < n; i++)
        if (memcmp(r[i].id, id, sizeof r[i].id) == 0)
            return true;
    return false;
}

int board_committing(const struct board_slot *s, struct ledger_proof out[BOARD_COMMIT])
{
    uint32_t n = s->n_commit < BOARD_COMMIT ? s->n_commit : BOARD_COMMIT;
    struct job_result known[BOARD_RESULTS];
    int n_known = board_results(s, known), left = 0;

    for (uint32_t i = 0; i < n; i++)
        if (!is_result(known, n_known, s->commit[i].id))
            out[left++] = s->commit[i];
    return left;
}
