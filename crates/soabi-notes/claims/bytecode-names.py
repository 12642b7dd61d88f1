# /// claim
# group = "bytecode"
# statement = """
# `compile(source, "test.py", "exec")` gives a code object. At module level and in a class body names are
# stored and loaded with `STORE_NAME` and `LOAD_NAME`, locals of a function with `STORE_FAST` and `LOAD_FAST`.
# """
#
# [[expect]]
# table = '''
# question                                      | answer
# `compile(source, 'test.py', 'exec')` is a     | code
# its name                                      | <module>
# its file                                      | test.py
# at module level, `x = 1; x`                   | STORE_NAME, LOAD_NAME
# in a function, `x = 1; return x`              | STORE_FAST, LOAD_FAST
# in a function, `x = 1; y = x; return y`       | STORE_FAST, LOAD_FAST, STORE_FAST, LOAD_FAST
# in a function, `return a, b` of its arguments | LOAD_FAST, LOAD_FAST
# in a function, `return x` that is no local    | LOAD_GLOBAL
# in a function with `global x`, `x = 1`        | STORE_GLOBAL
# in a class body, `x = 1; x`                   | STORE_NAME, LOAD_NAME
# after a thousand calls, `return a, b, NAME`   | LOAD_FAST, LOAD_FAST, LOAD_GLOBAL
# '''
#
# [[expect]]
# python = "3.11..3.12"
# why = "PEP 659: an operation that has run often is replaced by a special one; pairs of loads are fused."
# table = '''
# question                                    | answer
# after a thousand calls, `return a, b, NAME` | LOAD_FAST__LOAD_FAST, LOAD_FAST, LOAD_GLOBAL_MODULE
# '''
#
# [[expect]]
# python = "3.13"
# why = "Pairs are fused by the compiler, before the code has run."
# table = '''
# question                                      | answer
# in a function, `return a, b` of its arguments | LOAD_FAST_LOAD_FAST
# after a thousand calls, `return a, b, NAME`   | LOAD_FAST_LOAD_FAST, LOAD_GLOBAL_MODULE
# '''
#
# [[expect]]
# python = "3.14.."
# why = "gh-130704: a load that the frame outlives takes no reference of its own."
# table = '''
# question                                      | answer
# in a function, `x = 1; return x`              | STORE_FAST, LOAD_FAST_BORROW
# in a function, `x = 1; y = x; return y`       | STORE_FAST, LOAD_FAST, STORE_FAST, LOAD_FAST_BORROW
# in a function, `return a, b` of its arguments | LOAD_FAST_BORROW_LOAD_FAST_BORROW
# after a thousand calls, `return a, b, NAME`   | LOAD_FAST_BORROW_LOAD_FAST_BORROW, LOAD_GLOBAL_MODULE
# '''
#
# [[expect]]
# build = "free-threaded"
# why = "In 3.13 operations are not specialized where there is no GIL."
# table = '''
# question                                    | answer
# after a thousand calls, `return a, b, NAME` | LOAD_FAST_LOAD_FAST, LOAD_GLOBAL
# '''
#
# [[expect]]
# build = "pypy"
# why = "PyPy compiles loops and leaves the bytecode as it is."
# table = '''
# question                                    | answer
# after a thousand calls, `return a, b, NAME` | LOAD_FAST, LOAD_FAST, LOAD_GLOBAL
# '''
# ///

import opcode
import sys


def names_of_operations():
    """The name of every operation by its number, those included that the interpreter puts in place of others."""
    names = list(opcode.opname)
    if hasattr(opcode, "_specialized_instructions"):
        free = [number for number, name in enumerate(names) if name.startswith("<")]
        for number, name in zip(free, opcode._specialized_instructions):
            names[number] = name
    elif sys.version_info >= (3, 13):
        from _opcode_metadata import _specialized_opmap

        for name, number in _specialized_opmap.items():
            names[number] = name
    return names


opname = names_of_operations()


def operations(code, now=None):
    """The operations on variables, in order, as they were compiled or as they are now."""
    steps, at, seen = bytearray(code.co_code), 0, []
    while at < len(steps):
        name = opname[steps[at]]
        of_class = name.endswith("_NAME") and code.co_names[steps[at + 1]].startswith("__")
        if name.startswith(("LOAD_", "STORE_")) and any(k in name for k in ("NAME", "FAST", "GLOBAL")) and not of_class:
            # Where there is no operation, what is there now is a cache with anything in it.
            seen.append(opname[bytearray(now)[at]] if now else name)
        # An operation is two bytes since 3.6, one or three before.
        at += 2 if sys.version_info >= (3, 6) else 3 if steps[at] >= opcode.HAVE_ARGUMENT else 1
    return ", ".join(seen)


def body(source):
    """The code of the function `f` of a source."""
    names = {}
    exec(compile(source, "test.py", "exec", 0, True), names)
    return names["f"].__code__


at_module_level = compile("x = 1\nx\n", "test.py", "exec", 0, True)
say("`compile(source, 'test.py', 'exec')` is a", type(at_module_level))
say("its name", at_module_level.co_name)
say("its file", at_module_level.co_filename)
say("at module level, `x = 1; x`", operations(at_module_level))
say("in a function, `x = 1; return x`", operations(body("def f():\n    x = 1\n    return x\n")))
say("in a function, `x = 1; y = x; return y`", operations(body("def f():\n    x = 1\n    y = x\n    return y\n")))
say("in a function, `return a, b` of its arguments", operations(body("def f(a, b):\n    return a, b\n")))
say("in a function, `return x` that is no local", operations(body("def f():\n    return x\n")))
say("in a function with `global x`, `x = 1`", operations(body("def f():\n    global x\n    x = 1\n")))
of_module = compile("class C:\n    x = 1\n    x\n", "test.py", "exec", 0, True)
class_body = [constant for constant in of_module.co_consts if hasattr(constant, "co_code")][0]
say("in a class body, `x = 1; x`", operations(class_body))


def f(a, b):
    return a, b, NAME


NAME = "global"
for _ in range(1000):
    f(1, 2)
now = getattr(f.__code__, "_co_code_adaptive", None)
say("after a thousand calls, `return a, b, NAME`", operations(f.__code__, now))
