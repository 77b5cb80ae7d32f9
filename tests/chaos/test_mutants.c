/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Does the model see (F27, a sample)? The scripts, each time with one safety line broken
 * (those marked * in tests/mutants/list), are run beside it: it has to complain of each,
 * and not of the scripts as they are. `make mutants` tries all of the list.
 *
 * The scripts travel in the program, so this program runs itself once for each and mends
 * its own memory before it uses them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/harness/cellar.h"
#include "tests/harness/model_step.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIST "tests/mutants/list"
#define SAMPLE_MAX 64
#define TEXT_MAX 400
#define EPISODES 100
#define EPISODE 60
#define SEEN 10 /* exit status: the model complained */
#define NOT_THERE 11

struct mutant {
    char name[60], old[TEXT_MAX], new[TEXT_MAX];
    bool sample;
};

/* ---- the list --------------------------------------------------------------------- */

static void line_add(char *text, const char *line, size_t n)
{
    size_t had = strlen(text);

    if (had + n + 2 > TEXT_MAX)
        return;
    if (had > 0)
        text[had++] = '\n';
    memcpy(text + had, line, n);
    text[had + n] = '\0';
}

/* The next mutant of the file; false: no more. */
static bool mutant_read(FILE *f, struct mutant *m)
{
    char line[TEXT_MAX];

    *m = (struct mutant){0};
    while (fgets(line, sizeof line, f) != NULL) {
        size_t n = strcspn(line, "\n");

        if (line[0] == '=')
            sscanf(line + 1, "%59s", m->name);
        else if (line[0] == '*')
            m->sample = true;
        else if (line[0] == '-')
            line_add(m->old, line + 1, n - 1);
        else if (line[0] == '+')
            line_add(m->new, line + 1, n - 1);
        else if (n == 0 && m->old[0] != '\0')
            return true;
    }
    return m->old[0] != '\0';
}

static int samples_read(struct mutant *out)
{
    FILE *f = fopen(LIST, "re");
    int n = 0;

    assert_non_null(f);
    while (n < SAMPLE_MAX && mutant_read(f, &out[n]))
        n += out[n].sample;
    fclose(f);
    return n;
}

/* ---- in the program that mends itself ---------------------------------------------- */

/* Byte by byte: what lies between a sanitizer's variables may be read here. */
__attribute__((no_sanitize("address"))) static char *look_for(const char *text,
                                                              char *from, char *to)
{
    size_t n = strlen(text);

    for (; from + n <= to; from++) {
        size_t i = 0;

        while (text[i] != '\0' && from[i] == text[i])
            i++;
        if (text[i] == '\0')
            return from;
    }
    return NULL;
}

/* The only place of a text among what the program brought along. */
static char *find_text(const char *text)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    char line[512], may[8], *found = NULL;
    unsigned long from, to;
    int n = 0;

    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        if (sscanf(line, "%lx-%lx %7s", &from, &to, may) != 3 || may[0] != 'r' ||
            strstr(line, "/tests/") == NULL)
            continue;
        for (char *p = (char *)from; (p = look_for(text, p, (char *)to)) != NULL; p++) {
            found = p;
            n++;
        }
    }
    if (maps != NULL)
        fclose(maps);
    return n == 1 ? found : NULL;
}

static bool mend(const struct mutant *m)
{
    size_t n = strlen(m->old), page = (size_t)sysconf(_SC_PAGESIZE);
    char *at = find_text(m->old), *from;

    if (at == NULL || strlen(m->new) > n)
        return false;
    from = (char *)((uintptr_t)at & ~(page - 1));
    if (mprotect(from, (size_t)(at + n - from), PROT_READ | PROT_WRITE) != 0)
        return false;
    memset(at, ' ', n);
    memcpy(at, m->new, strlen(m->new));
    return true;
}

/* What a program of its own does: argv is name (or -) and address. */
static int run_mutant(const char *name, char *url)
{
    static struct play play;
    static char trail[EPISODE][STEP_SAY];
    struct mutant m = {0};
    struct config cfg = {.redis_url = url, .queue_shards = 1};
    FILE *f = fopen(LIST, "re");
    struct queue *q = queue_open(&cfg);
    const char *wrong = NULL;
    int at = 0;

    while (f != NULL && strcmp(m.name, name) != 0 && mutant_read(f, &m))
        ;
    if (f != NULL)
        fclose(f);
    if (strcmp(name, "-") != 0 && !mend(&m))
        return NOT_THERE;
    for (unsigned seed = 1; seed <= EPISODES && wrong == NULL; seed++) {
        struct episode e = {.seed = seed, .steps = EPISODE, .trail = trail};

        wrong = play_episode(&play, q, &e, &at);
        if (wrong != NULL)
            printf("%s: step %d of seed %u: %s: %s\n", name, at, seed, trail[at - 1],
                   wrong);
    }
    queue_close(q);
    return wrong != NULL ? SEEN : 0;
}

/* ---- the test --------------------------------------------------------------------- */

static int status_of(const char *name)
{
    char *argv[] = {"test_mutants", (char *)(uintptr_t)name, cellar.url, NULL};
    pid_t pid;
    int status;

    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        execv("/proc/self/exe", argv);
        _exit(127);
    }
    assert_true(pid > 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void the_scripts_as_they_are_pass(void **state)
{
    (void)state;
    assert_int_equal(status_of("-"), 0);
}

static void each_broken_line_is_seen(void **state)
{
    static struct mutant m[SAMPLE_MAX + 1];
    int n = samples_read(m);

    (void)state;
    assert_true(n >= 6);
    for (int i = 0; i < n; i++) {
        int status = status_of(m[i].name);

        if (status == NOT_THERE)
            fail_msg(
                "%s: its text is not in the program once, or the new one is longer",
                m[i].name);
        if (status != SEEN)
            fail_msg("%s was not seen (status %d)", m[i].name, status);
    }
}

static int open_redis(void **state)
{
    (void)state;
    cellar_open();
    cellar_config("appendonly", "no");
    return 0;
}

static int close_redis(void **state)
{
    (void)state;
    cellar_close();
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_scripts_as_they_are_pass),
        cmocka_unit_test(each_broken_line_is_seen),
    };

    if (argc == 3)
        return run_mutant(argv[1], argv[2]);
    return cmocka_run_group_tests(tests, open_redis, close_redis);
}
