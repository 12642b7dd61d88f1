#!/usr/bin/env python3
"""Audits damaged files: native files and wheels of DIR with bytes, numbers and parts changed, the same in every run.

usage: mutations.py SOABI DIR [--objects N] [--wheels N] [--seed N]

Every audit has to end with 0, 1 or 2, within a second of processor time and 200 MB, with a report that is JSON where it
should be, and nothing in it or on stderr that a terminal takes for a command. Files are audited a hundred at a time; where
a hundred are not done so, each is audited alone, and those that fail are kept below the temporary folder. Exit status 1
names them.
"""
import argparse
import collections
import json
import os
import pathlib
import random
import re
import resource
import subprocess
import sys
import tempfile
import zipfile

BATCH = 100
LARGEST = 256 << 10
SECONDS = 1.0
# An audit that never ends is ended here, in seconds of processor time.
ENDED = 60
MEGABYTES = 200
FORMATS = ["json", "sarif", "human", "junit", "markdown", "github"]
NUMBERS = [0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, (1 << 64) - 1]
NATIVE = (b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\0asm")
# Controls but line breaks and tabs, and what reverses the direction of text.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def mutated(seed, generator):
    """The bytes with some of them changed: anywhere, in the headers at the start, or in the directory at the end."""
    data = bytearray(seed)
    for _ in range(generator.randint(1, 8)):
        near = generator.choice([len(data), min(len(data), 1024)])
        at = generator.randrange(near + 1)
        at = len(data) - at if generator.random() < 0.3 else at
        kind = generator.randrange(6)
        if kind == 0 and at < len(data):
            data[at] ^= 1 << generator.randrange(8)
        elif kind == 1:
            size = generator.choice([1, 2, 4, 8])
            number = generator.choice(NUMBERS) & ((1 << 8 * size) - 1)
            data[at : at + size] = number.to_bytes(size, generator.choice(["little", "big"]))
        elif kind == 2:
            data[at:at] = generator.randbytes(generator.randint(1, 8))
        elif kind == 3:
            del data[at : at + generator.randint(1, 64)]
        elif kind == 4:
            start = generator.randrange(len(data) + 1)
            data[at:at] = data[start : start + generator.randint(1, 4096)]
        elif generator.random() < 0.2:
            del data[at:]
    return bytes(data)


def seeds(folder):
    """The native files and the wheels to begin with, by name."""
    natives, wheels = {}, {}
    for path in sorted(pathlib.Path(folder).glob("*.whl")):
        if path.stat().st_size <= LARGEST:
            wheels[path.name] = path.read_bytes()
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if 0 < member.file_size <= LARGEST]
            for member in members[:200]:
                data = archive.read(member)
                if data.startswith(NATIVE):
                    natives["%s-%s" % (len(natives), os.path.basename(member.filename))] = data
                    break
    return natives, wheels


def limit():
    resource.setrlimit(resource.RLIMIT_CPU, (ENDED, ENDED))


def audit(soabi, paths, form):
    """What is wrong with an audit of these files, its exit status, and whether it cost more than one file may."""
    command = [soabi, "audit", "--no-config", "--no-cache", "--quiet", "--format", form, *paths]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, preexec_fn=limit)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status = os.waitstatus_to_exitcode(status)
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "surrogateescape"))
    seconds, megabytes = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
    problems = []
    if status not in (0, 1, 2):
        problems.append("exit status %s: %s" % (status, texts[1][-300:]))
    is_dear = seconds > SECONDS or megabytes > MEGABYTES
    if is_dear and len(paths) == 1:
        problems.append("%.1f s and %.0f MB" % (seconds, megabytes))
    if form in ("json", "sarif"):
        try:
            json.loads(texts[0])
        except ValueError as error:
            problems.append("no JSON: %s" % error)
    found = [CONTROL.search(text) for text in texts]
    problems += ["writes %r" % match.group() for match in found if match]
    return problems, status, is_dear


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("soabi")
    parser.add_argument("folder")
    parser.add_argument("--objects", type=int, default=20_000)
    parser.add_argument("--wheels", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    generator, natives_and_wheels = random.Random(arguments.seed), seeds(arguments.folder)
    kept, failed = pathlib.Path(tempfile.mkdtemp(prefix="mutations-")), []
    for what, begin_with, count in zip(("native files", "wheels"), natives_and_wheels, (arguments.objects, arguments.wheels)):
        begin_with, statuses = sorted(begin_with.items()), collections.Counter()
        for first in range(0, count, BATCH):
            with tempfile.TemporaryDirectory() as folder:
                paths = []
                for number in range(first, min(first + BATCH, count)):
                    name, seed = generator.choice(begin_with)
                    # A folder of its own: the name of a wheel is a part of what is audited.
                    path = pathlib.Path(folder, str(number), name)
                    path.parent.mkdir()
                    path.write_bytes(mutated(seed, generator))
                    paths.append(str(path))
                form = FORMATS[first // BATCH % len(FORMATS)]
                problems, status, is_dear = audit(arguments.soabi, paths, form)
                statuses[status] += 1
                if problems or is_dear:
                    alone = [(path, audit(arguments.soabi, [path], form)[0]) for path in paths]
                    guilty = [(path, found) for path, found in alone if found]
                    if problems and not guilty:
                        guilty = [(paths[0], ["all together: %s" % problems])]
                    for path, found in guilty:
                        target = kept / ("%s-%s" % (pathlib.Path(path).parent.name, os.path.basename(path)))
                        os.replace(path, target)
                        failed.append("%s (%s): %s" % (target, form, "; ".join(found)))
                        print(failed[-1], flush=True)
        print("%d %s from %d seeds: exit statuses of the batches %s" % (count, what, len(begin_with), dict(statuses)), flush=True)
    if not failed:
        kept.rmdir()
    print("%d problems" % len(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
