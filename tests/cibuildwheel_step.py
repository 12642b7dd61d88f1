"""cibuildwheel's own audit step, with soabi in place of abi3audit.

    TOOLS/bin/python tests/cibuildwheel_step.py WHEEL

TOOLS is a virtual environment with cibuildwheel and uv, WHEEL that of soabi. The step is what cibuildwheel runs after each
build: an environment of its own, the requirements, one process for each wheel, through a shell. To build as well takes
containers.
"""

import contextlib
import importlib.metadata
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from cibuildwheel import errors
from cibuildwheel.audit import run_audit
from cibuildwheel.options import CommandLineArguments, compute_options

import made_wheels

CONFIGURATION = """
[tool.cibuildwheel]
build-frontend = "build[uv]"
audit-requires = ["{requirement}"]
audit-command = "{command}"
"""


def step(folder, requirement, command, wheel):
    """Whether the audit step passes for a wheel, and what it says."""
    project = pathlib.Path(folder, "project")
    project.mkdir(exist_ok=True)
    (project / "pyproject.toml").write_text(CONFIGURATION.format(requirement=requirement, command=command))
    arguments = CommandLineArguments.defaults()
    arguments.platform, arguments.package_dir = "linux", project
    options = compute_options("linux", arguments, dict(os.environ))
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            run_audit(tmp_dir=pathlib.Path(folder), build_options=options.build_options("cp311-manylinux_x86_64"), wheel=wheel)
    except errors.AuditCommandFailedError as error:
        return False, said.getvalue() + str(error)
    return True, said.getvalue()


def main(arguments):
    if len(arguments) != 1:
        sys.exit(__doc__)
    requirement = os.path.abspath(arguments[0])
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        good, unexamined, liar = (make(folder) for make in (made_wheels.good, made_wheels.unexamined, made_wheels.liar))
        soabi = pathlib.Path(requirement)
        audit = "soabi audit {wheel}"
        for command, wheel, expected in (
            (audit, good, True),
            (audit, soabi, True),
            (audit, liar, False),
            (audit, unexamined, False),
            ("soabi audit --allow-unexamined {wheel}", unexamined, True),
            ("soabi audit --allow-unexamined {wheel}", liar, False),
            ("soabi audit --exit-zero {wheel}", liar, True),
            ("soabi abi3audit --strict --report {abi3_wheel}", unexamined, False),
            ("soabi abi3audit --strict --report {abi3_wheel}", good, True),
        ):
            passed, said = step(folder, requirement, command, wheel)
            print("{} {}, {}: {}".format(
                "ok  " if passed == expected else "FAIL", command, wheel.name, "passes" if passed else "fails"))
            if passed != expected:
                failed += 1
                print(said)
        failed += not same_findings(folder, [good, unexamined, liar])
    print("cibuildwheel {}: {}".format(importlib.metadata.version("cibuildwheel"), "failed" if failed else "as it should"))
    return 1 if failed else 0


def same_findings(folder, wheels):
    """One process for each wheel says what one process says of all of them."""
    program = next(pathlib.Path(folder).glob("audit_venv*/bin/soabi"))

    def subjects(paths):
        done = subprocess.run([str(program), "audit", "--format", "json"] + [str(path) for path in paths], capture_output=True)
        return json.loads(done.stdout)["subjects"]

    together, apart = subjects(wheels), [subject for wheel in wheels for subject in subjects([wheel])]
    print("{} {} wheels in one process and in {} processes".format(
        "ok  " if together == apart else "FAIL", len(wheels), len(wheels)))
    return together == apart


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
