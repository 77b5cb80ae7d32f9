/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Whatever is read can be walked, printed, copied, and read again as the same. */
#include "core/base/json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(bool fine)
{
    if (!fine)
        abort();
}

static void walk(const struct json *v)
{
    int64_t number = 0;
    size_t n = 0;
    const char *text = json_text(v, "", &n);

    check(text == NULL || text[n] == '\0');
    check(json_int(v, "", &number) || number == 0);
    for (size_t i = 0; i < json_count(v); i++)
        walk(json_at(v, i));
    (void)json_get(v, "message.from.id");
    (void)json_int_or(v, "update_id", 0);
    (void)json_bool_or(v, "a", true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct json *v = json_parse((const char *)data, n), *again, *copy;
    char *text;

    if (v == NULL)
        return 0;
    walk(v);
    check(json_print(v) != NULL);
    text = strdup(json_print(v));
    again = json_parse(text, strlen(text));
    check(again != NULL && strcmp(json_print(again), text) == 0);
    copy = json_copy(v);
    check(copy != NULL && strcmp(json_print(copy), text) == 0);
    json_free(copy);
    json_free(again);
    json_free(v);
    free(text);
    return 0;
}
