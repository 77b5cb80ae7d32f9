/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A customer in JSON: a line of the list, and the card. */
#include "api/users.h"

#include "core/base/stamp.h"
#include "core/loyalty/phone.h"

#include <stdio.h>

void user_set_time(struct json *o, const char *key, int64_t at)
{
    char text[STAMP_BYTES];

    stamp_print(at, text);
    json_set_text(o, key, at != 0 ? text : NULL);
}

void user_set_id(struct json *o, const char *key, int64_t id)
{
    if (id != 0)
        json_set_int(o, key, id);
    else
        json_set_text(o, key, NULL);
}

static const char *text_or_none(const char *s)
{
    return *s != '\0' ? s : NULL;
}

static void phone_set(struct json *o, const char *phone, bool unmasked)
{
    char masked[PHONE_SHOWN_BYTES];

    phone_mask(phone, masked);
    json_set_text(o, "phone", text_or_none(unmasked ? phone : masked));
    json_set_bool(o, "phone_masked", !unmasked && *phone != '\0');
}

static void birthday_set(struct json *o, const struct customer *c)
{
    char text[16];

    snprintf(text, sizeof text, "%02d-%02d", c->birth.month, c->birth.day);
    json_set_text(o, "birthday", c->has_birth ? text : NULL);
}

struct json *user_json(const struct customer_row *r, bool unmasked)
{
    const struct customer *c = &r->customer;
    struct json *o = json_new_object();

    json_set_int(o, "id", c->id);
    json_set_text(o, "name", text_or_none(customer_called(c)));
    json_set_text(o, "first_name", c->first_name);
    json_set_text(o, "last_name", c->last_name);
    json_set_text(o, "username", text_or_none(c->username));
    phone_set(o, c->phone, unmasked);
    birthday_set(o, c);
    json_set_text(o, "locale", c->language);
    json_set_text(o, "source", text_or_none(c->source));
    json_set_text(o, "status", customer_state_name(r->state));
    json_set_bool(o, "subscribed", c->subscribed);
    json_set_bool(o, "marketing_ok", c->marketing_ok);
    user_set_id(o, "home_store_id", r->home_store_id);
    json_set_int(o, "purchases", r->purchases);
    json_set_int(o, "total_spent", r->spent_total);
    user_set_time(o, "last_purchase_at", r->last_purchase);
    user_set_time(o, "last_seen_at", c->last_seen);
    user_set_time(o, "created_at", c->created_at);
    return o;
}

/* ---- the card --------------------------------------------------------------------- */

static const char *via_name(enum channel via)
{
    static const char *const names[] = {[CHANNEL_MESSENGER] = "messenger",
                                        [CHANNEL_PANEL] = "panel",
                                        [CHANNEL_API] = "api",
                                        [CHANNEL_IMPORT] = "import",
                                        [CHANNEL_TILL] = "till"};

    return (unsigned)via < sizeof names / sizeof *names ? names[via] : NULL;
}

static struct json *consent_json(const struct card_consent *one)
{
    struct json *o = json_new_object();

    json_set_bool(o, "granted", one->given);
    user_set_time(o, "at", one->at);
    json_set_text(o, "via", via_name(one->via));
    user_set_id(o, "text_version", one->version);
    json_set_text(o, "text_locale", text_or_none(one->language));
    return o;
}

static void consents_set(struct json *o, const struct customer_card *card)
{
    struct json *all = json_new_object();

    json_set(all, "pd", consent_json(&card->consent[PURPOSE_PD]));
    json_set(all, "marketing", consent_json(&card->consent[PURPOSE_MARKETING]));
    json_set_bool(all, "marketing_rarely", card->row.customer.marketing_rare);
    json_set(o, "consents", all);
}

static struct json *discount_json(const struct discount *d)
{
    struct json *o = json_new_object();

    json_set_int(o, "id", d->id);
    json_set_text(o, "code", d->code);
    json_set_int(o, "percent_bp", d->percent_bp);
    user_set_time(o, "valid_from", d->valid_from);
    user_set_time(o, "valid_until", d->valid_until);
    json_set_int(o, "uses_left", d->uses_allowed - d->uses_count);
    user_set_id(o, "store_id", d->store_id);
    return o;
}

static void discounts_set(struct json *o, const struct customer_card *card)
{
    struct json *all = json_new_object(), *good = json_new_array();

    json_set_int(all, "active", card->discounts[DISCOUNT_ACTIVE]);
    json_set_int(all, "used", card->discounts[DISCOUNT_USED]);
    json_set_int(all, "expired", card->discounts[DISCOUNT_EXPIRED]);
    json_set_int(all, "revoked", card->discounts[DISCOUNT_REVOKED]);
    for (int i = 0; i < card->good_n; i++)
        json_push(good, discount_json(&card->good[i]));
    json_set(all, "items", good);
    json_set(o, "discounts", all);
}

static void birth_set(struct json *o, const struct customer *c, bool unmasked)
{
    bool whole = unmasked && c->has_birth && c->birth.year != BIRTHDAY_NO_YEAR;
    char text[STAMP_BYTES] = "";

    if (whole)
        stamp_print_day(cal_day(c->birth), text);
    json_set_text(o, "birth_date", text_or_none(text));
    user_set_time(o, "birth_told_at", c->birth_set_at);
    user_set_time(o, "birth_changed_at", c->birth_changed_at);
}

struct json *user_card_json(const struct customer_card *card, bool unmasked)
{
    const struct customer *c = &card->row.customer;
    struct json *o = user_json(&card->row, unmasked), *tags = json_new_array();

    birth_set(o, c, unmasked);
    json_set_bool(o, "phone_shared", c->phone_shared);
    for (int i = 0; i < card->tags_n; i++)
        json_push_text(tags, card->tags[i].name);
    json_set(o, "tags", tags);
    json_set_text(o, "notes", card->notes.s != NULL ? card->notes.s : "");
    consents_set(o, card);
    discounts_set(o, card);
    json_set_bool(o, "reachable",
                  card->row.state != STATE_ERASED && c->status == CUSTOMER_ACTIVE &&
                      c->pd_ok);
    json_set_bool(o, "support_blocked", card->support_blocked);
    user_set_time(o, "blocked_at", card->row.barred_at);
    user_set_time(o, "erase_due_at", card->erase_due);
    json_set_int(o, "version", card->version);
    return o;
}
