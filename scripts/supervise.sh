# shellcheck shell=bash
# SPDX-License-Identifier: LicenseRef-Proprietary
#
# scripts/supervise.sh - keeps programs running: launch, watch, stop. For ./run.
#
# To be sourced after servers.sh, in the folder that holds run/ and log/. A program called
# NAME is what the function exec_NAME becomes; its output goes to log/NAME.log, its
# process id to run/NAME.pid. Each leads a session of its own, so that Ctrl-C reaches the
# script alone and a whole family can be ended at once; and each is told to end should
# the script be killed.
#
# A program that dies is started again after 1, 2, 4 … 30 seconds; after a minute of life
# the count begins anew. Exit status 2 says that a setting is wrong: then on_fatal NAME is
# called, because starting again mends nothing.

declare -A pid_of=() began=() said=() pause=() again_at=()
PAUSE_MAX=30
LOG_KEEP=20000000 # bytes; then the log of the runs before becomes log/NAME.log.1

launch() {
    local log=log/$1.log
    [ "$(stat -c %s "$log" 2>/dev/null || echo 0)" -lt $LOG_KEEP ] || mv -f "$log" "$log.1"
    said[$1]=$(stat -c %s "$log" 2>/dev/null || echo 0)
    (
        exec 9>&- >>"$log" 2>&1 </dev/null # 9 is the lock: it is the script's alone
        "exec_$1"
    ) &
    pid_of[$1]=$! began[$1]=$SECONDS
    echo $! >"run/$1.pid"
}

# The last line (or LINES of them) that it said since it was launched.
last_words() {
    tail -c "+$((${said[$1]:-0} + 1))" "log/$1.log" 2>/dev/null | tail -n "${2:-1}" |
        cut -c 1-300
}

# Ends a program and whoever it started; SECONDS for it to do so by itself.
end_program() {
    local name=$1 patience=$2 pid=${pid_of[$1]-}
    [ -n "$pid" ] || return
    unset "pid_of[$name]"
    kill -TERM "$pid" 2>/dev/null
    wait_gone "$pid" "$patience" || say_ended_hard "$name"
    kill -KILL -- "-$pid" 2>/dev/null
    rm -f "run/$name.pid"
}
wait_gone() {
    local end=$((SECONDS + $2))
    while kill -0 "$1" 2>/dev/null; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.05
    done
}

# members SESSION - the processes of that session which work in a folder of ours.
members() {
    local stat rest session
    for stat in /proc/[0-9]*/stat; do
        read -r rest 2>/dev/null <"$stat" || continue
        read -r _ _ _ session _ <<<"${rest##*) }" # state, parent, group, session
        [ "$session" = "$1" ] || continue
        stat=${stat%/stat}
        case $(readlink "$stat/cwd" 2>/dev/null) in
        "$PWD" | "$PWD"/*) echo "${stat#/proc/}" ;;
        esac
    done
}

# What a script that was killed has left behind.
end_leftovers() {
    local file session pid
    for file in run/*.pid; do
        [ -f "$file" ] && read -r session <"$file" || continue
        for pid in $(members "$session"); do
            kill -TERM "$pid" 2>/dev/null
            wait_gone "$pid" 30 || kill -KILL "$pid" 2>/dev/null
        done
        rm -f "$file"
    done
}

# One ended by itself: say so in a line, and set the time of the next try.
program_ended() {
    local name=$1 status=$2
    kill -KILL -- "-${pid_of[$name]}" 2>/dev/null # its children are of no use any more
    unset "pid_of[$name]"
    [ "$status" != 2 ] || { on_fatal "$name"; return; }
    [ $((SECONDS - began[$name])) -lt 60 ] || pause[$name]=0
    pause[$name]=$((${pause[$name]:-0} * 2))
    [ "${pause[$name]}" -gt 0 ] || pause[$name]=1
    [ "${pause[$name]}" -le $PAUSE_MAX ] || pause[$name]=$PAUSE_MAX
    say_restart "$name" "$status" "${pause[$name]}"
    again_at[$name]=$((SECONDS + pause[$name]))
}

# Until stopping is set (by a trap). Looks twice a second: the shell's own wait -n forgets
# some of those that end at the same moment.
watch() {
    local name
    while [ -z "$stopping" ]; do
        for name in "${!pid_of[@]}"; do
            kill -0 "${pid_of[$name]}" 2>/dev/null && continue
            wait "${pid_of[$name]}" 2>/dev/null
            program_ended "$name" $?
        done
        for name in "${!again_at[@]}"; do
            [ $SECONDS -ge "${again_at[$name]}" ] || continue
            unset "again_at[$name]"
            launch "$name"
        done
        sleep 0.5 9>&- &
        wait $! 2>/dev/null
    done
    kill $! 2>/dev/null
}
