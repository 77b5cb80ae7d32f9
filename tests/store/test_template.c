/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Templates: versions of which one is in force, contents that are checked before they are
 * kept and before they are said, two who change one at the same time. */
#include "core/template/media.h"
#include "tests/harness/pictures.h"
#include "tests/store/template_desk.h"

/* ---- messages ---------------------------------------------------------------------- */

static void versions_of_which_one_is_in_force(void **state)
{
    int64_t id = added("hello", HELLO);
    struct template_version v[4];
    struct template t = loaded(id);
    int n;

    (void)state;
    assert_string_equal(t.key, "hello");
    assert_string_equal(t.name, "hello");
    assert_int_equal(t.purpose, MESSAGE_MARKETING);
    assert_int_equal(t.last_no, 1);
    assert_int_equal(t.active_no, 0);
    says(id, NULL);
    assert_int_equal(activate(id, 1, 0), ST_OK);
    says(id, HELLO);
    assert_int_equal(put(id, 2, BYE), ST_OK);
    says(id, HELLO); /* a new content is a draft */
    assert_int_equal(activate(id, 3, 0), ST_OK);
    says(id, BYE);
    assert_int_equal(activate(id, 4, 1), ST_OK); /* and back */
    says(id, HELLO);
    assert_int_equal(activate(id, 5, 1), ST_OK); /* as it is: nothing happens */
    t = loaded(id);
    assert_int_equal(t.version, 5);
    assert_int_equal(t.last_no, 2);
    assert_int_equal(t.active_no, 1);
    assert_int_equal(template_versions(shop.db, id, 0, v, 4, &n), ST_OK);
    assert_int_equal(n, 2);
    assert_int_equal(v[0].no, 2);
    assert_int_equal(v[0].status, TEMPLATE_DRAFT);
    assert_int_equal(v[1].status, TEMPLATE_ACTIVE);
    assert_int_equal(v[1].activated_by, shop.owner.id);
    json_free(v[0].content);
    json_free(v[1].content);
    assert_int_equal(activate(id, 5, 9), ST_NONE);
    assert_int_equal(activate(999, 1, 0), ST_NONE);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM audit WHERE action LIKE"
                                          " 'template.%'"),
                     5);
}

static void what_cannot_be_said_is_not_kept(void **state)
{
    static const struct {
        const char *content, *pointer, *code;
    } bad[] = {
        {"{}", NULL, NULL},
        {"{\"ru\":{\"text\":\"<b>да\"}}", "/ru/text", "bad_html"},
        {"{\"ru\":{\"text\":\"{{nobody}}\"}}", "/ru/text", "unknown_variable"},
        {"{\"ru\":{\"text\":\"{{discount.percent}}\"}}", "/ru/text", NULL},
        {"{\"ru\":{\"text\":\"x\",\"media\":[999]}}", "", "unknown_media"},
        {"{\"de\":{\"text\":\"x\"}}", NULL, NULL},
    };
    struct act a;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char key[20];

        snprintf(key, sizeof key, "bad%zu", i);
        assert_int_equal(add(&a, key, bad[i].content), ST_REFUSED);
        assert_true(a.faults.n > 0);
        if (bad[i].pointer != NULL)
            assert_string_equal(a.faults.fault[0].pointer, bad[i].pointer);
        if (bad[i].code != NULL)
            assert_string_equal(a.faults.fault[0].code, bad[i].code);
    }
    assert_int_equal(
        shop_number(shop.db, "SELECT COUNT(*) FROM template WHERE label LIKE 'bad%'"),
        0);
}

static void keys_and_names(void **state)
{
    static const char *const keys[] = {
        "", "Big", "1st", "a b", "ключ", "a/b", "bot.nothing.such", NULL};
    char longer[TEMPLATE_KEY_MAX + 2];
    struct act a;

    (void)state;
    for (int i = 0; keys[i] != NULL; i++)
        assert_true(add(&a, keys[i], HELLO) != ST_OK);
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(add(&a, longer, HELLO), ST_BAD);
    assert_string_equal(a.why, "key");
    added("once", HELLO);
    assert_int_equal(add(&a, "once", HELLO), ST_TAKEN);
    assert_int_equal(add(&a, "none", NULL), ST_BAD);
    assert_string_equal(a.why, "content");
}

static void another_version_is_refused(void **state)
{
    int64_t id = added("two", HELLO);

    (void)state;
    assert_int_equal(put(id, 1, BYE), ST_OK);
    assert_int_equal(put(id, 1, HELLO), ST_REFUSED);
    assert_int_equal(activate(id, 1, 0), ST_REFUSED);
    assert_int_equal(archive(id, 1, 1), ST_REFUSED);
    assert_int_equal(put(id, 2, "{\"ru\":{}}"), ST_BAD);
    assert_int_equal(loaded(id).version, 2);
}

static int64_t raced;
static int won[4];

static void racer(struct db *db, int i, void *arg)
{
    struct act a = acting(raced, 1);
    enum status st;

    (void)arg;
    a.draft.content = json_parse(BYE, strlen(BYE));
    st = db_tx(db, change_in, &a);
    assert_true(st == ST_OK || st == ST_REFUSED);
    won[i] = st == ST_OK;
    json_free((struct json *)a.draft.content);
}

static void of_two_who_saw_the_same_one_changes_it(void **state)
{
    (void)state;
    raced = added("race", HELLO);
    shop_race(&shop, 4, racer, NULL);
    assert_int_equal(won[0] + won[1] + won[2] + won[3], 1);
    assert_int_equal(loaded(raced).last_no, 2);
}

static void an_archived_one_is_not_found(void **state)
{
    int64_t id = added("gone", HELLO);
    struct act a = acting(id, 3);

    (void)state;
    assert_int_equal(activate(id, 1, 0), ST_OK);
    assert_int_equal(archive(id, 2, 1), ST_OK);
    says(id, NULL);
    assert_int_equal(put(id, 3, BYE), ST_TAKEN);
    assert_int_equal(activate(id, 3, 1), ST_TAKEN);
    assert_int_equal(archive(id, 3, 0), ST_OK);
    says(id, HELLO); /* it comes back as it was */
    a.act.version = 4;
    assert_int_equal(db_tx(shop.db, remove_in, &a), ST_TAKEN);
    assert_int_equal(archive(id, 4, 1), ST_OK);
    a.act.version = 5;
    assert_int_equal(db_tx(shop.db, remove_in, &a), ST_OK);
    assert_int_equal(db_tx(shop.db, remove_in, &a), ST_NONE);
}

/* A version that a picture stands in cannot lose it; nor does a missing one come in. */
static void a_picture_is_held(void **state)
{
    struct media_add m = {0};
    struct buf b = {0};
    char content[80];
    int64_t id;
    bool used;

    (void)state;
    picture_png(&b, 20, 20, 9);
    m.bytes = b.s;
    m.n = b.len;
    assert_int_equal(media_add(shop.db, SHOP_NOW, &m), ST_OK);
    snprintf(content, sizeof content, "{\"ru\":{\"text\":\"x\",\"media\":[%lld]}}",
             (long long)m.out.id);
    id = added("picture", content);
    assert_int_equal(media_used(shop.db, m.out.id, &used), ST_OK);
    assert_true(used);
    assert_int_equal(activate(id, 1, 0), ST_OK);
    buf_free(&b);
}

/* A shop that saves each minute does not fill the disk; what is in force stays. */
static void old_versions_go(void **state)
{
    int64_t id = added("often", HELLO);
    struct template_version v = {0};

    (void)state;
    assert_int_equal(activate(id, 1, 1), ST_OK);
    for (int i = 0; i < TEMPLATE_VERSIONS + 5; i++)
        assert_int_equal(put(id, 2 + i, BYE), ST_OK);
    assert_int_equal(shop_number(shop.db, "SELECT COUNT(*) FROM template_version v JOIN"
                                          " template t ON t.id = v.template_id WHERE"
                                          " t.label = 'often'"),
                     TEMPLATE_VERSIONS + 1);
    says(id, HELLO);
    assert_int_equal(template_version_load(shop.db, id, 3, &v), ST_NONE);
    assert_int_equal(template_version_load(shop.db, id, 0, &v), ST_OK);
    assert_int_equal(v.no, TEMPLATE_VERSIONS + 6);
    json_free(v.content);
}

/* ---- listed ---------------------------------------------------------------------------- */

static int found(struct template_filter f, int sort)
{
    struct page p = {.sort = &template_sorts[sort], .limit = 200};
    struct template t;
    int64_t total;
    int n = 0;
    enum status st = template_search(shop.db, &f, &p);

    while (st == ST_OK && (st = template_search_next(shop.db, &p, &t)) == ST_OK)
        n++;
    assert_int_equal(st, ST_NONE);
    assert_int_equal(template_total(shop.db, &f, &total), ST_OK);
    assert_int_equal(total, n);
    return n;
}

static void filters(void **state)
{
    (void)state;
    assert_true(found((struct template_filter){.archived = -1, .active = -1}, 0) >= 6);
    for (int i = 0; i < TEMPLATE_SORTS; i++)
        assert_true(found((struct template_filter){.kind = TEMPLATE_MESSAGE,
                                                   .purpose = MESSAGE_MARKETING,
                                                   .archived = -1,
                                                   .active = 1},
                          i) > 0);
    assert_int_equal(
        found((struct template_filter){.q = "HELLO", .archived = 0, .active = -1}, 0),
        1);
    assert_int_equal(
        found((struct template_filter){.q = "'; DROP", .archived = 0, .active = -1}, 0),
        0);
    assert_int_equal(
        found((struct template_filter){.q = "приветы", .archived = 0, .active = -1}, 0),
        0);
    assert_int_equal(found((struct template_filter){.archived = 1, .active = -1}, 0),
                     0);
}

/* The statements of each call look their rows up. */
static void no_table_is_read_whole(void **state)
{
    static const char *const asked[] = {
        "SELECT v.content FROM template_version v JOIN template t ON t.id ="
        " v.template_id WHERE v.active_of = 1 AND t.kind = 1 AND t.archived_at IS NULL",
        "SELECT no FROM template_version WHERE template_id = 1 AND no < 9 ORDER BY no"
        " DESC LIMIT 20",
        "SELECT id FROM template WHERE label = 'hello'",
        "SELECT id FROM media WHERE sha256 = 'x'",
        "SELECT id FROM media ORDER BY created_at, id LIMIT 50",
        "SELECT id FROM template ORDER BY name, id LIMIT 50",
    };

    (void)state;
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        char sql[400];
        enum status st;

        snprintf(sql, sizeof sql, "EXPLAIN FORMAT=TRADITIONAL %s", asked[i]);
        st = db_select(shop.db, sql);
        while (st == ST_OK && (st = db_next(shop.db)) == ST_OK)
            for (int col = 3; col <= 4; col++)
                if (db_text(shop.db, col, NULL) != NULL)
                    assert_string_not_equal(db_text(shop.db, col, NULL), "ALL");
        assert_int_equal(st, ST_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_of_which_one_is_in_force),
        cmocka_unit_test(what_cannot_be_said_is_not_kept),
        cmocka_unit_test(keys_and_names),
        cmocka_unit_test(another_version_is_refused),
        cmocka_unit_test(of_two_who_saw_the_same_one_changes_it),
        cmocka_unit_test(an_archived_one_is_not_found),
        cmocka_unit_test(a_picture_is_held),
        cmocka_unit_test(old_versions_go),
        cmocka_unit_test(filters),
        cmocka_unit_test(no_table_is_read_whole),
    };

    return cmocka_run_group_tests(tests, opened, closed);
}
