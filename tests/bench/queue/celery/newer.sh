#!/bin/sh
# SPDX-License-Identifier: LicenseRef-Proprietary
#
# tests/bench/queue/celery/newer.sh FOLDER - a newer Celery than Debian 12's, unpacked
# beside it: the next Debian's packages (all plain Python) from the mirror this machine
# uses, with an apt state of its own; nothing is installed. Exit status 1 when that does
# not work here: then the benchmark goes without it.
set -eu
DIR=$1
SUITE=trixie
PACKAGES='python3-celery python3-kombu python3-vine python3-amqp python3-billiard
    python3-redis python3-click python3-click-didyoumean python3-click-plugins
    python3-click-repl python3-dateutil python3-prompt-toolkit python3-six
    python3-wcwidth python3-packaging'
[ -e "$DIR/root/done" ] && exit 0
command -v apt-get >/dev/null 2>&1 || exit 1

MIRROR=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
    awk '$1 == "URIs:" { uri = $2 } $1 == "Suites:" && / bookworm( |$)/ { print uri; exit }
        $1 == "deb" { for (i = 2; i < NF; i++) if ($(i + 1) == "bookworm") { print $i; exit } }')
[ -n "$MIRROR" ] || exit 1
mkdir -p "$DIR/state/lists/partial" "$DIR/cache/archives/partial" "$DIR/debs" "$DIR/root"
DIR=$(cd "$DIR" && pwd)
KEYS=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$KEYS] $MIRROR $SUITE main" >"$DIR/sources.list"
apt() {
    timeout 120 apt-get -q -o Dir::State="$DIR/state" -o Dir::Cache="$DIR/cache" \
        -o Dir::Etc::sourcelist="$DIR/sources.list" -o Dir::Etc::sourceparts=- \
        -o Debug::NoLocking=1 -o APT::Sandbox::User=root "$@"
}
{
    apt update
    # shellcheck disable=SC2086
    (cd "$DIR/debs" && apt download $PACKAGES)
} >"$DIR/log" 2>&1 || exit 1
for deb in "$DIR"/debs/*.deb; do dpkg -x "$deb" "$DIR/root"; done
PYTHONPATH=$DIR/root/usr/lib/python3/dist-packages /usr/bin/python3 -c 'import celery' || exit 1
: >"$DIR/root/done"
