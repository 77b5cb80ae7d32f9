/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Many rows in one statement. */
#include "core/base/stamp.h"
#include "core/broadcast/many.h"

#include <string.h>

/* A row's values follow one another behind its "[". */
static void next(struct many *m)
{
    if (m->json.len > 0 && m->json.s[m->json.len - 1] != '[')
        buf_addc(&m->json, ',');
}

void many_begin(struct many *m)
{
    buf_adds(&m->json, m->n == 0 ? "[[" : ",[");
}

void many_int(struct many *m, int64_t v)
{
    next(m);
    buf_addf(&m->json, "%lld", (long long)v);
}

/* "2026-11-20 05:07:28.123456", as both servers read it. */
void many_time(struct many *m, int64_t us)
{
    char text[STAMP_BYTES];

    next(m);
    if (us == 0) {
        buf_adds(&m->json, "\"\"");
        return;
    }
    stamp_print(us, text);
    text[10] = ' ';
    text[strlen(text) - 1] = '\0'; /* the Z */
    buf_addf(&m->json, "\"%s\"", text);
}

void many_text(struct many *m, const char *s)
{
    next(m);
    buf_add_json(&m->json, s, strlen(s));
}

void many_end(struct many *m)
{
    buf_addc(&m->json, ']');
    m->n++;
}

struct db_arg many_arg(struct many *m)
{
    buf_adds(&m->json, m->n == 0 ? "[]" : "]");
    return m->json.failed ? DB_NULL : DB_TEXT_N(m->json.s, m->json.len);
}

void many_free(struct many *m)
{
    buf_free(&m->json);
    m->n = 0;
}
