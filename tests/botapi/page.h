/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/botapi/page.h - the chat page, carried inside the program. */
#ifndef TESTS_BOTAPI_PAGE_H
#define TESTS_BOTAPI_PAGE_H

#include "tests/botapi/serve.h"

/* false: there is no such file. */
bool page_serve(struct req *r, const char *path);

#endif
