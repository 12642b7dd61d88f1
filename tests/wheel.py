"""Installs the wheel of soabi into a fresh virtual environment and uses it there, away from the checkout.

    python3 tests/wheel.py target/wheels/soabi-*.whl [PYTHON...]

PYTHONs are more interpreters; in each the package is installed and its library used.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

import made_wheels

MOST_BYTES = 6 << 20

LIBRARY = """
import json, soabi, sys
report = soabi.audit(sys.argv[1])
absent = soabi.audit("there-is-no-such-file.whl")
required = soabi.audit(sys.argv[1], python=["3.9..", "3.13t"])
print(json.dumps([
    report["schema"], report["summary"]["errors"], absent["summary"]["not_audited"],
    "cp313t" in required["required"], report["required"],
]))
try:
    soabi.audit()
except TypeError:
    pass
else:
    raise AssertionError("an audit of nothing")
try:
    soabi.audit(sys.argv[1], python="cobra")
except soabi.SoabiError as error:
    assert "cobra" in str(error), error
else:
    raise AssertionError("an interpreter that does not exist")
"""

FILES = (
    "share/man/man1/soabi.1", "share/man/man1/soabi-audit.1", "share/bash-completion/completions/soabi",
    "share/zsh/site-functions/_soabi", "share/fish/vendor_completions.d/soabi.fish",
)


class Environment:
    """A virtual environment with the wheel and nothing else."""

    def __init__(self, folder, python, wheel):
        self.folder, self.home = folder, os.path.join(folder, "environment")
        self.programs = os.path.join(self.home, "bin")
        subprocess.run([python, "-m", "venv", self.home], check=True)
        self.run("pip", "install", "--quiet", "--no-index", "--disable-pip-version-check", wheel)

    def run(self, program, *words, expected=0):
        done = subprocess.run(
            [os.path.join(self.programs, program)] + list(words), cwd=self.folder, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, universal_newlines=True,
        )
        assert done.returncode == expected, (program, words, done.returncode, done.stdout, done.stderr)
        return done.stdout

    def library(self, wheel):
        said = json.loads(self.run("python", "-c", LIBRARY, wheel))
        assert said == ["soabi/audit/v1", 0, 1, True, []], said


def whole(environment, wheel):
    """Everything that an installation has."""
    run = environment.run
    version = run("soabi", "--version")
    assert version == run("python", "-m", "soabi", "--version"), "the command and the module differ"
    assert run("soabi", "audit", wheel).rstrip(), "an audit without an answer"
    for file in FILES:
        assert os.path.getsize(os.path.join(environment.home, file)) > 0, file
    matrix = json.loads(run("soabi", "matrix", "--python", sys.executable, "--flavor", "c-single", "--format", "json"))
    assert matrix["cells"], "a matrix without cells"
    return version.strip(), len(matrix["cells"])


def plugin(environment, folder):
    """`pytest --soabi`, of a distribution that lies, of one without native files, and of none; uses the network."""
    try:
        environment.run("pip", "install", "--quiet", "--disable-pip-version-check", "pytest")
    except AssertionError as error:
        print("not run: pytest cannot be had: {}".format(error.args[0][-1].strip().splitlines()[-1]))
        return
    project = pathlib.Path(folder, "project")
    project.mkdir()
    (project / "pyproject.toml").write_text('[project]\nname = "spam"\nversion = "1.0"\n')
    (project / "test_spam.py").write_text("def test_spam():\n    pass\n")

    def pytest(*words, expected=0):
        return environment.run("python", "-m", "pytest", "-q", str(project), "--rootdir", str(project), *words, expected=expected)

    assert "1 passed" in pytest(), "without --soabi nothing changes"
    said = pytest("--soabi", "--soabi-distribution", "spam", expected=1)
    assert "the distribution `spam` is not installed" in said, said
    site = pathlib.Path(environment.run("python", "-c", "import sysconfig; print(sysconfig.get_path('platlib'))").strip())
    for make, words, expected in ((made_wheels.good, "1 passed, 1 skipped", 0), (made_wheels.unexamined, "1 failed, 1 passed", 1)):
        with zipfile.ZipFile(str(make(folder))) as archive:
            archive.extractall(str(site))
        said = pytest("--soabi", "--soabi-distribution", "spam", expected=expected)
        assert words in said, said
    print("pytest --soabi: as it should")


def main(arguments):
    wheels = [path for path in arguments if path.endswith(".whl")]
    if len(wheels) != 1:
        sys.exit("usage: wheel.py WHEEL [PYTHON...], and exactly one wheel (found: {})".format(", ".join(wheels) or "none"))
    wheel = os.path.abspath(wheels[0])
    size = os.path.getsize(wheel)
    assert size < MOST_BYTES, "{} bytes".format(size)
    with tempfile.TemporaryDirectory() as folder:
        environment = Environment(folder, sys.executable, wheel)
        version, cells = whole(environment, wheel)
        environment.library(wheel)
        plugin(environment, folder)
    print("{}, {} bytes: {}, {} cells of a matrix".format(os.path.basename(wheel), size, version, cells))
    for python in [path for path in arguments if not path.endswith(".whl")]:
        with tempfile.TemporaryDirectory() as folder:
            Environment(folder, python, wheel).library(wheel)
        print("{}: import soabi, soabi.audit: as it should".format(python))


if __name__ == "__main__":
    main(sys.argv[1:])
