/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Staff compose a broadcast by sending the post itself: what came is copied, never built
 * again, so it looks as it was made. */
#include "worker/client/post.h"

#include "core/segment/segment.h"

#include <stdio.h>
#include <string.h>

#define STATE "post" /* its word: the album that was refused, so that it is once */

/* ---- the draft ---------------------------------------------------------------------- */

void post_arg(int64_t id, char out[14])
{
    base36_print((uint64_t)id, out);
}

enum status post_told(enum status st)
{
    return st == ST_NONE ? ST_OK : st;
}

void post_free(struct post *p)
{
    broadcast_variants_free(p->v, p->n);
    p->n = 0;
}

static enum status load(struct db *db, int64_t id, struct post *out)
{
    enum status st = id != 0 ? broadcast_load(db, id, &out->b) : ST_NONE;

    if (st == ST_OK && out->b.state != BROADCAST_DRAFT)
        st = ST_NONE;
    if (st == ST_OK)
        st = broadcast_variants(db, id, out->v, &out->n);
    if (st != ST_OK)
        return st;
    if (out->n != 1)
        return ST_NONE;
    out->chat = json_int_or(out->v[0].content, "ru.post.chat", 0);
    out->message = json_int_or(out->v[0].content, "ru.post.message", 0);
    return out->chat != 0 && out->message != 0 ? ST_OK : ST_NONE;
}

enum status post_load(struct talk *t, const char *arg, struct post *out)
{
    enum status st;

    *out = (struct post){0};
    st = load(t->s->db, talk_id(arg, NULL), out);
    if (st == ST_NONE) {
        talk_leave(t);
        st = talk_say(t, TEXT_POST_GONE);
        return st == ST_OK ? ST_NONE : st;
    }
    return st;
}

const struct json *post_buttons(const struct post *p)
{
    return json_get(p->v[0].content, "ru.buttons");
}

struct json *post_content(const struct post *p, struct json *buttons)
{
    struct json *o = json_new_object(), *ru = json_new_object();
    struct json *post = json_new_object();

    json_set_int(post, "chat", p->chat);
    json_set_int(post, "message", p->message);
    json_set(ru, "post", post);
    if (buttons != NULL)
        json_set(ru, "buttons", buttons);
    json_set(o, "ru", ru);
    return o;
}

enum status post_keep(struct talk *t, struct post *p, struct json *content,
                      const struct buf *rule)
{
    struct broadcast_variant v = {.no = 1, .weight = 1, .content = content};
    struct broadcast_draft d = {.b = p->b};
    const char *why = NULL;

    if (rule != NULL) {
        d.rule = rule->s;
        d.rule_n = rule->len;
    }
    if (content != NULL) {
        d.variants = &v;
        d.variants_n = 1;
    }
    return broadcast_change(t->s->db, t->now, t->staff.id, p->b.id, p->b.version, &d,
                            &why);
}

enum status post_everybody(struct buf *out)
{
    static const char all[] = "{\"v\":1,\"root\":{\"all\":[]}}";
    struct rule_faults faults = {0};
    struct rule *r = rule_parse(all, sizeof all - 1, false, &faults);

    if (r == NULL)
        return ST_BROKEN;
    rule_canonical(r, out);
    rule_free(r);
    return out->failed ? ST_BROKEN : ST_OK;
}

static enum status own_rule_name(struct talk *t, const struct post *p, struct buf *out)
{
    struct buf all = {0}, rule = {0};
    enum status st = post_everybody(&all);

    if (st == ST_OK)
        st = broadcast_rule(t->s->db, p->b.id, &rule);
    if (st == ST_OK)
        buf_adds(out, text_get(t->lang, rule.len == all.len &&
                                                memcmp(rule.s, all.s, all.len) == 0
                                            ? TEXT_POST_ALL
                                            : TEXT_POST_OWN_RULE));
    buf_free(&all);
    buf_free(&rule);
    return st;
}

enum status post_audience(struct talk *t, const struct post *p, struct buf *out)
{
    struct segment s;
    enum status st;

    if (p->b.segment_id == 0)
        return own_rule_name(t, p, out);
    st = segment_load(t->s->db, p->b.segment_id, &s);
    buf_adds(out, st == ST_OK ? s.name : "?");
    return post_told(st);
}

/* ---- seeing it ---------------------------------------------------------------------- */

/* copyMessage, with the buttons so far. */
static struct json *preview_payload(const struct talk *t, const struct post *p)
{
    struct json *o = json_new_object(), *params = json_new_object();
    const struct json *buttons = post_buttons(p);

    json_set_int(params, "chat_id", t->user);
    json_set_int(params, "from_chat_id", p->chat);
    json_set_int(params, "message_id", p->message);
    if (json_count(buttons) > 0) {
        struct json *markup = json_new_object();

        json_set(markup, "inline_keyboard", json_copy(buttons));
        json_set(params, "reply_markup", markup);
    }
    json_set_text(o, "method", "copyMessage");
    json_set(o, "params", params);
    return o;
}

static enum status preview(struct talk *t, const struct post *p)
{
    struct json *o = preview_payload(t, p);
    const char *text = json_print(o);
    struct message_spec spec = {.sender = t->book->sender,
                                .recipient = t->user,
                                .purpose = MESSAGE_SERVICE,
                                .payload = text,
                                .payload_n = text != NULL ? strlen(text) : 0,
                                .root = t->s->job->root};
    int64_t id;
    enum status st = ST_BROKEN;

    if (text != NULL)
        st = message_put(t->s->db, t->now + t->put++, &spec, &id);
    json_free(o);
    return post_told(st);
}

static void card_buttons(struct talk *t, struct screen *sc, const struct post *p)
{
    char id[14];

    post_arg(p->b.id, id);
    screen_button(sc, BTN_POST_LINK, "q", "link", id);
    screen_button(sc, BTN_POST_WHO, "q", "who", id);
    if (json_count(post_buttons(p)) > 0)
        screen_button(sc, BTN_POST_CLEAR, "q", "clear", id);
    screen_button(sc, BTN_POST_SAVE, "q", "save", id);
    screen_button(sc, BTN_POST_DROP, "q", "drop", id);
    if (staff_may(&t->staff, PERM_BROADCAST_SEND)) {
        screen_row(sc);
        screen_button(sc, BTN_POST_SEND, "q", "send", id);
    }
}

static enum status card(struct talk *t, const struct post *p)
{
    struct buf who = {0};
    struct screen sc;
    enum status st = post_audience(t, p, &who);

    if (st == ST_OK) {
        screen_open(&sc, t->lang);
        screen_say(&sc, TEXT_POST_CARD, T_TEXT("name", p->b.name), T_TEXT("who", who.s),
                   T_INT("n", (int64_t)json_count(post_buttons(p))));
        screen_gap(&sc);
        screen_say(&sc, TEXT_POST_KEEP);
        card_buttons(t, &sc, p);
        st = talk_show(t, &sc);
    }
    buf_free(&who);
    return st;
}

enum status post_show(struct talk *t, const struct post *p)
{
    enum status st = preview(t, p);

    talk_leave(t);
    return st == ST_OK ? card(t, p) : st;
}

enum status post_card(struct talk *t, const char *arg)
{
    struct post p;
    enum status st = post_load(t, arg, &p);

    talk_forget(t);
    if (st == ST_OK)
        st = card(t, &p);
    post_free(&p);
    return post_told(st);
}

/* ---- the post comes ----------------------------------------------------------------- */

enum status post_ask(struct talk *t, const char *arg)
{
    struct screen sc;

    (void)arg;
    talk_remember(t, STATE, NULL);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_POST_ASK);
    screen_button(&sc, BTN_CANCEL, "m", "stop", NULL);
    return talk_show(t, &sc);
}

/* Its parts come one by one; the first of them is answered. */
static enum status no_album(struct talk *t)
{
    struct screen sc;
    char album[41];

    snprintf(album, sizeof album, "%s", t->up->album);
    if (strcmp(t->dialog.word, album) == 0)
        return ST_OK;
    talk_remember(t, STATE, album);
    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_POST_ALBUM);
    screen_button(&sc, BTN_CANCEL, "m", "stop", NULL);
    return talk_show(t, &sc);
}

static void name_it(const struct talk *t, char out[BROADCAST_NAME_BYTES])
{
    char when[SHOP_WHEN_BYTES];
    struct buf name = {0};

    shop_when(t->shop, t->now, LANG_RU, when);
    text_add_plain(&name, t->lang, TEXT_POST_NAME, T_TEXT("when", when));
    snprintf(out, BROADCAST_NAME_BYTES, "%s", name.len > 0 ? name.s : when);
    buf_free(&name);
}

/* For everybody until somebody is chosen; nothing leaves before a number was typed. */
static enum status make(struct talk *t, struct post *p)
{
    struct broadcast_variant v = {.no = 1, .weight = 1};
    struct broadcast_draft d = {
        .b = {.purpose = MESSAGE_MARKETING, .quiet = true, .cap = true},
        .variants = &v,
        .variants_n = 1};
    const char *why = NULL;
    struct buf rule = {0};
    enum status st = post_everybody(&rule);

    name_it(t, d.b.name);
    v.content = post_content(p, NULL);
    d.rule = rule.s;
    d.rule_n = rule.len;
    if (st == ST_OK)
        st = broadcast_add(t->s->db, t->now, t->staff.id, &d, &why, &p->b.id);
    json_free(v.content);
    buf_free(&rule);
    return st;
}

enum status post_came(struct talk *t, const char *arg)
{
    struct post p = {.chat = t->user, .message = t->up->number};
    char id[14];
    enum status st;

    (void)arg;
    if (t->up->album != NULL)
        return no_album(t);
    if (p.message == 0)
        return post_ask(t, "");
    talk_forget(t);
    st = make(t, &p);
    if (st != ST_OK)
        return st;
    post_arg(p.b.id, id);
    st = post_load(t, id, &p);
    if (st == ST_OK)
        st = post_show(t, &p);
    post_free(&p);
    return post_told(st);
}

/* ---- the end of composing ----------------------------------------------------------- */

enum status post_save(struct talk *t, const char *arg)
{
    struct post p;
    struct screen sc;
    enum status st = post_load(t, arg, &p);

    talk_forget(t);
    if (st == ST_OK) {
        char id[14];

        post_arg(p.b.id, id);
        screen_open(&sc, t->lang);
        screen_say(&sc, TEXT_POST_SAVED, T_TEXT("name", p.b.name), T_INT("id", p.b.id));
        screen_gap(&sc);
        screen_say(&sc, TEXT_POST_KEEP);
        screen_button(&sc, BTN_POST_BACK, "q", "card", id);
        st = talk_show(t, &sc);
    }
    post_free(&p);
    return post_told(st);
}

enum status post_drop(struct talk *t, const char *arg)
{
    struct post p;
    enum status st = post_load(t, arg, &p);

    talk_forget(t);
    if (st == ST_OK)
        st = broadcast_remove(t->s->db, t->now, t->staff.id, p.b.id, p.b.version);
    if (st == ST_OK)
        st = talk_say(t, TEXT_POST_DROPPED);
    post_free(&p);
    return post_told(st);
}
