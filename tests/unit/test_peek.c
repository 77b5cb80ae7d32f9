/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What bots/ reads in an update, and that its scanner never says other than the parser:
 * on every recorded update, on each of them cut short anywhere, and on damaged ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bots/peek.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "tests/data/updates"

/* Fails unless: sure means that the parser says the same. */
static bool agree(const char *s, size_t n)
{
    struct peek scanned, parsed;
    bool sure = peek_scan(s, n, &scanned);
    enum status st = peek_parse(s, n, &parsed);

    if (!sure)
        return false;
    if (st == ST_OK) {
        assert_int_equal(scanned.update_id, parsed.update_id);
        assert_int_equal(scanned.sender, parsed.sender);
    } else if (scanned.update_id >= 0 && scanned.update_id <= PEEK_UPDATE_ID_MAX) {
        fail_msg("the scanner is sure, the parser refuses: %.*s", (int)n, s);
    }
    return true;
}

static const struct expected {
    const char *text;
    enum status st;
    int64_t update_id, sender;
} expected[] = {
    {"{\"update_id\":7,\"message\":{\"from\":{\"id\":5},\"chat\":{\"id\":-6}}}", ST_OK,
     7, 5},
    {"{\"message\":{\"chat\":{\"id\":-6}},\"update_id\":7}", ST_OK, 7, -6},
    {"{\"update_id\":7,\"callback_query\":{\"from\":{\"id\":9007199254740993}}}", ST_OK,
     7, 9007199254740993},
    {"{\"update_id\":7,\"message_reaction\":{\"chat\":{\"id\":1},\"user\":{\"id\":2}}}",
     ST_OK, 7, 2},
    {"{\"update_id\":7,\"poll_answer\":{\"voter_chat\":{\"id\":-3}}}", ST_OK, 7, -3},
    {"{\"update_id\":7,\"poll\":{\"id\":\"1\"}}", ST_OK, 7, 0},
    {"{\"update_id\":7,\"news_of_tomorrow\":{\"from\":{\"id\":1}}}", ST_OK, 7, 0},
    {" \r\n{\"update_id\" : 0 } \t", ST_OK, 0, 0},
    {"{\"update_id\":9007199254740992}", ST_OK, PEEK_UPDATE_ID_MAX, 0},
    /* names in disguise */
    {"{\"\\u0075pdate_id\":7,\"m\\u0065ssage\":{\"from\":{\"id\":5}}}", ST_OK, 7, 5},
    /* of two kinds the first of the table counts */
    {"{\"update_id\":7,\"poll_answer\":{\"user\":{\"id\":1}},"
     "\"message\":{\"from\":{\"id\":2}}}",
     ST_OK, 7, 2},
    /* a doubled name: the last one counts */
    {"{\"update_id\":7,\"update_id\":8}", ST_OK, 8, 0},
    /* ids that are none */
    {"{\"update_id\":7,\"message\":{\"from\":{\"id\":\"5\"},\"chat\":{\"id\":6}}}",
     ST_OK, 7, 6},
    {"{\"update_id\":7,\"message\":{\"from\":{\"id\":1.5},\"chat\":[]}}", ST_OK, 7, 0},
    {"{\"update_id\":7,\"message\":null}", ST_OK, 7, 0},
    {"{\"update_id\":\"7\"}", ST_BAD, 0, 0},
    {"{\"update_id\":7.0}", ST_BAD, 0, 0},
    {"{\"update_id\":7e0}", ST_BAD, 0, 0},
    {"{\"update_id\":-1}", ST_BAD, 0, 0},
    {"{\"update_id\":9007199254740993}", ST_BAD, 0, 0},
    {"{\"update_id\":99999999999999999999}", ST_BAD, 0, 0},
    {"{\"update_id\":null}", ST_BAD, 0, 0},
    {"{\"update_id\":07}", ST_BAD, 0, 0},
    {"{}", ST_BAD, 0, 0},
    {"", ST_BAD, 0, 0},
    {"[]", ST_BAD, 0, 0},
    {"[{\"update_id\":7}]", ST_BAD, 0, 0},
    {"7", ST_BAD, 0, 0},
    {"{\"update_id\":7", ST_BAD, 0, 0},
    {"{\"update_id\":7}}", ST_BAD, 0, 0},
    {"{\"update_id\":7}{\"update_id\":8}", ST_BAD, 0, 0},
    {"{\"update_id\":7,}", ST_BAD, 0, 0},
    {"{\"update_id\":7,\"a\":[1,]}", ST_BAD, 0, 0},
    {"{\"update_id\":7,\"a\":\"\t\"}", ST_BAD, 0, 0},
    {"{\"update_id\":7,\"a\":\"\\x\"}", ST_BAD, 0, 0},
    {"{\"update_id\":7,\"a\":\"\\u12g4\"}", ST_BAD, 0, 0},
    {"{\"update_id\":7,\"a\":\"\xff\"}", ST_BAD, 0, 0},
    {"{\"update_id\":7,\"a\":\"\xed\xa0\x80\"}", ST_BAD, 0, 0},
    {"{\"update_id\":7,\"a\":NaN}", ST_BAD, 0, 0},
    {"{\"update_id\":7,\"a\":tru}", ST_BAD, 0, 0},
    {"{\"update_id\":7,\"a\":-}", ST_BAD, 0, 0},
    {"{\"update_id\":7,\"a\":1.}", ST_BAD, 0, 0},
    {"{'update_id':7}", ST_BAD, 0, 0},
    {"{\"update_id\":7}/* */", ST_BAD, 0, 0},
    {"update_id=7", ST_BAD, 0, 0},
    /* would end the job around it and begin another */
    {"{\"update_id\":7}},\"k\":\"send.message\",\"a\":{\"u\":{}", ST_BAD, 0, 0},
};

static void every_shape_is_read_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        const struct expected *e = &expected[i];
        struct peek p;
        enum status st = peek_update(e->text, strlen(e->text), &p);

        if (st != e->st)
            fail_msg("%s: %s", e->text, status_name(st));
        if (st == ST_OK) {
            assert_int_equal(p.update_id, e->update_id);
            assert_int_equal(p.sender, e->sender);
        }
        agree(e->text, strlen(e->text));
    }
}

static void a_nul_ends_nothing(void **state)
{
    static const char text[] = "{\"update_id\":7}\0{\"update_id\":8}";
    static const char inside[] = "{\"update_id\":7,\"a\":\"\0\"}";
    struct peek p;

    (void)state;
    assert_int_equal(peek_update(text, sizeof(text) - 1, &p), ST_BAD);
    assert_int_equal(peek_update(inside, sizeof(inside) - 1, &p), ST_BAD);
}

static size_t nest(char *out, int depth)
{
    size_t n = (size_t)snprintf(out, 64, "{\"update_id\":7,\"a\":");

    for (int i = 1; i < depth; i++)
        out[n++] = '[';
    for (int i = 1; i < depth; i++)
        out[n++] = ']';
    out[n++] = '}';
    return n;
}

/* Whatever is let through must still be readable inside its job, at every depth. */
static void what_is_too_deep_for_its_job_is_refused(void **state)
{
    char text[512];
    struct peek p;
    int deepest = 0;

    (void)state;
    for (int depth = 2; depth < 60; depth++) {
        size_t n = nest(text, depth);
        bool sure = agree(text, n);
        if (peek_update(text, n, &p) == ST_OK)
            deepest = depth;
        else
            assert_false(sure);
    }
    assert_in_range(deepest, 20, PEEK_DEPTH_MAX);
}

/* ---- the recorded ones ---------------------------------------------------------- */

static size_t file_read(const char *name, char *out, size_t room)
{
    char path[300];
    FILE *f;
    size_t n;

    snprintf(path, sizeof(path), "%s/%s", FOLDER, name);
    f = fopen(path, "rb");
    assert_non_null(f);
    n = fread(out, 1, room, f);
    fclose(f);
    return n;
}

typedef void with_file(const char *name, char *s, size_t n);

static int each_file(with_file *fn)
{
    static char text[1 << 17];
    DIR *dir = opendir(FOLDER);
    struct dirent *e;
    int files = 0;

    assert_non_null(dir);
    while ((e = readdir(dir)) != NULL) {
        if (!strstr(e->d_name, ".json"))
            continue;
        size_t n = file_read(e->d_name, text, sizeof(text));
        fn(e->d_name, text, n);
        files++;
    }
    closedir(dir);
    return files;
}

static int sure_of;

static void scan_and_parse(const char *name, char *s, size_t n)
{
    (void)name;
    sure_of += agree(s, n);
}

static void recorded_updates_are_read_alike(void **state)
{
    int files = each_file(scan_and_parse);

    (void)state;
    assert_true(files >= 60);
    assert_true(sure_of >= files * 8 / 10); /* else the scanner is for nothing */
}

static void cut_short(const char *name, char *s, size_t n)
{
    struct peek p;

    (void)name;
    while (n > 0 && strchr(" \r\n\t", s[n - 1]))
        n--;
    for (size_t i = 0; i<n; i += n> 2000 ? 7 : 1)
        assert_int_equal(peek_update(s, i, &p), ST_BAD);
}

static void an_update_cut_short_is_refused(void **state)
{
    (void)state;
    each_file(cut_short);
}

static void damage(const char *name, char *s, size_t n)
{
    static const char bytes[] = "\"\\{}[],:0-9.eE \n\x01\x80\xc3\xff"
                                "anu";
    char kept;

    (void)name;
    for (int i = 0; i < 400; i++) {
        size_t at = (size_t)rand() % n;
        kept = s[at];
        s[at] = bytes[(size_t)rand() % (sizeof(bytes) - 1)];
        agree(s, n);
        s[at] = kept;
    }
}

static void damaged_updates_are_read_alike(void **state)
{
    (void)state;
    srand(20261120);
    each_file(damage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shape_is_read_or_refused),
        cmocka_unit_test(a_nul_ends_nothing),
        cmocka_unit_test(what_is_too_deep_for_its_job_is_refused),
        cmocka_unit_test(recorded_updates_are_read_alike),
        cmocka_unit_test(an_update_cut_short_is_refused),
        cmocka_unit_test(damaged_updates_are_read_alike),
    };

    return cmocka_run_group_tests_name("peek", tests, NULL, NULL);
}
