"""What an interpreter itself holds of one extension module. Runs in every CPython from 3.6 on.

    look.py phase FILE INIT         the type of what the init function returns
    look.py def SITE MODULE         the `PyModuleDef` behind the imported module, read from memory
    look.py gil SITE MODULE         whether the import turned the GIL on, in a free-threaded build
    look.py isolated SITE MODULE    whether an isolated subinterpreter imports it

The answer is one line of JSON behind `soabi: `. A module may print what it likes, and may end the process.
"""

import ctypes
import importlib
import json
import sys
import warnings

# The slots whose values are numbers: multiple_interpreters and gil, before 3.15 and from then on.
NUMBERS = {3, 4, 86, 87}


def answer(value):
    sys.stdout.write("\nsoabi: %s\n" % json.dumps(value))
    sys.stdout.flush()


def phase(path, init):
    function = ctypes.PyDLL(path)[init]
    if init.startswith("PyModExport"):
        return "export"
    function.restype = ctypes.c_void_p
    made = function()
    if not made:
        return "failed"
    # The object's type is the last word of its head.
    kind = ctypes.c_void_p.from_address(made + object.__basicsize__ - 8).value
    name = ctypes.py_object.from_buffer(ctypes.c_void_p(kind)).value.__name__
    return {"moduledef": "multi", "module": "single"}.get(name, name)


def text(address):
    value = ctypes.c_char_p.from_address(address).value
    return None if value is None else value.decode("utf-8", "replace")


def word(address):
    return ctypes.c_ssize_t.from_address(address).value


def definition(module):
    get = ctypes.pythonapi.PyModule_GetDef
    get.restype, get.argtypes = ctypes.c_void_p, [ctypes.py_object]
    found = get(module)
    if not found:
        return None
    fields = found + object.__basicsize__ + 24
    methods, at = [], word(fields + 24)
    while at and word(at):
        methods.append([text(at), ctypes.c_int.from_address(at + 16).value])
        at += 32
    slots, at = [], word(fields + 32)
    while at and ctypes.c_int.from_address(at).value:
        number = ctypes.c_int.from_address(at).value
        slots.append([number, word(at + 8) if number in NUMBERS else None])
        at += 16
    return {"name": text(fields), "size": word(fields + 16), "methods": methods, "slots": slots}


def imported(site, name):
    sys.path.insert(0, site)
    return importlib.import_module(name)


def gil(site, name):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        imported(site, name)
    blamed = any("'%s'" % name in str(warning.message) for warning in caught if "GIL" in str(warning.message))
    # Another module that the import brought along may have turned it on.
    if blamed:
        return "turned-on"
    return None if sys._is_gil_enabled() else "stays-off"


def isolated(site, name):
    code = "import sys; sys.path.insert(0, %r); import importlib; importlib.import_module(%r)" % (site, name)
    try:
        import _interpreters as api
    except ImportError:
        import _xxsubinterpreters as api
    if hasattr(api, "exec"):
        failure = api.run_string(api.create("isolated"), code)
        message = None if failure is None else failure.msg
    else:
        try:
            api.run_string(api.create(isolated=True), code)
            message = None
        except Exception as error:
            message = str(error)
    if message is None:
        return "accepted"
    own = "module %s does not support loading in subinterpreters" % name in message
    return "refused" if own else "other: %s" % message[:200]


def main():
    mode, place, name = sys.argv[1:4]
    if mode == "phase":
        answer(phase(place, name))
    elif mode == "def":
        module = imported(place, name)
        answer(definition(module) if isinstance(module, type(sys)) else None)
    elif mode == "gil":
        answer(gil(place, name))
    elif mode == "isolated":
        answer(isolated(place, name))


main()
