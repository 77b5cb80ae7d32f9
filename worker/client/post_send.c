/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * "Send now": the numbers first, then the same number typed by hand. */
#include "worker/client/post.h"

#include "core/broadcast/fill.h"
#include "core/quiet.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define STATE "post_go" /* its word: "<draft>.<version>.<number>" */

/* ---- the numbers -------------------------------------------------------------------- */

void post_lasts(int64_t seconds, enum lang lang, struct buf *out)
{
    if (seconds < 60)
        text_add_plain(out, lang, TEXT_POST_SECONDS, T_INT("n", seconds));
    else if (seconds < 3600)
        text_add_plain(out, lang, TEXT_POST_MINUTES, T_INT("n", (seconds + 59) / 60));
    else
        text_add_plain(out, lang, TEXT_POST_HOURS, T_INT("n", seconds / 3600),
                       T_INT("m", seconds % 3600 / 60));
}

static enum status estimate(struct talk *t, const struct post *p,
                            struct fill_estimate *out)
{
    const struct moment m =
        moment_make(t->now, t->shop->tz, t->shop->set.birthday_leap == SETTING_MAR1);

    return fill_estimate(t->s->db, &m, p->b.id, out);
}

static void numbers_say(struct talk *t, struct screen *sc, const struct post *p,
                        const struct fill_estimate *e, const char *who)
{
    int64_t loud = quiet_until(&t->shop->set, t->shop->tz, t->now);
    char clock[SHOP_WHEN_BYTES];
    struct buf left = {0};

    post_lasts(e->seconds, t->lang, &left);
    screen_say(sc, TEXT_POST_NUMBERS, T_TEXT("name", p->b.name), T_TEXT("who", who),
               T_INT("all", e->all), T_INT("would", e->would), T_TEXT("left", left.s));
    shop_clock(t->shop, loud, clock);
    if (loud != 0 && p->b.quiet)
        screen_say(sc, TEXT_POST_QUIET, T_TEXT("time", clock));
    if (e->all > e->would)
        screen_say(sc, TEXT_POST_SKIPPED, T_INT("n", e->all - e->would));
    screen_gap(sc);
    screen_say(sc, TEXT_POST_TYPE, T_INT("n", e->would));
    buf_free(&left);
}

static enum status cannot(struct talk *t, enum text_key why, int64_t id)
{
    struct screen sc;
    char arg[14];

    post_arg(id, arg);
    screen_open(&sc, t->lang);
    screen_say(&sc, why, T_INT("id", id));
    screen_button(&sc, BTN_POST_BACK, "q", "card", arg);
    return talk_show(t, &sc);
}

/* A group that is gone, or what its rule names, is no reason to say nothing: they choose
 * another. One that is too expensive to be counted is a matter of the panel. */
static enum status numbers(struct talk *t, const struct post *p, const char *id)
{
    struct fill_estimate e;
    struct buf who = {0};
    char word[DIALOG_WORD_BYTES], version[14];
    struct screen sc;
    enum status st = estimate(t, p, &e);

    if (st == ST_BAD)
        return post_who(t, id);
    if (st == ST_REFUSED)
        return cannot(t, TEXT_POST_CANNOT, p->b.id);
    if (st == ST_OK)
        st = post_audience(t, p, &who);
    if (st != ST_OK) {
        buf_free(&who);
        return st;
    }
    screen_open(&sc, t->lang);
    if (e.would > 0) {
        post_arg(p->b.version, version);
        snprintf(word, sizeof word, "%.14s.%s.%" PRId64, id, version, e.would);
        talk_remember(t, STATE, word);
        numbers_say(t, &sc, p, &e, who.s);
    } else {
        screen_say(&sc, TEXT_POST_NOBODY, T_INT("all", e.all));
        screen_button(&sc, BTN_POST_WHO, "q", "who", id);
    }
    buf_free(&who);
    screen_button(&sc, BTN_POST_BACK, "q", "card", id);
    return talk_show(t, &sc);
}

enum status post_send(struct talk *t, const char *arg)
{
    struct post p;
    enum status st = post_load(t, arg, &p);

    if (st == ST_OK)
        st = numbers(t, &p, arg);
    post_free(&p);
    return post_told(st);
}

/* ---- the word ----------------------------------------------------------------------- */

/* The number behind the word, its digits in groups or not; -1: something else. */
static int64_t number_behind(const char *s, size_t n, const char *word)
{
    size_t at = strlen(word);
    int64_t v = 0;
    int digits = 0;

    if (n <= at || memcmp(s, word, at) != 0)
        return -1;
    for (; at < n; at++) {
        if (s[at] >= '0' && s[at] <= '9' && digits < 15) {
            v = v * 10 + (s[at] - '0');
            digits++;
        } else if (s[at] != ' ' && s[at] != '\n') {
            return -1;
        }
    }
    return digits > 0 ? v : -1;
}

static int64_t typed(const struct update *u)
{
    static const char *const words[] = {"ОТПРАВИТЬ", "Отправить", "отправить",
                                        "SEND",      "Send",      "send"};
    int64_t v = -1;

    for (size_t i = 0; v < 0 && i < sizeof words / sizeof *words; i++)
        v = number_behind(u->text, u->text_n, words[i]);
    return v;
}

/* ---- the start ---------------------------------------------------------------------- */

struct start {
    int64_t now;
    struct broadcast_act act;
    const char *why;
};

static enum status start_work(struct db *db, void *arg)
{
    struct start *s = arg;

    return broadcast_start(db, s->now, &s->act, &s->why);
}

static enum text_key refusal(const char *why)
{
    if (why != NULL && strcmp(why, "approval") == 0)
        return TEXT_POST_APPROVAL;
    return why != NULL && strcmp(why, "restored") == 0 ? TEXT_POST_HELD
                                                       : TEXT_POST_CANNOT;
}

/* What a start that is refused has written is undone; what they are told stays. */
static enum status start(struct talk *t, const struct post *p)
{
    struct start s = {.now = t->now, .act = {p->b.id, p->b.version, t->staff.id}};
    enum status st;

    if (p->b.purpose == MESSAGE_SERVICE &&
        !staff_may(&t->staff, PERM_BROADCAST_SERVICE)) /* made so in the panel */
        return cannot(t, TEXT_POST_CANNOT, p->b.id);
    st = db_tx(t->s->db, start_work, &s);
    if (st == ST_BAD)
        return cannot(t, refusal(s.why), p->b.id);
    if (st == ST_REFUSED) /* changed this very moment, or too expensive */
        return cannot(t, TEXT_POST_CANNOT, p->b.id);
    if (st == ST_TAKEN || st == ST_NONE)
        return talk_say(t, TEXT_POST_GONE);
    return st == ST_OK ? post_watch(t, p->b.id) : st;
}

static enum status not_that(struct talk *t, const char *number, const char *id)
{
    struct screen sc;

    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_POST_TYPED_WRONG, T_TEXT("n", number));
    screen_button(&sc, BTN_POST_BACK, "q", "card", id);
    return talk_show(t, &sc);
}

/* Another draft by now, or other people in its group: the number was of what they were
 * shown, and they are shown what there is. */
static enum status start_as_shown(struct talk *t, const struct post *p, int64_t version,
                                  int64_t n)
{
    struct fill_estimate e = {0};
    char id[14];

    post_arg(p->b.id, id);
    if (p->b.version == version && estimate(t, p, &e) == ST_OK &&
        fill_as_expected(e.would, n))
        return start(t, p);
    return numbers(t, p, id);
}

enum status post_confirmed(struct talk *t, const char *arg)
{
    char word[DIALOG_WORD_BYTES], id[14], told[24];
    const char *version, *number;
    int64_t seen, n = typed(t->up);
    struct post p;
    enum status st;

    (void)arg;
    memcpy(word, t->dialog.word, sizeof word);
    post_arg(talk_id(word, &version), id);
    seen = talk_id(version, &number);
    snprintf(told, sizeof told, "%" PRId64, n);
    if (strcmp(told, number) != 0)
        return not_that(t, number, id);
    talk_forget(t);
    st = post_load(t, id, &p);
    if (st == ST_OK)
        st = start_as_shown(t, &p, seen, n);
    post_free(&p);
    return post_told(st);
}
