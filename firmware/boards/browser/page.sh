#!/bin/sh
# Puts the page together: page.sh WASM [FOLDER]. `cargo run --release` here calls it. The program
# for it is built at the root of the repository, where the board's target does not apply.
set -eu
here=$PWD
cd "$(dirname "$0")/../../.."
exec cargo run --release --quiet -p tests --bin browser-page -- --directory "$here" "$@"
