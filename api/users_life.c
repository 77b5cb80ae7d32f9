/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * All that is kept of a customer, its end, and what is said to them. */
#include "api/users_life.h"

#include "api/users.h"
#include "core/audit.h"
#include "core/loyalty/erasure.h"
#include "core/loyalty/export.h"
#include "core/loyalty/letter.h"

#include <stdio.h>
#include <string.h>

#define N(table) (sizeof(table) / sizeof *(table))
#define EXPORT_MAX ((size_t)8 << 20)

/* GET /api/v1/users/{id}/export. Whose data left is in the audit. */
enum status user_export(struct call *c)
{
    struct buf text = {0};
    struct customer_row row;
    char name[80];
    enum status st = query_read(c, NULL, 0);

    if (st == ST_OK)
        st = user_seen(c, &row);
    if (st == ST_OK)
        st = export_json(c->db, c->now, c->id[0], EXPORT_MAX, &text);
    if (st == ST_OK)
        st = audit_add(c->db, c->now,
                       &(struct audit_entry){.actor = ACTOR_STAFF,
                                             .actor_id = c->who.staff.id,
                                             .action = "customer.export",
                                             .entity_id = c->id[0]});
    if (st == ST_OK) {
        snprintf(name, sizeof name, "attachment; filename=\"customer-%lld.json\"",
                 (long long)c->id[0]);
        answer_header(c, "Content-Disposition", name);
        answer_text(c, 200, "application/json", &text);
    }
    buf_free(&text);
    return st;
}

/* POST /api/v1/users/{id}/erase: at once, for good. */
enum status user_erase(struct call *c)
{
    static const struct field fields[] = {
        {"confirm", FIELD_BOOL, .required = true},
    };
    const struct erasure_act act = {
        .customer_id = c->id[0], .actor = ACTOR_STAFF, .actor_id = c->who.staff.id};
    struct customer_row row;
    enum status st = body_read(c, fields, N(fields));

    if (st == ST_OK && !given_bool(&c->body, "confirm", false)) {
        call_fault(c, "/confirm", "not_one_of", "%s",
                   tell(c, "нужно true: этого не вернуть",
                        "true is expected: this cannot be undone"));
        return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
    }
    if (st == ST_OK)
        st = user_seen(c, &row);
    if (st == ST_OK)
        st = erasure_do(c->db, c->now, &act, NULL);
    if (st == ST_NONE)
        return problem(c, PROBLEM_CONFLICT, "%s",
                       tell(c, "Данные этого клиента уже удалены.",
                            "This customer was erased before."));
    return st == ST_OK ? user_answer(c, 200, c->id[0]) : st;
}

/* ---- a message -------------------------------------------------------------------- */

static const char *const purposes[] = {"service", "marketing", NULL};

static enum status unsaid(struct call *c, const char *why)
{
    static const struct {
        const char *why;
        enum problem problem;
        const char *ru, *en;
    } words[] = {
        {"blocked", PROBLEM_CONFLICT, "Клиент остановил бота: сообщение не дойдёт.",
         "The customer has stopped the bot: a message would not arrive."},
        {"withdrawn", PROBLEM_CONSENT_MISSING, "Нет согласия на обработку данных.",
         "There is no consent to processing."},
        {"no_consent", PROBLEM_CONSENT_MISSING, "Нет согласия на рекламу.",
         "There is no consent to marketing."},
        {"cap", PROBLEM_LIMIT_REACHED,
         "Этому клиенту уже написали столько, сколько разрешают настройки.",
         "This customer got as many messages as the settings allow."},
    };

    for (size_t i = 0; i < N(words); i++)
        if (strcmp(words[i].why, why) == 0)
            return problem(c, words[i].problem, "%s",
                           tell(c, words[i].ru, words[i].en));
    return problem(c, PROBLEM_CONFLICT, NULL);
}

static enum status write_letter(struct call *c, enum message_purpose purpose)
{
    int64_t id = 0;
    struct json *o;
    enum status st =
        letter_write(c->db, c->now,
                     &(struct letter_spec){.customer_id = c->id[0],
                                           .staff_id = c->who.staff.id,
                                           .purpose = purpose,
                                           .body = given_text(&c->body, "text")},
                     &id);

    if (st == ST_OK)
        st = letter_put(c->db, c->now, id, c->id[0], false);
    if (st != ST_OK)
        return st;
    o = json_new_object();
    json_set_int(o, "id", id);
    json_set_int(o, "user_id", c->id[0]);
    json_set_text(o, "purpose", purposes[purpose == MESSAGE_MARKETING]);
    answer_json(c, 202, o);
    return ST_OK;
}

/* POST /api/v1/users/{id}/message */
enum status user_message(struct call *c)
{
    static const struct field fields[] = {
        {"text", FIELD_PAGE, .required = true, .min = 1, .max = LETTER_MAX},
        {"purpose", FIELD_WORD, .required = true, .words = purposes},
    };
    enum message_purpose purpose;
    struct customer_row row;
    const char *why = NULL;
    enum status st = body_read(c, fields, N(fields));

    if (st == ST_OK && !letter_fits(given_text(&c->body, "text"))) {
        call_fault(c, "/text", "too_long", "%s",
                   tell(c, "со знаками разметки текст слишком длинный",
                        "with its signs escaped the text is too long"));
        return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
    }
    if (st == ST_OK)
        st = user_seen(c, &row);
    if (st == ST_OK && row.state == STATE_ERASED)
        return problem(c, PROBLEM_NOT_FOUND, NULL);
    if (st != ST_OK)
        return st;
    purpose =
        given_int(&c->body, "purpose", 0) == 1 ? MESSAGE_MARKETING : MESSAGE_SERVICE;
    st = letter_may(c->db, c->now, c->id[0], purpose, &why);
    if (st == ST_OK && why != NULL)
        return unsaid(c, why);
    return st == ST_OK ? write_letter(c, purpose) : st;
}
