#!/bin/sh
# SPDX-License-Identifier: LicenseRef-Proprietary
#
# scripts/setup.sh build|run|test|lint|bench|bench-api|bench-broadcast … - installs what a Debian 12 lacks for that.
#
# Looks first, and is done in a blink when nothing is missing. Installs as root, or
# with sudo; without either it prints the one command to type. No package named here
# brings a service of its own: the servers that ./run and ./test use are private.
set -eu
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

COMPILER='gcc make libc6-dev pkg-config'
LIBRARIES='libmariadb-dev libhiredis-dev libcurl4-openssl-dev libmicrohttpd-dev
    libjson-c-dev libqrencode-dev libpng-dev libzbar-dev libjpeg62-turbo-dev
    libssl-dev libcrypt-dev libjwt-dev'
LOG=var/log/setup.log

say() { printf '%s\n' "setup: $*"; }
fail() { printf '%s\n' "setup: $*" >&2; exit 1; }

# Without the database's server and Redis's there is nothing to run against. Whichever
# is there will do; Redis's server is a second name of redis-check-rdb.
servers() {
    have mariadbd || have mysqld || echo mariadb-server-core
    have mariadb || have mysql || echo mariadb-client-core
    have redis-server || have redis-check-rdb || echo redis-tools
    have redis-cli || echo redis-tools
    echo tzdata ca-certificates
}
# What the queue is measured beside; BullMQ itself comes by npm (tests/bench/queue).
peers() {
    fetcher
    echo python3-celery python3-redis python3-hiredis python3-mysqldb
}
# What the API is measured beside, and with.
api_peers() {
    have wrk || echo wrk
    have curl || echo curl
    echo uvicorn python3-fastapi python3-uvloop python3-httptools python3-jwt python3-aiomysql
}
# What broadcasts are measured beside; grammY comes by npm (tests/bench/broadcast).
# nginx is asked for, not installed: its package brings a service.
broadcast_peers() {
    have curl || echo curl
    fetcher
    echo python3-python-telegram-bot
}
# Front-end packages come by npm.
fetcher() {
    have node || echo nodejs
    have npm || echo npm
}
# What looks at the pages as people do.
browser() {
    have chromium || echo chromium
    echo fonts-dejavu-core
}
# What the examples of docs/api.md use.
example() {
    have curl || echo curl
    have jq || echo jq
}
have() { command -v "$1" >/dev/null 2>&1; }

packages() {
    case $1 in
    build) echo "$COMPILER $LIBRARIES"; fetcher ;;
    run) servers ;;
    test) echo libcmocka-dev; servers; fetcher; browser; example ;;
    lint) echo clang-format shellcheck; fetcher ;;
    bench) peers ;;
    bench-api) api_peers ;;
    bench-broadcast) broadcast_peers ;;
    *) fail "unknown part \"$1\": build, run, test, lint, bench, bench-api or bench-broadcast" ;;
    esac
}

# Prints those of its arguments that are not installed.
missing() {
    dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
        awk -v want="$*" '$2 == "installed" { have[$1] = 1 }
            END { n = split(want, w); for (i = 1; i <= n; i++)
                if (!(w[i] in have) && !seen[w[i]]++) printf "%s ", w[i] }'
}

# Chooses how to become root; prints the command instead when there is no way.
become_root() {
    [ "$(id -u)" = 0 ] && return
    if have sudo; then
        if sudo -n true 2>/dev/null || [ -t 0 ]; then
            SUDO='sudo'
            return
        fi
    fi
    fail "missing: $LACKING
setup: as root, type:  apt-get update && apt-get install -y --no-install-recommends $LACKING"
}

# Runs apt-get with its output in the log and shows that time passes.
quietly() {
    what=$1
    shift
    begun=$(date +%s)
    # shellcheck disable=SC2086
    $SUDO env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Use-Pty=0 \
        -o DPkg::Lock::Timeout=300 "$@" >>"$LOG" 2>&1 </dev/null &
    job=$!
    shown=0
    while kill -0 $job 2>/dev/null; do
        sleep 1
        took=$(($(date +%s) - begun))
        if [ -t 1 ]; then
            printf '\rsetup: %s … %ds ' "$what" "$took"
        elif [ $((took - shown)) -ge 10 ]; then
            shown=$took
            say "$what … ${took}s, $(grep -c '^Setting up' "$LOG" || true) packages ready"
        fi
    done
    [ -t 1 ] && printf '\r\033[K'
    wait $job || {
        tail -n 20 "$LOG" >&2
        fail "$what failed; all of it is in $LOG"
    }
    say "$what: done in $(($(date +%s) - begun))s"
}

# A machine that is not a Debian: only look, and say what there should be.
look_only() {
    for part; do
        case $part in
        build) need='gcc make pkg-config npm' ;;
        run) need='redis-server' ;;
        test) need='redis-server npm chromium curl jq' ;;
        lint) need='clang-format shellcheck npm' ;;
        bench) need='node npm redis-benchmark taskset' ;;
        esac
        for tool in $need; do
            have "$tool" ||
                fail "$tool is missing, and this is not a Debian: install it yourself"
        done
    done
}

[ $# -gt 0 ] || fail 'which part? build, run, test, lint, bench (more than one may be named)'
WANTED=
for part; do WANTED="$WANTED $(packages "$part" | tr '\n' ' ')"; done
if ! have dpkg-query; then
    look_only "$@"
    exit 0
fi
# shellcheck disable=SC2086
LACKING=$(missing $WANTED)
[ -n "$LACKING" ] || exit 0

SUDO=
become_root
mkdir -p "${LOG%/*}"
: >"$LOG"
[ -e /proc/self/exe ] || say 'warning: /proc is not mounted; some packages need it'
say "installing: $LACKING"
quietly 'reading the package lists' update
# shellcheck disable=SC2086
quietly 'downloading and installing' install --no-install-recommends $LACKING
# shellcheck disable=SC2086
LACKING=$(missing $WANTED)
[ -z "$LACKING" ] || fail "still missing after the installation: $LACKING"
