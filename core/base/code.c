/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/code.h"

#include "core/base/secret.h"
#include "core/base/utf.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static const char symbols[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static int symbol_value(char c)
{
    const char *at = c != '\0' ? strchr(symbols, c) : NULL;

    return at != NULL ? (int)(at - symbols) : -1;
}

/* ---- the check symbol
 * ----------------------------------------------------------------
 *
 * GF(32) with x^5 + x^2 + 1; the weight of position i is x^(9-i). The weights are all
 * different and none is 0, so one wrong symbol or any two exchanged ones change the
 * sum. */

static unsigned times_x(unsigned v)
{
    v <<= 1;
    return v & 32 ? v ^ 0x25 : v;
}

/* Horner's rule: the sum of all ten positions, 0 for a good code. */
static unsigned weighted_sum(const char *code)
{
    unsigned sum = 0;

    for (int i = 0; i < CODE_SYMBOLS; i++)
        sum = times_x(sum) ^ (unsigned)symbol_value(code[i]);
    return sum;
}

/* ---- making --------------------------------------------------------------------- */

/* What the symbols look like when read as letters of either alphabet. */
static const char *const rude[] = {
    "FUCK", "FCK", "FUK",  "SHIT", "SHT", "DICK", "COCK", "CUNT", "ASS",
    "NIG",  "KKK", "SEX",  "FAG",  "TIT", "PIS",  "PORN", "NAZI", "RAPE",
    "1488", "XYE", "XYN",  "XYR",  "XER", "XEP",  "CYKA", "E6A",  "E6Y",
    "E6N",  "6AR", "6LYA", "CPA",  "MYD", "GAY",  "HYN",  "N3D",  "MPA3",
};

static char look_of(char c)
{
    static const char pairs[] = "0O1I3E4A5S7TVU";

    for (const char *p = pairs; *p != '\0'; p += 2)
        if (*p == c)
            return p[1];
    return c;
}

static bool code_rude(const char *code)
{
    char looks[CODE_SYMBOLS + 1] = "";

    for (int i = 0; i < CODE_SYMBOLS; i++)
        looks[i] = look_of(code[i]);
    for (size_t i = 0; i < sizeof rude / sizeof *rude; i++)
        if (strstr(code, rude[i]) != NULL || strstr(looks, rude[i]) != NULL)
            return true;
    return false;
}

static void random_symbols(char *out, size_t n)
{
    uint8_t bytes[16];

    secret_random(bytes, n);
    for (size_t i = 0; i < n; i++)
        out[i] = symbols[bytes[i] & 31];
    out[n] = '\0';
}

void code_new(char out[CODE_SYMBOLS + 1])
{
    do {
        random_symbols(out, CODE_SYMBOLS - 1);
        out[CODE_SYMBOLS - 1] = symbols[0];
        out[CODE_SYMBOLS - 1] = symbols[weighted_sum(out)];
        out[CODE_SYMBOLS] = '\0';
    } while (code_rude(out));
}

void code_show(const char *code, char out[CODE_SHOWN + 1])
{
    memcpy(out, code, 5);
    out[5] = '-';
    memcpy(out + 6, code + 5, 5);
    out[CODE_SHOWN] = '\0';
}

/* ---- reading -------------------------------------------------------------------- */

/* A letter that is not Latin: the Latin symbol it looks like, and the one whose key it
 * shares on a Russian keyboard; '\0' where there is none. Capital and small of each. */
static const struct {
    uint16_t big, small;
    char look, key;
} cyrillic[] = {
    {0x410, 0x430, 'A', 'F'}, {0x411, 0x431, '6', 0},   {0x412, 0x432, 'B', 'D'},
    {0x413, 0x433, 0, 'U'},   {0x414, 0x434, 0, 'L'},   {0x415, 0x435, 'E', 'T'},
    {0x417, 0x437, '3', 'P'}, {0x418, 0x438, 0, 'B'},   {0x419, 0x439, 0, 'Q'},
    {0x41A, 0x43A, 'K', 'R'}, {0x41B, 0x43B, 0, 'K'},   {0x41C, 0x43C, 'M', 'V'},
    {0x41D, 0x43D, 'H', 'Y'}, {0x41E, 0x43E, 'O', 'J'}, {0x41F, 0x43F, 0, 'G'},
    {0x420, 0x440, 'P', 'H'}, {0x421, 0x441, 'C', 'C'}, {0x422, 0x442, 'T', 'N'},
    {0x423, 0x443, 'Y', 'E'}, {0x424, 0x444, 0, 'A'},   {0x425, 0x445, 'X', 0},
    {0x426, 0x446, 0, 'W'},   {0x427, 0x447, 0, 'X'},   {0x428, 0x448, 0, 'I'},
    {0x429, 0x449, 0, 'O'},   {0x42B, 0x44B, 0, 'S'},   {0x42C, 0x44C, 0, 'M'},
    {0x42F, 0x44F, 0, 'Z'},   {0x406, 0x456, 'I', 'S'}, {0x405, 0x455, 'S', 0},
    {0x408, 0x458, 'J', 0},
};

/* One way to understand what was typed. */
struct reading {
    char code[CODE_SYMBOLS + 1];
    int count; /* symbols typed, alien ones too */
    int alien; /* 1-based position of the first alien symbol, 0: none */
};

/* Full-width forms are what they are forms of. */
static uint32_t narrow(uint32_t c)
{
    return c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c;
}

static bool is_skipped(uint32_t c)
{
    static const uint32_t skipped[] = {'-',  ' ',    '\t',   '\n',   '\r',   0xA0,
                                       0xAD, 0x2212, 0x202F, 0x2060, 0x3000, 0xFEFF};

    for (size_t i = 0; i < sizeof skipped / sizeof *skipped; i++)
        if (c == skipped[i])
            return true;
    return c >= 0x2000 && c <= 0x2015; /* blanks, zero-width ones, hyphens, dashes */
}

static char latin_symbol(uint32_t c)
{
    char up;

    if (c >= 0xFF01 && c <= 0xFF5E) /* full-width forms */
        c -= 0xFEE0;
    if (c >= 0x80)
        return '\0';
    up = (char)toupper((int)c);
    if (up == 'O')
        return '0';
    if (up == 'I' || up == 'L')
        return '1';
    return symbol_value(up) >= 0 ? up : '\0';
}

static void reading_add(struct reading *r, char symbol)
{
    r->count++;
    if (symbol == '\0' && r->alien == 0)
        r->alien = r->count;
    if (r->count <= CODE_SYMBOLS)
        r->code[r->count - 1] = symbol;
}

static void read_symbol(uint32_t c, struct reading *look, struct reading *key)
{
    char by_look = latin_symbol(c), by_key = by_look;

    for (size_t i = 0; i < sizeof cyrillic / sizeof *cyrillic; i++)
        if (c == cyrillic[i].big || c == cyrillic[i].small) {
            by_look = latin_symbol((unsigned char)cyrillic[i].look);
            by_key = latin_symbol((unsigned char)cyrillic[i].key);
            break;
        }
    reading_add(look, by_look);
    reading_add(key, by_key);
}

static enum code_fault reading_fault(const struct reading *r)
{
    if (r->count == 0)
        return CODE_EMPTY;
    if (r->alien != 0)
        return CODE_ALIEN;
    if (r->count != CODE_SYMBOLS)
        return r->count < CODE_SYMBOLS ? CODE_SHORT : CODE_LONG;
    return weighted_sum(r->code) == 0 ? CODE_FINE : CODE_MISTYPED;
}

/* Neither reading is good: speak of the one that understood more of what was typed. */
static const struct reading *better(const struct reading *look,
                                    const struct reading *key)
{
    bool key_better = look->alien != 0 && (key->alien == 0 || key->alien > look->alien);

    return key_better ? key : look;
}

static void read_both(const char *typed, size_t n, struct reading *look,
                      struct reading *key)
{
    *look = *key = (struct reading){0};
    for (size_t i = 0, step; i < n && look->count < 1000; i += step) {
        uint32_t c = 0; /* in no code, and so is a byte that is no character */

        step = utf_char_len(typed + i, n - i);
        if (step == 0)
            step = 1;
        else
            c = narrow(utf_code(typed + i, step));
        if (!is_skipped(c))
            read_symbol(c, look, key);
    }
}

enum code_fault code_read(const char *typed, size_t n, char out[CODE_SYMBOLS + 1],
                          int *at)
{
    struct reading look, key;
    const struct reading *r;

    out[0] = '\0';
    if (at != NULL)
        *at = 0;
    read_both(typed, n, &look, &key);
    r = reading_fault(&look) == CODE_FINE  ? &look
        : reading_fault(&key) == CODE_FINE ? &key
                                           : better(&look, &key);
    if (reading_fault(r) == CODE_FINE)
        memcpy(out, r->code, sizeof r->code);
    else if (at != NULL)
        *at = r->alien;
    return reading_fault(r);
}

/* ---- where the slip may be ------------------------------------------------------ */

/* Taken for one another by the eye, in handwriting or on a bad screen. */
static bool alike(char a, char b)
{
    static const char pairs[] = "8B3B385S2Z6G690D0QDQ17CGVYVWMNHNEFPRKX4A1T1J6B9G";

    for (const char *p = pairs; *p != '\0'; p += 2)
        if ((p[0] == a && p[1] == b) || (p[0] == b && p[1] == a))
            return true;
    return false;
}

/* The one symbol that would make the code whole at that place. */
static char whole_with(const char *code, int i)
{
    char with[CODE_SYMBOLS];

    memcpy(with, code, sizeof with);
    for (const char *s = symbols; *s != '\0'; s++) {
        with[i] = *s;
        if (weighted_sum(with) == 0)
            return *s;
    }
    return code[i];
}

static bool whole_exchanged(const char *code, int i)
{
    char with[CODE_SYMBOLS];

    if (i + 1 >= CODE_SYMBOLS || code[i] == code[i + 1])
        return false;
    memcpy(with, code, sizeof with);
    with[i] = code[i + 1];
    with[i + 1] = code[i];
    return weighted_sum(with) == 0;
}

int code_doubts(const char *typed, size_t n, struct code_doubt *out, int room)
{
    struct reading look, key;
    const struct reading *r;
    int found = 0;

    read_both(typed, n, &look, &key);
    r = better(&look, &key);
    if (reading_fault(&look) == CODE_FINE || reading_fault(&key) == CODE_FINE ||
        reading_fault(r) != CODE_MISTYPED)
        return 0;
    for (int i = 0; i < CODE_SYMBOLS && found < room; i++) {
        char meant = whole_with(r->code, i);

        if (alike(r->code[i], meant))
            out[found++] = (struct code_doubt){i + 1, r->code[i], meant, false};
        else if (whole_exchanged(r->code, i))
            out[found++] = (struct code_doubt){i + 1, r->code[i], r->code[i + 1], true};
    }
    return found;
}

/* ---- ULID ----------------------------------------------------------------------- */

void ulid_new(int64_t now, uint8_t out[16])
{
    uint64_t ms = now > 0 ? (uint64_t)now / 1000 : 0;

    for (int i = 0; i < 6; i++)
        out[i] = (uint8_t)(ms >> (40 - 8 * i));
    secret_random(out + 6, 10);
}

/* 26 symbols hold 130 bits: the first one carries only three. */
void ulid_print(const uint8_t id[16], char out[ULID_TEXT + 1])
{
    unsigned bits = 0, held = 2; /* two zero bits in front */

    for (int i = 0, next = 0; i < ULID_TEXT; i++) {
        if (held < 5) {
            bits = (bits << 8 | id[next++]) & 0xFFFF;
            held += 8;
        }
        held -= 5;
        out[i] = symbols[bits >> held & 31];
    }
    out[ULID_TEXT] = '\0';
}

enum status ulid_parse(const char *s, size_t n, uint8_t out[16])
{
    unsigned bits = 0, held = 0;
    int next = 0;

    if (n != ULID_TEXT || s[0] < '0' || s[0] > '7')
        return ST_BAD;
    for (size_t i = 0; i < n; i++) {
        int v = symbol_value((char)toupper((unsigned char)s[i]));

        if (v < 0)
            return ST_BAD;
        bits = (bits << 5 | (unsigned)v) & 0xFFFF;
        held += i == 0 ? 3 : 5;
        if (held >= 8) {
            held -= 8;
            out[next++] = (uint8_t)(bits >> held);
        }
    }
    return ST_OK;
}

/* ---- base 36 and nonces --------------------------------------------------------- */

void base36_print(uint64_t v, char out[14])
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    char back[14];
    int n = 0;

    do
        back[n++] = digits[v % 36];
    while ((v /= 36) > 0);
    for (int i = 0; i < n; i++)
        out[i] = back[n - 1 - i];
    out[n] = '\0';
}

static int digit36(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'z' ? c - 'a' + 10 : -1;
}

enum status base36_parse(const char *s, size_t n, uint64_t *out)
{
    uint64_t v = 0;

    if (n == 0 || n > 13 || (s[0] == '0' && n > 1))
        return ST_BAD;
    for (size_t i = 0; i < n; i++) {
        int d = digit36(s[i]);

        if (d < 0 || __builtin_mul_overflow(v, 36, &v) ||
            __builtin_add_overflow(v, (uint64_t)d, &v))
            return ST_BAD;
    }
    *out = v;
    return ST_OK;
}

void nonce_new(char out[NONCE_TEXT + 1])
{
    random_symbols(out, NONCE_TEXT);
}
