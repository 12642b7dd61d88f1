#!/usr/bin/env python3
"""Holds a soabi of another platform against that of this one, on the same wheels: every byte and the exit status.

    same.py DIR NUMBER HERE -- COMMAND...

HERE is the program of this machine, COMMAND starts the other one. The NUMBER smallest wheels of DIR are audited, by
relative names, in all forms. Exit status 1: they differ.
"""
import pathlib
import subprocess
import sys
import time


def main(arguments):
    at = arguments.index("--")
    folder, number, here = arguments[:at]
    other = arguments[at + 1 :]
    wheels = sorted(pathlib.Path(folder).glob("*.whl"), key=lambda path: (path.stat().st_size, path.name))
    names = [path.name for path in wheels[: int(number)]]
    assert len(names) == int(number), "{} has {} wheels".format(folder, len(names))
    size = sum(path.stat().st_size for path in wheels[: int(number)])
    differ = 0
    for form in ("json", "human", "sarif", "junit", "markdown", "github", "names"):
        # One form has the whole list; the others a few wheels, for the words.
        audited = names if form == "json" else names[:8]
        words = ["audit", "--no-config", "--color", "never", "--format", form, "-q"] + audited
        started = time.monotonic()
        first = subprocess.run([here] + words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        middle = time.monotonic()
        second = subprocess.run(other + words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        ended = time.monotonic()
        same = (first.returncode, first.stdout) == (second.returncode, second.stdout)
        differ += not same
        print("{:9} {:2} wheels, {:8} bytes, exit status {}: {} ({:.1f} s here, {:.1f} s there)".format(
            form, len(audited), len(first.stdout), first.returncode, "the same" if same else "DIFFERENT",
            middle - started, ended - middle), flush=True)
        if not same:
            pathlib.Path("/tmp/soabi-here").write_bytes(first.stdout)
            pathlib.Path("/tmp/soabi-there").write_bytes(second.stdout)
            print("    there: exit status {}, {} bytes; see /tmp/soabi-here and /tmp/soabi-there\n    {}".format(
                second.returncode, len(second.stdout), second.stderr.decode("utf-8", "replace")[-600:]))
    print("{} wheels, {:.1f} MB: {}".format(number, size / 1e6, "they differ" if differ else "equal"))
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
