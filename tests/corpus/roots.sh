#!/bin/sh
# Make the roots of `just accuracy-root` in the folder ROOTS: `glibc`, Debian's smallest system with the libraries that
# manylinux promises and no more than those need, and `musl`, Debian's musl and nothing else. As root, with debootstrap,
# gcc, musl-tools and the network.
#
# usage: roots.sh ROOTS NAMES     NAMES: assembler that defines every name that some Python exports
set -eu
roots=$1 names=$2
here=$(dirname "$0")
host=$here/../../crates/soabi-rules/examples/accuracy_root/host.c
promised=libstdc++6,zlib1g,libexpat1,libx11-6,libxext6,libxrender1,libice6,libsm6,libgl1,libglib2.0-0,libatomic1

mkdir -p "$roots"
if ! [ -e "$roots/glibc/done" ]; then
    rm -rf "$roots/glibc"
    debootstrap --variant=minbase --include="$promised" bookworm "$roots/glibc"
    rm -rf "$roots/glibc/var/cache/apt" "$roots/glibc/var/lib/apt"
    touch "$roots/glibc/done"
fi
mkdir -p "$roots/musl/lib" "$roots/musl/dev"
cp -L /lib/ld-musl-x86_64.so.1 "$roots/musl/lib/ld-musl-x86_64.so.1"
ln -sf ld-musl-x86_64.so.1 "$roots/musl/lib/libc.musl-x86_64.so.1"
[ -e "$roots/musl/dev/null" ] || mknod -m 666 "$roots/musl/dev/null" c 1 3

# The libraries that CPython itself has loaded are those of the host.
gcc -shared -nostdlib -o "$roots/glibc/pystub.so" -Wl,-soname,pystub.so -x assembler "$names"
gcc -o "$roots/glibc/host" "$host" -Wl,--no-as-needed "$roots/glibc/pystub.so" -Wl,-rpath,/ -lm -ldl -lpthread -lutil
cp "$roots/glibc/pystub.so" "$roots/musl/pystub.so"
musl-gcc -o "$roots/musl/host" "$host" -Wl,--no-as-needed "$roots/musl/pystub.so" -Wl,-rpath,/
