/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/app.h - a Mini App is opened: what Telegram's app puts behind the '#' of
 * its address, signed with the bot's token.
 *
 *   inline button, menu button   initData with query_id, user, auth_date, signature, hash
 *   reply keyboard's button      no initData at all: such a page can only sendData
 *
 * Read from Telegram's own description, not from core/io/init_data.c: the two check one
 * another. */
#ifndef TESTS_BOTAPI_APP_H
#define TESTS_BOTAPI_APP_H

#include "tests/botapi/act.h"
#include "tests/botapi/jv.h"

struct app_ask {
    const char *text;   /* of the button; NULL: of any */
    int64_t message_id; /* 0: the newest message that has one */
    bool menu;          /* the button beside the input field instead */
    int64_t age_s;      /* opened so long ago */
};

/* {"url":…,"init_data":…}: url is the address without what stands behind '#'. ST_NONE:
 * there is no such button. */
must_check enum status app_open(struct act *a, const struct app_ask *ask,
                                struct buf *out);

/* May a web_app button have this address? https, or plain http of this machine. */
bool app_address_fine(struct jv url);

#endif
