/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Up, down and everything that must be refused, with small migrations of the test's own
 * and with the real ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/buf.h"
#include "core/loyalty/customer_word.h"
#include "migrations/migrate.h"
#include "tests/harness/world.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW 1795151248000000

#define MIGRATION(n, u, d)                                                             \
    {                                                                                  \
        n, u, (u) + sizeof(u) - 1, d, (d) + sizeof(d) - 1                              \
    }
static const struct migration three[] = {
    MIGRATION("0001_one",
              "CREATE TABLE one (i INT) ENGINE = InnoDB;"
              "INSERT INTO one VALUES (1)",
              "DROP TABLE one"),
    MIGRATION("0002_two", "CREATE TABLE two (i INT) ENGINE = InnoDB", "DROP TABLE two"),
    MIGRATION("0003_three", "ALTER TABLE one ADD COLUMN j INT",
              "ALTER TABLE one DROP j"),
};
static const struct migrations two_known = {three, 2}, all_known = {three, 3};

static struct config *cfg;
static struct db *db;
static const char *why;

static int fresh(void **state)
{
    (void)state;
    cfg = world_config_empty();
    db = db_open(cfg);
    why = "";
    return 0;
}

static int done(void **state)
{
    (void)state;
    db_close(db);
    return 0;
}

static bool table_there(const char *name)
{
    assert_int_equal(db_one(db,
                            "SELECT COUNT(*) FROM information_schema.tables"
                            " WHERE table_schema = DATABASE() AND table_name = ?",
                            DB_TEXT(name)),
                     ST_OK);
    return db_int(db, 0) == 1;
}

static void says(const char *part)
{
    if (strstr(why, part) == NULL)
        fail_msg("'%s' does not say '%s'", why, part);
}

static void up_and_down_in_order(void **state)
{
    (void)state;
    assert_int_equal(migrate_check_list(db, &all_known, &why), ST_REFUSED);
    says("dvorik migrate up");
    assert_int_equal(migrate_up(db, &two_known, NOW, NULL, &why), ST_OK);
    assert_int_equal(migrate_check_list(db, &two_known, &why), ST_OK);
    assert_int_equal(migrate_up(db, &two_known, NOW, NULL, &why), ST_OK);
    assert_int_equal(db_one(db, "SELECT COUNT(*) FROM one"), ST_OK);
    assert_int_equal(db_int(db, 0), 1); /* not applied twice */
    assert_int_equal(migrate_up(db, &all_known, NOW, NULL, &why), ST_OK);
    assert_int_equal(db_one(db, "SELECT j FROM one"), ST_OK);
    assert_int_equal(migrate_down(db, &all_known, 2, NULL, &why), ST_OK);
    assert_true(table_there("one"));
    assert_false(table_there("two"));
    assert_int_equal(migrate_down(db, &all_known, 5, NULL, &why), ST_OK);
    assert_false(table_there("one"));
    assert_int_equal(migrate_up(db, &all_known, NOW, NULL, &why), ST_OK);
    assert_int_equal(migrate_check_list(db, &all_known, &why), ST_OK);
}

static void older_and_newer_are_refused(void **state)
{
    (void)state;
    assert_int_equal(migrate_up(db, &two_known, NOW, NULL, &why), ST_OK);
    assert_int_equal(migrate_check_list(db, &all_known, &why), ST_REFUSED);
    says("older than this program");
    says("2 of 3");
    says("dvorik migrate up");
    assert_int_equal(migrate_up(db, &all_known, NOW, NULL, &why), ST_OK);
    assert_int_equal(migrate_check_list(db, &two_known, &why), ST_REFUSED);
    says("newer than this program");
    says("0003_three");
    assert_int_equal(migrate_up(db, &two_known, NOW, NULL, &why), ST_REFUSED);
    assert_int_equal(migrate_down(db, &two_known, 1, NULL, &why), ST_REFUSED);
    assert_true(table_there("two"));
}

static void a_changed_text_is_refused(void **state)
{
    struct migration changed[3];
    struct migrations m = {changed, 3};
    static const char other[] = "DROP TABLE IF EXISTS two";

    (void)state;
    memcpy(changed, three, sizeof changed);
    assert_int_equal(migrate_up(db, &all_known, NOW, NULL, &why), ST_OK);
    changed[1].down = other;
    changed[1].down_end = other + sizeof other - 1;
    assert_int_equal(migrate_check_list(db, &m, &why), ST_REFUSED);
    says("0002_two was changed after it was applied");
    assert_int_equal(migrate_up(db, &m, NOW, NULL, &why), ST_REFUSED);
    assert_int_equal(migrate_down(db, &m, 1, NULL, &why), ST_REFUSED);
    assert_int_equal(migrate_check_list(db, &all_known, &why), ST_OK);
}

static void a_hole_is_refused(void **state)
{
    (void)state;
    assert_int_equal(migrate_up(db, &all_known, NOW, NULL, &why), ST_OK);
    assert_int_equal(
        db_exec(db, NULL, "DELETE FROM schema_migrations WHERE number = 2"), ST_OK);
    assert_int_equal(migrate_check_list(db, &all_known, &why), ST_REFUSED);
    says("0002_two is missing");
    assert_int_equal(migrate_up(db, &all_known, NOW, NULL, &why), ST_REFUSED);
}

static void half_a_migration_stops_everything_until_settled(void **state)
{
    static const struct migration broken[] = {
        MIGRATION("0001_half", "CREATE TABLE half (i INT); CREATE TABLE half (i INT)",
                  "DROP TABLE half; DROP TABLE half"),
    };
    static const struct migrations m = {broken, 1};

    (void)state;
    assert_int_equal(migrate_up(db, &m, NOW, NULL, &why), ST_REFUSED);
    says("0001_half failed on its way up: statement 2");
    assert_true(table_there("half")); /* what DDL does */
    assert_int_equal(migrate_check_list(db, &m, &why), ST_REFUSED);
    says("begun and did not finish");
    says("dvorik migrate settle 1 applied|absent");
    assert_int_equal(migrate_up(db, &m, NOW, NULL, &why), ST_REFUSED);
    assert_int_equal(migrate_down(db, &m, 1, NULL, &why), ST_REFUSED);
    assert_int_equal(migrate_settle(db, &m, 2, true, &why), ST_REFUSED);
    assert_int_equal(migrate_settle(db, &m, 1, true, &why), ST_OK);
    assert_int_equal(migrate_settle(db, &m, 1, true, &why), ST_REFUSED);
    assert_int_equal(migrate_check_list(db, &m, &why), ST_OK);
    assert_int_equal(migrate_down(db, &m, 1, NULL, &why), ST_REFUSED);
    says("on its way down: statement 2");
    assert_int_equal(migrate_check_list(db, &m, &why), ST_REFUSED);
    says("being taken back");
    assert_int_equal(migrate_settle(db, &m, 1, false, &why), ST_OK);
    assert_int_equal(migrate_check_list(db, &m, &why), ST_REFUSED);
    says("dvorik migrate up");
}

/* ---- two at once ---------------------------------------------------------------- */

struct migrator {
    pthread_t thread;
    enum status st;
    char why[512];
};

static void *migrates(void *arg)
{
    struct migrator *m = arg;
    struct db *mine = db_open(cfg);
    const char *said = "";

    m->st = migrate_up(mine, &migrations_all, NOW, NULL, &said);
    snprintf(m->why, sizeof m->why, "%s", said);
    db_close(mine);
    return NULL;
}

static void two_migrators_take_turns(void **state)
{
    struct migrator m[4] = {0};

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&m[i].thread, NULL, migrates, &m[i]), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(m[i].thread, NULL);
    for (int i = 0; i < 4; i++)
        if (m[i].st != ST_OK)
            fail_msg("%s: %s", status_name(m[i].st), m[i].why);
    assert_int_equal(migrate_check(db, &why), ST_OK);
}

/* ---- the real ones -------------------------------------------------------------- */

/* Everything the servers know of our tables, as one text. */
static void describe(struct buf *out)
{
    static const char *const asks[] = {
        "SELECT CONCAT_WS('|', table_name, column_name, ordinal_position, "
        "column_default,"
        " is_nullable, column_type, collation_name, extra, column_comment)"
        " FROM information_schema.columns WHERE table_schema = DATABASE()"
        " ORDER BY table_name, ordinal_position",
        "SELECT CONCAT_WS('|', table_name, index_name, seq_in_index, column_name,"
        " non_unique, sub_part) FROM information_schema.statistics"
        " WHERE table_schema = DATABASE() ORDER BY table_name, index_name, "
        "seq_in_index",
        "SELECT CONCAT_WS('|', table_name, constraint_name, constraint_type)"
        " FROM information_schema.table_constraints WHERE table_schema = DATABASE()"
        " ORDER BY table_name, constraint_name, constraint_type",
        "SELECT CONCAT_WS('|', table_name, engine, table_collation)"
        " FROM information_schema.tables WHERE table_schema = DATABASE()"
        " ORDER BY table_name",
    };

    for (size_t i = 0; i < sizeof asks / sizeof *asks; i++) {
        assert_int_equal(db_select(db, asks[i]), ST_OK);
        while (db_next(db) == ST_OK) {
            buf_adds(out, db_text(db, 0, NULL));
            buf_addc(out, '\n');
        }
    }
    assert_false(out->failed);
}

static void ours_go_up_down_and_up_to_the_same_schema(void **state)
{
    struct buf first = {0}, again = {0};

    (void)state;
    assert_int_equal(migrate_up(db, &migrations_all, NOW, NULL, &why), ST_OK);
    describe(&first);
    assert_true(first.len > 1000);
    for (int i = migrations_all.n; i > 0; i--) {
        if (migrate_down(db, &migrations_all, 1, NULL, &why) != ST_OK)
            fail_msg("%s", why);
    }
    assert_int_equal(db_one(db, "SELECT COUNT(*) FROM information_schema.tables"
                                " WHERE table_schema = DATABASE()"),
                     ST_OK);
    assert_int_equal(db_int(db, 0), 1); /* schema_migrations alone */
    if (migrate_up(db, &migrations_all, NOW, NULL, &why) != ST_OK)
        fail_msg("%s", why);
    describe(&again);
    assert_string_equal(first.s, again.s);
    buf_free(&first);
    buf_free(&again);
}

static void words_of(struct buf *out)
{
    buf_clear(out);
    assert_int_equal(db_one(db, "SELECT COALESCE(GROUP_CONCAT(word ORDER BY word"
                                " SEPARATOR '|'), '') FROM customer_word"),
                     ST_OK);
    buf_adds(out, db_text(db, 0, NULL));
}

/* The words of 0019 are those the program keeps, whatever stands between them. */
static void old_names_are_found(void **state)
{
    struct buf ours = {0}, theirs = {0};

    (void)state;
    assert_int_equal(migrate_up(db, &migrations_all, NOW, NULL, &why), ST_OK);
    assert_int_equal(
        migrate_down(db, &migrations_all, migrations_all.n - 18, NULL, &why), ST_OK);
    assert_int_equal(
        db_exec(db, NULL,
                "INSERT INTO customer (channel, external_id, first_name, last_name,"
                " username, last_seen_at, created_at) VALUES (1, 7, '(Moscow) О''Ким',"
                " '«Анна-Мария», a b c d e f g', 'k_9', NOW(6), NOW(6))"),
        ST_OK);
    if (migrate_up(db, &migrations_all, NOW, NULL, &why) != ST_OK)
        fail_msg("%s", why);
    words_of(&ours);
    assert_int_equal(db_one(db, "SELECT MAX(id) FROM customer"), ST_OK);
    assert_int_equal(customer_words_keep(db, db_int(db, 0)), ST_OK);
    words_of(&theirs);
    assert_string_equal(ours.s, theirs.s);
    buf_free(&ours);
    buf_free(&theirs);
}

/* A server's own default must not decide how our columns compare. */
static void every_text_column_says_its_collation(void **state)
{
    (void)state;
    assert_int_equal(migrate_up(db, &migrations_all, NOW, NULL, &why), ST_OK);
    assert_int_equal(db_select(db, "SELECT table_name, column_name, collation_name"
                                   " FROM information_schema.columns"
                                   " WHERE table_schema = DATABASE()"
                                   " AND collation_name IS NOT NULL"
                                   " AND collation_name NOT IN"
                                   " ('utf8mb4_unicode_520_ci', 'utf8mb4_bin',"
                                   " 'ascii_bin')"),
                     ST_OK);
    if (db_next(db) == ST_OK)
        fail_msg("%s.%s is %s", db_text(db, 0, NULL), db_text(db, 1, NULL),
                 db_text(db, 2, NULL));
}

static void the_status_names_each(void **state)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);

    (void)state;
    assert_int_equal(migrate_up(db, &two_known, NOW, out, &why), ST_OK);
    assert_int_equal(migrate_status(db, &all_known, out, &why), ST_REFUSED);
    says("dvorik migrate up");
    fclose(out);
    assert_non_null(strstr(text, "applied 0002_two"));
    assert_non_null(strstr(text, "0003_three                       missing"));
    free(text);
}

static void a_new_pair_is_numbered_one_up(void **state)
{
    char dir[] = "/tmp/dvt.new.XXXXXX", path[64], line[80] = "";
    FILE *f;

    (void)state;
    assert_non_null(mkdtemp(dir));
    assert_int_equal(migrate_new(dir, "first_one", NULL, &why), ST_OK);
    assert_int_equal(migrate_new(dir, "second", NULL, &why), ST_OK);
    assert_int_equal(migrate_new(dir, "../evil", NULL, &why), ST_BAD);
    assert_int_equal(migrate_new(dir, "", NULL, &why), ST_BAD);
    assert_int_equal(migrate_new("/nowhere/at/all", "x", NULL, &why), ST_REFUSED);
    snprintf(path, sizeof path, "%s/0002_second.down.sql", dir);
    f = fopen(path, "r");
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof line, f));
    fclose(f);
    assert_memory_equal(line, "-- ", 3);
    for (int i = 0; i < 4; i++) {
        static const char *const names[] = {
            "0001_first_one.up.sql", "0001_first_one.down.sql", "0002_second.up.sql",
            "0002_second.down.sql"};

        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(dir), 0); /* nothing else was made */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(up_and_down_in_order, fresh, done),
        cmocka_unit_test_setup_teardown(older_and_newer_are_refused, fresh, done),
        cmocka_unit_test_setup_teardown(a_changed_text_is_refused, fresh, done),
        cmocka_unit_test_setup_teardown(a_hole_is_refused, fresh, done),
        cmocka_unit_test_setup_teardown(half_a_migration_stops_everything_until_settled,
                                        fresh, done),
        cmocka_unit_test_setup_teardown(two_migrators_take_turns, fresh, done),
        cmocka_unit_test_setup_teardown(ours_go_up_down_and_up_to_the_same_schema,
                                        fresh, done),
        cmocka_unit_test_setup_teardown(old_names_are_found, fresh, done),
        cmocka_unit_test_setup_teardown(every_text_column_says_its_collation, fresh,
                                        done),
        cmocka_unit_test_setup_teardown(the_status_names_each, fresh, done),
        cmocka_unit_test(a_new_pair_is_numbered_one_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
