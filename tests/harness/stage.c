/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/stage_chat.h"

#include "core/base/clock.h"
#include "core/loyalty/consent.h"
#include "core/setting.h"
#include "core/staff/invite.h"
#include "core/staff/store.h"
#include "tests/harness/until.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct stage stage;
const struct cast *cast;

/* ---- the shop ------------------------------------------------------------------- */

struct setting_act {
    const char *name, *value;
};

static enum status set_work(struct db *db, void *arg)
{
    const struct setting_act *a = arg;
    const struct setting_change change = {
        .name = a->name, .value = a->value, .by = "test"};
    const char *why = "";
    enum status st = setting_set(db, stage.now, &change, &why);

    if (st != ST_OK)
        fprintf(stderr, "setting %s: %s\n", a->name, why);
    if (st == ST_OK && consent_text_uses(a->name))
        st = consent_text_sync(db, stage.now);
    return st;
}

void shop_sets(const char *name, const char *value)
{
    struct setting_act a = {name, value};

    assert_int_equal(db_tx(stage.db, set_work, &a), ST_OK);
}

static enum status open_work(struct db *db, void *arg)
{
    static const char *const names[STAGE_STORES] = {"Ленина, 5", "Садовая, 12"};
    enum status st = ST_OK;
    int i;

    (void)arg;
    for (i = 0; i < STAGE_STORES && st == ST_OK; i++) {
        const struct store_spec spec = {.name = names[i],
                                        .city = "Владивосток",
                                        .address = names[i],
                                        .hours = "9:00–21:00"};

        st = store_add(db, stage.now, &spec, &stage.store[i]);
    }
    return st;
}

void stage_furnish(void)
{
    assert_int_equal(db_tx(stage.db, open_work, NULL), ST_OK);
    shop_sets("brand_name", "У Дома"); /* and with it the texts of consent */
    shop_sets("channel_id", "-1001987654321");
    shop_sets("channel_url", "https://t.me/exmpl_shop");
    shop_sets("client_bot_username", "exmpl_bonus_bot");
    shop_sets("auth_bot_username", "exmpl_till_bot");
}

struct hiring {
    struct staff_spec spec;
    char token[INVITE_TOKEN + 1];
};

static enum status hire_work(struct db *db, void *arg)
{
    struct hiring *h = arg;
    struct staff out;

    return staff_add(db, stage.now, &h->spec, &out);
}

void hires(const struct person *p, const char *role, int64_t store)
{
    struct hiring h = {.spec = {.channel = CHANNEL_MESSENGER,
                                .external_id = p->id,
                                .name = p->name,
                                .language = p->lang,
                                .role = role_find(role, strlen(role)),
                                .store_id = store}};

    assert_int_equal(db_tx(stage.db, hire_work, &h), ST_OK);
}

static enum status invite_work(struct db *db, void *arg)
{
    struct hiring *h = arg;

    return invite_make(db, stage.now, NULL, &h->spec, h->token);
}

const char *invites(const char *role, int64_t store)
{
    static char text[64];
    struct hiring h = {.spec = {.channel = CHANNEL_MESSENGER,
                                .role = role_find(role, strlen(role)),
                                .store_id = store}};

    assert_int_equal(db_tx(stage.db, invite_work, &h), ST_OK);
    snprintf(text, sizeof(text), "/start i_%s", h.token);
    return text;
}

int64_t counts(const char *sql)
{
    assert_int_equal(db_one(stage.db, sql), ST_OK);
    return db_int(stage.db, 0);
}

struct count_wanted {
    int64_t n;
    const char *sql;
};

static bool is_counted(void *arg)
{
    struct count_wanted *w = arg;

    return counts(w->sql) == w->n;
}

void comes_to(int64_t n, const char *sql)
{
    struct count_wanted w = {n, sql};

    if (!until(is_counted, &w, 20000))
        fail_msg("%s answers %lld, not %lld", sql, (long long)counts(sql),
                 (long long)n);
}

/* ---- what people do ------------------------------------------------------------- */

void says(const struct person *p, const char *text)
{
    chat_act(p, text);
    cast->say(p, text);
}

void sends_voice(const struct person *p)
{
    chat_act(p, "(voice)");
    cast->voice(p);
}

void shares_contact(const struct person *p, const char *phone)
{
    shares_contact_of(p, phone, p->id);
}

void shares_contact_of(const struct person *p, const char *phone, int64_t whose)
{
    chat_act(p, whose == p->id ? "(their contact)" : "(somebody's contact)");
    cast->contact(p, phone, whose);
}

void sends_photo(const struct person *p, const void *picture, size_t n)
{
    chat_act(p, "(photo)");
    cast->photo(p, picture, n);
}

void blocks(const struct person *p)
{
    chat_act(p, "(blocks the bot)");
    cast->block(p);
}

void unblocks(const struct person *p)
{
    chat_act(p, "(unblocks the bot)");
    cast->unblock(p);
}

void stands(const struct person *p, const char *status)
{
    chat_act(p, status);
    cast->stand(p, status);
}

void subscribes(const struct person *p)
{
    cast->member(p, true);
}

void unsubscribes(const struct person *p)
{
    cast->member(p, false);
}

void channel_hidden(bool hidden)
{
    cast->hidden(hidden);
}

void stage_wait_until(int64_t now)
{
    stage.now = now;
}

void stage_close(void)
{
    cast->close();
    chat_clear();
    cast = NULL;
}

int stage_begin(void **state)
{
    (void)state;
    stage_open(0);
    return 0;
}

int stage_begin_real(void **state)
{
    (void)state;
    stage_open_real(0);
    return 0;
}

int stage_end(void **state)
{
    (void)state;
    stage_close();
    return 0;
}
