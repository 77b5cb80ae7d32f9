/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * api/templates.h - what is said again and again (core/template/template.h), over HTTP. */
#ifndef API_TEMPLATES_H
#define API_TEMPLATES_H

#include "api/call.h"

enum status templates_get(struct call *c);
enum status template_get(struct call *c);
enum status template_versions_get(struct call *c);

/* templates_edit.c: made, changed, put into force, removed */
enum status template_post(struct call *c);
enum status template_patch(struct call *c);
enum status template_activate_post(struct call *c);
enum status template_delete(struct call *c);

/* templates_look.c: what it would say, and what may be said */
enum status template_preview_post(struct call *c);
enum status templates_check_post(struct call *c);
enum status templates_variables_get(struct call *c);
enum status templates_texts_get(struct call *c);

/* ---- for the files ---------------------------------------------------------------- */

struct content;
struct content_faults;
struct own_text;
struct template;

/* Answers with the template, its newest content and the one in force. */
must_check enum status template_answer(struct call *c, int status, int64_t id);
struct json *words_json(const char *ru, const char *en); /* yours */
struct json *own_text_json(const struct own_text *t);    /* yours */

#endif
