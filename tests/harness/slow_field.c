/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Fields, values and the calendar of slow_rule.h. */
#include "tests/harness/slow_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define US 1000000LL

struct thing thing_number(int64_t n)
{
    return (struct thing){.known = true, .n = n};
}

static struct thing text(const char *s)
{
    return (struct thing){.known = s != NULL && s[0] != '\0', .text = s};
}

static struct thing instant(int64_t at)
{
    return (struct thing){.known = at != 0, .n = at};
}

/* ---- texts ------------------------------------------------------------------------ */

void slow_fold(const char *s, char *out)
{
    size_t i = 0;

    while (s[i] != '\0') {
        unsigned char a = (unsigned char)s[i], b = (unsigned char)s[i + 1];
        unsigned code = a < 0xc0 ? a : (a & 0x1fu) << 6 | (b & 0x3fu);

        if (code >= 'A' && code <= 'Z')
            code += 32;
        if (code >= 0x410 && code <= 0x42f)
            code += 32;
        if (code == 0x401 || code == 0x451)
            code = 0x435;
        if (a < 0xc0) {
            out[i++] = (char)code;
            continue;
        }
        out[i++] = (char)(0xc0 | code >> 6);
        out[i++] = (char)(0x80 | (code & 0x3f));
    }
    out[i] = '\0';
}

static bool text_op(const char *op, const char *mine, const char *given)
{
    char a[512], b[512];
    size_t n, m;

    slow_fold(mine, a);
    slow_fold(given, b);
    n = strlen(a);
    m = strlen(b);
    if (strcmp(op, "starts") == 0)
        return n >= m && memcmp(a, b, m) == 0;
    if (strcmp(op, "ends") == 0)
        return n >= m && memcmp(a + n - m, b, m) == 0;
    if (strcmp(op, "contains") == 0)
        return strstr(a, b) != NULL;
    return strcmp(a, b) == 0;
}

bool slow_same(const char *a, const char *b)
{
    return text_op("eq", a, b);
}

/* ---- the calendar, by the C library ----------------------------------------------- */

static struct tm local(const struct slow_world *w, int64_t at)
{
    time_t s = at / US;
    struct tm out;

    setenv("TZ", w->zone, 1);
    tzset();
    localtime_r(&s, &out);
    return out;
}

static int64_t moment(struct tm t)
{
    t.tm_isdst = -1;
    return mktime(&t) * US;
}

static int64_t day_number(int year, int month, int day)
{
    struct tm t = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};

    return timegm(&t) / 86400;
}

int64_t slow_local_day(const struct slow_world *w, int64_t at)
{
    struct tm t = local(w, at);

    return day_number(t.tm_year + 1900, t.tm_mon + 1, t.tm_mday);
}

static bool leap(int y)
{
    return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

/* "P90D" and the like, from now. */
static int64_t shifted(const struct slow_world *w, const char *span, int way)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct tm t = local(w, w->now);
    int months = 0, days = 0, seconds = 0, n, most;
    bool time = false;
    char *end;

    for (const char *s = span + 1; *s != '\0'; s = end + 1) {
        if (*s == 'T') {
            time = true;
            s++;
        }
        n = (int)strtol(s, &end, 10);
        months += *end == 'Y' ? 12 * n : *end == 'M' && !time ? n : 0;
        days += *end == 'W' ? 7 * n : *end == 'D' ? n : 0;
        seconds += *end == 'H' ? 3600 * n : *end == 'M' && time ? 60 * n : 0;
    }
    if (months == 0 && days == 0)
        return w->now + (int64_t)way * seconds * US;
    months = (t.tm_year + 1900) * 12 + t.tm_mon + way * months;
    most = lengths[months % 12] + (months % 12 == 1 && leap(months / 12));
    t.tm_year = months / 12 - 1900;
    t.tm_mon = months % 12;
    t.tm_mday = (t.tm_mday > most ? most : t.tm_mday) + way * days;
    return moment(t) + w->now % US + (int64_t)way * seconds * US;
}

/* A day's beginning, `more` days behind it; or a moment, of whole seconds and with Z. */
static int64_t time_of(const struct slow_world *w, const struct json *v, int more)
{
    const char *s = json_text(v, "", NULL);
    int y, mo, d, h, mi, se;

    sscanf(s, "%d-%d-%d", &y, &mo, &d);
    if (strlen(s) == 10) {
        local(w, 0);
        return moment(
            (struct tm){.tm_year = y - 1900, .tm_mon = mo - 1, .tm_mday = d + more});
    }
    sscanf(s + 11, "%d:%d:%d", &h, &mi, &se);
    return (day_number(y, mo, d) * 86400 + h * 3600 + mi * 60 + se) * US;
}

bool slow_window_holds(const struct slow_world *w, const struct json *win, int64_t at)
{
    const char *last = json_text(win, "last", NULL);

    if (last != NULL && (at < shifted(w, last, -1) || at > w->now))
        return false;
    if (json_get(win, "after") != NULL && at < time_of(w, json_get(win, "after"), 0))
        return false;
    return json_get(win, "before") == NULL ||
           at < time_of(w, json_get(win, "before"), 0);
}

/* ---- fields ----------------------------------------------------------------------- */

static struct thing person_thing(const struct slow_world *w,
                                 const struct slow_person *p, const char *f)
{
    const struct {
        const char *name;
        struct thing thing;
    } all[] = {
        {"status", text(p->barred        ? "blocked"
                        : p->status == 2 ? "unreachable"
                                         : "active")},
        {"locale", text(p->english ? "en" : "ru")},
        {"source", text(p->source)},
        {"subscribed", thing_number(p->subscribed)},
        {"marketing_ok", thing_number(p->marketing)},
        {"marketing_rare", thing_number(p->rare)},
        {"insider", thing_number(p->insider)},
        {"name", text(p->name)},
        {"username", text(p->username)},
        {"phone", text(p->phone ? "x" : "")},
        {"city", text(p->store > 0 ? w->city[p->store - 1] : "")},
        {"home_store",
         p->store > 0 ? thing_number(w->store_id[p->store - 1]) : (struct thing){0}},
        {"created", instant(p->created)},
        {"last_seen", instant(p->seen)},
        {"last_purchase", instant(p->bought)},
        {"subscribed_at", instant(p->subscribed_at)},
        {"purchases_count", thing_number(p->purchases)},
        {"purchases_total", thing_number(p->spent)},
        {"average_check",
         p->purchases > 0 ? thing_number(p->spent / p->purchases) : (struct thing){0}},
    };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i].name, f) == 0)
            return all[i].thing;
    fprintf(stderr, "slow_rule: no field %s\n", f);
    abort();
}

static const char *named(const char *const *names, int n)
{
    return names[n];
}

static const char *const sources[] = {"", "subscription", "birthday", "manual",
                                      "campaign"};
static const char *const states[] = {"", "active", "used", "expired", "revoked"};
const char *const slow_purposes[] = {"", "service", "marketing", "receipt"};
static const char *const sent_states[] = {"",       "queued",  "sending", "sent",
                                          "failed", "skipped", "unknown", "cancelled"};

static struct thing store_thing(const struct slow_world *w, int store)
{
    return store > 0 ? thing_number(w->store_id[store - 1]) : (struct thing){0};
}

struct thing redeemed_thing(const struct slow_world *w, const struct slow_person *p,
                            int i, const char *f)
{
    const struct slow_redemption *r = &p->redemption[i];
    const struct slow_discount *d = &p->discount[r->discount];
    struct thing none = {0};

    if (strcmp(f, "total") == 0)
        return r->amount < 0 ? none : thing_number(r->amount - r->off);
    if (strcmp(f, "amount") == 0)
        return r->amount < 0 ? none : thing_number(r->amount);
    if (strcmp(f, "discount") == 0)
        return r->amount < 0 ? none : thing_number(r->off);
    if (strcmp(f, "store") == 0)
        return store_thing(w, r->store);
    if (strcmp(f, "percent") == 0)
        return thing_number(d->percent);
    return text(named(sources, d->source));
}

struct thing discount_thing(const struct slow_world *w, const struct slow_person *p,
                            int i, const char *f)
{
    const struct slow_discount *d = &p->discount[i];

    if (strcmp(f, "source") == 0)
        return text(named(sources, d->source));
    if (strcmp(f, "state") == 0)
        return text(
            named(states, d->status == 1 && d->until <= w->now ? 3 : d->status));
    if (strcmp(f, "percent") == 0)
        return thing_number(d->percent);
    if (strcmp(f, "uses_left") == 0)
        return thing_number(d->allowed - d->used);
    if (strcmp(f, "valid_until") == 0)
        return instant(d->until);
    return store_thing(w, d->store);
}

struct thing message_thing(const struct slow_world *w, const struct slow_person *p,
                           int i, const char *f)
{
    (void)w;
    return text(strcmp(f, "purpose") == 0 ? named(slow_purposes, p->message[i].purpose)
                                          : named(sent_states, p->message[i].state));
}

/* ---- one field held against a value ------------------------------------------------ */

static bool same(struct thing t, const struct json *v)
{
    const char *s = json_text(v, "", NULL);

    return s != NULL ? slow_same(t.text, s) : t.n == json_int_or(v, "", 0);
}

bool thing_listed(struct thing t, const struct json *list)
{
    for (size_t i = 0; i < json_count(list); i++)
        if (same(t, json_at(list, i)))
            return true;
    return false;
}

static bool compares(const char *op, int64_t n, int64_t a, int64_t b)
{
    if (strcmp(op, "eq") == 0)
        return n == a;
    if (strcmp(op, "neq") == 0)
        return n != a;
    if (strcmp(op, "lt") == 0)
        return n < a;
    if (strcmp(op, "lte") == 0)
        return n <= a;
    if (strcmp(op, "gt") == 0)
        return n > a;
    if (strcmp(op, "gte") == 0)
        return n >= a;
    return n >= a && n <= b;
}

static bool number_op(const char *op, struct thing t, const struct json *v)
{
    int64_t a = json_int_or(json_is_array(v) ? json_at(v, 0) : v, "", 0);
    int64_t b = json_is_array(v) ? json_int_or(json_at(v, 1), "", 0) : a;

    return t.known ? compares(op, t.n, a, b) : strcmp(op, "neq") == 0;
}

static bool time_op(const struct slow_world *w, const char *op, struct thing t,
                    const struct json *v)
{
    const struct json *end = json_at(v, 1);
    const char *s = json_text(v, "", NULL);

    if (strcmp(op, "not_last") == 0)
        return !t.known || t.n < shifted(w, s, -1) || t.n > w->now;
    if (!t.known)
        return false;
    if (strcmp(op, "last") == 0)
        return t.n >= shifted(w, s, -1) && t.n <= w->now;
    if (strcmp(op, "next") == 0)
        return t.n > w->now && t.n <= shifted(w, s, 1);
    if (strcmp(op, "before") == 0)
        return t.n < time_of(w, v, 0);
    if (strcmp(op, "after") == 0)
        return t.n >= time_of(w, v, 0);
    if (t.n < time_of(w, json_at(v, 0), 0))
        return false;
    return strlen(json_text(end, "", NULL)) == 10 ? t.n < time_of(w, end, 1)
                                                  : t.n <= time_of(w, end, 0);
}

bool thing_op(const struct slow_world *w, const struct json *o, struct thing t,
              bool time)
{
    const char *op = json_text(o, "op", NULL);
    const struct json *v = json_get(o, "v");

    if (strcmp(op, "is_set") == 0)
        return t.known;
    if (strcmp(op, "not_set") == 0)
        return !t.known;
    if (strcmp(op, "is") == 0)
        return (t.n != 0) == json_bool_or(v, "", false);
    if (time)
        return time_op(w, op, t, v);
    if (strcmp(op, "in") == 0)
        return t.known && thing_listed(t, v);
    if (strcmp(op, "not_in") == 0)
        return !t.known || !thing_listed(t, v);
    if (json_text(v, "", NULL) == NULL)
        return number_op(op, t, v);
    if (strcmp(op, "neq") == 0)
        return !t.known || !same(t, v);
    return t.known && text_op(op, t.text, json_text(v, "", NULL));
}

/* ---- birthdays -------------------------------------------------------------------- */

/* The day it is kept on in that year. */
static int64_t kept(const struct slow_world *w, const struct slow_person *p, int year)
{
    if (p->month == 2 && p->day == 29 && !leap(year))
        return w->leap_to_march ? day_number(year, 3, 1) : day_number(year, 2, 28);
    return day_number(year, p->month, p->day);
}

static bool within(const struct slow_world *w, const struct slow_person *p, int64_t a,
                   int64_t b)
{
    int64_t today = slow_local_day(w, w->now);
    int year = local(w, w->now).tm_year + 1900;

    for (int y = year - 2; y <= year + 2; y++) {
        int64_t away = kept(w, p, y) - today;

        if (away >= a && away <= b)
            return true;
    }
    return false;
}

static struct thing age_of(const struct slow_world *w, const struct slow_person *p)
{
    int year = local(w, w->now).tm_year + 1900;

    if (p->year == 0 || p->year == 1904)
        return (struct thing){0};
    return thing_number(year - p->year -
                        (kept(w, p, year) > slow_local_day(w, w->now)));
}

static bool birthday_op(const struct slow_world *w, const struct slow_person *p,
                        const struct json *o)
{
    const char *op = json_text(o, "op", NULL);
    const struct json *v = json_get(o, "v");
    int64_t a = json_int_or(json_at(v, 0), "", 0),
            b = json_int_or(json_at(v, 1), "", 0);
    struct thing age = age_of(w, p);

    if (strcmp(op, "is_set") == 0 || strcmp(op, "not_set") == 0)
        return (p->month != 0) == (strcmp(op, "is_set") == 0);
    if (p->month == 0)
        return false;
    if (strcmp(op, "is_today") == 0)
        return within(w, p, 0, 0);
    if (strcmp(op, "within_days") == 0)
        return within(w, p, a, b);
    if (strcmp(op, "age_between") == 0)
        return age.known && age.n >= a && age.n <= b;
    for (size_t i = 0; i < json_count(v); i++)
        if (json_int_or(json_at(v, i), "", 0) == p->month)
            return true;
    return false;
}

bool thing_is_time(const char *f)
{
    return strcmp(f, "created") == 0 || strcmp(f, "last_seen") == 0 ||
           strcmp(f, "last_purchase") == 0 || strcmp(f, "subscribed_at") == 0 ||
           strcmp(f, "valid_until") == 0;
}

bool slow_field_fits(const struct slow_world *w, const struct slow_person *p,
                     const struct json *o)
{
    const char *f = json_text(o, "f", NULL);

    if (strcmp(f, "birthday") == 0)
        return birthday_op(w, p, o);
    if (strcmp(f, "age") == 0)
        return thing_op(w, o, age_of(w, p), false);
    return thing_op(w, o, person_thing(w, p, f), thing_is_time(f));
}
