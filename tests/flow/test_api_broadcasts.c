/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Broadcasts through the admin API: made, changed by two at once, refused with a pointer
 * to each fault, planned, started once, paused, approved; what the roles may. */
#include "tests/flow/api_broadcasts.h"

#include "core/setting.h"
#include "core/template/template.h"

static int64_t owner, marketing, readonly;

static int opened(void **state)
{
    int st;

    setenv("PUBLIC_URL", "https://loyal.example/", 1);
    st = api_open(state);
    owner = api_staff(ROLE_OWNER);
    marketing = api_staff(ROLE_MARKETING);
    readonly = api_staff(ROLE_READONLY);
    for (int i = 0; i < 6; i++)
        a_customer("Мария", "Соколова", i > 0);
    return st;
}

static void stamped(char out[STAMP_BYTES], int64_t at)
{
    stamp_print(at, out);
}

/* ---- one -------------------------------------------------------------------------- */

static void made_read_changed_removed(void **state)
{
    struct heard h = {0};
    struct ask patch = {.method = "PATCH",
                        .body = "{\"name\":\"Другое имя\",\"footer\":\"Реклама\","
                                "\"not_after\":null}"};
    int64_t id;

    (void)state;
    asks(&h, 201,
         &(struct ask){"POST", BROADCASTS,
                       broadcast_body("Первая", TO_ALL ",\"rate_per_s\":10,"
                                                       "\"not_after\":"
                                                       "\"2099-01-01T10:00:00+10:00\","
                                                       "\"offer\":{\"percent_bp\":1000,"
                                                       "\"days\":14}," SAYS(HELLO)),
                       .as = marketing});
    id = number(&h, "id");
    assert_string_equal(heard_header(&h, "Location"), at_of(BROADCASTS, id, ""));
    assert_string_equal(heard_header(&h, "ETag"), "\"v1\"");
    assert_string_equal(text(&h, "state"), "draft");
    assert_string_equal(text(&h, "purpose"), "marketing");
    assert_string_equal(text(&h, "not_after"), "2099-01-01T00:00:00Z");
    assert_string_equal(text(&h, "sentence"), "Everybody we know.");
    assert_int_equal(number(&h, "offer.days"), 14);
    assert_int_equal(number(&h, "rate_per_s"), 10);
    assert_int_equal(number(&h, "made_by"), marketing);
    assert_true(json_bool_or(h.json, "quiet", false));
    assert_non_null(strstr(h.raw.s, "{{first_name|друг}}"));
    assert_int_equal(counts("SELECT COUNT(*) FROM message"), 0);
    assert_int_equal(counts("SELECT COUNT(*) FROM job_open"), 0);

    patch.path = at_of(BROADCASTS, id, "");
    patch.as = owner;
    refuses(428, "version_required", &patch);
    patch.if_match = "\"v1\"";
    asks(&h, 200, &patch);
    assert_string_equal(heard_header(&h, "ETag"), "\"v2\"");
    assert_string_equal(text(&h, "name"), "Другое имя");
    assert_string_equal(text(&h, "footer"), "Реклама");
    assert_string_equal(text(&h, "not_after"), "");
    assert_int_equal(number(&h, "offer.days"), 14); /* what was not said stays */
    assert_string_equal(text(&h, "sentence"), "Everybody we know.");
    assert_int_equal(json_count(json_get(h.json, "variants")), 1);
    refuses(412, "version_mismatch", &patch);

    asks(&h, 200, &(struct ask){"GET", patch.path, .as = readonly});
    refuses(
        403, "forbidden",
        &(struct ask){"PATCH", patch.path, "{}", .as = readonly, .if_match = "\"v2\""});
    refuses(412, "version_mismatch",
            &(struct ask){"DELETE", patch.path, .as = owner, .if_match = "\"v1\""});
    asks(&h, 204, &(struct ask){"DELETE", patch.path, .as = owner});
    refuses(404, "not_found", &(struct ask){"GET", patch.path, .as = owner});
    heard_free(&h);
}

static void two_editors_at_once(void **state)
{
    int64_t id = a_broadcast(owner, "Двое", TO_ALL "," SAYS(HELLO));
    const struct ask one = {"PATCH", at_of(BROADCASTS, id, ""), "{\"name\":\"Первый\"}",
                            .as = owner, .if_match = "\"v1\""};
    const struct ask two = {"PATCH", at_of(BROADCASTS, id, ""), "{\"name\":\"Второй\"}",
                            .as = marketing, .if_match = "\"v1\""};
    struct heard a = {0}, b = {0};

    (void)state;
    (void)api_token(owner);
    (void)api_token(marketing);
    for (int i = 0; i < 10; i++) {
        int fa, fb;

        writes("UPDATE broadcast SET version = 1 WHERE name IN ('Двое', 'Первый',"
               " 'Второй')");
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
    const struct ask ask = {"POST", BROADCASTS,
                            broadcast_body("Повтор", TO_ALL "," SAYS(HELLO)),
                            .as = owner, .key = "broadcast-once"};
    struct heard h = {0};
    int64_t id;

    (void)state;
    asks(&h, 201, &ask);
    id = number(&h, "id");
    asks(&h, 201, &ask);
    assert_int_equal(number(&h, "id"), id);
    assert_string_equal(heard_header(&h, "Idempotency-Replayed"), "true");
    asks(&h, 201,
         &(struct ask){"POST", at_of(BROADCASTS, id, "/duplicate"), "{}",
                       .as = marketing});
    assert_true(number(&h, "id") != id);
    assert_string_equal(text(&h, "state"), "draft");
    assert_string_equal(text(&h, "sentence"), "Everybody we know.");
    assert_int_equal(number(&h, "made_by"), marketing);
    heard_free(&h);
}

/* ---- what is refused -------------------------------------------------------------- */

static const struct {
    const char *members, *pointer, *code;
} wrong[] = {
    {TO_ALL "," SAYS("{\"ru\":{\"text\":\"<b>x\"}}"), "/variants/0/content/ru/text",
     "bad_html"},
    {TO_ALL "," SAYS("{\"ru\":{\"text\":\"{{salary}}\"}}"),
     "/variants/0/content/ru/text", "unknown_variable"},
    {TO_ALL "," SAYS("{\"ru\":{\"text\":\"{{discount.percent}}\"}}"),
     "/variants/0/content/ru/text", "no_discount"},
    {TO_ALL ",\"variants\":[{\"content\":" HELLO "},{\"content\":{\"ru\":{\"text\":"
            "\"x\",\"buttons\":[[{\"text\":\"a\",\"url\":\"javascript:1\"}]]}}}]",
     "/variants/1/content/ru/buttons/0/0/url", "bad_url"},
    {TO_ALL "," SAYS("{\"ru\":{\"text\":\"x\",\"media\":[999]}}"),
     "/variants/0/content", "unknown_media"},
    {TO_ALL ",\"variants\":[{\"template_id\":999}]", "/variants/0/template_id",
     "unknown_template"},
    {TO_ALL ",\"variants\":[{\"weight\":1}]", "/variants/0/template_id", "required"},
    {TO_ALL ",\"variants\":[{\"weight\":0,\"content\":" HELLO "}]",
     "/variants/0/weight", "range"},
    {TO_ALL ",\"variants\":[7]", "/variants/0", "type"},
    {TO_ALL ",\"variants\":{}", "/variants", "type"},
    {"\"rule\":{},\"segment_id\":1", "/rule", "too_many"},
    {"\"segment_id\":999999", "/segment_id", "unknown_segment"},
    {SAYS(HELLO), "/segment_id", "required"},
    {TO_ALL ",\"offer\":{\"percent_bp\":1000}", "/offer/days", "required"},
    {TO_ALL ",\"offer\":{\"percent_bp\":10001,\"days\":1}", "/offer/percent_bp",
     "range"},
    {TO_ALL ",\"test\":{\"share_bp\":2000,\"metric\":\"clicks\",\"decide_at\":"
            "\"2020-01-01T00:00:00Z\"}",
     "/test", "range"},
    {TO_ALL ",\"holdout_bp\":9500", "/holdout_bp", "range"},
    {TO_ALL ",\"not_after\":\"2020-01-01T00:00:00Z\"", "/not_after", "range"},
    {TO_ALL ",\"not_after\":\"2099-01-01T00:00:00\"", "/not_after", "offset_required"},
    {TO_ALL ",\"quiet\":false", "/quiet", "range"},
    {TO_ALL ",\"cap\":false", "/cap", "range"},
    {TO_ALL ",\"rate_per_s\":0", "/rate_per_s", "range"},
    {TO_ALL ",\"state\":\"sending\"", "/state", "unknown"},
};

static void each_fault_has_its_pointer(void **state)
{
    struct heard h = {0};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const struct json *fault;

        asks(&h, 0,
             &(struct ask){"POST", BROADCASTS, broadcast_body("Х", wrong[i].members),
                           .as = owner});
        fault = json_at(json_get(h.json, "errors"), 0);
        if (h.status != 400 || fault == NULL ||
            strcmp(json_text(fault, "pointer", NULL), wrong[i].pointer) != 0 ||
            strcmp(json_text(fault, "code", NULL), wrong[i].code) != 0)
            fail_msg("%s: %s", wrong[i].members, h.raw.s);
    }
    refuses(422, "segment_invalid",
            &(struct ask){"POST", BROADCASTS,
                          broadcast_body("Х", "\"rule\":{\"v\":1,\"root\":{\"f\":"
                                              "\"salary\",\"op\":\"is\",\"v\":1}}"),
                          .as = owner});
    asks(&h, 201,
         &(struct ask){"POST", BROADCASTS,
                       broadcast_body("Служебная", TO_ALL ",\"purpose\":\"service\","
                                                          "\"quiet\":false,"
                                                          "\"cap\":false"),
                       .as = owner});
    assert_false(json_bool_or(h.json, "quiet", true));
    heard_free(&h);
}

/* A message that speaks of its discount cannot lose it. */
static void an_offer_that_is_spoken_of_stays(void **state)
{
    int64_t id = a_broadcast(owner, "С подарком",
                             TO_ALL ",\"offer\":{\"percent_bp\":500,\"days\":3}," SAYS(
                                 "{\"ru\":{\"text\":\"Ваши {{discount.percent}}\"}}"));
    struct heard h = {0};

    (void)state;
    asks(&h, 400,
         &(struct ask){"PATCH", at_of(BROADCASTS, id, ""), "{\"offer\":null}",
                       .as = owner, .if_match = "*"});
    assert_string_equal(text(&h, "errors"), "");
    assert_non_null(strstr(h.raw.s, "\"no_discount\""));
    asks(&h, 200,
         &(struct ask){"PATCH", at_of(BROADCASTS, id, ""),
                       "{\"offer\":null," SAYS(HELLO) "}", .as = owner,
                       .if_match = "*"});
    assert_null(json_get(h.json, "offer"));
    heard_free(&h);
}

/* ---- templates -------------------------------------------------------------------- */

static enum status template_work(struct db *db, void *arg)
{
    int64_t *id = arg;
    struct content_faults faults;
    const char *why = NULL;
    struct json *content = json_parse(HELLO, strlen(HELLO));
    struct template_draft d = {.kind = TEMPLATE_MESSAGE,
                               .key = "hello",
                               .archived = -1,
                               .of_discount = 0,
                               .content = content,
                               .staff_id = owner};
    enum status st = template_add(db, clock_now(), &d, &faults, &why, id);
    struct template_act act = {.id = *id, .version = 1, .staff_id = owner};

    json_free(content);
    return st == ST_OK ? template_activate(db, clock_now(), &act, 0) : st;
}

static void a_template_is_copied(void **state)
{
    int64_t template = 0, id;
    char members[200];
    struct heard h = {0};

    (void)state;
    assert_int_equal(db_tx(api_place.db, template_work, &template), ST_OK);
    snprintf(members, sizeof members, TO_ALL ",\"variants\":[{\"template_id\":%lld}]",
             (long long)template);
    id = a_broadcast(marketing, "По шаблону", members);
    writes("UPDATE template_version SET content = '{}'");
    asks(&h, 200, &(struct ask){"GET", at_of(BROADCASTS, id, ""), .as = owner});
    assert_non_null(strstr(h.raw.s, "{{first_name|друг}}"));
    assert_int_equal(
        json_int_or(json_at(json_get(h.json, "variants"), 0), "template_id", 0),
        template);
    heard_free(&h);
}

/* ---- when ------------------------------------------------------------------------- */

static void planned_moved_withdrawn(void **state)
{
    int64_t id = a_broadcast(
        owner, "План", TO_ALL ",\"not_after\":\"2099-06-01T00:00:00Z\"," SAYS(HELLO));
    const char *where = at_of(BROADCASTS, id, "/schedule");
    struct heard h = {0};

    (void)state;
    refuses(400, "validation_failed",
            &(struct ask){"POST", where,
                          "{\"scheduled_at\":\"2099-01-01T10:00:00+10:00\"}",
                          .as = owner});
    acts(&h, 422, id, "schedule", "{\"scheduled_at\":\"2020-01-01T00:00:00Z\"}", owner);
    assert_non_null(strstr(h.raw.s, "\"/scheduled_at\""));
    assert_string_equal(heard_code(&h), "too_late_to_send");
    acts(&h, 400, id, "schedule", "{\"scheduled_at\":\"2099-01-01T00:00:00\"}", owner);
    assert_non_null(strstr(h.raw.s, "offset_required"));
    acts(&h, 422, id, "schedule", "{\"scheduled_at\":\"2099-07-01T00:00:00Z\"}", owner);
    acts(&h, 200, id, "schedule", "{\"scheduled_at\":\"2099-01-01T10:00:00+10:00\"}",
         marketing);
    assert_string_equal(text(&h, "state"), "scheduled");
    assert_string_equal(text(&h, "scheduled_at"), "2099-01-01T00:00:00Z");
    acts(&h, 200, id, "schedule", "{\"scheduled_at\":\"2099-02-01T00:00:00Z\"}", owner);
    assert_string_equal(text(&h, "scheduled_at"), "2099-02-01T00:00:00Z");
    assert_int_equal(counts("SELECT COUNT(*) FROM audit WHERE action ="
                            " 'broadcast.schedule'"),
                     2);
    acts(&h, 409, id, "pause", NULL, owner);
    assert_string_equal(heard_code(&h), "broadcast_state");
    assert_string_equal(text(&h, "state"), "scheduled");
    acts(&h, 200, id, "withdraw", NULL, owner);
    assert_string_equal(text(&h, "state"), "draft");
    acts(&h, 200, id, "withdraw", NULL, owner);
    acts(&h, 409, id, "resume", NULL, owner);
    refuses(403, "forbidden", &(struct ask){"POST", where, "{}", .as = readonly});
    id = a_broadcast(owner, "Молчаливая", TO_ALL);
    acts(&h, 409, id, "schedule", "{\"scheduled_at\":\"2099-01-01T00:00:00Z\"}", owner);
    assert_string_equal(text(&h, "why"), "empty");
    heard_free(&h);
}

static void started_once_by_whoever_confirms(void **state)
{
    int64_t id = a_broadcast(owner, "Сейчас", TO_ALL "," SAYS(HELLO));
    char where[100];
    struct heard a = {0}, b = {0};
    int64_t would;

    (void)state;
    asks(&a, 200,
         &(struct ask){"POST", at_of(BROADCASTS, id, "/estimate"), .as = owner});
    would = number(&a, "would");
    assert_int_equal(would, counts("SELECT COUNT(*) FROM customer WHERE marketing_ok"));
    acts(&a, 409, id, "send-now", "{\"expect\":1}", owner);
    assert_string_equal(heard_code(&a), "conflict");
    assert_int_equal(number(&a, "would"), would);
    assert_string_equal(state_of(id, owner), "draft");
    for (int i = 0; i < 2; i++) {
        snprintf(where, sizeof where, "%s", at_of(BROADCASTS, id, "/send-now"));
        const struct ask one = {"POST", where, "{}", .as = owner,
                                .key = i == 0 ? "go-1" : "go-3"};
        const struct ask two = {"POST", where, "{\"expect\":5}", .as = marketing,
                                .key = i == 0 ? "go-2" : "go-4"};
        int fa = asks_say(&one), fb = asks_say(&two);

        asks_hear(&a, fa, &one);
        asks_hear(&b, fb, &two);
        assert_int_equal(a.status, 202);
        assert_int_equal(b.status, 202);
        assert_string_equal(text(&a, "state"), "sending");
    }
    assert_int_equal(
        counts("SELECT COUNT(*) FROM audit WHERE action = 'broadcast.start'"), 1);
    assert_int_equal(counts("SELECT COUNT(*) FROM broadcast_watch"), 1);

    acts(&a, 200, id, "pause", NULL, marketing);
    assert_string_equal(text(&a, "state"), "paused");
    assert_string_equal(text(&a, "paused_why"), "person");
    acts(&a, 200, id, "pause", NULL, marketing);
    asks(&a, 409,
         &(struct ask){"PATCH", at_of(BROADCASTS, id, ""), "{\"name\":\"Поздно\"}",
                       .as = owner, .if_match = "*"});
    assert_string_equal(heard_code(&a), "broadcast_state");
    acts(&a, 200, id, "resume", NULL, marketing);
    acts(&a, 200, id, "cancel", NULL, marketing);
    assert_string_equal(text(&a, "state"), "cancelled");
    acts(&a, 409, id, "resume", NULL, marketing);
    asks(&a, 412,
         &(struct ask){"POST", at_of(BROADCASTS, id, "/cancel"), "{}", .as = owner,
                       .if_match = "\"v1\""});
    heard_free(&a);
    heard_free(&b);
}

static void a_second_person_approves(void **state)
{
    struct setting_change change = {"broadcast_second_above", "2", "test"};
    int64_t id = a_broadcast(marketing, "Многим", TO_ALL "," SAYS(HELLO));
    const char *why = NULL;
    struct heard h = {0};

    (void)state;
    assert_int_equal(setting_set(api_place.db, clock_now(), &change, &why), ST_OK);
    acts(&h, 409, id, "send-now", NULL, marketing);
    assert_string_equal(text(&h, "why"), "approval");
    acts(&h, 403, id, "approve", NULL, marketing);
    acts(&h, 200, id, "approve", NULL, owner);
    assert_int_equal(number(&h, "approved_by"), owner);
    asks(&h, 200,
         &(struct ask){"PATCH", at_of(BROADCASTS, id, ""), "{\"name\":\"Иначе\"}",
                       .as = marketing, .if_match = "*"});
    assert_null(json_get(h.json, "approved_by")); /* that is not what was approved */
    acts(&h, 409, id, "send-now", NULL, marketing);
    acts(&h, 200, id, "approve", NULL, owner);
    acts(&h, 202, id, "send-now", NULL, marketing);
    change.value = "0";
    assert_int_equal(setting_set(api_place.db, clock_now(), &change, &why), ST_OK);
    heard_free(&h);
}

/* ---- the list, and who sees what -------------------------------------------------- */

static void listed_by_state_time_name_and_segment(void **state)
{
    int64_t segment = a_segment(owner, "Для списка", SUBSCRIBED), a, b;
    char members[300], soon[STAMP_BYTES], body[100], query[200];
    struct heard h = {0};

    (void)state;
    writes("DELETE FROM broadcast_variant");
    writes("DELETE FROM broadcast_link");
    writes("DELETE FROM broadcast_watch");
    writes("DELETE FROM broadcast");
    snprintf(members, sizeof members, "\"segment_id\":%lld,%s", (long long)segment,
             SAYS(HELLO));
    a = a_broadcast(owner, "Альфа", members);
    b = a_broadcast(owner, "Бета 100%", TO_ALL "," SAYS(HELLO));
    stamped(soon, clock_now() + 10 * DAY);
    snprintf(body, sizeof body, "{\"scheduled_at\":\"%s\"}", soon);
    acts(&h, 200, b, "schedule", body, owner);

    asks(&h, 200, &(struct ask){"GET", BROADCASTS, .as = readonly});
    snprintf(members, sizeof members, "%lld,%lld,", (long long)b, (long long)a);
    assert_string_equal(ids_of(&h), members);
    snprintf(members, sizeof members, "%lld,", (long long)b);
    asks(&h, 200,
         &(struct ask){"GET", BROADCASTS "?status=scheduled,sending", .as = owner});
    assert_string_equal(ids_of(&h), members);
    asks(&h, 200, &(struct ask){"GET", BROADCASTS "?q=100%25", .as = owner});
    assert_string_equal(ids_of(&h), members);
    stamped(soon, clock_now() + 5 * DAY);
    snprintf(query, sizeof query, BROADCASTS "?from=%s", soon);
    asks(&h, 200, &(struct ask){"GET", query, .as = owner});
    assert_string_equal(ids_of(&h), members);
    snprintf(query, sizeof query, BROADCASTS "?segment_id=%lld&include_total=true",
             (long long)segment);
    asks(&h, 200, &(struct ask){"GET", query, .as = owner});
    snprintf(members, sizeof members, "%lld,", (long long)a);
    assert_string_equal(ids_of(&h), members);
    assert_int_equal(number(&h, "page.total"), 1);
    asks(&h, 200,
         &(struct ask){"GET", BROADCASTS "?limit=1&sort=start_at", .as = owner});
    assert_string_equal(ids_of(&h), members);
    snprintf(query, sizeof query, BROADCASTS "?limit=1&sort=start_at&cursor=%s",
             text(&h, "page.next"));
    asks(&h, 200, &(struct ask){"GET", query, .as = owner});
    snprintf(members, sizeof members, "%lld,", (long long)b);
    assert_string_equal(ids_of(&h), members);
    refuses(400, "validation_failed",
            &(struct ask){"GET", BROADCASTS "?status=sent", .as = owner});
    heard_free(&h);
}

static void what_is_personal_stays_hidden(void **state)
{
    int64_t segment = a_segment(owner, "Майские", OF_MAY), id;
    char members[300];
    struct heard h = {0};

    (void)state;
    snprintf(members, sizeof members, "\"segment_id\":%lld,%s", (long long)segment,
             SAYS(HELLO));
    refuses(403, "forbidden",
            &(struct ask){"POST", BROADCASTS, broadcast_body("Х", members),
                          .as = marketing});
    asks(&h, 422,
         &(struct ask){"POST", BROADCASTS,
                       broadcast_body("Х", "\"rule\":{\"v\":1,\"root\":" OF_MAY "}"),
                       .as = marketing});
    assert_non_null(strstr(h.raw.s, "\"forbidden\""));
    id = a_broadcast(owner, "Майская", members);
    refuses(403, "forbidden",
            &(struct ask){"POST", at_of(BROADCASTS, id, "/estimate"), .as = marketing});
    refuses(403, "forbidden",
            &(struct ask){"GET", at_of(BROADCASTS, id, "/recipients"), .as = readonly});
    asks(&h, 200,
         &(struct ask){"POST", at_of(BROADCASTS, id, "/estimate"), .as = owner});
    heard_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_read_changed_removed),
        cmocka_unit_test(two_editors_at_once),
        cmocka_unit_test(a_repeated_request_makes_one),
        cmocka_unit_test(each_fault_has_its_pointer),
        cmocka_unit_test(an_offer_that_is_spoken_of_stays),
        cmocka_unit_test(a_template_is_copied),
        cmocka_unit_test(planned_moved_withdrawn),
        cmocka_unit_test(started_once_by_whoever_confirms),
        cmocka_unit_test(a_second_person_approves),
        cmocka_unit_test(listed_by_state_time_name_and_segment),
        cmocka_unit_test(what_is_personal_stays_hidden),
    };

    return cmocka_run_group_tests_name("api broadcasts", tests, opened, api_close);
}
