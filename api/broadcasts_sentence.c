/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * An estimate in one sentence. */
#include "api/broadcasts_private.h"
#include "core/broadcast/fill.h"

#include <inttypes.h>

static const struct words skipped_words[WHYS] = {
    [WHY_BLOCKED] = {"заблокировали бота", "have blocked the bot"},
    [WHY_NO_CONSENT] = {"без согласия", "have not consented"},
    [WHY_WITHDRAWN] = {"отозвали согласие", "have withdrawn their consent"},
    [WHY_BARRED] = {"заблокированы магазином", "are barred by the shop"},
    [WHY_CAP] = {"лимит частоты", "have had enough this week"},
    [WHY_LATE] = {"не успеть", "would be too late"},
    [WHY_ERASED] = {"удалили данные", "have erased their data"},
};

/* "1 840": by thousands, with a blank that does not break. */
static void grouped_add(struct buf *out, int64_t n, bool english)
{
    if (n >= 1000) {
        grouped_add(out, n / 1000, english);
        buf_adds(out, english ? "," : "\u00a0");
        buf_addf(out, "%03" PRId64, n % 1000);
    } else {
        buf_addf(out, "%" PRId64, n);
    }
}

static void part_add(struct buf *out, bool *first, int64_t n, const struct words *w,
                     bool english)
{
    buf_adds(out, *first ? ": " : ", ");
    *first = false;
    grouped_add(out, n, english);
    buf_addf(out, " %s", english ? w->en : w->ru);
}

static void time_add(struct buf *out, int64_t seconds, bool english)
{
    int64_t minutes = (seconds + 30) / 60, hours = minutes / 60;

    if (minutes < 1) {
        buf_adds(out, english ? "less than a minute" : "меньше минуты");
        return;
    }
    buf_adds(out, "~");
    if (hours > 0)
        buf_addf(out, english ? "%" PRId64 " h" : "%" PRId64 "\u00a0ч", hours);
    if (hours > 0 && minutes % 60 > 0)
        buf_adds(out, " ");
    if (hours == 0 || minutes % 60 > 0)
        buf_addf(out, english ? "%" PRId64 " min" : "%" PRId64 "\u00a0мин",
                 minutes % 60);
}

void broadcast_estimate_say(const struct fill_estimate *e, bool english,
                            struct buf *out)
{
    static const struct words control = {"в контрольной группе",
                                         "are in the control group"};
    bool first = true;

    if (e->would == 0)
        buf_adds(out, english ? "Nobody would get it of " : "Никто не получит из ");
    else
        buf_adds(out, english ? "~" : "Получат ~");
    if (e->would > 0) {
        grouped_add(out, e->would, english);
        buf_adds(out, english ? " would get it of " : " из ");
    }
    grouped_add(out, e->all, english);
    for (int w = WHY_NONE + 1; w < WHYS; w++)
        if (e->skipped[w] > 0 && skipped_words[w].ru != NULL)
            part_add(out, &first, e->skipped[w], &skipped_words[w], english);
    if (e->holdout > 0)
        part_add(out, &first, e->holdout, &control, english);
    buf_addc(out, '.');
    if (e->would == 0)
        return;
    buf_adds(out, english ? " It takes " : " Займёт ");
    time_add(out, e->seconds, english);
    if (e->stars_x10 > 0) {
        buf_adds(out, english ? " and costs ~" : " и обойдётся в ~");
        grouped_add(out, (e->stars_x10 + 9) / 10, english);
        buf_adds(out, " ⭐");
    }
    buf_addc(out, '.');
}

void broadcast_quiet_say(const struct tz *tz, int64_t until, bool english,
                         struct buf *out)
{
    struct local at = tz_local(tz, until);

    buf_addf(out,
             english ? " Quiet hours: it begins at %02d:%02d."
                     : " Тихие часы: начнёт уходить в %02d:%02d.",
             at.hour, at.minute);
}
