#!/bin/sh
# SPDX-License-Identifier: LicenseRef-Proprietary
#
# scripts/npm.sh FOLDER - the packages that FOLDER/package-lock.json names, into
# FOLDER/node_modules; done in a blink when they are there. Builds of several variants
# may ask at the same time.
set -eu
cd "$(dirname "$0")/.."
DIR=$1
mkdir -p build
exec 9>"build/npm-$(echo "$DIR" | tr / -).lock"
flock 9
if cmp -s "$DIR/package-lock.json" "$DIR/node_modules/.installed"; then
    touch "$DIR/node_modules/.installed"
    exit 0
fi
command -v npm >/dev/null 2>&1 || {
    echo "npm.sh: error: npm is missing: scripts/setup.sh build" >&2
    exit 1
}
# Who builds without a home of their own (a user of a container) keeps the cache here.
[ -w "${HOME:-/nonexistent}" ] || export HOME="$PWD/build"
export npm_config_update_notifier=false
(cd "$DIR" && npm ci --no-audit --no-fund --loglevel=error) || {
    echo "npm.sh: error: the packages of $DIR could not be installed" >&2
    exit 1
}
cp "$DIR/package-lock.json" "$DIR/node_modules/.installed"
