/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What a message says: whatever is read has one canonical form, and for everybody, however
 * they are called, it becomes HTML that is whole, within the messenger's limits, and a body
 * of JSON. The bytes are the content and the person's names at once. */
#include "core/base/utf.h"
#include "core/content.h"
#include "worker/wording.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(bool fine)
{
    if (!fine)
        abort();
}

static bool begins(const char *s, const char *with)
{
    return strncmp(s, with, strlen(with)) == 0;
}

/* Tags close in the order they opened, and every & begins one of four entities. */
static size_t html_units(const char *s)
{
    const char *open[64];
    size_t units = 0, depth = 0;

    while (*s != '\0') {
        size_t step = utf_char_len(s, strlen(s));

        check(step > 0);
        if (begins(s, "</")) {
            size_t k = strcspn(s, ">");

            check(depth > 0 && strncmp(open[--depth], s + 2, k - 2) == 0);
            step = k + 1;
        } else if (*s == '<') {
            check(depth < 64);
            open[depth++] = s + 1;
            step = strcspn(s, ">") + 1;
        } else if (*s == '&') {
            check(begins(s, "&lt;") || begins(s, "&gt;") || begins(s, "&amp;") ||
                  begins(s, "&quot;"));
            step = strcspn(s, ";") + 1;
            units++;
        } else {
            check((unsigned char)*s >= ' ' || *s == '\n');
            units += step == 4 ? 2 : 1;
        }
        s += step;
    }
    check(depth == 0);
    return units;
}

static void address(void *arg, int link, char *out, size_t room)
{
    (void)arg;
    if (link % 2 == 1)
        memcpy(out, "https://shop.ru/l/token", room > 24 ? 24 : room);
}

static void worded_is_json(const struct rendered *r, bool way_out)
{
    static const struct wording_picture p = {.media = 1, .bytes = "x", .n = 1};
    struct wording w = {.chat = -5,
                        .screen = "bc",
                        .number = INT64_MAX,
                        .way_out = way_out,
                        .footer = r->text.s,
                        .pictures = &p,
                        .pictures_n = 1};
    struct worded out = {0};

    for (w.message = 0; w.message < 2; w.message++) {
        enum status st = wording_make(r, &w, &out);
        struct json *o = st == ST_OK ? json_parse(out.body.s, out.body.len) : NULL;

        check(st == ST_OK || st == ST_BAD);
        check((st == ST_OK) == (o != NULL));
        json_free(o);
    }
    worded_free(&out);
}

static void said_to(const struct content *c, const struct content_person *who)
{
    const struct content_links links = {address, NULL};
    struct rendered r = {0};

    for (int i = 0; i < 2; i++) {
        size_t room = CONTENT_TEXT_MAX;

        check(content_render(c, who, i == 0 ? NULL : &links, &r) == ST_OK);
        if (r.media_n > 0)
            room = CONTENT_CAPTION_MAX;
        check(html_units(r.text.s) <= room - CONTENT_TAIL_MAX);
        check(r.text.len <= CONTENT_BYTES_MAX && strlen(r.text.s) == r.text.len);
        for (int k = 0; k < r.buttons; k++) {
            check(utf_valid(r.button[k].text, strlen(r.button[k].text)));
            check((r.button[k].url != NULL) == (r.button[k].does == CONTENT_DO_URL));
        }
        worded_is_json(&r, i == 1);
    }
    rendered_free(&r);
}

static void same_again(const struct content *c, bool of_discount)
{
    struct json *once = content_json(c), *twice;
    struct content *again = NULL;
    struct content_faults f;

    check(content_read(once, of_discount, &again, &f) == ST_OK);
    twice = content_json(again);
    check(strcmp(json_print(once), json_print(twice)) == 0);
    json_free(once);
    json_free(twice);
    content_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct json *o = json_parse((const char *)data, n);
    char *name = strndup((const char *)data, n);
    struct content_person who = {.lang = (int)(n % 2),
                                 .first_name = name,
                                 .last_name = name,
                                 .store = name,
                                 .brand = name,
                                 .until = name,
                                 .code = name,
                                 .spent = (int64_t)n,
                                 .purchases = INT64_MAX};
    struct content *c = NULL;
    struct content_faults f;
    enum status st;

    check(name != NULL);
    st = content_read(o, n % 3 != 0, &c, &f);
    check((st == ST_OK && c != NULL && f.n == 0) ||
          (st == ST_REFUSED && c == NULL && f.n > 0));
    for (int i = 0; i < f.n; i++)
        check(f.fault[i].code[0] != '\0' &&
              strlen(f.fault[i].pointer) < sizeof(f.fault[i].pointer) &&
              utf_valid(f.fault[i].pointer, strlen(f.fault[i].pointer)));
    if (c != NULL) {
        same_again(c, n % 3 != 0);
        said_to(c, &who);
        said_to(c, &(struct content_person){.lang = 1});
    }
    content_free(c);
    json_free(o);
    free(name);
    return 0;
}
