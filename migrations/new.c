/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "migrations/migrate.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* The highest NNNN_ in folder; -1 when it cannot be read. */
static int highest(const char *folder)
{
    DIR *d = opendir(folder);
    struct dirent *e;
    int most = 0;

    if (d == NULL)
        return -1;
    while ((e = readdir(d)) != NULL) {
        char *end;
        long n = strtol(e->d_name, &end, 10);

        if (end == e->d_name + 4 && *end == '_' && n > most)
            most = (int)n;
    }
    closedir(d);
    return most;
}

static enum status write_one(const char *path, const char *line, const char **why)
{
    FILE *f = fopen(path, "wx");

    *why = "the file cannot be written, or is there already";
    if (f == NULL)
        return ST_REFUSED;
    fprintf(f, "-- %s\n", line);
    return fclose(f) == 0 ? ST_OK : ST_REFUSED;
}

enum status migrate_new(const char *folder, const char *name, FILE *out,
                        const char **why)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    char up[PATH_MAX], down[PATH_MAX];
    int last = highest(folder);
    enum status st;

    *why = "a name is 1 to 40 of a-z, 0-9 and _";
    if (*name == '\0' || strlen(name) > 40 || name[strspn(name, letters)] != '\0')
        return ST_BAD;
    *why = "run it in the root of the source tree: there is no folder migrations/ here";
    if (last < 0)
        return ST_REFUSED;
    snprintf(up, sizeof up, "%s/%04d_%s.up.sql", folder, last + 1, name);
    snprintf(down, sizeof down, "%s/%04d_%s.down.sql", folder, last + 1, name);
    st = write_one(up, "What this adds, and why.", why);
    if (st == ST_OK)
        st = write_one(down, "The way back.", why);
    if (st == ST_OK && out != NULL)
        fprintf(out, "%s\n%s\n", up, down);
    return st;
}
