# /// claim
# group = "module-frame"
# statement = """
# In the frame of a script `f_locals is f_globals is sys.modules["__main__"].__dict__`.
# """
#
# [[expect]]
# table = '''
# question                                           | answer
# name of its code                                   | <module>
# `__name__` in it                                   | __main__
# `f_locals is f_globals`                            | True
# `f_globals is sys.modules['__main__'].__dict__`    | True
# `f_builtins` is that of the module builtins        | True
# a write through `f_locals` is a name of the module | True
# '''
# ///

import sys

# This source is asked by a script. The frame of that script, which is __main__, is the first of all frames.
frame = sys._getframe()
while frame.f_back is not None:
    frame = frame.f_back
main = sys.modules["__main__"].__dict__

say("name of its code", frame.f_code.co_name)
say("`__name__` in it", frame.f_globals["__name__"] == "__main__" and "__main__")
say("`f_locals is f_globals`", frame.f_locals is frame.f_globals)
say("`f_globals is sys.modules['__main__'].__dict__`", frame.f_globals is main)
say("`f_builtins` is that of the module builtins", frame.f_builtins is sys.modules[len.__module__].__dict__)
frame.f_locals["written_through_the_frame"] = 1
say("a write through `f_locals` is a name of the module", main.pop("written_through_the_frame", None) == 1)
