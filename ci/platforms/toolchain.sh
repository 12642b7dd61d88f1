#!/usr/bin/env bash
# Rust for other platforms, from Debian's packages alone: unpacked into a folder, without root, installed nowhere.
#
#   ci/platforms/toolchain.sh DIR     prints the variables that the builds want, as shell code
#
# Debian 12 has a whole Rust of its own in its security updates (`rustc-web`), with the sources of the standard library,
# from which that of a platform without a package is built (`-Z build-std`).

set -euo pipefail
dir=$(mkdir -p "$1" && cd "$1" && pwd)

# apt with lists of its own, which are those of today.
apt() {
    local program=$1
    shift
    "$program" -o APT::Sandbox::User=root -o Dir::State::Lists="$dir/apt/lists" -o Dir::Cache="$dir/apt/cache" -q=2 "$@"
}

# The name of the package that package $1 depends on and that starts with $2.
needed() {
    apt apt-cache depends "$1" | grep --only-matching --max-count 1 "$2[0-9][0-9.]*"
}

# Unpacks the packages that are named into DIR/$1.
unpack() {
    local part=$dir/$1
    shift
    [ ! -e "$part/.done" ] || return 0
    rm -rf --one-file-system "$part"
    mkdir -p "$part/debs"
    (cd "$part/debs" && apt apt-get download "$@" >&2)
    for deb in "$part"/debs/*.deb; do dpkg-deb --extract "$deb" "$part"; done
    rm -r "$part/debs"
    touch "$part/.done"
}

if [ ! -e "$dir/apt/.done" ]; then
    mkdir -p "$dir/apt/lists/partial" "$dir/apt/cache/archives/partial"
    apt apt-get update >&2
    touch "$dir/apt/.done"
fi
std=$(needed libstd-rust-web-dev libstd-rust-web-)
unpack rust rustc-web cargo-web rust-web-src "$std" libstd-rust-web-dev "$(needed "$std" libllvm)" libgit2-1.5 \
    libhttp-parser2.9 libmbedcrypto7 libmbedx509-1 libmbedtls14 libssh2-1
rust=$dir/rust/usr
cat <<SH
export PATH=$rust/bin:\$PATH
export RUSTC=$rust/bin/rustc
export RUSTDOC=/bin/false
export LD_LIBRARY_PATH=$rust/lib/x86_64-linux-gnu:$rust/lib
export RUSTC_BOOTSTRAP=1
export CARGO_INCREMENTAL=0
SH

case ${2:-} in
windows)
    unpack mingw gcc-mingw-w64-x86-64-win32 gcc-mingw-w64-x86-64-win32-runtime gcc-mingw-w64-base \
        binutils-mingw-w64-x86-64 mingw-w64-common mingw-w64-x86-64-dev
    bin=$dir/mingw/usr/bin
    # build-std makes no start objects, and the linker wants two.
    objects=$rust/lib/rustlib/x86_64-pc-windows-gnu/lib
    mkdir -p "$objects"
    for object in rsbegin rsend; do
        [ -e "$objects/$object.o" ] || LD_LIBRARY_PATH=$rust/lib/x86_64-linux-gnu:$rust/lib RUSTC_BOOTSTRAP=1 \
            "$rust/bin/rustc" --edition 2021 --target x86_64-pc-windows-gnu --emit=obj -C panic=abort \
            -o "$objects/$object.o" "$rust"/src/rustc-*/library/rtstartup/$object.rs >&2
    done
    cat <<SH
export PATH=\$PATH:$bin
export CC_x86_64_pc_windows_gnu=$bin/x86_64-w64-mingw32-gcc-win32
export AR_x86_64_pc_windows_gnu=$bin/x86_64-w64-mingw32-ar
export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER=$bin/x86_64-w64-mingw32-gcc-win32
SH
    ;;
zig)
    # zig is a C compiler and a linker for every platform; it comes from PyPI.
    if [ ! -x "$dir/zig/bin/cargo-zigbuild" ]; then
        python3 -m venv "$dir/zig"
        "$dir/zig/bin/pip" install --quiet --disable-pip-version-check ziglang==0.17.1 cargo-zigbuild==0.24.1 >&2
    fi
    echo "export PATH=$dir/zig/bin:\$PATH"
    ;;
esac
