/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What was asked of customer_search, understood: what the text in q may mean, and which
 * rows the names of tags are. */
#include "core/loyalty/customer_search_private.h"
#include "core/loyalty/customer_word.h"
#include "core/segment/audience.h"
#include "core/segment/segment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAIL 4
#define DIGITS_MAX 18

/* ---- q ---------------------------------------------------------------------------- */

/* The digits of what is nothing but digits and what stands between those of a phone. */
static size_t digits_of(const char *s, char out[DIGITS_MAX + 1])
{
    size_t n = 0;

    for (; *s != '\0'; s++) {
        if (*s >= '0' && *s <= '9') {
            if (n == DIGITS_MAX)
                return 0;
            out[n++] = *s;
        } else if (strchr("+-() #.", *s) == NULL)
            return 0;
    }
    out[n] = '\0';
    return n;
}

static void number_asked(struct asked *a, const char *q, const char *digits, size_t n)
{
    char whole[PHONE_BYTES];
    bool known = n > TAIL && phone_read(q, strlen(q), whole) == ST_OK;

    a->number = strtoll(digits, NULL, 10);
    if (n < TAIL)
        return;
    memcpy(a->tail, digits + n - TAIL, TAIL); /* zeroed behind */
    if (a->f->phone_whole && n > TAIL)
        snprintf(a->phone, sizeof a->phone, "%s%s", known && n >= 10 ? "" : "%",
                 known && n >= 10 ? whole : digits);
}

/* A word's beginning, with what LIKE takes for a sign escaped. */
static bool pattern(const char *word, size_t n, char out[ASKED_WORD_BYTES])
{
    size_t at = 0;

    for (size_t i = 0; i < n; i++) {
        if (at + 4 > ASKED_WORD_BYTES)
            return false;
        if (word[i] == '%' || word[i] == '_' || word[i] == '\\')
            out[at++] = '\\';
        out[at++] = word[i];
    }
    out[at++] = '%';
    out[at] = '\0';
    return true;
}

static void words_asked(struct asked *a, const char *q)
{
    const char *word;
    size_t n;

    while (a->words < ASKED_WORDS && (word = customer_word_next(&q, &n)) != NULL)
        if (pattern(word, n, a->word[a->words]))
            a->words++;
    a->nobody |= a->words == 0;
}

static enum status q_asked(struct db *db, struct asked *a)
{
    const char *q = a->f->q;
    char digits[DIGITS_MAX + 1];
    size_t n;
    enum status st = ST_NONE;

    if (q == NULL)
        return ST_OK;
    n = digits_of(q, digits);
    if (code_read(q, strlen(q), a->code, NULL) == CODE_FINE)
        st = db_one(db, "SELECT id FROM discount WHERE code = ?", DB_TEXT(a->code));
    if (st == ST_OK)
        return ST_OK;
    a->code[0] = '\0';
    if (n > 0)
        number_asked(a, q, digits, n);
    else
        words_asked(a, q);
    return st == ST_NONE ? ST_OK : st;
}

/* ---- names that are rows ---------------------------------------------------------- */

static enum status tags_find(struct db *db, const char *const *names, size_t n,
                             int64_t *out, size_t *found)
{
    enum status st = ST_OK;

    *found = 0;
    for (size_t i = 0; i < n && i < CUSTOMER_LIST_MAX && st == ST_OK; i++) {
        st = db_one(db, "SELECT id FROM tag WHERE name = ?", DB_TEXT(names[i]));
        if (st == ST_OK)
            out[(*found)++] = db_int(db, 0);
        else if (st == ST_NONE)
            st = ST_OK;
    }
    return st;
}

static bool among(const int64_t *ids, size_t n, int64_t id)
{
    for (size_t i = 0; i < n; i++)
        if (ids[i] == id)
            return true;
    return false;
}

/* The filter's stores that are the person's, too. */
static enum status stores_asked(struct db *db, struct asked *a)
{
    const struct customer_filter *f = a->f;
    size_t room = sizeof a->stores / sizeof *a->stores;
    enum status st = ST_OK;

    if (f->staff_id == 0) {
        for (; a->stores_n < f->stores_n && a->stores_n < room; a->stores_n++)
            a->stores[a->stores_n] = f->stores[a->stores_n];
        return ST_OK;
    }
    st = db_select(db, "SELECT store_id FROM staff_store WHERE staff_id = ?",
                   DB_INT(f->staff_id));
    while (st == ST_OK && (st = db_next(db)) == ST_OK)
        if (a->stores_n == room)
            a->stores_many = true;
        else if (f->stores_n == 0 || among(f->stores, f->stores_n, db_int(db, 0)))
            a->stores[a->stores_n++] = db_int(db, 0);
    a->nobody |= a->stores_n == 0;
    if (a->stores_many)
        a->stores_n = 0;
    return st == ST_NONE ? ST_OK : st;
}

/* ---- the segment ------------------------------------------------------------------ */

/* Its people, when they are few enough to be gathered. */
static enum status people_find(struct db *db, struct asked *a)
{
    struct audience_chunk some = {.room = CUSTOMER_GATHER + 1};
    enum status st;

    some.id = malloc((size_t)some.room * sizeof *some.id);
    st = some.id != NULL ? audience_some(db, a->rule, a->f->moment, &some) : ST_BROKEN;
    a->nobody |= st == ST_OK && some.n == 0;
    if (st == ST_OK && some.n > 0 && some.n < some.room) {
        for (int i = 0; i < some.n; i++)
            buf_addf(&a->people, "%s%lld", i > 0 ? "," : "[", (long long)some.id[i]);
        buf_addc(&a->people, ']');
        st = a->people.failed ? ST_BROKEN : ST_OK;
    }
    free(some.id);
    return st;
}

static enum status segment_asked(struct db *db, struct asked *a)
{
    enum status st;

    if (a->f->segment_id == 0)
        return ST_OK;
    st = segment_rule(db, a->f->segment_id, &a->rule, NULL);
    if (st == ST_NONE || st == ST_BAD) {
        a->nobody = true;
        return ST_OK;
    }
    if (st == ST_OK)
        a->fits = calloc(1, sizeof *a->fits);
    if (st != ST_OK || a->fits == NULL)
        return st != ST_OK ? st : ST_BROKEN;
    a->fits->few = true;
    st = compile_rule(a->rule, a->f->moment, a->fits);
    return st == ST_OK ? people_find(db, a) : st;
}

void asked_free(struct asked *a)
{
    if (a->fits != NULL)
        compiled_free(a->fits);
    free(a->fits);
    rule_free(a->rule);
    buf_free(&a->people);
    a->fits = NULL;
    a->rule = NULL;
}

enum status asked_make(struct db *db, const struct customer_filter *f,
                       struct asked *out)
{
    enum status st;

    *out = (struct asked){.f = f};
    st = q_asked(db, out);
    if (st == ST_OK)
        st = tags_find(db, f->tags, f->tags_n, out->tags, &out->tags_n);
    if (st == ST_OK)
        st = tags_find(db, f->tags_none, f->tags_none_n, out->tags_none,
                       &out->tags_none_n);
    out->nobody |= f->tags_n > 0 && out->tags_n == 0;
    if (st == ST_OK)
        st = stores_asked(db, out);
    return st == ST_OK && !out->nobody ? segment_asked(db, out) : st;
}
