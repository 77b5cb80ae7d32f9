/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What is in a segment, through the admin API: counts, samples, customers by pages,
 * reasons, fixed lists; and what of it is hidden from who may not see personal data. */
#include "tests/flow/api_segments.h"

#include "core/loyalty/erasure.h"

static int64_t owner, marketing, anna, boris, eva;

static int opened(void **state)
{
    int st = api_open(state);

    owner = api_staff(ROLE_OWNER);
    marketing = api_staff(ROLE_MARKETING);
    anna = a_customer("Анна", "Смирнова", true);
    boris = a_customer("Борис", "Волков", false);
    eva = a_customer("Ева", "Белова", true);
    writes("UPDATE customer SET phone = '+79991234567', phone_hash = UNHEX(SHA2('x', "
           "256)),"
           " birth_date = '1990-05-17', subscribed = 1"
           " WHERE first_name = 'Анна'");
    writes("UPDATE customer SET subscribed = 1 WHERE first_name = 'Борис'");
    return st;
}

/* ---- counts ----------------------------------------------------------------------- */

static void counted_exactly_and_kept(void **state)
{
    int64_t id = a_segment(owner, "Подписчики", SUBSCRIBED);
    struct heard h = {0};

    (void)state;
    asks(&h, 200, &(struct ask){"GET", at_of(SEGMENTS, id, ""), .as = owner});
    assert_true(number(&h, "count") == -1);
    asks(&h, 200, &(struct ask){"GET", at_of(SEGMENTS, id, "/count"), .as = owner});
    assert_int_equal(number(&h, "count"), 2);
    assert_false(json_bool_or(h.json, "cached", true));
    assert_string_not_equal(text(&h, "counted_at"), "");
    assert_int_equal(count_of(owner, id, "?reachable=true"), 1); /* Борис said no */
    asks(&h, 200, &(struct ask){"GET", at_of(SEGMENTS, id, ""), .as = owner});
    assert_int_equal(number(&h, "count"), 2);

    writes("UPDATE customer SET subscribed = 1 WHERE first_name = 'Ева'");
    asks(&h, 200,
         &(struct ask){"GET", at_of(SEGMENTS, id, "/count?max_age=3600"), .as = owner});
    assert_int_equal(number(&h, "count"), 2);
    assert_true(json_bool_or(h.json, "cached", false));
    assert_int_equal(count_of(owner, id, ""), 3);
    assert_int_equal(count_of(owner, id, "?max_age=3600"), 3);
    writes("UPDATE customer SET subscribed = 0 WHERE first_name = 'Ева'");
    asks(&h, 200,
         &(struct ask){"PATCH", at_of(SEGMENTS, id, ""), rule_body(NULL, EVERYBODY),
                       .as = owner, .if_match = "\"v1\""});
    assert_int_equal(count_of(owner, id, "?max_age=3600"), 3);
    refuses(
        400, "validation_failed",
        &(struct ask){"GET", at_of(SEGMENTS, id, "/count?max_age=-1"), .as = owner});
    heard_free(&h);
}

/* ---- a look at a rule ------------------------------------------------------------- */

static void previewed(void **state)
{
    struct heard h = {0};
    const struct json *first;

    (void)state;
    asks(&h, 200,
         &(struct ask){"POST", SEGMENTS "/preview", rule_body(NULL, SUBSCRIBED),
                       .as = marketing, .lang = "ru"});
    assert_int_equal(number(&h, "count"), 2);
    assert_int_equal(number(&h, "reachable"), 1);
    assert_int_equal(number(&h, "cost"), 1);
    assert_string_equal(text(&h, "sentence"), "Те, кто подписан на канал.");
    assert_int_equal(json_count(json_get(h.json, "sample")), 2);
    for (size_t i = 0; i < 2; i++) {
        first = json_at(json_get(h.json, "sample"), i);
        if (json_int_or(first, "id", 0) == anna)
            assert_string_equal(json_text(first, "phone", NULL), "+7 *** ***-45-67");
    }
    asks(&h, 200,
         &(struct ask){"POST", SEGMENTS "/preview",
                       "{\"sample\":1,\"rule\":{\"v\":1,\"root\":" OF_MAY "}}",
                       .as = owner});
    first = json_at(json_get(h.json, "sample"), 0);
    assert_string_equal(json_text(first, "phone", NULL), "+79991234567");
    assert_int_equal(json_count(json_get(h.json, "sample")), 1);
    asks(&h, 200,
         &(struct ask){"POST", SEGMENTS "/preview",
                       "{\"sample\":0,\"rule\":{\"v\":1,\"root\":" EVERYBODY "}}",
                       .as = owner});
    assert_int_equal(json_count(json_get(h.json, "sample")), 0);
    assert_int_equal(number(&h, "count"), 3);
    refuses(404, "not_found",
            &(struct ask){"POST", SEGMENTS "/preview", "{\"segment_id\":999999}",
                          .as = owner});
    heard_free(&h);
}

#define SPENT                                                                          \
    "{\"agg\":{\"of\":\"messages\",\"fn\":\"count\",\"where\":["                       \
    "{\"f\":\"state\",\"op\":\"eq\",\"v\":\"sent\"}]},\"op\":\"gt\",\"v\":1}"

static void too_heavy_says_how_heavy(void **state)
{
    const char *heavy = "{\"any\":[" SPENT "," SPENT "," SPENT "," SPENT "," SPENT
                        "," SPENT "," SPENT "," SPENT "]}";
    struct heard h = {0};
    int64_t id;

    (void)state;
    asks(&h, 422,
         &(struct ask){"POST", SEGMENTS "/preview", rule_body(NULL, heavy), .as = owner,
                       .lang = "ru"});
    assert_string_equal(heard_code(&h), "segment_too_expensive");
    assert_int_equal(number(&h, "cost"), 128);
    assert_int_equal(number(&h, "cost_max"), 100);
    assert_string_not_equal(text(&h, "sentence"), "");
    assert_non_null(strstr(text(&h, "detail"), "128"));
    id = a_segment(owner, "Тяжёлый", heavy);
    refuses(422, "segment_too_expensive",
            &(struct ask){"GET", at_of(SEGMENTS, id, "/count"), .as = owner});
    refuses(422, "segment_too_expensive",
            &(struct ask){"GET", at_of(SEGMENTS, id, "/users"), .as = owner});
    heard_free(&h);
}

/* ---- a value for each operator the registry shows --------------------------------- */

static void value_add(struct buf *b, const struct json *field, const char *op,
                      const char *takes, int64_t store)
{
    const char *type = json_text(field, "type", NULL);
    const char *choice =
        json_text(json_at(json_get(field, "choices"), 0), "name", NULL);
    int64_t max = json_int_or(field, "bounds.max", 0);
    struct buf one = {0};

    if (strcmp(op, "month_in") == 0)
        buf_adds(&one, "12");
    else if (strcmp(op, "within_days") == 0)
        buf_addf(&one, "-%lld", (long long)json_int_or(field, "bounds.days", 0));
    else if (strcmp(type, "bool") == 0)
        buf_adds(&one, "true");
    else if (strcmp(type, "enum") == 0)
        buf_addf(&one, "\"%s\"", choice);
    else if (strcmp(type, "id") == 0)
        buf_addf(&one, "%lld", (long long)store);
    else if (strcmp(type, "string") == 0)
        buf_adds(&one, "\"'\\\"%\"");
    else if (strcmp(type, "time") == 0)
        buf_adds(&one, "\"2026-11-20\"");
    else
        buf_addf(&one, "%lld", (long long)max);
    if (strcmp(takes, "one") == 0)
        buf_addf(b, ",\"v\":%s", one.s);
    else if (strcmp(takes, "list") == 0)
        buf_addf(b, ",\"v\":[%s]", one.s);
    else if (strcmp(op, "within_days") == 0)
        buf_addf(b, ",\"v\":[%s,-7]", one.s);
    else if (strcmp(takes, "pair") == 0)
        buf_addf(b, ",\"v\":[%s,%s]", one.s, one.s);
    else if (strcmp(takes, "duration") == 0)
        buf_adds(b, ",\"v\":\"P90D\"");
    buf_free(&one);
}

static const char *takes_of(const struct json *registry, const char *op)
{
    const struct json *all = json_get(registry, "operators");

    for (size_t i = 0; i < json_count(all); i++)
        if (strcmp(json_text(json_at(all, i), "name", NULL), op) == 0)
            return json_text(json_at(all, i), "takes", NULL);
    fail_msg("%s is no operator", op);
    return NULL;
}

static int try_all(const struct json *registry, const struct json *list,
                   const char *relation, int64_t store)
{
    struct heard h = {0};
    struct buf b = {0};
    int tried = 0;

    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *field = json_at(list, i),
                          *ops = json_get(field, "operators");

        for (size_t k = 0; k < json_count(ops); k++, tried++) {
            const char *op = json_text(json_at(ops, k), "", NULL);

            buf_clear(&b);
            buf_adds(&b, "{\"sample\":0,\"rule\":{\"v\":1,\"root\":");
            if (relation != NULL)
                buf_addf(&b, "{\"has\":{\"of\":\"%s\",\"where\":[", relation);
            buf_addf(&b, "{\"f\":\"%s\",\"op\":\"%s\"", json_text(field, "name", NULL),
                     op);
            value_add(&b, field, op, takes_of(registry, op), store);
            buf_adds(&b, relation != NULL ? "}]}}}}" : "}}}");
            asks(&h, 0, &(struct ask){"POST", SEGMENTS "/preview", b.s, .as = owner});
            if (h.status != 200)
                fail_msg("%s: %s", b.s, h.raw.s);
        }
    }
    buf_free(&b);
    heard_free(&h);
    return tried;
}

/* Whoever builds a rule of what the registry shows is understood. */
static void the_registry_is_true(void **state)
{
    int64_t store = api_store("Двор", "Находка");
    struct heard h = {0};
    const struct json *relations;
    int tried;

    (void)state;
    asks(&h, 200, &(struct ask){"GET", SEGMENTS "/fields", .as = marketing});
    tried = try_all(h.json, json_get(h.json, "fields"), NULL, store);
    relations = json_get(h.json, "relations");
    for (size_t i = 0; i < json_count(relations); i++)
        tried += try_all(h.json, json_get(json_at(relations, i), "fields"),
                         json_text(json_at(relations, i), "name", NULL), store);
    assert_true(tried > 150);
    assert_int_equal(number(&h, "limits.cost"), 100);
    heard_free(&h);
}

/* ---- customers -------------------------------------------------------------------- */

static void by_pages_and_nobody_twice(void **state)
{
    int64_t id = a_list(owner, "Десять"), who[10];
    struct buf ids = {0}, seen = {0}, want = {0};
    struct heard h = {0};
    char path[2600];

    (void)state;
    for (int i = 0; i < 10; i++) {
        who[i] = a_customer("Гость", "Десятый", true);
        buf_addf(&ids, "%s%lld", i > 0 ? "," : "", (long long)who[i]);
        buf_addf(&want, "%lld,", (long long)who[i]);
    }
    assert_int_equal(members(owner, "POST", id, ids.s), 10);
    snprintf(path, sizeof path, "%s?limit=4", at_of(SEGMENTS, id, "/users"));
    for (int page = 0; page < 3; page++) {
        asks(&h, 200, &(struct ask){"GET", path, .as = marketing});
        buf_adds(&seen, ids_of(&h));
        assert_false(json_bool_or(h.json, "page.has_prev", true));
        if (page == 0) { /* one on the list that was passed already */
            char one[24];

            snprintf(one, sizeof one, "%lld", (long long)anna);
            members(owner, "POST", id, one);
        }
        assert_true(json_bool_or(h.json, "page.has_next", false) == (page < 2));
        snprintf(path, sizeof path, "%s?limit=4&cursor=%s",
                 at_of(SEGMENTS, id, "/users"), text(&h, "page.next"));
    }
    assert_string_equal(seen.s, want.s);
    refuses(400, "validation_failed",
            &(struct ask){"GET", at_of(SEGMENTS, id, "/users?page=2"), .as = owner});
    refuses(404, "not_found",
            &(struct ask){"GET", SEGMENTS "/999999/users", .as = owner});
    buf_free(&ids);
    buf_free(&seen);
    buf_free(&want);
    heard_free(&h);
}

static void on_and_off_a_list(void **state)
{
    int64_t list = a_list(owner, "Свои"), rule = a_segment(owner, "Все", EVERYBODY);
    struct buf many = {0};
    char ids[100];
    struct heard h = {0};

    (void)state;
    snprintf(ids, sizeof ids, "%lld,%lld,999999999", (long long)anna, (long long)boris);
    assert_int_equal(members(marketing, "POST", list, ids), 2);
    assert_int_equal(members(marketing, "POST", list, ids), 0);
    assert_int_equal(count_of(marketing, list, ""), 2);
    snprintf(ids, sizeof ids, "%lld", (long long)boris);
    assert_int_equal(members(owner, "DELETE", list, ids), 1);
    assert_int_equal(members(owner, "DELETE", list, ids), 0);
    assert_int_equal(count_of(owner, list, "?max_age=3600"), 1);
    refuses(400, "validation_failed",
            &(struct ask){"POST", at_of(SEGMENTS, list, "/members"),
                          "{\"customer_ids\":[]}", .as = owner});
    refuses(409, "conflict",
            &(struct ask){"POST", at_of(SEGMENTS, rule, "/members"),
                          "{\"customer_ids\":[1]}", .as = owner});
    refuses(404, "not_found",
            &(struct ask){"POST", SEGMENTS "/999999/members", "{\"customer_ids\":[1]}",
                          .as = owner});
    buf_adds(&many, "{\"customer_ids\":[1");
    for (int i = 2; i <= 1001; i++)
        buf_addf(&many, ",%d", i);
    buf_adds(&many, "]}");
    refuses(
        400, "validation_failed",
        &(struct ask){"POST", at_of(SEGMENTS, list, "/members"), many.s, .as = owner});
    asks(&h, 200, &(struct ask){"GET", at_of(SEGMENTS, list, ""), .as = owner});
    assert_int_equal(number(&h, "version"), 1);
    assert_int_equal(counts("SELECT COUNT(*) FROM audit WHERE action = 'segment.take'"),
                     1);
    buf_free(&many);
    heard_free(&h);
}

static void why_is_she_in(void **state)
{
    int64_t id =
        a_segment(owner, "Майские подписчики", "{\"all\":[" SUBSCRIBED "," OF_MAY "]}");
    struct heard h = {0};
    const struct json *line;
    char more[60];

    (void)state;
    snprintf(more, sizeof more, "/explain?customer_id=%lld", (long long)anna);
    asks(&h, 200,
         &(struct ask){"GET", at_of(SEGMENTS, id, more), .as = owner, .lang = "ru"});
    assert_true(json_bool_or(h.json, "fits", false));
    assert_int_equal(json_count(json_get(h.json, "lines")), 3);
    line = json_at(json_get(h.json, "lines"), 2);
    assert_string_equal(strstr(json_text(line, "pointer", NULL), "/all"), "/all/1");
    assert_string_equal(json_text(line, "value", NULL), "17.05");
    snprintf(more, sizeof more, "/explain?customer_id=%lld", (long long)boris);
    asks(&h, 200, &(struct ask){"GET", at_of(SEGMENTS, id, more), .as = owner});
    assert_false(json_bool_or(h.json, "fits", true));
    line = json_at(json_get(h.json, "lines"), 1);
    assert_true(json_bool_or(line, "fits", false));
    line = json_at(json_get(h.json, "lines"), 2);
    assert_string_equal(json_text(line, "value", NULL), "not known");
    refuses(404, "not_found",
            &(struct ask){"GET", at_of(SEGMENTS, id, "/explain?customer_id=999999"),
                          .as = owner});
    refuses(400, "validation_failed",
            &(struct ask){"GET", at_of(SEGMENTS, id, "/explain"), .as = owner});
    heard_free(&h);
}

/* ---- personal data ---------------------------------------------------------------- */

/* Marketing sees no birth dates: a rule must not tell them either, kept or not, by
 * itself or through the segment of somebody who does. */
static void personal_rules_tell_nothing(void **state)
{
    int64_t id = a_segment(owner, "Именинники мая", OF_MAY), through;
    struct heard h = {0};
    char root[60], more[60], body[60];

    (void)state;
    refuses(422, "segment_invalid",
            &(struct ask){"POST", SEGMENTS, rule_body("Моё", OF_MAY), .as = marketing});
    asks(&h, 422,
         &(struct ask){"POST", SEGMENTS "/preview", rule_body(NULL, OF_MAY),
                       .as = marketing});
    assert_string_equal(json_text(json_at(json_get(h.json, "errors"), 0), "code", NULL),
                        "forbidden");
    snprintf(root, sizeof root, "{\"none\":[{\"segment\":%lld}]}", (long long)id);
    through = a_segment(marketing, "Все, кроме них", root);
    refuses(403, "forbidden",
            &(struct ask){"POST", SEGMENTS "/preview", rule_body(NULL, root),
                          .as = marketing});
    snprintf(body, sizeof body, "{\"segment_id\":%lld}", (long long)id);
    refuses(403, "forbidden",
            &(struct ask){"POST", SEGMENTS "/preview", body, .as = marketing});
    snprintf(more, sizeof more, "/explain?customer_id=%lld", (long long)anna);
    for (int i = 0; i < 2; i++) {
        int64_t of = i == 0 ? id : through;

        assert_true(count_of(owner, of, "") > 0);
        refuses(403, "forbidden",
                &(struct ask){"GET", at_of(SEGMENTS, of, "/count"), .as = marketing});
        refuses(403, "forbidden",
                &(struct ask){"GET", at_of(SEGMENTS, of, "/count?max_age=3600"),
                              .as = marketing});
        refuses(403, "forbidden",
                &(struct ask){"GET", at_of(SEGMENTS, of, "/users"), .as = marketing});
        refuses(403, "forbidden",
                &(struct ask){"GET", at_of(SEGMENTS, of, more), .as = marketing});
        asks(&h, 200, &(struct ask){"GET", at_of(SEGMENTS, of, ""), .as = marketing});
        assert_true(json_bool_or(h.json, "personal", false));
        assert_int_equal(number(&h, "count"), -1);
        assert_string_equal(text(&h, "counted_at"), "");
    }
    asks(&h, 200,
         &(struct ask){"GET", SEGMENTS "?q=%D0%98%D0%BC%D0%B5%D0%BD%D0%B8%D0%BD%D0%BD",
                       .as = marketing});
    assert_int_equal(json_count(json_get(h.json, "items")), 1);
    assert_true(json_int_or(json_at(json_get(h.json, "items"), 0), "count", -1) == -1);
    asks(&h, 200,
         &(struct ask){"GET", SEGMENTS "?q=%D0%98%D0%BC%D0%B5%D0%BD%D0%B8%D0%BD%D0%BD",
                       .as = owner});
    assert_int_equal(json_int_or(json_at(json_get(h.json, "items"), 0), "count", -1),
                     1);
    heard_free(&h);
}

static enum status erased(struct db *db, void *arg)
{
    const struct erasure_act act = {.customer_id = eva, .actor = ACTOR_SYSTEM};

    (void)arg;
    return erasure_do(db, clock_now(), &act, NULL);
}

/* The last one: it erases somebody. */
static void the_erased_are_nowhere(void **state)
{
    int64_t list = a_list(owner, "Стираемые"),
            rule = a_segment(owner, "Без всех", EVERYBODY);
    struct heard h = {0};
    char ids[24], more[60];
    int64_t all;

    (void)state;
    snprintf(ids, sizeof ids, "%lld", (long long)eva);
    assert_int_equal(members(owner, "POST", list, ids), 1);
    all = count_of(owner, rule, "");
    assert_int_equal(db_tx(api_place.db, erased, NULL), ST_OK);
    assert_int_equal(count_of(owner, list, ""), 0);
    assert_int_equal(count_of(owner, rule, ""), all - 1);
    assert_int_equal(members(owner, "POST", list, ids), 0);
    snprintf(more, sizeof more, "/explain?customer_id=%lld", (long long)eva);
    refuses(404, "not_found",
            &(struct ask){"GET", at_of(SEGMENTS, rule, more), .as = owner});
    heard_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counted_exactly_and_kept),
        cmocka_unit_test(previewed),
        cmocka_unit_test(too_heavy_says_how_heavy),
        cmocka_unit_test(the_registry_is_true),
        cmocka_unit_test(by_pages_and_nobody_twice),
        cmocka_unit_test(on_and_off_a_list),
        cmocka_unit_test(why_is_she_in),
        cmocka_unit_test(personal_rules_tell_nothing),
        cmocka_unit_test(the_erased_are_nowhere),
    };

    return cmocka_run_group_tests_name("api segments, looked into", tests, opened,
                                       api_close);
}
