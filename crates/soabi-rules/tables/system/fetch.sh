#!/usr/bin/env bash
# Brings what `cargo run -p soabi-rules --example system_tables DIR` reads: pip's and apt's packages, unpacked.
#
# usage: tables/system/fetch.sh DIR
#
# Needs pip, apt-get and dpkg-deb, and the network. Nothing is installed, and nothing outside DIR is changed.
# DIR/sources.txt then says what was read, and on which day.
set -euo pipefail
mkdir -p "$1"
cd "$1"
here=$PWD
: > sources.txt
say() { printf '%s %s\n' "$1" "$2" >> sources.txt; }
say date "$(date +%F)"

wheel() { # NAME [VERSION] -> wheels/NAME-VERSION
    local folder="download/$1${2:-}"
    [ -d "$folder" ] || python3 -m pip -q download --no-deps --dest "$folder" "$1${2:+==$2}"
    ls "$folder" | sed 's/^[^-]*-\([^-]*\)-.*/\1/'
}

version=$(wheel ziglang)
unzip -qo download/ziglang/*.whl 'ziglang/lib/libc/glibc/abilists' 'ziglang/lib/libc/darwin/*.tbd' \
    'ziglang/lib/libc/mingw/lib*' 'ziglang/lib/libc/musl/libc.S'
say ziglang "$version"
mkdir -p musl
cp ziglang/lib/libc/musl/libc.S musl/1.2.5.S
# The releases of zig that carried the older musls.
for pair in 0.9.1:1.2.2 0.12.0:1.2.4; do
    wheel ziglang "${pair%:*}" > /dev/null
    unzip -qp "download/ziglang${pair%:*}/"*.whl 'ziglang/lib/libc/musl/libc.S' > "musl/${pair#*:}.S"
done
version=$(wheel auditwheel)
unzip -qo download/auditwheel/*.whl 'auditwheel/policy/*.json'
say auditwheel "$version"

# Debian's unstable has the newest GCC; its mirror is the one that this machine uses.
mkdir -p apt/lists/partial debian
mirror=$(apt-get indextargets --format '$(REPO_URI)' | grep -m1 '/debian/*$')
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" > apt/sources.list
cat > apt/apt.conf <<EOF
Dir::State::Lists "$here/apt/lists";
Dir::Etc::SourceList "$here/apt/sources.list";
Dir::Etc::SourceParts "-";
Dir::Cache "$here/apt";
APT::Architectures { "amd64"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
EOF
export APT_CONFIG="$here/apt/apt.conf"
apt-get -q=2 update
for package in libc6 libstdc++6 libgcc-s1 libatomic1 zlib1g libexpat1 musl; do
    rm -rf "debian/$package"
    mkdir -p "debian/$package"
    (cd "debian/$package" && apt-get -q=2 download "$package" && dpkg-deb -e ./*.deb control && dpkg-deb -x ./*.deb data)
    say "$package" "$(dpkg-deb -f "debian/$package/"*.deb Version)"
done
