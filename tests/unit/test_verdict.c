/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Every rule of tests/data/errors.json against our table, every recorded answer of
 * tests/data/answers against the rule it must meet. */
#include "core/base/buf.h"
#include "core/io/telegram_verdict.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct json *file_json(const char *path)
{
    struct buf b = {0};
    char part[4096];
    struct json *v;
    size_t n;
    FILE *f = fopen(path, "rb");

    assert_non_null(f);
    while ((n = fread(part, 1, sizeof(part), f)) > 0)
        buf_add(&b, part, n);
    fclose(f);
    assert_false(b.failed);
    v = json_parse(b.s, b.len);
    assert_non_null(v);
    buf_free(&b);
    return v;
}

static struct tg_verdict judge_body(int http, const struct json *body)
{
    struct tg_reply r = {TG_WIRE_ANSWERED, http, body, NULL};
    struct tg_verdict v;

    tg_judge(&r, &v);
    return v;
}

static struct tg_verdict judge_text(int http, const char *text, const char *retry_after)
{
    struct json *body = text ? json_parse(text, strlen(text)) : NULL;
    struct tg_reply r = {TG_WIRE_ANSWERED, http, body, retry_after};
    struct tg_verdict v;

    tg_judge(&r, &v);
    json_free(body);
    return v;
}

static void test_table_is_errors_json(void **state)
{
    struct json *doc = file_json("tests/data/errors.json");
    const struct json *list = json_get(doc, "rules");
    const struct tg_rule *rules;
    size_t n;

    (void)state;
    rules = tg_rules(&n);
    assert_int_equal(n, json_count(list));
    assert_true(n > 70);
    for (size_t i = 0; i < n; i++) {
        const struct json *j = json_at(list, i);

        assert_int_equal(rules[i].code, json_int_or(j, "code", -1));
        assert_string_equal(rules[i].match, json_text(j, "match", NULL));
        assert_string_equal(tg_class_name(rules[i].class), json_text(j, "class", NULL));
        assert_string_equal(tg_action_name(rules[i].action),
                            json_text(j, "action", NULL));
        assert_string_equal(tg_fate_name(rules[i].fate), json_text(j, "verdict", NULL));
    }
    json_free(doc);
}

/* A rule that an earlier one hides can never be met. */
static void test_each_rule_is_reachable(void **state)
{
    const struct tg_rule *rules;
    size_t n;

    (void)state;
    rules = tg_rules(&n);
    for (size_t i = 0; i < n; i++) {
        struct json *body = json_new_object();
        char text[200];
        struct tg_verdict v;

        snprintf(text, sizeof(text), "Bad: %s (so it says)", rules[i].match);
        json_set_bool(body, "ok", false);
        json_set_int(body, "error_code", rules[i].code);
        json_set_text(body, "description", text);
        v = judge_body(rules[i].code, body);
        json_free(body);
        assert_int_equal(v.fate, rules[i].fate);
        assert_int_equal(v.class, rules[i].class);
        assert_int_equal(v.action, rules[i].action);
        assert_int_equal(v.known, !rules[i].unknown);
        assert_string_equal(v.description, text);
    }
}

/* File, fate, action; wait or migrate_to where there is one. */
static const struct expected {
    const char *file;
    enum tg_fate fate;
    enum tg_action action;
    int64_t number;
} answers[] = {
    {"err_bad-request-button-url-invalid.json", TG_NEVER, TG_ACT_LOG_BUG},
    {"err_bad-request-chat-not-found.json", TG_NEVER, TG_ACT_MARK_NOT_STARTED},
    {"err_bad-request-entities-too-long.json", TG_LATER,
     TG_ACT_RESEND_PLAIN_TEXT_AND_ALARM},
    {"err_bad-request-file-too-big.json", TG_NEVER, TG_ACT_MARK_ASSET_BAD},
    {"err_bad-request-group-chat-migrated.json", TG_LATER, TG_ACT_REPLACE_CHAT_ID,
     -123456789},
    {"err_bad-request-group-deactivated.json", TG_NEVER, TG_ACT_MARK_CHAT_LOST},
    {"err_bad-request-invalid-file-id.json", TG_LATER, TG_ACT_REUPLOAD},
    {"err_bad-request-member-not-found.json", TG_NEVER, TG_ACT_TREAT_AS_NOT_SUBSCRIBED},
    {"err_bad-request-message-cant-be-deleted.json", TG_NEVER, TG_ACT_IGNORE},
    {"err_bad-request-message-cant-be-edited.json", TG_LATER, TG_ACT_SEND_NEW},
    {"err_bad-request-message-not-modified.json", TG_SENT, TG_ACT_TREAT_AS_SUCCESS},
    {"err_bad-request-message-text-is-empty.json", TG_NEVER, TG_ACT_LOG_BUG},
    {"err_bad-request-message-to-delete-not-found.json", TG_SENT,
     TG_ACT_TREAT_AS_SUCCESS},
    {"err_bad-request-message-to-edit-not-found.json", TG_LATER, TG_ACT_SEND_NEW},
    {"err_bad-request-not-enough-rights-photos.json", TG_HALT,
     TG_ACT_ALARM_CHANNEL_RIGHTS},
    {"err_bad-request-not-enough-rights-text.json", TG_HALT,
     TG_ACT_ALARM_CHANNEL_RIGHTS},
    {"err_bad-request-peer-id-invalid.json", TG_NEVER, TG_ACT_MARK_NOT_STARTED},
    {"err_bad-request-reply-message-not-found.json", TG_LATER,
     TG_ACT_RESEND_WITHOUT_REPLY},
    {"err_bad-request-user-not-found.json", TG_NEVER, TG_ACT_MARK_NOT_STARTED},
    {"err_bad-request-wrong-parameter-action-in-request.json", TG_NEVER,
     TG_ACT_LOG_BUG},
    {"err_button_data_invalid.json", TG_NEVER, TG_ACT_LOG_BUG},
    {"err_conflicted-terminated-by-other-long-poll.json", TG_HALT,
     TG_ACT_ALARM_SECOND_INSTANCE},
    {"err_failed_http_url.json", TG_LATER, TG_ACT_DOWNLOAD_AND_UPLOAD},
    {"err_flood_3600.json", TG_LATER, TG_ACT_PAUSE_LANE_RETRY_AFTER, 3600},
    {"err_flood_60.json", TG_LATER, TG_ACT_PAUSE_LANE_RETRY_AFTER, 60},
    {"err_forbidden-bot-blocked-by-user.json", TG_NEVER, TG_ACT_MARK_BLOCKED},
    {"err_forbidden-bot-cant-send-messages-to-bots.json", TG_NEVER, TG_ACT_MARK_IS_BOT},
    {"err_forbidden-bot-not-member-channel.json", TG_NEVER, TG_ACT_MARK_CHAT_LOST},
    {"err_forbidden-bot-not-member-supergroup.json", TG_NEVER, TG_ACT_MARK_CHAT_LOST},
    {"err_forbidden-bot-was-kicked.json", TG_NEVER, TG_ACT_MARK_CHAT_LOST},
    {"err_forbidden-cant-initiate-conversation.json", TG_NEVER,
     TG_ACT_MARK_NOT_STARTED},
    {"err_forbidden-user-is-deactivated.json", TG_NEVER, TG_ACT_MARK_DEACTIVATED},
    {"err_getupdates_conflict_other.json", TG_HALT, TG_ACT_ALARM_SECOND_INSTANCE},
    {"err_getupdates_conflict_setwebhook.json", TG_HALT, TG_ACT_ALARM_SECOND_INSTANCE},
    {"err_getupdates_conflict_webhook.json", TG_HALT, TG_ACT_STOP_POLLING},
    {"err_group_upgraded.json", TG_LATER, TG_ACT_REPLACE_CHAT_ID, -1001113717682},
    {"err_internal.json", TG_LATER, TG_ACT_RETRY_BACKOFF},
    {"err_internal_restart.json", TG_LATER, TG_ACT_RETRY_BACKOFF},
    {"err_member_list_inaccessible.json", TG_HALT, TG_ACT_ALARM_CHANNEL_RIGHTS},
    {"err_message_not_modified.json", TG_SENT, TG_ACT_TREAT_AS_SUCCESS},
    {"err_method_not_found.json", TG_NEVER, TG_ACT_LOG_BUG},
    {"err_not_found.json", TG_HALT, TG_ACT_STOP_BOT_ALARM},
    {"err_parse_entities_html.json", TG_LATER, TG_ACT_RESEND_PLAIN_TEXT_AND_ALARM},
    {"err_parse_entities_mdv2.json", TG_LATER, TG_ACT_RESEND_PLAIN_TEXT_AND_ALARM},
    {"err_private_chat_not_found.json", TG_NEVER, TG_ACT_MARK_NOT_STARTED},
    {"err_query_too_old.json", TG_SENT, TG_ACT_IGNORE},
    {"err_reply_markup_too_long.json", TG_NEVER, TG_ACT_LOG_BUG},
    {"err_too-many-requests.json", TG_LATER, TG_ACT_PAUSE_LANE_RETRY_AFTER, 123},
    {"err_too_long.json", TG_LATER, TG_ACT_SPLIT_OR_LOG},
    {"err_too_many_requests.json", TG_LATER, TG_ACT_PAUSE_LANE_RETRY_AFTER, 14},
    {"err_unauthorized.json", TG_HALT, TG_ACT_STOP_BOT_ALARM},
    {"err_webhook-is-active.json", TG_HALT, TG_ACT_STOP_POLLING},
    {"err_wrong_file_id.json", TG_LATER, TG_ACT_REUPLOAD},
    {"err_wrong_http_url.json", TG_NEVER, TG_ACT_LOG_BUG},
    {"err_wrong_webpage_type.json", TG_LATER, TG_ACT_DOWNLOAD_AND_UPLOAD},
    {"html_502_body.json", TG_UNSURE, TG_ACT_RETRY_BACKOFF},
    {"ok_getchatmember_administrator.json", TG_SENT, TG_ACT_NONE},
    {"ok_getchatmember_creator.json", TG_SENT, TG_ACT_NONE},
    {"ok_getchatmember_kicked.json", TG_SENT, TG_ACT_NONE},
    {"ok_getchatmember_left.json", TG_SENT, TG_ACT_NONE},
    {"ok_getchatmember_member.json", TG_SENT, TG_ACT_NONE},
    {"ok_getchatmember_restricted_in.json", TG_SENT, TG_ACT_NONE},
    {"ok_getchatmember_restricted_out.json", TG_SENT, TG_ACT_NONE},
    {"ok_getwebhookinfo_errors.json", TG_SENT, TG_ACT_NONE},
    {"ok_sendmessage.json", TG_SENT, TG_ACT_NONE},
    {"ok_webhook_already_set.json", TG_SENT, TG_ACT_NONE},
    {"ok_webhook_set.json", TG_SENT, TG_ACT_NONE},
};

static const struct expected *expected_of(const char *file)
{
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
        if (strcmp(answers[i].file, file) == 0)
            return &answers[i];
    return NULL;
}

static void check_answer(const char *file)
{
    const struct expected *e = expected_of(file);
    char path[512];
    struct json *body;
    struct tg_verdict v;

    if (e == NULL)
        fail_msg("no expectation for %s", file);
    snprintf(path, sizeof(path), "tests/data/answers/%s", file);
    body = file_json(path);
    if (json_text(body, "_raw", NULL) != NULL)
        v = judge_text(502, json_text(body, "_raw", NULL), NULL);
    else
        v = judge_body((int)json_int_or(body, "error_code", 200), body);
    json_free(body);
    print_message("%s: %s %s\n", file, tg_fate_name(v.fate), tg_action_name(v.action));
    assert_int_equal(v.fate, e->fate);
    assert_int_equal(v.action, e->action);
    assert_true(v.wait_s + v.migrate_to == e->number);
    assert_int_equal(v.description[0] == '\0', v.class == TG_CLASS_NONE);
}

static void test_recorded_answers(void **state)
{
    DIR *dir = opendir("tests/data/answers");
    size_t seen = 0;
    struct dirent *d;

    (void)state;
    assert_non_null(dir);
    while ((d = readdir(dir)) != NULL)
        if (strstr(d->d_name, ".json") != NULL)
            check_answer(d->d_name), seen++;
    closedir(dir);
    assert_int_equal(seen, sizeof(answers) / sizeof(answers[0]));
}

static void test_throttle_wait(void **state)
{
    const char *with = "{\"ok\":false,\"error_code\":429,\"description\":\"Too Many "
                       "Requests: retry after 42055\",\"parameters\":{\"retry_after\":"
                       "42055}}";
    const char *without = "{\"ok\":false,\"error_code\":429,\"description\":\"x\"}";

    (void)state;
    assert_int_equal(judge_text(429, with, "7").wait_s, 42055);
    assert_int_equal(judge_text(429, without, "7").wait_s, 7);
    assert_int_equal(judge_text(429, without, NULL).wait_s, TG_THROTTLE_WAIT_S);
    assert_int_equal(judge_text(429, without, "Fri, 20 Nov 2026").wait_s, 60);
    assert_int_equal(judge_text(429, NULL, "9").wait_s, 9);
    assert_int_equal(judge_text(429, NULL, "9").fate, TG_LATER);
}

static void test_migration_comes_first(void **state)
{
    struct tg_verdict v =
        judge_text(403,
                   "{\"ok\":false,\"error_code\":403,\"description\":\"Forbidden: bot "
                   "was blocked by the user\",\"parameters\":{\"migrate_to_chat_id\":"
                   "-1001113717682}}",
                   NULL);

    (void)state;
    assert_int_equal(v.fate, TG_LATER);
    assert_int_equal(v.class, TG_CLASS_MIGRATE);
    assert_true(v.migrate_to == -1001113717682);
}

static void test_lost_and_unsent(void **state)
{
    struct tg_reply r = {.wire = TG_WIRE_UNSENT};
    struct tg_verdict v;

    (void)state;
    tg_judge(&r, &v);
    assert_int_equal(v.fate, TG_LATER);
    assert_int_equal(v.wait_s, TG_UNSENT_WAIT_S);
    r = (struct tg_reply){.wire = TG_WIRE_LOST, .http = 200};
    tg_judge(&r, &v);
    assert_int_equal(v.fate, TG_UNSURE);
}

static void test_what_is_not_json(void **state)
{
    static const struct {
        int http;
        enum tg_fate fate;
    } rows[] = {
        {200, TG_UNSURE}, {502, TG_UNSURE}, {504, TG_UNSURE}, {500, TG_UNSURE},
        {503, TG_LATER},  {401, TG_HALT},   {404, TG_HALT},   {413, TG_NEVER},
        {302, TG_HALT},   {407, TG_HALT},   {400, TG_HALT},   {403, TG_HALT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(judge_text(rows[i].http, NULL, NULL).fate, rows[i].fate);
        assert_int_equal(judge_text(rows[i].http, "[]", NULL).fate, rows[i].fate);
    }
}

/* JSON, but not an answer of the Bot API. */
static void test_odd_json(void **state)
{
    (void)state;
    assert_int_equal(judge_text(200, "{}", NULL).fate, TG_UNSURE);
    assert_int_equal(judge_text(200, "{\"ok\":1}", NULL).fate, TG_UNSURE);
    assert_int_equal(judge_text(200, "{\"ok\":false}", NULL).fate, TG_UNSURE);
    assert_int_equal(judge_text(502, "{\"ok\":true}", NULL).fate, TG_LATER);
    assert_int_equal(judge_text(504, "{\"ok\":false,\"error_code\":504}", NULL).fate,
                     TG_UNSURE);
    assert_int_equal(judge_text(520, "{\"ok\":false,\"error_code\":520}", NULL).fate,
                     TG_UNSURE);
    assert_int_equal(judge_text(418, "{\"ok\":false,\"error_code\":418}", NULL).fate,
                     TG_NEVER);
    assert_false(judge_text(418, "{\"ok\":false,\"error_code\":418}", NULL).known);
    assert_int_equal(
        judge_text(400, "{\"ok\":false,\"error_code\":99999999999}", NULL).code, 400);
}

static void test_description_is_cut_whole(void **state)
{
    struct buf b = {0};
    struct tg_verdict v;

    (void)state;
    buf_adds(&b, "{\"ok\":false,\"error_code\":400,\"description\":\"A\\n\\u0000");
    for (int i = 0; i < 500; i++)
        buf_adds(&b, "Ж");
    buf_adds(&b, " chat not found\"}");
    v = judge_text(400, b.s, NULL);
    buf_free(&b);
    assert_int_equal(v.fate, TG_NEVER);
    assert_false(v.known);
    assert_memory_equal(v.description, "A??Ж", 5);
    assert_int_equal(strlen(v.description), 159);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_is_errors_json),
        cmocka_unit_test(test_each_rule_is_reachable),
        cmocka_unit_test(test_recorded_answers),
        cmocka_unit_test(test_throttle_wait),
        cmocka_unit_test(test_migration_comes_first),
        cmocka_unit_test(test_lost_and_unsent),
        cmocka_unit_test(test_what_is_not_json),
        cmocka_unit_test(test_odd_json),
        cmocka_unit_test(test_description_is_cut_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
