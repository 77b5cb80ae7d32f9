#!/bin/bash
# SPDX-License-Identifier: LicenseRef-Proprietary
#
# scripts/health.sh PORT [PATH] - succeeds when this machine answers 200 there. For health
# checks in images that have no curl.
exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' "${2:-/health}" >&3
read -r -t 5 _ status _ <&3
[ "$status" = 200 ]
