/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * All that is kept of a person, sent into their chat as two files: one for people, one
 * for programs (core/loyalty/export.h). */
#include "worker/client/client.h"

#include "core/base/money.h"
#include "core/document.h"
#include "core/loyalty/export.h"
#include "core/loyalty/quota.h"
#include "worker/send_patch.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define EXPORTS_A_DAY 3

/* ---- the file for people ---------------------------------------------------------- */

struct page {
    struct talk *t;
    struct buf *out;
};

#define page_say(p, key, ...)                                                          \
    do {                                                                               \
        text_add_plain((p)->out, (p)->t->lang, key, ##__VA_ARGS__);                    \
        buf_addc((p)->out, '\n');                                                      \
    } while (0)

static void when_of(const struct page *p, int64_t at, char out[SHOP_WHEN_BYTES])
{
    shop_when(p->t->shop, at, p->t->lang, out);
}

static void say_head(struct page *p)
{
    const struct customer *c = &p->t->customer;
    char when[SHOP_WHEN_BYTES], id[24], name[4 * CONTACT_NAME_BYTES];

    when_of(p, p->t->now, when);
    page_say(p, TEXT_FILE_HEAD, T_TEXT("brand", p->t->shop->brand),
             T_TEXT("when", when));
    buf_addc(p->out, '\n');
    snprintf(name, sizeof(name), "%s%s%s%s%s%s%s", c->name, c->name[0] ? ", " : "",
             c->first_name, c->last_name[0] ? " " : "", c->last_name,
             c->username[0] ? ", @" : "", c->username);
    snprintf(id, sizeof(id), "%" PRId64, c->external_id);
    page_say(p, TEXT_FILE_NAMES, T_TEXT("name", name), T_TEXT("id", id));
}

static void say_discount(void *arg, const struct export_line *l)
{
    struct page *p = arg;
    char percent[SHOP_WHEN_BYTES], from[SHOP_WHEN_BYTES], until[SHOP_WHEN_BYTES];
    char code[CODE_SHOWN + 1];

    shop_percent(l->n, p->t->lang, percent);
    code_show(l->text, code);
    when_of(p, l->at, from);
    shop_until(p->t->shop, l->until, p->t->lang, until);
    page_say(p, TEXT_FILE_DISCOUNT, T_TEXT("percent", percent), T_TEXT("code", code),
             T_TEXT("from", from), T_TEXT("until", until));
}

static void say_receipt(void *arg, const struct export_line *l)
{
    struct page *p = arg;
    char when[SHOP_WHEN_BYTES];
    struct buf saved = {0};

    when_of(p, l->at, when);
    if (l->amount < 0)
        page_say(p, TEXT_FILE_RECEIPT_PLAIN, T_TEXT("when", when),
                 T_TEXT("store", l->text), T_INT("no", l->n));
    else {
        money_add(&saved, l->amount, lang_code(p->t->lang));
        page_say(p, TEXT_FILE_RECEIPT, T_TEXT("when", when), T_TEXT("store", l->text),
                 T_INT("no", l->n), T_TEXT("saved", saved.s));
    }
    p->out->failed |= saved.failed;
    buf_free(&saved);
}

static void say_consent(void *arg, const struct export_line *l)
{
    struct page *p = arg;
    const char *what = text_get(
        p->t->lang, l->amount == PURPOSE_PD ? TEXT_FILE_PD : TEXT_FILE_MARKETING);
    char when[SHOP_WHEN_BYTES];

    when_of(p, l->at, when);
    if (l->yes)
        page_say(p, TEXT_FILE_GIVEN, T_TEXT("when", when), T_TEXT("what", what),
                 T_INT("version", l->n), T_TEXT("language", l->text));
    else
        page_say(p, TEXT_FILE_TAKEN, T_TEXT("when", when), T_TEXT("what", what));
}

static void say_words(void *arg, const struct export_line *l)
{
    struct page *p = arg;
    char when[SHOP_WHEN_BYTES];

    when_of(p, l->at, when);
    page_say(p, l->yes ? TEXT_FILE_YOU : TEXT_FILE_SHOP, T_TEXT("when", when),
             T_TEXT("words", l->text));
}

static void say_messages(void *arg, const struct export_line *l)
{
    page_say((struct page *)arg, TEXT_FILE_MESSAGES, T_INT("n", l->n));
}

static const struct part {
    enum export_part part;
    enum text_key title;
    export_line *say;
} parts[] = {
    {EXPORT_DISCOUNTS, TEXT_FILE_DISCOUNTS, say_discount},
    {EXPORT_RECEIPTS, TEXT_FILE_RECEIPTS, say_receipt},
    {EXPORT_CONSENTS, TEXT_FILE_CONSENTS, say_consent},
    {EXPORT_WORDS, TEXT_FILE_WORDS, say_words},
    {EXPORT_MESSAGES, TEXT_NOTHING, say_messages},
};

static enum status say_part(struct page *p, const struct part *part)
{
    buf_addc(p->out, '\n');
    if (part->title != TEXT_NOTHING)
        page_say(p, part->title);
    return export_lines(p->t->s->db, part->part, p->t->customer.id, part->say, p);
}

/* The screen «Мои данные», without its markup, then what does not fit on one. */
static enum status say_screen(struct page *p)
{
    struct screen sc;
    enum status st;

    screen_open(&sc, p->t->lang);
    st = data_say(p->t, &sc);
    if (st == ST_OK && !sc.failed && sc.text.len > 0)
        patch_html_words(p->out, sc.text.s, sc.text.len);
    p->out->failed |= sc.failed || sc.text.failed;
    buf_addc(p->out, '\n');
    screen_close(&sc);
    return st;
}

static enum status people_file(struct talk *t, struct buf *out)
{
    struct page p = {.t = t, .out = out};
    enum status st;
    size_t i;

    say_head(&p);
    st = say_screen(&p);
    for (i = 0; i < sizeof(parts) / sizeof(parts[0]) && st == ST_OK; i++)
        st = say_part(&p, &parts[i]);
    return st == ST_OK && out->failed ? ST_BROKEN : st;
}

/* ---- sending -------------------------------------------------------------------- */

static enum status program_file(struct talk *t, struct buf *out)
{
    return export_json(t->s->db, t->now, t->customer.id, DOCUMENT_MAX, out);
}

static const struct file {
    const char *name, *mime;
    enum status (*make)(struct talk *t, struct buf *out);
} files[] = {
    {"my-data.txt", "text/plain", people_file},
    {"my-data.json", "application/json", program_file},
};

static enum status file_put(struct talk *t, const struct file *f, int64_t *id)
{
    struct buf body = {0};
    struct document_spec spec = {.name = f->name, .mime = f->mime};
    enum status st = f->make(t, &body);

    spec.bytes = body.s;
    spec.n = body.len;
    if (st == ST_OK)
        st = document_put(t->s->db, t->now, &spec, id);
    buf_free(&body);
    return st;
}

/* The words and the way on go with the last one. */
static enum status file_send(struct talk *t, const struct file *f, bool last)
{
    struct screen sc;
    int64_t id;
    enum status st = file_put(t, f, &id);

    if (st != ST_OK)
        return st;
    screen_open(&sc, t->lang);
    if (last) {
        screen_say(&sc, TEXT_EXPORT_SENT);
        screen_button(&sc, BTN_DATA, "p", "new", NULL);
        screen_button(&sc, BTN_MENU, "m", "new", NULL);
    } else
        screen_say(&sc, TEXT_EXPORT_READ);
    screen_document(&sc, id);
    return talk_send(t, &sc, MESSAGE_SERVICE);
}

enum status export_send(struct talk *t, const char *arg)
{
    const struct quota_ask ask = {.customer_id = t->customer.id,
                                  .what = QUOTA_EXPORT,
                                  .day = shop_today(t->shop, t->now),
                                  .limit = EXPORTS_A_DAY};
    size_t i, n = sizeof(files) / sizeof(files[0]);
    enum status st;

    (void)arg;
    if (t->customer.id == 0)
        return data_none(t);
    st = quota_take(t->s->db, &ask);
    if (st == ST_REFUSED)
        return talk_say(t, TEXT_EXPORT_LATER);
    for (i = 0; i < n && st == ST_OK; i++)
        st = file_send(t, &files[i], i + 1 == n);
    return st;
}
