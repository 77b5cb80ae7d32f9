/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/permissions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/routes.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define FILE_NAME "tests/data/permissions.txt"

static const char *const words[] = {[SCOPE_NONE] = "-",
                                    [SCOPE_OWN] = "own",
                                    [SCOPE_STORE] = "store",
                                    [SCOPE_ALL] = "all"};
/* The columns, in the file's order. */
static const enum role columns[] = {ROLE_OWNER,    ROLE_ADMINISTRATOR, ROLE_MARKETING,
                                    ROLE_READONLY, ROLE_MANAGER,       ROLE_SELLER,
                                    ROLE_CASHIER,  ROLE_STOREKEEPER};
_Static_assert(sizeof columns / sizeof *columns == ROLE_COUNT - 1, "a column a role");

static enum scope table[PERM_COUNT][ROLE_COUNT];
/* Addresses that are narrower than the permission of their row. */
static struct narrow {
    char method[8], path[120];
    enum scope scope[ROLE_COUNT];
} narrow[20];
static int narrow_n;

static enum perm perm_called(const char *name)
{
    for (int p = PERM_UNSET + 1; p < PERM_COUNT; p++)
        if (strcmp(perm_name((enum perm)p), name) == 0)
            return (enum perm)p;
    fail_msg(FILE_NAME ": there is no permission %s", name);
    return PERM_UNSET;
}

static enum scope scope_called(const char *word, const char *line)
{
    for (int s = SCOPE_NONE; s <= SCOPE_ALL; s++)
        if (word != NULL && strcmp(words[s], word) == 0)
            return (enum scope)s;
    fail_msg(FILE_NAME ": %s: %s", line, word != NULL ? word : "a word is missing");
    return SCOPE_UNSET;
}

static void words_read(char **rest, const char *name, enum scope out[ROLE_COUNT])
{
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        out[columns[i]] = scope_called(strtok_r(NULL, " \n", rest), name);
    assert_null(strtok_r(NULL, " \n", rest));
}

static bool has_route(const struct narrow *n)
{
    for (int i = 0; i < routes_n; i++)
        if (strcmp(routes[i].method, n->method) == 0 &&
            strcmp(routes[i].path, n->path) == 0)
            return true;
    return false;
}

static void address_read(const char *method, char **rest)
{
    struct narrow *n = &narrow[narrow_n++];
    const char *path = strtok_r(NULL, " \n", rest);

    assert_true(narrow_n < (int)(sizeof narrow / sizeof *narrow));
    snprintf(n->method, sizeof n->method, "%s", method);
    snprintf(n->path, sizeof n->path, "%s", path != NULL ? path : "");
    words_read(rest, n->path, n->scope);
    if (!has_route(n))
        fail_msg(FILE_NAME ": there is no %s %s", n->method, n->path);
}

static void line_read(char *line)
{
    char *rest, *name = strtok_r(line, " \n", &rest);

    if (name == NULL || *name == '#')
        return;
    if (isupper((unsigned char)*name))
        address_read(name, &rest);
    else
        words_read(&rest, name, table[perm_called(name)]);
}

void permissions_read(void)
{
    FILE *f = fopen(FILE_NAME, "r");
    char line[200];

    assert_non_null(f);
    narrow_n = 0;
    while (fgets(line, sizeof line, f) != NULL)
        line_read(line);
    fclose(f);
    for (int p = PERM_UNSET + 1; p < PERM_COUNT; p++)
        if (table[p][ROLE_OWNER] == SCOPE_UNSET)
            fail_msg(FILE_NAME ": says nothing of %s", perm_name((enum perm)p));
}

enum scope permissions_scope(enum role role, enum perm perm)
{
    return table[perm][role];
}

bool permissions_open(enum role role, const char *method, const char *path,
                      enum perm perm)
{
    const enum scope *scope = NULL;

    for (int i = 0; i < narrow_n; i++)
        if (strcmp(narrow[i].method, method) == 0 && strcmp(narrow[i].path, path) == 0)
            scope = narrow[i].scope;
    if (table[PERM_PANEL][role] == SCOPE_NONE)
        return false;
    return (scope != NULL        ? scope[role]
            : perm != PERM_UNSET ? table[perm][role]
                                 : SCOPE_ALL) > SCOPE_NONE;
}
