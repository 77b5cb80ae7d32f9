/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/keys.h"

#include "core/base/utf.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>

/* а…я in the order of Unicode, each as the Latin key it shares. */
static const char small_keys[] = "f,dult;pbqrkvyjghcnea[wxio]sm'.z";
static const char big_keys[] = "F<DULT:PBQRKVYJGHCNEA{WXIO}SM\">Z";

#define BIG_A 0x410
#define SMALL_A 0x430
#define LETTERS 32

static bool is_russian(uint32_t c)
{
    return (c >= BIG_A && c < SMALL_A + LETTERS) || c == 0x401 || c == 0x451;
}

/* The signs that sit on other keys in the Russian layout. */
static char sign_key(char c)
{
    static const char signs[] = "./,?\"@;$:^?&";

    for (const char *p = signs; *p != '\0'; p += 2)
        if (*p == c)
            return p[1];
    return c;
}

static char key_of(uint32_t c)
{
    if (c == 0x401 || c == 0x451) /* Ё, ё */
        return c == 0x401 ? '~' : '`';
    if (c == 0x2116) /* № */
        return '#';
    if (c >= SMALL_A && c < SMALL_A + LETTERS)
        return small_keys[c - SMALL_A];
    if (c >= BIG_A && c < BIG_A + LETTERS)
        return big_keys[c - BIG_A];
    return c < 0x80 ? sign_key((char)c) : '\0';
}

/* The next character and its length; a byte that begins none is itself. */
static uint32_t next(const char *s, size_t n, size_t *step)
{
    *step = utf_char_len(s, n);
    if (*step > 0)
        return utf_code(s, *step);
    *step = 1;
    return (unsigned char)*s;
}

static bool has_russian(const char *s, size_t n)
{
    for (size_t i = 0, step; i < n; i += step)
        if (is_russian(next(s + i, n - i, &step)))
            return true;
    return false;
}

void keys_latin(struct buf *out, const char *s, size_t n)
{
    bool russian = has_russian(s, n);

    for (size_t i = 0, step; i < n; i += step) {
        char key = key_of(next(s + i, n - i, &step));

        if (russian && key != '\0')
            buf_addc(out, key);
        else
            buf_add(out, s + i, step);
    }
}

void keys_unlock(struct buf *out, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int c = (unsigned char)s[i];

        if (c < 0x80)
            c = isupper(c) ? tolower(c) : toupper(c);
        buf_addc(out, (char)c);
    }
}
