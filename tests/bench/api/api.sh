#!/bin/bash
# SPDX-License-Identifier: LicenseRef-Proprietary
#
# make bench-api - how fast `dvorik api` answers on the database of bench-data (ROWS), each
# request of requests.txt one after the other on a warm cache (buffer pool BUFFER, 3 GB):
# p50, p99, the worst of TIMES, and the p99 it must keep; then GET /api/v1/auth/me beside
# the same written with FastAPI (fastapi_me.py) under uvicorn, one process each, four
# connections to the database each, wrk -t1 -c32 with 64 sessions by turns: ROUNDS rounds of SECONDS_A_ROUND, by
# turns, medians. The machine should be idle. ONLY="users kpi" asks only what begins so;
# ONLY=ratio none of them; RATIO=0 leaves FastAPI out.
set -eu -o pipefail
cd "$(dirname "$0")/../../.."
ROOT=$PWD HERE=$PWD/tests/bench/api
export ROWS=${ROWS:-1000000}
PYTHON=${PYTHON:-/usr/bin/python3} ROUNDS=${ROUNDS:-3} SECONDS_A_ROUND=${SECONDS_A_ROUND:-5}
sh scripts/setup.sh build run bench-api
# shellcheck source=scripts/servers.sh
. scripts/servers.sh
bash "$HERE/data.sh"
. "$HERE/server.sh"


echo "# $(uname -sr), $(nproc) cores, load $(cut -d' ' -f1-3 /proc/loadavg); ROWS=$ROWS"
server_begin "$ROOT/build/bench-data/$ROWS" --innodb-buffer-pool-size="${BUFFER:-3G}" \
    --innodb-log-file-size=1G --innodb-flush-log-at-trx-commit=1
started=()
finish() {
    local pid
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null; done
    for pid in "${started[@]}"; do wait "$pid" 2>/dev/null; done
    server_end
}
trap finish EXIT
redis_name "$SERVER_RUN/bin"
(redis_exec "$SERVER_RUN" "$SERVER_RUN/redis.sock" >"$SERVER_RUN/redis.log") &
started+=($!)
wait_for 20 $! redis_ready "$SERVER_RUN/redis.sock"
export REDIS_URL=unix://$SERVER_RUN/redis.sock LOG_LEVEL=warn API_RATE=0 \
    TELEGRAM_BOT_TOKEN=1000001:bench-bench-bench-bench-bench-benc \
    TELEGRAM_AUTH_BOT_TOKEN=1000002:bench-bench-bench-bench-bench-benc

# free_port - one that nobody listens on at this moment
free_port() { "$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
answers() { [ "$(curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $TOKEN" \
    "http://127.0.0.1:$1/api/v1/auth/me")" = 200 ]; }

as_user "$DVORIK" migrate up >"$SERVER_RUN/migrate.log" 2>&1 || {
    cat "$SERVER_RUN/migrate.log"
    echo "bench-api: make it anew: rm -r build/bench-data/$ROWS" >&2
    exit 1
}
as_user build/release/tests/bench/bench_api roll
TOKEN=$(as_user build/release/tests/bench/bench_api token)
API=$(free_port)
(API_LISTEN=127.0.0.1:$API exec_user "$DVORIK" api) >"$SERVER_RUN/api.log" 2>&1 &
started+=($!)
wait_for 20 $! answers "$API" || { cat "$SERVER_RUN/api.log" >&2; exit 1; }

status=0
if [ "${ONLY-}" != ratio ]; then
    # shellcheck disable=SC2086
    "$PYTHON" "$HERE/ask.py" "$API" "$TOKEN" ${ONLY-} || status=1
fi
[ "${RATIO-1}" = 1 ] || exit $status

# The same answer: what the owner may is ours to say.
ME_PERMISSIONS=$(curl -s -H "Authorization: Bearer $TOKEN" "http://127.0.0.1:$API/api/v1/auth/me" |
    "$PYTHON" -c 'import json, sys; print(*json.load(sys.stdin)["permissions"])')
export ME_PERMISSIONS
PEER=$(free_port)
(cd "$HERE" && exec_user "$PYTHON" -m uvicorn fastapi_me:app --host 127.0.0.1 --port "$PEER" \
    --loop uvloop --http httptools --no-access-log --log-level warning) \
    >"$SERVER_RUN/fastapi.log" 2>&1 &
started+=($!)
wait_for 20 $! answers "$PEER" || { cat "$SERVER_RUN/fastapi.log" >&2; exit 1; }
as_user build/release/tests/bench/bench_api tokens >"$SERVER_RUN/tokens"
export TOKENS=$SERVER_RUN/tokens
rate() { # PORT: answers a second; fails when one of them is not 200
    wrk -t1 -c32 -d"${SECONDS_A_ROUND}s" -s "$HERE/me.lua" "http://127.0.0.1:$1" \
        >"$SERVER_RUN/wrk" 2>&1
    ! grep -q 'Non-2xx' "$SERVER_RUN/wrk" && awk '/Requests.sec/ { print $2 }' "$SERVER_RUN/wrk"
}
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
ours=() peers=()
rate "$API" >/dev/null && rate "$PEER" >/dev/null
for _ in $(seq "$ROUNDS"); do
    ours+=("$(rate "$API")")
    peers+=("$(rate "$PEER")")
done
a=$(printf '%s\n' "${ours[@]}" | median) b=$(printf '%s\n' "${peers[@]}" | median)
"$PYTHON" -c 'import fastapi, uvicorn, sys
print(f"# FastAPI {fastapi.__version__}, uvicorn {uvicorn.__version__}, Python {sys.version.split()[0]}")'
echo "me.ours $a requests/s"
echo "me.fastapi $b requests/s"
echo "ratio.fastapi.me $(awk -v a="$a" -v b="$b" 'BEGIN { printf "%.1f", a / b }') (10)"
exit $status
