"""What can be seen of a module beside whether it works: whether the GIL is still off, what a second import gives,
and whether a subinterpreter takes it.

Nothing here is right or wrong by itself. A module says in its slots what it can do (PEP 684, PEP 703); what the
interpreter made of it is told as it is.
"""
import os
import signal
import sys

IN_SUBINTERPRETER = """
import sys
%s
for _ in range(2):
    __import__(%r)
    del sys.modules[%r]
"""


def said(error):
    return "%s: %s" % (type(error).__name__, error)


def gil():
    """Whether the GIL is off, in a build that can do without it."""
    if "t" not in getattr(sys, "abiflags", ""):
        return None
    return "on" if sys._is_gil_enabled() else "off"


def import_again(name):
    """What an import gives after the module was taken out of `sys.modules`."""
    first = sys.modules.pop(name)
    try:
        __import__(name)
        again = sys.modules[name]
    except Exception as error:
        return said(error)
    finally:
        sys.modules[name] = first
    return "the same module" if again is first else "another module"


def subinterpreters():
    """The module behind `concurrent.interpreters`, under the names that it has had. None before 3.8."""
    for name in ["_interpreters", "_xxsubinterpreters"]:
        try:
            return __import__(name)
        except ImportError:
            pass
    return None


def in_subinterpreter(name, path, isolated):
    """Two imports in a subinterpreter: an isolated one has a GIL of its own (PEP 684), a legacy one shares it."""
    api = subinterpreters()
    if api is None or (isolated and sys.version_info < (3, 12)):
        return None
    code = IN_SUBINTERPRETER % (path, name, name)
    if sys.version_info >= (3, 13):
        child = api.create("isolated" if isolated else "legacy")
        failure = api.run_string(child, code)
        return "accepted" if failure is None else "%s: %s" % (failure.type.__name__, failure.msg)
    child = api.create(isolated=isolated) if sys.version_info >= (3, 9) else api.create()
    try:
        api.run_string(child, code)
    except Exception as error:
        return str(error).replace("<class '", "").replace("'>", "")
    return "accepted"


def look(name, folder):
    """What is seen, by the name of the question. What cannot be asked here is left out."""
    path = "sys.path.insert(0, %r)" % folder
    seen = {
        "gil": gil(),
        "import-again": import_again(name),
        "legacy-subinterpreter": in_subinterpreter(name, path, False),
        "isolated-subinterpreter": in_subinterpreter(name, path, True),
    }
    return dict((question, answer) for question, answer in seen.items() if answer is not None)


def left_by_imports(name):
    """References and blocks that each further import of the module leaves, in a debug build, which counts them all.

    The first imports fill caches; what the last ones leave, every one leaves.
    """
    if not hasattr(sys, "gettotalrefcount"):
        return None
    counted = []
    for _ in range(6):
        del sys.modules[name]
        __import__(name)
        counted.append((sys.gettotalrefcount(), sys.getallocatedblocks() if hasattr(sys, "getallocatedblocks") else 0))
    grown = [(after - before) // 3 for before, after in zip(counted[2], counted[5])]
    return "%d references, %d blocks" % tuple(grown)


def left_by_calls(name, expression, count):
    """References and blocks that so many calls leave, in a debug build, which counts them all.

    As many calls before them fill caches. The garbage collector runs before each count, so that a circle is no leak;
    what counting leaves by itself is subtracted.
    """
    if not hasattr(sys, "gettotalrefcount"):
        return None
    import gc

    counted = [None] * 3
    try:
        code, names = compile(expression, "<call>", "eval"), vars(sys.modules[name])
        for at, calls in enumerate([count, 0, count]):
            for _ in range(calls):
                eval(code, names)
            gc.collect()
            blocks = sys.getallocatedblocks() if hasattr(sys, "getallocatedblocks") else 0
            counted[at] = (sys.gettotalrefcount(), blocks)
    except Exception as error:
        return "the call fails: " + said(error)
    left = [last - 2 * second + first for first, second, last in zip(*counted)]
    return "%d references, %d blocks" % tuple(left)


def end():
    """Ends the interpreter as a program does that comes to its end, with the module in it: what is told is the status."""
    if "__pypy__" in sys.builtin_module_names:
        return
    try:
        import ctypes
    except ImportError:
        return
    ctypes.pythonapi.Py_Exit(0)


def apart(ask, limit):
    """The answer of a process of its own: whatever the module does to it, no other question is lost."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            signal.alarm(limit)
            answer = ask()
            os.write(writer, b"" if answer is None else answer.encode("utf-8", "replace")[:4000])
        except BaseException as error:
            os.write(writer, said(error).encode("utf-8", "replace")[:4000])
        finally:
            os._exit(0)
    os.close(writer)
    status = os.waitpid(child, 0)[1]
    # No more than a pipe holds, so that it is all there when the process has ended.
    answer = os.read(reader, 4096) if status == 0 else b""
    os.close(reader)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return "no answer in time" if number == signal.SIGALRM else "killed by signal %d" % number
    if status:
        return "ended with status %d" % os.WEXITSTATUS(status)
    return answer.decode("utf-8", "replace") or None


def look_apart(job, folders):
    """What is seen of a module that anybody built. The questions share the time that the import left."""
    name, path, questions = job.module, "sys.path += %r" % (folders,), {}
    if job.depth == "thorough":
        questions = {
            "end": end,
            "gil": gil,
            "import-again": lambda: import_again(name),
            "left-by-imports": lambda: left_by_imports(name),
            "legacy-subinterpreter": lambda: in_subinterpreter(name, path, False),
            "isolated-subinterpreter": lambda: in_subinterpreter(name, path, True),
        }
    if job.calls:
        count, expression = job.calls.split("\n", 1)
        questions["left-by-calls"] = lambda: left_by_calls(name, expression, int(count))
    limit = max(1, int(job.limit) // (len(questions) + 1))
    seen = dict((question, apart(questions[question], limit)) for question in sorted(questions))
    return dict((question, answer) for question, answer in seen.items() if answer is not None)
