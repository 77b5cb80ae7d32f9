# shellcheck shell=bash
# SPDX-License-Identifier: LicenseRef-Proprietary
#
# scripts/servers.sh - a private database server and Redis, for ./run and ./test.
#
# To be sourced by bash. Both listen on a unix socket only. A socket's path may have 107
# bytes and a checkout's may have more: so the caller changes into the folder that holds
# the servers' things, and sockets are named relative to it. That folder itself must be
# open to the unprivileged user (see own_home). Nothing here runs as root: as root,
# everything is started as SERVERS_UID.

PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
SERVERS_UID=${SERVERS_UID:-65534} # nobody, on a Debian
SERVERS_GID=${SERVERS_GID:-$SERVERS_UID}

have() { command -v "$1" >/dev/null 2>&1; }

# as_user COMMAND… - runs it as the unprivileged user when we are root.
as_user() {
    if [ "$(id -u)" = 0 ]; then
        HOME=/nonexistent setpriv --reuid="$SERVERS_UID" --regid="$SERVERS_GID" \
            --clear-groups "$@"
    else
        "$@"
    fi
}

# own_dir DIR… - makes folders that belong to that user and are closed to the others.
own_dir() {
    mkdir -p "$@" && chmod 700 "$@" || return
    [ "$(id -u)" != 0 ] || chown "$SERVERS_UID:$SERVERS_GID" "$@"
}

# own_home LINK - makes LINK a folder that the user can reach. A checkout under /root is
# closed to everybody else: then LINK points to a new folder in /var/lib.
own_home() {
    local there
    [ -e "$1" ] || mkdir -p "$1" || return
    as_user test -x "$(realpath "$1")/." && return
    [ ! -L "$1" ] || return # it was moved before and still cannot be reached
    there=$(mktemp -d /var/lib/dvorik.XXXXXX) && chmod 755 "$there" || return
    cp -a "$1/." "$there" && rm -rf "$1" && ln -s "$there" "$1"
}

# exec_user COMMAND… - never returns: the shell's process becomes the command, in a
# session of its own (Ctrl-C is for the script alone) and told to end when the script dies.
exec_user() {
    local drop=()
    [ "$(id -u)" != 0 ] ||
        drop=(--reuid="$SERVERS_UID" --regid="$SERVERS_GID" --clear-groups)
    HOME=/nonexistent exec setsid setpriv --pdeathsig TERM "${drop[@]}" "$@"
}

# sql SOCKET [ARG…] - the command line client, as the server's administrator.
sql() {
    local client=mariadb socket=$1
    have mariadb || client=mysql
    shift
    as_user "$client" --no-defaults --protocol=socket -S "$socket" -u root "$@"
}

# mysql_init DATADIR LOG - the first time only.
mysql_init() {
    [ ! -d "$1/mysql" ] || return 0
    rm -rf "$1"
    own_dir "$1" || return
    if have mariadbd; then
        as_user mariadb-install-db --no-defaults --datadir="$1" --skip-test-db \
            --skip-name-resolve --force --auth-root-authentication-method=normal \
            --innodb-log-file-size=48M >>"$2" 2>&1
    else
        as_user mysqld --no-defaults --initialize-insecure --datadir="$1" \
            --secure-file-priv=NULL --innodb-redo-log-capacity=64M >>"$2" 2>&1
    fi || {
        rm -rf "$1" # half a data folder would be taken for a whole one
        return 1
    }
}

# mysql_exec DATADIR SOCKET [OPTION…] - never returns: becomes the server. DATADIR is
# absolute; the server changes into it and finds SOCKET from there.
mysql_exec() {
    local server=mariadbd extra=(--innodb-log-file-size=48M) datadir=$1 socket=$2
    shift 2
    have mariadbd || {
        server=mysqld
        extra=(--mysqlx=OFF --secure-file-priv=NULL --performance-schema=OFF
            --innodb-redo-log-capacity=64M)
    }
    exec_user "$(command -v $server)" --no-defaults --datadir="$datadir" \
        --socket="$socket" --pid-file="$datadir/pid" --skip-networking --skip-name-resolve \
        --character-set-server=utf8mb4 --collation-server=utf8mb4_bin \
        --default-time-zone=+00:00 --transaction-isolation=READ-COMMITTED \
        --skip-log-bin "${extra[@]}" "$@"
}

# redis_exec DIR SOCKET [OPTION…] - never returns: becomes the server, which changes into
# DIR and finds SOCKET from there.
redis_exec() {
    local dir=$1 socket=$2
    shift 2
    exec_user redis-server --dir "$dir" --port 0 --unixsocket "$socket" \
        --unixsocketperm 700 --daemonize no --save '' \
        --appendonly yes --appendfsync always --maxmemory-policy noeviction "$@"
}

# Debian's redis-tools carries the server under another name; give it its own.
redis_name() {
    have redis-server && return
    mkdir -p "$1" && ln -sf "$(command -v redis-check-rdb)" "$1/redis-server"
    PATH=$1:$PATH
}

# wait_for SECONDS PID COMMAND… - until the command succeeds; fails when the time is up
# or the process is gone.
wait_for() {
    local end=$((SECONDS + $1)) pid=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $end ] && kill -0 "$pid" 2>/dev/null || return 1
        sleep 0.1
    done
}
mysql_ready() { sql "$1" -e 'SELECT 1'; }
redis_ready() { [ "$(as_user redis-cli -s "$1" PING)" = PONG ]; }
