#!/bin/bash
# SPDX-License-Identifier: LicenseRef-Proprietary
#
# How many updates a second the webhook takes in, against nginx answering the same POSTs.
#
#   ours   dvorik bots, one process: secret checked, update_id known before or not, on its
#          list in Redis with appendonly yes and appendfsync always, then 200
#   second the same with appendfsync everysec: a power cut may cost the last second
#   nginx  one worker, `return 200`, which reads the body away and stores nothing
#
# wrk -t1 -c64, updates of 1 KB, each with an id of its own (webhook.lua); the three take
# turns in one run (ours nginx second second nginx ours …), medians of the rounds. Prints
# "name value unit" lines; DVORIK names the binary, ROUNDS and SECONDS_A_ROUND the length.
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 1
DVORIK=${DVORIK:-$PWD/bin/dvorik}
ROUNDS=${ROUNDS:-3} SECONDS_A_ROUND=${SECONDS_A_ROUND:-3}
LUA=$PWD/tests/bench/webhook.lua
for tool in wrk nginx redis-server curl; do
    command -v "$tool" >/dev/null || PATH=$PATH:/usr/sbin:/sbin
    command -v "$tool" >/dev/null || { echo "bench_webhook: $tool is missing" >&2; exit 1; }
done
DIR=$(mktemp -d "${TMPDIR:-/tmp}/webhook.XXXXXX") && chmod 755 "$DIR"
started=()
finish() {
    local pid
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null; done
    for pid in "${started[@]}"; do wait "$pid" 2>/dev/null; done
    rm -rf "$DIR"
}
trap finish EXIT
trap 'exit 130' INT TERM
die() {
    echo "bench_webhook: $*" >&2
    cat "$DIR"/*.log >&2
    exit 1
}
# wait_for SECONDS COMMAND… - until it succeeds
wait_for() {
    local end=$(($(date +%s) + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$(date +%s)" -lt "$end" ] || return 1
        read -r -t 0.05 <> <(:) || true
    done
}

redis() { redis-cli -s "$DIR/redis.sock" "$@"; }
redis-server --port 0 --unixsocket "$DIR/redis.sock" --dir "$DIR" --save '' \
    --appendonly yes --appendfsync always --maxmemory-policy noeviction \
    --auto-aof-rewrite-percentage 0 >"$DIR/redis.log" 2>&1 &
started+=($!)
wait_for 10 redis ping || die 'redis does not start'

export SECRET=bench-client-secret
env -i PATH="$PATH" REDIS_URL="unix://$DIR/redis.sock?db=0" BOTS_LISTEN=127.0.0.1:0 \
    DATABASE_SOCKET="$DIR/none.sock" TELEGRAM_UPDATES=webhook \
    TELEGRAM_BOT_TOKEN=1000001:bench-bench-bench-bench-bench-benc \
    TELEGRAM_AUTH_BOT_TOKEN=1000002:bench-bench-bench-bench-bench-benc \
    TELEGRAM_WEBHOOK_SECRET=$SECRET TELEGRAM_AUTH_WEBHOOK_SECRET=bench-auth-secret \
    TELEGRAM_API_BASE=http://127.0.0.1:9 LOG_LEVEL=info LOG_FORMAT=json \
    "$DVORIK" bots 2>"$DIR/bots.log" &
started+=($!)
BOTS=$!
wait_for 10 grep -q 'bots ready' "$DIR/bots.log" || die 'bots does not get ready'
OURS=$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' "$DIR/bots.log" | head -1)

# nginx cannot be told to listen on any free port and say which: try some.
for try in 1 2 3 4 5; do
    NGINX=$((20000 + RANDOM % 20000))
    cat >"$DIR/nginx.conf" <<CONF
worker_processes 1;
daemon off;
pid $DIR/nginx.pid;
error_log $DIR/nginx.log;
events { worker_connections 1024; }
http {
    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path $DIR/body;
    server { listen 127.0.0.1:$NGINX; location / { return 200; } }
}
CONF
    nginx -p "$DIR" -c "$DIR/nginx.conf" >>"$DIR/nginx.log" 2>&1 &
    started+=($!)
    wait_for 3 curl -fsS "http://127.0.0.1:$NGINX/" && break
done
[ "$try" != 5 ] || die 'nginx does not start'

FIRST_ID=1
# round NAME - one line "result requests µs p50 p99 errors" into NAME's file
round() {
    local port=$OURS fsync=always
    export FIRST_ID
    [ "$1" != nginx ] || port=$NGINX
    [ "$1" != second ] || fsync=everysec
    redis config set appendfsync $fsync >/dev/null
    wrk -t1 -c64 -d"${SECONDS_A_ROUND}s" -s "$LUA" "http://127.0.0.1:$port" |
        grep '^result' >>"$DIR/$1.rounds" || die "wrk failed on $1"
    FIRST_ID=$((FIRST_ID + 2000000))
    redis flushall >/dev/null # the lists are full of what nobody runs
}
SECONDS_A_ROUND=1 round warm
for ((i = 0; i < ROUNDS; i++)); do
    if ((i % 2)); then order='second nginx ours'; else order='ours nginx second'; fi
    for who in $order $(echo "$order" | awk '{print $3, $2, $1}'); do
        round "$who"
    done
done

median() { sort -n | awk '{v[NR] = $1} END {print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }
of() { awk "{printf \"%.0f\\n\", $2}" "$DIR/$1.rounds" | median; }
[ "$(cat "$DIR/ours.rounds" "$DIR/second.rounds" | awk '{n += $6} END {print n + 0}')" = 0 ] ||
    die 'some updates were not answered 200'
ours=$(of ours '$2 * 1e6 / $3') nginx=$(of nginx '$2 * 1e6 / $3')
second=$(of second '$2 * 1e6 / $3')
cat <<REPORT
# webhook: dvorik bots, 1 process + $(redis-server --version | cut -d' ' -f2-3) (appendonly yes, appendfsync always), header check, dedupe, durable enqueue
# nginx: $(nginx -v 2>&1 | sed 's/.*: //'), worker_processes 1, return 200; wrk -t1 -c64, 1 KB updates, $((ROUNDS * 2)) rounds of ${SECONDS_A_ROUND} s each, interleaved
webhook.req_s $ours 1/s
webhook.p50_us $(of ours '$4') us
webhook.p99_us $(of ours '$5') us
webhook_everysec.req_s $second 1/s
webhook_everysec.p99_us $(of second '$5') us
nginx.req_s $nginx 1/s
nginx.p99_us $(of nginx '$5') us
ratio.nginx.webhook $(awk "BEGIN {printf \"%.2f\", $ours / $nginx}") ratio
ratio.nginx.webhook_everysec $(awk "BEGIN {printf \"%.2f\", $second / $nginx}") ratio
memory.bots.pss $(awk '/^Pss:/ {print $2}' "/proc/$BOTS/smaps_rollup") kB
REPORT
