# /// claim
# group = "bytecode"
# statement = """
# The order of functions does not matter: the body of each is a code object among the constants of the module,
# and asks for names when it runs.
# """
#
# [[expect]]
# table = '''
# question                                             | answer
# code objects among the constants of the module       | first, second
# names that the body of `first` asks for when it runs | second
# `first` calls `second`, which stands below it        | second
# `first.__code__` is that constant                    | True
# called before `second` is there                      | NameError
# '''
# ///

SOURCE = """
def first():
    return second()

def second():
    return 'second'

result = first()
"""

code = compile(SOURCE, "test.py", "exec", 0, True)
bodies = [constant for constant in code.co_consts if hasattr(constant, "co_code")]
say("code objects among the constants of the module", ", ".join(body.co_name for body in bodies))
say("names that the body of `first` asks for when it runs", ", ".join(bodies[0].co_names))
names = {}
exec(code, names)
say("`first` calls `second`, which stands below it", names["result"])
say("`first.__code__` is that constant", names["first"].__code__ is bodies[0])
say("called before `second` is there", kind(
    eval, compile(SOURCE.replace("def second", "first()\ndef second"), "test.py", "exec", 0, True), {}))
