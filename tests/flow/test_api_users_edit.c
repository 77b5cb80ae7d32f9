/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Customers changed through the admin API: fields, tags, consents, their end, and what is
 * told of all that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/flow/api_users.h"

#include <stdio.h>
#include <string.h>

static int64_t owner, marketing;

static int opened(void **state)
{
    int st = api_open(state);

    owner = api_staff(ROLE_OWNER);
    marketing = api_staff(ROLE_MARKETING);
    api_store("Двор", "Владивосток");
    return st;
}

static const char *path_of(int64_t id, const char *more)
{
    static char path[8][120];
    static int at;
    char *p = path[at = (at + 1) % 8];

    snprintf(p, sizeof path[0], "/api/v1/users/%lld%s", (long long)id, more);
    return p;
}

static const char *etag_of(int64_t id)
{
    static char etag[60];
    struct heard h = {0};

    asks(&h, 200, &(struct ask){"GET", path_of(id, ""), .as = owner});
    snprintf(etag, sizeof etag, "%s", heard_header(&h, "ETag"));
    heard_free(&h);
    return etag;
}

static void patch(struct heard *h, int64_t id, const char *body)
{
    asks(h, 200,
         &(struct ask){"PATCH", path_of(id, ""), body, .as = owner,
                       .if_match = etag_of(id)});
}

static void patch_fails(int64_t id, const char *pointer, const char *body)
{
    struct heard h = {0};

    asks(&h, 400,
         &(struct ask){"PATCH", path_of(id, ""), body, .as = owner,
                       .if_match = etag_of(id)});
    if (strcmp(json_text(json_at(json_get(h.json, "errors"), 0), "pointer", NULL),
               pointer) != 0)
        fail_msg("%s: %s", body, h.raw.s);
    heard_free(&h);
}

/* ---- fields ----------------------------------------------------------------------- */

static void fields_change(void **state)
{
    struct heard h = {0};
    int64_t id = guest("Мария", "Ива");

    (void)state;
    patch(&h, id,
          "{\"name\":\"Маша\",\"phone\":\"8 999 123-45-67\",\"locale\":\"en\","
          "\"notes\":\"звонить\\nпосле шести\",\"tags\":[\"vip\",\"чай\"],"
          "\"birth_date\":\"1990-02-28\",\"birth_date_reason\":\"паспорт\","
          "\"home_store_id\":1,\"status\":\"blocked\"}");
    assert_string_equal(json_text(h.json, "name", NULL), "Маша");
    assert_string_equal(json_text(h.json, "first_name", NULL), "Мария");
    assert_string_equal(json_text(h.json, "phone", NULL), "+79991234567");
    assert_string_equal(json_text(h.json, "locale", NULL), "en");
    assert_string_equal(json_text(h.json, "birth_date", NULL), "1990-02-28");
    assert_string_equal(json_text(h.json, "status", NULL), "blocked");
    assert_int_equal(json_count(json_get(h.json, "tags")), 2);
    assert_int_equal(json_int_or(h.json, "home_store_id", 0), 1);
    asks(&h, 200,
         &(struct ask){"GET", "/api/v1/users?q=%D0%BC%D0%B0%D1%88&tag=VIP",
                       .as = owner});
    assert_int_equal(json_count(json_get(h.json, "items")), 1);
    patch(&h, id,
          "{\"name\":null,\"phone\":null,\"tags\":[\"чай\"],\"notes\":\"\","
          "\"home_store_id\":null,\"status\":\"active\"}");
    assert_string_equal(json_text(h.json, "name", NULL), "Мария");
    assert_null(json_text(h.json, "phone", NULL));
    assert_int_equal(json_count(json_get(h.json, "tags")), 1);
    assert_string_equal(json_text(h.json, "status", NULL), "active");
    /* Each is somebody's deed; no value is in it. */
    assert_int_equal(
        number_of(
            "SELECT COUNT(DISTINCT action) FROM audit WHERE actor = 3 AND action IN"
            " ('customer.name', 'customer.phone', 'customer.birthday',"
            " 'customer.language', 'customer.notes', 'customer.tag',"
            " 'customer.untag', 'customer.block', 'customer.unblock',"
            " 'customer.home_store')"),
        10);
    assert_int_equal(
        number_of("SELECT COUNT(*) FROM audit WHERE fields LIKE '%9991234%'"
                  " OR fields LIKE '%1990-02%'"),
        0);
    heard_free(&h);
}

static void what_cannot_be(void **state)
{
    struct heard h = {0};
    int64_t id = guest("Пётр", "Ива");

    (void)state;
    patch_fails(id, "/name", "{\"name\":\"12345678\"}");
    patch_fails(id, "/phone", "{\"phone\":\"позвони мне\"}");
    patch_fails(id, "/home_store_id", "{\"home_store_id\":999}");
    patch_fails(id, "/tags", "{\"tags\":[\" край\"]}");
    patch_fails(id, "/birth_date_reason", "{\"birth_date\":\"1990-02-28\"}");
    patch_fails(id, "/birth_date",
                "{\"birth_date\":\"2150-02-28\",\"birth_date_reason\":\"ошибка\"}");
    patch_fails(id, "/external_id", "{\"external_id\":1}");
    patch_fails(id, "/first_name", "{\"first_name\":\"Пьер\"}");
    patch_fails(id, "/status", "{\"status\":\"erased\"}");
    /* The lock against gifts twice a year is that of the bots. */
    patch(&h, id, "{\"birth_date\":\"1990-02-28\",\"birth_date_reason\":\"анкета\"}");
    patch(&h, id, "{\"birth_date\":\"1990-03-03\",\"birth_date_reason\":\"ошибка\"}");
    patch_fails(id, "/birth_date",
                "{\"birth_date\":\"1990-04-04\",\"birth_date_reason\":\"ещё\"}");
    asks(&h, 403,
         &(struct ask){"PATCH", path_of(id, ""), "{\"phone\":\"+79990000000\"}",
                       .as = marketing, .if_match = etag_of(id)});
    asks(&h, 200,
         &(struct ask){"PATCH", path_of(id, ""), "{\"notes\":\"спросить\"}",
                       .as = marketing, .if_match = etag_of(id)});
    assert_null(json_text(h.json, "birth_date", NULL));
    refuses(404, "not_found",
            &(struct ask){"PATCH", path_of(99999999, ""), "{}", .as = owner,
                          .if_match = "\"v1\""});
    heard_free(&h);
}

static void two_writers(void **state)
{
    struct heard h = {0}, other = {0};
    int64_t id = guest("Олег", "Ива");
    const char *etag = etag_of(id);
    struct ask ask = {"PATCH", path_of(id, ""), "{\"notes\":\"первый\"}", .as = owner,
                      .if_match = etag};
    struct ask again = {"PATCH", path_of(id, ""), "{\"notes\":\"второй\"}", .as = owner,
                        .if_match = etag};
    int a = asks_say(&ask), b = asks_say(&again);

    (void)state;
    asks_hear(&h, a, &ask);
    asks_hear(&other, b, &again);
    assert_true((h.status == 200) != (other.status == 200));
    assert_string_equal(heard_code(h.status == 200 ? &other : &h), "version_mismatch");
    /* What the customer does counts as well; without a version nothing changes. */
    etag = etag_of(id);
    guest_sql(id, "name = 'Олежек'");
    refuses(412, "version_mismatch",
            &(struct ask){"PATCH", path_of(id, ""), "{\"notes\":\"x\"}", .as = owner,
                          .if_match = etag});
    refuses(428, "version_required",
            &(struct ask){"PATCH", path_of(id, ""), "{\"notes\":\"x\"}", .as = owner});
    heard_free(&h);
    heard_free(&other);
}

/* ---- tags ------------------------------------------------------------------------- */

static void tags(void **state)
{
    struct heard h = {0};
    int64_t id = guest("Анна", "Ива"), tag;
    char path[80];

    (void)state;
    asks(&h, 201,
         &(struct ask){"POST", "/api/v1/tags", "{\"name\":\"кофе\"}", .as = marketing});
    tag = json_int_or(h.json, "id", 0);
    asks(&h, 200,
         &(struct ask){"POST", "/api/v1/tags", "{\"name\":\"КОФЕ\"}", .as = owner});
    assert_int_equal(json_int_or(h.json, "id", 0), tag);
    refuses(400, "validation_failed",
            &(struct ask){"POST", "/api/v1/tags", "{\"name\":\" a\"}", .as = owner});
    asks(&h, 200,
         &(struct ask){"GET", "/api/v1/tags?q=%D1%84%D0%B5&include_total=1",
                       .as = owner});
    assert_int_equal(json_int_or(h.json, "page.total", 0), 1);
    asks(&h, 200,
         &(struct ask){"POST", path_of(id, "/tags"), "{\"tags\":[\"кофе\",\"летний\"]}",
                       .as = marketing});
    asks(&h, 200, &(struct ask){"GET", path_of(id, "/tags"), .as = marketing});
    assert_int_equal(json_count(json_get(h.json, "items")), 2);
    snprintf(path, sizeof path, "/tags/%lld", (long long)tag);
    asks(&h, 204, &(struct ask){"DELETE", path_of(id, path), .as = owner});
    refuses(404, "not_found", &(struct ask){"DELETE", path_of(id, path), .as = owner});
    refuses(404, "not_found",
            &(struct ask){"DELETE", path_of(id, "/tags/x"), .as = owner});
    asks(&h, 200,
         &(struct ask){"POST", path_of(id, "/tags"), "{\"tags\":[\"кофе\"]}",
                       .as = owner});
    snprintf(path, sizeof path, "/api/v1/tags/%lld", (long long)tag);
    asks(&h, 204, &(struct ask){"DELETE", path, .as = owner});
    asks(&h, 200, &(struct ask){"GET", path_of(id, "/tags"), .as = owner});
    assert_int_equal(json_count(json_get(h.json, "items")), 1);
    assert_int_equal(
        number_of("SELECT COUNT(*) FROM job_open WHERE kind = 'core.tag_swept'"), 1);
    heard_free(&h);
}

/* ---- consents and the timeline ---------------------------------------------------- */

static void consents(void **state)
{
    struct heard h = {0};
    int64_t id = guest("Нина", "Ива");
    const struct json *first;

    (void)state;
    asks(&h, 201,
         &(struct ask){"POST", path_of(id, "/consents"),
                       "{\"purpose\":\"marketing\",\"granted\":true,"
                       "\"evidence\":\"анкета\"}",
                       .as = marketing});
    assert_true(json_bool_or(h.json, "marketing_ok", false));
    assert_string_equal(json_text(h.json, "consents.marketing.via", NULL), "panel");
    asks(&h, 200, &(struct ask){"GET", path_of(id, "/consents?limit=1"), .as = owner});
    first = json_at(json_get(h.json, "items"), 0);
    assert_int_equal(json_int_or(first, "staff_id", 0), marketing);
    assert_string_equal(json_text(first, "evidence", NULL), "анкета");
    assert_true(json_bool_or(h.json, "page.has_next", false));
    asks(&h, 201,
         &(struct ask){"POST", path_of(id, "/consents"),
                       "{\"purpose\":\"pd\",\"granted\":false,"
                       "\"evidence\":\"звонок\"}",
                       .as = owner});
    assert_false(json_bool_or(h.json, "consents.pd.granted", true));
    assert_false(json_bool_or(h.json, "marketing_ok", true));
    refuses(409, "consent_missing",
            &(struct ask){"POST", path_of(id, "/consents"),
                          "{\"purpose\":\"marketing\",\"granted\":true,"
                          "\"evidence\":\"анкета\"}",
                          .as = owner});
    refuses(400, "validation_failed",
            &(struct ask){"POST", path_of(id, "/consents"),
                          "{\"purpose\":\"marketing\",\"granted\":true}", .as = owner});
    heard_free(&h);
}

/* Of one moment and of many; forwards and back. */
static void the_timeline(void **state)
{
    struct heard h = {0};
    int64_t id = guest("Вера", "Ива");
    char path[2400], first[40] = "";
    int n = 0, pages = 0;

    (void)state;
    for (int i = 0; i < 7; i++) {
        char sql[400];

        snprintf(
            sql, sizeof sql,
            "INSERT INTO message (state, sender, recipient, customer_id, purpose,"
            " on_unsure, payload, created_at, sent_at) VALUES (3, 1, 5, %lld, 1, 1,"
            " '{}', '2026-05-0%d', '2026-05-01')",
            (long long)id, 1 + i / 3);
        assert_int_equal(db_exec(api_place.db, NULL, sql), ST_OK);
    }
    snprintf(path, sizeof path, "%s", path_of(id, "/timeline?limit=2"));
    for (bool more = true; more; pages++) {
        asks(&h, 200, &(struct ask){"GET", path, .as = owner});
        n += (int)json_count(json_get(h.json, "items"));
        if (pages == 1)
            snprintf(first, sizeof first, "%s",
                     json_text(json_at(json_get(h.json, "items"), 0), "kind", NULL));
        more = json_bool_or(h.json, "page.has_next", false);
        if (more)
            snprintf(path, sizeof path, "%s&cursor=%s",
                     path_of(id, "/timeline?limit=2"),
                     json_text(h.json, "page.next", NULL));
    }
    /* 7 messages, the evidence of pd, and of the audit the meeting. */
    assert_int_equal(n, 9);
    snprintf(path, sizeof path, "%s&cursor=%s", path_of(id, "/timeline?limit=2"),
             json_text(h.json, "page.prev", NULL));
    asks(&h, 200, &(struct ask){"GET", path, .as = owner});
    assert_int_equal(json_count(json_get(h.json, "items")), 2);
    assert_true(json_bool_or(h.json, "page.has_prev", false));
    asks(&h, 200,
         &(struct ask){"GET", path_of(id, "/timeline?kind=consent,change"),
                       .as = owner});
    assert_int_equal(json_count(json_get(h.json, "items")), 2);
    refuses(400, "validation_failed",
            &(struct ask){"GET", path_of(id, "/timeline?kind=gossip"), .as = owner});
    refuses(404, "not_found",
            &(struct ask){"GET", path_of(99999999, "/timeline"), .as = owner});
    heard_free(&h);
}

/* ---- words, a file, the end ------------------------------------------------------- */

static void say(int status, const char *code, int64_t id, const char *purpose)
{
    char body[200];
    struct heard h = {0};

    snprintf(body, sizeof body,
             "{\"text\":\"Ваш <b>заказ</b> готов\",\"purpose\":\"%s\"}", purpose);
    asks(&h, status,
         &(struct ask){"POST", path_of(id, "/message"), body, .as = marketing});
    if (code != NULL)
        assert_string_equal(heard_code(&h), code);
    heard_free(&h);
}

static void messages_ask_consent(void **state)
{
    int64_t id = guest("Лев", "Ива"), gone = guest("Рем", "Ива");

    (void)state;
    say(202, NULL, id, "service");
    say(409, "consent_missing", id, "marketing");
    guest_sql(id, "marketing_ok = 1");
    say(202, NULL, id, "marketing");
    guest_sql(id, "barred_at = NOW(6)"); /* the shop's own no */
    say(409, "consent_missing", id, "marketing");
    guest_sql(gone, "status = 2");
    say(409, "conflict", gone, "service");
    guest_sql(gone, "status = 1, pd_ok = 0");
    say(409, "consent_missing", gone, "service");
    say(404, "not_found", 99999999, "service");
    assert_int_equal(
        number_of("SELECT COUNT(*) FROM job_open WHERE kind = 'core.letter_written'"),
        2);
}

static void export_and_erase(void **state)
{
    struct heard h = {0};
    int64_t id = guest("Забудь", "Меня");

    (void)state;
    guest_sql(
        id, "notes = 'строгий', phone = '+79995554433', phone_hash = REPEAT('x', 32)");
    asks(&h, 200, &(struct ask){"GET", path_of(id, "/export"), .as = owner});
    assert_non_null(strstr(h.raw.s, "+79995554433"));
    assert_non_null(strstr(h.raw.s, "строгий"));
    assert_int_equal(
        number_of("SELECT COUNT(*) FROM audit WHERE action = 'customer.export'"), 1);
    refuses(403, "forbidden",
            &(struct ask){"GET", path_of(id, "/export"), .as = marketing});
    refuses(400, "validation_failed",
            &(struct ask){"POST", path_of(id, "/erase"), "{\"confirm\":true}",
                          .as = owner});
    refuses(400, "validation_failed",
            &(struct ask){"POST", path_of(id, "/erase"), "{\"confirm\":false}",
                          .as = owner, .key = "erase-0"});
    asks(&h, 200,
         &(struct ask){"POST", path_of(id, "/erase"), "{\"confirm\":true}", .as = owner,
                       .key = "erase-1"});
    assert_string_equal(json_text(h.json, "status", NULL), "erased");
    assert_null(json_text(h.json, "name", NULL));
    assert_string_equal(json_text(h.json, "notes", NULL), "");
    /* It was not the customer who took the consent back. */
    assert_int_equal(number_of("SELECT staff_id FROM consent WHERE granted = 0"
                               " AND via = 2 ORDER BY id DESC LIMIT 1"),
                     owner);
    assert_int_equal(number_of("SELECT actor_id FROM audit WHERE actor = 3 AND"
                               " action = 'consent.pd_revoke' ORDER BY id DESC"
                               " LIMIT 1"),
                     owner);
    asks(&h, 200,
         &(struct ask){"POST", path_of(id, "/erase"), "{\"confirm\":true}", .as = owner,
                       .key = "erase-1"});
    assert_string_equal(heard_header(&h, "Idempotency-Replayed"), "true");
    refuses(409, "conflict",
            &(struct ask){"POST", path_of(id, "/erase"), "{\"confirm\":true}",
                          .as = owner, .key = "erase-2"});
    asks(&h, 200,
         &(struct ask){"GET", "/api/v1/users?q=%D0%97%D0%B0%D0%B1%D1%83%D0%B4",
                       .as = owner});
    assert_int_equal(json_count(json_get(h.json, "items")), 0);
    heard_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_change),
        cmocka_unit_test(what_cannot_be),
        cmocka_unit_test(two_writers),
        cmocka_unit_test(tags),
        cmocka_unit_test(consents),
        cmocka_unit_test(the_timeline),
        cmocka_unit_test(messages_ask_consent),
        cmocka_unit_test(export_and_erase),
    };

    return cmocka_run_group_tests_name("api users edit", tests, opened, api_close);
}
