/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/entry.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

void entry_tell(struct redis *r, const char *verb, const char *key, const char *word,
                const struct redis_reply *entry)
{
    struct redis_reply *reply = NULL;
    struct redis_cmd c = {0};
    size_t n;
    const char *text = redis_text(entry, &n);

    redis_arg_text(&c, verb);
    redis_arg_text(&c, key);
    if (word != NULL)
        redis_arg_text(&c, word);
    redis_arg(&c, text, n);
    assert_int_equal(redis_call(r, &c, REDIS_DEADLINE_MS, &reply), ST_OK);
    redis_free(reply);
    redis_cmd_free(&c);
}

struct queue_head entry_head(const struct redis_reply *entry)
{
    struct queue_head h;
    size_t n;
    const char *text = redis_text(entry, &n);

    assert_int_equal(queue_head_read(text, n, &h), ST_OK);
    return h;
}
