/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "bots/peek.h"

#include "bots/peek_kinds.h"
#include "core/base/buf.h"
#include "core/base/json.h"

#include <stdio.h>

static enum status range_check(const struct peek *p)
{
    return p->update_id >= 0 && p->update_id <= PEEK_UPDATE_ID_MAX ? ST_OK : ST_BAD;
}

static bool sender_find(const struct json *o, const char *kind, int64_t *out)
{
    char path[64];

    for (int i = 0; i < PEEK_PERSONS; i++) {
        snprintf(path, sizeof(path), "%s.%s.id", kind, peek_persons[i]);
        if (json_int(o, path, out))
            return true;
    }
    return false;
}

/* The worker reads the update inside its job: what is too deep there is refused here.
 */
static bool fits_a_job(const char *s, size_t n)
{
    struct buf b = {0};
    struct json *job;

    buf_adds(&b, "{\"a\":{\"u\":");
    buf_add(&b, s, n);
    buf_adds(&b, "}}");
    job = b.failed ? NULL : json_parse(b.s, b.len);
    buf_free(&b);
    json_free(job);
    return job != NULL;
}

enum status peek_parse(const char *s, size_t n, struct peek *out)
{
    struct json *o = json_parse(s, n);
    enum status st = ST_BAD;

    *out = (struct peek){0};
    if (!json_is_object(o) || !json_int(o, "update_id", &out->update_id))
        goto out;
    for (int i = 0; i < peek_kinds_n; i++)
        if (sender_find(o, peek_kinds[i], &out->sender))
            break;
    if (fits_a_job(s, n))
        st = range_check(out);
out:
    json_free(o);
    return st;
}

enum status peek_update(const char *s, size_t n, struct peek *out)
{
    return peek_scan(s, n, out) ? range_check(out) : peek_parse(s, n, out);
}
