"""Modules of something that was installed: imported by their dotted names, with its folders on the path.

The folders come behind the standard library, as after an installation. The worker gives what is used here of it: see
`learn_probes` in `worker.py`.
"""
import os
import signal
import sys
import time

NOT_FOUND = "No module named"

# Of what checks write, so many bytes are kept.
MOST_OUTPUT = 16384


def is_open(file):
    """Whether the dynamic linker has opened the file in this process. False where nothing lists what is open."""
    name = " " + os.path.realpath(file).replace("\\", "\\134").replace("\n", "\\012")
    if not isinstance(name, bytes):
        name = name.encode("utf-8", "surrogateescape")
    try:
        with open("/proc/self/maps", "rb") as maps:
            return any(line.rstrip(b"\n").endswith(name) for line in maps)
    except (IOError, OSError):
        return False


def reached(name, file):
    """How far an import that failed came with the file: not to it, it was opened, or it is the module."""
    module = sys.modules.get(name)
    if module is not None and getattr(module, "__file__", file) == file:
        return "loaded"
    return "opened" if is_open(file) else "no"


def not_found(error):
    """The module that an exception says is not there."""
    try:
        message = text(str(error))
        if isinstance(error, ImportError) and message.startswith(NOT_FOUND):
            return attribute(error, "name") or message[len(NOT_FOUND) :].strip(" '\"")
    except Exception:
        pass
    return None


def missing(error):
    """The module that was looked for and is not there, as the exception says or one that it came from."""
    seen = []
    while isinstance(error, BaseException) and len(seen) < 20 and not any(error is other for other in seen):
        name = not_found(error)
        if name:
            return name
        seen.append(error)
        error = getattr(error, "__cause__", None) or getattr(error, "__context__", None)
    return None


def import_one(name, file):
    """Imports a module. `file` is the one that it has to come from; empty for a package, wherever it comes from."""
    try:
        module, warning = import_module(name)
    except BaseException as error:
        answer = raised("import", error)
        answer["missing"] = missing(error)
        if file:
            answer["reached"] = reached(name, file)
        return answer
    if file:
        origin = getattr(module, "__file__", None)
        if isinstance(origin, str) and origin != file and not is_open(file):
            return {"kind": "shadowed", "message": "`%s` is %s here" % (name, origin)}
    return dict(warning, kind="accepted", probes=0)


def has_threads():
    """Whether more than one thread runs here. None of the others is there in a child, which may then fail for that alone."""
    try:
        return len(os.listdir("/proc/self/task")) > 1
    except OSError:
        return True


def timed(name, file):
    """The same, with the microseconds that it took."""
    begun = time.time()
    answer = import_one(name, file)
    answer["us"] = int((time.time() - begun) * 1000000)
    return answer


def run(job):
    """One module."""
    folders = job.path.split("\n")
    sys.path.extend(folders)
    if job.depth != "thorough":
        answer = import_one(job.module, job.ask)
    else:
        import warnings

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            answer = import_one(job.module, job.ask)
        if answer["kind"] == "accepted" and caught:
            words = sorted(set("%s: %s" % (warning.category.__name__, warning.message) for warning in caught))
            answer["warnings"] = "; ".join(words)
    if answer["kind"] == "accepted":
        answer.update(PROBES["evidence"]["look_apart"](job, folders))
    return answer


def run_family(job, give):
    """A package, and then each of its modules in a process that begins where the package is imported.

    `import a.b` imports `a` and then `a.b`; here `a` is imported once for all that is in it. A module of which there is
    nothing to say is asked again by soabi, in a process of its own.
    """
    sys.path.extend(job.path.split("\n"))
    members = [line.split("\t", 1) for line in job.ask.split("\n")]
    answer = timed(job.module, "")
    signal.alarm(0)
    give(dict(answer, at=0))
    is_whole = not has_threads()
    for at, (name, file) in enumerate(members, 1):
        if answer["kind"] != "accepted":
            give(dict(answer, at=at, reached=reached(name, file)))
            continue
        child = os.fork()
        if child == 0:
            try:
                signal.alarm(int(job.limit))
                seen = timed(name, file)
                is_believed = seen["kind"] == "accepted" or is_whole and seen["kind"] == "raised"
                give(dict(seen if is_believed else {"kind": "unknown"}, at=at))
            finally:
                os._exit(0)
        if os.waitpid(child, 0)[1] != 0:
            # In the place of what it may have written.
            give({"kind": "unknown", "at": at})


def run_checks(job):
    """The author's own checks, in a shell in which `python` is this interpreter.

    What they write goes into a file without a name, whose end is kept. Where they are run they may read and not write;
    the folder of the job is theirs.
    """
    folders = job.path.split("\n")
    private = os.environ["TMPDIR"]
    environment = dict(os.environ)
    environment["PATH"] = folders[0] + os.pathsep + environment.get("PATH", os.defpath)
    environment["PYTHONPATH"] = os.pathsep.join(folders[1:])
    environment.update(PYTHONDONTWRITEBYTECODE="1", PYTHONNOUSERSITE="1", PYTHONFAULTHANDLER="1")
    name = os.path.join(private, "output")
    output = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    os.unlink(name)
    child = os.fork()
    if child == 0:
        try:
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.closerange(3, 256)
            os.chdir(job.depth)
            os.execve("/bin/sh", ["sh", "-c", job.ask], environment)
        finally:
            os._exit(127)
    status = os.waitpid(child, 0)[1]
    os.lseek(output, max(0, os.fstat(output).st_size - MOST_OUTPUT), 0)
    ended = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    return {"kind": "tested", "status": ended, "output": os.read(output, MOST_OUTPUT)}
