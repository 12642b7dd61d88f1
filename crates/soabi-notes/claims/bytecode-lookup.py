# /// claim
# group = "bytecode"
# statement = """
# `LOAD_NAME` looks among the local names, then the global ones, then the builtin ones. A local of a function
# is never looked for elsewhere.
# """
#
# [[expect]]
# table = '''
# question                                                        | answer
# `x` is local, global and builtin                                | local
# `x` is global and builtin                                       | global
# `x` is builtin alone                                            | builtin
# `x` is nowhere                                                  | NameError: name 'x' is not defined
# in a function, a local `x` before it is bound, and a global one | UnboundLocalError
# '''
# ///

try:
    import builtins
except ImportError:
    import __builtin__ as builtins


def found(local_names, global_names):
    """What the name `x` is for a code at module level, given these names."""
    local_names, global_names = dict(local_names), dict(global_names)
    exec(compile("found = x", "test.py", "exec", 0, True), global_names, local_names)
    return local_names["found"]


builtins.x = "builtin"
say("`x` is local, global and builtin", found({"x": "local"}, {"x": "global"}))
say("`x` is global and builtin", found({}, {"x": "global"}))
say("`x` is builtin alone", found({}, {}))
del builtins.x
say("`x` is nowhere", attempt(found, {}, {}))


def unbound():
    return x
    x = 1


x = "global"
say("in a function, a local `x` before it is bound, and a global one", kind(unbound))
