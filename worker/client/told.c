/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The buttons below what an automation said: the way out, and doors to our screens. What
 * was said stays in the chat. Their argument, the automation, is of no use to the person:
 * who leaves is seen by their run. */
#include "worker/client/client.h"

enum status told_off(struct talk *t, const char *arg)
{
    return messages_off(t, arg);
}

enum status told_wallet(struct talk *t, const char *arg)
{
    (void)arg;
    talk_leave(t);
    return wallet_active(t, "");
}

enum status told_stores(struct talk *t, const char *arg)
{
    (void)arg;
    talk_leave(t);
    return stores_open(t, "");
}

enum status told_profile(struct talk *t, const char *arg)
{
    (void)arg;
    talk_leave(t);
    return profile_open(t, "");
}

enum status told_menu(struct talk *t, const char *arg)
{
    (void)arg;
    return client_menu_new(t, "");
}
