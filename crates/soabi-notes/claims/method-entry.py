# /// claim
# group = "method-table"
# statement = """
# `ml_name` becomes the name of a function and `ml_doc` its documentation; a first line `name(...)` with `--`
# behind it becomes its signature. The entry of NULLs ends the table.
# """
# specimens = ["notes_calls"]
#
# [[expect]]
# table = '''
# question                                      | answer
# ml_name is the name                           | varargs
# type of a function                            | builtin_function_or_method
# `__self__` of it                              | the module
# `__module__` of it                            | 'notes_calls'
# ml_doc with a signature, `__doc__`            | 'Returns its arguments.'
# ml_doc with a signature, `__text_signature__` | '($module, *arguments)'
# ml_doc without one, `__doc__`                 | 'Just words.'
# ml_doc without one, `__text_signature__`      | None
# ml_doc NULL, `__doc__`                        | None
# ml_doc "", `__doc__`                          | None
# an entry behind the sentinel is there         | False
# '''
#
# [[expect]]
# python = "2.7"
# why = "`Py_InitModule` gives functions no self, signatures came with 3.4, and str is bytes."
# table = '''
# question                                      | answer
# `__self__` of it                              | None
# `__module__` of it                            | b'notes_calls'
# ml_doc with a signature, `__doc__`            | b'varargs($module, *arguments)\n--\n\nReturns its arguments.'
# ml_doc with a signature, `__text_signature__` | AttributeError: 'builtin_function_or_method' object has no attribute '__text_signature__'
# ml_doc without one, `__doc__`                 | b'Just words.'
# ml_doc without one, `__text_signature__`      | AttributeError: 'builtin_function_or_method' object has no attribute '__text_signature__'
# ml_doc "", `__doc__`                          | b''
# '''
#
# [[expect]]
# id = "pypy311_pp73"
# why = "This PyPy gives functions of modules no `__self__`."
# table = '''
# question         | answer
# `__self__` of it | no such attribute
# '''
# ///

import notes_calls as module

say("ml_name is the name", module.varargs.__name__)
say("type of a function", type(module.varargs))
self = getattr(module.varargs, "__self__", "no such attribute")
say("`__self__` of it", "the module" if self is module else self)
say("`__module__` of it", attempt(getattr, module.varargs, "__module__"))
say("ml_doc with a signature, `__doc__`", attempt(getattr, module.varargs, "__doc__"))
say("ml_doc with a signature, `__text_signature__`", attempt(getattr, module.varargs, "__text_signature__"))
say("ml_doc without one, `__doc__`", attempt(getattr, module.keywords, "__doc__"))
say("ml_doc without one, `__text_signature__`", attempt(getattr, module.keywords, "__text_signature__"))
say("ml_doc NULL, `__doc__`", attempt(getattr, module.noargs, "__doc__"))
say('ml_doc "", `__doc__`', attempt(getattr, module.o, "__doc__"))
say("an entry behind the sentinel is there", hasattr(module, "behind_the_sentinel"))
