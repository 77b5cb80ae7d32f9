/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/telegram_verdict.h"

#include "core/base/utf.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct tg_rule rules[] = {
    {429, "", TG_CLASS_THROTTLE, TG_ACT_PAUSE_LANE_RETRY_AFTER, TG_LATER},
    {401, "", TG_CLASS_TOKEN, TG_ACT_STOP_BOT_ALARM, TG_HALT},
    {404, "method not found", TG_CLASS_BUG, TG_ACT_LOG_BUG, TG_NEVER},
    {404, "", TG_CLASS_TOKEN, TG_ACT_STOP_BOT_ALARM, TG_HALT},
    {409, "webhook is active", TG_CLASS_CONFIG, TG_ACT_STOP_POLLING, TG_HALT},
    {409, "terminated by", TG_CLASS_CONFIG, TG_ACT_ALARM_SECOND_INSTANCE, TG_HALT},
    {409, "", TG_CLASS_CONFIG, TG_ACT_ALARM_SECOND_INSTANCE, TG_HALT, true},
    {421, "", TG_CLASS_TOKEN, TG_ACT_STOP_BOT_ALARM, TG_HALT},
    {413, "", TG_CLASS_BUG, TG_ACT_LOG_BUG, TG_NEVER},
    {403, "blocked by the user", TG_CLASS_UNREACHABLE, TG_ACT_MARK_BLOCKED, TG_NEVER},
    {403, "user is deactivated", TG_CLASS_UNREACHABLE, TG_ACT_MARK_DEACTIVATED,
     TG_NEVER},
    {403, "can't initiate conversation", TG_CLASS_UNREACHABLE, TG_ACT_MARK_NOT_STARTED,
     TG_NEVER},
    {403, "can't send messages to bots", TG_CLASS_UNREACHABLE, TG_ACT_MARK_IS_BOT,
     TG_NEVER},
    {403, "was kicked", TG_CLASS_CHAT_LOST, TG_ACT_MARK_CHAT_LOST, TG_NEVER},
    {403, "not a member", TG_CLASS_CHAT_LOST, TG_ACT_MARK_CHAT_LOST, TG_NEVER},
    {403, "group chat was deleted", TG_CLASS_CHAT_LOST, TG_ACT_MARK_CHAT_LOST,
     TG_NEVER},
    {403, "", TG_CLASS_UNREACHABLE, TG_ACT_MARK_BLOCKED_SOFT, TG_NEVER, true},
    {400, "upgraded to a supergroup", TG_CLASS_MIGRATE, TG_ACT_REPLACE_CHAT_ID,
     TG_LATER},
    {400, "migrated to a supergroup", TG_CLASS_MIGRATE, TG_ACT_REPLACE_CHAT_ID,
     TG_LATER},
    {400, "group is deactivated", TG_CLASS_CHAT_LOST, TG_ACT_MARK_CHAT_LOST, TG_NEVER},
    {400, "private chat not found", TG_CLASS_UNREACHABLE, TG_ACT_MARK_NOT_STARTED,
     TG_NEVER},
    {400, "chat not found", TG_CLASS_UNREACHABLE, TG_ACT_MARK_NOT_STARTED, TG_NEVER},
    {400, "peer_id_invalid", TG_CLASS_UNREACHABLE, TG_ACT_MARK_NOT_STARTED, TG_NEVER},
    {400, "user not found", TG_CLASS_UNREACHABLE, TG_ACT_MARK_NOT_STARTED, TG_NEVER},
    {400, "member not found", TG_CLASS_NOT_MEMBER, TG_ACT_TREAT_AS_NOT_SUBSCRIBED,
     TG_NEVER},
    {400, "participant_id_invalid", TG_CLASS_NOT_MEMBER, TG_ACT_TREAT_AS_NOT_SUBSCRIBED,
     TG_NEVER},
    {400, "member list is inaccessible", TG_CLASS_CONFIG, TG_ACT_ALARM_CHANNEL_RIGHTS,
     TG_HALT},
    {400, "chat_admin_required", TG_CLASS_CONFIG, TG_ACT_ALARM_CHANNEL_RIGHTS, TG_HALT},
    {400, "not enough rights", TG_CLASS_CONFIG, TG_ACT_ALARM_CHANNEL_RIGHTS, TG_HALT},
    {400, "need administrator rights", TG_CLASS_CONFIG, TG_ACT_ALARM_CHANNEL_RIGHTS,
     TG_HALT},
    {400, "message is not modified", TG_CLASS_OK_NOOP, TG_ACT_TREAT_AS_SUCCESS,
     TG_SENT},
    {400, "message to edit not found", TG_CLASS_STALE_MESSAGE, TG_ACT_SEND_NEW,
     TG_LATER},
    {400, "message can't be edited", TG_CLASS_STALE_MESSAGE, TG_ACT_SEND_NEW, TG_LATER},
    {400, "message_id_invalid", TG_CLASS_STALE_MESSAGE, TG_ACT_SEND_NEW, TG_LATER},
    {400, "message to delete not found", TG_CLASS_OK_NOOP, TG_ACT_TREAT_AS_SUCCESS,
     TG_SENT},
    {400, "message can't be deleted", TG_CLASS_STALE_MESSAGE, TG_ACT_IGNORE, TG_NEVER},
    {400, "message to be replied not found", TG_CLASS_STALE_MESSAGE,
     TG_ACT_RESEND_WITHOUT_REPLY, TG_LATER},
    {400, "reply message not found", TG_CLASS_STALE_MESSAGE,
     TG_ACT_RESEND_WITHOUT_REPLY, TG_LATER},
    {400, "message to reply not found", TG_CLASS_STALE_MESSAGE,
     TG_ACT_RESEND_WITHOUT_REPLY, TG_LATER},
    {400, "query is too old", TG_CLASS_OK_NOOP, TG_ACT_IGNORE, TG_SENT},
    {400, "query_id_invalid", TG_CLASS_OK_NOOP, TG_ACT_IGNORE, TG_SENT},
    {400, "can't parse entities", TG_CLASS_BUG, TG_ACT_RESEND_PLAIN_TEXT_AND_ALARM,
     TG_LATER},
    {400, "can't parse message text", TG_CLASS_BUG, TG_ACT_RESEND_PLAIN_TEXT_AND_ALARM,
     TG_LATER},
    {400, "entities_too_long", TG_CLASS_BUG, TG_ACT_RESEND_PLAIN_TEXT_AND_ALARM,
     TG_LATER},
    {400, "entities too long", TG_CLASS_BUG, TG_ACT_RESEND_PLAIN_TEXT_AND_ALARM,
     TG_LATER},
    {400, "text is empty", TG_CLASS_BUG, TG_ACT_LOG_BUG, TG_NEVER},
    {400, "text must be non-empty", TG_CLASS_BUG, TG_ACT_LOG_BUG, TG_NEVER},
    {400, "message is too long", TG_CLASS_BUG, TG_ACT_SPLIT_OR_LOG, TG_LATER},
    {400, "message_too_long", TG_CLASS_BUG, TG_ACT_SPLIT_OR_LOG, TG_LATER},
    {400, "caption is too long", TG_CLASS_BUG, TG_ACT_SPLIT_OR_LOG, TG_LATER},
    {400, "button_data_invalid", TG_CLASS_BUG, TG_ACT_LOG_BUG, TG_NEVER},
    {400, "button_url_invalid", TG_CLASS_BUG, TG_ACT_LOG_BUG, TG_NEVER},
    {400, "button_user_privacy_restricted", TG_CLASS_BUG, TG_ACT_LOG_BUG, TG_NEVER},
    {400, "reply markup is too long", TG_CLASS_BUG, TG_ACT_LOG_BUG, TG_NEVER},
    {400, "wrong file identifier", TG_CLASS_MEDIA, TG_ACT_REUPLOAD, TG_LATER},
    {400, "invalid file id", TG_CLASS_MEDIA, TG_ACT_REUPLOAD, TG_LATER},
    {400, "wrong file_id", TG_CLASS_MEDIA, TG_ACT_REUPLOAD, TG_LATER},
    {400, "file is temporarily unavailable", TG_CLASS_MEDIA, TG_ACT_REUPLOAD, TG_LATER},
    {400, "wrong remote file", TG_CLASS_MEDIA, TG_ACT_REUPLOAD, TG_LATER},
    {400, "file reference", TG_CLASS_MEDIA, TG_ACT_REUPLOAD, TG_LATER},
    {400, "failed to get http url content", TG_CLASS_MEDIA, TG_ACT_DOWNLOAD_AND_UPLOAD,
     TG_LATER},
    {400, "wrong type of the web page content", TG_CLASS_MEDIA,
     TG_ACT_DOWNLOAD_AND_UPLOAD, TG_LATER},
    {400, "webpage_curl_failed", TG_CLASS_MEDIA, TG_ACT_DOWNLOAD_AND_UPLOAD, TG_LATER},
    {400, "webpage_media_empty", TG_CLASS_MEDIA, TG_ACT_DOWNLOAD_AND_UPLOAD, TG_LATER},
    {400, "wrong http url", TG_CLASS_BUG, TG_ACT_LOG_BUG, TG_NEVER},
    {400, "image_process_failed", TG_CLASS_MEDIA, TG_ACT_MARK_ASSET_BAD, TG_NEVER},
    {400, "photo_invalid_dimensions", TG_CLASS_MEDIA, TG_ACT_MARK_ASSET_BAD, TG_NEVER},
    {400, "photo_save_file_invalid", TG_CLASS_MEDIA, TG_ACT_MARK_ASSET_BAD, TG_NEVER},
    {400, "file is too big", TG_CLASS_MEDIA, TG_ACT_MARK_ASSET_BAD, TG_NEVER},
    {400, "too big for a photo", TG_CLASS_MEDIA, TG_ACT_SEND_AS_DOCUMENT, TG_LATER},
    {400, "bad webhook", TG_CLASS_CONFIG, TG_ACT_ALARM_WEBHOOK, TG_HALT},
    {400, "invalid webhook url", TG_CLASS_CONFIG, TG_ACT_ALARM_WEBHOOK, TG_HALT},
    {400, "ip address", TG_CLASS_CONFIG, TG_ACT_ALARM_WEBHOOK, TG_HALT},
    {400, "logged out", TG_CLASS_TOKEN, TG_ACT_STOP_BOT_ALARM, TG_HALT},
    {400, "wrong parameter action", TG_CLASS_BUG, TG_ACT_LOG_BUG, TG_NEVER},
    {400, "", TG_CLASS_BUG, TG_ACT_LOG_BUG, TG_NEVER, true},
    {500, "restart", TG_CLASS_TRANSIENT, TG_ACT_RETRY_BACKOFF, TG_LATER},
    {500, "", TG_CLASS_TRANSIENT, TG_ACT_RETRY_BACKOFF, TG_LATER},
    {502, "", TG_CLASS_TRANSIENT, TG_ACT_RETRY_BACKOFF, TG_LATER},
    {503, "", TG_CLASS_TRANSIENT, TG_ACT_RETRY_BACKOFF, TG_LATER},
    {504, "", TG_CLASS_TRANSIENT, TG_ACT_RETRY_BACKOFF, TG_UNSURE},
};

static const char *const fate_names[] = {
    [TG_SENT] = "SENT",     [TG_LATER] = "LATER", [TG_NEVER] = "NEVER",
    [TG_UNSURE] = "UNSURE", [TG_HALT] = "HALT",
};

static const char *const class_names[TG_CLASS_COUNT] = {
    [TG_CLASS_NONE] = "none",
    [TG_CLASS_THROTTLE] = "throttle",
    [TG_CLASS_TOKEN] = "token",
    [TG_CLASS_BUG] = "bug",
    [TG_CLASS_CONFIG] = "config",
    [TG_CLASS_UNREACHABLE] = "unreachable",
    [TG_CLASS_CHAT_LOST] = "chat_lost",
    [TG_CLASS_MIGRATE] = "migrate",
    [TG_CLASS_NOT_MEMBER] = "not_member",
    [TG_CLASS_OK_NOOP] = "ok_noop",
    [TG_CLASS_STALE_MESSAGE] = "stale_message",
    [TG_CLASS_MEDIA] = "media",
    [TG_CLASS_TRANSIENT] = "transient",
};

static const char *const action_names[TG_ACT_COUNT] = {
    [TG_ACT_NONE] = "none",
    [TG_ACT_PAUSE_LANE_RETRY_AFTER] = "pause_lane_retry_after",
    [TG_ACT_STOP_BOT_ALARM] = "stop_bot_alarm",
    [TG_ACT_LOG_BUG] = "log_bug",
    [TG_ACT_STOP_POLLING] = "stop_polling",
    [TG_ACT_ALARM_SECOND_INSTANCE] = "alarm_second_instance",
    [TG_ACT_MARK_BLOCKED] = "mark_blocked",
    [TG_ACT_MARK_DEACTIVATED] = "mark_deactivated",
    [TG_ACT_MARK_NOT_STARTED] = "mark_not_started",
    [TG_ACT_MARK_IS_BOT] = "mark_is_bot",
    [TG_ACT_MARK_CHAT_LOST] = "mark_chat_lost",
    [TG_ACT_MARK_BLOCKED_SOFT] = "mark_blocked_soft",
    [TG_ACT_REPLACE_CHAT_ID] = "replace_chat_id",
    [TG_ACT_TREAT_AS_NOT_SUBSCRIBED] = "treat_as_not_subscribed",
    [TG_ACT_ALARM_CHANNEL_RIGHTS] = "alarm_channel_rights",
    [TG_ACT_TREAT_AS_SUCCESS] = "treat_as_success",
    [TG_ACT_SEND_NEW] = "send_new",
    [TG_ACT_IGNORE] = "ignore",
    [TG_ACT_RESEND_WITHOUT_REPLY] = "resend_without_reply",
    [TG_ACT_RESEND_PLAIN_TEXT_AND_ALARM] = "resend_plain_text_and_alarm",
    [TG_ACT_SPLIT_OR_LOG] = "split_or_log",
    [TG_ACT_REUPLOAD] = "reupload",
    [TG_ACT_DOWNLOAD_AND_UPLOAD] = "download_and_upload",
    [TG_ACT_MARK_ASSET_BAD] = "mark_asset_bad",
    [TG_ACT_SEND_AS_DOCUMENT] = "send_as_document",
    [TG_ACT_ALARM_WEBHOOK] = "alarm_webhook",
    [TG_ACT_RETRY_BACKOFF] = "retry_backoff",
};

const char *tg_fate_name(enum tg_fate f)
{
    return f >= TG_SENT && f <= TG_HALT ? fate_names[f] : "?";
}

const char *tg_class_name(enum tg_class c)
{
    return (unsigned)c < TG_CLASS_COUNT ? class_names[c] : "?";
}

const char *tg_action_name(enum tg_action a)
{
    return (unsigned)a < TG_ACT_COUNT ? action_names[a] : "?";
}

const struct tg_rule *tg_rules(size_t *n)
{
    *n = sizeof(rules) / sizeof(rules[0]);
    return rules;
}

/* ---- the description ------------------------------------------------------------ */

/* Copied whole characters at a time, so that a cut text is still UTF-8; what is no
 * character, or would break a log line, becomes a question mark. */
static void description_set(struct tg_verdict *v, const char *s, size_t n)
{
    size_t used = 0;

    for (size_t i = 0; i < n;) {
        size_t step = utf_char_len(s + i, n - i);
        bool odd = step == 0 || (unsigned char)s[i] < 0x20;

        if (step == 0)
            step = 1;
        if (used + step >= sizeof(v->description))
            break;
        if (odd)
            v->description[used++] = '?';
        else
            memcpy(v->description + used, s + i, step), used += step;
        i += step;
    }
    v->description[used] = '\0';
}

/* The table's texts are all found within the first 512 bytes. */
static void lower(char *out, size_t size, const char *s, size_t n)
{
    size_t i;

    for (i = 0; i < n && i + 1 < size; i++)
        out[i] = s[i] == '\0' ? ' ' : (char)tolower((unsigned char)s[i]);
    out[i] = '\0';
}

/* ---- judging -------------------------------------------------------------------- */

static void set(struct tg_verdict *v, enum tg_fate fate, enum tg_class class,
                enum tg_action action)
{
    v->fate = fate;
    v->class = class;
    v->action = action;
}

static const struct tg_rule *rule_find(int code, const char *text)
{
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        if (rules[i].code == code && strstr(text, rules[i].match) != NULL)
            return &rules[i];
    return NULL;
}

/* A code the table does not list. A server's fault may have happened before or after it
 * did what we asked; a refusal is a refusal. */
static void judge_unlisted(struct tg_verdict *v)
{
    v->known = false;
    if (v->code >= 500)
        set(v, TG_UNSURE, TG_CLASS_TRANSIENT, TG_ACT_RETRY_BACKOFF);
    else if (v->code >= 400)
        set(v, TG_NEVER, TG_CLASS_BUG, TG_ACT_LOG_BUG);
    else
        set(v, TG_HALT, TG_CLASS_CONFIG, TG_ACT_STOP_BOT_ALARM);
}

static void judge_by_rule(struct tg_verdict *v, const char *text)
{
    const struct tg_rule *rule = rule_find(v->code, text);

    if (rule == NULL) {
        judge_unlisted(v);
        return;
    }
    set(v, rule->fate, rule->class, rule->action);
    v->known = !rule->unknown;
}

/* Something on the way answered in Telegram's place: a front server, a proxy, a page of
 * a provider. It knows nothing of the recipient, so nobody is blamed by it. */
static void judge_foreign(struct tg_verdict *v, const struct tg_reply *r)
{
    static const int by_table[] = {401, 404, 413, 421, 429, 503};

    snprintf(v->description, sizeof(v->description), "HTTP %d without JSON", r->http);
    for (size_t i = 0; i < sizeof(by_table) / sizeof(by_table[0]); i++)
        if (r->http == by_table[i]) {
            judge_by_rule(v, "");
            return;
        }
    if (r->http >= 500 || (r->http >= 200 && r->http < 300)) {
        set(v, TG_UNSURE, TG_CLASS_TRANSIENT, TG_ACT_RETRY_BACKOFF);
        return;
    }
    v->known = false;
    set(v, TG_HALT, TG_CLASS_CONFIG, TG_ACT_STOP_BOT_ALARM);
}

static int64_t throttle_wait(const struct tg_reply *r)
{
    int64_t wait = json_int_or(r->body, "parameters.retry_after", 0);

    if (wait <= 0 && r->retry_after != NULL && isdigit((unsigned char)*r->retry_after))
        wait = strtoll(r->retry_after, NULL, 10);
    return wait > 0 ? wait : TG_THROTTLE_WAIT_S;
}

static void judge_refusal(struct tg_verdict *v, const struct tg_reply *r)
{
    char text[512];
    size_t n = 0;
    const char *description = json_text(r->body, "description", &n);
    int64_t code = json_int_or(r->body, "error_code", r->http);

    v->code = code > 0 && code < 1000 ? (int)code : r->http;
    if (description != NULL)
        description_set(v, description, n);
    lower(text, sizeof(text), description != NULL ? description : "", n);
    v->migrate_to = json_int_or(r->body, "parameters.migrate_to_chat_id", 0);
    if (v->migrate_to != 0)
        set(v, TG_LATER, TG_CLASS_MIGRATE, TG_ACT_REPLACE_CHAT_ID);
    else
        judge_by_rule(v, text);
}

static void judge_unanswered(struct tg_verdict *v, const struct tg_reply *r)
{
    set(v, r->wire == TG_WIRE_UNSENT ? TG_LATER : TG_UNSURE, TG_CLASS_TRANSIENT,
        TG_ACT_RETRY_BACKOFF);
    if (v->fate == TG_LATER)
        v->wait_s = TG_UNSENT_WAIT_S;
    snprintf(v->description, sizeof(v->description), "%s",
             v->fate == TG_LATER ? "not sent" : "the answer was lost");
}

void tg_judge(const struct tg_reply *r, struct tg_verdict *out)
{
    *out = (struct tg_verdict){.code = r->http, .known = true};
    if (r->wire != TG_WIRE_ANSWERED) {
        judge_unanswered(out, r);
        return;
    }
    if (!json_is_object(r->body))
        judge_foreign(out, r);
    else if (r->http >= 200 && r->http < 300 && json_bool_or(r->body, "ok", false))
        set(out, TG_SENT, TG_CLASS_NONE, TG_ACT_NONE);
    else if (r->http >= 200 && r->http < 300 && json_get(r->body, "error_code") == NULL)
        judge_foreign(out, r);
    else
        judge_refusal(out, r);
    if (out->class == TG_CLASS_THROTTLE)
        out->wait_s = throttle_wait(r);
}
