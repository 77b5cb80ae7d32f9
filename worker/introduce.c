/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "worker/introduce.h"

#include "core/base/log.h"
#include "core/io/introduction.h"
#include "core/io/telegram_profile.h"
#include "core/io/telegram_setup.h"
#include "core/setting.h"

/* params are taken over. */
static enum status put_call(struct step *s, enum tg_bot bot, const char *method,
                            struct json *params)
{
    struct job_spec spec = {.kind = KIND_SEND_BOT_CALL, .args = json_new_object()};

    json_set_text(spec.args, "bot", tg_bot_name(bot));
    json_set_text(spec.args, "method", method);
    json_set(spec.args, "params", params);
    return job_put(s->db, s->now, &spec);
}

static enum status introduce(struct step *s, enum tg_bot bot,
                             const struct profile_words *words)
{
    uint8_t digest[SHA256_BYTES];
    const char *method;
    struct json *params;
    enum status st;

    if (!profile_digest(bot, words, digest))
        return ST_BROKEN;
    st = introduction_keep(s->db, s->now, tg_bot_name(bot), digest);
    if (st != ST_OK)
        return st == ST_NONE ? ST_OK : st;
    log_info("a bot introduces itself", LOG_TEXT("bot", tg_bot_name(bot)));
    for (int i = 0;
         st == ST_OK && (params = profile_call(bot, i, words, &method)) != NULL; i++)
        st = put_call(s, bot, method, params);
    return st;
}

enum status bots_introduce_step(struct step *s)
{
    struct settings set;
    struct profile_words words = {set.brand_name, set.brand_operator};
    enum status st = setting_load(s->db, &set);

    for (int bot = 0; st == ST_OK && bot < TG_BOTS; bot++)
        st = introduce(s, (enum tg_bot)bot, &words);
    return st;
}

/* The scanner beside the input field, one tap away whatever the chat shows; the list of
 * commands where it has no address, and for who works here no longer. */
static struct json *menu_button(const struct config *cfg, int64_t chat, bool works,
                                enum lang lang)
{
    struct json *params = json_new_object(), *button = json_new_object();
    struct buf url = {0};

    if (works && setup_scan_url(cfg, lang_code(lang), &url)) {
        struct json *app = json_new_object();

        json_set_text(app, "url", url.s);
        json_set(button, "web_app", app);
        json_set_text(button, "text", text_get(lang, BTN_SCAN));
    }
    json_set_text(button, "type", url.len > 0 ? "web_app" : "commands");
    json_set_int(params, "chat_id", chat);
    json_set(params, "menu_button", button);
    buf_free(&url);
    return params;
}

enum status introduce_staff(const struct talk *t, int64_t chat, bool works,
                            enum lang lang)
{
    const char *method;
    struct json *params = profile_staff(chat, works, lang_code(lang), &method);
    enum status st = put_call(t->s, TG_AUTH, method, params);

    if (st != ST_OK)
        return st;
    params = menu_button(t->s->cfg, chat, works, lang);
    return put_call(t->s, TG_AUTH, "setChatMenuButton", params);
}
