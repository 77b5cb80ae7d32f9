/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/text_own.h"

#include "core/base/log.h"

#include <stdlib.h>
#include <string.h>

/* What is said now: the shop's words lie in `kept`, the rest are ours. */
struct table {
    const char *text[LANG_COUNT][TEXT_COUNT];
    char *kept[LANG_COUNT][TEXT_COUNT];
    int own;
    bool failed;
};

static void table_free(struct table *t)
{
    for (int lang = 0; t != NULL && lang < LANG_COUNT; lang++)
        for (int key = 0; key < TEXT_COUNT; key++)
            free(t->kept[lang][key]);
    free(t);
}

static struct table *table_new(void)
{
    struct table *t = calloc(1, sizeof *t);

    for (int lang = 0; t != NULL && lang < LANG_COUNT; lang++)
        for (int key = 0; key < TEXT_COUNT; key++)
            t->text[lang][key] = text_standard((enum lang)lang, (enum text_key)key);
    return t;
}

_Static_assert((int)LANG_COUNT == CONTENT_LANGS && LANG_RU == 0 && LANG_EN == 1,
               "the languages of a content are those of the bots");

static void said(void *arg, int i, int lang, const char *text, size_t n)
{
    struct table *t = arg;

    if (i >= TEXT_COUNT || t->kept[lang][i] != NULL)
        return;
    t->kept[lang][i] = strndup(text, n);
    t->failed |= t->kept[lang][i] == NULL;
    if (t->kept[lang][i] != NULL)
        t->text[lang][i] = t->kept[lang][i];
    t->own++;
}

/* Whole, or not at all. */
static bool take(struct db *db)
{
    static struct table *now, *before;
    struct table *t = table_new();

    if (t == NULL || own_texts_read(db, said, t) != ST_OK || t->failed) {
        table_free(t);
        return false;
    }
    text_say(t->text[LANG_RU], t->text[LANG_EN]);
    table_free(before);
    before = now;
    now = t;
    log_info("the shop's own texts", LOG_INT("texts", t->own));
    return true;
}

void text_own_follow(struct db *db, int64_t now_ms)
{
    static int64_t next_ms, known; /* a shop without own texts is at 0 */
    int64_t version;

    if (now_ms < next_ms)
        return;
    next_ms = now_ms + TEXT_OWN_LOOK_MS;
    if (own_texts_version(db, &version) == ST_OK && version != known && take(db))
        known = version;
}
