/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What a bulk task is told, as JSON in its row. */
#include "core/loyalty/bulk_private.h"

/* ---- what to do ------------------------------------------------------------------- */

static struct json *ids_json(const int64_t *ids, size_t n)
{
    struct json *a = json_new_array();

    for (size_t i = 0; i < n; i++) {
        struct json *o = json_new_object();

        json_set_int(o, "id", ids[i]);
        json_push(a, o);
    }
    return a;
}

static size_t ids_read(const struct json *from, const char *name, int64_t *out)
{
    const struct json *a = json_get(from, name);
    size_t n = json_count(a);

    for (size_t i = 0; i < n && i < CUSTOMER_LIST_MAX; i++)
        out[i] = json_int_or(json_at(a, i), "id", 0);
    return n < CUSTOMER_LIST_MAX ? n : CUSTOMER_LIST_MAX;
}

struct json *bulk_params_json(const struct bulk_params *p)
{
    struct json *o = json_new_object();

    json_set(o, "tags", ids_json(p->tags, p->tags_n));
    json_set_int(o, "letter", p->letter_id);
    json_set_int(o, "percent_bp", p->percent_bp);
    json_set_int(o, "uses", p->uses);
    json_set_int(o, "min_purchase", p->min_purchase);
    json_set_int(o, "max_amount", p->max_amount);
    json_set_int(o, "store", p->store_id);
    json_set_int(o, "from", p->valid_from);
    json_set_int(o, "until", p->valid_until);
    json_set_text(o, "reason", p->reason);
    json_set_bool(o, "tell", p->tell);
    return o;
}

void bulk_params_read(const struct json *from, struct bulk_params *out)
{
    *out = (struct bulk_params){
        .letter_id = json_int_or(from, "letter", 0),
        .percent_bp = (int)json_int_or(from, "percent_bp", 0),
        .uses = (int)json_int_or(from, "uses", 0),
        .min_purchase = json_int_or(from, "min_purchase", 0),
        .max_amount = json_int_or(from, "max_amount", 0),
        .store_id = json_int_or(from, "store", 0),
        .valid_from = json_int_or(from, "from", 0),
        .valid_until = json_int_or(from, "until", 0),
        .reason = json_text(from, "reason", NULL),
        .tell = json_bool_or(from, "tell", false),
    };
    out->tags_n = ids_read(from, "tags", out->tags);
}

/* ---- to whom ---------------------------------------------------------------------- */

static void texts_set(struct json *o, const char *name, const char *const *texts,
                      size_t n)
{
    struct json *a = json_new_array();

    for (size_t i = 0; i < n; i++)
        json_push_text(a, texts[i]);
    json_set(o, name, a);
}

static size_t texts_read(const struct json *from, const char *name, const char **out)
{
    const struct json *a = json_get(from, name);
    size_t n = json_count(a);

    for (size_t i = 0; i < n && i < CUSTOMER_LIST_MAX; i++)
        out[i] = json_text(json_at(a, i), "", NULL);
    return n < CUSTOMER_LIST_MAX ? n : CUSTOMER_LIST_MAX;
}

/* -1: it does not matter. */
static int either(bool by, bool is)
{
    return by ? (is ? 1 : 0) : -1;
}

struct json *bulk_filter_json(const struct customer_filter *f)
{
    struct json *o = json_new_object();

    json_set_text(o, "q", f->q);
    json_set_bool(o, "phone_whole", f->phone_whole);
    json_set_int(o, "states", f->states);
    json_set_int(o, "subscribed", either(f->by_subscribed, f->subscribed));
    json_set_int(o, "marketing", either(f->by_marketing, f->marketing));
    json_set_int(o, "discount", either(f->by_discount, f->discount));
    texts_set(o, "tags", f->tags, f->tags_n);
    texts_set(o, "tags_none", f->tags_none, f->tags_none_n);
    json_set(o, "stores", ids_json(f->stores, f->stores_n));
    json_set_text(o, "source", f->source);
    json_set_int(o, "birthday_from", f->birthday_from);
    json_set_int(o, "birthday_to", f->birthday_to);
    json_set_int(o, "created_after", f->created_after);
    json_set_int(o, "created_before", f->created_before);
    json_set_int(o, "bought_after", f->bought_after);
    json_set_int(o, "bought_before", f->bought_before);
    json_set_int(o, "total_min", f->by_total ? f->total_min : -1);
    json_set_int(o, "staff", f->staff_id);
    json_set_int(o, "segment", f->segment_id);
    return o;
}

void bulk_filter_read(const struct json *from, const struct moment *m,
                      struct bulk_who *out)
{
    int64_t subscribed = json_int_or(from, "subscribed", -1);
    int64_t marketing = json_int_or(from, "marketing", -1);
    int64_t discount = json_int_or(from, "discount", -1);
    int64_t total = json_int_or(from, "total_min", -1);

    *out = (struct bulk_who){0};
    out->filter = (struct customer_filter){
        .now = m->now,
        .q = json_text(from, "q", NULL),
        .phone_whole = json_bool_or(from, "phone_whole", false),
        .states = (unsigned)json_int_or(from, "states", 0),
        .by_subscribed = subscribed >= 0,
        .subscribed = subscribed > 0,
        .by_marketing = marketing >= 0,
        .marketing = marketing > 0,
        .by_discount = discount >= 0,
        .discount = discount > 0,
        .tags = out->tags,
        .tags_n = texts_read(from, "tags", out->tags),
        .tags_none = out->tags_none,
        .tags_none_n = texts_read(from, "tags_none", out->tags_none),
        .stores = out->stores,
        .stores_n = ids_read(from, "stores", out->stores),
        .source = json_text(from, "source", NULL),
        .birthday_from = (int)json_int_or(from, "birthday_from", 0),
        .birthday_to = (int)json_int_or(from, "birthday_to", 0),
        .created_after = json_int_or(from, "created_after", 0),
        .created_before = json_int_or(from, "created_before", 0),
        .bought_after = json_int_or(from, "bought_after", 0),
        .bought_before = json_int_or(from, "bought_before", 0),
        .by_total = total >= 0,
        .total_min = total,
        .staff_id = json_int_or(from, "staff", 0),
        .segment_id = json_int_or(from, "segment", 0),
        .moment = m,
    };
}
