/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/customer_word.h"

#include "core/base/buf.h"
#include "core/base/utf.h"

#include <string.h>

#define WORDS_MAX 16

static bool is_part(char c)
{
    return (unsigned char)c >= 0x80 || (c >= '0' && c <= '9') ||
           (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

const char *customer_word_next(const char **at, size_t *n)
{
    const char *s = *at;

    while (*s != '\0' && !is_part(*s))
        s++;
    *at = s;
    while (is_part(**at) && **at != '\0')
        ++*at;
    *n = (size_t)(*at - s);
    return *n > 0 ? s : NULL;
}

/* Whole characters, as many as the column takes. */
static size_t cut(const char *s, size_t n)
{
    size_t at = 0, len;

    for (int i = 0; i < CUSTOMER_WORD_MAX && at < n; i++) {
        len = utf_char_len(s + at, n - at);
        if (len == 0)
            break;
        at += len;
    }
    return at;
}

static int words_find(const char *said, struct db_arg *out, int64_t id)
{
    const char *word;
    size_t n;
    int found = 0;

    while (found < WORDS_MAX && (word = customer_word_next(&said, &n)) != NULL) {
        n = cut(word, n);
        if (n == 0)
            continue;
        out[2 * found] = DB_INT(id);
        out[2 * found + 1] = DB_TEXT_N(word, n);
        found++;
    }
    return found;
}

/* IGNORE: two words may be one to the collation. */
static enum status words_insert(struct db *db, int64_t id, const char *said)
{
    struct db_arg args[2 * WORDS_MAX];
    struct buf sql = {0};
    int n = words_find(said, args, id);
    enum status st = ST_OK;

    buf_adds(&sql, "INSERT IGNORE INTO customer_word (customer_id, word) VALUES");
    for (int i = 0; i < n; i++)
        buf_adds(&sql, i > 0 ? ", (?, ?)" : " (?, ?)");
    if (sql.failed)
        st = ST_BROKEN;
    else if (n > 0)
        st = db_exec_args(db, NULL, sql.s, args, 2 * (size_t)n);
    buf_free(&sql);
    return st;
}

enum status customer_words_keep(struct db *db, int64_t customer_id)
{
    struct buf said = {0};
    enum status st =
        db_one(db,
               "SELECT CONCAT_WS(' ', name, first_name, last_name, username)"
               " FROM customer WHERE id = ?",
               DB_INT(customer_id));

    if (st == ST_OK)
        buf_adds(&said, db_text(db, 0, NULL));
    if (st == ST_OK)
        st = db_exec(db, NULL, "DELETE FROM customer_word WHERE customer_id = ?",
                     DB_INT(customer_id));
    if (st == ST_OK)
        st = said.failed ? ST_BROKEN
                         : words_insert(db, customer_id, said.s != NULL ? said.s : "");
    buf_free(&said);
    return st;
}
