#!/bin/sh
# SPDX-License-Identifier: LicenseRef-Proprietary
#
# scripts/build.sh TARGET… - make, as many jobs as there are cores, one line of progress.
#
# VARIANT is taken from the environment. The compiler's words are in build/make.log and
# shown when something fails.
set -eu
cd "$(dirname "$0")/.."
LOG=build/make-${VARIANT:-release}.log
WHAT="${VARIANT:-release} build"
mkdir -p build

# All of make's commands that make an object; none: there is nothing to tell.
total=$(make -n "$@" 2>/dev/null | grep -c ' -c -o ' || true)
: >"$LOG"
begun=$(date +%s)
make -j"$(nproc)" "$@" >"$LOG" 2>&1 </dev/null &
job=$!
trap 'kill $job 2>/dev/null; wait $job; exit 130' INT TERM HUP
shown=0
while kill -0 $job 2>/dev/null; do
    sleep 0.5
    ready=$(grep -c '^  CC ' "$LOG" || true)
    if [ "$total" = 0 ]; then
        continue
    elif [ -t 1 ]; then
        printf '\r%s: %s of %s files ' "$WHAT" "$ready" "$total"
    elif [ $((ready - shown)) -ge 40 ]; then
        shown=$ready
        echo "$WHAT: $ready of $total files"
    fi
done
[ -t 1 ] && printf '\r\033[K'
wait $job || {
    grep -v '^  CC ' "$LOG" | grep -A6 -E 'error:|Error |undefined|No rule' |
        head -n 60 >&2 || true
    echo "$WHAT: failed; all of it is in $LOG" >&2
    exit 1
}
[ "$total" = 0 ] || echo "$WHAT: $total files in $(($(date +%s) - begun))s"
