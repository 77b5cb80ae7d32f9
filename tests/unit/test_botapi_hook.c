/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The stand-in delivers updates: polled, or by webhook, in order, again, or never. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/botapi_talk.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* ---- updates by polling --------------------------------------------------------- */

static void test_polling_moves_by_offset(void **state)
{
    char body[64];
    int64_t first, offset;

    (void)state;
    says(tell("say", "person=" MARIA "&bot=client&text=one"), "\"ok\":true");
    first = number(call("getUpdates", "{}"), "update_id");
    tell("say", "person=" MARIA "&bot=client&text=two");
    assert_int_equal(number(call("getUpdates", "{\"limit\":1}"), "update_id"), first);
    offset = number(tell("say", "person=" MARIA "&bot=client&text=three"), "update_id");
    snprintf(body, sizeof body, "{\"offset\":%lld}", (long long)offset);
    says(call("getUpdates", body), "three");
    assert_int_equal(
        number(hear(ask("/control/updates?bot=client", FORM, NULL, 0)), "pending"), 1);
    snprintf(body, sizeof body, "{\"offset\":%lld}", (long long)offset + 1);
    says(call("getUpdates", body), "\"result\":[]");
}

static void test_a_waiting_poll_hears_and_a_second_ends_it(void **state)
{
    char body[64];
    int first, second;

    (void)state;
    snprintf(body, sizeof body, "{\"timeout\":20}");
    first = ask("/bot" CLIENT "/getUpdates", JSON, body, strlen(body));
    tell("calls?method=getUpdates&since=0&limit=1", NULL);
    second = ask("/bot" CLIENT "/getUpdates", JSON, body, strlen(body));
    says(hear(first), "terminated by other getUpdates request");
    assert_int_equal(code, 409);
    tell("say", "person=" MARIA "&bot=client&text=wake");
    says(hear(second), "wake");
}

/* ---- webhooks ------------------------------------------------------------------- */

static int listen_on(int *at)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    struct timeval limit = {.tv_sec = 10};
    socklen_t n = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(fd, 16), 0);
    getsockname(fd, (struct sockaddr *)&a, &n);
    *at = ntohs(a.sin_port);
    return fd;
}

/* One request on fd: its update_id; request holds all of it. */
static int64_t take(int fd, char *request, size_t size)
{
    size_t have = 0;

    for (;;) {
        ssize_t n = recv(fd, request + have, size - have - 1, 0);
        const char *blank;

        assert_true(n > 0);
        have += (size_t)n;
        request[have] = '\0';
        blank = strstr(request, "\r\n\r\n");
        if (blank != NULL &&
            have >= (size_t)(blank + 4 - request) +
                        (size_t)strtoul(strstr(request, "Length: ") + 8, NULL, 10))
            return number(request, "update_id");
    }
}

static void reply(int fd, const char *head)
{
    char text[160];
    int n =
        snprintf(text, sizeof text, "HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n", head);

    assert_int_equal(send(fd, text, (size_t)n, MSG_NOSIGNAL), n);
}

static void set_hook(int at)
{
    char body[256];

    snprintf(body, sizeof body,
             "{\"url\":\"http://127.0.0.1:%d/hook\",\"secret_token\":"
             "\"Se-cret_1\",\"max_connections\":1,"
             "\"drop_pending_updates\":true}",
             at);
    says(call("setWebhook", body), "Webhook was set");
    says(call("setWebhook", body), "already set");
}

static void test_webhook_is_strict_in_order_and_retries(void **state)
{
    char request[8192];
    int at, door = listen_on(&at), fd;
    int64_t one, two;

    (void)state;
    set_hook(at);
    says(call("getUpdates", "{}"),
         "can't use getUpdates method while webhook is active");
    one = number(tell("say", "person=" MARIA "&bot=client&text=one"), "update_id");
    two = number(tell("say", "person=" MARIA "&bot=client&text=two"), "update_id");
    fd = accept(door, NULL, NULL);
    assert_int_equal(take(fd, request, sizeof request), one);
    says(request, "POST /hook HTTP/1.1");
    says(request, "X-Telegram-Bot-Api-Secret-Token: Se-cret_1");
    reply(fd, "500 No");
    assert_int_equal(take(fd, request, sizeof request),
                     one); /* at once, the same one */
    reply(fd, "503 No\r\nRetry-After: 0");
    assert_int_equal(take(fd, request, sizeof request), one);
    reply(fd, "200 OK");
    assert_int_equal(take(fd, request, sizeof request), two);
    reply(fd, "204 OK");
    says(call("getWebhookInfo", "{}"), "Wrong response from the webhook: 503");
    tell("redeliver", "bot=client&times=2&update_id=0");
    close(fd);
    close(door);
    says(call("deleteWebhook", "{}"), "Webhook was deleted");
}

/* A callback lives 150 s, here of a clock that runs a million times faster. */
static void test_expired_updates_are_lost_silently(void **state)
{
    char request[8192];
    int at, door = listen_on(&at), fd;
    int64_t lost, kept;

    (void)state;
    set_hook(at);
    tell("press", "person=" MARIA "&bot=client&message_id=1&data=x&forged=true");
    fd = accept(door, NULL, NULL);
    take(fd, request, sizeof request);
    says(request, "\"callback_query\"");
    tell("press", "person=" MARIA "&bot=client&message_id=1&data=late&forged=true");
    lost = number(tell("counts", NULL), "lost");
    tell("clock", "scale=1000000");
    reply(fd, "500 No");
    close(fd);
    for (int i = 0; i < 200 && number(tell("counts", NULL), "lost") < lost + 2; i++)
        tell("calls?method=none&wait=20", NULL);
    assert_int_equal(number(tell("counts", NULL), "lost"), lost + 2);
    tell("clock", "scale=1");
    kept = number(tell("say", "person=" MARIA "&bot=client&text=new"), "update_id");
    /* Retries of the lost ones, given up meanwhile, may still stand at the door. */
    for (int64_t id = 0; id != kept;) {
        fd = accept(door, NULL, NULL);
        id = take(fd, request, sizeof request);
        assert_true(id == kept || strstr(request, "\"callback_query\"") != NULL);
        reply(fd, "200 OK");
        close(fd);
    }
    close(door);
    call("deleteWebhook", "{}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_polling_moves_by_offset),
        cmocka_unit_test(test_a_waiting_poll_hears_and_a_second_ends_it),
        cmocka_unit_test(test_webhook_is_strict_in_order_and_retries),
        cmocka_unit_test(test_expired_updates_are_lost_silently),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
