/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/automation_word.h"

#include "core/loyalty/customer_search.h"
#include "core/staff/store.h"
#include "core/template/media.h"
#include "worker/notice.h"

#include <stdio.h>
#include <string.h>

#define SCREEN "au" /* of the buttons below it: client/told.c */

void spoken_free(struct spoken *w)
{
    rendered_free(&w->rendered);
    worded_free(&w->worded);
}

/* ---- what is said ----------------------------------------------------------------- */

static enum status render(const struct talk *t, const struct run_word *word,
                          const char *store, struct spoken *w)
{
    char until[SHOP_WHEN_BYTES] = "", code[CODE_SHOWN + 1] = "";
    const struct discount *d = &word->discount;
    struct content_person who = {
        .lang = t->lang == LANG_EN,
        .first_name = customer_called(&t->customer),
        .last_name = t->customer.last_name,
        .store = store,
        .brand = t->shop->brand,
    };
    struct customer_row row;
    enum status st = customer_row_load(t->s->db, t->customer.id, 0, &row);

    if (st != ST_OK)
        return st;
    who.purchases = row.purchases;
    who.spent = row.spent_total;
    if (d->id != 0) {
        struct date day = tz_local(t->shop->tz, d->valid_until - 1).date;

        day.year = BIRTHDAY_NO_YEAR;
        shop_day(day, t->lang, until);
        code_show(d->code, code);
        who.percent_bp = d->percent_bp;
        who.code = code;
        who.until = until;
    }
    return content_render(word->content, &who, NULL, &w->rendered);
}

static enum status home_store(const struct talk *t, char out[CONTACT_NAME_BYTES])
{
    struct customer_row row;
    struct store store;
    enum status st = customer_row_load(t->s->db, t->customer.id, 0, &row);

    out[0] = '\0';
    if (st == ST_OK)
        st = row.home_store_id != 0 ? store_load(t->s->db, row.home_store_id, &store)
                                    : ST_NONE;
    if (st == ST_OK)
        snprintf(out, CONTACT_NAME_BYTES, "%s", store.name);
    return st == ST_NONE ? ST_OK : st;
}

/* ---- its pictures ----------------------------------------------------------------- */

struct pictures {
    struct wording_picture picture[CONTENT_MEDIA_MAX];
    struct media media[CONTENT_MEDIA_MAX];
    char file_id[CONTENT_MEDIA_MAX][MEDIA_FILE_ID_BYTES];
    int n;
};

/* A byte stands for those of a file that the messenger has no name for yet: they are read
 * when it is sent (send_attach.h). */
static enum status pictures_load(struct db *db, const struct rendered *r,
                                 struct pictures *p)
{
    enum status st = ST_OK;

    for (p->n = 0; p->n < r->media_n && p->n < CONTENT_MEDIA_MAX && st == ST_OK;
         p->n++) {
        struct media *m = &p->media[p->n];

        st = media_load(db, r->media[p->n], m);
        if (st != ST_OK)
            return st == ST_NONE ? ST_REFUSED : st;
        st = media_file(db, m->id, SENDER_CLIENT, p->file_id[p->n]);
        if (st == ST_NONE) {
            p->file_id[p->n][0] = '\0';
            st = ST_OK;
        }
        p->picture[p->n] = (struct wording_picture){.media = m->id,
                                                    .video = m->kind == MEDIA_VIDEO,
                                                    .file_id = p->file_id[p->n],
                                                    .mime = m->mime,
                                                    .bytes = m->mime,
                                                    .n = 1};
    }
    return st;
}

/* ---- the row ---------------------------------------------------------------------- */

static struct json *payload_of(struct spoken *w, const struct automation *a)
{
    struct json *o = worded_payload(&w->worded);

    if (o != NULL)
        json_set_int(o, "automation", a->id);
    return o;
}

static enum status put(const struct talk *t, struct spoken *w,
                       const struct automation *a, const struct run_word *word,
                       int64_t *message)
{
    struct json *o = payload_of(w, a);
    const char *text = o != NULL ? json_print(o) : NULL;
    char root[MESSAGE_ROOT_BYTES];
    struct message_spec spec = {
        .sender = SENDER_CLIENT,
        .recipient = t->user,
        .customer_id = t->customer.id,
        .purpose = MESSAGE_MARKETING,
        .on_unsure = UNSURE_ASSUME,
        .payload = text,
        .payload_n = text != NULL ? strlen(text) : 0,
        .root = root,
        .batch = trigger_policy(a->trigger)->bulk ? a->id : 0,
    };
    enum status st = ST_REFUSED;

    snprintf(root, sizeof root, "au:%lld:%lld", (long long)a->id,
             (long long)word->run_id);
    if (text != NULL && spec.payload_n <= MESSAGE_PAYLOAD_MAX)
        st = message_put(t->s->db, t->s->now, &spec, message);
    json_free(o);
    return st == ST_NONE ? ST_OK : st;
}

static enum status say(const struct talk *t, struct spoken *w,
                       const struct automation *a, const struct run_word *word,
                       int64_t *message)
{
    struct pictures p = {0};
    struct wording how = {.chat = t->user,
                          .lang = t->lang,
                          .screen = SCREEN,
                          .number = a->id,
                          .way_out = true,
                          .pictures = p.picture};
    char store[CONTACT_NAME_BYTES];
    enum status st = home_store(t, store);

    if (st == ST_OK)
        st = render(t, word, store, w);
    if (st == ST_OK)
        st = pictures_load(t->s->db, &w->rendered, &p);
    how.pictures_n = p.n;
    if (st == ST_OK)
        st = wording_make(&w->rendered, &how, &w->worded);
    if (st == ST_BAD)
        st = ST_REFUSED;
    return st == ST_OK ? put(t, w, a, word, message) : st;
}

enum status spoken_put(struct step *s, struct spoken *w, const struct automation *a,
                       const struct run_word *word, int64_t *message)
{
    struct shop shop;
    struct talk t;
    enum status st = notice_open(s, word->customer_id, &shop, &t);

    *message = 0;
    if (st == ST_OK)
        st = say(&t, w, a, word, message);
    return st == ST_NONE ? ST_REFUSED : st;
}
