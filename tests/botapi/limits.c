/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/limits.c - lengths of plain parameters, as a table. Texts and captions
 * are measured after their markup was read (compose.c), buttons in markup.c. */
#include "core/base/utf.h"
#include "tests/botapi/call.h"

#include <string.h>

enum unit { UNITS, BYTES, NUMBER, ELEMENTS };

static const struct limit {
    const char *method, *param;
    enum unit unit;
    int64_t min, max;
    const char *refusal;
} limits[] = {
    {"answerCallbackQuery", "text", UNITS, 0, 200, "MESSAGE_TOO_LONG"},
    {"setMyName", "name", UNITS, 0, 64, "BOT_TITLE_INVALID"},
    {"setMyDescription", "description", UNITS, 0, 512, "DESCRIPTION_TOO_LONG"},
    {"setMyShortDescription", "short_description", UNITS, 0, 120, "ABOUT_TOO_LONG"},
    {"setMyCommands", "commands", ELEMENTS, 0, 100, "BOT_COMMANDS_TOO_MUCH"},
    {"setWebhook", "secret_token", BYTES, 1, 256, "secret token is too long"},
    {"setWebhook", "max_connections", NUMBER, 1, 100, "max_connections out of range"},
    {"getUpdates", "limit", NUMBER, 1, 100, "limit out of range"},
    {"getUpdates", "timeout", NUMBER, 0, 50, "timeout out of range"},
    {"deleteMessages", "message_ids", ELEMENTS, 1, 100,
     "message identifiers out of range"},
    {"sendMessage", "text", BYTES, 0, 35000, "message is too long"},
};

static int64_t measure(struct call *c, const struct limit *l, const struct arg *a)
{
    struct jv_walk w;
    int64_t n = 0;

    switch (l->unit) {
    case UNITS:
        return (int64_t)utf16_len(a->s, a->n);
    case BYTES:
        return (int64_t)a->n;
    case NUMBER:
        return form_int(&c->form, l->param, 0);
    case ELEMENTS:
        for (w = jv_begin(form_json(&c->form, l->param)); jv_step(&w);)
            n++;
        return n;
    }
    return 0;
}

void limits_check(struct call *c)
{
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        const struct limit *l = &limits[i];
        const struct arg *a;
        int64_t n;

        if (strcmp(l->method, c->method) != 0)
            continue;
        a = form_get(&c->form, l->param);
        if (a == NULL)
            continue;
        n = measure(c, l, a);
        if (n < l->min || n > l->max)
            call_violate(c, "Bad Request: %s", l->refusal);
    }
}
