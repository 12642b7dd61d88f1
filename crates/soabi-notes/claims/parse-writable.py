# /// claim
# group = "conversions"
# statement = """
# `w*` takes a buffer that may be written to, and no other. `w`, `w#` and `t#` are of Python 2.
# """
# specimens = ["notes_parse"]
#
# [[expect]]
# table = '''
# value                         | w           | w#          | w*        | t#
# bytearray(b'abc')             | SystemError | SystemError | b'abc'    | SystemError
# memoryview(bytearray(b'abc')) | SystemError | SystemError | b'abc'    | SystemError
# bytearray(b'a\0b')            | SystemError | SystemError | b'a\x00b' | SystemError
# b'abc'                        | SystemError | SystemError | TypeError | SystemError
# memoryview(b'abc')            | SystemError | SystemError | TypeError | SystemError
# u'abc'                        | SystemError | SystemError | TypeError | SystemError
# None                          | SystemError | SystemError | TypeError | SystemError
# '''
#
# [[expect]]
# python = "2.7"
# why = "`w`, `w#` and `t#` are there, and take no buffer that has to be released, such as that of a bytearray."
# table = '''
# value                         | w         | w#        | t#
# bytearray(b'abc')             | TypeError | TypeError | TypeError
# memoryview(bytearray(b'abc')) | TypeError | TypeError | TypeError
# bytearray(b'a\0b')            | TypeError | TypeError | TypeError
# b'abc'                        | TypeError | TypeError | b'abc'
# memoryview(b'abc')            | TypeError | TypeError | TypeError
# u'abc'                        | TypeError | TypeError | b'abc'
# None                          | TypeError | TypeError | TypeError
# '''
# ///

from notes_parse import parse

grid(parse, [
    "bytearray(b'abc')", "memoryview(bytearray(b'abc'))", "bytearray(b'a\\0b')", "b'abc'", "memoryview(b'abc')",
    "u'abc'", "None",
], ["w", "w#", "w*", "t#"])
