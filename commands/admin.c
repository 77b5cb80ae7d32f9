/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "commands/commands.h"

#include "core/base/clock.h"
#include "core/setting.h"
#include "core/staff/invite.h"
#include "core/staff/login.h"
#include "core/staff/store.h"
#include "start.h"

#include <stdio.h>
#include <string.h>

#define STORES_MAX 20

static int usage(FILE *out)
{
    fputs(
        "Usage: dvorik admin add TELEGRAM_ID --role ROLE [--store ID]\n"
        "       dvorik admin invite --role ROLE [--store ID]\n"
        "       dvorik admin login-link [TELEGRAM_ID]\n\n"
        "add     makes that person staff at once\n"
        "invite  prints a link that makes the first who opens it staff, within 24 "
        "hours\n"
        "login-link  prints a link that logs that person (else the first owner) in to\n"
        "        the panel, once, within 10 minutes\n\n"
        "ROLE is owner, administrator, marketing, readonly, manager, seller, cashier "
        "or\n"
        "storekeeper. With one store --store may be left out; owner, administrator,\n"
        "marketing and readonly need none.\n",
        out);
    return out == stdout ? 0 : 2;
}

struct order {
    const struct config *cfg;
    int64_t now, external_id, store_id;
    enum role role;
    struct staff staff;
    char token[INVITE_TOKEN + 1];
};

/* A whole number above 0, the whole word. */
static bool read_id(const char *s, int64_t *out)
{
    int64_t v = 0;

    if (*s == '\0' || strlen(s) > 18)
        return false;
    for (; *s != '\0'; s++) {
        if (*s < '0' || *s > '9')
            return false;
        v = v * 10 + (*s - '0');
    }
    *out = v;
    return v > 0;
}

static bool read_order(int argc, char **argv, struct order *o)
{
    for (int i = 0; i < argc; i += 2) {
        if (i + 1 >= argc)
            return false;
        if (strcmp(argv[i], "--role") == 0)
            o->role = role_find(argv[i + 1], strlen(argv[i + 1]));
        else if (strcmp(argv[i], "--store") != 0 || !read_id(argv[i + 1], &o->store_id))
            return false;
    }
    return o->role != ROLE_UNSET;
}

/* Roles whose rights reach everywhere are bound to no store. */
static bool needs_store(enum role role)
{
    return role_scope(role, PERM_SHIFT_REPORT) < SCOPE_ALL;
}

static void print_stores(const struct store *stores, int n)
{
    for (int i = 0; i < n; i++)
        fprintf(stderr, "    %lld  %s\n", (long long)stores[i].id, stores[i].name);
}

/* The store meant when none was named: the only one. */
static enum status choose_store(struct db *db, struct order *o)
{
    struct store stores[STORES_MAX];
    int n;
    enum status st;

    if (o->store_id != 0 || !needs_store(o->role))
        return ST_OK;
    st = store_list(db, 0, stores, STORES_MAX, &n);
    if (st != ST_OK)
        return st;
    if (n == 1) {
        o->store_id = stores[0].id;
        return ST_OK;
    }
    fprintf(stderr, "dvorik admin: at which store? --store ID%s\n",
            n == 0 ? "; there is none yet" : ", one of");
    print_stores(stores, n);
    return ST_REFUSED;
}

static struct staff_spec spec_of(const struct order *o)
{
    return (struct staff_spec){.channel = CHANNEL_MESSENGER,
                               .external_id = o->external_id,
                               .role = o->role,
                               .store_id = o->store_id};
}

static enum status do_add(struct db *db, void *arg)
{
    struct order *o = arg;
    struct staff_spec spec = spec_of(o);

    return staff_add(db, o->now, &spec, &o->staff);
}

static enum status do_invite(struct db *db, void *arg)
{
    struct order *o = arg;
    struct staff_spec spec = spec_of(o);

    return invite_make(db, o->now, NULL, &spec, o->token);
}

static void say_added(struct db *db, const struct order *o)
{
    (void)db;
    printf("%s is %s now (staff %lld).\n", o->staff.name, role_name(o->staff.role),
           (long long)o->staff.id);
}

static void say_invite(struct db *db, const struct order *o)
{
    struct buf bot = {0};

    if (setting_text(db, "auth_bot_username", &bot) == ST_OK && bot.len > 0)
        printf("https://t.me/%s?start=i_%s\n", bot.s, o->token);
    else
        printf("The cashiers' bot is not known yet (dvorik setup-bots, or start the"
               " worker once). Send it:\n/start i_%s\n",
               o->token);
    buf_free(&bot);
    printf("Good for %d hours and one person.\n", INVITE_LIFE_HOURS);
}

/* The first owner, unless somebody was named. */
static enum status do_login_link(struct db *db, void *arg)
{
    struct order *o = arg;
    int n = 1;
    enum status st = o->external_id != 0
                         ? staff_find(db, CHANNEL_MESSENGER, o->external_id, &o->staff)
                         : staff_owners(db, &o->staff, 1, &n);

    if (st == ST_OK && n == 0)
        st = ST_NONE;
    return st == ST_OK ? login_link(db, o->now, o->staff.id, 0, o->token) : st;
}

static void say_login_link(struct db *db, const struct order *o)
{
    struct buf link = {0};

    (void)db;
    login_link_add(&link, o->cfg, o->token);
    if (!link.failed)
        printf("%s\nLogs %s (%s) in, once, within 10 minutes.\n", link.s, o->staff.name,
               role_name(o->staff.role));
    buf_free(&link);
}

static const struct verb {
    const char *name;
    int ids;   /* arguments before the options */
    bool bare; /* no options; the id may be left out */
    db_work *run;
    void (*say)(struct db *db, const struct order *o);
} verbs[] = {
    {"add", 1, false, do_add, say_added},
    {"invite", 0, false, do_invite, say_invite},
    {"login-link", 0, true, do_login_link, say_login_link},
};

static const struct verb *read_verb(int argc, char **argv, struct order *o)
{
    for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof *verbs; i++) {
        const struct verb *v = &verbs[i];

        if (strcmp(v->name, argv[1]) != 0)
            continue;
        if (v->bare)
            return argc == 2 || (argc == 3 && read_id(argv[2], &o->external_id)) ? v
                                                                                 : NULL;
        if (argc < 2 + v->ids || (v->ids > 0 && !read_id(argv[2], &o->external_id)) ||
            !read_order(argc - 2 - v->ids, argv + 2 + v->ids, o))
            return NULL;
        return v;
    }
    return NULL;
}

static const char *why(const struct verb *v, enum status st)
{
    if (v->bare && st == ST_NONE)
        return "nobody like that works here (dvorik admin add)";
    if (v->bare && st == ST_REFUSED)
        return "they have no access to the panel";
    return st == ST_REFUSED
               ? "there is no such store, or the last owner would lose the role"
               : status_name(st);
}

static int run(const struct config *cfg, const struct verb *v, struct order *o)
{
    struct db *db = db_open(cfg);
    enum status st = db == NULL ? ST_BROKEN : v->bare ? ST_OK : choose_store(db, o);

    o->cfg = cfg;
    if (st == ST_OK) {
        st = db_tx(db, v->run, o);
        if (st == ST_OK)
            v->say(db, o);
        else
            fprintf(stderr, "dvorik admin: not done: %s\n", why(v, st));
    }
    db_close(db);
    return st == ST_OK ? 0 : 1;
}

int admin_main(int argc, char **argv)
{
    struct order o = {.now = clock_now()};
    const struct verb *v;
    struct config cfg;
    int code;

    if (argc > 1 && strcmp(argv[1], "--help") == 0)
        return usage(stdout);
    v = read_verb(argc, argv, &o);
    if (v == NULL)
        return usage(stderr);
    code = start_command(&cfg, "admin", NEED_DATABASE);
    if (code == 0)
        code = run(&cfg, v, &o);
    config_free(&cfg);
    return code;
}
