/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The messenger is away: no worker, no bots. The till works in a browser on our own
 * server, by the same rules; and the customer hears of it when the messenger is back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/loyalty/discount.h"
#include "core/staff/pin.h"
#include "core/staff/staff.h"
#include "tests/harness/house.h"
#include "tests/harness/stage.h"
#include "tests/harness/until.h"
#include "tests/harness/web.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct person ANNA = {"client", 5000000001, "Анна", "ru"};
static const struct person OLGA = {"auth", 6000000001, "Ольга", "ru"};
static const struct person JANE = {"auth", 6000000003, "Jane", "en"};

static const struct person BORIS = {"auth", 6000000004, "Борис", "ru"};

static char code[16], second[16];
static int caller; /* the browser's address ends so; each test has its own */

static int64_t number_of(const struct person *p)
{
    char sql[100];

    snprintf(sql, sizeof(sql), "SELECT id FROM staff WHERE external_id = %" PRId64,
             p->id);
    return counts(sql);
}

static enum status pin_work(struct db *db, void *arg)
{
    return pin_set(db, clock_now(), number_of(arg), "2580");
}

static void gets_pin(const struct person *p)
{
    assert_int_equal(db_tx(stage.db, pin_work, (void *)(uintptr_t)p), ST_OK);
}

static void dies(enum resident who)
{
    struct program *p = stage_house()->program[who];

    program_signal(p, SIGKILL);
    assert_int_equal(program_wait(p, 10000), 128 + SIGKILL);
}

static enum status second_work(struct db *db, void *arg)
{
    const struct discount_spec spec = {.customer_id = counts("SELECT id FROM customer"),
                                       .source = SOURCE_MANUAL,
                                       .issue_key = "test:second",
                                       .percent_bp = 2000,
                                       .valid_from = clock_now() - DAY,
                                       .valid_until = clock_now() + DAY};
    struct discount *d = arg;

    return discount_issue(db, clock_now(), &spec, d);
}

/* One house for all: Anna has two discounts, and the messenger goes away. */
static int opened(void **state)
{
    struct discount d;

    (void)state;
    stage_open_real(STAGE_DEATHS);
    hires(&OLGA, "cashier", stage.store[0]);
    hires(&JANE, "cashier", stage.store[1]);
    hires(&BORIS, "manager", stage.store[1]);
    subscribes(&ANNA);
    says(&ANNA, "/start");
    presses(&ANNA, "Согласен");
    presses(&ANNA, "Я подписался");
    told_like(&ANNA, "Ваша скидка: 10");
    snprintf(code, sizeof(code), "%s", last_code(&ANNA));
    assert_int_equal(db_tx(stage.db, second_work, &d), ST_OK);
    snprintf(second, sizeof(second), "%s", d.code);
    gets_pin(&OLGA);
    gets_pin(&JANE);
    dies(WORKER);
    dies(BOTS);
    return 0;
}

static int closed(void **state)
{
    (void)state;
    house_tend(stage_house());
    says(&ANNA, "/help");
    told_like(&ANNA, "/");
    stage_close();
    return 0;
}

/* ---- a browser ------------------------------------------------------------------ */

struct browser {
    char cookie[80]; /* "till=…" */
    struct buf page;
};

static void keep_cookie(struct browser *b)
{
    const char *at = b->page.s != NULL ? strstr(b->page.s, "Set-Cookie: ") : NULL;

    if (at != NULL)
        snprintf(b->cookie, sizeof(b->cookie), "%.*s", (int)strcspn(at + 12, ";"),
                 at + 12);
}

/* body NULL: GET */
static int asks(struct browser *b, const char *body)
{
    char headers[300];
    struct web_ask ask = {.port = stage_house()->api_port,
                          .method = body != NULL ? "POST" : "GET",
                          .path = "/till",
                          .headers = headers,
                          .body = body,
                          .n = body != NULL ? strlen(body) : 0};
    int status;

    snprintf(headers, sizeof(headers),
             "Content-Type: application/x-www-form-urlencoded\r\n"
             "X-Forwarded-For: 192.0.2.%d\r\n%s%s%s",
             caller, b->cookie[0] != '\0' ? "Cookie: other=1; " : "", b->cookie,
             b->cookie[0] != '\0' ? "\r\n" : "");
    buf_free(&b->page);
    status = web_ask(&ask, &b->page);
    keep_cookie(b);
    return status;
}

static void sees(const struct browser *b, const char *words)
{
    if (strstr(b->page.s, words) == NULL)
        fail_msg("the page does not say «%s»:\n%s", words, b->page.s);
}

static void sees_not(const struct browser *b, const char *words)
{
    if (strstr(b->page.s, words) != NULL)
        fail_msg("the page says «%s»:\n%s", words, b->page.s);
}

static void enters(struct browser *b, const struct person *p, const char *pin)
{
    char body[100];

    snprintf(body, sizeof(body), "do=enter&number=%" PRId64 "&pin=%s", number_of(p),
             pin);
    assert_int_equal(asks(b, body), 200);
}

static void checks(struct browser *b, const char *what)
{
    char body[200];

    snprintf(body, sizeof(body), "do=check&code=%s", what);
    assert_int_equal(asks(b, body), 200);
}

static void opens_shift(struct browser *b, int store)
{
    char body[60];

    snprintf(body, sizeof(body), "do=open&store=%" PRId64, stage.store[store]);
    assert_int_equal(asks(b, body), 200);
}

/* do=<act>&nonce=<of the page's card><more> */
static void acts(struct browser *b, const char *act, const char *more)
{
    const char *at = strstr(b->page.s, "name=\"nonce\" value=\"");
    char body[200];

    assert_non_null(at);
    snprintf(body, sizeof(body), "do=%s&nonce=%.10s%s", act, at + 20, more);
    assert_int_equal(asks(b, body), 200);
}

static void leaves(struct browser *b)
{
    buf_free(&b->page);
}

/* ---- the road ------------------------------------------------------------------- */

static void test_the_whole_road_without_the_messenger(void **state)
{
    struct browser b = {0};
    char press[200];
    int64_t begun;

    (void)state;
    assert_int_equal(asks(&b, NULL), 200);
    sees(&b, "Ваш номер");
    sees(&b, "default-src 'none'; style-src 'self'; form-action 'self'");
    enters(&b, &OLGA, "2580");
    sees(&b, "HttpOnly; SameSite=Strict");
    sees(&b, "В каком магазине открыть смену?");
    sees(&b, "Ленина, 5");
    sees_not(&b, "Садовая");
    opens_shift(&b, 0);
    sees(&b, "Код покупателя");
    begun = clock_mono_ms();
    checks(&b, code);
    printf("till page: code to card %" PRId64 " ms\n", clock_mono_ms() - begun);
    sees(&b, "Скидка <b>10");
    sees(&b, "Анна");
    acts(&b, "sum", "&sum=1+250%2C50");
    sees(&b, "Чек 1\xE2\x80\xAF"
             "250,50\xE2\x80\xAF₽ − 125,05\xE2\x80\xAF₽ = "
             "1\xE2\x80\xAF"
             "125,45\xE2\x80\xAF₽");
    snprintf(press, sizeof(press), "do=press&nonce=%.10s",
             strstr(b.page.s, "name=\"nonce\" value=\"") + 20);
    assert_int_equal(asks(&b, press), 200);
    sees(&b, "Применено. Чек № <b>1</b>");
    assert_int_equal(asks(&b, press), 200); /* the page is loaded again */
    sees(&b, "Применено. Чек № <b>1</b>");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption WHERE amount = 125050 AND"
                            " discount_amount = 12505"),
                     1);
    checks(&b, code);
    sees(&b, "Уже использована");
    sees(&b, "Ольга, № 1.");
    leaves(&b);

    house_tend(stage_house()); /* the messenger is back */
    told_like(&ANNA, "использована: Ленина, 5");
    dies(WORKER);
    dies(BOTS);
}

/* ---- who may -------------------------------------------------------------------- */

static bool is_told(void *arg)
{
    return counts(arg) > 0;
}

static void test_wrong_pins_lock(void **state)
{
    struct browser b = {0};
    int i;

    (void)state;
    assert_int_equal(asks(&b, "do=enter&number=999999&pin=2580"), 200);
    sees(&b, "Номер или PIN не подходят");
    assert_int_equal(asks(&b, "do=enter&number=1%27or&pin=2580"), 200);
    sees(&b, "Номер или PIN не подходят");
    for (i = 0; i < 5; i++)
        enters(&b, &JANE, "1357");
    sees(&b, "Too many wrong PINs");
    enters(&b, &JANE, "2580"); /* and now the right one does not help */
    sees(&b, "Too many wrong PINs");
    assert_int_equal(counts("SELECT COUNT(*) FROM job_open WHERE kind ="
                            " 'core.pin_locked'"),
                     1); /* who may let them go hears of it once the bots are back */
    assert_string_equal(b.cookie, "");
    checks(&b, second);
    sees(&b, "Ваш номер");
    leaves(&b);

    house_tend(stage_house()); /* the messenger is back, and who manages hears of it */
    assert_true(until(is_told,
                      "SELECT COUNT(*) FROM message WHERE payload LIKE"
                      " '%Jane%PIN%' AND recipient = 6000000004",
                      20000));
    dies(WORKER);
    dies(BOTS);
}

static void test_guesses_shut_nobody_else_out(void **state)
{
    struct browser b = {0};
    int n = 0, status;

    (void)state;
    do
        status = asks(&b, "do=enter&number=999999&pin=2580");
    while (status == 200 && ++n < 60);
    assert_int_equal(status, 429);
    assert_true(n >= 10);
    caller = 99; /* another till */
    enters(&b, &OLGA, "2580");
    sees_not(&b, "Ваш номер");
    leaves(&b);
}

static void test_dismissed_at_once(void **state)
{
    struct browser b = {0};

    (void)state;
    enters(&b, &OLGA, "2580");
    checks(&b, second);
    assert_int_equal(
        db_exec(stage.db, NULL, "UPDATE staff SET dismissed_at = created_at"), ST_OK);
    acts(&b, "press", "");
    sees(&b, "Ваш номер");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), 1);
    leaves(&b);
}

/* Whoever saw the old one is out; a manager's digits open no page. */
static void test_another_pin_ends_it(void **state)
{
    struct browser b = {0};
    char once[PIN_ONCE_DIGITS + 1];
    int64_t id = counts("SELECT id FROM staff WHERE external_id = 6000000001");

    (void)state;
    enters(&b, &OLGA, "2580");
    assert_int_equal(pin_reset(stage.db, clock_now(), id, id, once), ST_OK);
    checks(&b, second);
    sees(&b, "Ваш номер");
    enters(&b, &OLGA, once);
    sees(&b, "PIN задаётся в служебном боте");
    assert_int_equal(counts("SELECT COUNT(*) FROM staff_pin WHERE once = 1"), 1);
    assert_int_equal(pin_set(stage.db, clock_now(), id, "2580"), ST_OK);
    leaves(&b);
}

static void test_leaving_ends_it(void **state)
{
    struct browser b = {0}, again = {0};

    (void)state;
    enters(&b, &OLGA, "2580");
    memcpy(again.cookie, b.cookie, sizeof(again.cookie));
    assert_int_equal(asks(&b, "do=leave"), 200);
    sees(&b, "Max-Age=0");
    checks(&again, second);
    sees(&again, "Ваш номер");
    leaves(&b);
    leaves(&again);
}

/* ---- the same rules ------------------------------------------------------------- */

static void test_the_same_rules(void **state)
{
    struct browser b = {0}, j = {0};

    (void)state;
    shop_sets("amount_mode", "required");
    enters(&j, &JANE, "2580");
    checks(&j, second); /* no shift yet */
    sees(&j, "In which store");
    opens_shift(&j, 0);
    sees(&j, "cannot open a shift");
    opens_shift(&j, 1);

    enters(&b, &OLGA, "2580");
    checks(&b, "ABC");
    sees(&b, "Это не код");
    checks(&b, "7K3F9-9QXAF");
    sees(&b, "Такого кода у нас нет");
    checks(&b, second);
    sees_not(&b, "Применить");
    acts(&b, "press", ""); /* forged: the sum comes first */
    sees_not(&b, "Применено");
    checks(&b, second);
    acts(&b, "sum", "&sum=0");
    sees(&b, "Такой суммы быть не может");
    acts(&b, "sum", "&sum=%3Cscript%3E");
    sees(&b, "Такой суммы быть не может");
    sees_not(&b, "<script");

    checks(&j, second);
    sees(&j, "Being checked now by Ольга");
    assert_int_equal(counts("SELECT COUNT(*) FROM redemption"), 1);
    shop_sets("amount_mode", "optional");
    leaves(&b);
    leaves(&j);
}

/* What another site's page makes a browser send. */
static void test_another_site_s_form(void **state)
{
    static const char body[] = "do=enter&number=1&pin=0000";
    const struct web_ask ask = {.port = stage_house()->api_port,
                                .method = "POST",
                                .path = "/till",
                                .headers = "Sec-Fetch-Site: cross-site\r\n",
                                .body = body,
                                .n = sizeof(body) - 1};

    (void)state;
    assert_int_equal(web_ask(&ask, NULL), 403);
}

static void test_switched_off(void **state)
{
    struct browser b = {0};

    (void)state;
    shop_sets("till_page", "no");
    assert_int_equal(asks(&b, NULL), 404);
    assert_int_equal(asks(&b, "do=enter&number=1&pin=2580"), 404);
    assert_int_equal(asks(&b, "nonsense"), 400);
    shop_sets("till_page", "yes");
    leaves(&b);
}

static int elsewhere(void **state)
{
    (void)state;
    caller++;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_another_site_s_form),
        cmocka_unit_test(test_switched_off),
        cmocka_unit_test(test_the_whole_road_without_the_messenger),
        cmocka_unit_test(test_the_same_rules),
        cmocka_unit_test(test_leaving_ends_it),
        cmocka_unit_test_setup(test_wrong_pins_lock, elsewhere),
        cmocka_unit_test_setup(test_guesses_shut_nobody_else_out, elsewhere),
        cmocka_unit_test_setup(test_another_pin_ends_it, elsewhere),
        cmocka_unit_test_setup(test_dismissed_at_once, elsewhere),
    };

    return cmocka_run_group_tests(tests, opened, closed);
}
