#!/bin/sh
# SPDX-License-Identifier: LicenseRef-Proprietary
#
# Every tests/fuzz/fuzz_*.c under libFuzzer with AddressSanitizer and UBSan, a minute each:
#
#   sh tests/fuzz/fuzz.sh               all of them
#   sh tests/fuzz/fuzz.sh json code     these
#   FUZZ_SECONDS=600 sh tests/fuzz/fuzz.sh
#
# tests/unit/test_fuzz.c is the short run of `./test`: the same targets under gcc, fed
# with their corpora cut at every byte and with what chance makes of them.
#
# tests/fuzz/corpus/<name>/ is where each begins. What it finds on its way is kept under
# build/fuzz/found/<name>/; an input that breaks something is left in
# build/fuzz/broken/<name>-*, and the last line says so.
set -eu
cd "$(dirname "$0")/../.."

seconds=${FUZZ_SECONDS:-60}
clang=$(command -v clang || command -v clang-14 || true)
if [ -z "$clang" ]; then
    echo 'clang is not installed: nothing was fuzzed (apt-get install clang)'
    exit 0
fi
if [ $# -eq 0 ]; then
    for file in tests/fuzz/fuzz_*.c; do
        file=${file#tests/fuzz/fuzz_}
        set -- "$@" "${file%.c}"
    done
fi

mkdir -p build/fuzz/found build/fuzz/broken
for name in "$@"; do
    make -s VARIANT=fuzz CC="$clang" "build/fuzz/tests/fuzz/fuzz_$name"
done

passed=0 failed=0
for name in "$@"; do
    mkdir -p "build/fuzz/found/$name" "tests/fuzz/corpus/$name"
    printf '%-12s %s s … ' "$name" "$seconds"
    case $name in
    picture) longest=65536 ;; # a picture worth the name
    *) longest=4096 ;;
    esac
    if "build/fuzz/tests/fuzz/fuzz_$name" -max_total_time="$seconds" \
        -max_len=$longest -timeout=20 -rss_limit_mb=1024 -print_final_stats=1 \
        -artifact_prefix="build/fuzz/broken/$name-" \
        "build/fuzz/found/$name" "tests/fuzz/corpus/$name" \
        >"build/fuzz/$name.log" 2>&1; then
        passed=$((passed + 1))
        sed -n 's/^stat::number_of_executed_units: */fine, runs: /p' "build/fuzz/$name.log"
    else
        failed=$((failed + 1))
        echo 'BROKEN'
        tail -n 30 "build/fuzz/$name.log"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
