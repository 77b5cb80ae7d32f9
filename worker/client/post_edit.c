/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A post's buttons, and whom it is for. */
#include "worker/client/post.h"

#include "core/segment/segment.h"

#include <stdio.h>
#include <string.h>

#define STATE "post_link" /* its word: the draft */
#define GROUPS 10         /* segments to choose from */

/* ---- buttons ------------------------------------------------------------------------ */

enum status post_link(struct talk *t, const char *arg)
{
    struct post p;
    struct screen sc;
    enum status st = post_load(t, arg, &p);

    if (st == ST_OK) {
        talk_remember(t, STATE, arg);
        screen_open(&sc, t->lang);
        screen_say(&sc, TEXT_POST_LINK);
        screen_button(&sc, BTN_POST_BACK, "q", "card", arg);
        st = talk_show(t, &sc);
    }
    post_free(&p);
    return post_told(st);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* "Каталог https://…": the last word is the address. An address without a scheme is one
 * of the web. */
static struct json *button_read(const char *s, size_t n)
{
    struct json *b = json_new_object();
    struct buf url = {0};
    size_t at, end;

    while (n > 0 && is_blank(s[n - 1]))
        n--;
    for (at = n; at > 0 && !is_blank(s[at - 1]); at--)
        ;
    for (end = at; end > 0 && is_blank(s[end - 1]); end--)
        ;
    if (memmem(s + at, n - at, ":", 1) == NULL)
        buf_adds(&url, "https://");
    buf_add(&url, s + at, n - at);
    json_set_text_n(b, "text", s, end);
    json_set_text_n(b, "url", url.s != NULL ? url.s : "", url.len);
    buf_free(&url);
    return b;
}

/* Those there are, and b below them; taken over. */
static struct json *buttons_with(const struct post *p, struct json *b)
{
    const struct json *was = post_buttons(p);
    struct json *all = was != NULL ? json_copy(was) : json_new_array();
    struct json *row = json_new_array();

    json_push(row, b);
    json_push(all, row);
    return all;
}

static enum status wrong(struct talk *t, const struct content_faults *f)
{
    struct words w = f->n > 0 ? f->fault[0].words : (struct words){"…", "…"};
    struct screen sc;

    screen_open(&sc, t->lang);
    screen_say(&sc, TEXT_POST_LINK_WRONG,
               T_TEXT("why", t->lang == LANG_RU ? w.ru : w.en));
    screen_button(&sc, BTN_POST_BACK, "q", "card", t->dialog.word);
    return talk_show(t, &sc);
}

/* The rule goes along as it is: what is not said would be taken away. */
static enum status keep(struct talk *t, struct post *p, struct json *content)
{
    struct buf rule = {0};
    enum status st = broadcast_rule(t->s->db, p->b.id, &rule);

    if (st == ST_OK || st == ST_NONE)
        st = post_keep(t, p, content, st == ST_OK ? &rule : NULL);
    buf_free(&rule);
    return st;
}

/* ST_REFUSED: they were told what is wrong with it. */
static enum status add(struct talk *t, struct post *p)
{
    struct json *o =
        post_content(p, buttons_with(p, button_read(t->up->text, t->up->text_n)));
    struct content_faults faults = {0};
    struct content *c = NULL;
    enum status st = content_read(o, false, &c, &faults);

    content_free(c);
    if (st == ST_OK) {
        st = keep(t, p, o);
        st = st == ST_REFUSED ? ST_AGAIN : st; /* somebody else was quicker */
    } else if (st == ST_REFUSED)
        st = wrong(t, &faults) == ST_OK ? ST_REFUSED : ST_BROKEN;
    json_free(o);
    return st;
}

static enum status show_again(struct talk *t, const char *arg)
{
    struct post p;
    enum status st = post_load(t, arg, &p);

    if (st == ST_OK)
        st = post_show(t, &p);
    post_free(&p);
    return post_told(st);
}

enum status post_linked(struct talk *t, const char *arg)
{
    char id[DIALOG_WORD_BYTES];
    struct post p;
    enum status st;

    (void)arg;
    memcpy(id, t->dialog.word, sizeof id);
    st = post_load(t, id, &p);
    if (st == ST_OK)
        st = add(t, &p);
    post_free(&p);
    if (st == ST_REFUSED)
        return ST_OK;
    if (st == ST_OK || st == ST_NONE)
        talk_forget(t);
    return st == ST_OK ? show_again(t, id) : post_told(st);
}

enum status post_clear(struct talk *t, const char *arg)
{
    struct post p;
    enum status st = post_load(t, arg, &p);

    if (st == ST_OK) {
        struct json *o = post_content(&p, NULL);

        st = keep(t, &p, o);
        json_free(o);
    }
    post_free(&p);
    return st == ST_OK ? show_again(t, arg) : post_told(st);
}

/* ---- for whom ----------------------------------------------------------------------- */

static void group_button(struct screen *sc, const struct segment *s, const char *id)
{
    char arg[40], label[SEGMENT_NAME_BYTES + 32], number[14];

    post_arg(s->id, number);
    snprintf(arg, sizeof arg, "%s.%s", id, number);
    if (s->counted_at != 0)
        snprintf(label, sizeof label, "%.120s · %lld", s->name, (long long)s->counted);
    else
        snprintf(label, sizeof label, "%s", s->name);
    screen_choice(sc, label, "q", "for", arg);
}

static enum status groups(struct talk *t, struct screen *sc, const char *id)
{
    const struct segment_filter any = {0};
    struct page page = {.sort = &segment_sorts[0], .limit = GROUPS};
    struct segment s;
    enum status st = segment_search(t->s->db, &any, &page);

    while (st == ST_OK && (st = segment_search_next(t->s->db, &page, &s)) == ST_OK)
        group_button(sc, &s, id);
    return post_told(st);
}

enum status post_who(struct talk *t, const char *arg)
{
    char all[40];
    struct post p;
    struct screen sc;
    enum status st = post_load(t, arg, &p);

    post_free(&p);
    if (st != ST_OK)
        return post_told(st);
    screen_open(&sc, t->lang);
    screen_wide(&sc, 1);
    screen_say(&sc, TEXT_POST_WHO);
    snprintf(all, sizeof all, "%.14s.0", arg);
    screen_button(&sc, BTN_POST_ALL, "q", "for", all);
    st = groups(t, &sc, arg);
    screen_button(&sc, BTN_POST_BACK, "q", "card", arg);
    if (st == ST_OK)
        return talk_show(t, &sc);
    screen_close(&sc);
    return st;
}

enum status post_for(struct talk *t, const char *arg)
{
    const char *segment;
    struct buf all = {0};
    struct post p;
    char id[14];
    enum status st;

    post_arg(talk_id(arg, &segment), id);
    st = post_load(t, id, &p);
    if (st == ST_OK)
        st = post_everybody(&all);
    if (st == ST_OK) {
        p.b.segment_id = talk_id(segment, NULL);
        st = post_keep(t, &p, NULL, p.b.segment_id == 0 ? &all : NULL);
    }
    post_free(&p);
    buf_free(&all);
    if (st == ST_NONE) /* told; or the segment is gone: choose another */
        return t->edited ? ST_OK : post_who(t, id);
    return st == ST_OK ? post_card(t, id) : st;
}
