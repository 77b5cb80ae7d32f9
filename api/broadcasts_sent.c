/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A try on people of the shop before a broadcast is sent; other words, or none, for what
 * was sent. */
#include "api/broadcasts_private.h"
#include "api/content.h"
#include "core/broadcast/proof.h"
#include "core/broadcast/reword.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N BROADCASTS_N
#define MEDIA_ROOM (CONTENT_LANGS * CONTENT_MEDIA_MAX)

/* ---- a try ------------------------------------------------------------------------ */

struct tries {
    int64_t staff[PROOF_STAFF_MAX];
    int people, first, last; /* variants */
};

static void people_read(struct call *c, struct tries *t)
{
    const struct value *v = given_value(&c->body, "staff_ids");

    t->people = 1;
    t->staff[0] = c->who.staff.id;
    if (v->ids == NULL || v->n == 0)
        return;
    t->people = 0;
    for (size_t i = 0; i < v->n; i++) {
        bool twice = false;

        for (int k = 0; k < t->people; k++)
            twice |= t->staff[k] == v->ids[i];
        if (!twice)
            t->staff[t->people++] = v->ids[i];
    }
}

static enum status variants_chosen(struct call *c, struct tries *t)
{
    struct broadcast_variant v[BROADCAST_VARIANTS];
    int64_t one = given_int(&c->body, "variant", 0);
    int n = 0;
    enum status st = broadcast_variants(c->db, c->id[0], v, &n);

    if (st != ST_OK)
        return st;
    broadcast_variants_free(v, n);
    t->first = one != 0 ? (int)one : 1;
    t->last = one != 0 ? (int)one : n;
    return n == 0 || one > n ? broadcast_no_variant(c, n) : ST_OK;
}

static enum status people_checked(struct call *c, const struct tries *t)
{
    struct json *mute = json_new_array();
    enum status st = ST_OK;

    for (int i = 0; st == ST_OK && i < t->people; i++) {
        st = proof_reaches(c->db, t->staff[i]);
        if (st == ST_NONE) {
            json_push_int(mute, t->staff[i]);
            st = ST_OK;
        }
    }
    if (st != ST_OK || json_count(mute) == 0) {
        json_free(mute);
        return st;
    }
    json_set(problem_extras(c), "staff_ids", mute);
    return problem(c, PROBLEM_CONFLICT, "%s",
                   tell(c,
                        "Эти люди ещё не писали клиентскому боту: пусть откроют его и "
                        "нажмут «Начать».",
                        "These people have not spoken to the customers' bot yet: they "
                        "open it and press Start."));
}

static enum status tries_put(struct call *c, const struct tries *t)
{
    enum status st = ST_OK;

    for (int i = 0; i < t->people; i++)
        for (int v = t->first; st == ST_OK && v <= t->last; v++)
            st = proof_put(c->db, c->now,
                           &(struct proof){.broadcast_id = c->id[0],
                                           .variant = v,
                                           .staff_id = t->staff[i]});
    return st;
}

/* POST /api/v1/broadcasts/{id}/test */
enum status broadcast_test_post(struct call *c)
{
    static const struct field body[] = {
        {"staff_ids", FIELD_IDS, .most = PROOF_STAFF_MAX},
        {"variant", FIELD_INT, .min = 1, .max = BROADCAST_VARIANTS},
    };
    struct broadcast b;
    struct tries t = {0};
    struct json *o;
    enum status st = body_read(c, body, N(body));

    if (st == ST_OK)
        st = broadcast_load(c->db, c->id[0], &b);
    if (st == ST_OK)
        st = variants_chosen(c, &t);
    if (st != ST_OK)
        return st;
    people_read(c, &t);
    st = people_checked(c, &t);
    if (st == ST_OK)
        st = tries_put(c, &t);
    if (st != ST_OK)
        return st;
    o = json_new_object();
    json_set_int(o, "broadcast_id", b.id);
    json_set_int(o, "messages", (int64_t)t.people * (t.last - t.first + 1));
    answer_json(c, 202, o);
    return ST_OK;
}

/* ---- other words ------------------------------------------------------------------ */

static bool same_media(const struct content *a, const struct content *b)
{
    int64_t ids[2][MEDIA_ROOM];
    int n[2] = {0, 0};

    content_media(a, ids[0], MEDIA_ROOM, &n[0]);
    content_media(b, ids[1], MEDIA_ROOM, &n[1]);
    return n[0] == n[1] && memcmp(ids[0], ids[1], (size_t)n[0] * sizeof ids[0][0]) == 0;
}

/* The messenger changes words and buttons of what was sent, nothing else: pictures must
 * be the same ones, and a language that was there must be there. */
static enum status still_fits(struct call *c, const struct broadcast_variant *v,
                              bool of_discount, const struct content *is)
{
    struct content_faults faults;
    struct content *was = NULL;
    enum status st = content_read(v->content, of_discount, &was, &faults);
    bool fits = true;

    if (st == ST_OK)
        fits = same_media(was, is);
    for (int lang = 0; st == ST_OK && lang < CONTENT_LANGS; lang++)
        fits = fits && content_has(was, lang) == content_has(is, lang);
    content_free(was);
    if (!fits)
        call_fault(c, "/content", "wrong_value", "%s",
                   tell(c,
                        "меняются только слова и кнопки: картинки и языки остаются те "
                        "же",
                        "words and buttons alone change: pictures and languages stay "
                        "the same"));
    return st == ST_REFUSED ? ST_OK : st; /* what is broken may be replaced */
}

static enum status variant_find(struct call *c, const struct broadcast *b, int no,
                                const struct content *is)
{
    struct broadcast_variant v[BROADCAST_VARIANTS];
    int n = 0;
    enum status st = broadcast_variants(c->db, b->id, v, &n);

    if (st != ST_OK)
        return st;
    if (no <= n)
        st = still_fits(c, &v[no - 1], b->offer.percent_bp > 0, is);
    else
        call_fault(c, "/variant", "range",
                   tell(c, "вариантов %d", "there are %d variants"), n);
    broadcast_variants_free(v, n);
    return st;
}

static enum status words_read(struct call *c, const struct broadcast *b,
                              struct json **out)
{
    const struct content_from from = {.at = "/content",
                                      .json = given_value(&c->body, "content")->json,
                                      .of_discount = b->offer.percent_bp > 0};
    struct content *content = NULL;
    enum status st = content_from_body(c, &from, &content);

    *out = NULL;
    if (st == ST_OK && content != NULL)
        st = variant_find(c, b, (int)given_int(&c->body, "variant", 1), content);
    if (st == ST_OK && call_faults(c) > 0)
        st = problem(c, PROBLEM_VALIDATION_FAILED, NULL);
    if (st == ST_OK)
        *out = content_json(content);
    content_free(content);
    return st == ST_OK && *out == NULL ? ST_BROKEN : st;
}

/* POST /api/v1/broadcasts/{id}/edit */
enum status broadcast_edit_post(struct call *c)
{
    static const struct field body[] = {
        {"variant", FIELD_INT, .required = true, .min = 1, .max = BROADCAST_VARIANTS},
        {"content", FIELD_JSON, .required = true},
    };
    const struct broadcast_act act = {.id = c->id[0], .staff_id = c->who.staff.id};
    struct broadcast b;
    struct json *content = NULL;
    enum status st = body_read(c, body, N(body));

    if (st == ST_OK)
        st = broadcast_seen(c, false, &b);
    if (st == ST_OK)
        st = broadcast_service_may(c, &b);
    if (st == ST_OK && b.started_at == 0)
        st = broadcast_refused(c, ST_TAKEN, NULL);
    if (st == ST_OK)
        st = words_read(c, &b, &content);
    if (st == ST_OK)
        st = broadcast_reword(c->db, c->now, &act,
                              (int)given_int(&c->body, "variant", 1), content);
    json_free(content);
    st = broadcast_refused(c, st, NULL);
    return st == ST_OK ? broadcast_answer(c, 202, c->id[0]) : st;
}

/* POST /api/v1/broadcasts/{id}/delete-sent */
enum status broadcast_delete_sent_post(struct call *c)
{
    const struct broadcast_act act = {.id = c->id[0], .staff_id = c->who.staff.id};
    struct broadcast b;
    enum status st = body_read(c, NULL, 0);

    if (st == ST_OK)
        st = broadcast_seen(c, false, &b);
    if (st == ST_OK)
        st = broadcast_refused(c, broadcast_unsend(c->db, c->now, &act), NULL);
    return st == ST_OK ? broadcast_answer(c, 202, c->id[0]) : st;
}
