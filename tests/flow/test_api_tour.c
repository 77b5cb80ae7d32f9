/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * "Five minutes with curl" of docs/api.md, run to the letter beside an installation as
 * ./run makes it: the sh blocks are one shell session, and each text block is what the
 * block before it prints, where … stands for anything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "tests/harness/botapi.h"
#include "tests/harness/house.h"
#include "tests/harness/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DOCUMENT "docs/api.md"
#define CHAPTER "\n## Five minutes with curl\n"
#define BLOCKS 20
#define PLACE 400 /* bytes of a path */
#define ANNA 812345678
#define OLGA 7200000001
#define MARK "@@ end of a block"

extern char **environ;

static struct house house;
static char place[PLACE];
static struct block {
    struct buf commands, prints;
} blocks[BLOCKS];
static int blocks_n;

/* ---- the document ---------------------------------------------------------------- */

static char *file_read(const char *name)
{
    FILE *f = fopen(name, "r");
    struct buf b = {0};
    char part[4096];
    size_t n;

    if (f == NULL)
        fail_msg("%s cannot be read", name);
    while ((n = fread(part, 1, sizeof part, f)) > 0)
        buf_add(&b, part, n);
    fclose(f);
    assert_true(!b.failed && b.len > 0);
    return b.s;
}

/* From the fence at `at`: what stands in it. *end: behind the closing fence. */
static void fence_read(const char *at, struct buf *out, const char **end)
{
    const char *from = strchr(at, '\n') + 1, *to = strstr(from, "\n```\n");

    assert_non_null(to);
    buf_add(out, from, (size_t)(to + 1 - from));
    *end = to + 5;
}

static void chapter_read(void)
{
    char *whole = file_read(DOCUMENT), *at = strstr(whole, CHAPTER), *next;
    const char *p;

    assert_non_null(at);
    next = strstr(at + 5, "\n## ");
    if (next != NULL)
        next[1] = '\0';
    for (p = at; (p = strstr(p, "\n```")) != NULL;) {
        bool text = strncmp(p + 4, "text\n", 5) == 0;

        assert_true(text || strncmp(p + 4, "sh\n", 3) == 0);
        assert_true(blocks_n < BLOCKS && (!text || blocks_n > 0));
        if (!text)
            blocks_n++;
        fence_read(p + 1,
                   text ? &blocks[blocks_n - 1].prints : &blocks[blocks_n - 1].commands,
                   &p);
        p--;
    }
    assert_true(blocks_n >= 4);
    free(whole);
}

/* ---- an installation ------------------------------------------------------------- */

static void file_write(const char *name, const char *text)
{
    char path[PLACE + 40];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", place, name);
    f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static bool is_ours(const char *line)
{
    static const char *const begins[] = {"DATABASE_", "REDIS_", "QUEUE_", "TELEGRAM_",
                                         "JWT_",      "API_",   "BOTS_",  "INTERNAL_",
                                         "TIMEZONE=", "LOG_"};

    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (strncmp(line, begins[i], strlen(begins[i])) == 0)
            return true;
    return false;
}

/* As ./run leaves it for a shell beside it: var/run/env and bin/dvorik. */
static void place_make(void)
{
    const char *temporary = getenv("TMPDIR"), *built = getenv("DVORIK_BUILD");
    char here[PLACE], to[2 * PLACE], command[4 * PLACE];
    struct buf env = {0};

    snprintf(place, sizeof place, "%s/tour.XXXXXX",
             temporary != NULL ? temporary : "/tmp");
    assert_non_null(mkdtemp(place));
    snprintf(command, sizeof command, "cd '%s' && mkdir -p var/run bin", place);
    assert_int_equal(system(command), 0);
    for (char **line = environ; *line != NULL; line++)
        if (is_ours(*line)) {
            char *value = strchr(*line, '=');

            buf_addf(&env, "export %.*s='%s'\n", (int)(value - *line), *line,
                     value + 1);
        }
    file_write("var/run/env", env.s);
    buf_free(&env);
    assert_non_null(getcwd(here, sizeof here));
    snprintf(to, sizeof to, "%s/%s/dvorik", here,
             built != NULL ? built : "build/crash");
    snprintf(command, sizeof command, "ln -s '%s' '%s/bin/dvorik'", to, place);
    assert_int_equal(system(command), 0);
}

static int opened(void **state)
{
    struct config *cfg = world_config();
    struct botapi *botapi = botapi_start(cfg);
    struct program *seed;

    (void)state;
    botapi_person(botapi, ANNA, "Anna", "en");
    botapi_person(botapi, OLGA, "Ольга Смирнова", "ru");
    world_export(cfg);
    seed = program_start("dvorik", "seed", NULL);
    assert_int_equal(program_wait(seed, 30000), 0);
    program_end(seed);
    house_open(&house, cfg, botapi);
    chapter_read();
    place_make();
    return 0;
}

static int closed(void **state)
{
    char command[PLACE + 20];

    (void)state;
    house_close(&house);
    snprintf(command, sizeof command, "rm -rf '%s'", place);
    assert_int_equal(system(command), 0);
    for (int i = 0; i < blocks_n; i++) {
        buf_free(&blocks[i].commands);
        buf_free(&blocks[i].prints);
    }
    return 0;
}

/* ---- the session ----------------------------------------------------------------- */

/* Does the line say that, with … for anything? */
static bool line_fits(const char *said, const char *wanted)
{
    static const char any[] = "…";
    const char *hole = strstr(wanted, any);
    size_t n = hole != NULL ? (size_t)(hole - wanted) : strlen(wanted);

    if (strncmp(said, wanted, n) != 0)
        return false;
    if (hole == NULL)
        return said[n] == '\0';
    for (said += n; *said != '\0'; said++)
        if (line_fits(said, hole + sizeof any - 1))
            return true;
    return line_fits(said, hole + sizeof any - 1);
}

/* Every line, in order, and no other. Takes both apart. */
static void block_holds(int number, char *said, char *wanted)
{
    char *rest_said, *rest_wanted;
    char *s = strtok_r(said, "\r\n", &rest_said);
    char *w = strtok_r(wanted, "\n", &rest_wanted);

    for (; w != NULL && s != NULL;
         w = strtok_r(NULL, "\n", &rest_wanted), s = strtok_r(NULL, "\r\n", &rest_said))
        if (!line_fits(s, w))
            fail_msg("block %d: says \"%s\", not \"%s\"", number, s, w);
    if (w != NULL || s != NULL)
        fail_msg("block %d: %s: %s", number, w != NULL ? "is silent" : "says more",
                 w != NULL ? w : s);
}

static char *session_run(void)
{
    struct buf script = {0};
    char command[2 * PLACE + 100], name[PLACE + 40];

    buf_adds(&script, "set -eu -o pipefail\n");
    for (int i = 0; i < blocks_n; i++)
        buf_addf(&script, "%secho '" MARK "'\n", blocks[i].commands.s);
    file_write("tour.sh", script.s);
    buf_free(&script);
    snprintf(command, sizeof command,
             "cd '%s' && timeout 50 bash tour.sh >said 2>errors </dev/null || {"
             " cat said errors >&2; false; }",
             place);
    if (system(command) != 0)
        fail_msg("the tour came to no end");
    snprintf(name, sizeof name, "%s/said", place);
    return file_read(name);
}

static void the_tour_is_true(void **state)
{
    char *all = session_run(), *said = all;

    (void)state;
    for (int i = 0; i < blocks_n; i++) {
        char *end = strstr(said, MARK "\n");

        assert_non_null(end);
        *end = '\0';
        block_holds(i + 1, said, blocks[i].prints.s != NULL ? blocks[i].prints.s : "");
        said = end + strlen(MARK "\n");
    }
    free(all);
    assert_int_equal(botapi_violations(house.botapi), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tour_is_true),
    };

    return cmocka_run_group_tests_name("api tour", tests, opened, closed);
}
