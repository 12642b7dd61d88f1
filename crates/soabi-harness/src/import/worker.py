"""The import worker: one warm interpreter that tries modules, none of them in a process that saw another.

It is given to every interpreter from 2.7 to 3.15 as `python -c`, so it uses only what all of them have.

It speaks the worker protocol, which soabi-child/src/protocol.rs describes: descriptor 0 is the control socket, 1 the
answer file. The setup is GROUP SOURCE for every probe group, then an empty word.

A child whose import finds no file has run no foreign code and is as good as new. It takes back what it did, and
reads the next job in the worker's place. Any other closes the control socket before it imports, and ends with its
job.

The child may crash, hang, leave through `_exit`, close every descriptor or print without end. soabi ends the worker
when the time of a job is up, and the worker ends what a child leaves behind. The worker itself does next to nothing,
because every page that it touches is a page copied for the child; for the same reason it does without `json`, which
minimal installations lack besides.

    python -c SCRIPT MODE FOLDER...

With MODE `process` nothing is forked: the one job that comes is done here. The folders are those that a job may
write to; they are empty before it and after.
"""
from __future__ import print_function

import os
import sys

try:
    # Without the enumerations that `signal` makes of it, which take as long to import as all the rest.
    import _signal as signal
except ImportError:
    import signal

if sys.version_info[0] == 2:
    import imp

# A build without a GIL, which warns of the modules that it has to turn it on for.
FREE_THREADED = "t" in getattr(sys, "abiflags", "")
if FREE_THREADED:
    import warnings

FORK_MODE = "fork"
# Out of the way of a module that closes the low descriptors one by one.
CONTROL_FD = 200
ANSWER_FD = 201
VERSION = 3

# More characters of a text that is a module's are not passed on.
MOST_TEXT = 1 << 15
# A worker without a PID namespace looks so often for what was started while it looked.
LOOKS = 100

PROBES = {}


# What a JSON string cannot hold as it is.
ESCAPES = dict((code, u"\\u%04x" % code) for code in list(range(32)) + [34, 92])


def text(value):
    """Any string as text that every JSON reader takes: no lone surrogates, no broken bytes."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value.encode("utf-8", "backslashreplace").decode("utf-8") if str is not bytes else value


def to_json(answer):
    """A flat dictionary of strings, numbers and None as a line of JSON."""

    def value(item):
        if item is None or isinstance(item, int):
            return u"null" if item is None else u"%d" % item
        item = text(item)
        if len(item) > MOST_TEXT:
            item = u"%s ... (%d characters in all)" % (item[:MOST_TEXT], len(item))
        return u'"%s"' % item.translate(ESCAPES)

    return (u"{%s}" % u", ".join(u'"%s": %s' % (key, value(answer[key])) for key in sorted(answer))).encode("utf-8")


def attribute(error, name):
    """An attribute of an exception, if it is a string: the class may be the module's own."""
    try:
        value = getattr(error, name, None)
    except Exception:
        return None
    return value if isinstance(value, type(u"")) else None


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
        "module": attribute(error, "name"),
        # Python 2 has none, of any exception.
        "path": None if str is bytes else attribute(error, "path") or "",
    }


def load(job):
    """The `load` rung for an interpreter without a shared library: the linker's answer through ctypes."""
    import ctypes

    try:
        library = ctypes.CDLL(job.path, ctypes.DEFAULT_MODE)
    except OSError as error:
        return {"kind": "not-loaded", "step": "artifact", "message": text(str(error))}
    message = None
    for symbol in job.ask.split():
        try:
            getattr(library, symbol)
        except AttributeError as error:
            message = text(str(error))
        else:
            return {"kind": "accepted", "probes": 0}
    return {"kind": "not-loaded", "step": "symbol", "message": message}


def import_module(name):
    """The module, and what a build without a GIL warns of when it has to turn it on for it."""
    if not FREE_THREADED:
        return __import__(name), {}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        module = __import__(name)
    return module, {"warning": text(str(caught[0].message))} if caught else {}


def import_and_probe(job):
    """The `import` rung: import the module from its folder, then ask the probes."""
    name = job.module
    if sys.path[0] != job.path:
        sys.path.insert(0, job.path)
    # A module of the standard library that this process already has would answer in its place.
    sys.modules.pop(name, None)
    try:
        module, warning = import_module(name)
    except BaseException as error:
        return raised("import", error)
    origin = getattr(module, "__file__", None)
    if not origin or os.path.dirname(origin) != job.path:
        return {"kind": "shadowed", "message": "`%s` is %s here" % (name, origin or "a built-in module")}
    if sys.modules.get(name) is not module:
        return {"kind": "wrong", "probe": "sys.modules", "message": "the module is not in sys.modules"}
    accepted = {"kind": "accepted", "probes": 0}
    try:
        if job.ask:
            accepted["probes"], failure = PROBES[job.ask]["run"](module, job.depth == "brief")
            if failure:
                return {"kind": "wrong", "probe": failure[0], "message": text(failure[1])}
        if job.depth == "thorough":
            accepted.update(PROBES["evidence"]["look"](name, job.path))
            accepted.update(warning)
    except BaseException as error:
        return raised("probes", error)
    return accepted


def is_there(name):
    """Whether an import would find such a module: built in, frozen, or on the path. Nothing of it is run."""
    if sys.version_info[0] > 2:
        return any(finder.find_spec(name, None) for finder in sys.meta_path)
    try:
        found = imp.find_module(name)[0]
    except ImportError:
        return False
    if found:
        found.close()
    return True


def finds_nothing(job):
    """Whether an import can only fail, and runs nothing. The job's folder is on the path from then on."""
    if job.rung != "import" or job.module in sys.modules:
        return False
    sys.path.insert(0, job.path)
    return not is_there(job.module)


def answer(job):
    """Does a job in this very process, and writes the answer, which is returned."""
    # Should soabi be gone, this ends the job all the same.
    signal.alarm(int(job.limit) + 5)

    def give(seen):
        write(ANSWER_FD, b"\n" + job.key.encode("ascii") + b" " + to_json(seen) + b"\n")

    if job.rung == "family":
        return PROBES["placed"]["run_family"](job, give)
    placed = PROBES["placed"]
    ways = {"load": load, "import": import_and_probe, "placed": placed["run"], "test": placed["run_checks"]}
    seen = ways[job.rung](job)
    # In the place of whatever the module may have written there.
    os.ftruncate(ANSWER_FD, 0)
    os.lseek(ANSWER_FD, 0, 0)
    give(seen)
    return seen


def write(fd, data):
    """Writes all of it."""
    while data:
        data = data[os.write(fd, data) :]


def be_the_child(job, words):
    """Does jobs as long as there is nothing to import; with the first other one, that one and no more."""
    if sys.platform.startswith("linux"):
        # Elsewhere nothing but its group would lead to it.
        os.setsid()
    while finds_nothing(job):
        if answer(job)["kind"] != "raised":
            return
        signal.alarm(0)
        sys.path.remove(job.path)
        sys.path_importer_cache.pop(job.path, None)
        write(CONTROL_FD, b"free\n")
        job = Job(words)
        if job.limit is None:
            return
    os.close(CONTROL_FD)
    answer(job)


def run_in_child(job, words, folders):
    """Forks a child for a job, waits for its end, and ends what it left behind.

    Jobs are sent one at a time. So nothing of the next one is in `words` here, and while the child is there, it
    alone reads.
    """
    child = os.fork()
    if child == 0:
        try:
            be_the_child(job, words)
        finally:
            os._exit(0)
    status = os.waitpid(child, 0)[1]
    processes, all_ended = end_processes()
    files = sum(map(count, folders)) + count_ipc()
    sound = all_ended and not files
    write(CONTROL_FD, b"ended %d %d %d %d\n" % (status, processes, files, sound))


def end_processes():
    """Ends every process that the child left behind. Returns their number, and whether all of them are gone."""
    ended = 0
    if os.getpid() == 1:
        # Everything in the PID namespace but this process.
        try:
            os.kill(-1, signal.SIGKILL)
        except OSError:
            pass
        while True:
            try:
                ended += os.waitpid(-1, 0)[1] == signal.SIGKILL
            except OSError:
                return ended, True
    for _ in range(LOOKS):
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except OSError:
            return ended, True
        for pid in children():
            os.kill(pid, signal.SIGKILL)
            ended += os.waitpid(pid, 0)[1] == signal.SIGKILL
    return max(ended, 1), False


def children():
    """The children of this process, which are also those that its child left behind; none where nothing lists them."""
    try:
        with open("/proc/self/task/%d/children" % os.getpid()) as listed:
            return list(map(int, listed.read().split()))
    except (IOError, OSError):
        return []


def count(folder):
    """The entries of a folder. One that was removed, or is not as it was made, is itself what was left behind."""
    try:
        return len(os.listdir(folder)) if os.stat(folder).st_mode & 0o7777 == 0o700 else 1
    except OSError:
        return 1


def count_ipc():
    """Objects of System V IPC, in a namespace that had none."""
    objects = 0
    for name in ("shm", "sem", "msg") if os.getpid() == 1 else ():
        try:
            with open("/proc/sysvipc/" + name) as listed:
                # The first line is a heading.
                objects += listed.read().count("\n") - 1
        except (IOError, OSError):
            pass
    return objects


class Words(object):
    """The words that come over a descriptor."""

    def __init__(self, fd):
        self.fd = fd
        self.rest = b""

    def next(self):
        """The next word as a string, or None when there are no more."""
        while b"\0" not in self.rest:
            piece = os.read(self.fd, 1 << 16)
            if not piece:
                return None
            self.rest += piece
        word, self.rest = self.rest.split(b"\0", 1)
        return word if str is bytes else word.decode("utf-8", "surrogateescape")


class Job(object):
    """A job, which is eight words."""

    __slots__ = ["key", "rung", "module", "path", "ask", "depth", "calls", "limit"]

    def __init__(self, words):
        for name in self.__slots__:
            setattr(self, name, words.next())


def import_once(name):
    """Imports what children will need, so that it is imported once. A child says it where it is missing."""
    try:
        __import__(name)
    except ImportError:
        pass


# What the probe groups can use of this script.
GIVEN = {"PROBES": PROBES, "attribute": attribute, "import_module": import_module, "raised": raised, "text": text}


def learn_probes(words):
    """Makes the probe groups ready once; every child then has them."""
    group = words.next()
    while group:
        namespace = dict(GIVEN, __name__="probes_" + group)
        exec(compile(words.next(), "probes/%s.py" % group, "exec"), namespace)
        PROBES[group] = namespace
        group = words.next()


def main(mode, folders):
    # What a module prints goes nowhere; what it writes to descriptor 1 on purpose does, too.
    os.dup2(0, CONTROL_FD)
    os.dup2(1, ANSWER_FD)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    sys.dont_write_bytecode = True
    # The working folder, where a module may have left something for the next one.
    sys.path.remove("")
    words = Words(CONTROL_FD)
    learn_probes(words)
    # So that the folders of the standard library are read here, and not in every child.
    is_there("nothing")
    write(CONTROL_FD, b"ready %d\n" % VERSION)
    job = Job(words)
    while job.limit is not None:
        if job.rung == "load":
            import_once("ctypes")
        if mode == FORK_MODE:
            run_in_child(job, words, folders)
            job = Job(words)
        else:
            os.close(CONTROL_FD)
            answer(job)
            os._exit(0)


main(sys.argv[1], sys.argv[2:])
