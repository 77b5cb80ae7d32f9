/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * core/template/template.h - what is said again and again, under a key: messages for
 * broadcasts and automations, and a shop's own words instead of the bots' standard ones.
 *
 *   content --template_add--> version 1, DRAFT --template_activate--> ACTIVE
 *                                  |                                     | another one is
 *             template_change      v                                     v
 *           (each new content) version 2, DRAFT …                      DRAFT
 *
 * At most one version is in force; none is ever changed. Only the newest
 * TEMPLATE_VERSIONS are kept, and the one in force. A template that is archived is not
 * found by what is made from now on, and can be brought back; only an archived one is
 * removed. What was made of a template holds a copy of its words.
 *
 * A TEMPLATE_TEXT's key is that of the text it stands for ("bot.client.menu", own_text.h);
 * without a version in force, or archived, the bots say their own.
 *
 * Contents are checked again before they come into force: a standard text may have got
 * another placeholder since. Functions that write run inside the caller's transaction and
 * write the audit; version goes up with each of them. */
#ifndef CORE_TEMPLATE_TEMPLATE_H
#define CORE_TEMPLATE_TEMPLATE_H

#include "core/content.h"
#include "core/io/db.h"
#include "core/message.h"
#include "core/page.h"

#define TEMPLATE_KEY_MAX 64  /* a-z 0-9 . _ -, the first one a letter */
#define TEMPLATE_NAME_MAX 64 /* characters */
#define TEMPLATE_NAME_BYTES (TEMPLATE_NAME_MAX * 4 + 1)
#define TEMPLATE_VERSIONS 100

/* Numbers are stored. */
enum template_kind { TEMPLATE_MESSAGE = 1, TEMPLATE_TEXT };
enum template_status { TEMPLATE_DRAFT = 1, TEMPLATE_ACTIVE };
const char *template_kind_name(enum template_kind k); /* "message". Lent, for ever */
const char *template_status_name(enum template_status s);

struct template
{
    int64_t id;
    enum template_kind kind;
    char key[TEMPLATE_KEY_MAX + 1];
    char name[TEMPLATE_NAME_BYTES];
    enum message_purpose purpose; /* of a message: MESSAGE_SERVICE, MESSAGE_MARKETING */
    bool of_discount;             /* it speaks of the discount its message brings */
    int64_t version;
    int last_no, active_no; /* active_no 0: none is in force */
    int64_t archived_at;    /* 0: it is not */
    int64_t made_by;        /* staff; 0: nobody */
    int64_t created_at, updated_at;
};

struct template_version {
    int no;
    enum template_status status;
    int64_t made_by, made_at, activated_by, activated_at;
    struct json *content; /* yours; NULL where it was not asked for */
};

/* ---- checked ---------------------------------------------------------------------- */

/* Says of content what is wrong with it as the content of a template of that kind, key and
 * of_discount; its media are held. ST_OK: *out is its canonical form, yours.
 * ST_REFUSED: faults says. */
struct template_check {
    enum template_kind kind;
    const char *key;
    bool of_discount;
    const struct json *content; /* borrowed */
};
must_check enum status template_check(struct db *db, const struct template_check *c,
                                      struct json **out, struct content_faults *faults);

/* ---- written ---------------------------------------------------------------------- */

struct template_draft {
    enum template_kind kind; /* of a new one, as is the key */
    const char *key;
    const char *name;             /* NULL: as it is; of a new one: the key */
    enum message_purpose purpose; /* 0: as it is; of a new one: marketing */
    int of_discount;              /* -1: as it is */
    int archived;                 /* -1: as it is */
    const struct json *content;   /* NULL: as it is; a new one has one */
    int64_t staff_id;
};
/* ST_TAKEN: the key is (also by an archived one). ST_BAD: *why "key", "name", "content".
 * ST_REFUSED: faults says what is wrong with the content. ST_NONE: a text that the bots do
 * not have, or that is not the shop's to change. */
must_check enum status template_add(struct db *db, int64_t now,
                                    const struct template_draft *d,
                                    struct content_faults *faults, const char **why,
                                    int64_t *id);

/* What the following three answer beside ST_OK. ST_NONE: no such template (or version);
 * ST_REFUSED: another version; ST_TAKEN: it is archived (template_remove: it is not);
 * ST_BAD: faults, or *why. */
struct template_act {
    int64_t id, version, staff_id;
    struct content_faults faults; /* out */
    const char *why;              /* out */
};
must_check enum status template_change(struct db *db, int64_t now,
                                       struct template_act *act,
                                       const struct template_draft *d);
/* no 0: the newest. */
must_check enum status template_activate(struct db *db, int64_t now,
                                         struct template_act *act, int no);
/* With all its versions. */
must_check enum status template_remove(struct db *db, int64_t now,
                                       struct template_act *act);

/* ---- read ------------------------------------------------------------------------- */

must_check enum status template_load(struct db *db, int64_t id, struct template *out);
must_check enum status template_find(struct db *db, const char *key,
                                     struct template *out);
/* no 0: the newest. */
must_check enum status template_version_load(struct db *db, int64_t id, int no,
                                             struct template_version *out);
/* The content of the version in force; *out is yours. ST_NONE: there is no such message
 * template, none is in force, or it is archived. */
must_check enum status template_active(struct db *db, int64_t id, struct json **out);

/* ---- listed (template_search.c) --------------------------------------------------- */

#define TEMPLATE_SORTS 5
extern const struct page_sort
    template_sorts[TEMPLATE_SORTS]; /* name, id, key, created_at,
                                                                 updated_at */
struct template_filter {
    const char *q;           /* stands in the name or key; NULL: any */
    enum template_kind kind; /* 0: any */
    enum message_purpose purpose;
    int archived; /* -1: any */
    int active;   /* a version is in force? -1: any */
};
must_check enum status template_search(struct db *db, const struct template_filter *f,
                                       struct page *p);
must_check enum status template_search_next(struct db *db, struct page *p,
                                            struct template *out);
must_check enum status template_total(struct db *db, const struct template_filter *f,
                                      int64_t *total);

/* The newest first, at most room of those below `before` (0: all); their contents too.
 * *n < room: there are no more. */
must_check enum status template_versions(struct db *db, int64_t id, int before,
                                         struct template_version *out, int room,
                                         int *n);

#endif
