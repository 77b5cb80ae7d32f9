/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The till's page, its looks: every sentence of it, in both languages, and the forms. */
#include "api/till_private.h"

#include "core/base/money.h"

#include <stdio.h>

struct words {
    const char *ru, *en;
};

static const struct words title = {"Касса", "Till"};
static const struct words number = {"Ваш номер", "Your number"};
static const struct words enter = {"Войти", "Enter"};
static const struct words where_to = {"В каком магазине открыть смену?",
                                      "In which store shall we open the shift?"};
static const struct words code_label = {"Код покупателя", "The customer's code"};
static const struct words check = {"Проверить", "Check"};
static const struct words take = {"Взять себе", "Take it"};
static const struct words sum_label = {"Сумма чека", "Sum of the bill"};
static const struct words reckon = {"Посчитать скидку", "Reckon the discount"};
static const struct words apply = {"Применить", "Apply"};
static const struct words cancel = {"Отмена", "Cancel"};
static const struct words next_one = {"Следующий код", "Next code"};
static const struct words training = {"УЧЕБНЫЙ РЕЖИМ: ничего не считается.",
                                      "TRAINING: nothing counts."};
static const struct words leave = {"Выйти", "Leave"};
static const struct words off = {"Скидка", "Discount"};
static const struct words until = {"Действует до", "Good until"};
static const struct words done = {"✅ Применено. Чек №", "✅ Redeemed. Receipt No."};
static const struct words until_then = {", до", ", until"};
static const struct words bill = {"Чек", "Bill"};

static const struct words says[WORD_COUNT] = {
    [WORD_WRONG_PIN] = {"Номер или PIN не подходят. PIN задаётся в служебном боте: "
                        "команда /pin. Номер он покажет по команде /help.",
                        "That number or PIN does not fit. The PIN is set in the staff "
                        "bot: /pin. Your number it tells you by /help."},
    [WORD_LOCKED] = {"Слишком много неверных PIN. Вход откроется в",
                     "Too many wrong PINs. You may enter again at"},
    [WORD_NO_RIGHT] = {"В этом магазине вы смену открыть не можете.",
                       "You cannot open a shift at that store."},
    [WORD_NO_STORES] =
        {"За вами не закреплён ни один магазин. Обратитесь к управляющему.",
         "No store is assigned to you. Please ask your manager."},
    [WORD_CODE] = {"Это не код: в нём 10 знаков, XXXXX-XXXXX. Проверьте, пожалуйста.",
                   "That is no code: it has 10 symbols, XXXXX-XXXXX. Please check."},
    [WORD_STALE] = {"Эта карточка уже не действует. Проверьте код ещё раз.",
                    "That card is over. Please check the code again."},
    [WORD_SUM] = {"Такой суммы быть не может. Наберите её цифрами, например 1250,50.",
                  "That cannot be the sum. Type it in digits, for example 1250.50."},
    [WORD_CANCELLED] = {"Отменили.", "Cancelled."},
};

static const struct words verdicts[VERDICT_COUNT] = {
    [VERDICT_USED] = {"⚠️ Уже использована", "⚠️ Already used"},
    [VERDICT_EXPIRED] = {"⌛ Срок скидки вышел.", "⌛ The discount has run out."},
    [VERDICT_NOT_STARTED] = {"🕒 Скидка ещё не началась.", "🕒 It has not begun yet."},
    [VERDICT_REVOKED] = {"⛔ Скидка отозвана магазином.",
                         "⛔ The shop has withdrawn this discount."},
    [VERDICT_UNKNOWN] = {"❓ Такого кода у нас нет.", "❓ We have no such code."},
    [VERDICT_HELD] = {"⏸ Этот код сейчас проверяет",
                      "⏸ Being checked now by"},
    [VERDICT_OWN] = {"🙅 Это ваша скидка: применить её должен другой кассир.",
                     "🙅 It is yours: another cashier must apply it."},
    [VERDICT_WRONG_STORE] = {"🏬 Скидка действует только в магазине",
                             "🏬 The discount is good only at"},
    [VERDICT_LOCKED] = {"🔐 Слишком много неверных кодов. Проверка откроется в",
                        "🔐 Too many wrong codes. Checking opens again at"},
    [VERDICT_NO_RIGHT] = {"Это вам недоступно.", "This is not open to you."},
    [VERDICT_NO_SHIFT] = {"Сначала откройте смену.", "Open a shift first."},
    [VERDICT_WITHDRAWN] = {"⛔ Покупатель вышел из программы.",
                           "⛔ The customer has left the programme."},
    [VERDICT_LEFT] = {"📣 Скидка для подписчиков канала, а подписки сейчас нет.",
                      "📣 For followers of the channel, and the customer follows it no "
                      "more."},
};

/* ---- pieces --------------------------------------------------------------------- */

struct page {
    struct buf *out;
    const struct till_view *v;
    const struct tz *tz;
};

static const char *lang(const struct page *p)
{
    return p->v->english ? "en" : "ru";
}

static void word(struct page *p, const struct words *w)
{
    const char *s = p->v->english ? w->en : w->ru;

    buf_add_html(p->out, s != NULL ? s : "");
}

static void text(struct page *p, const char *before, const char *s)
{
    buf_adds(p->out, before);
    buf_add_html(p->out, s);
}

static void clock_add(struct page *p, int64_t at)
{
    struct local l = tz_local(p->tz, at);

    buf_addf(p->out, " %02d:%02d", l.hour, l.minute);
}

static void money(struct page *p, int64_t amount)
{
    money_add(p->out, amount, lang(p));
}

static void form_begin(struct page *p, const char *act)
{
    buf_addf(p->out,
             "<form method=\"post\" action=\"/till\" autocomplete=\"off\">"
             "<input type=\"hidden\" name=\"do\" value=\"%s\">",
             act);
}

static void hidden(struct page *p, const char *name, const char *value)
{
    buf_addf(p->out, "<input type=\"hidden\" name=\"%s\" value=\"", name);
    buf_add_html(p->out, value);
    buf_adds(p->out, "\">");
}

static void form_end(struct page *p, const struct words *label, bool go)
{
    buf_adds(p->out, go ? "<button class=\"go\">" : "<button>");
    word(p, label);
    buf_adds(p->out, "</button></form>");
}

/* attributes: of the input. */
static void field(struct page *p, const struct words *label, const char *attributes)
{
    buf_adds(p->out, "<label>");
    word(p, label);
    buf_addf(p->out, "<input %s required></label>", attributes);
}

/* ---- what is said --------------------------------------------------------------- */

/* What a verdict ends with: a name, a time. */
static void verdict_end(struct page *p, const struct card *c)
{
    if (c->verdict == VERDICT_USED && c->used.id != 0) {
        buf_adds(p->out, ": ");
        tz_add_time(p->out, p->tz, c->used.at, lang(p));
        text(p, ", ", c->used.store);
        text(p, ", ", c->used.by);
        buf_addf(p->out, ", № %d.", c->used.receipt_no);
    } else if (c->verdict == VERDICT_HELD) {
        text(p, " ", c->held_by);
        word(p, &until_then);
        clock_add(p, c->held_until);
    } else if (c->verdict == VERDICT_WRONG_STORE && c->store[0] != '\0') {
        text(p, " ", c->store);
    } else if (c->verdict == VERDICT_LOCKED) {
        clock_add(p, c->held_until);
    }
}

static void said(struct page *p)
{
    const struct till_view *v = p->v;

    if (v->word == WORD_NONE)
        return;
    buf_adds(p->out, "<p class=\"say\">");
    if (v->word == WORD_VERDICT) {
        word(p, &verdicts[v->card.verdict < VERDICT_COUNT ? v->card.verdict : 0]);
        verdict_end(p, &v->card);
    } else {
        word(p, &says[v->word]);
        if (v->word == WORD_LOCKED)
            clock_add(p, v->until);
    }
    buf_adds(p->out, "</p>");
}

/* "Чек 1 250 ₽ − 125 ₽ = 1 125 ₽" */
static void sums(struct page *p, int64_t amount, int64_t less)
{
    if (amount < 0)
        return;
    buf_adds(p->out, "<p class=\"sums\">");
    word(p, &bill);
    buf_addc(p->out, ' ');
    money(p, amount);
    buf_adds(p->out, " − ");
    money(p, less);
    buf_adds(p->out, " = ");
    money(p, amount - less);
    buf_adds(p->out, "</p>");
}

/* ---- the views ------------------------------------------------------------------ */

static void login(struct page *p)
{
    form_begin(p, "enter");
    field(p, &number,
          "name=\"number\" inputmode=\"numeric\" pattern=\"[0-9]+\" autofocus");
    field(p, &(struct words){"PIN", "PIN"},
          "name=\"pin\" type=\"password\" inputmode=\"numeric\"");
    form_end(p, &enter, true);
}

static void stores(struct page *p)
{
    char id[24];

    buf_adds(p->out, "<p>");
    word(p, &where_to);
    buf_adds(p->out, "</p>");
    for (int i = 0; i < p->v->n_stores; i++) {
        const char *name = p->v->stores[i].name;

        snprintf(id, sizeof(id), "%lld", (long long)p->v->stores[i].id);
        form_begin(p, "open");
        hidden(p, "store", id);
        form_end(p, &(struct words){name, name}, false);
    }
}

static void code(struct page *p)
{
    if (p->v->word == WORD_VERDICT && p->v->card.verdict == VERDICT_HELD) {
        form_begin(p, "check");
        hidden(p, "code", p->v->code);
        hidden(p, "take", "1");
        form_end(p, &take, false);
    }
    form_begin(p, "check");
    field(p, &code_label, "name=\"code\" maxlength=\"300\" autofocus");
    form_end(p, &check, true);
}

static void card_says(struct page *p, const struct card *c)
{
    buf_adds(p->out, "<div class=\"card\"><p>✅ ");
    word(p, &off);
    buf_adds(p->out, " <b>");
    percent_add(p->out, c->discount.percent_bp, lang(p));
    text(p, "</b></p><p>", c->customer);
    text(p, " ", c->phone);
    buf_adds(p->out, "</p><p>");
    word(p, &until);
    buf_addc(p->out, ' ');
    tz_add_time(p->out, p->tz, c->discount.valid_until, lang(p));
    buf_adds(p->out, "</p>");
    sums(p, c->amount, c->off);
    buf_adds(p->out, "</div>");
}

static void card(struct page *p)
{
    const struct card *c = &p->v->card;
    bool known = c->discount.id != 0; /* else the sum was refused, and is asked again */

    if (known)
        card_says(p, c);
    if (known && (c->amount >= 0 || c->amount_mode != AMOUNT_REQUIRED)) {
        form_begin(p, "press");
        hidden(p, "nonce", c->nonce);
        form_end(p, &apply, true);
    }
    if (c->amount_mode != AMOUNT_OFF) {
        form_begin(p, "sum");
        hidden(p, "nonce", c->nonce);
        field(p, &sum_label, "name=\"sum\" inputmode=\"decimal\" maxlength=\"24\"");
        form_end(p, &reckon, false);
    }
    form_begin(p, "no");
    hidden(p, "nonce", c->nonce);
    form_end(p, &cancel, false);
}

static void receipt(struct page *p)
{
    const struct redemption *r = &p->v->receipt;

    buf_adds(p->out, "<div class=\"card\"><p>");
    word(p, &done);
    buf_addf(p->out, " <b>%d</b></p><p>", r->receipt_no);
    word(p, &off);
    buf_addc(p->out, ' ');
    percent_add(p->out, r->percent_bp, lang(p));
    text(p, "</p><p>", r->customer);
    text(p, "</p><p>", r->store);
    buf_adds(p->out, ", ");
    tz_add_time(p->out, p->tz, r->redeemed_at, lang(p));
    buf_adds(p->out, "</p>");
    sums(p, r->amount, r->discount);
    buf_adds(p->out, "</div>");
    form_begin(p, "look");
    form_end(p, &next_one, true);
}

static void (*const views[])(struct page *) = {
    [VIEW_LOGIN] = login, [VIEW_STORES] = stores,   [VIEW_CODE] = code,
    [VIEW_CARD] = card,   [VIEW_RECEIPT] = receipt,
};

static void foot(struct page *p)
{
    if (p->v->kind == VIEW_LOGIN)
        return;
    text(p, "<p class=\"small\">", p->v->name);
    text(p, p->v->store[0] != '\0' ? " · " : "", p->v->store);
    buf_adds(p->out, "</p>");
    form_begin(p, "leave");
    form_end(p, &leave, false);
}

void till_page_add(struct buf *out, const struct till_view *v, const struct tz *tz)
{
    struct page p = {out, v, tz};

    buf_addf(out,
             "<!doctype html><html lang=\"%s\"><head><meta charset=\"utf-8\">"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
             "<title>",
             lang(&p));
    word(&p, &title);
    buf_adds(out,
             "</title><link rel=\"stylesheet\" href=\"/till/till.css\"></head><body>"
             "<h1>");
    word(&p, &title);
    buf_adds(out, "</h1>");
    if (v->training) {
        buf_adds(out, "<p><b>");
        word(&p, &training);
        buf_adds(out, "</b></p>");
    }
    said(&p);
    views[v->kind](&p);
    foot(&p);
    buf_adds(out, "</body></html>");
}
