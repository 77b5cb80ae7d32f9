/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/control.h"

#include "core/base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

static char base[80];
static CURL *curl;

void control_open(const char *address)
{
    snprintf(base, sizeof(base), "%s", address);
    curl = curl_easy_init();
    assert_non_null(curl);
}

void control_close(void)
{
    curl_easy_cleanup(curl);
    curl = NULL;
}

static size_t on_bytes(char *s, size_t size, size_t n, void *arg)
{
    buf_add(arg, s, size * n);
    return size * n;
}

struct json *control_ask(const char *path, const struct control_body *b)
{
    struct buf answer = {0}, url = {0}, type = {0};
    struct curl_slist *head = NULL;
    struct json *o;
    long code = 0;

    buf_addf(&url, "%s/control/%s", base, path);
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url.s);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)CONTROL_MS);
    if (b != NULL) {
        buf_addf(&type, "Content-Type: %s", b->type);
        head = curl_slist_append(NULL, type.s);
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, head);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)b->n);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, b->bytes);
    }
    assert_int_equal(curl_easy_perform(curl), CURLE_OK);
    o = answer.s != NULL ? json_parse(answer.s, answer.len) : NULL;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    if (o == NULL || code >= 300)
        fail_msg("%s: %s", url.s, answer.s != NULL ? answer.s : "(nothing)");
    curl_slist_free_all(head);
    buf_free(&answer);
    buf_free(&url);
    buf_free(&type);
    return o;
}

struct json *control_tell(const char *path, struct json *o)
{
    const char *text = json_print(o);
    const struct control_body b = {text, strlen(text), "application/json"};
    struct json *answer = control_ask(path, &b);

    json_free(o);
    return answer;
}
