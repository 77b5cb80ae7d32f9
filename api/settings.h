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
enum status setting_history_get(struct call *c); /* settings_history.c */

/* One of them as JSON; a secret only says whether it is set. Yours. */
struct setting_now {
    const char *stored; /* borrowed */
    int64_t version;    /* 0: as it came with the program */
    int64_t updated_at;
    const char *updated_by;
};
struct json *setting_json(const struct setting *s, const struct setting_now *now,
                          enum tongue tongue);
/* A stored value, typed; of a secret only whether it is set. */
void setting_value_set(struct json *o, const char *name, const struct setting *s,
                       const char *stored);

/* The field {"value": …} of it; words is its memory. */
struct field setting_field(const struct setting *s, const char *words[5]);
/* In the call's transaction: sets it and says so in the audit, whatever its version.
 * ST_REFUSED: problem() has been called, with that pointer. */
must_check enum status setting_write(struct call *c, const struct setting *s,
                                     const struct value *v, const char *pointer);

#endif
