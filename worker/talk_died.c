/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * bot.update_died: what somebody wrote or pressed could not be done, however often it was
 * tried. They hear that it was our fault, with a code that `dvorik jobs dead` lists. */
#include "core/base/code.h"
#include "core/base/log.h"
#include "core/io/ledger_look.h"
#include "worker/books.h"
#include "worker/steps.h"

#include <string.h>

#define CODE_LETTERS 6 /* the end of the job's id: chance alone, so few are enough */

static enum status tell(struct talk *t, const char *id)
{
    const char *code = id + strlen(id) - CODE_LETTERS;
    struct screen sc;

    log_error("somebody was told of a failure", LOG_TEXT("bot", t->book->name),
              LOG_TEXT("code", code), LOG_TEXT("job", id));
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_FAILED, T_TEXT("code", code));
    screen_button(&sc, BTN_MENU, "m", "new", NULL);
    return talk_send(t, &sc, MESSAGE_SERVICE);
}

static bool is_persons(enum update_act act)
{
    return act == ACT_COMMAND || act == ACT_TEXT || act == ACT_PHOTO ||
           act == ACT_CONTACT || act == ACT_OTHER || act == ACT_BUTTON;
}

/* args: of the dead update. */
static enum status mourn(struct step *s, const struct json *args, const char *id)
{
    const struct talk_book *book = talk_book_find(json_text(args, "bot", NULL));
    struct update up;
    struct shop shop;
    struct talk t = {.s = s, .book = book, .shop = &shop, .up = &up, .now = s->now};
    enum status st;

    if (book == NULL)
        return ST_NONE;
    if ((st = shop_load(s, &shop)) != ST_OK)
        return st;
    update_parse(json_get(args, "u"), shop_bot_name(&shop, book->sender), &up);
    if (!is_persons(up.act))
        return ST_NONE;
    t.user = up.user;
    t.lang = lang_guess(up.language);
    st = book->open(&t);
    return st == ST_OK ? tell(&t, id) : st;
}

enum status update_died_step(struct step *s)
{
    const char *text = json_text(s->job->args, "id", NULL);
    struct buf body = {0};
    struct json *job = NULL;
    uint8_t id[16];
    enum status st = ST_BAD;

    if (text != NULL && ulid_parse(text, strlen(text), id) == ST_OK)
        st = ledger_body(s->db, id, &body); /* ST_NONE: somebody revived it meanwhile */
    if (st == ST_OK) {
        job = json_parse(body.s, body.len);
        st = job != NULL ? mourn(s, json_get(job, "a"), text) : ST_BAD;
    }
    json_free(job);
    buf_free(&body);
    return st;
}
