#!/bin/bash
# SPDX-License-Identifier: LicenseRef-Proprietary
#
# make bench-broadcast - how fast audiences are found, written down and written to, on a
# copy of the database of bench-data (ROWS; as much room again) with a worker of its own:
#
#   count    audience_count of each rule of rules.txt: p50 and worst of TIMES
#   fill     a broadcast to everybody: from its start until the worker has written down the
#            last recipient, and the worker's memory before and after
#   unpaced  messages a second to an nginx that answers each sendMessage with a canned 200:
#            the worker (DVORIK_UNPACED=1, which only a Bot API on 127.* can be asked with),
#            a bare libcurl loop, grammY without and with a ledger, python-telegram-bot; by
#            turns, ROUNDS rounds of about SECONDS_A_ROUND, medians
#   paced    25 a second for MINUTES against a Bot API that allows 30 a second and one a
#            second to a chat, with conversations beside it (bench_road paced)
#
# ONLY="count fill unpaced paced" takes some of them; KEEP=1 leaves the copy for the next run
# that says so, too. The machine should be idle.
set -eu -o pipefail
cd "$(dirname "$0")/../../.."
ROOT=$PWD HERE=$PWD/tests/bench/broadcast B=$PWD/build/bench-broadcast
export ROWS=${ROWS:-1000000}
PYTHON=${PYTHON:-/usr/bin/python3} ROUNDS=${ROUNDS:-3} SECONDS_A_ROUND=${SECONDS_A_ROUND:-10}
ONLY=" ${ONLY:-count fill unpaced paced} " TIMES=${TIMES:-11}
wanted() { [[ $ONLY == *" $1 "* ]]; }
sh scripts/setup.sh build run test bench-broadcast
# shellcheck source=scripts/servers.sh
. scripts/servers.sh
have nginx || { echo 'bench-broadcast: nginx is missing (its package starts a service, so it is not installed here)' >&2; exit 1; }
make -j"$(nproc)" VARIANT=release bin/dvorik build/release/tests/bench/bench_broadcast \
    build/release/tests/bench/bench_road
mkdir -p "$B"
gcc -O2 -Wall -Wextra -o "$B/curl_loop" "$HERE/curl_loop.c" -lcurl
sh scripts/npm.sh tests/bench/broadcast
own_home "$B"
. tests/bench/api/server.sh

started=()
finish() {
    local pid
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${started[@]}"; do wait "$pid" 2>/dev/null || true; done
    server_end
    [ "${KEEP-}" = 1 ] || rm -rf "$B/data"
}
ended() { # PID: and is no longer waited for at the end
    kill "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}
free_port() { "$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
ask() { sql "$SOCKET" dvorik -N -e "$1"; }
ratio() { # NAME OURS THEIRS TARGET
    echo "ratio.$1 $(awk -v a="$2" -v b="$3" 'BEGIN { printf "%.2f", a / b }') ($4)"
}

echo "# $(uname -sr), $(nproc) cores,$(sed -n 's/^model name.*:/ /p' /proc/cpuinfo | head -n 1), load $(cut -d' ' -f1-3 /proc/loadavg); ROWS=$ROWS"
trap finish EXIT
if wanted count || wanted fill || wanted unpaced; then
    bash tests/bench/api/data.sh
    if [ "${KEEP-}" != 1 ] || [ ! -e "$B/data/whole" ]; then
        rm -rf "$B/data"
        mkdir -p "$B/data"
        cp -a --reflink=auto "build/bench-data/$ROWS/mysql" "$B/data/"
        touch "$B/data/whole"
    fi
    server_begin "$B/data" --innodb-buffer-pool-size="${BUFFER:-3G}" \
        --innodb-log-file-size=1G --innodb-flush-log-at-trx-commit=1
    trap finish EXIT
    redis_name "$SERVER_RUN/bin"
    (redis_exec "$SERVER_RUN" "$SERVER_RUN/redis.sock" >"$SERVER_RUN/redis.log") &
    started+=($!)
    wait_for 20 $! redis_ready "$SERVER_RUN/redis.sock"
    export REDIS_URL=unix://$SERVER_RUN/redis.sock LOG_LEVEL=warn WORKER_PROCESSES=1 \
        TELEGRAM_BOT_TOKEN=1000001:bench-bench-bench-bench-bench-benc \
        TELEGRAM_AUTH_BOT_TOKEN=1000002:bench-bench-bench-bench-bench-benc
    as_user "$DVORIK" migrate up >"$SERVER_RUN/migrate.log" 2>&1 ||
        { cat "$SERVER_RUN/migrate.log" >&2; exit 1; }
    ask 'ANALYZE TABLE customer, redemption, message' >/dev/null
    ask 'UPDATE broadcast SET state = 6 WHERE state = 3; DELETE FROM broadcast_mark' # of the run before
    echo "# $(ask 'SELECT VERSION()'), buffer pool ${BUFFER:-3G}, flushed at each commit; $(redis-cli --version)"
fi

if wanted count; then
    echo '# how: audience_count, as the panel asks it, one after the other, the first of each not counted'
    as_user build/release/tests/bench/bench_broadcast counts "$HERE/rules.txt" "$TIMES"
fi

# ---- the worker -------------------------------------------------------------------------
worker_begin() { # UNPACED
    (DVORIK_UNPACED=$1 exec_user "$DVORIK" worker) >>"$SERVER_RUN/worker.log" 2>&1 &
    WORKER=$!
    started+=("$WORKER")
    sleep 2
}
worker_kb() { # of the parent and its children
    local pid sum=0
    for pid in $WORKER $(cat /proc/"$WORKER"/task/*/children); do
        sum=$((sum + $(awk '/^Pss:/ { print $2 }' "/proc/$pid/smaps_rollup")))
    done
    echo "$sum"
}
until_so() { # SECONDS QUERY: until it answers 1
    local end=$((SECONDS + $1))
    until [ "$(ask "$2")" = 1 ]; do
        [ $SECONDS -lt $end ] || { echo "bench-broadcast: never: $2" >&2; tail "$SERVER_RUN/worker.log" >&2; exit 1; }
        sleep 0.2
    done
}
if wanted fill || wanted unpaced; then
    PORT=$(free_port)
    mkdir -p "$B/nginx"
    sed "s|@DIR@|$B/nginx|g; s|@PORT@|$PORT|g" "$HERE/nginx.conf" >"$B/nginx/nginx.conf"
    nginx -p "$B/nginx" -c "$B/nginx/nginx.conf" >"$B/nginx/out" 2>&1 &
    started+=($!)
    wait_for 10 $! curl -sf "http://127.0.0.1:$PORT/sent"
    export TELEGRAM_API_BASE=http://127.0.0.1:$PORT
    worker_begin 0
    before=$(worker_kb)
    ID=$(as_user build/release/tests/bench/bench_broadcast start)
    until_so 600 "SELECT filled_at IS NOT NULL FROM broadcast WHERE id = $ID"
    echo '# how: a broadcast to everybody is started; the worker writes its recipients down by pages, and'
    echo '# sends to the first of them meanwhile, at 25 a second'
    echo "fill.seconds $(ask "SELECT ROUND(TIMESTAMPDIFF(MICROSECOND, started_at, filled_at) / 1e6, 1) FROM broadcast WHERE id = $ID") s (15) # $(ask "SELECT COUNT(*) FROM broadcast_recipient WHERE broadcast_id = $ID") rows"
    echo "fill.memory.before $before kB"
    echo "fill.memory.after $(worker_kb) kB # parent, logic child, send child: PSS"
    ended "$WORKER"
fi

# ---- unpaced ----------------------------------------------------------------------------
sent() { curl -s "http://127.0.0.1:$PORT/sent" | awk 'NR == 3 { print $3 }'; }
ours() {
    local a b t0 t1
    worker_begin 1
    sleep 3
    a=$(sent) t0=$(date +%s%N)
    sleep "$SECONDS_A_ROUND"
    b=$(sent) t1=$(date +%s%N)
    ended "$WORKER"
    awk -v n="$((b - a))" -v ns="$((t1 - t0))" 'BEGIN { printf "%.0f\n", n * 1e9 / ns }' >>"$B/ours"
}
peer() { # NAME COMMAND…
    local name=$1
    shift
    "$@" >>"$B/$name" || { echo "bench-broadcast: $name failed" >&2; exit 1; }
}
if wanted unpaced; then
    export PACKAGES=$ROOT/tests/bench/broadcast API=$TELEGRAM_API_BASE \
        BOT_TOKEN=$TELEGRAM_BOT_TOKEN DB_PASSWORD=$DATABASE_PASSWORD SOCKET PYTHONWARNINGS=ignore
    CONNECTIONS=$(awk '/define TG_CONNECTIONS/ { print $3 }' core/io/telegram.h)
    echo "# libcurl $(curl --version | awk 'NR == 1 { print $2 }'), $(nginx -v 2>&1), node $(node --version)," \
        "grammY $(node -p "require('$PACKAGES/node_modules/grammy/package.json').version")," \
        "mysql2 $(node -p "require('$PACKAGES/node_modules/mysql2/package.json').version")," \
        "python-telegram-bot $("$PYTHON" -c 'import telegram; print(telegram.__version__)' 2>/dev/null)"
    echo "# how: $CONNECTIONS connections for curl and for ours; grammY in flight: $CONNECTIONS plain, 64 with rows; 16 threads of"
    echo '# python-telegram-bot; all of them, nginx and MySQL on the same cores. Only ours asks each'
    echo '# recipient once more for consent and cap, and can be killed at any moment.'
    rm -f "$B"/{ours,curl,plain,rows,batches,ptb}
    n=$((SECONDS_A_ROUND * 1000)) # about so long on the machine of the docs
    for _ in $(seq "$ROUNDS"); do
        ours
        peer curl "$B/curl_loop" "$API/bot$BOT_TOKEN/sendMessage" $((n * 40)) "$CONNECTIONS"
        peer plain as_user node "$HERE/grammy.mjs" plain $((n * 10)) "$CONNECTIONS"
        peer rows as_user node "$HERE/grammy.mjs" rows $((n * 4)) 64
        peer batches as_user node "$HERE/grammy.mjs" batches $((n * 10)) "$CONNECTIONS"
        peer ptb "$PYTHON" "$HERE/ptb.py" $((n * 2)) 16
    done
    o=$(median <"$B/ours") c=$(median <"$B/curl") p=$(median <"$B/plain") r=$(median <"$B/rows")
    s=$(median <"$B/batches") t=$(median <"$B/ptb")
    printf '%s messages/s\n' "unpaced.ours $o" "unpaced.curl $c" "unpaced.grammy.plain $p" \
        "unpaced.grammy.ledger $r" "unpaced.grammy.ledger_batched $s" "unpaced.ptb $t"
    ratio curl "$o" "$c" 0.3
    ratio grammy.plain "$o" "$p" 1.5
    ratio grammy.ledger "$o" "$r" 4
    ratio grammy.ledger_batched "$o" "$s" -
    ratio ptb "$o" "$t" -
fi
server_end
! wanted paced || DVORIK_BENCH_MINUTES=${MINUTES:-10} build/release/tests/bench/bench_road paced
