#!/usr/bin/env bash
# Builds soabi for another platform and holds its answers against those of this one: `just windows`, `just aarch64`,
# `just musl`, `just macos`. It takes Debian 12's mirror, the crates and PyPI, and nothing is installed.
#
#   ci/platforms/run.sh windows|aarch64|musl|macos TOOLS [WHEELS [NUMBER]]
#
# TOOLS is a folder where the toolchains are kept. Without WHEELS it only builds.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
platform=$1 tools=$2 wheels=${3:-} number=${4:-60}
here=ci/platforms
mkdir -p "$tools"
tools=$(cd "$tools" && pwd)
cargo build --locked --quiet --package soabi
soabi=$PWD/target/debug/soabi
export CARGO_TARGET_DIR=$PWD/target/platforms

# same COMMAND...
same() {
    "$@" --version
    [ -n "$wheels" ] || return 0
    python3 $here/same.py "$wheels" "$number" "$soabi" -- "$@"
}

build=(--locked --package soabi)
case $platform in
windows)
    eval "$($here/toolchain.sh "$tools" windows)"
    cargo build "${build[@]}" -Z build-std=std,panic_unwind --target x86_64-pc-windows-gnu
    program=$CARGO_TARGET_DIR/x86_64-pc-windows-gnu/debug/soabi.exe
    $here/wine.sh "$tools/wine" "$tools/mingw" >"$tools/wine.env"
    # Beside the program, where Windows looks for libraries first.
    cp "$tools/wine/bcryptprimitives.dll" "$(dirname "$program")"
    # shellcheck disable=SC1091
    . "$tools/wine.env"
    same wine64 "$program"
    ;;
aarch64)
    eval "$($here/toolchain.sh "$tools" zig)"
    $here/foreign.sh "$tools" arm64 "$tools/root-arm64" libc6 libgcc-s1
    $here/foreign.sh "$tools" arm64 "$tools/std-arm64" libstd-rust-web-dev
    ln -sfn "$tools/std-arm64/usr/lib/rustlib/aarch64-unknown-linux-gnu" \
        "$tools/rust/usr/lib/rustlib/aarch64-unknown-linux-gnu"
    cargo zigbuild "${build[@]}" --target aarch64-unknown-linux-gnu.2.17
    same "$tools/qemu/usr/bin/qemu-aarch64-static" -cpu cortex-a72 -L "$tools/root-arm64" \
        "$CARGO_TARGET_DIR/aarch64-unknown-linux-gnu/debug/soabi"
    ;;
musl)
    # Static, and without the half that runs interpreters, which a static program cannot load.
    eval "$($here/toolchain.sh "$tools" zig)"
    # The standard library that is built here has no start objects of musl; zig has them.
    export RUSTFLAGS='-C link-self-contained=no'
    cargo zigbuild "${build[@]}" --no-default-features -Z build-std=std,panic_unwind --target x86_64-unknown-linux-musl
    program=$CARGO_TARGET_DIR/x86_64-unknown-linux-musl/debug/soabi
    ! readelf --dynamic "$program" 2>/dev/null | grep NEEDED
    same "$program"
    ;;
macos)
    # Types alone: nothing here runs it.
    eval "$($here/toolchain.sh "$tools" zig)"
    for machine in aarch64 x86_64; do
        cargo zigbuild --help >/dev/null
        cargo-zigbuild check "${build[@]}" -Z build-std=std,panic_unwind --target $machine-apple-darwin
    done
    ;;
*)
    echo "no such platform: $platform" >&2
    exit 2
    ;;
esac
