# /// claim
# group = "conversions"
# statement = """
# `PyArg_ParseTupleAndKeywords` takes arguments by place or by name. Behind `$` they are taken by name alone;
# an empty name takes by place alone.
# """
# specimens = ["notes_parse"]
#
# [[expect]]
# table = '''
# format, arguments, keywords                               | answer
# 'iii', (1, 2, 3), {}                                      | (1, 2, 3)
# 'iii', (1,), {'b': 2, 'c': 3}                             | (1, 2, 3)
# 'iii', (1, 2), {}                                         | TypeError: function missing required argument 'c' (pos 3)
# 'iii', (1, 2, 3, 4), {}                                   | TypeError: function takes at most 3 arguments (4 given)
# 'iii', (1, 2), {'b': 3}                                   | TypeError: function missing required argument 'c' (pos 3)
# 'iii', (1, 2, 3), {'d': 4}                                | TypeError: function takes at most 3 arguments (4 given)
# 'i\|ii', (1,), {'c': 3}                                   | (1, -1, 3)
# 'i\|i$i', (1, 2), {'c': 3}                                | (1, 2, 3)
# 'i\|i$i', (1, 2, 3), {}                                   | TypeError: function takes at most 2 positional arguments (3 given)
# 'ii$i', (1, 2), {'c': 3}                                  | (1, 2, 3)
# 'ii$i', (1, 2), {}                                        | TypeError: function missing required argument 'c' (pos 3)
# 'iii:f', (1,), {}                                         | TypeError: f() missing required argument 'b' (pos 2)
# the first has no name: 'iii', (1, 2, 3), {}               | (1, 2, 3)
# the first has no name: 'iii', (), {'': 1, 'b': 2, 'c': 3} | TypeError: function takes at least 1 positional argument (0 given)
# '''
#
# [[expect]]
# python = "2.7"
# why = "`$` came with 3.3, and names that are empty mean something since 3.6 (bpo-26282)."
# table = '''
# format, arguments, keywords                               | answer
# 'i\|i$i', (1, 2), {'c': 3}                                | TypeError: argument 3 (impossible<bad format char>)
# 'i\|i$i', (1, 2, 3), {}                                   | TypeError: argument 3 (impossible<bad format char>)
# 'ii$i', (1, 2), {'c': 3}                                  | TypeError: argument 3 (impossible<bad format char>)
# the first has no name: 'iii', (), {'': 1, 'b': 2, 'c': 3} | (1, 2, 3)
# '''
#
# [[expect]]
# python = "..3.6"
# why = "The same, in other words."
# table = '''
# format, arguments, keywords | answer
# 'iii', (1, 2), {}           | TypeError: Required argument 'c' (pos 3) not found
# 'iii', (1, 2), {'b': 3}     | TypeError: Argument given by name ('b') and position (2)
# 'ii$i', (1, 2), {}          | TypeError: Required argument 'c' (pos 3) not found
# 'iii:f', (1,), {}           | TypeError: Required argument 'b' (pos 2) not found
# '''
#
# [[expect]]
# python = "3.6"
# why = "The same, in other words."
# table = '''
# format, arguments, keywords                               | answer
# 'i\|i$i', (1, 2, 3), {}                                   | TypeError: Function takes at most 2 positional arguments (3 given)
# the first has no name: 'iii', (), {'': 1, 'b': 2, 'c': 3} | TypeError: Function takes at least 1 positional arguments (0 given)
# '''
#
# [[expect]]
# python = "3.7"
# why = "The same, in other words."
# table = '''
# format, arguments, keywords                               | answer
# the first has no name: 'iii', (), {'': 1, 'b': 2, 'c': 3} | TypeError: function takes at least 1 positional arguments (0 given)
# '''
# ///

from notes_parse import parse_keywords

for row in [
    "'iii', (1, 2, 3), {}", "'iii', (1,), {'b': 2, 'c': 3}", "'iii', (1, 2), {}", "'iii', (1, 2, 3, 4), {}",
    "'iii', (1, 2), {'b': 3}", "'iii', (1, 2, 3), {'d': 4}", "'i|ii', (1,), {'c': 3}", "'i|i$i', (1, 2), {'c': 3}",
    "'i|i$i', (1, 2, 3), {}", "'ii$i', (1, 2), {'c': 3}", "'ii$i', (1, 2), {}", "'iii:f', (1,), {}",
]:
    say(row, attempt(parse_keywords, *(eval(row) + (0,))))
say("the first has no name: 'iii', (1, 2, 3), {}", attempt(parse_keywords, "iii", (1, 2, 3), {}, 1))
say("the first has no name: 'iii', (), {'': 1, 'b': 2, 'c': 3}", attempt(parse_keywords, "iii", (), {"": 1, "b": 2, "c": 3}, 1))
