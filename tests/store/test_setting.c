/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/setting.h"
#include "tests/harness/world.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define NOW 1795151248000000

static struct config *cfg;
static struct db *db;
static struct settings set;
static const char *why;

static int start(void **state)
{
    (void)state;
    cfg = world_config();
    db = db_open(cfg);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    db_close(db);
    return 0;
}

static int fresh(void **state)
{
    (void)state;
    assert_int_equal(db_exec(db, NULL, "DELETE FROM settings"), ST_OK);
    assert_int_equal(db_exec(db, NULL, "DELETE FROM settings_history"), ST_OK);
    return 0;
}

static enum status change(const char *name, const char *value)
{
    struct setting_change c = {.name = name, .value = value, .by = "test"};

    return setting_set(db, NOW, &c, &why);
}

static void is(const char *name, const char *value)
{
    struct buf out = {0};

    assert_int_equal(setting_text(db, name, &out), ST_OK);
    assert_string_equal(out.len > 0 ? out.s : "", value);
    buf_free(&out);
}

static int64_t history(const char *name)
{
    assert_int_equal(
        db_one(db, "SELECT COUNT(*), MAX(version) FROM settings_history WHERE name = ?",
               DB_TEXT(name)),
        ST_OK);
    assert_int_equal(db_int(db, 0), db_int(db, 1)); /* no hole */
    return db_int(db, 0);
}

static void what_is_set_is_read(void **state)
{
    int64_t n = 0;

    (void)state;
    is("brand_name", "Dvorik");
    assert_int_equal(change("brand_name", "Мармеладный Дворик \xF0\x9F\x8D\xAC"),
                     ST_OK);
    is("brand_name", "Мармеладный Дворик \xF0\x9F\x8D\xAC");
    assert_int_equal(change("discount_percent_bp", "12,5 %"), ST_OK);
    assert_int_equal(setting_int(db, "discount_percent_bp", &n), ST_OK);
    assert_int_equal(n, 1250);
    assert_int_equal(setting_int(db, "quiet_from", &n), ST_OK);
    assert_int_equal(n, 21 * 60);
    assert_int_equal(change("channel_id", "@dvorik"), ST_OK);
    assert_int_equal(change("channel_id", ""), ST_OK);
    is("channel_id", "");
    assert_int_equal(setting_load(db, &set), ST_OK);
    assert_int_equal(set.discount_percent_bp, 1250);
    assert_string_equal(set.brand_name, "Мармеладный Дворик \xF0\x9F\x8D\xAC");
    assert_int_equal(set.discount_days, 30);
}

static void a_refused_value_changes_nothing(void **state)
{
    int64_t n;

    (void)state;
    assert_int_equal(change("discount_days", "45"), ST_OK);
    assert_int_equal(change("discount_days", "soon"), ST_BAD);
    assert_non_null(strstr(why, "discount_days is a whole number"));
    assert_int_equal(change("discount_day", "5"), ST_NONE);
    is("discount_days", "45");
    assert_int_equal(history("discount_days"), 1);
    assert_int_equal(setting_int(db, "brand_name", &n), ST_NONE);
    assert_int_equal(setting_int(db, "nonsense", &n), ST_NONE);
}

static void history_keeps_each_value_once(void **state)
{
    (void)state;
    assert_int_equal(change("hold_minutes", "4"), ST_OK);
    assert_int_equal(change("hold_minutes", "4"), ST_OK);
    assert_int_equal(change("hold_minutes", "5"), ST_OK);
    assert_int_equal(history("hold_minutes"), 2);
    assert_int_equal(db_one(db, "SELECT value, updated_by, updated_at"
                                " FROM settings_history"
                                " WHERE name = 'hold_minutes' AND version = 1"),
                     ST_OK);
    assert_string_equal(db_text(db, 0, NULL), "4");
    assert_string_equal(db_text(db, 1, NULL), "test");
    assert_true(db_time(db, 2) == NOW);
}

static void a_damaged_row_reads_as_its_default(void **state)
{
    (void)state;
    assert_int_equal(change("discount_days", "45"), ST_OK);
    assert_int_equal(db_exec(db, NULL,
                             "INSERT INTO settings VALUES"
                             " ('discount_percent_bp', 'ten', 1, NOW(6), 'x'),"
                             " ('of_a_newer_program', '1', 1, NOW(6), 'x')"),
                     ST_OK);
    assert_int_equal(setting_load(db, &set), ST_OK);
    assert_int_equal(set.discount_percent_bp, 1000);
    assert_int_equal(set.discount_days, 45);
    is("discount_percent_bp", "1000");
}

struct setter {
    pthread_t thread;
    int n;
    enum status st;
};

static void *sets(void *arg)
{
    struct setter *s = arg;
    struct db *mine = db_open(cfg);
    char value[16];
    struct setting_change c = {.name = "undo_minutes", .value = value, .by = "test"};
    const char *said;

    s->st = ST_OK;
    for (int i = 0; s->st == ST_OK && i < 10; i++) {
        snprintf(value, sizeof value, "%d", 100 + s->n * 10 + i);
        s->st = setting_set(mine, NOW, &c, &said);
    }
    db_close(mine);
    return NULL;
}

static void many_at_once_lose_no_version(void **state)
{
    struct setter s[4];

    (void)state;
    for (int i = 0; i < 4; i++) {
        s[i].n = i;
        assert_int_equal(pthread_create(&s[i].thread, NULL, sets, &s[i]), 0);
    }
    for (int i = 0; i < 4; i++)
        pthread_join(s[i].thread, NULL);
    for (int i = 0; i < 4; i++)
        assert_int_equal(s[i].st, ST_OK);
    assert_int_equal(history("undo_minutes"), 40);
    assert_int_equal(db_one(db, "SELECT s.version, s.value = h.value FROM settings s"
                                " JOIN settings_history h"
                                " ON h.name = s.name AND h.version = s.version"
                                " WHERE s.name = 'undo_minutes'"),
                     ST_OK);
    assert_int_equal(db_int(db, 0), 40);
    assert_int_equal(db_int(db, 1), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_is_set_is_read, fresh),
        cmocka_unit_test_setup(a_refused_value_changes_nothing, fresh),
        cmocka_unit_test_setup(history_keeps_each_value_once, fresh),
        cmocka_unit_test_setup(a_damaged_row_reads_as_its_default, fresh),
        cmocka_unit_test_setup(many_at_once_lose_no_version, fresh),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
