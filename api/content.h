/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/content.h - what a message says (core/content.h), in bodies and answers of
 * templates, broadcasts and automations. */
#ifndef API_CONTENT_H
#define API_CONTENT_H

#include "api/call.h"
#include "core/content.h"

/* What is wrong with a content that stands at `at` in the body ("/variants/0/content"),
 * each with its pointer. */
void content_faults_say(struct call *c, const char *at,
                        const struct content_faults *faults);

/* A content from outside: read, its media held until the transaction ends. ST_OK; *out is
 * NULL where faults were said. Yours. */
struct content_from {
    const char *at;
    bool
        named; /* it does not stand there, but what names it: a fault has that pointer */
    const struct json *json;
    bool of_discount;
};
must_check enum status content_from_body(struct call *c,
                                         const struct content_from *from,
                                         struct content **out);

/* For whom, with all the texts it points to. */
struct content_viewer {
    struct content_person person; /* out */
    char first_name[260], last_name[260], store[260], brand[520], until[64];
};
/* What a rendered message says to that customer: of them, and of a discount that would be
 * issued now (percent_bp 0: none; until 0: its end is not known). ST_NONE: there is no
 * such customer, or the caller may not see them. */
struct content_whose {
    int64_t customer_id;
    int lang; /* -1: theirs */
    int percent_bp;
    int64_t until;
};
must_check enum status content_viewer_load(struct call *c,
                                           const struct content_whose *whose,
                                           struct content_viewer *out);

/* {"text","buttons":[[{"text","does","url"}]],"media":[…],"post":{…}|null} */
struct json *rendered_json(const struct rendered *r);

#endif
