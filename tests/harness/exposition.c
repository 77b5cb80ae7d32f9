/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/exposition.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_BYTES 200
#define FAMILIES_MAX 200

struct family {
    char name[NAME_MAX_BYTES], type[16];
    bool help, typed, sampled;
};

struct reader {
    struct exposition *e;
    struct family family[FAMILIES_MAX];
    int n; /* the last one is open */
    int line;
};

static bool refuse(struct reader *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static bool refuse(struct reader *r, const char *fmt, ...)
{
    char why[200];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(why, sizeof why, fmt, ap);
    va_end(ap);
    snprintf(r->e->why, sizeof r->e->why, "line %d: %s", r->line, why);
    return false;
}

/* ---- names ---------------------------------------------------------------------- */

static size_t name_len(const char *s, bool colons)
{
    size_t n = 0;

    while (isalpha((unsigned char)s[n]) || s[n] == '_' || (colons && s[n] == ':') ||
           (n > 0 && isdigit((unsigned char)s[n])))
        n++;
    return n;
}

static struct family *family_open(struct reader *r, const char *name, size_t n)
{
    struct family *f;

    for (int i = 0; i < r->n; i++)
        if (strlen(r->family[i].name) == n && strncmp(r->family[i].name, name, n) == 0)
            return i == r->n - 1 ? &r->family[i] : NULL; /* in two places */
    if (r->n == FAMILIES_MAX || n == 0 || n >= NAME_MAX_BYTES)
        return NULL;
    f = &r->family[r->n++];
    memcpy(f->name, name, n);
    return f;
}

/* ---- lines that begin with # ---------------------------------------------------- */

static bool help_fine(const char *s)
{
    for (; *s != '\0'; s++)
        if (*s == '\\' && s[1] != '\\' && s[1] != 'n')
            return false;
        else if (*s == '\\')
            s++;
    return true;
}

static bool type_known(const char *s)
{
    return strcmp(s, "counter") == 0 || strcmp(s, "gauge") == 0 ||
           strcmp(s, "histogram") == 0 || strcmp(s, "summary") == 0 ||
           strcmp(s, "untyped") == 0;
}

static bool read_comment(struct reader *r, char *s)
{
    bool help = strncmp(s, "# HELP ", 7) == 0;
    struct family *f;
    size_t n;

    if (!help && strncmp(s, "# TYPE ", 7) != 0)
        return true;
    s += 7;
    n = name_len(s, true);
    f = family_open(r, s, n);
    if (f == NULL || s[n] != ' ')
        return refuse(r, "a family twice, or no name: %.60s", s);
    s += n + 1;
    if (f->sampled || (help ? f->help : f->typed))
        return refuse(r, "HELP or TYPE of %s comes late or twice", f->name);
    if (help)
        return (f->help = true) && help_fine(s) ? true : refuse(r, "an odd escape");
    if (!type_known(s))
        return refuse(r, "a type that is none: %.20s", s);
    snprintf(f->type, sizeof f->type, "%s", s);
    f->typed = true;
    return true;
}

/* ---- samples -------------------------------------------------------------------- */

/* Behind the labels, or NULL. */
static const char *labels_end(struct reader *r, const char *s)
{
    if (*s != '{')
        return s;
    do {
        size_t n = name_len(++s, false);

        if (n == 0 || s[n] != '=' || s[n + 1] != '"')
            return refuse(r, "no label at %.40s", s), NULL;
        for (s += n + 2; *s != '"'; s++) {
            if (*s == '\0')
                return refuse(r, "a label without its end"), NULL;
            if (*s == '\\' && strchr("\\\"n", *++s) == NULL)
                return refuse(r, "an odd escape in a label"), NULL;
        }
        s++;
    } while (*s == ',');
    if (*s != '}')
        return refuse(r, "labels without their end"), NULL;
    return s + 1;
}

static bool sample_of(const struct family *f, const char *name, size_t n)
{
    static const char *const suffix[] = {"_bucket", "_sum", "_count"};
    size_t own = strlen(f->name);

    if (n < own || strncmp(f->name, name, own) != 0)
        return false;
    if (strcmp(f->type, "histogram") != 0)
        return n == own;
    for (int i = 0; i < 3; i++)
        if (n - own == strlen(suffix[i]) &&
            strncmp(name + own, suffix[i], n - own) == 0)
            return true;
    return false;
}

static bool add(struct reader *r, const char *name, size_t n, double value)
{
    struct exposition *e = r->e;
    struct series *grown;

    for (size_t i = 0; i < e->n; i++)
        if (strlen(e->series[i].name) == n && strncmp(e->series[i].name, name, n) == 0)
            return refuse(r, "a series twice: %.*s", (int)(n > 120 ? 120 : n), name);
    grown = realloc(e->series, (e->n + 1) * sizeof *grown);
    if (grown == NULL)
        return refuse(r, "no memory");
    e->series = grown;
    e->series[e->n++] = (struct series){strndup(name, n), value};
    return true;
}

static bool ends_in(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);

    return n >= m && strcmp(s + n - m, end) == 0;
}

static bool read_sample(struct reader *r, const char *s)
{
    struct family *f = r->n > 0 ? &r->family[r->n - 1] : NULL;
    size_t n = name_len(s, true);
    const char *end = labels_end(r, s + n);
    char *after;
    double value;

    if (end == NULL)
        return false;
    if (f == NULL || !f->help || !f->typed || !sample_of(f, s, n))
        return refuse(r, "a sample outside of its family: %.60s", s);
    f->sampled = true;
    if (*end != ' ' || end[1] == '\0' || end[1] == ' ')
        return refuse(r, "no value: %.60s", s);
    value = strtod(end + 1, &after);
    if (*after != '\0')
        return refuse(r, "a value that is none: %.60s", end);
    if (strcmp(f->type, "counter") == 0 && (!ends_in(f->name, "_total") || value < 0))
        return refuse(r, "%s is no counter", f->name);
    return add(r, s, (size_t)(end - s), value);
}

/* ---- histograms ----------------------------------------------------------------- */

/* The series with its `le` taken out, and its suffix replaced: as that of _count. */
static void count_name(char out[600], const char *bucket)
{
    const char *tail = strstr(bucket, "_bucket{"), *le = strstr(bucket, "le=\"");
    int base = (int)(tail - bucket), labels = (int)(le - (tail + 8));

    if (labels > 0)
        snprintf(out, 600, "%.*s_count{%.*s}", base, bucket, labels - 1, tail + 8);
    else
        snprintf(out, 600, "%.*s_count", base, bucket);
}

static bool check_histograms(struct reader *r)
{
    double below = 0;
    char last[600] = "", name[600];

    for (size_t i = 0; i < r->e->n; i++) {
        const struct series *s = &r->e->series[i];

        if (strstr(s->name, "_bucket{") == NULL)
            continue;
        count_name(name, s->name);
        if (strcmp(name, last) != 0)
            below = 0;
        if (s->value < below)
            return refuse(r, "buckets of %s do not grow", name);
        below = s->value;
        snprintf(last, sizeof last, "%s", name);
        if (strstr(s->name, "le=\"+Inf\"") != NULL &&
            exposition_value(r->e, name) != s->value)
            return refuse(r, "+Inf of %s is not its count", name);
        if (strstr(s->name, "le=\"+Inf\"") == NULL &&
            (i + 1 == r->e->n || strstr(s[1].name, "_bucket{") == NULL))
            return refuse(r, "%s lacks +Inf", name);
    }
    return true;
}

/* ---- the whole ------------------------------------------------------------------ */

static bool read_lines(struct reader *r, char *text)
{
    char *end;

    for (char *s = text; *s != '\0'; s = end + 1) {
        bool fine;

        r->line++;
        end = strchr(s, '\n');
        if (end == NULL)
            return refuse(r, "the last line has no end");
        *end = '\0';
        fine = *s == '\0' || (*s == '#' ? read_comment(r, s) : read_sample(r, s));
        if (!fine)
            return false;
    }
    for (int i = 0; i < r->n; i++)
        if (!r->family[i].help || !r->family[i].typed)
            return refuse(r, "%s lacks HELP or TYPE", r->family[i].name);
    return check_histograms(r);
}

bool exposition_read(struct exposition *e, const char *text)
{
    struct reader *r = calloc(1, sizeof *r);
    char *copy = strdup(text);
    bool fine;

    *e = (struct exposition){0};
    if (r == NULL || copy == NULL)
        abort();
    r->e = e;
    fine = read_lines(r, copy);
    free(copy);
    free(r);
    return fine;
}

void exposition_free(struct exposition *e)
{
    for (size_t i = 0; i < e->n; i++)
        free(e->series[i].name);
    free(e->series);
    *e = (struct exposition){0};
}

const char *exposition_family(const struct series *s)
{
    static const char *const suffix[] = {"_bucket", "_sum", "_count"};
    static char name[NAME_MAX_BYTES];

    snprintf(name, sizeof name, "%.*s", (int)strcspn(s->name, "{"), s->name);
    for (int i = 0; i < 3; i++)
        if (ends_in(name, suffix[i]))
            name[strlen(name) - strlen(suffix[i])] = '\0';
    return name;
}

static const struct series *find(const struct exposition *e, const char *series)
{
    for (size_t i = 0; i < e->n; i++)
        if (strcmp(e->series[i].name, series) == 0)
            return &e->series[i];
    return NULL;
}

bool exposition_has(const struct exposition *e, const char *series)
{
    return find(e, series) != NULL;
}

double exposition_value(const struct exposition *e, const char *series)
{
    const struct series *s = find(e, series);

    return s != NULL ? s->value : -1;
}

double exposition_sum(const struct exposition *e, const char *prefix)
{
    double sum = 0;

    for (size_t i = 0; i < e->n; i++)
        if (strncmp(e->series[i].name, prefix, strlen(prefix)) == 0)
            sum += e->series[i].value;
    return sum;
}
