/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/settings.h - what the shop decides for itself (core/setting.h), typed. */
#ifndef API_SETTINGS_H
#define API_SETTINGS_H

#include "api/call.h"
#include "core/setting.h"

enum status settings_get(struct call *c);
enum status setting_get(struct call *c);
enum status setting_patch(struct call *c);

/* One of them as JSON; a secret only says whether it is set. Yours. */
struct setting_now {
    const char *stored; /* borrowed */
    int64_t version;    /* 0: as it came with the program */
    int64_t updated_at;
    const char *updated_by;
};
struct json *setting_json(const struct setting *s, const struct setting_now *now,
                          enum tongue tongue);

#endif
