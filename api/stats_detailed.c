/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/stats_private.h"

#include "core/base/csv.h"
#include "core/base/stamp.h"
#include "core/loyalty/discount.h"
#include "core/staff/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES 260
#define N(table) (sizeof(table) / sizeof *(table))

/* As group_by names them. location is what the panel calls a store. */
static const char *const group_words[] = {"day",   "week",   "month", "location",
                                          "store", "source", "staff", NULL};
static const enum stat_group groups[] = {STAT_BY_DAY,   STAT_BY_WEEK,  STAT_BY_MONTH,
                                         STAT_BY_STORE, STAT_BY_STORE, STAT_BY_SOURCE,
                                         STAT_BY_STAFF};
static const char *const formats[] = {"json", "csv", NULL};
enum { FORMAT_JSON, FORMAT_CSV };

/* In the order of the figures; of kopecks and basis points people read two digits. */
static const struct {
    const char *ru, *en;
    bool hundredths;
} titles[STATS_FIGURES] = {
    [STAT_NEW_CUSTOMERS] = {"Новые покупатели", "New customers", false},
    [STAT_ERASED] = {"Удалили данные", "Erased", false},
    [STAT_SUBSCRIBED] = {"Подписались", "Subscribed", false},
    [STAT_UNSUBSCRIBED] = {"Отписались", "Unsubscribed", false},
    [STAT_WITHDRAWN] = {"Отозвали согласие", "Withdrew consent", false},
    [STAT_ISSUED] = {"Выдано скидок", "Discounts issued", false},
    [STAT_EXPIRED] = {"Истекло скидок", "Discounts expired", false},
    [STAT_REDEEMED] = {"Погашено", "Redeemed", false},
    [STAT_VOIDED] = {"Отменено погашений", "Redemptions undone", false},
    [STAT_PURCHASES] = {"Покупок с суммой", "Purchases with a sum", false},
    [STAT_AMOUNT] = {"Сумма покупок", "Purchases, sum", true},
    [STAT_DISCOUNT] = {"Сумма скидок", "Discounts, sum", true},
    [STAT_SENT] = {"Сообщений отправлено", "Messages sent", false},
    [STAT_FAILED] = {"Сообщений не дошло", "Messages failed", false},
    [STAT_SKIPPED] = {"Сообщений пропущено", "Messages skipped", false},
    [STAT_UNKNOWN] = {"Сообщений с неизвестной судьбой", "Messages unknown", false},
    [STATS_CONVERSION] = {"Конверсия, %", "Conversion, %", true},
    [STATS_AVERAGE] = {"Средний чек", "Average purchase", true},
};

/* What one table is made of. */
struct table {
    struct call *c;
    struct stats_asked asked;
    enum stat_group group;
    bool wanted[STATS_FIGURES];
    struct stat_rows rows;
    struct {
        char text[NAME_BYTES];
    } * label; /* of each row */
    int64_t total[STAT_METRICS];
};

/* ---- what stands at the head of a row -------------------------------------------- */

static bool by_time(enum stat_group g)
{
    return g == STAT_BY_DAY || g == STAT_BY_WEEK || g == STAT_BY_MONTH;
}

/* Rows and names both come by id. */
struct naming {
    struct table *t;
    size_t at;
};

static void name_set(void *arg, int64_t id, const char *name)
{
    struct naming *n = arg;
    const struct stat_rows *rows = &n->t->rows;

    while (n->at < rows->n && rows->row[n->at].key < id)
        n->at++;
    if (n->at < rows->n && rows->row[n->at].key == id)
        snprintf(n->t->label[n->at].text, NAME_BYTES, "%s", name);
}

static void label_set(const struct table *t, int64_t key, char out[NAME_BYTES])
{
    char day[STAMP_BYTES];

    if (by_time(t->group)) {
        stamp_print_day((int32_t)key, day);
        snprintf(out, NAME_BYTES, "%s", day);
    } else if (t->group == STAT_BY_SOURCE) {
        snprintf(out, NAME_BYTES, "%s",
                 key != 0 ? discount_source_name((enum discount_source)key) : "none");
    } else if (key != 0) {
        snprintf(out, NAME_BYTES, "№ %lld", (long long)key);
    }
}

/* The date, the source's name, the store's or person's; "" for none of them. Names of
 * people are for who may see who works here. */
static enum status labels_load(struct table *t)
{
    struct naming naming = {.t = t};

    t->label = calloc(t->rows.n + 1, sizeof *t->label);
    if (t->label == NULL)
        return ST_BROKEN;
    for (size_t i = 0; i < t->rows.n; i++)
        label_set(t, t->rows.row[i].key, t->label[i].text);
    if (t->group == STAT_BY_STORE)
        return store_names(t->c->db, name_set, &naming);
    if (t->group == STAT_BY_STAFF && staff_may(&t->c->who.staff, PERM_STAFF_VIEW))
        return staff_names(t->c->db, name_set, &naming);
    return ST_OK;
}

/* ---- JSON ------------------------------------------------------------------------ */

static struct json *figures_json(const struct table *t,
                                 const int64_t value[STAT_METRICS])
{
    struct json *o = json_new_object();
    int64_t n;

    for (int f = 0; f < STATS_FIGURES; f++) {
        if (!t->wanted[f])
            continue;
        if (stats_figure(value, f, t->asked.of_stores, &n))
            json_set_int(o, stats_figure_name(f), n);
        else
            json_set_text(o, stats_figure_name(f), NULL);
    }
    return o;
}

static struct json *row_json(const struct table *t, size_t i)
{
    const struct stat_row *r = &t->rows.row[i];
    const char *label = t->label[i].text;
    struct json *o = json_new_object();

    json_set_text(o, "label", *label != '\0' ? label : NULL);
    if ((t->group == STAT_BY_STORE || t->group == STAT_BY_STAFF) && r->key != 0)
        json_set_int(o, "id", r->key);
    else
        json_set_text(o, "id", NULL);
    json_set(o, "figures", figures_json(t, r->value));
    return o;
}

static void table_json(struct table *t)
{
    struct json *o = json_new_object(), *items = json_new_array();

    for (size_t i = 0; i < t->rows.n; i++)
        json_push(items, row_json(t, i));
    json_set_text(o, "timezone", t->c->cfg->timezone);
    stats_set_period(o, t->asked.from, t->asked.until);
    json_set_text(o, "group_by",
                  group_words[given_value(&t->c->query, "group_by")->number]);
    json_set(o, "items", items);
    json_set(o, "total", figures_json(t, t->total));
    answer_json(t->c, 200, o);
}

/* ---- CSV ------------------------------------------------------------------------- */

static void figures_csv(const struct table *t, struct csv *csv,
                        const int64_t value[STAT_METRICS])
{
    int64_t n;

    for (int f = 0; f < STATS_FIGURES; f++) {
        if (!t->wanted[f])
            continue;
        if (!stats_figure(value, f, t->asked.of_stores, &n))
            csv_text(csv, NULL);
        else if (titles[f].hundredths)
            csv_money(csv, n);
        else
            csv_int(csv, n);
    }
    csv_row(csv);
}

static void head_csv(const struct table *t, struct csv *csv)
{
    static const char *const heads[STAT_GROUPS][2] = {
        [STAT_BY_DAY] = {"День", "Day"},
        [STAT_BY_WEEK] = {"Неделя с", "Week of"},
        [STAT_BY_MONTH] = {"Месяц с", "Month of"},
        [STAT_BY_STORE] = {"Магазин", "Store"},
        [STAT_BY_SOURCE] = {"Источник", "Source"},
        [STAT_BY_STAFF] = {"Сотрудник", "Staff"}};

    csv_text(csv, tell(t->c, heads[t->group][0], heads[t->group][1]));
    for (int f = 0; f < STATS_FIGURES; f++)
        if (t->wanted[f])
            csv_text(csv, tell(t->c, titles[f].ru, titles[f].en));
    csv_row(csv);
}

static void table_csv(struct table *t)
{
    struct csv csv;
    char name[96], from[STAMP_BYTES], to[STAMP_BYTES];

    csv_open(&csv, tell(t->c, "ru", "en"));
    head_csv(t, &csv);
    for (size_t i = 0; i < t->rows.n; i++) {
        csv_text(&csv, t->label[i].text);
        figures_csv(t, &csv, t->rows.row[i].value);
    }
    csv_text(&csv, tell(t->c, "Итого", "Total"));
    figures_csv(t, &csv, t->total);
    stamp_print_day(t->asked.from, from);
    stamp_print_day(t->asked.until - 1, to);
    snprintf(name, sizeof name, "attachment; filename=\"stats_%s_%s.csv\"", from, to);
    answer_text(t->c, 200, "text/csv; charset=utf-8", &csv.out);
    answer_header(t->c, "Content-Disposition", name);
}

/* ---- what is asked --------------------------------------------------------------- */

static const char *const metric_words[STATS_FIGURES + 1] = {
    "new_customers", "erased",          "subscribed",       "unsubscribed",
    "withdrawn",     "issued",          "expired",          "redeemed",
    "voided",        "purchases",       "purchase_amount",  "discount_amount",
    "messages_sent", "messages_failed", "messages_skipped", "messages_unknown",
    "conversion",    "average_purchase"};

static const struct field params[] = {
    STATS_FIELDS,
    {"group_by", FIELD_WORD, .required = true, .words = group_words},
    {"metrics", FIELD_WORDS, .words = metric_words},
    {"format", FIELD_WORD, .words = formats},
};

static void metrics_want(struct table *t)
{
    const struct value *v = given_value(&t->c->query, "metrics");

    for (int f = 0; f < STATS_FIGURES; f++)
        t->wanted[f] = !v->given;
    for (size_t i = 0; v->given && i < v->n; i++)
        t->wanted[v->ids[i]] = true;
}

static enum status table_read(struct table *t)
{
    const struct stat_ask ask = stats_ask_of(t->c, &t->asked, t->group);
    enum status st = stat_read(t->c->db, &ask, &t->rows);

    for (size_t i = 0; st == ST_OK && i < t->rows.n; i++)
        for (int m = 0; m < STAT_METRICS; m++)
            t->total[m] += t->rows.row[i].value[m];
    return st;
}

/* GET /api/v1/stats/detailed */
enum status stats_detailed(struct call *c)
{
    struct table t = {.c = c};
    enum status st = query_read(c, params, N(params));

    if (st == ST_OK)
        st = stats_ask(c, &t.asked);
    if (st == ST_OK) {
        t.group = groups[given_value(&c->query, "group_by")->number];
        metrics_want(&t);
        st = table_read(&t);
    }
    if (st == ST_OK)
        st = labels_load(&t);
    if (st == ST_OK && given_value(&c->query, "format")->number == FORMAT_CSV)
        table_csv(&t);
    else if (st == ST_OK)
        table_json(&t);
    free(t.label);
    stat_rows_free(&t.rows);
    stats_asked_free(&t.asked);
    return st;
}
