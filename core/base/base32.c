/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/base32.h"

#include <string.h>

static const char symbols[] = "abcdefghijklmnopqrstuvwxyz234567";

void base32_print(const uint8_t *p, size_t n, char *out)
{
    unsigned held = 0, bits = 0;

    for (size_t i = 0; i < n; i++) {
        bits = (bits << 8 | p[i]) & 0xFFF;
        for (held += 8; held >= 5; held -= 5)
            *out++ = symbols[bits >> (held - 5) & 31];
    }
    if (held > 0)
        *out++ = symbols[bits << (5 - held) & 31];
    *out = '\0';
}

size_t base32_read(const char *s, uint8_t *out, size_t room)
{
    unsigned held = 0, bits = 0;
    size_t n = 0;

    for (; *s != '\0'; s++) {
        char low = *s >= 'A' && *s <= 'Z' ? (char)(*s | 0x20) : *s;
        const char *at = strchr(symbols, low);

        if (at == NULL || n == room)
            return 0;
        bits = (bits << 5 | (unsigned)(at - symbols)) & 0xFFF;
        held += 5;
        if (held >= 8) {
            held -= 8;
            out[n++] = (uint8_t)(bits >> held);
        }
    }
    return n;
}
