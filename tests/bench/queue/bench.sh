#!/bin/sh
# SPDX-License-Identifier: LicenseRef-Proprietary
#
# make bench-queue [MINUTES=25] - our queue beside BullMQ and Celery; MINUTES=3 for a
# quick look, ROWS="b1 b3" for some rows, PIN=0 without binding programs to cores.
#
# Installs what is missing (Debian's node and Celery; BullMQ by npm into
# build/bench-queue, as the lockfile says), builds, and runs everything on servers of its
# own. The machine should be idle: the run says so when it is not.
set -eu
cd "$(dirname "$0")/../../.."
LOAD_BEFORE=$(cut -d' ' -f1 /proc/loadavg)
sh scripts/setup.sh build test bench
make -j"$(nproc)" VARIANT=release build/release/tests/bench/queue/bench_queue

HERE=tests/bench/queue
B=build/bench-queue
mkdir -p $B/bullmq
if ! cmp -s $HERE/bullmq/package-lock.json $B/bullmq/installed; then
    cp $HERE/bullmq/package.json $HERE/bullmq/package-lock.json $B/bullmq/
    (cd $B/bullmq && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    cp $HERE/bullmq/package-lock.json $B/bullmq/installed
fi
sh $HERE/celery/newer.sh $B/celery || echo '# no newer Celery to be had here'
export LOAD_BEFORE PYTHONDONTWRITEBYTECODE=1 MINUTES="${MINUTES:-25}" PIN="${PIN:-1}"
# shellcheck disable=SC2086
exec /usr/bin/python3 $HERE/run.py ${ROWS:-}
