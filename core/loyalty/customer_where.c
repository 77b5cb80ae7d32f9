/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The conditions of customer_search, all of them, on `customer c`. What is in other
 * tables is probed for one customer at a time: (SELECT 1 … LIMIT 1) and not EXISTS, which
 * a server may turn round and begin with all of that table. */
#include "core/loyalty/customer_search_private.h"

static const char *const state_sql[CUSTOMER_STATES] = {
    [STATE_ACTIVE] = "c.status = 1 AND c.barred_at IS NULL",
    [STATE_UNREACHABLE] = "c.status = 2 AND c.barred_at IS NULL",
    [STATE_BLOCKED] = "c.status <> 3 AND c.barred_at IS NOT NULL",
    [STATE_ERASED] = "c.status = 3",
};

bool asked_probes(const struct customer_filter *f)
{
    return f->q != NULL || f->tags_n > 0 || f->tags_none_n > 0 || f->by_discount ||
           f->segment_id != 0;
}

static void states(struct page_query *q, unsigned asked)
{
    struct buf any = {0};

    if (asked == 0) {
        page_and_plain(q, "c.status <> 3");
        return;
    }
    for (int s = 0; s < CUSTOMER_STATES; s++)
        if (asked & 1U << s)
            buf_addf(&any, "%s(%s)", any.len > 0 ? " OR " : "", state_sql[s]);
    if (any.failed || any.len == 0)
        q->failed = true;
    else
        page_and_plain(q, any.s);
    buf_free(&any);
}

static void looked_for(struct page_query *q, const struct asked *a)
{
    if (a->code[0] != '\0')
        page_and(q, "c.id = (SELECT customer_id FROM discount WHERE code = ?)",
                 DB_TEXT(a->code));
    if (a->tail[0] == '\0' && a->number != 0)
        page_and(q, "c.id = ?", DB_INT(a->number));
    if (a->tail[0] != '\0') {
        page_and(q,
                 a->phone[0] == '\0' ? "c.phone_tail = ? OR c.id = ?"
                                     : "(c.phone_tail = ? AND c.phone LIKE ?)"
                                       " OR c.id = ?",
                 DB_TEXT(a->tail));
        if (a->phone[0] != '\0')
            page_arg(q, DB_TEXT(a->phone));
        page_arg(q, DB_INT(a->number));
    }
    for (int i = 0; i < a->words; i++)
        page_and(q,
                 "(SELECT 1 FROM customer_word w WHERE w.customer_id = c.id"
                 " AND w.word LIKE ? LIMIT 1) IS NOT NULL",
                 DB_TEXT(a->word[i]));
}

/* The ids in their places, "IN (?, ?)" between the texts. */
static void ids_in(struct page_query *q, const char *text, const int64_t *ids, size_t n,
                   const char *end)
{
    struct buf sql = {0};

    buf_adds(&sql, text);
    for (size_t i = 0; i < n; i++) {
        buf_adds(&sql, i > 0 ? ", ?" : " IN (?");
        page_arg(q, DB_INT(ids[i]));
    }
    buf_addc(&sql, ')');
    buf_adds(&sql, end);
    if (sql.failed)
        q->failed = true;
    else
        page_and_plain(q, sql.s);
    buf_free(&sql);
}

#define TAGGED "(SELECT 1 FROM customer_tag x WHERE x.customer_id = c.id AND x.tag_id"

static void tags(struct page_query *q, const struct asked *a)
{
    if (a->tags_n > 0)
        ids_in(q, TAGGED, a->tags, a->tags_n, " LIMIT 1) IS NOT NULL");
    if (a->tags_none_n > 0)
        ids_in(q, TAGGED, a->tags_none, a->tags_none_n, " LIMIT 1) IS NULL");
    if (a->stores_n > 0)
        page_and_in(q, "c.home_store_id", a->stores, a->stores_n);
    if (a->stores_many)
        page_and(q,
                 "(SELECT 1 FROM staff_store b WHERE b.staff_id = ?"
                 " AND b.store_id = c.home_store_id LIMIT 1) IS NOT NULL",
                 DB_INT(a->f->staff_id));
}

static void birthday(struct page_query *q, const struct customer_filter *f)
{
    if (f->birthday_from == 0 && f->birthday_to == 0)
        return;
    if (f->birthday_from != 0 && f->birthday_to != 0 &&
        f->birthday_from > f->birthday_to)
        page_and(q, "c.birth_md >= ? OR c.birth_md <= ?", DB_INT(f->birthday_from));
    else
        page_and(q, "c.birth_md >= ? AND c.birth_md <= ?", DB_INT(f->birthday_from));
    page_arg(q, DB_INT(f->birthday_to != 0 ? f->birthday_to : 1231));
}

static void times(struct page_query *q, const struct customer_filter *f)
{
    if (f->created_after != 0)
        page_and(q, "c.created_at >= ?", DB_TIME(f->created_after));
    if (f->created_before != 0)
        page_and(q, "c.created_at < ?", DB_TIME(f->created_before));
    if (f->bought_after != 0)
        page_and(q, "c.last_purchase_at >= ?", DB_TIME(f->bought_after));
    if (f->bought_before != 0) /* who never did is none of those */
        page_and(q, "c.last_purchase_at > '1970-01-01' AND c.last_purchase_at < ?",
                 DB_TIME(f->bought_before));
}

#define GOOD_DISCOUNT                                                                  \
    "(SELECT " DB_AFRESH                                                               \
    "1 FROM discount d WHERE d.customer_id = c.id AND d.status = 1"                    \
    " AND d.valid_until > ? LIMIT 1)"

static void segment(struct page_query *q, const struct compiled *c)
{
    if (c == NULL)
        return;
    if (c->sql.s == NULL || c->from.len > 0)
        q->failed = true;
    else
        page_and_plain(q, c->sql.s);
    for (size_t i = 0; i < c->n; i++)
        page_arg(q, c->args[i]);
}

void where_add(struct page_query *q, const struct asked *a)
{
    const struct customer_filter *f = a->f;

    if (a->nobody)
        page_and_plain(q, "1 = 0");
    states(q, f->states);
    looked_for(q, a);
    if (f->by_subscribed)
        page_and(q, "c.subscribed = ?", DB_INT(f->subscribed));
    if (f->by_marketing)
        page_and(q, "c.marketing_ok = ?", DB_INT(f->marketing));
    if (f->source != NULL)
        page_and(q, "c.source = ?", DB_TEXT(f->source));
    tags(q, a);
    birthday(q, f);
    times(q, f);
    if (f->by_total)
        page_and(q, "c.spent_total >= ?", DB_INT(f->total_min));
    if (f->upto_id != 0)
        page_and(q, "c.id <= ?", DB_INT(f->upto_id));
    if (f->by_discount)
        page_and(q,
                 f->discount ? GOOD_DISCOUNT " IS NOT NULL" : GOOD_DISCOUNT " IS NULL",
                 DB_TIME(f->now));
    segment(q, a->fits);
}
