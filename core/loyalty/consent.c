/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/loyalty/consent.h"

#include "core/audit.h"
#include "core/automation/fact.h"
#include "core/setting.h"

#include <stdio.h>
#include <string.h>

/* ---- evidence ------------------------------------------------------------------- */

/* What each decision does to the projection. Arguments: update_id, id, update_id twice.
 * An update that is older than the last one counted for its purpose changes nothing. */
static const struct decision {
    const char *action, *sql;
} decisions[][2] = {
    [PURPOSE_PD] =
        {
            {"consent.pd_revoke", "UPDATE customer SET pd_ok = 0, marketing_ok = 0,"
                                  " pd_update_id = GREATEST(pd_update_id, ?)"
                                  " WHERE id = ? AND (? = 0 OR ? > pd_update_id)"},
            {"consent.pd_grant", "UPDATE customer SET pd_ok = 1,"
                                 " pd_update_id = GREATEST(pd_update_id, ?)"
                                 " WHERE id = ? AND (? = 0 OR ? > pd_update_id)"},
        },
    [PURPOSE_MARKETING] =
        {
            {"consent.marketing_revoke",
             "UPDATE customer SET marketing_ok = 0,"
             " marketing_update_id = GREATEST(marketing_update_id, ?)"
             " WHERE id = ? AND (? = 0 OR ? > marketing_update_id)"},
            {"consent.marketing_grant",
             "UPDATE customer SET marketing_ok = 1,"
             " marketing_update_id = GREATEST(marketing_update_id, ?)"
             " WHERE id = ? AND (? = 0 OR ? > marketing_update_id)"},
        },
};

static enum status pd_given(struct db *db, int64_t customer_id)
{
    enum status st =
        db_one(db, "SELECT pd_ok FROM customer WHERE id = ?", DB_INT(customer_id));

    if (st == ST_OK && db_int(db, 0) == 0)
        st = ST_REFUSED;
    return st == ST_NONE ? ST_REFUSED : st;
}

/* An older "yes" to marketing that comes in after this must not count either. */
static enum status marketing_follows(struct db *db, int64_t customer_id)
{
    return db_exec(db, NULL,
                   "UPDATE customer SET marketing_update_id ="
                   " GREATEST(marketing_update_id, pd_update_id) WHERE id = ?",
                   DB_INT(customer_id));
}

static enum status evidence_add(struct db *db, int64_t now,
                                const struct consent_act *act, bool granted)
{
    return db_exec(db, NULL,
                   "INSERT INTO consent (customer_id, purpose, granted, text_id,"
                   " update_id, via, at, staff_id, evidence)"
                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   DB_INT(act->customer_id), DB_INT(act->purpose), DB_INT(granted),
                   DB_INT_OR_NULL(act->text_id != 0, act->text_id),
                   DB_INT_OR_NULL(act->update_id != 0, act->update_id),
                   DB_INT(act->via), DB_TIME(now),
                   DB_INT_OR_NULL(act->staff_id != 0, act->staff_id),
                   DB_TEXT(act->evidence != NULL ? act->evidence : ""));
}

static enum status decide(struct db *db, int64_t now, const struct consent_act *act,
                          bool granted)
{
    const struct decision *d;
    int64_t changed;
    enum status st = ST_OK;

    if (act->purpose != PURPOSE_PD && act->purpose != PURPOSE_MARKETING)
        return ST_BAD;
    d = &decisions[act->purpose][granted];
    if (granted && act->purpose == PURPOSE_MARKETING)
        st = pd_given(db, act->customer_id);
    if (st == ST_OK)
        st = evidence_add(db, now, act, granted);
    if (st != ST_OK)
        return st == ST_TAKEN ? ST_NONE : st; /* this very update, delivered again */
    st = db_exec(db, &changed, d->sql, DB_INT(act->update_id), DB_INT(act->customer_id),
                 DB_INT(act->update_id), DB_INT(act->update_id));
    if (st == ST_OK && changed > 0 && act->purpose == PURPOSE_PD && !granted)
        st = marketing_follows(db, act->customer_id);
    if (st != ST_OK)
        return st;
    st =
        audit_add(db, now,
                  &(struct audit_entry){
                      .actor = act->staff_id != 0 ? ACTOR_STAFF : ACTOR_CUSTOMER,
                      .actor_id = act->staff_id != 0 ? act->staff_id : act->customer_id,
                      .action = d->action,
                      .entity_id = act->customer_id});
    return st == ST_OK && changed == 0 ? ST_NONE : st;
}

/* Now they may be welcomed. Who said no and yes again has been here before. */
static enum status first_yes(struct db *db, int64_t now, const struct consent_act *act)
{
    const struct automation_fact fact = {.trigger = TRIGGER_WELCOME,
                                         .customer_id = act->customer_id};
    enum status st = db_one(db,
                            "SELECT COUNT(*) FROM consent WHERE customer_id = ?"
                            " AND purpose = ? AND granted = 1",
                            DB_INT(act->customer_id), DB_INT(PURPOSE_MARKETING));

    if (st != ST_OK || db_int(db, 0) > 1)
        return st;
    return automation_fact(db, now, &fact);
}

enum status consent_grant(struct db *db, int64_t now, const struct consent_act *act)
{
    enum status st;

    if (act->text_id == 0)
        return ST_REFUSED; /* nobody agrees to a text they were not shown */
    st = decide(db, now, act, true);
    if (st != ST_OK || act->purpose != PURPOSE_MARKETING)
        return st;
    return first_yes(db, now, act);
}

enum status consent_revoke(struct db *db, int64_t now, const struct consent_act *act)
{
    return decide(db, now, act, false);
}

enum status consent_rarely(struct db *db, int64_t now, int64_t customer_id, bool rarely)
{
    int64_t changed;
    enum status st = db_exec(db, &changed,
                             "UPDATE customer SET marketing_rare = ? WHERE id = ?"
                             " AND marketing_rare <> ?",
                             DB_INT(rarely), DB_INT(customer_id), DB_INT(rarely));

    if (st == ST_OK && changed == 0)
        return ST_NONE;
    if (st != ST_OK)
        return st;
    return audit_add(db, now,
                     &(struct audit_entry){.actor = ACTOR_CUSTOMER,
                                           .actor_id = customer_id,
                                           .action = "consent.marketing_rarely",
                                           .entity_id = customer_id});
}

struct marketing_cap consent_cap(const struct settings *set, bool rarely)
{
    if (rarely)
        return (struct marketing_cap){(int)set->marketing_rare_cap, 30};
    return (struct marketing_cap){(int)set->marketing_weekly_cap, 7};
}

enum status consent_last(struct db *db, int64_t customer_id, enum purpose purpose,
                         struct consent_proof *out)
{
    enum status st = db_one(db,
                            "SELECT c.at, t.version, t.language FROM consent c"
                            " JOIN consent_text t ON t.id = c.text_id"
                            " WHERE c.customer_id = ? AND c.purpose = ?"
                            " AND c.granted = 1 ORDER BY c.id DESC LIMIT 1",
                            DB_INT(customer_id), DB_INT(purpose));

    if (st == ST_OK)
        *out =
            (struct consent_proof){.at = db_time(db, 0), .version = (int)db_int(db, 1)};
    if (st == ST_OK)
        snprintf(out->language, sizeof out->language, "%s", db_text(db, 2, NULL));
    return st;
}

/* ---- texts ---------------------------------------------------------------------- */

static enum status text_latest(struct db *db, enum purpose purpose,
                               const char *language, struct consent_text *out,
                               struct buf *body)
{
    const char *s;
    size_t n;
    enum status st = db_one(db,
                            "SELECT id, version, body_sha256, body FROM consent_text"
                            " WHERE purpose = ? AND language = ?"
                            " ORDER BY version DESC LIMIT 1",
                            DB_INT(purpose), DB_TEXT(language));

    if (st != ST_OK)
        return st;
    *out = (struct consent_text){
        .id = db_int(db, 0), .purpose = purpose, .version = (int)db_int(db, 1)};
    snprintf(out->language, sizeof out->language, "%s", language);
    s = db_text(db, 2, &n);
    if (n != SHA256_BYTES)
        return ST_BROKEN;
    memcpy(out->sha256, s, n);
    if (body != NULL) {
        s = db_text(db, 3, &n);
        buf_add(body, s, n);
    }
    return ST_OK;
}

enum status consent_text_current(struct db *db, enum purpose purpose,
                                 const char *language, struct consent_text *out,
                                 struct buf *body)
{
    enum status st = text_latest(db, purpose, language, out, body);

    if (st == ST_NONE && strcmp(language, "ru") != 0)
        st = text_latest(db, purpose, "ru", out, body);
    return st;
}

static enum status text_insert(struct db *db, int64_t now,
                               const struct consent_draft *d, struct consent_text *out)
{
    enum status st = db_exec(
        db, NULL,
        "INSERT INTO consent_text (purpose, language, version, body,"
        " body_sha256, published_at) VALUES (?, ?, ?, ?, ?, ?)",
        DB_INT(d->purpose), DB_TEXT(d->language), DB_INT(out->version),
        DB_TEXT_N(d->body, d->n), DB_BYTES(out->sha256, SHA256_BYTES), DB_TIME(now));

    if (st != ST_OK)
        return st == ST_TAKEN ? ST_AGAIN : st; /* another one published this version */
    out->id = db_last_id(db);
    return audit_add(db, now,
                     &(struct audit_entry){.actor = ACTOR_SYSTEM,
                                           .action = "consent_text.publish",
                                           .entity_id = out->id});
}

enum status consent_text_publish(struct db *db, int64_t now,
                                 const struct consent_draft *draft,
                                 struct consent_text *out)
{
    uint8_t sha[SHA256_BYTES];
    int version = 0;
    enum status st;

    if (draft->n == 0 ||
        (strcmp(draft->language, "ru") != 0 && strcmp(draft->language, "en") != 0))
        return ST_BAD;
    secret_sha256(draft->body, draft->n, sha);
    st = text_latest(db, draft->purpose, draft->language, out, NULL);
    if (st == ST_OK && memcmp(sha, out->sha256, sizeof sha) == 0)
        return ST_OK;
    if (st == ST_OK)
        version = out->version;
    else if (st != ST_NONE)
        return st;
    *out = (struct consent_text){.purpose = draft->purpose, .version = version + 1};
    snprintf(out->language, sizeof out->language, "%s", draft->language);
    memcpy(out->sha256, sha, sizeof sha);
    return text_insert(db, now, draft, out);
}
