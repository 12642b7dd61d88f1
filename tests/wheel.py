"""Installs the wheel of soabi into a fresh virtual environment and uses it there, away from the checkout.

    python3 tests/wheel.py target/wheels/soabi-*.whl
"""

import json
import os
import subprocess
import sys
import tempfile
import venv

LIBRARY = """
import json, soabi, sys
report = soabi.audit(sys.argv[1])
absent = soabi.audit("there-is-no-such-file.whl")
print(json.dumps([report["schema"], report["summary"]["errors"], absent["summary"]["not_audited"]]))
"""


def main(wheels):
    if len(wheels) != 1:
        sys.exit("usage: wheel.py WHEEL, and exactly one (found: {})".format(", ".join(wheels) or "none"))
    wheel = os.path.abspath(wheels[0])
    with tempfile.TemporaryDirectory() as folder:
        home = os.path.join(folder, "environment")
        venv.create(home, with_pip=True)
        programs = os.path.join(home, "bin")

        def run(program, *words, expected=0):
            done = subprocess.run(
                [os.path.join(programs, program)] + list(words), cwd=folder, capture_output=True, text=True
            )
            assert done.returncode == expected, (program, words, done.returncode, done.stdout, done.stderr)
            return done.stdout

        run("pip", "install", "--quiet", "--no-index", "--disable-pip-version-check", wheel)
        version = run("soabi", "--version")
        assert version == run("python", "-m", "soabi", "--version"), "the command and the module differ"
        assert run("soabi", "audit", wheel).rstrip(), "an audit without an answer"
        said = json.loads(run("python", "-c", LIBRARY, wheel))
        assert said == ["soabi/audit/v1", 0, 1], said
        matrix = json.loads(run("soabi", "matrix", "--python", sys.executable, "--flavor", "c-single", "--format", "json"))
        assert matrix["cells"], "a matrix without cells"
        print("{}: {}, {} cells of a matrix".format(os.path.basename(wheel), version.strip(), len(matrix["cells"])))


if __name__ == "__main__":
    main(sys.argv[1:])
