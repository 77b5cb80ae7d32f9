/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The till's form: whatever is posted, each field stays within its room; and whatever
 * stands in a field, the page around it has the same tags and the same quotes. */
#include "api/till_private.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(bool fine)
{
    if (!fine)
        abort();
}

static bool ends(const char *s, size_t room)
{
    return memchr(s, '\0', room) != NULL;
}

static void fields(const struct till_form *f)
{
    check(ends(f->number, TILL_FIELD) && ends(f->pin, TILL_FIELD));
    check(ends(f->store, TILL_FIELD) && ends(f->sum, TILL_FIELD));
    check(ends(f->nonce, TILL_FIELD) && ends(f->code, TILL_CODE));
    check(f->act >= TILL_LOOK && f->act <= TILL_LEAVE);
}

static void copy(char *to, size_t room, const char *s)
{
    size_t n = strnlen(s, room - 1);

    memcpy(to, s, n);
    to[n] = '\0';
}

/* What people call themselves, their stores and their codes, on every page. */
static void page(struct till_view *v, const char *s, struct buf *out)
{
    static struct tz *tz; /* for ever */

    if (tz == NULL)
        tz = tz_open("Asia/Vladivostok");
    copy(v->name, sizeof(v->name), s);
    copy(v->store, sizeof(v->store), s);
    copy(v->code, sizeof(v->code), s);
    copy(v->stores[0].name, sizeof(v->stores[0].name), s);
    copy(v->card.customer, sizeof(v->card.customer), s);
    copy(v->card.store, sizeof(v->card.store), s);
    copy(v->card.held_by, sizeof(v->card.held_by), s);
    copy(v->receipt.customer, sizeof(v->receipt.customer), s);
    copy(v->receipt.store, sizeof(v->receipt.store), s);
    till_page_add(out, v, tz);
    check(!out->failed);
}

static int count(const struct buf *b, char c)
{
    int n = 0;

    for (size_t i = 0; i < b->len; i++)
        n += b->s[i] == c;
    return n;
}

static void looks(const char *s, struct till_view *v)
{
    static const char marks[] = "<>\"";
    struct buf hostile = {0}, plain = {0};

    page(v, s, &hostile);
    page(v, s[0] != '\0' ? "a" : "", &plain);
    for (size_t i = 0; marks[i] != '\0'; i++)
        check(count(&hostile, marks[i]) == count(&plain, marks[i]));
    buf_free(&hostile);
    buf_free(&plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct till_view v; /* large */
    static struct till_form f;

    if (!till_form_read((const char *)data, n, &f))
        return 0;
    fields(&f);
    for (int kind = VIEW_LOGIN; kind <= VIEW_RECEIPT; kind++) {
        v = (struct till_view){.kind = (enum till_view_kind)kind,
                               .word = (enum till_word)(n % WORD_COUNT),
                               .english = f.take,
                               .n_stores = 1};
        v.card.discount.id = 1;
        v.card.verdict = (enum verdict)(VERDICT_VALID + n / WORD_COUNT % 8);
        v.card.amount_mode = AMOUNT_REQUIRED;
        looks(f.code, &v);
    }
    return 0;
}
