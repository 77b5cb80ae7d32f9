/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What comes back from a client's buttons and links: whatever it is, it is either ours
 * to the letter or not ours at all, and what is ours can be written again as it was. */
#include "core/base/code.h"
#include "worker/books.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(bool fine)
{
    if (!fine)
        abort();
}

static bool word_fine(const char *s, bool dots)
{
    return strspn(s, dots ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                            "0123456789_-."
                          : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                            "0123456789_-") == strlen(s);
}

static void ids(const char *arg)
{
    const char *rest = NULL;
    int64_t id = talk_id(arg, &rest);
    char text[14];

    check(id >= 0 && rest >= arg && rest <= arg + strlen(arg));
    if (id == 0)
        return;
    base36_print((uint64_t)id, text);
    check(strncmp(arg, text, strlen(text)) == 0);
    check(arg[strlen(text)] == '\0' || arg[strlen(text)] == '.');
}

static void button(const char *s, size_t n)
{
    char again[2 * SCREEN_DATA_MAX + 8];
    struct callback c;

    if (!callback_read(s, n, &c)) {
        check(c.arg[0] == '\0');
        return;
    }
    check(n <= SCREEN_DATA_MAX && word_fine(c.arg, true));
    snprintf(again, sizeof(again), "v1:%s:%s", c.route, c.arg);
    check(strlen(again) == n && memcmp(again, s, n) == 0);
    ids(c.arg);
    (void)talk_find(&client_book.screens, c.route);
    (void)talk_find(&cashier_book.screens, c.route);
}

/* A row that takes a link takes all of it: its name, and the rest. */
static void link_of(const struct talk_book *book, const char *word)
{
    const char *rest = NULL;
    const struct talk_row *row = talk_find_prefix(&book->links, word, &rest);

    if (row == NULL)
        return;
    check(strncmp(word, row->name, strlen(row->name)) == 0);
    check(rest == word + strlen(row->name));
}

static void deep_link(const char *s, size_t n)
{
    char word[SCREEN_DATA_MAX + 1];

    if (!talk_word(s, n, false, word))
        return;
    check(strlen(word) == n && word_fine(word, false));
    link_of(&client_book, word);
    link_of(&cashier_book, word);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    button((const char *)data, n);
    deep_link((const char *)data, n);
    return 0;
}
