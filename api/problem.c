/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "api/problem.h"

#include "api/call.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAULTS_MAX 32 /* more say nothing new */
#define DETAIL_BYTES 512

static const struct {
    const char *code;
    int status;
    const char *title[2];
} table[PROBLEM_COUNT] = {
    [PROBLEM_NONE] = {"none", 200, {"", ""}},
    [PROBLEM_VALIDATION_FAILED] = {"validation_failed",
                                   400,
                                   {"Проверьте, что прислано", "Check what was sent"}},
    [PROBLEM_MALFORMED_JSON] = {"malformed_json",
                                400,
                                {"Это не JSON-объект", "This is not a JSON object"}},
    [PROBLEM_TOO_LARGE] = {"too_large",
                           413,
                           {"Слишком много за один раз", "Too much at a time"}},
    [PROBLEM_UNAUTHENTICATED] = {"unauthenticated",
                                 401,
                                 {"Нужно войти", "Log in first"}},
    [PROBLEM_TOKEN_EXPIRED] = {"token_expired",
                               401,
                               {"Срок входа истёк, войдите снова",
                                "The session has ended, log in again"}},
    [PROBLEM_TOKEN_USED] = {"token_used",
                            401,
                            {"Эта ссылка уже использована",
                             "This link has been used already"}},
    [PROBLEM_FORBIDDEN] = {"forbidden",
                           403,
                           {"Вам это не разрешено", "You may not do this"}},
    [PROBLEM_NOT_FOUND] = {"not_found", 404, {"Такого нет", "There is no such thing"}},
    [PROBLEM_METHOD_NOT_ALLOWED] = {"method_not_allowed",
                                    405,
                                    {"Этот адрес так не вызывают",
                                     "This address knows no such method"}},
    [PROBLEM_CONFLICT] = {"conflict",
                          409,
                          {"Это противоречит тому, что уже есть",
                           "This contradicts what is there already"}},
    [PROBLEM_VERSION_MISMATCH] = {"version_mismatch",
                                  412,
                                  {"Это изменил кто-то другой, прочитайте заново",
                                   "Somebody else has changed it, read it again"}},
    [PROBLEM_VERSION_REQUIRED] = {"version_required",
                                  428,
                                  {"Нужен If-Match с версией, которую вы видели",
                                   "If-Match with the version you saw is needed"}},
    [PROBLEM_IDEMPOTENCY_KEY_REUSED] =
        {"idempotency_key_reused",
         422,
         {"С этим Idempotency-Key был другой запрос",
          "That Idempotency-Key came with another request"}},
    [PROBLEM_IN_PROGRESS] = {"in_progress",
                             409,
                             {"Такой запрос ещё выполняется",
                              "Such a request is still under way"}},
    [PROBLEM_RATE_LIMITED] = {"rate_limited",
                              429,
                              {"Слишком часто, подождите немного",
                               "Too often, wait a little"}},
    [PROBLEM_ALREADY_REDEEMED] = {"already_redeemed",
                                  409,
                                  {"Скидка уже использована",
                                   "The discount has been used already"}},
    [PROBLEM_DISCOUNT_EXPIRED] = {"discount_expired",
                                  409,
                                  {"Срок скидки истёк", "The discount has expired"}},
    [PROBLEM_NOT_YET_VALID] = {"not_yet_valid",
                               409,
                               {"Скидка ещё не действует",
                                "The discount is not valid yet"}},
    [PROBLEM_DISCOUNT_REVOKED] = {"discount_revoked",
                                  409,
                                  {"Скидка отозвана", "The discount was revoked"}},
    [PROBLEM_WRONG_HOLDER] = {"wrong_holder",
                              409,
                              {"Скидка принадлежит другому человеку",
                               "The discount belongs to somebody else"}},
    [PROBLEM_WRONG_STORE] = {"wrong_store",
                             409,
                             {"Скидка не для этого магазина",
                              "The discount is not for this store"}},
    [PROBLEM_HOLD_LOST] = {"hold_lost",
                           409,
                           {"Проверка устарела, проверьте код снова",
                            "The check has lapsed, check the code again"}},
    [PROBLEM_LIMIT_REACHED] = {"limit_reached",
                               409,
                               {"Предел достигнут", "A limit is reached"}},
    [PROBLEM_BUDGET_EXHAUSTED] = {"budget_exhausted",
                                  409,
                                  {"Бюджет исчерпан", "The budget is spent"}},
    [PROBLEM_MIN_PURCHASE_NOT_MET] = {"min_purchase_not_met",
                                      409,
                                      {"Покупка меньше нужной суммы",
                                       "The purchase is too small"}},
    [PROBLEM_NOT_COMBINABLE] = {"not_combinable",
                                409,
                                {"Эти скидки не складываются",
                                 "These discounts do not add up"}},
    [PROBLEM_INSUFFICIENT_BALANCE] = {"insufficient_balance",
                                      409,
                                      {"Не хватает остатка",
                                       "The balance is too small"}},
    [PROBLEM_CERTIFICATE_FROZEN] = {"certificate_frozen",
                                    409,
                                    {"Сертификат приостановлен",
                                     "The certificate is frozen"}},
    [PROBLEM_SEGMENT_INVALID] = {"segment_invalid",
                                 422,
                                 {"Правило сегмента не читается",
                                  "The segment's rule cannot be read"}},
    [PROBLEM_SEGMENT_TOO_EXPENSIVE] = {"segment_too_expensive",
                                       422,
                                       {"Сегмент слишком тяжёлый",
                                        "The segment asks too much"}},
    [PROBLEM_BROADCAST_STATE] = {"broadcast_state",
                                 409,
                                 {"Рассылка сейчас в другом состоянии",
                                  "The broadcast is in another state now"}},
    [PROBLEM_TOO_LATE_TO_SEND] = {"too_late_to_send",
                                  422,
                                  {"Отправлять уже поздно", "It is too late to send"}},
    [PROBLEM_CONSENT_MISSING] = {"consent_missing",
                                 409,
                                 {"Нет согласия этого человека",
                                  "This person has not consented"}},
    [PROBLEM_TELEGRAM_UNAVAILABLE] = {"telegram_unavailable",
                                      503,
                                      {"Telegram сейчас недоступен",
                                       "Telegram cannot be reached now"}},
    [PROBLEM_FEATURE_DISABLED] = {"feature_disabled",
                                  409,
                                  {"Эта возможность выключена",
                                   "This feature is switched off"}},
    [PROBLEM_UNAVAILABLE] = {"unavailable",
                             503,
                             {"Сейчас не получается, попробуйте чуть позже",
                              "Not possible right now, try again in a moment"}},
    [PROBLEM_INTERNAL] = {"internal",
                          500,
                          {"Что-то сломалось у нас", "Something broke on our side"}},
};

const char *problem_code(enum problem p)
{
    return table[p].code;
}

int problem_status(enum problem p)
{
    return table[p].status;
}

const char *problem_title(enum problem p, enum tongue t)
{
    return table[p].title[t == TONGUE_EN];
}

/* ---- printing -------------------------------------------------------------------- */

static void set_extra(void *arg, const char *key, struct json *v)
{
    struct json *copy = v != NULL ? json_copy(v) : NULL;

    if (v == NULL)
        json_set_text(arg, key, NULL);
    else
        json_set(arg, key, copy);
}

static void add_type(struct json *o, const char *code)
{
    struct buf type = {0};

    buf_adds(&type, "/problems/");
    for (const char *s = code; *s != '\0'; s++)
        buf_addc(&type, *s == '_' ? '-' : *s);
    json_set_text(o, "type", type.s != NULL ? type.s : "about:blank");
    buf_free(&type);
}

void problem_print(struct buf *out, const struct problem_said *said)
{
    struct json *o = json_new_object();
    const char *text;

    add_type(o, problem_code(said->problem));
    json_set_text(o, "title", problem_title(said->problem, said->tongue));
    json_set_int(o, "status", problem_status(said->problem));
    if (said->detail != NULL)
        json_set_text(o, "detail", said->detail);
    if (said->request_id != NULL)
        json_set_text(o, "instance", said->request_id);
    json_set_text(o, "code", problem_code(said->problem));
    if (said->errors != NULL)
        json_set(o, "errors", json_copy(said->errors));
    json_each(said->extras, set_extra, o);
    text = json_print(o);
    if (text == NULL)
        out->failed = true;
    buf_adds(out, text);
    json_free(o);
}

/* ---- in a hand ------------------------------------------------------------------- */

enum status problem(struct call *c, enum problem p, const char *detail, ...)
{
    struct call_answer *a = &c->answer;
    struct problem_said said = {.problem = p,
                                .tongue = c->tongue,
                                .request_id = c->request_id,
                                .errors = a->errors,
                                .extras = a->extras};
    char text[DETAIL_BYTES];
    va_list ap;

    if (detail != NULL) {
        va_start(ap, detail);
        vsnprintf(text, sizeof text, detail, ap);
        va_end(ap);
        said.detail = text;
    }
    buf_free(&a->text);
    problem_print(&a->text, &said);
    a->problem = p;
    a->status = problem_status(p);
    a->type = "application/problem+json";
    if (p == PROBLEM_IN_PROGRESS || p == PROBLEM_UNAVAILABLE ||
        p == PROBLEM_TELEGRAM_UNAVAILABLE)
        answer_header(c, "Retry-After", "1");
    return ST_REFUSED;
}

const char *tell(const struct call *c, const char *ru, const char *en)
{
    return c->tongue == TONGUE_EN ? en : ru;
}

void call_fault(struct call *c, const char *pointer, const char *code,
                const char *detail, ...)
{
    struct json *o;
    char text[DETAIL_BYTES];
    va_list ap;

    if (c->answer.errors == NULL)
        c->answer.errors = json_new_array();
    if (json_count(c->answer.errors) >= FAULTS_MAX)
        return;
    va_start(ap, detail);
    vsnprintf(text, sizeof text, detail, ap);
    va_end(ap);
    o = json_new_object();
    if (*pointer == '?')
        json_set_text(o, "parameter", pointer + 1);
    else
        json_set_text(o, "pointer", pointer);
    json_set_text(o, "code", code);
    json_set_text(o, "detail", text);
    json_push(c->answer.errors, o);
}

int call_faults(const struct call *c)
{
    return (int)json_count(c->answer.errors);
}

struct json *problem_extras(struct call *c)
{
    if (c->answer.extras == NULL)
        c->answer.extras = json_new_object();
    return c->answer.extras;
}

enum problem problem_of(enum status st)
{
    static const enum problem of[] = {
        [ST_OK] = PROBLEM_NONE,
        [ST_NONE] = PROBLEM_NOT_FOUND,
        [ST_TAKEN] = PROBLEM_CONFLICT,
        [ST_REFUSED] = PROBLEM_CONFLICT,
        [ST_BAD] = PROBLEM_VALIDATION_FAILED,
        [ST_AGAIN] = PROBLEM_UNAVAILABLE,
        [ST_DOWN] = PROBLEM_UNAVAILABLE,
        [ST_UNSURE] = PROBLEM_INTERNAL,
        [ST_BROKEN] = PROBLEM_INTERNAL,
    };

    return of[st];
}
