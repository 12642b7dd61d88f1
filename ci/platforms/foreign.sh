#!/usr/bin/env bash
# qemu, and a root of another machine of Debian 12: its C library, and Rust's standard library for it; unpacked, without
# root: ci/platforms/foreign.sh TOOLS arm64
set -euo pipefail
tools=$1 machine=$2

# An index of packages of its own: this machine's apt knows its own architecture alone.
apt=$tools/apt-$machine
mkdir -p "$apt"/{state/lists/partial,cache/archives/partial}
touch "$apt/status"
options=(-o "APT::Architecture=$machine" -o "APT::Architectures::=$machine" -o "Dir::State=$apt/state"
    -o "Dir::State::status=$apt/status" -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root -q=2)

# fetch FOLDER PACKAGE...
fetch() {
    local folder=$1
    shift
    [ ! -e "$folder/.done" ] || return 0
    mkdir -p "$folder/debs"
    apt-get "${options[@]}" update
    (cd "$folder/debs" && apt-get "${options[@]}" download "$@")
    for deb in "$folder"/debs/*.deb; do dpkg-deb --extract "$deb" "$folder"; done
    rm -r "$folder/debs"
    touch "$folder/.done"
}

fetch "$tools/root-$machine" libc6 libgcc-s1
fetch "$tools/std-$machine" libstd-rust-web-dev
target=$(cd "$tools/std-$machine"/usr/lib/rustlib && echo ./*-unknown-linux-gnu)
ln -sfn "$tools/std-$machine/usr/lib/rustlib/$target" "$tools/rust/usr/lib/rustlib/$target"
if [ ! -e "$tools/qemu/.done" ]; then
    mkdir -p "$tools/qemu/debs"
    (cd "$tools/qemu/debs" && apt-get -o APT::Sandbox::User=root -q=2 download qemu-user-static)
    dpkg-deb --extract "$tools"/qemu/debs/*.deb "$tools/qemu"
    rm -r "$tools/qemu/debs"
    touch "$tools/qemu/.done"
fi
