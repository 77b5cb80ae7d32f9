/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The kill matrix of the main road: each program dies at each named point while a customer
 * gets a discount and a cashier redeems it. However it dies: one discount, one redemption,
 * and both hear of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/setting.h"
#include "core/staff/staff.h"
#include "core/staff/store.h"
#include "tests/harness/house.h"
#include "tests/harness/world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CASHIER 7200000001LL
#define STEP_MS 30000

static struct house house;
static char once[] = "/tmp/dvorik-road.XXXXXX";
static int64_t next_customer = 9100000000LL;

/* ---- the shop ------------------------------------------------------------------------------- */

static enum status furnish_work(struct db *db, void *arg)
{
    const struct store_spec store = {.name = "Ленина, 5", .city = "Владивосток",
                                     .address = "Ленина, 5", .hours = "9:00–21:00"};
    struct staff_spec cashier = {.channel = CHANNEL_MESSENGER, .external_id = CASHIER,
                                 .name = "Ольга", .language = "ru",
                                 .role = role_find("cashier", 7)};
    const char *const settings[][2] = {
        {"brand_name", "Дворик"}, {"channel_id", "-1001987654321"},
        {"client_bot_username", "dvorik_demo_bot"},
        {"auth_bot_username", "dvorik_kassa_bot"}};
    struct staff out;
    const char *why;
    enum status st = store_add(db, clock_now(), &store, &cashier.store_id);

    (void)arg;
    for (size_t i = 0; i < 4 && st == ST_OK; i++) {
        struct setting_change c = {settings[i][0], settings[i][1], "test"};

        st = setting_set(db, clock_now(), &c, &why);
    }
    return st == ST_OK ? staff_add(db, clock_now(), &cashier, &out) : st;
}

static int open_house(void **state)
{
    int fd = mkstemp(once);

    (void)state;
    close(fd);
    unlink(once);
    setenv("LOG_LEVEL", "info", 1);
    setenv("WORKER_PROCESSES", "2", 1);
    house_open(&house, world_config());
    assert_int_equal(db_tx(house.db, furnish_work, NULL), ST_OK);
    return 0;
}

static int close_house(void **state)
{
    (void)state;
    unlink(once);
    house_close(&house);
    return 0;
}

/* ---- what people do and see -------------------------------------------------------------------- */

struct person {
    int64_t id;
    const char *bot;
};

static void act(const struct person *p, const char *what, const char *more)
{
    char form[512];

    snprintf(form, sizeof form, "person=%lld&bot=%s%s", (long long)p->id, p->bot, more);
    botapi_tell(house.botapi, what, form);
}

/* The person's chat as text, buttons and all; ours until the next call. */
static const char *chat_of(const struct person *p)
{
    static struct json *chat;
    char form[128];

    json_free(chat);
    snprintf(form, sizeof form, "person=%lld&bot=%s&outgoing=true", (long long)p->id, p->bot);
    chat = botapi_ask(house.botapi, "messages", form);
    return json_print(chat);
}

struct wish {
    const struct person *p;
    const char *words;
};

static bool sees(void *arg)
{
    const struct wish *w = arg;

    return strstr(chat_of(w->p), w->words) != NULL;
}

static void wait_for(const struct person *p, const char *words)
{
    struct wish w = {p, words};

    if (!house_until(&house, sees, &w, STEP_MS))
        fail_msg("waited for \"%s\" and saw:\n%s\n--- worker:\n%s", words, chat_of(p),
                 program_output(house.program[WORKER]));
}

/* label as in the chat; escaped for a form. */
static void press(const struct person *p, const char *label)
{
    struct buf more = {0};

    wait_for(p, label);
    buf_adds(&more, "&text=");
    buf_add_url(&more, label);
    act(p, "press", more.s);
    buf_free(&more);
}

/* The link of the newest QR picture, read off the picture itself. */
static void qr_link(const struct person *p, char out[256])
{
    const char *chat, *at;
    struct json *read;
    char form[64];
    int file = 0;

    wait_for(p, "\"file\":");
    chat = chat_of(p);
    for (at = chat; (at = strstr(at, "\"file\":")) != NULL; at += 7)
        file = (int)strtol(at + 7, NULL, 10);
    snprintf(form, sizeof form, "n=%d", file);
    read = botapi_ask(house.botapi, "decode", form);
    snprintf(out, 256, "%s", json_text(read, "text", NULL) ? json_text(read, "text", NULL) : "");
    json_free(read);
    assert_non_null(strstr(out, "start=q_"));
}

/* ---- the road ---------------------------------------------------------------------------------- */

static void opens_a_shift(const struct person *cashier)
{
    act(cashier, "start", "");
    press(cashier, "🔓 Открыть смену");
    wait_for(cashier, "🔒 Закрыть смену");
}

static void gets_a_discount(const struct person *anna, char link[256])
{
    char form[128];

    snprintf(form, sizeof form, "id=%lld&first_name=Anna&language_code=ru",
             (long long)anna->id);
    botapi_tell(house.botapi, "people", form);
    act(anna, "start", "");
    press(anna, "✅ Согласен");
    wait_for(anna, "✅ Я подписался");
    act(anna, "join", "");
    press(anna, "✅ Я подписался");
    qr_link(anna, link);
}

static void is_redeemed(const struct person *cashier, const char *link)
{
    struct buf more = {0};

    buf_adds(&more, "&link=");
    buf_add_url(&more, link);
    act(cashier, "link", more.s);
    buf_free(&more);
    press(cashier, "✅ Применить 10 %");
}

static bool redeemed_once(void *arg)
{
    char sql[256];

    snprintf(sql, sizeof sql,
             "SELECT COUNT(*) FROM redemption r JOIN customer c ON c.id = r.customer_id"
             " WHERE c.external_id = %lld",
             (long long)*(int64_t *)arg);
    return house_count(&house, sql) == 1;
}

static void check_books(int64_t customer, const char *point)
{
    char sql[256];

    if (!house_until(&house, redeemed_once, &customer, STEP_MS))
        fail_msg("%s: not redeemed", point);
    snprintf(sql, sizeof sql,
             "SELECT COUNT(*) FROM discount d JOIN customer c ON c.id = d.customer_id"
             " WHERE c.external_id = %lld",
             (long long)customer);
    assert_int_equal(house_count(&house, sql), 1);
}

/* One customer's whole road, with `who` dying at `point`. */
static void walk(enum resident who, const char *point)
{
    struct person cashier = {CASHIER, "auth"}, anna = {next_customer++, "client"};
    char link[256];

    unlink(once);
    house_restart(&house, who, point, once);
    gets_a_discount(&anna, link);
    is_redeemed(&cashier, link);
    check_books(anna.id, point);
    wait_for(&cashier, "Применено");
    wait_for(&anna, "спользован");
    if (access(once, F_OK) != 0)
        fail_msg("%s was never passed", point);
    printf("  %s\n", point);
}

static void worker_dies_at_each_point(void **state)
{
    static const char *const points[] = {
        "logic.begun:1",      "logic.claimed:2",   "message.inserted:1", "logic.ran:2",
        "db.before_commit:3", "db.after_commit:3", "job.row_inserted:2", "job.committed:1",
        "job.handed_over:2",  "logic.committed:3", "logic.on_board:2",   "turn.before:4",
        "turn.after:4",       "issue.inserted:1",  "redeem.updated:1",   "redeem.inserted:1",
        "send.claimed:2",     "send.asked:2",      "send.answered:2",    "send.settled:2",
        "send.on_board:2",    "send.claimed:5",    "send.answered:5",
    };

    (void)state;
    for (size_t i = 0; i < sizeof points / sizeof *points; i++)
        walk(WORKER, points[i]);
}

static void bots_die_at_each_point(void **state)
{
    static const char *const points[] = {"intake.sent:1", "intake.stored:2", "intake.sent:3"};

    (void)state;
    for (size_t i = 0; i < sizeof points / sizeof *points; i++)
        walk(BOTS, points[i]);
}

/* No named point: killed between any two steps. */
static void programs_killed_between_steps(void **state)
{
    struct person cashier = {CASHIER, "auth"};
    char link[256];

    (void)state;
    for (int i = 0; i < RESIDENTS; i++) {
        struct person anna = {next_customer++, "client"};

        program_signal(house.program[i], SIGKILL);
        gets_a_discount(&anna, link);
        program_signal(house.program[i], SIGKILL);
        is_redeemed(&cashier, link);
        program_signal(house.program[i], SIGKILL);
        check_books(anna.id, "kill -9");
        wait_for(&anna, "спользован");
    }
}

static void cashier_comes_to_work(void **state)
{
    struct person cashier = {CASHIER, "auth"};

    (void)state;
    opens_a_shift(&cashier);
    assert_int_equal(house_count(&house, "SELECT COUNT(*) FROM shift"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cashier_comes_to_work),
        cmocka_unit_test(worker_dies_at_each_point),
        cmocka_unit_test(bots_die_at_each_point),
        cmocka_unit_test(programs_killed_between_steps),
    };

    return cmocka_run_group_tests(tests, open_house, close_house);
}
