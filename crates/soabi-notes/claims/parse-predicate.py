# /// claim
# group = "conversions"
# statement = """
# `p` takes any object and gives its truth, 0 or 1. It came with Python 3.3.
# """
# specimens = ["notes_parse"]
#
# [[expect]]
# table = '''
# value    | p
# True     | 1
# False    | 0
# 0        | 0
# -3       | 1
# 2**100   | 1
# ''       | 0
# 'no'     | 1
# []       | 0
# None     | 0
# 0.0      | 0
# Unsure() | ValueError
# '''
#
# [[expect]]
# python = "2.7"
# why = "`p` is not there."
# table = '''
# value    | p
# True     | TypeError
# False    | TypeError
# 0        | TypeError
# -3       | TypeError
# 2**100   | TypeError
# ''       | TypeError
# 'no'     | TypeError
# []       | TypeError
# None     | TypeError
# 0.0      | TypeError
# Unsure() | TypeError
# '''
# ///

from notes_parse import parse


class Unsure(object):
    def __bool__(self):
        raise ValueError("who knows")

    __nonzero__ = __bool__


grid(parse, ["True", "False", "0", "-3", "2**100", "''", "'no'", "[]", "None", "0.0", "Unsure()"], "p", globals())
