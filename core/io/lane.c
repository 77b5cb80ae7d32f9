/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/io/lane.h"

#include <string.h>

#define MIB (INT64_C(1) << 20)

/* The shares are written out in the pattern of queue/turn.lua. */
static const struct lane_policy lanes[] = {
    [LANE_HOT] = {"hot", 0, 15, 8, 20000, 32 * MIB},
    [LANE_NORMAL] = {"normal", 16, 16, 4, 50000, 32 * MIB},
    [LANE_LOW] = {"low", 17, 17, 2, 50000, 32 * MIB},
    [LANE_BULK] = {"bulk", 18, 33, 2, 10000, 8 * MIB},
};

#define LANES ((int)(sizeof lanes / sizeof *lanes))

const struct lane_policy *lane_policy(enum kind_lane lane)
{
    return &lanes[lane >= LANE_HOT && (int)lane < LANES ? lane : LANE_LOW];
}

enum kind_lane lane_of_list(int list)
{
    for (int l = LANE_HOT; l < LANES; l++)
        if (list >= lanes[l].first && list <= lanes[l].last)
            return (enum kind_lane)l;
    return LANE_LOW;
}

enum kind_lane lane_find(const char *name)
{
    for (int l = LANE_HOT; l < LANES; l++)
        if (strcmp(lanes[l].name, name) == 0)
            return (enum kind_lane)l;
    return 0;
}

enum lane_level lane_level(int64_t used_bytes, int64_t max_bytes)
{
    if (max_bytes <= 0 || used_bytes < max_bytes / 4 * 3)
        return LANE_ALL;
    return used_bytes < max_bytes / 10 * 9 ? LANE_NO_BULK : LANE_ONLY_HOT;
}
