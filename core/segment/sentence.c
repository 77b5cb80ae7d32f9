/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/segment/sentence.h"

#include "core/base/money.h"
#include "core/segment/sentence_private.h"

#include <inttypes.h>
#include <string.h>

/* ---- leaves without a field ------------------------------------------------------- */

static void tag_list(struct buf *out, const struct speech *t,
                     const struct rule_value *v, int n, struct words last)
{
    for (int i = 0; i < n; i++) {
        comma_add(out, t, i, n, last);
        quoted_add(out, t, v[i].text, v[i].len);
    }
}

static void tags_clause(struct buf *out, const struct speech *t, const struct node *n)
{
    const struct rule_value *v = n->values;
    const struct words or = {" или ", " or "}, and = {" и ", " and "};

    if (n->any_n > 0) {
        say(out, t, "у кого есть метка ", "who have the tag ");
        tag_list(out, t, v, n->any_n, or);
    }
    if (n->all_n > 0) {
        if (n->any_n > 0)
            say_words(out, t, and);
        say(out, t, n->all_n > 1 ? "у кого есть все метки " : "у кого есть метка ",
            n->all_n > 1 ? "who have all the tags " : "who have the tag ");
        tag_list(out, t, v + n->any_n, n->all_n, and);
    }
    if (n->none_n > 0) {
        if (n->any_n + n->all_n > 0)
            say_words(out, t, and);
        say(out, t,
            n->none_n > 1 ? "у кого нет ни одной из меток " : "у кого нет метки ",
            n->none_n > 1 ? "who have none of the tags " : "who do not have the tag ");
        tag_list(out, t, v + n->any_n + n->all_n, n->none_n, and);
    }
}

static void segment_clause(struct buf *out, const struct speech *t,
                           const struct node *n)
{
    say(out, t, "кто входит в сегмент ", "who are in the segment ");
    for (int i = 0; t->names != NULL && i < t->names->n; i++) {
        const struct rule_name *name = &t->names->name[i];

        if (!name->store && name->id == n->values->n) {
            quoted_add(out, t, name->name, strlen(name->name));
            return;
        }
    }
    say(out, t, "№ ", "no. ");
    buf_addf(out, "%" PRId64, n->values->n);
}

static void received_clause(struct buf *out, const struct speech *t,
                            const struct node *n)
{
    /* By the numbers of message_purposes. */
    static const struct words what[] = {
        {"", ""},
        {"служебные сообщения", "service messages"},
        {"рекламу", "advertising"},
        {"уведомления о скидках", "receipts"},
    };
    bool did = n->kind == NODE_RECEIVED;

    say(out, t, did ? "кому мы отправляли " : "кому мы не отправляли ",
        did ? "who were sent " : "who were not sent ");
    say_words(out, t, what[n->values->n]);
    if (n->window.by_last) {
        buf_addc(out, ' ');
        last_add(out, t, &n->window.last, "за ");
    }
}

static void sample_clause(struct buf *out, const struct speech *t, const struct node *n)
{
    say(out, t, "кто попал в случайные ", "who fell into a random ");
    percent_add(out, n->values[0].n, t->lang);
    say(out, t, " (выборка ", " (sample ");
    quoted_add(out, t, n->values[1].text, n->values[1].len);
    buf_addc(out, ')');
}

static void ids_clause(struct buf *out, const struct speech *t, const struct node *n)
{
    say(out, t, "кто есть в списке из ", "who are on a list of ");
    buf_addf(out, "%d", n->values_n);
    say(out, t,
        n->values_n % 10 == 1 && n->values_n % 100 != 11 ? " номера" : " номеров",
        n->values_n == 1 ? " number" : " numbers");
}

/* ---- groups ----------------------------------------------------------------------- */

static void clause(struct buf *out, const struct speech *t, const struct node *n,
                   bool alone);

static int children(const struct node *n)
{
    int count = 0;

    for (const struct node *c = n->first; c != NULL; c = c->next)
        count++;
    return count;
}

static void joined(struct buf *out, const struct speech *t, const struct node *n,
                   struct words by)
{
    int i = 0, count = children(n);

    for (const struct node *c = n->first; c != NULL; c = c->next) {
        comma_add(out, t, i++, count, by);
        clause(out, t, c, count == 1);
    }
}

static void except(struct buf *out, const struct speech *t, const struct node *n)
{
    say(out, t, "кроме тех, ", "except those ");
    joined(out, t, n, (struct words){" или ", " or "});
}

/* What is asked for, and then who is left out of it. */
static void all_clause(struct buf *out, const struct speech *t, const struct node *n)
{
    bool alone = children(n) == 1;
    int said = 0, count = 0;

    for (const struct node *c = n->first; c != NULL; c = c->next)
        count += c->kind != NODE_NONE;
    for (const struct node *c = n->first; c != NULL; c = c->next) {
        if (c->kind == NODE_NONE)
            continue;
        comma_add(out, t, said++, count, (struct words){" и ", " and "});
        clause(out, t, c, alone);
    }
    if (said == 0)
        say(out, t, "кто есть в базе", "we know");
    for (const struct node *c = n->first; c != NULL; c = c->next)
        if (c->kind == NODE_NONE) {
            buf_adds(out, ", ");
            except(out, t, c);
        }
}

/* Groups within one that is said alone need no brackets: one after the other. */
static bool one_of_groups(const struct node *n, bool alone)
{
    bool groups = false;

    for (const struct node *c = n->first; c != NULL; c = c->next)
        groups =
            groups || (node_is_group(c) && (children(c) > 1 || c->kind == NODE_NONE));
    return groups && alone && n->kind == NODE_ANY && children(n) > 1;
}

static void one_of(struct buf *out, const struct speech *t, const struct node *n)
{
    say(out, t, "для кого верно хотя бы одно: ", "for whom one of these is true: ");
    for (const struct node *c = n->first; c != NULL; c = c->next) {
        buf_adds(out, c != n->first ? "; " : "");
        clause(out, t, c, c->kind != NODE_ANY);
    }
}

static void group_clause(struct buf *out, const struct speech *t, const struct node *n,
                         bool alone)
{
    bool apart = !alone && (children(n) > 1 || n->kind == NODE_NONE);

    buf_adds(out, apart ? "(" : "");
    if (one_of_groups(n, alone))
        one_of(out, t, n);
    else if (n->kind == NODE_ALL)
        all_clause(out, t, n);
    else if (n->kind == NODE_ANY)
        joined(out, t, n, (struct words){" или ", " or "});
    else {
        say(out, t, "кто есть в базе, ", "we know, ");
        except(out, t, n);
    }
    buf_adds(out, apart ? ")" : "");
}

static void clause(struct buf *out, const struct speech *t, const struct node *n,
                   bool alone)
{
    static void (*const leaves[NODE_KINDS])(struct buf *, const struct speech *,
                                            const struct node *) = {
        [NODE_FIELD] = field_clause,
        [NODE_TAGS] = tags_clause,
        [NODE_AGG] = rows_clause,
        [NODE_HAS] = rows_clause,
        [NODE_SEGMENT] = segment_clause,
        [NODE_RECEIVED] = received_clause,
        [NODE_NOT_RECEIVED] = received_clause,
        [NODE_SAMPLE] = sample_clause,
        [NODE_IDS] = ids_clause,
    };

    if (node_is_group(n))
        group_clause(out, t, n, alone);
    else
        leaves[n->kind](out, t, n);
}

void sentence_node_add(struct buf *out, const struct node *n, const struct speech *t)
{
    clause(out, t, n, true);
}

void sentence_add(struct buf *out, const struct rule *r, const struct speech *t)
{
    if (r->root->kind == NODE_ALL && r->root->first == NULL) {
        say(out, t, "Все, кто есть в базе.", "Everybody we know.");
        return;
    }
    say(out, t, "Те, ", "Customers ");
    clause(out, t, r->root, true);
    buf_addc(out, '.');
}
