/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/call.h"

#include <stdlib.h>
#include <string.h>

static void headers_free(struct call_answer *a)
{
    for (int i = 0; i < a->headers_n; i++)
        free(a->headers[i].value);
    a->headers_n = 0;
}

void answer_clear(struct call *c)
{
    struct call_answer *a = &c->answer;

    headers_free(a);
    buf_free(&a->text);
    json_free(a->errors);
    json_free(a->extras);
    free(a->detail);
    *a = (struct call_answer){0};
}

void answer_text(struct call *c, int status, const char *type, struct buf *text)
{
    struct call_answer *a = &c->answer;

    buf_free(&a->text);
    a->text = *text;
    *text = (struct buf){0};
    a->status = status;
    a->type = type;
    a->problem = PROBLEM_NONE;
}

void answer_json(struct call *c, int status, struct json *o)
{
    struct buf text = {0};
    const char *printed = json_print(o);

    if (printed == NULL)
        text.failed = true;
    buf_adds(&text, printed);
    answer_text(c, status, "application/json", &text);
    json_free(o);
}

void answer_header(struct call *c, const char *name, const char *value)
{
    struct call_answer *a = &c->answer;

    for (int i = 0; i < a->headers_n; i++)
        if (strcmp(a->headers[i].name, name) == 0) {
            free(a->headers[i].value);
            a->headers[i].value = strdup(value);
            return;
        }
    if (a->headers_n == CALL_HEADERS)
        return;
    a->headers[a->headers_n].name = name;
    a->headers[a->headers_n++].value = strdup(value);
}
