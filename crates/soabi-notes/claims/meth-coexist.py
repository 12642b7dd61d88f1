# /// claim
# group = "method-table"
# statement = """
# A method of the name of a slot is left out, because the slot already has a method of that name. With
# `METH_COEXIST` it takes the place of it in the class; operators go on using the slot.
# """
# specimens = ["notes_calls"]
#
# [[expect]]
# table = '''
# question                             | answer
# with it, `1 in object`               | False
# with it, `object.__contains__(1)`    | True
# without it, `1 in object`            | False
# without it, `object.__contains__(1)` | False
# '''
#
# [[expect]]
# build = "pypy"
# holds = false
# why = "PyPy puts the method into the slot as well."
# table = '''
# question               | answer
# with it, `1 in object` | True
# '''
# ///

from notes_calls import Alone, Thing

say("with it, `1 in object`", 1 in Thing())
say("with it, `object.__contains__(1)`", Thing().__contains__(1))
say("without it, `1 in object`", 1 in Alone())
say("without it, `object.__contains__(1)`", Alone().__contains__(1))
