/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Rules of segments: whatever is read has one text, which is read as the same rule; its
 * SQL has a value for each ?, and holds nothing of what came from outside. */
#include "core/segment/compile.h"
#include "core/segment/sentence.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(bool fine)
{
    if (!fine)
        abort();
}

static const struct moment *moment(void)
{
    static struct tz *tz;
    static struct moment m;

    if (tz == NULL) {
        tz = tz_open("Europe/Berlin");
        m = moment_make(1792926000000000LL, tz, false);
    }
    return &m;
}

/* Our own SQL has no text but names, zeroes and the moments of the registry. */
static void sql_is_ours(const struct rule *r)
{
    static struct compiled c;
    enum status st = compile_rule(r, moment(), &c);
    size_t marks = 0;

    check(st == ST_OK || st == ST_REFUSED || st == ST_BAD);
    for (const char *s = c.sql.s; st == ST_OK && *s != '\0'; s++) {
        marks += *s == '?';
        check((unsigned char)*s >= ' ' && (unsigned char)*s < 0x7f && *s != ';' &&
              *s != '"' && *s != '`' && *s != '\\' && *s != '#');
    }
    check(st != ST_OK || marks == c.n);
    compiled_free(&c);
}

static void words_are_whole(const struct rule *r)
{
    const struct speech ru = {"ru", moment(), NULL}, en = {"en", moment(), NULL};
    struct buf b = {0};

    sentence_add(&b, r, &ru);
    sentence_add(&b, r, &en);
    check(!b.failed && b.len > 0 && strlen(b.s) == b.len);
    buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct rule_faults f;
    struct rule *r = rule_parse((const char *)data, n, true, &f), *again;
    struct buf once = {0}, twice = {0};

    check((r == NULL) == (f.n > 0));
    for (int i = 0; i < f.n; i++)
        check(fault_code(f.fault[i].code)[0] != '\0' &&
              strlen(f.fault[i].pointer) < POINTER_BYTES);
    if (r == NULL)
        return 0;
    rule_canonical(r, &once);
    again = rule_parse(once.s, once.len, true, &f);
    check(again != NULL && memcmp(again->hash, r->hash, SHA256_BYTES) == 0);
    rule_canonical(again, &twice);
    check(strcmp(once.s, twice.s) == 0);
    sql_is_ours(r);
    words_are_whole(r);
    rule_free(again);
    rule_free(r);
    buf_free(&once);
    buf_free(&twice);
    return 0;
}
