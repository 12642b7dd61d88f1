"""Is the witness right, and what does it cost? `just witness DIR`.

Takes a sample of the Linux wheels in DIR for this machine, lets soabi import all that is in them in every Python that it
finds and their tags name, and does the same by hand: `unzip`, and `python -S -c "import X"` in that folder, in a fresh
interpreter for each. The two have to say the same, the end of the interpreter included. It runs the code of the wheels, by hand without any walls.

The sample is one wheel of each distribution, the one that is for the most interpreters here, and of these the ones whose
names have the lowest hashes.

With `--python PATH` it does that in one interpreter alone, and with the wheels for its machine.

    python3 compare.py SOABI DIR [NUMBER] [--python PATH]

Exit status 1: a difference.
"""
import argparse
import collections
import hashlib
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time

# As soabi's own limit.
SECONDS = 20


def is_for(name, machine):
    tags = name[: -len(".whl")].split("-")[-1]
    return any(tag.endswith(machine) and tag.startswith(("manylinux", "linux")) for tag in tags.split("."))


def sample(soabi, folder, number, chosen):
    """The wheels of the sample, by name."""
    listed = json.loads(subprocess.check_output([soabi, "pythons", "--format", "json"] + chosen))
    here = set(python["facts"]["abi"] for python in listed["found"])
    machine = listed["found"][0]["facts"]["platform"].split("-", 1)[1]
    names = sorted(name for name in os.listdir(folder) if name.endswith(".whl") and is_for(name, machine))
    audit = subprocess.run(
        [soabi, "audit", "--no-config", "--exit-zero", "--format", "json"] + names,
        cwd=folder, stdout=subprocess.PIPE, check=True,
    )
    best = {}
    for subject in json.loads(audit.stdout)["subjects"]:
        name = subject["path"]
        distribution = re.sub("[-_.]+", "-", name.split("-")[0]).lower()
        rank = len(here.intersection(subject["promised"]))
        if rank and rank > best.get(distribution, (0, ""))[0]:
            best[distribution] = (rank, name)
    chosen = sorted((name for _, name in best.values()), key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    return sorted(chosen[:number])


def spent():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def timed(run):
    """What it returns, the wall time and the processor time of the processes that it started, in seconds."""
    wall, cpu = time.time(), spent()
    result = run()
    return result, time.time() - wall, spent() - cpu


def matrix(soabi, folder, names, chosen):
    """soabi's report. One cell at a time, as by hand."""
    with tempfile.TemporaryDirectory() as cache:
        command = [soabi, "matrix", "--quiet", "--format", "json", "--rung", "import", "--jobs", "1", "--cache-dir", cache]
        # The answers of the interpreters are no part of the cells.
        subprocess.run([soabi, "pythons", "--cache-dir", cache] + chosen, stdout=subprocess.DEVNULL, check=True)
        run = lambda: subprocess.run(command + chosen + names, cwd=folder, stdout=subprocess.PIPE)
        finished, wall, cpu = timed(run)
    return json.loads(finished.stdout), wall, cpu


def unpack(folder, names, place):
    for name in names:
        site = os.path.join(place, name)
        os.mkdir(site)
        subprocess.run(["unzip", "-q", os.path.join(folder, name), "-d", site], check=True)
        for kind in ("platlib", "purelib"):
            for data in os.listdir(site):
                tree = os.path.join(site, data, kind)
                if data.endswith(".data") and os.path.isdir(tree):
                    subprocess.run(["cp", "-r", tree + "/.", site], check=True)


def by_hand(python, site, module):
    """`python` is a command, with an emulator before it where there is one. The wait status and the last line of `import module`."""
    environment = {"PATH": os.environ["PATH"], "HOME": site, "LC_ALL": "C.UTF-8"}
    # Without what else somebody installed in the interpreter, and with `os`, which every start but this has imported.
    command = python + ["-s", "-S", "-c", "import os, " + module]
    try:
        finished = subprocess.run(
            command, cwd=site, env=environment, timeout=SECONDS if len(python) == 1 else 10 * SECONDS,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )
    except subprocess.TimeoutExpired:
        return None, ""
    lines = finished.stderr.decode("utf-8", "replace").strip().splitlines()
    return finished.returncode, lines[-1] if lines else ""


def is_missing(line):
    return "No module named" in line or "cannot open shared object file" in line or "GLIBC" in line


def agree(cell, status, line):
    outcome = cell["outcome"]
    if outcome == "accepted":
        return status == 0
    if outcome == "crashed":
        return status == -cell["signal"]
    if outcome == "timed-out":
        return status is None
    if outcome == "not-run":
        # What is missing may be told in the package's own words.
        return status == 1 and (is_missing(line) or any(need in line for need in cell.get("needs", [])) or bool(line))
    return status == 1


def ends_so(soabi, folder, wheel, module, python, status):
    """Whether soabi says of a module that is imported that the interpreter then ends with this status."""
    command = [soabi, "matrix", "--quiet", "--format", "json", "--rung", "import", "--probes", "always", "-p", python, wheel]
    report = json.loads(subprocess.run(command, cwd=folder, stdout=subprocess.PIPE).stdout)
    modules = dict((artifact["id"], artifact["module"]) for artifact in report["artifacts"])
    cells = (cell for cell in report["cells"] if modules[cell["artifact"]] == module)
    return any(cell.get("evidence", {}).get("end") == "killed by signal %d" % -status for cell in cells)


def main(soabi, folder, number, python):
    chosen = ["--python", python] if python else []
    names = sample(soabi, folder, number, chosen)
    print("%d wheels:\n  %s" % (len(names), "\n  ".join(names)))
    report, wall, cpu = matrix(soabi, folder, names, chosen)
    found = (python for python in report["pythons"] if python["found"])
    pythons = dict((python["id"], python.get("emulator", []) + [python["path"]]) for python in found)
    artifacts = dict((artifact["id"], artifact) for artifact in report["artifacts"])
    cells = [cell for cell in report["cells"] if cell["rung"] == "import"]
    differences, bad_ends, told = [], [], []
    with tempfile.TemporaryDirectory() as place:
        unpack(folder, names, place)

        def all_by_hand():
            for cell in cells:
                artifact = artifacts[cell["artifact"]]
                site = os.path.join(place, artifact["wheel"])
                status, line = by_hand(pythons[cell["python"]], site, artifact["module"])
                if not agree(cell, status, line):
                    seen = (cell["outcome"], cell.get("message"), status, line)
                    difference = "%s: soabi %s (%s), by hand %s: %s" % ((cell["id"],) + seen)
                    is_end = cell["outcome"] == "accepted" and status is not None and status < 0
                    (bad_ends if is_end else differences).append((difference, cell, status))

        _, wall_by_hand, cpu_by_hand = timed(all_by_hand)
    counted = collections.Counter(cell["outcome"] for cell in cells)
    used = len(set(cell["python"] for cell in cells))
    print("\n%d import cells in %d Pythons: %s" % (len(cells), used, ", ".join("%d %s" % (n, o) for o, n in sorted(counted.items()))))
    wrong = [cell for cell in report["cells"] if cell["agrees"] is False]
    print("predicted: %d cells, disagreements: %d" % (report["summary"]["predicted"], len(wrong)))
    for cell in wrong:
        print("  %s: %s" % (cell["id"], cell["message"]))
    for what, ours, theirs in (("wall time", wall, wall_by_hand), ("processor time", cpu, cpu_by_hand)):
        print("%s of a cell: soabi %.1f ms, by hand %.1f ms, ratio %.1f" % (
            what, 1000 * ours / len(cells), 1000 * theirs / len(cells), theirs / ours))
    # An import that works and an interpreter that does not end well: what soabi tells where everything is asked.
    for bad_end in bad_ends:
        _, cell, status = bad_end
        artifact, python = artifacts[cell["artifact"]], pythons[cell["python"]][-1]
        is_told = ends_so(soabi, folder, artifact["wheel"], artifact["module"], python, status)
        (told if is_told else differences).append(bad_end)
    for title, found in (("ends of the interpreter, as soabi tells", told), ("differences", differences)):
        print("%s: %d" % (title, len(found)))
        for difference, _, _ in found:
            print("  " + difference)
    return 1 if differences else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("soabi", type=os.path.abspath)
    parser.add_argument("folder", type=os.path.abspath)
    parser.add_argument("number", type=int, nargs="?", default=40)
    parser.add_argument("--python", type=os.path.abspath)
    sys.exit(main(**vars(parser.parse_args())))
