/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * `dvorik broadcasts status | confirm`: may they go, or is the database a copy that nobody
 * has vouched for? */
#include "commands/commands.h"

#include "core/base/clock.h"
#include "core/base/config.h"
#include "core/base/stamp.h"
#include "core/broadcast/standstill.h"
#include "start.h"

#include <stdio.h>
#include <string.h>

static int usage(FILE *out)
{
    fputs(
        "Usage: dvorik broadcasts status\n"
        "       dvorik broadcasts confirm [--cancel]\n\n"
        "A database that was restored from a copy does not know what has been sent\n"
        "since, so no broadcast and no automation leaves from it until somebody says\n"
        "that it is the one the shop works with.\n\n"
        "status   do broadcasts stand still, and why\n"
        "confirm  this is the shop's database: what was stopped goes on (people may "
        "get\n"
        "         a message twice), with --cancel it is cancelled\n\n"
        "Exit status 0: done, or they go. 1: they stand still (status), or the "
        "database\n"
        "failed.\n",
        out);
    return out == stdout ? 0 : 2;
}

static int failed(enum status st)
{
    fprintf(stderr, "dvorik broadcasts: the database failed (%s)\n", status_name(st));
    return 1;
}

static int show(struct db *db)
{
    static const char *const says[RESTORED_WHYS] = {
        [RESTORED_NOT] = "nobody has looked at it for some minutes",
        [RESTORED_OLDER] = "Redis knows a later state of this database",
        [RESTORED_STRANGE] = "neither this server nor this Redis is known to it",
    };
    struct restored r;
    char at[STAMP_BYTES];
    bool held = false;
    enum status st = restored_load(db, &r);

    if (st == ST_OK)
        st = restored_held(db, &held);
    if (st != ST_OK)
        return failed(st);
    if (!held) {
        puts("Broadcasts go.");
        return 0;
    }
    printf("Broadcasts stand still: %s.\n",
           says[(unsigned)r.why < RESTORED_WHYS ? r.why : RESTORED_NOT]);
    if (r.held_at == 0) {
        puts("The scheduler looks each minute: is it running?");
        return 1;
    }
    stamp_print(r.held_at, at);
    printf("Since %s. If this is the shop's database: dvorik broadcasts confirm\n", at);
    return 1;
}

struct confirmation {
    struct standstill_confirm c;
    int64_t now;
    int n;
};

static enum status confirm_work(struct db *db, void *arg)
{
    struct confirmation *k = arg;

    return standstill_confirm(db, k->now, &k->c, &k->n);
}

static int confirm(struct db *db, bool cancel)
{
    struct confirmation k = {.c.cancel = cancel, .now = clock_now()};
    enum status st = db_tx(db, confirm_work, &k);

    if (st == ST_NONE)
        puts("There is nothing to confirm.");
    else if (st != ST_OK)
        return failed(st);
    else
        printf("Confirmed. %d broadcasts %s.\n", k.n, cancel ? "cancelled" : "go on");
    return 0;
}

int broadcasts_main(int argc, char **argv)
{
    struct config cfg;
    struct db *db = NULL;
    bool look = argc == 2 && strcmp(argv[1], "status") == 0;
    bool cancel = argc == 3 && strcmp(argv[2], "--cancel") == 0;
    int code;

    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return usage(stdout);
    if (!look && (argc < 2 || strcmp(argv[1], "confirm") != 0 || argc > 2 + cancel))
        return usage(stderr);
    code = start_command(&cfg, "broadcasts", NEED_DATABASE);
    if (code == 0) {
        db = db_open(&cfg);
        code = db == NULL ? 1 : look ? show(db) : confirm(db, cancel);
    }
    db_close(db);
    config_free(&cfg);
    return code;
}
