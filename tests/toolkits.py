#!/usr/bin/env python3
"""Builds `spam` with every toolkit for every Python here, runs the wheels, and holds what soabi reads out of them to
what they were built with.

    python3 tests/toolkits.py SOABI [FLAVORS [PYTHONS]]

It uses the network: uv or pip get the toolkits, by version and hash. Exit status 1: a wheel does not work where its tag
says, a prediction is wrong, or soabi says something untrue of a file.
"""
import collections
import json
import pathlib
import re
import subprocess
import sys

TOOLKITS = pathlib.Path(__file__).resolve().parent.parent / "crates/spam-toolkits/toolkits"
FLAVORS = ",".join(sorted(path.stem for path in TOOLKITS.glob("*.toml")))
# The name of a wheel begins with the toolkit: spam_cython_meson-3.3.1-cp313-cp313-linux_x86_64.whl
WHEEL = re.compile(r"spam_(?P<toolkit>[a-z0-9]+)(?:_\w+)?-(?P<release>[^-]+)-(?P<python>\w+)-(?P<abi>\w+)-")


def main(arguments):
    if not 1 <= len(arguments) <= 3:
        sys.exit(__doc__)
    soabi, flavors = arguments[0], (arguments[1:2] or [FLAVORS])[0]
    selected = ["--python=" + arguments[2]] if arguments[2:] else []
    finished = subprocess.run([soabi, "matrix", "--format", "json", "--flavor", flavors] + selected,
                              stdout=subprocess.PIPE, check=False)
    report = json.loads(finished.stdout)
    wheels = {entry["name"]: entry["path"] for entry in report["given"]}
    wrong = ["{}: {}".format(cell["id"], cell["outcome"])
             for cell in report["cells"] if cell["verdict"] == "unexpected" or cell["agrees"] is False]
    wrong += report["errors"]
    table = collections.defaultdict(collections.Counter)
    for path in sorted(set(wheels.values())):
        check(soabi, pathlib.Path(path), table, wrong)
    for toolkit, counts in sorted(table.items()):
        print("{:9} {}".format(toolkit, ", ".join("{} {}".format(count, what) for what, count in sorted(counts.items()))))
    cells = collections.Counter(cell["rung"] for cell in report["cells"])
    print("{} wheels in {} Pythons, cells: {}".format(
        len(wheels), sum(python["found"] for python in report["pythons"]), dict(cells)))
    for line in wrong:
        print("wrong:", line)
    return 1 if wrong else 0


def check(soabi, wheel, table, wrong):
    """Holds what an audit says of the modules in a wheel to its name."""
    named = WHEEL.match(wheel.name)
    counts = table[named["toolkit"]]
    counts["wheels"] += 1
    audit = subprocess.run([soabi, "audit", "--no-cache", "--no-config", "--all", "--format", "json", str(wheel)],
                           stdout=subprocess.PIPE, check=False)
    [subject] = json.loads(audit.stdout)["subjects"]
    for finding in subject["findings"]:
        if finding["severity"] == "error":
            counts["errors: " + finding["rule"]] += 1
    for module in subject["objects"]:
        if not module["extension"]:
            continue
        built = module["built_with"] or {}
        toolkit = (built.get("toolkit") or "").split()
        answers = {
            "toolkit": (toolkit[:1] and toolkit[0].lower(), named["toolkit"]),
            "release": (toolkit[1:] and toolkit[1], named["release"]),
        }
        version = re.fullmatch(r"cp(\d)(\d+)", named["python"])
        if version and named["abi"] != "abi3" and not built.get("limited_api"):
            own = "{}.{}".format(*version.groups())
            pythons = built.get("python") or []
            answers["python"] = (own if own in pythons else ", ".join(pythons), own)
        for what, (said, true) in answers.items():
            verdict = "silent" if not said else "right" if said == true else "WRONG"
            counts["{} {}".format(what, verdict)] += 1
            if verdict == "WRONG":
                wrong.append("{}: {}: soabi says {} of {}".format(wheel.name, module["member"], said, true))
        for definition in module["definitions"]:
            because = definition["none_because"]
            counts["not decoded" if because == "not-decoded" else "none by design" if because else "decoded"] += 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
