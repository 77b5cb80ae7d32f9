/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Values there and back, what errors mean, and what a session is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/cal.h"
#include "core/base/clock.h"
#include "core/io/db.h"
#include "tests/harness/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct config *cfg;
static struct db *db;

static void sql(const char *text)
{
    const char *why = "";

    if (db_script(db, text, strlen(text), &why) != ST_OK)
        fail_msg("%s: %s", text, why);
}

static int64_t number(const char *text)
{
    assert_int_equal(db_one(db, text), ST_OK);
    return db_int(db, 0);
}

static int start(void **state)
{
    (void)state;
    cfg = world_config_empty();
    db = db_open(cfg);
    sql("CREATE TABLE v (id BIGINT AUTO_INCREMENT PRIMARY KEY, i BIGINT NULL,"
        " s SMALLINT NULL, t VARCHAR(64) NULL, long_t LONGTEXT NULL, b VARBINARY(64) "
        "NULL,"
        " at DATETIME(6) NULL, d DATE NULL, k VARCHAR(8) CHARACTER SET ascii"
        " COLLATE ascii_bin NULL, money DECIMAL(20, 2) NULL)"
        " ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;"
        "CREATE TABLE parent (id INT PRIMARY KEY, n INT NOT NULL, UNIQUE KEY (n),"
        " CHECK (n < 100)) ENGINE = InnoDB;"
        "CREATE TABLE child (id INT PRIMARY KEY, parent INT NOT NULL,"
        " FOREIGN KEY (parent) REFERENCES parent (id)) ENGINE = InnoDB;"
        "INSERT INTO parent VALUES (1, 1); INSERT INTO child VALUES (1, 1)");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    db_close(db);
    return 0;
}

/* ---- values --------------------------------------------------------------------- */

static void a_session_is_ours_whatever_the_server_prefers(void **state)
{
    (void)state;
    assert_int_equal(db_one(db, "SELECT @@session.time_zone, @@session.sql_mode,"
                                " @@session.character_set_client,"
                                " @@session.collation_connection, NOW(6)"),
                     ST_OK);
    assert_string_equal(db_text(db, 0, NULL), "+00:00");
    assert_non_null(strstr(db_text(db, 1, NULL), "STRICT_TRANS_TABLES"));
    assert_string_equal(db_text(db, 2, NULL), "utf8mb4");
    assert_string_equal(db_text(db, 3, NULL), "utf8mb4_unicode_520_ci");
    /* Were it the server's zone, it would be hours off. */
    assert_true(llabs(db_time(db, 4) - clock_now()) < MINUTE);
}

/* Two reads in one transaction see what others committed between them. */
static enum status reads_twice(struct db *reader, void *arg)
{
    struct db *writer = arg;

    assert_int_equal(db_one(reader, "SELECT i FROM v WHERE id = 900"), ST_OK);
    assert_int_equal(db_int(reader, 0), 1);
    assert_int_equal(db_exec(writer, NULL, "UPDATE v SET i = 2 WHERE id = 900"), ST_OK);
    assert_int_equal(db_one(reader, "SELECT i FROM v WHERE id = 900"), ST_OK);
    assert_int_equal(db_int(reader, 0), 2);
    return ST_OK;
}

static void reads_are_committed(void **state)
{
    struct db *writer = db_open(cfg);

    (void)state;
    sql("INSERT INTO v (id, i) VALUES (900, 1)");
    assert_int_equal(db_tx(db, reads_twice, writer), ST_OK);
    db_close(writer);
}

static void numbers_come_back(void **state)
{
    static const int64_t all[] = {0, 1, -1, INT64_MAX, INT64_MIN, 5000000000};

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        int64_t n = 0;

        assert_int_equal(
            db_exec(db, &n, "INSERT INTO v (i) VALUES (?)", DB_INT(all[i])), ST_OK);
        assert_int_equal(n, 1);
        assert_int_equal(db_one(db, "SELECT i, ? FROM v WHERE id = ?", DB_INT(all[i]),
                                DB_INT(db_last_id(db))),
                         ST_OK);
        assert_int_equal(db_int(db, 0), all[i]);
        assert_int_equal(db_int(db, 1), all[i]);
    }
    assert_int_equal(number("SELECT CAST(-7 AS SIGNED)"), -7);
    assert_int_equal(number("SELECT COUNT(*) FROM v WHERE i = -1"), 1);
    assert_int_equal(number("SELECT SUM(i) FROM v WHERE i IN (0, 1, -1, 5000000000)"),
                     5000000000);
}

static void text_there_and_back(const char *s, size_t n)
{
    size_t got;

    assert_int_equal(db_exec(db, NULL, "INSERT INTO v (long_t, b) VALUES (?, ?)",
                             DB_TEXT_N(s, n), DB_BYTES(s, n < 64 ? n : 64)),
                     ST_OK);
    assert_int_equal(db_one(db, "SELECT long_t, b, LENGTH(long_t) FROM v WHERE id = ?",
                            DB_INT(db_last_id(db))),
                     ST_OK);
    assert_int_equal(db_int(db, 2), n);
    assert_memory_equal(db_text(db, 0, &got), s, n);
    assert_int_equal(got, n);
    assert_int_equal(db_text(db, 0, NULL)[n], '\0');
    assert_memory_equal(db_text(db, 1, &got), s, n < 64 ? n : 64);
    assert_int_equal(got, n < 64 ? n : 64);
}

static void text_comes_back_byte_by_byte(void **state)
{
    static const char emoji[] = "Дворик \xF0\x9F\x8D\xAC ñ";
    static const char nuls[] = "a\0b\0";
    char *big = malloc(300000);

    (void)state;
    text_there_and_back("", 0);
    text_there_and_back("'; DROP TABLE v; --", 19);
    text_there_and_back(emoji, sizeof emoji - 1);
    text_there_and_back(nuls, sizeof nuls - 1);
    for (size_t n = 62; n < 68; n++) { /* around the room a column starts with */
        memset(big, 'x', n);
        text_there_and_back(big, n);
    }
    for (size_t i = 0; i < 300000; i++)
        big[i] = (char)('a' + i % 26);
    text_there_and_back(big, 300000);
    free(big);
}

/* Short, long, NULL, short: the room grows in the middle of the rows. */
static void rows_of_every_length_in_one_selection(void **state)
{
    static const char *const texts[] = {"short", NULL, "", "s"};
    char big[5000];
    int i = 0;

    (void)state;
    memset(big, 'y', sizeof big);
    sql("DELETE FROM v");
    for (int k = 0; k < 8; k++)
        assert_int_equal(
            db_exec(
                db, NULL, "INSERT INTO v (i, long_t, t) VALUES (?, ?, ?)", DB_INT(k),
                k % 2 == 1 ? DB_TEXT_N(big, (size_t)(k * 700)) : DB_TEXT(texts[k / 2]),
                DB_TEXT("fixed")),
            ST_OK);
    assert_int_equal(db_select(db, "SELECT i, long_t, t FROM v ORDER BY i"), ST_OK);
    for (; db_next(db) == ST_OK; i++) {
        size_t n;
        const char *s = db_text(db, 1, &n);

        assert_int_equal(db_int(db, 0), i);
        assert_string_equal(db_text(db, 2, NULL), "fixed");
        if (i % 2 == 1)
            assert_true(n == (size_t)(i * 700) && s[0] == 'y' && s[n - 1] == 'y');
        else if (texts[i / 2] == NULL)
            assert_true(s == NULL && db_is_null(db, 1));
        else
            assert_string_equal(s, texts[i / 2]);
    }
    assert_int_equal(i, 8);
    assert_int_equal(db_next(db), ST_NONE);
}

static void time_comes_back_to_the_microsecond(void **state)
{
    static const int64_t all[] = {1, -1, /* 1969-12-31 23:59:59.999999 */
                                  1795151248123456, 2524607999999999, /* beyond 2038 */
                                  253402300799999999};

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        assert_int_equal(
            db_exec(db, NULL, "INSERT INTO v (at) VALUES (?)", DB_TIME(all[i])), ST_OK);
        assert_int_equal(db_one(db, "SELECT at, ? FROM v WHERE id = ? AND at = ?",
                                DB_TIME(all[i]), DB_INT(db_last_id(db)),
                                DB_TIME(all[i])),
                         ST_OK);
        assert_true(db_time(db, 0) == all[i]);
    }
    assert_int_equal(db_one(db, "SELECT CAST(at AS CHAR(40)) FROM v WHERE at = ?",
                            DB_TIME(1795151248123456)),
                     ST_OK);
    assert_string_equal(db_text(db, 0, NULL), "2026-11-20 05:07:28.123456");
}

static void days_come_back(void **state)
{
    struct date leap = {2024, 2, 29}, old = {1899, 12, 31};
    int32_t all[] = {0, -1, cal_day(leap), cal_day(old)};

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        assert_int_equal(
            db_exec(db, NULL, "INSERT INTO v (d) VALUES (?)", DB_DATE(all[i])), ST_OK);
        assert_int_equal(db_one(db, "SELECT d FROM v WHERE id = ? AND d = ?",
                                DB_INT(db_last_id(db)), DB_DATE(all[i])),
                         ST_OK);
        assert_int_equal(db_day(db, 0), all[i]);
    }
    assert_int_equal(db_one(db, "SELECT CAST(d AS CHAR(10)) FROM v WHERE d = ?",
                            DB_DATE(cal_day(leap))),
                     ST_OK);
    assert_string_equal(db_text(db, 0, NULL), "2024-02-29");
}

static void null_is_null(void **state)
{
    (void)state;
    assert_int_equal(db_exec(db, NULL,
                             "INSERT INTO v (i, t, b, at, d) VALUES (?, ?, ?, ?, ?)",
                             DB_INT_OR_NULL(false, 5), DB_TEXT(NULL), DB_NULL,
                             DB_TIME_OR_NULL(0), DB_NULL),
                     ST_OK);
    assert_int_equal(
        db_one(db, "SELECT i, t, b, at, d FROM v WHERE id = ?", DB_INT(db_last_id(db))),
        ST_OK);
    for (int col = 0; col < 5; col++) {
        assert_true(db_is_null(db, col));
        assert_int_equal(db_int(db, col), 0);
        assert_null(db_text(db, col, NULL));
        assert_true(db_time(db, col) == 0);
    }
    assert_true(db_is_null(db, 5)); /* there is no such column */
    assert_true(db_is_null(db, -1));
}

/* The same statement with a value, without, and with one again. */
static void a_statement_takes_other_kinds_next_time(void **state)
{
    static const char *const say = "SELECT COALESCE(?, 'none')";

    (void)state;
    assert_int_equal(db_one(db, say, DB_TEXT("one")), ST_OK);
    assert_string_equal(db_text(db, 0, NULL), "one");
    assert_int_equal(db_one(db, say, DB_NULL), ST_OK);
    assert_string_equal(db_text(db, 0, NULL), "none");
    assert_int_equal(db_one(db, say, DB_TEXT("a longer one")), ST_OK);
    assert_string_equal(db_text(db, 0, NULL), "a longer one");
}

/* What a stranger types may be asked for in a column of codes: the servers refuse to
 * compare, and that is no fault of ours. */
static void alien_letters_in_a_key_are_bad_input(void **state)
{
    static const char *const ask = "SELECT id FROM v WHERE k = ?";

    (void)state;
    assert_int_equal(db_exec(db, NULL, "INSERT INTO v (k) VALUES (?)", DB_TEXT("ABC")),
                     ST_OK);
    assert_int_equal(db_one(db, ask, DB_TEXT("Ж")), ST_BAD);
    assert_int_equal(db_one(db, ask, DB_TEXT("\xF0\x9F\x8D\xAC")), ST_BAD);
    assert_int_equal(db_one(db, ask, DB_BYTES("Ж", 2)), ST_NONE);
    assert_int_equal(db_one(db, ask, DB_TEXT("a'b")), ST_NONE);
    assert_int_equal(db_one(db, ask, DB_TEXT("abc")), ST_NONE);
    assert_int_equal(db_one(db, ask, DB_TEXT("ABC")), ST_OK);
    assert_int_equal(db_exec(db, NULL, "INSERT INTO v (k) VALUES (?)", DB_TEXT("Ж")),
                     ST_BAD);
    assert_int_equal(db_exec(db, NULL, "INSERT INTO v (t) VALUES (?)", DB_TEXT("\xFF")),
                     ST_BAD);
}

/* ---- statuses ------------------------------------------------------------------- */

static void refusals_have_their_names(void **state)
{
    static const struct {
        const char *sql;
        enum status st;
    } all[] = {
        {"INSERT INTO parent VALUES (1, 5)", ST_TAKEN},
        {"INSERT INTO parent VALUES (5, 1)", ST_TAKEN},
        {"INSERT INTO parent VALUES (6, 100)", ST_REFUSED},
        {"UPDATE parent SET n = 200", ST_REFUSED},
        {"INSERT INTO child VALUES (2, 99)", ST_REFUSED},
        {"DELETE FROM parent WHERE id = 1", ST_REFUSED},
        {"INSERT INTO v (s) VALUES (70000)", ST_BAD},
        {"INSERT INTO v (k) VALUES ('123456789')", ST_BAD},
        {"INSERT INTO nowhere VALUES (1)", ST_BROKEN},
        {"SELEKT 1", ST_BROKEN},
        {"INSERT INTO child VALUES (3, 1)", ST_OK},
    };

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (db_exec(db, NULL, all[i].sql) != all[i].st)
            fail_msg("%s", all[i].sql);
}

static void changed_counts_what_changed(void **state)
{
    static const char *const put = "INSERT INTO parent (id, n) VALUES (?, ?) ON "
                                   "DUPLICATE KEY UPDATE n = VALUES(n)";
    int64_t n = -1;

    (void)state;
    assert_int_equal(db_exec(db, &n, put, DB_INT(10), DB_INT(10)), ST_OK);
    assert_int_equal(n, 1);
    assert_int_equal(db_exec(db, &n, put, DB_INT(10), DB_INT(11)), ST_OK);
    assert_int_equal(n, 2);
    assert_int_equal(db_exec(db, &n, "UPDATE parent SET n = 11 WHERE id = 10"), ST_OK);
    assert_int_equal(n, 0); /* matched, but the same */
    assert_int_equal(db_exec(db, &n, "UPDATE parent SET n = 12 WHERE id = 10"), ST_OK);
    assert_int_equal(n, 1);
    assert_int_equal(db_exec(db, &n, "DELETE FROM parent WHERE id = 10"), ST_OK);
    assert_int_equal(n, 1);
    assert_int_equal(db_exec(db, &n, "DELETE FROM parent WHERE id = 10"), ST_OK);
    assert_int_equal(n, 0);
}

static void wrong_use_is_broken_not_harmful(void **state)
{
    (void)state;
    assert_int_equal(db_one(db, "SELECT ?"), ST_BROKEN);
    assert_int_equal(db_one(db, "SELECT 1", DB_INT(1)), ST_BROKEN);
    assert_int_equal(db_one(db, "SELECT 1 UNION SELECT 2"), ST_BROKEN);
    assert_int_equal(db_select(db, "DO 1"), ST_BROKEN);
    assert_int_equal(db_exec(db, NULL, "SELECT 1"), ST_OK);
    assert_int_equal(db_next(db), ST_NONE);
    assert_int_equal(db_one(db, "SELECT id FROM v WHERE id = -5"), ST_NONE);
    assert_int_equal(number("SELECT 41 + 1"), 42);
}

static void a_full_table_is_down_not_broken(void **state)
{
    enum status st = ST_OK;
    char big[4000];

    (void)state;
    memset(big, 'z', sizeof big);
    sql("SET SESSION max_heap_table_size = 16384;"
        "CREATE TABLE small (b VARCHAR(4000)) ENGINE = MEMORY");
    for (int i = 0; st == ST_OK && i < 1000; i++)
        st = db_exec(db, NULL, "INSERT INTO small VALUES (?)",
                     DB_TEXT_N(big, sizeof big));
    assert_int_equal(st, ST_DOWN);
    sql("DROP TABLE small");
}

static void many_statements_do_not_fill_the_server(void **state)
{
    char text[64];

    (void)state;
    for (int i = 0; i < 300; i++) {
        snprintf(text, sizeof text, "SELECT %d", i);
        assert_int_equal(number(text), i);
    }
    for (int i = 0; i < 300; i += 7) {
        snprintf(text, sizeof text, "SELECT %d", i);
        assert_int_equal(number(text), i);
    }
    assert_int_equal(db_one(db, "SHOW SESSION STATUS LIKE 'Com_stmt_close'"), ST_OK);
    assert_true(db_int(db, 1) >= 300 - 128);
}

static void a_script_says_which_statement_failed(void **state)
{
    static const char bad[] = "CREATE TABLE s1 (i INT); CREATE TABLE s2 (i INT);"
                              "CREATE TABLE s1 (i INT); CREATE TABLE s3 (i INT)";
    const char *why = NULL;

    (void)state;
    assert_int_equal(db_script(db, bad, sizeof bad - 1, &why), ST_BROKEN);
    assert_non_null(strstr(why, "statement 3"));
    assert_int_equal(number("SELECT COUNT(*) FROM s2"), 0);
    assert_int_equal(db_one(db, "SELECT 1 FROM s3"), ST_BROKEN);
    /* And only scripts may hold two. */
    assert_int_equal(db_exec(db, NULL, "DROP TABLE s1; DROP TABLE s2"), ST_BROKEN);
}

/* ---- an index alone --------------------------------------------------------------- */

#define BY_INDEX                                                                       \
    "EXPLAIN SELECT " DB_AFRESH "COUNT(*) FROM lone FORCE INDEX (ix_lone) WHERE n >= " \
    "?"

/* Does the server say that it reads nothing but the index? */
static bool index_alone(void)
{
    bool alone = false;

    assert_int_equal(db_select(db, BY_INDEX, DB_INT(3)), ST_OK);
    assert_int_equal(db_next(db), ST_OK);
    for (int i = 0; i < 10 && !alone; i++)
        alone = db_text(db, i, NULL) != NULL &&
                strstr(db_text(db, i, NULL), "Using index") != NULL &&
                strstr(db_text(db, i, NULL), "condition") == NULL;
    return alone;
}

/* MariaDB forgets it for a statement that is executed again behind another one. */
static void an_index_alone_is_enough_the_second_time_too(void **state)
{
    (void)state;
    assert_int_equal(db_one(db, "SELECT VERSION() LIKE '%MariaDB%'"), ST_OK);
    if (db_int(db, 0) == 0)
        skip(); /* its EXPLAIN is a tree, and it does not forget */
    sql("CREATE TABLE lone (id INT PRIMARY KEY, n INT NOT NULL,"
        " text VARCHAR(200) NOT NULL, KEY ix_lone (n));"
        "INSERT INTO lone SELECT seq, seq, seq FROM seq_1_to_100");
    assert_true(index_alone());
    assert_int_equal(db_one(db, "SELECT text FROM lone WHERE id = ?", DB_INT(7)),
                     ST_OK);
    assert_true(index_alone());
    sql("DROP TABLE lone");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_is_ours_whatever_the_server_prefers),
        cmocka_unit_test(reads_are_committed),
        cmocka_unit_test(an_index_alone_is_enough_the_second_time_too),
        cmocka_unit_test(numbers_come_back),
        cmocka_unit_test(text_comes_back_byte_by_byte),
        cmocka_unit_test(rows_of_every_length_in_one_selection),
        cmocka_unit_test(time_comes_back_to_the_microsecond),
        cmocka_unit_test(days_come_back),
        cmocka_unit_test(null_is_null),
        cmocka_unit_test(a_statement_takes_other_kinds_next_time),
        cmocka_unit_test(alien_letters_in_a_key_are_bad_input),
        cmocka_unit_test(refusals_have_their_names),
        cmocka_unit_test(changed_counts_what_changed),
        cmocka_unit_test(wrong_use_is_broken_not_harmful),
        cmocka_unit_test(a_full_table_is_down_not_broken),
        cmocka_unit_test(many_statements_do_not_fill_the_server),
        cmocka_unit_test(a_script_says_which_statement_failed),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
