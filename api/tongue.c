/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/tongue.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

/* Thousandths: "q=0.8" is 800, no q is 1000. */
static int weight(const char *s, size_t n)
{
    const char *q = memchr(s, ';', n), *end = s + n;
    int v = 0, places = 3;

    if (q == NULL)
        return 1000;
    for (q++; q < end && *q == ' '; q++)
        continue;
    if (end - q < 3 || (*q != 'q' && *q != 'Q') || q[1] != '=' ||
        !isdigit((unsigned char)q[2]))
        return 1000;
    if (q[2] != '0')
        return 1000;
    for (q += 3; q < end && (isdigit((unsigned char)*q) || *q == '.'); q++)
        if (*q != '.' && places > 0) {
            v = v * 10 + (*q - '0');
            places--;
        }
    for (; places > 0; places--)
        v *= 10;
    return v;
}

static int is(const char *s, size_t n, const char *name)
{
    return n >= 2 && strncasecmp(s, name, 2) == 0 &&
           (n == 2 || s[2] == '-' || s[2] == ';' || s[2] == ' ');
}

enum tongue tongue_of(const char *accepts)
{
    int ru = 0, en = 0;

    while (accepts != NULL && *accepts != '\0') {
        size_t n = strcspn(accepts, ",");

        if (is(accepts, n, "ru") && weight(accepts, n) > ru)
            ru = weight(accepts, n);
        if (is(accepts, n, "en") && weight(accepts, n) > en)
            en = weight(accepts, n);
        accepts += n;
        accepts += strspn(accepts, ", \t");
    }
    return en > ru ? TONGUE_EN : TONGUE_RU;
}
