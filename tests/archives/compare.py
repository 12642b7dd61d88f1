"""Installs crafted wheels with pip and uv, compares what they write, and holds soabi to it.

    compare.py SOABI READER... [--write]

A READER is a Python with pip, or uv. Each wheel of craft.py is installed by every reader into an empty folder.
Where two of them write different files, or only one of them refuses, soabi has to report `ambiguous-archive`; of the
sound wheels it must not. The table of what was seen is compared with readers.tsv beside this file, or written with
`--write`. Exit 1 when soabi or the table disagrees.
"""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import craft

HERE = pathlib.Path(__file__).parent
RULE = "ambiguous-archive"


def version(reader):
    """`pip 23.0.1 (3.9.18)`, `uv 0.5.1`."""
    if pathlib.Path(reader).name.startswith("python"):
        code = "import pip, platform; print(f'pip {pip.__version__} ({platform.python_version()})')"
        return subprocess.run([reader, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    line = subprocess.run([reader, "--version"], capture_output=True, text=True, check=True).stdout
    return " ".join(line.split()[:2])


def installed(reader, wheel, folder):
    """What the reader writes: `refused`, or the files and their content."""
    target = folder / "a" / "target"
    target.mkdir(parents=True)
    if pathlib.Path(reader).name.startswith("python"):
        command = [reader, "-m", "pip", "--disable-pip-version-check", "install", "--no-compile", "--no-cache-dir"]
    else:
        command = [reader, "pip", "install", "--no-cache", "--offline", "--python", sys.executable]
    command += ["--no-index", "--no-deps", "--target", str(target), str(wheel)]
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=120)
    if done.returncode != 0:
        return "refused"
    files = []
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(target) if path.is_relative_to(target) else path.relative_to(folder)
        if path.is_file() and not inside.parts[0].startswith("spam-1.0.dist-info") and inside.name != ".lock":
            content = path.read_text(errors="replace").strip()
            files.append(f"{ascii(str(inside))[1:-1]}={ascii(content)[1:-1]}")
    return " ".join(files) or "nothing"


def kinds(soabi, wheel):
    """The kinds of ambiguity that soabi reports, with the severity."""
    command = [soabi, "audit", "--no-config", "--format", "json", str(wheel)]
    report = json.loads(subprocess.run(command, capture_output=True, text=True).stdout)
    found, refused = set(), False
    for subject in report["subjects"]:
        refused |= bool(subject["errors"])
        for finding in subject["findings"]:
            if finding["rule"] == RULE:
                found.add(f"{finding['severity']}:{finding['evidence']['kind'][0]}")
    return " ".join(sorted(found)) or ("not-examined" if refused else "-")


def look(soabi, readers, build):
    """What each reader does with a wheel, and what soabi says of it."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        wheel = folder / craft.NAME
        wheel.write_bytes(build())
        results = []
        for number, reader in enumerate(readers):
            (folder / str(number)).mkdir()
            results.append(installed(reader, wheel, folder / str(number)))
        return results, kinds(soabi, wheel)


def main(arguments):
    write = "--write" in arguments
    soabi, *readers = [argument for argument in arguments if argument != "--write"]
    rows = [["case", *map(version, readers), "soabi"]]
    wrong = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        seen = list(pool.map(lambda build: look(soabi, readers, build), craft.CASES.values()))
    for case, (results, found) in zip(craft.CASES, seen):
        rows.append([case, *results, found])
        silent = found == "-"
        if case.startswith("sound") != silent or (len(set(results)) > 1 and silent):
            wrong.append(f"{case}: {results}, soabi says {found}")
        elif not silent and case.split(":")[0] not in {kind.split(":")[-1] for kind in found.split()}:
            wrong.append(f"{case}: soabi says {found}")
    table = "".join("\t".join(row) + "\n" for row in rows)
    path = HERE / "readers.tsv"
    if write:
        path.write_text(table)
    elif path.read_text() != table:
        print(f"{path} is another table; seen is\n{table}", file=sys.stderr)
        return 1
    for line in wrong:
        print(line, file=sys.stderr)
    different = sum(len(set(row[1:-1])) > 1 for row in rows[1:])
    print(f"{len(rows) - 1} wheels, {different} that readers understand differently, {len(wrong)} disagreements of soabi")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
