/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/openapi.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#define CARRY(name, file)                                                              \
    __asm__(".pushsection .rodata\n" #name "_start: .incbin \"" file "\"\n" #name      \
            "_end: .byte 0\n.popsection");                                             \
    extern const char name##_start[], name##_end[]

CARRY(openapi_shared, "api/openapi.yaml");
CARRY(openapi_admins, "api/openapi/admins.json");
CARRY(openapi_auth, "api/openapi/auth.json");
CARRY(openapi_automations, "api/openapi/automations.json");
CARRY(openapi_broadcasts, "api/openapi/broadcasts.json");
CARRY(openapi_broadcasts_act, "api/openapi/broadcasts_act.json");
CARRY(openapi_broadcasts_restored, "api/openapi/broadcasts_restored.json");
CARRY(openapi_discounts, "api/openapi/discounts.json");
CARRY(openapi_redemptions, "api/openapi/redemptions.json");
CARRY(openapi_segments, "api/openapi/segments.json");
CARRY(openapi_media, "api/openapi/media.json");
CARRY(openapi_templates, "api/openapi/templates.json");
CARRY(openapi_settings, "api/openapi/settings.json");
CARRY(openapi_stats, "api/openapi/stats.json");
CARRY(openapi_setup, "api/openapi/setup.json");
CARRY(openapi_staff, "api/openapi/staff.json");
CARRY(openapi_stores, "api/openapi/stores.json");
CARRY(openapi_events, "api/openapi/events.json");
CARRY(openapi_jobs, "api/openapi/jobs.json");
CARRY(openapi_audit, "api/openapi/audit.json");
CARRY(openapi_users, "api/openapi/users.json");
CARRY(openapi_users_bulk, "api/openapi/users_bulk.json");
CARRY(openapi_users_life, "api/openapi/users_life.json");
CARRY(openapi_users_tags, "api/openapi/users_tags.json");

#define PART(name)                                                                     \
    {                                                                                  \
#name, name##_start, name##_end                                                \
    }

/* A resource: its CARRY above, its line here. */
/* clang-format off */
static const struct {
    const char *name, *start, *end;
} parts[] = {
    PART(openapi_admins),
    PART(openapi_auth),
    PART(openapi_automations),
    PART(openapi_broadcasts),
    PART(openapi_broadcasts_act),
    PART(openapi_broadcasts_restored),
    PART(openapi_discounts),
    PART(openapi_redemptions),
    PART(openapi_segments),
    PART(openapi_media),
    PART(openapi_templates),
    PART(openapi_settings),
    PART(openapi_stats),
    PART(openapi_setup),
    PART(openapi_staff),
    PART(openapi_stores),
    PART(openapi_events),
    PART(openapi_jobs),
    PART(openapi_audit),
    PART(openapi_users),
    PART(openapi_users_bulk),
    PART(openapi_users_life),
    PART(openapi_users_tags),
};
/* clang-format on */

struct merge {
    struct json *into;
    bool twice;
};

static void member_move(void *arg, const char *key, struct json *v)
{
    struct merge *m = arg;

    m->twice |= json_get(m->into, key) != NULL;
    json_set(m->into, key, json_copy(v));
}

static bool part_add(struct json *whole, const char *start, const char *end)
{
    struct json *part = json_parse(start, (size_t)(end - start));
    struct merge paths = {.into = json_get(whole, "paths")};
    struct merge schemas = {.into = json_get(whole, "components.schemas")};
    bool fine = json_is_object(json_get(part, "paths"));

    json_each(json_get(part, "paths"), member_move, &paths);
    json_each(json_get(part, "components.schemas"), member_move, &schemas);
    json_free(part);
    return fine && !paths.twice && !schemas.twice;
}

struct json *openapi_make(const char **why)
{
    struct json *whole = json_parse(
        openapi_shared_start, (size_t)(openapi_shared_end - openapi_shared_start));

    *why = "openapi_shared";
    if (!json_is_object(json_get(whole, "paths")) ||
        !json_is_object(json_get(whole, "components.schemas"))) {
        json_free(whole);
        return NULL;
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        *why = parts[i].name;
        if (part_add(whole, parts[i].start, parts[i].end))
            continue;
        json_free(whole);
        return NULL;
    }
    return whole;
}

const char *openapi_text(size_t *n)
{
    static struct buf text;
    const char *why, *printed;
    struct json *whole = text.s == NULL ? openapi_make(&why) : NULL;

    printed = json_print(whole);
    if (printed != NULL)
        buf_adds(&text, printed);
    if (whole != NULL) {
        json_free(whole);
        malloc_trim(0); /* it was megabytes, in crumbs */
    }
    if (n != NULL)
        *n = text.len;
    return text.s;
}

void openapi_get(struct api *api, struct http_req *req)
{
    size_t n;
    const char *text = openapi_text(&n);

    (void)api;
    if (text == NULL)
        routes_problem(req, PROBLEM_INTERNAL, NULL);
    else
        http_answer(req, &(struct http_answer){
                             .status = 200,
                             .type = "application/json",
                             .body = text,
                             .n = n,
                             .lent = true,
                             .headers = {{"Cache-Control", "public, max-age=300"}}});
}
