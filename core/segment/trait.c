/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/segment/trait.h"

#include <string.h>

#define OPS_ENUM (OP_BIT(OP_EQ) | OP_BIT(OP_NEQ) | OP_BIT(OP_IN) | OP_BIT(OP_NOT_IN))
#define OPS_TEXT                                                                       \
    (OPS_ENUM | OP_BIT(OP_STARTS) | OP_BIT(OP_ENDS) | OP_BIT(OP_CONTAINS) | OPS_SET)
#define OPS_TIME                                                                       \
    (OP_BIT(OP_BEFORE) | OP_BIT(OP_AFTER) | OP_BIT(OP_BETWEEN) | OP_BIT(OP_LAST) |     \
     OP_BIT(OP_NOT_LAST) | OP_BIT(OP_NEXT))
#define OPS_BIRTHDAY                                                                   \
    (OP_BIT(OP_IS_TODAY) | OP_BIT(OP_WITHIN_DAYS) | OP_BIT(OP_MONTH_IN) |              \
     OP_BIT(OP_AGE_BETWEEN) | OPS_SET)

/* ---- operators and types ---------------------------------------------------------- */

static const struct {
    const char *name;
    enum op_takes takes;
} ops[OPS] = {
    [OP_EQ] = {"eq", TAKES_ONE},
    [OP_NEQ] = {"neq", TAKES_ONE},
    [OP_IN] = {"in", TAKES_LIST},
    [OP_NOT_IN] = {"not_in", TAKES_LIST},
    [OP_STARTS] = {"starts", TAKES_ONE},
    [OP_ENDS] = {"ends", TAKES_ONE},
    [OP_CONTAINS] = {"contains", TAKES_ONE},
    [OP_LT] = {"lt", TAKES_ONE},
    [OP_LTE] = {"lte", TAKES_ONE},
    [OP_GT] = {"gt", TAKES_ONE},
    [OP_GTE] = {"gte", TAKES_ONE},
    [OP_BETWEEN] = {"between", TAKES_PAIR},
    [OP_IS] = {"is", TAKES_ONE},
    [OP_BEFORE] = {"before", TAKES_ONE},
    [OP_AFTER] = {"after", TAKES_ONE},
    [OP_LAST] = {"last", TAKES_SPAN},
    [OP_NOT_LAST] = {"not_last", TAKES_SPAN},
    [OP_NEXT] = {"next", TAKES_SPAN},
    [OP_IS_TODAY] = {"is_today", TAKES_NOTHING},
    [OP_WITHIN_DAYS] = {"within_days", TAKES_PAIR},
    [OP_MONTH_IN] = {"month_in", TAKES_LIST},
    [OP_AGE_BETWEEN] = {"age_between", TAKES_PAIR},
    [OP_IS_SET] = {"is_set", TAKES_NOTHING},
    [OP_NOT_SET] = {"not_set", TAKES_NOTHING},
};

const char *op_name(enum op o)
{
    return (unsigned)o < OPS ? ops[o].name : "";
}

bool op_find(const char *name, enum op *out)
{
    for (int i = 0; i < OPS; i++)
        if (strcmp(ops[i].name, name) == 0) {
            *out = (enum op)i;
            return true;
        }
    return false;
}

enum op_takes op_takes(enum op o)
{
    return ops[o].takes;
}

const char *trait_type_name(enum trait_type t)
{
    static const char *const names[TRAIT_TYPES] = {
        [TRAIT_BOOL] = "bool",   [TRAIT_ENUM] = "enum",         [TRAIT_ID] = "id",
        [TRAIT_TEXT] = "string", [TRAIT_NUMBER] = "number",     [TRAIT_MONEY] = "money",
        [TRAIT_TIME] = "time",   [TRAIT_BIRTHDAY] = "birthday", [TRAIT_AGE] = "number",
    };

    return (unsigned)t < TRAIT_TYPES ? names[t] : "";
}

/* ---- choices ---------------------------------------------------------------------- */

static const struct choice customer_states[] = {
    {"active", 0, {"доступен", "reachable"}},
    {"unreachable", 1, {"остановил бота", "stopped the bot"}},
    {"blocked", 2, {"заблокирован магазином", "blocked by the shop"}},
    {0},
};
static const struct choice locales[] = {
    {"ru", 0, {"русский", "Russian"}},
    {"en", 1, {"английский", "English"}},
    {0},
};
static const struct choice sources[] = {
    {"subscription", 1, {"за подписку", "for subscribing"}},
    {"birthday", 2, {"на день рождения", "for a birthday"}},
    {"manual", 3, {"выдана вручную", "given by hand"}},
    {"campaign", 4, {"из рассылки", "from a campaign"}},
    {0},
};
static const struct choice discount_states[] = {
    {"active", 1, {"действует", "active"}},
    {"used", 2, {"использована", "used"}},
    {"expired", 3, {"истекла", "expired"}},
    {"revoked", 4, {"отозвана", "revoked"}},
    {0},
};
const struct choice message_purposes[] = {
    {"service", 1, {"служебное сообщение", "a service message"}},
    {"marketing", 2, {"реклама", "advertising"}},
    {"receipt", 3, {"уведомление о скидке", "a receipt"}},
    {0},
};
static const struct choice message_states[] = {
    {"queued", 1, {"ждёт отправки", "waiting"}},
    {"sending", 2, {"отправляется", "being sent"}},
    {"sent", 3, {"отправлено", "sent"}},
    {"failed", 4, {"не отправлено", "failed"}},
    {"skipped", 5, {"пропущено", "skipped"}},
    {"unknown", 6, {"неизвестно", "unknown"}},
    {"cancelled", 7, {"отменено", "cancelled"}},
    {0},
};

/* ---- customers -------------------------------------------------------------------- */

#define CITY "COALESCE((SELECT s.city FROM store s WHERE s.id = c.home_store_id), '')"
#define CALLED "IF(c.name = '', c.first_name, c.name)"

/* clang-format off */
const struct trait fields[] = {
    {"status", TRAIT_ENUM, OPS_ENUM,
     "(CASE WHEN c.barred_at IS NOT NULL THEN 2 WHEN c.status = 2 THEN 1 ELSE 0 END)",
     NULL, 1, false, customer_states, UNIT_NONE, {"состояние", "status"}, {0}, {0}},
    {"locale", TRAIT_ENUM, OPS_ENUM, "(c.language = 'en')", NULL, 1, false, locales,
     UNIT_NONE, {"язык", "language"}, {0}, {0}},
    {"source", TRAIT_TEXT, OPS_TEXT, "c.source", "c.source = ''", 1, false, NULL,
     UNIT_NONE, {"источник", "source"},
     {"у кого известен источник", "whose source is known"},
     {"у кого источник неизвестен", "whose source is not known"}},
    {"subscribed", TRAIT_BOOL, OP_BIT(OP_IS), "c.subscribed = 1", NULL, 1, false, NULL,
     UNIT_NONE, {"подписка на канал", "subscription to the channel"},
     {"кто подписан на канал", "who are subscribed to the channel"},
     {"кто не подписан на канал", "who are not subscribed to the channel"}},
    {"marketing_ok", TRAIT_BOOL, OP_BIT(OP_IS), "c.marketing_ok = 1", NULL, 1, false,
     NULL, UNIT_NONE, {"согласие на рекламу", "consent to advertising"},
     {"кто согласен на рекламу", "who agreed to advertising"},
     {"кто не согласен на рекламу", "who have not agreed to advertising"}},
    {"marketing_rare", TRAIT_BOOL, OP_BIT(OP_IS), "c.marketing_rare = 1", NULL, 1, false,
     NULL, UNIT_NONE, {"просьба писать реже", "wish for fewer messages"},
     {"кто просил писать реже", "who asked for fewer messages"},
     {"кто не просил писать реже", "who have not asked for fewer messages"}},
    {"insider", TRAIT_BOOL, OP_BIT(OP_IS), "c.left_out <> 0", NULL, 1, false, NULL,
     UNIT_NONE, {"свои", "insiders"},
     {"кто работает у нас или заведён для проверки",
      "who work here or are test accounts"},
     {"кто не работает у нас и не заведён для проверки",
      "who do not work here and are no test accounts"}},
    {"name", TRAIT_TEXT, OPS_TEXT, CALLED, CALLED " = ''", 2, true, NULL, UNIT_NONE,
     {"имя", "name"}, {"у кого указано имя", "who told their name"},
     {"у кого имя не указано", "who have not told their name"}},
    {"username", TRAIT_TEXT, OPS_SET, "c.username", "c.username = ''", 1, true, NULL,
     UNIT_NONE, {"имя пользователя", "user name"},
     {"у кого есть имя пользователя", "who have a user name"},
     {"у кого нет имени пользователя", "who have no user name"}},
    {"phone", TRAIT_TEXT, OPS_SET, "c.phone", "c.phone IS NULL", 1, true, NULL,
     UNIT_NONE, {"телефон", "phone"}, {"у кого указан телефон", "who told their phone"},
     {"у кого телефон не указан", "who have not told their phone"}},
    {"city", TRAIT_TEXT, OPS_TEXT, CITY, CITY " = ''", 3, false, NULL, UNIT_NONE,
     {"город", "city"}, {"у кого известен город", "whose city is known"},
     {"у кого город неизвестен", "whose city is not known"}},
    {"home_store", TRAIT_ID, OPS_ENUM | OPS_SET, "c.home_store_id",
     "c.home_store_id IS NULL", 1, false, NULL, UNIT_NONE,
     {"свой магазин", "home store"},
     {"у кого известен свой магазин", "whose home store is known"},
     {"у кого свой магазин неизвестен", "whose home store is not known"}},
    {"created", TRAIT_TIME, OPS_TIME, "c.created_at", NULL, 1, false, NULL, UNIT_NONE,
     {"знакомство с нами", "first contact"}, {0}, {0}},
    {"last_seen", TRAIT_TIME, OPS_TIME, "c.last_seen_at", NULL, 1, false, NULL,
     UNIT_NONE, {"последнее обращение", "last contact"}, {0}, {0}},
    {"last_purchase", TRAIT_TIME, OPS_TIME | OPS_SET, "c.last_purchase_at",
     "c.last_purchase_at = '1970-01-01 00:00:00'", 1, false, NULL, UNIT_NONE,
     {"последняя покупка", "last purchase"},
     {"кто хотя бы раз купил", "who ever bought"},
     {"кто ещё ничего не купил", "who have never bought"}},
    {"subscribed_at", TRAIT_TIME, OPS_TIME | OPS_SET, "c.subscribed_at",
     "c.subscribed_at IS NULL", 1, false, NULL, UNIT_NONE,
     {"последняя смена подписки", "last change of subscription"},
     {"чья подписка когда-либо проверялась", "whose subscription was ever looked at"},
     {"чья подписка не проверялась", "whose subscription was never looked at"}},
    {"purchases_count", TRAIT_NUMBER, OPS_NUMBER, "c.purchases", NULL, 1, false, NULL,
     UNIT_NONE, {"число покупок", "number of purchases"}, {0}, {0}},
    {"purchases_total", TRAIT_MONEY, OPS_NUMBER, "c.spent_total", NULL, 1, false, NULL,
     UNIT_NONE, {"сумма всех покупок", "total of all purchases"}, {0}, {0}},
    {"average_check", TRAIT_MONEY, OPS_NUMBER | OPS_SET,
     "(c.spent_total DIV GREATEST(c.purchases, 1))", "c.purchases = 0", 1, false, NULL,
     UNIT_NONE, {"средний чек", "average purchase"},
     {"у кого есть средний чек", "who have an average purchase"},
     {"у кого нет среднего чека", "who have no average purchase"}},
    {"birthday", TRAIT_BIRTHDAY, OPS_BIRTHDAY, "c.birth_md", "c.birth_md IS NULL", 1,
     true, NULL, UNIT_NONE, {"день рождения", "birthday"},
     {"у кого указан день рождения", "who told their birthday"},
     {"у кого день рождения не указан", "who have not told their birthday"}},
    /* 1904: a birthday told without its year. */
    {"age", TRAIT_AGE, OPS_NUMBER | OPS_SET, "c.birth_date",
     "(c.birth_date IS NULL OR c.birth_date < '1905-01-01')", 1, true, NULL, UNIT_YEARS,
     {"возраст", "age"}, {"чей возраст известен", "whose age is known"},
     {"чей возраст неизвестен", "whose age is not known"}},
};
const size_t fields_n = sizeof fields / sizeof *fields;

/* ---- their rows ------------------------------------------------------------------- */

#define OF_REDEEMED(x) "(SELECT d." x " FROM discount d WHERE d.id = r.discount_id)"

static const struct trait purchase_fields[] = {
    {"total", TRAIT_MONEY, OPS_NUMBER | OPS_SET, "(r.amount - r.discount_amount)",
     "r.amount IS NULL", 1, false, NULL, UNIT_NONE, {"сумма покупки", "amount paid"},
     {"сумма покупки известна", "the amount paid is known"},
     {"сумма покупки неизвестна", "the amount paid is not known"}},
    {"store", TRAIT_ID, OPS_ENUM, "r.store_id", NULL, 1, false, NULL, UNIT_NONE,
     {"магазин", "store"}, {0}, {0}},
};
static const struct trait redemption_fields[] = {
    {"amount", TRAIT_MONEY, OPS_NUMBER | OPS_SET, "r.amount", "r.amount IS NULL", 1,
     false, NULL, UNIT_NONE, {"сумма до скидки", "amount before the discount"},
     {"сумма до скидки известна", "the amount before the discount is known"},
     {"сумма до скидки неизвестна", "the amount before the discount is not known"}},
    {"discount", TRAIT_MONEY, OPS_NUMBER | OPS_SET, "r.discount_amount",
     "r.discount_amount IS NULL", 1, false, NULL, UNIT_NONE,
     {"сумма скидки", "amount taken off"},
     {"сумма скидки известна", "the amount taken off is known"},
     {"сумма скидки неизвестна", "the amount taken off is not known"}},
    {"source", TRAIT_ENUM, OPS_ENUM, OF_REDEEMED("source"), NULL, 3, false, sources,
     UNIT_NONE, {"скидка", "discount"}, {0}, {0}},
    {"percent", TRAIT_NUMBER, OPS_NUMBER, OF_REDEEMED("percent_bp"), NULL, 3, false,
     NULL, UNIT_PERCENT, {"процент", "percent"}, {0}, {0}},
    {"store", TRAIT_ID, OPS_ENUM, "r.store_id", NULL, 1, false, NULL, UNIT_NONE,
     {"магазин", "store"}, {0}, {0}},
};
static const struct trait discount_fields[] = {
    {"source", TRAIT_ENUM, OPS_ENUM, "d.source", NULL, 1, false, sources, UNIT_NONE,
     {"скидка", "discount"}, {0}, {0}},
    {"state", TRAIT_ENUM, OPS_ENUM,
     "(CASE WHEN d.status = 1 AND d.valid_until <= ? THEN 3 ELSE d.status END)", NULL, 1,
     false, discount_states, UNIT_NONE, {"состояние", "state"}, {0}, {0}},
    {"percent", TRAIT_NUMBER, OPS_NUMBER, "d.percent_bp", NULL, 1, false, NULL,
     UNIT_PERCENT, {"процент", "percent"}, {0}, {0}},
    {"uses_left", TRAIT_NUMBER, OPS_NUMBER, "(d.uses_allowed - d.uses_count)", NULL, 1,
     false, NULL, UNIT_NONE, {"осталось применений", "uses left"}, {0}, {0}},
    {"valid_until", TRAIT_TIME, OPS_TIME, "d.valid_until", NULL, 1, false, NULL,
     UNIT_NONE, {"срок", "end"}, {0}, {0}},
    {"store", TRAIT_ID, OPS_ENUM | OPS_SET, "d.store_id", "d.store_id IS NULL", 1, false,
     NULL, UNIT_NONE, {"магазин", "store"},
     {"только в одном магазине", "good at one store only"},
     {"во всех магазинах", "good at all stores"}},
};
static const struct trait message_fields[] = {
    {"purpose", TRAIT_ENUM, OPS_ENUM, "m.purpose", NULL, 1, false, message_purposes,
     UNIT_NONE, {"вид", "kind"}, {0}, {0}},
    {"state", TRAIT_ENUM, OPS_ENUM, "m.state", NULL, 1, false, message_states, UNIT_NONE,
     {"состояние", "state"}, {0}, {0}},
};

#define FIELDS(x) x, sizeof(x) / sizeof *(x)
/* The index has all that is asked of them. */
#define BY_CUSTOMER "redemption r FORCE INDEX (ix_redemption_customer)"

const struct relation relations[] = {
    {"purchases", "redemption r", "r.customer_id", " AND r.voided_at IS NULL",
     "r.customer_id", BY_CUSTOMER,
     "r.redeemed_at", 8, {"кто купил", "who bought"}, {"кто не купил", "who did not buy"},
     {"в покупках", "in purchases"}, FIELDS(purchase_fields)},
    {"redemptions", "redemption r", "r.customer_id", " AND r.voided_at IS NULL",
     "r.customer_id", BY_CUSTOMER,
     "r.redeemed_at", 8, {"кто использовал скидку", "who used a discount"},
     {"кто не использовал скидку", "who did not use a discount"},
     {"в использованных скидках", "in used discounts"}, FIELDS(redemption_fields)},
    {"discounts", "discount d", "d.customer_id", "", "d.customer_id", "discount d",
     "d.created_at", 8,
     {"кто получил скидку", "who were given a discount"},
     {"кто не получил скидку", "who were not given a discount"},
     {"в полученных скидках", "in discounts given"}, FIELDS(discount_fields)},
    {"messages", "message m", "m.customer_id", "", "IFNULL(m.customer_id, 0)", "message m",
     "COALESCE(m.sent_at, m.claimed_at, m.created_at)", 15,
     {"кому отправили сообщение", "who were sent a message"},
     {"кому не отправили сообщение", "who were not sent a message"},
     {"в сообщениях", "in messages"}, FIELDS(message_fields)},
};
const size_t relations_n = sizeof relations / sizeof *relations;
/* clang-format on */

/* ---- finding ---------------------------------------------------------------------- */

static const struct trait *among(const struct trait *list, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i].name, name) == 0)
            return &list[i];
    return NULL;
}

const struct trait *trait_find(const char *name)
{
    return among(fields, fields_n, name);
}

const struct relation *relation_find(const char *name)
{
    for (size_t i = 0; i < relations_n; i++)
        if (strcmp(relations[i].name, name) == 0)
            return &relations[i];
    return NULL;
}

const struct trait *relation_field(const struct relation *r, const char *name)
{
    return among(r->fields, r->fields_n, name);
}

const struct choice *choice_find(const struct trait *f, const char *name)
{
    for (const struct choice *c = f->choices; c != NULL && c->name != NULL; c++)
        if (strcmp(c->name, name) == 0)
            return c;
    return NULL;
}

const struct choice *choice_of(const struct trait *f, int64_t value)
{
    for (const struct choice *c = f->choices; c != NULL && c->name != NULL; c++)
        if (c->value == value)
            return c;
    return NULL;
}
