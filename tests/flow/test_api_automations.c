/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Automations through the admin API: made, read, changed by two at once, refused with a
 * pointer to what is wrong, switched on and off, looked at. */
#include "tests/flow/api_segments.h"

#define AUTOMATIONS "/api/v1/automations"
#define PLAN                                                                           \
    "{\"steps\":[{\"do\":\"send\",\"content\":{\"ru\":{\"text\":\"Привет\"}}}]}"
#define BIRTHDAY                                                                       \
    "{\"name\":\"День рождения\",\"trigger\":{\"kind\":\"birthday\"},"     \
    "\"plan\":" PLAN "}"

static int64_t owner, marketing, viewer;

static int opened(void **state)
{
    int st = api_open(state);

    owner = api_staff(ROLE_OWNER);
    marketing = api_staff(ROLE_MARKETING);
    viewer = api_staff(ROLE_READONLY);
    return st;
}

/* The address of one. Lent until the fourth call after. */
static const char *of(int64_t id, const char *rest)
{
    static char path[4][120];
    static int turn;
    char *p = path[turn++ % 4];

    snprintf(p, sizeof path[0], AUTOMATIONS "/%lld%s", (long long)id, rest);
    return p;
}

static int64_t made(const char *body)
{
    struct heard h = {0};
    int64_t id;

    asks(&h, 201, &(struct ask){"POST", AUTOMATIONS, body, .as = owner});
    id = number(&h, "id");
    heard_free(&h);
    return id;
}

/* ---- one -------------------------------------------------------------------------- */

static void made_read_changed_removed(void **state)
{
    struct heard h = {0};
    struct ask patch = {.method = "PATCH",
                        .body = "{\"trigger\":{\"kind\":\"no_visit\",\"days\":45}}",
                        .as = marketing};
    int64_t id;

    (void)state;
    asks(&h, 201,
         &(struct ask){"POST", AUTOMATIONS,
                       "{\"name\":\" Вернуть \",\"trigger\":{\"kind\":\"no_visit\","
                       "\"days\":60},\"plan\":{\"steps\":[{\"do\":\"send\","
                       "\"content\":{\"ru\":{\"text\":\"Вам {{discount.percent}}\"}},"
                       "\"offer\":{\"percent_bp\":1000,\"days\":14}},{\"do\":\"wait\","
                       "\"span\":\"P7D\"},{\"do\":\"add_tag\",\"tag\":\"ждём\"}],"
                       "\"goals\":[\"bought\"]}}",
                       .as = marketing, .key = "once"});
    id = number(&h, "id");
    assert_string_equal(heard_header(&h, "ETag"), "\"v1\"");
    assert_string_equal(heard_header(&h, "Location"), of(id, ""));
    assert_string_equal(text(&h, "name"), "Вернуть");
    assert_string_equal(text(&h, "state"), "draft");
    assert_int_equal(number(&h, "trigger.days"), 60);
    assert_int_equal(json_count(json_get(h.json, "plan.steps")), 3);
    assert_int_equal(counts("SELECT COUNT(*) FROM tag WHERE name = 'ждём'"), 1);

    patch.path = of(id, "");
    refuses(428, "version_required", &patch);
    patch.if_match = "\"v1\"";
    asks(&h, 200, &patch);
    assert_int_equal(number(&h, "trigger.days"), 45);
    assert_int_equal(number(&h, "plan_version"), 1);
    refuses(412, "version_mismatch", &patch);
    patch.if_match = "\"v2\"";
    patch.body = "{\"plan\":" PLAN "}";
    asks(&h, 200, &patch);
    assert_int_equal(number(&h, "plan_version"), 2);

    asks(&h, 200, &(struct ask){"GET", of(id, ""), .as = viewer});
    assert_int_equal(json_count(json_get(h.json, "plan.steps")), 1);
    asks(&h, 204,
         &(struct ask){"DELETE", of(id, ""), .as = owner, .if_match = "\"v3\""});
    refuses(404, "not_found", &(struct ask){"GET", of(id, ""), .as = owner});
    assert_int_equal(counts("SELECT COUNT(*) FROM audit WHERE action LIKE"
                            " 'automation.%'"),
                     4);
    heard_free(&h);
}

static void each_fault_has_its_pointer(void **state)
{
    static const struct {
        const char *body, *pointer, *code;
    } all[] = {
        {"{\"steps\":[]}", "/plan/steps", "too_few"},
        {"{\"steps\":[{\"do\":\"dance\"}]}", "/plan/steps/0/do", "not_one_of"},
        {"{\"steps\":[{\"do\":\"send\"}]}", "/plan/steps/0/content", "required"},
        {"{\"steps\":[{\"do\":\"send\",\"content\":{\"ru\":{\"text\":\"<b>Не "
         "закрыт\"}}}"
         "]}",
         "/plan/steps/0/content/ru/text", NULL},
        {"{\"steps\":[{\"do\":\"send\",\"content\":{\"ru\":{\"media\":[99]}}}]}",
         "/plan/steps/0/content", "unknown_media"},
        {"{\"steps\":[{\"do\":\"add_tag\",\"tag\":\"a\"},{\"do\":\"wait\",\"span\":"
         "\"3 days\"}]}",
         "/plan/steps/1/span", "format"},
        {"{\"steps\":[{\"do\":\"add_tag\",\"tag\":\"a\"},{\"do\":\"wait\",\"span\":"
         "\"P9Y\"}]}",
         "/plan/steps/1/span", "range"},
        {"{\"steps\":[{\"do\":\"add_tag\",\"tag\":\" '; DROP TABLE tag;\"}]}",
         "/plan/steps/0/tag", "format"},
        {"{\"steps\":[{\"do\":\"add_tag\",\"tag\":\"a\",\"sql\":1}]}",
         "/plan/steps/0/sql", "unknown"},
        {"{\"steps\":[{\"do\":\"add_tag\",\"tag\":\"a\"},{\"do\":\"exit_if\",\"rule\":"
         "{\"v\":1,\"root\":{\"f\":\"salary\",\"op\":\"eq\",\"v\":1}}}]}",
         "/plan/steps/1/rule/root/f", "unknown_field"},
        {"{\"steps\":[{\"do\":\"send\",\"content\":{\"ru\":{\"text\":\"x\"}},\"offer\":"
         "{\"percent_bp\":20000,\"days\":3}}]}",
         "/plan/steps/0/offer/percent_bp", "range"},
        {"{\"steps\":[{\"do\":\"add_tag\",\"tag\":\"a\"}],\"goals\":[\"sold\"]}",
         "/plan/goals", "not_one_of"},
        {"{\"steps\":{}}", "/plan/steps", "required"},
    };
    struct heard h = {0};

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char body[800];
        const struct json *fault;

        snprintf(body, sizeof body,
                 "{\"name\":\"Нет\",\"trigger\":{\"kind\":\"welcome\"},\"plan\":%s}",
                 all[i].body);
        asks(&h, 400, &(struct ask){"POST", AUTOMATIONS, body, .as = owner});
        assert_string_equal(heard_code(&h), "validation_failed");
        fault = json_at(json_get(h.json, "errors"), 0);
        assert_string_equal(json_text(fault, "pointer", NULL), all[i].pointer);
        if (all[i].code != NULL)
            assert_string_equal(json_text(fault, "code", NULL), all[i].code);
    }
    assert_int_equal(counts("SELECT COUNT(*) FROM automation WHERE name = 'Нет'"), 0);
    heard_free(&h);
}

static void triggers_have_their_numbers(void **state)
{
    static const char *const bad[] = {
        "{\"kind\":\"no_visit\"}",
        "{\"kind\":\"no_visit\",\"days\":0}",
        "{\"kind\":\"no_visit\",\"hours\":5}",
        "{\"kind\":\"after_visit\",\"hours\":999}",
        "{\"kind\":\"birthday\",\"days\":1}",
        "{\"kind\":\"birthday_before\",\"days\":61}",
        "{\"kind\":\"full_moon\"}",
        "{}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char body[400];

        snprintf(body, sizeof body, "{\"name\":\"x\",\"trigger\":%s,\"plan\":" PLAN "}",
                 bad[i]);
        refuses(400, "validation_failed",
                &(struct ask){"POST", AUTOMATIONS, body, .as = owner});
    }
}

/* Who may not see birth dates and phones asks for none. */
static void personal_data_is_not_asked_for(void **state)
{
    static const char body[] =
        "{\"name\":\"x\",\"trigger\":{\"kind\":\"welcome\"},\"plan\":{\"steps\":"
        "[{\"do\":\"add_tag\",\"tag\":\"a\"}],\"exit\":{\"v\":1,\"root\":"
        "{\"f\":\"birthday\",\"op\":\"month_in\",\"v\":[5]}}}}";
    struct heard h = {0};
    char by_name[400];
    int64_t id;

    (void)state;
    asks(&h, 400, &(struct ask){"POST", AUTOMATIONS, body, .as = marketing});
    assert_string_equal(json_text(json_at(json_get(h.json, "errors"), 0), "code", NULL),
                        "forbidden");
    asks(&h, 201, &(struct ask){"POST", AUTOMATIONS, body, .as = owner});
    /* Nor by the name of a segment that does, made by who may. */
    snprintf(
        by_name, sizeof by_name,
        "{\"name\":\"x\",\"trigger\":{\"kind\":\"welcome\"},\"plan\":{\"steps\":"
        "[{\"do\":\"add_tag\",\"tag\":\"a\"},{\"do\":\"exit_if\",\"rule\":{\"v\":1,"
        "\"root\":{\"segment\":%lld}}}]}}",
        (long long)a_segment(owner, "Майские", OF_MAY));
    asks(&h, 400, &(struct ask){"POST", AUTOMATIONS, by_name, .as = marketing});
    assert_string_equal(json_text(json_at(json_get(h.json, "errors"), 0), "code", NULL),
                        "forbidden");
    /* And who left by it is not told, of any version of the plan. */
    id = made(by_name);
    asks(&h, 200, &(struct ask){"GET", of(id, "/runs"), .as = owner});
    refuses(403, "forbidden", &(struct ask){"GET", of(id, "/runs"), .as = marketing});
    asks(&h, 200,
         &(struct ask){"PATCH", of(id, ""), "{\"plan\":" PLAN "}", .as = owner,
                       .if_match = "\"v1\""});
    refuses(403, "forbidden", &(struct ask){"GET", of(id, "/runs"), .as = viewer});
    heard_free(&h);
}

/* ---- its life --------------------------------------------------------------------- */

static void switched_on_and_off(void **state)
{
    struct heard h = {0};
    int64_t id = made(BIRTHDAY);

    (void)state;
    refuses(409, "conflict",
            &(struct ask){"POST", of(id, "/pause"), "{}", .as = owner});
    refuses(409, "conflict",
            &(struct ask){"POST", of(id, "/archive"), "{}", .as = owner});
    asks(&h, 200, &(struct ask){"POST", of(id, "/activate"), "{}", .as = marketing});
    assert_string_equal(text(&h, "state"), "active");
    assert_string_not_equal(text(&h, "active_since"), "");
    asks(&h, 200, &(struct ask){"POST", of(id, "/activate"), "{}", .as = owner});
    assert_int_equal(number(&h, "version"), 2);
    refuses(412, "version_mismatch",
            &(struct ask){"POST", of(id, "/pause"), "{}", .as = owner,
                          .if_match = "\"v1\""});
    refuses(409, "conflict", &(struct ask){"DELETE", of(id, ""), .as = owner});
    refuses(409, "conflict",
            &(struct ask){"PATCH", of(id, ""),
                          "{\"trigger\":{\"kind\":\"welcome\"},\"plan\":" PLAN "}",
                          .as = owner, .if_match = "\"v2\""});
    asks(&h, 200, &(struct ask){"POST", of(id, "/pause"), "{}", .as = owner});
    assert_string_equal(text(&h, "state"), "paused");
    asks(&h, 200, &(struct ask){"POST", of(id, "/archive"), "{}", .as = owner});
    refuses(409, "conflict",
            &(struct ask){"POST", of(id, "/activate"), "{}", .as = owner});
    refuses(404, "not_found",
            &(struct ask){"POST", of(999999, "/activate"), "{}", .as = owner});
    refuses(403, "forbidden",
            &(struct ask){"POST", of(id, "/activate"), "{}", .as = viewer});
    heard_free(&h);
}

static void two_editors_at_once(void **state)
{
    int64_t id = made(BIRTHDAY);
    const struct ask one = {"PATCH", of(id, ""), "{\"name\":\"Первый\"}", .as = owner,
                            .if_match = "\"v1\""};
    const struct ask two = {"PATCH", of(id, ""), "{\"plan\":" PLAN "}", .as = marketing,
                            .if_match = "\"v1\""};
    struct heard a = {0}, b = {0};
    int fa, fb;

    (void)state;
    (void)api_token(owner);
    (void)api_token(marketing);
    fa = asks_say(&one);
    fb = asks_say(&two);
    asks_hear(&a, fa, &one);
    asks_hear(&b, fb, &two);
    assert_int_equal(a.status + b.status, 200 + 412);
    heard_free(&a);
    heard_free(&b);
}

/* ---- looked at -------------------------------------------------------------------- */

static void listed(void **state)
{
    struct heard h = {0};

    (void)state;
    writes("DELETE FROM automation_plan");
    writes("DELETE FROM automation");
    for (int i = 0; i < 5; i++)
        made(BIRTHDAY);
    writes("UPDATE automation SET state = 4, since = NOW(6) ORDER BY id LIMIT 2");
    asks(&h, 200,
         &(struct ask){"GET", AUTOMATIONS "?include_total=true", .as = viewer});
    assert_int_equal(number(&h, "page.total"), 3);
    asks(&h, 200,
         &(struct ask){"GET", AUTOMATIONS "?state=archived,draft&limit=2&sort=-id",
                       .as = viewer});
    assert_int_equal(json_count(json_get(h.json, "items")), 2);
    assert_true(json_bool_or(h.json, "page.has_next", false));
    asks(&h, 200, &(struct ask){"GET", AUTOMATIONS "?trigger=welcome", .as = viewer});
    assert_int_equal(json_count(json_get(h.json, "items")), 0);
    asks(&h, 200,
         &(struct ask){"GET", AUTOMATIONS "?q='%20OR%201=1--%20", .as = viewer});
    assert_int_equal(json_count(json_get(h.json, "items")), 0);
    refuses(400, "validation_failed",
            &(struct ask){"GET", AUTOMATIONS "?state=gone", .as = viewer});
    heard_free(&h);
}

static void runs_and_figures(void **state)
{
    struct heard h = {0};
    int64_t id = made(BIRTHDAY), anna = a_customer("Анна", "К", true);
    char sql[400];

    (void)state;
    for (int i = 0; i < 5; i++) {
        snprintf(sql, sizeof sql,
                 "INSERT INTO automation_run (automation_id, plan, customer_id,"
                 " person_id, enter_key, state, why, wake_at, due_at, entered_at)"
                 " VALUES (%lld, 1, %lld, %lld, 'bday:%d', %d, %d, NOW(6), NOW(6),"
                 " NOW(6))",
                 (long long)id, (long long)anna, (long long)anna, 2020 + i,
                 i < 3 ? 1 : 3, i < 3 ? 0 : 3);
        writes(sql);
    }
    writes("INSERT INTO automation_word (run_id, step, automation_id, why, at)"
           " SELECT MAX(id), 0, MAX(automation_id), 9, NOW(6) FROM automation_run");
    asks(&h, 200, &(struct ask){"GET", of(id, "/runs?limit=2"), .as = owner});
    assert_int_equal(json_count(json_get(h.json, "items")), 2);
    assert_string_equal(
        json_text(json_at(json_get(h.json, "items"), 0), "user_name", NULL), "Анна");
    assert_true(json_bool_or(h.json, "page.has_next", false));
    asks(&h, 200, &(struct ask){"GET", of(id, "/runs?state=exited"), .as = viewer});
    assert_int_equal(json_count(json_get(h.json, "items")), 2);
    assert_null(json_text(json_at(json_get(h.json, "items"), 0), "user_name", NULL));
    assert_string_equal(json_text(json_at(json_get(h.json, "items"), 0), "why", NULL),
                        "opted_out");
    asks(&h, 200, &(struct ask){"GET", of(id, "/stats"), .as = viewer});
    assert_int_equal(number(&h, "entered"), 5);
    assert_int_equal(number(&h, "waiting"), 3);
    assert_int_equal(number(&h, "exited_why.opted_out"), 2);
    assert_int_equal(number(&h, "messages.none"), 1);
    refuses(404, "not_found", &(struct ask){"GET", of(999999, "/runs"), .as = owner});
    refuses(404, "not_found", &(struct ask){"GET", of(999999, "/stats"), .as = owner});
    heard_free(&h);
}

static void who_would_enter(void **state)
{
    struct heard h = {0};
    int64_t id = made(BIRTHDAY), other, fact;

    (void)state;
    writes("UPDATE customer SET birth_date = NULL");
    for (int day = 2; day <= 9; day++) {
        char sql[200];

        snprintf(sql, sizeof sql,
                 "UPDATE customer SET birth_date = DATE_SUB(DATE_ADD(NOW(6),"
                 " INTERVAL %d DAY), INTERVAL 30 YEAR) WHERE id = %lld",
                 day, (long long)a_customer("Вера", "", true));
        writes(sql);
    }
    asks(&h, 200, &(struct ask){"POST", of(id, "/preview"), "{}", .as = marketing});
    assert_string_equal(text(&h, "basis"), "calendar");
    assert_in_range(number(&h, "count"), 4, 6); /* by the shop's days */
    other = made("{\"name\":\"x\",\"trigger\":{\"kind\":\"no_visit\",\"days\":30},"
                 "\"plan\":" PLAN "}");
    asks(&h, 200, &(struct ask){"POST", of(other, "/preview"), "{}", .as = marketing});
    assert_int_equal(number(&h, "count"), 0);
    writes("UPDATE customer SET last_purchase_at = NOW(6) - INTERVAL 28 DAY");
    asks(&h, 200, &(struct ask){"POST", of(other, "/preview"), "{}", .as = marketing});
    assert_int_equal(number(&h, "count"),
                     counts("SELECT COUNT(*) FROM customer WHERE marketing_ok = 1"));
    fact =
        made("{\"name\":\"y\",\"trigger\":{\"kind\":\"welcome\"},\"plan\":" PLAN "}");
    asks(&h, 200, &(struct ask){"POST", of(fact, "/preview"), "{}", .as = marketing});
    assert_string_equal(text(&h, "basis"), "last_week");
    heard_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_read_changed_removed),
        cmocka_unit_test(each_fault_has_its_pointer),
        cmocka_unit_test(triggers_have_their_numbers),
        cmocka_unit_test(personal_data_is_not_asked_for),
        cmocka_unit_test(switched_on_and_off),
        cmocka_unit_test(two_editors_at_once),
        cmocka_unit_test(listed),
        cmocka_unit_test(runs_and_figures),
        cmocka_unit_test(who_would_enter),
    };

    return cmocka_run_group_tests_name("api automations", tests, opened, api_close);
}
