"""The import worker: one warm interpreter that tries modules, each in a child of its own.

It is given to every interpreter from 2.7 to 3.15 as `python -c`, so it uses only what all of them have.

    stdin   first {"probes": {group: source}}; then one job a line, sent when the last one is answered
    stdout  first `ready`; then one {"answer": {"kind": ...}, "ms": ...} a line, in the order of the jobs

A job names a module and what is to be done with it. The child that does it may crash, hang, leave through
`_exit`, close every descriptor or print without end: the parent only watches, and answers what it saw. When
stdin ends, also in the middle of a job, the worker kills that job and is gone.

With `process` as the first argument nothing is forked: the one job that comes is done here, and whoever
started this process does the watching.
"""
from __future__ import print_function

import errno
import fcntl
import json
import os
import resource
import select
import signal
import sys
import time

FORK_MODE = "fork"
KEPT_OF_STDERR = 4096
LONGEST_ANSWER = 1 << 20
LARGEST_FILE = 64 << 20
# Out of the way of a module that closes the low descriptors one by one.
ANSWER_FD = 200

PROBES = {}


def text(value):
    """Any string as text that every JSON reader takes: no lone surrogates, no broken bytes."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value.encode("utf-8", "backslashreplace").decode("utf-8") if str is not bytes else value


def raised(step, error):
    """The answer for an exception, in the words of the exception itself."""
    try:
        message = text(str(error))
    except Exception:
        message = "(an exception that cannot be printed)"
    return {
        "kind": "raised",
        "step": step,
        "type": type(error).__name__,
        "message": message,
        "module": getattr(error, "name", None),
    }


def load(job):
    """The `load` rung for an interpreter without a shared library: the linker's answer through ctypes."""
    import ctypes

    try:
        library = ctypes.CDLL(job["path"], ctypes.DEFAULT_MODE)
    except OSError as error:
        return {"kind": "not-loaded", "step": "artifact", "message": text(str(error))}
    for symbol in job["symbols"]:
        if hasattr(library, symbol):
            return {"kind": "accepted", "probes": 0}
    message = "undefined symbol: " + " or ".join(job["symbols"])
    return {"kind": "not-loaded", "step": "symbol", "message": message}


def import_and_probe(job):
    """The `import` rung: import the module from its folder, then ask the probes."""
    name = job["module"]
    sys.path.insert(0, job["dir"])
    # A module of the standard library that this process already has would answer in its place.
    sys.modules.pop(name, None)
    try:
        module = __import__(name)
    except BaseException as error:
        return raised("import", error)
    origin = getattr(module, "__file__", None)
    if not origin or os.path.dirname(origin) != job["dir"]:
        return {"kind": "shadowed", "message": "`%s` is %s here" % (name, origin or "a built-in module")}
    if sys.modules.get(name) is not module:
        return {"kind": "wrong", "probe": "sys.modules", "message": "the module is not in sys.modules"}
    if not job["probes"]:
        return {"kind": "accepted", "probes": 0}
    try:
        passed, failure = PROBES[job["probes"]](module, job["brief"])
    except BaseException as error:
        return raised("probes", error)
    if failure:
        return {"kind": "wrong", "probe": failure[0], "message": text(failure[1]), "probes": passed}
    return {"kind": "accepted", "probes": passed}


def do(job):
    """The answer to a job, in this very process."""
    return load(job) if job["rung"] == "load" else import_and_probe(job)


def write_line(fd, value):
    line = json.dumps(value, sort_keys=True).encode("ascii") + b"\n"
    while line:
        line = line[os.write(fd, line):]


def in_time(answer, started):
    return {"answer": answer, "ms": round((time.time() - started) * 1000, 3)}


def limit_this_process(seconds):
    """No core files, no endless output, no endless loop that the clock would miss."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    cpu = int(seconds) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))


def be_the_child(job, answer_fd, error_fd, close):
    """Runs one job in the forked child. Never returns."""
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.dup2(error_fd, 2)
        os.dup2(answer_fd, ANSWER_FD)
        for fd in close:
            os.close(fd)
        limit_this_process(job["limit"])
        write_line(ANSWER_FD, do(job))
    finally:
        os._exit(0)


def read_some(fd):
    """What is there to read: empty at the end of the file, None when there is nothing now."""
    try:
        return os.read(fd, 1 << 16)
    except OSError as error:
        if error.errno not in (errno.EAGAIN, errno.EINTR):
            raise
        return None


class Pipe(object):
    """What comes through a pipe, read to its end whatever it is; the last `room` bytes are kept."""

    def __init__(self, fd, room):
        self.fd = fd
        self.room = room
        self.kept = b""
        self.is_open = True

    def drain(self):
        """Reads what is there."""
        while self.is_open:
            piece = read_some(self.fd)
            if piece is None:
                break
            self.is_open = piece != b""
            self.kept = (self.kept + piece)[-self.room:]


def ready(fds, seconds):
    """The descriptors that can be read within `seconds`. A signal ends the wait early (PEP 475 or not)."""
    try:
        return select.select(fds, [], [], max(0, seconds))[0]
    except (OSError, select.error) as error:
        if error.args[0] != errno.EINTR:
            raise
        return []


def kill_group(child):
    """Ends the child and everything it started in its session."""
    for kill in (os.killpg, os.kill):
        try:
            kill(child, signal.SIGKILL)
        except OSError:
            pass


def leave_with(child):
    """Whoever started us is gone, or wants us to go: no job goes on without us."""
    kill_group(child)
    os._exit(1)


def watch(child, job, pipes, wakeup_r, commands):
    """Waits for the child's end, no longer than its time. Returns its wait status; None: the time was up."""
    deadline = time.time() + job["limit"]
    status = None
    while status is None:
        left = deadline - time.time()
        if left <= 0:
            break
        open_fds = [pipe.fd for pipe in pipes if pipe.is_open]
        readable = ready(open_fds + [wakeup_r, commands], left)
        if commands in readable:
            # Nothing is sent during a job: this is the end.
            leave_with(child)
        if wakeup_r in readable:
            read_some(wakeup_r)
        # The status first: what the child wrote before its end is then there to be read.
        pid, wait_status = os.waitpid(child, os.WNOHANG)
        status = wait_status if pid else None
        for pipe in pipes:
            pipe.drain()
    kill_group(child)
    if status is None:
        os.waitpid(child, 0)
    return status


def what_happened(answer, stderr, status):
    """The parent's answer: the child's own one, or how the child ended without one."""
    if status is None:
        return {"kind": "timed-out"}
    if answer.endswith(b"\n") and os.WIFEXITED(status):
        return json.loads(answer.decode("ascii"))
    last_words = text(stderr).strip()
    if os.WIFSIGNALED(status):
        return {"kind": "signal", "signal": os.WTERMSIG(status), "stderr": last_words}
    return {"kind": "exit", "status": os.WEXITSTATUS(status), "stderr": last_words}


def nonblocking_pipe():
    r, w = os.pipe()
    fcntl.fcntl(r, fcntl.F_SETFL, fcntl.fcntl(r, fcntl.F_GETFL) | os.O_NONBLOCK)
    return r, w


def run_in_child(job, commands, answers, wakeup_r, wakeup_w):
    answer_r, answer_w = nonblocking_pipe()
    error_r, error_w = nonblocking_pipe()
    started = time.time()
    child = os.fork()
    if child == 0:
        be_the_child(job, answer_w, error_w, [commands, answers, wakeup_r, wakeup_w, answer_r, error_r])
    signal.signal(signal.SIGTERM, lambda *_: leave_with(child))
    os.close(answer_w)
    os.close(error_w)
    answer, stderr = Pipe(answer_r, LONGEST_ANSWER), Pipe(error_r, KEPT_OF_STDERR)
    status = watch(child, job, (answer, stderr), wakeup_r, commands)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.close(answer_r)
    os.close(error_r)
    return in_time(what_happened(answer.kept, stderr.kept, status), started)


class Lines(object):
    """The lines of a descriptor, without Python's buffering, which would read ahead of `select`."""

    def __init__(self, fd):
        self.fd = fd
        self.rest = b""

    def __iter__(self):
        return self

    def __next__(self):
        while b"\n" not in self.rest:
            piece = os.read(self.fd, 1 << 16)
            if not piece:
                raise StopIteration
            self.rest += piece
        line, self.rest = self.rest.split(b"\n", 1)
        return line

    next = __next__


def take_away(fd, stand_in):
    """Moves a standard descriptor where no module writes by accident, and puts another in its place."""
    private = fcntl.fcntl(fd, fcntl.F_DUPFD, ANSWER_FD + 1)
    os.dup2(stand_in, fd)
    return private


def learn_probes(setup):
    """Makes the probe groups ready once; every child then has them."""
    for group, source in setup["probes"].items():
        namespace = {"__name__": "probes_" + str(group)}
        exec(compile(source.encode("ascii"), "probes/%s.py" % group, "exec"), namespace)
        PROBES[group] = namespace["run"]


def import_once(name):
    """Imports what children will need, so that it is imported once. A child says it where it is missing."""
    try:
        __import__(name)
    except ImportError:
        pass


def serve(commands, answers):
    """Forks a child for every job, until there are no more."""
    wakeup_r, wakeup_w = nonblocking_pipe()
    fcntl.fcntl(wakeup_w, fcntl.F_SETFL, os.O_NONBLOCK)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakeup_w)
    for line in commands:
        job = json.loads(line.decode("ascii"))
        if job["rung"] == "load":
            import_once("ctypes")
        write_line(answers, run_in_child(job, commands.fd, answers, wakeup_r, wakeup_w))


def do_one_here(commands, answers):
    """Does one job in this process and leaves."""
    job = json.loads(next(commands).decode("ascii"))
    os.dup2(answers, ANSWER_FD)
    os.close(commands.fd)
    os.close(answers)
    limit_this_process(job["limit"])
    started = time.time()
    write_line(ANSWER_FD, in_time(do(job), started))
    os._exit(0)


def main(mode):
    null = os.open(os.devnull, os.O_RDWR)
    commands, answers = Lines(take_away(0, null)), take_away(1, null)
    sys.dont_write_bytecode = True
    learn_probes(json.loads(next(commands).decode("ascii")))
    os.write(answers, b"ready\n")
    if mode == FORK_MODE:
        serve(commands, answers)
    else:
        do_one_here(commands, answers)


main(sys.argv[1])
