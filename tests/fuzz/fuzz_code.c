/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Codes and ids as people and strangers type them: what is read has one spelling, and
 * that spelling is read as itself. */
#include "core/base/code.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(bool fine)
{
    if (!fine)
        abort();
}

static void human_code(const char *s, size_t n)
{
    char code[CODE_SYMBOLS + 1], shown[CODE_SHOWN + 1], again[CODE_SYMBOLS + 1];
    int at = -1;
    enum code_fault fault = code_read(s, n, code, &at);

    check((fault == CODE_ALIEN) == (at > 0));
    if (fault != CODE_FINE) {
        check(code[0] == '\0');
        return;
    }
    check(strlen(code) == CODE_SYMBOLS);
    code_show(code, shown);
    check(code_read(shown, CODE_SHOWN, again, NULL) == CODE_FINE);
    check(strcmp(code, again) == 0);
}

static void ulid(const char *s, size_t n)
{
    uint8_t id[16], again[16];
    char text[ULID_TEXT + 1];

    if (ulid_parse(s, n, id) != ST_OK)
        return;
    ulid_print(id, text);
    check(ulid_parse(text, ULID_TEXT, again) == ST_OK && memcmp(id, again, 16) == 0);
}

static void base36(const char *s, size_t n)
{
    char text[14];
    uint64_t v;

    if (base36_parse(s, n, &v) != ST_OK)
        return;
    base36_print(v, text);
    check(strlen(text) == n && memcmp(text, s, n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    human_code((const char *)data, n);
    ulid((const char *)data, n);
    base36((const char *)data, n);
    return 0;
}
