#!/usr/bin/env python3
"""Fetch the wheels of the corpus with pip, which checks their sums.

usage: fetch.py [--list FILE] DIR [PART-OF-A-NAME...]

The list is wheels.tsv beside this file, or FILE. Wheels that are in DIR already are kept if their sums are right. Exit
status 1 names the wheels that could not be had.
"""
import argparse
import hashlib
import pathlib
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

LIST = pathlib.Path(__file__).with_name("wheels.tsv")


def wheels(path):
    """The list: file names and SHA-256 sums."""
    lines = path.read_text().splitlines()
    return [line.split("\t")[:2] for line in lines if line and not line.startswith("#")]


def selection(file_name):
    """The options of pip that make the wheel's own tags those of the target."""
    python, abi, platform = file_name[: -len(".whl")].split("-")[-3:]
    if platform == "any":
        return []
    kind, major, minor = re.match(r"([a-z]+)(\d)(\d*)", python).groups()
    options = ["--implementation", kind, "--python-version", major + "." + (minor or "12")]
    for tag in abi.split("."):
        options += ["--abi", tag]
    for tag in platform.split("."):
        options += ["--platform", tag]
    return options


def has(path, digest):
    return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == digest


def fetch(file_name, digest, folder):
    """What went wrong, or None."""
    if has(folder / file_name, digest):
        return None
    name, version = file_name.split("-")[:2]
    with tempfile.TemporaryDirectory(dir=str(folder)) as scratch:
        # Of all the files of a release pip takes the one that has this sum.
        wanted = pathlib.Path(scratch, "wanted.txt")
        wanted.write_text("%s==%s --hash=sha256:%s\n" % (name, version, digest))
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--only-binary=:all:", "--dest", scratch, "--requirement", str(wanted)]
        run = subprocess.run(command + selection(file_name), stderr=subprocess.PIPE, universal_newlines=True)
        got = list(pathlib.Path(scratch).glob("*.whl"))
        if run.returncode != 0 or not got:
            return (run.stderr.strip().splitlines() or ["nothing came"])[-1]
        got[0].rename(folder / file_name)
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--list", type=pathlib.Path, default=LIST, metavar="FILE")
    parser.add_argument("folder", type=pathlib.Path, metavar="DIR")
    parser.add_argument("part", nargs="*", metavar="PART-OF-A-NAME")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    wanted = [row for row in wheels(options.list) if not options.part or any(part in row[0] for part in options.part)]
    with ThreadPoolExecutor(4) as pool:
        problems = list(pool.map(lambda row: fetch(row[0], row[1], options.folder), wanted))
    failed = [(row[0], problem) for row, problem in zip(wanted, problems) if problem]
    for file_name, problem in failed:
        print("%s: %s" % (file_name, problem), file=sys.stderr)
    print("%d of %d wheels are in %s" % (len(wanted) - len(failed), len(wanted), options.folder))
    return 1 if failed else 0


sys.exit(main())
