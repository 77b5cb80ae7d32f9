/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/proxy.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRY_BYTES 64

/* 16 bytes, an IPv4 address as ::ffff:a.b.c.d; how many bits of it are fixed. */
static bool address_of(const char *s, unsigned char out[16], bool *v4)
{
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

    *v4 = inet_pton(AF_INET, s, out + 12) == 1;
    if (*v4)
        memcpy(out, mapped, sizeof mapped);
    else if (inet_pton(AF_INET6, s, out) != 1)
        return false;
    *v4 = memcmp(out, mapped, sizeof mapped) == 0;
    return true;
}

static bool same_bits(const unsigned char *a, const unsigned char *b, int bits)
{
    int whole = bits / 8, rest = bits % 8;

    return memcmp(a, b, (size_t)whole) == 0 &&
           (rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0);
}

/* entry: "10.0.0.0/8" or "10.0.0.1". */
static bool entry_holds(char *entry, const unsigned char *address)
{
    char *slash = strchr(entry, '/');
    unsigned char net[16] = {0};
    bool v4;
    long bits;

    if (slash != NULL)
        *slash = '\0';
    if (!address_of(entry, net, &v4))
        return false;
    bits = slash != NULL ? strtol(slash + 1, NULL, 10) + (v4 ? 96 : 0) : 128;
    return bits >= 0 && bits <= 128 && same_bits(net, address, (int)bits);
}

bool proxy_trusted(const char *list, const char *address)
{
    unsigned char bytes[16] = {0};
    char entry[ENTRY_BYTES];
    bool v4;

    if (list == NULL || !address_of(address, bytes, &v4))
        return false;
    while (*list != '\0') {
        size_t n = strcspn(list, ", ");

        if (n > 0 && n < sizeof entry) {
            memcpy(entry, list, n);
            entry[n] = '\0';
            if (entry_holds(entry, bytes))
                return true;
        }
        list += n;
        list += strspn(list, ", ");
    }
    return false;
}

/* The last address of s[0..*n), which becomes what stands before it; false: none that
 * can be read. */
static bool last_of(const char *s, size_t *n, char *out, size_t room)
{
    unsigned char bytes[16];
    size_t end = *n, from;
    bool v4;

    while (end > 0 && (s[end - 1] == ' ' || s[end - 1] == '\t'))
        end--;
    for (from = end; from > 0 && s[from - 1] != ','; from--)
        continue;
    *n = from > 0 ? from - 1 : 0;
    while (from < end && (s[from] == ' ' || s[from] == '\t'))
        from++;
    if (end == from || end - from >= room)
        return false;
    memcpy(out, s + from, end - from);
    out[end - from] = '\0';
    return address_of(out, bytes, &v4);
}

void proxy_caller(const char *trusted, const char *peer, const char *forwarded,
                  char *out, size_t room)
{
    size_t n = forwarded != NULL ? strlen(forwarded) : 0;
    char next[ENTRY_BYTES];

    snprintf(out, room, "%s", peer);
    while (n > 0 && proxy_trusted(trusted, out) &&
           last_of(forwarded, &n, next, sizeof next < room ? sizeof next : room))
        snprintf(out, room, "%s", next);
}
