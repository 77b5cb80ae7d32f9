/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/etag.h"

#include <stdio.h>
#include <string.h>

void etag_print(int64_t version, char out[ETAG_BYTES])
{
    snprintf(out, ETAG_BYTES, "\"v%lld\"", (long long)version);
}

void etag_answer(struct call *c, int64_t version)
{
    char tag[ETAG_BYTES];

    etag_print(version, tag);
    answer_header(c, "ETag", tag);
}

bool etag_names(const char *if_match, int64_t version)
{
    char tag[ETAG_BYTES];

    etag_print(version, tag);
    while (*if_match != '\0') {
        size_t n = strcspn(if_match, ","), end = n;

        while (end > 0 && (if_match[end - 1] == ' ' || if_match[end - 1] == '\t'))
            end--;
        if ((end == 1 && *if_match == '*') ||
            (end == strlen(tag) && memcmp(if_match, tag, end) == 0))
            return true;
        if_match += n;
        if_match += strspn(if_match, ", \t");
    }
    return false;
}

enum status etag_check(struct call *c, int64_t version, bool needed)
{
    const char *given = c->said.if_match;

    if (given == NULL && needed)
        return problem(c, PROBLEM_VERSION_REQUIRED, NULL);
    if (given == NULL || etag_names(given + strspn(given, " \t"), version))
        return ST_OK;
    json_set_int(problem_extras(c), "version", version);
    return problem(c, PROBLEM_VERSION_MISMATCH, NULL);
}
