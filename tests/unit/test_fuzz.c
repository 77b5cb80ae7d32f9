/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The short run of the fuzz targets (tests/fuzz): each is fed with its corpus, cut at
 * every byte, and then for a second with what chance makes of it. `make fuzz` is the
 * long run, where coverage leads the way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/fuzz/cuts.h"

#define LONGEST 65536
#define SECONDS_MS 1000

typedef int fuzz_fn(const uint8_t *data, size_t n);

/* fuzz_update of tests/fuzz/fuzz_update.c … : the Makefile gives each its name. */
fuzz_fn fuzz_api, fuzz_cal, fuzz_code, fuzz_content, fuzz_cron, fuzz_entry, fuzz_form,
    fuzz_grammar, fuzz_init, fuzz_intake, fuzz_json, fuzz_media, fuzz_picture,
    fuzz_profile, fuzz_segment, fuzz_update;

static const struct target {
    const char *name;
    fuzz_fn *run;
} targets[] = {
    {"api", fuzz_api},         {"cal", fuzz_cal},         {"code", fuzz_code},
    {"content", fuzz_content}, {"cron", fuzz_cron},       {"entry", fuzz_entry},
    {"form", fuzz_form},       {"grammar", fuzz_grammar}, {"init", fuzz_init},
    {"intake", fuzz_intake},   {"json", fuzz_json},       {"media", fuzz_media},
    {"picture", fuzz_picture}, {"profile", fuzz_profile}, {"segment", fuzz_segment},
    {"update", fuzz_update},
};
#define TARGETS (sizeof(targets) / sizeof(targets[0]))

/* ---- chance, the same each time -------------------------------------------------- */

static uint64_t seed;

static uint64_t chance(uint64_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return below > 0 ? seed % below : 0;
}

/* Some bytes changed, a piece taken out or doubled. Answers the new length. */
static size_t spoil(uint8_t *s, size_t n)
{
    size_t at = chance(n), len = chance(n - at);

    switch (chance(4)) {
    case 0:
        memmove(s + at, s + at + len, n - at - len);
        return n - len;
    case 1:
        if (n + len > LONGEST)
            return n;
        memmove(s + at + len, s + at, n - at);
        return n + len;
    default:
        for (uint64_t i = chance(8) + 1; i > 0; i--)
            s[chance(n)] = (uint8_t)chance(256);
        return n;
    }
}

static void spoiled(const struct target *t, const uint8_t *s, size_t n)
{
    uint8_t *copy = malloc(LONGEST), *whole;

    assert_non_null(copy);
    memcpy(copy, s, n);
    for (uint64_t i = chance(3); n > 0 && n <= LONGEST && i < 3; i++)
        n = spoil(copy, n);
    whole = malloc(n > 0 ? n : 1); /* of exactly that size: reading beyond is seen */
    assert_non_null(whole);
    memcpy(whole, copy, n);
    t->run(whole, n);
    free(whole);
    free(copy);
}

/* ---- a target -------------------------------------------------------------------- */

static void by_chance(const struct target *t, const glob_t *files)
{
    int64_t until = clock_mono_ms() + SECONDS_MS;

    seed = 88172645463325252ULL;
    while (clock_mono_ms() < until) {
        size_t n;
        uint8_t *s = cuts_read(files->gl_pathv[chance(files->gl_pathc)], &n);

        assert_non_null(s);
        for (int i = 0; i < 16 && clock_mono_ms() < until; i++)
            spoiled(t, s, n);
        free(s);
    }
}

static void run_target(void **state)
{
    const struct target *t = *state;
    char pattern[64];
    glob_t files;

    snprintf(pattern, sizeof(pattern), "tests/fuzz/corpus/%s/*", t->name);
    assert_int_equal(glob(pattern, 0, NULL, &files), 0);
    if (t->run != fuzz_picture) /* a thousand pictures would take a minute */
        assert_int_equal(cuts_feed(pattern, t->run), files.gl_pathc);
    by_chance(t, &files);
    globfree(&files);
}

/* A target that is not in the table would never run here. */
static void test_every_target_is_here(void **state)
{
    glob_t files;

    (void)state;
    assert_int_equal(glob("tests/fuzz/fuzz_*.c", 0, NULL, &files), 0);
    assert_int_equal(files.gl_pathc, TARGETS);
    for (size_t i = 0; i < TARGETS; i++) {
        char path[64];

        snprintf(path, sizeof(path), "tests/fuzz/fuzz_%s.c", targets[i].name);
        assert_string_equal(files.gl_pathv[i], path);
    }
    globfree(&files);
}

int main(void)
{
    struct CMUnitTest tests[TARGETS + 1] = {
        cmocka_unit_test(test_every_target_is_here)};

    for (size_t i = 0; i < TARGETS; i++)
        tests[i + 1] = (struct CMUnitTest){.name = targets[i].name,
                                           .test_func = run_target,
                                           .initial_state = (void *)&targets[i]};
    return cmocka_run_group_tests_name("fuzz", tests, NULL, NULL);
}
