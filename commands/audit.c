/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * `dvorik audit verify`: is what was written down still what was written down? */
#include "commands/commands.h"

#include "core/audit.h"
#include "core/base/config.h"
#include "core/base/stamp.h"
#include "start.h"

#include <stdio.h>
#include <string.h>

#define STEP_ROWS 200000 /* between two words on the screen */

static int usage(FILE *out)
{
    fputs(
        "Usage: dvorik audit verify\n\n"
        "Reads the whole audit and holds each block of it against its seal, and each\n"
        "seal against the one before. Never writes. Says which blocks are broken, and\n"
        "the number and hash of the newest: kept elsewhere, they show when somebody "
        "has\n"
        "cut off the end. Rows of the last minutes are not sealed yet; the scheduler\n"
        "does that every ten minutes.\n\n"
        "Exit status 0: every block is whole. 1: one is not, or the database failed.\n",
        out);
    return out == stdout ? 0 : 2;
}

static void broken_show(const struct audit_block *b)
{
    if (b->to == 0)
        printf("block %lld is BROKEN: its seal is gone; it began with row %lld\n",
               (long long)b->id, (long long)b->from);
    else
        printf("block %lld is BROKEN: rows %lld to %lld were changed, removed or "
               "added,\n    or the seal was\n",
               (long long)b->id, (long long)b->from, (long long)b->to);
}

static int ended(struct db *db, int64_t blocks, int64_t rows, int64_t broken)
{
    struct audit_block last;
    char at[STAMP_BYTES];
    int64_t unsealed = 0;
    enum status st = audit_unsealed(db, &unsealed);

    if (st == ST_OK)
        st = audit_last(db, &last);
    if (st != ST_OK && st != ST_NONE)
        return 1;
    if (st == ST_OK) {
        stamp_print(last.sealed_at, at);
        printf("newest block %lld, sealed %s\n    ", (long long)last.id, at);
        for (size_t i = 0; i < sizeof last.hash; i++)
            printf("%02x", last.hash[i]);
        putchar('\n');
    }
    printf("%lld blocks with %lld rows: ", (long long)blocks, (long long)rows);
    if (broken > 0)
        printf("%lld BROKEN", (long long)broken);
    else
        printf("all whole");
    printf("; %lld rows not sealed yet\n", (long long)unsealed);
    return broken > 0 ? 1 : 0;
}

static int verify(struct db *db)
{
    struct audit_walk w = {.block = 1, .most = STEP_ROWS};
    int64_t blocks = 0, rows = 0, broken = 0;

    while (!w.over) {
        enum status st = audit_walk(db, &w);

        if (st != ST_OK && st != ST_REFUSED) {
            fprintf(stderr, "dvorik audit: the database failed (%s)\n",
                    status_name(st));
            return 1;
        }
        if (st == ST_REFUSED) {
            broken_show(&w.broken);
            broken++;
        }
        blocks += w.blocks;
        rows += w.rows;
        if (!w.over && st == ST_OK)
            fprintf(stderr, "%lld rows looked at ...\n", (long long)rows);
    }
    return ended(db, blocks, rows, broken);
}

int audit_main(int argc, char **argv)
{
    struct config cfg;
    struct db *db = NULL;
    int code;

    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return usage(stdout);
    if (argc != 2 || strcmp(argv[1], "verify") != 0)
        return usage(stderr);
    code = start_command(&cfg, "audit", NEED_DATABASE);
    if (code == 0) {
        db = db_open(&cfg);
        code = db != NULL ? verify(db) : 1;
    }
    db_close(db);
    config_free(&cfg);
    return code;
}
