/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What each bot is told once: its updates, its webhook, its words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/utf.h"
#include "core/io/telegram_profile.h"
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

static void the_scanner_is_where_phones_reach_it(void **state)
{
    static const struct {
        const char *public_url, *scanner_url, *want;
    } asked[] = {
        {NULL, NULL, NULL}, /* no button, rather than one that is refused */
        {"https://shop.example/", NULL, "https://shop.example/scan?lang=ru"},
        {"https://shop.example/bot", NULL, "https://shop.example/bot/scan?lang=ru"},
        {NULL, "http://127.0.0.1:8000/scan", "http://127.0.0.1:8000/scan?lang=ru"},
        {"https://shop.example", "https://scan.example/s",
         "https://scan.example/s?lang=ru"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
        struct buf url = {0};

        settings(asked[i].public_url, "http://127.0.0.1:9", "127.0.0.1:8080");
        cfg.scanner_url = asked[i].scanner_url;
        assert_int_equal(setup_scan_url(&cfg, "ru", &url), asked[i].want != NULL);
        if (asked[i].want)
            assert_string_equal(url.s, asked[i].want);
        buf_free(&url);
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

/* The longest names a shop may have. */
static struct profile_words longest(void)
{
    static char brand[65], operator[129];

    memset(brand, 'B', sizeof brand - 1);
    memset(operator, 'O', sizeof operator- 1);
    return (struct profile_words){brand, operator};
}

static void the_words_fit_in_every_language(void **state)
{
    static const char *const codes[] = {"ru", "uk", "be", "kk"};
    struct profile_words words = longest();

    (void)state;
    for (int bot = 0; bot < TG_BOTS; bot++) {
        const char *method;
        struct json *o;
        int all = 0, for_all = 0, of[4] = {0};

        for (int i = 0; (o = profile_call(bot, i, &words, &method)) != NULL; i++) {
            const char *lang = json_text(o, "language_code", NULL);
            all++;
            for_all += lang == NULL;
            for (int k = 0; lang && k < 4; k++)
                of[k] += strcmp(lang, codes[k]) == 0;
            profile_check(o);
            json_free(o);
        }
        assert_int_equal(all, 16);    /* three of five languages, the menu button */
        assert_int_equal(for_all, 4); /* no language, and the button */
        for (int k = 0; k < 4; k++)
            assert_int_equal(of[k], 3);
    }
}

/* Groups see no commands, strangers of the staff's bot none but /start. */
static void commands_are_for_private_chats(void **state)
{
    const struct profile_words words = {"Brand", ""};

    (void)state;
    for (int bot = 0; bot < TG_BOTS; bot++) {
        const char *method;
        struct json *o = profile_call(bot, 0, &words, &method);

        assert_string_equal(method, "setMyCommands");
        assert_string_equal(json_text(o, "scope.type", NULL), "all_private_chats");
        assert_int_equal(json_count(json_get(o, "commands")), bot == TG_CLIENT ? 9 : 1);
        json_free(o);
    }
}

static void who_works_here_has_commands_of_their_own(void **state)
{
    const char *method;
    struct json *o = profile_staff(77, true, "ru", &method);

    (void)state;
    assert_string_equal(method, "setMyCommands");
    assert_string_equal(json_text(o, "scope.type", NULL), "chat");
    assert_int_equal(json_int_or(o, "scope.chat_id", 0), 77);
    assert_true(json_count(json_get(o, "commands")) > 5);
    profile_check(o);
    json_free(o);
    o = profile_staff(77, false, "ru", &method);
    assert_string_equal(method, "deleteMyCommands");
    assert_int_equal(json_int_or(o, "scope.chat_id", 0), 77);
    json_free(o);
}

static void another_name_is_another_digest(void **state)
{
    const struct profile_words one = {"One", ""}, two = {"Two", ""};
    uint8_t a[SHA256_BYTES], b[SHA256_BYTES];

    (void)state;
    assert_true(profile_digest(TG_CLIENT, &one, a));
    assert_true(profile_digest(TG_CLIENT, &one, b));
    assert_memory_equal(a, b, sizeof a);
    assert_true(profile_digest(TG_CLIENT, &two, b));
    assert_memory_not_equal(a, b, sizeof a);
    assert_true(profile_digest(TG_AUTH, &one, b));
    assert_memory_not_equal(a, b, sizeof a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_webhook_is_where_telegram_reaches_us),
        cmocka_unit_test(the_scanner_is_where_phones_reach_it),
        cmocka_unit_test(each_bot_has_its_secret_and_its_updates),
        cmocka_unit_test(the_words_fit_in_every_language),
        cmocka_unit_test(commands_are_for_private_chats),
        cmocka_unit_test(who_works_here_has_commands_of_their_own),
        cmocka_unit_test(another_name_is_another_digest),
    };

    return cmocka_run_group_tests_name("bot_setup", tests, NULL, NULL);
}
