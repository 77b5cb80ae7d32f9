/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/shop.h"

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/money.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* The zone of the installation, read once a process: its name is a setting of the
 * environment and cannot change under us. */
static const struct tz *zone(const struct config *cfg)
{
    static struct tz *tz;

    if (tz == NULL)
        tz = tz_open(cfg->timezone);
    if (tz == NULL)
        log_error("no_such_time_zone", LOG_TEXT("zone", cfg->timezone));
    return tz;
}

enum status shop_load(struct step *s, struct shop *out)
{
    enum status st = setting_load(s->db, &out->set);

    out->brand = out->set.brand_name;
    out->tz = zone(s->cfg);
    if (st == ST_OK && out->tz == NULL)
        st = ST_BROKEN;
    return st;
}

const char *shop_bot_name(const struct shop *shop, enum message_sender sender)
{
    const char *name = sender == SENDER_CLIENT ? shop->set.client_bot_username
                                               : shop->set.auth_bot_username;

    return name[0] != '\0' ? name : NULL;
}

bool shop_has_gate(const struct shop *shop)
{
    return shop->set.subscription_gate && shop->set.channel_id[0] != '\0';
}

bool shop_is_channel(const struct shop *shop, int64_t chat, const char *username)
{
    const char *ours = shop->set.channel_id;
    char id[24];

    if (ours[0] == '@')
        return username != NULL && strcasecmp(ours + 1, username) == 0;
    snprintf(id, sizeof(id), "%" PRId64, chat);
    return strcmp(ours, id) == 0;
}

struct birthday_limits shop_birthday_limits(const struct shop *shop)
{
    struct birthday_limits out;

    birthday_limits_of(&shop->set, &out);
    return out;
}

int32_t shop_today(const struct shop *shop, int64_t now)
{
    return tz_local(shop->tz, now).day;
}

/* ---- small texts ---------------------------------------------------------------- */

static void copy(struct buf *b, char out[SHOP_WHEN_BYTES])
{
    snprintf(out, SHOP_WHEN_BYTES, "%s", b->failed || b->s == NULL ? "" : b->s);
    buf_free(b);
}

/* "12.05.2026", "12 May 2026" */
static void add_day(struct buf *b, const struct shop *shop, int64_t at, enum lang lang)
{
    struct date d = tz_local(shop->tz, at).date;

    if (lang == LANG_EN)
        buf_addf(b, "%d %s %d", d.day, text_get(lang, BTN_MONTH_1 + d.month - 1),
                 d.year);
    else
        tz_add_date(b, shop->tz, at, lang_code(lang));
}

void shop_when(const struct shop *shop, int64_t at, enum lang lang,
               char out[SHOP_WHEN_BYTES])
{
    struct local l = tz_local(shop->tz, at);
    struct buf b = {0};

    add_day(&b, shop, at, lang);
    buf_addf(&b, "%s %02d:%02d", lang == LANG_EN ? "," : "", l.hour, l.minute);
    copy(&b, out);
}

void shop_clock(const struct shop *shop, int64_t at, char out[SHOP_WHEN_BYTES])
{
    struct local l = tz_local(shop->tz, at);

    snprintf(out, SHOP_WHEN_BYTES, "%02d:%02d", l.hour, l.minute);
}

void shop_until(const struct shop *shop, int64_t valid_until, enum lang lang,
                char out[SHOP_WHEN_BYTES])
{
    struct local l = tz_local(shop->tz, valid_until);
    struct buf b = {0};

    if (l.hour != 0 || l.minute != 0) {
        shop_when(shop, valid_until, lang, out);
        return;
    }
    /* valid_until itself is too late: midnight belongs to the day before. */
    add_day(&b, shop, valid_until - 1, lang);
    copy(&b, out);
}

void shop_when_near(const struct shop *shop, int64_t now, int64_t at, enum lang lang,
                    char out[SHOP_WHEN_BYTES])
{
    int32_t ago = shop_today(shop, now) - shop_today(shop, at);
    char clock[SHOP_WHEN_BYTES];
    const struct text_arg arg = T_TEXT("time", clock);
    struct buf b = {0};

    if (ago != 0 && ago != 1) {
        shop_when(shop, at, lang, out);
        return;
    }
    shop_clock(shop, at, clock);
    text_add_plain_args(&b, lang, ago == 0 ? TEXT_TODAY : TEXT_YESTERDAY, &arg, 1);
    copy(&b, out);
}

void shop_money(int64_t amount, enum lang lang, char out[SHOP_WHEN_BYTES])
{
    struct buf b = {0};

    money_add(&b, amount, lang_code(lang));
    copy(&b, out);
}

void shop_percent(int64_t bp, enum lang lang, char out[SHOP_WHEN_BYTES])
{
    struct buf b = {0};

    percent_add(&b, bp, lang_code(lang));
    copy(&b, out);
}

void shop_day(struct date d, enum lang lang, char out[SHOP_WHEN_BYTES])
{
    enum text_key month = TEXT_MONTH_1 + (unsigned)(d.month - 1) % 12;

    if (d.year == BIRTHDAY_NO_YEAR)
        snprintf(out, SHOP_WHEN_BYTES, "%d %s", d.day % 100, text_get(lang, month));
    else
        snprintf(out, SHOP_WHEN_BYTES, "%d %s %d", d.day % 100, text_get(lang, month),
                 d.year % 10000);
}
