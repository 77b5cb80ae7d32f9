/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Why the core said no, as a caller is told. */
#include "api/broadcasts_private.h"

#include <string.h>

#define N BROADCASTS_N

static const struct {
    const char *why, *pointer, *code;
    struct words words;
} reasons[] = {
    {"name", "/name", "format", {"такого названия не бывает", "that is no name"}},
    {"audience",
     "/segment_id",
     "required",
     {"нужен segment_id, который есть, или rule",
      "a segment_id that there is, or a rule is needed"}},
    {"variants",
     "/variants",
     "range",
     {"от одного до пяти вариантов", "one to five variants"}},
    {"test",
     "/test",
     "range",
     {"нужны два варианта и время решения после отправки",
      "two variants are needed, and a time to decide that is after the sending"}},
    {"metric",
     "/test/metric",
     "wrong_value",
     {"без скидки в рассылке считать нечего: выберите clicks",
      "without an offer there are no redemptions to count: choose clicks"}},
    {"store",
     "/offer/store_id",
     "unknown_store",
     {"такого магазина нет", "there is no such store"}},
    {"offer",
     "/offer",
     "range",
     {"такой скидки выдать нельзя, или она кончится раньше, чем уйдёт рассылка",
      "no such discount can be issued, or it is over before the broadcast goes"}},
    {"rate", "/rate_per_s", "range", {"слишком быстро", "too fast"}},
    {"paid",
     "/paid",
     "range",
     {"платная отправка выключена в настройках", "paid sending is switched off"}},
    {"holdout", "/holdout_bp", "range", {"не больше 90 %", "at most 90 %"}},
    {"footer", "/footer", "too_long", {"слишком длинно", "too long"}},
    {"footer_post",
     "/footer",
     "wrong_value",
     {"под постом, который копируется, подписи не бывает: она должна быть в нём самом",
      "a post that is copied has no footer: it stands in the post itself"}},
    {"purpose",
     "/purpose",
     "not_one_of",
     {"marketing или service", "marketing or service"}},
    {"not_after",
     "/not_after",
     "range",
     {"раньше, чем время отправки или чем сейчас",
      "earlier than the sending, or than now"}},
};

/* What is not the body's fault. */
static const struct {
    const char *why;
    struct words words;
} conflicts[] = {
    {"approval",
     {"Получателей много: сначала рассылку одобряет ещё один человек.",
      "There are many recipients: somebody else has to approve it first."}},
    {"empty",
     {"Рассылке нечего сказать: добавьте вариант.",
      "It has nothing to say: add a variant."}},
    {"restored",
     {"База похожа на восстановленную копию: пусть владелец подтвердит, что она "
      "настоящая.",
      "The database seems to be a restored copy: an owner has to say that it is the "
      "shop's."}},
};

static enum status reason_said(struct call *c, const char *why)
{
    for (size_t i = 0; i < N(reasons); i++)
        if (strcmp(why, reasons[i].why) == 0) {
            call_fault(c, reasons[i].pointer, reasons[i].code, "%s",
                       tell(c, reasons[i].words.ru, reasons[i].words.en));
            return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
        }
    json_set_text(problem_extras(c), "why", why);
    for (size_t i = 0; i < N(conflicts); i++)
        if (strcmp(why, conflicts[i].why) == 0)
            return problem(c, PROBLEM_CONFLICT, "%s",
                           tell(c, conflicts[i].words.ru, conflicts[i].words.en));
    return problem(c, PROBLEM_CONFLICT, NULL);
}

enum status broadcast_refused(struct call *c, enum status st, const char *why)
{
    struct broadcast b;
    enum status found;

    if (st == ST_BAD && why != NULL)
        return reason_said(c, why);
    if (st != ST_TAKEN)
        return st;
    found = broadcast_load(c->db, c->id[0], &b);
    if (found != ST_OK)
        return found;
    json_set_text(problem_extras(c), "state", broadcast_state_name(b.state));
    return problem(c, PROBLEM_BROADCAST_STATE, NULL);
}

enum status broadcast_no_variant(struct call *c, int n)
{
    if (n == 0)
        return broadcast_refused(c, ST_BAD, "empty");
    call_fault(c, "/variant", "range", tell(c, "вариантов %d", "there are %d variants"),
               n);
    return problem(c, PROBLEM_VALIDATION_FAILED, NULL);
}
