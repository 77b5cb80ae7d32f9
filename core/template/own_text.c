/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/template/own_text.h"

#include "core/base/log.h"

#include <string.h>

static const struct own_text *known;
static int known_n;

void own_texts_known(const struct own_text *table, int n)
{
    known = table;
    known_n = n;
}

const struct own_text *own_texts(int *n)
{
    *n = known_n;
    return known;
}

const struct own_text *own_text_find(const char *key)
{
    for (int i = 0; i < known_n; i++)
        if (strcmp(known[i].key, key) == 0)
            return &known[i];
    return NULL;
}

const char *own_text_kind_name(enum own_text_kind k)
{
    static const char *const names[] = {"sentence", "caption", "alert", "button"};

    return names[k];
}

/* ---- those in force ---------------------------------------------------------------- */

enum status own_texts_version(struct db *db, int64_t *version)
{
    enum status st = db_one(db, "SELECT n FROM own_text_version WHERE id = 1");

    *version = st == ST_OK ? db_int(db, 0) : 0;
    return st == ST_NONE ? ST_OK : st;
}

enum status own_texts_changed(struct db *db)
{
    return db_exec(db, NULL, "UPDATE own_text_version SET n = n + 1 WHERE id = 1");
}

static void tell(const struct own_text *t, const struct json *content,
                 own_text_said *fn, void *arg)
{
    static const char *const langs[CONTENT_LANGS] = {"ru.text", "en.text"};

    for (int lang = 0; lang < CONTENT_LANGS; lang++) {
        size_t n;
        const char *s = json_text(content, langs[lang], &n);

        if (s != NULL)
            fn(arg, (int)(t - known), lang, s, n);
    }
}

static void read_one(const char *key, const char *text, size_t n, own_text_said *fn,
                     void *arg)
{
    const struct own_text *t = own_text_find(key);
    struct content_faults faults = {0};
    struct json *content = json_parse(text, n), *canonical = NULL;

    if (t != NULL && !t->fixed &&
        own_text_check(t, content, &canonical, &faults) == ST_OK)
        tell(t, canonical, fn, arg);
    else
        log_warn("a text of the shop's does not fit any more", LOG_TEXT("key", key));
    json_free(canonical);
    json_free(content);
}

enum status own_texts_read(struct db *db, own_text_said *fn, void *arg)
{
    size_t n;
    const char *text;
    enum status st = db_select(db,
                               "SELECT t.label, v.content FROM template t"
                               " JOIN template_version v ON v.active_of = t.id"
                               " WHERE t.kind = ? AND t.archived_at IS NULL",
                               DB_INT(OWN_TEXT_TEMPLATE));

    while (st == ST_OK && (st = db_next(db)) == ST_OK) {
        text = db_text(db, 1, &n);
        read_one(db_text(db, 0, NULL), text, n, fn, arg);
    }
    return st == ST_NONE ? ST_OK : st;
}
