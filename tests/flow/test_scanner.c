/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The fourth way to read a code, through all the programs: the cashier opens the page
 * from the till's menu, Telegram signs who they are, the page posts what the camera
 * read, and the card comes into their chat. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/secret.h"
#include "core/staff/staff.h"
#include "core/staff/till.h"
#include "tests/harness/house.h"
#include "tests/harness/stage.h"
#include "tests/harness/web.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SOON_MS 30000

static const struct person ANNA = {"client", 5000000001, "Анна", "ru"};
static const struct person ANNA_AT_TILL = {"auth", 5000000001, "Анна", "ru"};
static const struct person OLGA = {"auth", 6000000001, "Ольга", "ru"};
static const struct person PETR = {"auth", 6000000002, "Пётр", "ru"};
static const struct person JANE = {"auth", 6000000003, "Jane", "en"};
static const struct person MARK = {"auth", 6000000006, "Марк", "ru"};
static const struct person VERA = {"auth", 6000000004, "Вера", "ru"};

static int opened(void **state)
{
    (void)state;
    stage_open_real(STAGE_WEBHOOK);
    subscribes(&ANNA);
    says(&ANNA, "/start");
    presses(&ANNA, "Согласен");
    presses(&ANNA, "Я подписался");
    told_like(&ANNA, "Ваша скидка: 10");
    return 0;
}

/* ---- the page, as a phone would run it ------------------------------------------- */

/* What Telegram's app hands to the page behind that button; age_s: opened so long ago. */
static void launch(const struct person *p, const char *button, int age_s,
                   struct buf *out)
{
    struct buf form = {0};
    struct json *o;
    char url[80];

    buf_addf(&form, "person=%" PRId64 "&bot=%s&age=%d&text=", p->id, p->bot, age_s);
    buf_add_url(&form, button);
    o = botapi_act(stage_house()->botapi, "app", form.s);
    snprintf(url, sizeof(url), "%s?lang=%s", stage_house()->scanner_url, p->lang);
    assert_string_equal(json_text(o, "url", NULL), url);
    buf_adds(out, json_text(o, "init_data", NULL));
    assert_true(out->len > 0);
    json_free(o);
    buf_free(&form);
}

/* The whole answer in *out. */
static int post(const char *init_data, const char *text, struct buf *out)
{
    struct buf headers = {0}, body = {0};
    struct web_ask ask = {
        .port = stage_house()->api_port, .method = "POST", .path = "/scan/code"};
    int status;

    buf_adds(&headers, "Content-Type: application/json\r\n");
    if (init_data != NULL)
        buf_addf(&headers, "Authorization: tma %s\r\n", init_data);
    buf_adds(&body, "{\"text\":");
    buf_add_json(&body, text, strlen(text));
    buf_addc(&body, '}');
    ask.headers = headers.s;
    ask.body = body.s;
    ask.n = body.len;
    status = web_ask(&ask, out);
    buf_free(&headers);
    buf_free(&body);
    return status;
}

static void answers(const char *init_data, const char *text, int status,
                    const char *state)
{
    struct buf out = {0};
    char want[40];
    int got = post(init_data, text, &out);

    snprintf(want, sizeof(want), "\"%s\"", state != NULL ? state : "status");
    if (got != status || strstr(web_body(&out), want) == NULL)
        fail_msg("%d, wanted %d %s: %s", got, status, want, out.s);
    buf_free(&out);
}

static void scans(const struct person *p, const char *text, const char *state)
{
    struct buf data = {0};

    launch(p, p == &JANE ? "📷 Scan" : "📷 Сканировать", 0, &data);
    answers(data.s, text, 200, state);
    buf_free(&data);
}

/* Signed with a bot's token, for anybody and any moment. */
static void sign(int64_t id, const char *token, int64_t at, struct buf *out)
{
    uint8_t key[SHA256_BYTES], hash[SHA256_BYTES];
    char text[200];

    snprintf(text, sizeof(text), "auth_date=%" PRId64 "\nuser={\"id\":%" PRId64 "}",
             (int64_t)(at / SECOND), id);
    assert_int_equal(secret_hmac_sha256("WebAppData", 10, token, strlen(token), key),
                     ST_OK);
    assert_int_equal(secret_hmac_sha256(key, sizeof(key), text, strlen(text), hash),
                     ST_OK);
    buf_addf(out, "auth_date=%" PRId64 "&user=%%7B%%22id%%22%%3A%" PRId64 "%%7D&hash=",
             (int64_t)(at / SECOND), id);
    for (int i = 0; i < SHA256_BYTES; i++)
        buf_addf(out, "%02x", hash[i]);
}

static int64_t jobs_put(void)
{
    return counts("SELECT COUNT(*) FROM job_hist WHERE kind = 'bot.code_scanned'") +
           counts("SELECT COUNT(*) FROM job_open WHERE kind = 'bot.code_scanned'");
}

/* ---- the conversation ------------------------------------------------------------ */

static void test_from_the_camera_to_the_receipt(void **state)
{
    char link[200];

    (void)state;
    snprintf(link, sizeof(link), "%s", last_link(&ANNA));
    says(&OLGA, invites("cashier", stage.store[0]));
    told_like(&OLGA, "добро пожаловать");
    presses(&OLGA, "Открыть смену");
    told_like(&OLGA, "Ленина, 5");
    assert_true(sees_button(&OLGA, "📷 Сканировать"));
    scans(&OLGA, link, "sent");
    told_like(&OLGA, "Скидка 10");
    presses(&OLGA, "Применить 10");
    told_like(&OLGA, "чек № 1");
    told_like(&ANNA, "использована: Ленина, 5");

    scans(&OLGA, link, "sent"); /* a second look is harmless */
    told_like(&OLGA, "вы уже применили");
    presses(&OLGA, "Отменить");
    presses(&OLGA, "Не тот покупатель");
    told_like(&OLGA, "отменён");
}

static bool has_menu_button(void *arg)
{
    struct json *o = botapi_ask(stage_house()->botapi, "bots", NULL);
    const struct json *bots = json_get(o, "bots");
    char path[64];
    const char *type;
    bool has = false;

    snprintf(path, sizeof(path), "settings.menu_button|%" PRId64 ".type",
             ((const struct person *)arg)->id);
    for (size_t i = 0; i < json_count(bots); i++) {
        type = json_text(json_at(bots, i), path, NULL);
        has = has || (type != NULL && strcmp(type, "web_app") == 0);
    }
    json_free(o);
    return has;
}

/* One tap away, whatever the chat shows: who opened a shift has it beside the input
 * field, and nobody else. */
static void test_beside_the_input_field(void **state)
{
    struct buf form = {0};
    struct json *o;

    (void)state;
    assert_true(
        house_until(stage_house(), has_menu_button, (void *)(uintptr_t)&OLGA, SOON_MS));
    assert_false(has_menu_button((void *)(uintptr_t)&ANNA_AT_TILL));
    buf_addf(&form, "person=%" PRId64 "&bot=auth&menu=true", OLGA.id);
    o = botapi_act(stage_house()->botapi, "app", form.s);
    answers(json_text(o, "init_data", NULL), "https://example.com/", 200, "not_code");
    json_free(o);
    buf_free(&form);
}

/* Where there is no camera the same field takes the code that people see. */
static void test_typed_into_the_page(void **state)
{
    char code[16];

    (void)state;
    snprintf(code, sizeof(code), "%s", last_code(&ANNA));
    says(&JANE, invites("cashier", stage.store[0]));
    presses(&JANE, "Open a shift");
    told_like(&JANE, "Ленина, 5");
    scans(&JANE, code, "sent");
    told_like(&JANE, "10% off");
    presses(&JANE, "Cancel");
}

static void test_what_is_no_code_puts_nothing(void **state)
{
    int64_t before = jobs_put();

    (void)state;
    scans(&OLGA, "https://example.com/menu", "not_code");
    scans(&OLGA, "", "not_code");
    scans(&OLGA, "WIFI:T:WPA;S:guest;;", "not_code");
    scans(&OLGA, "12345-6789", "short");
    scans(&OLGA, "12345-67891", "mistyped");
    scans(&OLGA, "12345-67890-12345", "not_code");
    assert_int_equal(jobs_put(), before);
}

static void test_a_closed_shift_keeps_the_code(void **state)
{
    struct buf data = {0};
    char link[200];

    (void)state;
    snprintf(link, sizeof(link), "%s", last_link(&ANNA));
    launch(&JANE, "📷 Scan", 0, &data);
    says(&JANE, "/close");
    presses(&JANE, "Yes, close");
    told_like(&JANE, "closed");
    answers(data.s, link, 200, "shift_closed");
    told_like(&JANE, "Open a shift first");
    presses(&JANE, "Open a shift");
    told_like(&JANE, "10% off");
    presses(&JANE, "Cancel");
    buf_free(&data);
}

/* ---- who may --------------------------------------------------------------------- */

static void test_nobody_scans_for_another(void **state)
{
    struct buf data = {0};
    char olga[24], petr[24], *at;
    int64_t before;

    (void)state;
    hires(&PETR, "cashier", stage.store[0]);
    says(&PETR, "/shift");
    told_like(&PETR, "Ленина, 5");
    before = jobs_put();
    launch(&OLGA, "📷 Сканировать", 0, &data);
    snprintf(olga, sizeof(olga), "%" PRId64, OLGA.id);
    snprintf(petr, sizeof(petr), "%" PRId64, PETR.id);
    at = strstr(data.s, olga);
    assert_non_null(at);
    memcpy(at, petr, strlen(petr));
    answers(data.s, last_link(&ANNA), 401, NULL);
    answers(NULL, last_link(&ANNA), 401, NULL);
    answers("", last_link(&ANNA), 401, NULL);
    answers("user=%7B%22id%22%3A6000000001%7D", last_link(&ANNA), 401, NULL);
    assert_int_equal(jobs_put(), before);
    buf_free(&data);
}

static void test_only_fresh_and_of_this_bot(void **state)
{
    const struct config *cfg = stage_house()->cfg;
    const struct {
        const char *token;
        int64_t age_s;
        int status;
    } tries[] = {
        {cfg->telegram_auth_bot_token, 0, 200},
        {cfg->telegram_auth_bot_token, 3500, 200},
        {cfg->telegram_auth_bot_token, 3700, 401},
        {cfg->telegram_auth_bot_token, -300, 401}, /* from the future */
        {cfg->telegram_bot_token, 0, 401},         /* opened in the other bot */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
        struct buf data = {0};

        sign(OLGA.id, tries[i].token, clock_now() - tries[i].age_s * SECOND, &data);
        answers(data.s, "https://example.com/", tries[i].status,
                tries[i].status == 200 ? "not_code" : NULL);
        buf_free(&data);
    }
}

static void test_strangers_and_the_dismissed(void **state)
{
    const char *token = stage_house()->cfg->telegram_auth_bot_token;
    struct buf anna = {0}, vera = {0}, mark = {0};
    int64_t before = jobs_put();
    struct staff row;

    (void)state;
    sign(ANNA.id, token, clock_now(), &anna);
    answers(anna.s, last_link(&ANNA), 403, NULL);
    hires(&MARK, "marketing", 0); /* works here, but not at the till */
    sign(MARK.id, token, clock_now(), &mark);
    answers(mark.s, last_link(&ANNA), 403, NULL);
    hires(&VERA, "cashier", stage.store[0]);
    says(&VERA, "/shift");
    told_like(&VERA, "Ленина, 5");
    launch(&VERA, "📷 Сканировать", 0, &vera);
    assert_int_equal(staff_find(stage.db, CHANNEL_MESSENGER, VERA.id, &row), ST_OK);
    assert_int_equal(staff_dismiss(stage.db, clock_now(), row.id, 0), ST_OK);
    answers(vera.s, last_link(&ANNA), 403, NULL);
    assert_int_equal(jobs_put(), before);
    told_nothing(&ANNA_AT_TILL);
    buf_free(&anna);
    buf_free(&vera);
    buf_free(&mark);
}

/* The account of a shared phone is nobody until somebody has entered there. */
static void test_a_shared_phone(void **state)
{
    static const struct person PHONE = {"auth", 6000000005, "Касса", "ru"};
    const struct till_spec spec = {CHANNEL_MESSENGER, PHONE.id, stage.store[0], 0};
    struct buf data = {0};
    struct staff olga;
    struct till till;

    (void)state;
    says(&PHONE, "/start"); /* so that the bot may write there */
    assert_int_equal(till_make(stage.db, clock_now(), &spec, &till), ST_OK);
    sign(PHONE.id, stage_house()->cfg->telegram_auth_bot_token, clock_now(), &data);
    answers(data.s, last_link(&ANNA), 200, "nobody");
    assert_int_equal(staff_find(stage.db, CHANNEL_MESSENGER, OLGA.id, &olga), ST_OK);
    assert_int_equal(till_enter(stage.db, clock_now(), &till, &olga), ST_OK);
    answers(data.s, last_link(&ANNA), 200, "sent");
    told_like(&PHONE, "Скидка 10");
    presses(&PHONE, "Отмена");
    buf_free(&data);
}

static void test_thirty_a_minute(void **state)
{
    struct buf data = {0}, out = {0};
    int status = 200, n = 0;

    (void)state;
    sign(PETR.id, stage_house()->cfg->telegram_auth_bot_token, clock_now(), &data);
    while (status == 200 && n++ < 40) {
        buf_clear(&out);
        status = post(data.s, "https://example.com/", &out);
    }
    assert_int_equal(status, 429);
    assert_int_equal(n, 31);
    assert_non_null(strstr(out.s, "Retry-After: "));
    /* Others scan on meanwhile. */
    scans(&OLGA, "https://example.com/", "not_code");
    buf_free(&data);
    buf_free(&out);
}

/* ---- the page itself ------------------------------------------------------------- */

static void test_the_page_and_its_policy(void **state)
{
    static const struct {
        const char *path, *type, *holds;
    } files[] = {
        {"/scan", "text/html", "scan/scan.js"},
        {"/scan?lang=en", "text/html", "scan/scan.js"},
        {"/scan/scan.js", "text/javascript", "web_app_open_scan_qr_popup"},
        {"/scan/scan.css", "text/css", "--ground"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        struct web_ask ask = {
            .port = stage_house()->api_port, .method = "GET", .path = files[i].path};
        struct buf out = {0};

        assert_int_equal(web_ask(&ask, &out), 200);
        assert_non_null(strstr(out.s, files[i].type));
        assert_non_null(strstr(out.s, "default-src 'none'; script-src 'self'"));
        assert_non_null(strstr(out.s, "frame-ancestors https://*.telegram.org"));
        assert_non_null(strstr(out.s, "nosniff"));
        assert_non_null(strstr(web_body(&out), files[i].holds));
        assert_null(strstr(web_body(&out), "https://")); /* nothing from elsewhere */
        buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_from_the_camera_to_the_receipt),
        cmocka_unit_test(test_beside_the_input_field),
        cmocka_unit_test(test_typed_into_the_page),
        cmocka_unit_test(test_what_is_no_code_puts_nothing),
        cmocka_unit_test(test_a_closed_shift_keeps_the_code),
        cmocka_unit_test(test_nobody_scans_for_another),
        cmocka_unit_test(test_only_fresh_and_of_this_bot),
        cmocka_unit_test(test_strangers_and_the_dismissed),
        cmocka_unit_test(test_a_shared_phone),
        cmocka_unit_test(test_thirty_a_minute),
        cmocka_unit_test(test_the_page_and_its_policy),
    };

    return cmocka_run_group_tests(tests, opened, stage_end);
}
