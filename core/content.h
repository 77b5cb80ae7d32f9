/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/content.h - what a message says: words, pictures, buttons, in one or more
 * languages, with places for what differs from person to person.
 *
 *   {"ru":{"text":"<b>{{first_name|Друг}}</b>, ваши {{discount.percent}}!",
 *          "media":[12],
 *          "buttons":[[{"text":"Каталог","url":"https://…"}],
 *                     [{"text":"Мои скидки","do":"wallet"}]]},
 *    "en":{…}}
 *   {"ru":{"post":{"chat":42,"message":77},"buttons":…}}   a post that is copied as it is
 *
 *   JSON --content_read--> content --content_render, for each person--> rendered
 *                                                                          |
 *                                        worker/wording.h: the messenger's form
 *
 * Reading holds it against the messenger's limits with the longest value of each
 * variable, so that what was saved can be sent to everybody, with CONTENT_TAIL_MAX kept
 * free for what an advertisement has to say at its end. A text is a small HTML (b i u s a
 * code pre tg-spoiler blockquote; &lt; &gt; &amp; &quot;), checked; values are escaped. A
 * variable with nothing to say gives its fallback, which stands behind "|", or the standard
 * one of the table. Under an album there are no buttons. Pure: that its media are there is
 * asked with content_media. */
#ifndef CORE_CONTENT_H
#define CORE_CONTENT_H

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/status.h"
#include "core/base/words.h"

#include <stdbool.h>
#include <stdint.h>

#define CONTENT_TEXT_MAX 4096    /* UTF-16 units, without the tags */
#define CONTENT_CAPTION_MAX 1024 /* … under pictures */
#define CONTENT_TAIL_MAX 340     /* … of both, kept free: the footer, the way out */
#define CONTENT_BYTES_MAX 30000  /* of the text with its tags and the longest values */
#define CONTENT_TAGS_MAX 100
#define CONTENT_FALLBACK_MAX 100 /* UTF-16 units */
#define CONTENT_MEDIA_MAX 10
#define CONTENT_ROWS_MAX 8 /* of buttons, three in one at most */
#define CONTENT_BUTTONS_MAX 16
#define CONTENT_ROW_MAX 3
#define CONTENT_BUTTON_TEXT_MAX 64 /* characters */
#define CONTENT_KEYBOARD_MAX 9600  /* bytes of all of them, as the messenger has them */
#define CONTENT_URL_MAX 2000
#define CONTENT_LINKS_MAX (2 * CONTENT_BUTTONS_MAX)
#define CONTENT_LANGS 2 /* "ru", "en": enum lang of the worker has the same order */
#define CONTENT_JSON_MAX (48 * 1024)

/* ---- what is wrong ---------------------------------------------------------------- */

struct content_fault {
    char pointer[96]; /* of JSON: "/ru/buttons/0/1/url" */
    const char *code; /* "too_long", "unknown_variable", "bad_html" … lent, for ever */
    int at;           /* UTF-16 units into that text, from 0; -1: all of it */
    struct words words;
};
#define CONTENT_FAULTS_MAX 16
struct content_faults {
    struct content_fault fault[CONTENT_FAULTS_MAX];
    int n;
};

/* ---- variables: a table, content_variable.c ---------------------------------------- */

struct content_variable {
    const char *name; /* "first_name", "discount.code" */
    struct words help, sample, fallback;
    int max;          /* UTF-16 units of its longest value: longer ones are cut */
    bool of_discount; /* known only where the message brings a discount */
};
extern const struct content_variable content_variables[];
extern const int content_variables_n;

/* For whom: all borrowed, NULL or 0 where it is not known. */
struct content_person {
    int lang; /* 0 "ru", 1 "en" */
    const char *first_name, *last_name, *store, *brand;
    int64_t purchases, spent; /* kopecks */
    /* of the discount the message brings */
    int percent_bp;
    const char *code;  /* as shown: XXXXX-XXXXX */
    const char *until; /* "30 ноября" in their language */
};

/* ---- a content -------------------------------------------------------------------- */

enum content_do {
    CONTENT_DO_URL,     /* opens a page */
    CONTENT_DO_WALLET,  /* shows their discounts */
    CONTENT_DO_STORES,  /* … the stores */
    CONTENT_DO_PROFILE, /* … the birthday and phone to fill in */
    CONTENT_DO_MENU,
    CONTENT_DOS
};
const char *content_do_name(enum content_do d); /* "wallet". Lent, for ever */

struct content; /* parsed; many threads may read it */

/* of_discount: the message will bring one, so its variables may stand in it. ST_REFUSED:
 * faults says what is wrong, *out is NULL. Yours: content_free. */
must_check enum status content_read(const struct json *from, bool of_discount,
                                    struct content **out,
                                    struct content_faults *faults);
void content_free(struct content *c);
/* Its canonical JSON. Yours. */
struct json *content_json(const struct content *c);

bool content_has(const struct content *c, int lang);
/* The media that stand in it, in any language; *n how many, at most room. */
void content_media(const struct content *c, int64_t *out, int room, int *n);
/* Where the post stands that is copied in that language; 0: none is. */
int64_t content_post_chat(const struct content *c, int lang);
/* The addresses of its buttons, each once, in the order they stand: their places are the
 * links' numbers, from 1 on. Lent by c. */
int content_links(const struct content *c, const char **out, int room);

/* A url button's real address, when clicks are counted: writes at most room bytes of it.
 * link: 1 … of content_links. */
struct content_links {
    void (*address)(void *arg, int link, char *out, size_t room);
    void *arg;
};

struct rendered_button {
    char text[CONTENT_BUTTON_TEXT_MAX * 4 + 1];
    enum content_do does;
    const char *url; /* lent until the next render; NULL: none */
    int row;
};
struct rendered {
    struct buf text;      /* HTML; "" of a post or of pictures alone */
    struct buf urls;      /* holds what url points to */
    struct buf value;     /* one that has to be cleaned */
    const int64_t *media; /* lent by the content */
    int media_n;
    int64_t post_chat, post_message; /* 0: no post */
    struct rendered_button button[CONTENT_BUTTONS_MAX];
    int buttons;
};
/* In the person's language, else in the one there is. Used again and again: out is
 * emptied first, rendered_free at the end. ST_BROKEN: no memory. links NULL: straight
 * addresses. */
must_check enum status content_render(const struct content *c,
                                      const struct content_person *who,
                                      const struct content_links *links,
                                      struct rendered *out);
void rendered_free(struct rendered *r);

#endif
