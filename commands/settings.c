/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "commands/commands.h"

#include "core/base/clock.h"
#include "core/base/config.h"
#include "core/base/money.h"
#include "core/base/utf.h"
#include "core/loyalty/consent.h"
#include "core/setting.h"
#include "migrations/migrate.h"
#include "start.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int usage(FILE *out)
{
    fputs(
        "Usage: dvorik settings list             every setting, its value and meaning\n"
        "       dvorik settings get NAME\n"
        "       dvorik settings set NAME VALUE\n\n"
        "A percent is written 10% or 7.5%, a time 21:00, yes or no as 1 or 0.\n"
        "What is set is seen at once; former values stay in settings_history.\n",
        out);
    return out == stdout ? 0 : 2;
}

static int failed(enum status st, const char *why)
{
    fprintf(stderr, "dvorik settings: %s\n", why);
    return st == ST_BAD || st == ST_NONE ? 2 : 1;
}

static const char *says(enum status st)
{
    return st == ST_DOWN ? "the database cannot be reached"
                         : "the database cannot be read; its log line is above";
}

/* Bytes of the first `most` letters. */
static int first_letters(const char *s, size_t most)
{
    size_t n = strlen(s), at = 0, step;

    for (size_t i = 0; i < most && at<n; i++, at += step> 0 ? step : 1)
        step = utf_char_len(s + at, n - at);
    return (int)(at < n ? at : n);
}

/* As people read it; a page by its first letters. */
static void show_value(const struct setting *s, const char *v, struct buf *out)
{
    if (s->kind == SETTING_IS_BOOL)
        buf_adds(out, *v == '1' ? "yes" : "no");
    else if (s->kind == SETTING_IS_PERCENT)
        percent_add(out, strtoll(v, NULL, 10), "en");
    else if (s->kind == SETTING_IS_PAGE)
        buf_addf(out, "%.*s…", first_letters(v, 60), v);
    else
        buf_adds(out, v);
}

static void show(const struct setting *s, const struct buf *value)
{
    struct buf shown = {0};

    show_value(s, value->len > 0 ? value->s : "", &shown);
    printf("%-22s %s\n", s->name, shown.len > 0 ? shown.s : "-");
    printf("%-22s   %s: %s\n", "", setting_kind_name(s->kind), s->help_en);
    buf_free(&shown);
}

static int list(struct db *db, char **args)
{
    (void)args;
    for (size_t i = 0; i < setting_count; i++) {
        struct buf value = {0};
        enum status st = setting_text(db, setting_table[i].name, &value);

        if (st == ST_OK)
            show(&setting_table[i], &value);
        buf_free(&value);
        if (st != ST_OK)
            return failed(st, says(st));
    }
    return 0;
}

static int get(struct db *db, char **args)
{
    struct buf value = {0};
    enum status st = setting_text(db, args[0], &value);

    if (st == ST_OK)
        printf("%s\n", value.len > 0 ? value.s : "");
    buf_free(&value);
    if (st == ST_NONE)
        return failed(st, "there is no such setting; see: dvorik settings list");
    return st == ST_OK ? 0 : failed(st, says(st));
}

static int set(struct db *db, char **args)
{
    struct setting_change c = {.name = args[0], .value = args[1], .by = "cli"};
    const char *why;
    int64_t now = clock_now();
    enum status st = setting_set(db, now, &c, &why);

    if (st != ST_OK)
        return failed(st, why);
    /* A text of consent is in force once it is published as evidence. */
    if (consent_text_uses(c.name) && (st = consent_text_sync(db, now)) != ST_OK)
        return failed(st, says(st));
    return get(db, args);
}

static const struct verb {
    const char *name;
    int args;
    int (*run)(struct db *db, char **args);
} verbs[] = {
    {"list", 0, list},
    {"get", 1, get},
    {"set", 2, set},
};

static const struct verb *verb_find(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(verbs[i].name, argv[1]) == 0 && verbs[i].args == argc - 2)
            return &verbs[i];
    return NULL;
}

int settings_main(int argc, char **argv)
{
    const struct verb *v = verb_find(argc, argv);
    struct config cfg;
    struct db *db = NULL;
    int code;

    if (argc > 1 && strcmp(argv[1], "--help") == 0)
        return usage(stdout);
    if (v == NULL)
        return usage(stderr);
    code = start_command(&cfg, "settings", NEED_DATABASE);
    if (code == 0) {
        db = db_open(&cfg);
        code = db != NULL ? v->run(db, argv + 2) : 1;
    }
    db_close(db);
    config_free(&cfg);
    return code;
}
