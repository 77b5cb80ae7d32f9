/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core.broadcast_proof {"b","v","s"}: a broadcast as somebody of the shop gets it to look
 * at, behind a line that says what it is. Its links lead straight where they should and
 * its buttons are of no broadcast, so nothing of it is counted. */
#include "core/base/clock.h"
#include "core/broadcast/broadcast.h"
#include "core/loyalty/birthday.h"
#include "core/staff/staff.h"
#include "core/staff/store.h"
#include "core/template/media.h"
#include "worker/shop.h"
#include "worker/steps.h"
#include "worker/wording.h"

#include <stdio.h>
#include <stdlib.h>

#define CODE_SAMPLE "7K3QM-4TB9D" /* nobody's */
#define MEDIA_ROOM (CONTENT_LANGS * CONTENT_MEDIA_MAX)

struct proof_of {
    struct step *s;
    struct shop shop;
    struct broadcast b;
    int variant;
    struct staff staff;
    struct content *content;
    struct rendered rendered;
    struct worded worded;
    struct wording_picture picture[MEDIA_ROOM];
    struct media media[MEDIA_ROOM];
    char file_id[MEDIA_ROOM][MEDIA_FILE_ID_BYTES];
};

static enum lang lang_of(const struct proof_of *p)
{
    return lang_find(p->staff.language);
}

/* ---- what it says ----------------------------------------------------------------- */

static enum status content_load(struct proof_of *p)
{
    struct broadcast_variant v[BROADCAST_VARIANTS];
    struct content_faults faults;
    int n = 0;
    enum status st = broadcast_variants(p->s->db, p->b.id, v, &n);

    if (st != ST_OK)
        return st;
    st = p->variant >= 1 && p->variant <= n
             ? content_read(v[p->variant - 1].content, p->b.offer.percent_bp > 0,
                            &p->content, &faults)
             : ST_NONE;
    broadcast_variants_free(v, n);
    return st == ST_REFUSED ? ST_NONE : st;
}

/* As a customer of that name who was issued the discount just now. */
static enum status said(struct proof_of *p)
{
    const struct broadcast_offer *o = &p->b.offer;
    int64_t until = o->days != 0 ? p->s->now + o->days * DAY : o->until;
    char day[SHOP_WHEN_BYTES];
    struct content_person who = {.lang = lang_of(p) == LANG_EN,
                                 .first_name = p->staff.name,
                                 .brand = p->shop.brand};
    struct date d;

    if (o->percent_bp > 0) {
        d = tz_local(p->shop.tz, until - 1).date;
        d.year = BIRTHDAY_NO_YEAR;
        shop_day(d, lang_of(p), day);
        who.percent_bp = o->percent_bp;
        who.code = CODE_SAMPLE;
        who.until = day;
    }
    return content_render(p->content, &who, NULL, &p->rendered);
}

/* Where the messenger has no name for a picture yet, its bytes go along: any byte stands
 * for them here, they are read when the message leaves. */
static enum status pictures_load(struct proof_of *p)
{
    enum status st = ST_OK;

    for (int i = 0; st == ST_OK && i < p->rendered.media_n && i < MEDIA_ROOM; i++) {
        int64_t id = p->rendered.media[i];

        st = media_load(p->s->db, id, &p->media[i]);
        if (st == ST_OK)
            st = media_file(p->s->db, id, SENDER_CLIENT, p->file_id[i]);
        if (st == ST_NONE && p->media[i].id == id) {
            p->file_id[i][0] = '\0';
            st = ST_OK;
        }
        p->picture[i] =
            (struct wording_picture){.media = id,
                                     .video = p->media[i].kind == MEDIA_VIDEO,
                                     .file_id = p->file_id[i],
                                     .mime = p->media[i].mime,
                                     .bytes = p->media[i].mime,
                                     .n = 1};
    }
    return st;
}

/* ---- putting ---------------------------------------------------------------------- */

static enum status payload_put(struct proof_of *p, struct json *payload)
{
    const char *text = payload != NULL ? json_print(payload) : NULL;
    struct buf copy = {0};
    struct message_spec spec = {.sender = SENDER_CLIENT,
                                .recipient = p->staff.external_id,
                                .purpose = MESSAGE_SERVICE,
                                .root = p->s->job->root};
    int64_t id;
    enum status st = ST_BROKEN;

    buf_adds(&copy, text);
    if (text != NULL && !copy.failed) {
        spec.payload = copy.s;
        spec.payload_n = copy.len;
        st = message_put(p->s->db, p->s->now, &spec, &id);
    }
    buf_free(&copy);
    json_free(payload);
    return st == ST_NONE ? ST_OK : st;
}

static enum status mark_put(struct proof_of *p)
{
    struct json *o = json_new_object(), *params = json_new_object();
    struct buf text = {0};
    char no[12];

    snprintf(no, sizeof no, "%d", p->variant);
    text_add(&text, lang_of(p), TEXT_BROADCAST_PROOF, T_TEXT("name", p->b.name),
             T_TEXT("no", no));
    json_set_text(o, "method", "sendMessage");
    json_set_int(params, "chat_id", p->staff.external_id);
    json_set_text(params, "text", text.s);
    json_set_text(params, "parse_mode", "HTML");
    json_set(o, "params", params);
    buf_free(&text);
    return payload_put(p, o);
}

static enum status letter_put_whole(struct proof_of *p)
{
    const struct wording w = {.chat = p->staff.external_id,
                              .lang = lang_of(p),
                              .screen = "bc",
                              .way_out = p->b.purpose == MESSAGE_MARKETING,
                              .footer = p->b.footer,
                              .pictures = p->picture,
                              .pictures_n = p->rendered.media_n};
    enum status st = wording_make(&p->rendered, &w, &p->worded);

    return st == ST_OK ? payload_put(p, worded_payload(&p->worded)) : st;
}

static enum status tried(struct proof_of *p)
{
    enum status st = shop_load(p->s, &p->shop);

    if (st == ST_OK)
        st = content_load(p);
    if (st == ST_OK)
        st = said(p);
    if (st == ST_OK)
        st = pictures_load(p);
    if (st == ST_OK)
        st = mark_put(p);
    return st == ST_OK ? letter_put_whole(p) : st;
}

/* What was changed or removed meanwhile is not tried any more. */
enum status broadcast_proof_step(struct step *s)
{
    struct proof_of *p = calloc(1, sizeof *p);
    enum status st =
        p != NULL ? broadcast_load(s->db, json_int_or(s->job->args, "b", 0), &p->b)
                  : ST_BROKEN;

    if (p == NULL)
        return st;
    p->s = s;
    p->variant = (int)json_int_or(s->job->args, "v", 0);
    if (st == ST_OK)
        st = staff_load(s->db, json_int_or(s->job->args, "s", 0), &p->staff);
    if (st == ST_OK && p->staff.active)
        st = tried(p);
    worded_free(&p->worded);
    rendered_free(&p->rendered);
    content_free(p->content);
    free(p);
    return st;
}
