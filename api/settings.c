/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/settings.h"

#include "api/etag.h"
#include "core/audit.h"
#include "core/base/stamp.h"
#include "core/loyalty/consent.h"
#include "core/setting_row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- kinds ----------------------------------------------------------------------- */

static const struct {
    const char *name; /* as the API says it */
    enum field_kind kind;
} kinds[] = {
    [SETTING_IS_TEXT] = {"text", FIELD_TEXT},
    [SETTING_IS_PAGE] = {"page", FIELD_PAGE},
    [SETTING_IS_INT] = {"integer", FIELD_INT},
    [SETTING_IS_DAYS] = {"days", FIELD_INT},
    [SETTING_IS_PERCENT] = {"basis_points", FIELD_INT},
    [SETTING_IS_TIME] = {"time_of_day", FIELD_CLOCK},
    [SETTING_IS_BOOL] = {"boolean", FIELD_BOOL},
    [SETTING_IS_CHOICE] = {"choice", FIELD_WORD},
    [SETTING_IS_CHANNEL] = {"channel", FIELD_TEXT},
    [SETTING_IS_GROUP] = {"group", FIELD_TEXT},
    [SETTING_IS_USERNAME] = {"username", FIELD_TEXT},
    [SETTING_IS_URL] = {"url", FIELD_TEXT},
};

static bool is_bounded_text(enum setting_kind kind)
{
    return kind == SETTING_IS_TEXT || kind == SETTING_IS_PAGE;
}

/* Of {"value": …}: what the table of settings says of this one. */
struct field setting_field(const struct setting *s, const char *words[5])
{
    struct field f = {.name = "value", .kind = kinds[s->kind].kind, .required = true};
    bool number = f.kind == FIELD_INT;

    memcpy(words, s->words, sizeof s->words);
    words[4] = NULL;
    f.words = words;
    if (number || is_bounded_text(s->kind))
        f.min = s->min;
    f.max = number || is_bounded_text(s->kind) ? s->max : 256;
    return f;
}

/* ---- showing --------------------------------------------------------------------- */

void setting_value_set(struct json *o, const char *name, const struct setting *s,
                       const char *stored)
{
    if (s->secret)
        json_set_text(o, name, *stored != '\0' ? "***" : NULL);
    else if (s->kind == SETTING_IS_BOOL)
        json_set_bool(o, name, *stored == '1');
    else if (kinds[s->kind].kind == FIELD_INT)
        json_set_int(o, name, strtoll(stored, NULL, 10));
    else
        json_set_text(o, name, stored);
}

static void bounds_set(struct json *o, const struct setting *s)
{
    struct json *words;

    if (kinds[s->kind].kind == FIELD_INT || is_bounded_text(s->kind)) {
        json_set_int(o, "min", s->min);
        json_set_int(o, "max", s->max);
    }
    if (s->kind != SETTING_IS_CHOICE)
        return;
    words = json_new_array();
    for (int i = 0; i < 4 && s->words[i] != NULL; i++)
        json_push_text(words, s->words[i]);
    json_set(o, "words", words);
}

struct json *setting_json(const struct setting *s, const struct setting_now *now,
                          enum tongue tongue)
{
    struct json *o = json_new_object();
    char at[STAMP_BYTES];

    stamp_print(now->updated_at, at);
    json_set_text(o, "key", s->name);
    json_set_text(o, "kind", kinds[s->kind].name);
    json_set_text(o, "help", tongue == TONGUE_EN ? s->help_en : s->help_ru);
    json_set_text(o, "help_ru", s->help_ru);
    json_set_text(o, "help_en", s->help_en);
    json_set_bool(o, "secret", s->secret);
    setting_value_set(o, "value", s, now->stored);
    setting_value_set(o, "default", s, s->standard);
    bounds_set(o, s);
    json_set_int(o, "version", now->version);
    json_set_text(o, "updated_at", now->version > 0 ? at : NULL);
    json_set_text(o, "updated_by", now->version > 0 ? now->updated_by : NULL);
    return o;
}

/* ---- reading --------------------------------------------------------------------- */

/* One that is not valid any more shows as its default, as the programs take it. */
static struct json *row_json(struct call *c, const struct setting *s,
                             const struct setting_row *row)
{
    struct setting_now now = {.stored = row->stored,
                              .version = row->version,
                              .updated_at = row->updated_at,
                              .updated_by = row->updated_by};
    struct buf same = {0};
    const char *why;
    struct json *o;

    if (setting_parse(s, now.stored, &same, &why) != ST_OK)
        now.stored = s->standard;
    o = setting_json(s, &now, c->tongue);
    buf_free(&same);
    return o;
}

static struct json *default_json(struct call *c, const struct setting *s)
{
    return setting_json(s, &(struct setting_now){.stored = s->standard}, c->tongue);
}

static enum status rows_read(struct call *c, struct json **of)
{
    struct setting_row row;
    enum status st = setting_rows(c->db);

    while (st == ST_OK && (st = setting_rows_next(c->db, &row)) == ST_OK)
        if (row.setting != NULL)
            of[row.setting - setting_table] = row_json(c, row.setting, &row);
    return st == ST_NONE ? ST_OK : st;
}

static struct json *page_json(int n)
{
    struct json *o = json_new_object();

    json_set_text(o, "next", NULL);
    json_set_text(o, "prev", NULL);
    json_set_int(o, "limit", n);
    json_set_bool(o, "has_next", false);
    json_set_bool(o, "has_prev", false);
    return o;
}

/* GET /api/v1/settings: all of them on one page. */
enum status settings_get(struct call *c)
{
    struct json **of = calloc(setting_count, sizeof(struct json *));
    struct json *o = json_new_object(), *items = json_new_array();
    enum status st = of != NULL ? query_read(c, NULL, 0) : ST_BROKEN;

    if (st == ST_OK)
        st = rows_read(c, of);
    for (size_t i = 0; of != NULL && i < setting_count; i++)
        json_push(items, of[i] != NULL ? of[i] : default_json(c, &setting_table[i]));
    json_set(o, "items", items);
    json_set(o, "page", page_json((int)setting_count));
    json_set(o, "query", json_new_object());
    if (st == ST_OK)
        answer_json(c, 200, o);
    else
        json_free(o);
    free(of);
    return st;
}

static enum status one_answer(struct call *c, const struct setting *s)
{
    struct setting_row row;
    enum status st = setting_row_load(c->db, s->name, false, &row);

    if (st != ST_OK && st != ST_NONE)
        return st;
    etag_answer(c, row.version);
    answer_json(c, 200, st == ST_OK ? row_json(c, s, &row) : default_json(c, s));
    return ST_OK;
}

/* GET /api/v1/settings/{key} */
enum status setting_get(struct call *c)
{
    const struct setting *s = setting_find(c->key);
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK && s == NULL)
        st = ST_NONE;
    return st == ST_OK ? one_answer(c, s) : st;
}

/* ---- changing -------------------------------------------------------------------- */

/* The value as setting_set reads it. */
static void value_text(const struct value *v, struct buf *out)
{
    if (v->text != NULL)
        buf_adds(out, v->text);
    else
        buf_addf(out, "%lld", (long long)v->number);
}

static const char *hint(const struct call *c, enum setting_kind kind)
{
    switch (kind) {
    case SETTING_IS_CHANNEL:
        return tell(c, "канал: -100… или @имя", "a channel: -100… or @name");
    case SETTING_IS_GROUP:
        return tell(c, "группа: -100… или -100…/тема", "a group: -100… or -100…/topic");
    case SETTING_IS_USERNAME:
        return tell(c, "имя пользователя: от 4 до 32 латинских букв, цифр и _",
                    "a user name: 4 to 32 of A-Z, 0-9 and _");
    case SETTING_IS_URL:
        return tell(c, "адрес, который начинается с https://",
                    "an address that begins with https://");
    default:
        return tell(c, "такое значение не подходит", "such a value will not do");
    }
}

/* A setting that was never set has no row to lock: of two who begin with version 0 the
 * later one finds its own version to be the second, and tries again, to be told so. */
static enum status version_was(struct call *c, const struct setting *s, int64_t version)
{
    struct setting_row row;
    enum status st = setting_row_load(c->db, s->name, false, &row);

    if (st == ST_OK && row.version > version + 1)
        return ST_AGAIN;
    return st == ST_NONE ? ST_OK : st;
}

static enum status write_value(struct call *c, const struct setting *s,
                               const char *pointer, const char *was, const char *text)
{
    char by[64];
    struct setting_change change = {.name = s->name, .value = text, .by = by};
    struct audit_field field = {.name = s->name, .was = was, .is = text};
    const char *why;
    enum status st;

    snprintf(by, sizeof by, "%s:%lld", role_name(c->who.staff.role),
             (long long)c->who.staff.id);
    st = setting_set(c->db, c->now, &change, &why);
    if (st == ST_BAD) {
        call_fault(c, pointer, "format", "%s", hint(c, s->kind));
        return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
    }
    /* A text of consent is in force once it is published as evidence. */
    if (st == ST_OK && consent_text_uses(s->name))
        st = consent_text_sync(c->db, c->now);
    if (st != ST_OK)
        return st;
    return audit_add(c->db, c->now,
                     &(struct audit_entry){.actor = ACTOR_API,
                                           .actor_id = c->who.staff.id,
                                           .action = "setting.set",
                                           .fields = &field,
                                           .n_fields = 1});
}

/* The version there is, with the row locked; *was its value. */
static enum status version_read(struct call *c, const struct setting *s,
                                int64_t *version, struct buf *was)
{
    struct setting_row row;
    enum status st = setting_row_load(c->db, s->name, true, &row);

    *version = row.version;
    if (st == ST_OK || st == ST_NONE)
        buf_adds(was, st == ST_OK ? row.stored : s->standard);
    return st == ST_NONE ? ST_OK : st;
}

enum status setting_write(struct call *c, const struct setting *s,
                          const struct value *v, const char *pointer)
{
    struct buf was = {0}, text = {0};
    int64_t version;
    enum status st = version_read(c, s, &version, &was);

    value_text(v, &text);
    if (st == ST_OK && (text.failed || was.failed))
        st = ST_BROKEN;
    if (st == ST_OK)
        st = write_value(c, s, pointer, was.s != NULL ? was.s : "",
                         text.s != NULL ? text.s : "");
    buf_free(&was);
    buf_free(&text);
    return st;
}

/* PATCH /api/v1/settings/{key}: {"value": …} */
enum status setting_patch(struct call *c)
{
    const struct setting *s = setting_find(c->key);
    const char *words[5];
    struct buf was = {0}, text = {0};
    struct field field;
    int64_t version = 0;
    enum status st = s != NULL ? query_read(c, NULL, 0) : ST_NONE;

    if (st != ST_OK)
        return st;
    field = setting_field(s, words);
    st = body_read(c, &field, 1);
    if (st == ST_OK)
        st = version_read(c, s, &version, &was);
    if (st == ST_OK)
        st = etag_check(c, version, true);
    if (st == ST_OK)
        value_text(given_value(&c->body, "value"), &text);
    if (st == ST_OK && (text.failed || was.failed))
        st = ST_BROKEN;
    if (st == ST_OK)
        st = write_value(c, s, "/value", was.s != NULL ? was.s : "",
                         text.s != NULL ? text.s : "");
    if (st == ST_OK)
        st = version_was(c, s, version);
    if (st == ST_OK)
        st = one_answer(c, s);
    buf_free(&was);
    buf_free(&text);
    given_free(&c->body); /* its declaration ends here */
    return st;
}
