#!/usr/bin/env bash
# The wheel of soabi on a machine that has nothing but Debian 12 and its Python: `just clean-root`, as root.
#
#   ci/clean-root.sh FOLDER-OF-THE-WHEEL WHEELS [ROOT]
#
# The machine is a folder that debootstrap makes: ROOT, which is used again when it is there, or a temporary one. In it the
# wheel is installed with pip, ten of WHEELS are audited, the matrix runs in the only Python, and uvx runs the wheel as well.
# Only uv, a file of this machine or of PyPI, comes from outside.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
wheel=$(echo "$PWD/$1"/soabi-*.whl) wheels=$2 root=${3:-}
[ -n "$root" ] || { root=$(mktemp -d) && trap 'rm -rf --one-file-system "$root"' EXIT; }

if [ ! -e "$root/usr/bin/python3" ]; then
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'ORIGIN: Debian' 'COMPONENT: main' | head -n 1)
    debootstrap --variant=minbase --include=python3,python3-venv bookworm "$root" "$mirror" | tail -n 1
fi
rm -rf "$root/given" && mkdir -p "$root/given/wheels"
cp "$wheel" "$root/given"
# Ten small ones, of all kinds.
find "$wheels" -name '*.whl' -printf '%s %p\n' | sort -n | awk 'NR % 6 == 1 { print $2 }' | head -n 10 |
    xargs cp --target-directory "$root/given/wheels"
uv=$(mktemp -d)
python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$uv" uv
cp "$uv"/uv-*.whl "$root/given/uv.zip"
rm -r "$uv"

step() {
    local TIMEFORMAT="== $1: %1R s"
    shift
    time "$@"
}

# Inside.
inside() {
    export HOME=/tmp/home LANG=C.UTF-8
    rm -rf /tmp/venv /tmp/home /tmp/uv
    mkdir /tmp/home
    python3 -m venv /tmp/venv
    step "pip install" /tmp/venv/bin/pip install --quiet --no-index --disable-pip-version-check /given/soabi-*.whl
    export PATH=/tmp/venv/bin:/usr/bin:/bin
    soabi --version --verbose
    step "audit of ten wheels" ten
    step "python -m soabi" python -m soabi --version
    # Without a compiler nothing of soabi's own can be built; a wheel is there.
    step "matrix of a wheel with that Python" soabi matrix "$(find /given/wheels -name '*-abi3-*x86_64.whl' | sort | head -n 1)" \
        --python /usr/bin/python3 | tail -n 4
    python3 -m zipfile --extract /given/uv.zip /tmp/uv
    chmod +x /tmp/uv/uv-*.data/scripts/*
    PATH=$(echo /tmp/uv/uv-*.data/scripts):$PATH
    step "uvx --from" uvx --offline --python /usr/bin/python3 --from "$(echo /given/soabi-*.whl)" soabi --version
}

# Findings are no failure of this test; what could not be audited is.
ten() {
    local code=0
    soabi audit --statistics -q /given/wheels/*.whl >/tmp/said || code=$?
    tail -n 3 /tmp/said
    [ "$code" -le 1 ]
}

enter() {
    mount --rbind /dev "$root/dev"
    mount --types proc proc "$root/proc"
    chroot "$root" bash -euo pipefail -c "$(declare -f step inside ten); inside"
}

ls -l "$wheel"
export root
unshare --mount --pid --fork --kill-child bash -euo pipefail -c "$(declare -f enter step inside ten); enter"
