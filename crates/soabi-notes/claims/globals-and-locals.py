# /// claim
# group = "namespaces"
# statement = """
# `globals()` is the dict of the module. `locals()` is the same dict at module level, the namespace of the
# class in a class body, and a copy in a function, where what is written to it is not seen.
# """
#
# [[expect]]
# table = '''
# question                                                               | answer
# at module level, type of `globals()`                                   | dict
# at module level, `locals() is globals()`                               | True
# at module level, a write through `globals()` is seen                   | True
# at module level, a write through `locals()` is seen                    | True
# in a class body, type of `locals()`                                    | dict
# in a class body, `locals() is globals()`                               | False
# in a class body, `locals() is locals()`                                | True
# in a class body, a write through `locals()` is seen                    | True
# in a function, type of `locals()`                                      | dict
# in a function, `locals() is locals()`                                  | True
# in a function, a write through `locals()` is seen                      | False
# in a function, a new name through `locals()` is in the next `locals()` | True
# in a function, `globals() is module's globals()`                       | True
# in a function, type of `frame.f_locals`                                | dict
# in a function, a write through `frame.f_locals` is seen                | False
# in a list comprehension, `outer` is in `locals()`                      | True
# behind a list comprehension, its variable is in `locals()`             | True
# '''
#
# [[expect]]
# python = "3.6..3.11"
# why = "A comprehension was a function of its own until PEP 709 (3.12) made it part of the code around it; in 2.7 it was part of it as well."
# table = '''
# question                                          | answer
# in a list comprehension, `outer` is in `locals()` | False
# '''
#
# [[expect]]
# python = "3.13.."
# why = "PEP 667: every call of `locals()` in a function makes a new copy, and `frame.f_locals` writes through to the variables."
# table = '''
# question                                                               | answer
# in a function, `locals() is locals()`                                  | False
# in a function, a new name through `locals()` is in the next `locals()` | False
# in a function, type of `frame.f_locals`                                | FrameLocalsProxy
# in a function, a write through `frame.f_locals` is seen                | True
# '''
#
# [[expect]]
# python = "3.6.."
# why = "A comprehension has a scope of its own since 3.0."
# table = '''
# question                                                   | answer
# behind a list comprehension, its variable is in `locals()` | False
# '''
# ///

import sys


def function():
    local = 1
    snapshot = locals()
    say("in a function, type of `locals()`", type(snapshot))
    say("in a function, `locals() is locals()`", locals() is snapshot)
    snapshot["local"] = 2
    say("in a function, a write through `locals()` is seen", local == 2)
    snapshot["new"] = 3
    say("in a function, a new name through `locals()` is in the next `locals()`", "new" in locals())
    say("in a function, `globals() is module's globals()`", globals() is at_module_level)


def through_the_frame():
    local = 1
    frame = sys._getframe()
    say("in a function, type of `frame.f_locals`", type(frame.f_locals))
    frame.f_locals["local"] = 2
    say("in a function, a write through `frame.f_locals` is seen", local == 2)


def comprehension():
    outer = 1
    [say("in a list comprehension, `outer` is in `locals()`", "outer" in locals()) for inner in [1]]
    say("behind a list comprehension, its variable is in `locals()`", "inner" in locals())


at_module_level = globals()
say("at module level, type of `globals()`", type(globals()))
say("at module level, `locals() is globals()`", locals() is globals())
globals()["through_globals"] = 1
say("at module level, a write through `globals()` is seen", through_globals == 1)
locals()["through_locals"] = 2
say("at module level, a write through `locals()` is seen", through_locals == 2)


class Body:
    say("in a class body, type of `locals()`", type(locals()))
    say("in a class body, `locals() is globals()`", locals() is globals())
    say("in a class body, `locals() is locals()`", locals() is locals())
    locals()["through_locals"] = 3
    say("in a class body, a write through `locals()` is seen", through_locals == 3)


function()
through_the_frame()
comprehension()
