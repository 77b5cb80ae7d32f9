/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/road.h"

#include "core/base/clock.h"
#include "tests/harness/doom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#define CUSTOMER 9100000000
#define CASHIER 7200000001
#define CASHIERS 4

static int64_t customers, walks;

static struct person cashier(int64_t i)
{
    return (struct person){"auth", CASHIER + i, "Ольга", "ru"};
}

struct person road_cashier(void)
{
    return cashier(walks++ % CASHIERS);
}

struct person road_customer(void)
{
    return (struct person){"client", CUSTOMER + customers++, "Анна", "ru"};
}

int road_open(void **state)
{
    (void)state;
    stage_open_real(STAGE_WEBHOOK | STAGE_DEATHS);
    /* Telegram tries a webhook again after 2, 4, 8 s: nobody dies of waiting less. */
    botapi_tell(stage_house()->botapi, "clock", "scale=10");
    for (int i = 0; i < CASHIERS; i++) {
        struct person olga = cashier(i);

        hires(&olga, "cashier", stage.store[0]);
        says(&olga, "/start");
        presses(&olga, "Открыть смену");
        told_like(&olga, "смена с");
    }
    return 0;
}

int road_close(void **state)
{
    (void)state;
    stage_close();
    return 0;
}

/* ---- the road ------------------------------------------------------------------- */

void gets_a_discount(const struct person *anna, char start[ROAD_START])
{
    const char *code;

    subscribes(anna);
    says(anna, "/start");
    presses(anna, "Согласен");
    presses(anna, "Я подписался");
    code = strstr(last_link(anna), "start=q_");
    assert_non_null(code);
    snprintf(start, ROAD_START, "/start %s", code + strlen("start="));
}

void redeems(const struct person *olga, const char *start)
{
    says(olga, start);
    presses(olga, "Применить ");
}

static int64_t count_of(const char *table, const struct person *anna)
{
    char sql[200];

    snprintf(sql, sizeof sql,
             "SELECT COUNT(*) FROM %s t JOIN customer c ON c.id = t.customer_id"
             " WHERE c.external_id = %lld",
             table, (long long)anna->id);
    return counts(sql);
}

void check_books(const struct person *anna, const struct person *olga)
{
    told_like(olga, "Применено");
    told_like(anna, "спользован");
    assert_int_equal(count_of("discount", anna), 1);
    assert_int_equal(count_of("redemption", anna), 1);
}

static void dooms(enum resident who, const char *point)
{
    if (point == NULL)
        return;
    doom_set(point);
    house_restart(stage_house(), who);
    doom_lift();
}

static bool is_struck(void *unused)
{
    (void)unused;
    return doom_struck();
}

/* People may see a message before its sender comes to the point behind it. */
static void struck(const char *point)
{
    if (point != NULL && !house_until(stage_house(), is_struck, NULL, 10000))
        fail_msg("%s was never passed", point);
}

void road_walk(enum resident who, const char *issue, const char *redeem)
{
    struct person olga = road_cashier(), anna = road_customer();
    int64_t from = clock_mono_ms();
    char start[ROAD_START];

    printf("  %-20s %-20s", issue, redeem != NULL ? redeem : "");
    dooms(who, issue);
    gets_a_discount(&anna, start);
    struck(issue);
    says(&olga, start);
    told_like(&olga, "Скидка 10");
    dooms(who, redeem);
    presses(&olga, "Применить ");
    check_books(&anna, &olga);
    struck(redeem);
    printf(" %lld ms\n", (long long)(clock_mono_ms() - from));
}
