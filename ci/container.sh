#!/usr/bin/env bash
# The matrix of one interpreter at a time, each in a container of its own, held to the truth table: `just container`.
#
#   ci/container.sh cp311 cp313
#
# ci/containers.tsv says which image an interpreter is in. Without a registry, a Debian is made by debootstrap from
# the mirror of this machine's own apt, as root. Building an image uses the network; running one does not.
#
# SOABI is the program that is mounted (target/debug/soabi). SOABI_ENGINE is podman or docker; the first that is there.
#
# Exit status: 0 all passed (what could not run is counted), 1 one failed, 2 none could be run.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

soabi=$(realpath "${SOABI:-target/debug/soabi}")
passed=0 failed=0 not_run=0
words=$(mktemp)
root=
trap 'rm -f "$words"; [ -z "$root" ] || rm -rf --one-file-system "$root"' EXIT

# For hosts that are containers themselves: no right to raise limits, and no cgroups that crun would want.
modest=(--ulimit nofile=1024:1024 --ulimit nproc=1024:1024)
options=()

# The specimens in Rust are built with this machine's rustc and cargo, and with the crates that it has (`just fetch`).
rust=()
if command -v rustc >/dev/null; then
    crates=${CARGO_HOME:-$HOME/.cargo}/registry
    mkdir -p "$crates"
    rust=(--volume "$(rustc --print sysroot):/rust:ro" --env RUSTC=/rust/bin/rustc --env CARGO=/rust/bin/cargo
        --volume "$crates:/cargo/registry:ro" --env CARGO_HOME=/cargo --env CARGO_NET_OFFLINE=true)
fi

# run IMAGE COMMAND...
run() {
    local image=$1
    shift
    "$engine" run --rm --network=none "${options[@]}" \
        --volume "$soabi:/usr/local/bin/soabi:ro" --volume "$PWD/tests/expected:/expected:ro" \
        "${rust[@]}" --env SOABI_PYTHON="$id" "$image" "$@"
}

# The engine, and with which options it runs anything at all.
starts() {
    options=()
    run "$1" true 2>"$words" && return
    options=("${modest[@]}")
    run "$1" true 2>"$words" && return
    options=(--runtime runc "${modest[@]}")
    [ "$engine" = podman ] && command -v runc >/dev/null && run "$1" true 2>"$words"
}

# bootstrap IMAGE PACKAGES TAG
bootstrap() {
    local suite=${1#debian:} mirror
    [ "$suite" != "$1" ] || { echo "no registry has $1" >"$words"; return 1; }
    command -v debootstrap >/dev/null || { echo "no registry, and no debootstrap" >"$words"; return 1; }
    [ "$(id -u)" = 0 ] || { echo "no registry, and debootstrap wants root" >"$words"; return 1; }
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'ORIGIN: Debian' 'COMPONENT: main' | head -n 1)
    root=$(mktemp -d)
    debootstrap --variant=minbase --include="gcc,libc6-dev,${2// /,}" "$suite" "$root" "$mirror" >"$words" 2>&1 || return
    tar -C "$root" -c . | "$engine" import - "$3" >/dev/null 2>"$words" || return
    rm -rf --one-file-system "$root"
    root=
}

# image IMAGE PACKAGES TAG: makes it, unless it is there.
image() {
    "$engine" image inspect "$3" >/dev/null 2>&1 && return
    local file=debian
    [ -n "$2" ] || file=image
    echo "$id: building $1 with ${2:-nothing more}"
    "$engine" build --quiet --tag "$3" --build-arg IMAGE="$1" --build-arg PACKAGES="$2" \
        --file "ci/$file.Containerfile" ci >/dev/null 2>"$words" || bootstrap "$1" "$2" "$3"
}

skip() {
    not_run=$((not_run + 1))
    echo "not run: $id: $1"
}

one() {
    local base packages tag=soabi-$id has_image='' started=$SECONDS
    echo "ci/containers.tsv has none" >"$words"
    [ -n "$engine" ] || { skip "neither podman nor docker is there"; return; }
    "$engine" info >/dev/null 2>"$words" || { skip "$engine does not work: $(tail -n 1 "$words")"; return; }
    # The first that can be had, of those that the table has.
    while IFS=$'\t' read -r _ base packages; do
        image "$base" "$packages" "$tag" </dev/null && has_image=yes && break
    done < <(grep -P "^$id\t" ci/containers.tsv)
    [ -n "$has_image" ] || { skip "no image: $(tail -n 1 "$words")"; return; }
    local built=$((SECONDS - started))
    starts "$tag" || { skip "$engine runs nothing: $(tail -n 1 "$words")"; return; }
    # A program that was linked for a newer C library than the image has does not start.
    run "$tag" soabi --version >/dev/null 2>"$words" || { skip "$(tail -n 1 "$words")"; return; }
    started=$SECONDS
    if run "$tag" soabi matrix --quiet --probes always --expected /expected/spam.toml; then
        passed=$((passed + 1))
        echo "passed: $id in $base: $((SECONDS - started)) s, its image ${built} s"
    else
        failed=$((failed + 1))
        echo "failed: $id in $base"
    fi
}

engine=${SOABI_ENGINE:-$(command -v podman || command -v docker || true)}
engine=${engine##*/}
for id in "$@"; do one; done
echo "asked for $#: $passed passed, $failed failed, $not_run not run"
[ "$failed" = 0 ] || exit 1
[ "$passed" -gt 0 ] || exit 2
