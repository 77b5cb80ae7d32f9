/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What strangers send to the admin API: a body, a query, a path, a cursor, headers, as
 * the first byte says. What is taken keeps to its table; what is refused says why in
 * JSON. */
#include "api/call.h"
#include "api/cursor.h"
#include "api/etag.h"
#include "api/proxy.h"
#include "api/routes.h"
#include "core/base/base64.h"
#include "core/base/stamp.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(bool fine)
{
    if (!fine)
        abort();
}

static const char *const words[] = {"red", "green", NULL};
static const struct field inner[] = {
    {"most", FIELD_INT, .required = true, .min = 1, .max = 10},
};
/* Those of a query first. */
static const struct field fields[] = {
    {"q", FIELD_TEXT, .min = 1, .max = 8},
    {"n", FIELD_INT, .min = -5, .max = 5},
    {"i", FIELD_ID},
    {"b", FIELD_BOOL},
    {"t", FIELD_TIME},
    {"d", FIELD_DATE},
    {"c", FIELD_CLOCK},
    {"w", FIELD_WORD, .words = words},
    {"ids", FIELD_IDS, .most = 3},
    {"ws", FIELD_WORDS, .words = words},
    {"ts", FIELD_TEXTS, .min = 1, .max = 4, .most = 3},
    {"o", FIELD_OBJECT, .fields = inner, .n = 1},
    {"r", FIELD_JSON, .nullable = true},
};
#define N (sizeof fields / sizeof *fields)
#define OF_QUERY (N - 2)

static void taken(const struct given *g)
{
    const char *text = given_text(g, "q");

    check(text == NULL || (strlen(text) >= 1 && strlen(text) <= 8 * 4));
    check(!given_has(g, "n") || llabs(given_int(g, "n", 9)) <= 5);
    check(!given_has(g, "i") || given_int(g, "i", 0) > 0);
    check(!given_has(g, "w") || given_int(g, "w", 9) < 2);
    check(given_value(g, "ids")->n <= 3 && given_value(g, "ts")->n <= 3);
    for (size_t i = 0; i < given_value(g, "ids")->n; i++)
        check(given_value(g, "ids")->ids[i] > 0);
}

static void judged(struct call *c, enum status st, const struct given *g)
{
    struct json *o;

    check(st == ST_OK || st == ST_REFUSED);
    if (st == ST_OK) {
        taken(g);
    } else {
        o = json_parse(c->answer.text.s, c->answer.text.len);
        check(c->answer.status == 400 && json_text(o, "code", NULL) != NULL);
        json_free(o);
    }
    given_free(&c->body);
    given_free(&c->query);
    answer_clear(c);
}

static void body(char *s, size_t n)
{
    struct call c = {.said = {.content_type = (char *)"application/json"}};

    c.said.body = s;
    c.said.body_n = n;
    judged(&c, body_read(&c, fields, N), &c.body);
}

static void query(char *s, size_t n)
{
    struct call c = {.said = {.query = s}};

    (void)n;
    judged(&c, query_read(&c, fields, OF_QUERY), &c.query);
}

static void path(char *s, size_t n)
{
    struct route_match m;

    (void)n;
    route_find(routes, routes_n, "GET", s, &m);
    check(m.route == NULL || (m.pattern != NULL && *s == '/'));
}

static void cursor(char *s, size_t n)
{
    struct cursor_key key;
    struct cursor c = {.list = "/api/v1/stores"};
    struct buf bytes = {0}, again = {0};

    check(cursor_key_make(&key, "a key that nobody who feeds this knows") == ST_OK);
    check(cursor_read(&key, s, &c) == ST_BAD);
    if (base64_read(s, n, &bytes) == ST_OK) {
        base64_add(&again, bytes.s, bytes.len);
        check(again.len == n && (n == 0 || memcmp(again.s, s, n) == 0));
    }
    buf_free(&bytes);
    buf_free(&again);
}

static void headers(char *s, size_t n)
{
    char address[CALL_ADDRESS_BYTES], out[STAMP_BYTES];
    int64_t at = 0;

    proxy_caller("127.0.0.1,10.0.0.0/8", "127.0.0.1", s, address, sizeof address);
    check(*address != '\0');
    (void)proxy_trusted(s, "10.0.0.1");
    (void)etag_names(s, 7);
    (void)tongue_of(s);
    if (stamp_read(s, n, &at) == ST_OK) {
        int64_t again = 0;

        stamp_print(at, out);
        check(stamp_read(out, strlen(out), &again) == ST_OK && again == at);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static void (*const readers[])(char *, size_t) = {body, query, path, cursor,
                                                      headers};
    char *s;

    if (n == 0)
        return 0;
    s = malloc(n);
    check(s != NULL);
    memcpy(s, data + 1, n - 1);
    s[n - 1] = '\0';
    readers[data[0] % 5](s, n - 1);
    free(s);
    return 0;
}
