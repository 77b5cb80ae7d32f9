/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * An estimate in one sentence, of numbers small and large, in both languages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/broadcasts_private.h"
#include "core/broadcast/fill.h"

static const struct {
    struct fill_estimate e;
    const char *ru, *en;
} all[] = {
    {{.all = 2310,
      .would = 1840,
      .skipped = {[WHY_NO_CONSENT] = 320, [WHY_BLOCKED] = 112, [WHY_CAP] = 38},
      .seconds = 110},
     "Получат ~1\u00a0840 из 2\u00a0310: 112 заблокировали бота, 320 без согласия, 38 "
     "лимит частоты. Займёт ~2\u00a0мин.",
     "~1,840 would get it of 2,310: 112 have blocked the bot, 320 have not consented, "
     "38 have had enough this week. It takes ~2 min."},
    {{.all = 1000007, .would = 950007, .holdout = 50000, .seconds = 38000},
     "Получат ~950\u00a0007 из 1\u00a0000\u00a0007: 50\u00a0000 в контрольной группе. "
     "Займёт ~10\u00a0ч 33\u00a0мин.",
     "~950,007 would get it of 1,000,007: 50,000 are in the control group. It takes "
     "~10 h 33 min."},
    {{.all = 5, .would = 5, .seconds = 1, .stars_x10 = 31},
     "Получат ~5 из 5. Займёт меньше минуты и обойдётся в ~4 ⭐.",
     "~5 would get it of 5. It takes less than a minute and costs ~4 ⭐."},
    {{.all = 3, .skipped = {[WHY_BARRED] = 3}, .seconds = 0},
     "Никто не получит из 3: 3 заблокированы магазином.",
     "Nobody would get it of 3: 3 are barred by the shop."},
    {{.all = 7200, .would = 7200, .seconds = 7200},
     "Получат ~7\u00a0200 из 7\u00a0200. Займёт ~2\u00a0ч.",
     "~7,200 would get it of 7,200. It takes ~2 h."},
};

static void said_in_both_languages(void **state)
{
    struct buf text = {0};

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        buf_clear(&text);
        broadcast_estimate_say(&all[i].e, false, &text);
        assert_string_equal(text.s, all[i].ru);
        buf_clear(&text);
        broadcast_estimate_say(&all[i].e, true, &text);
        assert_string_equal(text.s, all[i].en);
    }
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(said_in_both_languages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
