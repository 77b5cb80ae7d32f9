/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/tally.h"

#include "core/io/lane.h"

/* Of a child that a bug or a newer program gave a number beyond the table. */
static enum kind known(enum kind k)
{
    return (unsigned)k < KIND_COUNT ? k : KIND_UNKNOWN;
}

void tally_begun(struct board_counts *c, const struct job *j, int64_t now)
{
    metric_observe(&c->pickup[lane_of_list(j->list)], now - j->put_at);
}

void tally_ended(struct board_counts *c, enum kind kind, enum tally_end how,
                 int64_t took_us)
{
    c->end[known(kind)][how]++;
    metric_observe(&c->run[known(kind)], took_us);
}

void tally_left(struct board_counts *c, enum kind kind, enum tally_end how)
{
    c->end[known(kind)][how]++;
}

void tally_repeat(struct board_counts *c, enum kind kind)
{
    c->repeat[known(kind)]++;
}

void tally_unsure(struct board_counts *c, bool resend)
{
    if (resend)
        c->unsure_resend++;
    else
        c->unsure_assume++;
}

/* ---- the parent's side ---------------------------------------------------------- */

const char *tally_cause_name(enum tally_cause c)
{
    static const char *const name[TALLY_CAUSES] = {
        [TALLY_DIED] = "died", [TALLY_TIMEOUT] = "timeout", [TALLY_LEFT] = "left",
        [TALLY_GONE] = "gone", [TALLY_LAPSED] = "lapsed",
    };

    return name[c];
}

void tally_add(struct board_counts *sum, const struct board_counts *c)
{
    for (int k = 0; k < KIND_COUNT; k++) {
        for (int e = 0; e < TALLY_ENDS; e++)
            sum->end[k][e] += c->end[k][e];
        sum->repeat[k] += c->repeat[k];
        metric_hist_add(&sum->run[k], &c->run[k]);
    }
    for (int l = 0; l < TALLY_LANES; l++)
        metric_hist_add(&sum->pickup[l], &c->pickup[l]);
    metric_hist_add(&sum->turn, &c->turn);
    sum->fenced += c->fenced;
    sum->unsure_resend += c->unsure_resend;
    sum->unsure_assume += c->unsure_assume;
}

void tally_carry(struct tally *t, enum kind_pool pool, const struct board_counts *c)
{
    tally_add(&t->gone[pool], c);
}

void tally_reaped(struct tally *t, enum tally_cause why, int jobs)
{
    t->reaped[why] += (uint64_t)(jobs > 0 ? jobs : 0);
    t->deaths[why]++;
}
