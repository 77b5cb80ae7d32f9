/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Stores through the admin API, and with them what every list does: pages by cursor that
 * inserts do not shift, both ways, pages by number, totals, filters, orders. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/harness/api.h"

#include <stdio.h>
#include <string.h>

#define STORES 23

static int64_t owner, ids[STORES];

static int opened(void **state)
{
    static const char *const cities[] = {"Владивосток", "Находка", "Уссурийск"};
    int st = api_open(state);
    char name[40];

    owner = api_staff(ROLE_OWNER);
    for (int i = 0; i < STORES; i++) {
        snprintf(name, sizeof name, "Двор %02d", (i * 7) % STORES);
        ids[i] = api_store(name, cities[i % 3]);
    }
    return st;
}

/* Pushes the names of a page onto seen, each with a comma; the next cursor into out. */
static void page(const char *path, struct buf *seen, const char *way, char out[2048])
{
    struct heard h = {0};
    const char *cursor;
    char at[64];

    asks(&h, 200, &(struct ask){"GET", path, .as = owner});
    for (size_t i = 0; i < json_count(json_get(h.json, "items")); i++)
        buf_addf(seen, "%s,",
                 json_text(json_at(json_get(h.json, "items"), i), "name", NULL));
    snprintf(at, sizeof at, "page.%s", way);
    cursor = json_text(h.json, at, NULL);
    snprintf(out, 2048, "%s", cursor != NULL ? cursor : "");
    snprintf(at, sizeof at, "page.has_%s", way);
    assert_true(json_bool_or(h.json, at, false) == (cursor != NULL));
    heard_free(&h);
}

/* All pages from the first on; insert: a store is added before the place each time. */
static int walk(const char *query, struct buf *seen, bool insert)
{
    char path[2400], cursor[2048] = "";
    int pages = 0;

    buf_clear(seen);
    do {
        snprintf(path, sizeof path, "/api/v1/stores?limit=5%s%s%s", query,
                 *cursor != '\0' ? "&cursor=" : "", cursor);
        page(path, seen, "next", cursor);
        if (insert) {
            char name[40];

            snprintf(name, sizeof name, "А новый %d", pages); /* sorts before all */
            api_store(name, "Артём");
        }
        pages++;
    } while (*cursor != '\0' && pages < 100);
    return pages;
}

static void expect_all(const struct buf *seen, bool descending)
{
    struct buf all = {0};

    for (int i = 0; i < STORES; i++)
        buf_addf(&all, "Двор %02d,", descending ? STORES - 1 - i : i);
    assert_string_equal(seen->s, all.s);
    buf_free(&all);
}

static void pages_follow_one_another(void **state)
{
    struct buf seen = {0};

    (void)state;
    assert_int_equal(walk("", &seen, false), 5);
    expect_all(&seen, false);
    assert_int_equal(walk("&sort=-name", &seen, false), 5);
    expect_all(&seen, true);
    assert_int_equal(walk("&sort=-created_at,id", &seen, false), 5);
    assert_int_equal(walk("&sort=id", &seen, false), 5);
    assert_true(strncmp(seen.s, "Двор 00,Двор 07,Двор 14,", 30) == 0);
    buf_free(&seen);
}

static void and_back(void **state)
{
    struct buf seen = {0};
    char next[2048], prev[2048], path[2400];

    (void)state;
    page("/api/v1/stores?limit=10", &seen, "next", next);
    page("/api/v1/stores?limit=10", &seen, "prev", prev);
    assert_string_equal(prev, "");
    snprintf(path, sizeof path, "/api/v1/stores?limit=10&cursor=%s", next);
    buf_clear(&seen);
    page(path, &seen, "prev", prev);
    assert_true(strncmp(seen.s, "Двор 10,Двор 11,", 20) == 0);
    /* The page before, in the list's order; a shorter one shows its direction. */
    snprintf(path, sizeof path, "/api/v1/stores?limit=4&cursor=%s", prev);
    buf_clear(&seen);
    page(path, &seen, "prev", prev);
    assert_string_equal(seen.s, "Двор 06,Двор 07,Двор 08,Двор 09,");
    snprintf(path, sizeof path, "/api/v1/stores?limit=6&cursor=%s", prev);
    buf_clear(&seen);
    page(path, &seen, "prev", prev);
    assert_string_equal(seen.s, "Двор 00,Двор 01,Двор 02,Двор 03,Двор 04,Двор 05,");
    assert_string_equal(prev, "");
    page(path, &seen, "next", next);
    assert_string_not_equal(next, "");
    buf_free(&seen);
}

static void a_cursor_is_of_its_list(void **state)
{
    struct buf seen = {0};
    char next[2048], path[2400];

    (void)state;
    page("/api/v1/stores?limit=5&city=%D0%9D%D0%B0%D1%85%D0%BE%D0%B4%D0%BA%D0%B0",
         &seen, "next", next);
    snprintf(path, sizeof path, "/api/v1/stores?limit=5&cursor=%s", next);
    refuses(400, "validation_failed", &(struct ask){"GET", path, .as = owner});
    snprintf(
        path, sizeof path,
        "/api/v1/stores?sort=-name&city=%%D0%%9D%%D0%%B0%%D1%%85%%D0%%BE%%D0%%B4%%D0"
        "%%BA%%D0%%B0&cursor=%s",
        next);
    refuses(400, "validation_failed", &(struct ask){"GET", path, .as = owner});
    snprintf(path, sizeof path,
             "/api/v1/stores?limit=9&city=%%D0%%9D%%D0%%B0%%D1%%85%%D0%%BE%%D0%%B4%%D0"
             "%%BA%%D0%%B0&cursor=%s",
             next);
    page(path, &seen, "next", next);
    buf_free(&seen);
}

static void filters_and_totals(void **state)
{
    struct heard h = {0};

    (void)state;
    asks(
        &h, 200,
        &(struct ask){"GET", "/api/v1/stores?limit=3&include_total=true", .as = owner});
    assert_int_equal(json_int_or(h.json, "page.total", 0), STORES);
    assert_false(json_bool_or(h.json, "page.total_is_capped", true));
    asks(&h, 200,
         &(struct ask){"GET", "/api/v1/stores?q=07", .as = owner,
                       .headers = "Prefer: return=total-count\r\n"});
    assert_int_equal(json_int_or(h.json, "page.total", 0), 1);
    assert_string_equal(json_text(h.json, "query.q", NULL), "07");
    /* No pattern: a percent sign is itself. */
    asks(&h, 200, &(struct ask){"GET", "/api/v1/stores?q=%25", .as = owner});
    assert_int_equal(json_count(json_get(h.json, "items")), 0);
    asks(&h, 200,
         &(struct ask){"GET", "/api/v1/stores?q='%20OR%201=1--%20", .as = owner});
    assert_int_equal(json_count(json_get(h.json, "items")), 0);
    asks(&h, 200, &(struct ask){"GET", "/api/v1/stores?open=false", .as = owner});
    assert_int_equal(json_count(json_get(h.json, "items")), 0);
    asks(&h, 200, &(struct ask){"GET", "/api/v1/stores?open=1&limit=200", .as = owner});
    assert_int_equal(json_count(json_get(h.json, "items")), STORES);
    heard_free(&h);
}

static void pages_with_numbers(void **state)
{
    struct heard h = {0};

    (void)state;
    asks(&h, 200,
         &(struct ask){"GET", "/api/v1/stores?page=3&per_page=10", .as = owner});
    assert_int_equal(json_count(json_get(h.json, "items")), 3);
    assert_int_equal(json_int_or(h.json, "page.number", 0), 3);
    assert_false(json_bool_or(h.json, "page.has_next", true));
    assert_true(json_bool_or(h.json, "page.has_prev", false));
    asks(&h, 200,
         &(struct ask){"GET", "/api/v1/stores?page=1&per_page=10", .as = owner});
    assert_true(json_bool_or(h.json, "page.has_next", false));
    assert_false(json_bool_or(h.json, "page.has_prev", true));
    asks(&h, 200,
         &(struct ask){"GET", "/api/v1/stores?page=51&per_page=200", .as = owner});
    assert_int_equal(json_count(json_get(h.json, "items")), 0);
    refuses(400, "validation_failed",
            &(struct ask){"GET", "/api/v1/stores?page=52&per_page=200", .as = owner});
    heard_free(&h);
}

static void one_store(void **state)
{
    struct heard h = {0};
    char path[80];

    (void)state;
    snprintf(path, sizeof path, "/api/v1/stores/%lld", (long long)ids[1]);
    asks(&h, 200, &(struct ask){"GET", path, .as = owner});
    assert_string_equal(json_text(h.json, "name", NULL), "Двор 07");
    assert_string_equal(json_text(h.json, "city", NULL), "Находка");
    assert_true(json_int_or(h.json, "id", 0) == ids[1]);
    refuses(404, "not_found",
            &(struct ask){"GET", "/api/v1/stores/999999", .as = owner});
    heard_free(&h);
}

/* A manager's list and cards are those of their stores: by the query, not afterwards. */
static void a_manager_sees_their_own(void **state)
{
    struct heard h = {0};
    int64_t manager = api_staff(ROLE_MANAGER);
    char path[80];

    (void)state;
    api_bind(manager, ids[4]);
    asks(&h, 200,
         &(struct ask){"GET", "/api/v1/stores?include_total=true", .as = manager});
    assert_int_equal(json_count(json_get(h.json, "items")), 1);
    assert_int_equal(json_int_or(h.json, "page.total", 0), 1);
    snprintf(path, sizeof path, "/api/v1/stores/%lld", (long long)ids[4]);
    asks(&h, 200, &(struct ask){"GET", path, .as = manager});
    snprintf(path, sizeof path, "/api/v1/stores/%lld", (long long)ids[5]);
    refuses(404, "not_found", &(struct ask){"GET", path, .as = manager});
    heard_free(&h);
}

/* The last one: it adds stores. */
static void inserts_shift_nothing(void **state)
{
    struct buf seen = {0};

    (void)state;
    assert_int_equal(walk("", &seen, true), 5);
    expect_all(&seen, false);
    buf_free(&seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_follow_one_another),
        cmocka_unit_test(and_back),
        cmocka_unit_test(a_cursor_is_of_its_list),
        cmocka_unit_test(filters_and_totals),
        cmocka_unit_test(pages_with_numbers),
        cmocka_unit_test(one_store),
        cmocka_unit_test(a_manager_sees_their_own),
        cmocka_unit_test(inserts_shift_nothing),
    };

    return cmocka_run_group_tests_name("api stores", tests, opened, api_close);
}
