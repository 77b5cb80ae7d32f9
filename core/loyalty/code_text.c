/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/code_text.h"

#include "core/base/keys.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define LINK_MARK "start=q_"
#define KEYED_MAX 1024 /* no link of ours is longer, whatever the layout */

static bool in_token(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-';
}

static bool token_at(const char *s, char out[CODE_TEXT_BYTES])
{
    for (size_t i = 0; i < DISCOUNT_TOKEN; i++)
        if (!in_token(s[i]))
            return false;
    memcpy(out, s, DISCOUNT_TOKEN);
    out[DISCOUNT_TOKEN] = '\0';
    return true;
}

static bool token_in(const char *s, size_t n, char out[CODE_TEXT_BYTES])
{
    const size_t mark = strlen(LINK_MARK);

    for (size_t i = 0; i + mark + DISCOUNT_TOKEN <= n; i++)
        if (memcmp(s + i, LINK_MARK, mark) == 0)
            return token_at(s + i + mark, out);
    return false;
}

/* A scanner is a keyboard: its link may come through the Russian layout, Caps Lock, or
 * both. */
static bool token_by_keys(const char *s, size_t n, char out[CODE_TEXT_BYTES])
{
    struct buf keys = {0}, unlocked = {0};
    bool found = token_in(s, n, out);

    if (!found && n <= KEYED_MAX) {
        keys_latin(&keys, s, n);
        keys_unlock(&unlocked, keys.s != NULL ? keys.s : "", keys.len);
        found = !keys.failed && !unlocked.failed &&
                (token_in(keys.s, keys.len, out) ||
                 token_in(unlocked.s, unlocked.len, out));
    }
    buf_free(&keys);
    buf_free(&unlocked);
    return found;
}

enum code_fault code_text_read(const char *s, size_t n, char out[CODE_TEXT_BYTES],
                               int *at)
{
    if (at != NULL)
        *at = 0;
    if (token_by_keys(s, n, out))
        return CODE_FINE;
    return code_read(s, n, out, at);
}
