/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * worker/text.h - every sentence of both bots, in every language.
 *
 * One enum, one table a language (text_ru.c, text_en.c), each put together from a part
 * a section (text/). {name} stands for a value, {n:купон|купона|купонов} for the form
 * that goes with the number n. Sentences and captions are Telegram's HTML and their
 * values are escaped; alerts and buttons are plain.
 *
 * To add one: its key in text/key_<section>.inc, a line in each language. tests/unit/test_text.c
 * fails for a missing line, an unused key, differing placeholders, a length beyond
 * Telegram's limits. */
#ifndef WORKER_TEXT_H
#define WORKER_TEXT_H

#include "core/base/buf.h"

#include <stdbool.h>
#include <stdint.h>

enum lang { LANG_RU, LANG_EN, LANG_COUNT };

const char *lang_code(enum lang lang);  /* "ru", "en": lent, for ever */
enum lang lang_find(const char *code);  /* what we stored; else Russian */
enum lang lang_guess(const char *code); /* Telegram's language_code; NULL is Russian */

struct text_arg {
    const char *name;
    const char *text; /* NULL writes nothing */
    int64_t number;
    bool is_number;
    int64_t time; /* seconds since 1970: text is how the shop writes that instant */
};

#define T_TEXT(name, text) ((struct text_arg){(name), (text), 0, false})
#define T_INT(name, number) ((struct text_arg){(name), NULL, (number), true})
/* In HTML a phone that knows such things shows the instant in its own zone, too. */
#define T_TIME(name, text, at) ((struct text_arg){(name), (text), 0, false, (at)})
#define T_ARGS_(...)                                                                   \
    (const struct text_arg[])                                                          \
    {                                                                                  \
        {0}, ##__VA_ARGS__                                                             \
    }
#define T_COUNT_(...) (sizeof(T_ARGS_(__VA_ARGS__)) / sizeof(struct text_arg) - 1)

enum text_key {
#include "worker/text/key_both.inc"
#include "worker/text/key_client.inc"
#include "worker/text/key_till.inc"
#include "worker/text/key_card.inc"
#include "worker/text/key_short.inc"
    TEXT_COUNT,

    TEXT_CAPTIONS = CAPTION_DISCOUNT, /* where the sections begin */
    TEXT_ALERTS = ALERT_PRIVATE,
    TEXT_BUTTONS = BTN_MENU,
};

const char *text_get(enum lang lang, enum text_key key); /* lent, for this step */
/* Ours, whatever the shop says instead (text_own.h). Lent, for ever. */
const char *text_standard(enum lang lang, enum text_key key);
/* From now on each text is the one in these tables of TEXT_COUNT. Borrowed until the next
 * call. */
void text_say(const char *const *ru, const char *const *en);

/* For sentences and captions: values become HTML. */
#define text_add(out, lang, key, ...)                                                  \
    text_add_args((out), (lang), (key), T_ARGS_(__VA_ARGS__) + 1, T_COUNT_(__VA_ARGS__))
void text_add_args(struct buf *out, enum lang lang, enum text_key key,
                   const struct text_arg *args, size_t n);
/* For alerts and buttons: values as they are. */
#define text_add_plain(out, lang, key, ...)                                            \
    text_add_plain_args((out), (lang), (key), T_ARGS_(__VA_ARGS__) + 1,                \
                        T_COUNT_(__VA_ARGS__))
void text_add_plain_args(struct buf *out, enum lang lang, enum text_key key,
                         const struct text_arg *args, size_t n);

#endif
