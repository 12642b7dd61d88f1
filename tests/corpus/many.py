#!/usr/bin/env python3
"""Is the audit of many small wheels linear? Time soabi on folders of 100, 1,000 and 10,000 wheels.

usage: many.py SOABI     needs a C compiler; prints the processor time for each wheel, exit status 1 if it grows
"""
import base64
import hashlib
import pathlib
import platform
import resource
import subprocess
import sys
import tempfile
import zipfile

SOURCE = "void *PyModule_Create2(void *, int); void *PyInit_spam(void) { return PyModule_Create2(0, 1013); }"
COUNTS = [100, 1000, 10000]
# With ten times the wheels a wheel may cost so much more: the time of a small run varies by that.
GROWTH = 1.5


def module(folder):
    source, library = folder / "spam.c", folder / "spam.so"
    source.write_text(SOURCE)
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-nostdlib", "-o", str(library), str(source)], check=True)
    return library.read_bytes()


def wheel(folder, number, library):
    name, tag = "spam%d" % number, "cp312-cp312-linux_%s" % platform.machine()
    info = "%s-1.0.dist-info" % name
    members = {
        "spam.cpython-312-%s-linux-gnu.so" % platform.machine(): library,
        info + "/METADATA": ("Metadata-Version: 2.1\nName: %s\nVersion: 1.0\n" % name).encode(),
        info + "/WHEEL": ("Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: %s\n" % tag).encode(),
    }
    digest = lambda data: base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    record = "".join("%s,sha256=%s,%d\n" % (path, digest(data), len(data)) for path, data in members.items())
    members[info + "/RECORD"] = (record + info + "/RECORD,,\n").encode()
    with zipfile.ZipFile(folder / ("%s-1.0-%s.whl" % (name, tag)), "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in members.items():
            archive.writestr(path, data)


def seconds(soabi, folder):
    """The processor time of an audit."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [soabi, "audit", "--no-config", "--no-cache", "--format", "json", str(folder)]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    costs = []
    with tempfile.TemporaryDirectory() as scratch:
        library = module(pathlib.Path(scratch))
        for count in COUNTS:
            folder = pathlib.Path(scratch, str(count))
            folder.mkdir()
            for number in range(count):
                wheel(folder, number, library)
            costs.append(seconds(sys.argv[1], folder) / count)
            print("%6d wheels: %.3f ms for each" % (count, costs[-1] * 1000), flush=True)
    return 0 if costs[-1] <= GROWTH * costs[0] else 1


if len(sys.argv) != 2:
    sys.exit(__doc__.strip())
sys.exit(main())
