/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Random rules asked of random people twice: by the database (core/segment) and by a slow
 * reading of the same JSON in memory (tests/harness/slow_rule.h). Both must find the same
 * people. DVORIK_TEST_SEED repeats a run. */
#include "core/base/stamp.h"
#include "core/segment/audience.h"
#include "core/segment/compile.h"
#include "core/segment/explain.h"
#include "core/segment/segment.h"
#include "tests/harness/dose.h"
#include "tests/store/segment_town.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct town town;
static struct json *kept; /* the rule of the kept segment */

/* ---- rules by chance -------------------------------------------------------------- */

static const char *const pool_spans[] = {"P1D",  "P7D", "P1W",      "P30D", "P1M",
                                         "P12M", "P1Y", "P1M1DT1H", "PT1H", "PT36H"};
static const char *const pool_tags[] = {"VIP", "vip", "Кофе", "50%", "ёж", "ЕЖ"};

static void add_time(struct buf *b)
{
    char day[STAMP_BYTES], at[STAMP_BYTES];
    int64_t t = town_time(&town);

    stamp_print_day(cal_day(tz_local(town.tz, t).date), day);
    stamp_print(t - t % SECOND, at);
    buf_addf(b, "\"%s\"", chance(2) == 0 ? day : at);
}

static void add_value(struct buf *b, const struct trait *f, enum op op)
{
    const struct choice *c = f->choices;
    const char *s = PICK(pool_texts);

    switch (f->type) {
    case TRAIT_BOOL:
        buf_adds(b, chance(2) == 0 ? "true" : "false");
        break;
    case TRAIT_ENUM:
        for (uint64_t n = chance(8); n > 0; n--)
            c = (c + 1)->name != NULL ? c + 1 : f->choices;
        buf_addf(b, "\"%s\"", c->name);
        break;
    case TRAIT_ID:
        buf_addf(b, "%" PRId64, PICK(town.world.store_id));
        break;
    case TRAIT_TEXT:
        buf_add_json(b, s, strlen(s));
        break;
    case TRAIT_TIME:
        add_time(b);
        break;
    case TRAIT_MONEY:
        buf_addf(b, "%" PRId64, PICK(pool_money));
        break;
    case TRAIT_BIRTHDAY:
        buf_addf(b, "%d", op == OP_MONTH_IN ? 1 + (int)chance(12) : (int)chance(40));
        break;
    default:
        buf_addf(b, "%d",
                 f->unit == UNIT_PERCENT ? PICK(pool_percents)
                 : f->type == TRAIT_AGE  ? (int)chance(70)
                                         : (int)chance(6) - 1);
    }
}

/* Two in their order, as [a, b]. */
static void add_pair(struct buf *b, const struct trait *f, enum op op)
{
    int a = (int)chance(80) - 40, far = (int)chance(40);

    if (f->type == TRAIT_TIME) {
        int32_t day = town.moment.today - (int32_t)PICK(pool_days);
        char first[STAMP_BYTES], last[STAMP_BYTES];

        stamp_print_day(day, first);
        stamp_print_day(day + (int32_t)chance(9), last);
        buf_addf(b, "[\"%s\",\"%s\"]", first, last);
        return;
    }
    if (op != OP_WITHIN_DAYS)
        a = f->type == TRAIT_MONEY ? (int)PICK(pool_money) : (a + 40) / 2;
    if (op == OP_WITHIN_DAYS && chance(8) == 0)
        a = -200, far = 365;
    buf_addf(b, "[%d,%d]", a, a + far);
}

static void add_op(struct buf *b, const struct trait *f, unsigned ops)
{
    enum op op;

    do
        op = (enum op)chance(OPS);
    while ((ops & OP_BIT(op)) == 0);
    buf_addf(b, "\"op\":\"%s\"", op_name(op));
    if (op_takes(op) == TAKES_NOTHING)
        return;
    buf_adds(b, ",\"v\":");
    if (op_takes(op) == TAKES_ONE)
        add_value(b, f, op);
    else if (op_takes(op) == TAKES_PAIR)
        add_pair(b, f, op);
    else if (op_takes(op) == TAKES_SPAN)
        buf_addf(b, "\"%s\"", PICK(pool_spans));
    else {
        buf_addc(b, '[');
        for (uint64_t n = chance(3) + 1; n > 0; n--) {
            add_value(b, f, op);
            buf_adds(b, n > 1 ? "," : "");
        }
        buf_addc(b, ']');
    }
}

static void add_field(struct buf *b, const struct trait *f)
{
    buf_addf(b, "{\"f\":\"%s\",", f->name);
    add_op(b, f, f->ops);
    buf_addc(b, '}');
}

/* ,"where":[…],"window":{…} */
static void add_rows(struct buf *b, const struct relation *r)
{
    if (chance(2) == 0) {
        buf_adds(b, ",\"where\":[");
        for (uint64_t n = chance(2) + 1; n > 0; n--) {
            add_field(b, &r->fields[chance(r->fields_n)]);
            buf_adds(b, n > 1 ? "," : "");
        }
        buf_addc(b, ']');
    }
    if (chance(3) == 0)
        return;
    buf_adds(b, ",\"window\":{");
    if (chance(2) == 0)
        buf_addf(b, "\"last\":\"%s\"", PICK(pool_spans));
    else {
        buf_adds(b, chance(2) == 0 ? "\"after\":" : "\"before\":");
        add_time(b);
    }
    buf_addc(b, '}');
}

static void add_agg(struct buf *b)
{
    const struct relation *r = &relations[chance(relations_n)];
    enum agg_fn fn = (enum agg_fn)chance(AGGS);
    const struct trait *f = &r->fields[chance(r->fields_n)];
    bool number = f->type == TRAIT_NUMBER || f->type == TRAIT_MONEY;
    static const struct trait count = {.type = TRAIT_NUMBER};

    if (fn == AGG_DISTINCT ? f->type != TRAIT_ID && f->type != TRAIT_ENUM : !number)
        fn = chance(2) == 0 ? AGG_COUNT : AGG_DAYS;
    buf_addf(b, "{\"agg\":{\"of\":\"%s\",\"fn\":\"%s\"", r->name, agg_name(fn));
    if (fn != AGG_COUNT && fn != AGG_DAYS)
        buf_addf(b, ",\"field\":\"%s\"", f->name);
    add_rows(b, r);
    buf_adds(b, "},");
    add_op(b, fn == AGG_COUNT || fn == AGG_DISTINCT || fn == AGG_DAYS ? &count : f,
           OPS_NUMBER |
               (fn == AGG_COUNT || fn == AGG_SUM || fn == AGG_DISTINCT ? 0 : OPS_SET));
    buf_addc(b, '}');
}

static void add_tags(struct buf *b)
{
    static const char *const lists[] = {"any", "all", "none"};
    int first = (int)chance(3), n = 1 + (int)chance(2);

    buf_adds(b, "{\"tags\":{");
    for (int i = 0; i < n; i++)
        buf_addf(b, "%s\"%s\":[\"%s\",\"%s\"]", i > 0 ? "," : "",
                 lists[(first + i) % 3], PICK(pool_tags), PICK(pool_tags));
    buf_adds(b, "}}");
}

static void add_other(struct buf *b)
{
    static const char *const purposes[] = {"marketing", "service", "receipt"};
    const struct relation *r = &relations[chance(relations_n)];

    switch (chance(6)) {
    case 0:
        buf_addf(b, "{\"has\":{\"of\":\"%s\"", r->name);
        add_rows(b, r);
        if (chance(2) == 0)
            buf_addf(b, ",\"times\":%d", 1 + (int)chance(3));
        buf_adds(b, "}}");
        break;
    case 1:
        buf_addf(b, "{\"%s\":{\"purpose\":\"%s\"",
                 chance(2) == 0 ? "received" : "not_received", PICK(purposes));
        if (chance(3) > 0)
            buf_addf(b, ",\"last\":\"%s\"", PICK(pool_spans));
        buf_adds(b, "}}");
        break;
    case 2:
        buf_addf(b, "{\"segment\":%" PRId64 "}",
                 chance(2) == 0 ? town.world.list_id : town.world.rule_id);
        break;
    case 3:
        buf_addf(b, "{\"sample\":{\"bp\":%d,\"salt\":\"весна'%d\"}}",
                 1 + (int)chance(9999), (int)chance(9));
        break;
    case 4:
        buf_addf(b, "{\"ids\":[%" PRId64 ",%" PRId64 "]}",
                 town.person[chance(PEOPLE)].id, town.person[chance(PEOPLE)].id);
        break;
    default:
        add_tags(b);
    }
}

static void add_node(struct buf *b, int depth)
{
    static const char *const groups[] = {"all", "any", "none"};

    if (depth < 3 && (depth == 0 || chance(4) == 0)) {
        buf_addf(b, "{\"%s\":[", PICK(groups));
        for (uint64_t n = chance(3) + 1; n > 0; n--) {
            add_node(b, depth + 1);
            buf_adds(b, n > 1 ? "," : "");
        }
        buf_adds(b, "]}");
        return;
    }
    switch (chance(6)) {
    case 0:
        add_agg(b);
        break;
    case 1:
        add_other(b);
        break;
    case 2: /* a calendar has more borders than anything else */
        add_field(b, trait_find(chance(3) > 0 ? "birthday" : "age"));
        break;
    default:
        add_field(b, &fields[chance(fields_n)]);
    }
}

/* ---- one rule, both ways ---------------------------------------------------------- */

static bool found(const int64_t *id, int n, int64_t who)
{
    for (int i = 0; i < n; i++)
        if (id[i] == who)
            return true;
    return false;
}

/* What is written about it holds together, too. */
static void rule_is_itself(const struct rule *r, const char *json)
{
    const struct speech ru = {"ru", &town.moment, NULL},
                        en = {"en", &town.moment, NULL};
    struct buf canonical = {0}, again = {0}, words = {0};
    struct rule_faults faults;
    struct rule *same;

    rule_canonical(r, &canonical);
    same = rule_parse(canonical.s, canonical.len, true, &faults);
    if (same == NULL || memcmp(same->hash, r->hash, SHA256_BYTES) != 0)
        fail_msg("not its own canonical text: %s -> %s", json, canonical.s);
    rule_canonical(same, &again);
    assert_string_equal(again.s, canonical.s);
    sentence_add(&words, r, &ru);
    sentence_add(&words, r, &en);
    assert_false(words.failed);
    assert_null(strstr(words.s, "(null)"));
    buf_free(&words);
    buf_free(&again);
    buf_free(&canonical);
    rule_free(same);
}

static void explained(const struct rule *r, const struct slow_person *p, bool fits)
{
    const struct speech ru = {"ru", &town.moment, NULL};
    const struct explain_ask ask = {p->id, true, &ru};
    struct explain why;
    enum status st = explain(town.shop.db, r, &ask, &why);

    assert_int_equal(st, p->status == 3 ? ST_NONE : ST_OK);
    if (st == ST_OK)
        assert_int_equal(why.fits, fits);
    explain_free(&why);
}

static void compared(const struct rule *r, const char *json, const struct json *o)
{
    int64_t id[PEOPLE + 1];
    struct audience_chunk c = {.id = id, .room = PEOPLE + 1};
    struct audience_size size;
    int expected = 0;

    assert_int_equal(audience_walk(town.shop.db, r, &town.moment, &c), ST_OK);
    for (int i = 0; i < PEOPLE; i++) {
        const struct slow_person *p = &town.person[i];
        bool slow = slow_fits(&town.world, p, o);

        expected += slow;
        if (slow != found(id, c.n, p->id))
            fail_msg("person %d (id %" PRId64 ") %s by hand: %s at %" PRId64 " in %s%s",
                     i, p->id, slow ? "fits" : "does not fit", json, town.world.now,
                     town.world.zone, town.world.leap_to_march ? ", march" : "");
    }
    assert_int_equal(c.n, expected);
    assert_int_equal(audience_count(town.shop.db, r, &town.moment, &size), ST_OK);
    assert_int_equal(size.all, expected);
    if (chance(16) == 0) {
        int i = (int)chance(PEOPLE);

        explained(r, &town.person[i], found(id, c.n, town.person[i].id));
    }
}

/* false: it asked too much. */
static bool tried(const char *json, size_t n)
{
    struct rule_faults faults;
    struct rule *r = rule_parse(json, n, true, &faults);
    struct json *o = json_parse(json, n);
    bool may;

    assert_non_null(o);
    if (r == NULL)
        fail_msg("refused at %s (%s): %s", faults.fault[0].pointer,
                 fault_code(faults.fault[0].code), json);
    if (segment_resolve(town.shop.db, r, 0, &faults) != ST_OK)
        fail_msg("not resolved at %s (%s): %s", faults.fault[0].pointer,
                 fault_code(faults.fault[0].code), json);
    may = compile_cost(r) <= COMPILE_COST_MAX;
    rule_is_itself(r, json);
    if (may)
        compared(r, json, o);
    json_free(o);
    rule_free(r);
    return may;
}

/* ---- the run ---------------------------------------------------------------------- */

static enum status keep(struct db *db, void *arg)
{
    struct rule_faults faults;
    const char *text = arg;
    struct rule *r = rule_parse(text, strlen(text), true, &faults);

    assert_non_null(r);
    assert_int_equal(
        segment_add(db, SHOP_NOW,
                    &(struct segment_draft){.kind = SEGMENT_LIST, .name = "Список"},
                    &town.world.list_id),
        ST_OK);
    assert_int_equal(
        segment_add(
            db, SHOP_NOW,
            &(struct segment_draft){.kind = SEGMENT_RULE, .name = "Правило", .rule = r},
            &town.world.rule_id),
        ST_OK);
    rule_free(r);
    return ST_OK;
}

static int town_open(void **state)
{
    static char text[] =
        "{\"v\":1,\"root\":{\"any\":[{\"f\":\"subscribed\",\"op\":\"is\","
        "\"v\":true},{\"f\":\"city\",\"op\":\"neq\",\"v\":\"Анна\"}]}}";

    (void)state;
    shop_open(&town.shop);
    assert_int_equal(db_tx(town.shop.db, town_found, &town), ST_OK);
    assert_int_equal(db_tx(town.shop.db, keep, text), ST_OK);
    kept = json_parse(text, strlen(text));
    town.world.rule = kept;
    return 0;
}

static int town_close(void **state)
{
    (void)state;
    json_free(kept);
    tz_close(town.tz);
    shop_close(&town.shop);
    return 0;
}

/* Local hours of these are outside of those in which clocks are changed. */
static const struct {
    const char *zone;
    int64_t now; /* s */
} days[] = {
    {"Asia/Vladivostok", 1789689600}, /* 18 September 2026, 10:00 */
    {"Asia/Vladivostok", 1767187800}, /* New Year's Eve 2025, 23:30 */
    {"Asia/Vladivostok", 1767190200}, /* 1 January 2026, 00:10 */
    {"Europe/Berlin", 1774782000},    /* 29 March 2026, 13:00: clocks went forward */
    {"Europe/Berlin", 1774821600},    /* 30 March, 00:00 */
    {"Europe/Berlin", 1792926000},    /* 25 October 2026, 12:00: and back */
    {"America/New_York", 1835445600}, /* 29 February 2028, 09:00 */
    {"America/New_York", 1803837600}, /* 28 February 2027, 13:00 */
    {"Asia/Vladivostok", 1803859200}, /* 1 March 2027, 10:00 */
    {"Europe/Berlin", 1806494400},    /* 31 March 2027, 14:00 */
};
#define DAYS (sizeof days / sizeof *days)

static void test_the_database_finds_whom_the_slow_way_finds(void **state)
{
    const char *given = getenv("DVORIK_TEST_SEED");
    int asked = 0, refused = 0;

    (void)state;
    seed = given != NULL ? strtoull(given, NULL, 10) : 0;
    if (seed == 0)
        secret_random(&seed, sizeof seed);
    printf("seed %" PRIu64 "\n", seed);
    for (int day = 0; day < (int)DAYS; day++) {
        town_anew(&town, days[day].zone, days[day].now * SECOND, day % 2 == 1);
        for (int i = 0; i < (int)dose(200, 3000); i++) {
            struct buf b = {0};

            buf_adds(&b, "{\"v\":1,\"root\":");
            add_node(&b, 0);
            buf_addc(&b, '}');
            assert_false(b.failed);
            asked++;
            refused += !tried(b.s, b.len);
            buf_free(&b);
        }
    }
    printf("%d rules, %d of them too expensive\n", asked, refused);
    assert_true(refused * 5 < asked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_database_finds_whom_the_slow_way_finds),
    };

    return cmocka_run_group_tests_name("segment_model", tests, town_open, town_close);
}
