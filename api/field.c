/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/field_private.h"

#include "core/base/log.h"
#include "core/base/stamp.h"
#include "core/base/utf.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MOST 255

/* ---- one value ------------------------------------------------------------------- */

static void says(const struct spot *s, const char *code, const char *ru, const char *en)
{
    call_fault(s->c, s->pointer, code, "%s", tell(s->c, ru, en));
}

bool spot_fits_text(const struct spot *s, const char *text, size_t n)
{
    int64_t max = s->f->max > 0 ? s->f->max : TEXT_MOST, letters = 0;

    for (size_t i = 0, step; i < n; i += step, letters++) {
        unsigned char byte = (unsigned char)text[i];

        step = utf_char_len(text + i, n - i);
        if (step == 0 || byte == 0x7F ||
            (byte < 0x20 &&
             !(s->f->kind == FIELD_PAGE && (byte == '\n' || byte == '\t')))) {
            says(s, "format", "здесь не может быть управляющих символов",
                 "control characters cannot be here");
            return false;
        }
    }
    if (letters >= s->f->min && letters <= max)
        return true;
    call_fault(s->c, s->pointer, letters < s->f->min ? "too_short" : "too_long",
               tell(s->c, "от %lld до %lld символов", "%lld to %lld characters"),
               (long long)s->f->min, (long long)max);
    return false;
}

void spot_int(const struct spot *s, int64_t n)
{
    const struct field *f = s->f;
    bool bounded = f->min != 0 || f->max != 0;

    if (f->kind == FIELD_ID) {
        if (!spot_id(s, n))
            return;
    } else if (bounded && (n < f->min || n > f->max)) {
        call_fault(s->c, s->pointer, "range",
                   tell(s->c, "от %lld до %lld", "%lld to %lld"), (long long)f->min,
                   (long long)f->max);
        return;
    }
    s->v->number = n;
}

bool spot_id(const struct spot *s, int64_t id)
{
    if (id > 0)
        return true;
    says(s, "range", "номер больше нуля", "an id is above zero");
    return false;
}

bool spot_word(const struct spot *s, const char *text, size_t n, int64_t *at)
{
    struct buf all = {0};

    for (*at = 0; s->f->words[*at] != NULL; (*at)++)
        if (strlen(s->f->words[*at]) == n && memcmp(s->f->words[*at], text, n) == 0)
            return true;
    for (int i = 0; s->f->words[i] != NULL; i++)
        buf_addf(&all, "%s%s", i > 0 ? ", " : "", s->f->words[i]);
    call_fault(s->c, s->pointer, "not_one_of", tell(s->c, "одно из: %s", "one of: %s"),
               all.s != NULL ? all.s : "");
    buf_free(&all);
    return false;
}

static void take_text(const struct spot *s, const char *text, size_t n)
{
    spot_fits_text(s, text, n);
}

static void take_word(const struct spot *s, const char *text, size_t n)
{
    spot_word(s, text, n, &s->v->number);
}

static void take_time(const struct spot *s, const char *text, size_t n)
{
    enum status st = stamp_read(text, n, &s->v->number);

    if (st == ST_REFUSED)
        says(s, "offset_required", "нужно смещение от UTC, например +10:00 или Z",
             "an offset from UTC is needed, as +10:00 or Z");
    else if (st != ST_OK)
        says(s, "format", "время вида 2026-11-20T09:00:00+10:00",
             "a time like 2026-11-20T09:00:00+10:00");
}

static void take_date(const struct spot *s, const char *text, size_t n)
{
    int32_t day = 0;

    if (stamp_read_day(text, n, &day) != ST_OK)
        says(s, "format", "дата вида 2026-11-20", "a date like 2026-11-20");
    s->v->number = day;
}

static void take_clock(const struct spot *s, const char *t, size_t n)
{
    bool fine = n == 5 && isdigit((unsigned char)t[0]) &&
                isdigit((unsigned char)t[1]) && t[2] == ':' &&
                isdigit((unsigned char)t[3]) && isdigit((unsigned char)t[4]);
    int hour = fine ? (t[0] - '0') * 10 + (t[1] - '0') : 24;
    int minute = fine ? (t[3] - '0') * 10 + (t[4] - '0') : 60;

    if (hour > 23 || minute > 59)
        says(s, "format", "время дня вида 09:00", "a time of day like 09:00");
    else
        s->v->number = hour * 60 + minute;
}

void spot_text(const struct spot *s, const char *text, size_t n)
{
    static void (*const take[])(const struct spot *, const char *, size_t) = {
        [FIELD_TEXT] = take_text, [FIELD_PAGE] = take_text,   [FIELD_TIME] = take_time,
        [FIELD_DATE] = take_date, [FIELD_CLOCK] = take_clock, [FIELD_WORD] = take_word,
    };

    s->v->text = text;
    s->v->n = n;
    if (memchr(text, '\0', n) != NULL)
        says(s, "format", "здесь не может быть нулевого символа",
             "a NUL cannot be here");
    else
        take[s->f->kind](s, text, n);
}

/* ---- lists ----------------------------------------------------------------------- */

bool spot_room(const struct spot *s, size_t n)
{
    size_t most = s->f->most > 0 ? (size_t)s->f->most : FIELD_MOST;

    if (n > most) {
        call_fault(s->c, s->pointer, "too_many",
                   tell(s->c, "не больше %zu", "at most %zu"), most);
        return false;
    }
    if (n == 0 && s->f->required) {
        says(s, "too_few", "нужен хотя бы один", "at least one is needed");
        return false;
    }
    s->v->ids = calloc(n + 1, sizeof *s->v->ids);
    s->v->texts = calloc(n + 1, sizeof *s->v->texts);
    if (s->v->ids != NULL && s->v->texts != NULL)
        return true;
    s->c->answer.text.failed = true;
    return false;
}

bool spot_once(const struct spot *s)
{
    for (size_t i = 0; s->f->kind == FIELD_WORDS && i < s->v->n; i++)
        for (size_t k = 0; k < i; k++)
            if (s->v->ids[i] == s->v->ids[k]) {
                says(s, "repeated", "каждое слово один раз", "each word once");
                return false;
            }
    return true;
}

/* ---- what is missing or of another type ------------------------------------------ */

void spot_wrong_type(const struct spot *s)
{
    static const char *const wanted[][2] = {
        [FIELD_UNSET] = {"", ""},
        [FIELD_TEXT] = {"нужна строка", "a string is expected"},
        [FIELD_PAGE] = {"нужна строка", "a string is expected"},
        [FIELD_INT] = {"нужно целое число", "a whole number is expected"},
        [FIELD_ID] = {"нужен номер: целое число", "an id is expected: a whole number"},
        [FIELD_BOOL] = {"нужно true или false", "true or false is expected"},
        [FIELD_TIME] = {"нужна строка со временем", "a string with a time is expected"},
        [FIELD_DATE] = {"нужна строка с датой", "a string with a date is expected"},
        [FIELD_CLOCK] = {"нужна строка вида 09:00", "a string like 09:00 is expected"},
        [FIELD_WORD] = {"нужна строка", "a string is expected"},
        [FIELD_IDS] = {"нужен список номеров", "a list of ids is expected"},
        [FIELD_WORDS] = {"нужен список слов", "a list of words is expected"},
        [FIELD_TEXTS] = {"нужен список строк", "a list of strings is expected"},
        [FIELD_OBJECT] = {"нужен объект", "an object is expected"},
        [FIELD_JSON] = {"нужен объект", "an object is expected"},
        [FIELD_OBJECTS] = {"нужен список объектов", "a list of objects is expected"},
    };

    says(s, "type", wanted[s->f->kind][0], wanted[s->f->kind][1]);
}

void spot_wrong_object(const struct spot *s)
{
    says(s, "type", "нужен объект", "an object is expected");
}

void spot_required(const struct spot *s)
{
    says(s, "required", "без этого нельзя", "this is needed");
}

/* ---- what was given -------------------------------------------------------------- */

bool given_new(struct given *g, const struct field *fields, size_t n)
{
    g->values = calloc(n + 1, sizeof *g->values);
    g->n = g->values != NULL ? n : 0;
    for (size_t i = 0; i < g->n; i++)
        g->values[i].field = &fields[i];
    return g->values != NULL;
}

static void objects_free(struct value *v)
{
    size_t n = v->object == NULL ? 0 : v->field->kind == FIELD_OBJECTS ? v->n : 1;

    for (size_t i = 0; i < n; i++)
        given_free(&v->object[i]);
    free(v->object);
}

void given_free(struct given *g)
{
    for (size_t i = 0; i < g->n; i++) {
        free(g->values[i].ids);
        free(g->values[i].texts);
        objects_free(&g->values[i]);
    }
    free(g->values);
    json_free(g->json);
    free(g->text);
    *g = (struct given){0};
}

const struct value *given_value(const struct given *g, const char *name)
{
    static const struct value none;

    if (g == NULL)
        return &none;
    for (size_t i = 0; i < g->n; i++)
        if (strcmp(g->values[i].field->name, name) == 0)
            return &g->values[i];
    log_error("a field is asked for that is not declared", LOG_TEXT("field", name));
    return &none;
}

bool given_has(const struct given *g, const char *name)
{
    const struct value *v = given_value(g, name);

    return v->given && !v->null;
}

int64_t given_int(const struct given *g, const char *name, int64_t otherwise)
{
    const struct value *v = given_value(g, name);

    return v->given && !v->null ? v->number : otherwise;
}

bool given_bool(const struct given *g, const char *name, bool otherwise)
{
    return given_int(g, name, otherwise) != 0;
}

const char *given_text(const struct given *g, const char *name)
{
    const struct value *v = given_value(g, name);

    return v->given && !v->null ? v->text : NULL;
}
