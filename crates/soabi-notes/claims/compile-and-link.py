# /// claim
# group = "commands"
# statement = """
# Two commands make an extension module: `cc -fPIC -I... -c`, then `cc -shared`. None of the three flags can
# be left out; `-g` and `-lpythonX.Y` need not be there.
# """
# apart = true
#
# [[expect]]
# table = '''
# question                          | answer
# -fPIC -I... -c, then -shared      | is imported
# the same with -g                  | is imported
# without -fPIC                     | does not link
# without -shared                   | does not link
# without -I                        | does not compile
# with a wrong -I                   | does not compile
# with -lpythonX.Y                  | is imported
# with it, the file needs libpython | True
# '''
# ///

import os
import subprocess
import sys

COMPILER = os.environ["SOABI_CC"].split()
SOURCE = "notes_command.c"
INCLUDES = ["-I" + folder for folder in os.environ["SOABI_INCLUDE"].split(os.pathsep)]
LIBPYTHON = os.environ.get("SOABI_LIBPYTHON")
SUFFIX = os.environ["SOABI_SUFFIX"]


def run(words):
    process = subprocess.Popen(COMPILER + words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    process.communicate()
    return process.returncode == 0


def imports(folder):
    child = os.fork()
    if child == 0:
        try:
            sys.path.insert(0, folder)
            os._exit(0 if __import__("notes_command").nothing() is None else 1)
        finally:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def build(folder, compile_flags, link_flags):
    """What becomes of the two commands of the notes, with these flags."""
    os.mkdir(folder)
    compiled = os.path.join(folder, "spam.o")
    linked = os.path.join(folder, "notes_command" + SUFFIX)
    if not run(compile_flags + ["-c", SOURCE, "-o", compiled]):
        return "does not compile"
    if not run(link_flags + [compiled, "-o", linked] + LIBRARIES):
        return "does not link"
    return "is imported" if imports(folder) else "is not imported"


LIBRARIES = []
say("-fPIC -I... -c, then -shared", build("all", ["-fPIC"] + INCLUDES, ["-shared"]))
say("the same with -g", build("g", ["-g", "-fPIC"] + INCLUDES, ["-shared"]))
say("without -fPIC", build("no-pic", INCLUDES, ["-shared"]))
say("without -shared", build("no-shared", ["-fPIC"] + INCLUDES, []))
say("without -I", build("no-include", ["-fPIC"], ["-shared"]))
say("with a wrong -I", build("wrong-include", ["-fPIC", "-I" + os.getcwd()], ["-shared"]))
if LIBPYTHON:
    folder, name = os.path.split(LIBPYTHON)
    LIBRARIES = ["-L" + folder, "-l:" + name]
    say("with -lpythonX.Y", build("with-library", ["-fPIC"] + INCLUDES, ["-shared"]))
    with open(os.path.join("with-library", "notes_command" + SUFFIX), "rb") as file:
        say("with it, the file needs libpython", name.encode() in file.read())
else:
    skip("with -lpythonX.Y", "there is no shared libpython here")
    skip("with it, the file needs libpython", "there is no shared libpython here")
