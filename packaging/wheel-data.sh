#!/usr/bin/env bash
# Writes the manual pages and the completions into the folder from which maturin takes what a wheel installs beside the
# program: packaging/wheel-data.sh PROGRAM
set -euo pipefail
program=$(realpath "$1")
share=$(dirname "${BASH_SOURCE[0]}")/wheel-data/data/share
mkdir -p "$share"/{man/man1,bash-completion/completions,zsh/site-functions,fish/vendor_completions.d,elvish/lib,nushell/vendor/autoload,soabi}
"$program" man "$share/man/man1"
"$program" completions bash >"$share/bash-completion/completions/soabi"
"$program" completions zsh >"$share/zsh/site-functions/_soabi"
"$program" completions fish >"$share/fish/vendor_completions.d/soabi.fish"
"$program" completions elvish >"$share/elvish/lib/soabi.elv"
"$program" completions nushell >"$share/nushell/vendor/autoload/soabi.nu"
"$program" completions powershell >"$share/soabi/_soabi.ps1"
