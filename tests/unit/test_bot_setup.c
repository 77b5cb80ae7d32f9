/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What each bot is told once: its updates, its webhook, its words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/utf.h"
#include "core/io/telegram_setup.h"

#include <string.h>

static struct config cfg;

static void settings(const char *public_url, const char *base, const char *listen)
{
    cfg = (struct config){.public_url = public_url,
                          .telegram_api_base = base,
                          .bots_listen = listen,
                          .telegram_webhook_secret = "client-secret",
                          .telegram_auth_webhook_secret = "auth-secret"};
}

static const struct place {
    const char *public_url, *base, *listen, *want; /* want NULL: no webhook possible */
} places[] = {
    {"https://shop.example", "https://api.telegram.org", "127.0.0.1:8080",
     "https://shop.example/telegram/client"},
    {"https://shop.example//", "https://api.telegram.org", "127.0.0.1:8080",
     "https://shop.example/telegram/client"},
    {"https://shop.example/bot", "http://127.0.0.1:9", "127.0.0.1:8080",
     "https://shop.example/bot/telegram/client"},
    {NULL, "https://api.telegram.org", "127.0.0.1:8080", NULL},
    {NULL, "https://api.telegram.org:443/x", "127.0.0.1:8080", NULL},
    {NULL, "http://127.0.0.1:9", "127.0.0.1:8080",
     "http://127.0.0.1:8080/telegram/client"},
    {NULL, "http://127.0.0.1:9", "0.0.0.0:8080",
     "http://127.0.0.1:8080/telegram/client"},
    {NULL, "http://127.0.0.1:9", "*:8080", "http://127.0.0.1:8080/telegram/client"},
    {NULL, "http://127.0.0.1:9", "[::1]:8080", "http://[::1]:8080/telegram/client"},
};

static void the_webhook_is_where_telegram_reaches_us(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        const struct place *p = &places[i];
        struct json *o;

        settings(p->public_url, p->base, p->listen);
        o = setup_webhook(&cfg, TG_CLIENT);
        if (p->want)
            assert_string_equal(json_text(o, "url", NULL), p->want);
        else
            assert_null(o);
        json_free(o);
    }
}

static void each_bot_has_its_secret_and_its_updates(void **state)
{
    struct json *client, *auth;

    (void)state;
    settings("https://shop.example", "https://api.telegram.org", "127.0.0.1:1");
    client = setup_webhook(&cfg, TG_CLIENT);
    auth = setup_webhook(&cfg, TG_AUTH);
    assert_string_equal(json_text(client, "secret_token", NULL), "client-secret");
    assert_string_equal(json_text(auth, "secret_token", NULL), "auth-secret");
    assert_string_equal(json_text(auth, "url", NULL),
                        "https://shop.example/telegram/auth");
    assert_non_null(strstr(json_print(client),
                           "[\"message\",\"edited_message\",\"callback_query\","
                           "\"my_chat_member\",\"chat_member\"]"));
    assert_non_null(strstr(json_print(auth),
                           "[\"message\",\"callback_query\",\"my_chat_member\"]"));
    assert_int_equal(json_int_or(client, "max_connections", 0), 20);
    json_free(client);
    json_free(auth);
    cfg.telegram_auth_webhook_secret = NULL;
    assert_null(setup_webhook(&cfg, TG_AUTH)); /* never a webhook without a secret */
}

/* Telegram's limits: 512 and 120 characters, commands of 1 to 32 and 256. */
static void profile_check(struct json *o)
{
    static const struct limit {
        const char *field;
        size_t most;
    } limits[] = {{"description", 512}, {"short_description", 120}};
    struct json *commands = json_get(o, "commands");
    size_t n;

    for (int i = 0; i < 2; i++) {
        const char *text = json_text(o, limits[i].field, &n);
        if (text)
            assert_in_range(utf16_len(text, n), 1, limits[i].most);
    }
    for (size_t i = 0; i < json_count(commands); i++) {
        const char *name = json_text(json_at(commands, i), "command", &n);
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz_0123456789"), n);
        assert_in_range(n, 1, 32);
        assert_non_null(json_text(json_at(commands, i), "description", &n));
        assert_in_range(n, 3, 256);
    }
}

static void the_words_are_in_two_languages_and_fit(void **state)
{
    (void)state;
    for (int bot = 0; bot < TG_BOTS; bot++) {
        const char *method;
        struct json *o;
        int all = 0, english = 0;

        for (int i = 0; (o = setup_profile((enum tg_bot)bot, i, &method)) != NULL;
             i++) {
            const char *lang = json_text(o, "language_code", NULL);
            all++;
            english += lang && strcmp(lang, "en") == 0;
            profile_check(o);
            json_free(o);
        }
        assert_int_equal(all, 6);
        assert_int_equal(english, 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_webhook_is_where_telegram_reaches_us),
        cmocka_unit_test(each_bot_has_its_secret_and_its_updates),
        cmocka_unit_test(the_words_are_in_two_languages_and_fit),
    };

    return cmocka_run_group_tests_name("bot_setup", tests, NULL, NULL);
}
