/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Fifty people and two months, the same ones each time: a fixed row of numbers decides
 * who came when. Times count back from today, so that there is always a birthday now
 * and a code about to end. Everything goes through the domain's own verbs. */
#include "commands/seed.h"

#include "core/base/clock.h"
#include "core/loyalty/birthday.h"
#include "core/loyalty/consent.h"
#include "core/loyalty/redemption.h"

#include <string.h>

#define DAYS_BACK 60

static const char *const women[] = {"Мария",   "Анна",    "Елена",     "Ольга",
                                    "Наталья", "Татьяна", "Ирина",     "Юлия",
                                    "Алиса",   "Дарья",   "Екатерина", "Светлана"};
static const char *const men[] = {"Александр", "Дмитрий", "Максим", "Сергей",
                                  "Андрей",    "Алексей", "Михаил", "Роман",
                                  "Павел",     "Тимофей"};
/* Without the last letter of a woman's: Кузнецов, Кузнецова. */
static const char *const families[] = {"Кузнецов", "Соколов",    "Лебедев", "Новиков",
                                       "Морозов",  "Волков",     "Зайцев",  "Павлов",
                                       "Беляев",   "Виноградов", "Орлов",   "Гусев"};
static const char *const english[][2] = {{"Emily", "Clark"},
                                         {"James", "Turner"},
                                         {"Olivia", "Wright"},
                                         {"Daniel", "Hughes"},
                                         {"Grace", "Bennett"}};

#define OF(list) (sizeof(list) / sizeof *(list))

struct guest {
    struct contact contact;
    char family[40];
    int came;  /* days ago */
    int visit; /* days ago; -1: never */
    int till;  /* which cashier */
    bool undone;
    int64_t customer_id, amount;
    struct discount discount;
};

/* The row of numbers: 0 <= answer < n. */
static unsigned pick(uint64_t *row, unsigned n)
{
    *row = *row * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(*row >> 33) % n;
}

static void name_guest(struct guest *g, int i, uint64_t *row)
{
    const char *family = families[pick(row, OF(families))];
    bool woman = pick(row, 100) < 60;
    size_t n = strlen(family);

    if (i % 10 == 9) {
        g->contact.first_name = english[i / 10][0];
        family = english[i / 10][1];
        woman = false;
        n = strlen(family);
    } else
        g->contact.first_name =
            woman ? women[pick(row, OF(women))] : men[pick(row, OF(men))];
    memcpy(g->family, family, n);
    memcpy(g->family + n, "а", woman ? sizeof "а" : 0);
    g->contact.last_name = g->family;
    g->contact.first_n = strlen(g->contact.first_name);
    g->contact.last_n = strlen(g->family);
    g->contact.language = i % 10 == 9 ? "en" : "ru";
}

static void invent(struct guest *g, int i, uint64_t *row)
{
    *g = (struct guest){.contact = {.channel = CHANNEL_MESSENGER,
                                    .external_id = SEED_FIRST_CUSTOMER + i,
                                    .source = "seed"}};
    name_guest(g, i, row);
    g->came = 1 + (int)pick(row, DAYS_BACK);
    g->till = (int)pick(row, SEED_CASHIERS);
    g->amount = 30000 + 100 * (int64_t)pick(row, 4700);
    /* Half of them came back within the month; one visit in six was undone. */
    g->visit = pick(row, 2)
                   ? g->came - (int)pick(row, (unsigned)(g->came < 28 ? g->came : 28))
                   : -1;
    g->undone = g->visit >= 0 && pick(row, 6) == 0;
}

/* ---- joining -----------------------------------------------------------------------
 */

static int64_t at(const struct seed *s, int days_ago, int hour, int minute)
{
    return tz_instant(s->tz, tz_local(s->tz, s->now).day - days_ago, hour, minute);
}

static enum status agree(struct db *db, int64_t now, const struct guest *g,
                         enum purpose purpose)
{
    struct consent_text text;
    enum status st =
        consent_text_current(db, purpose, g->contact.language, &text, NULL);

    if (st != ST_OK)
        return st;
    return consent_grant(db, now,
                         &(struct consent_act){.customer_id = g->customer_id,
                                               .purpose = purpose,
                                               .text_id = text.id,
                                               .via = CHANNEL_IMPORT});
}

/* Every fifth is celebrating about now, so that the daily round has something to give.
 */
static enum status tell_birthday(struct db *db, const struct seed *s, int64_t now,
                                 const struct guest *g, int i, uint64_t *row)
{
    int32_t today = tz_local(s->tz, s->now).day;
    int32_t near = today - 2 + (int32_t)pick(row, 6);
    struct date d = cal_date(i % 5 == 0 ? near : today - (int32_t)pick(row, 365));
    struct birthday_entry e = {.customer_id = g->customer_id,
                               .born = {1960 + (int)pick(row, 44), d.month, d.day},
                               .today = tz_local(s->tz, now).day,
                               .limits = {.age_min = 0, .age_max = 110}};
    enum birthday_fault fault;

    if (e.born.month == 2 && e.born.day == 29)
        e.born.year = 1996;
    return customer_birthday_set(db, now, &e, &fault);
}

static enum status join(struct db *db, const struct seed *s, struct guest *g, int i,
                        uint64_t *row)
{
    int64_t now = at(s, g->came, 10 + i % 8, i % 60);
    struct customer c;
    enum status st = customer_meet(db, now, &g->contact, &c);

    g->customer_id = c.id;
    if (st == ST_OK)
        st = agree(db, now, g, PURPOSE_PD);
    if (st == ST_OK && pick(row, 10) < 6)
        st = agree(db, now, g, PURPOSE_MARKETING);
    if (st == ST_OK && pick(row, 10) < 9)
        st = customer_subscribed(db, now, g->customer_id, true);
    if (st == ST_OK && pick(row, 10) < 7)
        st = tell_birthday(db, s, now, g, i, row);
    if (st == ST_OK)
        st = discount_welcome(db, now, g->customer_id, &g->discount);
    return st;
}

/* ---- visiting ----------------------------------------------------------------------
 */

/* The past is told to nobody: its jobs go before anybody sees them. */
static enum status silence(struct db *db)
{
    return db_exec(db, NULL,
                   "DELETE FROM job_open WHERE kind IN"
                   " ('core.discount_redeemed', 'core.redemption_voided')");
}

static enum status undo(struct db *db, int64_t now, const struct staff *staff,
                        const struct shift *shift, int64_t id)
{
    enum void_result result;
    struct redemption r;

    return redemption_void(db, now,
                           &(struct void_ask){.redemption_id = id,
                                              .staff = staff,
                                              .shift = shift,
                                              .reason = VOID_AMOUNT,
                                              .window = HOUR},
                           &result, &r);
}

static enum status visit(struct db *db, int64_t now, const struct staff *staff,
                         const struct shift *shift, const struct guest *g)
{
    struct redemption_press press = {.staff = staff, .shift = shift};
    struct price_ask price = {.staff = staff, .shift = shift, .amount = g->amount};
    enum price_result priced;
    struct card card;
    struct redeemed done;
    enum status st =
        redemption_check(db, now,
                         &(struct redemption_ask){
                             .code = g->discount.code, .staff = staff, .shift = shift},
                         &card);

    if (st != ST_OK || card.verdict != VERDICT_VALID)
        return st;
    price.nonce = card.nonce;
    if (g->amount > 0)
        st = redemption_price(db, now, &price, &priced, &card);
    press.nonce = card.nonce;
    if (st == ST_OK)
        st = redemption_confirm(db, now + 20 * SECOND, &press, &done);
    if (st == ST_OK && done.result == REDEEM_DONE && g->undone)
        st = undo(db, now + 3 * MINUTE, staff, shift, done.redemption.id);
    return st;
}

static bool comes(const struct guest *g, int days_ago, int till)
{
    return g->visit == days_ago && g->till == till && g->visit > 0;
}

/* One cashier's day: a shift with all who came to that till. */
static enum status till_day(struct db *db, const struct seed *s,
                            const struct guest *guests, int days_ago, int till)
{
    const struct staff *staff = &s->cashier[till];
    int64_t now = at(s, days_ago, 9, 0);
    struct shift shift = {0};
    enum status st = ST_OK;

    for (int i = 0; i < SEED_CUSTOMERS && st == ST_OK; i++) {
        if (!comes(&guests[i], days_ago, till))
            continue;
        if (shift.id == 0)
            st = shift_open(db, now, staff, s->store[till], &shift);
        now += 17 * MINUTE;
        if (st == ST_OK)
            st = visit(db, now, staff, &shift, &guests[i]);
    }
    if (st == ST_OK && shift.id != 0)
        st = shift_close(db, at(s, days_ago, 21, 0), staff, shift.id);
    return st;
}

enum status seed_people(struct db *db, struct seed *s)
{
    struct guest guests[SEED_CUSTOMERS];
    struct customer first;
    uint64_t row = 20260918;
    int n = 0;
    enum status st = customer_find(db, CHANNEL_MESSENGER, SEED_FIRST_CUSTOMER, &first);

    if (st != ST_NONE)
        return st;
    st = ST_OK;
    for (int i = 0; i < SEED_CUSTOMERS && st == ST_OK; i++) {
        invent(&guests[i], i, &row);
        st = join(db, s, &guests[i], i, &row);
    }
    for (int day = DAYS_BACK; day > 0 && st == ST_OK; day--)
        for (int till = 0; till < SEED_CASHIERS && st == ST_OK; till++)
            st = till_day(db, s, guests, day, till);
    if (st == ST_OK)
        st = discount_expire_due(db, s->now, NULL, SEED_CUSTOMERS, &n);
    if (st == ST_OK)
        st = silence(db);
    if (st == ST_OK)
        s->made = SEED_CUSTOMERS;
    return st;
}
