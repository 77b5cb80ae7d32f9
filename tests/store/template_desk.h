/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/store/template_desk.h - a shop that writes templates: each verb of core/template in
 * a transaction of its own. */
#ifndef TESTS_STORE_TEMPLATE_DESK_H
#define TESTS_STORE_TEMPLATE_DESK_H

#include "core/template/own_text.h"
#include "core/template/template.h"
#include "tests/harness/shop.h"
#include "worker/text_own.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct shop shop;

static inline int opened(void **state)
{
    (void)state;
    shop_open(&shop);
    text_own_known();
    return 0;
}

static inline int closed(void **state)
{
    (void)state;
    shop_close(&shop);
    return 0;
}

/* ---- verbs, each in a transaction ------------------------------------------------- */

struct act {
    struct template_draft draft;
    struct template_act act;
    struct content_faults faults;
    const char *why;
    int64_t id;
    int no;
};

static inline enum status add_in(struct db *db, void *arg)
{
    struct act *a = arg;

    return template_add(db, SHOP_NOW, &a->draft, &a->faults, &a->why, &a->id);
}

static inline enum status change_in(struct db *db, void *arg)
{
    struct act *a = arg;

    return template_change(db, SHOP_NOW + 1000000, &a->act, &a->draft);
}

static inline enum status activate_in(struct db *db, void *arg)
{
    struct act *a = arg;

    return template_activate(db, SHOP_NOW + 2000000, &a->act, a->no);
}

static inline enum status remove_in(struct db *db, void *arg)
{
    struct act *a = arg;

    return template_remove(db, SHOP_NOW + 3000000, &a->act);
}

static inline struct act act_of(const char *key, const char *content)
{
    return (struct act){
        .draft = {
            .kind = strncmp(key, "bot.", 4) == 0 ? TEMPLATE_TEXT : TEMPLATE_MESSAGE,
            .key = key,
            .of_discount = -1,
            .archived = -1,
            .staff_id = shop.owner.id,
            .content = content != NULL ? json_parse(content, strlen(content)) : NULL}};
}

static inline enum status add(struct act *a, const char *key, const char *content)
{
    enum status st;

    *a = act_of(key, content);
    st = db_tx(shop.db, add_in, a);
    json_free((struct json *)a->draft.content);
    return st;
}

static inline int64_t added(const char *key, const char *content)
{
    struct act a;

    assert_int_equal(add(&a, key, content), ST_OK);
    return a.id;
}

static inline struct act acting(int64_t id, int64_t version)
{
    struct act a = act_of("", NULL);

    a.act = (struct template_act){id, version, shop.owner.id};
    return a;
}

static inline enum status put(int64_t id, int64_t version, const char *content)
{
    struct act a = acting(id, version);
    enum status st;

    a.draft.content = json_parse(content, strlen(content));
    st = db_tx(shop.db, change_in, &a);
    json_free((struct json *)a.draft.content);
    return st;
}

static inline enum status activate(int64_t id, int64_t version, int no)
{
    struct act a = acting(id, version);

    a.no = no;
    return db_tx(shop.db, activate_in, &a);
}

static inline enum status archive(int64_t id, int64_t version, int archived)
{
    struct act a = acting(id, version);

    a.draft.archived = archived;
    return db_tx(shop.db, change_in, &a);
}

static inline struct template loaded(int64_t id)
{
    struct template t;

    assert_int_equal(template_load(shop.db, id, &t), ST_OK);
    return t;
}

static inline void says(int64_t id, const char *want)
{
    struct json *content = NULL;

    assert_int_equal(template_active(shop.db, id, &content),
                     want != NULL ? ST_OK : ST_NONE);
    if (want != NULL)
        assert_string_equal(json_print(content), want);
    json_free(content);
}

#define HELLO "{\"ru\":{\"text\":\"Привет, {{first_name|друг}}!\"}}"
#define BYE "{\"ru\":{\"text\":\"Пока!\"}}"

#endif
