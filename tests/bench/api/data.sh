#!/bin/bash
# SPDX-License-Identifier: LicenseRef-Proprietary
#
# make bench-data - a shop of a year: 1,000,000 customers, 3,000,000 discounts, 10,000,000
# messages, and what belongs to them, in a private MariaDB under build/bench-data (about
# 12 GB). ROWS=20000 makes one of 20,000 customers, the rest in proportion.
#
# Built once: it is there at the next run, unless these files have changed or its last day
# has come; newer migrations are applied to it by bench-api. Facts reach two weeks beyond the day it is built, so that "today" has
# some. Rows are made by INSERT … SELECT from a sequence, with foreign keys and secondary
# indexes out of the way; the indexes come back sorted, and check.sql then asks whether
# each promise of the schema holds.
set -eu -o pipefail
cd "$(dirname "$0")/../../.."
ROOT=$PWD ROWS=${ROWS:-1000000}
DIR=$ROOT/build/bench-data/$ROWS
HERE=$ROOT/tests/bench/api
mkdir -p "$DIR"
# shellcheck source=scripts/servers.sh
. scripts/servers.sh
. "$HERE/server.sh"

want="$(cat "$HERE"/*.sql "$HERE/data.sh" | sha256sum | cut -d' ' -f1)"
if [ "$(cat "$DIR/made" 2>/dev/null)" = "$want" ] &&
    [ "$(date -u +%s)" -lt "$(cat "$DIR/until")" ]; then
    echo "bench-data: $DIR is there"
    exit 0
fi
# A second server needs half of it.
need_gb=$((ROWS * 14 / 1000000 + 1))
free_gb=$(df -Pk "$DIR" | awk 'NR == 2 { print int($4 / 1048576) }')
[ "$free_gb" -gt "$need_gb" ] || {
    echo "bench-data: needs $need_gb GB under $DIR, there are $free_gb" >&2
    exit 1
}
sh scripts/setup.sh build run
make -j"$(nproc)" VARIANT=release bin/dvorik build/release/tests/bench/bench_api
began=$(date +%s)
step() { printf '%6ds  %s\n' $(($(date +%s) - began)) "$*"; }

rm -rf "$DIR/mysql" "$DIR/made" # what was half made, or is of yesterday
server_begin "$DIR" --innodb-buffer-pool-size=4G --innodb-flush-log-at-trx-commit=0 \
    --skip-innodb-doublewrite --innodb-log-file-size=1G --innodb-sort-buffer-size=64M \
    --innodb-autoinc-lock-mode=2
step 'the schema'
sql "$SOCKET" -e 'CREATE DATABASE dvorik CHARACTER SET utf8mb4 COLLATE utf8mb4_bin'
as_user "$DVORIK" migrate up >"$DIR/migrate.log" 2>&1 || { cat "$DIR/migrate.log"; exit 1; }

run() { # FILE: in a session that trusts us
    {
        cat "$HERE/session.sql"
        printf 'SET @rows = %d;\n' "$ROWS"
        cat "$HERE/$1"
    } | sql "$SOCKET" dvorik || { echo "bench-data: $1 failed" >&2; exit 1; }
}
# The secondary indexes of the big tables, away and later back.
sql "$SOCKET" dvorik -N <"$HERE/indexes.sql" >"$DIR/indexes"
cut -f1 "$DIR/indexes" >"$DIR/drop.sql"
cut -f2 "$DIR/indexes" >"$DIR/add.sql"
{ cat "$HERE/session.sql" "$DIR/drop.sql"; } | sql "$SOCKET" dvorik
step 'rows'
run shop.sql
run messages.sql &
messages=$!
run customers.sql
step 'customers and discounts are there'
wait $messages
step 'messages are there; indexes'
# Two at a time: there are two cores.
tr '\n' '\0' <"$DIR/add.sql" | xargs -0 -P 2 -I{} bash -c '
    . scripts/servers.sh
    { cat "$1/session.sql"; printf "%s\n" "$3"; } | sql "$2" dvorik' _ "$HERE" "$SOCKET" {}
step 'ANALYZE'
sql "$SOCKET" dvorik -N -e "SELECT CONCAT('ANALYZE TABLE ', table_name, ';')
    FROM information_schema.tables WHERE table_schema = 'dvorik'" |
    sql "$SOCKET" dvorik >"$DIR/analyze.log"
step 'the figures of each day'
build/release/tests/bench/bench_api roll
step 'check'
wrong=$(sql "$SOCKET" dvorik -N <"$HERE/check.sql")
[ -z "$wrong" ] || { printf 'bench-data: wrong: %s\n' "$wrong" >&2; exit 1; }
sql "$SOCKET" dvorik -t -e "SELECT table_name, table_rows,
    ROUND((data_length + index_length) / 1048576) AS mb FROM information_schema.tables
    WHERE table_schema = 'dvorik' ORDER BY 3 DESC LIMIT 12"
server_end
date -u -d '+13 days' +%s >"$DIR/until"
echo "$want" >"$DIR/made"
step "done: $(du -sm "$DIR" | cut -f1) MB"
