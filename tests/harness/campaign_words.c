/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What tests of broadcasts say. */
#include "tests/harness/campaign.h"

#include "core/base/clock.h"
#include "tests/harness/until.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SOON_MS 20000

/* The newest words to the i-th. */
void campaign_told(int i, const char *words)
{
    char form[80];
    struct json *v;
    const struct json *list;
    const char *text;
    size_t n;

    snprintf(form, sizeof form, "person=%" PRId64 "&bot=client&outgoing=true",
             CAMPAIGN_FIRST + i);
    v = botapi_ask(campaign.api, "messages", form);
    list = json_get(v, "messages");
    n = json_count(list);
    assert_true(n > 0);
    text = json_text(json_at(list, n - 1), "text", NULL);
    if (text == NULL || strstr(text, words) == NULL)
        fail_msg("%d was told “%s”", i, text ? text : "nothing");
    json_free(v);
}

void campaign_finishes(int64_t id)
{
    if (campaign_ends(id, SOON_MS))
        return;
    campaign_dump(id);
    fail_msg("it has no end");
}

void campaign_everybody_once(int n)
{
    struct campaign_heard *h = calloc((size_t)n, sizeof *h);

    assert_non_null(h);
    campaign_listen(h, n);
    for (int i = 0; i < n; i++)
        if (h[i].accepted != 1)
            fail_msg("%d got it %d times", i, h[i].accepted);
    free(h);
}

int campaign_calls(void)
{
    return botapi_count(campaign.api, "sendMessage", 0).calls;
}

static bool none_in_hand(void *arg)
{
    return campaign_count(*(int64_t *)arg, RECIPIENT_SENDING) == 0;
}

bool campaign_rests(int64_t id)
{
    return until(none_in_hand, &id, 2000);
}

static bool time_is(void *arg)
{
    return clock_mono_ms() >= *(int64_t *)arg;
}

void campaign_passes(int ms)
{
    int64_t end = clock_mono_ms() + ms;

    assert_true(until(time_is, &end, ms * 10));
}

int64_t campaign_long(int people)
{
    struct campaign_plan plan = {.ru = "Новости", .en = "News"};
    int64_t id;

    campaign_people(people);
    campaign_hire(1, 1);
    id = campaign_put(&plan);
    campaign_start(id);
    assert_true(
        campaign_comes("SELECT COUNT(*) FROM message WHERE state = 3", 20, SOON_MS));
    return id;
}
