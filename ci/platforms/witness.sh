#!/usr/bin/env bash
# Witnesses wheels for another machine in Debian 12's Python of that machine, which qemu runs, and holds what soabi says
# against `unzip` and `python -c`: `just witness-machine`. It takes Debian 12's mirror and PyPI; nothing is installed.
#
#   ci/platforms/witness.sh TOOLS MACHINE [WHEELS]
#
# MACHINE is one of arm64, armhf, i386, ppc64el, s390x. Without WHEELS it takes the newest wheels of some projects.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
tools=$1 machine=$2 wheels=${3:-}
mkdir -p "$tools"
tools=$(cd "$tools" && pwd)
case $machine in
arm64) platform=aarch64 ;;
armhf) platform=armv7l ;;
i386) platform=i686 ;;
ppc64el) platform=ppc64le ;;
*) platform=$machine ;;
esac

root=$tools/python-$machine
ci/platforms/foreign.sh "$tools" "$machine" "$root" python3.11-minimal libpython3.11-minimal libpython3.11-stdlib \
    libc6 libgcc-s1 libstdc++6 zlib1g libexpat1 libssl3 libffi8 libbz2-1.0 liblzma5 libuuid1
if [ -z "$wheels" ]; then
    wheels=$tools/wheels-$machine
    mkdir -p "$wheels"
    for name in markupsafe pyyaml psutil bcrypt cryptography numpy msgpack regex wrapt frozenlist; do
        python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest "$wheels" \
            --python-version 3.11 --abi cp311 --abi abi3 --platform "manylinux2014_$platform" \
            --platform "manylinux_2_17_$platform" --platform "manylinux_2_28_$platform" "$name" ||
            echo "no wheel of $name for $platform"
    done
fi
cargo build --release --locked --quiet
PATH=$tools/qemu/usr/bin:$PATH python3 tests/witness/compare.py target/release/soabi "$wheels" \
    --python "$root/usr/bin/python3.11"
