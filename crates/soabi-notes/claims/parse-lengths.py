# /// claim
# group = "conversions"
# statement = """
# The length of `s#` is an `int` of four bytes for a module that was compiled without `PY_SSIZE_T_CLEAN`, and
# a `Py_ssize_t` of eight for one that was compiled with it. The macro chooses between two functions; both are
# called here.
# """
# specimens = ["notes_lengths"]
#
# [[expect]]
# table = '''
# question                               | PyArg_ParseTuple | _PyArg_ParseTuple_SizeT
# bytes written to the length of b'spam' | 4                | 8
# the length that they hold              | 4                | 4
# '''
#
# [[expect]]
# python = "3.10..3.12"
# why = "A module without the macro is refused, at the call (bpo-40943)."
# table = '''
# question                               | PyArg_ParseTuple
# bytes written to the length of b'spam' | SystemError: PY_SSIZE_T_CLEAN macro must be defined for '#' formats
# the length that they hold              | SystemError: PY_SSIZE_T_CLEAN macro must be defined for '#' formats
# '''
#
# [[expect]]
# python = "3.13.."
# holds = false
# why = "Both functions write eight bytes (gh-104922). New headers have no macro to forget; a module that was compiled without it before 3.10 has its neighbouring variable overwritten, and nothing tells."
# table = '''
# question                               | PyArg_ParseTuple
# bytes written to the length of b'spam' | 8
# '''
# ///

from notes_lengths import clean, unclean

for column, door in [("PyArg_ParseTuple", unclean), ("_PyArg_ParseTuple_SizeT", clean)]:
    answer = []
    arrived = attempt(lambda: answer.extend(door(b"spam")))
    say("bytes written to the length of b'spam'", column, answer[0] if answer else arrived)
    say("the length that they hold", column, answer[1] if answer else arrived)
