/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A shop says a thing in its own words: changed over the API, the bots of a running
 * installation say it soon, without a restart; what does not fit is refused; taken back,
 * they say their own again. */
#include "tests/harness/api.h"
#include "tests/harness/house.h"
#include "tests/harness/stage.h"
#include "tests/harness/stage_chat.h"
#include "tests/harness/until.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct person ANNA = {"client", 5000000061, "Анна", "ru"};
static const struct person JOHN = {"client", 5000000062, "John", "en"};
static const struct person TILL = {"auth", 5000000063, "Пётр", "ru"};
static int64_t owner;

static int opened(void **state)
{
    (void)state;
    stage_open_real(STAGE_DEATHS);
    api_beside(stage_house()->cfg, stage.db, stage_house()->api_port);
    owner = api_staff(ROLE_OWNER);
    for (int i = 0; i < 2; i++) {
        const struct person *p = i == 0 ? &ANNA : &JOHN;

        says(p, "/start");
        presses(p, i == 0 ? "Согласен" : "agree");
        told_like(p, "");
    }
    return 0;
}

static int closed(void **state)
{
    api_leave();
    return stage_end(state);
}

struct wait {
    const struct person *who;
    const char *ask, *words;
};

static bool is_said(void *arg)
{
    const struct wait *w = arg;

    says(w->who, w->ask);
    told_like(w->who, "");
    return chat_holds(w->who, w->words);
}

static void soon_says(const struct person *p, const char *words)
{
    struct wait w = {p, "/help", words};

    if (!until(is_said, &w, 30000))
        fail_msg("not within half a minute: %s", words);
}

static int64_t number(const struct heard *h, const char *name)
{
    int64_t n = -1;

    assert_true(json_int(h->json, name, &n));
    return n;
}

static void said_without_a_restart(void **state)
{
    struct heard h = {0};
    char path[60];

    (void)state;
    says(&ANNA, "/help");
    told_like(&ANNA, "как это работает");
    asks(&h, 400,
         &(struct ask){"POST", "/api/v1/templates",
                       "{\"key\":\"bot.client.help\",\"activate\":true,\"content\":"
                       "{\"ru\":{\"text\":\"Спросите продавца\"}}}",
                       .as = owner});
    assert_non_null(strstr(h.raw.s, "/content/ru/text"));
    asks(&h, 201,
         &(struct ask){"POST", "/api/v1/templates",
                       "{\"key\":\"bot.client.help\",\"activate\":true,\"content\":"
                       "{\"ru\":{\"text\":\"<b>{brand}</b>: спросите продавца\"}}}",
                       .as = owner});
    snprintf(path, sizeof path, "/api/v1/templates/%lld", (long long)number(&h, "id"));
    soon_says(&ANNA, "спросите продавца");
    says(&JOHN, "/help");
    not_told(&JOHN, "спросите"); /* only what was said anew is */
    asks(&h, 200,
         &(struct ask){"PATCH", path, "{\"archived\":true}", .as = owner,
                       .if_match = "\"v2\""});
    soon_says(&ANNA, "как это работает");
    heard_free(&h);
}

static void publish(const char *key, const char *lang, const char *text)
{
    struct heard h = {0};
    char body[400];

    snprintf(
        body, sizeof body,
        "{\"key\":\"%s\",\"activate\":true,\"content\":{\"%s\":{\"text\":\"%s\"}}}",
        key, lang, text);
    asks(&h, 201, &(struct ask){"POST", "/api/v1/templates", body, .as = owner});
    heard_free(&h);
}

static bool has_label(void *arg)
{
    (void)arg;
    says(&JOHN, "/menu");
    told_like(&JOHN, "");
    return sees_button(&JOHN, "My treasure");
}

static bool is_greeted(void *arg)
{
    (void)arg;
    says(&TILL, "/start");
    told_like(&TILL, "");
    return chat_holds(&TILL, "только свои");
}

/* Both bots, a label, another language; all that came into force at once. */
static void a_button_and_the_till(void **state)
{
    (void)state;
    publish("bot.button.wallet", "en", "💎 My treasure");
    publish("bot.till.stranger", "ru",
            "Здесь только свои. Вы покупатель? Код — кассиру.");
    assert_true(until(has_label, NULL, 30000));
    presses(&JOHN, "My treasure"); /* it does what it did */
    told_like(&JOHN, "discount");
    assert_true(until(is_greeted, NULL, 30000));
    says(&ANNA, "/menu");
    told_like(&ANNA, "");
    assert_false(sees_button(&ANNA, "My treasure"));
}

/* Who starts later says them from its first word on. */
static void a_worker_that_starts_later(void **state)
{
    (void)state;
    house_restart(stage_house(), WORKER);
    says(&JOHN, "/menu");
    told_like(&JOHN, "");
    assert_true(sees_button(&JOHN, "My treasure"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(said_without_a_restart),
        cmocka_unit_test(a_button_and_the_till),
        cmocka_unit_test(a_worker_that_starts_later),
    };

    return cmocka_run_group_tests(tests, opened, closed);
}
