/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/content.h"

#include "api/users.h"
#include "core/base/tz.h"
#include "core/setting.h"
#include "core/staff/store.h"
#include "core/template/media.h"
#include "core/template/post.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CODE_SAMPLE "7K3QM-4TB9D" /* nobody's: a message is only looked at */
#define MEDIA_ROOM (CONTENT_LANGS * CONTENT_MEDIA_MAX)

/* ---- from outside ----------------------------------------------------------------- */

void content_faults_say(struct call *c, const char *at,
                        const struct content_faults *faults)
{
    char pointer[200];

    for (int i = 0; i < faults->n; i++) {
        const struct content_fault *f = &faults->fault[i];

        snprintf(pointer, sizeof pointer, "%s%s", at, f->pointer);
        if (f->at < 0)
            call_fault(c, pointer, f->code, "%s", tell(c, f->words.ru, f->words.en));
        else
            call_fault(c, pointer, f->code,
                       tell(c, "%s (символ %d)", "%s (character %d)"),
                       tell(c, f->words.ru, f->words.en), f->at + 1);
    }
}

static enum status media_held(struct call *c, const struct content_from *from,
                              const struct content *content)
{
    int64_t ids[MEDIA_ROOM], missing = 0;
    int n = 0;
    enum status st;

    content_media(content, ids, MEDIA_ROOM, &n);
    if (n == 0)
        return ST_OK;
    st = media_hold(c->db, ids, n, &missing);
    if (st != ST_NONE)
        return st;
    call_fault(c, from->at, "unknown_media",
               tell(c, "картинки или видео № %lld нет", "there is no medium %lld"),
               (long long)missing);
    return ST_NONE;
}

enum status content_from_body(struct call *c, const struct content_from *from,
                              struct content **out)
{
    struct content_faults faults = {0};
    enum status st = content_read(from->json, from->of_discount, out, &faults);

    if (st == ST_OK)
        st = posts_check(c->db, *out, &faults);
    if (st == ST_REFUSED) {
        content_free(*out);
        *out = NULL;
        for (int i = 0; from->named && i < faults.n; i++)
            faults.fault[i].pointer[0] = '\0';
        content_faults_say(c, from->at, &faults);
        return ST_OK;
    }
    if (st == ST_OK)
        st = media_held(c, from, *out);
    if (st != ST_OK) {
        content_free(*out);
        *out = NULL;
    }
    return st == ST_NONE ? ST_OK : st;
}

/* ---- for somebody ----------------------------------------------------------------- */

static enum status store_name(struct call *c, int64_t id, char *out, size_t room)
{
    struct store *s = calloc(1, sizeof *s);
    enum status st = s == NULL ? ST_BROKEN : ST_OK;

    if (st == ST_OK && id != 0)
        st = store_load(c->db, id, s);
    if (st == ST_OK)
        snprintf(out, room, "%s", s->name);
    free(s);
    return st == ST_NONE ? ST_OK : st;
}

static enum status brand_name(struct call *c, char *out, size_t room)
{
    struct buf text = {0};
    enum status st = setting_text(c->db, "brand_name", &text);

    snprintf(out, room, "%s", st == ST_OK && text.s != NULL ? text.s : "");
    buf_free(&text);
    return st == ST_NONE ? ST_OK : st;
}

/* As the bot says it: "30 ноября". What ends with a day at midnight is good until the day
 * before. */
static enum status until_print(struct call *c, int64_t at, int lang, char *out,
                               size_t room)
{
    struct tz *tz = tz_open(c->cfg->timezone);
    const char *month;
    struct date d;

    *out = '\0';
    if (tz == NULL)
        return ST_BROKEN;
    d = tz_local(tz, at - 1).date;
    month = cal_month_word(d.month, lang == 1);
    if (at != 0 && lang == 1)
        snprintf(out, room, "%d %c%s", d.day, *month - 'a' + 'A', month + 1);
    else if (at != 0)
        snprintf(out, room, "%d %s", d.day, month);
    tz_close(tz);
    return ST_OK;
}

static const char *or_none(const char *s)
{
    return *s != '\0' ? s : NULL;
}

enum status content_viewer_load(struct call *c, const struct content_whose *whose,
                                struct content_viewer *out)
{
    struct customer_row row;
    const struct customer *who = &row.customer;
    enum status st = customer_row_load(c->db, whose->customer_id, users_bound(c), &row);
    int lang;

    *out = (struct content_viewer){0};
    if (st == ST_OK && row.state == STATE_ERASED)
        return ST_NONE;
    if (st == ST_OK)
        st = store_name(c, row.home_store_id, out->store, sizeof out->store);
    if (st == ST_OK)
        st = brand_name(c, out->brand, sizeof out->brand);
    if (st != ST_OK)
        return st;
    lang = whose->lang >= 0 ? whose->lang : strcmp(who->language, "en") == 0;
    snprintf(out->first_name, sizeof out->first_name, "%s",
             *who->name != '\0' ? who->name : who->first_name);
    snprintf(out->last_name, sizeof out->last_name, "%s",
             *who->name != '\0' ? "" : who->last_name);
    st = until_print(c, whose->until, lang, out->until, sizeof out->until);
    out->person = (struct content_person){
        .lang = lang,
        .first_name = or_none(out->first_name),
        .last_name = or_none(out->last_name),
        .store = or_none(out->store),
        .brand = or_none(out->brand),
        .purchases = row.purchases,
        .spent = row.spent_total,
        .percent_bp = whose->percent_bp,
        .code = whose->percent_bp > 0 ? CODE_SAMPLE : NULL,
        .until = or_none(out->until),
    };
    return st;
}

/* ---- as it would be sent ---------------------------------------------------------- */

static struct json *button_json(const struct rendered_button *b)
{
    struct json *o = json_new_object();

    json_set_text(o, "text", b->text);
    json_set_text(o, "does", content_do_name(b->does));
    json_set_text(o, "url", b->url);
    return o;
}

static struct json *buttons_json(const struct rendered *r)
{
    struct json *rows = json_new_array(), *row = NULL;

    for (int i = 0; i < r->buttons; i++) {
        if (i == 0 || r->button[i].row != r->button[i - 1].row) {
            json_push(rows, json_new_array());
            row = json_at(rows, json_count(rows) - 1);
        }
        json_push(row, button_json(&r->button[i]));
    }
    return rows;
}

struct json *rendered_json(const struct rendered *r)
{
    struct json *o = json_new_object(), *media = json_new_array(), *post;

    json_set_text(o, "text", r->text.s != NULL ? r->text.s : "");
    json_set(o, "buttons", buttons_json(r));
    for (int i = 0; i < r->media_n; i++)
        json_push_int(media, r->media[i]);
    json_set(o, "media", media);
    if (r->post_message == 0) {
        json_set_text(o, "post", NULL);
        return o;
    }
    post = json_new_object();
    json_set_int(post, "chat", r->post_chat);
    json_set_int(post, "message", r->post_message);
    json_set(o, "post", post);
    return o;
}
