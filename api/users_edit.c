/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * PATCH /api/v1/users/{id}. */
#include "api/etag.h"
#include "api/users.h"
#include "core/base/tz.h"
#include "core/base/clock.h"
#include "core/loyalty/customer_edit.h"

#include <stdlib.h>

#define N(table) (sizeof(table) / sizeof *(table))

static const char *const languages[] = {"ru", "en", NULL};
static const char *const states[] = {"active", "blocked", NULL};

static const struct field fields[] = {
    {"name", FIELD_TEXT, .nullable = true, .min = 1, .max = 64},
    {"phone", FIELD_TEXT, .nullable = true, .min = 5, .max = 32},
    {"birth_date", FIELD_DATE, .nullable = true},
    {"birth_date_reason", FIELD_TEXT, .min = 3, .max = 200},
    {"locale", FIELD_WORD, .words = languages},
    {"tags", FIELD_TEXTS, .min = 1, .max = TAG_NAME_MAX, .most = CUSTOMER_TAGS_MAX},
    {"notes", FIELD_PAGE, .max = CUSTOMER_NOTES_MAX},
    {"status", FIELD_WORD, .words = states},
    {"home_store_id", FIELD_ID, .nullable = true},
};

/* NULL: not said; "": null was. */
static const char *text_said(const struct given *g, const char *name)
{
    const struct value *v = given_value(g, name);

    if (!v->given)
        return NULL;
    return v->null ? "" : v->text;
}

static int32_t today(const struct call *c)
{
    struct tz *tz = tz_open(c->cfg->timezone);
    int32_t day = tz != NULL ? tz_local(tz, c->now).day : (int32_t)(c->now / DAY);

    tz_close(tz);
    return day;
}

/* What is personal is changed by who may see it. */
static bool may_all(struct call *c)
{
    static const char *const personal[] = {"phone", "birth_date"};

    for (size_t i = 0; i < N(personal) && !users_unmasked(c); i++)
        if (given_value(&c->body, personal[i])->given)
            return false;
    return true;
}

static struct customer_edit edit_of(const struct call *c)
{
    const struct value *birth = given_value(&c->body, "birth_date");
    const struct value *tags = given_value(&c->body, "tags");
    const struct value *status = given_value(&c->body, "status");
    const struct value *language = given_value(&c->body, "locale");

    return (struct customer_edit){
        .id = c->id[0],
        .staff_id = c->who.staff.id,
        .name = text_said(&c->body, "name"),
        .phone = text_said(&c->body, "phone"),
        .language = language->given ? languages[language->number] : NULL,
        .notes = given_text(&c->body, "notes"),
        .by_birth = birth->given,
        .drop_birth = birth->null,
        .birth = birth->given && !birth->null ? cal_date((int32_t)birth->number)
                                              : (struct date){0},
        .birth_reason = given_text(&c->body, "birth_date_reason"),
        .today = today(c),
        .by_store = given_value(&c->body, "home_store_id")->given,
        .store_id = given_int(&c->body, "home_store_id", 0),
        .by_barred = status->given,
        .barred = status->given && status->number == 1,
        .by_tags = tags->given,
        .tags = tags->texts,
        .tags_n = tags->given ? tags->n : 0,
    };
}

/* ---- what could not be ------------------------------------------------------------ */

static const char *birth_words(const struct call *c, enum birthday_fault fault)
{
    static const char *const words[][2] = {
        [BIRTHDAY_FINE] = {"", ""},
        [BIRTHDAY_SAME] = {"", ""},
        [BIRTHDAY_FUTURE] = {"эта дата ещё не наступила", "that day is yet to come"},
        [BIRTHDAY_TOO_YOUNG] = {"возраст меньше разрешённого в настройках",
                                "younger than the settings allow"},
        [BIRTHDAY_TOO_OLD] = {"проверьте год", "check the year"},
        [BIRTHDAY_CHANGED] = {"дату уже меняли меньше года назад",
                              "it was changed less than a year ago"},
        [BIRTHDAY_TOO_NEAR] = {"слишком близко к дню рождения, прежнему или новому",
                               "too near to the birthday, the old or the new one"},
    };

    return tell(c, words[fault][0], words[fault][1]);
}

static enum status refused(struct call *c, const struct edit_refusal *why)
{
    static const struct {
        const char *pointer, *code, *ru, *en;
    } faults[] = {
        [EDIT_FINE] = {"", "", "", ""},
        [EDIT_NAME] = {"/name", "format", "это не похоже на имя",
                       "this does not look like a name"},
        [EDIT_PHONE] = {"/phone", "format", "это не номер телефона",
                        "this is no telephone number"},
        [EDIT_BIRTH] = {"/birth_date", "range", "", ""},
        [EDIT_STORE] = {"/home_store_id", "range", "такого магазина нет",
                        "there is no such store"},
        [EDIT_TAGS] = {"/tags", "format",
                       "метка — до 40 знаков без пробелов по краям; у клиента их до 50",
                       "a tag has up to 40 characters and no blanks around it; a "
                       "customer has up to 50"},
    };

    call_fault(c, faults[why->fault].pointer, faults[why->fault].code, "%s",
               why->fault == EDIT_BIRTH
                   ? birth_words(c, why->birth)
                   : tell(c, faults[why->fault].ru, faults[why->fault].en));
    return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
}

static enum status read_body(struct call *c)
{
    const struct value *birth;
    enum status st = body_read(c, fields, N(fields));

    if (st != ST_OK)
        return st;
    if (!may_all(c))
        return problem(
            c, PROBLEM_FORBIDDEN, "%s",
            tell(c, "Телефон и дату рождения меняет тот, кто видит их целиком.",
                 "Phones and birth dates are changed by who sees them whole."));
    birth = given_value(&c->body, "birth_date");
    if (birth->given && !given_has(&c->body, "birth_date_reason")) {
        call_fault(
            c, "/birth_date_reason", "required", "%s",
            tell(c, "напишите, почему меняется дата", "say why the date is changed"));
        return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
    }
    return ST_OK;
}

/* The row is held, and is what the caller saw. */
static enum status seen(struct call *c)
{
    struct customer_card *card = malloc(sizeof *card);
    enum status st = card == NULL ? ST_BROKEN : customer_lock(c->db, c->id[0]);

    if (st == ST_OK)
        st = customer_card_load(c->db, c->now, c->id[0], users_bound(c), card);
    if (st == ST_OK) {
        st = etag_check(c, card->version, true);
        customer_card_free(card);
    }
    free(card);
    return st;
}

enum status user_patch(struct call *c)
{
    struct edit_refusal why;
    struct customer_edit edit;
    enum status st = read_body(c);

    if (st == ST_OK)
        st = seen(c);
    if (st != ST_OK)
        return st;
    edit = edit_of(c);
    st = customer_edit(c->db, c->now, &edit, &why);
    if (st == ST_REFUSED)
        return refused(c, &why);
    return st == ST_OK ? user_answer(c, 200, c->id[0]) : st;
}
