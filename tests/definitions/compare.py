"""What soabi reads out of module definitions, against what interpreters hold of the same modules.

    python3 tests/definitions/compare.py SOABI FOLDER

FOLDER has wheels. Each is unpacked, and every extension module of it is asked in an interpreter of this machine that its
tags promise it to: in a process for each question, as it may end the process. It runs their code. What does not import
here, for want of a dependency, is counted and not compared. Exit status 1: something that soabi says is wrong.
"""

import collections
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile
import zipfile

LOOK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "look.py")
FLAGS = {"VARARGS": 1, "KEYWORDS": 2, "NOARGS": 4, "O": 8, "CLASS": 16, "STATIC": 32, "COEXIST": 64,
         "FASTCALL": 128, "METHOD": 512}
# What an isolated subinterpreter does by each prediction.
ISOLATED = {"own-gil": "accepted", "shared": "refused", "refused": "refused"}


def soabi(program, *arguments):
    finished = subprocess.run([program, *arguments, "--format", "json"], capture_output=True, check=False)
    return json.loads(finished.stdout)


def ask(python, *question):
    """The answer to a question, or `None` with the end of what the process said."""
    with tempfile.TemporaryDirectory() as home:
        environment = dict(os.environ, HOME=home, PYTHONDONTWRITEBYTECODE="1")
        try:
            finished = subprocess.run([python, LOOK, *question], capture_output=True, cwd=home, env=environment,
                                      timeout=120, stdin=subprocess.DEVNULL, check=False)
        except subprocess.TimeoutExpired:
            return None, "no answer"
    lines = finished.stdout.decode("utf-8", "replace").splitlines()
    answers = [line[len("soabi: "):] for line in lines if line.startswith("soabi: ")]
    if answers:
        return json.loads(answers[-1]), ""
    last = finished.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or ["exit status %d" % finished.returncode]
    return None, last[0]


def unpack(wheel, folder):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    for name in os.listdir(folder):
        for scheme in ("platlib", "purelib"):
            data = os.path.join(folder, name, scheme)
            if name.endswith(".data") and os.path.isdir(data):
                subprocess.run(["cp", "-r", data + "/.", folder], check=True)


def dotted(member):
    """The module that a member is: `pkg._x` of `pkg/_x.cpython-312-x86_64-linux-gnu.so`."""
    parts = member.split("/")
    if parts[0].endswith(".data"):
        parts = parts[2:]
    parts[-1] = parts[-1].split(".")[0]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def held(definition):
    """A definition of the report in the form of `look.py`; `None` for what soabi leaves open."""
    methods, slots = definition["methods"], definition["slots"]
    flags = lambda method: sum(FLAGS[flag] if flag in FLAGS else int(flag, 0) for flag in method["flags"])
    return {
        "name": definition["name"],
        "size": definition["size"],
        "methods": None if methods is None else [[method["name"], flags(method)] for method in methods],
        "slots": None if slots is None else [[slot["id"], slot["value"]] for slot in slots],
    }


class Table:
    def __init__(self):
        self.rows = collections.defaultdict(collections.Counter)
        self.wrong = []

    def count(self, row, outcome, about=None):
        self.rows[row][outcome] += 1
        if outcome == "wrong":
            self.wrong.append(about)

    def show(self, title, columns):
        print("| %s | %s |" % (title, " | ".join(columns)))
        print("|---|%s" % ("---|" * len(columns)))
        for row in sorted(self.rows) + ["all"]:
            counts = self.rows[row] if row != "all" else sum(self.rows.values(), collections.Counter())
            print("| %s | %s |" % (row, " | ".join(str(counts[column]) for column in columns)))
        print()


def toolkit(entry):
    name = (entry["built_with"] or {}).get("toolkit")
    return name.split(" ")[0] if name else "by hand, or not known"


def look_at(python, site, entry, prediction, tables):
    """Compares one module in one interpreter."""
    member, name = entry["member"], dotted(entry["member"])
    about = "%s in %s" % (member, prediction["python"])
    row = toolkit(entry)
    of_init = [d for d in entry["definitions"] if d["init"] in entry["init"]]
    exports = [d for d in of_init if d["phase"] == "export"]
    version = int(prediction["python"].split("cp3")[1].rstrip("tdm"))
    of_init = exports if exports and version >= 15 else [d for d in of_init if d["phase"] != "export"]
    if not of_init:
        return
    if of_init[0]["phase"] == "none":
        outcome = "silent" if of_init[0]["none_because"] == "not-decoded" else "none by design"
        tables["definition"].count(row, outcome)
    else:
        phase, _ = ask(python, "phase", os.path.join(site, member), of_init[0]["init"])
        if phase in ("single", "multi", "export"):
            right = any(phase == definition["phase"] for definition in of_init)
            tables["phase"].count(row, "right" if right else "wrong", "%s: phase %s" % (about, phase))
        found, why = ask(python, "def", site, name)
        if found is None:
            tables["definition"].count(row, "not imported" if why else "no definition held")
        else:
            outcomes = [compared(held(definition), found) for definition in of_init]
            best = min(outcomes, key=["right", "silent", "wrong"].index)
            tables["definition"].count(row, best, "%s: %s" % (about, found))
    effect = prediction.get("gil")
    if effect and "t" in prediction["python"][3:]:
        seen, _ = ask(python, "gil", site, name)
        if seen:
            tables["gil"].count(effect, "right" if seen == effect else "wrong", "%s: the GIL %s" % (about, seen))
        else:
            tables["gil"].count(effect, "not comparable")
    effect = prediction.get("subinterpreters")
    if effect:
        seen, _ = ask(python, "isolated", site, name)
        if seen in ("accepted", "refused"):
            right = seen == ISOLATED[effect]
            tables["isolated"].count(effect, "right" if right else "wrong", "%s: isolated %s" % (about, seen))
        else:
            tables["isolated"].count(effect, "not comparable")


def compared(read, found):
    if any(read[field] is not None and read[field] != found[field] for field in found):
        return "wrong"
    return "silent" if any(read[field] is None for field in found) else "right"


def headers(subject, entry, table):
    """`built_with.python` against the version that the file's name tells."""
    abi = entry["abi"]
    if not abi.startswith("cp") or not entry["built_with"]:
        return
    digits = abi[2:].rstrip("tdmu")
    truth = "%s.%s" % (digits[0], digits[1:])
    told = entry["built_with"]["python"]
    outcome = "silent" if not told else "right" if truth in told else "wrong"
    about = "%s of %s: %s" % (entry["member"], subject["path"], told)
    table.count(toolkit(entry), outcome, about)
    if outcome == "right" and told == [truth]:
        table.rows[toolkit(entry)]["exactly"] += 1


def wheel(program, path, pythons, tables):
    subject = soabi(program, "audit", path)["subjects"][0]
    with tempfile.TemporaryDirectory() as site:
        entries = [entry for entry in subject["objects"] if entry["extension"]]
        if entries:
            unpack(path, site)
        for entry in entries:
            headers(subject, entry, tables["headers"])
            accepted = [p for p in entry["predictions"] if p["expect"] == "accept" and p["python"] in pythons]
            accepted = [p for p in accepted if p["python"].startswith("cp3")]
            # Of a stable ABI the oldest and the newest.
            for prediction in accepted[:1] + accepted[1:][-1:]:
                look_at(pythons[prediction["python"]], site, entry, prediction, tables)


def main():
    program, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
    pythons = {found["id"]: found["executable"] for found in soabi(program, "pythons")["found"]}
    names = ["definition", "phase", "headers", "gil", "isolated"]
    tables = {name: Table() for name in names}
    wheels = sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".whl"))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for job in [pool.submit(wheel, program, path, pythons, tables) for path in wheels]:
            job.result()
    print("%d wheels, %s\n" % (len(wheels), ", ".join(sorted(pythons))))
    tables["definition"].show("what `PyModule_GetDef` holds", ["right", "none by design", "silent", "wrong", "not imported",
                                                             "no definition held"])
    tables["phase"].show("what the init function returns", ["right", "wrong"])
    tables["headers"].show("headers by the file's name", ["right", "exactly", "silent", "wrong"])
    tables["gil"].show("the GIL after the import", ["right", "wrong", "not comparable"])
    tables["isolated"].show("import in an isolated subinterpreter", ["right", "wrong", "not comparable"])
    wrong = [about for table in tables.values() for about in table.wrong]
    for about in wrong:
        print("wrong: %s" % about)
    sys.exit(1 if wrong else 0)


main()
