#!/bin/sh
# SPDX-License-Identifier: LicenseRef-Proprietary
#
# Prints the C table of all migrations, their text taken in by the assembler byte by byte.
# Run from the root of the tree; the Makefile compiles what it prints.
set -eu

last=0
names=
for up in migrations/[0-9][0-9][0-9][0-9]_*.up.sql; do
    base=$(basename "$up" .up.sql)
    number=${base%%_*}
    want=$(printf '%04d' $((last + 1)))
    if [ "$number" != "$want" ]; then
        echo "migrations: $base follows $(printf '%04d' "$last"); expected $want" >&2
        exit 1
    fi
    if [ ! -f "migrations/$base.down.sql" ]; then
        echo "migrations: $base has no migrations/$base.down.sql" >&2
        exit 1
    fi
    last=$((last + 1))
    names="$names $base"
done
for down in migrations/*.down.sql; do
    if [ ! -f "${down%.down.sql}.up.sql" ]; then
        echo "migrations: $down has no .up.sql beside it" >&2
        exit 1
    fi
done

say() {
    printf '%s\n' "$1"
}

say '/* Made by migrations/list.sh. */'
say '#include "migrations/migrate.h"'
for base in $names; do
    for way in up down; do
        symbol="migration_${base%%_*}_$way"
        say "__asm__(\".pushsection .rodata\\n$symbol:\\n\""
        say "        \".incbin \\\"migrations/$base.$way.sql\\\"\\n\""
        say "        \"${symbol}_end:\\n.byte 0\\n.popsection\\n\");"
        say "extern const char ${symbol}[], ${symbol}_end[]"
        say '    __attribute__((visibility("hidden")));'
    done
done
say 'static const struct migration list[] = {'
for base in $names; do
    n=migration_${base%%_*}
    say "    {\"$base\", ${n}_up, ${n}_up_end, ${n}_down, ${n}_down_end},"
done
say '};'
say "const struct migrations migrations_all = {list, $last};"
