/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A name as people type it. Everything here is pure. */
#include "core/base/buf.h"
#include "core/base/utf.h"
#include "core/loyalty/customer.h"

#include <stdio.h>
#include <string.h>

#define MARKS_MAX 4 /* on one letter; more is a drawing */
#define PHONE_LIKE 5

const char *customer_called(const struct customer *c)
{
    return c->name[0] != '\0' ? c->name : c->first_name;
}

/* What is no letter, no mark and no joiner, beyond ASCII: signs, digits of other
 * scripts, pictures, letters drawn as signs. Sorted. */
static const struct {
    uint32_t from, to;
} strange[] = {
    {0x80, 0xA9},       {0xAB, 0xB4},       {0xB6, 0xB6},        {0xB8, 0xB9},
    {0xBB, 0xBF},       {0xD7, 0xD7},       {0xF7, 0xF7},        {0x2C2, 0x2C5},
    {0x2D2, 0x2DF},     {0x37E, 0x37E},     {0x387, 0x387},      {0x482, 0x482},
    {0x488, 0x489},     {0x55A, 0x55F},     {0x589, 0x58F},      {0x5C0, 0x5C0},
    {0x5C3, 0x5C3},     {0x600, 0x60F},     {0x61B, 0x61F},      {0x660, 0x66D},
    {0x6D4, 0x6D4},     {0x6DD, 0x6DE},     {0x6E9, 0x6E9},      {0x6F0, 0x6F9},
    {0x6FD, 0x6FE},     {0x700, 0x70F},     {0x7C0, 0x7C9},      {0x7F6, 0x7F9},
    {0x964, 0x970},     {0x9E6, 0x9EF},     {0x9F2, 0x9FB},      {0xA66, 0xA6F},
    {0xAE6, 0xAF1},     {0xB66, 0xB70},     {0xB72, 0xB77},      {0xBE6, 0xBFA},
    {0xC66, 0xC6F},     {0xC78, 0xC7F},     {0xCE6, 0xCEF},      {0xD58, 0xD5E},
    {0xD66, 0xD79},     {0xDE6, 0xDEF},     {0xDF4, 0xDF4},      {0xE3F, 0xE3F},
    {0xE4F, 0xE5B},     {0xED0, 0xED9},     {0xF01, 0xF17},      {0xF1A, 0xF34},
    {0xF3A, 0xF3D},     {0x1040, 0x104F},   {0x1090, 0x1099},    {0x10FB, 0x10FB},
    {0x1360, 0x137C},   {0x1390, 0x1399},   {0x166D, 0x166E},    {0x169B, 0x169C},
    {0x16EB, 0x16F0},   {0x17D4, 0x17DB},   {0x17E0, 0x17F9},    {0x1800, 0x1819},
    {0x1946, 0x194F},   {0x19D0, 0x19FF},   {0x1A80, 0x1AAD},    {0x1B50, 0x1B6A},
    {0x1BB0, 0x1BB9},   {0x1C3B, 0x1C49},   {0x1C50, 0x1C59},    {0x2000, 0x200B},
    {0x200E, 0x2018},   {0x201A, 0x206F},   {0x2070, 0x2070},    {0x2074, 0x207E},
    {0x2080, 0x208E},   {0x20A0, 0x2BFF},   {0x2E00, 0x2E7F},    {0x2FF0, 0x3004},
    {0x3007, 0x3030},   {0x3036, 0x303F},   {0x309B, 0x309C},    {0x30A0, 0x30A0},
    {0x30FB, 0x30FB},   {0x3190, 0x319F},   {0x3200, 0x33FF},    {0x4DC0, 0x4DFF},
    {0xA490, 0xA4CF},   {0xA60D, 0xA60F},   {0xA620, 0xA629},    {0xA6E6, 0xA6F7},
    {0xA700, 0xA721},   {0xA789, 0xA78A},   {0xA828, 0xA82B},    {0xA830, 0xA839},
    {0xA874, 0xA877},   {0xA8CE, 0xA8D9},   {0xA900, 0xA909},    {0xA9C1, 0xA9D9},
    {0xAA50, 0xAA5F},   {0xABF0, 0xABF9},   {0xD800, 0xF8FF},    {0xFD3E, 0xFD3F},
    {0xFDFC, 0xFE1F},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF20},    {0xFF3B, 0xFF40},
    {0xFF5B, 0xFF65},   {0xFFE0, 0xFFFF},   {0x10100, 0x101FF},  {0x104A0, 0x104A9},
    {0x1D000, 0x1DBFF}, {0x1EE00, 0x1FBFF}, {0xE0000, 0x10FFFF},
};

static bool is_strange(uint32_t c)
{
    for (size_t i = 0; i < sizeof strange / sizeof *strange; i++)
        if (c >= strange[i].from && c <= strange[i].to)
            return true;
    return false;
}

/* The marks that stand on letters of every script; those of one script are letters
 * here. */
static bool is_mark(uint32_t c)
{
    return (c >= 0x300 && c <= 0x36F) || (c >= 0x1AB0 && c <= 0x1AFF) ||
           (c >= 0x1DC0 && c <= 0x1DFF);
}

static bool is_joint(uint32_t c)
{
    return c == ' ' || c == '\'' || c == '-' || c == 0x2019 || c == 0x200C ||
           c == 0x200D;
}

static bool is_ascii_letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* What a text is made of. */
struct seen {
    int letters, digits, address, signs, marks;
};

static void see(struct seen *s, uint32_t c)
{
    bool mark = is_mark(c);

    s->marks = mark ? s->marks + 1 : 0;
    if (mark)
        s->signs += s->letters == 0 || s->marks > MARKS_MAX;
    else if (c >= '0' && c <= '9')
        s->digits++;
    else if (c == '@' || c == '/' || c == '.' || c == '_')
        s->address++;
    else if (is_ascii_letter(c) || (c >= 0x80 && !is_strange(c) && !is_joint(c)))
        s->letters++;
    else
        s->signs += !is_joint(c);
}

static enum name_fault judge(const struct seen *s, size_t characters)
{
    if (s->digits >= PHONE_LIKE && s->letters == 0)
        return NAME_NUMBER;
    if (s->address > 0 && s->letters > 0)
        return NAME_ADDRESS;
    if (s->digits + s->address + s->signs > 0)
        return NAME_SIGNS;
    if (s->letters == 0)
        return NAME_EMPTY;
    return characters > CONTACT_NAME_MAX ? NAME_LONG : NAME_FINE;
}

enum name_fault name_read(const char *s, size_t n, char out[CONTACT_NAME_BYTES])
{
    struct buf clean = {0};
    struct seen seen = {0};
    enum name_fault fault = NAME_EMPTY;
    size_t characters = 0;

    out[0] = '\0';
    if (s != NULL)
        utf_add_name(&clean, s, n, CONTACT_NAME_MAX + 2); /* a blank and one */
    for (size_t i = 0, step; !clean.failed && i < clean.len; i += step, characters++) {
        step = utf_char_len(clean.s + i, clean.len - i);
        see(&seen, utf_code(clean.s + i, step));
    }
    if (!clean.failed)
        fault = judge(&seen, characters);
    if (fault == NAME_FINE)
        snprintf(out, CONTACT_NAME_BYTES, "%s", clean.s);
    buf_free(&clean);
    return fault;
}
