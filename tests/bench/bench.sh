#!/bin/sh
# SPDX-License-Identifier: LicenseRef-Proprietary
#
# make bench [webhook|tap|bulk|redeem|scan|memory …] - the numbers README quotes, one line each:
# "name value unit". Each part names its baseline and configuration, and measures both in
# the same run. The machine should be idle; the load average is printed.
set -eu
cd "$(dirname "$0")/../.."
sh scripts/setup.sh test
make -j"$(nproc)" VARIANT=release all build/release/tests/bench/bench_road \
    build/release/tests/bench/bench_redeem build/release/tests/bench/bench_scan

echo "# $(uname -sr), $(nproc) cores, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)"
echo "# load $(cut -d' ' -f1-3 /proc/loadavg)"
[ $# -gt 0 ] || set -- webhook tap bulk redeem scan memory
for part in "$@"; do
    case $part in
    webhook) bash tests/bench/bench_webhook.sh ;;
    tap) build/release/tests/bench/bench_road tap ;;
    bulk) build/release/tests/bench/bench_road bulk ;;
    memory) build/release/tests/bench/bench_road memory ;;
    redeem) build/release/tests/bench/bench_redeem ;;
    scan) build/release/tests/bench/bench_scan ;;
    *) echo "bench: there is no $part" >&2 && exit 2 ;;
    esac
done
