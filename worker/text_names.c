/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What each text is called outside of the program: "bot.client.menu" is TEXT_MENU of
 * text/key_client.inc. The names are read from the lists the enum is made of, which
 * travel inside the binary, so that there is one list of them only. */
#include "worker/text_own.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define CARRY(name)                                                                    \
    __asm__(".pushsection .rodata\nkeys_" #name                                        \
            "_start: .incbin \"worker/text/key_" #name ".inc\"\nkeys_" #name           \
            "_end: .byte 0\n.popsection");                                             \
    extern const char keys_##name##_start[], keys_##name##_end[]

CARRY(both);
CARRY(client);
CARRY(till);
CARRY(card);
CARRY(short);

/* In the order of text.h's enum. */
static const struct section {
    const char *name, *start, *end;
} sections[] = {
    {"both", keys_both_start, keys_both_end},
    {"client", keys_client_start, keys_client_end},
    {"till", keys_till_start, keys_till_end},
    {"card", keys_card_start, keys_card_end},
    {"", keys_short_start, keys_short_end},
};

/* The section of a text of key_short.inc is what stands before its first "_". */
static const struct {
    const char *prefix, *section;
} prefixes[] = {
    {"CAPTION_", "caption"}, {"ALERT_", "alert"}, {"BTN_", "button"},
    {"TEXT_", NULL},         {"CARD_", NULL},
};

/* What speaks of consents, of one's rights to one's data, of advertising that can be
 * turned off; what keeps the staff's own doors; the form of a file. Beginnings of keys. */
static const char *const fixed[] = {
    "TEXT_NOTHING",
    "TEXT_REFUSED",
    "TEXT_MESSAGES_",
    "TEXT_DATA",
    "TEXT_WITHDRAW",
    "TEXT_EXPORT_",
    "TEXT_ERASE",
    "TEXT_FILE_",
    "TEXT_BACK",
    "TEXT_MOVE",
    "TEXT_BIRTHDAY_YOUNG",
    "TEXT_LOGIN_",
    "TEXT_OWNER_",
    "TEXT_PIN_",
    "TEXT_TOLD_PIN_",
    "TEXT_CSV_",
    "BTN_WHOLE_TEXT",
    "BTN_AGREE",
    "BTN_DISAGREE",
    "BTN_MESSAGES",
    "BTN_WAY_OUT",
    "CAPTION_WAY_OUT",
    "BTN_DATA",
    "BTN_WITHDRAW",
    "BTN_BRING_BACK",
    "BTN_ERASE",
    "BTN_EXPORT",
    "BTN_RARELY",
    "BTN_USUAL",
    "BTN_MOVE",
    "BTN_LOGIN_",
    "BTN_OWNER_",
    "BTN_PIN_",
    "BTN_RUSSIAN",
    "BTN_ENGLISH",
    "BTN_OTHER_LANGUAGE",
};

static bool is_fixed(const char *name)
{
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (strncmp(name, fixed[i], strlen(fixed[i])) == 0)
            return true;
    return false;
}

static enum own_text_kind kind_of(int key)
{
    if (key >= TEXT_BUTTONS)
        return OWN_TEXT_BUTTON;
    if (key >= TEXT_ALERTS)
        return OWN_TEXT_ALERT;
    return key >= TEXT_CAPTIONS ? OWN_TEXT_CAPTION : OWN_TEXT_SENTENCE;
}

static void key_print(const struct section *s, const char *name,
                      char out[OWN_TEXT_KEY_BYTES])
{
    const char *section = s->name;
    size_t i = 0;

    while (strncmp(name, prefixes[i].prefix, strlen(prefixes[i].prefix)) != 0)
        if (++i == sizeof prefixes / sizeof *prefixes)
            return; /* tests/unit/test_text_own.c finds it */
    if (prefixes[i].section != NULL)
        section = prefixes[i].section;
    snprintf(out, OWN_TEXT_KEY_BYTES, "bot.%s.%s", section,
             name + strlen(prefixes[i].prefix));
    for (char *c = out; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
}

/* Several on a line, or one; comments have no line of capitals. */
static int section_read(const struct section *s, struct own_text *out, int n)
{
    const char *p = s->start, *end;

    for (; p < s->end; p = end + 1) {
        char name[64];

        end = memchr(p, '\n', (size_t)(s->end - p));
        end = end != NULL ? end : s->end;
        if (sscanf(p, " %63[A-Z0-9_],", name) != 1 || n == TEXT_COUNT)
            continue;
        key_print(s, name, out[n].key);
        out[n].words.ru = text_standard(LANG_RU, (enum text_key)n);
        out[n].words.en = text_standard(LANG_EN, (enum text_key)n);
        out[n].kind = kind_of(n);
        out[n].fixed = is_fixed(name);
        n++;
    }
    return n;
}

int text_own_known(void)
{
    static struct own_text table[TEXT_COUNT];
    int n = 0;

    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        n = section_read(&sections[i], table, n);
    own_texts_known(table, n);
    return n;
}
