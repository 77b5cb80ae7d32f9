/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * curl_loop URL MESSAGES CONNECTIONS - the least a broadcast could be: sendMessage from a
 * bare libcurl multi loop, CONNECTIONS at a time on as many kept-alive connections. It asks
 * nobody's consent, keeps no row of anybody, reads no answer but its status, and could not
 * go on after a crash. Prints messages a second. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CONNECTIONS_MAX 1024

struct call {
    CURL *easy;
    char body[640];
};

static long left, failed;
static struct curl_slist *headers;

static void need(int good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "curl_loop: %s\n", what);
    exit(1);
}

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t drop(char *p, size_t size, size_t n, void *arg)
{
    (void)p;
    (void)arg;
    return size * n;
}

/* The words are those of the benchmark's broadcast, and its button. */
static void say(CURLM *multi, struct call *c)
{
    snprintf(
        c->body, sizeof c->body,
        "{\"chat_id\":%ld,\"text\":\"<b>Анна</b>, в пятницу скидка 15 %% на всё. Ждём "
        "вас с 9 до "
        "21!\",\"parse_mode\":\"HTML\",\"reply_markup\":{\"inline_keyboard\":[[{"
        "\"text\":\"Мои скидки\",\"callback_data\":\"v1:bc:wallet:1\"}],[{\"text\":"
        "\"Не присылать рассылку\",\"callback_data\":\"v1:bc:off:1\"}]]}}",
        1000000000 + left);
    left--;
    curl_easy_setopt(c->easy, CURLOPT_POSTFIELDS, c->body);
    curl_easy_setopt(c->easy, CURLOPT_POSTFIELDSIZE, (long)strlen(c->body));
    need(curl_multi_add_handle(multi, c->easy) == CURLM_OK, "no memory");
}

static void begin(CURLM *multi, struct call *c, const char *url)
{
    c->easy = curl_easy_init();
    need(c->easy != NULL, "no memory");
    curl_easy_setopt(c->easy, CURLOPT_URL, url);
    curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c->easy, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(c->easy, CURLOPT_PRIVATE, c);
    curl_easy_setopt(c->easy, CURLOPT_NOSIGNAL, 1L);
    say(multi, c);
}

static void ended(CURLM *multi, const CURLMsg *m)
{
    CURL *easy = m->easy_handle;
    struct call *c;
    long code = 0;

    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&c);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &code);
    failed += m->data.result != CURLE_OK || code != 200;
    curl_multi_remove_handle(multi, easy);
    if (left > 0)
        say(multi, c);
}

int main(int argc, char **argv)
{
    static struct call calls[CONNECTIONS_MAX];
    CURLM *multi = curl_multi_init();
    int running = 1, queued;
    double began;
    long n, width;

    need(argc == 4 && multi != NULL, "URL MESSAGES CONNECTIONS");
    n = left = strtol(argv[2], NULL, 10);
    width = strtol(argv[3], NULL, 10);
    need(n >= width && width > 0 && width <= CONNECTIONS_MAX, "odd numbers");
    headers = curl_slist_append(NULL, "Content-Type: application/json");
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, width);
    began = now_s();
    for (long i = 0; i < width; i++)
        begin(multi, &calls[i], argv[1]);
    while (running > 0) {
        const CURLMsg *m;

        need(curl_multi_perform(multi, &running) == CURLM_OK, "curl");
        while ((m = curl_multi_info_read(multi, &queued)) != NULL) {
            ended(multi, m);
            running = 1;
        }
        if (running > 0)
            need(curl_multi_poll(multi, NULL, 0, 100, NULL) == CURLM_OK, "curl");
    }
    printf("%.0f\n", (double)n / (now_s() - began));
    need(failed == 0, "some were not answered with 200");
    return 0;
}
