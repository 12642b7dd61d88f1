#!/usr/bin/env python3
"""Writes the workspace again as cargo can publish it: each crate with all that it is made of.

usage: crates.py STAGE

Some crates are compiled with files that stand elsewhere in the workspace, where a stranger looks for them, and a
package holds the files of its own folder alone. So STAGE gets the files that git knows, and these crates a copy of
theirs in `carried/`, which their build scripts prefer. `just crates` packages STAGE and compiles what comes out.
"""
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# A crate, and the patterns of what it carries, from the root of the workspace.
CARRIED = {
    "soabi": ["docs/glossary.md", "docs/integrations.md"],
    "soabi-harness": ["crates/spam-c/**/*", "crates/spam-ffi/**/*", "crates/spam-pyo3/**/*", "crates/spam-toolkits/**/*"],
    "soabi-python": ["pythons/*.toml"],
    "soabi-rules": ["docs/rules/*.md"],
}
# What every package holds beside its sources.
EVERYWHERE = ["LICENSE-APACHE", "LICENSE-MIT", "README.md"]


def main(arguments):
    if len(arguments) != 1:
        sys.exit(__doc__)
    stage = pathlib.Path(arguments[0])
    if stage.exists():
        shutil.rmtree(stage)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    known = [pathlib.Path(name) for name in listed.decode().split("\0") if name]
    for name in known:
        copy(ROOT / name, stage / name)
    for crate, patterns in CARRIED.items():
        carried = [name for name in known if any(matches(name, pattern) for pattern in patterns)]
        assert carried, f"{crate} carries nothing"
        for name in carried:
            # Cargo leaves a folder with a manifest out of a package.
            suffix = ".carried" if name.name == "Cargo.toml" else ""
            copy(stage / name, stage / "crates" / crate / "carried" / name.with_name(name.name + suffix))
    for manifest in stage.glob("crates/*/Cargo.toml"):
        for name in EVERYWHERE:
            copy(ROOT / name, manifest.parent / name)


def matches(name, pattern):
    folder, _, rest = pattern.partition("/**/")
    return name.is_relative_to(folder) if rest else name.match(pattern) and len(name.parts) == pattern.count("/") + 1


def copy(source, target):
    if source.is_symlink() or not source.is_file():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)


if __name__ == "__main__":
    main(sys.argv[1:])
