/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/campaign.h - broadcasts sent by the real programs: workers, a scheduler,
 * the stand-in, and any number of customers who agreed to advertising. What fails ends the
 * test.
 *
 *   campaign_open();
 *   campaign_people(500);
 *   id = campaign_put(&(struct campaign_plan){.ru = "Привет, {{first_name|друг}}!"});
 *   campaign_start(id);
 *   assert_true(campaign_ends(id, 20000));
 */
#ifndef TESTS_HARNESS_CAMPAIGN_H
#define TESTS_HARNESS_CAMPAIGN_H

#include "core/broadcast/recipient.h"
#include "tests/harness/botapi.h"
#include "tests/harness/program.h"

#define CAMPAIGN_FIRST 820000000000L /* external ids, one after the other */
#define CAMPAIGN_WORKERS 2

struct campaign {
    struct config *cfg;
    struct botapi *api;
    struct db *db;
    struct queue *queue;
    struct program *worker[CAMPAIGN_WORKERS], *scheduler[2];
    int people;
};
extern struct campaign campaign;

/* Without quiet hours and with a cap of a hundred a week; no program runs yet. */
void campaign_open(void);
/* Every program ends with status 0, no call broke the rules. */
void campaign_close(void);
void campaign_hire(int workers, int schedulers);
void campaign_worker(int i);    /* started, (again) */
void campaign_scheduler(int i); /* the same */

/* So many more customers: CAMPAIGN_FIRST + 0, 1, 2 …, every second one reads English. They
 * have pressed Start. Names: "N<number>". */
void campaign_people(int n);

/* What is not set is a plain broadcast to everybody. */
struct campaign_plan {
    const char *ru, *en; /* texts; NULL: none */
    const char *more;    /* further members of each language: "\"buttons\":[…]" */
    const char *rule;    /* canonical; NULL: everybody */
    struct broadcast b;  /* what may be set of it; name may be empty */
};
int64_t campaign_put(const struct campaign_plan *plan);
int64_t campaign_customer(int i); /* the number of the i-th in MySQL */

typedef enum status campaign_act(struct db *db, int64_t now,
                                 const struct broadcast_act *act);
void campaign_does(campaign_act *act, int64_t id); /* broadcast_resume … */
void campaign_start(int64_t id);
void campaign_pause(int64_t id);

struct broadcast campaign_now(int64_t id);
bool campaign_is(int64_t id, enum broadcast_state s, int ms); /* within ms? */
bool campaign_ends(int64_t id, int ms);                       /* FINISHED */
int64_t campaign_count(int64_t id, enum recipient_state s);   /* of its rows */
int64_t campaign_number(const char *sql);
/* until() a query answers at least n. */
bool campaign_comes(const char *sql, int64_t n, int ms);

/* How it stands, with all that was logged, to stderr. */
void campaign_dump(int64_t id);

/* What the stand-in heard of each customer: calls, accepted ones, and those it left
 * without an answer. Of sendMessage since the last look. */
struct campaign_heard {
    int calls, accepted, unsure;
};
void campaign_listen(struct campaign_heard *out, int n);

/* Words of the tests. */
void campaign_finishes(int64_t id); /* within some seconds, or the test fails */
void campaign_told(int i, const char *words); /* the newest message to the i-th */
void campaign_everybody_once(int n);          /* by the stand-in's log */
int campaign_calls(void);                     /* of sendMessage */
bool campaign_rests(int64_t id);              /* nobody is in hand within two seconds */
void campaign_passes(int ms);                 /* time that must pass */
/* One to so many people at 25 a second, of whom 20 have it. */
int64_t campaign_long(int people);

/* The ledger is what is there: counts equal rows, nobody waits, messages and recipients
 * say the same. */
void campaign_books(int64_t id);

#endif
