/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/template/own_text.h - the sentences the bots say by themselves, and what a shop
 * says instead.
 *
 * The program tells its texts once, before anything else runs (own_texts_known): each has
 * a key, its words with places {name} and {n:форма|формы|форм}, and what it is shown as.
 * Another text may stand in its place when it names the same places, is as long as its
 * kind allows, and keeps to plain words where the standard does. Which state somebody's
 * rights or a consent are `fixed`: no shop says them in its own way.
 *
 * What shops say instead are templates of kind TEMPLATE_TEXT. own_text_version goes up
 * with each change of those in force, so that the bots need to read them only then. */
#ifndef CORE_TEMPLATE_OWN_TEXT_H
#define CORE_TEMPLATE_OWN_TEXT_H

#include "core/content.h"
#include "core/io/db.h"

enum own_text_kind {
    OWN_TEXT_SENTENCE, /* of a message: small HTML where the standard has some */
    OWN_TEXT_CAPTION,  /* under a picture */
    OWN_TEXT_ALERT,
    OWN_TEXT_BUTTON
};
const char *own_text_kind_name(enum own_text_kind k); /* "button". Lent, for ever */

#define OWN_TEXT_KEY_BYTES 65
#define OWN_TEXT_TEMPLATE                                                              \
    2 /* the kind of a template that stands for one (template.h) */

struct own_text {
    char key[OWN_TEXT_KEY_BYTES]; /* "bot.client.menu" */
    struct words words;           /* the standard ones */
    enum own_text_kind kind;
    bool fixed;
};
/* Lent for ever by the caller; once, before there are threads. */
void own_texts_known(const struct own_text *table, int n);
const struct own_text *own_texts(int *n);
const struct own_text *own_text_find(const char *key); /* NULL: there is none */

/* Its limit in characters, with its places as they stand: the kind's, or twice the
 * standard and a little, as several make one message. */
int own_text_most(const struct own_text *t);

/* Pure: {"ru":{"text":"…"},"en":{…}}, at least one of them. ST_REFUSED: faults says what
 * is wrong. ST_OK: *out is its canonical form, yours. */
must_check enum status own_text_check(const struct own_text *t, const struct json *from,
                                      struct json **out, struct content_faults *faults);

must_check enum status own_texts_version(struct db *db, int64_t *version);
/* In the transaction that changes one of them. */
must_check enum status own_texts_changed(struct db *db);
/* Each of those in force whose key is known: fn is told its place in the table, the
 * language (0 "ru", 1 "en") and the text, borrowed. What does not fit the standard any more
 * is passed over, and logged. */
typedef void own_text_said(void *arg, int i, int lang, const char *text, size_t n);
must_check enum status own_texts_read(struct db *db, own_text_said *fn, void *arg);

#endif
