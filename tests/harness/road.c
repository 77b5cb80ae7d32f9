/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/road.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/setting.h"
#include "core/staff/staff.h"
#include "core/staff/store.h"
#include "tests/harness/world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CASHIER 7200000001LL
#define STEP_MS 30000

struct house house;
static char once[] = "/tmp/dvorik-road.XXXXXX";
static int64_t next_customer = 9100000000LL;

/* ---- the shop
 * ------------------------------------------------------------------------------- */

static enum status furnish_work(struct db *db, void *arg)
{
    const struct store_spec store = {.name = "Ленина, 5",
                                     .city = "Владивосток",
                                     .address = "Ленина, 5",
                                     .hours = "9:00–21:00"};
    struct staff_spec cashier = {.channel = CHANNEL_MESSENGER,
                                 .external_id = CASHIER,
                                 .name = "Ольга",
                                 .language = "ru",
                                 .role = role_find("cashier", 7)};
    const char *const settings[][2] = {{"brand_name", "Дворик"},
                                       {"channel_id", "-1001987654321"},
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

/* ---- what people do and see
 * -------------------------------------------------------------------- */

static void act(const struct walker *p, const char *what, const char *more)
{
    char form[512];

    snprintf(form, sizeof form, "person=%lld&bot=%s%s", (long long)p->id, p->bot, more);
    botapi_tell(house.botapi, what, form);
}

/* The person's chat as text, buttons and all; ours until the next call. */
static const char *chat_of(const struct walker *p)
{
    static struct json *chat;
    char form[128];

    json_free(chat);
    snprintf(form, sizeof form, "person=%lld&bot=%s&outgoing=true&since=%lld",
             (long long)p->id, p->bot, (long long)p->since);
    chat = botapi_ask(house.botapi, "messages", form);
    return json_print(chat);
}

/* A card sent twice, as its sender died before it could note the answer, leaves a copy
 * behind whose button is dead: what is old is not looked at again. */
static void looks_away(struct walker *p)
{
    const char *at = chat_of(p);

    while ((at = strstr(at, "\"message_id\":")) != NULL) {
        int64_t id = strtoll(at + 13, NULL, 10);

        p->since = id > p->since ? id : p->since;
        at += 13;
    }
}

struct wish {
    const struct walker *p;
    const char *words;
};

static bool sees(void *arg)
{
    const struct wish *w = arg;

    return strstr(chat_of(w->p), w->words) != NULL;
}

void waits_for(const struct walker *p, const char *words)
{
    struct wish w = {p, words};

    if (!house_until(&house, sees, &w, STEP_MS))
        fail_msg("waited for \"%s\" and saw:\n%s\n--- worker:\n%s", words, chat_of(p),
                 program_output(house.program[WORKER]));
}

/* The newest button whose label begins so. */
static void press(const struct walker *p, const char *label)
{
    struct buf more = {0};
    const char *at, *last = NULL;
    char *whole;

    waits_for(p, label);
    for (at = chat_of(p); (at = strstr(at, label)) != NULL; at++)
        last = at;
    whole = strndup(last, strcspn(last, "\""));
    buf_adds(&more, "&text=");
    buf_add_url(&more, whole);
    act(p, "press", more.s);
    buf_free(&more);
    free(whole);
}

/* The link of the newest QR picture, read off the picture itself. */
static void qr_link(const struct walker *p, char out[256])
{
    const char *chat, *at;
    struct json *read;
    char form[64];
    int file = 0;

    waits_for(p, "\"file\":");
    chat = chat_of(p);
    for (at = chat; (at = strstr(at, "\"file\":")) != NULL; at += 7)
        file = (int)strtol(at + 7, NULL, 10);
    snprintf(form, sizeof form, "n=%d", file);
    read = botapi_ask(house.botapi, "decode", form);
    snprintf(out, 256, "%s",
             json_text(read, "text", NULL) ? json_text(read, "text", NULL) : "");
    json_free(read);
    assert_non_null(strstr(out, "start=q_"));
}

/* ---- the road
 * ---------------------------------------------------------------------------------- */

static void opens_a_shift(void)
{
    struct walker cashier = road_cashier();

    act(&cashier, "start", "");
    press(&cashier, "🔓 Открыть смену");
    waits_for(&cashier, "🔒 Закрыть смену");
}

struct walker road_cashier(void)
{
    return (struct walker){.id = CASHIER, .bot = "auth"};
}

struct walker road_customer(void)
{
    return (struct walker){.id = next_customer++, .bot = "client"};
}

void gets_a_discount(const struct walker *anna, char link[256])
{
    char form[128];

    snprintf(form, sizeof form, "id=%lld&first_name=Anna&language_code=ru",
             (long long)anna->id);
    botapi_tell(house.botapi, "people", form);
    act(anna, "start", "");
    press(anna, "✅ Согласен");
    waits_for(anna, "✅ Я подписался");
    act(anna, "join", "");
    press(anna, "✅ Я подписался");
    qr_link(anna, link);
}

void is_redeemed(struct walker *cashier, const char *link)
{
    struct buf more = {0};

    looks_away(cashier);
    buf_adds(&more, "&link=");
    buf_add_url(&more, link);
    act(cashier, "link", more.s);
    buf_free(&more);
    press(cashier, "✅ Применить ");
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

void check_books(int64_t customer, const char *point)
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
void road_walk(enum resident who, const char *point)
{
    struct walker cashier = road_cashier(), anna = road_customer();
    int64_t from = clock_mono_ms();
    char link[256];

    unlink(once);
    house_restart(&house, who, point, once);
    gets_a_discount(&anna, link);
    is_redeemed(&cashier, link);
    check_books(anna.id, point);
    waits_for(&cashier, "Применено");
    waits_for(&anna, "спользован");
    if (access(once, F_OK) != 0)
        fail_msg("%s was never passed", point);
    printf("  %-20s %lld ms\n", point, (long long)(clock_mono_ms() - from));
}

int road_open(void **state)
{
    int fd = mkstemp(once);

    (void)state;
    close(fd);
    unlink(once);
    setenv("LOG_LEVEL", "info", 1);
    setenv("WORKER_PROCESSES", "2", 1);
    house_open(&house, world_config());
    assert_int_equal(db_tx(house.db, furnish_work, NULL), ST_OK);
    opens_a_shift();
    return 0;
}

int road_close(void **state)
{
    (void)state;
    unlink(once);
    house_close(&house);
    return 0;
}
