/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/phone.h"

#include "core/audit.h"

#include <stdio.h>
#include <string.h>

#define DIGITS_MIN 7
#define DIGITS_MAX 15 /* PHONE_BYTES without plus and NUL */
#define RUSSIAN 11    /* digits of a Russian number with its 7 or 8 */

/* ---- reading -------------------------------------------------------------------- */

struct digits {
    char s[DIGITS_MAX + 4];
    size_t n;
    bool plus;
    bool apart; /* the first digit stands by itself: "8 (812)", "8-812" */
};

static bool is_ornament(char c)
{
    return c == ' ' || c == '(' || c == ')' || c == '-' || c == '.' || c == '\t';
}

static bool digits_take(const char *s, size_t n, struct digits *out)
{
    *out = (struct digits){0};
    for (size_t i = 0; i < n; i++) {
        if (s[i] >= '0' && s[i] <= '9') {
            if (out->n == sizeof out->s - 1)
                return false;
            out->s[out->n++] = s[i];
        } else if (s[i] == '+' && out->n == 0 && !out->plus)
            out->plus = true;
        else if (is_ornament(s[i]))
            out->apart |= out->n == 1;
        else
            return false;
    }
    return true;
}

/* 00 is how many countries dial the plus. */
static void drop_zeros(struct digits *d)
{
    if (d->plus || d->n < 2 || memcmp(d->s, "00", 2) != 0)
        return;
    d->n -= 2;
    memmove(d->s, d->s + 2, d->n + 1);
    d->plus = true;
}

/* No country has the codes 83 and 89; 84 is Vietnam, 86 China … */
static bool is_russian_eight(const struct digits *d)
{
    return !d->plus && d->n == RUSSIAN && d->s[0] == '8' &&
           (d->apart || d->s[1] == '9' || d->s[1] == '3');
}

enum status phone_read(const char *s, size_t n, char out[PHONE_BYTES])
{
    struct digits d;

    out[0] = '\0';
    if (s == NULL || !digits_take(s, n, &d))
        return ST_BAD;
    drop_zeros(&d);
    if (is_russian_eight(&d))
        d.s[0] = '7';
    if (d.n < DIGITS_MIN || d.n > DIGITS_MAX || d.s[0] == '0')
        return ST_BAD;
    if (!d.plus && d.n == RUSSIAN - 1 && d.s[0] == '9')
        snprintf(out, PHONE_BYTES, "+7%.*s", RUSSIAN - 1, d.s);
    else
        snprintf(out, PHONE_BYTES, "+%.*s", DIGITS_MAX, d.s);
    return ST_OK;
}

/* ---- showing -------------------------------------------------------------------- */

static bool is_russian(const char *phone)
{
    return strlen(phone) == RUSSIAN + 1 && phone[1] == '7';
}

void phone_show(const char *phone, char out[PHONE_SHOWN_BYTES])
{
    if (is_russian(phone))
        snprintf(out, PHONE_SHOWN_BYTES, "+7 %.3s %.3s-%.2s-%.2s", phone + 2, phone + 5,
                 phone + 8, phone + 10);
    else
        snprintf(out, PHONE_SHOWN_BYTES, "%s", phone);
}

void phone_mask(const char *phone, char out[PHONE_SHOWN_BYTES])
{
    size_t n = strlen(phone);

    if (is_russian(phone))
        snprintf(out, PHONE_SHOWN_BYTES, "+7 *** ***-%.2s-%.2s", phone + 8, phone + 10);
    else if (n > 4)
        snprintf(out, PHONE_SHOWN_BYTES, "+*** %s", phone + n - 4);
    else
        snprintf(out, PHONE_SHOWN_BYTES, "%s", "");
}

/* ---- the hash ------------------------------------------------------------------- */

enum status phone_hash(struct db *db, const char *phone, uint8_t out[SHA256_BYTES])
{
    return audit_digest(db, "phone", phone, out);
}
