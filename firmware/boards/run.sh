#!/bin/sh
# Runs a board's firmware in its emulator: run.sh BOARD ELF [emulate's options].
# `cargo run` in a board's folder calls it. The emulator's front end is built at the root of the
# repository, where the board's target does not apply.
set -eu
board=$1
shift
here=$PWD
cd "$(dirname "$0")/../.."
exec cargo run --release --quiet -p tests --bin emulate -- \
    --directory "$here" --board "$board" "$@"
