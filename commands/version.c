/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "commands/commands.h"

#include "core/base/version.h"

#include <stdio.h>

int version_main(int argc, char **argv)
{
    if (argc > 1) {
        fprintf(stderr, "%s takes no arguments\n", argv[0]);
        return 2;
    }
    puts("dvorik " DVORIK_VERSION);
    return 0;
}
