/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What customers tell of themselves: names and telephone numbers. */
#include "core/base/utf.h"
#include "core/loyalty/customer.h"
#include "core/loyalty/phone.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(bool fine)
{
    if (!fine)
        abort();
}

/* What is taken for a name is one again, and needs no escaping anywhere. */
static void name(const char *s, size_t n)
{
    char once[CONTACT_NAME_BYTES], twice[CONTACT_NAME_BYTES];

    if (name_read(s, n, once) != NAME_FINE)
        return;
    check(utf_valid(once, strlen(once)) && once[0] != '\0');
    check(strpbrk(once, "<>&\"@/:;{}\\0123456789\n\r\t") == NULL);
    check(name_read(once, strlen(once), twice) == NAME_FINE);
    check(strcmp(once, twice) == 0);
}

static void phone(const char *s, size_t n)
{
    char once[PHONE_BYTES], twice[PHONE_BYTES], shown[PHONE_SHOWN_BYTES];
    size_t len;

    if (phone_read(s, n, once) != ST_OK)
        return;
    len = strlen(once);
    check(once[0] == '+' && len >= 8 && len <= 16);
    check(strspn(once + 1, "0123456789") == len - 1);
    check(phone_read(once, len, twice) == ST_OK && strcmp(once, twice) == 0);
    phone_show(once, shown);
    check(phone_read(shown, strlen(shown), twice) == ST_OK && strcmp(once, twice) == 0);
    phone_mask(once, shown);
    check(strstr(shown, once) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    name((const char *)data, n);
    phone((const char *)data, n);
    return 0;
}
