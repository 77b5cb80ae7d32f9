/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Whatever an update holds, it is read to an act whose promises stand
 * (worker/update.h), and so is whatever a button's data holds. Each run begins with all
 * recorded updates, cut at every byte. */
#include "core/base/utf.h"
#include "tests/fuzz/cuts.h"
#include "worker/books.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static void check(bool fine)
{
    if (!fine)
        abort();
}

static size_t touch(const char *s, size_t n)
{
    return s != NULL ? utf16_len(s, n) : 0;
}

static void read_button(const char *data, size_t n)
{
    struct callback c;

    if (!callback_read(data, n, &c))
        return;
    check(strlen(c.route) >= 3 && strlen(c.arg) + strlen(c.route) < n);
    (void)talk_find(&client_book.screens, c.route);
    check(talk_id(c.arg, NULL) >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct json *raw = json_parse((const char *)data, n);
    struct update u;

    read_button((const char *)data, n);
    update_parse(raw, "foo_bot", &u);
    check((u.act == ACT_IGNORE) == (u.why != WHY_NOT_IGNORED));
    check(u.act != ACT_PHOTO || u.file != NULL);
    check((u.act != ACT_BUTTON && u.act != ACT_STRAY_BUTTON) || u.callback != NULL);
    check(u.act != ACT_BUTTON || (u.user > 0 && u.chat == u.user));
    check(u.act != ACT_COMMAND || (u.command[0] != '\0' && u.args != NULL));
    check(touch(u.text, u.text_n) <= n && touch(u.args, u.args_n) <= n);
    check(touch(u.first_name, u.first_name_n) <= n);
    if (u.data != NULL)
        read_button(u.data, u.data_n);
    json_free(raw);
    return 0;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    check(cuts_feed("tests/data/updates/*.json", LLVMFuzzerTestOneInput) > 50);
    return 0;
}
