"""What can be seen of a module beside whether it works: whether the GIL is still off, what a second import gives,
and whether a subinterpreter takes it.

Nothing here is right or wrong by itself. A module says in its slots what it can do (PEP 684, PEP 703); what the
interpreter made of it is told as it is.
"""
import sys

IN_SUBINTERPRETER = """
import sys
sys.path.insert(0, %r)
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
        again = __import__(name)
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


def in_subinterpreter(name, folder, isolated):
    """Two imports in a subinterpreter: an isolated one has a GIL of its own (PEP 684), a legacy one shares it."""
    api = subinterpreters()
    if api is None or (isolated and sys.version_info < (3, 12)):
        return None
    code = IN_SUBINTERPRETER % (folder, name, name)
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
    seen = {
        "gil": gil(),
        "import-again": import_again(name),
        "legacy-subinterpreter": in_subinterpreter(name, folder, False),
        "isolated-subinterpreter": in_subinterpreter(name, folder, True),
    }
    return dict((question, answer) for question, answer in seen.items() if answer is not None)
