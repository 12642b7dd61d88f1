# /// claim
# group = "method-table"
# statement = """
# A method with `METH_CLASS` is given the class for its self, whether it is called on the class or on an
# object.
# """
# specimens = ["notes_calls"]
#
# [[expect]]
# table = '''
# call                | answer
# Thing.of_class(1)   | (Thing, (1,))
# Thing().of_class(1) | (Thing, (1,))
# Derived.of_class(1) | (Derived, (1,))
# Thing.of_class(a=1) | TypeError: of_class() takes no keyword arguments
# '''
# ///

from notes_calls import Thing


class Derived(Thing):
    pass


each({"Thing": Thing, "Derived": Derived}, [
    "Thing.of_class(1)", "Thing().of_class(1)", "Derived.of_class(1)", "Thing.of_class(a=1)",
])
