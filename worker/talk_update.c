/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * An update arrives: which bot, who, which row, may they. */
#include "core/base/clock.h"
#include "core/base/log.h"
#include "worker/books.h"
#include "worker/steps.h"

#include <string.h>

/* Telegram forgets a callback after 150 s; asking it then is a useless request. */
#define CALLBACK_LIFE (120 * SECOND)

static const struct talk_book *const books[] = {&client_book, &cashier_book};

bool talk_books_whole(void)
{
    size_t i;

    for (i = 0; i < sizeof(books) / sizeof(books[0]); i++) {
        const struct talk_book *b = books[i];
        const struct talk_row acts[] = {b->text, b->photo, b->hint,
                                        b->contact.name != NULL ? b->contact : b->hint};
        const struct talk_table more = TALK_TABLE(acts);

        if (!talk_table_whole(&b->screens) || !talk_table_whole(&b->commands) ||
            !talk_table_whole(&b->links) || !talk_table_whole(&b->states) ||
            !talk_table_whole(&more))
            return false;
    }
    return true;
}

const struct talk_book *talk_book_find(const char *name)
{
    size_t i;

    for (i = 0; name != NULL && i < sizeof(books) / sizeof(books[0]); i++)
        if (strcmp(books[i]->name, name) == 0)
            return books[i];
    return NULL;
}

/* The spinner on the button stops before we do anything: class E, harmless twice, and
 * when it cannot be put the tap still has its effect. */
static void acknowledge(struct talk *t)
{
    struct job_spec with = {.kind = KIND_SEND_CALLBACK_ACK, .key = t->user};
    int64_t received = json_int_or(t->s->job->args, "at", 0) * MS;

    if (received > 0 && t->now - received > CALLBACK_LIFE)
        return;
    with.args = json_new_object();
    json_set_text(with.args, "bot", t->book->name);
    json_set_text(with.args, "q", t->up->callback);
    if (t->up->act == ACT_STRAY_BUTTON)
        json_set_text(with.args, "text", text_get(t->lang, ALERT_PRIVATE));
    else if (talk_closed(t) != NULL)
        json_set_text(with.args, "text", talk_closed(t));
    if (job_put_now(t->s->queue, t->now, &with) != ST_OK)
        log_warn("callback_not_acknowledged", LOG_INT("user", t->user));
}

static enum status run(struct talk *t, const struct talk_row *row, const char *arg)
{
    enum status st = row->always ? ST_OK : talk_late(t);

    if (st == ST_OK)
        st = t->book->allow(t, row);
    if (st == ST_REFUSED)
        return ST_OK;
    if (st != ST_OK)
        return st;
    if (row->leaves && t->known) /* of a stranger it is where they came from */
        talk_forget(t);
    return row->run(t, arg);
}

static enum status old_screen(struct talk *t, const char *arg)
{
    (void)arg;
    return t->book->menu(t, "old");
}

static const struct talk_row old = {"old", old_screen, NEED_NOTHING};

static enum status on_button(struct talk *t)
{
    const struct talk_row *row;
    struct callback c;

    if (!callback_read(t->up->data, t->up->data_n, &c))
        return run(t, &old, "");
    row = talk_find(&t->book->screens, c.route);
    return run(t, row != NULL ? row : &old, c.arg);
}

static enum status on_stray_button(struct talk *t)
{
    (void)t; /* it was acknowledged, with a word where to find us */
    return ST_OK;
}

/* /start <payload>: the link's row, or the plain start when it is of nobody's kind. */
static enum status on_link(struct talk *t, const struct talk_row *start)
{
    const struct talk_row *row;
    char word[SCREEN_DATA_MAX + 1];
    const char *rest = "";

    if (!talk_word(t->up->args, t->up->args_n, false, word))
        return run(t, start, "");
    row = talk_find_prefix(&t->book->links, word, &rest);
    return row != NULL ? run(t, row, rest) : run(t, start, "");
}

static enum status on_command(struct talk *t)
{
    const struct talk_row *row = talk_find(&t->book->commands, t->up->command);

    if (row == NULL)
        return run(t, &t->book->hint, "");
    if (strcmp(row->name, "start") == 0 && t->up->args_n > 0)
        return on_link(t, row);
    return run(t, row, "");
}

static enum status on_text(struct talk *t)
{
    const struct talk_row *row;
    enum status st = t->up->reply != 0 ? t->book->reply(t, "") : ST_NONE;

    if (st != ST_NONE)
        return st;

    if (dialog_load(t->s, t->book->name, t->user, &t->dialog) == ST_BAD) {
        talk_forget(t);
        return t->book->menu(t, "lost");
    }
    row = t->dialog.at[0] != '\0' ? talk_find(&t->book->states, t->dialog.at) : NULL;
    return run(t, row != NULL ? row : &t->book->text, "");
}

static enum status on_photo(struct talk *t)
{
    return run(t, &t->book->photo, "");
}

static enum status on_contact(struct talk *t)
{
    const struct talk_book *b = t->book;

    return run(t, b->contact.name != NULL ? &b->contact : &b->hint, "");
}

static enum status on_other(struct talk *t)
{
    return run(t, &t->book->hint, "");
}

static enum status on_blocked(struct talk *t)
{
    return t->book->blocked(t, "");
}

static enum status on_unblocked(struct talk *t)
{
    return t->book->unblocked(t, "");
}

/* A group hears one line, and only when it called us by name. */
static enum status on_group(struct talk *t)
{
    struct json *o = json_new_object(), *p = json_new_object();
    struct message_spec spec = {.sender = t->book->sender,
                                .recipient = t->up->chat,
                                .purpose = MESSAGE_SERVICE,
                                .on_unsure = UNSURE_ASSUME};
    enum status st = ST_BROKEN;
    int64_t id;

    json_set_int(p, "chat_id", t->up->chat);
    json_set_text(p, "text", text_get(t->lang, ALERT_PRIVATE));
    json_set_text(o, "method", "sendMessage");
    json_set(o, "params", p);
    spec.payload = json_print(o);
    if (spec.payload != NULL) {
        spec.payload_n = strlen(spec.payload);
        st = message_put(t->s->db, t->now, &spec, &id);
    }
    json_free(o);
    return st;
}

/* Words of a group are ours only when they belong to a talk. */
static enum status on_group_reply(struct talk *t)
{
    enum status st = t->book->reply(t, "");

    return st == ST_NONE ? ST_OK : st;
}

static enum status for_channel(struct talk *t)
{
    return channel_news(t);
}

static enum status (*const acts[ACT_COUNT])(struct talk *t) = {
    [ACT_COMMAND] = on_command,
    [ACT_TEXT] = on_text,
    [ACT_PHOTO] = on_photo,
    [ACT_OTHER] = on_other,
    [ACT_CONTACT] = on_contact,
    [ACT_BUTTON] = on_button,
    [ACT_STRAY_BUTTON] = on_stray_button,
    [ACT_GROUP] = on_group,
    [ACT_GROUP_REPLY] = on_group_reply,
    [ACT_BLOCKED] = on_blocked,
    [ACT_UNBLOCKED] = on_unblocked,
    [ACT_JOINED] = for_channel,
    [ACT_LEFT] = for_channel,
    [ACT_CHANNEL_ADMIN] = for_channel,
    [ACT_CHANNEL_LOST] = for_channel,
};

/* Does the act come from a person in a private chat, whom we have to look up? */
static bool has_person(enum update_act a)
{
    return a != ACT_JOINED && a != ACT_LEFT && a != ACT_CHANNEL_ADMIN &&
           a != ACT_CHANNEL_LOST && a != ACT_GROUP && a != ACT_STRAY_BUTTON;
}

enum status update_step(struct step *s)
{
    const struct talk_book *book = talk_book_find(json_text(s->job->args, "bot", NULL));
    struct update up;
    struct shop shop;
    struct talk t = {.s = s, .book = book, .shop = &shop, .up = &up, .now = s->now};
    enum status st;

    if (book == NULL)
        return ST_BAD;
    if ((st = shop_load(s, &shop)) != ST_OK)
        return st;
    update_parse(json_get(s->job->args, "u"), shop_bot_name(&shop, book->sender), &up);
    if (up.act == ACT_IGNORE) {
        log_debug("update_ignored", LOG_TEXT("bot", book->name),
                  LOG_TEXT("why", update_why_name(up.why)));
        return ST_NONE;
    }
    t.user = up.user;
    t.lang = lang_guess(up.language);
    if (up.callback != NULL)
        acknowledge(&t);
    if (has_person(up.act) && (st = book->open(&t)) != ST_OK)
        return st;
    return acts[up.act](&t);
}
