/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Segments that are kept: their versions, their members, what they name, and counts that
 * are not older than what they count. */
#include "core/base/clock.h"
#include "core/loyalty/erasure.h"
#include "core/segment/audience.h"
#include "core/segment/segment.h"
#include "tests/harness/shop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct shop shop;
static struct tz *tz;
static struct moment moment;
static struct customer ann, bob, eve;

static int opened(void **state)
{
    (void)state;
    shop_open(&shop);
    tz = tz_open("Asia/Vladivostok");
    moment = moment_make(SHOP_NOW, tz, false);
    ann = shop_customer(&shop, 7000000701, "Анна", "");
    bob = shop_customer(&shop, 7000000702, "Боб", "");
    eve = shop_customer(&shop, 7000000703, "Ева", "");
    return 0;
}

static int closed(void **state)
{
    (void)state;
    tz_close(tz);
    shop_close(&shop);
    return 0;
}

/* ---- verbs, each in a transaction ------------------------------------------------- */

struct act {
    struct segment_draft draft;
    struct segment_act members;
    int64_t id, version, done;
    int64_t now;
    bool take;
};

static enum status add(struct db *db, void *arg)
{
    struct act *a = arg;

    return segment_add(db, a->now, &a->draft, &a->id);
}

static enum status change(struct db *db, void *arg)
{
    struct act *a = arg;

    return segment_change(db, a->now, a->id, a->version, &a->draft);
}

static enum status drop(struct db *db, void *arg)
{
    struct act *a = arg;

    return segment_remove(db, a->now, a->id, a->version, shop.owner.id);
}

static enum status members(struct db *db, void *arg)
{
    struct act *a = arg;

    return a->take ? segment_take(db, a->now, &a->members, &a->done)
                   : segment_put(db, a->now, &a->members, &a->done);
}

/* Resolved as of that segment; NULL: *code says why not. */
static struct rule *rule_of(const char *root, int64_t id, enum rule_fault_code *code)
{
    struct buf b = {0};
    struct rule_faults f;
    struct rule *r;

    buf_addf(&b, "{\"v\":1,\"root\":%s}", root);
    r = rule_parse(b.s, b.len, true, &f);
    if (r == NULL)
        fail_msg("%s: %s", root, f.fault[0].pointer);
    if (segment_resolve(shop.db, r, id, &f) != ST_OK) {
        *code = f.fault[0].code;
        rule_free(r);
        r = NULL;
    }
    buf_free(&b);
    return r;
}

static int64_t kept(const char *name, const char *root)
{
    enum rule_fault_code code = 0;
    struct rule *r = root != NULL ? rule_of(root, 0, &code) : NULL;
    struct act a = {.draft = {.kind = root != NULL ? SEGMENT_RULE : SEGMENT_LIST,
                              .name = name,
                              .rule = r,
                              .staff_id = shop.owner.id},
                    .now = SHOP_NOW};

    assert_int_equal(code, 0);
    assert_int_equal(db_tx(shop.db, add, &a), ST_OK);
    rule_free(r);
    return a.id;
}

static enum status ruled(int64_t id, const char *root, int64_t version)
{
    enum rule_fault_code code = 0;
    struct rule *r = rule_of(root, id, &code);
    struct act a = {
        .draft = {.rule = r}, .id = id, .version = version, .now = SHOP_NOW + DAY};
    enum status st = r != NULL ? db_tx(shop.db, change, &a) : ST_BAD;

    rule_free(r);
    return st;
}

static int64_t put(int64_t id, const int64_t *who, size_t n, bool take)
{
    struct act a = {
        .members = {.id = id, .customer = who, .n = n}, .take = take, .now = SHOP_NOW};

    assert_int_equal(db_tx(shop.db, members, &a), ST_OK);
    return a.done;
}

static int64_t counted(int64_t id)
{
    struct audience_size size;

    assert_int_equal(segment_recount(shop.db, &moment, id, &size), ST_OK);
    return size.all;
}

static bool has_count(int64_t id)
{
    struct segment s;

    assert_int_equal(segment_load(shop.db, id, &s), ST_OK);
    return s.counted_at != 0;
}

#define SUBSCRIBED "{\"f\":\"subscribed\",\"op\":\"is\",\"v\":true}"
#define EVERYBODY "{\"all\":[]}"

/* ---- kept ------------------------------------------------------------------------- */

static void test_kept_and_read_again(void **state)
{
    int64_t id = kept("Подписчики", SUBSCRIBED);
    struct buf text = {0};
    struct segment s;
    struct rule *r;

    (void)state;
    assert_int_equal(segment_load(shop.db, id, &s), ST_OK);
    assert_string_equal(s.name, "Подписчики");
    assert_int_equal(s.kind, SEGMENT_RULE);
    assert_int_equal(s.version, 1);
    assert_int_equal(s.made_by, shop.owner.id);
    assert_int_equal(s.counted_at, 0);
    assert_int_equal(segment_text(shop.db, id, &text), ST_OK);
    assert_string_equal(text.s, "{\"root\":" SUBSCRIBED ",\"v\":1}");
    assert_int_equal(segment_rule(shop.db, id, &r, NULL), ST_OK);
    rule_free(r);
    assert_int_equal(segment_load(shop.db, 999, &s), ST_NONE);
    assert_int_equal(segment_rule(shop.db, 999, &r, NULL), ST_NONE);
    assert_int_equal(
        shop_number(shop.db,
                    "SELECT COUNT(*) FROM audit WHERE action = 'segment.make'"),
        1);
    buf_free(&text);
}

static void test_names_are_names(void **state)
{
    struct act a = {.draft = {.kind = SEGMENT_LIST}, .now = SHOP_NOW};
    static const char *const bad[] = {NULL, "", " ", "\xff",
                                      "0123456789012345678901234567890123456789"
                                      "0123456789012345678901234"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        a.draft.name = bad[i];
        assert_int_equal(db_tx(shop.db, add, &a), ST_BAD);
    }
    kept("Свои", NULL);
    a.draft.name = "свои ";
    assert_int_equal(db_tx(shop.db, add, &a), ST_TAKEN);
    a.draft.name = "Правило";
    a.draft.kind = SEGMENT_RULE; /* and no rule */
    assert_int_equal(db_tx(shop.db, add, &a), ST_BAD);
}

static void test_the_second_of_two_editors_is_told(void **state)
{
    int64_t id = kept("Подписчики", SUBSCRIBED);
    struct act a = {.draft = {.name = "Подписчики канала", .description = "Все <b>"},
                    .id = id,
                    .version = 1,
                    .now = SHOP_NOW + DAY};
    struct segment s;

    (void)state;
    assert_int_equal(db_tx(shop.db, change, &a), ST_OK);
    assert_int_equal(db_tx(shop.db, change, &a), ST_REFUSED);
    assert_int_equal(segment_load(shop.db, id, &s), ST_OK);
    assert_int_equal(s.version, 2);
    assert_string_equal(s.description, "Все <b>");
    assert_int_equal(s.updated_at, SHOP_NOW + DAY);
    assert_int_equal(ruled(id, EVERYBODY, 1), ST_REFUSED);
    assert_int_equal(ruled(id, EVERYBODY, 2), ST_OK);
    a.version = 3;
    a.draft = (struct segment_draft){.name = ""};
    assert_int_equal(db_tx(shop.db, change, &a), ST_BAD);
    a.id = 999;
    assert_int_equal(db_tx(shop.db, change, &a), ST_NONE);
}

/* ---- what a rule names ------------------------------------------------------------ */

static void test_what_is_not_there_is_told(void **state)
{
    static const struct {
        const char *root;
        enum rule_fault_code code;
    } all[] = {
        {"{\"tags\":{\"any\":[\"нет\"]}}", FAULT_UNKNOWN_TAG},
        {"{\"f\":\"home_store\",\"op\":\"eq\",\"v\":999}", FAULT_UNKNOWN_STORE},
        {"{\"has\":{\"of\":\"purchases\",\"where\":[{\"f\":\"store\",\"op\":\"in\","
         "\"v\":[999]}]}}",
         FAULT_UNKNOWN_STORE},
        {"{\"all\":[{\"any\":[{\"segment\":999}]}]}", FAULT_UNKNOWN_SEGMENT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        enum rule_fault_code code = 0;

        assert_null(rule_of(all[i].root, 0, &code));
        assert_int_equal(code, all[i].code);
    }
}

static void test_a_circle_is_refused(void **state)
{
    int64_t a = kept("А", SUBSCRIBED);
    char names_a[64], names_b[64], itself[64];
    int64_t b, c, d, e;
    enum rule_fault_code code = 0;

    (void)state;
    snprintf(names_a, sizeof names_a, "{\"segment\":%lld}", (long long)a);
    b = kept("Б", names_a);
    snprintf(names_b, sizeof names_b, "{\"all\":[{\"segment\":%lld}]}", (long long)b);
    assert_null(rule_of(names_b, a, &code));
    assert_int_equal(code, FAULT_CIRCULAR);
    snprintf(itself, sizeof itself, "{\"segment\":%lld}", (long long)a);
    assert_null(rule_of(itself, a, &code));
    assert_int_equal(code, FAULT_CIRCULAR);

    c = kept("В", names_b);
    snprintf(names_b, sizeof names_b, "{\"segment\":%lld}", (long long)c);
    d = kept("Г", names_b); /* three references deep */
    snprintf(names_b, sizeof names_b, "{\"segment\":%lld}", (long long)d);
    assert_null(rule_of(names_b, 0, &code));
    assert_int_equal(code, FAULT_CIRCULAR);
    e = counted(d);
    assert_int_equal(e, counted(a));
}

static void test_what_is_named_stays(void **state)
{
    int64_t a = kept("А", SUBSCRIBED), b;
    char names[64];
    struct act drop_a = {.id = a, .version = 1, .now = SHOP_NOW};
    struct rule_names said;
    struct rule *r;

    (void)state;
    snprintf(names, sizeof names, "{\"segment\":%lld}", (long long)a);
    b = kept("Б", names);
    assert_int_equal(db_tx(shop.db, drop, &drop_a), ST_REFUSED);
    assert_int_equal(segment_rule(shop.db, b, &r, NULL), ST_OK);
    assert_int_equal(segment_names(shop.db, r, &said), ST_OK);
    assert_int_equal(said.n, 1);
    assert_string_equal(said.name[0].name, "А");
    rule_free(r);
    assert_int_equal(ruled(b, EVERYBODY, 1), ST_OK);
    drop_a.version = 2;
    assert_int_equal(db_tx(shop.db, drop, &drop_a), ST_REFUSED);
    drop_a.version = 1;
    assert_int_equal(db_tx(shop.db, drop, &drop_a), ST_OK);
    assert_int_equal(db_tx(shop.db, drop, &drop_a), ST_NONE);
}

/* A broadcast keeps what it was: the rule it names is changed behind its back. */
static void test_a_frozen_rule_stays_as_it_was(void **state)
{
    int64_t a = kept("А", SUBSCRIBED);
    char names[64];
    struct buf frozen = {0};
    struct rule_faults f;
    enum rule_fault_code code;
    struct rule *r, *thawed;
    struct audience_size size;

    (void)state;
    snprintf(names, sizeof names, "{\"none\":[{\"segment\":%lld}]}", (long long)a);
    r = rule_of(names, 0, &code);
    rule_frozen(r, &frozen);
    assert_int_equal(ruled(a, EVERYBODY, 1), ST_OK);
    thawed = rule_parse(frozen.s, frozen.len, true, &f);
    assert_non_null(thawed);
    assert_int_equal(segment_resolve(shop.db, thawed, 0, &f), ST_OK);
    assert_int_equal(audience_count(shop.db, thawed, &moment, &size), ST_OK);
    assert_int_equal(size.all, 3);
    rule_free(thawed);
    rule_free(r);
    buf_free(&frozen);
}

/* ---- fixed lists ------------------------------------------------------------------ */

static void test_members_come_and_go(void **state)
{
    int64_t id = kept("Список", NULL), rule = kept("Правило", SUBSCRIBED), out[4];
    const int64_t who[] = {ann.id, bob.id, 999, ann.id, 0, -1};
    struct act a = {.members = {.id = rule, .customer = who, .n = 1}, .now = SHOP_NOW};
    int n;

    (void)state;
    assert_int_equal(put(id, who, 6, false), 2);
    assert_int_equal(put(id, who, 2, false), 0);
    assert_int_equal(counted(id), 2);
    assert_int_equal(segment_members(shop.db, id, 0, out, 4, &n), ST_OK);
    assert_int_equal(n, 2);
    assert_int_equal(segment_members(shop.db, id, ann.id, out, 4, &n), ST_OK);
    assert_int_equal(n, 1);
    assert_int_equal(out[0], bob.id);
    assert_int_equal(put(id, who, 1, true), 1);
    assert_int_equal(counted(id), 1);
    assert_int_equal(db_tx(shop.db, members, &a), ST_REFUSED);
    a.members.id = 999;
    assert_int_equal(db_tx(shop.db, members, &a), ST_NONE);
    a.members = (struct segment_act){.id = id, .customer = who, .n = 1001};
    assert_int_equal(db_tx(shop.db, members, &a), ST_BAD);
}

static void test_more_members_than_a_statement_takes(void **state)
{
    int64_t id = kept("Список", NULL), who[120];
    const int want = 120;

    (void)state;
    for (int i = 0; i < want; i++)
        who[i] = shop_customer(&shop, 7100000000 + i, "Кто-то", "").id;
    assert_int_equal(put(id, who, 120, false), 120);
    assert_int_equal(put(id, who, 120, true), 120);
}

static enum status erase(struct db *db, void *arg)
{
    struct erasure_act act = {.customer_id = *(int64_t *)arg, .actor = ACTOR_SYSTEM};

    return erasure_do(db, SHOP_NOW, &act, NULL);
}

static void test_the_erased_are_on_no_list(void **state)
{
    int64_t id = kept("Список", NULL);
    const int64_t who[] = {ann.id, bob.id};

    (void)state;
    put(id, who, 2, false);
    assert_int_equal(db_tx(shop.db, erase, &ann.id), ST_OK);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM segment_member"), 1);
    assert_int_equal(counted(id), 1);
    assert_int_equal(put(id, who, 2, false), 0);
    assert_int_equal(counted(kept("Все", EVERYBODY)), 2);
}

/* ---- counts ----------------------------------------------------------------------- */

static void test_a_count_is_kept_for_all_of_one_rule(void **state)
{
    int64_t a = kept("А", SUBSCRIBED), b = kept("Б", SUBSCRIBED);
    int64_t c = kept("В", EVERYBODY);

    (void)state;
    assert_int_equal(counted(c), 3);
    assert_false(has_count(a));
    assert_int_equal(counted(a), 0);
    assert_true(has_count(b));
    assert_int_equal(ruled(b, EVERYBODY, 1), ST_OK);
    assert_false(has_count(b));
    assert_true(has_count(a));
}

static void test_a_count_goes_with_what_it_counts(void **state)
{
    int64_t list = kept("Список", NULL), a, b, c;
    char names[64];
    const int64_t who[] = {eve.id};

    (void)state;
    snprintf(names, sizeof names, "{\"segment\":%lld}", (long long)list);
    a = kept("А", names);
    snprintf(names, sizeof names, "{\"segment\":%lld}", (long long)a);
    b = kept("Б", names);
    snprintf(names, sizeof names, "{\"segment\":%lld}", (long long)b);
    c = kept("В", names);
    assert_int_equal(counted(c), 0);
    assert_int_equal(counted(b), 0);
    put(list, who, 1, false);
    assert_false(has_count(c));
    assert_false(has_count(b));
    assert_int_equal(counted(c), 1);
}

/* ---- all of them ------------------------------------------------------------------ */

static int found(const struct segment_filter *f, const struct page_sort *sort)
{
    struct page p = {.sort = sort, .limit = 10};
    struct segment s;
    int64_t total;
    enum status st = segment_search(shop.db, f, &p);
    int n = 0;

    while (st == ST_OK && (st = segment_search_next(shop.db, &p, &s)) == ST_OK) {
        assert_true(s.id > 0 && s.name[0] != '\0');
        n++;
    }
    assert_int_equal(st, ST_NONE);
    assert_int_equal(segment_total(shop.db, f, &total), ST_OK);
    assert_int_equal(total, n);
    return n;
}

static void test_found_by_name_and_kind(void **state)
{
    (void)state;
    kept("Подписчики", SUBSCRIBED);
    kept("Список 100%", NULL);
    kept("Список", NULL);
    for (int i = 0; i < SEGMENT_SORTS; i++)
        assert_int_equal(found(&(struct segment_filter){0}, &segment_sorts[i]), 3);
    assert_int_equal(found(&(struct segment_filter){.q = "спис"}, &segment_sorts[0]),
                     2);
    assert_int_equal(found(&(struct segment_filter){.q = "0%"}, &segment_sorts[0]), 1);
    assert_int_equal(
        found(&(struct segment_filter){.kind = SEGMENT_RULE}, &segment_sorts[0]), 1);
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, opened, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(test_kept_and_read_again),
        A_TEST(test_names_are_names),
        A_TEST(test_the_second_of_two_editors_is_told),
        A_TEST(test_what_is_not_there_is_told),
        A_TEST(test_a_circle_is_refused),
        A_TEST(test_what_is_named_stays),
        A_TEST(test_a_frozen_rule_stays_as_it_was),
        A_TEST(test_members_come_and_go),
        A_TEST(test_more_members_than_a_statement_takes),
        A_TEST(test_the_erased_are_on_no_list),
        A_TEST(test_a_count_is_kept_for_all_of_one_rule),
        A_TEST(test_a_count_goes_with_what_it_counts),
        A_TEST(test_found_by_name_and_kind),
    };

    return cmocka_run_group_tests_name("segment", tests, NULL, NULL);
}
