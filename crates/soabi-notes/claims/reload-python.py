# /// claim
# group = "reload"
# statement = """
# A reload runs the changed source in the same module: it updates and adds names and removes none.
# """
#
# [[expect]]
# table = '''
# question                                        | answer
# the module is the same object                   | True
# a name that the new source sets                 | 10
# a name that only the new source has             | 4
# a name that the new source lacks                | 2
# a name that was added from outside              | 3
# a reload that raises half way                   | ValueError
# what it had set until then                      | 100
# a reload of a module that is not in sys.modules | ImportError
# '''
# ///

import sys

try:
    from importlib import reload
except ImportError:
    pass


def write(source):
    with open("reloaded.py", "w") as file:
        file.write(source)


sys.path.insert(0, "")
write("changed = 1\nremoved = 2\n")
import reloaded as module

function_of_old = sys.modules["reloaded"]
module.added_from_outside = 3
write("changed = 10\nnew = 4\n")
again = reload(module)
say("the module is the same object", again is module)
say("a name that the new source sets", module.changed)
say("a name that only the new source has", module.new)
say("a name that the new source lacks", attempt(getattr, module, "removed"))
say("a name that was added from outside", attempt(getattr, module, "added_from_outside"))
write("changed = 100\nraise ValueError('half way')\n")
say("a reload that raises half way", kind(reload, module))
say("what it had set until then", module.changed)
del sys.modules["reloaded"]
say("a reload of a module that is not in sys.modules", kind(reload, module))
