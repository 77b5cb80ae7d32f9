#!/bin/bash
# SPDX-License-Identifier: LicenseRef-Proprietary
#
# tests/mutants/run.sh [NAME…] - breaks one safety line after the other (tests/mutants/list)
# and sees to it that some test notices: docs/mutants.md. `make mutants`.
#
# Every mutant is built in a copy of the tree, from its objects, and tried with the tests
# named beside it, then with the default list. Prints a line for each; ends with 1 when one
# survived, was not applicable exactly once, or did not build.
#
#   ONLY=changed            those whose file differs from HEAD~1
#   ONLY=check              only whether each applies exactly once
#   DVORIK_MUTANT_JOBS=2    how many copies at a time (default: a core each)
#   DVORIK_TEST_MYSQL_SOCKET, DVORIK_TEST_REDIS_SOCKET  servers of yours, as for ./test
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 1
. scripts/servers.sh

export VARIANT=crash DVORIK_DOSE=short DVORIK_TEST_SHRINK=no
BUILT=build/$VARIANT
JOBS=${DVORIK_MUTANT_JOBS:-$(nproc)}
DEFAULT='store/test_queue_model store/test_queue store/test_ledger store/test_watermark
    store/test_claim store/test_refill store/test_spill store/test_intake_model
    store/test_intake chaos/test_worker_kill'
names=() DIR=
declare -A file_of=() tests_of=() old_of=() new_of=() equal_of=()

say() { printf '%s\n' "$*"; }
give_up() {
    echo "mutants: $*" >&2
    exit 1
}

# ---- the list -------------------------------------------------------------------------
read_list() {
    local line name=
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
        '= '*)
            read -r _ name file <<<"$line"
            [ -z "${file_of[$name]-}" ] || give_up "two are called $name"
            names+=("$name")
            file_of[$name]=$file old_of[$name]='' new_of[$name]='' tests_of[$name]=''
            ;;
        ': '*) tests_of[$name]=${line#: } ;;
        '~ equivalent: '*) equal_of[$name]=${line#\~ equivalent: } ;;
        -*)
            [ -z "${new_of[$name]}" ] || give_up "$name: old text after the new"
            old_of[$name]+="${old_of[$name]:+$'\n'}${line#-}"
            ;;
        +*) new_of[$name]+="${new_of[$name]:+$'\n'}${line#+}" ;;
        esac
    done <tests/mutants/list
}

# apply NAME TREE - in place; fails unless the old text is there once.
apply() {
    local path=$2/${file_of[$1]} old=${old_of[$1]} new=${new_of[$1]} text rest
    text=$(cat "$path" && printf x) || return
    text=${text%x}
    rest=${text#*"$old"}
    [ "$rest" != "$text" ] && [ "${rest#*"$old"}" = "$rest" ] || return
    printf '%s' "${text%%"$old"*}$new$rest" >"$path.mutant" && mv "$path.mutant" "$path"
}

check_list() {
    local name bad=0 tree
    tree=$(mktemp -d) || return
    for name in "${names[@]}"; do
        mkdir -p "$tree/$(dirname "${file_of[$name]}")"
        cp "${file_of[$name]}" "$tree/${file_of[$name]}" 2>/dev/null &&
            apply "$name" "$tree" ||
            { say "$name: its text is not in ${file_of[$name]} exactly once"; bad=1; }
    done
    rm -rf "$tree"
    return $bad
}

choose() {
    local name changed chosen=()
    if [ $# -gt 0 ]; then
        for name; do [ -n "${file_of[$name]-}" ] || give_up "no mutant is called $name"; done
        names=("$@")
    elif [ "${ONLY-}" = changed ]; then
        changed=$({ git diff --name-only HEAD~1 || git diff --name-only HEAD
            git ls-files -o --exclude-standard; } 2>/dev/null)
        for name in "${names[@]}"; do
            ! grep -qxF "${file_of[$name]}" <<<"$changed" || chosen+=("$name")
        done
        names=("${chosen[@]}")
    fi
}

# The tests of a mutant, each once, those named beside it first.
tests_for() {
    local t
    for t in ${tests_of[$1]} $DEFAULT; do
        [ ! -f "tests/$t.c" ] || echo "$t"
    done | awk '!seen[$0]++'
}

# ---- servers and copies ---------------------------------------------------------------
start_servers() {
    redis_name "$DIR/bin"
    pushd "$DIR" >/dev/null || return
    own_dir redis run
    if [ -z "${DVORIK_TEST_MYSQL_SOCKET-}" ]; then
        mysql_init "$DIR/mysql" install.log || { tail -n 20 install.log; return 1; }
        mysql_exec "$DIR/mysql" ../run/mysql.sock --innodb-buffer-pool-size=128M \
            --innodb-flush-method=nosync --innodb-file-per-table=0 \
            --max-connections=300 --innodb-flush-log-at-trx-commit=2 >>run/mysql.log 2>&1 &
        mysql=$!
        wait_for 60 $mysql mysql_ready run/mysql.sock || return
        export DVORIK_TEST_MYSQL_SOCKET=$DIR/run/mysql.sock
    fi
    if [ -z "${DVORIK_TEST_REDIS_SOCKET-}" ]; then
        redis_exec redis ../run/redis.sock --databases 4096 --maxclients 4000 \
            >>run/redis.log 2>&1 &
        redis=$!
        wait_for 10 $redis redis_ready run/redis.sock || return
        export DVORIK_TEST_REDIS_SOCKET=$DIR/run/redis.sock
    fi
    popd >/dev/null || return
}

# Our servers, and whatever a test left: it carries DVORIK_TEST_DIR in its environment.
stop_all() {
    local pid
    trap '' INT TERM HUP
    [ -n "$DIR" ] || return
    kill ${redis:+"$redis"} ${mysql:+"$mysql"} ${shower:+"$shower"} ${workers:+$workers} \
        2>/dev/null
    wait ${redis:+"$redis"} ${mysql:+"$mysql"}
    for pid in $(grep -lsz "^DVORIK_TEST_DIR=$DIR\$" /proc/[0-9]*/environ); do
        pid=${pid#/proc/}
        pid=${pid%/environ}
        [ "$pid" = $$ ] || kill -KILL "$pid"
    done 2>/dev/null
    rm -rf "$DIR"
    DIR=
}

# copy_tree TO - sources and objects with their times, so that nothing is built again.
copy_tree() {
    mkdir -p "$1" && tar cf - --exclude=./.git --exclude=./build --exclude=./var \
        --exclude=./bin . | tar xpf - -C "$1" &&
        find $BUILT -type f \( -name '*.[oda]' -o -path "$BUILT/gen/*" \) -print0 |
        tar cf - --null -T - | tar xpf - -C "$1"
}

# put_back TREE FILE - source and objects as they were before the mutant.
put_back() {
    local one
    cp -p "$2" "$1/$2"
    find "$1/$BUILT" -type f -newer "$1/before" | while IFS= read -r one; do
        one=${one#"$1/"}
        if [ -f "$one" ] && [[ $one = *.[oda] ]]; then cp -p "$one" "$1/$one"; else rm -f "$1/$one"; fi
    done
}

# ---- one mutant -----------------------------------------------------------------------
# build TREE TEST
build() {
    local targets=("$BUILT/tests/$2")
    case $2 in flow/* | chaos/* | unit/test_main) targets+=("$BUILT/dvorik" "$BUILT/botapi") ;; esac
    make -C "$1" "${targets[@]}" >"$1/make.log" 2>&1 </dev/null
}

# try TREE TEST - 0: it passed.
try() {
    local pid status limit=120
    case $2 in flow/* | chaos/*) limit=180 ;; esac
    (cd "$1" && DVORIK_BUILD=$BUILT TMPDIR=$1/tmp exec timeout -k 5 $limit "$BUILT/tests/$2") \
        >"$1/test.log" 2>&1 </dev/null &
    pid=$!
    wait $pid
    status=$?
    kill -KILL -- "-$pid" 2>/dev/null
    return $status
}

# A test that fails by itself would kill every mutant: tried once on the tree as it is.
sound() {
    local mark=$DIR/sound/${1//\//.}
    (
        flock 9
        [ ! -e "$mark" ] || exit "$(cat "$mark")"
        build "$DIR/clean" "$1" && try "$DIR/clean" "$1"
        echo $? | tee "$mark" >/dev/null
        exit "$(cat "$mark")"
    ) 9>"$DIR/sound/lock"
}

first_failed() {
    local case
    case=$(tr -d '\0' <"$2/test.log" | sed -n 's/^\[  FAILED  \] \([a-z].*\)/\1/p' | head -n 1)
    [ -n "$case" ] || case $1 in
    124 | 137) case='out of time' ;;
    *) case="it ended with status $1" ;;
    esac
    echo "$case"
}

# hunt NAME TREE - "killed|survived|broken", by what.
hunt() {
    local t status from=$SECONDS
    touch "$2/before"
    sleep 0.02 # make compares times
    apply "$1" "$2" || { echo "broken	its text is not there exactly once"; return; }
    touch "$2/${file_of[$1]}"
    for t in $(tests_for "$1"); do
        build "$2" "$t" ||
            { echo "broken	it does not build: $(grep -m 1 error "$2/make.log")"; return; }
        try "$2" "$t"
        status=$?
        [ $status != 0 ] || continue
        if sound "$t"; then
            echo "killed	$t: $(first_failed $status "$2") ($((SECONDS - from)) s)"
        else
            echo "broken	$t fails without any mutant"
        fi
        return
    done
    echo "survived	($((SECONDS - from)) s)"
}

verdict() { # NAME "what<TAB>by"
    local what="${2%%	*}" by="${2#*	}" word
    case $what in
    killed) if [ -n "${equal_of[$1]-}" ]; then word=STALE; else word=killed; fi ;;
    survived) if [ -n "${equal_of[$1]-}" ]; then word=equal by=${equal_of[$1]}; else word=SURVIVED; fi ;;
    *) word=BROKEN ;;
    esac
    printf '%-9s %-28s %s\n' "$word" "$1" "$by"
}

work() { # which of how many copies
    local i tree=$DIR/tree$1
    for ((i = $1; i < ${#names[@]}; i += JOBS)); do
        verdict "${names[i]}" "$(hunt "${names[i]}" "$tree")"
        put_back "$tree" "${file_of[${names[i]}]}"
    done
}

# ---- the whole ------------------------------------------------------------------------
read_list
check_list || give_up 'the list does not fit the tree'
say "${#names[@]} mutants, each of which applies once"
[ "${ONLY-}" != check ] || exit 0
choose "$@"
[ ${#names[@]} -gt 0 ] || { say 'none of them concerns what has changed'; exit 0; }
[ "$JOBS" -le ${#names[@]} ] || JOBS=${#names[@]}

all=$(for name in "${names[@]}"; do tests_for "$name"; done | sort -u)
targets=("$BUILT/dvorik" "$BUILT/botapi")
for one in $all; do targets+=("$BUILT/tests/$one"); done
sh scripts/build.sh "${targets[@]}" || give_up 'the tree itself does not build'
DIR=$(realpath "$(mktemp -d "${TMPDIR:-/tmp}/dvorik-mutants.XXXXXX")") || exit 1
chmod 755 "$DIR"
export DVORIK_TEST_DIR=$DIR
trap stop_all EXIT
trap 'exit 130' INT TERM HUP
start_servers || give_up 'the private servers did not start'
mkdir "$DIR/sound"
for one in clean $(seq -f 'tree%g' 0 $((JOBS - 1))); do
    copy_tree "$DIR/$one" && mkdir -m 1777 "$DIR/$one/tmp" || give_up 'no room for a copy'
done

workers=
for ((i = 0; i < JOBS; i++)); do
    work $i >"$DIR/said$i" &
    workers+=" $!"
done
tail -q -n +1 -F --pid=$$ "$DIR"/said* 2>/dev/null &
shower=$!
# shellcheck disable=SC2086 # process ids
wait $workers
sleep 1
kill $shower 2>/dev/null
cat "$DIR"/said* >"$DIR/said"
killed=$(grep -c '^killed ' "$DIR/said")
equal=$(grep -c '^equal ' "$DIR/said")
say "${#names[@]} mutants: $killed killed, $equal equivalent," \
    "$((${#names[@]} - killed - equal)) to look at"
[ $((killed + equal)) = ${#names[@]} ]
