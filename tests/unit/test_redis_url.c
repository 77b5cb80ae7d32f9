/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Where a Redis is: the forms, and what is wrong with the others. Slots of keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/redis_url.h"
#include "core/io/redis_cluster.h"
#include "core/io/redis_resolve.h"

#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* ---- good ones ------------------------------------------------------------------ */

static const struct {
    const char *text;
    enum redis_kind kind;
    const char *places; /* as redis_place_text has them, a blank behind each */
    const char *password, *name;
    int db;
} good[] = {
    {"redis://h", REDIS_ONE, "h:6379 ", "", "", 0},
    {"redis://h/", REDIS_ONE, "h:6379 ", "", "", 0},
    {"redis://h:1/65535", REDIS_ONE, "h:1 ", "", "", 65535},
    {"redis://:p@ss:word@h:65535/2", REDIS_ONE, "h:65535 ", "p@ss:word", "", 2},
    {"redis://user:word@h", REDIS_ONE, "h:6379 ", "word", "", 0},
    {"redis://word@h", REDIS_ONE, "h:6379 ", "word", "", 0},
    {"redis://:p@[::1]:7000", REDIS_ONE, "[::1]:7000 ", "p", "", 0},
    {"redis://[fe80::1]/1", REDIS_ONE, "[fe80::1]:6379 ", "", "", 1},
    {"unix:///tmp/a b.sock", REDIS_ONE, "/tmp/a b.sock ", "", "", 0},
    {"unix:///tmp/x?db=7", REDIS_ONE, "/tmp/x ", "", "", 7},
    {"sentinel://h1/m", REDIS_SENTINEL, "h1:26379 ", "", "m", 0},
    {"sentinel://h1:1,h2,[::1]:3/my-master.1", REDIS_SENTINEL, "h1:1 h2:26379 [::1]:3 ",
     "", "my-master.1", 0},
    {"sentinel://:p,q@h1,h2/m/5", REDIS_SENTINEL, "h1:26379 h2:26379 ", "p,q", "m", 5},
    {"sentinel://h1/m/", REDIS_SENTINEL, "h1:26379 ", "", "m", 0},
    {"cluster://h1", REDIS_CLUSTER, "h1:6379 ", "", "", 0},
    {"cluster://:word@h1:7001,h2:7002/", REDIS_CLUSTER, "h1:7001 h2:7002 ", "word", "",
     0},
    {"cluster://h1/0", REDIS_CLUSTER, "h1:6379 ", "", "", 0},
};

static void places_print(const struct redis_url *url, char *out, size_t room)
{
    char text[REDIS_PLACE_TEXT];
    size_t n = 0;

    out[0] = '\0';
    for (int i = 0; i < url->n_places; i++) {
        redis_place_text(&url->place[i], text);
        n += (size_t)snprintf(out + n, room - n, "%s ", text);
    }
}

static void good_ones_are_read(void **state)
{
    char places[512];
    struct redis_url url;
    const char *why;

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        if (redis_url_parse(good[i].text, &url, &why) != ST_OK)
            fail_msg("%s %s", good[i].text, why);
        places_print(&url, places, sizeof places);
        assert_string_equal(places, good[i].places);
        assert_string_equal(url.password, good[i].password);
        assert_string_equal(url.name, good[i].name);
        assert_int_equal(url.kind, good[i].kind);
        assert_int_equal(url.db, good[i].db);
    }
}

/* ---- bad ones ------------------------------------------------------------------- */

static const char *const bad[][2] = {
    {"", "is not redis://"},
    {"http://x", "is not redis://"},
    {"Redis://x", "is not redis://"},
    {"h:6379", "is not redis://"},
    {"redis://", "names no host"},
    {"redis://:p@", "names no host"},
    {"redis://:6379", "names no host"},
    {"redis:///0", "names no host"},
    {"redis://h:", "has a port"},
    {"redis://h:0", "has a port"},
    {"redis://h:65536", "has a port"},
    {"redis://h:99999999999999999999", "has a port"},
    {"redis://h:p:1", "has a port"},
    {"redis://h:-1", "has a port"},
    {"redis://::1", "names no host"},
    {"redis://[::1", "has a host"},
    {"redis://[::1]7", "has a host"},
    {"redis://[zz]:7", "has a host"},
    {"redis://a!b", "has a host"},
    {"redis://h/x", "has a database number"},
    {"redis://h/65536", "has a database number"},
    {"redis://h/1/2", "has a database number"},
    {"redis://h?db=1", "has a ? or #"},
    {"redis://a b", "holds blanks"},
    {"redis://a\n", "holds blanks"},
    {"redis://\xFF", "holds blanks"},
    {"redis://h1,h2", "names several hosts"},
    {"unix://relative", "has a path that is not absolute"},
    {"unix:///x?db=a", "has a database number"},
    {"unix:///x?d=1", "has a database number"},
    {"unix:///x\n", "holds blanks"},
    {"sentinel://h1:26379", "lacks the name"},
    {"sentinel://h1:26379/", "lacks the name"},
    {"sentinel://h1//1", "lacks the name"},
    {"sentinel://h1/m!", "has a name of the master"},
    {"sentinel://h1/m/x", "has a database number"},
    {"sentinel:///m", "names no host"},
    {"sentinel://h1,,h2/m", "names no host"},
    {"sentinel://h1,/m", "names no host"},
    {"sentinel://h1:0/m", "has a port"},
    {"cluster://", "names no host"},
    {"cluster://h1,", "names no host"},
    {"cluster://h1/1", "has a database number, and a Cluster"},
    {"cluster://1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", "names more than 16"},
};

static void bad_ones_say_what_is_wrong(void **state)
{
    struct redis_url url;
    const char *why;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        if (redis_url_parse(bad[i][0], &url, &why) != ST_BAD)
            fail_msg("read, though wrong: %s", bad[i][0]);
        if (strncmp(why, bad[i][1], strlen(bad[i][1])) != 0)
            fail_msg("%s: %s", bad[i][0], why);
    }
    assert_int_equal(redis_url_parse(NULL, &url, &why), ST_BAD);
}

static void refuses_long(const char *before, int n, const char *after, const char *want)
{
    char text[2000], many[1000];
    struct redis_url url;
    const char *why = "nothing";

    memset(many, 'a', sizeof many);
    snprintf(text, sizeof text, "%s%.*s%s", before, n, many, after);
    assert_int_equal(redis_url_parse(text, &url, &why), want ? ST_BAD : ST_OK);
    if (want != NULL && strncmp(why, want, strlen(want)) != 0)
        fail_msg("%s", why);
}

static void lengths_have_an_end(void **state)
{
    (void)state;
    refuses_long("redis://", 255, "", NULL);
    refuses_long("redis://", 256, "", "has a host");
    refuses_long("redis://:", 511, "@h", NULL);
    refuses_long("redis://:", 512, "@h", "has a password that is too long");
    refuses_long("sentinel://h/", 127, "", NULL);
    refuses_long("sentinel://h/", 128, "", "has a name");
    refuses_long("unix:///", 106, "", NULL);
    refuses_long("unix:///", 107, "", "has a path that is too long");
}

/* ---- places in answers ---------------------------------------------------------- */

static void places_of_answers(void **state)
{
    struct redis_place at;

    (void)state;
    assert_int_equal(redis_place_parse("10.0.0.1:7000", 13, &at), ST_OK);
    assert_string_equal(at.host, "10.0.0.1");
    assert_int_equal(at.port, 7000);
    assert_int_equal(redis_place_parse("::1:7000", 8, &at), ST_OK);
    assert_string_equal(at.host, "::1");
    assert_int_equal(redis_place_parse(":7000", 5, &at), ST_OK);
    assert_string_equal(at.host, "");
    assert_int_equal(redis_place_parse("h:0", 3, &at), ST_BAD);
    assert_int_equal(redis_place_parse("h", 1, &at), ST_BAD);
    assert_int_equal(redis_place_parse("h:70000", 7, &at), ST_BAD);
    assert_int_equal(redis_place_parse("h:7x", 4, &at), ST_BAD);
}

/* ---- slots ---------------------------------------------------------------------- */

/* Numbers that redis-cli CLUSTER KEYSLOT answered. */
static const struct {
    const char *key;
    int slot;
} slots[] = {
    {"123456789", 12739},  {"", 0},         {"foo", 12182}, {"{foo}bar", 12182},
    {"a{foo}b{c}", 12182}, {"{}foo", 9500}, {"foo{", 0},    {"dv:{s0}:a:w", 0},
};

static int slot_of(const char *key)
{
    return redis_key_slot(key, strlen(key));
}

static void slots_of_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(slot_of(slots[i].key), slots[i].slot);
    assert_int_equal(slot_of("{}foo"), slots[5].slot);
    assert_int_equal(slot_of("dv:{s0}:a:w"), slot_of("s0"));
    assert_int_equal(slot_of("dv:{s0}:a:w"), slot_of("x{s0}"));
    assert_int_not_equal(slot_of("dv:{s0}:a:w"), slot_of("dv:{s1}:a:w"));
}

static int slot_of_command(int argc, const char *const *words)
{
    struct redis_cmd c = {0};
    int slot;

    for (int i = 0; i < argc; i++)
        redis_arg_text(&c, words[i]);
    slot = redis_cmd_slot(&c);
    redis_cmd_free(&c);
    return slot;
}

#define SLOT(...)                                                                      \
    slot_of_command(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *),            \
                    (const char *[]){__VA_ARGS__})

static void slots_of_commands(void **state)
{
    (void)state;
    assert_int_equal(SLOT("GET", "foo"), 12182);
    assert_int_equal(SLOT("BLPOP", "foo", "1"), 12182);
    assert_int_equal(SLOT("EVALSHA", "sha", "1", "foo", "bar"), 12182);
    assert_int_equal(SLOT("evalsha", "sha", "0", "foo"), -1);
    assert_int_equal(SLOT("EVAL", "return 1", "0"), -1);
    assert_int_equal(SLOT("PING"), -1);
    assert_int_equal(SLOT("INFO", "memory"), -1);
    assert_int_equal(SLOT("CONFIG", "GET", "appendonly"), -1);
    assert_int_equal(SLOT("MEMORY", "USAGE", "foo"), 12182);
    assert_int_equal(SLOT("GET"), -1);
}

/* ---- names ----------------------------------------------------------------------- */

static void names_have_addresses(void **state)
{
    char out[RESOLVE_MAX][RESOLVE_TEXT];
    int64_t due = clock_mono_ms() + 5000;
    const char *why = NULL;
    int n;

    (void)state;
    assert_int_equal(redis_resolve("10.1.2.3", due, out, &why), 1);
    assert_string_equal(out[0], "10.1.2.3");
    assert_int_equal(redis_resolve("::1", due, out, &why), 1);
    assert_string_equal(out[0], "::1");
    n = redis_resolve("localhost", due, out, &why);
    assert_true(n >= 1);
    assert_true(strcmp(out[0], "127.0.0.1") == 0 || strcmp(out[0], "::1") == 0);
}

static void a_name_nobody_has_ends_in_time(void **state)
{
    char out[RESOLVE_MAX][RESOLVE_TEXT];
    int64_t from = clock_mono_ms();
    const char *why = NULL;

    (void)state;
    assert_int_equal(redis_resolve("nobody.invalid", from + 500, out, &why), 0);
    assert_non_null(why);
    assert_int_equal(redis_resolve("nobody.invalid", from - 1, out, &why), 0);
    assert_string_equal(why, "its name could not be looked up in time");
    assert_in_range(clock_mono_ms() - from, 0, 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_ones_are_read),
        cmocka_unit_test(bad_ones_say_what_is_wrong),
        cmocka_unit_test(lengths_have_an_end),
        cmocka_unit_test(places_of_answers),
        cmocka_unit_test(slots_of_keys),
        cmocka_unit_test(slots_of_commands),
        cmocka_unit_test(names_have_addresses),
        cmocka_unit_test(a_name_nobody_has_ends_in_time),
    };

    return cmocka_run_group_tests_name("redis_url", tests, NULL, NULL);
}
