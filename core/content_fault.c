/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What can be wrong with a content, and where: pointers as RFC 6901 has them. */
#include "core/content_private.h"

#include "core/base/utf.h"

#include <stdio.h>
#include <string.h>

#define NAME_BYTES_MAX 40 /* of a member we do not know */

static const struct {
    const char *code;
    struct words words;
} rows[CONTENT_FAULT_CODES] = {
    [CONTENT_MISSING] = {"missing", {"Этого не хватает", "This is missing"}},
    [CONTENT_UNKNOWN_MEMBER] = {"unknown_member",
                                {"Такого поля здесь нет", "No such field here"}},
    [CONTENT_WRONG_TYPE] = {"wrong_type",
                            {"Здесь ожидается значение другого вида",
                             "A value of another type belongs here"}},
    [CONTENT_WRONG_VALUE] = {"wrong_value",
                             {"Такое значение не подходит", "This value will not do"}},
    [CONTENT_EMPTY] = {"empty",
                       {"Здесь нечего показать: нужен видимый текст, картинка или пост",
                        "Nothing to show: a visible text, a picture or a post is "
                        "needed"}},
    [CONTENT_TOO_LONG] = {"too_long",
                          {"Слишком длинно, если подставить самые длинные значения",
                           "Too long with the longest values put in"}},
    [CONTENT_TOO_MANY] = {"too_many", {"Слишком много", "Too many"}},
    [CONTENT_BAD_CHARACTER] = {"bad_character",
                               {"Здесь невидимый управляющий символ",
                                "An invisible control character stands here"}},
    [CONTENT_BAD_HTML] = {"bad_html",
                          {"Разметка с ошибкой: тег не закрыт, не на месте или "
                           "неизвестен; знак & пишется &amp;, знак < пишется &lt;",
                           "The markup is wrong: a tag is open, misplaced or unknown; "
                           "& is written &amp;, < is written &lt;"}},
    [CONTENT_BAD_URL] =
        {"bad_url",
         {"Адрес начинается с https://, http:// или tg:// и не содержит "
          "пробелов, паролей и переменных",
          "An address begins with https://, http:// or tg:// and holds no "
          "blanks, passwords or variables"}},
    [CONTENT_BAD_VARIABLE] = {"bad_variable",
                              {"Переменная пишется {{имя}} или {{имя|запасное слово}}",
                               "A variable is written {{name}} or {{name|fallback}}"}},
    [CONTENT_UNKNOWN_VARIABLE] = {"unknown_variable",
                                  {"Такой переменной нет", "No such variable"}},
    [CONTENT_NO_DISCOUNT] = {"no_discount",
                             {"Это сообщение не приносит скидки",
                              "This message brings no discount"}},
    [CONTENT_UNDER_ALBUM] =
        {"under_album",
         {"Под альбомом кнопок не бывает: оставьте одну картинку "
          "или уберите кнопки",
          "There are no buttons under an album: keep one picture, or "
          "take the buttons away"}},
};

void content_wrong_at(struct content_reader *r, enum content_fault_code code, int at)
{
    struct content_faults *f = r->faults;
    struct content_fault *one;

    if (f->n == CONTENT_FAULTS_MAX)
        return;
    one = &f->fault[f->n++];
    memcpy(one->pointer, r->at, sizeof(one->pointer));
    one->code = rows[code].code;
    one->words = rows[code].words;
    one->at = at;
}

void content_wrong(struct content_reader *r, enum content_fault_code code)
{
    content_wrong_at(r, code, -1);
}

void content_wrong_in(struct content_reader *r, const char *key,
                      enum content_fault_code code)
{
    size_t was = content_step(r, key);

    content_wrong(r, code);
    content_back(r, was);
}

/* Whole characters of the name, "~" and "/" in RFC 6901's spelling. */
static void name_add(struct content_reader *r, const char *key)
{
    size_t n = strlen(key), to = strlen(r->at), step;

    for (size_t i = 0; i < n && i < NAME_BYTES_MAX; i += step) {
        char two[3] = {'~', key[i] == '~' ? '0' : '1', '\0'};
        bool odd = key[i] == '~' || key[i] == '/';
        size_t k;

        step = utf_char_len(key + i, n - i);
        step = step == 0 ? 1 : step;
        k = odd ? 2 : step;
        if (to + k + 1 > sizeof(r->at))
            return;
        memcpy(r->at + to, odd ? two : key + i, k);
        r->at[to += k] = '\0';
    }
}

size_t content_step(struct content_reader *r, const char *key)
{
    size_t was = strlen(r->at);

    if (was + 2 <= sizeof(r->at)) {
        r->at[was] = '/';
        r->at[was + 1] = '\0';
        name_add(r, key);
    }
    return was;
}

size_t content_index(struct content_reader *r, size_t i)
{
    char text[24];

    snprintf(text, sizeof(text), "%zu", i);
    return content_step(r, text);
}

void content_back(struct content_reader *r, size_t was)
{
    r->at[was] = '\0';
}

struct members {
    struct content_reader *r;
    const char *const *keys;
};

static void member_look(void *arg, const char *key, struct json *v)
{
    const struct members *m = arg;

    (void)v;
    for (const char *const *k = m->keys; *k != NULL; k++)
        if (strcmp(*k, key) == 0)
            return;
    content_wrong_in(m->r, key, CONTENT_UNKNOWN_MEMBER);
}

void content_only(struct content_reader *r, const struct json *o,
                  const char *const *keys)
{
    struct members m = {r, keys};

    json_each(o, member_look, &m);
}
