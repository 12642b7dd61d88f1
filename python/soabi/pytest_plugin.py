"""`pytest --soabi`: one more test, which audits the native files of an installed distribution.

Which distribution: `--soabi-distribution NAME` or `soabi_distribution` of pytest's configuration, or else the one that
`pyproject.toml` in pytest's root folder names. Without `--soabi` this module does nothing.
"""

import importlib.metadata
import subprocess
import sys
from pathlib import Path
from typing import List, Optional

import pytest

from . import find_program

NATIVE = (".so", ".pyd", ".dylib", ".dll")


def pytest_addoption(parser: pytest.Parser) -> None:
    words = "audit the native files of the installed distribution under test"
    name = "the distribution that --soabi audits (default: the project of pyproject.toml)"
    group = parser.getgroup("soabi")
    group.addoption("--soabi", action="store_true", help=words)
    group.addoption("--soabi-distribution", metavar="NAME", help=name)
    parser.addini("soabi_distribution", help=name)


def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: List[pytest.Item]) -> None:
    if config.getoption("--soabi"):
        name = distribution_name(config)
        items.append(Audit.from_parent(session, name="soabi::" + name, distribution=name))


def distribution_name(config: pytest.Config) -> str:
    """The name of the distribution under test."""
    given = config.getoption("--soabi-distribution") or config.getini("soabi_distribution")
    name = given or project_name(config.rootpath / "pyproject.toml")
    if not name:
        raise pytest.UsageError("--soabi: no project is named in pyproject.toml; add --soabi-distribution NAME")
    return str(name)


def project_name(file: Path) -> Optional[str]:
    """`project.name` of a `pyproject.toml`. None without one, and before Python 3.11, which cannot read TOML."""
    if sys.version_info < (3, 11) or not file.is_file():
        return None
    import tomllib

    name = tomllib.loads(file.read_text(encoding="utf-8")).get("project", {}).get("name")
    return name if isinstance(name, str) else None


class AuditFailure(Exception):
    """What soabi says of a distribution that it does not pass."""


class Audit(pytest.Item):
    """The audit of a distribution, as a test."""

    def __init__(self, *, distribution: str, **others: object) -> None:
        super().__init__(**others)  # type: ignore[arg-type]
        self.distribution = distribution

    def runtest(self) -> None:
        try:
            installed = importlib.metadata.distribution(self.distribution)
        except importlib.metadata.PackageNotFoundError:
            raise AuditFailure("the distribution `{}` is not installed".format(self.distribution)) from None
        files = [str(file.locate()) for file in installed.files or () if file.name.endswith(NATIVE)]
        if not files:
            pytest.skip("{} has no native files".format(self.distribution))
        done = subprocess.run(
            [find_program(), "audit", "--color", "never", "--"] + files,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if done.returncode != 0:
            raise AuditFailure(done.stdout.decode("utf-8", "replace").rstrip())

    def repr_failure(self, excinfo, style=None):  # type: ignore[no-untyped-def]
        if isinstance(excinfo.value, AuditFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self):  # type: ignore[no-untyped-def]
        return self.path, None, self.name
