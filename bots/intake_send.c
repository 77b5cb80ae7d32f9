/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The two ways of a batch to Redis, see intake_batch.h. */
#include "bots/intake_batch.h"

#include <string.h>

REDIS_SCRIPT(intake, "core/io/queue/intake.lua");
REDIS_SCRIPT(intake_quick, "core/io/queue/intake_quick.lua");

static void arg_piece(struct redis_cmd *c, const struct batch *b, struct piece p)
{
    if (b->text->failed)
        c->failed = true;
    else
        redis_arg(c, b->text->s + p.from, p.n);
}

static void arg_keys(struct redis_cmd *c, const struct batch *b)
{
    arg_piece(c, b, b->counters);
    arg_piece(c, b, b->bell);
    for (int i = 0; i < b->n_bits; i++)
        arg_piece(c, b, b->bits_key[i]);
    for (int i = 0; i < b->n_lists; i++)
        arg_piece(c, b, b->list_key[i]);
}

/* ---- the quick way -------------------------------------------------------------- */

/* A command of the transaction; its own answer is only "queued". A command that could
 * not be put together ends the connection, and with it the transaction, before EXEC. */
static void transaction_add(struct redis_pipe *p, struct redis_cmd *c)
{
    redis_pipe_call(p, c, REDIS_DEADLINE_MS, NULL, NULL);
    c->argc = 0;
}

static void word_add(struct redis_pipe *p, struct redis_cmd *c, const char *word)
{
    redis_arg_text(c, word);
    transaction_add(p, c);
}

static void pushes_add(const struct batch *b, struct redis_pipe *p, struct redis_cmd *c)
{
    for (int l = 0; l < b->n_lists; l++) {
        redis_arg_text(c, "RPUSH");
        arg_piece(c, b, b->list_key[l]);
        for (int i = 0; i < b->n; i++)
            if (b->entry_list[i] == l)
                arg_piece(c, b, b->entry[i]);
        transaction_add(p, c);
    }
}

/* By EVAL, not by its hash: a server that forgot the script would run the pushes
 * without it. */
static void script_add(const struct batch *b, struct redis_pipe *p, struct redis_cmd *c)
{
    redis_arg_text(c, "EVAL");
    redis_arg(c, intake_quick.source, (size_t)(intake_quick.end - intake_quick.source));
    redis_arg_int(c, 2 + b->n_bits + b->n_lists);
    arg_keys(c, b);
    redis_arg_int(c, b->n);
    redis_arg_int(c, INTAKE_LIST_MAX);
    redis_arg_int(c, INTAKE_BYTES_MAX);
    redis_arg_int(c, b->seq);
    redis_arg_int(c, b->stamp_ms);
    redis_arg_int(c, b->n_bits);
    for (int i = 0; i < b->n_bits; i++)
        redis_arg_int(c, b->bits_n[i]);
    redis_arg_int(c, b->n_lists);
    for (int l = 0; l < b->n_lists; l++) {
        redis_arg_int(c, b->list_n[l]);
        redis_arg_text(c, b->look[l] ? "1" : "0");
    }
    for (int i = 0; i < b->n; i++)
        arg_piece(c, b, b->bit[i]);
    transaction_add(p, c);
}

void batch_send_quick(const struct batch *b, struct redis_pipe *p, redis_done *done,
                      void *arg)
{
    struct redis_cmd c = {0};

    word_add(p, &c, "MULTI");
    pushes_add(b, p, &c);
    script_add(b, p, &c);
    redis_arg_text(&c, "EXEC");
    redis_pipe_call(p, &c, REDIS_DEADLINE_MS, done, arg);
    redis_cmd_free(&c);
}

/* ---- the sure way --------------------------------------------------------------- */

void batch_send_sure(const struct batch *b, struct redis_pipe *p, redis_done *done,
                     void *arg)
{
    struct redis_cmd c = {0};

    arg_keys(&c, b);
    redis_arg_int(&c, b->n);
    redis_arg_int(&c, INTAKE_LIST_MAX);
    redis_arg_int(&c, INTAKE_BYTES_MAX);
    redis_arg_int(&c, b->seq);
    redis_arg_int(&c, b->stamp_ms);
    redis_arg_int(&c, b->n_bits);
    for (int i = 0; i < b->n_bits; i++) {
        redis_arg_int(&c, 3 + i); /* its index in KEYS */
        redis_arg_int(&c, b->bits_n[i]);
    }
    for (int i = 0; i < b->n; i++) {
        arg_piece(&c, b, b->bit[i]);
        redis_arg_int(&c, 3 + b->n_bits + b->entry_list[i]);
        arg_piece(&c, b, b->entry[i]);
    }
    redis_pipe_eval(p, &intake, 2 + b->n_bits + b->n_lists, &c, REDIS_DEADLINE_MS, done,
                    arg);
    redis_cmd_free(&c);
}

/* ---- answers -------------------------------------------------------------------- */

/* Digits up to `end`, or to the text's end for NUL; -1: none, or too many. */
static int64_t digits_read(const char **s, const char *text_end, char end)
{
    int64_t v = 0;
    int n = 0;

    for (; *s < text_end && **s >= '0' && **s <= '9' && n < 18; (*s)++, n++)
        v = v * 10 + (**s - '0');
    if (n == 0 || (*s < text_end ? **s != end : end != '\0'))
        return -1;
    *s += *s < text_end;
    return v;
}

/* "<letters>:<seq>:<ms>" */
static enum status tail_read(const char *s, size_t n, struct guess *g, size_t *letters)
{
    const char *colon = s ? memchr(s, ':', n) : NULL, *p;
    int64_t seq, ms;

    if (!colon)
        return ST_BROKEN;
    p = colon + 1;
    seq = digits_read(&p, s + n, ':');
    ms = seq < 0 ? -1 : digits_read(&p, s + n, '\0');
    if (ms < 0)
        return ST_BROKEN;
    g->seq = seq;
    g->ahead_ms = ms - g->mono_ms;
    *letters = (size_t)(colon - s);
    return ST_OK;
}

enum status batch_sure_answer(const struct redis_reply *r, struct guess *g,
                              const char **letters, size_t *n)
{
    *letters = redis_text(r, n);
    return tail_read(*letters, *n, g, n);
}

enum status batch_quick_answer(const struct batch *b, const struct redis_reply *r,
                               struct guess *g)
{
    size_t n = 0, letters;
    const char *s;

    if (redis_count(r) != (size_t)b->n_lists + 1)
        return ST_BROKEN;
    s = redis_text(redis_item(r, (size_t)b->n_lists), &n);
    if (tail_read(s, n, g, &letters) != ST_OK || letters != 1)
        return ST_BROKEN;
    for (int l = 0; l < b->n_lists; l++) {
        int64_t *bytes = &g->bytes[b->list[l]];

        g->length[b->list[l]] = redis_int(redis_item(r, (size_t)l));
        *bytes = b->look[l] ? 0 : *bytes + b->list_bytes[l];
    }
    return s[0] == 'k' ? ST_OK : s[0] == 'u' ? ST_NONE : ST_BROKEN;
}
