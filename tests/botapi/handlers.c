/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/handlers.c - which method is played by what. */
#include "tests/botapi/call.h"

#include <stdlib.h>
#include <string.h>

/* In byte order of the names. */
static const struct handler {
    const char *method;
    call_fn *fn;
} handlers[] = {
    {"answerCallbackQuery", answer_callback},
    {"approveChatJoinRequest", answer_join_request},
    {"copyMessage", copy_message},
    {"declineChatJoinRequest", answer_join_request},
    {"deleteMessage", delete_message},
    {"deleteMessages", delete_messages},
    {"deleteMyCommands", delete_commands},
    {"deleteWebhook", delete_webhook},
    {"editMessageCaption", edit_caption},
    {"editMessageMedia", edit_media},
    {"editMessageReplyMarkup", edit_markup},
    {"editMessageText", edit_text},
    {"getChat", get_chat},
    {"getChatAdministrators", get_chat_administrators},
    {"getChatMember", get_chat_member},
    {"getChatMemberCount", get_member_count},
    {"getChatMenuButton", get_menu_button},
    {"getFile", get_file},
    {"getMe", get_me},
    {"getMyCommands", get_commands},
    {"getMyDescription", get_about},
    {"getMyName", get_about},
    {"getMyShortDescription", get_about},
    {"getUpdates", get_updates},
    {"getWebhookInfo", get_webhook_info},
    {"sendChatAction", send_chat_action},
    {"sendDocument", send_document},
    {"sendMediaGroup", send_media_group},
    {"sendMessage", send_message},
    {"sendPhoto", send_photo},
    {"sendVideo", send_video},
    {"setChatMenuButton", set_menu_button},
    {"setMyCommands", set_commands},
    {"setMyDescription", set_about},
    {"setMyName", set_about},
    {"setMyShortDescription", set_about},
    {"setWebhook", set_webhook},
};

static int order(const void *name, const void *row)
{
    return strcmp(name, ((const struct handler *)row)->method);
}

call_fn *call_handler(const char *method)
{
    const struct handler *h =
        bsearch(method, handlers, sizeof(handlers) / sizeof(handlers[0]),
                sizeof(handlers[0]), order);

    return h != NULL ? h->fn : NULL;
}
