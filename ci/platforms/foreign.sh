#!/usr/bin/env bash
# qemu in user mode, and packages of Debian 12 for another machine in a root of their own; unpacked, without root:
# ci/platforms/foreign.sh TOOLS arm64 ROOT PACKAGE...
set -euo pipefail
tools=$1 machine=$2 root=$3
shift 3

# unpacked FOLDER APT... -- PACKAGE...
unpacked() {
    local folder=$1 apt=()
    shift
    [ ! -e "$folder/.done" ] || return 0
    while [ "$1" != -- ]; do apt+=("$1") && shift; done
    shift
    mkdir -p "$folder/debs"
    # A mirror may lack an index of one machine; what is needed may be in the others.
    "${apt[@]}" update || echo "going on with the indexes that there are" >&2
    (cd "$folder/debs" && "${apt[@]}" download "$@")
    for deb in "$folder"/debs/*.deb; do dpkg-deb --extract "$deb" "$folder"; done
    rm -r "$folder/debs"
    # Links from the root of the system are those of this machine now.
    find "$folder" -type l -lname '/*' -print0 | while IFS= read -r -d '' link; do
        ln --symbolic --force --no-dereference --relative "$folder$(readlink "$link")" "$link"
    done
    touch "$folder/.done"
}

common=(apt-get -o APT::Sandbox::User=root -q=2)
unpacked "$tools/qemu" "${common[@]}" -- qemu-user-static
# An index of packages of its own: this machine's apt knows its own architecture alone.
state=$tools/apt-$machine
mkdir -p "$state"/{state/lists/partial,cache/archives/partial}
touch "$state/status"
foreign=("${common[@]}" -o "APT::Architecture=$machine" -o "APT::Architectures::=$machine" -o "Dir::State=$state/state"
    -o "Dir::State::status=$state/status" -o "Dir::Cache=$state/cache")
unpacked "$root" "${foreign[@]}" -- "$@"
