/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What a recipient is told: the content of their variant, in their words. Loaded once a
 * chain, as it cannot change while the broadcast is sent; only what Telegram calls its
 * pictures is learned on the way. */
#include "worker/send_broadcast.h"

#include "core/base/code.h"
#include "core/base/log.h"
#include "core/base/tz.h"
#include "core/broadcast/link.h"
#include "core/loyalty/birthday.h"
#include "core/setting.h"
#include "core/template/media.h"
#include "worker/shop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct picture {
    struct wording_picture as; /* borrows the two below */
    char file_id[MEDIA_FILE_ID_BYTES];
    char mime[33];
    struct buf body; /* until there is a file_id */
};

struct variant {
    int no;
    struct content *content;
    struct picture *picture;
    int pictures;
};

struct speech {
    const struct config *cfg;
    struct variant variant[BROADCAST_VARIANTS];
    int variants;
    struct tz *tz;
    char brand[SETTING_LINE];
    bool links;
    int64_t version;
    struct rendered rendered;
    struct speech *older; /* letters that are in hand may still lend from it */
};

void speech_free(struct speech *w)
{
    if (w == NULL)
        return;
    speech_free(w->older);
    for (int i = 0; i < w->variants; i++) {
        struct variant *v = &w->variant[i];

        for (int k = 0; k < v->pictures; k++)
            buf_free(&v->picture[k].body);
        free(v->picture);
        content_free(v->content);
    }
    rendered_free(&w->rendered);
    tz_close(w->tz);
    free(w);
}

/* ---- loading ---------------------------------------------------------------------- */

static enum status picture_load(struct db *db, int64_t id, struct picture *p)
{
    struct media m;
    enum status st = media_load(db, id, &m);

    if (st != ST_OK)
        return st;
    snprintf(p->mime, sizeof p->mime, "%s", m.mime);
    st = media_file(db, id, SENDER_CLIENT, p->file_id);
    if (st == ST_NONE) {
        p->file_id[0] = '\0';
        st = p->body.len > 0 ? ST_OK : media_body(db, id, &p->body);
    }
    if (st == ST_OK && p->body.failed)
        st = ST_BROKEN;
    p->as = (struct wording_picture){.media = id,
                                     .video = m.kind == MEDIA_VIDEO,
                                     .file_id = p->file_id,
                                     .mime = p->mime,
                                     .bytes = p->body.s,
                                     .n = p->body.len};
    return st;
}

static enum status pictures_load(struct db *db, struct variant *v)
{
    int64_t id[CONTENT_MEDIA_MAX * CONTENT_LANGS];
    enum status st = ST_OK;
    int n = 0;

    content_media(v->content, id, CONTENT_MEDIA_MAX * CONTENT_LANGS, &n);
    if (n == 0)
        return ST_OK;
    v->picture = calloc((size_t)n, sizeof *v->picture);
    if (v->picture == NULL)
        return ST_BROKEN;
    for (; v->pictures < n && st == ST_OK; v->pictures++)
        st = picture_load(db, id[v->pictures], &v->picture[v->pictures]);
    return st;
}

static enum status variants_load(struct db *db, const struct broadcast *b,
                                 struct speech *w)
{
    struct broadcast_variant from[BROADCAST_VARIANTS];
    struct content_faults faults = {0};
    int n = 0;
    enum status st = broadcast_variants(db, b->id, from, &n);

    if (st != ST_OK)
        return st;
    for (int i = 0; i < n && st == ST_OK; i++) {
        struct variant *v = &w->variant[w->variants++];

        v->no = from[i].no;
        st = content_read(from[i].content, b->offer.percent_bp > 0, &v->content,
                          &faults);
        if (st == ST_OK)
            st = pictures_load(db, v);
    }
    broadcast_variants_free(from, n);
    return st;
}

enum status speech_load(struct db *db, const struct config *cfg, int64_t broadcast_id,
                        struct speech **out)
{
    struct speech *w = calloc(1, sizeof *w);
    struct broadcast b;
    struct buf brand = {0};
    enum status st = w != NULL ? broadcast_load(db, broadcast_id, &b) : ST_BROKEN;

    if (st == ST_OK) {
        w->cfg = cfg;
        w->links = links_counted(cfg);
        w->version = b.version;
        w->tz = tz_open(cfg->timezone);
        st = w->tz != NULL ? setting_text(db, "brand_name", &brand) : ST_BROKEN;
    }
    if (st == ST_OK) {
        snprintf(w->brand, sizeof w->brand, "%s", brand.s != NULL ? brand.s : "");
        st = variants_load(db, &b, w);
    }
    buf_free(&brand);
    if (st == ST_OK) {
        w->older = *out;
        *out = w;
        return ST_OK;
    }
    log_error("a broadcast cannot be read", LOG_INT("broadcast", broadcast_id),
              LOG_TEXT("status", status_name(st)));
    speech_free(w);
    return st;
}

int64_t speech_version(const struct speech *w)
{
    return w->version;
}

const struct tz *speech_zone(const struct speech *w)
{
    return w->tz;
}

/* ---- composing -------------------------------------------------------------------- */

static struct variant *variant_of(struct speech *w, int no)
{
    for (int i = 0; i < w->variants; i++)
        if (w->variant[i].no == no)
            return &w->variant[i];
    return NULL;
}

struct linked {
    const struct speech *w;
    const struct recipient *who;
    int64_t broadcast_id;
};

static void address_of(void *arg, int link, char *out, size_t room)
{
    const struct linked *l = arg;
    struct link_of at = {.broadcast_id = l->broadcast_id,
                         .customer_id = l->who->customer_id,
                         .no = link_no(l->who->variant, link)};

    if (link_address(l->w->cfg, &at, out, room) != ST_OK && room > 0)
        out[0] = '\0';
}

/* What ends with a day at midnight is good until the day before. */
static void until_of(const struct speech *w, const struct recipient *who,
                     char out[SHOP_WHEN_BYTES])
{
    struct date d = tz_local(w->tz, who->until - 1).date;

    d.year = BIRTHDAY_NO_YEAR;
    shop_day(d, who->lang == 1 ? LANG_EN : LANG_RU, out);
}

static enum status render(struct speech *w, const struct broadcast *b,
                          const struct variant *v, const struct recipient *who)
{
    struct linked at = {w, who, b->id};
    struct content_links links = {address_of, &at};
    char until[SHOP_WHEN_BYTES], code[CODE_SHOWN + 1];
    struct content_person p = {.lang = who->lang,
                               .first_name = who->first_name,
                               .last_name = who->last_name,
                               .store = who->store,
                               .brand = w->brand,
                               .purchases = who->purchases,
                               .spent = who->spent};

    if (who->discount_id != 0) {
        until_of(w, who, until);
        code_show(who->code, code);
        p.percent_bp = who->percent_bp;
        p.code = code;
        p.until = until;
    }
    return content_render(v->content, &p, w->links ? &links : NULL, &w->rendered);
}

enum status speech_compose(struct speech *w, const struct broadcast *b,
                           const struct recipient *who, struct letter *l)
{
    struct wording_picture pictures[CONTENT_MEDIA_MAX * CONTENT_LANGS];
    struct variant *v = variant_of(w, who->variant);
    struct wording as = {.chat = who->external_id,
                         .message = l->edits,
                         .lang = who->lang == 1 ? LANG_EN : LANG_RU,
                         .screen = "bc",
                         .number = b->id,
                         .way_out = b->purpose == MESSAGE_MARKETING,
                         .footer = b->footer,
                         .paid = b->paid,
                         .pictures = pictures};
    enum status st = v != NULL ? render(w, b, v, who) : ST_BAD;

    if (st != ST_OK)
        return st;
    for (int i = 0; i < v->pictures; i++)
        pictures[as.pictures_n++] = v->picture[i].as;
    st = wording_make(&w->rendered, &as, &l->worded);
    if (st == ST_OK)
        for (int i = 0; i < l->worded.files; i++)
            l->media[i] = w->rendered.media[l->worded.place[i]];
    return st;
}

/* ---- pictures --------------------------------------------------------------------- */

static struct picture *picture_of(struct speech *w, int64_t media)
{
    for (int i = 0; i < w->variants; i++)
        for (int k = 0; k < w->variant[i].pictures; k++)
            if (w->variant[i].picture[k].as.media == media)
                return &w->variant[i].picture[k];
    return NULL;
}

enum status speech_learn(struct db *db, struct speech *w, const struct bulk_media *m)
{
    struct picture *p = picture_of(w, m->media);
    enum status st;

    if (p == NULL)
        return ST_OK;
    st = media_file_put(db, m->media, SENDER_CLIENT, m->file_id);
    /* The same picture may stand in several variants. */
    for (int i = 0; i < w->variants && (st == ST_OK || st == ST_NONE); i++)
        for (int k = 0; k < w->variant[i].pictures; k++) {
            p = &w->variant[i].picture[k];
            if (p->as.media == m->media)
                snprintf(p->file_id, sizeof p->file_id, "%s", m->file_id);
        }
    return st == ST_NONE || st == ST_BAD ? ST_OK : st;
}

/* Another chain may have sent it meanwhile. */
enum status speech_look(struct db *db, struct speech *w)
{
    enum status st = ST_OK;

    for (int i = 0; i < w->variants && st == ST_OK; i++)
        for (int k = 0; k < w->variant[i].pictures && st == ST_OK; k++) {
            struct picture *p = &w->variant[i].picture[k];

            if (p->file_id[0] == '\0')
                st = media_file(db, p->as.media, SENDER_CLIENT, p->file_id);
            if (st == ST_NONE) {
                p->file_id[0] = '\0';
                st = ST_OK;
            }
        }
    return st;
}

enum status speech_unlearn(struct db *db, struct speech *w, int variant)
{
    struct variant *v = variant_of(w, variant);
    enum status st = ST_OK;

    for (int k = 0; v != NULL && k < v->pictures && st == ST_OK; k++) {
        struct picture *p = &v->picture[k];

        if (p->file_id[0] != '\0')
            st = media_file_drop(db, p->as.media, SENDER_CLIENT, p->file_id);
        if (st == ST_OK || st == ST_NONE)
            st = picture_load(db, p->as.media, p);
    }
    return st;
}
