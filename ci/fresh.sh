#!/usr/bin/env bash
# What the README says, on a machine that has nothing but Debian 12 and Rust: `just fresh`, as root.
#
#   ci/fresh.sh [DIR]
#
# The machine is a folder that debootstrap makes: DIR, which is used again when it is there, or a temporary one. In it
# are a user without root, a clone of what is committed here, and of this machine only its Rust (rustup's, read-only)
# and what it takes to reach the network: no interpreter, no crate, no cache.
#
# Exit status: that of `just test-all`.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

packages=ca-certificates,gcc,git,libc6-dev,make,patchelf,xz-utils
rust=$(rustc --print sysroot)
root=${1:-}
[ -n "$root" ] || { root=$(mktemp -d) && trap 'rm -rf --one-file-system "$root"' EXIT; }

make_machine() {
    local mirror
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'ORIGIN: Debian' 'COMPONENT: main' | head -n 1)
    debootstrap --variant=minbase --include="$packages" bookworm "$root" "$mirror" | tail -n 1
    apt-config dump Acquire >"$root/etc/apt/apt.conf.d/00network"
    cp --dereference /etc/resolv.conf /etc/hosts "$root/etc"
    cp --dereference /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs"
    mkdir "$root/rust"
    chroot "$root" useradd --create-home user
    git clone --quiet . "$root/home/user/soabi"
    chroot "$root" chown --recursive user: /home/user/soabi
}

# Inside, as root.
enter() {
    mount --bind "$rust" "$root/rust"
    mount --options remount,bind,ro "$root/rust"
    mount --rbind /dev "$root/dev"
    mount --types proc proc "$root/proc"
    chroot --userspec=user:user "$root" env --ignore-environment HOME=/home/user LANG=C.UTF-8 \
        PATH=/home/user/.cargo/bin:/rust/bin:/usr/bin:/bin \
        bash -euo pipefail -c "$(declare -f step readme); readme"
}

step() {
    local TIMEFORMAT="== $*: %0R s, the processors' work %0U s + %0S s"
    time "$@"
}

# Inside, as the user.
readme() {
    cd ~/soabi
    command -v just >/dev/null || step cargo install --locked --quiet just
    # It fails when one that the tests require cannot be had. The axis is then what there is.
    step just pythons || true
    SOABI_PYTHON=$(target/release/soabi pythons | awk '$3 ~ "^/" { print $1 }' | paste --serial --delimiters=,)
    export SOABI_PYTHON
    echo "== the axis: $SOABI_PYTHON"
    step just test-all
}

[ -e "$root/home/user" ] || make_machine
export root rust
# The mounts are of a namespace that ends with the run, and so are the processes.
unshare --mount --pid --fork --kill-child bash -euo pipefail -c "$(declare -f enter step readme); enter"
