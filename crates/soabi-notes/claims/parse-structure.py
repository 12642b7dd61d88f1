# /// claim
# group = "conversions"
# statement = """
# Behind `|` arguments are optional, and C variables keep what they held. `( )` unpacks a sequence. `:name`
# names the function in messages, `;message` replaces them.
# """
# specimens = ["notes_parse"]
#
# [[expect]]
# table = '''
# format, arguments    | answer
# '',                  | (-1, -1, -1)
# '', 1                | TypeError: function takes exactly 0 arguments (1 given)
# 'i', 1               | (1, -1, -1)
# 'i',                 | TypeError: function takes exactly 1 argument (0 given)
# 'i', 1, 2            | TypeError: function takes exactly 1 argument (2 given)
# 'i\|i', 1            | (1, -1, -1)
# 'i\|i', 1, 2         | (1, 2, -1)
# 'i\|i', 1, 2, 3      | TypeError: function takes at most 2 arguments (3 given)
# '\|ii',              | (-1, -1, -1)
# 'i\|', 1             | (1, -1, -1)
# '(ii)i', (1, 2), 3   | (1, 2, 3)
# '(ii)i', [1, 2], 3   | (1, 2, 3)
# '(ii)i', (1,), 3     | TypeError: argument 1 must be tuple of length 2, not 1
# '(ii)i', 1, 2        | TypeError: argument 1 must be 2-item tuple, not int
# 'ii:name', 1         | TypeError: name() takes exactly 2 arguments (1 given)
# 'ii:name', 1, 'x'    | TypeError: 'str' object cannot be interpreted as an integer
# 'ii;message', 1      | TypeError: message
# 'ii;message', 1, 'x' | TypeError: 'str' object cannot be interpreted as an integer
# '\|i\|i', 1          | (1, -1, -1)
# '''
#
# [[expect]]
# python = "2.7"
# why = "The same, in other words."
# table = '''
# format, arguments    | answer
# 'ii:name', 1, 'x'    | TypeError: an integer is required
# 'ii;message', 1, 'x' | TypeError: an integer is required
# '''
#
# [[expect]]
# python = "3.6..3.9"
# why = "The same, in other words."
# table = '''
# format, arguments    | answer
# 'ii:name', 1, 'x'    | TypeError: an integer is required (got type str)
# 'ii;message', 1, 'x' | TypeError: an integer is required (got type str)
# '''
#
# [[expect]]
# python = "..3.13"
# why = "The same, in other words: other sequences than tuples are on their way out (gh-50333)."
# table = '''
# format, arguments | answer
# '(ii)i', (1,), 3  | TypeError: argument 1 must be sequence of length 2, not 1
# '(ii)i', 1, 2     | TypeError: argument 1 must be 2-item sequence, not int
# '''
# ///

from notes_parse import parse_format

for row in [
    "'',", "'', 1", "'i', 1", "'i',", "'i', 1, 2", "'i|i', 1", "'i|i', 1, 2", "'i|i', 1, 2, 3", "'|ii',", "'i|', 1",
    "'(ii)i', (1, 2), 3", "'(ii)i', [1, 2], 3", "'(ii)i', (1,), 3", "'(ii)i', 1, 2", "'ii:name', 1", "'ii:name', 1, 'x'",
    "'ii;message', 1", "'ii;message', 1, 'x'", "'|i|i', 1",
]:
    say(row, attempt(parse_format, *eval(row)))
