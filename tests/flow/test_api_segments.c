/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Segments through the admin API: made, read in two languages, changed by two at once,
 * refused with a pointer to what is wrong, listed, removed. */
#include "tests/flow/api_segments.h"

static int64_t owner, marketing;

static int opened(void **state)
{
    int st = api_open(state);

    owner = api_staff(ROLE_OWNER);
    marketing = api_staff(ROLE_MARKETING);
    return st;
}

/* ---- one -------------------------------------------------------------------------- */

static void made_read_changed_removed(void **state)
{
    struct heard h = {0};
    struct ask patch = {.method = "PATCH", .body = "{\"name\":\"Все подписчики\"}"};
    int64_t id;

    (void)state;
    asks(&h, 201,
         &(struct ask){"POST", SEGMENTS,
                       "{\"name\":\" Подписчики \",\"description\":\"<b>канала\","
                       "\"rule\":{\"root\":{\"op\":\"is\",\"v\":true,\"f\":"
                       "\"subscribed\"},\"v\":1}}",
                       .as = marketing, .lang = "ru"});
    id = number(&h, "id");
    assert_string_equal(heard_header(&h, "ETag"), "\"v1\"");
    assert_string_equal(heard_header(&h, "Location"), at_of(SEGMENTS, id, ""));
    assert_string_equal(text(&h, "sentence"), "Те, кто подписан на канал.");
    assert_string_equal(text(&h, "name"), "Подписчики");
    assert_string_equal(text(&h, "description"), "<b>канала");
    assert_string_equal(json_print(json_get(h.json, "rule")),
                        "{\"root\":" SUBSCRIBED ",\"v\":1}");
    assert_int_equal(number(&h, "made_by"), marketing);

    asks(&h, 200, &(struct ask){"GET", at_of(SEGMENTS, id, ""), .as = owner});
    assert_string_equal(text(&h, "sentence"),
                        "Customers who are subscribed to the channel.");
    assert_string_equal(text(&h, "kind"), "rule");
    assert_int_equal(json_count(json_get(h.json, "faults")), 0);

    patch.path = at_of(SEGMENTS, id, "");
    patch.as = owner;
    refuses(428, "version_required", &patch);
    patch.if_match = "\"v1\"";
    asks(&h, 200, &patch);
    assert_string_equal(heard_header(&h, "ETag"), "\"v2\"");
    assert_string_equal(text(&h, "name"), "Все подписчики");
    assert_string_equal(text(&h, "description"), "<b>канала");
    refuses(412, "version_mismatch", &patch);

    refuses(412, "version_mismatch",
            &(struct ask){"DELETE", patch.path, .as = owner, .if_match = "\"v1\""});
    asks(&h, 204,
         &(struct ask){"DELETE", patch.path, .as = owner, .if_match = "\"v2\""});
    refuses(404, "not_found", &(struct ask){"GET", patch.path, .as = owner});
    patch.if_match = "\"v2\"";
    refuses(404, "not_found", &patch);
    assert_int_equal(counts("SELECT COUNT(*) FROM audit WHERE action IN"
                            " ('segment.make', 'segment.edit', 'segment.remove')"),
                     3);
    heard_free(&h);
}

static void two_editors_at_once(void **state)
{
    int64_t id = a_segment(owner, "Двое", SUBSCRIBED);
    const struct ask one = {"PATCH", at_of(SEGMENTS, id, ""), "{\"name\":\"Первый\"}",
                            .as = owner, .if_match = "\"v1\""};
    const struct ask two = {"PATCH", at_of(SEGMENTS, id, ""),
                            rule_body(NULL, EVERYBODY), .as = marketing,
                            .if_match = "\"v1\""};
    struct heard a = {0}, b = {0};

    (void)state;
    (void)api_token(owner);
    (void)api_token(marketing);
    for (int i = 0; i < 10; i++) {
        int fa, fb;

        writes("UPDATE segment SET version = 1 WHERE name IN ('Двое', 'Первый')");
        fa = asks_say(&one);
        fb = asks_say(&two);
        asks_hear(&a, fa, &one);
        asks_hear(&b, fb, &two);
        assert_int_equal(a.status + b.status, 200 + 412);
    }
    heard_free(&a);
    heard_free(&b);
}

static void a_repeated_request_makes_one(void **state)
{
    const struct ask ask = {"POST", SEGMENTS, rule_body("Повтор", SUBSCRIBED),
                            .as = owner, .key = "segment-once"};
    struct heard h = {0};
    int64_t id;

    (void)state;
    asks(&h, 201, &ask);
    id = number(&h, "id");
    asks(&h, 201, &ask);
    assert_int_equal(number(&h, "id"), id);
    assert_string_equal(heard_header(&h, "Idempotency-Replayed"), "true");
    refuses(
        409, "conflict",
        &(struct ask){"POST", SEGMENTS, rule_body("ПОВТОР", EVERYBODY), .as = owner});
    refuses(400, "validation_failed",
            &(struct ask){"POST", SEGMENTS "/preview", rule_body(NULL, SUBSCRIBED),
                          .as = owner, .key = "none-taken"});
    heard_free(&h);
}

/* ---- what is refused -------------------------------------------------------------- */

static void each_fault_has_its_pointer(void **state)
{
    static const struct {
        const char *root, *pointer, *code;
    } all[] = {
        {"{\"f\":\"salary\",\"op\":\"eq\",\"v\":1}", "/rule/root/f", "unknown_field"},
        {"{\"all\":[" SUBSCRIBED
         ",{\"f\":\"created\",\"op\":\"contains\",\"v\":\"x\"}]}",
         "/rule/root/all/1/op", "unknown_operator"},
        {"{\"f\":\"purchases_count\",\"op\":\"gt\",\"v\":\"1 OR 1=1\"}", "/rule/root/v",
         "wrong_type"},
        {"{\"tags\":{\"any\":[\"'; DROP TABLE segment; --\"]}}", "/rule/root/tags/any",
         "unknown_tag"},
        {"{\"segment\":999999}", "/rule/root/segment", "unknown_segment"},
        {"{\"f\":\"home_store\",\"op\":\"eq\",\"v\":999999}", "/rule/root/v",
         "unknown_store"},
        {"{\"f\":\"subscribed\",\"op\":\"is\",\"v\":true,\"sql\":\"1\"}",
         "/rule/root/sql", "unknown_key"},
        {"{\"all\":[{\"all\":[{\"all\":[{\"all\":[{\"all\":[{\"all\":[{\"all\":[]}]}]}]"
         "}"
         "]}]}]}",
         NULL, "too_deep"},
    };
    struct heard h = {0};

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (int look = 0; look < 2; look++) {
            const struct json *fault;

            asks(&h, 422,
                 &(struct ask){"POST", look ? SEGMENTS "/preview" : SEGMENTS,
                               rule_body(look ? NULL : "Нет", all[i].root),
                               .as = owner});
            assert_string_equal(heard_code(&h), "segment_invalid");
            fault = json_at(json_get(h.json, "errors"), 0);
            assert_string_equal(json_text(fault, "code", NULL), all[i].code);
            if (all[i].pointer != NULL)
                assert_string_equal(json_text(fault, "pointer", NULL), all[i].pointer);
        }
    asks(&h, 422,
         &(struct ask){"POST", SEGMENTS,
                       rule_body("Нет", "{\"tags\":{\"any\":[\"нет\"]}}"), .as = owner,
                       .lang = "ru"});
    assert_string_equal(
        json_text(json_at(json_get(h.json, "errors"), 0), "detail", NULL),
        "такой метки нет");
    assert_int_equal(counts("SELECT COUNT(*) FROM segment WHERE name = 'Нет'"), 0);
    heard_free(&h);
}

static void bodies_that_are_none(void **state)
{
    static const char *const bad[] = {
        "{\"name\":\"Без правила\"}",
        "{\"name\":\"Список\",\"kind\":\"list\",\"rule\":{\"v\":1,\"root\":" EVERYBODY
        "}}",
        "{\"name\":\"  \",\"rule\":{\"v\":1,\"root\":" EVERYBODY "}}",
        "{\"name\":\"x\",\"rule\":\"SELECT 1\"}",
        "{\"name\":\"x\",\"kind\":\"sql\"}",
        "{\"name\":\"x\",\"rule\":{\"v\":1,\"root\":" EVERYBODY "},\"version\":7}",
    };
    int64_t list = a_list(owner, "Только список");

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refuses(400, "validation_failed",
                &(struct ask){"POST", SEGMENTS, bad[i], .as = owner});
    refuses(400, "validation_failed",
            &(struct ask){"POST", SEGMENTS "/preview", "{}", .as = owner});
    refuses(400, "validation_failed",
            &(struct ask){"POST", SEGMENTS "/preview",
                          "{\"segment_id\":1,\"rule\":{\"v\":1,\"root\":" EVERYBODY
                          "}}",
                          .as = owner});
    refuses(409, "conflict",
            &(struct ask){"PATCH", at_of(SEGMENTS, list, ""),
                          rule_body(NULL, EVERYBODY), .as = owner,
                          .if_match = "\"v1\""});
    refuses(
        422, "segment_invalid",
        &(struct ask){"POST", SEGMENTS, "{\"name\":\"x\",\"rule\":{}}", .as = owner});
}

static void what_is_named_stays(void **state)
{
    int64_t a = a_segment(owner, "Назван", SUBSCRIBED), b;
    char root[60];
    struct heard h = {0};

    (void)state;
    snprintf(root, sizeof root, "{\"segment\":%lld}", (long long)a);
    b = a_segment(owner, "Называет", root);
    refuses(409, "conflict",
            &(struct ask){"DELETE", at_of(SEGMENTS, a, ""), .as = owner});
    asks(&h, 422,
         &(struct ask){"PATCH", at_of(SEGMENTS, a, ""), rule_body(NULL, root),
                       .as = owner, .if_match = "\"v1\""});
    assert_string_equal(json_text(json_at(json_get(h.json, "errors"), 0), "code", NULL),
                        "circular");
    asks(&h, 200, &(struct ask){"GET", at_of(SEGMENTS, b, ""), .as = owner});
    assert_non_null(strstr(text(&h, "sentence"), "Назван"));
    asks(&h, 204, &(struct ask){"DELETE", at_of(SEGMENTS, b, ""), .as = owner});
    asks(&h, 204, &(struct ask){"DELETE", at_of(SEGMENTS, a, ""), .as = owner});
    heard_free(&h);
}

/* A tag that was removed: the card says so, and nothing is counted by half a rule. */
static void what_a_rule_names_may_go(void **state)
{
    struct heard h = {0};
    int64_t id;

    (void)state;
    asks(&h, 201,
         &(struct ask){"POST", "/api/v1/tags", "{\"name\":\"лето\"}", .as = owner});
    id = a_segment(owner, "Летние", "{\"tags\":{\"any\":[\"лето\"]}}");
    assert_int_equal(count_of(owner, id, ""), 0);
    writes("DELETE FROM tag WHERE name = 'лето'");
    asks(&h, 200, &(struct ask){"GET", at_of(SEGMENTS, id, ""), .as = owner});
    assert_string_equal(json_text(json_at(json_get(h.json, "faults"), 0), "code", NULL),
                        "unknown_tag");
    assert_string_equal(text(&h, "sentence"), "");
    refuses(422, "segment_invalid",
            &(struct ask){"GET", at_of(SEGMENTS, id, "/count"), .as = owner});
    refuses(422, "segment_invalid",
            &(struct ask){"GET", at_of(SEGMENTS, id, "/users"), .as = owner});
    heard_free(&h);
}

/* ---- the list --------------------------------------------------------------------- */

static int pages(const char *query, struct buf *seen)
{
    char path[2600], cursor[2200] = "";
    struct heard h = {0};
    int n = 0;

    buf_clear(seen);
    do {
        const char *next;

        snprintf(path, sizeof path, SEGMENTS "?limit=3%s%s%s", query,
                 *cursor != '\0' ? "&cursor=" : "", cursor);
        asks(&h, 200, &(struct ask){"GET", path, .as = owner});
        for (size_t i = 0; i < json_count(json_get(h.json, "items")); i++)
            buf_addf(seen, "%s,",
                     json_text(json_at(json_get(h.json, "items"), i), "name", NULL));
        next = json_text(h.json, "page.next", NULL);
        snprintf(cursor, sizeof cursor, "%s", next != NULL ? next : "");
        n++;
    } while (*cursor != '\0' && n < 50);
    heard_free(&h);
    return n;
}

static void listed(void **state)
{
    struct buf seen = {0};
    struct heard h = {0};

    (void)state;
    writes("DELETE FROM segment");
    for (int i = 0; i < 7; i++) {
        char name[40];

        snprintf(name, sizeof name, "Ряд %d", (i * 3) % 7);
        if (i % 2 == 0)
            a_segment(owner, name, SUBSCRIBED);
        else
            a_list(owner, name);
    }
    assert_int_equal(pages("", &seen), 3);
    assert_string_equal(seen.s, "Ряд 0,Ряд 1,Ряд 2,Ряд 3,Ряд 4,Ряд 5,Ряд 6,");
    pages("&sort=-name&kind=list", &seen);
    assert_string_equal(seen.s, "Ряд 3,Ряд 2,Ряд 1,");
    pages("&sort=-created_at", &seen);
    assert_true(strncmp(seen.s, "Ряд 4,Ряд 1,Ряд 5,", 27) == 0);
    asks(&h, 200,
         &(struct ask){"GET", SEGMENTS "?include_total=true&kind=rule", .as = owner});
    assert_int_equal(number(&h, "page.total"), 4);
    for (int i = 0; i < 3; i++) {
        static const char *const odd[] = {"?q=%25", "?q='%20OR%201=1--%20", "?q=%5C"};
        char path[60];

        snprintf(path, sizeof path, SEGMENTS "%s", odd[i]);
        asks(&h, 200, &(struct ask){"GET", path, .as = owner});
        assert_int_equal(json_count(json_get(h.json, "items")), 0);
    }
    refuses(400, "validation_failed",
            &(struct ask){"GET", SEGMENTS "?sort=rule", .as = owner});
    refuses(400, "validation_failed",
            &(struct ask){"GET", SEGMENTS "?kind=1", .as = owner});
    buf_free(&seen);
    heard_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_read_changed_removed),
        cmocka_unit_test(two_editors_at_once),
        cmocka_unit_test(a_repeated_request_makes_one),
        cmocka_unit_test(each_fault_has_its_pointer),
        cmocka_unit_test(bodies_that_are_none),
        cmocka_unit_test(what_is_named_stays),
        cmocka_unit_test(what_a_rule_names_may_go),
        cmocka_unit_test(listed),
    };

    return cmocka_run_group_tests_name("api segments", tests, opened, api_close);
}
