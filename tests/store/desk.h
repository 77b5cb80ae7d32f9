/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/store/desk.h - `dvorik jobs` run as a person runs it, and short words for what it
 * said. No worker runs: what the queue holds is what the test put there. */
#ifndef TESTS_STORE_DESK_H
#define TESTS_STORE_DESK_H

#include "core/base/json.h"
#include "tests/harness/program.h"
#include "tests/store/queue_yard.h"

#define SOON_MS 20000

static char said[200000]; /* by the last command, both outputs */

/* ---- words ---------------------------------------------------------------------- */

static inline int open_desk(void **state)
{
    open_yard(state);
    world_export(((struct yard *)*state)->cfg);
    setenv("LOG_LEVEL", "error", 1);
    return 0;
}

/* The exit status of `dvorik jobs …`; a space parts the words of args. */
static inline int jobs(const char *args)
{
    char copy[300], *word[8] = {NULL}, *rest = copy;
    struct program *p;
    int n = 0, status;

    snprintf(copy, sizeof copy, "%s", args);
    while (n < 8 && (word[n] = strsep(&rest, " ")) != NULL)
        n++;
    p = program_start("dvorik", "jobs", word[0], word[1], word[2], word[3], word[4],
                      word[5], NULL);
    status = program_wait(p, SOON_MS);
    snprintf(said, sizeof said, "%s", program_output(p));
    program_end(p);
    return status;
}

static inline void wants(const char *wanted, int status)
{
    char args[120]; /* may be a part of what was said */
    int got;

    snprintf(args, sizeof args, "%s", wanted);
    got = jobs(args);

    if (got != status)
        fail_msg("jobs %s: status %d, wanted %d:\n%s", args, got, status, said);
}

static inline void says(const char *words)
{
    if (strstr(said, words) == NULL)
        fail_msg("wanted \"%s\" in:\n%s", words, said);
}

static inline void keeps_quiet_about(const char *words)
{
    if (strstr(said, words) != NULL)
        fail_msg("did not want \"%s\" in:\n%s", words, said);
}

/* Nobody scrolls sideways. */
static inline void fits_the_screen(void)
{
    for (const char *s = said; *s != '\0';) {
        size_t n = strcspn(s, "\n");

        if (n > 80)
            fail_msg("%zu columns: %.*s", n, (int)n, s);
        s += n + (s[n] == '\n');
    }
}

/* What it said as JSON, behind what it told of its progress; json_free it. */
static inline struct json *told(void)
{
    const char *from = strpbrk(said, "{[");
    struct json *v = from != NULL ? json_parse(from, strlen(from)) : NULL;

    if (v == NULL)
        fail_msg("no JSON: %s", said);
    return v;
}

static inline void id_text(const uint8_t id[16], char out[ULID_TEXT + 1])
{
    ulid_print(id, out);
}

/* The id of the newest open row. */
static inline void newest(struct yard *y, char out[ULID_TEXT + 1])
{
    assert_int_equal(db_one(y->db, "SELECT id FROM job_open ORDER BY id DESC LIMIT 1"),
                     ST_OK);
    id_text((const uint8_t *)db_text(y->db, 0, NULL), out);
}

static inline void bury(struct yard *y, const struct job *j, const char *why)
{
    struct ledger_run run = {.worker = "b.host.0.1.1", .ms = 12, .why = why};
    struct job_result r = result(j, JOB_DONE, 0);

    assert_int_equal(ledger_bury(y->db, clock_now(), j, "tries", &run), ST_OK);
    settle(y, POOL_LOGIC, 0, &r, 1);
}

/* n dead jobs of core.discount_redeemed. */
static inline void kill_some(struct yard *y, int n)
{
    put_many(y, KIND_CORE_DISCOUNT_REDEEMED, n);
    for (int i = 0; i < n; i++) {
        lease_soon(y, POOL_LOGIC, 0);
        for (int k = 0; k < y->n; k++)
            bury(y, &y->jobs[k], "the printer is on fire");
        i += y->n - 1;
    }
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, open_desk, close_yard)

#endif
