/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/utf.h"

#include "core/base/buf.h"

#include <stdint.h>

/* Lead bytes: how long the character is, and what its second byte may be. The narrowed
 * ranges are what keeps overlong forms, surrogates and U+110000 out. */
static const struct lead {
    unsigned char from, to, len, second_min, second_max;
} leads[] = {
    {0x00, 0x7F, 1, 0, 0},       {0xC2, 0xDF, 2, 0x80, 0xBF},
    {0xE0, 0xE0, 3, 0xA0, 0xBF}, {0xE1, 0xEC, 3, 0x80, 0xBF},
    {0xED, 0xED, 3, 0x80, 0x9F}, {0xEE, 0xEF, 3, 0x80, 0xBF},
    {0xF0, 0xF0, 4, 0x90, 0xBF}, {0xF1, 0xF3, 4, 0x80, 0xBF},
    {0xF4, 0xF4, 4, 0x80, 0x8F},
};

static const struct lead *find_lead(unsigned char c)
{
    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
        if (c >= leads[i].from && c <= leads[i].to)
            return &leads[i];
    return NULL;
}

size_t utf_char_len(const char *s, size_t n)
{
    const unsigned char *u = (const unsigned char *)s;
    const struct lead *lead;

    if (n == 0)
        return 0;
    if (u[0] < 0x80)
        return 1;
    lead = find_lead(u[0]);
    if (lead == NULL || n < lead->len)
        return 0;
    if (u[1] < lead->second_min || u[1] > lead->second_max)
        return 0;
    for (size_t i = 2; i < lead->len; i++)
        if ((u[i] & 0xC0) != 0x80)
            return 0;
    return lead->len;
}

bool utf_valid(const char *s, size_t n)
{
    for (size_t i = 0, step; i < n; i += step) {
        step = utf_char_len(s + i, n - i);
        if (step == 0)
            return false;
    }
    return true;
}

size_t utf16_len(const char *s, size_t n)
{
    size_t units = 0;

    for (size_t i = 0, step; i < n; i += step) {
        step = utf_char_len(s + i, n - i);
        units += step == 4 ? 2 : 1;
        if (step == 0)
            step = 1;
    }
    return units;
}

uint32_t utf_code(const char *s, size_t len)
{
    static const unsigned char mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t code = (unsigned char)s[0] & mask[len];

    for (size_t i = 1; i < len; i++)
        code = code << 6 | ((unsigned char)s[i] & 0x3F);
    return code;
}

/* What a character is worth in a name. JOINER glues two visible ones together (emoji
 * families); SHADE changes the look of the one before it (emoji variation). */
enum worth { DROPPED, BLANK, JOINER, SHADE, VISIBLE };

static const struct {
    uint32_t from, to;
    enum worth worth;
} worths[] = {
    {0x00, 0x08, DROPPED},     {0x09, 0x0D, BLANK},         {0x0E, 0x1F, DROPPED},
    {0x20, 0x20, BLANK},       {0x7F, 0x84, DROPPED},       {0x85, 0x85, BLANK},
    {0x86, 0x9F, DROPPED},     {0xA0, 0xA0, BLANK},         {0xAD, 0xAD, DROPPED},
    {0x034F, 0x034F, DROPPED}, {0x061C, 0x061C, DROPPED},   {0x115F, 0x1160, BLANK},
    {0x1680, 0x1680, BLANK},   {0x17B4, 0x17B5, DROPPED},   {0x180B, 0x180F, DROPPED},
    {0x2000, 0x200A, BLANK},   {0x200B, 0x200B, DROPPED},   {0x200C, 0x200D, JOINER},
    {0x200E, 0x200F, DROPPED}, {0x2028, 0x2029, BLANK},     {0x202A, 0x202E, DROPPED},
    {0x202F, 0x202F, BLANK},   {0x205F, 0x205F, BLANK},     {0x2060, 0x206F, DROPPED},
    {0x2800, 0x2800, BLANK},   {0x3000, 0x3000, BLANK},     {0x3164, 0x3164, BLANK},
    {0xFE00, 0xFE0F, SHADE},   {0xFEFF, 0xFEFF, DROPPED},   {0xFFA0, 0xFFA0, BLANK},
    {0xFFF0, 0xFFFB, DROPPED}, {0x1D173, 0x1D17A, DROPPED}, {0xE0000, 0xE0FFF, DROPPED},
};

static enum worth worth_of(uint32_t code)
{
    for (size_t i = 0; i < sizeof worths / sizeof *worths; i++)
        if (code >= worths[i].from && code <= worths[i].to)
            return worths[i].worth;
    return VISIBLE;
}

/* A blank or a joiner waits until something visible follows it, so that neither ends a
 * name nor begins one. */
struct name {
    struct buf *out;
    size_t left; /* characters that still fit */
    bool begun, blank;
    char joiner[4];
    size_t joiner_len;
};

static bool name_put(struct name *name, const char *s, size_t len)
{
    size_t before = name->blank || name->joiner_len > 0;

    if (name->left < before + 1)
        return false;
    if (name->blank)
        buf_addc(name->out, ' ');
    else
        buf_add(name->out, name->joiner, name->joiner_len);
    buf_add(name->out, s, len);
    name->left -= before + 1;
    name->begun = true;
    name->blank = false;
    name->joiner_len = 0;
    return true;
}

static bool name_take(struct name *name, const char *s, size_t len)
{
    enum worth worth = worth_of(utf_code(s, len));

    if (worth == VISIBLE)
        return name_put(name, s, len);
    if (worth == BLANK && name->begun) {
        name->blank = true;
    } else if (worth == JOINER && name->begun && !name->blank) {
        for (size_t i = 0; i < len; i++)
            name->joiner[i] = s[i];
        name->joiner_len = len;
    } else if (worth == SHADE && name->begun && !name->blank && name->joiner_len == 0) {
        return name_put(name, s, len);
    }
    return true;
}

void utf_add_name(struct buf *out, const char *s, size_t n, size_t max)
{
    struct name name = {.out = out, .left = max};

    buf_adds(out, ""); /* an empty name is a text too */
    for (size_t i = 0, step; i < n; i += step) {
        step = utf_char_len(s + i, n - i);
        if (step == 0)
            step = 1; /* a malformed byte is dropped */
        else if (!name_take(&name, s + i, step))
            return;
    }
}
