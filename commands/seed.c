/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "commands/commands.h"

#include "commands/seed.h"
#include "core/base/clock.h"
#include "core/loyalty/consent.h"
#include "core/setting.h"
#include "core/staff/store.h"
#include "start.h"

#include <stdio.h>

/* Set only where the shop has not decided yet. */
static const struct seed_setting {
    const char *name, *value;
} seed_settings[] = {
    {"brand_name", "Мармеладный Дворик"},
    {"brand_operator", "ИП Дворикова М. А. (пример)"},
    {"channel_id", "-1001987654321"}, /* the stand-in's */
    {"channel_title", "Дворик — новости и скидки"},
    {"channel_url", "https://t.me/dvorik_demo"},
};

static const struct store_spec seed_stores[SEED_STORES] = {
    {"Ленина, 12", "Владивосток", "ул. Ленина, 12", "пн–вс 9:00–21:00", NULL},
    {"Светланская, 33", "Владивосток", "ул. Светланская, 33", "пн–сб 10:00–20:00",
     NULL},
};

/* The people of the stand-in's chat page. at: the store, -1 both. */
static const struct seed_staff {
    int64_t external_id;
    const char *name;
    enum role role;
    int at;
} seed_staff[] = {
    {7200000001, "Ольга", ROLE_CASHIER, 0},
    {7200000002, "Игорь", ROLE_CASHIER, 1},
    {7100000100, "Пётр", ROLE_OWNER, -1},
};

static enum status settle_settings(struct db *db, const struct seed *s)
{
    for (size_t i = 0; i < sizeof seed_settings / sizeof *seed_settings; i++) {
        const struct seed_setting *set = &seed_settings[i];
        struct setting_change c = {
            .name = set->name, .value = set->value, .by = "seed"};
        const char *why = "";
        enum status st =
            db_one(db, "SELECT 1 FROM settings WHERE name = ?", DB_TEXT(set->name));

        if (st == ST_NONE)
            st = setting_set(db, s->now, &c, &why);
        if (st != ST_OK) {
            fprintf(stderr, "dvorik seed: setting %s: %s\n", set->name, why);
            return st;
        }
    }
    return consent_text_sync(db, s->now);
}

static enum status open_stores(struct db *db, struct seed *s)
{
    for (int i = 0; i < SEED_STORES; i++) {
        enum status st = store_add(db, s->now, &seed_stores[i], &s->store[i]);

        if (st != ST_OK && st != ST_TAKEN)
            return st;
    }
    return ST_OK;
}

/* Whoever is staff already keeps the role they were given. */
static enum status hire(struct db *db, const struct seed *s,
                        const struct seed_staff *who, struct staff *out)
{
    enum status st = staff_find(db, CHANNEL_MESSENGER, who->external_id, out);

    for (int i = 0; i < SEED_STORES && st == ST_NONE; i++) {
        struct staff_spec spec = {.channel = CHANNEL_MESSENGER,
                                  .external_id = who->external_id,
                                  .name = who->name,
                                  .language = "ru",
                                  .role = who->role,
                                  .store_id = s->store[i]};
        enum status added =
            who->at < 0 || who->at == i ? staff_add(db, s->now, &spec, out) : ST_OK;

        if (added != ST_OK)
            return added;
    }
    return st == ST_NONE ? ST_OK : st;
}

static enum status hire_all(struct db *db, struct seed *s)
{
    for (size_t i = 0; i < sizeof seed_staff / sizeof *seed_staff; i++) {
        struct staff person;
        enum status st = hire(db, s, &seed_staff[i], &person);

        if (st != ST_OK)
            return st;
        if (i < SEED_CASHIERS)
            s->cashier[i] = person;
    }
    return ST_OK;
}

/* One transaction: a demo shop is there whole, or not at all. */
static enum status seed_shop(struct db *db, void *arg)
{
    struct seed *s = arg;
    enum status st = settle_settings(db, s);

    s->made = 0;
    if (st == ST_OK)
        st = open_stores(db, s);
    if (st == ST_OK)
        st = hire_all(db, s);
    if (st == ST_OK)
        st = seed_people(db, s);
    return st;
}

static int run(const struct config *cfg)
{
    struct tz *tz = tz_open(cfg->timezone);
    struct db *db = db_open(cfg);
    struct seed s = {.now = clock_now(), .tz = tz};
    enum status st = tz != NULL && db != NULL ? db_tx(db, seed_shop, &s) : ST_BROKEN;

    if (st != ST_OK)
        fprintf(stderr, "dvorik seed: not done (%s); nothing was changed\n",
                status_name(st));
    else if (s.made == 0)
        printf("The demo shop is there already; nothing to add.\n");
    else
        printf("Demo shop: %d stores, %zu staff, %d customers with a history.\n",
               SEED_STORES, sizeof seed_staff / sizeof *seed_staff, s.made);
    db_close(db);
    tz_close(tz);
    return st == ST_OK ? 0 : 1;
}

int seed_main(int argc, char **argv)
{
    struct config cfg;
    int code;

    (void)argv;
    if (argc > 1) {
        fputs("Usage: dvorik seed\n\nA demo shop to look at: settings, two stores, two"
              " cashiers and an owner, fifty\ncustomers with their histories. What is"
              " there already stays as it is.\n",
              stderr);
        return 2;
    }
    code = start_command(&cfg, "seed", NEED_DATABASE);
    if (code == 0)
        code = run(&cfg);
    config_free(&cfg);
    return code;
}
