#!/usr/bin/env python3
"""Ends soabi at random moments, and looks at what is left.

usage: kills.py SOABI [--kills N] [--seed N] [--python IDS] [--wheels DIR] [--install ID] [--only JOB]
                [--signals NAMES] [--resume]

Each round starts one of the jobs below, ends it with SIGINT, SIGTERM or SIGKILL after a random time, and looks, two
seconds later, for processes that outlived it. Then the job is run again, every other time with --resume (always with
`--resume`), and its report is compared with that of a run that nobody ended. At the end no temporary folder and no
half-written file may be left. Exit status 1 names what was found. `--install` uses the network.
"""
import argparse
import collections
import ctypes
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PR_SET_CHILD_SUBREAPER = 36
GRACE = 2.0


class Job:
    """A command that is ended and run again."""

    def __init__(self, name, arguments, resume=None, fresh_cache=False, normal=json.loads):
        self.name = name
        self.arguments = arguments
        self.resume = resume or []
        self.fresh_cache = fresh_cache
        self.normal = normal
        self.expected = None
        self.seconds = None


def without_times(text):
    """The cells of a matrix report, without what differs from run to run."""
    report = json.loads(text)
    cells = {cell["id"]: cell for cell in report["cells"]}
    for cell in cells.values():
        cell.pop("ms", None)
        cell.pop("probed_in", None)
    return cells


def children():
    """The processes whose parent is this one, and that have not ended."""
    alive = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid() and fields[0] not in "ZX":
            alive.append("%s %s" % (stat.parent.name, (stat.parent / "cmdline").read_bytes().replace(b"\0", b" ")[:80]))
    return alive


def reap():
    """Takes the orphans that fell to this process and have ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


class Arena:
    """The folders that the jobs write to."""

    def __init__(self, soabi, root):
        self.soabi = soabi
        self.temporary, self.cache, self.data, self.out = (root / name for name in ("tmp", "cache", "data", "out"))
        for folder in (self.temporary, self.cache, self.data, self.out):
            folder.mkdir()
        self.environment = dict(
            os.environ, TMPDIR=str(self.temporary), SOABI_CACHE_DIR=str(self.cache), SOABI_DATA_DIR=str(self.data)
        )

    def prepare(self, job):
        """Forgets what the job has to make again."""
        if job.fresh_cache:
            shutil.rmtree(self.cache / job.name, ignore_errors=True)

    def start(self, job, extra=()):
        command = [self.soabi, *job.arguments, *extra, "--output", str(self.out / "report")]
        null, environment = subprocess.DEVNULL, dict(self.environment, SOABI_CACHE_DIR=str(self.cache / job.name))
        return subprocess.Popen(command, env=environment, stdin=null, stdout=null, stderr=null, start_new_session=True)

    def run(self, job, extra=()):
        """The report of a run that nobody ends."""
        process = self.start(job, extra)
        status = process.wait()
        if status not in (0, 1):
            raise SystemExit("%s: exit status %s" % (job.name, status))
        return job.normal((self.out / "report").read_text())

    def left(self):
        """What lies in folders where nothing should lie."""
        written = [path for path in self.out.iterdir() if path.name != "report"]
        return sorted(str(path) for path in [*self.temporary.iterdir(), *written])


def signals(arguments):
    """The signals that end a job."""
    return [signal.Signals["SIG" + name] for name in arguments.signals.split(",")]


def end_once(arena, job, generator, arguments):
    """Ends one run of the job. What was wrong with that, and the signal; none where the run was over before."""
    problems = []
    arena.prepare(job)
    process = arena.start(job)
    time.sleep(generator.uniform(0, job.seconds))
    sent = generator.choice(signals(arguments))
    in_time = process.poll() is None
    process.send_signal(sent)
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        problems.append("%s: still runs %s s after %s" % (job.name, GRACE, sent.name))
        process.kill()
        process.wait()
    deadline = time.monotonic() + GRACE
    while True:
        reap()
        orphans = children()
        if not orphans or time.monotonic() > deadline:
            break
        time.sleep(0.02)
    problems += ["%s: outlived %s: %s" % (job.name, sent.name, orphan) for orphan in orphans]
    for orphan in orphans:
        os.kill(int(orphan.split()[0]), signal.SIGKILL)
    reap()
    resumed = job.resume if arguments.resume or generator.random() < 0.5 else []
    seen = arena.run(job, resumed)
    if seen != job.expected:
        difference = [key for key in job.expected if seen.get(key) != job.expected[key]][:3]
        problems.append("%s: another report after %s%s: %s" % (job.name, sent.name, " ".join(["", *resumed]), difference))
    if sent != signal.SIGKILL or not job.fresh_cache:
        problems += ["%s: left after %s and another run: %s" % (job.name, sent.name, path) for path in arena.left()]
    return problems, sent if in_time else None


def jobs(arguments):
    """The jobs that were asked for."""
    pythons = [word for python in arguments.python.split(",") for word in ("-p", python)]
    matrix = ["matrix", "--format", "json", *pythons]
    all_jobs = [
        Job("matrix", matrix, ["--resume"], normal=without_times),
        Job("build", [*matrix, "--flavor", "c-single", "--flavor", "c-abi3", "--rung", "load"], fresh_cache=True, normal=without_times),
    ]
    if arguments.wheels:
        wheels = sorted(str(path) for path in pathlib.Path(arguments.wheels).glob("*.whl"))
        all_jobs.append(Job("audit", ["audit", "--format", "json", *wheels], ["--resume"]))
    return [job for job in all_jobs if arguments.only in (None, job.name)]


def end_installs(arena, name, rounds, generator, ends):
    """Ends installations of an interpreter. What was wrong: a tree that is neither whole nor absent."""
    command = [arena.soabi, "pythons", "--install", name]
    target, null = arena.data / "pythons" / name, subprocess.DEVNULL

    def start():
        return subprocess.Popen(command, env=arena.environment, stdin=null, stdout=null, stderr=null, start_new_session=True)

    begun = time.monotonic()
    if start().wait() != 0:
        raise SystemExit("install: cannot install %s" % name)
    seconds, problems = time.monotonic() - begun, []
    for _ in range(rounds):
        shutil.rmtree(arena.data / "pythons", ignore_errors=True)
        process, sent = start(), generator.choice(ends)
        time.sleep(generator.uniform(0, seconds))
        process.send_signal(sent)
        process.wait()
        time.sleep(GRACE)
        reap()
        problems += ["install: outlived %s: %s" % (sent.name, orphan) for orphan in children()]
        python = next(target.rglob("bin/python[0-9]*"), None) if target.exists() else None
        if target.exists() and (python is None or subprocess.call([python, "-c", "import json"]) != 0):
            problems.append("install: half a tree after %s" % sent.name)
        if start().wait() != 0:
            problems.append("install: cannot be repeated after %s" % sent.name)
        problems += ["install: left: %s" % path for path in arena.left()]
    print("install %s: ended %d times" % (name, rounds))
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("soabi")
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--python", default="cp39,cp312,cp313")
    parser.add_argument("--wheels")
    parser.add_argument("--install")
    parser.add_argument("--only")
    parser.add_argument("--signals", default="INT,TERM,KILL")
    parser.add_argument("--resume", action="store_true")
    arguments = parser.parse_args()
    # What outlives soabi falls to this process.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    generator = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as root:
        arena, problems = Arena(os.path.abspath(arguments.soabi), pathlib.Path(root)), []
        todo, count = jobs(arguments), collections.Counter()
        for job in todo:
            arena.run(job)  # asks the interpreters, and builds what is not built
            arena.prepare(job)
            begun = time.monotonic()
            job.expected = arena.run(job)
            job.seconds = time.monotonic() - begun
        for index in range(arguments.kills if todo else 0):
            job = todo[index % len(todo)]
            found, sent = end_once(arena, job, generator, arguments)
            count[job.name, sent.name if sent else "nothing: it was over"] += 1
            problems += found
            for problem in found:
                print(problem, flush=True)
        for job in todo:
            arena.run(job)
        problems += ["left at the end: %s" % path for path in arena.left()]
        if arguments.install:
            problems += end_installs(arena, arguments.install, max(3, arguments.kills // 10), generator,
                                     signals(arguments))
    for (name, sent), times in sorted(count.items()):
        print("%s: ended %d times by %s" % (name, times, sent))
    print("%d problems" % len(problems))
    for problem in problems:
        print("  " + problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
