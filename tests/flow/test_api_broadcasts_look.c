/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * A broadcast looked at through the admin API: as somebody would see it, how many would
 * get it, what became of it (equal to its rows), the calendar; a try on people of the
 * shop, other words for what was sent. */
#include "tests/flow/api_broadcasts.h"

#include "core/base/tz.h"
#include "core/setting.h"
#include "tests/harness/wire.h"

#include <unistd.h>

static int64_t owner, marketing, readonly;
static int64_t people[6]; /* the first took no advertising, the last blocked us */

/* At whatever hour the tests run. */
static void never_quiet(void)
{
    static const char *const names[] = {"quiet_from", "quiet_to"};
    const char *why = NULL;

    for (int i = 0; i < 2; i++)
        assert_int_equal(
            setting_set(api_place.db, clock_now(),
                        &(struct setting_change){names[i], "00:00", "test"}, &why),
            ST_OK);
}

static int opened(void **state)
{
    int st;

    setenv("PUBLIC_URL", "https://loyal.example/", 1);
    st = api_open(state);
    owner = api_staff(ROLE_OWNER);
    marketing = api_staff(ROLE_MARKETING);
    readonly = api_staff(ROLE_READONLY);
    for (int i = 0; i < 6; i++)
        people[i] = a_customer(i == 1 ? "<Мария>" : "Иван", "Соколов", i > 0);
    writes("UPDATE customer SET status = 2 ORDER BY id DESC LIMIT 1");
    never_quiet();
    return st;
}

/* ---- before ----------------------------------------------------------------------- */

static void seen_as_a_person_sees_it(void **state)
{
    int64_t id = a_broadcast(
        owner, "Показ",
        TO_ALL ",\"offer\":{\"percent_bp\":1000,\"days\":14},\"footer\":\"Реклама\","
               "\"variants\":[{\"content\":" SHOWN "},{\"content\":{"
               "\"ru\":{\"text\":\"{{first_name|друг}}, ваши {{discount.percent}} по "
               "коду {{discount.code}}\",\"buttons\":[[{\"text\":\"Скидки\",\"do\":"
               "\"wallet\"}]]},\"en\":{\"text\":\"Hello {{first_name|friend}}\"}}}]");
    char body[100];
    struct heard h = {0};

    (void)state;
    snprintf(body, sizeof body, "{\"customer_id\":%lld,\"variant\":2,\"lang\":\"ru\"}",
             (long long)people[1]);
    acts(&h, 400, id, "preview", body, marketing); /* takes no key */
    asks(&h, 200,
         &(struct ask){"POST", at_of(BROADCASTS, id, "/preview"), body,
                       .as = marketing});
    assert_non_null(strstr(text(&h, "text"), "&lt;Мария&gt;, ваши 10"));
    assert_non_null(strstr(text(&h, "text"), "7K3QM-4TB9D"));
    assert_string_equal(text(&h, "footer"), "Реклама");
    assert_true(json_bool_or(h.json, "unsubscribe", false));
    assert_non_null(strstr(h.raw.s, "\"does\":\"wallet\""));
    snprintf(body, sizeof body, "{\"customer_id\":%lld,\"lang\":\"en\",\"variant\":2}",
             (long long)people[1]);
    asks(&h, 200,
         &(struct ask){"POST", at_of(BROADCASTS, id, "/preview"), body,
                       .as = marketing});
    assert_string_equal(text(&h, "text"), "Hello &lt;Мария&gt;");
    snprintf(body, sizeof body, "{\"customer_id\":%lld}", (long long)people[1]);
    asks(&h, 200,
         &(struct ask){"POST", at_of(BROADCASTS, id, "/preview"), body,
                       .as = marketing});
    assert_non_null(strstr(h.raw.s, "\"https://shop.example/new?x=1\""));
    refuses(404, "not_found",
            &(struct ask){"POST", at_of(BROADCASTS, id, "/preview"),
                          "{\"customer_id\":999999}", .as = marketing});
    assert_int_equal(counts("SELECT COUNT(*) FROM discount"), 0);
    heard_free(&h);
}

static void estimated_in_numbers_and_words(void **state)
{
    int64_t id = a_broadcast(owner, "Сколько", TO_ALL "," SAYS(HELLO));
    struct heard h = {0};

    (void)state;
    asks(&h, 200,
         &(struct ask){"POST", at_of(BROADCASTS, id, "/estimate"), .as = marketing,
                       .lang = "ru"});
    assert_int_equal(number(&h, "all"), 6);
    assert_int_equal(number(&h, "would"), 4);
    assert_string_equal(text(&h, "sentence"),
                        "Получат ~4 из 6: 1 заблокировали бота, 1 без согласия. Займёт "
                        "меньше минуты.");
    asks(&h, 200,
         &(struct ask){"POST", at_of(BROADCASTS, id, "/estimate"), .as = marketing});
    assert_string_equal(text(&h, "sentence"),
                        "~4 would get it of 6: 1 have blocked the bot, 1 have not "
                        "consented. It takes less than a minute.");
    refuses(403, "forbidden",
            &(struct ask){"POST", at_of(BROADCASTS, id, "/estimate"), .as = readonly});
    heard_free(&h);
}

/* ---- afterwards ------------------------------------------------------------------- */

/* What the answer says of it is what the rows say, counted afresh. */
static void equal_to_the_rows(const struct heard *h, const char *at, int64_t id,
                              int variant)
{
    static const char *const names[] = {
        [RECIPIENT_QUEUED] = "queued",       [RECIPIENT_SENDING] = "sending",
        [RECIPIENT_SENT] = "sent",           [RECIPIENT_FAILED] = "failed",
        [RECIPIENT_SKIPPED] = "skipped",     [RECIPIENT_UNKNOWN] = "unknown",
        [RECIPIENT_CANCELLED] = "cancelled", [RECIPIENT_HOLDOUT] = "holdout"};
    const struct json *o = variant == 0
                               ? json_get(h->json, at)
                               : json_at(json_get(h->json, at), (size_t)variant - 1);
    struct broadcast_sums s;
    char path[60];

    assert_int_equal(broadcast_recount(api_place.db, id, variant, &s), ST_OK);
    for (int i = RECIPIENT_QUEUED; i < RECIPIENT_STATES; i++) {
        snprintf(path, sizeof path, "by_state.%s", names[i]);
        assert_int_equal(json_int_or(o, path, -1), s.n[i]);
    }
    assert_int_equal(json_int_or(o, "clicked", -1), s.clicked);
    assert_int_equal(json_int_or(o, "left", -1), s.left);
    assert_int_equal(json_int_or(o, "issued", -1), s.issued);
    assert_int_equal(json_int_or(o, "redeemed", -1), s.redeemed);
    assert_int_equal(json_int_or(o, "revenue", -1), s.revenue);
}

static int64_t sent_one(void)
{
    int64_t id = a_broadcast(owner, "Отправлена",
                             TO_ALL ",\"offer\":{\"percent_bp\":1000,\"days\":14},"
                                    "\"variants\":[{\"content\":" SHOWN
                                    "},{\"content\":" HELLO "}]");
    struct heard h = {0};

    acts(&h, 202, id, "send-now", "{\"expect\":4}", marketing);
    broadcast_filled(id);
    sends(id, &people[1], 2, RECIPIENT_SENT, WHY_NONE);
    sends(id, &people[3], 1, RECIPIENT_FAILED, WHY_BLOCKED);
    sends(id, &people[4], 1, RECIPIENT_UNKNOWN, WHY_LOST);
    heard_free(&h);
    return id;
}

static int64_t the_sent; /* the tests behind look at it, too */

static void figures_are_those_of_the_rows(void **state)
{
    int64_t id = the_sent = sent_one();
    struct heard h = {0};

    (void)state;
    asks(&h, 200,
         &(struct ask){"GET", at_of(BROADCASTS, id, "/stats"), .as = readonly});
    equal_to_the_rows(&h, "total", id, 0);
    equal_to_the_rows(&h, "variants", id, 1);
    equal_to_the_rows(&h, "variants", id, 2);
    assert_int_equal(number(&h, "total.recipients"), 6);
    assert_int_equal(number(&h, "total.by_state.sent"), 2);
    assert_int_equal(number(&h, "total.by_state.skipped"), 2);
    assert_int_equal(number(&h, "total.by_state.unknown"), 1);
    assert_int_equal(number(&h, "total.issued"), 4);
    assert_int_equal(json_count(json_get(h.json, "total.by_why")), 2);
    assert_int_equal(json_count(json_get(h.json, "links")), 2);
    assert_null(json_get(h.json, "compare"));

    asks(&h, 200, &(struct ask){"GET", at_of(BROADCASTS, id, ""), .as = readonly});
    assert_int_equal(number(&h, "progress.all"), 6);
    assert_int_equal(number(&h, "progress.left"), 0);
    asks(&h, 200,
         &(struct ask){"GET", at_of(BROADCASTS, id, "/recipients?state=sent,failed"),
                       .as = readonly});
    assert_int_equal(json_count(json_get(h.json, "items")), 3);
    asks(&h, 200,
         &(struct ask){"GET", at_of(BROADCASTS, id, "/recipients?why=no_consent"),
                       .as = readonly});
    assert_int_equal(json_count(json_get(h.json, "items")), 1);
    assert_int_equal(
        json_int_or(json_at(json_get(h.json, "items"), 0), "customer_id", 0),
        people[0]);
    asks(&h, 200,
         &(struct ask){"GET", at_of(BROADCASTS, id, "/recipients?limit=4"),
                       .as = owner});
    assert_int_equal(json_count(json_get(h.json, "items")), 4);
    assert_true(json_bool_or(h.json, "page.has_next", false));
    heard_free(&h);
}

static void the_holdout_is_beside_the_others(void **state)
{
    int64_t id =
        a_broadcast(owner, "С контролем", TO_ALL ",\"holdout_bp\":5000," SAYS(HELLO));
    struct heard h = {0};

    (void)state;
    acts(&h, 202, id, "send-now", NULL, owner);
    broadcast_filled(id);
    asks(&h, 200, &(struct ask){"GET", at_of(BROADCASTS, id, "/stats"), .as = owner});
    equal_to_the_rows(&h, "total", id, 0);
    if (number(&h, "total.by_state.holdout") > 0) {
        assert_int_equal(number(&h, "compare.holdout.people"),
                         number(&h, "total.by_state.holdout"));
        assert_int_equal(number(&h, "compare.sent.people"), 0);
        assert_int_equal(number(&h, "compare.holdout.buyers"), 0);
    }
    acts(&h, 200, id, "cancel", NULL, owner);
    heard_free(&h);
}

static void the_lost_are_sent_to_once_more_by_hand(void **state)
{
    struct heard h = {0};

    (void)state;
    acts(&h, 409, the_sent, "retry-unknown", NULL, owner);
    acts(&h, 200, the_sent, "pause", NULL, owner);
    refuses(403, "forbidden",
            &(struct ask){"POST", at_of(BROADCASTS, the_sent, "/retry-unknown"), "{}",
                          .as = readonly});
    acts(&h, 200, the_sent, "retry-unknown", NULL, owner);
    assert_int_equal(number(&h, "queued"), 1);
    asks(&h, 200,
         &(struct ask){"GET", at_of(BROADCASTS, the_sent, "/recipients?state=queued"),
                       .as = owner});
    assert_int_equal(json_count(json_get(h.json, "items")), 1);
    heard_free(&h);
}

/* ---- the calendar ----------------------------------------------------------------- */

static void planned_by_the_days_of_the_shop(void **state)
{
    int64_t id = a_broadcast(owner, "В календаре", TO_ALL "," SAYS(HELLO));
    struct heard h = {0};
    const struct json *day, *item;

    (void)state;
    /* Vladivostok is ten hours ahead: that day has begun there. */
    acts(&h, 200, id, "schedule", "{\"scheduled_at\":\"2098-03-09T20:00:00Z\"}", owner);
    asks(&h, 200,
         &(struct ask){"GET", BROADCASTS "/calendar?from=2098-03-01&to=2098-03-31",
                       .as = readonly});
    assert_int_equal(json_count(json_get(h.json, "days")), 1);
    day = json_at(json_get(h.json, "days"), 0);
    item = json_at(json_get(day, "items"), 0);
    assert_string_equal(json_text(day, "day", NULL), "2098-03-10");
    assert_int_equal(json_int_or(item, "id", 0), id);
    assert_null(json_get(item, "audience"));
    asks(&h, 200,
         &(struct ask){"GET", BROADCASTS "/calendar?from=2098-03-11&to=2098-03-31",
                       .as = readonly});
    assert_int_equal(json_count(json_get(h.json, "days")), 0);
    asks(&h, 200, &(struct ask){"GET", BROADCASTS "/calendar", .as = readonly});
    assert_true(json_count(json_get(h.json, "days")) >= 1); /* what was sent today */
    refuses(400, "validation_failed",
            &(struct ask){"GET", BROADCASTS "/calendar?from=2098-01-01&to=2098-12-31",
                          .as = owner});
    heard_free(&h);
}

/* ---- tries, and what was sent ------------------------------------------------------ */

static void tried_on_who_speaks_to_the_bot(void **state)
{
    int64_t id = a_broadcast(owner, "Проба",
                             TO_ALL ",\"variants\":[{\"content\":" HELLO
                                    "},{\"content\":" SHOWN "}]");
    char body[100];
    struct heard h = {0};

    (void)state;
    acts(&h, 409, id, "test", "{}", marketing);
    assert_int_equal(json_count(json_get(h.json, "staff_ids")), 1);
    assert_int_equal(
        db_exec(api_place.db, NULL,
                "INSERT INTO customer (channel, external_id, first_name, pd_ok,"
                " last_seen_at, created_at) SELECT channel, external_id, name, 1,"
                " NOW(6), NOW(6) FROM staff WHERE id = ?",
                DB_INT(marketing)),
        ST_OK);
    acts(&h, 202, id, "test", "{}", marketing);
    assert_int_equal(number(&h, "messages"), 2);
    acts(&h, 202, id, "test", "{\"variant\":1}", marketing);
    assert_int_equal(number(&h, "messages"), 1);
    snprintf(body, sizeof body, "{\"staff_ids\":[%lld,%lld]}", (long long)owner,
             (long long)marketing);
    acts(&h, 409, id, "test", body, owner);
    acts(&h, 400, id, "test", "{\"staff_ids\":[1,2,3,4,5,6]}", owner);
    acts(&h, 400, id, "test", "{\"variant\":3}", marketing);
    assert_int_equal(counts("SELECT COUNT(*) FROM job_open WHERE kind ="
                            " 'core.broadcast_proof'"),
                     3);
    assert_string_equal(state_of(id, owner), "draft");
    assert_int_equal(
        counts("SELECT COUNT(*) FROM broadcast_recipient r JOIN broadcast b"
               " ON b.id = r.broadcast_id WHERE b.name = 'Проба'"),
        0);
    heard_free(&h);
}

static void what_was_sent_is_reworded_or_taken_back(void **state)
{
    int64_t draft = a_broadcast(owner, "Ещё нет", TO_ALL "," SAYS(HELLO));
    struct heard h = {0};

    (void)state;
    acts(&h, 409, draft, "edit", "{\"variant\":1,\"content\":" HELLO "}", owner);
    acts(&h, 409, draft, "delete-sent", NULL, owner);
    acts(&h, 400, the_sent, "edit",
         "{\"variant\":1,\"content\":{\"ru\":{\"text\":\"<i>\"}}}", owner);
    acts(&h, 400, the_sent, "edit",
         "{\"variant\":1,\"content\":{\"en\":{\"text\":\"Languages stay\"}}}", owner);
    acts(&h, 400, the_sent, "edit", "{\"variant\":3,\"content\":" HELLO "}", owner);
    acts(&h, 202, the_sent, "edit",
         "{\"variant\":1,\"content\":{\"ru\":{\"text\":\"Исправлено\",\"buttons\":[["
         "{\"text\":\"Каталог\",\"url\":\"https://shop.example/fixed\"}]]}}}",
         owner);
    assert_non_null(strstr(h.raw.s, "Исправлено"));
    assert_int_equal(counts("SELECT COUNT(*) FROM broadcast_link WHERE no = 101 AND"
                            " target = 'https://shop.example/fixed'"),
                     1);
    acts(&h, 202, the_sent, "delete-sent", NULL, owner); /* it is paused */
    assert_int_equal(
        counts("SELECT COUNT(*) FROM job_open WHERE kind = 'send.broadcast_edit'"), 2);
    assert_int_equal(counts("SELECT COUNT(*) FROM audit WHERE action IN"
                            " ('broadcast.reword', 'broadcast.unsend')"),
                     2);
    heard_free(&h);
}

/* ---- live ------------------------------------------------------------------------- */

static void heard_live_by_who_may_see_it(void **state)
{
    static char said[30000];
    int64_t manager = api_staff(ROLE_MANAGER);
    const int64_t who[] = {readonly, manager};
    struct heard h = {0};
    char head[2000];

    (void)state;
    acts(&h, 200, the_sent, "resume", NULL, owner);
    for (int i = 0; i < 2; i++) {
        int fd = wire_dial(api_place.port);

        snprintf(head, sizeof head,
                 "GET /api/v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: %s\r\n\r\n",
                 api_token(who[i]));
        wire_say(fd, head);
        wire_hear_until(fd, said, sizeof said, "data: {\"at\"", 1);
        if (i == 0 && strstr(said, "\"eta_s\"") == NULL)
            wire_hear_until(fd, said + strlen(said), sizeof said - strlen(said),
                            "\"eta_s\"", 1);
        if (i == 0)
            assert_non_null(strstr(said, "\"name\":\"Отправлена\""));
        else
            assert_null(strstr(said, "\"broadcasts\""));
        close(fd);
    }
    heard_free(&h);
}

/* Who said no to advertising is reached by no marketer's word that it is none. */
static void service_is_for_who_answers_for_it(void **state)
{
    const char *service =
        broadcast_body("Мы закрыты в среду", TO_ALL ",\"purpose\":\"service\"");
    int64_t marketer = api_staff(ROLE_MARKETING);
    struct heard h = {0};
    char path[80];

    (void)state;
    refuses(403, "forbidden",
            &(struct ask){"POST", BROADCASTS, service, .as = marketer, .key = "se1"});
    asks(&h, 201,
         &(struct ask){"POST", BROADCASTS, service, .as = owner, .key = "se2"});
    snprintf(path, sizeof path, BROADCASTS "/%lld",
             (long long)json_int_or(h.json, "id", 0));
    refuses(403, "forbidden",
            &(struct ask){"PATCH", path, "{\"name\":\"Распродажа\"}", .as = marketer,
                          .if_match = "*"});
    snprintf(path, sizeof path, BROADCASTS "/%lld/send-now",
             (long long)json_int_or(h.json, "id", 0));
    refuses(403, "forbidden",
            &(struct ask){"POST", path, "{}", .as = marketer, .key = "se3"});
    heard_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seen_as_a_person_sees_it),
        cmocka_unit_test(estimated_in_numbers_and_words),
        cmocka_unit_test(figures_are_those_of_the_rows),
        cmocka_unit_test(the_holdout_is_beside_the_others),
        cmocka_unit_test(the_lost_are_sent_to_once_more_by_hand),
        cmocka_unit_test(planned_by_the_days_of_the_shop),
        cmocka_unit_test(tried_on_who_speaks_to_the_bot),
        cmocka_unit_test(what_was_sent_is_reworded_or_taken_back),
        cmocka_unit_test(heard_live_by_who_may_see_it),
        cmocka_unit_test(service_is_for_who_answers_for_it),
    };

    return cmocka_run_group_tests_name("api broadcasts: looking", tests, opened,
                                       api_close);
}
