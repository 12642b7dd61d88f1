#!/usr/bin/env python3
"""Where `soabi abi3audit` and abi3audit differ, over the wheels for a stable ABI in a folder.

usage: compare.py SOABI ABI3AUDIT DIR [--answers FOLDER]

ABI3AUDIT is the program of a virtual environment, whose pyelftools reads the symbols that are the evidence. Answers of
abi3audit are kept in FOLDER, because they take minutes. Exit status 1: a difference that no reason of this file
explains.
"""
import argparse
import collections
import concurrent.futures
import hashlib
import json
import pathlib
import subprocess
import sys

REASONS = {
    "own name": "the file's own function, which it does not take from the interpreter",
    "own init symbol": "PyModExport_*, the init symbol of PEP 793",
    "oldest version": "the tags name several versions, and the wheel is promised to the oldest",
    "file name": "a library that does not end in .so or .pyd, which abi3audit does not look at",
    "abi3t alone": "abi3audit knows no abi3t",
}

# Prints the names that each .so of a wheel defines itself.
DEFINED = """
import io, json, sys, zipfile
from elftools.elf.elffile import ELFFile
names = {}
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for member in wheel.namelist():
        data = wheel.read(member) if member.endswith(".so") else b""
        if data[:4] != b"\\x7fELF":
            continue
        elf = ELFFile(io.BytesIO(data))
        tables = [elf.get_section_by_name(name) for name in (".dynsym", ".symtab")]
        symbols = [symbol for table in tables if table for symbol in table.iter_symbols()]
        own = {symbol.name for symbol in symbols if symbol["st_shndx"] != "SHN_UNDEF"}
        taken = {symbol.name for symbol in symbols if symbol["st_shndx"] == "SHN_UNDEF"}
        names.setdefault(member.rsplit("/", 1)[-1], []).extend(sorted(own - taken))
print(json.dumps(names))
"""


def run(program, wheel):
    """The exit status and the report of one of the two programs."""
    done = subprocess.run([program, "--report", wheel.name], cwd=str(wheel.parent), capture_output=True, text=True)
    report = json.loads(done.stdout) if done.stdout else {"specs": {}}
    spec = report["specs"].get(wheel.name, {"wheel": []})
    return {"status": done.returncode, "files": {(file["name"]): file["result"] for file in spec["wheel"]}}


def kept(folder, program, wheel):
    """abi3audit's answer, from the folder where it is kept."""
    if folder is None:
        return run(program, wheel)
    key = hashlib.sha256("{} {} {}".format(program, wheel.name, wheel.stat().st_size).encode()).hexdigest()[:16]
    file = folder / (key + ".json")
    if not file.exists():
        file.write_text(json.dumps(run(program, wheel)))
    return json.loads(file.read_text())


def differences(wheel, theirs, ours, defined):
    """Triples: the file, what differs, and the reason, or None."""
    tags = wheel.name[: -len(".whl")].split("-")[-3:]
    for name in sorted(set(theirs) | set(ours)):
        if name not in theirs:
            known = not name.endswith((".so", ".pyd"))
            reason = "file name" if known else "abi3t alone" if "abi3" not in tags[1].split(".") else None
            yield name, "soabi answers, abi3audit does not", reason
            continue
        if name not in ours:
            yield name, "abi3audit answers, soabi does not", None
            continue
        their, our = theirs[name], ours[name]
        own = set(defined.get(name, ()))

        def why_not(symbol):
            if symbol.startswith("PyModExport_"):
                return "own init symbol"
            return "own name" if symbol in own else None

        for key, verb in (("non_abi3_symbols", "is not of the stable ABI"), ("future_abi3_objects", "is of a later version")):
            for symbol in sorted(set(their[key]) - set(our[key])):
                yield name, "abi3audit: {} {}".format(symbol, verb), why_not(symbol)
            for symbol in sorted(set(our[key]) - set(their[key])):
                yield name, "soabi: {} {}".format(symbol, verb), None
        several = "." in tags[0]
        if their["baseline"] != our["baseline"]:
            yield name, "baseline {} and {}".format(their["baseline"], our["baseline"]), "oldest version" if several else None
        # What follows from the lists and the baseline must follow in both.
        for answer in (their, our):
            assert answer["is_abi3"] == (not answer["non_abi3_symbols"]), (name, answer)
            assert answer["is_abi3_baseline_compatible"] == (not answer["future_abi3_objects"]), (name, answer)
        same = all(their[key] == our[key] for key in ("baseline", "future_abi3_objects"))
        if same and their["computed"] != our["computed"]:
            yield name, "computed {} and {}".format(their["computed"], our["computed"]), None


def compare(wheel, options):
    theirs = kept(options.answers, options.abi3audit, wheel)
    ours = run(options.soabi, wheel)
    python = pathlib.Path(options.abi3audit).with_name("python")
    said = subprocess.run([str(python), "-c", DEFINED, str(wheel)], capture_output=True, text=True, check=True)
    found = list(differences(wheel, theirs["files"], ours["files"], json.loads(said.stdout)))
    if theirs["status"] != ours["status"] and not found:
        found.append(("-", "exit status {} and {}".format(theirs["status"], ours["status"]), None))
    return wheel, theirs, ours, found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("soabi")
    parser.add_argument("abi3audit")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--answers", type=pathlib.Path)
    options = parser.parse_args()
    if options.answers:
        options.answers.mkdir(parents=True, exist_ok=True)
    wheels = sorted(path for path in options.folder.glob("*.whl") if "-abi3" in path.name or ".abi3t-" in path.name)
    if not wheels:
        sys.exit("no wheel for a stable ABI is in {}".format(options.folder))
    unexplained = 0
    totals = collections.Counter()
    print("| wheel | exit status: abi3audit, soabi | files that differ | names or files | why |")
    print("|---|---|---|---|---|")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for wheel, theirs, ours, found in pool.map(lambda wheel: compare(wheel, options), wheels):
            totals["files"] += len(ours["files"])
            totals["equal wheels"] += not found
            reasons = collections.defaultdict(list)
            for name, what, reason in found:
                reasons[reason].append((name, what))
            for reason, items in sorted(reasons.items(), key=lambda pair: str(pair[0])):
                files = len({name for name, _ in items})
                totals[reason or "unexplained"] += len(items)
                print("| {} | {}, {} | {} | {} | {} |".format(
                    wheel.name, theirs["status"], ours["status"], files, len(items), reason or "UNEXPLAINED"))
                if reason is None:
                    unexplained += len(items)
                    for name, what in items:
                        print("    {}: {}".format(name, what), file=sys.stderr)
    print()
    for reason, words in REASONS.items():
        if totals[reason]:
            print("{}: {} ({})".format(reason, totals[reason], words))
    print("{} wheels, {} files, {} wheels with equal reports, {} differences unexplained".format(
        len(wheels), totals["files"], totals["equal wheels"], unexplained))
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
