#!/usr/bin/env bash
# wine, from Debian 12's packages, unpacked into a folder; without root. Only console programs run in it.
#
#   ci/platforms/wine.sh DIR MINGW    prints the variables that it wants, as shell code
#
# MINGW is the folder with mingw's `usr`.

set -euo pipefail
dir=$(mkdir -p "$1" && cd "$1" && pwd)
cc=$2/usr/bin/x86_64-w64-mingw32-gcc-win32

if [ ! -e "$dir/.done" ]; then
    mkdir -p "$dir/debs"
    (cd "$dir/debs" && apt-get -o APT::Sandbox::User=root -q=2 download \
        wine64 libwine libz-mingw-w64 libunwind8 >&2)
    for deb in "$dir"/debs/*.deb; do dpkg-deb --extract "$deb" "$dir"; done
    rm -r "$dir/debs"
    wine=$dir/usr/lib/wine
    libraries=$(echo "$dir"/usr/lib/x86_64-linux-gnu/wine/x86_64-windows)
    # Debian's is a script that knows only the place where it is installed.
    ln -sf wineserver64 "$wine/wineserver"
    # user32 wants it, and does not find it where Debian has it.
    cp "$dir/usr/x86_64-w64-mingw32/lib/zlib1.dll" "$libraries/"
    touch "$dir/.done"
fi
if [ ! -e "$dir/bcryptprimitives.dll" ]; then
    # Rust's random numbers come from ProcessPrng, which wine 8 has not. SystemFunction036 is RtlGenRandom.
    cat >"$dir/prng.c" <<'C'
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG length);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length) { return SystemFunction036(data, (ULONG)length); }
C
    "$cc" -shared -O1 -o "$dir/bcryptprimitives.dll" "$dir/prng.c" -ladvapi32
fi
cat <<SH
export PATH=$dir/usr/lib/wine:\$PATH
export LD_LIBRARY_PATH=$dir/usr/lib/x86_64-linux-gnu
export WINEPREFIX=$dir/prefix
export WINEDEBUG=-all
export WINEDLLOVERRIDES="mscoree,mshtml=;bcryptprimitives=n"
SH
# The first start makes the prefix and fails, for want of zlib1.dll in it; its processes go on for a while.
if [ ! -e "$dir/prefix/.ready" ]; then
    cat <<'SH'
wine64 wineboot -i >/dev/null 2>&1 || true
wineserver -w
cp "$WINEPREFIX/../usr/x86_64-w64-mingw32/lib/zlib1.dll" "$WINEPREFIX/drive_c/windows/system32/"
touch "$WINEPREFIX/.ready"
SH
fi
