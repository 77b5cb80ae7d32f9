/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * What people see, and the buttons they press in it. */
#include "tests/harness/stage_chat.h"

#include <stdio.h>
#include <string.h>

/* ---- what a person sees --------------------------------------------------------- */

void told_like(const struct person *p, const char *words)
{
    cast->settle(p, words);
    if (!chat_holds(p, words))
        chat_fail(p, "was not told", words);
}

void not_told(const struct person *p, const char *words)
{
    cast->settle(p, NULL);
    if (chat_holds(p, words))
        chat_fail(p, "was told", words);
}

static int count_new(const struct person *p)
{
    const struct shown *m = NULL;
    int n = 0;

    while ((m = chat_newest(p, m)) != NULL)
        n += chat_is_now(m) && m->new;
    return n;
}

void told_times(const struct person *p, int n)
{
    char wanted[40];

    cast->settle(p, NULL);
    snprintf(wanted, sizeof(wanted), "%d messages, not %d", n, count_new(p));
    if (count_new(p) != n)
        chat_fail(p, "should have got", wanted);
}

void told_nothing(const struct person *p)
{
    cast->settle(p, NULL);
    if (chat_holds(p, ""))
        chat_fail(p, "was told something", "");
}

static const struct button *button_of(const struct shown *m, const char *label)
{
    int i;

    for (i = 0; i < m->buttons; i++)
        if (strstr(m->button[i].label, label) != NULL)
            return &m->button[i];
    return NULL;
}

static const struct shown *with_button(const struct person *p, const char *label)
{
    const struct shown *m = NULL;

    while ((m = chat_newest(p, m)) != NULL && button_of(m, label) == NULL)
        ;
    return m;
}

bool sees_button(const struct person *p, const char *label)
{
    cast->settle(p, NULL);
    return with_button(p, label) != NULL;
}

bool sees_key(const struct person *p, const char *label)
{
    const struct shown *m = NULL;

    cast->settle(p, NULL);
    while ((m = chat_newest(p, m)) != NULL)
        if (m->keys != NULL)
            return m->keys[0] != '\0' && strstr(m->keys, label) != NULL;
    return false;
}

const char *last_code(const struct person *p)
{
    const struct shown *m = NULL;

    cast->settle(p, NULL);
    while ((m = chat_newest(p, m)) != NULL)
        for (int k = 0; k < m->buttons; k++)
            if (m->button[k].copy[0] != '\0')
                return m->button[k].copy;
    chat_fail(p, "has no code", "");
    return "";
}

const char *last_link(const struct person *p)
{
    const struct shown *m = NULL;

    cast->settle(p, NULL);
    while ((m = chat_newest(p, m)) != NULL)
        if (m->qr != NULL)
            return m->qr;
    chat_fail(p, "has no picture", "");
    return "";
}

/* ---- buttons -------------------------------------------------------------------- */

static void press(const struct person *p, const char *label, int times)
{
    const struct shown *m;
    char data[80];
    int i;

    cast->settle(p, NULL);
    m = with_button(p, label);
    if (m == NULL)
        chat_fail(p, "sees no button", label);
    snprintf(data, sizeof(data), "%s", button_of(m, label)->data);
    chat_act(p, label);
    for (i = 0; i < times; i++)
        cast->press(p, data, m->message, m->photo);
}

void presses(const struct person *p, const char *label)
{
    press(p, label, 1);
}

void presses_twice(const struct person *p, const char *label)
{
    press(p, label, 2);
}

void forges(const struct person *p, const char *data)
{
    cast->settle(p, NULL);
    chat_act(p, data);
    cast->press(p, data, 0, false);
}

void forges_under(const struct person *p, const char *words, const char *data)
{
    const struct shown *m = NULL;

    cast->settle(p, NULL);
    while ((m = chat_newest(p, m)) != NULL && strstr(m->text, words) == NULL)
        ;
    if (m == NULL)
        chat_fail(p, "has no message", words);
    chat_act(p, data);
    cast->press(p, data, m->message, m->photo);
}
