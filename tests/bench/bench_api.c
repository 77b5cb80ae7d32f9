/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What bench-data and bench-api need of the product itself:
 *
 *   bench_api roll     rolls up the figures of all days (core/stat.h), and how long it took
 *   bench_api token    a session for the owner, and its token
 *   bench_api tokens   64 of them, a line each */
#include "core/base/clock.h"
#include "core/base/config.h"
#include "core/io/jwt.h"
#include "core/loyalty/discount_tally.h"
#include "core/staff/session.h"
#include "core/stat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OWNER 1
#define TOKENS 64

static struct config cfg;

static void need(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "bench_api: %s\n", what);
    exit(1);
}

/* ---- roll ------------------------------------------------------------------------ */

struct round {
    struct tz *tz;
    struct stat_rolled done;
    struct discount_rolled tally;
};

static enum status round_work(struct db *db, void *arg)
{
    struct round *r = arg;

    enum status st = stat_roll(db, r->tz, clock_now(), &r->done);

    return st == ST_OK ? discount_tally_roll(db, clock_now(), &r->tally) : st;
}

static void roll(struct db *db)
{
    struct round r = {.tz = tz_open(cfg.timezone), .done = {.more = true}};
    int64_t began = clock_mono_ms();
    int days = 0;

    need(r.tz != NULL, "no such zone");
    while (r.done.more || r.tally.more) {
        need(db_tx(db, round_work, &r) == ST_OK, "a round failed");
        days += r.done.days;
    }
    printf("stat_roll %d days, %lld ms each\n", days,
           days > 0 ? (long long)(clock_mono_ms() - began) / days : 0);
    tz_close(r.tz);
}

/* ---- token ----------------------------------------------------------------------- */

static enum status begin(struct db *db, void *arg)
{
    struct session_spec spec = {.staff_id = OWNER, .how = "login.link"};

    return session_begin(db, clock_now(), &spec, arg);
}

static void token(struct db *db)
{
    const struct jwt_keys keys = {.key = cfg.jwt_secret_key};
    struct buf text = {0};
    struct session s;

    need(db_tx(db, begin, &s) == ST_OK, "no session");

    struct jwt_claims word = {
        .sub = s.staff_id, .issued = s.issued, .expires = s.expires};

    memcpy(word.jti, s.jti, sizeof word.jti);
    need(jwt_make(&keys, &word, &text) == ST_OK, "no token");
    puts(text.s);
    buf_free(&text);
}

int main(int argc, char **argv)
{
    const char *why = NULL;
    struct db *db;

    need(argc == 2, "roll, token or tokens");
    need(config_load(&cfg, 0, &why) == ST_OK, why);
    db = db_open(&cfg);
    need(db != NULL, "no memory");
    db_patience(db, 600);
    if (strcmp(argv[1], "roll") == 0)
        roll(db);
    else if (strcmp(argv[1], "token") == 0)
        token(db);
    else if (strcmp(argv[1], "tokens") == 0)
        for (int i = 0; i < TOKENS; i++)
            token(db);
    else
        need(false, "roll, token or tokens");
    db_close(db);
    config_free(&cfg);
    return 0;
}
