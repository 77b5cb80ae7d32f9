/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A customer's code, read three ways: the link behind the picture (a phone's camera),
 * typed (or by a scanner that types), a photo. All lead to code_check. */
#include "worker/cashier/cashier.h"

#include "core/base/log.h"
#include "core/io/scan.h"
#include "core/loyalty/code_text.h"
#include "worker/steps.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DOUBTS_MAX 2
#define FILE_ID_MAX 256 /* Telegram's have under 100 characters; a job holds 1 KiB */

enum status code_check(struct talk *t, const char *code, bool take)
{
    size_t n = strlen(code);
    const struct redemption_ask ask = {
        .code = n == CODE_SYMBOLS ? code : NULL,
        .token = n == CODE_SYMBOLS ? NULL : code,
        .token_n = n,
        .staff = &t->staff,
        .shift = t->on_shift ? &t->shift : NULL,
        .take = take,
        .tz = t->shop->tz,
    };
    struct card card;
    enum status st = redemption_check(t->s->db, t->now, &ask, &card);

    return st == ST_OK ? card_show(t, &card, code) : st;
}

enum status code_link(struct talk *t, const char *arg)
{
    return code_check(t, arg, false);
}

enum status code_how(struct talk *t, const char *arg)
{
    (void)arg;
    return talk_say(t, TEXT_CODE_TYPE);
}

/* ---- typed ---------------------------------------------------------------------- */

/* Which symbol it may be, as far as the check symbol tells. */
static void say_doubts(struct screen *sc, const char *s, size_t n)
{
    struct code_doubt doubt[DOUBTS_MAX + 1];
    char typed[2] = "", meant[2] = "";
    int i, found = code_doubts(s, n, doubt, DOUBTS_MAX + 1);

    if (found > DOUBTS_MAX)
        return; /* then it may be anywhere */
    for (i = 0; i < found; i++) {
        typed[0] = doubt[i].typed;
        meant[0] = doubt[i].meant;
        screen_say(sc, doubt[i].exchanged ? TEXT_CODE_SWAP : TEXT_CODE_DOUBT,
                   T_INT("at", doubt[i].at), T_INT("next", doubt[i].at + 1),
                   T_TEXT("typed", typed), T_TEXT("meant", meant));
    }
}

static enum status misread(struct talk *t, enum code_fault fault, int at)
{
    static const enum text_key why[] = {
        [CODE_EMPTY] = TEXT_CODE_EMPTY,       [CODE_SHORT] = TEXT_CODE_SHORT,
        [CODE_LONG] = TEXT_CODE_LONG,         [CODE_ALIEN] = TEXT_CODE_ALIEN,
        [CODE_MISTYPED] = TEXT_CODE_MISTYPED,
    };
    struct screen sc;

    screen_open(&sc, t->lang);
    screen_say(&sc, why[fault], T_INT("at", at));
    if (fault == CODE_MISTYPED)
        say_doubts(&sc, t->up->text, t->up->text_n);
    screen_button(&sc, BTN_MENU, "m", "open", NULL);
    return talk_show(t, &sc);
}

static enum status read_text(struct talk *t, const char *s, size_t n)
{
    char code[CODE_TEXT_BYTES];
    int at;
    enum code_fault fault = code_text_read(s, n, code, &at);

    return fault == CODE_FINE ? code_check(t, code, false) : misread(t, fault, at);
}

enum status code_typed(struct talk *t, const char *arg)
{
    (void)arg;
    return read_text(t, t->up->text, t->up->text_n);
}

/* ---- photographed --------------------------------------------------------------- */

enum status code_photo(struct talk *t, const char *arg)
{
    struct job_spec spec = {.kind = KIND_SEND_FILE_FETCH, .key = t->user};

    (void)arg;
    if (strlen(t->up->file) > FILE_ID_MAX)
        return talk_say(t, TEXT_PHOTO_LOST);
    if (t->up->file_bytes > SCAN_BYTES_MAX)
        return talk_say(t, TEXT_PHOTO_LARGE);
    spec.args = json_new_object();
    json_set_text(spec.args, "bot", t->book->name);
    json_set_text(spec.args, "file", t->up->file);
    json_set_int(spec.args, "chat", t->user);
    json_set_int(spec.args, "from", t->user);
    return job_put(t->s->db, t->now, &spec);
}

static enum status on_scan(struct talk *t, const struct scan_result *r)
{
    static const enum text_key why[] = {
        [SCAN_NOTHING] = TEXT_PHOTO_NOTHING,
        [SCAN_SEVERAL] = TEXT_PHOTO_SEVERAL,
        [SCAN_UNREADABLE] = TEXT_PHOTO_NOTHING,
        [SCAN_TOO_LARGE] = TEXT_PHOTO_LARGE,
    };
    char code[CODE_TEXT_BYTES];

    if (r->found != SCAN_ONE)
        return talk_say(t, why[r->found]);
    if (code_text_read(r->text, r->n, code, NULL) != CODE_FINE)
        return talk_say(t, TEXT_PHOTO_ALIEN);
    return code_check(t, code, false);
}

/* The photo's bytes, from Redis; gone after a while, and then the cashier sends it
 * again. */
static enum status scan(struct talk *t, const char *key, struct scan_result *r)
{
    struct redis_reply *reply = NULL;
    enum status st = redis_do(queue_redis(t->s->queue), &reply, "GET", key, NULL);
    const char *bytes;
    size_t n;

    *r = (struct scan_result){.found = SCAN_UNREADABLE};
    if (st == ST_OK && (bytes = redis_text(reply, &n)) != NULL)
        st = scan_photo(bytes, n, r);
    redis_free(reply);
    return st;
}

static enum status photo_here(struct talk *t)
{
    const char *key = json_text(t->s->job->args, "key", NULL);
    const char *fault = json_text(t->s->job->args, "fault", NULL);
    struct scan_result r;
    enum status st;

    if (key == NULL) {
        log_warn("photo_not_fetched", LOG_INT("user", t->user), LOG_TEXT("why", fault));
        return talk_say(t, fault != NULL && strcmp(fault, "too_big") == 0
                               ? TEXT_PHOTO_LARGE
                               : TEXT_PHOTO_LOST);
    }
    st = scan(t, key, &r);
    return st == ST_OK ? on_scan(t, &r) : st;
}

enum status file_fetched_step(struct step *s)
{
    struct talk t = {.s = s, .book = &cashier_book, .now = s->now};
    struct shop shop;
    enum status st;

    t.shop = &shop;
    t.user = json_int_or(s->job->args, "from", 0);
    if ((st = shop_load(s, &shop)) != ST_OK)
        return st;
    if ((st = cashier_open(&t)) != ST_OK)
        return st;
    /* Dismissed while the photo was on its way. */
    if (!t.known || !staff_may(&t.staff, PERM_DISCOUNT_CHECK))
        return join_stranger(&t);
    return photo_here(&t);
}
