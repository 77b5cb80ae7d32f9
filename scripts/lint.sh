#!/bin/sh
# SPDX-License-Identifier: LicenseRef-Proprietary
#
# scripts/lint.sh - what the compiler does not check. One line a finding; none: exit 0.
set -u
cd "$(dirname "$0")/.." || exit 1
export LC_ALL=C
W=$(mktemp -d) || exit 1
trap 'rm -rf "$W"' EXIT
trap 'exit 130' INT TERM HUP
F=$W/findings
: >"$F"

for tool in clang-format shellcheck node npm; do
    command -v $tool >/dev/null 2>&1 ||
        { echo "lint: $tool is missing: scripts/setup.sh lint"; exit 2; }
done

# ---- which files ----------------------------------------------------------------------
{ git ls-files -co --exclude-standard 2>/dev/null ||
    find . -type f -not -path './.git/*' -not -path './build/*' -not -path './var/*' \
        -not -path './bin/*' -not -path '*/node_modules/*' | sed 's#^\./##'; } |
    while IFS= read -r f; do [ -f "$f" ] && printf '%s\n' "$f"; done |
    grep -vE '\.(png|jpe?g|ico|woff2?)$' | sort >"$W/all"
grep -E '\.[ch]$' "$W/all" >"$W/c"
grep -vE '^tests/' "$W/c" >"$W/product"
grep -E '^tests/' "$W/c" >"$W/tests"
grep -E '(\.sh|^run|^test|^\.ci/run)$' "$W/all" >"$W/sh"
grep -vE '^tests/(data|fuzz/corpus)/|^LICENSE' "$W/all" >"$W/text"

# over LIST COMMAND… - runs it on the files of a list; an empty list is no file.
over() {
    list=$1
    shift
    [ ! -s "$W/$list" ] || tr '\n' '\0' <"$W/$list" | xargs -0 "$@"
}
# find_words LIST REGEX MESSAGE - a finding for each line that has it.
find_words() {
    over "$1" grep -nHE "$2" | sed "s/^\([^:]*:[0-9]*\):.*/\1: $3/" >>"$F"
}

# ---- form -----------------------------------------------------------------------------
over c -n 8 -P "$(nproc)" clang-format --dry-run --Werror 2>&1 |
    sed -n 's/^\([^:]*\):\([0-9]*\):[0-9]*: error:.*/\1 \2/p' |
    awk '!seen[$1]++ { print $1 ":" $2 ": not as clang-format has it" }' >>"$F"

over c awk '
    FNR == 1 { lines = 0; spdx = 0; split("", a) }
    FNR <= 3 && /SPDX-License-Identifier/ { spdx = 1 }
    FNR == 3 && !spdx { print FILENAME ":1: no SPDX line" }
    FNR == 501 { print FILENAME ":501: a file has at most 500 lines" }
    /^{/ { from = FNR }
    /^}/ { if (from && FNR - from - 1 > 60)
               print FILENAME ":" from ": a function of " FNR - from - 1 " lines, at most 60"
           from = 0 }' >>"$F"
over sh awk '
    FNR == 2 && !/SPDX/ { two = 1 } FNR == 1 { two = /SPDX/ ? 0 : 2 }
    FNR <= 2 && /SPDX/ { two = 0 }
    FNR == 3 && two { print FILENAME ":1: no SPDX line" }
    FNR == 501 { print FILENAME ":501: a file has at most 500 lines" }' >>"$F"
over sh shellcheck -x -S warning -f gcc >>"$F"

# ---- layers ---------------------------------------------------------------------------
# From each #include "…": who may name what (ARCHITECTURE.md). Nouns of the business must
# not include one another in a circle; discount_row.h belongs to the noun discount.
over c grep -nHE '^ *# *include *"' | sed 's/ *# *include *"\([^"]*\)".*/\1/' |
    awk -F: -v pairs="$W/pairs" '
    function folder(p) { return substr(p, 1, index(p, "/") - 1) }
    function noun(p) { sub(/(_[^\/]*)?\.[ch]$/, "", p); return p }
    function layer(p) {
        if (p ~ /^core\/base\//) return "base"
        if (p ~ /^core\/io\//) return "io"
        if (p ~ /^core\//) return "domain"
        return folder(p)
    }
    function allowed(me, from, to, path) {
        if (me == "base") return to == "base"
        if (me == "io") return to == "base" || to == "io"
        if (me == "domain")
            return to == "base" || to == "domain" || path ~ /^core\/io\/(db|queue|kind)\.h$/
        if (me == "tests")
            return from !~ /^tests\/botapi\// || path !~ /^core\/io\/telegram/
        if (me == "commands") return to !~ /^(bots|worker|scheduler|api|tests)$/
        if (me == "") return to != "tests"
        return to == me || to == "base" || to == "io" || to == "domain" || path == "start.h"
    }
    {
        to = layer($3); me = layer($1)
        if (!allowed(me, $1, to, $3)) print $1 ":" $2 ": may not include " $3
        if (me == "domain" && to == "domain") {
            a = noun($1); b = noun($3)
            if (a != b) print a, b > pairs
        }
    }' >>"$F"
if [ -s "$W/pairs" ]; then
    tsort "$W/pairs" 2>&1 >/dev/null |
        sed -n 's/^tsort: \(core.*\)/\1: part of a circle of includes/p' >>"$F"
fi

grep -E '^core/' "$W/product" | grep -vE '^core/(base|io)/' >"$W/domains"
# tg-spoiler and tg:// are what people write into a text.
find_words domains '[Tt][Ee][Ll][Ee][Gg][Rr][Aa][Mm]|(^|[^A-Za-z0-9_])[Tt][Gg](_|[^-:A-Za-z0-9_])' \
    'the business knows no messenger by name'

# SQL lives with its noun in core/; worker/trial.c is of the tests' own variants.
grep -E '^(api|bots|worker)/' "$W/product" | grep -v '^worker/trial\.c$' >"$W/mute"
find_words mute '"(SELECT|INSERT|UPDATE|DELETE|REPLACE) ' 'SQL lives in the core, with its noun'

over product grep -HoE '^ *# *include *<(json|openssl|mysql|errmsg|hiredis|curl|microhttpd|qrencode|png|zbar|jpeglib|jwt|crypt|libdeflate|jansson)[-/.a-z_0-9]*' |
    sed 's/: *# *include *</ /; s#[-/.][^ ]*$##' | awk '
    { lib = $NF; sub(/[^a-z].*/, "", lib) }
    !seen[lib, $1]++ { if (lib in first) print $1 ":1: includes " lib ", which belongs to " first[lib]
                       else first[lib] = $1 }' >>"$F"

# ---- words ----------------------------------------------------------------------------
# Comments are taken out before looking for calls.
calls() {
    list=$1
    shift
    over "$list" awk -v re="(^|[^A-Za-z0-9_])($1)[ ]*[(]" -v msg="$2" '
        FNR == 1 { inside = 0 }
        {
            line = $0
            if (inside) { if (!sub(/^.*\*\//, "", line)) next; inside = 0 }
            gsub(/\/\*([^*]|\*[^\/])*\*\//, "", line)
            if (line ~ /\/\*/) { sub(/\/\*.*/, "", line); inside = 1 }
            gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
            if (line ~ re) print FILENAME ":" FNR ": " msg
        }' >>"$F"
}
calls c 'atoi|atol|atoll|atof|sprintf|vsprintf|strcpy|strcat|gets|strtok' \
    'a function without bounds'
grep -E '^tests/(unit|store|flow|chaos)/' "$W/tests" >"$W/cases"
calls cases 'sleep|usleep|nanosleep' 'a test waits by polling with a deadline (tests/harness)'
# Time is an argument: only main loops, the log and the command line ask for it.
grep -vE '^(main\.c|start\.c|core/base/(clock|log)\.[ch]|core/io/loop\.c|commands/|(bots|worker|scheduler|api)/(main|parent|child|logic|send|poll|owner)[a-z_]*\.c)' \
    "$W/product" >"$W/timeless"
calls timeless 'clock_now|time|gettimeofday' 'time is an argument, not asked for'

grep -v '^scripts/lint.sh$' "$W/text" >"$W/words"
find_words words '(^|[^A-Za-z0-9_])(TODO|FIXME|XXX|HACK)([^A-Za-z0-9_]|$)' 'unfinished'
find_words words '(^|[^A-Za-z0-9_.$}])/(work|root|home)/' 'a path of some machine'

grep -E '/test_[^/]*\.c$' "$W/cases" >"$W/programs"
over programs grep -LE 'assert_|fail|"tests/harness/' | sed 's/$/:1: a test that cannot fail/' >>"$F"

# ---- the description of the API ---------------------------------------------------------
if sh scripts/npm.sh tests/panel >"$W/npm" 2>&1; then
    node tests/panel/description.mjs >>"$F" 2>&1 ||
        echo 'tests/panel/description.mjs:1: did not come to its end' >>"$F"
else
    cat "$W/npm"
    exit 2
fi

# ---- documents ------------------------------------------------------------------------
if [ -f core/io/kind.c ]; then
    grep -oE '"[a-z]+\.[a-z_]+"' core/io/kind.c | tr -d '"' | sort -u |
        while read -r kind; do
            grep -qF "$kind" worker/JOBS.md 2>/dev/null ||
                echo "worker/JOBS.md:1: says nothing of $kind"
        done >>"$F"
fi
# A point where a program may be killed is a promise that some test kills it there.
over product grep -hoE 'crash_point\("[a-z_.]+"\)' | sed 's/.*("//; s/").*//' | sort -u |
    while read -r point; do
        over tests grep -qF "\"$point" || echo "core/base/crash.h:1: no test dies at $point"
    done >>"$F"
# docs/bots.md says which test proves a promise: `store/test_x: test_y`.
grep -oE '`[a-z]+/test_[a-z_]+: [a-z_0-9]+`' docs/bots.md | tr -d '\`' | sort -u |
    while IFS=': ' read -r file test; do
        grep -qF "$test(void **state)" "tests/$file.c" 2>/dev/null ||
            echo "docs/bots.md:1: there is no $test in tests/$file.c" >>"$F"
    done
for verb in ./run ./test; do
    grep -qF "$verb" README.md 2>/dev/null || echo "README.md:1: does not show $verb" >>"$F"
done

sort -u "$F"
n=$(sort -u "$F" | wc -l)
[ "$n" = 0 ] && echo 'lint: clean' && exit 0
echo "lint: $n findings"
exit 1
