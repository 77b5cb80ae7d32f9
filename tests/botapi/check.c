/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/botapi/check.h"

#include "tests/botapi/methods.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct field {
    char *name;
    const char *types; /* "Integer|String" */
    bool required;
};

struct check_method {
    const struct api_row *row;
    char *text; /* the row's fields, cut */
    struct field *fields;
    int n;
};

static struct check_method *methods, *types;

/* ---- reading the tables --------------------------------------------------------- */

static bool read_row(const struct api_row *row, struct check_method *m)
{
    char *p, *rest;
    int n = row->fields[0] != '\0';

    for (const char *c = row->fields; *c != '\0'; c++)
        n += *c == ';';
    *m = (struct check_method){.row = row, .text = strdup(row->fields)};
    m->fields = calloc((size_t)n + 1, sizeof(*m->fields));
    if (m->text == NULL || m->fields == NULL)
        return false;
    for (p = strtok_r(m->text, ";", &rest); p != NULL; p = strtok_r(NULL, ";", &rest)) {
        struct field *f = &m->fields[m->n++];
        char *space = strchr(p, ' ');

        if (space == NULL || space == p)
            return false;
        *space = '\0';
        f->name = p;
        f->types = space + 1;
        f->required = space[-1] == '!';
        if (f->required)
            space[-1] = '\0';
    }
    return true;
}

static struct check_method *read_rows(const struct api_row *rows, int n)
{
    struct check_method *m = calloc((size_t)n, sizeof(*m));

    for (int i = 0; m != NULL && i < n; i++)
        if (!read_row(&rows[i], &m[i]))
            abort(); /* no memory at start, or the generator is at fault */
    return m;
}

enum status check_open(void)
{
    methods = read_rows(api_methods, api_methods_n);
    types = read_rows(api_types, api_types_n);
    return methods != NULL && types != NULL ? ST_OK : ST_BROKEN;
}

static void free_rows(struct check_method *m, int n)
{
    for (int i = 0; m != NULL && i < n; i++) {
        free(m[i].text);
        free(m[i].fields);
    }
    free(m);
}

void check_close(void)
{
    free_rows(methods, api_methods_n);
    free_rows(types, api_types_n);
    methods = types = NULL;
}

static int row_order(const void *name, const void *row)
{
    return strcmp(name, ((const struct check_method *)row)->row->name);
}

const struct check_method *check_find(const char *name)
{
    const struct check_method *m =
        bsearch(name, methods, (size_t)api_methods_n, sizeof(*methods), row_order);

    for (int i = 0; m == NULL && i < api_methods_n; i++)
        if (strcasecmp(methods[i].row->name, name) == 0)
            m = &methods[i];
    return m;
}

const char *check_name(const struct check_method *m)
{
    return m->row->name;
}

const char *check_result(const struct check_method *m)
{
    return m->row->result;
}

static const struct field *field_find(const struct check_method *m, const char *name)
{
    for (int i = 0; i < m->n; i++)
        if (strcmp(m->fields[i].name, name) == 0)
            return &m->fields[i];
    return NULL;
}

bool check_has(const struct check_method *m, const char *param)
{
    return field_find(m, param) != NULL;
}

/* ---- values inside JSON -------------------------------------------------------------
 */

static bool fits(const char *type, size_t n, struct jv v, struct buf *why);

/* "A|B": any of them; brackets keep no bar inside in this document. Of several reasons
 * the longest is told: it comes from the alternative that was read deepest. */
static bool fits_any(const char *list, struct jv v, struct buf *why)
{
    struct buf last = {0}, deepest = {0};
    bool ok = false;

    for (const char *p = list; !ok && *p != '\0';) {
        size_t n = strcspn(p, "|");

        buf_clear(&last);
        ok = fits(p, n, v, &last);
        p += n + (p[n] == '|');
        if (last.len > deepest.len) {
            buf_clear(&deepest);
            buf_adds(&deepest, last.s);
        }
    }
    if (!ok)
        buf_adds(why, deepest.s);
    buf_free(&last);
    buf_free(&deepest);
    return ok;
}

static bool fits_fields(const struct check_method *t, struct jv v, struct buf *why)
{
    struct jv_walk w = jv_begin(v);

    if (jv_kind(v) != JV_OBJECT)
        return buf_addf(why, "%s expected", t->row->name), false;
    while (jv_step(&w)) {
        const struct field *f = NULL;

        for (int i = 0; f == NULL && i < t->n; i++)
            if (jv_equals(w.key, t->fields[i].name))
                f = &t->fields[i];
        if (f == NULL)
            return buf_addf(why, "%s has no field %.*s", t->row->name, (int)w.key.n,
                            w.key.s),
                   false;
        if (jv_kind(w.value) != JV_NULL && !fits_any(f->types, w.value, why))
            return buf_addf(why, " in %s.%s", t->row->name, f->name), false;
    }
    for (int i = 0; i < t->n; i++)
        if (t->fields[i].required && jv_kind(jv_get(v, t->fields[i].name)) <= JV_NULL)
            return buf_addf(why, "%s.%s is missing", t->row->name, t->fields[i].name),
                   false;
    return true;
}

static bool fits_array(const char *type, size_t n, struct jv v, struct buf *why)
{
    struct jv_walk w = jv_begin(v);

    if (jv_kind(v) != JV_ARRAY)
        return buf_addf(why, "%.*s expected", (int)n, type), false;
    while (jv_step(&w))
        if (!fits(type + 1, n - 2, w.value, why))
            return false;
    return true;
}

static bool fits_plain(const char *type, struct jv v, bool *known)
{
    int64_t i;

    *known = true;
    if (strcmp(type, "Integer") == 0)
        return jv_int(v, &i);
    if (strcmp(type, "String") == 0)
        return jv_kind(v) == JV_STRING;
    if (strcmp(type, "Boolean") == 0)
        return jv_kind(v) == JV_BOOL;
    if (strcmp(type, "Float") == 0)
        return jv_kind(v) == JV_NUMBER;
    *known = false;
    return false;
}

static bool fits(const char *type, size_t n, struct jv v, struct buf *why)
{
    const struct check_method *t;
    char name[64];
    bool known, ok;

    if (n >= sizeof(name))
        return false;
    memcpy(name, type, n);
    name[n] = '\0';
    if (name[0] == '[')
        return fits_array(name, n, v, why);
    ok = fits_plain(name, v, &known);
    if (known) {
        if (!ok)
            buf_addf(why, "%s expected", name);
        return ok;
    }
    t = bsearch(name, types, (size_t)api_types_n, sizeof(*types), row_order);
    if (t == NULL) /* a type without fields of its own: any object */
        return jv_kind(v) == JV_OBJECT;
    return t->row->result[0] != '\0' ? fits_any(t->row->result, v, why)
                                     : fits_fields(t, v, why);
}

bool check_type(const char *type, struct jv v, struct buf *why)
{
    return fits(type, strlen(type), v, why);
}

/* ---- parameters ----------------------------------------------------------------- */

static bool whole_number(const struct arg *a)
{
    int64_t v;

    return jv_int((struct jv){a->s, a->n}, &v);
}

static bool boolean(const struct arg *a)
{
    static const char *const words[] = {"true", "false", "True", "False", "1", "0"};

    if (a->json_body)
        return a->kind == ARG_BOOL;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (a->n == strlen(words[i]) && memcmp(a->s, words[i], a->n) == 0)
            return true;
    return false;
}

static bool list_has(const char *list, const char *type)
{
    size_t n = strlen(type);

    for (const char *p = list; p != NULL; p = strchr(p, '|')) {
        p += *p == '|';
        if (strncmp(p, type, n) == 0 && (p[n] == '|' || p[n] == '\0'))
            return true;
    }
    return false;
}

/* The plain types a parameter may have; everything else travels as JSON, in a form as
 * a string that holds it. */
static bool param_fits(const struct field *f, const struct arg *a, struct buf *why)
{
    struct jv v;

    if (a->kind == ARG_FILE)
        return list_has(f->types, "InputFile");
    if (list_has(f->types, "Integer") && whole_number(a) &&
        (!a->json_body || a->kind == ARG_NUMBER))
        return true;
    if (list_has(f->types, "Float") && jv_parse(a->s, a->n, &v) &&
        jv_kind(v) == JV_NUMBER)
        return true;
    if (list_has(f->types, "Boolean"))
        return boolean(a);
    if (list_has(f->types, "String"))
        return a->kind == ARG_TEXT;
    if (list_has(f->types, "Integer") || list_has(f->types, "Float"))
        return false;
    if (!jv_parse(a->s, a->n, &v))
        return buf_adds(why, "not JSON"), false;
    return fits_any(f->types, v, why);
}

bool check_call(const struct check_method *m, const struct form *form, struct buf *why)
{
    for (int i = 0; i < form->n; i++) {
        const struct arg *a = &form->arg[i];
        const struct field *f = field_find(m, a->name);

        /* attach://name refers to a part of any name. */
        if (f == NULL && a->kind == ARG_FILE)
            continue;
        if (f == NULL)
            return buf_addf(why, "%s has no parameter %s", m->row->name, a->name),
                   false;
        if (a->kind != ARG_NULL && !param_fits(f, a, why)) {
            buf_addf(why, "%sparameter %s must be %s", why->len > 0 ? ": " : "",
                     f->name, f->types);
            return false;
        }
    }
    for (int i = 0; i < m->n; i++)
        if (m->fields[i].required && form_get(form, m->fields[i].name) == NULL)
            return buf_addf(why, "parameter %s is required", m->fields[i].name), false;
    return true;
}
