# shellcheck shell=bash
# SPDX-License-Identifier: LicenseRef-Proprietary
#
# tests/bench/api/server.sh - the private database of bench-data and bench-api, to be
# sourced behind scripts/servers.sh.

DVORIK=${DVORIK:-$PWD/bin/dvorik}

# server_begin DIR OPTION… - starts it on DIR/mysql; the environment leads dvorik to it.
server_begin() {
    local dir=$1
    shift
    SERVER_RUN=$(mktemp -d "${TMPDIR:-/tmp}/bench.XXXXXX")
    SOCKET=$SERVER_RUN/mysql.sock
    own_dir "$SERVER_RUN"
    mysql_init "$dir/mysql" "$dir/mysql.log" || { tail "$dir/mysql.log" >&2; exit 1; }
    : >"$dir/mysql.log"
    # A server that starts removes temporary tables from its tmpdir: also its neighbours'.
    (mysql_exec "$dir/mysql" "$SOCKET" --log-error="$SERVER_RUN/mysql.log" \
        --tmpdir="$SERVER_RUN" "$@") &
    SERVER_PID=$!
    trap server_end EXIT
    trap 'exit 130' INT TERM
    wait_for 60 $SERVER_PID mysql_ready "$SOCKET" || { cat "$SERVER_RUN/mysql.log" >&2; exit 1; }
    sql "$SOCKET" -e "CREATE USER IF NOT EXISTS dvorik@localhost IDENTIFIED BY 'bench';
        GRANT ALL ON dvorik.* TO dvorik@localhost"
    chmod 755 "$SERVER_RUN"
    export DATABASE_SOCKET=$SOCKET DATABASE_USER=dvorik DATABASE_NAME=dvorik \
        DATABASE_PASSWORD=bench TIMEZONE=Asia/Vladivostok \
        JWT_SECRET_KEY=bench-bench-bench-bench-bench-bench-bench
}
server_end() {
    [ -n "${SERVER_PID-}" ] || return 0
    kill "$SERVER_PID" 2>/dev/null
    wait "$SERVER_PID" 2>/dev/null || true
    SERVER_PID=
    rm -rf "$SERVER_RUN"
}
