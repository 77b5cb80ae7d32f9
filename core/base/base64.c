/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/base64.h"

#include <string.h>

static const char symbols[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void base64_add(struct buf *out, const void *p, size_t n)
{
    const uint8_t *byte = p;
    uint32_t bits = 0;
    int have = 0;

    for (size_t i = 0; i < n; i++) {
        bits = bits << 8 | byte[i];
        for (have += 8; have >= 6; have -= 6)
            buf_addc(out, symbols[bits >> (have - 6) & 63]);
    }
    if (have > 0)
        buf_addc(out, symbols[bits << (6 - have) & 63]);
}

enum status base64_read(const char *s, size_t n, struct buf *out)
{
    uint32_t bits = 0;
    int have = 0;

    for (size_t i = 0; i < n; i++) {
        const char *at = s[i] != '\0' ? strchr(symbols, s[i]) : NULL;

        if (at == NULL)
            return ST_BAD;
        bits = bits << 6 | (uint32_t)(at - symbols);
        have += 6;
        if (have >= 8) {
            have -= 8;
            buf_addc(out, (char)(bits >> have & 255));
        }
    }
    if (have >= 6 || (bits & ((1u << have) - 1)) != 0)
        return ST_BAD;
    return out->failed ? ST_BROKEN : ST_OK;
}
