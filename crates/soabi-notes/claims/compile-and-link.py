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


def why_not():
    """What is missing here for the two commands."""
    if not any(os.path.exists(os.path.join(folder[2:], "Python.h")) for folder in INCLUDES):
        return "there is no Python.h here"
    try:
        subprocess.Popen(COMPILER + ["--version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT).communicate()
    except OSError:
        return "there is no C compiler here"
    return None


LIBRARIES = []
ROWS = [
    ("-fPIC -I... -c, then -shared", lambda: build("all", ["-fPIC"] + INCLUDES, ["-shared"])),
    ("the same with -g", lambda: build("g", ["-g", "-fPIC"] + INCLUDES, ["-shared"])),
    ("without -fPIC", lambda: build("no-pic", INCLUDES, ["-shared"])),
    ("without -shared", lambda: build("no-shared", ["-fPIC"] + INCLUDES, [])),
    ("without -I", lambda: build("no-include", ["-fPIC"], ["-shared"])),
    ("with a wrong -I", lambda: build("wrong-include", ["-fPIC", "-I" + os.getcwd()], ["-shared"])),
]
for row, result in ROWS:
    if why_not() is None:
        say(row, result())
    else:
        skip(row, why_not())

LAST = ["with -lpythonX.Y", "with it, the file needs libpython"]
if why_not() is None and LIBPYTHON:
    folder, name = os.path.split(LIBPYTHON)
    LIBRARIES = ["-L" + folder, "-l:" + name]
    say(LAST[0], build("with-library", ["-fPIC"] + INCLUDES, ["-shared"]))
    with open(os.path.join("with-library", "notes_command" + SUFFIX), "rb") as file:
        say(LAST[1], name.encode() in file.read())
else:
    for row in LAST:
        skip(row, why_not() or "there is no shared libpython here")
