/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Codes and ids as people and strangers type them: what is read has one spelling, and
 * that spelling is read as itself. */
#include "core/base/code.h"
#include "core/loyalty/code_text.h"

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

/* Where the slip may be: only of what is mistyped, within it, left to right. */
static void doubts(const char *s, size_t n)
{
    struct code_doubt d[4];
    int many = code_doubts(s, n, d, 4);

    check(many >= 0 && many <= 4);
    for (int i = 0; i < many; i++) {
        check(d[i].at >= 1 && d[i].at <= CODE_SYMBOLS);
        check(i == 0 || d[i].at >= d[i - 1].at);
    }
}

/* Whatever a till reads: a token or a code, and reading what was read changes nothing. */
static void till(const char *s, size_t n)
{
    char code[CODE_TEXT_BYTES], again[CODE_TEXT_BYTES];
    size_t len;

    if (code_text_read(s, n, code, NULL) != CODE_FINE) {
        check(code[0] == '\0');
        return;
    }
    len = strlen(code);
    check(len == CODE_SYMBOLS || len == DISCOUNT_TOKEN);
    if (len == CODE_SYMBOLS) {
        check(code_text_read(code, len, again, NULL) == CODE_FINE);
        check(strcmp(code, again) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    till((const char *)data, n);
    doubts((const char *)data, n);
    human_code((const char *)data, n);
    ulid((const char *)data, n);
    base36((const char *)data, n);
    return 0;
}
