/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Words to the shop: the next text or photo is passed on to those who may answer
 * (worker/support.h), and so is a reply to what they answered. */
#include "worker/client/client.h"

#include "core/base/log.h"
#include "core/document.h"
#include "core/io/redis.h"
#include "core/io/scan.h"
#include "core/loyalty/quota.h"
#include "core/loyalty/redemption.h"
#include "worker/steps.h"
#include "worker/support.h"

#include <string.h>

#define STATE "support" /* its word: the receipt it is about, or nothing */
#define FILE_ID_MAX 256

/* ---- the question ----------------------------------------------------------------- */

enum status support_ask(struct talk *t, const char *arg)
{
    struct screen sc;

    (void)arg;
    talk_leave(t);
    talk_remember(t, STATE, NULL);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_SUPPORT_ASK);
    screen_button(&sc, BTN_CANCEL, "m", "stop", NULL);
    return talk_show(t, &sc);
}

/* "This was not me", under a receipt or in the history: only of their own. */
enum status support_not_me(struct talk *t, const char *arg)
{
    char when[SHOP_WHEN_BYTES];
    struct redemption r;
    struct screen sc;
    enum status st = redemption_load(t->s->db, talk_id(arg, NULL), &r);

    if (st == ST_NONE || (st == ST_OK && r.customer_id != t->customer.id))
        return support_ask(t, "");
    if (st != ST_OK)
        return st;
    talk_leave(t);
    talk_remember(t, STATE, arg);
    shop_when(t->shop, r.redeemed_at, t->lang, when);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_SUPPORT_NOT_ME, T_INT("no", r.receipt_no),
               T_TEXT("store", r.store), T_TEXT("when", when));
    screen_button(&sc, BTN_CANCEL, "m", "stop", NULL);
    return talk_show(t, &sc);
}

/* ---- passing it on ---------------------------------------------------------------- */

static enum status refuse(struct talk *t, enum text_key why)
{
    struct screen sc;

    screen_open(&sc, t->lang);
    screen_say(&sc, why, T_INT("n", SUPPORT_WORDS_MAX));
    screen_button(&sc, BTN_STORES, "s", "open", NULL);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

static enum status may_write(struct talk *t)
{
    const struct quota_ask ask = {.customer_id = t->customer.id,
                                  .what = QUOTA_SUPPORT,
                                  .day = shop_today(t->shop, t->now),
                                  .limit = t->shop->set.support_daily};

    return quota_take(t->s->db, &ask);
}

/* The state stays: people write in several messages. */
static enum status say_sent(struct talk *t)
{
    struct screen sc;

    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_SUPPORT_SENT);
    screen_button(&sc, BTN_MENU, "m", "done", NULL);
    return talk_show(t, &sc);
}

/* photo: one that came along; NULL: none. */
static enum status pass_on(struct talk *t, const struct support_words *w,
                           const struct support_photo *photo)
{
    struct support_thread thread;
    enum status st = support_write(t->s->db, t->now, w, &thread);

    if (st == ST_BAD)
        return refuse(t, TEXT_SUPPORT_LONG);
    if (st == ST_REFUSED) {
        talk_forget(t);
        return refuse(t, TEXT_SUPPORT_SHUT);
    }
    return st == ST_OK ? support_tell_staff(t, &thread, w, photo) : st;
}

static enum status pass_on_and_say(struct talk *t, const struct support_words *w,
                                   const struct support_photo *photo)
{
    int was = t->put;
    enum status st = pass_on(t, w, photo);

    return st == ST_OK && t->put == was ? say_sent(t) : st;
}

static struct support_words words_of(const struct talk *t, const char *word)
{
    return (struct support_words){.customer_id = t->customer.id,
                                  .redemption_id = talk_id(word, NULL),
                                  .words = t->up->text,
                                  .n = t->up->text_n};
}

static enum status write_text(struct talk *t, const char *word)
{
    const struct support_words w = words_of(t, word);
    enum status st = may_write(t);

    if (st == ST_REFUSED)
        return refuse(t, TEXT_SUPPORT_LATER);
    return st == ST_OK ? pass_on_and_say(t, &w, NULL) : st;
}

enum status support_said(struct talk *t, const char *arg)
{
    (void)arg;
    return write_text(t, t->dialog.word);
}

/* A reply to what the shop answered, without any button. */
enum status support_continued(struct talk *t, const char *arg)
{
    int64_t thread;
    enum status st;

    (void)arg;
    if (!t->known || t->up->chat != t->user)
        return ST_NONE;
    st = support_find(t->s->db, t->book->sender, t->user, t->up->reply, &thread);
    return st == ST_OK ? write_text(t, "") : st;
}

/* ---- a photo ---------------------------------------------------------------------- */

/* One bot's pictures are unknown to the other: the bytes are fetched and sent anew. Its
 * caption goes ahead of it. */
enum status support_photo(struct talk *t, const char *arg)
{
    const struct support_words w = words_of(t, t->dialog.word);
    struct job_spec spec = {.kind = KIND_SEND_FILE_FETCH, .key = t->user};
    enum status st = may_write(t);

    (void)arg;
    if (st == ST_REFUSED)
        return refuse(t, TEXT_SUPPORT_LATER);
    if (st != ST_OK)
        return st;
    if (strlen(t->up->file) > FILE_ID_MAX || t->up->file_bytes > SCAN_BYTES_MAX)
        return talk_say(t, TEXT_SUPPORT_NO_PHOTO);
    spec.args = json_new_object();
    json_set_text(spec.args, "bot", t->book->name);
    json_set_text(spec.args, "file", t->up->file);
    json_set_int(spec.args, "chat", t->user);
    json_set_int(spec.args, "from", t->user);
    st = job_put(t->s->db, t->now, &spec);
    return st == ST_OK && w.n > 0 ? pass_on(t, &w, NULL) : st;
}

/* What a phone sends, by its first bytes. The messenger shows the first two as photos. */
static const struct look {
    const char *magic;
    size_t at, n;
    const char *name, *mime;
    bool shown;
} looks[] = {
    {"\xff\xd8\xff", 0, 3, "photo.jpg", "image/jpeg", true},
    {"\x89PNG", 0, 4, "photo.png", "image/png", true},
    {"WEBP", 8, 4, "photo.webp", "image/webp", false},
    {"ftyphei", 4, 7, "photo.heic", "image/heic", false},
    {"", 0, 0, "photo", "application/octet-stream", false},
};

static const struct look *look_of(const char *bytes, size_t n)
{
    const struct look *k = looks;

    while (n < k->at + k->n || memcmp(bytes + k->at, k->magic, k->n) != 0)
        k++;
    return k;
}

static enum status photo_of(struct talk *t, const char *key, struct support_photo *out)
{
    struct redis_reply *reply = NULL;
    enum status st = redis_do(queue_redis(t->s->queue), &reply, "GET", key, NULL);
    const struct look *look;
    const char *bytes;
    size_t n = 0;

    bytes = st == ST_OK ? redis_text(reply, &n) : NULL;
    if (st == ST_OK && (bytes == NULL || n == 0))
        st = ST_NONE;
    if (st == ST_OK) {
        look = look_of(bytes, n);
        out->shown = look->shown;
        st = document_put(
            t->s->db, t->now,
            &(struct document_spec){
                .name = look->name, .mime = look->mime, .bytes = bytes, .n = n},
            &out->document);
    }
    redis_free(reply);
    return st;
}

enum status support_fetched(struct step *s)
{
    struct talk t = {.s = s, .book = &client_book, .now = s->now};
    const char *key = json_text(s->job->args, "key", NULL);
    struct support_words w = {.words = "", .photo = true};
    struct shop shop;
    struct support_photo photo = {0};
    enum status st = shop_load(s, &shop);

    t.shop = &shop;
    t.user = json_int_or(s->job->args, "from", 0);
    if (st == ST_OK)
        st = customer_find(s->db, CHANNEL_MESSENGER, t.user, &t.customer);
    if (st != ST_OK || !t.customer.pd_ok) /* gone meanwhile */
        return st == ST_OK ? ST_NONE : st;
    t.known = true;
    t.lang = lang_find(t.customer.language);
    w.customer_id = t.customer.id;
    if (dialog_load(s, t.book->name, t.user, &t.dialog) == ST_OK &&
        strcmp(t.dialog.at, STATE) == 0)
        w.redemption_id = talk_id(t.dialog.word, NULL);
    st = key != NULL ? photo_of(&t, key, &photo) : ST_NONE;
    if (st == ST_NONE || st == ST_BAD) {
        log_warn("photo_not_fetched", LOG_INT("user", t.user));
        return talk_say(&t, TEXT_SUPPORT_NO_PHOTO);
    }
    return st == ST_OK ? pass_on_and_say(&t, &w, &photo) : st;
}
