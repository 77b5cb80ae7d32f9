/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/control.h - the control interface: JSON over HTTP under /control/, for
 * tests and for the chat page. What each address takes and answers: README.md. */
#ifndef TESTS_BOTAPI_CONTROL_H
#define TESTS_BOTAPI_CONTROL_H

#include "tests/botapi/act.h"
#include "tests/botapi/form.h"
#include "tests/botapi/serve.h"

struct ctl {
    struct world *w;
    struct req *r;
    struct form form;
    struct buf out; /* the answer; empty means {"ok":true} */
    bool held;      /* answered elsewhere */
    int code;
    const char *why; /* of a refusal, or NULL */
};

typedef void ctl_fn(struct ctl *c);

/* path: what stands behind "/control/". */
void control_serve(struct world *w, struct req *r, const char *path);

void ctl_refuse(struct ctl *c, int code, const char *why);
/* Text of a parameter, "" when absent. */
const char *ctl_text(const struct ctl *c, const char *name);
struct bot *ctl_bot(struct ctl *c);         /* "bot"; refuses and NULL */
struct person *ctl_person(struct ctl *c);   /* "person": id or @username */
bool ctl_act(struct ctl *c, struct act *a); /* both of them */

ctl_fn ctl_people, ctl_person_add, ctl_say, ctl_start, ctl_link, ctl_press, ctl_photo,
    ctl_document, ctl_contact, ctl_block, ctl_unblock, ctl_join, ctl_leave, ctl_rights,
    ctl_bots, ctl_chats, ctl_messages, ctl_callbacks, ctl_calls, ctl_violations,
    ctl_counts, ctl_faults, ctl_fault_add, ctl_fault_clear, ctl_update, ctl_redeliver,
    ctl_updates, ctl_clock, ctl_reset, ctl_events, ctl_file, ctl_decode,
    ctl_people_many, ctl_photos, ctl_app, ctl_channel;

#endif
