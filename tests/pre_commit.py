"""The hooks of .pre-commit-hooks.yaml, run by the real pre-commit.

    python3 tests/pre_commit.py PRE-COMMIT WHEEL

WHEEL is that of soabi. The hooks come from a repository that has .pre-commit-hooks.yaml and depends on the wheel, so that
nothing is compiled; and from a `local` repository, as docs/integrations.md shows it.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import made_wheels

ROOT = pathlib.Path(__file__).resolve().parent.parent

MIRROR = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "soabi-hooks"
version = "0"
dependencies = ["soabi @ {wheel}"]
[tool.setuptools]
py-modules = []
"""

LOCAL = """
  - repo: local
    hooks:
      - id: soabi
        name: soabi audit
        language: python
        additional_dependencies: ["{wheel}"]
        entry: soabi audit
        files: \\.(whl|so|pyd|dylib)$
        require_serial: true
"""


def git(folder, *words):
    subprocess.run(["git", "-c", "user.name=test", "-c", "user.email=test@localhost"] + list(words), cwd=str(folder), check=True,
                   stdout=subprocess.DEVNULL)


def repository(folder):
    folder.mkdir()
    git(folder, "init", "--quiet")
    return folder


def commit(folder):
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--message", "test")
    return subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=str(folder), text=True).strip()


def main(arguments):
    if len(arguments) != 2:
        sys.exit(__doc__)
    pre_commit, wheel = os.path.abspath(arguments[0]), os.path.abspath(arguments[1])
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        mirror = repository(scratch / "mirror")
        (mirror / "pyproject.toml").write_text(MIRROR.format(wheel=pathlib.Path(wheel).as_uri()))
        shutil.copy(str(ROOT / ".pre-commit-hooks.yaml"), str(mirror))
        revision = commit(mirror)
        remote = "\n  - repo: {}\n    rev: {}\n    hooks:\n      - id: soabi\n      - id: soabi-dist\n".format(mirror, revision)
        for name, repo in (("hooks of the repository", remote), ("local hook", LOCAL.format(wheel=wheel))):
            project = repository(scratch / name.replace(" ", "-"))
            (project / "dist").mkdir()
            (project / ".pre-commit-config.yaml").write_text("repos:" + repo)
            (project / "README.md").write_text("nothing native\n")
            good = made_wheels.good(project / "dist")
            stages = [("pre-commit", 0)] + ([("pre-push", 0)] if "rev:" in repo else [])
            failed += run(pre_commit, scratch, project, name + ", a wheel in order", stages)
            good.unlink()
            made_wheels.liar(project / "dist")
            failed += run(pre_commit, scratch, project, name + ", a wheel that lies", [(stage, 1) for stage, _ in stages])
    version = subprocess.check_output([pre_commit, "--version"], text=True).strip()
    print("{}: {}".format(version, "failed" if failed else "as it should"))
    return 1 if failed else 0


def run(pre_commit, scratch, project, what, stages):
    """Runs the hooks of some stages over everything in the project. The number of those that do not end as expected."""
    commit(project)
    failed = 0
    for stage, expected in stages:
        environment = dict(os.environ, PRE_COMMIT_HOME=str(scratch / "cache"))
        done = subprocess.run([pre_commit, "run", "--all-files", "--hook-stage", stage], cwd=str(project), env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        good = (done.returncode != 0) == bool(expected) and ("Passed" in done.stdout) == (not expected)
        print("{} {}: {}".format("ok  " if good else "FAIL", stage, what))
        if not good:
            failed += 1
            print(done.stdout)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
