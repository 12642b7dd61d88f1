# /// claim
# group = "conversions"
# statement = """
# `Py_BuildValue` makes Python objects of C values: strings. A NULL becomes None.
# """
# specimens = ["notes_build"]
#
# [[expect]]
# table = '''
# Py_BuildValue                | answer
# "s", "caf\xc3\xa9"           | 'caf\xe9'
# "s", "\xff"                  | UnicodeDecodeError
# "s", NULL                    | None
# "s#", "a\0b", (Py_ssize_t)3  | 'a\x00b'
# "z", "abc"                   | 'abc'
# "z", NULL                    | None
# "z#", "a\0b", (Py_ssize_t)3  | 'a\x00b'
# "y", "\xff"                  | b'\xff'
# "y", NULL                    | None
# "y#", "a\0b", (Py_ssize_t)3  | b'a\x00b'
# "U", "caf\xc3\xa9"           | 'caf\xe9'
# "U#", "a\0b", (Py_ssize_t)3  | 'a\x00b'
# "u", L"caf\u00e9"            | 'caf\xe9'
# "u#", L"a\0b", (Py_ssize_t)3 | 'a\x00b'
# '''
#
# [[expect]]
# python = "2.7"
# why = "`s` and `z` make a str, which in 2.7 is bytes and is not inspected; `y` and `U` of a pointer came with 3.0. `u` has another C type there and is not tested."
# table = '''
# Py_BuildValue                | answer
# "s", "caf\xc3\xa9"           | b'caf\xc3\xa9'
# "s", "\xff"                  | b'\xff'
# "s#", "a\0b", (Py_ssize_t)3  | b'a\x00b'
# "z", "abc"                   | b'abc'
# "z#", "a\0b", (Py_ssize_t)3  | b'a\x00b'
# "y", "\xff"                  | SystemError
# "y", NULL                    | SystemError
# "y#", "a\0b", (Py_ssize_t)3  | SystemError
# "U", "caf\xc3\xa9"           | SystemError
# "U#", "a\0b", (Py_ssize_t)3  | SystemError
# "u", L"caf\u00e9"            | -
# "u#", L"a\0b", (Py_ssize_t)3 | -
# '''
# ///

from notes_build import values

for source, value in values(1):
    say(source, show(value))
