# /// claim
# group = "reload"
# statement = """
# A reload of an extension module runs none of its code, and removes no name.
# """
# specimens = ["notes_single", "notes_multi", "notes_export"]
#
# [[expect]]
# table = '''
# question                                       | single-phase   | multi-phase    | export hook
# the module is the same object                  | True           | True           | True
# a name that C had set, and Python changed to 2 | 2              | 2              | 2
# a name that was added from outside             | 3              | 3              | 3
# what ran                                       | init 0, exec 0 | init 0, exec 0 | init 0, exec 0
# '''
#
# [[expect]]
# python = "2.7"
# why = "The names that the first import left are set again, from a copy."
# table = '''
# question                                       | single-phase | multi-phase
# the module is the same object                  |              | -
# a name that C had set, and Python changed to 2 | 1            | -
# a name that was added from outside             |              | -
# what ran                                       |              | -
# '''
#
# [[expect]]
# python = "..3.14"
# why = "The export hook came with 3.15 (PEP 793)."
# table = '''
# question                                       | export hook
# the module is the same object                  | -
# a name that C had set, and Python changed to 2 | -
# a name that was added from outside             | -
# what ran                                       | -
# '''
# ///

import sys

try:
    from importlib import reload
except ImportError:
    pass

for column, name in [("single-phase", "notes_single"), ("multi-phase", "notes_multi"), ("export hook", "notes_export")]:
    try:
        module = __import__(name)
    except ImportError:
        # What the headers of this version cannot say, there is no file of.
        continue
    module.value = 2
    module.added_from_outside = 3
    before = module.counts()
    again = reload(module)
    say("the module is the same object", column, again is module)
    say("a name that C had set, and Python changed to 2", column, again.value)
    say("a name that was added from outside", column, attempt(getattr, again, "added_from_outside"))
    inits, execs = [now - then for now, then in zip(module.counts(), before)]
    say("what ran", column, "init %d, exec %d" % (inits, execs))
