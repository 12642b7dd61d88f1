# /// claim
# group = "method-table"
# statement = """
# A method with `METH_STATIC` is given NULL for its self.
# """
# specimens = ["notes_calls"]
#
# [[expect]]
# table = '''
# call                  | answer
# Thing.of_nothing(1)   | (NULL, (1,))
# Thing().of_nothing(1) | (NULL, (1,))
# Thing.of_nothing()    | (NULL, ())
# Thing.of_nothing(a=1) | TypeError: of_nothing() takes no keyword arguments
# '''
# ///

from notes_calls import Thing

each({"Thing": Thing}, ["Thing.of_nothing(1)", "Thing().of_nothing(1)", "Thing.of_nothing()", "Thing.of_nothing(a=1)"])
