/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Where a letter of a chain is: ready, ended, or free for another one. */
#include "worker/send_broadcast.h"

void letter_ready(struct bulk *b, struct letter *l)
{
    l->next = NULL;
    *b->ready_end = l;
    b->ready_end = &l->next;
    b->n_ready++;
}

struct letter *letter_take(struct bulk *b, struct letter **at)
{
    struct letter *l = *at;

    *at = l->next;
    if (*at == NULL)
        b->ready_end = at;
    b->n_ready--;
    return l;
}

void letter_put_back(struct bulk *b, struct letter *l)
{
    l->next = b->free;
    b->free = l;
}

void letter_end(struct bulk *b, struct letter *l, struct recipient_fate fate)
{
    if (b->n_fates == 0)
        b->fate_ms = loop_mono_ms(b->unit->send->loop);
    b->fate[b->n_fates++] = fate;
    letter_put_back(b, l);
}

/* Those whose request has not left are as if they had never been taken. */
void letters_return(struct bulk *b, int64_t due)
{
    while (b->ready != NULL) {
        struct letter *l = letter_take(b, &b->ready);

        letter_end(b, l, letter_back(l, due));
    }
}
