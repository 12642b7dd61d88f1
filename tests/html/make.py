"""Makes the pages that the browser looks at: `python3 tests/html/make.py SOABI FOLDER`.

matrix.html has at least 8211 cells: a real matrix of the C specimens in the Pythons of this machine, copied
under other names until it is that large. audit.html is one wheel with errors, many.html a thousand wheels of which
some lie. Needs a C compiler and two Pythons.
"""

import base64
import hashlib
import json
import pathlib
import platform
import subprocess
import sys
import zipfile

CELLS = 8211
WHEELS = 1000
MACHINE = platform.machine()
SOURCE = """
extern int PyModule_Create2(void); extern int {name}(void);
int PyInit_{module}(void) {{ return PyModule_Create2() + {name}(); }}
"""
# Names that every Python has, that 3.14 has, and that no Python has.
NAMES = {"honest": "PyLong_FromLong", "new": "PyType_Freeze", "unknown": "_PyErr_StackItm"}


def compiled(folder, kind):
    """A module `spam` that imports the name of its kind."""
    source, module = folder / f"{kind}.c", folder / f"{kind}.so"
    source.write_text(SOURCE.format(name=NAMES[kind], module="spam"))
    command = ["cc", "-shared", "-fPIC", "-O1", "-nostdlib", "-Wl,--build-id=none"]
    subprocess.run([*command, "-o", module, source], check=True)
    return module.read_bytes()


def wheel(folder, name, tag, members):
    """Packs a wheel."""
    info = f"{name}-1.0.dist-info"
    members = {
        **members,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: {tag}\n".encode(),
    }
    record = ""
    for member, content in members.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
        record += f"{member},sha256={digest},{len(content)}\n"
    members[f"{info}/RECORD"] = (record + f"{info}/RECORD,,\n").encode()
    path = folder / f"{name}-1.0-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return path


def audit(soabi, folder, page, wheels):
    """Audits wheels into a page. They lie, so that the exit status is 1."""
    command = [soabi, "audit", "--no-config", "--format", "html", "-o", folder / page, *wheels]
    finished = subprocess.run(command, check=False)
    assert finished.returncode in (0, 1), finished.returncode


def multiplied(report):
    """The report with its modules copied under other names, to at least CELLS cells."""
    artifacts, cells = list(report["artifacts"]), list(report["cells"])
    copy = 0
    while len(cells) < CELLS:
        copy += 1
        for artifact in report["artifacts"]:
            name = f"{artifact['flavor']}-{copy}"
            renamed = {"id": artifact["id"].replace(artifact["flavor"], name, 1), "flavor": name, "family": name}
            artifacts.append({**artifact, **renamed})
        for cell in report["cells"]:
            flavor, rest = cell["artifact"].split("/", 1)
            renamed = f"{flavor}-{copy}/{rest}"
            cells.append({**cell, "artifact": renamed, "id": cell["id"].replace(cell["artifact"], renamed, 1)})
    # One broken promise, to see what that looks like.
    broken = next(cell for cell in cells if cell["expectation"] == "accept" and cell["outcome"] == "accepted")
    broken.update(outcome="refused", gate="symbols", verdict="unexpected", agrees=False)
    broken["message"] = "undefined symbol: <b>PyType_Freeze</b>"
    return {**report, "artifacts": artifacts, "cells": cells}


def matrix(soabi, folder):
    """Runs a matrix, multiplies it, and renders it as a page."""
    flavors = ["--flavor", "c-single", "--flavor", "c-multi", "--flavor", "c-abi3", "--flavor", "c-layout"]
    command = [soabi, "matrix", "--format", "json", "-o", folder / "small.json", *flavors]
    subprocess.run(command, check=True)
    report = multiplied(json.loads((folder / "small.json").read_text()))
    (folder / "matrix.json").write_text(json.dumps(report))
    for form, page in [("html", "matrix.html"), ("svg", "matrix.svg")]:
        subprocess.run([soabi, "merge", folder / "matrix.json", "--format", form, "-o", folder / page], check=False)
    print(f"matrix.html: {len(report['cells'])} cells")


def main():
    soabi, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    wheels = folder / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    modules = {kind: compiled(folder, kind) for kind in NAMES}
    system = f"manylinux_2_17_{MACHINE}"
    lying = {
        "spam/_new.abi3.so": modules["new"].replace(b"PyInit_spam", b"PyInit__new"),
        "spam/_spam.abi3.so": modules["honest"].replace(b"PyInit_spam", b"PyInit_spam"),
        "spam/spam.abi3.so": modules["honest"],
    }
    audit(soabi, folder, "audit.html", [wheel(folder, "spam", f"cp39-abi3-{system}", lying)])
    many = []
    for number in range(WHEELS):
        kind = "new" if number % 50 == 7 else "unknown" if number % 90 == 11 else "honest"
        python = f"cp3{9 + number % 7}"
        is_abi3 = number % 3 > 0
        tag = f"{python}-abi3-{system}" if is_abi3 else f"{python}-{python}-{system}"
        suffix = "abi3.so" if is_abi3 else f"cpython-{python[2:]}-{MACHINE}-linux-gnu.so"
        many.append(wheel(wheels, f"package_{number}", tag, {f"package_{number}/spam.{suffix}": modules[kind]}))
    audit(soabi, folder, "many.html", many)
    matrix(soabi, folder)


main()
