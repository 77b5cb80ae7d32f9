/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Addresses and hours: what is open now, in each store's own zone, and where it is. */
#include "worker/client/client.h"

#include "core/staff/hours.h"
#include "core/staff/store.h"

#include <stdio.h>
#include <string.h>

#define PAGE 5

/* ---- hours ---------------------------------------------------------------------- */

static void clock_of(int minute, char out[SHOP_WHEN_BYTES])
{
    snprintf(out, SHOP_WHEN_BYTES, "%d:%02d", minute / 60 % 24, minute % 60);
}

static void say_closed(struct screen *sc, const struct hours_now *is, int weekday)
{
    char when[SHOP_WHEN_BYTES];

    clock_of(is->minute, when);
    if (is->days < 0)
        screen_say(sc, TEXT_CLOSED_NOW);
    else if (is->days == 0)
        screen_say(sc, TEXT_OPENS_TODAY, T_TEXT("when", when));
    else if (is->days == 1)
        screen_say(sc, TEXT_OPENS_TOMORROW, T_TEXT("when", when));
    else
        screen_say(
            sc, TEXT_OPENS_ON,
            T_TEXT("day", text_get(sc->lang, TEXT_WEEKDAY_0 +
                                                 (unsigned)(weekday + is->days) % 7)),
            T_TEXT("when", when));
}

/* The installation's zone where the store names none, or one that is not there. */
static struct local local_of(struct talk *t, const struct store *s)
{
    struct tz *own = s->tz[0] != '\0' ? tz_open(s->tz) : NULL;
    struct local l = tz_local(own != NULL ? own : t->shop->tz, t->now);

    tz_close(own);
    return l;
}

static void say_words(struct screen *sc, const char *hours)
{
    struct buf words = {0};

    hours_add(&words, hours, lang_code(sc->lang));
    screen_say(sc, TEXT_STORE_HOURS, T_TEXT("hours", words.s));
    sc->failed |= words.failed;
    buf_free(&words);
}

static void say_hours(struct talk *t, struct screen *sc, const struct store *s)
{
    struct local l = local_of(t, s);
    int weekday = cal_weekday(l.day);
    char when[SHOP_WHEN_BYTES];
    struct hours_now is;
    struct hours h;

    if (hours_read(s->hours, &h) != ST_OK) {
        if (s->hours[0] != '\0') /* free words, as they are */
            screen_say(sc, TEXT_STORE_HOURS, T_TEXT("hours", s->hours));
        return;
    }
    say_words(sc, s->hours);
    is = hours_now(&h, weekday, l.hour * 60 + l.minute);
    clock_of(is.minute, when);
    if (is.always)
        screen_say(sc, TEXT_OPEN_ALWAYS);
    else if (is.open)
        screen_say(sc, TEXT_OPEN_UNTIL, T_TEXT("when", when));
    else
        say_closed(sc, &is, weekday);
}

/* ---- a store -------------------------------------------------------------------- */

/* "Владивосток, ул. Ленина, 5" */
static void place_of(const struct store *s, struct buf *out)
{
    buf_adds(out, s->city);
    if (s->city[0] != '\0' && s->address[0] != '\0')
        buf_adds(out, ", ");
    buf_adds(out, s->address);
}

static void say_store(struct talk *t, struct screen *sc, const struct store *s)
{
    struct buf place = {0};

    screen_gap(sc);
    screen_say(sc, TEXT_STORE, T_TEXT("name", s->name));
    place_of(s, &place);
    sc->failed |= place.failed;
    if (place.len > 0)
        screen_say(sc, TEXT_STORE_PLACE, T_TEXT("address", place.s));
    say_hours(t, sc, s);
    buf_free(&place);
}

/* The shop's own map, with the address where {address} stands. */
static void map_button(struct talk *t, struct screen *sc, const struct store *s)
{
    const char *map = t->shop->set.map_url, *mark = strstr(map, "{address}");
    struct buf url = {0}, place = {0}, label = {0};

    place_of(s, &place);
    text_add_plain(&label, sc->lang, BTN_MAP, T_TEXT("name", s->name));
    if (map[0] != '\0' && s->address[0] != '\0' && !place.failed) {
        buf_add(&url, map, mark != NULL ? (size_t)(mark - map) : strlen(map));
        if (mark != NULL) {
            buf_add_url(&url, place.s);
            buf_adds(&url, mark + strlen("{address}"));
        }
        if (url.failed || label.failed)
            sc->failed = true;
        else
            screen_link(sc, label.s, url.s);
    }
    buf_free(&label);
    buf_free(&place);
    buf_free(&url);
}

/* ---- the list ------------------------------------------------------------------- */

static void turn_button(struct screen *sc, enum text_key label, int offset)
{
    char arg[14];

    base36_print((uint64_t)offset, arg);
    screen_button(sc, label, "s", "open", arg);
}

static void buttons(struct screen *sc, int offset, int total)
{
    screen_row(sc);
    if (offset > 0)
        turn_button(sc, BTN_BACK, offset > PAGE ? offset - PAGE : 0);
    if (offset + PAGE < total)
        turn_button(sc, BTN_MORE, offset + PAGE);
    screen_row(sc);
    screen_button(sc, BTN_SUPPORT, "t", "write", NULL);
    screen_button(sc, BTN_MENU, "m", "open", NULL);
}

enum status stores_open(struct talk *t, const char *arg)
{
    int offset = (int)(talk_id(arg, NULL) % 100000), i, n = 0, total = 0;
    struct store s[PAGE];
    struct screen sc;
    enum status st = store_page(t->s->db, offset, PAGE, s, &n, &total);

    if (st != ST_OK)
        return st;
    screen_open(&sc, t->lang);
    screen_say(&sc, total > 0 ? TEXT_STORES : TEXT_STORES_NONE);
    for (i = 0; i < n; i++)
        say_store(t, &sc, &s[i]);
    for (i = 0; i < n; i++)
        map_button(t, &sc, &s[i]);
    buttons(&sc, offset, total);
    return talk_show(t, &sc);
}
