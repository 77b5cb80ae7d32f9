/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What a marketer is told in time, and in words that help: an offer that could be issued to
 * nobody, nights, variants there are none of, previews that say what the bot will say. */
#include "tests/flow/api_broadcasts.h"

#include "core/base/cal.h"
#include "core/base/tz.h"
#include "core/setting.h"

static int64_t owner, marketing;
static int64_t people[3];

static void quiet(const char *from, const char *to)
{
    const char *const set[][2] = {{"quiet_from", from}, {"quiet_to", to}};
    const char *why = NULL;

    for (int i = 0; i < 2; i++)
        assert_int_equal(
            setting_set(api_place.db, clock_now(),
                        &(struct setting_change){set[i][0], set[i][1], "test"}, &why),
            ST_OK);
}

static int opened(void **state)
{
    int st = api_open(state);

    owner = api_staff(ROLE_OWNER);
    marketing = api_staff(ROLE_MARKETING);
    for (int i = 0; i < 3; i++)
        people[i] = a_customer("Иван", "Соколов", true);
    quiet("00:00", "00:00");
    return st;
}

static void says_where(int status, const struct ask *ask, const char *pointer,
                       const char *code)
{
    struct heard h = {0};
    const struct json *fault;

    asks(&h, status, ask);
    fault = json_at(json_get(h.json, "errors"), 0);
    assert_string_equal(json_text(fault, "pointer", NULL), pointer);
    assert_string_equal(json_text(fault, "code", NULL), code);
    heard_free(&h);
}

/* Before: it was taken, and at its start all waited for ever. */
static void an_offer_of_no_store(void **state)
{
    (void)state;
    says_where(
        400,
        &(struct ask){"POST", BROADCASTS,
                      broadcast_body("Нет такого", TO_ALL
                                     ",\"offer\":{\"percent_bp\":1000,\"days\":3,"
                                     "\"store_id\":4711}," SAYS(HELLO)),
                      .as = marketing, .key = "plain1"},
        "/offer/store_id", "unknown_store");
    assert_int_equal(counts("SELECT COUNT(*) FROM broadcast"), 0);
}

static void redemptions_of_no_discount(void **state)
{
    (void)state;
    says_where(
        400,
        &(struct ask){
            "POST", BROADCASTS,
            broadcast_body("Считать нечего", TO_ALL
                           ",\"test\":{\"share_bp\":1000,\"metric\":\"redemptions\","
                           "\"decide_at\":\"2098-01-01T00:00:00Z\"},"
                           "\"variants\":[{\"content\":" HELLO "},{\"content\":" HELLO
                           "}]"),
            .as = marketing, .key = "plain2"},
        "/test/metric", "wrong_value");
}

static void what_nobody_allowed_or_sees(void **state)
{
    struct heard h = {0};

    (void)state;
    says_where(400,
               &(struct ask){"POST", BROADCASTS,
                             broadcast_body("Быстро", TO_ALL ",\"paid\":true"),
                             .as = marketing, .key = "plain6"},
               "/paid", "range");
    says_where(400,
               &(struct ask){"POST", BROADCASTS, broadcast_body(" \\u200b ", TO_ALL),
                             .as = marketing, .key = "plain7"},
               "/name", "format");
    asks(&h, 201,
         &(struct ask){"POST", BROADCASTS, broadcast_body(" К \\u202e весне ", TO_ALL),
                       .as = marketing, .key = "plain8"});
    assert_string_equal(text(&h, "name"), "К весне");
    heard_free(&h);
}

/* It would be issued to nobody, and everybody would be left out as late. */
static void an_offer_that_is_over_before(void **state)
{
    int64_t id = a_broadcast(marketing, "Скидка до марта",
                             TO_ALL ",\"offer\":{\"percent_bp\":1000,\"valid_until\":"
                                    "\"2098-03-01T00:00:00Z\"}," SAYS(HELLO));
    struct heard h = {0};

    (void)state;
    acts(&h, 400, id, "schedule", "{\"scheduled_at\":\"2098-03-01T00:00:00Z\"}",
         marketing);
    assert_non_null(strstr(h.raw.s, "\"/offer\""));
    acts(&h, 200, id, "schedule", "{\"scheduled_at\":\"2098-02-01T00:00:00Z\"}",
         marketing);
    says_where(400,
               &(struct ask){"PATCH", at_of(BROADCASTS, id, ""),
                             "{\"offer\":{\"percent_bp\":1000,\"valid_until\":"
                             "\"2098-01-31T00:00:00Z\"}}",
                             .as = marketing, .if_match = "*"},
               "/offer", "range");
    acts(&h, 200, id, "cancel", NULL, owner);
    heard_free(&h);
}

static void variants_there_are_none_of(void **state)
{
    int64_t id = a_broadcast(marketing, "Два варианта", TO_ALL "," SAYS(HELLO));
    int64_t mute = a_broadcast(marketing, "Без слов", TO_ALL);
    char body[80];

    (void)state;
    snprintf(body, sizeof body, "{\"customer_id\":%lld,\"variant\":2}",
             (long long)people[0]);
    says_where(
        400,
        &(struct ask){"POST", at_of(BROADCASTS, id, "/preview"), body, .as = marketing},
        "/variant", "range");
    refuses(409, "conflict",
            &(struct ask){"POST", at_of(BROADCASTS, mute, "/preview"), body,
                          .as = marketing});
}

/* At night nobody is written to; without a word of it the broadcast seems to hang. */
static void the_night_is_told(void **state)
{
    int64_t id = a_broadcast(marketing, "Ночью", TO_ALL "," SAYS(HELLO));
    struct tz *tz = tz_open("Asia/Vladivostok");
    struct heard h = {0};

    (void)state;
    quiet("09:00", "08:59"); /* all day but a minute */
    if (tz_local(tz, clock_now()).hour == 8)
        quiet("07:00", "06:59");
    tz_close(tz);
    asks(&h, 200,
         &(struct ask){"POST", at_of(BROADCASTS, id, "/estimate"), .as = marketing,
                       .lang = "ru"});
    assert_non_null(json_get(h.json, "begins_at"));
    assert_non_null(strstr(text(&h, "sentence"), "Тихие часы: начнёт уходить в 0"));
    acts(&h, 202, id, "send-now", NULL, marketing);
    broadcast_filled(id);
    sends(id, people, 3, RECIPIENT_SENT, WHY_NONE);
    asks(&h, 200, &(struct ask){"GET", at_of(BROADCASTS, id, ""), .as = marketing});
    assert_int_equal(number(&h, "progress.left"), 3);
    assert_non_null(json_get(h.json, "waits_until"));
    quiet("00:00", "00:00");
    acts(&h, 200, id, "cancel", NULL, marketing);
    id = a_broadcast(marketing, "Днём", TO_ALL "," SAYS(HELLO));
    asks(&h, 200,
         &(struct ask){"POST", at_of(BROADCASTS, id, "/estimate"), .as = marketing});
    assert_null(json_get(h.json, "begins_at"));
    acts(&h, 202, id, "send-now", NULL, marketing);
    broadcast_filled(id);
    asks(&h, 200, &(struct ask){"GET", at_of(BROADCASTS, id, ""), .as = marketing});
    assert_int_equal(number(&h, "progress.left"), 3);
    assert_null(json_get(h.json, "waits_until"));
    acts(&h, 200, id, "cancel", NULL, marketing);
    heard_free(&h);
}

/* Who may not say that it is none makes no advertisement of it on its way, either. */
static void service_stays_service(void **state)
{
    int64_t id = a_broadcast(owner, "Мы закрыты",
                             TO_ALL ",\"purpose\":\"service\"," SAYS(HELLO));
    struct heard h = {0};

    (void)state;
    acts(&h, 403, id, "duplicate", NULL, marketing);
    acts(&h, 202, id, "send-now", NULL, owner);
    acts(&h, 403, id, "edit",
         "{\"variant\":1,\"content\":{\"ru\":{\"text\":\"Распродажа!\"}}}", marketing);
    acts(&h, 202, id, "edit", "{\"variant\":1,\"content\":" HELLO "}", owner);
    acts(&h, 200, id, "cancel", NULL, owner);
    heard_free(&h);
}

#define GIFT                                                                           \
    "{\"ru\":{\"text\":\"Ваши {{discount.percent}} до {{discount.until}}.\"},"   \
    "\"en\":{\"text\":\"Yours until {{discount.until}}.\"}}"

/* What ends at midnight is good until the day before, and said as the bot says it. */
static void days_are_said_as_the_bot_says_them(void **state)
{
    int64_t id = a_broadcast(marketing, "До марта",
                             TO_ALL ",\"offer\":{\"percent_bp\":1000,\"valid_until\":"
                                    "\"2098-02-28T14:00:00Z\"}," SAYS(GIFT));
    char body[80];
    struct heard h = {0};

    (void)state;
    snprintf(body, sizeof body, "{\"customer_id\":%lld,\"lang\":\"ru\"}",
             (long long)people[0]);
    asks(&h, 200,
         &(struct ask){"POST", at_of(BROADCASTS, id, "/preview"), body,
                       .as = marketing});
    assert_non_null(strstr(text(&h, "text"), "до 28 февраля."));
    snprintf(body, sizeof body, "{\"customer_id\":%lld,\"lang\":\"en\"}",
             (long long)people[0]);
    asks(&h, 200,
         &(struct ask){"POST", at_of(BROADCASTS, id, "/preview"), body,
                       .as = marketing});
    assert_string_equal(text(&h, "text"), "Yours until 28 February.");
    heard_free(&h);
}

/* A template's discount that was not described is a sample, not a hole in the sentence. */
static void a_preview_has_no_holes(void **state)
{
    char body[80], more[200];
    int64_t id;
    struct heard h = {0};

    (void)state;
    asks(&h, 201,
         &(struct ask){"POST", "/api/v1/templates",
                       "{\"key\":\"gift\",\"of_discount\":true,\"content\":" GIFT "}",
                       .as = marketing, .key = "plain3"});
    id = json_int_or(h.json, "id", 0);
    asks(&h, 200,
         &(struct ask){"POST", at_of("/api/v1/templates", id, "/activate"), "{}",
                       .as = marketing});
    snprintf(more, sizeof more, TO_ALL ",\"variants\":[{\"template_id\":%lld}]",
             (long long)id);
    says_where(400,
               &(struct ask){"POST", BROADCASTS, broadcast_body("Без скидки", more),
                             .as = marketing, .key = "plain4"},
               "/variants/0/template_id", "no_discount");
    snprintf(body, sizeof body, "{\"customer_id\":%lld}", (long long)people[0]);
    asks(&h, 200,
         &(struct ask){"POST", at_of("/api/v1/templates", id, "/preview"), body,
                       .as = marketing});
    assert_null(strstr(h.raw.s, "до ."));
    assert_null(strstr(h.raw.s, "until ."));
    asks(&h, 200,
         &(struct ask){"POST", "/api/v1/templates/check",
                       "{\"content\":{\"ru\":{\"text\":\"Да {{nobody}}\"}}}",
                       .as = marketing});
    assert_non_null(strstr(h.raw.s, "(character 4)"));
    refuses(
        400, "validation_failed",
        &(struct ask){"POST", "/api/v1/templates",
                      "{\"key\":\"bot.button.wallet\",\"content\":{\"ru\":{\"text\":"
                      "\"\"}}}",
                      .as = marketing, .key = "plain5"});
    asks(&h, 200,
         &(struct ask){"POST", "/api/v1/templates/check",
                       "{\"key\":\"bot.button.wallet\",\"content\":{\"ru\":{\"text\":"
                       "\"\"}}}",
                       .as = marketing});
    assert_non_null(strstr(h.raw.s, "\"empty\""));
    assert_null(strstr(h.raw.s, "(character")); /* it is all of it */
    heard_free(&h);
}

static void post_of(int64_t chat, int status)
{
    static int turn;
    char body[300], key[20];
    struct heard h = {0};

    snprintf(key, sizeof key, "post-%d", ++turn);
    snprintf(body, sizeof body,
             "{\"name\":\"Пост\"," TO_ALL
             ",\"variants\":[{\"content\":{\"ru\":{\"post\":"
             "{\"chat\":%lld,\"message\":7}}}}]}",
             (long long)chat);
    asks(&h, status,
         &(struct ask){"POST", BROADCASTS, body, .as = marketing, .key = key});
    if (status == 400)
        assert_non_null(strstr(h.raw.s, "/variants/0/content/ru/post/chat"));
    snprintf(body, sizeof body,
             "{\"content\":{\"ru\":{\"post\":{\"chat\":%lld,\"message\":7}}}}",
             (long long)chat);
    asks(&h, 200,
         &(struct ask){"POST", "/api/v1/templates/check", body, .as = marketing});
    assert_int_equal(json_bool_or(h.json, "valid", false), status == 201);
    heard_free(&h);
}

/* A post is copied from wherever it is said to stand: a marketer who named a customer's
 * chat would be sent what that customer wrote to the bot (a test is enough). */
static void nobodys_chat_is_read(void **state)
{
    int64_t customer, mine;

    (void)state;
    customer = counts("SELECT MAX(external_id) FROM customer");
    mine = counts("SELECT external_id FROM staff WHERE role = 3 LIMIT 1");
    post_of(customer, 400);
    post_of(-1001234567890, 400);
    post_of(mine, 201);
    assert_int_equal(counts("SELECT COUNT(*) FROM broadcast WHERE name = 'Пост'"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_offer_of_no_store),
        cmocka_unit_test(redemptions_of_no_discount),
        cmocka_unit_test(what_nobody_allowed_or_sees),
        cmocka_unit_test(an_offer_that_is_over_before),
        cmocka_unit_test(variants_there_are_none_of),
        cmocka_unit_test(the_night_is_told),
        cmocka_unit_test(service_stays_service),
        cmocka_unit_test(days_are_said_as_the_bot_says_them),
        cmocka_unit_test(a_preview_has_no_holes),
        cmocka_unit_test(nobodys_chat_is_read),
    };

    return cmocka_run_group_tests_name("api broadcasts: plain words", tests, opened,
                                       api_close);
}
