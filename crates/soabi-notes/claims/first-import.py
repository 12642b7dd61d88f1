# /// claim
# group = "first-import"
# statement = """
# The first import calls the init function once and puts the module into `sys.modules`; the second takes it
# from there. When it is gone from there, a single-phase module is made again from a copy of its names without
# a call, and a multi-phase one anew, by another call. A reload does neither.
# """
# specimens = ["notes_single", "notes_multi", "notes_export", "notes_interpreters"]
#
# [[expect]]
# table = '''
# question                                 | single-phase                    | multi-phase                     | export hook
# the first import, by two threads at once | the same module; init 1, exec 1 | the same module; init 1, exec 1 | the same module; init 1, exec 1
# it is in sys.modules                     | True                            | True                            | True
# a second import                          | the same module; init 1, exec 1 | the same module; init 1, exec 1 | the same module; init 1, exec 1
# an import after `del sys.modules[name]`  | another module; init 1, exec 1  | another module; init 2, exec 2  | another module; init 2, exec 2
# a reload                                 | another module; init 1, exec 1  | another module; init 2, exec 2  | another module; init 2, exec 2
# an import in a subinterpreter            | True; init 1, exec 1            | True; init 3, exec 3            | True; init 3, exec 3
# '''
#
# [[expect]]
# python = "2.7"
# why = "Multi-phase initialization came with 3.5 (PEP 489)."
# table = '''
# question                                 | multi-phase
# the first import, by two threads at once | -
# it is in sys.modules                     | -
# a second import                          | -
# an import after `del sys.modules[name]`  | -
# a reload                                 | -
# an import in a subinterpreter            | -
# '''
#
# [[expect]]
# python = "..3.14"
# why = "The export hook came with 3.15 (PEP 793)."
# table = '''
# question                                 | export hook
# the first import, by two threads at once | -
# it is in sys.modules                     | -
# a second import                          | -
# an import after `del sys.modules[name]`  | -
# a reload                                 | -
# an import in a subinterpreter            | -
# '''
#
# [[expect]]
# build = "free-threaded"
# why = "A subinterpreter of a build without the GIL takes no single-phase module."
# table = '''
# question                      | single-phase
# an import in a subinterpreter | False; init 1, exec 1
# '''
#
# [[expect]]
# build = "pypy"
# why = "PyPy has no subinterpreters."
# table = '''
# question                      | single-phase | multi-phase
# an import in a subinterpreter | -            | -
# '''
# ///

import sys

try:
    from _thread import allocate_lock, start_new_thread
    from importlib import reload
except ImportError:
    from thread import allocate_lock, start_new_thread

try:
    from notes_interpreters import in_subinterpreter
except ImportError:
    in_subinterpreter = None


def import_in_two_threads(name):
    modules, done = [], [allocate_lock(), allocate_lock()]

    def import_it(lock):
        modules.append(__import__(name))
        lock.release()

    for lock in done:
        lock.acquire()
        start_new_thread(import_it, (lock,))
    for lock in done:
        lock.acquire()
    return modules


def ask(column, name):
    def tell(row, module):
        same = "the same module" if module is first else "another module"
        say(row, column, "%s; init %d, exec %d" % ((same,) + first.counts()))

    first, other = import_in_two_threads(name)
    tell("the first import, by two threads at once", other)
    say("it is in sys.modules", column, sys.modules.get(name) is first)
    tell("a second import", __import__(name))
    del sys.modules[name]
    again = __import__(name)
    tell("an import after `del sys.modules[name]`", again)
    tell("a reload", reload(again))


def ask_in_subinterpreter(modules):
    """The same in one subinterpreter for all, because it takes its time to make one."""
    in_subinterpreter("""
import sys
sys.path[:] = %r
with open("subinterpreter", "w") as file:
    for name in %r:
        try:
            __import__(name)
            file.write("True\\n")
        except ImportError:
            file.write("False\\n")
""" % (sys.path, [name for column, name in modules]))
    with open("subinterpreter") as file:
        for (column, name), answer in zip(modules, file):
            counts = sys.modules[name].counts()
            say("an import in a subinterpreter", column, "%s; init %d, exec %d" % ((answer.strip(),) + counts))


# What the headers of this version cannot say, there is no file of.
modules = [("single-phase", "notes_single")]
if sys.version_info >= (3, 5):
    modules.append(("multi-phase", "notes_multi"))
if sys.version_info >= (3, 15):
    modules.append(("export hook", "notes_export"))
for column, name in modules:
    ask(column, name)
if in_subinterpreter is not None:
    ask_in_subinterpreter(modules)
