#!/usr/bin/env python3
"""Compare the wheels that soabi says installers choose with the choices of the real `packaging`.

usage: compare.py SOABI [RELEASES]      makes RELEASES (default 200) random releases, prints every difference, and then
                                        `N of M as packaging chooses`; exit 1 if there is a difference

Needs packaging 26.1 or later, which knows abi3t. The wheels hold nothing but metadata.
"""

import json
import pathlib
import random
import subprocess
import sys
import tempfile
import zipfile

from packaging import _manylinux, _musllinux, tags
from packaging.specifiers import SpecifierSet
from packaging.utils import parse_wheel_filename

PYTHONS = ["cp39", "cp310", "cp311", "cp312", "cp313", "cp314", "cp315"]
PLATFORMS = [
    "manylinux1_x86_64", "manylinux_2_5_x86_64.manylinux1_x86_64", "manylinux2010_x86_64", "manylinux2014_x86_64",
    "manylinux_2_17_x86_64.manylinux2014_x86_64", "manylinux_2_28_x86_64", "manylinux_2_27_x86_64.manylinux_2_28_x86_64",
    "manylinux_2_34_aarch64", "manylinux2014_aarch64", "manylinux_2_17_ppc64le", "manylinux_2_31_riscv64", "linux_x86_64",
    "musllinux_1_1_x86_64", "musllinux_1_2_x86_64", "musllinux_1_2_aarch64", "macosx_10_9_x86_64", "macosx_10_9_universal2",
    "macosx_11_0_arm64", "macosx_12_0_universal2", "macosx_14_0_arm64", "macosx_10_13_intel", "win_amd64", "win_arm64",
    "win32", "any",
]  # fmt: skip
REQUIRES = [None, ">=3.9", ">=3.10", ">=3.11,<3.15", "~=3.10", "!=3.12.*", ">=3.13.2"]


def random_tag(choice):
    python, platform = choice(PYTHONS), choice(PLATFORMS)
    kind = choice(["own", "own", "free-threaded", "abi3", "abi3", "abi3t", "both", "none", "pure"])
    if kind == "pure" or platform == "any":
        return "%s-none-%s" % (choice(["py3", "py2.py3", "py310", python]), platform)
    abi = {"own": python, "free-threaded": python + "t", "both": "abi3.abi3t"}.get(kind, kind)
    return "%s-%s-%s" % (python, abi, platform)


def write_wheel(folder, tag, build, requires):
    name = "spam-1.0-%s%s.whl" % ("%d-" % build if build else "", tag)
    metadata = "Metadata-Version: 2.1\nName: spam\nVersion: 1.0\n"
    if requires:
        metadata += "Requires-Python: %s\n" % requires
    with zipfile.ZipFile(folder / name, "w") as archive:
        archive.writestr("spam-1.0.dist-info/METADATA", metadata)
        archive.writestr("spam-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: %s\n" % tag)
        archive.writestr("spam-1.0.dist-info/RECORD", "")
    return name


def platforms(system):
    """The platform tags of a system, as packaging lists them there."""
    family, arch = system["family"], system["arch"]
    version = tuple(map(int, system["since"].split("."))) if system["since"] else None
    if family == "windows":
        return ["win32" if arch == "32" else "win_" + arch]
    if family == "macos":
        return list(tags.mac_platforms(version, arch))
    _manylinux._have_compatible_abi = lambda *_: True
    _manylinux._get_glibc_version = lambda: version
    _manylinux._get_manylinux_module = lambda: None
    _musllinux._get_musl_version = lambda _: _musllinux._MuslVersion(*version) if family == "musl" else None
    libc = _musllinux if family == "musl" else _manylinux
    return ["linux_" + arch, *libc.platform_tags([arch])]


def supported(python, system):
    """The tags of an interpreter on a system, the preferred first."""
    digits = python[2:].rstrip("t")
    version, interpreter = (int(digits[0]), int(digits[1:])), "cp" + digits
    known = platforms(system)
    yield from tags.cpython_tags(version, [python], known)
    yield from tags.compatible_tags(version, interpreter, known)


def chosen(files, python, system):
    """The file that pip's CandidateEvaluator takes: the best tag, then the greatest build."""
    digits = python[2:].rstrip("t")
    ranks = {}
    for rank, tag in enumerate(supported(python, system)):
        ranks.setdefault(tag, rank)
    best = None
    for name, requires in files:
        # Some patch release is enough for soabi, which speaks of feature releases.
        if requires and not any(SpecifierSet(requires).contains("3.%s.%d" % (digits[1:], patch)) for patch in range(40)):
            continue
        _, _, build, its_tags = parse_wheel_filename(name)
        rank = min((ranks[tag] for tag in its_tags if tag in ranks), default=None)
        if rank is not None:
            key = (-rank, build)
            if best is None or key > best[0]:
                best = (key, name)
    return best and best[1]


def compare(soabi, seed):
    """The number of choices of one release, and of those that differ."""
    choice = random.Random(seed).choice
    with tempfile.TemporaryDirectory() as path:
        folder = pathlib.Path(path)
        files = {}
        for _ in range(choice(range(2, 9))):
            requires = choice(REQUIRES)
            files[write_wheel(folder, random_tag(choice), choice([0, 0, 0, 1, 12]), requires)] = requires
        if len(files) < 2:
            return 0, 0
        command = [soabi, "audit", "--no-config", "--no-cache", "--format", "json", path]
        report = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout)
    number = wrong = 0
    for system in report["releases"][0]["systems"]:
        for cell in system["choices"]:
            ours = cell["wheel"] and pathlib.Path(cell["wheel"]).name
            theirs = chosen(files.items(), cell["python"], system)
            number += 1
            if ours != theirs:
                wrong += 1
                print("%d: %s on %s: %s, packaging: %s" % (seed, cell["python"], system["words"], ours, theirs))
    return number, wrong


def main():
    soabi, releases = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200
    results = [compare(soabi, seed) for seed in range(releases)]
    number, wrong = (sum(column) for column in zip(*results))
    print("%d of %d as packaging chooses" % (number - wrong, number))
    sys.exit(1 if wrong or not number else 0)


if __name__ == "__main__":
    main()
