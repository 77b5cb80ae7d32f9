/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/shop.h"

#include "core/base/clock.h"
#include "tests/harness/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The harness serves tests and benchmarks alike, so it does not speak cmocka. */
static void need(enum status st, const char *what)
{
    if (st == ST_OK)
        return;
    fprintf(stderr, "shop: %s: %s\n", what, status_name(st));
    abort();
}

/* ---- opening -------------------------------------------------------------------- */

static enum status hire(struct db *db, struct shop *s, int64_t external_id,
                        enum role role, struct staff *out)
{
    char name[40];

    snprintf(name, sizeof name, "%s %lld", role_name(role),
             (long long)external_id % 100);
    return staff_add(
        db, SHOP_NOW,
        &(struct staff_spec){.channel = CHANNEL_MESSENGER,
                             .external_id = external_id,
                             .name = name,
                             .role = role,
                             .store_id = role == ROLE_OWNER ? 0 : s->store[0]},
        out);
}

static enum status publish(struct db *db, enum purpose purpose,
                           struct consent_text *out)
{
    return consent_text_publish(db, SHOP_NOW,
                                &(struct consent_draft){.purpose = purpose,
                                                        .language = "ru",
                                                        .body = "Согласие",
                                                        .n = strlen("Согласие")},
                                out);
}

static enum status furnish(struct db *db, void *arg)
{
    struct shop *s = arg;

    need(store_add(db, SHOP_NOW, &(struct store_spec){.name = "Ленина"}, &s->store[0]),
         "store");
    need(store_add(db, SHOP_NOW, &(struct store_spec){.name = "Светланская"},
                   &s->store[1]),
         "store");
    for (int i = 0; i < SHOP_CASHIERS; i++) {
        need(hire(db, s, 7100000001 + i, ROLE_CASHIER, &s->cashier[i]), "cashier");
        need(shift_open(db, SHOP_NOW, &s->cashier[i], s->store[0], &s->shift[i]),
             "shift");
    }
    need(hire(db, s, 7100000098, ROLE_MANAGER, &s->manager), "manager");
    need(hire(db, s, 7100000099, ROLE_OWNER, &s->owner), "owner");
    need(publish(db, PURPOSE_PD, &s->pd), "text");
    need(publish(db, PURPOSE_MARKETING, &s->marketing), "text");
    return ST_OK;
}

void shop_open(struct shop *s)
{
    *s = (struct shop){.cfg = world_config()};
    s->db = db_open(s->cfg);
    if (s->db == NULL)
        abort();
    need(db_tx(s->db, furnish, s), "furnish");
}

void shop_close(struct shop *s)
{
    db_close(s->db);
}

/* ---- customers and discounts -------------------------------------------------------
 */

struct newcomer {
    const struct contact *contact;
    int64_t text_id;
    struct customer out;
};

static enum status welcome(struct db *db, void *arg)
{
    struct newcomer *n = arg;

    need(customer_meet(db, SHOP_NOW, n->contact, &n->out), "meet");
    need(consent_grant(db, SHOP_NOW,
                       &(struct consent_act){.customer_id = n->out.id,
                                             .purpose = PURPOSE_PD,
                                             .text_id = n->text_id,
                                             .update_id = 1,
                                             .via = CHANNEL_MESSENGER}),
         "consent");
    return customer_load(db, n->out.id, &n->out);
}

struct customer shop_customer(struct shop *s, int64_t external_id, const char *first,
                              const char *last)
{
    struct contact c = {.channel = CHANNEL_MESSENGER,
                        .external_id = external_id,
                        .first_name = first,
                        .last_name = last,
                        .first_n = strlen(first),
                        .last_n = strlen(last),
                        .language = "ru",
                        .update_id = 1};
    struct newcomer n = {.contact = &c, .text_id = s->pd.id};

    need(db_tx(s->db, welcome, &n), "customer");
    return n.out;
}

struct discount shop_discount(struct shop *s, int64_t customer_id, const char *key,
                              int uses)
{
    struct discount_spec spec = {.customer_id = customer_id,
                                 .source = SOURCE_MANUAL,
                                 .issue_key = key,
                                 .percent_bp = 1000,
                                 .valid_from = SHOP_NOW,
                                 .valid_until = SHOP_NOW + 30 * DAY,
                                 .uses = uses};
    struct discount d;

    need(shop_issue(s->db, SHOP_NOW, &spec, &d), "discount");
    return d;
}

/* ---- verbs ---------------------------------------------------------------------- */

struct call {
    int64_t now;
    const void *in;
    void *out;
    enum void_result *result;
    enum price_result *priced;
};

static enum status do_check(struct db *db, void *arg)
{
    struct call *c = arg;

    return redemption_check(db, c->now, c->in, c->out);
}

enum status shop_check(struct db *db, int64_t now, const struct redemption_ask *ask,
                       struct card *out)
{
    return db_tx(db, do_check, &(struct call){.now = now, .in = ask, .out = out});
}

static enum status do_confirm(struct db *db, void *arg)
{
    struct call *c = arg;

    return redemption_confirm(db, c->now, c->in, c->out);
}

enum status shop_confirm(struct db *db, int64_t now,
                         const struct redemption_press *press, struct redeemed *out)
{
    return db_tx(db, do_confirm, &(struct call){.now = now, .in = press, .out = out});
}

static enum status do_price(struct db *db, void *arg)
{
    struct call *c = arg;

    return redemption_price(db, c->now, c->in, c->priced, c->out);
}

enum status shop_price(struct db *db, int64_t now, const struct price_ask *ask,
                       enum price_result *result, struct card *out)
{
    return db_tx(db, do_price,
                 &(struct call){.now = now, .in = ask, .out = out, .priced = result});
}

static enum status do_void(struct db *db, void *arg)
{
    struct call *c = arg;

    return redemption_void(db, c->now, c->in, c->result, c->out);
}

enum status shop_void(struct db *db, int64_t now, const struct void_ask *ask,
                      enum void_result *result, struct redemption *out)
{
    return db_tx(db, do_void,
                 &(struct call){.now = now, .in = ask, .out = out, .result = result});
}

static enum status do_issue(struct db *db, void *arg)
{
    struct call *c = arg;

    return discount_issue(db, c->now, c->in, c->out);
}

enum status shop_issue(struct db *db, int64_t now, const struct discount_spec *spec,
                       struct discount *out)
{
    return db_tx(db, do_issue, &(struct call){.now = now, .in = spec, .out = out});
}

int64_t shop_number(struct db *db, const char *sql)
{
    need(db_one(db, sql), sql);
    return db_int(db, 0);
}

void shop_run(struct db *db, const char *sql)
{
    need(db_exec(db, NULL, sql), sql);
}

int64_t shop_rows_read(struct db *db)
{
    int64_t sum = 0;
    enum status st = db_select(db, "SHOW SESSION STATUS LIKE 'Handler_read%'");

    while (st == ST_OK && (st = db_next(db)) == ST_OK)
        if (strcmp(db_text(db, 0, NULL), "Handler_read_retry") != 0)
            sum += strtoll(db_text(db, 1, NULL), NULL, 10);
    need(st == ST_NONE ? ST_OK : st, "what the server has read");
    return sum;
}
