/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/unit/config_env.h - settings tried through the environment: set, then loaded or
 * refused. For the tests of config.c and config_value.c. */
#ifndef TESTS_UNIT_CONFIG_ENV_H
#define TESTS_UNIT_CONFIG_ENV_H

#include "core/base/config.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Each test begins in an empty environment. */
static inline int empty(void **state)
{
    (void)state;
    return clearenv();
}

static inline void loads(struct config *cfg, unsigned need)
{
    const char *why;

    if (config_load(cfg, need, &why) != ST_OK)
        fail_msg("%s", why);
}

/* Loading is refused with a line that begins so. */
static inline void refuses(unsigned need, const char *beginning)
{
    struct config cfg;
    const char *why;

    if (config_load(&cfg, need, &why) != ST_BAD)
        fail_msg("loaded, though: %s", beginning);
    if (strncmp(why, beginning, strlen(beginning)) != 0)
        fail_msg("%s", why);
    assert_null(strchr(why, '\n'));
}

static inline void set(const char *name, const char *value)
{
    setenv(name, value, 1);
}

#endif
