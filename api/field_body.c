/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Fields of a JSON body. */
#include "api/field_private.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAME_SHOWN 64 /* bytes of a name that nobody declared */

static void object_read(struct call *c, struct json *o, const char *at,
                        struct given *g);

/* ---- is it JSON of one reading? -------------------------------------------------- */

/* What JSON's readers take differently: members of one name (which of them counts?) and
 * names cut by a NUL. In JSON that is well-formed each colon outside a string is one
 * member, so more colons than members means that some were lost. */
struct tally {
    size_t members;
};

static void count_members(void *arg, const char *key, struct json *v)
{
    struct tally *n = arg;

    (void)key;
    n->members++;
    json_each(v, count_members, n);
    for (size_t i = 0; i < json_count(v); i++) {
        struct json *entry = json_at(v, i);

        if (json_is_array(entry))
            n->members--, count_members(n, "", entry);
        else
            json_each(entry, count_members, n);
    }
}

static bool one_reading(const char *s, size_t n, struct json *o)
{
    struct tally found = {0};
    size_t colons = 0;
    bool in_string = false;

    for (size_t i = 0; i < n; i++) {
        if (in_string && s[i] == '\\') {
            if (n - i > 5 && memcmp(s + i + 1, "u0000", 5) == 0)
                return false;
            i++;
        } else if (s[i] == '"') {
            in_string = !in_string;
        } else if (!in_string && s[i] == ':') {
            colons++;
        }
    }
    json_each(o, count_members, &found);
    return colons == found.members;
}

/* ---- one member ------------------------------------------------------------------ */

static bool is_bool(const struct json *v)
{
    return json_bool_or(v, "", true) == json_bool_or(v, "", false);
}

static void read_text(const struct spot *s, struct json *v)
{
    size_t n;
    const char *text = json_text(v, "", &n);

    if (text == NULL)
        spot_wrong_type(s);
    else
        spot_text(s, text, n);
}

static void read_int(const struct spot *s, struct json *v)
{
    int64_t n;

    if (json_int(v, "", &n))
        spot_int(s, n);
    else
        spot_wrong_type(s);
}

static void read_bool(const struct spot *s, struct json *v)
{
    if (is_bool(v))
        s->v->number = json_bool_or(v, "", false);
    else
        spot_wrong_type(s);
}

static bool entry_read(const struct spot *s, struct json *entry, size_t i)
{
    size_t n = 0;
    const char *text = json_text(entry, "", &n);

    if (s->f->kind == FIELD_IDS) {
        if (json_int(entry, "", &s->v->ids[i]))
            return spot_id(s, s->v->ids[i]);
    } else if (text != NULL) {
        s->v->texts[i] = text;
        if (s->f->kind == FIELD_WORDS)
            return spot_word(s, text, n, &s->v->ids[i]);
        return spot_fits_text(s, text, n);
    }
    spot_wrong_type(s);
    return false;
}

static void read_list(const struct spot *s, struct json *v)
{
    struct buf at = {0};

    if (!json_is_array(v)) {
        spot_wrong_type(s);
        return;
    }
    if (!spot_room(s, json_count(v)))
        return;
    for (size_t i = 0; i < json_count(v); i++) {
        struct spot entry = *s;

        buf_clear(&at);
        buf_addf(&at, "%s/%zu", s->pointer, i);
        entry.pointer = at.failed ? s->pointer : at.s;
        if (entry_read(&entry, json_at(v, i), i))
            s->v->n = i + 1;
    }
    spot_once(s);
    buf_free(&at);
}

static void read_object(const struct spot *s, struct json *v)
{
    if (!json_is_object(v)) {
        spot_wrong_type(s);
        return;
    }
    s->v->json = v;
    if (s->f->kind == FIELD_JSON)
        return;
    s->v->object = calloc(1, sizeof *s->v->object);
    if (s->v->object == NULL || !given_new(s->v->object, s->f->fields, s->f->n))
        s->c->answer.text.failed = true;
    else
        object_read(s->c, v, s->pointer, s->v->object);
}

static void read_objects(const struct spot *s, struct json *v)
{
    size_t n = json_count(v);
    struct buf at = {0};

    if (!json_is_array(v)) {
        spot_wrong_type(s);
        return;
    }
    if (!spot_room(s, n))
        return;
    s->v->object = calloc(n + 1, sizeof *s->v->object);
    s->c->answer.text.failed |= s->v->object == NULL;
    for (size_t i = 0; s->v->object != NULL && i < n; i++) {
        struct given *one = &s->v->object[i];
        struct spot entry = *s;

        buf_clear(&at);
        buf_addf(&at, "%s/%zu", s->pointer, i);
        entry.pointer = at.failed ? s->pointer : at.s;
        s->v->n = i + 1;
        if (!given_new(one, s->f->fields, s->f->n))
            s->c->answer.text.failed = true;
        else if (json_is_object(json_at(v, i)))
            object_read(s->c, json_at(v, i), entry.pointer, one);
        else
            spot_wrong_object(&entry);
    }
    buf_free(&at);
}

static void member_read(const struct spot *s, struct json *v)
{
    static void (*const read[])(const struct spot *, struct json *) = {
        [FIELD_TEXT] = read_text,       [FIELD_PAGE] = read_text,
        [FIELD_INT] = read_int,         [FIELD_ID] = read_int,
        [FIELD_BOOL] = read_bool,       [FIELD_TIME] = read_text,
        [FIELD_DATE] = read_text,       [FIELD_CLOCK] = read_text,
        [FIELD_WORD] = read_text,       [FIELD_IDS] = read_list,
        [FIELD_WORDS] = read_list,      [FIELD_TEXTS] = read_list,
        [FIELD_OBJECT] = read_object,   [FIELD_JSON] = read_object,
        [FIELD_OBJECTS] = read_objects,
    };

    s->v->given = true;
    if (v != NULL)
        read[s->f->kind](s, v);
    else if (s->f->nullable)
        s->v->null = true;
    else
        call_fault(s->c, s->pointer, "null", "%s",
                   tell(s->c, "здесь не может быть null", "null cannot be here"));
}

/* ---- an object ------------------------------------------------------------------- */

struct walk {
    struct call *c;
    struct given *g;
    const char *at;
};

static void pointer_add(struct buf *b, const char *at, const char *name)
{
    size_t n = strnlen(name, NAME_SHOWN);

    buf_adds(b, at);
    buf_addc(b, '/');
    for (size_t i = 0; i < n; i++) {
        if (name[i] == '~')
            buf_adds(b, "~0");
        else if (name[i] == '/')
            buf_adds(b, "~1");
        else
            buf_addc(b, name[i]);
    }
}

static struct value *value_of(struct given *g, const char *name)
{
    for (size_t i = 0; i < g->n; i++)
        if (strcmp(g->values[i].field->name, name) == 0)
            return &g->values[i];
    return NULL;
}

static void walk_member(void *arg, const char *key, struct json *v)
{
    struct walk *w = arg;
    struct spot s = {.c = w->c, .v = value_of(w->g, key)};
    struct buf pointer = {0};

    pointer_add(&pointer, w->at, key);
    s.pointer = pointer.failed ? w->at : pointer.s;
    s.f = s.v != NULL ? s.v->field : NULL;
    if (s.v != NULL)
        member_read(&s, v);
    else
        call_fault(w->c, s.pointer, "unknown", "%s",
                   tell(w->c, "такого поля нет", "there is no such member"));
    buf_free(&pointer);
}

static void object_read(struct call *c, struct json *o, const char *at, struct given *g)
{
    struct walk w = {.c = c, .g = g, .at = at};
    struct buf pointer = {0};

    json_each(o, walk_member, &w);
    for (size_t i = 0; i < g->n; i++) {
        struct spot s = {.c = c, .f = g->values[i].field, .v = &g->values[i]};

        if (s.v->given || !s.f->required)
            continue;
        buf_clear(&pointer);
        pointer_add(&pointer, at, s.f->name);
        s.pointer = pointer.failed ? at : pointer.s;
        spot_required(&s);
    }
    buf_free(&pointer);
}

/* ---- the body -------------------------------------------------------------------- */

static bool says_json(const char *type)
{
    size_t n = type != NULL ? strcspn(type, "; \t") : 0;

    return n == 16 && strncasecmp(type, "application/json", n) == 0;
}

static enum status malformed(struct call *c)
{
    return problem(
        c, PROBLEM_MALFORMED_JSON, "%s",
        tell(c,
             "Нужен один объект JSON в UTF-8, каждое поле в нём один раз, не "
             "глубже 32, с заголовком Content-Type: application/json.",
             "One JSON object in UTF-8 is expected, each member once, at most "
             "32 deep, with Content-Type: application/json."));
}

enum status body_read(struct call *c, const struct field *fields, size_t n)
{
    const char *s = c->said.body_n > 0 ? c->said.body : "{}";
    size_t s_n = c->said.body_n > 0 ? c->said.body_n : 2;

    given_free(&c->body);
    if (c->said.body_n > 0 && !says_json(c->said.content_type))
        return malformed(c);
    if (!given_new(&c->body, fields, n))
        return ST_BROKEN;
    c->body.json = json_parse(s, s_n);
    if (!json_is_object(c->body.json) || !one_reading(s, s_n, c->body.json))
        return malformed(c);
    object_read(c, c->body.json, "", &c->body);
    if (c->answer.text.failed)
        return ST_BROKEN;
    return call_faults(c) > 0 ? problem(c, PROBLEM_VALIDATION_FAILED, NULL) : ST_OK;
}
